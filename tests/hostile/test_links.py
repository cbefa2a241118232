"""A stranger's folder may hold links to the user's files: nothing behind them is read to be sent, or written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import needs
import pytest

pytest.importorskip("werkzeug", reason="needs captionkit[sandbox]")

from strangers import SRT, User, tree

from captionkit.sandbox import Sandbox

pytestmark = needs.links

COMMANDS = (
    ["status"], ["plan"], ["doctor"], ["pull"], ["push", "--yes", "--allow", "all-changed"], ["resume", "--yes"],
    ["restore", ".", "--yes"], ["history"],
)  # fmt: skip

#: What in the folder is a link, and where in the user's home it leads.
STATE = {
    ".captionkit": "state",
    ".captionkit/lock": ".bashrc",
    ".captionkit/lock.json": ".bashrc",
    ".captionkit/manifest.jsonl": ".bashrc",
    ".captionkit/manifest.prev.jsonl": ".bashrc",
    ".captionkit/runs": "state",
    ".captionkit/runs/20300101T000000000Z-00000000/journal.jsonl": ".bashrc",
}
CAPTIONS = {
    "Lecture 2.en.srt": "secret.srt",
    "Lecture 2.de.vtt": "not there.vtt",
    "en": "captions",
}


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def environment(sandbox: Sandbox, clone: Path, user: User) -> dict[str, str]:
    """The folder is for the user's own Canvas, with the right token."""
    course = sandbox.add_course("Captions")
    for number in (1, 2, 3):
        media = sandbox.add_media(course, f"Lecture {number}", in_files=True)
        sandbox.add_track(media, "de", SRT.format("Guten Tag"))
    (clone / "captionkit.toml").write_text(f'[canvas]\nurl = "{sandbox.url}"\ncourse = {course}\n', encoding="utf-8")
    (user.home / "state").mkdir()
    (user.home / "captions").mkdir()
    (user.home / "captions" / "Lecture 3.srt").write_text(SRT.format("the words of the secret"), encoding="utf-8")
    return {"CANVAS_API_URL": sandbox.url, "CANVAS_API_TOKEN": sandbox.tokens["teacher"]}


def stored(sandbox: Sandbox) -> str:
    """Everything that the course has, as one text."""
    return repr([sandbox.tracks(media["media_id"]) for media in sandbox.media(101)])


@pytest.mark.parametrize("link", STATE)
def test_no_state_of_a_run_is_written_through_a_link(
    user: User, clone: Path, environment: dict[str, str], link: str
) -> None:
    (clone / link).parent.mkdir(parents=True, exist_ok=True)
    if "prev" in link:
        assert user.run(clone, "pull", **environment).returncode == 0
    (clone / link).unlink(missing_ok=True)
    (clone / link).symlink_to(user.home / STATE[link])
    before = user.everything()
    for words in COMMANDS:
        done = user.run(clone, *words, **environment)
        assert user.everything() == before, (words, done.stdout + done.stderr)
    done = user.run(clone, "push", "--yes", **environment)
    assert done.returncode == 8
    assert "is a link" in done.stderr or "leads out" in done.stderr


@pytest.mark.parametrize("link", CAPTIONS)
def test_no_caption_file_is_read_or_written_through_a_link_out_of_the_folder(
    user: User, clone: Path, environment: dict[str, str], sandbox: Sandbox, link: str
) -> None:
    (clone / link).symlink_to(user.home / CAPTIONS[link])
    before = user.everything()
    local = (["fix", ".", "--unsafe-fixes"], ["convert", ".", "--to", "vtt", "--force"], ["audit", "."])
    for words in (*COMMANDS, ["push", "--yes", "--mirror", "--on-conflict", "local"], *local):
        done = user.run(clone, *words, **environment)
        assert user.everything() == before, (words, done.stdout + done.stderr)
        assert "secret" not in stored(sandbox)
        assert words[0] != "push" or "--mirror" in words or "Hello" in stored(sandbox), done.stdout + done.stderr
    assert stored(sandbox).count("Guten Tag") == 6, "each track as text and as players get it"


def test_doctor_plan_and_status_write_nothing(
    user: User, clone: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    for _ in ("never synced", "synced"):
        before = tree(clone)
        times = {path: path.stat().st_mtime_ns for path in clone.rglob("*")}
        for words in (["doctor"], ["status"], ["plan"], ["plan", ".", "--out", str(tmp_path / "plan.json"), "--force"]):
            assert user.run(clone, *words, **environment).returncode == 0
            assert tree(clone) == before
            assert {path: path.stat().st_mtime_ns for path in clone.rglob("*")} == times
        assert user.run(clone, "apply", str(tmp_path / "plan.json"), **environment).returncode in (0, 3)

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("werkzeug", reason="needs captionkit[sandbox]")

from captionkit.cli.frame import run
from captionkit.sandbox import Sandbox
from captionkit.sandbox.studio import Studio

SRT = "1\n00:00:01,000 --> 00:00:02,000\nHello\n\n"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def course(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> int:
    monkeypatch.setenv("CANVAS_API_URL", sandbox.url)
    monkeypatch.setenv("CANVAS_API_TOKEN", sandbox.tokens["teacher"])
    monkeypatch.chdir(tmp_path)
    return sandbox.add_course("Film")


def diagnosis(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, tuple[str, str]]]:
    """The exit code, and what is said of each topic."""
    code = run(["doctor", *arguments, "--json"])
    found = json.loads(capsys.readouterr().out)
    return code, {one["topic"]: (one["state"], one["says"]) for one in found}


def test_a_good_set_up_is_reported_as_good(sandbox: Sandbox, course: int, capsys: pytest.CaptureFixture[str]) -> None:
    media = sandbox.add_media(course, "Lecture 1")
    sandbox.add_track(media, "en", SRT)
    folder = Path("captions")
    folder.mkdir()
    assert run(["init", "captions", "--url", sandbox.url, "--course", str(course)]) == 0
    (folder / "Lecture 1.en.srt").write_text(SRT, encoding="utf-8")
    capsys.readouterr()
    code, found = diagnosis(capsys, "captions")
    assert code == 0
    states = {topic: state for topic, (state, _) in found.items()}
    for topic in ("settings", "folder", "address", "token", "Canvas", "clock", "rights", "files", "contents", "server"):
        assert states[topic] == "ok", (topic, found[topic])
    assert run(["doctor", "captions"]) == 0
    assert capsys.readouterr().out.endswith("Nothing is wrong.\n")


def test_the_token_is_never_shown(sandbox: Sandbox, course: int, capsys: pytest.CaptureFixture[str]) -> None:
    run(["doctor", "--course", str(course)])
    out = capsys.readouterr()
    assert sandbox.tokens["teacher"] not in out.out + out.err
    assert "CANVAS_API_TOKEN" in out.out


def test_another_address_gets_no_token(sandbox: Sandbox, course: int, capsys: pytest.CaptureFixture[str]) -> None:
    asked = dict(sandbox.counts)
    code, found = diagnosis(capsys, "--url", sandbox.url.replace("127.0.0.1", "localhost"), "--course", "1")
    assert code == 2 and found["token"][0] == "problem"
    assert dict(sandbox.counts) == asked


def test_a_folder_for_studio_is_looked_at_there_and_not_with_the_token_for_canvas(
    sandbox: Sandbox, course: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Studio() as studio:
        collection = studio.add_collection("Lectures")
        studio.add_media("Lecture 1", collection=collection)
        folder = Path("captions")
        folder.mkdir()
        (folder / "captionkit.toml").write_text(
            f'[studio]\nurl = "{studio.url}"\ncollection = {collection}\n', encoding="utf-8"
        )
        code, found = diagnosis(capsys, "captions")
        assert code == 2 and found["token"][0] == "problem"
        assert studio.requests == []
        monkeypatch.setenv("CAPTIONKIT_STUDIO_URL", studio.url)
        monkeypatch.setenv("CAPTIONKIT_STUDIO_TOKEN", studio.tokens["teacher"])
        code, found = diagnosis(capsys, "captions")
        assert code == 0, found
        assert found["Studio"][0] == found["media"][0] == "ok"
    assert sandbox.counts == {}


def test_stripped_includes_are_found(
    sandbox: Sandbox, course: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox.add_track(sandbox.add_media(course, "Lecture 1"), "en", SRT)
    scopes = [
        "url:GET|/api/v1/users/:id",
        "url:GET|/api/v1/users/self",
        "url:GET|/api/v1/courses/:course_id/media_objects",
        "url:GET|/api/v1/courses/:course_id/files",
        "url:GET|/api/v1/media_objects/:media_object_id/media_tracks",
        "url:GET|/api/v1/media_attachments/:attachment_id/media_tracks",
    ]
    monkeypatch.setenv("CANVAS_API_TOKEN", sandbox.add_token("teacher", scopes=scopes))
    code, found = diagnosis(capsys, "--course", str(course))
    assert code == 7
    assert found["contents"][0] == "problem" and "text of tracks" in found["contents"][1]


def test_a_wrong_clock_is_reported_with_its_direction(
    sandbox: Sandbox, course: int, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox.set(clock_skew_s=600)
    code, found = diagnosis(capsys, "--course", str(course))
    assert code == 0
    assert found["clock"][0] == "warning" and "behind" in found["clock"][1]


def test_a_wrong_token_is_one_problem_and_not_ten(
    sandbox: Sandbox, course: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CANVAS_API_TOKEN", "wrong")
    code, found = diagnosis(capsys, "--course", str(course))
    assert code == 7
    assert [topic for topic, (state, _) in found.items() if state == "problem"] == ["Canvas"]


def test_no_token_and_no_address_are_reported(
    course: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CANVAS_API_TOKEN", "")
    monkeypatch.setenv("XDG_CONFIG_HOME", "/nonexistent")
    code, found = diagnosis(capsys)
    assert code == 2 and found["token"][0] == "problem"
    monkeypatch.setenv("CANVAS_API_URL", "")
    code, found = diagnosis(capsys)
    assert code == 2 and found["address"][0] == "problem"


def test_missing_rights_are_reported(
    sandbox: Sandbox, course: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox.add_media(course, "Lecture 1")
    monkeypatch.setenv("CANVAS_API_TOKEN", sandbox.tokens["student"])
    code, found = diagnosis(capsys, "--course", str(course))
    assert code == 7 and found["rights"] == ("problem", "you may caption none of them")


def test_a_course_that_is_not_there_is_reported(course: int, capsys: pytest.CaptureFixture[str]) -> None:
    code, found = diagnosis(capsys, "--course", "999999")
    assert code == 7 and found["media"][0] == "problem"


def test_no_answer_is_reported(
    course: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CANVAS_API_URL", "http://127.0.0.1:9")
    code, found = diagnosis(capsys, "--course", "1")
    assert code == 7 and found["Canvas"][0] == "problem"


def test_a_folder_of_another_course_and_a_broken_name_are_reported(
    sandbox: Sandbox, course: int, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("f").mkdir()
    assert run(["init", "f", "--url", sandbox.url, "--course", str(course)]) == 0
    home = Path("f/.captionkit")
    home.mkdir()
    record = {
        "format": "captionkit-manifest/1",
        "lineage": "x",
        "serial": 1,
        "base_url": sandbox.url,
        "scope": "courses/9",
    }
    (home / "manifest.jsonl").write_text(json.dumps(record) + "\n", encoding="utf-8")
    Path("f/week.kr.srt").write_text(SRT, encoding="utf-8")
    capsys.readouterr()
    code, found = diagnosis(capsys, "f", "--offline")
    assert code == 4
    assert found["record"][0] == "problem" and "courses/9" in found["record"][1]
    assert found["file names"][0] == "warning" and "week.kr.srt" in found["file names"][1]
    (home / "manifest.jsonl").write_text("broken", encoding="utf-8")
    code, found = diagnosis(capsys, "f", "--offline")
    assert code == 9 and found["record"][0] == "problem"


def test_a_held_lock_names_its_holder(sandbox: Sandbox, course: int, capsys: pytest.CaptureFixture[str]) -> None:
    import subprocess
    import sys

    Path("f").mkdir()
    assert run(["init", "f", "--url", sandbox.url, "--course", str(course)]) == 0
    script = (
        "import sys, pathlib; from captionkit.sync.store import FolderStore\n"
        "with FolderStore(pathlib.Path('f')).lock('push'):\n    print('held', flush=True); sys.stdin.read()"
    )
    import captionkit

    environment = {"PYTHONPATH": str(Path(captionkit.__file__).parents[1])}
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8", env=environment
    ) as other:
        assert other.stdout is not None and other.stdin is not None
        assert other.stdout.readline() == "held\n"
        capsys.readouterr()
        code, found = diagnosis(capsys, "f", "--offline")
        other.stdin.close()
    assert code == 0
    assert found["lock"][0] == "warning" and "captionkit push" in found["lock"][1]


def test_a_folder_that_is_not_there_is_reported(course: int, capsys: pytest.CaptureFixture[str]) -> None:
    code, found = diagnosis(capsys, "nowhere", "--offline")
    assert code == 2 and found["settings"][0] == "problem"

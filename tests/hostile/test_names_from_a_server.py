"""What a server calls a track or a recording becomes part of file names: nothing is written outside of the folder for
it, and what is odd stops itself alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import needs
import pytest

pytest.importorskip("werkzeug", reason="needs captionkit[sandbox]")

from sandbox_course import SandboxCourse, open_course
from strangers import SRT, tree

from captionkit.errors import ExitCode

ODD_LOCALES = [
    "../../../evil", "/tmp/evil", "..", "a/b", "a\\b", "C:evil", "en\0", "en\n", "x" * 100, "\u202een", "e n", "",
    "en.srt",
]  # fmt: skip


@pytest.fixture
def course(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[SandboxCourse]:
    home = tmp_path / "a" / "b"
    home.mkdir(parents=True)
    with open_course(home, monkeypatch, capsys) as course:
        for title in ("Lecture 1", "Lecture 2"):
            course.add(title, "de", SRT.format("Guten Tag und willkommen"))
        yield course


def outside(course: SandboxCourse) -> dict[str, str]:
    return {name: what for name, what in tree(course.folder.parent.parent.parent).items() if "captions/" not in name}


@pytest.mark.parametrize("locale", ODD_LOCALES)
@pytest.mark.parametrize("path", ["auto", "media_objects"])
def test_an_odd_locale_stops_itself_and_not_the_pull(course: SandboxCourse, locale: str, path: str) -> None:
    course.configure(path=path)
    course.add("Lecture 1", locale, SRT.format("evil words"))
    before = outside(course)
    result = course.shell("pull", course.folder)
    assert result.code == ExitCode.PARTIAL
    assert "a track without a locale" in result.all
    assert outside(course) == before
    names = sorted(file.name for file in course.folder.iterdir() if file.suffix in (".srt", ".vtt"))
    assert names == ["Lecture 1.de.srt", "Lecture 2.de.srt"]


@pytest.mark.parametrize("locale", ODD_LOCALES[:3])
@pytest.mark.parametrize("path", ["auto", "media_objects"])
def test_nothing_is_sent_where_an_odd_track_could_be_lost(course: SandboxCourse, locale: str, path: str) -> None:
    course.configure(path=path)
    course.add("Lecture 1", locale, SRT.format("evil words"))
    for title in ("Lecture 1", "Lecture 2"):
        course.write(f"{title}.en.srt", SRT.format("Hello, and welcome to the first lecture of this course"))
    before = outside(course)
    result = course.push("--mirror", "--allow", "all-changed")
    assert result.code in (ExitCode.PARTIAL, ExitCode.GUARD_REFUSED)
    assert "a track without a locale" in result.all
    assert set(course.tracks("Lecture 1")) == {"de", locale}
    assert "en" in course.tracks("Lecture 2")
    assert outside(course) == before


@pytest.mark.parametrize(
    "title",
    ["../../../evil", "/tmp/evil", "..", ".git/hooks/post-checkout", "a/b", "C:\\x", "con", "\u202ecod.exe", "n\0l"],
)
def test_no_title_leads_out_of_the_folder(course: SandboxCourse, title: str) -> None:
    media = course.sandbox.add_media(course.id, title, in_files=True)
    course.sandbox.add_track(media, "de", SRT.format("Hallo und willkommen"))
    before = outside(course)
    result = course.shell("pull", course.folder)
    assert result.code in (ExitCode.OK, ExitCode.PARTIAL)
    assert outside(course) == before
    assert not (course.folder / ".git").exists()
    assert (course.folder / "Lecture 2.de.srt").exists()


@needs.links
def test_a_link_in_the_place_of_a_new_file_is_left_alone(course: SandboxCourse) -> None:
    (course.folder / "Lecture 1.de.srt").symlink_to(course.folder.parent / "not there.srt")
    result = course.shell("pull", course.folder)
    assert result.code in (ExitCode.OK, ExitCode.PARTIAL)
    assert ". skip      de" in result.out
    assert not (course.folder.parent / "not there.srt").exists()
    assert (course.folder / "Lecture 2.de.srt").exists()

"""What a server calls a track or a recording becomes part of file names: nothing is written outside of the folder for
it, and what is odd stops itself alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("werkzeug", reason="needs captionkit[sandbox]")

from campus import Campus, open_campus
from strangers import SRT, tree

from captionkit.errors import ExitCode

ODD_LOCALES = [
    "../../../evil", "/tmp/evil", "..", "a/b", "a\\b", "C:evil", "en\0", "en\n", "x" * 100, "\u202een", "e n", "",
    "en.srt",
]  # fmt: skip


@pytest.fixture
def campus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Campus]:
    home = tmp_path / "a" / "b"
    home.mkdir(parents=True)
    with open_campus(home, monkeypatch, capsys) as campus:
        for title in ("Lecture 1", "Lecture 2"):
            campus.add(title, "de", SRT.format("Guten Tag und willkommen"))
        yield campus


def outside(campus: Campus) -> dict[str, str]:
    return {name: what for name, what in tree(campus.folder.parent.parent.parent).items() if "captions/" not in name}


@pytest.mark.parametrize("locale", ODD_LOCALES)
@pytest.mark.parametrize("path", ["auto", "media_objects"])
def test_an_odd_locale_stops_itself_and_not_the_pull(campus: Campus, locale: str, path: str) -> None:
    campus.configure(path=path)
    campus.add("Lecture 1", locale, SRT.format("evil words"))
    before = outside(campus)
    said = campus.shell("pull", campus.folder)
    assert said.code == ExitCode.PARTIAL
    assert "a track without a locale" in said.all
    assert outside(campus) == before
    names = sorted(file.name for file in campus.folder.iterdir() if file.suffix in (".srt", ".vtt"))
    assert names == ["Lecture 1.de.srt", "Lecture 2.de.srt"]


@pytest.mark.parametrize("locale", ODD_LOCALES[:3])
@pytest.mark.parametrize("path", ["auto", "media_objects"])
def test_nothing_is_sent_where_an_odd_track_could_be_lost(campus: Campus, locale: str, path: str) -> None:
    campus.configure(path=path)
    campus.add("Lecture 1", locale, SRT.format("evil words"))
    for title in ("Lecture 1", "Lecture 2"):
        campus.write(f"{title}.en.srt", SRT.format("Hello, and welcome to the first lecture of this course"))
    before = outside(campus)
    said = campus.push("--mirror", "--allow", "all-changed")
    assert said.code in (ExitCode.PARTIAL, ExitCode.GUARD_REFUSED)
    assert "a track without a locale" in said.all
    assert set(campus.tracks("Lecture 1")) == {"de", locale}
    assert "en" in campus.tracks("Lecture 2")
    assert outside(campus) == before


@pytest.mark.parametrize(
    "title",
    ["../../../evil", "/tmp/evil", "..", ".git/hooks/post-checkout", "a/b", "C:\\x", "con", "\u202ecod.exe", "n\0l"],
)
def test_no_title_leads_out_of_the_folder(campus: Campus, title: str) -> None:
    media = campus.sandbox.add_media(campus.course, title, in_files=True)
    campus.sandbox.add_track(media, "de", SRT.format("Hallo und willkommen"))
    before = outside(campus)
    said = campus.shell("pull", campus.folder)
    assert said.code in (ExitCode.OK, ExitCode.PARTIAL)
    assert outside(campus) == before
    assert not (campus.folder / ".git").exists()
    assert (campus.folder / "Lecture 2.de.srt").exists()


def test_a_link_in_the_place_of_a_new_file_is_left_alone(campus: Campus) -> None:
    (campus.folder / "Lecture 1.de.srt").symlink_to(campus.folder.parent / "not there.srt")
    said = campus.shell("pull", campus.folder)
    assert said.code in (ExitCode.OK, ExitCode.PARTIAL)
    assert ". skip      de" in said.out
    assert not (campus.folder.parent / "not there.srt").exists()
    assert (campus.folder / "Lecture 2.de.srt").exists()

"""What a folder on disk holds."""

from __future__ import annotations

import hashlib
import os
import sys
import unicodedata
from pathlib import Path

import needs
import pytest
from corpus import write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from captionkit.config import Config, parse
from captionkit.errors import LocalError
from captionkit.library.problems import Problem
from captionkit.library.scan import Library, explain, others_in, scan
from captionkit.model import Severity


def make(root: Path, *paths: str) -> None:
    for path in paths:
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(f"1\n00:00:01,000 --> 00:00:02,000\n{path}\n".encode("utf-8", "surrogateescape"))


def look(root: Path, config: str = "", titles: tuple[str, ...] = ()) -> Library:
    return scan(root, parse(config) if config else Config(), titles=titles)


def tracks(library: Library) -> list[tuple[str, str, str, str]]:
    return [(t.path, t.name, t.language, t.locale) for t in library.tracks]


def codes(library: Library) -> list[tuple[str, tuple[str, ...]]]:
    return [(p.code, p.paths) for p in library.problems]


def test_the_three_layouts_are_read_side_by_side(tmp_path: Path) -> None:
    make(tmp_path, "a.en.srt", "es/b.VTT", "c/zh-CN.Srt", "notes.txt", "video.mp4", "d.sbv")
    library = look(tmp_path)
    assert tracks(library) == [
        ("a.en.srt", "a", "en", "en"),
        ("c/zh-CN.Srt", "c", "zh-CN", "zh-Hans"),
        ("es/b.VTT", "b", "es", "es"),
    ]
    assert not library.problems
    assert [found.path for found, _, _ in library.candidates] == ["d.sbv", "notes.txt"]
    assert others_in(library) == ()  # they are empty: no captions by what is in them
    assert library.names == ("a", "b", "c")


def test_a_track_knows_its_bytes(tmp_path: Path) -> None:
    make(tmp_path, "a.en.srt")
    (track,) = look(tmp_path).tracks
    data = (tmp_path / "a.en.srt").read_bytes()
    assert track.digested().local_digest == "sha256:" + hashlib.sha256(data).hexdigest()
    assert (track.read(), track.size, track.location) == (data, len(data), str(tmp_path / "a.en.srt"))
    (tmp_path / "a.en.srt").unlink()
    with pytest.raises(LocalError, match=r"a\.en\.srt: cannot be read"):
        track.read()


@pytest.mark.parametrize(
    ("name", "kind"), [("a.en", None), ("a.en.cc", "captions"), ("a.en.sdh", "captions"), ("a.en.forced", "subtitles")]
)
def test_flags_say_the_kind(tmp_path: Path, name: str, kind: str | None) -> None:
    make(tmp_path, f"{name}.srt")
    (track,) = look(tmp_path).tracks
    assert track.kind == kind


def test_hidden_and_temporary_files_are_not_looked_at(tmp_path: Path) -> None:
    make(tmp_path, ".captionkit/runs/1/backup/a.en.vtt", ".git/a.en.srt", "__MACOSX/a.en.srt", "._a.en.srt")
    make(tmp_path, "~$a.en.srt", "a.en.srt.tmp", ".a.en.srt.x8.tmp", "a.en.srt~", ".srt")
    library = look(tmp_path)
    assert (library.tracks, library.problems) == ((), ())


def test_two_files_for_one_track_stop_only_their_name(tmp_path: Path) -> None:
    make(tmp_path, "a.en.srt", "a.en.vtt", "a.fr.srt", "en/b.srt", "B.en.vtt", "c.en.srt")
    library = look(tmp_path)
    assert tracks(library) == [("a.fr.srt", "a", "fr", "fr"), ("c.en.srt", "c", "en", "en")]
    assert codes(library) == [("LNG005", ("B.en.vtt", "en/b.srt")), ("LNG005", ("a.en.srt", "a.en.vtt"))]
    assert [library.is_complete(n) for n in ("a", "A", "b", "c")] == [False, False, False, True]


def test_two_languages_that_canvas_stores_as_one_are_reported_with_a_way_out(tmp_path: Path) -> None:
    make(tmp_path, "a.pt-BR.srt", "a.pt-PT.srt")
    (problem,) = look(tmp_path).problems
    assert problem.code == "LNG005"
    assert "stored as pt" in problem.message
    apart = look(tmp_path, '[canvas]\nurl="https://x.org"\ncourse=1\n[canvas.locales]\npt-BR = "pt-BR"\n')
    assert [t.locale for t in apart.tracks] == ["pt-BR", "pt"]


def test_two_kinds_of_one_language_are_reported(tmp_path: Path) -> None:
    make(tmp_path, "a.en.srt", "a.en.sdh.srt")
    (problem,) = look(tmp_path).problems
    assert "flags" in problem.message


@needs.links
def test_links_neither_double_files_nor_run_in_circles(tmp_path: Path) -> None:
    make(tmp_path / "lib", "en/a.srt", "b.fr.srt", "more/c.de.srt")
    (tmp_path / "lib" / "aa").symlink_to("en")
    (tmp_path / "lib" / "en-US").symlink_to("en")
    (tmp_path / "lib" / "en" / "up").symlink_to("..")
    (tmp_path / "lib" / "self").symlink_to("self")
    (tmp_path / "lib" / "B.fr.vtt").symlink_to("b.fr.srt")
    (tmp_path / "lib" / "again").symlink_to("more")
    library = look(tmp_path / "lib")
    assert [t.path for t in library.tracks] == ["b.fr.srt", "en/a.srt", "more/c.de.srt"]
    assert library.problems == ()


@needs.links
def test_links_out_of_the_library_are_not_followed_and_nothing_is_deleted_for_them(tmp_path: Path) -> None:
    make(tmp_path / "lib", "a.en.srt", "a.fr.srt")
    make(tmp_path / "outside", "c.de.srt", "deep/d.de.srt")
    (tmp_path / "lib" / "more").symlink_to(tmp_path / "outside")
    (tmp_path / "lib" / "up").symlink_to("../outside/deep")
    (tmp_path / "lib" / "a.de.srt").symlink_to("../outside/c.de.srt")
    library = look(tmp_path / "lib")
    assert [t.path for t in library.tracks] == ["a.en.srt", "a.fr.srt"]
    assert codes(library) == [("LIB001", ("a.de.srt",)), ("LIB001", ("more",)), ("LIB001", ("up",))]
    assert all("leads out of the library" in problem.message for problem in library.problems)
    assert not library.saw_all_folders


@needs.links
def test_a_library_that_is_a_link_itself_is_one(tmp_path: Path) -> None:
    make(tmp_path / "lib", "en/a.srt", "b.en.srt")
    (tmp_path / "link").symlink_to("lib")
    (tmp_path / "lib" / "c.en.srt").symlink_to("b.en.srt")
    assert [t.path for t in look(tmp_path / "link").tracks] == ["b.en.srt", "c.en.srt", "en/a.srt"]


@needs.posix_files
def test_what_cannot_be_read_is_reported_and_keeps_its_name_from_deletes(tmp_path: Path) -> None:
    make(tmp_path, "a.fr.srt", "b.en.srt")
    (tmp_path / "a.en.srt").symlink_to("gone.srt")
    os.mkfifo(tmp_path / "a.de.srt")
    library = look(tmp_path)
    assert codes(library) == [("LIB001", ("a.de.srt",)), ("LIB001", ("a.en.srt",))]
    assert [library.is_complete(n) for n in ("a", "b")] == [False, True]


@needs.permission_bits
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_reported(tmp_path: Path) -> None:
    make(tmp_path, "a.en.srt", "shut/b.en.srt")
    (tmp_path / "a.en.srt").chmod(0)
    (tmp_path / "shut").chmod(0)
    try:
        library = look(tmp_path)
    finally:
        (tmp_path / "shut").chmod(0o700)
    assert codes(library) == [("LIB001", ("a.en.srt",)), ("LIB001", ("shut",))]
    assert not library.saw_all_folders


def test_a_folder_that_cannot_be_looked_into_stops_all_deletes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "a.en.srt", "shut/b.en.srt")
    real = os.scandir

    def scandir(path: str) -> object:
        if str(path).endswith("shut"):
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    library = look(tmp_path)
    assert codes(library) == [("LIB001", ("shut",))]
    assert [t.path for t in library.tracks] == ["a.en.srt"]
    assert not library.saw_all_folders
    assert not library.is_complete("a")
    assert not library.is_complete("whatever")


def test_a_file_that_may_not_be_read_is_reported_and_marks_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path, "a.en.srt", "b.en.srt")
    real = os.access
    monkeypatch.setattr(os, "access", lambda p, mode: not str(p).endswith("a.en.srt") and real(p, mode))
    library = look(tmp_path)
    assert codes(library) == [("LIB001", ("a.en.srt",))]
    assert [library.is_complete(n) for n in ("a", "b")] == [False, True]


def test_a_folder_that_is_not_there_is_an_error_and_not_an_empty_library(tmp_path: Path) -> None:
    with pytest.raises(LocalError, match="cannot be looked into"):
        look(tmp_path / "gone")
    make(tmp_path, "file")
    with pytest.raises(LocalError, match="cannot be looked into"):
        look(tmp_path / "file")


def test_an_ambiguous_file_keeps_every_name_it_may_belong_to_from_deletes(tmp_path: Path) -> None:
    make(tmp_path, "talk_it.srt")
    library = look(tmp_path)
    assert codes(library) == [("LNG004", ("talk_it.srt",))]
    assert [library.is_complete(n) for n in ("talk", "talk_it", "other")] == [False, False, True]


@pytest.mark.parametrize("evidence", ["talk.en.srt", "talk.mp4", "fr/talk.vtt"])
def test_the_same_name_elsewhere_settles_a_word_that_may_be_a_language(tmp_path: Path, evidence: str) -> None:
    make(tmp_path, "talk_it.srt", evidence)
    library = look(tmp_path)
    assert library.problems == ()
    assert ("talk_it.srt", "talk", "it", "it") in tracks(library)


def test_a_title_settles_it_too_in_either_way(tmp_path: Path) -> None:
    make(tmp_path, "talk_it.srt")
    assert tracks(look(tmp_path, titles=("Talk.mp4",))) == [("talk_it.srt", "talk", "it", "it")]
    assert codes(look(tmp_path, titles=("Talk_IT",))) == [("LNG001", ("talk_it.srt",))]


def test_a_title_with_characters_that_files_cannot_have_is_recognised(tmp_path: Path) -> None:
    make(tmp_path, "Talk_ What is it.en.srt")
    library = look(tmp_path, titles=("Talk: What is it",))
    assert tracks(library) == [("Talk_ What is it.en.srt", "Talk_ What is it", "en", "en")]


def test_a_known_mistake_is_used_and_reported(tmp_path: Path) -> None:
    make(tmp_path, "a.jp.srt")
    library = look(tmp_path)
    assert [t.locale for t in library.tracks] == ["ja"]
    (problem,) = library.problems
    assert (problem.code, problem.severity) == ("LNG003", Severity.WARNING)
    assert (library.stopped, library.is_complete("a")) == ((), True)
    assert look(tmp_path, '[languages]\njp = "ja"\n').problems == ()


def test_a_locale_that_canvas_does_not_take_is_a_problem_until_one_is_chosen(tmp_path: Path) -> None:
    make(tmp_path, "a.bn-001.srt")
    library = look(tmp_path)
    assert codes(library) == [("CVS001", ("a.bn-001.srt",))]
    canvas = '[canvas]\nurl="https://x.org"\ncourse=1\n[canvas.locales]\nbn-001 = "bn"\n'
    assert [t.locale for t in look(tmp_path, canvas).tracks] == ["bn"]


@pytest.mark.parametrize(
    ("files", "taken"),
    [
        ('exclude = ["drafts"]', ["a.en.srt", "final/b.en.vtt"]),
        ('exclude = ["drafts/**"]', ["a.en.srt", "final/b.en.vtt"]),
        ('exclude = ["*.srt"]', ["final/b.en.vtt"]),
        ('exclude = ["/*.srt"]', ["drafts/c.en.srt", "final/b.en.vtt"]),
        ('exclude = ["**/?.en.srt"]', ["final/b.en.vtt"]),
        ('exclude = ["[ab].en.*"]', ["drafts/c.en.srt"]),
        ('exclude = ["[!ab].en.*"]', ["a.en.srt", "final/b.en.vtt"]),
        ('include = ["final/"]', ["final/b.en.vtt"]),
        ('include = ["final", "drafts"]\nexclude = ["drafts"]', ["final/b.en.vtt"]),
        ('exclude = ["["]', ["a.en.srt", "drafts/c.en.srt", "final/b.en.vtt"]),
        ('exclude = ["[z-a]"]', ["a.en.srt", "drafts/c.en.srt", "final/b.en.vtt"]),
    ],
)
def test_globs_choose_files_and_what_is_left_out_is_remembered(tmp_path: Path, files: str, taken: list[str]) -> None:
    make(tmp_path, "a.en.srt", "drafts/c.en.srt", "final/b.en.vtt")
    library = look(tmp_path, f"[files]\n{files}\n")
    assert [t.path for t in library.tracks] == taken
    assert library.excluded == {"a.en.srt", "drafts/c.en.srt", "final/b.en.vtt"} - set(taken)


def test_names_are_composed_whatever_the_file_system_does(tmp_path: Path) -> None:
    name = unicodedata.normalize("NFD", "Übung é.français.srt")
    make(tmp_path, name)
    (track,) = look(tmp_path).tracks
    assert track.path == unicodedata.normalize("NFC", name)
    assert (track.name, track.language) == ("Übung é", "fr")
    assert track.read()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems refuse such names themselves")
def test_a_name_that_is_no_text_is_reported_and_can_be_printed(tmp_path: Path) -> None:
    make(tmp_path, os.fsdecode(b"bad\xff.en.srt"), "good.en.srt", "line\nfeed.srt")
    library = look(tmp_path)
    assert [t.path for t in library.tracks] == ["good.en.srt"]
    reported = [line for p in library.problems for line in p.lines()]
    assert all(line.isprintable() for line in reported)
    assert any(r"bad\xff.en.srt" in line for line in reported)


def test_an_entry_for_a_name_with_folders_tells_two_of_the_same_name_apart(tmp_path: Path) -> None:
    make(tmp_path, "week1/intro.en.srt", "week2/intro.en.srt", "week2/en/talk.srt", "week3/outro/en.srt")
    assert codes(look(tmp_path)) == [("LNG005", ("week1/intro.en.srt", "week2/intro.en.srt"))]
    entries = '[media]\n"week1/intro" = "m-1"\n"Week2/Intro" = "m-2"\n"week2/talk" = "m-3"\n"week3/outro" = "m-4"\n'
    library = look(tmp_path, entries)
    assert [t.name for t in library.tracks] == ["week1/intro", "week2/talk", "Week2/Intro", "week3/outro"]
    assert library.problems == ()


def test_the_manifest_decides_for_names_that_say_nothing_clear_and_for_no_others(tmp_path: Path) -> None:
    make(tmp_path, "Talk.klingon.vtt", "Talk.hi.vtt", "Talk.en.vtt", "New.hi.vtt")
    media = "media_objects/m-1"
    recorded = {
        "Talk.klingon.vtt": (media, "klingon"),
        "Talk.hi.vtt": (media, "hi"),
        "Talk.en.vtt": ("media_objects/m-2", "fr"),
        "gone.vtt": (media, "de"),
    }
    library = scan(tmp_path, Config(), titles=["Talk"], recorded=recorded)
    assert tracks(library) == [
        ("Talk.en.vtt", "Talk", "en", "en"),
        ("Talk.hi.vtt", media, "hi", "hi"),
        ("Talk.klingon.vtt", media, "klingon", "klingon"),
    ]
    assert codes(library) == [("LNG004", ("New.hi.vtt",))]
    assert "manifest" in explain(library, "Talk.hi.vtt")[0]


def test_it_is_explained_why_a_file_was_read_so(tmp_path: Path) -> None:
    make(tmp_path, "es/a.cc.srt", "a.hi.srt", "x.en.srt", ".h.en.srt", "t.txt", "a.pt-BR.srt")
    library = look(tmp_path, '[files]\nexclude = ["x.*"]\n')
    assert explain(library, "es/a.cc.srt")[:2] == ("'cc', set off by a dot, says cc", "the folder 'es' says es")
    assert "stored as pt" in " ".join(explain(library, "a.pt-BR.srt"))
    assert "Hindi" in explain(library, "a.hi.srt")[0]
    assert "[files]" in explain(library, "x.en.srt")[0]
    assert "Hidden" in explain(library, ".h.en.srt")[0]
    assert "Only .srt, .vtt" in explain(library, "t.txt")[0]
    assert "no such file" in explain(library, "nope.en.srt")[0]


def test_the_order_of_the_result_does_not_depend_on_the_file_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path, *(f"{f}/{n}.{t}.srt" for f in ("b", "a") for n in ("y", "x") for t in ("fr", "en", "hi")))
    first = look(tmp_path)
    real = os.scandir

    class Backwards:
        def __init__(self, path: str) -> None:
            self.listing = real(path)

        def __enter__(self) -> list[os.DirEntry[str]]:
            return list(self.listing)[::-1]

        def __exit__(self, *error: object) -> None:
            self.listing.close()

    monkeypatch.setattr(os, "scandir", Backwards)
    assert look(tmp_path) == first


def test_a_folder_a_language_is_read_without_a_question(tmp_path: Path) -> None:
    written = write(tmp_path, 4)
    library = scan(tmp_path, Config())
    assert library.problems == ()
    assert len(library.tracks) == len(written)
    assert {(t.language, t.locale) for t in library.tracks} == {
        ("en", "en"),
        ("fr", "fr"),
        ("ru", "ru"),
        ("ar", "ar"),
        ("zh-CN", "zh-Hans"),
    }


names = st.lists(
    st.one_of(
        st.text(st.characters(exclude_characters="/\\\0", exclude_categories=["Cs"]), min_size=1, max_size=12),
        st.sampled_from(["a.en", "a", "en", "hi", "a_it", "a.en.hi", "kr", "a (b", "..a", "en.fr", "(en)", "[en].x"]),
    ),
    min_size=1,
    max_size=6,
)


@settings(deadline=None, derandomize=True, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names, st.sampled_from([".srt", ".VTT", "/en.srt"]))
def test_whatever_the_files_are_called_each_is_a_track_or_a_problem(
    tmp_path_factory: pytest.TempPathFactory, stems: list[str], ending: str
) -> None:
    root = tmp_path_factory.mktemp("any")
    for stem in stems:
        try:
            make(root, stem + ending)
        except (OSError, ValueError):
            continue  # this system has no such name
    library = scan(root, Config())
    there = {unicodedata.normalize("NFC", f.relative_to(root).as_posix()) for f in root.rglob("*") if f.is_file()}
    there = {p for p in there if p.lower().endswith((".srt", ".vtt"))}
    there = {p for p in there if not any(part.startswith((".", "~$")) or part == "__MACOSX" for part in p.split("/"))}
    there = {p for p in there if not any(part.endswith((".tmp", "~")) for part in p.split("/"))}
    reported = {t.path for t in library.tracks} | {p for problem in library.problems for p in problem.paths}
    assert there <= reported
    assert all(isinstance(p, Problem) and all(line.isprintable() for line in p.lines()) for p in library.problems)
    assert len({(t.name, t.locale) for t in library.tracks}) == len(library.tracks)

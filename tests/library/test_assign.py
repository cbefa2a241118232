"""Files to tracks: what the scan found and what matched, put together."""

from __future__ import annotations

from pathlib import Path

import pytest

from captionkit.config import Config
from captionkit.library.assign import Assigned, assign, names_to_match
from captionkit.library.match import match
from captionkit.library.scan import scan
from captionkit.sync.ports import MediaSummary


def put(root: Path, files: list[str], titles: list[str], locales: dict[str, list[str]] | None = None) -> Assigned:
    for path in files:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("x", encoding="utf-8")
    media = [MediaSummary(f"media_objects/m-{i}", f"m-{i}", title, True, ()) for i, title in enumerate(titles)]
    library = scan(root, Config(), titles=titles)
    return assign(library, match(names_to_match(library), media, {}), locales)


def test_each_file_gets_to_its_media_and_locale(tmp_path: Path) -> None:
    found = put(tmp_path, ["a.en.srt", "a.pt-BR.vtt", "es/b.srt", "c.en.srt"], ["A", "b.mp4"])
    assert {m: {locale: t.path for locale, t in ts.items()} for m, ts in found.tracks.items()} == {
        "media_objects/m-0": {"en": "a.en.srt", "pt": "a.pt-BR.vtt"},
        "media_objects/m-1": {"es": "es/b.srt"},
    }
    assert (found.incomplete, found.problems) == (frozenset(), ())


def test_two_names_of_one_media_object_may_bring_different_languages_but_not_the_same(tmp_path: Path) -> None:
    files = ["A/en.srt", "m-0.en.vtt", "m-0.fr.vtt", "b.en.srt", "m-1.de.srt"]
    found = put(tmp_path, files, ["A", "B"])
    assert {m: sorted(ts) for m, ts in found.tracks.items()} == {
        "media_objects/m-0": ["fr"],
        "media_objects/m-1": ["de", "en"],
    }
    (problem,) = found.problems
    assert (problem.code, problem.paths) == ("LNG005", ("A/en.srt", "m-0.en.vtt"))
    assert found.incomplete == {"media_objects/m-0"}


def test_media_of_a_file_that_is_not_understood_is_incomplete(tmp_path: Path) -> None:
    found = put(tmp_path, ["a.hi.srt", "b.srt", "b.en.vtt", "c.en.srt"], ["a", "b", "c"])
    assert found.incomplete == {"media_objects/m-0", "media_objects/m-1"}
    assert set(found.tracks) == {"media_objects/m-1", "media_objects/m-2"}


def test_media_that_a_name_may_mean_are_incomplete(tmp_path: Path) -> None:
    found = put(tmp_path, ["a.en.srt"], ["a", "A.mp4"])
    assert found.tracks == {}
    assert found.incomplete == {"media_objects/m-0", "media_objects/m-1"}


def test_names_of_files_that_are_asked_about_anyway_are_not_reported_twice(tmp_path: Path) -> None:
    found = put(tmp_path, ["zeta_is.srt", "kappa.srt", "lost.en.srt"], ["a"])
    assert [u.name for u in found.unmatched] == ["lost"]


@pytest.mark.parametrize(
    ("files", "there", "locales"),
    [
        (["a.en.srt"], ["en-US", "fr"], ["en-US"]),
        (["a.en-US.srt"], ["en-US"], ["en-US"]),
        (["a.zh-CN.srt"], ["zh-cn"], ["zh-cn"]),
        (["a.he.srt"], ["iw"], ["iw"]),
        (["a.fil.srt"], ["fl"], ["fl"]),
        (["a.en.srt"], ["EN"], ["EN"]),
        # it is there under its own name
        (["a.en.srt"], ["en", "en-US"], ["en"]),
        (["a.pt-BR.srt"], ["pt", "pt-BR"], ["pt"]),
        # another language, or another script
        (["a.en.srt"], ["en-GB", "klingon", "-"], ["en"]),
        (["a.zh-TW.srt"], ["zh-CN"], ["zh-Hant"]),
        # not one for one: nothing is guessed
        (["a.en.srt"], ["en-US", "EN"], ["en"]),
        (["a.zh.srt", "a.zh-Hans.srt"], ["zh-cn"], ["zh", "zh-Hans"]),
        (["a.zh.srt", "a.zh-Hans.srt"], ["zh-Hans"], ["zh", "zh-Hans"]),
    ],
)
def test_a_language_that_is_there_under_another_name_is_that_track(
    tmp_path: Path, files: list[str], there: list[str], locales: list[str]
) -> None:
    found = put(tmp_path, files, ["a"], {"media_objects/m-0": there, "media_objects/m-9": ["en"]})
    tracks = found.tracks["media_objects/m-0"]
    assert list(tracks) == locales
    assert [t.locale for t in tracks.values()] == locales
    assert sorted(t.path for t in tracks.values()) == sorted(files)


def test_two_files_of_one_track_stay_a_problem_under_the_locale_of_canvas(tmp_path: Path) -> None:
    found = put(tmp_path, ["A/en.srt", "m-0.en.vtt"], ["A"], {"media_objects/m-0": ["en-US"]})
    assert found.tracks == {"media_objects/m-0": {}}
    assert found.problems[0].paths == ("A/en.srt", "m-0.en.vtt")

"""Which media object a name belongs to."""

from __future__ import annotations

import random
import unicodedata
from dataclasses import dataclass

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from captionkit.library.match import Matches, match, safe_name, title_key
from captionkit.sync.ports import MediaSummary

lawful = settings(deadline=None, derandomize=True)


@dataclass(frozen=True)
class Media:
    media: str
    media_id: str
    title: str


def course(*titles: str) -> list[Media]:
    return [Media(f"media_objects/m-{i}", f"m-{i}", title) for i, title in enumerate(titles)]


def of(name: str, *titles: str, entries: dict[str, str] | None = None) -> str:
    """The address that a name gets, or "none" or "several"."""
    found = match([name], course(*titles), entries or {})
    if found.matched:
        return found.matched[name].media.removeprefix("media_objects/")
    return "several" if found.ambiguous else "none"


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("Lecture 1", "Lecture 1"),
        ("lecture 1", "LECTURE 1"),
        ("Lecture 1", "Lecture 1.mp4"),
        ("Lecture 1.mp4", "Lecture 1"),
        ("Lecture 1.MP4", "lecture 1.mp4"),
        ("Lecture  1", " Lecture\t1 "),
        ("Übung", unicodedata.normalize("NFD", "Übung")),
        ("Straße", "STRASSE"),
        ("Lecture 1", "Lecture 1"),
        ("Lecture 1_ Intro", "Lecture 1: Intro"),
        ("Lecture 1： Intro", "Lecture 1: Intro"),
        ("What is it_", "What is it?.mov"),
        ("Talk - what's new", "Talk – what’s new"),
        ("Lecture 1", "Lec\u200bture\u00a01\ufeff"),
        ("v1.2 intro", "v1.2 intro"),
        ("講義", "講義.m4a"),
    ],
)
def test_a_name_meets_a_title(name: str, title: str) -> None:
    assert of(name, "Other", title, "Another.mp4") == "m-1"


@pytest.mark.parametrize(
    ("name", "titles"),
    [
        ("Lecture 1", ("Lecture 2",)),
        ("Lecture 1.mp4", ("Lecture 1.mp3",)),
        ("Lecture", ("Lecture 1",)),
        ("M-0", ("x",)),
        ("", ("x",)),
        ("x", ()),
        ("Lecture 1.5", ("Lecture 1",)),
    ],
)
def test_what_fits_nothing_is_unmatched(name: str, titles: tuple[str, ...]) -> None:
    assert of(name, *titles) == "none"


@pytest.mark.parametrize("titles", [("a", "A"), ("a.mp4", "a.mp3"), ("a", "a.mp4"), ("a b", "a  b")])
def test_what_fits_several_is_not_decided_and_all_are_listed(titles: tuple[str, str]) -> None:
    name = "a b" if " " in titles[0] else "a"
    (several,) = match([name], course(*titles), {}).ambiguous
    assert sorted(t for t, _ in several.fits) == sorted(titles)


def test_an_extension_in_the_name_tells_video_and_audio_apart() -> None:
    assert of("a.mp3", "a.mp4", "a.mp3") == "m-1"


def test_the_name_can_be_the_media_id() -> None:
    assert of("m-1", "x", "y") == "m-1"
    assert of("media_objects/m-1", "x", "y") == "m-1"


def test_an_entry_comes_before_title_and_id() -> None:
    assert of("x", "x", "y", entries={"X": "m-1"}) == "m-1"
    assert of("m-0", "x", "y", entries={"m-0": "media_objects/m-1"}) == "m-1"
    assert of("x.mp4", "x", "y", entries={"x": "m-1"}) == "m-1"


def test_an_entry_that_is_not_there_does_not_fall_back_to_the_title() -> None:
    found = match(["x"], course("x"), {"x": "m-gone"})
    assert found.matched == {}
    assert "m-gone" in found.unmatched[0].reason


def test_an_entry_that_is_not_there_is_reported_for_a_name_with_an_extension_too() -> None:
    assert "m-gone" in match(["x.mov"], course("x"), {"x": "m-gone"}).unmatched[0].reason


def test_an_entry_can_name_an_attachment_and_a_media_id_of_two_attachments_is_asked() -> None:
    copies = [Media("media_attachments/1", "m-a", "x"), Media("media_attachments/2", "m-a", "y")]
    assert match(["z"], copies, {"z": "media_attachments/2"}).matched["z"].media == "media_attachments/2"
    assert match(["z"], copies, {"z": "m-a"}).ambiguous[0].name == "z"
    assert match(["m-a"], copies, {}).ambiguous[0].name == "m-a"


def test_a_media_object_that_was_listed_twice_is_one() -> None:
    one = course("x")
    assert match(["x"], [*one, *one], {}).matched["x"].media == "media_objects/m-0"


def test_what_is_unmatched_comes_with_the_nearest_titles_the_likeliest_first() -> None:
    titles = [f"Lecture {i:02} on something" for i in range(40)] + ["Photosynthesis, part 2.mp4", "Photosynthesis"]
    (unmatched,) = match(["Photosynthesis part 2"], course(*titles), {}).unmatched
    assert unmatched.guess.candidates[0].title == "Photosynthesis, part 2.mp4"
    assert match(["zzzzzz"], course(*titles), {}).unmatched[0].guess.candidates == ()


def test_an_entry_can_be_a_title() -> None:
    assert of("x", "Lecture 1: Intro", "Lecture 2", entries={"x": "lecture 1: intro"}) == "m-0"
    assert of("x", "Same", "Same", entries={"x": "Same"}) == "several"
    assert match(["Lecture 2"], course("Lecture 2"), {"Lecture 2": "Lecture 3"}).matched == {}


def test_two_thousand_names_that_fit_nothing_are_all_listed_with_what_they_may_mean() -> None:
    media = course(*(f"Lecture {i:05} on things.mp4" for i in range(2_000)))
    names = [f"Lektion {i:05} on things" for i in range(2_000)]
    found = match(names, media, {})
    assert [u.name for u in found.unmatched] == names
    assert all(u.guess.candidates[0].title == f"Lecture {i:05} on things.mp4" for i, u in enumerate(found.unmatched))


def test_the_listing_of_the_sync_engine_is_what_matching_takes() -> None:
    summary = MediaSummary("media_objects/m-a", "m-a", "Title", True, ())
    assert match(["title"], [summary], {}).matched["title"].by == "title"


alike = st.sampled_from(
    ["a", "A", "a.mp4", "a.mp3", "b", "b ", "B.mov", "ß", "ss", "m-0", "m-1", "a: b", "a_ b", "", "."]
)


@lawful
@given(st.lists(alike, max_size=8), st.lists(alike, max_size=6), st.randoms(use_true_random=False))
def test_matching_does_not_depend_on_any_order(names: list[str], titles: list[str], chance: random.Random) -> None:
    media = course(*titles)
    first = match(names, media, {"b": "m-0"})
    chance.shuffle(names)
    chance.shuffle(media)
    again = match(names, media, {"b": "m-0"})
    assert first.matched == again.matched
    assert first.ambiguous == again.ambiguous
    assert [(u.name, u.reason) for u in first.unmatched] == [(u.name, u.reason) for u in again.unmatched]


@lawful
@given(st.lists(st.one_of(alike, st.text(max_size=8)), max_size=8), st.lists(st.one_of(alike, st.text(max_size=8))))
def test_every_name_is_matched_or_unmatched_or_ambiguous_and_never_two_of_them(
    names: list[str], titles: list[str]
) -> None:
    found: Matches = match(names, course(*titles), {})
    lists = [*found.matched, *(u.name for u in found.unmatched), *(s.name for s in found.ambiguous)]
    assert sorted(lists) == sorted(set(names))


@lawful
@given(st.text(max_size=300).filter(lambda t: not any("\ud800" <= c <= "\udfff" for c in t)))
@example("conin$")
@example("CON .mp4")
def test_the_file_name_of_a_title_works_on_every_system_and_is_stable(title: str) -> None:
    name = safe_name(title)
    assert name
    assert len(name.encode()) <= 182
    assert not set(name) & set('<>:"/\\|?*')
    assert not {unicodedata.category(c) for c in name} & {"Cc", "Cf", "Zl", "Zp"}
    assert not name.startswith((".", " ", "~$"))
    assert not name.endswith((".", " "))
    assert name.partition(".")[0].rstrip(" ").upper() not in {"CON", "CONIN$", "PRN", "AUX", "NUL", "COM1", "LPT9"}
    assert safe_name(name) == name


@lawful
@given(st.text(max_size=20))
def test_the_key_of_a_title_is_stable(title: str) -> None:
    assert title_key(title_key(title)) == title_key(title)

"""Captions that may be another lecture's: found where it shows, and nothing said where it does not."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from captionkit.documents import loads
from captionkit.library.wrong_file import Facts, Suspicion, Track, facts_of, offset_between, suspicions


def times(seed: int, number: int = 400, mean: int = 4000) -> list[int]:
    """When the cues of a lecture begin."""
    chance = random.Random(seed)
    now, found = 0, []
    for _ in range(number):
        now += chance.randint(mean // 3, mean * 5 // 3)
        found.append(now)
    return found


def facts(starts: list[int], words: str = "") -> Facts:
    return Facts(words, tuple(sorted(starts)[:64]), max(starts, default=0) + 2000)


def moved(starts: list[int], by: int, seed: int = 0) -> list[int]:
    """A translation: some cues joined, the rest begins a frame or two off."""
    chance = random.Random(seed)
    return [start + by + chance.randint(-80, 80) for start in starts if chance.random() > 0.15]


def track(recording: str, language: str, of: Facts, length: int = 0) -> Track:
    return Track(recording, f"Lecture {recording}", f"{recording}.{language}.vtt", language, of, length)


def found_in(*tracks: Track) -> dict[str, list[Suspicion]]:
    return {f"{tracks[i].recording}.{tracks[i].language}": list(found) for i, found in suspicions(tracks).items()}


@pytest.mark.parametrize("by", [12_000, -12_000, 1500, 600_000])
def test_a_constant_offset_is_reported_and_nothing_else(by: int) -> None:
    french = times(1)
    found = found_in(track("1", "en", facts(moved(french, by))), track("1", "fr", facts(french)))
    direction = ("later", "earlier") if by > 0 else ("earlier", "later")
    for key, name, word in (("1.en", "French", direction[0]), ("1.fr", "English", direction[1])):
        (one,) = found[key]
        assert one.check == "times"
        seconds, rest = one.message.removeprefix("all start ").split(" s ", 1)
        assert abs(float(seconds) * 1000 - abs(by)) <= 200 and rest == f"{word} than {name}", one


@pytest.mark.parametrize("other", [times(1), moved(times(1), 0), moved(times(1), 300), times(2), times(3, mean=2500)])
def test_a_translation_and_captions_that_were_timed_independently_are_no_suspicion(other: list[int]) -> None:
    end = times(1)[-1]
    other = [start for start in other if start <= end]
    assert found_in(track("1", "en", facts(times(1))), track("1", "fr", facts([*other, end]))) == {}


def test_captions_cut_every_five_seconds_have_no_offset() -> None:
    assert offset_between(range(0, 320_000, 5000), range(2500, 320_000, 5000)) == 0


def test_the_odd_one_of_three_is_found_and_whose_it_is() -> None:
    one, other = times(1, 700), times(2, 350)
    found = found_in(
        track("1", "en", facts(one)), track("1", "fr", facts(moved(one, 0))),
        track("1", "es", facts(moved(other, 0, 3))),
        track("2", "en", facts(other)), track("3", "en", facts(times(3))),
    )  # fmt: skip
    assert list(found) == ["1.es"]
    (suspicion,) = found["1.es"]
    assert suspicion.check == "times" and "possibly another lecture's" in suspicion.message
    exact = found_in(track("1", "en", facts(one)), track("1", "es", facts(other)), track("2", "en", facts(other)))
    assert "its times are those of Lecture 2 (2.en.vtt)" in exact["1.es"][0].message


def test_a_track_that_fits_the_length_is_not_the_wrong_one() -> None:
    long, short = times(1, 900), times(2, 300)
    length = long[-1] + 5000
    found = found_in(track("1", "en", facts(long), length), track("1", "es", facts(short), length))
    assert list(found) == ["1.es"]
    assert [one.check for one in found["1.es"]] == ["length"]


def test_captions_that_end_long_before_or_after_the_recording_name_the_one_they_fit() -> None:
    hour, ten = 3_600_000, 600_000
    long, short = facts([*times(1, 20), hour - 5000]), facts([*times(2, 20), ten - 5000])
    found = found_in(
        track("1", "en", short, hour), track("2", "en", long, ten), track("3", "en", facts(times(4, 60)), 250_000)
    )
    assert "it fits the length of Lecture 2 (00:10:00.000)" in found["1.en"][0].message
    assert "it fits the length of Lecture 1 (01:00:00.000)" in found["2.en"][0].message
    assert "3.en" not in found


def test_the_same_words_under_two_recordings_and_under_two_languages() -> None:
    found = found_in(
        track("1", "en", Facts("w")), track("2", "en", Facts("w")), track("3", "en", Facts("x")),
        track("3", "de", Facts("x")), track("4", "nb", Facts("y")), track("4", "no", Facts("y")),
    )  # fmt: skip
    assert found["1.en"][0].message.endswith("the words are those of another recording, Lecture 2 (2.en.vtt)")
    assert found["3.en"][0].message == "has the same words as the German track"
    assert sorted(found) == ["1.en", "2.en", "3.de", "3.en"]


def test_words_are_compared_without_times_markup_and_sounds() -> None:
    text = "Every word of this long lecture is the same, whatever the times and the format are."
    one = facts_of(loads(f"WEBVTT\n\n00:01.000 --> 00:02.000\n<i>{text}</i>\n"))
    other = facts_of(loads(f"1\n00:00:09,000 --> 00:00:12,000\n[music]\n{text.upper()}\n", "srt"))
    assert one.words == other.words != ""
    assert facts_of(loads("WEBVTT\n\n00:01.000 --> 00:02.000\nThank you.\n")).words == ""


starts = st.lists(st.integers(0, 400_000), max_size=80).map(lambda found: tuple(sorted(found)[:64]))


@settings(deadline=None, derandomize=True)
@given(starts, starts, st.integers(-100_000, 100_000))
def test_an_offset_is_the_same_from_either_side(one: tuple[int, ...], other: tuple[int, ...], by: int) -> None:
    forth, back = offset_between(one, other), offset_between(other, one)
    assert abs(forth + back) <= 600 or 0 in (forth, back)
    assert offset_between(one, one) == 0
    assert abs(offset_between(one, tuple(start + by for start in one))) in (0, *range(abs(by) - 300, abs(by) + 301))


def test_an_archive_in_which_thousands_are_alike_is_walked_a_few_times_only() -> None:
    class Counted(list[Track]):
        looks = 0

        def __getitem__(self, at):  # type: ignore[no-untyped-def]
            self.looks += 1
            return super().__getitem__(at)

    facts = facts_of(loads("1\n00:00:01,000 --> 00:00:02,000\n" + "The very same words of all of them. " * 12 + "\n"))
    tracks = Counted([Track(f"m-{n}", f"Lecture {n:04}", f"{n}.en.srt", "en", facts, 0) for n in range(2000)])
    found = suspicions(tracks)
    assert len(found) == 2000
    assert "Lecture 0001 (1.en.srt) and 1998 more" in found[0][0][1]
    assert "Lecture 0000 (0.en.srt) and 1998 more" in found[7][0][1]
    assert tracks.looks < 10 * len(tracks)

"""Verdicts, against speech that is known to the hundredth of a second."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest

pytest.importorskip("numpy", reason="needs captionkit[sound]")

import numpy as np
from heard import heard, lecture
from spoken_corpus import captions

from captionkit.model import Cue, Document
from captionkit.sound.detectors import STEPS
from captionkit.sound.show import timing
from captionkit.sound.speech import Speech
from captionkit.sound.verdict import RATIOS, Verdict, judge
from captionkit.timing import retime, shift

STYLES = ("human", "lazy", "rolled", "unpunctuated")


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("by", [0, 2300, -12_700, 41_000])
def test_captions_of_every_kind_fit_and_their_offset_is_known(style: str, by: int) -> None:
    made = lecture(1, 10)
    found = judge(shift(captions(made, style, 1), by, drop=True), heard(made))
    assert found.verdict is Verdict.FITS and found.ratio == 1
    assert [abs(part.shift_ms + by) <= 400 for part in found.parts] == [True]
    assert found.is_in_time == (by == 0)


@pytest.mark.parametrize("ratio", RATIOS)
def test_the_ratio_of_a_frame_rate_is_found(ratio: Fraction) -> None:
    made = lecture(2, 15)
    found = judge(retime(captions(made, "human", 2), 1 / ratio, 1500), heard(made))
    assert (found.verdict, found.ratio) == (Verdict.FITS, ratio)
    assert found.is_in_time is False


@pytest.mark.parametrize("style", STYLES)
def test_captions_of_another_lecture_never_fit(style: str) -> None:
    for other in (3, 4, 5):
        found = judge(captions(lecture(other, 10), style, other), heard(lecture(1, 10)))
        assert found.verdict is not Verdict.FITS, (other, found)
        assert found.parts == () and found.uncaptioned == () and found.silent == ()


def test_captions_of_another_lecture_do_not_fit() -> None:
    verdicts = [judge(captions(lecture(other, 10), "human", 1), heard(lecture(1, 10))).verdict for other in range(3, 9)]
    assert verdicts.count(Verdict.FITS_NOT) >= 3


@pytest.mark.parametrize("minutes", [0.5, 1, 2.5, 3.9])
def test_of_less_than_four_minutes_it_is_never_said_that_captions_do_not_fit(minutes: float) -> None:
    for other in (3, 4, 5):
        found = judge(captions(lecture(other, minutes), "human", 1), heard(lecture(1, minutes)))
        assert found.verdict is Verdict.CANNOT_TELL and found.reason


@pytest.mark.parametrize("length", [21_000, 60_000])
@pytest.mark.parametrize("style", ["human", "unpunctuated", "rolled"])
def test_what_was_cut_out_is_found_and_what_was_put_in(style: str, length: int) -> None:
    made = lecture(6, 10)
    document, speech = captions(made, style, 6), heard(made)
    at, steps = 250_000, length * STEPS // 1000
    place = at * STEPS // 1000
    shorter = judge(document, Speech(np.delete(speech.probability, slice(place, place + steps))))
    first, second = shorter.parts
    assert abs(first.shift_ms) <= 400 and abs(second.shift_ms + length) <= 400
    assert abs(first.end - at) <= 15_000 and abs(second.start - first.end - length) <= 400
    other = heard(lecture(7, 10)).probability[:steps]
    longer = judge(document, Speech(np.insert(speech.probability, place, other)))
    assert [abs(part.shift_ms - by) <= 400 for part, by in zip(longer.parts, (0, length), strict=True)] == [True, True]
    assert longer.parts[0].end == longer.parts[1].start
    assert any(start < at + length and end > at for start, end in longer.uncaptioned)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("length", [14_000, 32_000, 47_000])
def test_a_recording_without_its_beginning_or_its_end_is_in_one_part(style: str, length: int) -> None:
    made = lecture(6, 10)
    document, probability = captions(made, style, 6), heard(made).probability
    steps = length * STEPS // 1000
    for left, by in ((probability[steps:], -length), (probability[:-steps], 0)):
        (part,) = judge(document, Speech(left)).parts
        assert abs(part.shift_ms - by) <= 400


def test_captions_after_the_end_of_the_recording_are_counted() -> None:
    made = lecture(1, 8)
    document = captions(made, "human", 1)
    found = judge(document, Speech(heard(made).probability[: 300 * STEPS]))
    assert found.is_in_time
    assert [document.cues[index] for index in found.beyond] == [cue for cue in document.cues if cue.start >= 300_000]


@pytest.mark.parametrize("style", STYLES)
def test_speech_without_captions_is_found_where_it_is_and_nowhere_else(style: str) -> None:
    made = lecture(8, 10)
    document, speech = captions(made, style, 8), heard(made)
    assert judge(document, speech).uncaptioned == ()
    gone = [cue for cue in document.cues if 200_000 <= cue.start < 215_000]
    found = judge(document.with_blocks([cue for cue in document.cues if cue not in gone]), speech)
    ((start, end),) = found.uncaptioned
    assert abs(start - gone[0].start) < 3000 and abs(end - gone[-1].end) < 3000
    assert found.uncaptioned_ms == end - start > 5000


def test_a_sound_caption_is_speech_to_nobody_and_covers_what_is_heard() -> None:
    made = lecture(8, 10)
    document, speech = captions(made, "human", 8), heard(made)
    gone = [cue for cue in document.cues if 200_000 <= cue.start < 215_000]
    sound = Cue(gone[0].start, gone[-1].end, "[speaks Welsh]")
    kept = [cue for cue in document.cues if cue not in gone]
    found = judge(document.with_cues(sorted([*kept, sound], key=lambda cue: cue.start)), speech)
    assert found.uncaptioned == () and found.silent == ()
    only_sounds = Document("srt", tuple(cue._replace(text="[music]") for cue in document.cues))
    assert judge(only_sounds, speech).verdict is Verdict.CANNOT_TELL


def test_a_caption_over_silence_is_found_and_no_other() -> None:
    made = lecture(9, 10)
    document, speech = captions(made, "human", 9), heard(made)
    assert judge(document, speech).silent == ()
    said = made.said
    pause = next((a.end + b.start) // 2 for a, b in pairwise(said) if b.start - a.end > 3500)
    ghost = Cue(pause - 600, pause + 600, "Thanks for watching!")
    cues = sorted([*document.cues, ghost], key=lambda cue: cue.start)
    found = judge(shift(document.with_blocks(cues), 5000), speech)
    assert [cues[index] for index in found.silent] == [ghost]


def test_a_recording_in_which_nobody_speaks_tells_nothing() -> None:
    silence = Speech(np.zeros(60_000, dtype=np.uint8))
    found = judge(captions(lecture(1, 10), "human", 1), silence)
    assert (found.verdict, found.reason) == (Verdict.CANNOT_TELL, "nobody speaks in the recording")
    nothing = judge(captions(lecture(1, 10), "human", 1), Speech(np.zeros(0, dtype=np.uint8)))
    assert nothing.verdict is Verdict.CANNOT_TELL


def test_too_few_captions_tell_nothing() -> None:
    made = lecture(1, 10)
    found = judge(Document("srt", captions(made, "human", 1).cues[:4]), heard(made))
    assert (found.verdict, found.reason) == (Verdict.CANNOT_TELL, "there are too few captions of speech")


def test_loudness_alone_decides_nothing() -> None:
    made = lecture(1, 10)
    found = judge(captions(made, "human", 1), replace(heard(made), can_judge=False))
    assert found.verdict is Verdict.CANNOT_TELL and "earshot" in found.reason


def test_captions_further_off_than_was_looked_for_are_found_when_told_to() -> None:
    made = lecture(1, 10)
    late = shift(captions(made, "human", 1), 95_000)
    assert judge(late, heard(made)).verdict is not Verdict.FITS
    found = judge(late, heard(made), within=120)
    assert found.verdict is Verdict.FITS and abs(found.parts[0].shift_ms + 95_000) <= 400


@pytest.mark.parametrize(
    "cues",
    [
        (),
        (Cue(5000, 4000, "backwards"),) * 8,
        tuple(Cue(-5000 + n, -4000 + n, "before the beginning") for n in range(8)),
        tuple(Cue(10**10 + n * 1000, 10**10 + n * 1000 + 900, "far behind the end") for n in range(8)),
        (Cue(0, 10**12, "for ever"),) * 8,
    ],
)
def test_impossible_times_tell_nothing_and_take_no_memory(cues: tuple[Cue, ...]) -> None:
    assert judge(Document("srt", cues), heard(lecture(1, 10))).verdict is not Verdict.FITS


@pytest.mark.parametrize(("ratio", "says"), [(RATIOS[1], "early"), (RATIOS[2], "late")])
def test_drift_is_said_in_seconds_at_both_ends(ratio: Fraction, says: str) -> None:
    made = lecture(2, 15)
    found = judge(retime(captions(made, "human", 2), 1 / ratio), heard(made))
    words = timing(found)
    assert words.startswith("drifting: in time at the beginning, ") and words.endswith(f" {says} at the end")
    seconds = float(words.split(", ")[1].split()[0])
    assert abs(seconds - abs(1 - 1 / float(ratio)) * made.length_ms / 1000) < 0.6

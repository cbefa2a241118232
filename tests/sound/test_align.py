"""Captions moved into time: only times change, and only of what is not in time."""

from __future__ import annotations

import pytest

pytest.importorskip("numpy", reason="needs captionkit[sound]")

import numpy as np
from heard import heard, lecture
from spoken_corpus import captions

from captionkit.documents import dumps, loads
from captionkit.errors import ContentError
from captionkit.model import Document
from captionkit.sound.aligning import align
from captionkit.sound.detectors import STEPS
from captionkit.sound.speech import Speech
from captionkit.sound.verdict import RATIOS, judge
from captionkit.timing import retime, shift


def read(document: Document) -> Document:
    """The document as a file has it."""
    return loads(dumps(document), path="lecture.en.srt")


def texts(document: Document) -> list[str]:
    return [cue.text for cue in document.cues]


def test_late_captions_are_moved_and_nothing_else_of_them_changes() -> None:
    made = lecture(1, 8)
    right = captions(made, "human", 1)
    late = read(shift(right, 3200))
    aligned = align(late, judge(late, heard(made)))
    assert (aligned.moved, aligned.kept, aligned.gone) == (len(right.cues), 0, ())
    assert all(abs(a.start - b.start) <= 300 for a, b in zip(aligned.document.cues, right.cues, strict=True))
    before, after = dumps(late).split("\n"), dumps(aligned.document).split("\n")
    changed = [old for old, new in zip(before, after, strict=True) if old != new]
    assert changed and all(" --> " in line for line in changed)
    assert align(aligned.document, judge(aligned.document, heard(made))).moved == 0


def test_captions_in_time_stay_the_very_same() -> None:
    made = lecture(1, 8)
    right = read(captions(made, "human", 1))
    aligned = align(right, judge(right, heard(made)))
    assert aligned.document is right and aligned.moved == 0


@pytest.mark.parametrize("ratio", [RATIOS[1], RATIOS[5]])
def test_drifting_captions_are_stretched(ratio: object) -> None:
    made = lecture(2, 15)
    right = captions(made, "human", 2)
    drifting = retime(right, 1 / ratio)  # type: ignore[operator]
    aligned = align(drifting, judge(drifting, heard(made)))
    assert all(abs(a.start - b.start) <= 300 for a, b in zip(aligned.document.cues, right.cues, strict=True))
    assert texts(aligned.document) == texts(right)


def test_of_a_recording_that_was_cut_only_the_later_part_is_moved_and_what_has_no_place_is_asked_about() -> None:
    made = lecture(6, 10)
    document, speech = read(captions(made, "human", 6)), heard(made)
    place, steps = 250 * STEPS, 40 * STEPS
    found = judge(document, Speech(np.delete(speech.probability, slice(place, place + steps))))
    with pytest.raises(ContentError) as refused:
        align(document, found)
    assert "--drop" in refused.value.hint and "Nothing was written." in refused.value.unchanged
    assert "no place in the recording, the first being the one at 00:04:" in refused.value.message
    aligned = align(document, found, drop=True)
    assert aligned.gone and all(240_000 <= cue.start <= 300_000 for cue in aligned.gone)
    left = [cue for cue in document.cues if cue not in aligned.gone]
    assert texts(aligned.document) == [cue.text for cue in left]
    for old, new in zip(left, aligned.document.cues, strict=True):
        assert new is old if old.start < 240_000 else True
        assert abs(new.start - old.start + 40_000) <= 300 if old.start > 300_000 else True
    starts = [cue.start for cue in aligned.document.cues]
    assert starts == sorted(starts)
    overlaps = sum(a.end > b.start for a, b in zip(aligned.document.cues, aligned.document.cues[1:], strict=False))
    assert overlaps <= sum(a.end > b.start for a, b in zip(document.cues, document.cues[1:], strict=False))


def test_of_a_recording_that_something_was_put_into_the_later_part_is_moved() -> None:
    made = lecture(6, 10)
    document, speech = read(captions(made, "unpunctuated", 6)), heard(made)
    filler = heard(lecture(7, 10)).probability[: 30 * STEPS]
    aligned = align(document, judge(document, Speech(np.insert(speech.probability, 250 * STEPS, filler))))
    assert aligned.gone == () and aligned.kept > 50 and aligned.moved > 50
    for old, new in zip(document.cues, aligned.document.cues, strict=True):
        if old.start > 262_000:
            assert abs(new.start - old.start - 30_000) <= 300


def test_captions_that_do_not_fit_are_not_touched() -> None:
    document = captions(lecture(3, 10), "human", 3)
    with pytest.raises(ContentError, match="it is not known where these captions belong"):
        align(document, judge(document, heard(lecture(1, 10))))


def test_what_webvtt_has_beside_times_is_kept_and_times_within_words_move_too() -> None:
    made = lecture(1, 8)
    late = shift(captions(made, "human", 1), 4000)
    first = late.cues[3]
    stamp = f"<00:00:{(first.start + 400) / 1000:06.3f}>"
    blocks = "\n\n".join(
        f"{cue.start // 60_000:02}:{cue.start % 60_000 / 1000:06.3f} --> "
        f"{cue.end // 60_000:02}:{cue.end % 60_000 / 1000:06.3f} line:0\n{stamp if cue is first else ''}{cue.text}"
        for cue in late.cues
    )
    document = loads(f"WEBVTT - Week 1\n\nSTYLE\n::cue {{ color: red }}\n\nNOTE ours\n\n{blocks}\n")
    aligned = align(document, judge(document, heard(made))).document
    assert (aligned.header, aligned.styles, aligned.notes) == (document.header, document.styles, document.notes)
    assert {cue.settings for cue in aligned.cues} == {"line:0"}
    moved = aligned.cues[3]
    assert moved.text == f"<00:00:{(moved.start + 400) / 1000:06.3f}>{first.text}"

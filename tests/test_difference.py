from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from captionkit.conversion import convert
from captionkit.difference import cause_of, diff
from captionkit.documents import loads
from captionkit.model import Cue, Document
from captionkit.timing import frame_rate, retime, shift

WORDS = ["one", "two", "three", "four", "five", "six", "seven", "eight"]


def document(*cues: tuple[int, str]) -> Document:
    return Document("vtt", tuple([Cue(start, start + 900, text) for start, text in cues]))


BASE = document(*[(n * 1000, word) for n, word in enumerate(WORDS)])
documents = st.lists(
    st.builds(lambda start, text: Cue(start, start + 900, text), st.integers(0, 20_000), st.sampled_from(WORDS)),
    max_size=12,
).map(lambda cues: Document("vtt", tuple(sorted(cues))))


def kinds(old: Document, new: Document) -> list[tuple[tuple[str, ...], int | None, int | None]]:
    return [change[:3] for change in diff(old, new).changes]


@given(documents)
def test_a_document_does_not_differ_from_itself(one: Document) -> None:
    assert diff(one, one).changes == ()
    assert diff(one, one).matched == len(one.cues)


@given(documents, documents)
def test_every_cue_of_both_files_is_accounted_for_once_and_in_order(old: Document, new: Document) -> None:
    found = diff(old, new)
    assert found.matched + found.count("removed") == len(old.cues)
    assert found.matched + found.count("added") == len(new.cues)
    for numbers in ([c.old for c in found.changes if c.old], [c.new for c in found.changes if c.new]):
        assert numbers == sorted(set(numbers))


@given(documents, documents)
def test_the_changes_turn_one_file_into_the_other(old: Document, new: Document) -> None:
    found = diff(old, new)
    changed = {change.old for change in found.changes if change.old}
    kept = [(cue.start, cue.end, cue.text) for n, cue in enumerate(old.cues, 1) if n not in changed]
    fresh = [change.after[:3] for change in found.changes if change.after]
    assert sorted([*kept, *fresh]) == sorted([(cue.start, cue.end, cue.text) for cue in new.cues])


def test_a_moved_cue_is_known_by_its_words() -> None:
    moved = BASE.with_cues([cue._replace(start=cue.start + 200) if cue.text == "three" else cue for cue in BASE.cues])
    assert kinds(BASE, moved) == [(("moved",), 3, 3)]


def test_a_reworded_cue_is_known_by_its_time() -> None:
    other = BASE.with_cues([cue._replace(text="drei") if cue.text == "three" else cue for cue in BASE.cues])
    assert kinds(BASE, other) == [(("reworded",), 3, 3)]


def test_a_reworded_cue_is_known_by_its_time_in_a_file_that_was_shifted() -> None:
    other = shift(
        BASE.with_cues([cue._replace(text="drei") if cue.text == "three" else cue for cue in BASE.cues]), 60_000
    )
    assert kinds(BASE, other)[2] == (("moved", "reworded"), 3, 3)
    assert diff(BASE, other).count("moved") == 8


def test_added_and_removed_cues_are_reported_where_they_stand() -> None:
    less = BASE.with_blocks([block for block in BASE.blocks if block.text != "four"])
    assert kinds(BASE, less) == [(("removed",), 4, None)]
    assert kinds(less, BASE) == [(("added",), None, 4)]


def test_markup_and_place_are_a_restyling() -> None:
    styled = BASE.with_cues(
        [cue._replace(text=f"<i>{cue.text}</i>") if n == 0 else cue for n, cue in enumerate(BASE.cues)]
    )
    placed = BASE.with_cues([cue._replace(settings="line:0") if n == 1 else cue for n, cue in enumerate(BASE.cues)])
    assert kinds(BASE, styled) == [(("restyled",), 1, 1)]
    assert kinds(BASE, placed) == [(("restyled",), 2, 2)]


def test_files_of_two_formats_are_compared_by_what_is_shown() -> None:
    srt = loads("1\n00:00:01,000 --> 00:00:02,000\n{\\an8}<I>a</I> & b\n", "srt")
    assert diff(srt, convert(srt, "vtt").document).changes == ()


def test_a_constant_shift_is_a_drift_of_ratio_one() -> None:
    drift = diff(BASE, shift(BASE, 1500)).drift
    assert drift is not None
    assert (drift.first_ms, drift.last_ms) == (1500, 1500)
    assert drift.ratio == pytest.approx(1)
    assert drift.largest_error_ms == pytest.approx(0, abs=0.01)


@pytest.mark.parametrize(
    ("made_for", "shown_with"), [("25", "24"), ("25", "23.976"), ("24", "23.976"), ("30", "29.97"), ("24", "25")]
)
def test_a_wrong_frame_rate_is_recognised(made_for: str, shown_with: str) -> None:
    long = document(*[(n * 60_000, f"{word} {n}") for n, word in enumerate(WORDS * 4)])
    drift = diff(long, retime(long, frame_rate(made_for) / frame_rate(shown_with))).drift
    assert drift is not None
    assert made_for in cause_of(drift.ratio)
    assert shown_with in cause_of(drift.ratio)


def test_files_without_a_common_cue_have_no_drift() -> None:
    assert diff(BASE, Document("vtt")).drift is None
    assert diff(BASE, Document("vtt")).count("removed") == 8


def test_long_files_of_one_repeated_word_are_compared_in_one_walk() -> None:
    same = document(*[(n * 1000, "yes") for n in range(20_000)])
    other = same.with_cues([cue._replace(text="no") if n % 3 == 0 else cue for n, cue in enumerate(same.cues)])
    assert diff(same, other).count("reworded") == 6667

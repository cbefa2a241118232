from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from captionkit.preview.compare import Words, compare
from captionkit.preview.lanes import LaneCue, covered


def cues(*spans: tuple[int, int, str]) -> list[LaneCue]:
    return [LaneCue(start, end, text, None, None, ()) for start, end, text in spans]


A = cues((0, 1000, "Hello there."), (1000, 2000, "This is it."), (3000, 4000, "Goodbye."))


def test_the_same_file_has_no_differences() -> None:
    assert [(row.first, row.second, row.kind, row.note) for row in compare(A, A)] == [
        (i, i, "same", "") for i in range(3)
    ]


def test_a_shift_is_reported_in_seconds_and_direction() -> None:
    later = cues(*[(cue.start + 1500, cue.end + 1500, cue.text) for cue in A])
    assert {(row.kind, row.note) for row in compare(A, later)} == {("moved", "1.50 s later")}
    assert compare(later, A)[0].note == "1.50 s earlier"


def test_words_are_marked_one_by_one() -> None:
    (row,) = compare(cues((0, 1000, "the quick brown fox")), cues((0, 1000, "the slow brown fox")))
    assert row.kind == "reworded"
    assert row.words == (Words("=", "the "), Words("-", "quick"), Words("+", "slow"), Words("=", " brown fox"))


def test_cues_that_only_one_side_has_are_reported() -> None:
    kinds = [(row.first, row.second, row.kind) for row in compare(A, [A[0], A[2]])]
    assert kinds == [(0, 0, "same"), (1, None, "only first"), (2, 1, "same")]


def test_a_translation_is_compared_by_time_alone() -> None:
    french = cues((0, 2000, "Bonjour, voilà."), (3200, 4000, "Au revoir."), (9000, 9500, "Fin."))
    found = [(row.first, row.second, row.kind, row.note) for row in compare(A, french, translated=True)]
    assert found == [
        (0, 0, "moved", "ends 1.00 s later"),
        (1, None, "within", "within another cue"),
        (2, 1, "moved", "starts 0.20 s later"),
        (None, 2, "only second", "only in the second"),
    ]


TIMED = st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 2000), st.sampled_from(["a b", "a c", "x", "y z w"])))


@given(TIMED, TIMED, st.booleans())
@settings(max_examples=200)
def test_every_cue_of_both_sides_stands_in_exactly_one_row(
    one: list[tuple[int, int, str]], other: list[tuple[int, int, str]], translated: bool
) -> None:
    first = cues(*[(s, s + d, t) for s, d, t in one])
    second = cues(*[(s, s + d, t) for s, d, t in other])
    rows = compare(first, second, translated=translated)
    assert sorted(row.first for row in rows if row.first is not None) == list(range(len(first)))
    assert sorted(row.second for row in rows if row.second is not None) == list(range(len(second)))
    for row in rows:
        if row.words:
            assert row.first is not None and row.second is not None
            assert "".join(w.text for w in row.words if w.how != "-") == second[row.second].text
            assert "".join(w.text for w in row.words if w.how != "+").split() == first[row.first].text.split()


def test_time_covered_twice_counts_once() -> None:
    assert covered([(0, 1000), (500, 1500), (3000, 3500), (3100, 3200), (9, 5)]) == 2000


def test_thousands_of_cues_that_say_the_same_are_paired_by_time_and_soon() -> None:
    first = cues(*[(i * 2000, i * 2000 + 1500, f"Yes, {i % 7}.") for i in range(2000)])
    second = cues(*[(i * 2000 + 300, i * 2000 + 1800, f"Yes, {i % 5}.") for i in range(2000)])
    rows = compare(first, second)
    assert [(row.first, row.second) for row in rows] == [(i, i) for i in range(2000)]


def test_a_cue_put_in_between_many_alike_moves_nothing() -> None:
    first = cues(*[(i * 1000, i * 1000 + 900, "Yes.") for i in range(50)], (50_000, 51_000, "Goodbye."))
    second = [*first[:20], *cues((19_950, 19_990, "New.")), *first[20:]]
    kinds = [row.kind for row in compare(first, second)]
    assert kinds.count("same") == 51 and kinds.count("only second") == 1

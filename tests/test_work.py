"""The rows of the benchmark that count work."""

from __future__ import annotations

import pytest
from bench_work import Count, counts, lines_executed


@pytest.fixture(scope="module")
def rows() -> list[Count]:
    return counts()


def test_every_row_is_within_its_limit(rows: list[Count]) -> None:
    assert [row for row in rows if not row.is_met] == []


def test_a_cue_more_is_the_same_work_again(rows: list[Count]) -> None:
    assert all(row.lines_a_cue_of_twice_as_many <= row.lines_a_cue * 1.1 for row in rows)


def test_work_for_each_cue_would_be_seen() -> None:
    from captionkit.timecode import timecode

    assert lines_executed(lambda: [timecode(ms) for ms in range(1000)]) > 1000

"""Times as people write them, and mapping them, are exact."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from captionkit.errors import UsageError
from captionkit.timecode import parse_time
from captionkit.timing import linear

HALF = Fraction(1, 2)
MS = {"ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000}


@given(
    st.integers(-(10**9), 10**9),
    st.fractions(Fraction(1, 100), 100, max_denominator=10**4),
    st.fractions(-(10**7), 10**7, max_denominator=10**4),
)
@example(1, Fraction(1), Fraction(1, 2))
def test_a_mapped_time_is_the_nearest_to_the_exact_one_with_halves_up(
    ms: int, scale: Fraction, offset: Fraction
) -> None:
    exact = scale * ms + offset
    assert -HALF < linear(scale, offset)(ms) - exact <= HALF


@given(
    st.sampled_from(["", "+", "-"]), st.integers(0, 10**6), st.from_regex(r"(\.[0-9]{1,9})?", fullmatch=True),
    st.sampled_from(list(MS)),
)  # fmt: skip
def test_a_duration_is_read_exactly_and_rounded_halves_up(sign: str, whole: int, fraction: str, unit: str) -> None:
    ms = math.floor(Fraction(f"{whole}{fraction}") * MS[unit] + HALF)
    assert parse_time(f"{sign}{whole}{fraction}{unit}") == (-ms if sign == "-" else ms)


@given(st.integers(0, 999), st.integers(0, 59), st.integers(0, 59), st.from_regex(r"([.,][0-9]{1,9})?", fullmatch=True))
def test_a_clock_time_is_read_exactly_and_rounded_halves_up(
    hours: int, minutes: int, seconds: int, fraction: str
) -> None:
    exact = Fraction(f"{(hours * 60 + minutes) * 60 + seconds}{fraction.replace(',', '.')}") * 1000
    assert parse_time(f"{hours}:{minutes:02}:{seconds:02}{fraction}") == math.floor(exact + HALF)


@pytest.mark.parametrize("text", ["", "90", "1:60", "1:60:00", "s", "1.s", "--1s", "1s1s", "1e3s", "١s", "1:2:3:4"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"is not a time|more than 59 minutes"):
        parse_time(text)

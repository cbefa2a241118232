"""Times as people write them on a command line, and how times are mapped. Imports next to nothing: commands start so.

Times are whole milliseconds. All arithmetic is of whole numbers, so it is exact; results round halves up.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from captionkit.errors import UsageError

if TYPE_CHECKING:
    from fractions import Fraction

#: Frame rates by the names people use for them. The broken ones are 1000/1001 of a whole number (SMPTE ST 12-1).
FRAME_RATES = {
    "23.976": "24000/1001",
    "23.98": "24000/1001",
    "24": "24",
    "25": "25",
    "29.97": "30000/1001",
    "30": "30",
    "50": "50",
    "59.94": "60000/1001",
    "60": "60",
}

_DURATION = re.compile(r"([+-]?)([0-9]{1,12}(?:\.[0-9]{1,9})?) ?(ms|s|min|h)")
_CLOCK = re.compile(r"([+-]?)(?:([0-9]{1,9}):)?([0-9]{1,2}):([0-5]?[0-9])(?:[.,]([0-9]{1,9}))?")
_UNITS = {"ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000}


def parse_time(text: str) -> int:
    """Milliseconds of a time as a person writes it: 90s, -1.5s, 500ms, 2min, 1:30, 00:01:30.500, -0:02.

    Raises:
        UsageError: if it is no such time. A bare number is none: it could be seconds or milliseconds.
    """
    text = text.strip()
    if text == "0":
        return 0
    if match := _DURATION.fullmatch(text):
        whole, _, fraction = match[2].partition(".")
        ms = _rounded(int(whole + fraction) * _UNITS[match[3]], 10 ** len(fraction))
    elif match := _CLOCK.fullmatch(text):
        hours, minutes, seconds = int(match[2] or 0), int(match[3]), int(match[4])
        if match[2] and minutes > 59:
            raise UsageError(f"{text!r} has more than 59 minutes to the hour")
        ms = ((hours * 60 + minutes) * 60 + seconds) * 1000
        ms += _rounded(int(match[5]) * 1000, 10 ** len(match[5])) if match[5] else 0
    else:
        raise UsageError(f"{text!r} is not a time", hint="Write 90s, -1.5s, 500ms, 2min, 1:30 or 00:01:30.500.")
    return -ms if match[1] == "-" else ms


def _rounded(part: int, whole: int) -> int:
    return (2 * part + whole) // (2 * whole)


def linear(scale: Fraction | int, offset: Fraction | int = 0) -> Callable[[int], int]:
    """The function that multiplies a time by `scale`, adds `offset` milliseconds and rounds, halves up."""
    if scale == 1 and offset.denominator == 1:
        whole_offset = offset.numerator
        return lambda ms: ms + whole_offset
    by, to = scale.numerator, scale.denominator
    # (by / to * ms + offset) rounded, all over one denominator.
    factor, addend, divisor = (
        2 * by * offset.denominator,
        2 * offset.numerator * to + to * offset.denominator,
        2 * to * offset.denominator,
    )
    return lambda ms: (factor * ms + addend) // divisor


def through_points(first: tuple[int, int], second: tuple[int, int]) -> tuple[Fraction, Fraction]:
    """(scale, offset) that take the first time to its new place, and the second one to its own.

    Args:
        first, second: (time now, time wanted), in milliseconds.

    Raises:
        UsageError: if the two times are the same, or would change places.
    """
    from fractions import Fraction

    if first[0] == second[0]:
        raise UsageError(
            "the two points are at the same time", hint="Choose one near the beginning and one near the end."
        )
    scale = Fraction(second[1] - first[1], second[0] - first[0])
    if scale <= 0:
        raise UsageError("the second point would come before the first", hint="Check the four times.")
    return scale, first[1] - scale * first[0]


def frame_rate(name: str) -> Fraction:
    """Frames a second, by name ("23.976" is exactly 24000/1001), or any number or fraction, "15" or "24000/1001".

    Raises:
        UsageError: if it is none.
    """
    from fractions import Fraction

    name = FRAME_RATES.get(name, name)
    if re.fullmatch(r"[0-9]{1,6}(?:\.[0-9]{1,6}|/[1-9][0-9]{0,6})?", name) and (rate := Fraction(name)) > 0:
        return rate
    raise UsageError(f"{name!r} is not a frame rate", hint=f"Frame rates are {', '.join(FRAME_RATES)}, or a number.")

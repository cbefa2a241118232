"""Many clean cues at once: the fast way of both readers.

Theory of operation. Nearly all of nearly every file is clean: a blank line between blocks, and timing lines of
one exact shape. For such a run no line has to be looked at from Python. The text is split at blank lines and each piece
at its line ends by `str.split`; times are computed for all timing lines together; and cues are made by `map` and `zip`.
A reader marks the pieces that are not clean and gives them to its line machine, which decides alone what they mean. The
text is taken in slabs small enough for the processor's cache; that alone halves the time, and bounds the memory.

How times are computed. Clean timing lines all have the same width, so the n-th character of each of them is one slice
with a stride. That gives a column of digits; put into every fourth byte of a long integer, a column becomes n lanes of
32 bits. Multiplying the integer by the column's weight (3,600,000 for hours ...) multiplies all lanes, and adding
integers adds all lanes; no lane overflows, as 99:59:59.999 is 359,999,999. Measured, this takes a quarter of the time
of the best way with dictionaries.
"""

from __future__ import annotations

import gc
import sys
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import repeat
from typing import Any

from captionkit.model import Cue

#: Characters to take at a time: about a thousand cues.
SLAB = 1 << 16

#: Pieces of fewer characters than this on average are no cues but blank lines; they are not worth a look each.
SHORTEST = 12

_SHAPE = "00:00:00{0}000 --> 00:00:00{0}000\n"
_STRIDE = len(_SHAPE.format(","))
_START, _END = 0, 17
# Milliseconds that a digit at this place of a time stands for; 0 for the places of signs.
_WEIGHTS = (36_000_000, 3_600_000, 0, 600_000, 60_000, 0, 10_000, 1_000, 0, 100, 10, 1)
_TENS_OF_SIXTIETHS = (3, 6, 20, 23)
_ANY_DIGIT_TO_0 = bytes.maketrans(b"123456789", b"000000000")


def times(lines: Sequence[str], separator: str) -> tuple[list[int], list[int]] | None:
    """The start and end times, in milliseconds, of timing lines that all are `HH:MM:SS,mmm --> HH:MM:SS,mmm`.

    Args:
        lines: without their line ends.
        separator: the character before the milliseconds.

    Returns:
        None if any line is not exactly of this shape, or has more than 59 minutes or seconds.
    """
    count = len(lines)
    if not count:
        return [], []
    joined = "\n".join(lines)
    if len(joined) != count * _STRIDE - 1 or not joined.isascii():
        return None
    data = joined.encode("ascii")
    if data.translate(_ANY_DIGIT_TO_0) != (_SHAPE.format(separator) * count)[:-1].encode("ascii"):
        return None
    for place in _TENS_OF_SIXTIETHS:
        if data[place::_STRIDE].translate(None, b"012345"):
            return None
    # The columns hold character codes; a column of "0" is what has to be taken out of each.
    zero = int.from_bytes(b"0\0\0\0" * count, "little")
    return _lanes(data, _START, count, zero), _lanes(data, _END, count, zero)


def _lanes(data: bytes, first: int, count: int, zero: int) -> list[int]:
    column = bytearray(4 * count)
    total = -zero * sum(_WEIGHTS)
    for place, weight in enumerate(_WEIGHTS, first):
        if not weight:
            continue
        digits = data[place::_STRIDE]
        if digits.count(b"0") == count:
            total += zero * weight  # hours, nearly always
            continue
        column[::4] = digits
        total += int.from_bytes(column, "little") * weight
    lanes = array("I")
    lanes.frombytes(total.to_bytes(4 * count, "little"))
    if sys.byteorder == "big":
        lanes.byteswap()
    return lanes.tolist()


def cues(*columns: Any) -> Iterator[Cue]:
    """Cues from columns in the order of the fields of `Cue`, made without a call from Python for each."""
    return map(tuple.__new__, repeat(Cue), zip(*columns, strict=False))


@contextmanager
def collector_paused() -> Iterator[None]:
    """Without the cyclic garbage collector, which would walk all cues made so far again and again and free none.

    When it goes on again, the cues count as old: freezing and thawing moves them there without a walk.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            if not gc.get_freeze_count():
                gc.freeze()
                gc.unfreeze()
            gc.enable()

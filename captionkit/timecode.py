"""Hours, minutes, seconds and milliseconds, as text and as whole milliseconds: the one place to read and write them.

Imports next to nothing: commands start so. A file of captions has hundreds of times, most of them in a second that
another time stands in too; so what is worked out for one is remembered.
"""

from __future__ import annotations

from operator import add
from typing import TYPE_CHECKING

from captionkit.errors import UsageError
from captionkit.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

#: Hours beyond this are taken as this. 2^53 milliseconds, JavaScript's and JSON's limit for whole numbers, are more.
MOST_HOURS = 999_999_999
#: More seconds than a hundred hours have; then the memory begins again.
_MOST_REMEMBERED = 400_000


def milliseconds(hours: str, minutes: str, seconds: str, fraction: str = "", rest: str = "") -> int:
    """What a time means whose parts are these digits.

    A fraction is decimal: "5" is half a second and "0005" rounds to 1 ms. Only where a second dot follows is the
    first part whole milliseconds: ",560.0000009" is how a program prints a float of milliseconds.

    Args:
        hours: any number of digits, or "".
        rest: the digits behind a dot inside the fraction.
    """
    if len(hours) > 9:
        hours = hours.lstrip("0")
    whole = (int(hours or "0") if len(hours) < 10 else MOST_HOURS) * 60
    whole = (whole + int(minutes)) * 60 + int(seconds)
    if len(fraction) == 3 and not rest:
        return whole * 1000 + int(fraction)
    if rest:
        return whole * 1000 + int(fraction[:9] or "0") + (rest[0] >= "5")
    return whole * 1000 + int(fraction[:3].ljust(3, "0")) + (fraction[3:4] >= "5")


class _Memo(dict[str, int]):
    """What a function gives, worked out once for each text."""

    def __init__(self, work: Callable[[str], int]) -> None:
        self._work = work

    def __missing__(self, text: str) -> int:
        if len(self) >= _MOST_REMEMBERED:
            self.clear()
        value = self[text] = self._work(text)
        return value


def _whole_seconds(text: str) -> int:
    hours, minutes, seconds = text.rjust(8, ":").rsplit(":", 2)
    return milliseconds(hours.strip(":"), minutes, seconds)


#: In milliseconds: HH:MM:SS or MM:SS, and a separator with three digits (",250", ".250").
_SECONDS = _Memo(_whole_seconds)
_FRACTIONS = _Memo(lambda text: int(text[1:]))


def times(seconds: Iterable[str], fractions: Iterable[str]) -> list[int]:
    """Milliseconds of times, each HH:MM:SS or MM:SS and a separator with three digits."""
    return list(map(add, map(_SECONDS.__getitem__, seconds), map(_FRACTIONS.__getitem__, fractions)))


#: Whole seconds, not negative -> HH:MM:SS; and milliseconds below a second as three digits.
_STAMPS: dict[int, str] = {}
_DIGITS: list[str] = []


def timecode(ms: int, separator: str = ".") -> str:
    """Milliseconds as HH:MM:SS.mmm (three or more hour digits where needed, a minus sign where negative)."""
    if ms < 0:
        return f"-{timecode(-ms, separator)}"
    return f"{_stamp(ms // 1000)}{separator}{ms % 1000:03d}"


def timings(starts: Sequence[int], ends: Sequence[int], separator: str = ".") -> list[str]:
    """Timing lines of these times in milliseconds."""
    if not _DIGITS:
        _DIGITS.extend([f"{ms:03d}" for ms in range(1000)])
    stamps, digits = _STAMPS, _DIGITS
    try:
        return [
            f"{stamps[start // 1000]}{separator}{digits[start % 1000]} --> "
            f"{stamps[end // 1000]}{separator}{digits[end % 1000]}"
            for start, end in zip(starts, ends, strict=True)
        ]
    except KeyError:  # one is before 0, or in a second that none has been in so far
        if min(starts) < 0 or min(ends) < 0:
            pairs = zip(starts, ends, strict=True)
            return [f"{timecode(start, separator)} --> {timecode(end, separator)}" for start, end in pairs]
        if len(stamps) >= _MOST_REMEMBERED:
            stamps.clear()
        stamps.update([(second, _stamp(second)) for second in {ms // 1000 for ms in (*starts, *ends)}])
        return timings(starts, ends, separator)


def _stamp(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{rest:02d}"


_DURATION = pattern(r"([+-]?)([0-9]{1,12}(?:\.[0-9]{1,9})?) ?(ms|s|min|h)")
_CLOCK = pattern(r"([+-]?)(?:([0-9]{1,9}):)?([0-9]{1,2}):([0-5]?[0-9])(?:[.,]([0-9]{1,9}))?")
_UNITS = {"ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000}


def parse_time(text: str) -> int:
    """Milliseconds of a time as a person writes it: 90s, -1.5s, 500ms, 2min, 1:30, 00:01:30.500, -0:02.

    Raises:
        UsageError: if it is no such time. A bare number is none: it could be seconds or milliseconds.
    """
    if not isinstance(text, str):
        raise UsageError(f"a time to read is text, not {text!r}", hint="Numbers are milliseconds already.")
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

"""What is odd about the numbers and timing lines of an SRT file, in words. See `srt_recovery`, which asks for them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from captionkit.findings import READER_CODES
from captionkit.formats.timing_line import Clock, Timing
from captionkit.model import Fix
from captionkit.patterns import pattern
from captionkit.timecode import timecode

_BLANK = " \t"
DOT = "The {} time has a dot before the milliseconds; SRT has a comma."
WIDTHS = "The {} time has too few or too many digits; it was read as {}."
#: One player reads `,5` as 5 milliseconds, another as 500: said where the fix is unsafe for it.
FRACTION = "The {} time has {} after the comma, which players read in different ways; it was read as {}."
ARROW_IS = "The arrow is {}, not '-->'."


_ONLY_SETTINGS = pattern(r"(?:[A-Za-z]+:[ \t]*+\S*+(?:[ \t]++|$))++\Z")


#: Code, message, column, and what may be done about it where that is not what the code says.
Problem = tuple[str, str, int, Fix | None]


def usual_problems(start: str, fraction: str, end: str, end_fraction: str) -> tuple[Problem, ...]:
    """What is odd about a timing line of the usual shape.

    Args:
        start, end: hours, minutes and seconds.
        fraction, end_fraction: three digits with the comma or dot before them.
    """
    end_column = len(start) + len(fraction) + len(" --> ") + 1
    return _loose_problems(fraction[0] == ".", len(start) < 8, end_fraction[0] == ".", len(end) < 8, end_column)


@lru_cache(maxsize=64)
def _loose_problems(
    start_dot: bool, start_short: bool, end_dot: bool, end_short: bool, end_column: int
) -> tuple[Problem, ...]:
    found: list[Problem] = []
    if start_dot or end_dot:
        name, column = ("start", 1) if start_dot else ("end", end_column)
        found.append(("SRT011", DOT.format(name), column, Fix.RESTORES if start_short or end_short else None))
    if start_short or end_short:
        name, column = ("start", 1) if start_short else ("end", end_column)
        found.append(("SRT012", f"The {name} time has one digit for the hours; two are usual.", column, None))
    return tuple(found)


@lru_cache(maxsize=256)
def wrong_number(number: int, expected: int) -> str:
    # Kept, as hostile files have the same one in every cue.
    return f"The cue has the number {number}, which does not count on from {expected - 1}."


def timing_problems(timing: Timing, line: str) -> Sequence[Problem]:
    """What is odd about an SRT timing line: code, message, column and fix for each."""
    start, end, arrow = timing.start, timing.end, timing.arrow
    found: list[Problem] = []
    begin = len(line) - len(line.lstrip(_BLANK)) + 1
    times = ((start, "start", begin, timing.arrow_column), (end, "end", timing.end_column, timing.settings_column))
    for clock, name, first, last in times:
        if not found and (why := _why_unreadable(clock, name, line[first - 1 : last - 1].strip(_BLANK))):
            found.append(("SRT024", why, first, Fix.UNSAFE if clock.separator in (":", ";") else None))
    for code, message, fix in _clock_problems(start, "start"):
        found.append((code, message, begin, fix))
    of_start = [one[0] for one in found]
    for code, message, fix in _clock_problems(end, "end"):
        if code not in of_start:
            found.append((code, message, timing.end_column, fix))
    if found and found[0][0] == "SRT024":
        found = [one for one in found if one[0] != "SRT012"]
    if arrow != "-->" or "-->" not in line:
        at = timing.arrow_column - 1
        shown = "a comma" if arrow == "," else repr(line[at : at + len(arrow)])
        found.append(("TIM022", ARROW_IS.format(shown), timing.arrow_column, None))
    elif timing.before != " " or timing.after != " " or begin > 1:
        found.append(
            ("TIM021", "The arrow should have one space on each side, and the line none before it.", begin, None)
        )
    if timing.settings:
        found.append(settings_problem(timing.settings, timing.settings_column))
    if not timing.is_plain and not found:
        message = f"The times are written with characters other than plain digits and signs; {_LOST}."
        found.append(("SRT024", message, begin, None))
    return _fixed_together(found)


def settings_problem(settings: str, column: int) -> Problem:
    """What is odd about this behind the times of an SRT file: that it is there."""
    if _are_coordinates(settings):
        return "SRT017", f"Coordinates after the times: {short(settings)!r}.", column, None
    are_settings = _ONLY_SETTINGS.match(settings) is not None
    what, fix = ("WebVTT cue settings", Fix.UNSAFE) if are_settings else ("Text", None)
    return "SRT018", f"{what} after the times: {short(settings)!r}.", column, fix


#: All of these are put right when the timing line is written anew, so the fix of one is that of the worst of them.
_OF_THE_TIMES = frozenset(("SRT011", "SRT012", "SRT016", "SRT024", "TIM020", "TIM021", "TIM022", "TIM023"))
_WORST_LAST = list(Fix)


def _fixed_together(found: list[Problem]) -> list[Problem]:
    if not found:
        return found
    worst = _worst(tuple([(code, fix) for code, _, _, fix in found if code in _OF_THE_TIMES]))
    return [(code, message, column, worst if code in _OF_THE_TIMES else fix) for code, message, column, fix in found]


@lru_cache(maxsize=256)
def _worst(fixes: tuple[tuple[str, Fix | None], ...]) -> Fix | None:
    return max([fix or READER_CODES[code][1] for code, fix in fixes], key=_WORST_LAST.index, default=None)


_BLANK_INSIDE = pattern(r"[0-9,.:;][ \t]+[0-9,.:;]")
_LOST = "this cannot be read by most players, which do not show the cue"


def _why_unreadable(clock: Clock, name: str, written: str) -> str:
    """Why most players lose a cue with this time; "" for a time that they read."""
    if clock.separator not in (":", ";") and written.isascii() and " " not in written and "\t" not in written:
        return ""
    if not written.isascii() and any(char.isdecimal() and not char.isascii() for char in written):
        return f"The {name} time is written with other digits than 0 to 9; {_LOST}."
    if _BLANK_INSIDE.search(written):
        return f"A blank stands inside the {name} time; {_LOST}."
    if clock.separator in (":", ";"):
        what = f"The {name} time has {clock.separator!r} before the fraction, which players read in different ways"
        frames = ", and may be frames" if len(clock.fraction) == 2 else ""
        return f"{what} and cannot be read by most players; it was read as a decimal fraction of a second{frames}."
    return ""


def _clock_problems(clock: Clock, name: str) -> Sequence[tuple[str, str, Fix | None]]:
    ms, sign, hours, minutes, seconds, separator, fraction, rest = clock
    is_over = int(minutes) > 59 or int(seconds) > 59
    found = _signs_of_time(name, not hours, sign == "-", is_over, separator)
    if len(minutes) == len(seconds) == 2 and len(fraction) == 3 and len(hours) != 1 and not rest and sign != "+":
        return found
    if fraction and not rest and len(fraction) != 3 and int(fraction) != abs(ms) % 1000:
        digits = "1 digit" if len(fraction) == 1 else f"{len(fraction)} digits"
        return (*found, ("SRT012", FRACTION.format(name, digits, timecode(ms, ",")), Fix.UNSAFE))
    return (*found, ("SRT012", WIDTHS.format(name, timecode(ms, ",")), None))


@lru_cache(maxsize=256)
def _signs_of_time(
    name: str, lacks_hours: bool, is_negative: bool, is_over: bool, separator: str
) -> tuple[tuple[str, str, Fix | None], ...]:
    found: list[tuple[str, str, Fix | None]] = []
    if lacks_hours:
        found.append(("SRT016", f"The {name} time has no hours.", None))
    if is_negative:
        found.append(("TIM023", f"The {name} time is negative; no player shows it.", None))
    if is_over:
        found.append(("TIM020", f"The {name} time has more than 59 minutes or seconds.", None))
    if separator == ".":
        found.append(("SRT011", DOT.format(name), None))
    return tuple(found)


def _are_coordinates(settings: str) -> bool:
    return all(part[:2].upper() in ("X1", "X2", "Y1", "Y2") and part[2:3] == ":" for part in settings.split())


def short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"

"""Timing lines as people and programs really write them.

`recognise` takes a line and says whether it is meant as a timing line, and what times it means. It is used by the SRT
reader, which takes them all, and by the WebVTT reader, which takes none but wants to say what is wrong with the line.

How generous it may be depends on the arrow. With `-->` anything that has two times is a timing line. Any other arrow
also occurs in what people say ("10:30 -> 11:45"), so there both times must be written out and nothing may follow.
All quantifiers are possessive or bounded: the time is linear in the length of the line.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from captionkit.patterns import pattern
from captionkit.timecode import milliseconds

_S = r"[ \t]*+"
_TIME = (
    rf"([-+]?){_S}(?:([0-9]++){_S}:{_S})?([0-9]{{1,2}}){_S}:{_S}([0-9]{{1,2}})"
    rf"(?:{_S}([,.:;]){_S}(-?)([0-9]*+)(?:\.([0-9]++))?)?(?![0-9])"
)
_ARROW = r"(-->|[-=~>][-=~> \t]{0,8}(?:>|&gt;)|>|-{1,3}|,)"
_LINE = pattern(rf"{_S}{_TIME}{_S}{_ARROW}{_S}{_TIME}(.*)", re.DOTALL)

#: What Chinese input methods write for a colon.
FULL_WIDTH_COLON = "\N{FULLWIDTH COLON}"

_LOOKS_ALIKE = {
    FULL_WIDTH_COLON: ":",
    **dict.fromkeys("，،٫﹐、", ","),
    **dict.fromkeys("．。", "."),
    **dict.fromkeys("‐‑‒–—―−－", "-"),
    **dict.fromkeys("＝", "="),
    **dict.fromkeys("＞›→⇒➔➜⟶", ">"),
    # Blanks of other widths, and the invisible marks that right-to-left editors leave on a line.
    **dict.fromkeys("\xa0\u3000\u2002\u2003\u2009\u202f\ufeff\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e", " "),
    **dict.fromkeys("\u2066\u2067\u2068\u2069", " "),
}
_TABLE = str.maketrans(_LOOKS_ALIKE)


class Clock(NamedTuple):
    """One time as it stood: the parts, and the milliseconds they mean.

    `hours` is "" where the file has none; `separator` is "" and `fraction` is "" where there is no fraction.
    `rest` is what follows a dot inside the fraction, as in ",560.0000009"; "" for nothing.
    """

    ms: int
    sign: str
    hours: str
    minutes: str
    seconds: str
    separator: str
    fraction: str
    rest: str


class Timing(NamedTuple):
    """A line that is meant as a timing line.

    Attributes:
        start, end: the times.
        arrow: as it stood, after look-alike characters were replaced.
        before, after: the blanks before and after the arrow.
        settings: what follows the end time, without the white space around it.
        settings_column: where that begins, from 1.
        arrow_column, end_column: where the arrow and the end time begin, from 1.
        is_plain: whether no look-alike character had to be replaced.
    """

    start: Clock
    end: Clock
    arrow: str
    before: str
    after: str
    settings: str
    settings_column: int
    arrow_column: int
    end_column: int
    is_plain: bool


#: What stands directly behind the end time and cannot be a setting: `00:00:1S,000`, `00:00:12,O00`.
_TIME_GOES_ON = pattern(r"(?![XYxy][12]:|[a-z]{4,9}:)[^\W_]|[,.:;][^\W_]")
_FULL_TIME = r"\d{1,3}:\d{1,2}:\d{1,2}[,.;:]\d{1,3}"
_TWO_TIMES = pattern(
    rf"{_S}{_FULL_TIME}(?:{_S}(?:to|bis|till|until|and|à|al?|do){_S}|[^\w\n]{{1,12}}){_FULL_TIME}{_S}\Z"
)


def lacks_arrow(line: str) -> bool:
    """Whether a line is two times with something between them that is no arrow."""
    return (
        line[:40].count(":") > 2
        and "-->" not in line
        and _TWO_TIMES.match(line if line.isascii() else line.translate(_TABLE)) is not None
        and recognise(line) is None
    )


def recognise(line: str) -> Timing | None:
    """Read a line as a timing line, or None if it is not meant as one."""
    plain = line
    if not line.isascii():
        plain = line.translate(_TABLE)
        if not plain.isascii():
            plain = _ascii_digits(plain)
    match = _LINE.match(plain)
    if match is None:
        return None
    groups = match.groups("")
    start, end = _clock(groups[:8]), _clock(groups[9:17])
    arrow, tail = groups[8], groups[17]
    if tail and plain is not line:
        tail = line[match.start(18) :]
    settings = tail.strip(" \t")
    if tail and _TIME_GOES_ON.match(tail):
        return None  # a letter among the digits: what was meant is not known
    if arrow != "-->":
        full = all(clock.separator and (clock.hours or arrow[-1:] == ">") for clock in (start, end))
        written_out = full or (arrow.endswith((">", "&gt;")) and start.hours and end.hours)
        if settings or not written_out:
            return None
    at = match.start(18) + len(tail) - len(tail.lstrip(" \t")) + 1
    arrow_at, end_at = match.start(9), match.start(10)
    return tuple.__new__(Timing, (
        start, end, arrow,
        _blanks_before(plain, arrow_at), plain[match.end(9) : end_at],
        settings, at, arrow_at + 1, end_at + 1, plain == line,
    ))  # fmt: skip


def _blanks_before(line: str, at: int) -> str:
    text = line[:at]
    return text[len(text.rstrip(" \t")) :]


def _clock(groups: tuple[str, ...]) -> Clock:
    sign, hours, minutes, seconds, separator, minus, fraction, rest = groups
    ms = milliseconds(hours, minutes, seconds, fraction, rest)
    if sign == "-" or minus:
        ms = -ms
    return tuple.__new__(Clock, (ms, sign or minus, hours, minutes, seconds, separator, fraction, rest))


def _ascii_digits(line: str) -> str:
    """Digits of other scripts (Arabic, Devanagari, full width) as ASCII; machine translation makes such times."""
    return "".join([str(int(char)) if char.isdecimal() else char for char in line])


#: A line that may be a timing line: its first word begins with digits and a colon. All that `recognise` takes are such.
MAY_BE_TIMING = rf"[^\w\n]*+\d++[^\w\n:{FULL_WIDTH_COLON}]*+[:{FULL_WIDTH_COLON}]"

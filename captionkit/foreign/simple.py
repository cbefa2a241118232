"""Formats of a line or two a caption: MicroDVD, MPL2, SBV, SubViewer and the tables of Whisper.

They are read here, by their few rules: pysubs2 passes over MicroDVD lines without an end, and over all that it does not
know, without a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from captionkit.errors import UsageError
from captionkit.foreign.reading import SWITCHES, Run, colour_of
from captionkit.foreign.text import decoded, shortened
from captionkit.markup import subrip
from captionkit.markup.events import End, Font, Start, Text

if TYPE_CHECKING:
    from captionkit.foreign.reading import Reading

# --- MicroDVD, MPL2 ---------------------------------------------------------------------------------------------------

_MICRODVD = re.compile(r"\s*\{\s*(-?\d{1,9})\s*\}\s*\{\s*(-?\d{1,9})?\s*\}(.*)")
_MPL2 = re.compile(r"\s*\[\s*(-?\d{1,9})\s*\]\s*\[\s*(-?\d{1,9})?\s*\](.*)")
_CODE = re.compile(r"\{([A-Za-z]):([^{}]*)\}")
_BGR = re.compile(r"\$?([0-9A-Fa-f]{2})([0-9A-Fa-f]{2})([0-9A-Fa-f]{2})")
_PREFIXES = {"/": "italic", "\\": "bold", "_": "underline"}


def read_microdvd(data: bytes, reading: Reading) -> None:
    """Put the captions of a MicroDVD file into `reading`: `{frame}{frame}text|next line`."""
    found = list(_lines(decoded(data, reading), _MICRODVD, reading))
    stated = _declared(found[0]) if found else None
    if stated:
        del found[0]
    fps = reading.frame_rate(stated)
    if fps is None:
        raise reading.error(
            "it counts frames, and nothing says how many make a second",
            "Give the frame rate of the video: --fps 25, 29.97 or 23.976. A wrong one moves every caption.",
        )
    for number, start, end, text in found:
        _add(reading, number, _at(start, fps), None if end is None else _at(end, fps), text, prefixes="/")


def _at(frame: int, fps: Fraction) -> int:
    return round(frame * 1000 / fps)


def _declared(first: _Timed) -> Fraction | None:
    """The frame rate that a first line `{1}{1}25` says, which no player shows."""
    from captionkit.foreign.importing import frame_rate

    if first.start not in (0, 1) or first.end != first.start:
        return None
    try:
        return frame_rate(first.text.strip().replace(",", "."))
    except UsageError:
        return None


def read_mpl2(data: bytes, reading: Reading) -> None:
    """Put the captions of an MPL2 file into `reading`: `[tenths of a second][tenths]text|next line`."""
    for number, start, end, text in _lines(decoded(data, reading), _MPL2, reading):
        _add(reading, number, start * 100, None if end is None else end * 100, text, prefixes="/\\_")


class _Timed(NamedTuple):
    number: int
    start: int
    end: int | None
    text: str


def _lines(text: str, pattern: re.Pattern[str], reading: Reading) -> Iterator[_Timed]:
    for number, line in enumerate(text.split("\n"), 1):
        if match := pattern.fullmatch(line):
            yield _Timed(number, int(match[1]), int(match[2]) if match[2] else None, match[3])
        elif line.strip():
            reading.lose("unreadable line", f"{shortened(line)!r} has no times, and is left out", line=number)


def _add(reading: Reading, number: int, start: int, end: int | None, text: str, *, prefixes: str) -> None:
    """Add a caption whose lines are parted by bars, with the codes of MicroDVD: `{y:i}` for a line, `{Y:i}` for all
    that follow."""
    runs: list[Run] = []
    always = Run("")
    for place, line in enumerate(text.split("|")):
        here = always
        words: list[str] = []
        at = 0
        for code in _CODE.finditer(line):
            words.append(line[at : code.start()])
            at = code.end()
            change = _look_of(code[1].lower(), code[2])
            if change is None:
                kind = "font attribute" if code[1] in "fFsS" else "override tag"
                reading.lose(kind, f"{code[0]} has no WebVTT form", line=number, time=start)
                continue
            here = here._replace(**change)
            if code[1].isupper():
                always = always._replace(**change)
        said = "".join([*words, line[at:]]).strip()
        while said[:1] and said[0] in prefixes:
            here = here.switched(_PREFIXES[said[0]])
            said = said[1:].lstrip()
        if place:  # a break belongs to a look only where it goes on
            runs.append((here if here == runs[-1]._replace(text="") else Run(""))._replace(text="\n"))
        runs.append(here._replace(text=said))
    reading.caption(start, end, runs, line=number)


def _look_of(code: str, value: str) -> dict[str, Any] | None:
    """What a code changes; {} for nothing, None for what has no form."""
    if code == "y":
        names = [name.strip().lower() for name in value.split(",")]
        return {SWITCHES[name]: True for name in names if name in SWITCHES}
    if code == "c" and (match := _BGR.fullmatch(value.strip())):
        blue, green, red = (int(part, 16) for part in match.groups())
        return {"color": colour_of(red, green, blue)}
    return {} if code == "h" else None  # h names a character set


# --- SBV, SubViewer ---------------------------------------------------------------------------------------------------

_STYLE = re.compile(r"\[(?:COLF|STYLE|SIZE|FONT)\]", re.IGNORECASE)
_ABOUT = re.compile(r"\[(TITLE|AUTHOR|SOURCE|COMMENT|DELAY)\][ \t]*(?!0?[ \t]*$)(.+)", re.IGNORECASE)


def read_sbv(data: bytes, reading: Reading) -> None:
    """Put the captions of an SBV file into `reading`."""
    _timed_blocks(decoded(data, reading), reading)


def read_subviewer(data: bytes, reading: Reading) -> None:
    """Put the captions of a SubViewer file into `reading`: as SBV, below lines that say what it is and how it looks."""
    lines = decoded(data, reading).split("\n")
    top = next((number for number, line in enumerate(lines) if line.strip().upper() == "[SUBTITLE]"), -1) + 1
    for number, line in enumerate(lines, 1):
        if number <= top and (about := _ABOUT.match(line)):
            message = f"{about[1].lower()}: {shortened(about[2])}"
            reading.lose("header line", message, line=number)
        elif _STYLE.match(line):
            reading.lose("font attribute", f"{shortened(line)} has no WebVTT form", line=number)
            lines[number - 1] = ""
    lines[:top] = [""] * top
    _timed_blocks("\n".join(lines), reading)


def _timed_blocks(text: str, reading: Reading) -> None:
    """Put what the reader of SRT knows as cues into `reading`."""
    from captionkit.formats.srt import read
    from captionkit.model import Cue, Stray

    for block in read(text).blocks:
        if type(block) is Cue:
            runs = _runs_of(block.text.replace("[br]", "\n"))
            reading.caption(block.start, block.end, runs, line=block.timing_line)
        elif type(block) is Stray and block.text.strip():
            message = f"{shortened(block.text)!r} has no times, and is left out"
            reading.lose("unreadable line", message, line=block.line)


def _runs_of(text: str) -> list[Run]:
    """Text with the tags of SRT as runs."""
    look, fonts, runs = Run(""), [""], []
    for event in subrip.parse(text).events:
        if type(event) is Text:
            runs.append(look._replace(text=event.value))
        elif type(event) is Font:
            fonts.append(event.color or fonts[-1])
            look = look._replace(color=fonts[-1])
        elif type(event) is Start:
            look = look.switched(SWITCHES[event.name])
        elif type(event) is End and event.name == "font":
            fonts.pop()
            look = look._replace(color=fonts[-1])
        elif type(event) is End:
            look = look.switched(SWITCHES[event.name], False)
    return runs


# --- the tables of Whisper --------------------------------------------------------------------------------------------

_ROW = re.compile(r"\s*(\d{1,12})\t\s*(\d{1,12})\t(.*)")


def read_tsv(data: bytes, reading: Reading) -> None:
    """Put the captions of a table of Whisper into `reading`: milliseconds, milliseconds and text, below their names."""
    _, _, rows = decoded(data, reading).lstrip().partition("\n")
    for line in _lines(rows, _ROW, reading):
        reading.caption(line.start, line.end, line.text, line=line.number + 1)

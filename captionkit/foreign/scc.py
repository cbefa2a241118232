"""SCC (Scenarist closed captions): the words of line 21, as hexadecimal numbers behind time codes.

A time code is that of the first word behind it, and each further word takes a frame. Where that is more than there is
before the next time code, the rest is taken as sent by then: programs that write SCC do not always count.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from captionkit.foreign.line21 import COLUMNS, ROWS, Decoder, Row, Screen
from captionkit.foreign.placing import Box, box_across
from captionkit.foreign.reading import Reading, Run
from captionkit.foreign.text import decoded, shortened
from captionkit.foreign.ttml_times import smpte_frames, smpte_seconds
from captionkit.roll_up import AT_ONCE_MS, Shown, has_grown, is_too_fast

#: CEA-608: the frames of NTSC television.
_NTSC = Fraction(30000, 1001)
_LINE = re.compile(r"[ \t\ufeff]*([0-9]{1,2}):([0-9]{2}):([0-9]{2})([:;.,])([0-9]{2})(?:[ \t,]+(.*))?")
_WORD = re.compile(r"[0-9A-Fa-f]{4}")
#: The safe area of a television picture, in which line 21 is shown: the inner 80 %.
_MARGIN, _INNER = 10.0, 80.0
#: A caption whose last row is this one or lower stands where captions usually do.
_USUAL_ROW = 13
#: Rows with more blank ones than this between them are captions of their own.
_MOST_BLANK_ROWS = 1
#: Nobody reads anything in half of this.
_FLASH_MS = 500


class _Line(NamedTuple):
    """A line of the file: its number, the frame that its time code stands for, and its words without parity."""

    number: int
    frame: int
    words: list[int]


def read(data: bytes, reading: Reading) -> None:
    """Read SCC."""
    text = decoded(data, reading)
    rate = _rate(text, reading)
    lines = _lines(text, rate, reading)
    if not lines:
        raise reading.error("no line of it has a time code and captions")
    _choose_channel(lines, reading)
    start = Fraction(0)
    if label := reading.options.start_timecode:
        hours, minutes, seconds, frame = label
        start = smpte_seconds((hours * 60 + minutes) * 60 + seconds, frame, rate, drop=reading.is_drop_frame)
    # In whole numbers: there may be hundreds of thousands of captions.
    whole = rate.numerator * start.denominator
    one, first = rate.denominator * start.denominator, start.numerator * rate.numerator

    def milliseconds(frame: int) -> int:
        return (2000 * (frame * one - first) + whole) // (2 * whole)

    for screen in _folded(_played(lines, reading), milliseconds):
        begin = milliseconds(screen.begin)
        end = None if screen.end is None else milliseconds(screen.end)
        if screen.is_painted and any(" " in line for line in screen.lines):
            reading.lose("inline timestamp", "its words appear one by one; they are shown together", time=begin)
        for rows in _apart(screen.rows):
            runs = [run for row in rows for run in (*row.runs, Run("\n"))]
            reading.caption(begin, end, runs, _settings(rows))


def _rate(text: str, reading: Reading) -> Fraction:
    """Frames a second: NTSC's, unless a person gives another that has room for the frames in the time codes."""
    lines = list(filter(None, map(_LINE.match, text.splitlines())))
    if sum(match[4] != ":" for match in lines) * 2 > len(lines):  # drop-frame, which only NTSC's rate has
        return reading.frame_rate(_NTSC) or _NTSC
    given = reading.options.fps
    if given is None or given == _NTSC:
        return _NTSC
    last = max((int(match[5]) for match in lines), default=0)
    if last >= given:
        reading.remark(f"Its time codes have a frame {last}, so the given {float(given):g} a second was not used.")
        return _NTSC
    reading.remark(
        f"It was read with the given {float(given):.6g} frames a second. SCC usually has 29.97: leave out --fps "
        "for it if captions drift away."
    )
    return given


def _lines(text: str, rate: Fraction, reading: Reading) -> list[_Line]:
    """The lines with captions; what cannot be read in them is named."""
    found: list[_Line] = []
    marks: Counter[bool] = Counter()
    for number, line in enumerate(text.splitlines(), 1):
        match = _LINE.match(line)
        if match is None:
            if line.strip("\ufeff \t") and not line.strip("\ufeff \t").lower().startswith("scenarist_scc"):
                reading.lose("stray text", f"no time code: {shortened(line)!r}", line=number)
            continue
        hours, minutes, seconds, mark, frames, rest = match.groups()
        drop = mark != ":"
        marks[drop] += 1
        words: list[int] = []
        for word in (rest or "").split():
            if _WORD.fullmatch(word):
                words.append(int(word, 16) & 0x7F7F)
            else:
                reading.lose("unreadable code", f"{word[:20]!r} is no word of four hexadecimal digits", line=number)
        whole = (int(hours) * 60 + int(minutes)) * 60 + int(seconds)
        if words:
            found.append(_Line(number, smpte_frames(whole, round(rate), drop=drop) + int(frames), words))
    reading.is_drop_frame = marks[True] > marks[False]
    if marks[True] and marks[False]:
        reading.remark(
            "Some of its time codes are drop-frame (;) and some are not (:); each was taken as it is written."
        )
    if any(later.frame < earlier.frame for earlier, later in pairwise(found)):
        reading.remark("Its time codes do not always go forward; captions stand in the order of their times.")
        found.sort(key=lambda line: line.frame)
    return found


def _choose_channel(lines: Sequence[_Line], reading: Reading) -> None:
    """Leave the words of one channel, as if it were the first one; captions in another one are named.

    Commands of the second field are those of the first with one bit more; those of the second channel of a field have
    another bit. The channel of words lasts until a command of another one.
    """
    spoken: Counter[int] = Counter()
    channels: list[list[int]] = []
    channel = 0
    for line in lines:
        own = []
        for place, word in enumerate(line.words):
            if word & 0xF7F0 == 0x1520:
                line.words[place] = word = word & 0xFEFF
            if 0x10 <= word >> 8 <= 0x1F:
                channel = word & 0x0800
            elif word >> 8 >= 0x20 or word & 0xFF >= 0x20:
                spoken[channel] += 1
            own.append(channel)
        channels.append(own)
    chosen = 0 if spoken[0] or not spoken[0x0800] else 0x0800
    if chosen:
        reading.remark("Its captions are in the second channel (CC2).")
    elif spoken[0x0800]:
        reading.lose("channel", "captions in a second channel of the file (CC2) are left out")
    for line, own in zip(lines, channels, strict=True):
        line.words[:] = [
            0 if channel != chosen else word & 0xF7FF if 0x10 <= word >> 8 <= 0x1F else word
            for word, channel in zip(line.words, own, strict=True)
        ]


def _played(lines: Sequence[_Line], reading: Reading) -> list[Screen]:
    """What a decoder displays; what of the file it does not is named."""
    decoder = Decoder()
    for place, line in enumerate(lines):
        following = lines[place + 1].frame if place + 1 < len(lines) else line.frame
        last = following if following > line.frame else line.frame + len(line.words)
        for frame, word in enumerate(line.words, line.frame):
            decoder.take(word, min(frame, last), place)
    decoder.end()
    if decoder.is_assumed:
        reading.remark("It does not begin with a command of how it is shown; it was read as pop-on captions.")
    for place, letters in decoder.aside:
        if words := "".join(letters).strip():
            message = f"sent as text beside the captions (text mode), left out: {shortened(words)!r}"
            reading.lose("stray text", message, line=lines[place].number)
    for place, word in decoder.unknown:
        reading.lose("unreadable code", f"{word:04x} is no code of line 21", line=lines[place].number)
    for place in decoder.flashes:
        reading.lose("font attribute", "letters that flash", line=lines[place].number)
    screens: list[Screen] = []
    for screen in decoder.screens:
        if screen.begin == screen.end:  # it is sent when it is to go
            screen = screen._replace(begin=lines[screen.place].frame)
            reading.remark("Captions that take longer to send than there is time are shown from their time code on.")
            if screens and (screens[-1].end or 0) > screen.begin > screens[-1].begin:
                screens[-1] = screens[-1]._replace(end=screen.begin)
        screens.append(screen)
    return screens


def _folded(screens: Sequence[Screen], milliseconds: Callable[[int], int]) -> Iterator[Screen]:
    """Screens without those that nobody can read before the next one shows the same and more."""
    above: Screen | None = None
    for screen in screens:
        if above is not None:
            before, shown = (
                Shown(milliseconds(one.begin), milliseconds(one.begin if one.end is None else one.end), one.lines)
                for one in (above, screen)
            )
            is_flash = before.end - before.start < _FLASH_MS or is_too_fast(before)
            if has_grown(before, shown) or (is_flash and _goes_on(before, shown)):
                above = screen._replace(begin=above.begin, is_painted=True)
                continue
            yield above
        above = screen
    if above is not None:
        yield above


def _goes_on(above: Shown, cue: Shown) -> bool:
    """Whether a cue follows at once, has every line of the one above, and more of any."""
    return (
        cue.start - above.end <= AT_ONCE_MS
        and len(above.lines) <= len(cue.lines)
        and all(after.startswith(before) for before, after in zip(above.lines, cue.lines, strict=False))
    )


def _apart(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Rows that stand together."""
    together: list[Row] = []
    for row in rows:
        if together and row.number - together[-1].number > 1 + _MOST_BLANK_ROWS:
            yield together
            together = []
        together.append(row)
    yield together


def _settings(rows: Sequence[Row]) -> str:
    """Cue settings for rows: line 21 is a grid in the inner part of the picture."""
    settings = []
    if rows[-1].number < _USUAL_ROW:
        settings.append(f"line:{round(_MARGIN + (rows[0].number - 1) * _INNER / ROWS, 2):g}%")
    column = min(row.column for row in rows)
    width = max(row.width for row in rows)
    across = _across(rows)
    if abs(column + width / 2 - COLUMNS / 2) <= 2 and (across == "center" or len(rows) == 1):
        return " ".join(settings)
    box = Box(_MARGIN + column * _INNER / COLUMNS, 0, width * _INNER / COLUMNS, 0)
    return " ".join([*settings, *box_across(box, across)])


def _across(rows: Sequence[Row]) -> str:
    """At which side rows are in line with each other: left, center or right; left where at none."""
    edges = {"left": [row.column for row in rows], "right": [row.column + row.width for row in rows]}
    if side := next((side for side, columns in edges.items() if len(set(columns)) == 1), ""):
        return side
    middles = [2 * row.column + row.width for row in rows]
    return "center" if max(middles) - min(middles) <= 2 else "left"

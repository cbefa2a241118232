"""SCC (Scenarist closed captions): the bytes of CEA-608 line 21, as hexadecimal words behind time codes.

Theory of operation. ttconv plays the words as a decoder does. What it stumbles on is put right before: blanks for the
TAB behind a time code, words that are no hexadecimal number, a file in another channel than CC1, text before any
command that says how it is shown. Its time codes are always of 29.97 frames a second, so every line gets the label
without drop-frame that stands for its frame, and the frames are turned into seconds afterwards.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any, NamedTuple

from ttconv import model
from ttconv.scc import reader
from ttconv.scc.codes.preambles_address_codes import SccPreambleAddressCode
from ttconv.style_properties import StyleProperties

from captionkit.foreign import timed
from captionkit.foreign.placing import Box, box_across
from captionkit.foreign.reading import Reading
from captionkit.foreign.text import decoded, shortened
from captionkit.foreign.ttml_times import smpte_seconds

#: CEA-608: the frames of NTSC television.
_NTSC = Fraction(30000, 1001)
_LINE = re.compile(r"[ \t\ufeff]*([0-9]{1,2}):([0-9]{2}):([0-9]{2})([:;.,])([0-9]{2})(?:[ \t,]+(.*))?")
_WORD = re.compile(r"[0-9A-Fa-f]{4}")
#: Captions that are more than this many lines of a file that cannot be played are no SCC.
_MOST_BAD_LINES = 10
_ROWS, _COLUMNS = 15, 32
#: The safe area of a television picture, in which line 21 is shown: the inner 80 %.
_MARGIN, _INNER = 10.0, 80.0
#: A caption whose last row is this one or lower stands where captions usually do.
_USUAL_ROW = 13

# Commands of CC1 (CEA-608, 8.2 and 8.3), without parity.
_RCL = 0x1420
_MODES = {0x1420: "pop-on", 0x1425: "roll-up", 0x1426: "roll-up", 0x1427: "roll-up", 0x1429: "paint-on"}
_EDM = 0x142C


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
    _say_how_it_is_shown(lines, reading)
    document = _played(lines, reading)
    painted = _rows_of_what_is_painted(lines, reading)
    label = reading.options.start_timecode
    start = Fraction(0)
    if label:
        hours, minutes, seconds, frame = label
        start = smpte_seconds((hours * 60 + minutes) * 60 + seconds, frame, rate, drop=reading.is_drop_frame)
    timed.captions(
        document, reading, lambda _: None, lambda seconds: seconds * _NTSC / rate - start, _Places(painted), folds=True
    )


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
        frame = smpte_seconds(whole, int(frames), rate, drop=drop) * rate
        if words:
            found.append(_Line(number, max(int(frame), 0), words))
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
    """Make the channel that the file is in CC1; captions in others are named.

    Commands of the second field are those of the first with one bit more; those of the second channel of a field have
    another bit. The channel of words lasts until a command of another one.
    """
    seen: set[int] = set()
    for line in lines:
        for place, word in enumerate(line.words):
            if word & 0xF7F0 == 0x1520:
                line.words[place] = word = word & 0xFEFF
            if 0x10 <= word >> 8 <= 0x1F:
                seen.add(word & 0x0800)
    if 0x0800 not in seen:
        return
    if 0 in seen:
        reading.lose("channel", "captions in a second channel of the file (CC2) are left out")
        return
    reading.remark("Its captions are in the second channel (CC2).")
    for line in lines:
        line.words[:] = [word & 0xF7FF if 0x18 <= word >> 8 <= 0x1F else word for word in line.words]


def _say_how_it_is_shown(lines: list[_Line], reading: Reading) -> None:
    """Let text before any command of how it is shown be pop-on; ttconv would drop it."""
    for line in lines:
        for word in line.words:
            if word in _MODES:
                return
            if word >> 8 >= 0x20 or word >> 8 in (0x11, 0x12, 0x13, 0x17) or word & 0xFF >= 0x40:
                lines.insert(0, _Line(line.number, lines[0].frame, [_RCL]))
                reading.remark("It does not begin with a command of how it is shown; it was read as pop-on captions.")
                return


def _played(lines: list[_Line], reading: Reading) -> Any:
    """ttconv's model of these lines, without those that it cannot play."""
    lines = list(lines)
    for _ in range(_MOST_BAD_LINES):
        # ttconv says how far it is before each line.
        progress = [0.0]
        try:
            return reader.to_model("\n".join(map(_written, lines)), progress_callback=progress.append)
        except Exception:
            place = round(progress[-1] * len(lines)) - 1
            if not 0 <= place < len(lines):
                raise
            reading.lose(
                "unreadable code", "its commands make no sense; the line is left out", line=lines[place].number
            )
            del lines[place]
            if not lines:
                break
    raise reading.error("its commands make no sense")


def _written(line: _Line) -> str:
    """A line as ttconv reads it: the label without drop-frame that stands for its frame."""
    seconds, frame = divmod(min(line.frame, _LAST_FRAME), 30)
    label = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}:{frame:02d}"
    return f"{label}\t{' '.join([f'{word:04x}' for word in line.words])}"


_LAST_FRAME = 100 * 3600 * 30 - 1


def _rows_of_what_is_painted(lines: Sequence[_Line], reading: Reading) -> dict[int, int]:
    """The upper row of paint-on captions by the frame in which they begin; ttconv's regions do not say it.

    It also puts all roll-up captions at the bottom, which is named where they are not.
    """
    tops: dict[int, int] = {}
    rows: set[int] = set()
    mode = ""
    for line in lines:
        for place, word in enumerate(line.words):
            mode = _MODES.get(word, mode)
            code = SccPreambleAddressCode.find(word >> 8, word & 0xFF) if 0x10 <= word >> 8 <= 0x17 else None
            if word == _EDM:
                rows.clear()
            elif code is None:
                continue
            elif mode == "paint-on":
                rows.add(code.get_row())
                tops.setdefault(line.frame + place, min(rows))
            elif (
                mode == "roll-up"
                and code.get_row() < _USUAL_ROW - 1
                and not any(loss.kind == "position" for loss in reading.losses)
            ):
                message = f"captions that roll up in row {code.get_row()} of 15 stand at the bottom"
                reading.lose("position", message, line=line.number)
    return tops


class _Places:
    """Where SCC puts captions: rows and columns of a grid in the inner part of the picture."""

    def __init__(self, painted: dict[int, int]) -> None:
        self._painted = painted

    def settings(self, chain: Sequence[Any], region: Any, across: str) -> str:
        """Cue settings for a p; see `timed_places.Places`."""
        p = chain[-1]
        texts: list[list[str]] = [[]]
        for child in p:
            if isinstance(child, model.Br):
                texts.append([])
            else:
                texts[-1] += [each.get_text() for each in child]
        rows = len(texts)
        width = max(len("".join(text).strip()) for text in texts)
        origin = region.get_style(StyleProperties.Origin)
        # ttconv's cells: the picture has 19 rows and 40 columns, the safe area begins in the third and the fifth.
        first = round(origin.y.value * 19 / 100) - 1
        column = round(origin.x.value * 40 / 100) - 4
        kind = region.get_id().rstrip("0123456789")
        if kind == "paint":
            first = self._painted.get(round((p.get_begin() or 0) * _NTSC), _ROWS)
        settings = []
        if kind != "rollup" and first + rows - 1 < _USUAL_ROW:
            settings.append(f"line:{round(_MARGIN + (first - 1) * _INNER / _ROWS, 2):g}%")
        middle = column + width / 2
        if abs(middle - _COLUMNS / 2) <= 2 and (across == "center" or rows == 1):
            return " ".join(settings)
        box = Box(_MARGIN + column * _INNER / _COLUMNS, 0, width * _INNER / _COLUMNS, 0)
        return " ".join([*settings, *box_across(box, across or "left")])

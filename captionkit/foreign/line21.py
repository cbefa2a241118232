"""Captions of line 21 (CEA-608): what a decoder shows of the words that it is sent. Pure.

Theory of operation. A word is two letters or a command, and one is sent a frame. A decoder has two memories of 15 rows
and 32 columns: one is displayed, the other is hidden. Pop-on captions are written into the hidden one, which then takes
the place of the displayed one; roll-up and paint-on captions are written where everybody sees it. A `Screen` is what is
displayed while nothing but letters come to it: until it is exchanged or erased, until it rolls up, or until painting
goes on in another place. The rules are those of 47 CFR 15.119 and CEA-608-B, annex B; but no letter is lost where a row
is longer than the screen.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from captionkit.foreign.reading import Run

ROWS, COLUMNS = 15, 32
#: Letters that come later than this after what they belong to (half a second) are shown by themselves, in frames.
_AT_ONCE = 15

#: Letters that are not those of ASCII.
_LETTERS = {code: chr(code) for code in range(0x20, 0x7F)} | dict(
    zip((0x2A, 0x5C, 0x5E, 0x5F, 0x60, 0x7B, 0x7C, 0x7D, 0x7E, 0x7F), "áéíóúç÷Ññ█", strict=True)
)
#: Letters that a command stands for, from 20 on (special ones from 30 on); a blank is transparent.
_SPECIAL = "®°½¿™¢£♪à èâêîôû"
_EXTENDED = {0x12: "ÁÉÓÚÜü‘¡*'—©℠•“”ÀÂÇÈÊËëÎÏïÔÙùÛ«»", 0x13: "ÃãÍÌìÒòÕõ{}\\^_|~ÄäÖöß¥¤│ÅåØø┌┐└┘"}

#: Colours in their order in commands. White on black is what captions are anyway.
_COLORS = ("", "#00ff00", "#0000ff", "#00ffff", "#ff0000", "#ffff00", "#ff00ff")
_BACKGROUNDS = ("#ffffff", *_COLORS[1:], "")
_ITALICS = 7
#: The upper one of the two rows that the first byte of a preamble address code stands for.
_UPPER_ROWS = (11, 1, 3, 12, 14, 5, 7, 9)

#: Commands (behind 14) that have to do with captions in text mode too.
_OF_CAPTIONS = frozenset((0x20, 0x25, 0x26, 0x27, 0x29, 0x2A, 0x2B, 0x2C, 0x2E, 0x2F))

#: A memory: the letters of each row by their columns, and how they look.
_Memory = dict[int, dict[int, tuple[str, Run]]]


class Row(NamedTuple):
    """A row with words: its number from 1, its first column from 0, how many columns it takes."""

    number: int
    column: int
    width: int
    runs: list[Run]


class Screen(NamedTuple):
    """What is displayed for a while.

    Attributes:
        begin, end: the first frame, and the first one without it; None if it never goes.
        place: where the word stands that displayed it, as `Decoder.take` was given it.
        is_painted: whether its letters were painted where they stand, one after the other.
    """

    begin: int
    place: int
    is_painted: bool
    end: int | None
    rows: list[Row]

    @property
    def lines(self) -> list[str]:
        """Its words, row by row."""
        return ["".join([run.text for run in row.runs]) for row in self.rows]


class Decoder:
    """A decoder of one channel.

    Attributes:
        screens: what was displayed, in the order of time.
        aside: (place, words) that were sent in text mode, as `Decoder.take` was given the place.
        unknown: (place, word) of what is no code.
        flashes: the places from which on letters flash, up to the next code of how they look.
        is_assumed: whether words came before any command of how they are shown, so that they were taken as pop-on.
    """

    def __init__(self) -> None:
        self.screens: list[Screen] = []
        self.aside: list[tuple[int, list[str]]] = []
        self.unknown: list[tuple[int, int]] = []
        self.flashes: list[int] = []
        self.is_assumed = False
        self._mode = ""
        self._is_text = False  # text mode: no captions
        self._is_data = False  # extended data services: not even words
        self._shown: _Memory = {}
        self._hidden: _Memory = {}
        self._row, self._column, self._look = ROWS, 0, Run("")
        self._depth = 0
        self._begun: tuple[int, int, bool] | None = None  # what a Screen begins with
        self._waits = False  # for the first letter since it began
        self._frame = self._place = 0
        self._last = (0, -2)
        self._commands: dict[int, Callable[[], None]] = {
            0x20: partial(self._begin, "pop-on"),
            0x21: self._erase_last,
            0x22: lambda: None, 0x23: lambda: None,  # once an alarm
            0x24: self._erase_to_end_of_row,
            **{0x23 + depth: partial(self._roll_up, depth) for depth in (2, 3, 4)},
            0x28: self._flash,
            0x29: partial(self._begin, "paint-on"),
            0x2A: self._text, 0x2B: self._text,
            0x2C: self._erase,
            0x2D: self._return,
            0x2E: lambda: self._hidden.clear(),
            0x2F: self._exchange,
        }  # fmt: skip

    def take(self, word: int, frame: int, place: int) -> None:
        """Take a word.

        Args:
            word: without parity, and of this channel as if it were the first one; 0 for none.
            frame: in which it is sent.
            place: where it stands in the file.
        """
        self._frame, self._place = frame, place
        high, low = word >> 8, word & 0xFF
        last, self._last = self._last, (0, frame) if word else self._last
        if 0x10 <= high < 0x20:
            self._is_data = False
            if last[0] == word and frame - last[1] <= 1:  # commands are sent twice
                return
            self._last = word, frame
            if not self._command(high, low):
                self.unknown.append((place, word))
        elif 0 < high < 0x10:
            self._is_data = high != 0x0F
        elif not self._is_data:
            for code in (high, low):
                if code >= 0x20:
                    self._write(_LETTERS[code])

    def end(self) -> None:
        """Take the end of the file: what is displayed now never goes."""
        self._close(None)

    # --- commands -----------------------------------------------------------------------------------------------------

    def _command(self, high: int, low: int) -> bool:
        """Do what a command says; False for one that is none."""
        if self._is_text and not (high == 0x14 and low in _OF_CAPTIONS):
            return True
        if low >= 0x40:
            if high == 0x10 and low >= 0x60:
                return False
            self._address(_UPPER_ROWS[high & 7] + (low >> 5 & 1), low)
        elif high == 0x14 and low in self._commands:
            self._commands[low]()
        elif high == 0x11 and low >= 0x30:
            letter = _SPECIAL[low - 0x30]
            self._skip() if letter == " " else self._write(letter)
        elif high in _EXTENDED and low >= 0x20:
            self._erase_last()  # the letter that decoders show that do not know this one
            self._write(_EXTENDED[high][low - 0x20])
        elif high == 0x11 and low >= 0x20:
            self._skip()
            is_italic = low >> 1 & 7 == _ITALICS
            color = self._look.color if is_italic else _COLORS[low >> 1 & 7]
            self._look = self._look._replace(italic=is_italic, color=color, underline=bool(low & 1))
        elif high == 0x10 and 0x20 <= low < 0x30:
            self._look = self._look._replace(background=_BACKGROUNDS[low >> 1 & 7])
        elif high == 0x17 and 0x21 <= low <= 0x23:
            self._column += low - 0x20
        elif high == 0x17 and low == 0x2D:
            self._look = self._look._replace(background="")
        elif high == 0x17 and low in (0x2E, 0x2F):
            self._look = self._look._replace(color="#000000", underline=low == 0x2F)
        else:
            return False
        return True

    def _begin(self, mode: str) -> None:
        self._mode, self._is_text = mode, False

    def _flash(self) -> None:
        self.flashes.append(self._place)
        self._skip()

    def _text(self) -> None:
        self._is_text = True
        self.aside.append((self._place, []))

    def _roll_up(self, depth: int) -> None:
        if self._mode != "roll-up":
            self._erase()
            self._hidden.clear()
            self._row, self._column, self._look = ROWS, 0, Run("")
        self._begin("roll-up")
        self._depth = depth
        if any(row <= self._row - depth for row in self._shown):
            self._close(self._frame)
            self._open()
            self._shown = {row: cells for row, cells in self._shown.items() if row > self._row - depth}
        self._row = max(self._row, depth)

    def _return(self) -> None:
        """A carriage return: captions roll up by a row."""
        if self._mode != "roll-up":
            return
        self._close(self._frame)
        above = range(self._row - self._depth + 2, self._row + 1)
        self._shown = {row - 1: cells for row, cells in self._shown.items() if row in above}
        self._column = 0
        self._open(waits=True)

    def _address(self, row: int, low: int) -> None:
        """A preamble address code: where the next words stand, and how they look."""
        style = low >> 1 & 7
        is_indent = bool(low & 0x10)
        self._column = 4 * style if is_indent else 0
        is_italic = not is_indent and style == _ITALICS
        color = "" if is_indent or is_italic else _COLORS[style]
        self._look = Run("", italic=is_italic, color=color, underline=bool(low & 1))
        if self._mode == "roll-up":
            row = max(row, self._depth)
            if row != self._row:  # captions that are there move with it
                self._shown = {number + row - self._row: cells for number, cells in self._shown.items()}
        elif self._mode == "paint-on":
            self._close(self._frame)
            self._open(waits=True)
        self._row = row

    def _erase(self) -> None:
        self._close(self._frame)
        self._shown = {}

    def _exchange(self) -> None:
        self._close(self._frame)
        self._shown, self._hidden = self._hidden, self._shown
        self._begin("pop-on")
        self._open()

    def _erase_last(self) -> None:
        self._column = max(self._column - 1, 0)
        self._cells().pop(self._column, None)

    def _erase_to_end_of_row(self) -> None:
        cells = self._cells()
        gone = [column for column in cells if column >= self._column]
        if gone and self._is_direct():
            self._close(self._frame)
            self._open()
        for column in gone:
            del cells[column]

    # --- memories -----------------------------------------------------------------------------------------------------

    def _is_direct(self) -> bool:
        """Whether words are written where everybody sees it."""
        return self._mode in ("roll-up", "paint-on")

    def _cells(self) -> dict[int, tuple[str, Run]]:
        """The letters of the row in which words are written."""
        memory = self._shown if self._is_direct() else self._hidden
        return memory.setdefault(self._row, {})

    def _write(self, letter: str) -> None:
        if self._is_text:
            self.aside[-1][1].append(letter)
            return
        if self._is_direct():
            if self._begun is None or (self._waits and self._frame - self._begun[0] > _AT_ONCE):
                self._close(self._frame)
                self._open()
            self._waits = False
        elif not self._mode:
            self._mode, self.is_assumed = "pop-on", True
        self._cells()[self._column] = letter, self._look
        self._column += 1

    def _skip(self) -> None:
        """A column that stays blank: a mid-row code takes one, and so does a transparent space."""
        self._cells().pop(self._column, None)
        self._column += 1

    def _open(self, *, waits: bool = False) -> None:
        """What is displayed from now on is a screen."""
        self._begun, self._waits = (self._frame, self._place, self._mode == "paint-on"), waits

    def _close(self, frame: int | None) -> None:
        """What is displayed is another thing from this frame on."""
        if self._begun is not None and (rows := _rows(self._shown)):
            screen = Screen(*self._begun, frame, rows)
            above = self.screens[-1] if self.screens else None
            if above and above.end == screen.begin and above.lines == screen.lines:
                self.screens[-1] = above._replace(end=frame)
            else:
                self.screens.append(screen)
        self._begun, self._waits = None, False


def _rows(memory: _Memory) -> list[Row]:
    """The rows of a memory that have words."""
    found = []
    for number in sorted(memory):
        cells = memory[number]
        columns = sorted([column for column, (letter, _) in cells.items() if letter != " "])
        if columns:
            first, last = columns[0], columns[-1]
            found.append(Row(number, first, last - first + 1, _runs(cells, first, last)))
    return found


def _runs(cells: dict[int, tuple[str, Run]], first: int, last: int) -> list[Run]:
    """The letters of a row; any number of columns that stay blank are one space."""
    runs: list[Run] = []
    text, look, is_blank = "", cells[first][1], False
    for column in range(first, last + 1):
        if column not in cells:
            is_blank = True
            continue
        letter, own = cells[column]
        if is_blank and letter == " ":
            continue
        if is_blank and own == look and not text.endswith(" "):
            text += " "
        elif own != look:
            runs.append(look._replace(text=text))
            if is_blank and not text.endswith(" "):
                runs.append(Run(" "))
            text, look = "", own
        text += letter
        is_blank = False
    return [*runs, look._replace(text=text)]

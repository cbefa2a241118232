"""EBU STL, the binary exchange format of European broadcasters (EBU Tech 3264): a header and blocks of 128 bytes.

Theory of operation. ttconv understands the blocks: letters, colours, rows, extensions, captions that are added to. It
is given one block after the other, so that one that it cannot read costs only itself. What it passes over without a
word is seen to before: comments, numbers that stand twice, captions at the same time as others. Its times are made to
carry the label of the time code whole (50 frames a second have room for any), and the label is understood here: by the
frame rate of the header, or of a person, and from the start of the programme (TCP) where that makes sense.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from ttconv import model
from ttconv.stl.datafile import DataFile

from captionkit.foreign import timed
from captionkit.foreign.reading import Reading
from captionkit.foreign.text import counted, shortened
from captionkit.foreign.ttml_times import smpte_seconds

_HEADER, _BLOCK = 1024, 128
#: Frames a second by the Disk Format Code of the header (bytes 3 to 10). STL30.01 is NTSC, hence drop-frame.
_RATES = {
    b"STL23.01": Fraction(24000, 1001),
    b"STL24.01": Fraction(24),
    b"STL25.01": Fraction(25),
    b"STL30.01": Fraction(30000, 1001),
    b"STL50.01": Fraction(50),
}
_CARRIER, _CARRIER_FRAMES = b"STL50.01", 50
#: Where the titles stand in the header, and what they are called there (EBU Tech 3264, 3.1).
_TITLES = ((16, "original programme title"), (48, "original episode title"), (80, "translated programme title"),
           (112, "translated episode title"))  # fmt: skip

# Places within a block.
_NUMBER, _EXTENSION, _CUMULATIVE, _TIME_IN, _TIME_OUT = slice(1, 3), 3, 4, slice(5, 9), slice(9, 13)
_COMMENT, _TEXT, _TEXT_SIZE = 15, slice(16, 128), 112
_COMES_FIRST, _LAST_OF_CAPTION, _USER_DATA = 0x01, 0xFF, range(0xF0, 0xFF)


class _Clock(NamedTuple):
    """What the time codes of a file mean."""

    rate: Fraction
    drop: bool

    def seconds(self, hours: int, minutes: int, seconds: int, frames: int | Fraction) -> Fraction:
        whole = (hours * 60 + minutes) * 60 + seconds
        return smpte_seconds(whole, frames, self.rate, drop=self.drop)

    def carried(self, seconds: Fraction) -> Fraction:
        """The seconds of a time in ttconv's model, which carries a label."""
        whole, frames = divmod(seconds * _CARRIER_FRAMES, _CARRIER_FRAMES)
        return self.seconds(0, 0, int(whole), frames)


def read(data: bytes, reading: Reading) -> None:
    """Read EBU STL."""
    if len(data) < _HEADER + _BLOCK:
        raise reading.error("the file is cut off: it has a header and no captions")
    header = data[:_HEADER]
    clock = _clock(header, reading)
    blocks = list(_blocks(data, reading))
    file = DataFile(
        header[:3] + _CARRIER + header[11:], disable_fill_line_gap=True, disable_line_padding=True,
        max_row_count=_rows(header),
    )  # fmt: skip
    for number, block in blocks:
        # Otherwise what is shown at the same time as the caption before is cut, or left out.
        file.last_end_time = None
        try:
            file.process_tti_block(block)
        except Exception:
            reading.lose("unreadable code", f"block {number} cannot be read; left out")
    _titles(header, reading)
    reading.language = reading.options.language or file.get_language()
    start = _start(header, blocks, clock, reading)
    document = file.get_document()
    unknown = 0
    for element in document.get_body().dfs_iterator():
        if isinstance(element, model.Text):
            text = element.get_text().replace("\xa0\xa0", " ")
            unknown += text.count("\ufffd")
            element.set_text(text)
    if unknown:
        reading.lose(
            "unreadable code", f"{counted(unknown, 'letter')} that its character table does not have, shown as \ufffd"
        )
    timed.captions(document, reading, lambda _: None, lambda seconds: clock.carried(seconds) - start)


def _clock(header: bytes, reading: Reading) -> _Clock:
    rate = _RATES.get(header[3:11])
    given = reading.options.fps
    if rate is None and given is None:
        raise reading.error(
            "it does not say how many frames make a second", "Say it: --fps 25, say, or what the video has."
        )
    # STL30.01 does not say whether labels are left out; who gives 30 says that none are.
    is_30 = rate is not None and round(rate) == round(given or rate) == 30
    chosen = (given if is_30 else None) or reading.frame_rate(rate) or Fraction(25)
    drop = chosen == Fraction(30000, 1001)
    if drop and given is None:
        reading.remark(
            "Its time codes have 30 frames; they were taken for drop-frame at 29.97 frames a second. If captions "
            "drift away, give --fps 30."
        )
    reading.is_drop_frame = drop
    return _Clock(chosen, drop)


def _rows(header: bytes) -> int | None:
    """How many rows the picture has, where the captions are no teletext; None for teletext's."""
    rows = header[253:255]
    return int(rows) if header[11:12] in b"0 " and rows.isdigit() and int(rows) > 1 else None


def _blocks(data: bytes, reading: Reading) -> Iterator[tuple[int, bytes]]:
    """The numbered blocks of captions, each caption with a number of its own; comments and leftovers are named."""
    fresh = 0
    within = False  # a caption that goes on in the next block
    has_first = False
    left = len(data[_HEADER:]) % _BLOCK
    if left and data[-left:].strip(b"\0 \x1a\r\n\x8f"):
        reading.lose("unreadable code", f"the last block has {left} bytes instead of {_BLOCK}; the file was cut off")
    for number, place in enumerate(range(_HEADER, len(data) - _BLOCK + 1, _BLOCK), 1):
        block = bytearray(data[place : place + _BLOCK])
        if block[_EXTENSION] in _USER_DATA or not any(block):
            continue
        if block[_COMMENT] == 1:
            words = _words(block)
            if words:
                reading.lose("NOTE block", f"a comment for translators: {shortened(words)!r}")
            continue
        begin, end = tuple(block[_TIME_IN]), tuple(block[_TIME_OUT])
        if end <= begin:
            reading.lose("caption without time", f"block {number} ends when it begins, or before; left out")
            continue
        if not within and block[_CUMULATIVE] in (0, _COMES_FIRST):
            fresh = (fresh + 1) % 0x10000
            has_first = True
        elif not within and not has_first:
            block[_CUMULATIVE] = _COMES_FIRST  # a row that goes on from nothing
            has_first = True
        block[_NUMBER] = fresh.to_bytes(2, "little")
        extension = block[_EXTENSION]
        within = extension != _LAST_OF_CAPTION
        text = _spaced(bytes(block[_TEXT]))
        pieces = [text[at : at + _TEXT_SIZE] for at in range(0, len(text), _TEXT_SIZE)] or [b""]
        for piece in pieces:
            block[_EXTENSION] = 0 if piece is not pieces[-1] else extension
            block[_TEXT] = piece.ljust(_TEXT_SIZE, b"\x8f")
            yield number, bytes(block)


# Between letters of a row: codes of style, and spaces.
_BETWEEN = re.compile(rb"(?<=[\x21-\x7f\xa0-\xff])[\0-\x07\x0a-\x0d\x1c\x1d\x80-\x85 ]+(?=[\x21-\x7f\xa0-\xff])")
_NEEDS_SPACE = re.compile(rb"[\0-\x20]")
#: Stands for a space that ttconv keeps: two no-break spaces, which no caption has.
_SPACE = b"\xa0\xa0"


def _spaced(text: bytes) -> bytes:
    """The text with spaces where they are shown, and nowhere else.

    ttconv drops a space beside a code of style, and writes one for any code between two letters. Teletext shows each of
    its codes (below 20) as a space; those of italics and underlining (80 and above) have no width.
    """

    def between(match: re.Match[bytes]) -> bytes:
        codes = match[0].replace(b" ", b"")
        if not codes:
            return b" "
        # Twice the same code is no other style, and is not between two letters.
        return (_SPACE if _NEEDS_SPACE.search(match[0]) else b"") + codes + codes[-1:]

    return _BETWEEN.sub(between, text.strip(b"\x8f"))


def _words(block: bytes | bytearray) -> str:
    return " ".join(bytes(byte if 0x20 <= byte < 0x7F else 0x20 for byte in block[_TEXT]).decode("ascii").split())


def _titles(header: bytes, reading: Reading) -> None:
    for place, name in _TITLES:
        if words := " ".join(header[place : place + 32].decode("cp850").split()):
            reading.lose("header line", f"{name}: {words}")


def _start(header: bytes, blocks: list[tuple[int, bytes]], clock: _Clock, reading: Reading) -> Fraction:
    """When the video begins on the time code: what a person says, else what the header says, if captions come after."""
    if label := reading.options.start_timecode:
        return clock.seconds(*label)
    said = header[256:264]
    if not said.isdigit():
        return Fraction(0)
    start = clock.seconds(*[int(said[place : place + 2]) for place in range(0, 8, 2)])
    times = [clock.seconds(*block[_TIME_IN]) for _, block in blocks]
    if not start or not times:
        return Fraction(0)
    shown = ":".join([said[place : place + 2].decode("ascii") for place in range(0, 8, 2)])
    if 2 * sum(time >= start for time in times) < len(times):
        reading.remark(f"It says that the programme begins at {shown}, which is later than its captions: not heeded.")
        return Fraction(0)
    reading.remark(f"Its programme begins at {shown}; times count from there.")
    return start

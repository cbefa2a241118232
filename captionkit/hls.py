"""WebVTT segments of HLS (RFC 8216, 3.5): what X-TIMESTAMP-MAP means for their times, and segments run together.

A segment's cue times count from LOCAL, which is at MPEGTS on the clock of the stream, 90,000 ticks a second. So two
segments stand apart by the difference of the two, whatever their cue times say: with MPEGTS 900000 and 1440000 and the
same LOCAL the second is (1440000 - 900000) / 90000 = 6 seconds later.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from captionkit.model import Block, Cue, Document, Header, Stray
from captionkit.patterns import pattern
from captionkit.timecode import milliseconds

_MAP = pattern(r"(?m)^X-TIMESTAMP-MAP[ \t]*=[ \t]*([^\n]*)")
_MPEGTS = pattern(r"(?:^|,)[ \t]*MPEGTS[ \t]*:[ \t]*([0-9]{1,19})[ \t]*(?=,|$)")
_LOCAL = pattern(r"(?:^|,)[ \t]*LOCAL[ \t]*:[ \t]*(?:([0-9]{1,9}):)?([0-9]{2}):([0-9]{2})\.([0-9]{3})[ \t]*(?=,|$)")
#: MPEG-2 counts with 33 bits and then begins at 0 again.
_CLOCK = 1 << 33
_TICKS_A_MS = 90

#: Lines at the end of a cue's text, or a block, that are the header of another file.
_INNER_HEADER = pattern(r"(?:\A|\n)\ufeff?WEBVTT(?:[ \t][^\n]*)?((?:\n[A-Za-z][\w-]*[ \t]*[:=][^\n]*)*+)\Z")


class TimestampMap(NamedTuple):
    """Where a segment stands: ticks of the stream's clock, and the cue time in milliseconds that is there."""

    ticks: int
    local_ms: int

    def after(self, first: TimestampMap) -> int:
        """How many milliseconds later a cue time of this segment is than the same cue time of the first."""
        ticks = self.ticks - first.ticks
        if ticks < -_CLOCK // 2:
            ticks += _CLOCK
        return round(ticks / _TICKS_A_MS) - (self.local_ms - first.local_ms)


def timestamp_map(header: str) -> TimestampMap | None:
    """The X-TIMESTAMP-MAP in the text of a header; None where it has none that can be read."""
    line = _MAP.search(header)
    if line is None:
        return None
    ticks, local = _MPEGTS.search(line[1]), _LOCAL.search(line[1])
    if ticks is None or local is None:
        return None
    return TimestampMap(int(ticks[1]) % _CLOCK, milliseconds(local[1] or "", local[2], local[3], local[4]))


def inner_header(text: str) -> tuple[int, str] | None:
    """Where in a cue's text, or in a block, the header of another file begins that ends it, and that header."""
    if "WEBVTT" not in text:
        return None
    match = _INNER_HEADER.search(text)
    return (match.start(), match[0].lstrip("\n")) if match else None


def without_inner_headers(document: Document, moved: Callable[[Cue, int], Cue]) -> Document:
    """Segments that were run together as one file: without the headers inside it, and with the times they mean.

    Args:
        moved: gives a cue so many milliseconds later.
    """
    first = timestamp_map(document.header.text) if document.header else None
    by = 0
    blocks: list[Block] = []
    for block in document.blocks:
        found = inner_header(block.text) if type(block) is Cue or type(block) is Stray else None
        if type(block) is Cue:
            if found:
                block = block._replace(text=block.text[: found[0]])
            blocks.append(moved(block, by) if by else block)
        elif found is None or type(block) is Header:
            blocks.append(block)
        elif left := block.text[: found[0]].strip("\n"):
            blocks.append(Stray(left))
        if found:
            own = timestamp_map(found[1])
            by = own.after(first) if own and first else by
            first = first or own
    return document.with_blocks(blocks)

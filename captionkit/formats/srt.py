"""SubRip: reading it as it is found, and writing it so that every reader understands it.

There is no specification of SRT, so the rules are these. A timing line is whatever `_timing.recognise` takes for one;
everything else hangs on them. The line above a timing line is its identifier if it stands alone (a blank line above
it, or the top of the file), or if it is a number and the file has numbers. All lines from a timing line to the next
cue are text, blank lines inside included, because many people write them and the words would be lost otherwise; blank
lines at the end are not. What comes before the first cue, and a block whose timing line cannot be read, is `Stray`.

Theory of operation. `_srt_lines.LineMachine` knows these rules. `read` gives it only what is not clean. A piece of text
between two blank lines is clean if it is a number, a timing line of the usual shape, and text in which no line could be
taken for anything else. Text after a blank line may belong to the cue above it, so the machine gets the clean piece
above a dirty one as well; what it is given then always begins with a cue of its own (or with the file).
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from itertools import repeat

from captionkit.formats import _bulk
from captionkit.formats._findings import Found
from captionkit.formats._srt_lines import LineMachine, starts_broken_block
from captionkit.formats._srt_pieces import PIECE, Pieces
from captionkit.formats._timing import recognise
from captionkit.formats.base import Format, Likeness, Reading, on_one_line, written
from captionkit.model import Block, Cue, Document, timecode

_BLANK = " \t"
_TIMING = re.compile(r"[0-9]{2}:[0-5][0-9]:[0-5][0-9],[0-9]{3} --> [0-9]{2}:[0-5][0-9]:[0-5][0-9],[0-9]{3}")
# Where a cue begins whatever stands above.
_SURE_CUE = re.compile(rf"\n\n(?!\n)(?=[0-9]{{1,9}}\n{_TIMING.pattern}\n)")
_BLANK_TOP = re.compile(r"\n*+(?:[ \t]++\n++)*+")

_LONGEST = 1 << 14


def read(text: str) -> Reading:
    """Read flat SRT text. See `base.Format`."""
    reader = _Reader(text)
    with _bulk.collector_paused(len(text)):
        reader.read()
    return reader.reading()


def read_carefully(text: str) -> Reading:
    """Read with the line machine alone. Same result as `read`, for any text; a property test holds them together."""
    reader = _Reader(text)
    begin, line = reader.top()
    reader.carefully(begin, len(text), line)
    return reader.reading()


class _Reader:
    """Cuts the text into slabs, makes cues of the clean pieces, and gives the rest to the line machine."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.blocks: list[Block] = []
        self.starts = array("q")
        self.found = Found()
        self.machine = LineMachine(text, self.blocks, self.starts, self.found)

    def reading(self) -> Reading:
        return Reading(tuple(self.blocks), self.starts, self.found.in_order())

    def top(self) -> tuple[int, int]:
        """Where the first line that is not blank begins, and its number; the very top if all are blank."""
        blank = _BLANK_TOP.match(self.text)
        assert blank is not None
        if not blank.end() or not self.text[blank.end() :].strip(_BLANK):
            return 0, 1
        self.machine.blank_lines_on_top()
        return blank.end(), 1 + self.text.count("\n", 0, blank.end())

    def read(self) -> None:
        text = self.text
        begin, line = self.top()
        while begin < len(text):
            cut = text.find("\n\n", begin + _bulk.SLAB)
            end = cut + 2 if cut >= 0 else len(text)
            stop, below = self._slab(begin, end, line)
            if stop == begin:
                # Nothing here is clean but perhaps the first cue, and what stands below may belong to that.
                cue = _SURE_CUE.search(text, end - 2)
                stop = cue.end() if cue is not None else len(text)
                self.carefully(begin, stop, line)
                below = line + text.count("\n", begin, stop)
            begin, line = stop, below

    def carefully(self, begin: int, end: int, line: int) -> None:
        if begin < end:
            self.machine.read(begin, end, line)

    def _slab(self, begin: int, end: int, line: int) -> tuple[int, int]:
        """Read what begins here, up to the last clean head, which begins the next slab.

        Returns:
            Where the next slab begins, and the number of its first line.
        """
        is_last = end == len(self.text)
        slab = "\n\n" + self.text[begin : end if is_last else end - 2]
        parts = PIECE.split(slab)
        until = len(parts) // 3
        if not until * _bulk.SHORTEST <= len(slab) <= until * _LONGEST:
            return begin, line  # blank lines for the most part, or none
        pieces = Pieces(parts[1::3], parts[2::3], parts[3::3])
        del parts
        pieces.measure(begin, line)
        if is_last:
            until = pieces.end(end)
        pieces.find_dirty(slab)
        if not is_last:
            until -= 1
            while until in pieces.headless:
                until -= 1
            if until <= 0:
                return begin, line
        self._emit(pieces, until)
        self.found.close()
        return pieces.offsets[until], pieces.lines[until]

    def _emit(self, pieces: Pieces, until: int) -> None:
        """Make cues of the pieces up to `until` that are clean, and give the others to the line machine."""
        offsets, lines = pieces.offsets, pieces.lines
        dirty = sorted(place for place in pieces.dirty if place < until)
        if len(dirty) * 4 > until:
            # So many of them are dirty that hardly a clean run is left.
            self.carefully(offsets[0], offsets[until], lines[0])
            return
        done = 0
        for first, last in _regions(dirty):
            self._cues(pieces, done, first)
            self.carefully(offsets[first], offsets[last], lines[first])
            done = last
        self._cues(pieces, done, until)

    def _cues(self, pieces: Pieces, first: int, last: int) -> None:
        """Make cues of the pieces from `first` to `last`, all clean."""
        if first >= last:
            return
        machine, number = self.machine, self.machine.cues + 1
        at = pieces.lines[first:last]
        identifiers = pieces.numbers[first:last]
        timing_lines = pieces.timing_lines[first:last]
        start_times = pieces.start_times[first:last]
        for shape, places in pieces.loose.items():
            loose = [place - first for place in places[bisect_left(places, first) : bisect_left(places, last)]]
            if loose:
                machine.loose_timings(
                    [timing_lines[i] for i in loose],
                    [number + i for i in loose],
                    [start_times[i] for i in loose],
                    shape,
                )
        for place, feeds in pieces.more_feeds.items():
            if first < place <= last:
                text = pieces.texts[place - 1]
                below = timing_lines[place - 1 - first] + 2 + (text.count("\n") + 1 if text else 0)
                machine.extra_blank_lines(below, feeds + 1)
        machine.check_numbers(identifiers, at, start_times)
        machine.cues += last - first
        self.blocks.extend(
            _bulk.cues(
                start_times,
                pieces.end_times[first:last],
                pieces.texts[first:last],
                identifiers,
                repeat(""),
                at,
                timing_lines,
            )
        )
        new = len(self.starts)
        self.starts.extend(pieces.offsets[first:last])
        if not new:
            self.starts[0] = 0


def _regions(dirty: list[int]) -> list[tuple[int, int]]:
    """Runs of dirty pieces, each with the clean piece above it: the first, and the one after the last."""
    regions: list[tuple[int, int]] = []
    for place in dirty:
        first = max(place - 1, 0)
        if regions and first <= regions[-1][1]:
            regions[-1] = (regions[-1][0], place + 1)
        else:
            regions.append((first, place + 1))
    return regions


# Writing ----------------------------------------------------------------------------------------------------------

#: Put before a line of text that would be taken for a timing line: it has no width, and no reader looks past it.
_GUARD = "\N{WORD JOINER}"


def write(document: Document) -> str:
    """The text of an SRT document. Blocks that were not touched stand as they stood.

    A new or changed cue is written as `number, timing line, text, blank line`. Its number is its identifier; one
    without gets its place in the file, but not in a file that had no numbers before. Blank lines at the end of its
    text are dropped; blank lines inside are kept, as this reader (and few others) reads them back. A line of the text
    that would be read as another cue's timing line gets a U+2060 WORD JOINER in front, and an arrow
    where a timing line would stand one inside. Line ends in an identifier or in coordinates become spaces.
    """
    source = document.source
    is_numbered = source is None or any(type(block) is Cue and block.identifier for block in source.blocks)
    return written(document, lambda block, place: _block(block, str(place) if is_numbered else ""))


def _block(block: Block, place: str) -> str:
    if type(block) is not Cue:
        return _guarded(block.text, is_cue=False)
    start, end, text, identifier, settings, _, _ = block
    head = f"{timecode(start, ',')} --> {timecode(end, ',')}"
    if settings:
        head += " " + on_one_line(settings).strip(_BLANK)
    identifier = on_one_line(identifier).strip(_BLANK) or place
    if identifier:
        head = f"{identifier}\n{head}"
    return f"{head}\n{_guarded(text)}" if text else head


def _guarded(text: str, *, is_cue: bool = True) -> str:
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.endswith(("\n", " ", "\t")) and text.strip(" \t\n"):
        lines = text.split("\n")
        while not lines[-1].strip(_BLANK):
            lines.pop()
        text = "\n".join(lines)
    if ":" not in text and "-->" not in text and text.isascii():
        return text
    lines = text.split("\n")
    return "\n".join(
        [
            _GUARD + line
            if recognise(line)
            else line.replace("-->", f"--{_GUARD}>")
            if is_cue and "-->" in line and starts_broken_block(lines, place)
            else line
            for place, line in enumerate(lines)
        ]
    )


def sniff(text: str) -> Likeness:
    """Likely if one of the first lines is a timing line with a comma; never signed, as SRT has no signature."""
    for line in text[:20_000].split("\n"):
        if ":" in line and (timing := recognise(line)) is not None:
            return Likeness.LIKELY if timing.start.separator == "," else Likeness.POSSIBLE
    return Likeness.POSSIBLE


FORMAT = Format("srt", "SubRip", (".srt",), read=read, write=write, sniff=sniff)

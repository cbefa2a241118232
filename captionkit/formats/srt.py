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
from collections.abc import Sequence
from itertools import accumulate, compress, count, repeat
from operator import contains, not_
from typing import cast

from captionkit.formats import _bulk
from captionkit.formats._srt_lines import USUAL_TIMING, LineMachine, exact_ms, numbers_from, starts_broken_block
from captionkit.formats._timing import FULL_WIDTH_COLON, MAY_BE_TIMING, recognise
from captionkit.formats.base import Format, Likeness, Reading, on_one_line, written
from captionkit.model import Block, Cue, Diagnostic, Document, timecode

_BLANK = " \t"
_TIMING = re.compile(r"[0-9]{2}:[0-5][0-9]:[0-5][0-9],[0-9]{3} --> [0-9]{2}:[0-5][0-9]:[0-5][0-9],[0-9]{3}")
# Where a cue begins whatever stands above.
_SURE_CUE = re.compile(rf"\n\n(?=[0-9]{{1,9}}\n{_TIMING.pattern}\n)")
# Lines of a text that need the line machine: perhaps a timing line; blank.
_DIRTY_LINE = re.compile(rf"^{MAY_BE_TIMING}", re.MULTILINE)
_BLANK_LINE = re.compile(r"^[ \t]*+$", re.MULTILINE)
_NUMBER = re.compile(r"[0-9]{1,15}")
_WHITE_LINE = re.compile(r"\n[ \t]++(?:\n|\Z)")
_BLANK_TOP = re.compile(r"(?:[ \t]*+\n)*+")

#: Start times, end times, numbers and texts of clean pieces.
_Columns = tuple[Sequence[int], Sequence[int], Sequence[str], Sequence[str]]


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
        self.diagnostics: list[Diagnostic] = []
        #: Pieces of this slab whose timing lines are not quite clean: with dots, or one digit for the hours.
        self.loose: dict[int, re.Match[str]] = {}
        self.machine = LineMachine(text, self.blocks, self.starts, self.diagnostics)

    def reading(self) -> Reading:
        self.diagnostics.sort(key=lambda each: (each.line, each.column))
        return Reading(tuple(self.blocks), self.starts, self.diagnostics)

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
        """Read what begins here, up to the last clean piece, which begins the next slab.

        Returns:
            Where the next slab begins, and the number of its first line.
        """
        text = self.text
        is_last = end == len(text)
        slab = text[begin : end if is_last else end - 2]
        pieces = slab.split("\n\n")
        if len(pieces) * _bulk.SHORTEST > len(slab):
            return begin, line
        offsets = list(accumulate(map((2).__add__, map(len, pieces)), initial=begin))
        lines = list(accumulate(map((2).__add__, map(str.count, pieces, repeat("\n"))), initial=line))
        self.loose.clear()
        rows = list(map(str.split, pieces, repeat("\n"), repeat(2)))
        del pieces
        if is_last:
            # The end of the file is no blank line: the last piece may be anything, and is never clean.
            rows.pop()
        good, columns = self._clean(rows, slab)
        if is_last:
            last = len(rows)
            stop = end
        else:
            last = good[-1] if good else 0
            if last == 0:
                return begin, line
            stop = offsets[last]
        while good and good[-1] >= last:
            good.pop()
        offsets[last + is_last] = stop
        self._emit(good, columns, last + is_last, offsets, lines)
        return stop, lines[last + is_last]

    def _clean(self, rows: list[list[str]], slab: str) -> tuple[list[int], _Columns]:
        """Which pieces are clean, and their times, numbers and texts as columns."""
        good: Sequence[int] = range(len(rows))
        widths = list(map(len, rows))
        if widths.count(3) < len(rows):
            for i in [i for i, width in enumerate(widths) if width == 2]:
                rows[i].append("")  # a cue without text
            good = [i for i, width in enumerate(widths) if width > 1]
        if not good:
            return [], ([], [], (), ())
        numbers, timings, texts = zip(*(rows if len(good) == len(rows) else [rows[i] for i in good]), strict=True)
        starts, ends, unusual = _bulk.times(timings, ",")
        odd: set[int] = set()
        for i in unusual:
            match = USUAL_TIMING.fullmatch(timings[i])
            if match is None or len(match[1]) > 2 or len(match[6]) > 2:
                odd.add(i)
            else:
                self.loose[good[i]] = match
                starts[i], ends[i] = exact_ms(match, 1), exact_ms(match, 6)
        if not _are_numbers(numbers):
            odd.update(compress(count(), map(not_, map(_NUMBER.fullmatch, numbers))))
        # With four colons in each timing line, and no more of them, there is none in a text.
        if odd or len(good) < len(rows) or slab.count(":") != 4 * len(rows):
            odd.update(_with_dirty_line(texts, ":"))
        if not slab.isascii() and FULL_WIDTH_COLON in slab:
            odd.update(_with_dirty_line(texts, FULL_WIDTH_COLON))
        if _WHITE_LINE.search(slab):
            odd.update(i for i, text in enumerate(texts) if _BLANK_LINE.search(text))
        if widths[-1] == 3 and (not texts[-1] or texts[-1][-1] == "\n"):
            odd.add(len(good) - 1)  # the slab was cut off within blank lines; anywhere else these begin the next piece
        if not odd:
            return list(good), (starts, ends, numbers, texts)
        kept = bytearray(b"\1" * len(good))
        for i in odd:
            kept[i] = 0
        columns = tuple(list(compress(column, kept)) for column in (starts, ends, numbers, texts))
        return list(compress(good, kept)), cast(_Columns, columns)

    def _emit(self, good: list[int], columns: _Columns, until: int, offsets: list[int], lines: list[int]) -> None:
        """Make cues of the pieces up to `until` that are clean, and give the others to the line machine.

        Args:
            good: the clean pieces; `columns` begins with theirs.
        """
        if len(good) * 4 < until * 3:
            # So many of them are dirty that hardly a clean run is left.
            self.carefully(offsets[0], offsets[until], lines[0])
            return
        done = taken = 0  # pieces that are done; clean pieces that are done
        if len(good) < until:
            clean = set(good)
            for first, last in _regions([i for i in range(until) if i not in clean]):
                self._cues(columns, taken, offsets, lines, done, first)
                taken += first - done
                self.carefully(offsets[first], offsets[last], lines[first])
                taken += sum(place in clean for place in range(first, last))
                done = last
        self._cues(columns, taken, offsets, lines, done, until)

    def _cues(self, columns: _Columns, taken: int, offsets: list[int], lines: list[int], first: int, last: int) -> None:
        """Make cues of the pieces from `first` to `last`, all clean; in the columns they begin at `taken`."""
        if first >= last:
            return
        taken_to = taken + last - first
        starts, ends, numbers, texts = columns
        numbers = numbers[taken:taken_to]
        at = lines[first:last]
        self.blocks.extend(
            _bulk.cues(
                starts[taken:taken_to],
                ends[taken:taken_to],
                texts[taken:taken_to],
                numbers,
                repeat(""),
                at,
                map((1).__add__, at),
            )
        )
        self.starts.extend(offsets[first:last] if self.starts else [0, *offsets[first + 1 : last]])
        for place, match in self.loose.items():
            if first <= place < last:
                cue = self.blocks[len(self.blocks) - last + place]
                assert type(cue) is Cue
                self.machine.usual_timing(cue, self.machine.cues + place - first + 1, match)
        self.machine.cues += last - first
        self.machine.check_numbers(numbers, self.blocks, len(self.blocks) - len(numbers))


def _are_numbers(numbers: Sequence[str]) -> bool:
    first = numbers[0]
    is_number = first.isascii() and first.isdigit() and len(first) <= 9
    if is_number and list(numbers) == numbers_from(int(first), len(numbers)):
        return True  # they count on: the usual case, and one comparison
    joined = "".join(numbers)
    widths = set(map(len, numbers))
    return joined.isascii() and joined.isdigit() and 0 not in widths and max(widths) <= 15


def _with_dirty_line(texts: Sequence[str], colon: str) -> list[int]:
    """Which texts have a line that may be a timing line with this colon."""
    with_colon = compress(count(), map(contains, texts, repeat(colon)))
    return [i for i in with_colon if _DIRTY_LINE.search(texts[i])]


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

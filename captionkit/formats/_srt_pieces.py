"""A slab of SRT text, taken apart at its blank lines without a look at each line. See `srt`.

A piece is what stands between two blank lines. Its first line, its second and the rest become three columns, by one
regular expression; all that is to be known of the pieces is then found out column by column. The few that are not
quite clean are put right one by one, if it is sure what they mean, or marked as dirty, for the line machine.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate, compress, count, repeat
from operator import add, contains

from captionkit.formats import _bulk
from captionkit.formats._timing import FULL_WIDTH_COLON, MAY_BE_TIMING

# Lines of a text that need the line machine: perhaps a timing line; blank.
_DIRTY_LINE = re.compile(rf"^{MAY_BE_TIMING}", re.MULTILINE)
_BLANK_LINE = re.compile(r"^[ \t]*+$", re.MULTILINE)
_NUMBER = re.compile(r"[0-9]{1,15}")
_NO_DIGIT = re.compile(r"[^0-9]")
_WHITE_LINE = re.compile(r"\n[ \t]++\n")
_LINE_OF_SPACES = re.compile(r"\n  *+\n")  # twice as fast, as it begins with two characters that are known
# A blank line and the piece below it: its first line, its second, and (not matched) the rest.
PIECE = re.compile(r"\n\n(\n*[^\n]*)(?:\n(?!\n)|)([^\n]*)(?:\n(?!\n)|)")
_WIDTH = len("00:00:00,000 --> 00:00:00,000")


class Pieces:
    """A slab, taken apart at its blank lines, as columns; and what is not clean among them.

    Attributes:
        numbers, timings, texts: of each piece that is a cue; of others the first line, the second, and the rest.
        start_times, end_times: in milliseconds; they mean nothing where the head is not clean.
        offsets, lines: where each piece begins, and one more: where what follows the last does.
        timing_lines: the lines of `timings`.
        bare: the pieces that begin with a timing line, without a number, in order.
        more_feeds: for pieces that have more than one blank line above, how many more.
        loose: pieces whose timing lines are not quite as they should be, by the shape of both times, in order.
        headless: the pieces that surely do not begin a cue, or may not.
        dirty: these, and those whose texts are not clean.
    """

    __slots__ = (
        "bare", "dirty", "end_times", "headless", "lines", "loose", "more_feeds", "numbers", "offsets", "start_times",
        "texts", "timing_lines", "timings",
    )  # fmt: skip

    def __init__(self, numbers: list[str], timings: list[str], texts: list[str]) -> None:
        self.numbers = numbers
        self.timings = timings
        self.texts = texts
        self.offsets = array("q")
        self.lines: list[int] = []
        self.timing_lines: list[int] = []
        self.start_times: list[int] = []
        self.end_times: list[int] = []
        self.bare: list[int] = []
        self.more_feeds: dict[int, int] = {}
        self.loose: dict[_bulk.Shape, list[int]] = {}
        self.headless: set[int] = set()
        self.dirty: set[int] = set()

    def measure(self, begin: int, line: int) -> None:
        """Find out where the pieces begin, and what stands in which column."""
        numbers, timings, texts = self.numbers, self.timings, self.texts
        widths = list(map(len, numbers))
        sizes = list(map(add, widths, map(len, texts)))
        heights = list(map(str.count, texts, repeat("\n")))
        if "" in texts:
            for i in [i for i, text in enumerate(texts) if not text]:
                sizes[i] -= 1
                heights[i] -= 1
        odd = _without_number(numbers, widths)
        for i in odd:
            if not timings[i]:
                sizes[i] -= 1
                heights[i] -= 1
            sizes[i] += len(timings[i]) - _WIDTH
            self._odd_first_line(i)
            if i in self.more_feeds:
                heights[i] += self.more_feeds[i]
        self.start_times, self.end_times, unusual = _bulk.times(timings, ",")
        if unusual:
            known = set(odd)
            for i, start, end, shape in zip(
                unusual, *_bulk.loose_times([timings[i] for i in unusual]), strict=True
            ):  # fmt: skip
                if i not in known:
                    if not timings[i]:
                        sizes[i] -= 1
                        heights[i] -= 1
                    sizes[i] += len(timings[i]) - _WIDTH
                if shape is None:
                    self.headless.add(i)
                else:
                    self.loose.setdefault(shape, []).append(i)
                    self.start_times[i], self.end_times[i] = start, end
        # Four line ends: after the number, after the timing line, after the text, and the blank line.
        self.offsets = array("q", accumulate(map((_WIDTH + 4).__add__, sizes), initial=begin))
        heights = list(map((4).__add__, heights))
        self.lines = list(accumulate(heights, initial=line))
        self.timing_lines = list(accumulate(heights, initial=line + 1))
        for i in self.bare:
            self.timing_lines[i] -= 1
        for i, feeds in self.more_feeds.items():
            self.offsets[i] += feeds
            self.lines[i] += feeds
            self.timing_lines[i] += feeds

    def _odd_first_line(self, i: int) -> None:
        """Put the lines of a piece whose first line is not just a number into their columns."""
        first = self.numbers[i].lstrip("\n")
        if i and len(first) < len(self.numbers[i]) and first:
            self.more_feeds[i] = len(self.numbers[i]) - len(first)
        if ":" in first:
            self.texts[i] = f"{self.timings[i]}\n{self.texts[i]}" if self.texts[i] else self.timings[i]
            self.timings[i] = first
            self.numbers[i] = ""
            self.bare.append(i)
        elif _NUMBER.fullmatch(first):
            self.numbers[i] = first
        else:
            self.headless.add(i)

    def end(self, end: int) -> int:
        """Where the file ends, so does the last piece, without a blank line; return how many pieces there are."""
        count = len(self.texts)
        if not (self.numbers[-1] or self.timings[-1]):
            count -= 1  # a blank line; there is nothing below
            self.headless.discard(count)
        else:
            self.texts[-1] = self.texts[-1].removesuffix("\n")
            if self.texts[-1] and _BLANK_LINE.search(self.texts[-1]):
                self.dirty.add(count - 1)
        self.offsets[count] = end
        return count

    def find_dirty(self, slab: str) -> None:
        """Find the texts in which a line may be taken for something else, and the heads below that hang on them."""
        texts, dirty = self.texts, self.dirty
        dirty |= self.headless
        dirty.update(_with_dirty_line(texts, ":"))
        if not slab.isascii() and FULL_WIDTH_COLON in slab:
            dirty.update(_with_dirty_line(texts, FULL_WIDTH_COLON))
        if (_WHITE_LINE if "\t" in slab else _LINE_OF_SPACES).search(slab):
            dirty.update(i for i, text in enumerate(texts) if text and _BLANK_LINE.search(text))
        # A number that stands alone above may belong to a timing line without one.
        below = [i for i in self.bare if i - 1 in dirty]
        dirty.update(below)
        self.headless.update(below)


def _without_number(numbers: list[str], widths: list[int]) -> list[int]:
    """Which first lines are no numbers, or have more digits than any counter."""
    joined = "".join(numbers)
    # A first line is empty only where nothing follows a blank line, at the very end.
    if joined.isascii() and joined.isdigit() and max(widths) <= 15 and widths[-1]:
        return []
    ends = list(accumulate(widths))
    suspects = [i for i, width in enumerate(widths) if not 0 < width <= 15]
    match = _NO_DIGIT.search(joined)
    while match is not None:
        suspects.append(bisect_right(ends, match.start()))
        match = _NO_DIGIT.search(joined, ends[suspects[-1]])
    return sorted(set(suspects))


def _with_dirty_line(texts: Sequence[str], colon: str) -> list[int]:
    """Which texts have a line that may be a timing line with this colon."""
    with_colon = compress(count(), map(contains, texts, repeat(colon)))
    return [i for i in with_colon if _DIRTY_LINE.search(texts[i])]

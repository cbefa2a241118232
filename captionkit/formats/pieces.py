"""How the readers cut a text: at each place where a cue surely begins, with one expression.

Between two such places stands the text of the first cue, unless it is odd: then the piece goes to the code that knows
all that the format has. Nearly all pieces of nearly all files are cues, so these are made a column at a time.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from itertools import repeat
from operator import add
from typing import ClassVar

from captionkit.findings import finding
from captionkit.formats.base import slabs
from captionkit.model import Block, Cue, Diagnostic, Fix

Fields = Sequence[str]


class PieceReader(ABC):
    """Reads a text into `blocks`.

    Attributes:
        HEAD: a blank line, further blank lines (the first group), then a timing line and what may stand above it. Its
            groups but the first, the text below it, and the further blank lines below that are the fields of a piece.
        SLAB_END: where a long text may be cut, right behind a match.
    """

    HEAD: ClassVar[re.Pattern[str]]
    SLAB_END: ClassVar[re.Pattern[str]]

    def __init__(self, text: str) -> None:
        self.text = text
        self.blocks: list[Block] = []

    @abstractmethod
    def cut(self, slab: str) -> tuple[list[str], Sequence[bool]]:
        """Cut part of the text, above which stands a blank line, at each head.

        Returns:
            What `HEAD.split` gives. And whether it is odd, for what stands above the first head and for each piece; ()
            if nothing is.
        """

    @abstractmethod
    def add_cues(self, fields: Fields, line: int) -> int:
        """Add the cues that have these fields, the first in this line, and return the line below them."""

    @abstractmethod
    def add_others(self, begin: int, end: int, line: int) -> None:
        """Add the blocks of a stretch of odd pieces, which begins in this line."""

    def read(self, at: int, line: int) -> None:
        """Read the text from `at`, where line `line` begins, which is not blank."""
        text = self.text
        for begin, end in slabs(text, at, self.SLAB_END):
            slab = f"\n\n{text[begin:end]}".rstrip("\n")
            pieces, is_odd = self.cut(slab)
            pieces.append("\n" * (end - begin - len(slab)))
            if True not in is_odd:
                line = self.add_cues(pieces[2:], line)
                continue
            count = self.HEAD.groups + 1
            places = [begin, *[begin + match.end(1) - 2 for match in self.HEAD.finditer(slab)], end]
            first = 0 if pieces[0] else 1
            while first < len(is_odd):
                last = first + 1
                while last < len(is_odd) and is_odd[last] == is_odd[first]:
                    last += 1
                if is_odd[first]:
                    self.add_others(places[first], places[last], line)
                    line += text.count("\n", places[first], places[last])
                else:
                    line = self.add_cues(pieces[2 + (first - 1) * count : 2 + (last - 1) * count], line)
                first = last


class BlockMachine(ABC):
    """What both line machines have: the text, the blocks read so far, and what was found wrong with them."""

    def __init__(self, text: str, blocks: list[Block]) -> None:
        self.text = text
        self.blocks = blocks
        self.findings: list[Diagnostic] = []

    @abstractmethod
    def number(self) -> int:
        """The number of the last cue so far."""

    def find(
        self,
        code: str,
        message: str,
        line: int,
        column: int = 0,
        cue: Cue | None = None,
        hint: str = "",
        fix: Fix | None = None,
    ) -> None:
        """Add a finding. `cue` is the last cue so far, where it is about that."""
        number, time = (self.number(), cue.start) if cue is not None else (None, None)
        self.findings.append(finding(code, message, line, column, cue=number, time=time, hint=hint, fix=fix))


def heights(names: Fields, texts: Fields, blank: Fields) -> list[int]:
    """How many lines there are from each cue with these fields to what follows it.

    Args:
        names: their identifiers; None for none.
        blank: the blank lines beyond the first that follow each.
    """
    # Identifier, timing line, text, blank line.
    found = [text.count("\n") + 4 if "\n" in text else 4 for text in texts]
    if "" in texts:
        found = [height - (not text) for height, text in zip(found, texts, strict=True)]
    if None in names:
        found = [height - (not name) for height, name in zip(found, names, strict=True)]
    return list(map(add, found, map(len, blank))) if any(blank) else found


def cues(
    names: Fields,
    starts: Sequence[int],
    ends: Sequence[int],
    settings: Iterable[str],
    texts: Fields,
    lines: Sequence[int],
) -> list[Cue]:
    """The cues of these columns.

    Args:
        names: their identifiers; None for none.
        lines: the first line of each.
    """
    timing_lines: Iterable[int] = map((1).__add__, lines)
    if None in names:
        timing_lines = [at + 1 if name else at for name, at in zip(names, lines, strict=True)]
        names = [name or "" for name in names]
    rows = zip(starts, ends, texts, names, settings, lines, timing_lines, strict=False)  # settings may be endless
    return list(map(tuple.__new__, repeat(Cue), rows))

"""What a reader finds, in order, without an object for each finding where they are many and alike.

Theory of operation. A file may have the same fault in every cue: a dot for a comma, no number. A finding takes more
memory than such a cue, and nobody may ever look at it. So where a fault is found in many cues at once, only what tells
the findings apart is kept, as columns (`Alike`), and a finding is made each time it is looked at (`Findings`). A reader
goes through a file from top to bottom and calls `Found.close` now and then; what was found between two such calls is
sorted by itself when it is looked at, and what was found later stands further below in the file.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain, repeat
from operator import itemgetter
from typing import NamedTuple, overload

from captionkit.formats._bulk import diagnostics
from captionkit.formats.base import READER_CODES
from captionkit.model import Diagnostic

#: Fewer than this at once are made at once: any real file is read so.
FEW = 200

#: Of a diagnostic: line, column and code. By these findings are sorted; no two of a reader have all the same.
PLACE = itemgetter(3, 4, 0)


class Alike(NamedTuple):
    """Findings that are the same but for their places.

    Attributes:
        code, column, hint: of all.
        messages: one for all, or one each.
        lines: where they are, in order.
        cues, times: the numbers of the cues and their starts in milliseconds; None where they are about no cue.
    """

    code: str
    messages: str | Sequence[str]
    column: int
    lines: Sequence[int]
    cues: Sequence[int] | None = None
    times: Sequence[int] | None = None
    hint: str = ""

    def made(self, path: str = "") -> Iterator[Diagnostic]:
        """The findings."""
        code, messages, column, lines, cues, times, hint = self
        return diagnostics(
            repeat(code), repeat(READER_CODES[code]), repeat(messages) if isinstance(messages, str) else messages,
            lines, repeat(column), repeat(0), repeat(0), repeat(None) if cues is None else cues,
            repeat(None) if times is None else times, repeat(hint), repeat(path),
        )  # fmt: skip


class _Part(NamedTuple):
    """What was found in a part of the file: findings, in no order, and those that are yet to be made."""

    ones: list[Diagnostic]
    many: list[Alike]

    @property
    def first(self) -> int:
        """The first line that something was found in."""
        return min(chain((each.line for each in self.ones), (alike.lines[0] for alike in self.many)))

    @property
    def size(self) -> int:
        return len(self.ones) + sum(len(alike.lines) for alike in self.many)


class Found:
    """Takes what a reader finds."""

    __slots__ = ("_many", "_ones", "_parts", "append")

    def __init__(self) -> None:
        self._ones: list[Diagnostic] = []
        self._many: list[Alike] = []
        self._parts: list[_Part] = []
        self.append = self._ones.append

    def alike(self, alike: Alike) -> None:
        """Take many at once."""
        if len(alike.lines) < FEW:
            self._ones.extend(alike.made())
        else:
            self._many.append(alike)

    def close(self) -> None:
        """Say that all that is found from now on stands below all that has been found."""
        if self._many:
            self._parts.append(_Part(self._ones, self._many))
            self._ones, self._many = [], []
            self.append = self._ones.append

    def told(self) -> set[int]:
        """The lines in which something was found that was not found in many at once."""
        return {each.line for part in [*self._parts, _Part(self._ones, [])] for each in part.ones}

    def in_order(self) -> Sequence[Diagnostic]:
        """All that was found, by place."""
        if not self._parts and not self._many:
            self._ones.sort(key=PLACE)
            return self._ones
        parts = [*self._parts, _Part(self._ones, self._many)] if self._ones or self._many else self._parts
        return Findings(parts)


class Findings(Sequence[Diagnostic]):
    """Findings in order, most of them made when they are looked at."""

    __slots__ = ("_ends", "_last", "_parts", "_path")

    def __init__(self, parts: list[_Part], path: str = "") -> None:
        self._parts = parts
        self._path = path
        self._ends = list(accumulate(part.size for part in parts))
        self._last: tuple[int, list[Diagnostic]] = (
            -1,
            [],
        )  # the part that was looked into last: its number and findings

    def together(self, others: Iterable[Diagnostic], path: str) -> Findings:
        """These and others, in order, all with this path."""
        parts = [_Part(list(part.ones), part.many) for part in self._parts]
        firsts = [part.first for part in parts]
        for other in others:
            parts[max(bisect_right(firsts, other.line) - 1, 0)].ones.append(other)
        return Findings(parts, path)

    def _made(self, part: _Part) -> list[Diagnostic]:
        path = self._path
        lines = part.many[0].lines if part.many else ()
        if not part.ones and all(alike.lines is lines for alike in part.many):
            # All in the same lines: no need to sort the findings, only the kinds.
            kinds = sorted(part.many, key=itemgetter(2, 0))
            return list(chain.from_iterable(zip(*[alike.made(path) for alike in kinds], strict=True)))
        made = [each._replace(path=path) for each in part.ones] if path else list(part.ones)
        for alike in part.many:
            made += alike.made(path)
        made.sort(key=PLACE)
        return made

    def __len__(self) -> int:
        return self._ends[-1]

    def __iter__(self) -> Iterator[Diagnostic]:
        return chain.from_iterable(map(self._made, self._parts))

    @overload
    def __getitem__(self, place: int) -> Diagnostic: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Diagnostic, ...]: ...
    def __getitem__(self, place: int | slice) -> Diagnostic | tuple[Diagnostic, ...]:
        if isinstance(place, slice):
            return tuple(self)[place]
        at = place + len(self) if place < 0 else place
        if not 0 <= at < len(self):
            raise IndexError(place)
        number = bisect_right(self._ends, at)
        if self._last[0] != number:
            self._last = (number, self._made(self._parts[number]))
        return self._last[1][at - self._ends[number]]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(a == b for a, b in zip(self, other, strict=True))

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))


def together(found: Sequence[Diagnostic], others: Iterable[Diagnostic], path: str = "") -> Sequence[Diagnostic]:
    """Findings in order and others, all in order, and all with this path."""
    others = list(others)
    if isinstance(found, Findings):
        return found.together(others, path)
    if others:
        found = sorted([*others, *found], key=PLACE)
    return [each._replace(path=path) for each in found] if path else found

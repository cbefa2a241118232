"""Where an offset of a text stands, as line and column. Pure."""

from __future__ import annotations

from bisect import bisect_right


class Places:
    """The lines of one text, found once: a thousand findings in it do not count its line ends a thousand times."""

    def __init__(self, text: str) -> None:
        self._starts = [0]
        at = text.find("\n")
        while at >= 0:
            self._starts.append(at + 1)
            at = text.find("\n", at + 1)

    def at(self, offset: int) -> tuple[int, int]:
        """How many line ends stand before the offset, and the column there, from 1."""
        line = bisect_right(self._starts, offset) - 1
        return line, offset - self._starts[line] + 1

"""The difference of two texts line by line, in about linear time whatever the lines are. Pure.

Theory of operation. What both texts begin and end with is set aside. In what is left, lines that stand once in each
text are anchors, of which the longest run in order is kept (patience diff); between two anchors this is done again, and
what then has no anchor is matched by "the third blank line here is the third blank line there". `difflib` looks for the
longest common run again and again, which takes the square of the lines for a caption file and more for equal lines.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

#: Lines around a change, as `diff -u` shows them.
CONTEXT = 3


class Run(NamedTuple):
    """Lines `begin` to `end` of the old text against `other_begin` to `other_end` of the new one."""

    same: bool
    begin: int
    end: int
    other_begin: int
    other_end: int


def unified(old: Sequence[str], new: Sequence[str], old_name: str, new_name: str, context: int = CONTEXT) -> list[str]:
    """A unified diff, as `patch` takes it; no lines where nothing differs."""
    lines: list[str] = []
    for hunk in _hunks(runs(old, new), context):
        first, last = hunk[0], hunk[-1]
        before, after = _span(first.begin, last.end), _span(first.other_begin, last.other_end)
        lines.append(f"@@ -{before} +{after} @@")
        for run in hunk:
            if run.same:
                lines += [f" {line}" for line in old[run.begin : run.end]]
            else:
                lines += [f"-{line}" for line in old[run.begin : run.end]]
                lines += [f"+{line}" for line in new[run.other_begin : run.other_end]]
    return [f"--- {old_name}", f"+++ {new_name}", *lines] if lines else []


def runs(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[Run]:
    """Both texts cut into runs that are the same and runs that are not, by turns; they tile both."""
    found: list[Run] = []
    i = j = 0
    for left, right in chain(_matches(old, new), ((len(old), len(new)),)):
        if i < left or j < right:
            found.append(Run(False, i, left, j, right))
        if left < len(old):
            last = found[-1] if found else None
            if last is not None and last.same:
                found[-1] = last._replace(end=left + 1, other_end=right + 1)
            else:
                found.append(Run(True, left, left + 1, right, right + 1))
        i, j = left + 1, right + 1
    return found


def anchors(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[tuple[int, int]]:
    """The places of what stands once in each of two rows, as many as are in the same order in both."""
    counts, others = Counter(old), Counter(new)
    places = {line: place for place, line in enumerate(new) if others[line] == 1}
    return _longest_ascending([(n, places[line]) for n, line in enumerate(old) if counts[line] == 1 and line in places])


def _longest_ascending(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest row of these that ascends in its second number, by patience sorting; the first ascends already."""
    tops: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for place, (_, right) in enumerate(pairs):
        pile = bisect_left(tops, right)
        before.append(ends[pile - 1] if pile else -1)
        if pile == len(tops):
            tops.append(right)
            ends.append(place)
        else:
            tops[pile], ends[pile] = right, place
    row: list[tuple[int, int]] = []
    place = ends[-1] if ends else -1
    while place >= 0:
        row.append(pairs[place])
        place = before[place]
    return row[::-1]


#: How often lines that stand once are looked for between those found before.
_ROUNDS = 2


def _matches(old: Sequence[Hashable], new: Sequence[Hashable]) -> Iterator[tuple[int, int]]:
    return _between(old, new, (0, len(old)), (0, len(new)), _ROUNDS)


def _between(
    old: Sequence[Hashable], new: Sequence[Hashable], left: tuple[int, int], right: tuple[int, int], rounds: int
) -> Iterator[tuple[int, int]]:
    (i, i_end), (j, j_end) = left, right
    while i < i_end and j < j_end and old[i] == new[j]:
        yield i, j
        i, j = i + 1, j + 1
    tail = 0
    while i < i_end - tail and j < j_end - tail and old[i_end - tail - 1] == new[j_end - tail - 1]:
        tail += 1
    i_end, j_end = i_end - tail, j_end - tail
    if i < i_end and j < j_end:
        if rounds:
            a, b = i, j
            for x, y in [*((i + x, j + y) for x, y in anchors(old[i:i_end], new[j:j_end])), (i_end, j_end)]:
                yield from _between(old, new, (a, x), (b, y), rounds - 1)
                if x < i_end:
                    yield x, y
                a, b = x + 1, y + 1
        else:
            yield from ((i + x, j + y) for x, y in anchors(_counted(old[i:i_end]), _counted(new[j:j_end])))
    yield from ((i_end + n, j_end + n) for n in range(tail))


def _counted(lines: Sequence[Hashable]) -> list[Hashable]:
    """Each line with how often it stood before, so that each stands once."""
    seen: Counter[Hashable] = Counter()
    counted: list[Hashable] = []
    for line in lines:
        counted.append((line, seen[line]))
        seen[line] += 1
    return counted


def _hunks(found: Sequence[Run], context: int) -> Iterator[list[Run]]:
    """The runs that differ, each with some lines around; those whose lines around would touch are one."""
    hunk: list[Run] = []
    for number, run in enumerate(found):
        if not run.same:
            hunk.append(run)
            continue
        length = run.end - run.begin
        head = min(length, context) if number else 0  # after the change before it
        tail = min(length, context) if number + 1 < len(found) else 0  # before the change after it
        if number and number + 1 < len(found) and length <= 2 * context:
            hunk.append(run)
            continue
        if hunk:
            if head:
                hunk.append(run._replace(end=run.begin + head, other_end=run.other_begin + head))
            yield hunk
        hunk = [run._replace(begin=run.end - tail, other_begin=run.other_end - tail)] if tail else []
    if any(not run.same for run in hunk):
        yield hunk


def _span(begin: int, end: int) -> str:
    """A range of lines as a hunk's head writes it: from 1, and the line before it where it is empty."""
    length = end - begin
    if length == 1:
        return f"{begin + 1}"
    return f"{begin + 1 if length else begin},{length}"

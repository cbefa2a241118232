"""What changed between two caption files, cue by cue, and how far their timing drifts apart.

Theory of operation. Cues are matched by their words first: words that stand once in each file are anchors, of which the
longest run that is in order in both is kept (as patience diff does). Between two anchors, cues with equal words are
matched in order, and what is left over by the times at which it is on the screen. So a cue that was reworded is still
known by its time, one that was moved by its words. The time is that of sorting, whatever the files.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from captionkit.conversion.viewer import RenderedCue, rendered
from captionkit.line_diff import anchors
from captionkit.model import Document

#: Two cues with other words are taken for one that was reworded if they share at least this much of the longer one.
_SHARED_TIME = 0.5


class Change(NamedTuple):
    """One cue that is not the same in both files.

    Attributes:
        kinds: "moved", "reworded", "restyled" (markup or place), or "added" or "removed" alone.
        old, new: the cue's number in each file, from 1; None where it is not there.
        before, after: what viewers see of it in each file; None where it is not there.
    """

    kinds: tuple[str, ...]
    old: int | None
    new: int | None
    before: RenderedCue | None
    after: RenderedCue | None


class Drift(NamedTuple):
    """The straight line through the start times of the matched cues: new = old * ratio + offset_ms.

    Attributes:
        first_ms, last_ms: how much later the first and the last matched cue start in the new file.
        largest_error_ms: how far a cue is from the line at most. Small: one shift or retime brings the files together.
    """

    ratio: float
    offset_ms: float
    first_ms: int
    last_ms: int
    largest_error_ms: float


@dataclass(frozen=True, slots=True)
class Difference:
    """The changes in the order of the new file, removed cues where they stood, and the drift of what is in both."""

    changes: tuple[Change, ...]
    matched: int
    drift: Drift | None

    def count(self, kind: str) -> int:
        """How many cues changed in this way."""
        return sum([kind in change.kinds for change in self.changes])

    def __repr__(self) -> str:
        """`<Difference: 2 moved, 1 added; 73 cues are the same>`"""
        kinds = ("moved", "reworded", "restyled", "added", "removed")
        changed = ", ".join(f"{number:,} {kind}" for kind in kinds if (number := self.count(kind))) or "none"
        same = self.matched - sum([change.old is not None and change.new is not None for change in self.changes])
        return f"<Difference: {changed}; {same:,} cue{' is' if same == 1 else 's are'} the same>"


def diff(old: Document, new: Document) -> Difference:
    """Compare what viewers see of two documents. They may be of different formats."""
    a, b = rendered(old), rendered(new)
    pairs = _pairs(a, b)
    changes: list[Change] = []
    i = j = 0
    for left, right in [*pairs, (len(a), len(b))]:
        changes += [Change(("removed",), n + 1, None, a[n], None) for n in range(i, left)]
        changes += [Change(("added",), None, n + 1, None, b[n]) for n in range(j, right)]
        i, j = left + 1, right + 1
        if left < len(a) and (kinds := _kinds(a[left], b[right])):
            changes.append(Change(kinds, left + 1, right + 1, a[left], b[right]))
    return Difference(tuple(changes), len(pairs), _drift([(a[m].start, b[n].start) for m, n in pairs]))


def _kinds(before: RenderedCue, after: RenderedCue) -> tuple[str, ...]:
    kinds: list[str] = []
    if before[:2] != after[:2]:
        kinds.append("moved")
    if before.text != after.text:
        kinds.append("reworded")
    elif before.styled != after.styled or before.settings != after.settings:
        kinds.append("restyled")
    return tuple(kinds)


def _pairs(a: tuple[RenderedCue, ...], b: tuple[RenderedCue, ...]) -> list[tuple[int, int]]:
    """The places of cues that are the same cue, ascending in both files."""
    pairs: list[tuple[int, int]] = []
    i = j = 0
    for left, right in [*anchors([cue.text for cue in a], [cue.text for cue in b]), (len(a), len(b))]:
        pairs += _between_anchors(a, b, (i, left), (j, right))
        if left < len(a):
            pairs.append((left, right))
        i, j = left + 1, right + 1
    return pairs


def _between_anchors(
    a: tuple[RenderedCue, ...], b: tuple[RenderedCue, ...], left: tuple[int, int], right: tuple[int, int]
) -> list[tuple[int, int]]:
    """The pairs between two anchors, by walking both files once."""
    (i, i_end), (j, j_end) = left, right
    head: list[tuple[int, int]] = []
    while i < i_end and j < j_end and a[i].text == b[j].text:
        head.append((i, j))
        i, j = i + 1, j + 1
    tail: list[tuple[int, int]] = []
    while i < i_end and j < j_end and a[i_end - 1].text == b[j_end - 1].text:
        i_end, j_end = i_end - 1, j_end - 1
        tail.append((i_end, j_end))
    # Without anchors in time, the pairs found so far say how much later the cues of `b` are here.
    later = b[head[-1][1]].start - a[head[-1][0]].start if head else 0
    if not head and i and j and a[i - 1].text == b[j - 1].text:
        later = b[j - 1].start - a[i - 1].start
    middle: list[tuple[int, int]] = []
    while i < i_end and j < j_end:
        if a[i].text == b[j].text or _share_time(a[i], b[j], later) or i_end - i == j_end - j == 1:
            middle.append((i, j))
            later = b[j].start - a[i].start if a[i].text == b[j].text else later
            i, j = i + 1, j + 1
        elif a[i].start + later <= b[j].start:
            i += 1
        else:
            j += 1
    return [*head, *middle, *reversed(tail)]


def _share_time(one: RenderedCue, other: RenderedCue, later: int) -> bool:
    start, end = one.start + later, one.end + later
    shared = min(end, other.end) - max(start, other.start)
    longer = max(end - start, other.end - other.start)
    return shared >= _SHARED_TIME * longer if longer > 0 else start == other.start


def _drift(times: list[tuple[int, int]]) -> Drift | None:
    """The line of least squares through these (old, new) times; None for none."""
    if not times:
        return None
    n = len(times)
    mean_old, mean_new = sum([old for old, _ in times]) / n, sum([new for _, new in times]) / n
    spread = sum([(old - mean_old) ** 2 for old, _ in times])
    slope = sum([(old - mean_old) * (new - mean_new) for old, new in times]) / spread if spread else 1.0
    offset = mean_new - slope * mean_old
    errors = [abs(new - (slope * old + offset)) for old, new in times]
    first, last = times[0], times[-1]
    return Drift(slope, offset, first[1] - first[0], last[1] - last[0], max(errors))


#: Ratios that have a cause: what a file was made for, and what it is shown with.
KNOWN_RATIOS = (
    (25 / 24, "made for 25 frames a second, shown with 24"),
    (24 / 25, "made for 24 frames a second, shown with 25"),
    (1001 / 1000, "made for 24 or 30 frames a second, shown with 23.976 or 29.97"),
    (1000 / 1001, "made for 23.976 or 29.97 frames a second, shown with 24 or 30"),
    (25025 / 24000, "made for 25 frames a second, shown with 23.976"),
    (24000 / 25025, "made for 23.976 frames a second, shown with 25"),
)


def cause_of(ratio: float) -> str:
    """What a drift of this ratio probably comes from; "" for no known cause."""
    return next((cause for known, cause in KNOWN_RATIOS if abs(ratio - known) < 0.0002), "")

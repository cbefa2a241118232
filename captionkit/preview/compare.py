"""Two caption files side by side: which cue stands against which, and how they differ. Pure.

Theory of operation. What both say in the same words is found first, by runs of the same cue texts; those cues are
partners however far their times have moved. What lies between two such runs is paired by time: two cues
are partners if they share more than half of the shorter one. So a corrected copy is compared by its words, and a
translation, which has none of them, by its times. Words are marked one by one only where most of them are the same: in
a translation that would be noise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple, Protocol

from captionkit.line_diff import anchors


class Timed(Protocol):
    """What is compared; `captionkit.preview.lanes.LaneCue` is one."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def text(self) -> str: ...


class Words(NamedTuple):
    """A run of words. `how` is "=" in both, "-" only in the first, "+" only in the second."""

    how: str
    text: str


class Row(NamedTuple):
    """Two partners, or a cue that has none.

    Attributes:
        first, second: indices; None on the side that has no such cue.
        kind: "same", "moved", "reworded", "different" (other words altogether), "only first", "only second", "within"
            (of a translation: shown while a cue of the other side is, which has another partner).
        note: the difference in words; "" for none.
        words: for "reworded", what was kept, taken out and put in.
    """

    first: int | None
    second: int | None
    kind: str
    note: str = ""
    words: tuple[Words, ...] = ()


#: Times that differ by less cannot be seen: half a frame at 25 a second.
_SAME_MS = 20
#: How alike the words of two cues must be to be marked one by one.
_ALIKE = 0.4


def compare(first: Sequence[Timed], second: Sequence[Timed], *, translated: bool = False) -> list[Row]:
    """The cues of both, side by side, in the order of time.

    Args:
        translated: that they are in different languages: then other words are to be expected, and only times compared.
    """
    ours = sorted(range(len(first)), key=lambda i: first[i].start)
    theirs = sorted(range(len(second)), key=lambda i: second[i].start)
    keys = [_key(first[i].text) for i in ours], [_key(second[j].text) for j in theirs]
    rows: list[Row] = []
    for same, a, b, c, d in _runs(*keys):
        if same:
            rows += [_pair(first, second, i, j, translated) for i, j in zip(ours[a:b], theirs[c:d], strict=True)]
        else:
            rows += _by_time(first, second, ours[a:b], theirs[c:d], translated)
    return rows


#: Between two anchors difflib may compare so many pairs; it takes their number, and more where texts repeat.
_FEW = 40_000


def _runs(a: Sequence[str], b: Sequence[str]) -> Iterator[tuple[bool, int, int, int, int]]:
    """Both lists cut into pieces that are the same and pieces that are not, in order: (same, from, to, from, to).

    Texts that stand once in both are anchors, as in a patience diff, and reach as far as their neighbours are the same.
    Only what lies between is left to difflib, and too much of that to nobody: a file that says "Yes." a thousand times
    would take it minutes.
    """
    i = j = 0
    for x, y in [*anchors(a, b), (len(a), len(b))]:
        if x < i or y < j:
            continue  # within the run of the anchor before
        start, other = x, y
        while start > i and other > j and a[start - 1] == b[other - 1]:
            start, other = start - 1, other - 1
        yield from _between(a, b, i, start, j, other)
        i, j = x, y
        while i < len(a) and j < len(b) and a[i] == b[j]:
            i, j = i + 1, j + 1
        if i > start:
            yield True, start, i, other, j


def _between(
    a: Sequence[str], b: Sequence[str], i: int, to: int, j: int, other: int
) -> Iterator[tuple[bool, int, int, int, int]]:
    if (to - i) * (other - j) > _FEW:
        yield False, i, to, j, other
    elif i < to or j < other:
        for how, w, x, y, z in SequenceMatcher(None, a[i:to], b[j:other], autojunk=False).get_opcodes():
            yield how == "equal", i + w, i + x, j + y, j + z


def _key(text: str) -> str:
    return " ".join(text.split())


def _by_time(
    first: Sequence[Timed], second: Sequence[Timed], ours: list[int], theirs: list[int], translated: bool
) -> Iterator[Row]:
    j = 0
    for i in ours:
        while (
            j < len(theirs)
            and not _together(first[i], second[theirs[j]])
            and _middle(second[theirs[j]]) < _middle(first[i])
        ):
            yield _alone(None, theirs[j], second[theirs[j]], first, translated)
            j += 1
        if j < len(theirs) and _together(first[i], second[theirs[j]]):
            yield _pair(first, second, i, theirs[j], translated)
            j += 1
        else:
            yield _alone(i, None, first[i], second, translated)
    for left in theirs[j:]:
        yield _alone(None, left, second[left], first, translated)


def _alone(i: int | None, j: int | None, cue: Timed, others: Sequence[Timed], translated: bool) -> Row:
    # A translator makes one cue of two: what it says is there, though it has no cue of its own.
    if translated and any(_together(cue, other) for other in others):
        return Row(i, j, "within", "within another cue")
    return Row(i, j, "only second", "only in the second") if i is None else Row(i, j, "only first", "only in the first")


def _middle(cue: Timed) -> float:
    return (cue.start + cue.end) / 2


def _together(one: Timed, other: Timed) -> bool:
    shared = min(one.end, other.end) - max(one.start, other.start)
    shorter = min(one.end - one.start, other.end - other.start)
    return shared * 2 > shorter or (shorter <= 0 and abs(one.start - other.start) <= _SAME_MS)


def _pair(first: Sequence[Timed], second: Sequence[Timed], i: int, j: int, translated: bool) -> Row:
    one, other = first[i], second[j]
    notes = []
    words: tuple[Words, ...] = ()
    kind = "same"
    if not translated and _key(one.text) != _key(other.text):
        words = _words(one.text, other.text)
        kind = "reworded" if words else "different"
        notes.append("reworded" if words else "other words")
    start, end = other.start - one.start, other.end - one.end
    if abs(start) > _SAME_MS or abs(end) > _SAME_MS:
        kind = "moved" if kind == "same" else kind
        if abs(start - end) <= _SAME_MS:
            notes.append(f"{_seconds(start)} {'later' if start > 0 else 'earlier'}")
        else:
            notes += [f"{what} {_seconds(by)} {'later' if by > 0 else 'earlier'}"
                      for what, by in (("starts", start), ("ends", end)) if abs(by) > _SAME_MS]  # fmt: skip
    elif kind == "same" and not translated and one.text != other.text:
        notes.append("other line breaks")
    return Row(i, j, kind, ", ".join(notes), words)


def _seconds(ms: int) -> str:
    return f"{abs(ms) / 1000:.2f} s"


_WORD = re.compile(r"\s+|\w+|[^\w\s]")


def _words(one: str, other: str) -> tuple[Words, ...]:
    """The second text marked against the first; () where they have too little in common."""
    a, b = _WORD.findall(one), _WORD.findall(other)
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    if matcher.ratio() < _ALIKE:
        return ()
    found = []
    for how, i, j, k, m in matcher.get_opcodes():
        if how == "equal":
            found.append(Words("=", "".join(b[k:m])))
            continue
        if i < j:
            found.append(Words("-", "".join(a[i:j])))
        if k < m:
            found.append(Words("+", "".join(b[k:m])))
    return tuple(found)

"""Moving captions in time: shift, retime, merge, split. On both formats, keeping all that is not time.

Times are whole milliseconds. Scaling is exact and rounds to the nearest millisecond, halves up (`linear`). Timestamps
within WebVTT cue text (`<00:00:01.500>`) move with their cue. What WebVTT notes carry for the way back to SRT stays
valid, because it is tied to words and place and not to times.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from captionkit import hls
from captionkit.class_names import clashes, for_all_cues, meanings, renamed_cue, renamed_style
from captionkit.errors import ContentError, UsageError
from captionkit.hls import timestamp_map
from captionkit.model import Block, Cue, Document, Header, Note, Region, Style
from captionkit.patterns import pattern
from captionkit.timecode import parse_time, timecode

if TYPE_CHECKING:
    from fractions import Fraction

__all__ = [
    "append_offsets",
    "frame_rate",
    "merge",
    "merged",
    "parse_time",
    "retime",
    "retime_each",
    "shift",
    "split",
    "through_points",
    "without_inner_headers",
]

_STAMP = pattern(r"<([0-9]+(?::[0-9]{2}){1,2}\.[0-9]{3})>")

#: Frame rates by the names people use for them. The broken ones are 1000/1001 of a whole number (SMPTE ST 12-1).
FRAME_RATES = {
    "23.976": "24000/1001",
    "23.98": "24000/1001",
    "24": "24",
    "25": "25",
    "29.97": "30000/1001",
    "30": "30",
    "50": "50",
    "59.94": "60000/1001",
    "60": "60",
}


def shift(
    document: Document, by: int, *, since: int | None = None, until: int | None = None, drop: bool = False
) -> Document:
    """Move the cues by so many milliseconds; a negative number makes them earlier.

    Args:
        since, until: only cues that start at one of these times or between them.
        drop: leave out cues that would end at or before 0, instead of refusing.

    Raises:
        ContentError: if cues would end at or before 0, and `drop` is not set. A cue that would only start before 0
            starts at 0.
    """

    def moved(cue: Cue) -> Cue:
        if (since is not None and cue.start < since) or (until is not None and cue.start > until):
            return cue
        return _mapped(cue, change, document.format)

    change = linear(1, by)
    return _with_times(document, moved, drop) if by else document


def retime(
    document: Document, scale: Fraction | float | int, offset: Fraction | int = 0, *, drop: bool = False
) -> Document:
    """Multiply every time by `scale` and add `offset` milliseconds.

    Args:
        scale: above 0. A file made for 25 frames a second that is shown with 24 needs 25/24.
        drop: as for `shift`.

    Raises:
        UsageError: for a scale of 0 or less.
        ContentError: as for `shift`.
    """
    exact = _ratio(scale)
    if exact == 1 and not offset:
        return document
    change = linear(exact, offset)
    return _with_times(document, lambda cue: _mapped(cue, change, document.format), drop)


def retime_each(
    document: Document, mapping: Callable[[Cue], tuple[Fraction | int, Fraction | int] | None], *, drop: bool = False
) -> Document:
    """As `retime`, with a scale and an offset for each cue; where there are none it stays as it is.

    Raises:
        ContentError: as for `shift`.
    """

    def moved(cue: Cue) -> Cue:
        found = mapping(cue)
        return cue if found is None else _mapped(cue, linear(*found), document.format)

    return _with_times(document, moved, drop)


def _ratio(scale: Fraction | float | int) -> Fraction:
    """The scale as an exact number, checked."""
    from fractions import Fraction  # `shift` needs none, and loading it takes as long as shifting a lecture

    exact = Fraction(scale) if not isinstance(scale, float) else Fraction(repr(scale))
    if exact <= 0:
        raise UsageError(f"times cannot be multiplied by {scale}", hint="The ratio must be above 0.")
    return exact


def _mapped(cue: Cue, change: Callable[[int], int], format: str) -> Cue:
    text = cue.text
    if format == "vtt" and "<" in text:
        text = _STAMP.sub(lambda stamp: _moved_stamp(stamp, change, cue), text)
    return cue._replace(start=change(cue.start), end=change(cue.end), text=text)


def _moved_stamp(stamp: re.Match[str], change: Callable[[int], int], cue: Cue) -> str:
    """A timestamp within a text moved with its cue; nothing for one that stood within its cue and no longer does."""
    from captionkit.markup.webvtt import parse_timestamp

    ms = parse_timestamp(stamp[1])
    if ms is None:
        return stamp[0]
    first, moved, last = max(change(cue.start), 0), change(ms), change(cue.end)
    return "" if cue.start < ms < cue.end and not first < moved < last else f"<{timecode(max(moved, 0))}>"


def _cut(cue: Cue, first: int, last: int, format: str) -> Cue:
    """What of a cue is shown between two of its moments."""
    text = cue.text
    if format == "vtt" and "<" in text:
        text = _STAMP.sub(lambda stamp: _moved_stamp(stamp, lambda ms: min(max(ms, first), last), cue), text)
    return cue._replace(start=first, end=last, text=text)


def _with_times(document: Document, change: Callable[[Cue], Cue], drop: bool) -> Document:
    blocks: list[Block] = []
    gone: list[Cue] = []
    for block in document.blocks:
        if type(block) is not Cue:
            blocks.append(block)
            continue
        cue = change(block)
        if cue is block:
            blocks.append(block)
        elif max(cue.start, cue.end) <= 0 < max(block.start, block.end):
            gone.append(block)
        elif cue.start < 0 <= block.start or cue.end < 0 <= block.end:
            blocks.append(cue._replace(start=max(cue.start, 0), end=max(cue.end, 0)))
        else:
            blocks.append(cue)
    if gone and not drop:
        count = "1 cue" if len(gone) == 1 else f"{len(gone)} cues"
        raise ContentError(
            f"{count} would end before 0, the first being the one at {timecode(gone[0].start)}",
            where=f"{document.path}:{gone[0].line}" if document.path else "",
            unchanged="Nothing was written.",
            hint="Move it by less, or leave such cues out: --drop, in Python drop=True.",
        )
    return document.with_blocks(blocks)


def split(document: Document, times: Sequence[int], *, keep_times: bool = False) -> list[Document]:
    """Cut the document at these times into one more part than there are times.

    A cue that is on the screen at a cut is in both parts, up to the cut and from it on: its words are heard in both.
    Header, style sheets, regions and what else stands above the first cue are in every part; a note goes with the cue
    below it. Numbers of SRT cues begin at 1 in every part.

    Args:
        times: milliseconds, above 0, ascending.
        keep_times: leave the times as they are; otherwise each part begins at 0.

    Raises:
        UsageError: for times that are not ascending or not above 0.
    """
    cuts = list(times)
    if not cuts or cuts[0] <= 0 or any(b <= a for a, b in pairwise(cuts)):
        raise UsageError("the times to split at must be above 0 and ascending")
    head, groups, tail = _groups(document)
    parts: list[Document] = []
    for begin, end in zip([0, *cuts], [*cuts, None], strict=True):
        blocks: list[Block] = list(head)
        for above, cue in groups:
            cut = _between(cue, begin, end, document.format)
            if cut is None:
                continue
            if not keep_times:
                cut = _mapped(cut, _earlier(begin), document.format)
            blocks += above
            blocks.append(cue if cut == cue else cut)
        if end is None:
            blocks += tail
        parts.append(_numbered(document.with_blocks(blocks)))
    return parts


def _earlier(by: int) -> Callable[[int], int]:
    return lambda ms: max(ms - by, 0)


def _between(cue: Cue, begin: int, end: int | None, format: str) -> Cue | None:
    """What of the cue is shown from `begin` until `end`; None for nothing. Without duration, its start decides."""
    first, last = max(cue.start, begin) if begin else cue.start, cue.end if end is None else min(cue.end, end)
    if cue.end <= cue.start:
        return cue if (not begin or begin <= cue.start) and (end is None or cue.start < end) else None
    return (cue if (first, last) == (cue.start, cue.end) else _cut(cue, first, last, format)) if first < last else None


def _groups(document: Document) -> tuple[list[Block], list[tuple[list[Block], Cue]], list[Block]]:
    """What stands above the first cue and holds for all, each cue with the blocks right above it, and what is left."""
    head: list[Block] = []
    above: list[Block] = []
    groups: list[tuple[list[Block], Cue]] = []
    for block in document.blocks:
        if type(block) is Cue:
            groups.append((above, block))
            above = []
        elif not groups and type(block) in (Header, Style, Region):
            head += [*above, block]
            above = []
        else:
            above.append(block)
    if groups and document.format == "vtt":
        # Of the notes above the first cue all but what is carried for that very cue speak of the whole file.
        first_above, first = groups[0]
        own: list[Block] = [block for block in first_above if _is_of_its_cue(block)]
        head += [block for block in first_above if not _is_of_its_cue(block)]
        groups[0] = (own, first)
    return head, groups, above


class Merged(NamedTuple):
    """Several documents in one, and what of them is not in it, in words."""

    document: Document
    lost: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """`<Merged <Document vtt: 75 cues>; 2 things lost>`"""
        number = len(self.lost)
        lost = f"{number:,} thing{'' if number == 1 else 's'} lost" if number else "nothing is lost"
        return f"<Merged {self.document!r}; {lost}>"


def merge(documents: Sequence[Document], offsets: Sequence[int] | None = None) -> Document:
    """The document of `merged`."""
    return merged(documents, offsets).document


def merged(documents: Sequence[Document], offsets: Sequence[int] | None = None) -> Merged:
    """All cues of these documents in one, in the order of their start times, in the format of the first.

    Cues that start together stay in the order of their documents. SRT cues are numbered anew; WebVTT identifiers that
    are taken already are left out. Regions and classes whose names mean something else in an earlier document get
    other names. Segments of a stream are moved to where their X-TIMESTAMP-MAP puts them after the first.

    Args:
        offsets: milliseconds to add to the times of each document; by default what the segments say, else none.

    Raises:
        UsageError: if there are no documents, or they are not of one format.
    """
    if not documents:
        raise UsageError("there is nothing to merge")
    if len({document.format for document in documents}) > 1:
        raise UsageError(
            "the files are not of one format",
            unchanged="Nothing was written.",
            hint="Convert them first: captionkit convert FILE --to vtt, or captionkit.convert in Python.",
        )
    lost = _styles_for_all(documents)
    by = list(offsets) if offsets else _offsets_of_segments(documents, lost)
    head: list[Block] = []
    tail: list[Block] = []
    groups: list[tuple[list[Block], Cue]] = []
    classes: dict[str, str] = {}
    seen: set[tuple[type, str]] = set()
    regions = _Regions()
    for place, document in enumerate(documents):
        own_head, own_groups, own_tail = _groups(shift(document, by[place]))
        tail += own_tail
        renamed: dict[str, str] = {}
        names = clashes(meanings(document), classes)
        for block in own_head:
            if type(block) is Region:
                block = regions.unique(block, renamed)
            elif type(block) is Style:
                block = renamed_style(block, names)
            if type(block) is Header and head:
                lost += _header_losses(block, head[0], _name(document, place), is_moved=bool(offsets))
                continue
            says = type(block), "" if type(block) is Cue else block.text
            if says not in seen:
                seen.add(says)
                head.append(block)
        groups += [(above, renamed_cue(_in_region(cue, renamed), names)) for above, cue in own_groups]
    groups.sort(key=lambda group: group[1].start)
    blocks = [*head, *[block for above, cue in groups for block in (*above, cue)], *tail]
    first = documents[0]
    if any(document.encoding != first.encoding for document in documents):
        first = replace(first, encoding="utf-8", bom=False, encoding_is_guess=False)
    made = first.with_blocks(blocks)
    alone = _with_own_identifiers(made)
    lost += [
        f"the identifier {before.identifier!r} stands twice; the cue at {timecode(before.start)} has none now"
        for before, after in zip(made.cues, alone.cues, strict=True)
        if before.identifier != after.identifier
    ]
    return Merged(_numbered(alone), tuple(lost))


def _name(document: Document, place: int) -> str:
    return document.path or f"file {place + 1}"


def _styles_for_all(documents: Sequence[Document]) -> list[str]:
    """The styles for all cues of a document that not all of them have: in one file they hold for all."""
    seen = [[text for block in document.styles if (text := for_all_cues(block))] for document in documents]
    known = [set(own) for own in seen]
    return [
        f"{_name(document, place)}: its style for all cues, {text}, holds for those of every file now"
        for place, (document, own) in enumerate(zip(documents, seen, strict=True))
        for text in own
        if not all(text in other for other in known)
    ]


def _offsets_of_segments(documents: Sequence[Document], lost: list[str]) -> list[int]:
    """How much later each document is than the first, by their X-TIMESTAMP-MAP; names those without one."""
    maps = [timestamp_map(document.header.text) if document.header else None for document in documents]
    first = maps[0]
    if sum(each is not None for each in maps) < 2 or first is None:
        return [0] * len(documents)
    for place, (document, own) in enumerate(zip(documents, maps, strict=True)):
        if own is None:
            lost.append(f"{_name(document, place)}: it has no X-TIMESTAMP-MAP, so its times stay as they are")
    return [own.after(first) if own else 0 for own in maps]


def _header_losses(header: Header, kept: Block, name: str, *, is_moved: bool) -> list[str]:
    """The lines of another header that the merged file does not have."""
    lines = set(kept.text.split("\n"))
    known = timestamp_map(kept.text) is not None and not is_moved
    lost = []
    for place, line in enumerate(header.text.split("\n")):
        seen = line[6:].strip() if not place else line.strip()
        is_honoured = known and line.startswith("X-TIMESTAMP-MAP") and timestamp_map(line) is not None
        if seen and line not in lines and not is_honoured:
            lost.append(f"{name}: the header says {seen!r}")
    return lost


def without_inner_headers(document: Document) -> Document:
    """Segments that were run together as one file, in their places: see `hls.without_inner_headers`."""
    return hls.without_inner_headers(document, lambda cue, by: _mapped(cue, linear(1, by), document.format))


def append_offsets(documents: Sequence[Document], gap: int = 0) -> list[int]:
    """Offsets for `merge` that put each document after the end of the one before, `gap` milliseconds apart."""
    offsets, begin = [], 0
    for document in documents:
        offsets.append(begin)
        begin += max((max(cue.start, cue.end) for cue in document.cues), default=0) + gap
    return offsets


def _is_of_its_cue(block: Block) -> bool:
    """Whether a note carries something for the cue below it, and says nothing of the file."""
    return type(block) is Note and '{"for":' in block.text


class _Regions:
    """The identifiers that regions have in all files, each with one meaning."""

    def __init__(self) -> None:
        self._meanings: dict[str, str] = {}
        self._fresh: dict[tuple[str, str], str] = {}
        self._numbers: dict[str, int] = {}

    def unique(self, region: Region, renamed: dict[str, str]) -> Region:
        """The region, with another identifier if its own means something else already."""
        tokens = region.text.split()
        name = next((token[3:] for token in tokens if token.startswith("id:")), "")
        meaning = " ".join(sorted(token for token in tokens if not token.startswith("id:")))
        fresh = self._fresh.get((name, meaning), name)
        while self._meanings.setdefault(fresh, meaning) != meaning:
            self._numbers[name] = number = self._numbers.get(name, 1) + 1
            fresh = f"{name}-{number}"
        self._fresh[name, meaning] = fresh
        if fresh == name:
            return region
        renamed[name] = fresh
        return Region(re.sub(rf"(?<!\S)id:{re.escape(name)}(?!\S)", f"id:{fresh}", region.text))


def _in_region(cue: Cue, renamed: dict[str, str]) -> Cue:
    if not renamed or "region:" not in cue.settings:
        return cue
    tokens = cue.settings.split()
    settings = [f"region:{renamed.get(t[7:], t[7:])}" if t.startswith("region:") else t for t in tokens]
    return cue._replace(settings=" ".join(settings)) if settings != tokens else cue


def _with_own_identifiers(document: Document) -> Document:
    if document.format != "vtt":
        return document
    seen: set[str] = set()
    cues: list[Cue] = []
    for cue in document.cues:
        cues.append(cue._replace(identifier="") if cue.identifier in seen else cue)
        if cue.identifier:
            seen.add(cue.identifier)
    return document.with_cues(cues)


def _numbered(document: Document) -> Document:
    """SRT cues numbered from 1; what has its number already stays the very object it is."""
    if document.format != "srt":
        return document
    cues = [
        cue if cue.identifier.strip() == str(number) else cue._replace(identifier=str(number))
        for number, cue in enumerate(document.cues, 1)
    ]
    return document.with_cues(cues)


def linear(scale: Fraction | int, offset: Fraction | int = 0) -> Callable[[int], int]:
    """The function that multiplies a time by `scale`, adds `offset` milliseconds and rounds, halves up."""
    if scale == 1 and offset.denominator == 1:
        whole_offset = offset.numerator
        return lambda ms: ms + whole_offset
    by, to = scale.numerator, scale.denominator
    # (by / to * ms + offset) rounded, all over one denominator.
    factor, addend, divisor = (
        2 * by * offset.denominator,
        2 * offset.numerator * to + to * offset.denominator,
        2 * to * offset.denominator,
    )
    return lambda ms: (factor * ms + addend) // divisor


def through_points(first: tuple[int, int], second: tuple[int, int]) -> tuple[Fraction, Fraction]:
    """(scale, offset) that take the first time to its new place, and the second one to its own.

    Args:
        first, second: (time now, time wanted), in milliseconds.

    Raises:
        UsageError: if the two times are the same, or would change places.
    """
    if first[0] == second[0]:
        raise UsageError(
            "the two points are at the same time", hint="Choose one near the beginning and one near the end."
        )
    from fractions import Fraction

    scale = Fraction(second[1] - first[1], second[0] - first[0])
    if scale <= 0:
        raise UsageError("the second point would come before the first", hint="Check the four times.")
    return scale, first[1] - scale * first[0]


def frame_rate(name: str) -> Fraction:
    """Frames a second, by name ("23.976" is exactly 24000/1001), or any number or fraction, "15" or "24000/1001".

    Raises:
        UsageError: if it is none.
    """
    from fractions import Fraction

    name = FRAME_RATES.get(name, name)
    if re.fullmatch(r"[0-9]{1,6}(?:\.[0-9]{1,6}|/[1-9][0-9]{0,6})?", name) and (rate := Fraction(name)) > 0:
        return rate
    raise UsageError(f"{name!r} is not a frame rate", hint=f"Frame rates are {', '.join(FRAME_RATES)}, or a number.")

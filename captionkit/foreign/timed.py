"""A document of ttconv's model as captions: what TTML, SCC and EBU STL have in common.

Theory of operation. The model is a tree: body, div, p, span, text, where each element has a begin and an end within its
parent's, perhaps a region, and styles that its children inherit. A caption is a p during a time in which nothing in it
changes. ttconv's own way from here would be its renderer ("ISD"), which drops text in regions that are not defined and
takes minutes for an hour of captions. So the tree is walked here once: each p is a row of runs with their times, cut at
every moment at which one of them appears or goes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any, NamedTuple

from ttconv import model
from ttconv.style_properties import (
    FontStyleType,
    FontWeightType,
    StyleProperties,
)

from captionkit.foreign.reading import Reading, Run, tidied
from captionkit.roll_up import Shown, has_grown

_Start = Fraction
_End = Fraction | None


class Origin(NamedTuple):
    """What ttconv's model has no place for: where in the file an element stood, and who says it in what language."""

    line: int = 0
    language: str = ""
    voice: str = ""


#: From the language that the model has for an element to its origin. A reader may put a key there.
OriginOf = Callable[[str], Origin]


class _Leaf(NamedTuple):
    """Words of a p and when they are there, from the beginning of the file."""

    begin: Fraction
    end: Fraction | None
    run: Run


class _Paragraph(NamedTuple):
    begin: Fraction
    end: Fraction | None
    leaves: Sequence[_Leaf]
    settings: str
    line: int


def captions(document: model.ContentDocument, reading: Reading, origin_of: OriginOf, shift: Fraction) -> None:
    """Put the captions of a document into a reading.

    Args:
        shift: seconds to add to each time.
    """
    walk = _Walk(document, reading, origin_of)
    body = document.get_body()
    paragraphs = list(walk.paragraphs(body)) if body is not None else []
    for start, end, runs, settings, line in _stacked(_cut(paragraphs, reading)):
        reading.caption(
            _milliseconds(start + shift), None if end is None else _milliseconds(end + shift), runs, settings, line=line
        )


_Piece = tuple[Fraction, Fraction | None, list[Run], str, int]


def _cut(paragraphs: Sequence[_Paragraph], reading: Reading) -> Iterator[_Piece]:
    """Each p as the times in which nothing in it changes; words that are only added are shown from the beginning."""
    for paragraph in paragraphs:
        leaves = paragraph.leaves
        times = sorted({leaf.begin for leaf in leaves} | {leaf.end for leaf in leaves if leaf.end is not None})
        bounds: list[tuple[Fraction, Fraction | None]] = list(pairwise(times))
        if times and any(leaf.end is None for leaf in leaves):
            bounds.append((times[-1], None))
        pieces: list[_Piece] = []
        grown = 0
        for start, end in bounds:
            runs = [leaf.run for leaf in leaves if leaf.begin <= start and (leaf.end is None or leaf.end > start)]
            if not tidied(runs):
                continue
            piece = (start, end, runs, paragraph.settings, paragraph.line)
            if pieces and has_grown(_shown(pieces[-1]), _shown(piece)):
                grown += 1
                pieces[-1] = (pieces[-1][0], *piece[1:])
            else:
                pieces.append(piece)
        if grown:
            time = _milliseconds(pieces[0][0])
            message = "its words appear one by one; they are shown together"
            reading.lose("inline timestamp", message, line=paragraph.line, time=time)
        yield from pieces


def _shown(piece: _Piece) -> Shown:
    start, end, runs, _, _ = piece
    lines = "".join([run.text for run in tidied(runs)]).split("\n")
    return Shown(_milliseconds(start), _milliseconds(start if end is None else end), lines)


def _stacked(pieces: Iterator[_Piece]) -> Iterator[_Piece]:
    """Pieces that stand in the same place at the same time as one: the later one is the lower line."""
    waiting: _Piece | None = None
    for piece in pieces:
        if waiting and (waiting[0], waiting[1], waiting[3]) == (piece[0], piece[1], piece[3]):
            waiting = (*waiting[:2], [*waiting[2], Run("\n"), *piece[2]], *waiting[3:])
            continue
        if waiting:
            yield waiting
        waiting = piece
    if waiting:
        yield waiting


def _milliseconds(seconds: Fraction) -> int:
    return int((seconds * 2000 + 1) // 2)


class _Walk:
    """The walk through one document."""

    def __init__(self, document: model.ContentDocument, reading: Reading, origin_of: OriginOf) -> None:
        self._document, self._reading, self._origin_of = document, reading, origin_of
        self._settings: dict[Any, str] = {}

    def paragraphs(self, body: model.Body) -> Iterator[_Paragraph]:
        """Every p below the body."""
        yield from self._within(body, (), Fraction(0), None, None)

    def _within(
        self, element: Any, above: tuple[Any, ...], begin: Fraction, end: _End, region: Any
    ) -> Iterator[_Paragraph]:
        begin, end = _times(element, begin, end)
        if end is not None and end <= begin:
            return
        if element.get_region() is not None:
            region = element.get_region()
        chain = (*above, element)
        if isinstance(element, model.P):
            yield from self._paragraph(element, chain, begin, end, region)
            return
        for child in element:
            yield from self._within(child, chain, begin, end, region)

    def _paragraph(
        self, p: model.P, chain: tuple[Any, ...], begin: Fraction, end: _End, region: Any
    ) -> Iterator[_Paragraph]:
        origin = self._origin_of(p.get_lang())
        if region is not None:
            chain = (region, *chain)
        leaves = list(self._leaves(p, chain, begin, end, origin))
        if leaves:
            yield _Paragraph(begin, end, leaves, self._placed(chain, region), origin.line)

    def _leaves(
        self, element: Any, chain: tuple[Any, ...], begin: Fraction, end: _End, origin: Origin
    ) -> Iterator[_Leaf]:
        for child in element:
            if isinstance(child, model.Br):
                yield _Leaf(begin, end, Run("\n"))
            elif isinstance(child, model.Text):
                text = child.get_text()
                if element.get_space() is not model.WhiteSpaceHandling.PRESERVE:
                    text = " ".join(f".{text}.".split())[1:-1]
                if text:
                    yield _Leaf(begin, end, self._run(text, chain, origin))
            else:
                times = _times(child, begin, end)
                if times[1] is None or times[1] > times[0]:
                    yield from self._leaves(child, (*chain, child), *times, origin)

    def _run(self, text: str, chain: tuple[Any, ...], origin: Origin) -> Run:
        own = self._origin_of(chain[-1].get_lang())
        decoration = self._inherited(chain, StyleProperties.TextDecoration)
        return Run(
            text,
            italic=self._inherited(chain, StyleProperties.FontStyle) is not FontStyleType.normal,
            bold=self._inherited(chain, StyleProperties.FontWeight) is FontWeightType.bold,
            underline=bool(decoration and decoration.underline),
            strike=bool(decoration and decoration.line_through),
            color=_colour(self._inherited(chain, StyleProperties.Color), usual="#ffffff"),
            background=_colour(self._background(chain), usual="#000000"),
            voice=own.voice or origin.voice,
            language=own.language if own.language != origin.language else "",
        )

    def _inherited(self, chain: Sequence[Any], style: Any) -> Any:
        for element in reversed(chain):
            if (value := element.get_style(style)) is not None:
                return value
        initial = self._document.get_initial_value(style)
        return style.make_initial_value() if initial is None else initial

    @staticmethod
    def _background(chain: Sequence[Any]) -> Any:
        """The background that is painted last: no element inherits it, but each lies over those around it."""
        for element in reversed(chain):
            value = element.get_style(StyleProperties.BackgroundColor)
            if value is not None and value.components[3]:
                return value
        return None

    def _placed(self, chain: Sequence[Any], region: Any) -> str:
        return ""


def _times(element: Any, begin: Fraction, end: _End) -> tuple[Fraction, _End]:
    """When an element is there, from the beginning of the file; never longer than its parent."""
    own_begin, own_end = element.get_begin(), element.get_end()
    starts = begin + (own_begin or 0)
    ends = end if own_end is None else begin + own_end
    if end is not None and ends is not None:
        ends = min(end, ends)
    return starts, ends


def _colour(value: Any, usual: str) -> str:
    if value is None or not value.components[3]:
        return ""
    red, green, blue = value.components[:3]
    color = f"#{red:02x}{green:02x}{blue:02x}"
    return "" if color == usual else color

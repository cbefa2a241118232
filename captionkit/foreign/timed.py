"""A document of ttconv's model as captions: what TTML, SCC and EBU STL have in common.

Theory of operation. The model is a tree: body, div, p, span, text, where each element has a begin and an end within its
parent's, perhaps a region, and styles that its children inherit. A caption is a p during a time in which nothing in it
changes. ttconv's own way from here would be its renderer ("ISD"), which drops text in regions that are not defined and
takes minutes for an hour of captions. So the tree is walked here once: each p is a row of runs with their times, cut at
every moment at which one of them appears or goes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any, NamedTuple, Protocol

from ttconv import model
from ttconv.style_properties import (
    DirectionType,
    DisplayType,
    FontStyleType,
    FontWeightType,
    StyleProperties,
    TextAlignType,
    VisibilityType,
)

from captionkit.foreign import timed_places
from captionkit.foreign.reading import Reading, Run, tidied
from captionkit.roll_up import AT_ONCE_MS, Shown, has_grown, is_too_fast

_End = Fraction | None
_SPACES = re.compile(r"[ \t\r\n]+")


class Origin(NamedTuple):
    """What ttconv's model has no place for: where in the file an element stood, who says it in what language."""

    line: int = 0
    language: str = ""
    voice: str = ""
    identifier: str = ""


class Places(Protocol):
    """Says where a p stands; see `timed_places.Places.settings`."""

    def settings(self, chain: Sequence[Any], region: Any, across: str) -> str: ...


#: From the language that the model has for an element to its origin, None for none. A reader may put a key there.
OriginOf = Callable[[str], Origin | None]


class _Leaf(NamedTuple):
    """Words of a p and when they are there, from the beginning of the file."""

    begin: Fraction
    end: _End
    run: Run


class _Piece(NamedTuple):
    """A p while nothing in it changes."""

    start: Fraction
    end: _End
    runs: list[Run]
    settings: str
    origin: Origin
    has_grown: bool = False


def captions(
    document: model.ContentDocument,
    reading: Reading,
    origin_of: OriginOf,
    clock: Callable[[Fraction], Fraction],
    places: Places | None = None,
    *,
    folds: bool = False,
) -> None:
    """Put the captions of a document into a reading.

    Args:
        clock: from seconds of the document to seconds of the video.
        places: says where each p stands; by default its regions do.
        folds: whether a p that only shows more than the one before is the same caption, as in SCC.
    """
    body = document.get_body()
    if body is None:
        return
    walk = _Walk(document, reading, origin_of, places or timed_places.Places(document))
    pieces = walk.pieces(body)
    for piece in _stacked(_folded(pieces) if folds else pieces):
        start = _milliseconds(clock(piece.start))
        end = None if piece.end is None else _milliseconds(clock(piece.end))
        if piece.has_grown:
            message = "its words appear one by one; they are shown together"
            reading.lose("inline timestamp", message, line=piece.origin.line, time=start)
        reading.caption(
            start, end, piece.runs, piece.settings,
            identifier=piece.origin.identifier, line=piece.origin.line,
        )  # fmt: skip


def _folded(pieces: Iterator[_Piece]) -> Iterator[_Piece]:
    """Pieces without those that nobody can read before the next one shows the same and more."""
    above: _Piece | None = None
    for piece in pieces:
        if above is None:
            above = piece
            continue
        before, shown = _shown(above), _shown(piece)
        if has_grown(before, shown) or (is_too_fast(before) and _goes_on(before, shown)):
            above = piece._replace(start=above.start, has_grown=True)
            continue
        yield above
        above = piece
    if above is not None:
        yield above


def _goes_on(above: Shown, cue: Shown) -> bool:
    """Whether a cue follows at once, has every line of the one above, and more of any."""
    return (
        cue.start - above.end <= AT_ONCE_MS
        and len(above.lines) <= len(cue.lines)
        and all(after.startswith(before) for before, after in zip(above.lines, cue.lines, strict=False))
    )


def _stacked(pieces: Iterator[_Piece]) -> Iterator[_Piece]:
    """Pieces that stand in the same place at the same time as one: the later one is the lower line.

    WebVTT would put the later of two such cues above.
    """
    waiting: _Piece | None = None
    for piece in pieces:
        if waiting and (waiting.start, waiting.end, waiting.settings) == (piece.start, piece.end, piece.settings):
            waiting = waiting._replace(runs=[*waiting.runs, Run("\n"), *piece.runs])
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

    def __init__(self, document: Any, reading: Reading, origin_of: OriginOf, places: Places) -> None:
        self._document, self._reading, self._places = document, reading, places
        self._origin_of = origin_of
        self._after_space = True

    def pieces(self, body: model.Body) -> Iterator[_Piece]:
        """The pieces of every p."""
        yield from self._within(body, (), Fraction(0), None, None)

    def _origin(self, key: str) -> Origin:
        return self._origin_of(key) or Origin()

    def _within(
        self, element: Any, above: tuple[Any, ...], begin: Fraction, end: _End, region: Any
    ) -> Iterator[_Piece]:
        begin, end = _times(element, begin, end)
        if end is not None and end <= begin:
            return
        if element.get_region() is not None:
            region = element.get_region()
        chain = (*above, element)
        if not isinstance(element, model.P):
            for child in element:
                yield from self._within(child, chain, begin, end, region)
            return
        if region is not None:
            begin, end = _times(region, Fraction(0), None, (begin, end))
            chain = (region, *chain)
        if end is None or end > begin:
            yield from self._cut(element, chain, begin, end, region)

    def _cut(self, p: model.P, chain: tuple[Any, ...], begin: Fraction, end: _End, region: Any) -> Iterator[_Piece]:
        """A p as the times in which nothing in it changes; words that are only added are shown from the beginning."""
        origin = self._origin(p.get_lang())
        self._after_space = True
        leaves = list(self._leaves(p, chain, begin, end, origin))
        if not any(leaf.run.text.strip() for leaf in leaves):
            return
        times = sorted({leaf.begin for leaf in leaves} | {leaf.end for leaf in leaves if leaf.end is not None})
        bounds: list[tuple[Fraction, _End]] = list(pairwise(times))
        if any(leaf.end is None for leaf in leaves):
            bounds.append((times[-1], None))
        settings = self._places.settings(chain, region, self._align(chain))
        pieces: list[_Piece] = []
        # Each moment is a scan of the p; one p that changes a hundred thousand times would take hours.
        if len(bounds) * len(leaves) > _MOST_CHANGES:
            raise self._reading.error("a caption changes more often than can be read", line=origin.line)
        for start, until in bounds:
            runs = [leaf.run for leaf in leaves if leaf.begin <= start and (leaf.end is None or leaf.end > start)]
            if not any(run.text.strip() for run in runs):
                continue
            piece = _Piece(start, until, runs, settings, origin)
            if pieces and has_grown(_shown(pieces[-1]), _shown(piece)):
                pieces[-1] = piece._replace(start=pieces[-1].start, origin=pieces[-1].origin, has_grown=True)
            else:
                pieces.append(piece)
                origin = origin._replace(identifier="")
        yield from pieces

    def _leaves(
        self, element: Any, chain: tuple[Any, ...], begin: Fraction, end: _End, origin: Origin
    ) -> Iterator[_Leaf]:
        is_hidden = self._is_hidden(chain)
        for child in element:
            if isinstance(child, model.Br):
                self._after_space = True
                yield _Leaf(begin, end, Run("\n"))
            elif isinstance(child, model.Text):
                text = self._spaced(child.get_text(), element)
                if is_hidden and text.strip():
                    self._reading.lose("hidden words", f"{text.strip()[:60]!r} is never shown", line=origin.line)
                elif text:
                    yield _Leaf(begin, end, self._run(text, chain, origin))
            else:
                within = _times(child, begin, end)
                if within[1] is not None and within[1] <= within[0]:
                    continue
                if isinstance(child, model.Ruby):
                    yield from self._ruby(child, (*chain, child), *within, origin)
                else:
                    yield from self._leaves(child, (*chain, child), *within, origin)

    def _ruby(
        self, ruby: model.Ruby, chain: tuple[Any, ...], begin: Fraction, end: _End, origin: Origin
    ) -> Iterator[_Leaf]:
        """Words with the annotations above them."""
        bases = _parts(ruby, model.Rbc, model.Rb)
        rows = [_parts([row], model.Rtc, model.Rt) for row in ruby if isinstance(row, model.Rt | model.Rtc)]
        texts = [_words(text) for text in rows[0]] if rows else []
        for number, base in enumerate(bases):
            # Where there are fewer annotations than words, the last one stands over the rest: nothing is left out.
            above = texts[number] if number < len(texts) else ""
            if number == len(bases) - 1:
                above = "".join([above, *texts[number + 1 :]])
            words = _words(base)
            if words:
                styled = self._run(words, (*chain, base), origin)
                yield _Leaf(begin, end, styled._replace(ruby=above))
                self._after_space = words.endswith(" ")
        if len(rows) > 1 and (words := "".join(map(_words, rows[1]))):
            message = f"a second annotation of the same words: {words[:60]!r}"
            self._reading.lose("ruby annotation", message, line=origin.line)

    def _spaced(self, text: str, element: Any) -> str:
        """The text with the spaces that are shown."""
        if element.get_space() is model.WhiteSpaceHandling.PRESERVE:
            self._after_space = False
            return text
        text = _SPACES.sub(" ", text)
        if self._after_space:
            text = text.removeprefix(" ")
        if text:
            self._after_space = text.endswith(" ")
        return text

    def _run(self, text: str, chain: tuple[Any, ...], origin: Origin) -> Run:
        own = self._origin(chain[-1].get_lang())
        decoration = self._inherited(chain, StyleProperties.TextDecoration)
        return Run(
            text,
            italic=self._inherited(chain, StyleProperties.FontStyle) is not FontStyleType.normal,
            bold=self._inherited(chain, StyleProperties.FontWeight) is FontWeightType.bold,
            underline=bool(decoration and decoration.underline),
            strike=bool(decoration and decoration.line_through),
            color=_colour(self._inherited(chain, StyleProperties.Color), usual="#ffffff"),
            background=_colour(_background(chain), usual="#000000"),
            voice=own.voice or origin.voice,
            language=own.language if own.language != self._reading.language else "",
        )

    def _align(self, chain: tuple[Any, ...]) -> str:
        """left, center or right, where any element says it; "" otherwise."""
        said = next(
            (value for each in reversed(chain) if (value := each.get_style(StyleProperties.TextAlign)) is not None),
            None,
        )
        if said is None or said is TextAlignType.center:
            return "center" if said else ""
        is_rtl = self._inherited(chain, StyleProperties.Direction) is DirectionType.rtl
        return "left" if (said is TextAlignType.start) != is_rtl else "right"

    def _is_hidden(self, chain: tuple[Any, ...]) -> bool:
        return (
            any(
                each.get_style(StyleProperties.Display) is DisplayType.none
                or each.get_style(StyleProperties.Opacity) == 0
                for each in chain
            )
            or self._inherited(chain, StyleProperties.Visibility) is VisibilityType.hidden
        )

    def _inherited(self, chain: Sequence[Any], style: Any) -> Any:
        for element in reversed(chain):
            if (value := element.get_style(style)) is not None:
                return value
        initial = self._document.get_initial_value(style)
        return style.make_initial_value() if initial is None else initial


#: Moments times runs of one p. A caption on the screen for an hour that changes each second has a tenth of this.
_MOST_CHANGES = 100_000_000


def _times(
    element: Any, begin: Fraction, end: _End, bounds: tuple[Fraction, _End] | None = None
) -> tuple[Fraction, _End]:
    """When an element is there, from the beginning of the file; never longer than its parent, nor than the bounds."""
    own_begin, own_end = element.get_begin(), element.get_end()
    starts = begin + (own_begin or 0)
    ends = [each for each in (end, None if own_end is None else begin + own_end) if each is not None]
    if bounds:
        starts = max(starts, bounds[0])
        ends += [] if bounds[1] is None else [bounds[1]]
    return starts, min(ends, default=None)


def _shown(piece: _Piece) -> Shown:
    lines = "".join([run.text for run in tidied(piece.runs)]).split("\n")
    end = piece.start if piece.end is None else piece.end
    return Shown(_milliseconds(piece.start), _milliseconds(end), lines)


def _parts(elements: Any, outer: Any, inner: Any) -> list[Any]:
    """The elements of one kind in these, or in the containers among these."""
    found: list[Any] = []
    for element in elements:
        if isinstance(element, inner):
            found.append(element)
        elif isinstance(element, outer):  # a container of them
            found += [child for child in element if isinstance(child, inner)]
    return found


def _words(element: Any) -> str:
    return _SPACES.sub(
        " ", "".join([each.get_text() for each in element.dfs_iterator() if isinstance(each, model.Text)])
    )


def _background(chain: Sequence[Any]) -> Any:
    """The background that is painted last: no element inherits it, but each lies over those around it."""
    for element in reversed(chain):
        value = element.get_style(StyleProperties.BackgroundColor)
        if value is not None and value.components[3]:
            return value
    return None


def _colour(value: Any, usual: str) -> str:
    if value is None or not value.components[3]:
        return ""
    red, green, blue = value.components[:3]
    color = f"#{red:02x}{green:02x}{blue:02x}"
    return "" if color == usual else color

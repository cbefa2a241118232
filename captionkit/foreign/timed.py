"""A document of ttconv's model as captions: what TTML and EBU STL have in common.

Theory of operation. The model is a tree: body, div, p, span, text, where each element has a begin and an end within its
parent's, perhaps a region, styles that its children inherit, and steps in which such a style is another one for a while
(`<set>`). A caption is a p during a time in which nothing in it changes. ttconv's own way from here would be its
renderer ("ISD"), which drops text in regions that are not defined and takes minutes for an hour of captions. So the
tree is walked here once: each p is a row of runs with their times, cut at every moment at which one of them appears,
changes or goes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any, NamedTuple

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
from captionkit.foreign.text import shortened
from captionkit.roll_up import Shown, has_grown

#: Times are whole microseconds from the beginning of the document: exact for frames and milliseconds, and quick.
_SECOND = 1_000_000
_SPACES = re.compile(r"[ \t\r\n]+")
#: Moments times runs of one p, of which each is looked at. Captions painted word by word have a thousandth of this.
_MOST_CHANGES = 100_000
#: Steps of animation times words that they are about, in a file; a caption of 20 words that fades has a hundred.
_MOST_STEPS = 2_000_000
#: The same words in more looks than this, one after the other, are no captions.
_MOST_LOOKS = 4
#: Words that are shown one after the other and gone sooner than this are sung along to, not read one by one.
_SUNG = 1 * _SECOND


class Origin(NamedTuple):
    """What ttconv's model has no place for: where in the file an element stood, who says it in what language."""

    line: int = 0
    language: str = ""
    voice: str = ""
    identifier: str = ""


#: From the language that the model has for an element to its origin, None for none. A reader may put a key there.
OriginOf = Callable[[str], Origin | None]


class _Leaf(NamedTuple):
    """Words of a p and when they are there, from the beginning of the file."""

    begin: int
    end: int | None
    run: Run

    def is_there_after(self, time: int) -> bool:
        return self.end is None or self.end > time


class _Piece(NamedTuple):
    """A p while nothing in it changes."""

    start: int
    end: int | None
    runs: list[Run]
    settings: str
    origin: Origin
    has_grown: bool = False

    @property
    def words(self) -> str:
        return "".join([run.text for run in self.runs])


def captions(
    document: model.ContentDocument,
    reading: Reading,
    origin_of: OriginOf,
    clock: Callable[[Fraction], Fraction],
) -> None:
    """Put the captions of a document into a reading.

    Args:
        clock: from seconds of the document to seconds of the video.
    """
    body = document.get_body()
    if body is None:
        return
    walk = _Walk(document, reading, origin_of)
    for piece in _stacked(walk.pieces(body)):
        start = _milliseconds(clock(Fraction(piece.start, _SECOND)))
        end = None if piece.end is None else _milliseconds(clock(Fraction(piece.end, _SECOND)))
        if piece.has_grown:
            message = "its words appear one by one; they are shown together"
            reading.lose("inline timestamp", message, line=piece.origin.line, time=start)
        reading.caption(
            start, end, piece.runs, piece.settings,
            identifier=piece.origin.identifier, line=piece.origin.line,
        )  # fmt: skip


def _stacked(pieces: Iterator[_Piece]) -> Iterator[_Piece]:
    """Pieces that stand in the same place at the same time as one: the later one is the lower line.

    WebVTT would put the later of two such cues above.
    """
    waiting: _Piece | None = None
    for piece in pieces:
        if waiting and (waiting.start, waiting.end, waiting.settings) == (piece.start, piece.end, piece.settings):
            waiting.runs.append(Run("\n"))
            waiting.runs.extend(piece.runs)
            continue
        if waiting:
            yield waiting
        waiting = piece
    if waiting:
        yield waiting


def _milliseconds(seconds: Fraction) -> int:
    return int((seconds * 2000 + 1) // 2)


class _Look(NamedTuple):
    """What counts of the styles that an element has from itself and from those around it."""

    run: Run = Run("")  # without words
    across: TextAlignType | None = None
    is_rtl: bool = False
    is_seen: bool = True  # display and opacity
    is_visible: bool = True


class _Step(NamedTuple):
    """A style that is another one for a while, from the beginning of the file."""

    begin: int
    end: int | None
    style: Any
    value: Any


class _Layer(NamedTuple):
    """The styles of one element, and how they change."""

    styles: Mapping[Any, Any]
    steps: Sequence[_Step]

    def at(self, time: int) -> Mapping[Any, Any]:
        """The styles at a time; of several steps the last one counts."""
        steps = [step for step in self.steps if step.begin <= time and (step.end is None or step.end > time)]
        return {**self.styles, **{step.style: step.value for step in steps}} if steps else self.styles


class _Context(NamedTuple):
    """What an element has from itself and from those around it.

    Attributes:
        look: but for steps.
        layers: from the outside in.
        steps: how many there are in the layers.
        region: the region it is in, if any.
    """

    look: _Look
    layers: tuple[_Layer, ...] = ()
    steps: int = 0
    begin: int = 0
    end: int | None = None
    region: Any = None

    def within(self, layer: _Layer) -> _Context:
        look = _looks_like(self.look, layer.styles) if layer.styles else self.look
        return self._replace(look=look, layers=(*self.layers, layer), steps=self.steps + len(layer.steps))


class _Walk:
    """The walk through one document."""

    def __init__(self, document: Any, reading: Reading, origin_of: OriginOf) -> None:
        self._reading, self._origin_of = reading, origin_of
        self._places = timed_places.Places(document)
        self._after_space = True
        self._base = _looks_like(_Look(), dict(document.iter_initial_values()))
        self._steps_left = _MOST_STEPS

    def pieces(self, body: model.Body) -> Iterator[_Piece]:
        """The pieces of every p."""
        yield from self._within(body, (), (), _Context(self._base))

    def _origin(self, key: str) -> Origin:
        return self._origin_of(key) or Origin()

    def _within(
        self, element: Any, above: tuple[Any, ...], layers: tuple[_Layer, ...], context: _Context
    ) -> Iterator[_Piece]:
        begin, end = _times(element, context.begin, context.end)
        if end is not None and end <= begin:
            self._never_shown(element)
            return
        region = element.get_region()
        context = context._replace(begin=begin, end=end, region=context.region if region is None else region)
        chain, layers = (*above, element), (*layers, _layer(element, begin))
        if not isinstance(element, model.P):
            for child in element:
                yield from self._within(child, chain, layers, context)
            return
        from_when, region = begin, context.region
        if region is not None:
            shown, gone = _times(region, 0, None)
            from_when, end = max(begin, shown), _earlier(end, gone)
            if end is not None and end <= from_when:
                self._never_shown(element)
                return
            layers = (_layer(region, shown), *layers)
        for layer in layers:
            context = context.within(layer)
        yield from self._cut(element, chain, context._replace(end=end), from_when)

    def _never_shown(self, element: Any) -> None:
        for each in element.dfs_iterator():
            if isinstance(each, model.P) and _words(each).strip():
                message = "what it stands in is over when it begins; left out"
                self._reading.lose("caption without time", message, line=self._origin(each.get_lang()).line)

    def _cut(self, p: model.P, chain: tuple[Any, ...], context: _Context, begin: int) -> Iterator[_Piece]:
        """A p as the times in which nothing in it changes; words that are only added are shown from the beginning."""
        origin = self._origin(p.get_lang())
        self._after_space = True
        leaves = list(self._leaves(p, context, origin))
        if begin > context.begin:  # its region is there later
            leaves = [leaf._replace(begin=max(leaf.begin, begin)) for leaf in leaves if leaf.is_there_after(begin)]
        if not any(leaf.run.text.strip() for leaf in leaves):
            return
        settings = self._places.settings(chain, context.region, _across(context.look))
        times = sorted({leaf.begin for leaf in leaves} | {leaf.end for leaf in leaves if leaf.end is not None})
        is_open = any(leaf.end is None for leaf in leaves)
        is_sung = _is_sung([leaf for leaf in leaves if leaf.run.text.strip()])
        if is_sung or len(times) * len(leaves) > _MOST_CHANGES:
            if not is_sung:
                message = "it changes too often; all its words are shown together"
                self._reading.lose("animation", message, line=origin.line)
            times = [times[0], times[-1]]
            leaves = [_Leaf(times[0], None if is_open else times[-1], leaf.run) for leaf in leaves]
        bounds: list[tuple[int, int | None]] = list(pairwise(times))
        if is_open:
            bounds.append((times[-1], None))
        pieces: list[_Piece] = []
        looks = 1
        for start, until in bounds:
            runs = [leaf.run for leaf in leaves if leaf.begin <= start and leaf.is_there_after(start)]
            if not any(run.text.strip() for run in runs):
                continue
            piece = _Piece(start, until, runs, settings, origin, has_grown=is_sung)
            if pieces and pieces[-1].end == start and pieces[-1].words == piece.words:
                is_same = tidied(runs) == tidied(pieces[-1].runs)
                looks += not is_same
                if is_same or looks > _MOST_LOOKS:
                    pieces[-1] = pieces[-1]._replace(end=until)
                    continue
            if pieces and has_grown(_shown(pieces[-1]), _shown(piece)):
                pieces[-1] = piece._replace(start=pieces[-1].start, origin=pieces[-1].origin, has_grown=True)
            else:
                pieces.append(piece)
                origin = origin._replace(identifier="")
        if looks > _MOST_LOOKS:
            message = f"its look changes {looks - 1} times; the first {_MOST_LOOKS - 1} changes are shown"
            self._reading.lose("animation", message, line=origin.line)
        yield from pieces

    def _leaves(self, element: Any, context: _Context, origin: Origin) -> Iterator[_Leaf]:
        for child in element:
            if isinstance(child, model.Br):
                self._after_space = True
                yield _Leaf(context.begin, context.end, Run("\n"))
            elif isinstance(child, model.Text):
                yield from self._seen(self._spaced(child.get_text(), element), element, context, origin)
            else:
                begin, end = _times(child, context.begin, context.end)
                if end is not None and end <= begin:
                    if words := _words(child).strip():
                        message = f"{shortened(words)!r} begins when its caption is over"
                        self._reading.lose("hidden words", message, line=origin.line)
                    continue
                within = context._replace(begin=begin, end=end).within(_layer(child, begin))
                if isinstance(child, model.Ruby):
                    yield from self._ruby(child, within, origin)
                else:
                    yield from self._leaves(child, within, origin)

    def _seen(self, text: str, element: Any, context: _Context, origin: Origin, ruby: str = "") -> Iterator[_Leaf]:
        """Words at the times in which they can be seen."""
        is_seen = not text
        for begin, end, look in self._looks(context, origin):
            if text and look.is_seen and look.is_visible:
                is_seen = True
                yield _Leaf(begin, end, self._run(text, element, look, origin)._replace(ruby=ruby))
        if not is_seen and text.strip():
            self._reading.lose("hidden words", f"{shortened(text)!r} is never shown", line=origin.line)

    def _looks(self, context: _Context, origin: Origin) -> Iterator[tuple[int, int | None, _Look]]:
        """How words in an element look from when to when."""
        begin, end = context.begin, context.end
        self._steps_left -= context.steps
        if not context.steps or self._steps_left < 0:
            if context.steps:
                self._reading.lose("animation", "it changes too often; its look stays as it begins", line=origin.line)
            yield begin, end, context.look
            return
        moments = {time for layer in context.layers for step in layer.steps for time in (step.begin, step.end)}
        inner = sorted(time for time in moments if time is not None and begin < time and (end is None or time < end))
        for start, until in pairwise([begin, *inner, end]):
            assert start is not None
            look = self._base
            for layer in context.layers:
                look = _looks_like(look, layer.at(start))
            yield start, until, look

    def _ruby(self, ruby: model.Ruby, context: _Context, origin: Origin) -> Iterator[_Leaf]:
        """Words with the annotations above them."""
        bases = _parts(ruby, model.Rbc, model.Rb)
        rows = [_parts([row], model.Rtc, model.Rt) for row in ruby if isinstance(row, model.Rt | model.Rtc)]
        texts = [_words(text) for text in rows[0]] if rows else []
        for number, base in enumerate(bases):
            above = texts[number] if number < len(texts) else ""
            if number == len(bases) - 1:
                # Where there are more annotations than words, the last word has them all: nothing is left out.
                above = "".join([above, *texts[number + 1 :]])
            if words := _words(base):
                yield from self._seen(words, base, context.within(_layer(base, context.begin)), origin, above)
                self._after_space = words.endswith(" ")
        if len(rows) > 1 and (second := "".join(map(_words, rows[1]))):
            message = f"a second annotation of the same words: {shortened(second)!r}"
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

    def _run(self, text: str, element: Any, look: _Look, origin: Origin) -> Run:
        own = self._origin(element.get_lang())
        language = own.language if own.language != self._reading.language else ""
        return look.run._replace(text=text, voice=own.voice or origin.voice, language=language)


def _is_sung(words: Sequence[_Leaf]) -> bool:
    """Whether the words of a p follow each other too fast to be read by themselves, as in song lyrics."""
    return (
        len(words) > 2
        and all(one.end is not None and one.end <= other.begin for one, other in pairwise(words))
        and words[-1].begin - words[0].begin < (len(words) - 1) * _SUNG
    )


def _times(element: Any, begin: int, end: int | None) -> tuple[int, int | None]:
    """When an element is there, from the beginning of the document; never longer than its parent."""
    own_begin, own_end = element.get_begin(), element.get_end()
    if own_end is not None:
        end = _earlier(end, begin + _microseconds(own_end))
    return begin if own_begin is None else begin + _microseconds(own_begin), end


def _earlier(one: int | None, other: int | None) -> int | None:
    return min([each for each in (one, other) if each is not None], default=None)


def _microseconds(seconds: Any) -> int:
    return int(seconds.numerator * _SECOND // seconds.denominator)


def _layer(element: Any, begin: int) -> _Layer:
    """The styles of an element that begins then."""
    styles = {style: element.get_style(style) for style in element.iter_styles()}
    steps = [
        _Step(
            begin + _microseconds(step.begin or 0), None if step.end is None else begin + _microseconds(step.end),
            step.style_property, step.value,
        )
        for step in element.iter_animation_steps()
    ]  # fmt: skip
    return _Layer(styles, steps)


def _looks_like(above: _Look, styles: Mapping[Any, Any]) -> _Look:
    """A look with other styles. Display and opacity are not inherited, but what is in something unseen is unseen."""
    look = above
    for style, value in styles.items():
        run = look.run
        if style is StyleProperties.FontStyle:
            run = run._replace(italic=value is not FontStyleType.normal)
        elif style is StyleProperties.FontWeight:
            run = run._replace(bold=value is FontWeightType.bold)
        elif style is StyleProperties.TextDecoration:
            for name, is_on in (("underline", value.underline), ("strike", value.line_through)):
                run = run if is_on is None else run.switched(name, is_on)  # what it does not say stays as it is
        elif style is StyleProperties.Color:
            run = run._replace(color=_colour(value, usual="#ffffff"))
        elif style is StyleProperties.BackgroundColor and value.components[3]:
            run = run._replace(background=_colour(value, usual="#000000"))
        elif style is StyleProperties.TextAlign:
            look = look._replace(across=value)
        elif style is StyleProperties.Direction:
            look = look._replace(is_rtl=value is DirectionType.rtl)
        elif style is StyleProperties.Visibility:
            look = look._replace(is_visible=value is VisibilityType.visible)
        elif (style is StyleProperties.Display and value is DisplayType.none) or (
            style is StyleProperties.Opacity and value == 0
        ):
            look = look._replace(is_seen=False)
        look = look if run is look.run else look._replace(run=run)
    return look


def _across(look: _Look) -> str:
    """left, center or right, where anything says it; "" otherwise."""
    if look.across is None or look.across is TextAlignType.center:
        return "center" if look.across else ""
    return "left" if (look.across is TextAlignType.start) != look.is_rtl else "right"


def _shown(piece: _Piece) -> Shown:
    lines = "".join([run.text for run in tidied(piece.runs)]).split("\n")
    end = piece.start if piece.end is None else piece.end
    return Shown(piece.start // 1000, end // 1000, lines)


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


def _colour(value: Any, usual: str) -> str:
    if value is None or not value.components[3]:
        return ""
    red, green, blue = value.components[:3]
    color = f"#{red:02x}{green:02x}{blue:02x}"
    return "" if color == usual else color

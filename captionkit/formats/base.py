"""What a caption format is, and how to add one.

A format is one module in this folder with one public name, `FORMAT`:

    FORMAT = Format("srt", "SubRip", (".srt",), read=read, write=write, sniff=sniff)

Nothing else is to be edited: the package looks into its folder, and the contract tests take the new one up by
themselves. The three functions are pure.

`read(text)` takes text whose only line end is LF and gives a `Reading`. It never raises. Its blocks tile the text: the
first starts at 0, each ends where the next one starts, blank lines belong to the block above them (those at the top to
the first block), and each block but the first starts at the beginning of the line it names. A text of blank lines is
one `Stray`; only the empty text has no block. What is wrong becomes a diagnostic with one of the codes of
`READER_CODES`.

`write(document)` gives the text of a document, with the document's line ends. A block that is still the one that was
read is written as it stood; `written` below does that, and asks the format only for the text of one new block. What
is written must be read back as the same blocks, and a cue never as two.

`sniff(text)` says how much the beginning of a text looks like the format; see `Likeness`.
"""

from __future__ import annotations

import gc
import re
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import IntEnum
from itertools import groupby, islice
from operator import itemgetter
from typing import NamedTuple, cast, overload

from captionkit.decoding import one_line_end
from captionkit.model import Block, Cue, Diagnostic, Document, Source
from captionkit.patterns import pattern

# Characters from which on the collector's walks over the cues are worth avoiding: some ten thousand cues.
_LARGE = 1 << 20

#: Characters of a slab: about a thousand cues.
SLAB = 1 << 16


class Likeness(IntEnum):
    """How much a text looks like a format."""

    NO = 0
    #: Nothing speaks against it.
    POSSIBLE = 1
    #: It has the shape, e.g. a timing line in this format's notation.
    LIKELY = 2
    #: It says so itself, e.g. by a signature.
    SIGNED = 3


_LINE_END = pattern(r"\r\r\n|\r\n|\r|\n")

#: Of a diagnostic: line, column and code. By these findings are sorted.
PLACE = itemgetter(3, 4, 0)


class Starts(Sequence[int]):
    """Where each block begins in the text it was read from: the first at the top, each other at its line.

    Worked out when somebody asks, which is when an edited document is written.
    """

    def __init__(self, text: str, blocks: Sequence[Block]) -> None:
        self._text = text
        self._blocks = blocks
        self._places: Sequence[int] | None = None

    def _found(self) -> Sequence[int]:
        if self._places is None:
            self._places = array("q", self._look())
        return self._places

    def _look(self) -> Iterator[int]:
        ends = _LINE_END.finditer(self._text)
        line, place = 1, 0
        for index, block in enumerate(self._blocks):
            if block.line > line:
                place = next(islice(ends, block.line - line - 1, None)).end()
                line = block.line
            yield place if index else 0

    def __len__(self) -> int:
        return len(self._blocks)

    @overload
    def __getitem__(self, index: int) -> int: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[int]: ...

    def __getitem__(self, index: int | slice) -> int | Sequence[int]:
        return self._found()[index]

    def __iter__(self) -> Iterator[int]:
        return iter(self._found())


class Reading(NamedTuple):
    """What a reader found: blocks, where each starts in the text, and what was wrong, in file order."""

    blocks: tuple[Block, ...]
    starts: Sequence[int]
    diagnostics: Sequence[Diagnostic]


class Format(NamedTuple):
    """One caption format.

    Attributes:
        name: what the format is called in the API and on the command line.
        title: what it is called in a sentence.
        extensions: of its files, lower case, with the dot; the first is the usual one.
        read: flat text -> Reading.
        write: document -> text.
        sniff: flat text -> Likeness.
    """

    name: str
    title: str
    extensions: tuple[str, ...]
    read: Callable[[str], Reading]
    write: Callable[[Document], str]
    sniff: Callable[[str], Likeness]


class Writing(NamedTuple):
    """How a format writes what is new, lines joined by LF, without the line end after it.

    Attributes:
        cues: these cues as `laid_out` gives them, given the number in the file of the first.
        identifier: the line above the timing line of a cue that has an identifier.
        text: the text of a cue, which has some.
        other: a block that is no cue.
    """

    cues: Callable[[Sequence[Cue], int], str]
    identifier: Callable[[str], str]
    text: Callable[[str], str]
    other: Callable[[Block], str]


def laid_out(names: Sequence[str], heads: Sequence[str], texts: Sequence[str]) -> str:
    """The text of cues, each with a blank line below it.

    Args:
        names: what stands above their timing lines, "" for nothing.
        heads: their timing lines.
        texts: their texts, "" for none.
    """
    if all(names) and all(texts):
        lines = [""] * (4 * len(heads) + 1)
        lines[:-1:4], lines[1::4], lines[2::4] = names, heads, texts
    else:
        lines = [part for cue in zip(names, heads, texts, strict=True) for part in (*filter(None, cue), "")]
        lines.append("")
    return "\n".join(lines)


def with_settings(heads: list[str], settings: Sequence[str], blank: str) -> list[str]:
    """Timing lines with these settings behind them, which lose what is blank around them."""
    if not any(settings):
        return heads
    pairs = zip(heads, settings, strict=True)
    return [f"{head} {on_one_line(setting).strip(blank)}" if setting else head for head, setting in pairs]


def written(document: Document, writing: Writing) -> str:
    """The text of a document: what was not touched as it stood, and the rest as the format writes it.

    Of a cue that was read from the file and has its times still, only what was changed is written anew: its text, its
    identifier or its settings.

    A piece that lacks the blank line after it (the last block of a file, a cue that ran into the next) gets one, unless
    what follows it is what always followed it.
    """
    source = document.source
    if source is not None and (document.blocks is source.blocks or _same(document.blocks, source.blocks)):
        return source.text
    newline = document.newline
    if source is None:
        bodies: list[str] = []
        number = 1
        for kind, run in groupby(document.blocks, type):
            if kind is Cue:
                cues = cast("list[Cue]", list(run))
                bodies.append(writing.cues(cues, number))
                number += len(cues)
            else:
                bodies += [f"{writing.other(block)}\n\n" for block in run]
        text = "".join(bodies)
        return text if newline == "\n" else text.replace("\n", newline)
    places = {id(block): place for place, block in enumerate(source.blocks)}
    read_at = {block.line: place for place, block in enumerate(source.blocks) if type(block) is Cue}
    pieces: list[str] = []
    previous = -2
    number = 0
    for block in document.blocks:
        if type(block) is Cue:
            number += 1
        place = places.get(id(block), -1)
        edited = None
        if place < 0 and type(block) is Cue and block.timing_line:
            place = read_at.pop(block.line, -1)
            if place >= 0:
                edited = _edited(source, place, block, writing)
                place = place if edited is not None else -1
        if pieces and place != previous + 1:
            _separate(pieces, newline)
        if place >= 0:
            pieces.append(edited if edited is not None else _raw(source, place))
            previous = place
            continue
        body = writing.cues([block], number) if type(block) is Cue else f"{writing.other(block)}\n\n"
        pieces.append(body if newline == "\n" else body.replace("\n", newline))
        previous = -2
    return "".join(pieces)


def _raw(source: Source, place: int) -> str:
    end = source.starts[place + 1] if place + 1 < len(source.starts) else len(source.text)
    return source.text[source.starts[place] : end]


_BLANK_LINES = pattern(r"(?:[ \t]*+(?:\r\n|\r|\n))*+")


def _edited(source: Source, place: int, cue: Cue, writing: Writing) -> str | None:
    """A cue as it stands in the file, with another text, identifier or settings; None where more was changed."""
    raw, old = _raw(source, place), source.blocks[place]
    if type(old) is not Cue or old[:2] != cue[:2] or (old.identifier and not cue.identifier):
        return None
    blank = _BLANK_LINES.match(raw) if place == 0 else None
    top = blank.end() if blank is not None else 0
    above, lines = old.timing_line - old.line, old.text.count("\n") + 1 if old.text else 0
    ends = list(islice(_LINE_END.finditer(raw, top), above + 1 + lines))
    if len(ends) < above:
        return None
    begin = ends[above - 1].end() if above else top
    end = ends[above].start() if len(ends) > above else len(raw)
    timing_line = _with_settings(raw[begin:end], old.settings, cue.settings)
    if timing_line is None:
        return None
    newline = (_LINE_END.search(raw, top) or _LINE_END.search(source.text) or ["\n"])[0]
    is_same = cue.identifier == old.identifier
    head = raw[:begin] if is_same else raw[:top] + writing.identifier(cue.identifier) + newline
    tail = raw[ends[above + lines].start() :] if len(ends) > above + lines else ""
    if cue.text == old.text:
        text = raw[end : len(raw) - len(tail)]
    else:
        text = newline + writing.text(cue.text).replace("\n", newline) if cue.text else ""
    return f"{head}{timing_line}{text}{tail}"


def _with_settings(line: str, old: str, new: str) -> str | None:
    if new == old:
        return line
    times = line.rstrip(" \t\f")
    if not times.endswith(old) or "-->" not in times:
        return None  # behind another arrow nothing may follow
    times = times[: len(times) - len(old)]
    new = on_one_line(new).strip(" \t\f")
    if not new:
        return times.rstrip(" \t\f")
    return times + new if old else f"{times} {new}"


@contextmanager
def collector_paused(size: int) -> Iterator[None]:
    """Without the cyclic garbage collector, which would walk all cues made so far again and again and free none.

    When it goes on again after a large text, the cues count as old, as they would after three such walks: freezing and
    thawing moves them there without one. What the program made before is given its turn first, so that no garbage of
    its grows old with them.

    Args:
        size: of the text to read, in characters.
    """
    if not gc.isenabled():
        yield
        return
    promotes = size >= _LARGE and not gc.get_freeze_count()
    if promotes:
        gc.collect(1)
    gc.disable()
    try:
        yield
    finally:
        if promotes:
            gc.freeze()
            gc.unfreeze()
        gc.enable()


def slabs(text: str, at: int, end: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Where to cut a long text, so that what is cut out of one part stays in the processor's cache.

    Args:
        at: where the first slab begins.
        end: a slab ends only behind a match of this.
    """
    while at < len(text):
        cut = end.search(text, at + SLAB) if len(text) > at + SLAB else None
        stop = cut.end() if cut is not None else len(text)
        yield at, stop
        at = stop


def on_one_line(text: str) -> str:
    """Text for a place that has one line only, such as an identifier: line ends become spaces."""
    if "\n" in text or "\r" in text:
        text = text.replace("\r\n", " ").replace("\n", " ").replace("\r", " ")
    return text


def _same(blocks: Sequence[Block], others: Sequence[Block]) -> bool:
    return len(blocks) == len(others) and all(a is b for a, b in zip(blocks, others, strict=True))


def _separate(pieces: list[str], newline: str) -> None:
    """See to it that what has been written so far ends with a blank line."""
    tail = one_line_end(pieces[-1][-6:])
    if tail == "" and len(pieces) == 1:
        return
    if not tail.endswith("\n"):
        pieces.append(newline + newline)
    elif not tail.endswith("\n\n"):
        pieces.append(newline)

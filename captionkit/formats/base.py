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
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum
from itertools import count
from operator import itemgetter
from typing import NamedTuple

from captionkit.model import Block, Cue, Diagnostic, Document
from captionkit.text import one_line_end

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


#: Of a diagnostic: line, column and code. By these findings are sorted.
PLACE = itemgetter(3, 4, 0)


class Reading(NamedTuple):
    """What a reader found: blocks, where each starts in the text, and what was wrong, in file order."""

    blocks: tuple[Block, ...]
    starts: Sequence[int]
    diagnostics: Sequence[Diagnostic]


@dataclass(frozen=True, slots=True)
class Format:
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


def written(document: Document, cue_text: Callable[[Cue, int], str], other_text: Callable[[Block], str]) -> str:
    """The text of a document: what was not touched as it stood, and the rest by these functions.

    A piece that lacks the blank line after it (the last block of a file, a cue that ran into the next) gets one, unless
    what follows it is what always followed it.

    Args:
        cue_text: the text of a new cue, given its number in the file, without the line end after it, lines joined by
            LF.
        other_text: the same of another block.
    """
    source = document.source
    if source is not None and (document.blocks is source.blocks or _same(document.blocks, source.blocks)):
        return source.text
    newline = document.newline
    if source is None:
        numbers = count(1)
        bodies = [
            cue_text(block, next(numbers)) if type(block) is Cue else other_text(block) for block in document.blocks
        ]
        text = "\n\n".join([*bodies, ""]) if bodies else ""
        return text if newline == "\n" else text.replace("\n", newline)
    places = {id(block): place for place, block in enumerate(source.blocks)}
    pieces: list[str] = []
    previous = -2
    number = 0
    for block in document.blocks:
        if type(block) is Cue:
            number += 1
        place = places.get(id(block), -1)
        if pieces and place != previous + 1:
            _separate(pieces, newline)
        if place >= 0:
            end = source.starts[place + 1] if place + 1 < len(source.starts) else len(source.text)
            pieces.append(source.text[source.starts[place] : end])
            previous = place
            continue
        body = cue_text(block, number) if type(block) is Cue else other_text(block)
        pieces.append((body if newline == "\n" else body.replace("\n", newline)) + newline + newline)
        previous = -2
    return "".join(pieces)


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
        cut = end.search(text, at + SLAB)
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

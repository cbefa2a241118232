"""WebVTT: read to the letter of the specification, and written so that it conforms.

Theory of operation. https://www.w3.org/TR/webvtt1/ section 6.1 collects one block at a time, and what the block is
depends on where its first arrow stands: a line with `-->` is only tried as a timing line if it is the first of the
block, or the second and the first had none. Any other line with an arrow ends the block and begins the next one. STYLE
and REGION count only before the first cue. `webvtt_blocks.BlockReader` does the same steps, with one difference: what
the specification drops becomes a block here too (`Stray`, or `Note` where it is a comment), so that every character of
the file stands in some block. `webvtt_spec.py` in the tests is the specification's own wording, step by step, and a
property test compares the two.

What a browser would not take is not taken here either: a file without the signature has no cues, however good they
look (`VTT001`). Diagnostics say what a person meant and how to have it shown.

A blank line always ends a block, so `_HEAD` matches where a cue surely begins: a blank line, an identifier or none, and
a timing line of the usual shape. What follows becomes a cue at once, unless there is an arrow in it or another blank
line: then the machine collects its blocks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate, compress

from captionkit.decoding import one_line_end
from captionkit.findings import finding
from captionkit.formats.base import (
    Format,
    Likeness,
    Reading,
    Starts,
    Writing,
    collector_paused,
    laid_out,
    on_one_line,
    with_settings,
    written,
)
from captionkit.formats.cue_settings import CueSettings, Problem, RegionSettings, parse_region, parse_settings
from captionkit.formats.pieces import Fields, PieceReader, cues, heights
from captionkit.formats.timing_line import recognise
from captionkit.formats.webvtt_blocks import SIGNATURE, BlockReader, is_note, skip_line_feeds
from captionkit.model import Block, Cue, Diagnostic, Document, Header, Note, Region, Stray, Style
from captionkit.patterns import pattern
from captionkit.timecode import times, timings

__all__ = ["FORMAT", "CueSettings", "Problem", "RegionSettings", "parse_region", "parse_settings", "read"]

# "WEBVTT" misspelt, behind blanks or a second byte order mark, or run together with what follows.
_NEARLY_SIGNATURE = pattern(r"[\s\ufeff]{0,20}(?:WEB[ -]?VTT|WEBSRT)", re.IGNORECASE)
# Hours, minutes and seconds, or the last two alone; then the milliseconds.
_TIME = r"((?:[0-9]{2}:)?[0-5][0-9]:[0-5][0-9])(\.[0-9]{3})"
_IDENTIFIER = r"(?:([0-9]++|(?:(?!-->)[^\n])++)\n)?"
_WHITE = " \t\f"


def read(text: str) -> Reading:
    """Read flat WebVTT text. See `base.Format`."""
    if "\0" in text:
        text = text.replace("\0", "\N{REPLACEMENT CHARACTER}")  # 6.1, step 1
    if not SIGNATURE.match(text):
        return _unsigned(text)
    with collector_paused(len(text)):
        reader = _Reader(text)
        at, line = reader.machine.header()
        filled = skip_line_feeds(text, at)
        reader.read(filled, line + filled - at)
        blocks = tuple(reader.blocks)
        return Reading(blocks, Starts(text, blocks), reader.machine.all_findings())


class _Reader(PieceReader):
    #: Without any group but the first, the blank lines above another block.
    HEAD = pattern(rf"\n\n(\n*+)(?:{_IDENTIFIER}{_TIME} --> {_TIME}((?:[ \t][^\n]*+)?)(?:\n(?=[^\n])|(?![^\n]))|)")
    SLAB_END = pattern(r"\n\n++")

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.machine = BlockReader(text, self.blocks)

    def add_others(self, begin: int, end: int, line: int) -> None:
        self.machine.collect(begin, end, line)

    def cut(self, slab: str) -> tuple[list[str], Sequence[bool]]:
        """See `PieceReader`. Odd is what has another arrow, or lacks a timing line and is no note."""
        pieces = self.HEAD.split(slab)
        starts = pieces[3::8]
        if not pieces[0] and None not in starts and slab.count("-->") == len(starts):
            return pieces, ()
        return pieces, [
            bool(pieces[0]),
            *[
                "-->" in text or ("-->" in settings if settings is not None else not is_note(text))
                for settings, text in zip(pieces[7::8], pieces[8::8], strict=True)
            ],
        ]

    def add_cues(self, fields: Fields, line: int) -> int:
        names, seconds, fractions, end_seconds, end_fractions, settings, texts, blank = (
            fields[at::8] for at in range(8)
        )
        tall = heights(names, texts, blank)
        is_cue = [start is not None for start in seconds]
        notes: list[Note] = []
        if False in is_cue:
            tall = [height - (not timed) for height, timed in zip(tall, is_cue, strict=True)]
        *lines, line = accumulate(tall, initial=line)
        if False in is_cue:
            notes = [Note(text, at) for text, at, timed in zip(texts, lines, is_cue, strict=True) if not timed]
            names, seconds, fractions, end_seconds, end_fractions, settings, texts = (
                list(compress(fields[at::8], is_cue)) for at in range(7)
            )
            lines = list(compress(lines, is_cue))
        if any(settings):
            settings = [one and one.strip(_WHITE) for one in settings]
        starts, ends = times(seconds, fractions), times(end_seconds, end_fractions)
        fresh = cues(names, starts, ends, settings, texts, lines)
        self.machine.cues += len(fresh)
        if notes:
            next_cue, next_note = iter(fresh).__next__, iter(notes).__next__
            self.blocks += [next_cue() if timed else next_note() for timed in is_cue]
        else:
            self.blocks += fresh
        return line


def _unsigned(text: str) -> Reading:
    """A file without the signature: 6.1 gives nothing at all, so all of it is stray."""
    diagnostics: list[Diagnostic] = []
    if text.strip(" \t\n"):
        hint = "Let the file begin with the line WEBVTT and a blank line; `captionkit fix --restore` does it."
        if _NEARLY_SIGNATURE.match(text):
            message = "The first line must begin with WEBVTT, exactly so, then a space, a tab or the end of the line."
            if text.startswith("\ufeff"):
                message = "A second byte order mark stands before WEBVTT."
            message += " A browser shows nothing of this file."
            diagnostics.append(finding("VTT002", message, 1, 1, hint=hint))
        else:
            message = "The file does not begin with WEBVTT. A browser shows nothing of it."
            diagnostics.append(finding("VTT001", message, 1, 1, hint=hint))
    if not text:
        return Reading((), (), diagnostics)
    filled = skip_line_feeds(text, 0)
    line = filled + 1 if filled < len(text) else 1
    return Reading((Stray(text.strip("\n"), line),), [0], diagnostics)


# Writing ----------------------------------------------------------------------------------------------------------

_NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"


def write(document: Document) -> str:
    """The text of a WebVTT document. Blocks that were not touched stand as they stood.

    A header is put on top where there are cues and none. What WebVTT cannot say in a new or changed block is written as
    the nearest that it can: a negative time as 0; an arrow in the text as `--&gt;`; a blank line in the text as a line
    that holds one U+00A0 NO-BREAK SPACE; blank lines in other blocks not at all; an arrow in an identifier or another
    block as `->`, and a line end in an identifier or in settings as a space.
    """
    source = document.source
    has_header = bool(document.blocks) and type(document.blocks[0]) is Header
    # A file that was read without a header has no cues either, and its text must not turn into some.
    if not has_header and (source is None or Cue in map(type, document.blocks)):
        document = document.with_blocks((Header("WEBVTT"), *document.blocks))
    return written(document, _WRITING)


def _block_text(block: Block) -> str:
    text = one_line_end(block.text)
    if "-->" in text:
        text = text.replace("-->", "->")
    lines = [line for line in text.split("\n") if line]
    if type(block) is Style:
        lines.insert(0, "STYLE")
    elif type(block) is Region:
        lines.insert(0, "REGION")
    elif type(block) is Note and not (lines and is_note(lines[0])):
        lines.insert(0, "NOTE")
    elif type(block) is Header and not (lines and SIGNATURE.match(lines[0])):
        lines.insert(0, "WEBVTT")
    return "\n".join(lines)


def _cues(cues: Sequence[Cue], number: int) -> str:
    starts: Sequence[int]
    ends: Sequence[int]
    texts: Sequence[str]
    names: Sequence[str]
    starts, ends, texts, names, settings, _, _ = zip(*cues, strict=True)
    if min(starts) < 0 or min(ends) < 0:
        starts, ends = [max(start, 0) for start in starts], [max(end, 0) for end in ends]
    heads = with_settings(timings(starts, ends), settings, _WHITE)
    if not "".join(names).isalnum():
        names = [_identifier(name) for name in names]
    joined = "\n".join(["", *texts, ""])
    if "\r" in joined or (">" in joined and "-->" in joined) or "\n\n" in joined:
        texts = [text and _text(text) for text in texts]
    return laid_out(names, heads, texts)


def _identifier(identifier: str) -> str:
    return identifier if identifier.isalnum() else on_one_line(identifier).replace("-->", "->")


def _text(text: str) -> str:
    if "\r" in text:
        text = one_line_end(text)
    if "-->" in text:
        text = text.replace("-->", "--&gt;")
    if "\n\n" in text or text[0] == "\n" or text[-1] == "\n":
        text = "\n".join([line or _NO_BREAK_SPACE for line in text.rstrip("\n").split("\n")])
    return text


_WRITING = Writing(_cues, _identifier, _text, _block_text)


def sniff(text: str) -> Likeness:
    """Signed with the signature; likely with one that is nearly right, or where the times are those of SRT."""
    if SIGNATURE.match(text):
        timings = (recognise(line) for line in text[:20_000].split("\n") if "-->" in line)
        first = next((timing for timing in timings if timing is not None), None)
        return Likeness.LIKELY if first is not None and first.start.separator == "," else Likeness.SIGNED
    return Likeness.LIKELY if _NEARLY_SIGNATURE.match(text) else Likeness.NO


FORMAT = Format("vtt", "WebVTT", (".vtt", ".webvtt"), read=read, write=write, sniff=sniff)

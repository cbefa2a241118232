"""WebVTT: read to the letter of the specification, and written so that it conforms.

Theory of operation. https://www.w3.org/TR/webvtt1/ section 6.1 collects one block at a time, and what the block is
depends on where its first arrow stands: a line with `-->` is only tried as a timing line if it is the first of the
block, or the second and the first had none. Any other line with an arrow ends the block and begins the next one. STYLE
and REGION count only before the first cue. `_webvtt_blocks.BlockMachine` does the same steps, with one difference: what
the specification drops becomes a block here too (`Stray`, or `Note` where it is a comment), so that every character of
the file stands in some block. `webvtt_spec.py` in the tests is the specification's own wording, step by step, and a
property test compares the two.

What a browser would not take is not taken here either: a file without the signature has no cues, however good they
look (`VTT001`). Diagnostics say what a person meant and how to have it shown.

`read` gives the machine only what is not clean. A blank line always ends a block, so a piece of text between two blank
lines can be judged by itself. It is clean if it is an identifier or none, a timing line of the usual shape with or
without settings, and text without an arrow.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from itertools import accumulate, compress, repeat
from typing import cast

from captionkit.formats import _bulk
from captionkit.formats._findings import Found
from captionkit.formats._settings import CueSettings, Problem, RegionSettings, parse_region, parse_settings
from captionkit.formats._timing import recognise
from captionkit.formats._webvtt_blocks import SIGNATURE, BlockMachine, skip_line_feeds
from captionkit.formats.base import Format, Likeness, Reading, finding, on_one_line, written
from captionkit.model import Block, Cue, Diagnostic, Document, Header, Note, Region, Stray, Style, timecode

__all__ = ["FORMAT", "CueSettings", "Problem", "RegionSettings", "parse_region", "parse_settings", "read"]

# "WEBVTT" misspelt, behind blanks or a second byte order mark, or run together with what follows.
_NEARLY_SIGNATURE = re.compile(r"[\s\ufeff]{0,20}(?:WEB[ -]?VTT|WEBSRT)", re.IGNORECASE)
_TIME = r"(?:[0-9]{2}:)?[0-5][0-9]:[0-5][0-9]\.[0-9]{3}"
_USUAL_TIMING = re.compile(rf"({_TIME}) --> ({_TIME})(?:[ \t](.*))?")
_ANY_TIMING = "00:00:00.000 --> 00:00:00.000"
_WIDTH = len(_ANY_TIMING)
_WHITE = " \t\f"

#: Start times, end times, texts, identifiers and settings of clean pieces.
_Columns = tuple[Sequence[int], Sequence[int], Sequence[str], Sequence[str], Sequence[str]]


def read(text: str) -> Reading:
    """Read flat WebVTT text. See `base.Format`."""
    reader = _Reader(text)
    with _bulk.collector_paused(len(text)):
        return reader.read(carefully=False)


def read_carefully(text: str) -> Reading:
    """Read with the block machine alone. Same result as `read`, for any text; a property test holds them together."""
    return _Reader(text).read(carefully=True)


class _Reader:
    """Cuts the text into slabs, makes cues of the clean pieces, and gives the rest to the block machine."""

    def __init__(self, text: str) -> None:
        if "\0" in text:
            text = text.replace("\0", "\N{REPLACEMENT CHARACTER}")  # 6.1, step 1
        self.text = text
        self.blocks: list[Block] = []
        self.starts = array("q")
        self.found = Found()
        self.machine = BlockMachine(text, self.blocks, self.starts, self.found)

    def read(self, *, carefully: bool) -> Reading:
        text = self.text
        if not SIGNATURE.match(text):
            return _unsigned(text)
        begin, line = self.machine.header()
        if carefully:
            self.machine.collect(begin, len(text), line)
        while begin < len(text) and not carefully:
            filled = skip_line_feeds(text, begin)
            line += filled - begin
            begin = filled
            cut = text.find("\n\n", begin + _bulk.SLAB)
            end = cut + 2 if cut >= 0 else len(text)
            line = self._slab(begin, end, line)
            self.found.close()
            begin = end
        self.machine.flush()
        return Reading(tuple(self.blocks), self.starts, self.machine.all_found())

    def _slab(self, begin: int, end: int, line: int) -> int:
        """Read the pieces from `begin` to `end`, and return the number of the line that follows."""
        is_last = end == len(self.text)
        slab = self.text[begin : end if is_last else end - 2]
        pieces = slab.split("\n\n")
        if len(pieces) * _bulk.SHORTEST > len(slab):
            self.machine.collect(begin, end, line)
            return line + self.text.count("\n", begin, end)
        offsets = list(accumulate(map((2).__add__, map(len, pieces)), initial=begin))
        lines = list(accumulate(map((2).__add__, map(str.count, pieces, repeat("\n"))), initial=line))
        offsets[-1] = end
        good, columns, commas = self._clean(pieces, slab)
        for clean in (good, commas):
            if clean and clean[-1] == len(pieces) - 1 and (is_last or pieces[-1].endswith("\n")):
                # The end of the file is no blank line, and a slab may end in the middle of several: not clean.
                clean.pop()
        done = taken = passed = 0
        while done < len(pieces):
            if count := _run_length(good, taken, done):
                self._cues(columns, taken, count, offsets[done : done + count], lines[done : done + count])
                taken += count
            elif count := _run_length(commas, passed, done):
                to = done + count
                self.machine.strays_with_commas(pieces[done:to], offsets[done : to + 1], lines[done:to])
                passed += count
            else:
                stop = min(good[taken] if taken < len(good) else len(pieces),
                           commas[passed] if passed < len(commas) else len(pieces))  # fmt: skip
                self.machine.collect(offsets[done], offsets[stop], lines[done])
                count = stop - done
            done += count
        return lines[-1]

    def _clean(self, pieces: list[str], slab: str) -> tuple[list[int], _Columns, list[int]]:
        """Which pieces are clean, and their times, texts, identifiers and settings as columns.

        Returns:
            Also the pieces that would be clean but for the commas in their times.
        """
        good, identifiers, timings, texts = _taken_apart(pieces)
        starts, ends, unusual = _bulk.times(timings, ".")
        settings: Sequence[str] = [""] * len(good)
        odd: set[int] = set()
        with_commas: list[int] = []
        if unusual:
            wrong = set(_bulk.times([timings[i] for i in unusual], ",")[2])
            with_commas = [i for place, i in enumerate(unusual) if place not in wrong]
            if wrong:
                timings, settings, odd = _with_settings(timings, [unusual[place] for place in wrong])
                starts, ends, _ = _bulk.times(timings, ".")
        # With one arrow in each clean timing line, and no more of them, there is none in a text.
        if odd or len(good) < len(pieces) or slab.count("-->") != len(good):
            odd.update(place for place, text in enumerate(texts) if "-->" in text)
        if "" in texts:
            odd.update(place for place, text in enumerate(texts) if not text)
        commas = [good[i] for i in with_commas if i not in odd]
        columns: _Columns = (starts, ends, texts, identifiers, settings)
        odd.update(with_commas)
        if len(odd) == len(good):
            good, columns = [], ((), (), (), (), ())
        elif odd:
            kept = [place not in odd for place in range(len(good))]
            good = list(compress(good, kept))
            columns = cast(_Columns, tuple(list(compress(column, kept)) for column in columns))
        return good, columns, commas

    def _cues(self, columns: _Columns, taken: int, count: int, offsets: list[int], lines: list[int]) -> None:
        """Make cues of clean pieces: `count` of them, from `taken` on in the columns."""
        starts, ends, texts, identifiers, settings = [column[taken : taken + count] for column in columns]
        at = lines[:count]
        timing_lines = [line + 1 if identifier else line for line, identifier in zip(at, identifiers, strict=True)]
        self.machine.flush()
        self.blocks.extend(_bulk.cues(starts, ends, texts, identifiers, settings, at, timing_lines))
        self.starts.extend(offsets[:count])
        self.machine.cues += count


def _taken_apart(pieces: list[str]) -> tuple[list[int], Sequence[str], Sequence[str], Sequence[str]]:
    """Pieces that may be cues: which, and their identifiers, timing lines and texts."""
    rows = list(map(str.split, pieces, repeat("\n"), repeat(2)))
    good = list(range(len(rows)))
    bare = ["-->" in row[0] for row in rows]
    if True not in bare and list(map(len, rows)).count(3) == len(rows):
        identifiers, timings, texts = zip(*rows, strict=True)
        if "" not in identifiers:
            return good, identifiers, timings, texts
    if False not in bare:
        timings, _, texts = zip(*[piece.partition("\n") for piece in pieces], strict=True)
        return good, [""] * len(good), timings, texts
    good = [place for place in good if bare[place] or (len(rows[place]) == 3 and rows[place][0])]
    cut = [("", *pieces[place].partition("\n")[::2]) if bare[place] else rows[place] for place in good]
    if not cut:
        return [], (), (), ()
    identifiers, timings, texts = zip(*cut, strict=True)
    return good, identifiers, timings, texts


def _with_settings(timings: Sequence[str], unusual: list[int]) -> tuple[Sequence[str], Sequence[str], set[int]]:
    """Timing lines of the usual shape and the settings that stood behind them, and which lines are not clean.

    Args:
        unusual: the places of those lines that are more, or other, than two times of the usual shape.
    """
    heads = list(timings)
    tails = [""] * len(timings)
    odd: set[int] = set()
    if len(unusual) == len(timings):
        # All have settings, as in the files of some services.
        heads = [timing[:_WIDTH] for timing in timings]
        rests = [timing[_WIDTH:] for timing in timings]
        if not _bulk.times(heads, ".")[2] and not any(rest and rest[0] not in " \t" for rest in rests):
            return heads, [rest.strip(_WHITE) for rest in rests], odd
    for place in unusual:
        match = _USUAL_TIMING.fullmatch(timings[place])
        if match is None:
            odd.add(place)
            heads[place] = _ANY_TIMING
            continue
        start, end, after = match.groups("")
        heads[place] = f"{start if len(start) == 12 else '00:' + start} --> {end if len(end) == 12 else '00:' + end}"
        tails[place] = after.strip(_WHITE)
    return heads, tails, odd


def _run_length(good: list[int], taken: int, done: int) -> int:
    """How many pieces from `done` on are clean, where `good[taken]` is the first clean piece not before it."""
    if taken >= len(good) or good[taken] != done:
        return 0
    if good[-1] - done == len(good) - 1 - taken:
        return len(good) - taken
    count = 1
    while good[taken + count] == done + count:
        count += 1
    return count


def _unsigned(text: str) -> Reading:
    """A file without the signature: 6.1 gives nothing at all, so all of it is stray."""
    diagnostics: list[Diagnostic] = []
    if text.strip(" \t\n"):
        hint = "Let the file begin with the line WEBVTT and a blank line; `captionkit fix` does it."
        if _NEARLY_SIGNATURE.match(text):
            message = "The first line must begin with WEBVTT, exactly so, then a space, a tab or the end of the line."
            message += " A browser shows nothing of this file."
            diagnostics.append(finding("VTT002", message, 1, 1, hint=hint))
        else:
            message = "The file does not begin with WEBVTT. A browser shows nothing of it."
            diagnostics.append(finding("VTT001", message, 1, 1, hint=hint))
    if not text:
        return Reading((), [], diagnostics)
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
    return written(document, block_text)


def block_text(block: Block, number: int = 0) -> str:
    """The text of one new block, without the line end after it, lines joined by LF. See `write`."""
    if type(block) is Cue:
        return _cue_text(block)
    text = block.text.replace("\r\n", "\n").replace("\r", "\n")
    if "-->" in text:
        text = text.replace("-->", "->")
    lines = [line for line in text.split("\n") if line]
    if type(block) is Style:
        lines.insert(0, "STYLE")
    elif type(block) is Region:
        lines.insert(0, "REGION")
    elif type(block) is Note and not (lines and (lines[0] == "NOTE" or lines[0].startswith(("NOTE ", "NOTE\t")))):
        lines.insert(0, "NOTE")
    elif type(block) is Header and not (lines and SIGNATURE.match(lines[0])):
        lines.insert(0, "WEBVTT")
    return "\n".join(lines)


def _cue_text(cue: Cue) -> str:
    start, end, text, identifier, settings, _, _ = cue
    head = f"{timecode(max(start, 0))} --> {timecode(max(end, 0))}"
    if settings:
        head += " " + on_one_line(settings).strip(_WHITE)
    if identifier:
        identifier = on_one_line(identifier).replace("-->", "->")
        head = f"{identifier}\n{head}" if identifier else head
    if not text:
        return head
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "-->" in text:
        text = text.replace("-->", "--&gt;")
    if "\n\n" in text or text[0] == "\n" or text[-1] == "\n":
        text = "\n".join([line or _NO_BREAK_SPACE for line in text.rstrip("\n").split("\n")])
    return f"{head}\n{text}"


def sniff(text: str) -> Likeness:
    """Signed with the signature; likely with one that is nearly right, or where the times are those of SRT."""
    if SIGNATURE.match(text):
        timings = (recognise(line) for line in text[:20_000].split("\n") if "-->" in line)
        first = next((timing for timing in timings if timing is not None), None)
        return Likeness.LIKELY if first is not None and first.start.separator == "," else Likeness.SIGNED
    return Likeness.LIKELY if _NEARLY_SIGNATURE.match(text) else Likeness.NO


FORMAT = Format("vtt", "WebVTT", (".vtt", ".webvtt"), read=read, write=write, sniff=sniff)

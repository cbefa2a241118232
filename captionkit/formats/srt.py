"""SubRip: reading it as it is found, and writing it so that every reader understands it.

There is no specification of SRT, so the rules are these. A timing line is whatever `timing_line.recognise` takes for
one; everything else hangs on them. The line above a timing line is its identifier if it stands alone (a blank line
above it, or the top of the file), or if it is a number and the file has numbers. All lines from a timing line to the
next cue are text, blank lines inside included, because many people write them and the words would be lost otherwise;
blank lines at the end are not. What comes before the first cue, and a block whose timing line cannot be read, is
`Stray`.

Theory of operation. One expression cuts the text where a cue surely begins: below a blank line, a number or none, and a
timing line as nearly all are (see `pieces`). The piece from there to the next such place is a cue, unless it has an odd
line: one that is blank or could begin another cue. `srt_recovery.Recovery` knows what such a stretch means; it goes on
over cues without a number, since a number may stand above the blank line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate, repeat

from captionkit.decoding import one_line_end
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
from captionkit.formats.pieces import Fields, PieceReader, cues, heights
from captionkit.formats.srt_recovery import Recovery, numbers_from, starts_broken_block
from captionkit.formats.timing_line import MAY_BE_TIMING, lacks_arrow, recognise
from captionkit.model import Cue, Document
from captionkit.patterns import pattern
from captionkit.timecode import times, timings

_BLANK = " \t"
# Hours, minutes and seconds; then the milliseconds with their separator. Dots, and hours of one digit, are common.
_TIME = r"([0-9]{1,2}:[0-5][0-9]:[0-5][0-9])([,.][0-9]{3})"
_TIMING = rf"{_TIME} --> {_TIME}"
_USUAL = pattern(rf"{_TIMING}\Z")
_WITH_COLON = pattern(r"[^:\n]*+:[^\n]*+")
#: A line that is blank or could begin a cue, so that it belongs into no ordinary text.
_ODD_LINE = rf"(?:[ \t]*+(?:\n|\Z)|{MAY_BE_TIMING})"
_START = rf"(\n*+)(?:([0-9]{{1,9}})\n|){_TIMING}"
#: The head of a piece where the text goes on as it should; without any group, an odd line.
_CUT = re.compile(rf"\n(?:(?<!\n\n)\n{_START}(?:\n(?!{_ODD_LINE})|(?![^\n]))|{_ODD_LINE})")
_FIND_ODD_LINE = pattern(rf"\n{_ODD_LINE}")
_BLANK_TOP = re.compile(r"\n*+(?:[ \t]++\n++)*+")
_USUAL_LENGTH = len("00:00:00")


def read(text: str) -> Reading:
    """Read flat SRT text. See `base.Format`."""
    with collector_paused(len(text)):
        reader = _Reader(text)
        blank = _BLANK_TOP.match(text)
        at = blank.end() if blank is not None else 0
        if text and not text[at:].strip(_BLANK):
            reader.add_others(0, len(text), 1)
        else:
            if at:
                reader.recovery.blank_lines_on_top()
            reader.read(at, text.count("\n", 0, at) + 1)
        blocks = tuple(reader.blocks)
        return Reading(blocks, Starts(text, blocks), reader.recovery.all_findings())


class _Reader(PieceReader):
    # Only where the blank lines begin: further down in a run of them it could not succeed either.
    HEAD = pattern(rf"(?<!\n)\n\n{_START}(?:\n(?=[^\n])|(?![^\n]))")
    #: Where a cue begins whatever stands above.
    SLAB_END = pattern(rf"\n\n(?=[0-9]{{1,9}}\n{_TIMING.replace('(', '(?:')}(?=\n|\Z))")

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.recovery = Recovery(text, self.blocks)

    def add_others(self, begin: int, end: int, line: int) -> None:
        self.recovery.read(begin, end, line)

    def cut(self, slab: str) -> tuple[list[str], Sequence[bool]]:
        """See `PieceReader`. What is odd may go on below the timing line of a cue without a number."""
        pieces = _CUT.split(slab)
        if not pieces[0] and None not in pieces[1::7]:
            return pieces, ()
        pieces = self.HEAD.split(slab)
        odd = [bool(pieces[0])]
        for number, text in zip(pieces[2::7], pieces[7::7], strict=True):
            odd.append((odd[-1] and not number) or (text != "" and _FIND_ODD_LINE.search(f"\n{text}") is not None))
        return pieces, odd

    def add_cues(self, fields: Fields, line: int) -> int:
        numbers, seconds, fractions, end_seconds, end_fractions, texts, blank = (fields[at::7] for at in range(7))
        self.recovery.is_counted &= numbers == numbers_from(len(self.blocks) + 1, len(numbers))
        first = len(self.blocks)
        starts, ends = times(seconds, fractions), times(end_seconds, end_fractions)
        *lines, line = accumulate(heights(numbers, texts, blank), initial=line)
        fresh = cues(numbers, starts, ends, repeat(""), texts, lines)
        self.blocks += fresh
        if any(blank):
            for cue, more in zip(fresh, blank, strict=True):
                if more:
                    self.recovery.extra_blank_lines(cue.last_line + 2, len(more) + 1)
        usual = len(starts) * _USUAL_LENGTH
        if (
            not len("".join(seconds)) == len("".join(end_seconds)) == usual
            or "." in "".join(fractions)
            or "." in "".join(end_fractions)
        ):
            self.recovery.loose_times(first, zip(seconds, fractions, end_seconds, end_fractions, strict=True))
        return line


# Writing ----------------------------------------------------------------------------------------------------------

#: Put before a line of text that would be taken for a timing line: it has no width, and no reader looks past it.
_GUARD = "\N{WORD JOINER}"


def write(document: Document) -> str:
    """The text of an SRT document. Blocks that were not touched stand as they stood.

    A new or changed cue is written as `number, timing line, text, blank line`. Its number is its identifier; one
    without gets its place in the file, but not in a file that had no numbers before. Blank lines at the end of its
    text are dropped; blank lines inside are kept, as this reader (and few others) reads them back. A line of the text
    that would be read as another cue's timing line or number gets a U+2060 WORD JOINER in front, and an arrow
    where a timing line would stand one inside. Line ends in an identifier or in coordinates become spaces.
    """
    source = document.source
    is_numbered = source is None or any(type(block) is Cue and block.identifier for block in source.blocks)
    return written(document, _NUMBERED if is_numbered else _WITHOUT_NUMBERS)


def _numbered(cues: Sequence[Cue], number: int) -> str:
    names = [_identifier(cue.identifier) or str(place) for place, cue in enumerate(cues, number)]
    return laid_out(names, *_heads_and_texts(cues))


def _without_numbers(cues: Sequence[Cue], number: int) -> str:
    return laid_out([_identifier(cue.identifier) for cue in cues], *_heads_and_texts(cues))


def _heads_and_texts(cues: Sequence[Cue]) -> tuple[list[str], list[str]]:
    starts, ends, texts, _, settings, _, _ = zip(*cues, strict=True)
    return with_settings(timings(starts, ends, ","), settings, _BLANK), [_guarded(text) for text in texts]


def _identifier(identifier: str) -> str:
    return on_one_line(identifier).strip(_BLANK)


#: A number that stands alone below a blank line at the end: it would be that of the next cue, which may have none.
_NUMBER_AT_END = pattern(r"(?:\A|\n)[ \t]*+\n[ \t\ufeff]*+[0-9]{1,15}[ \t]*+\Z")


def _guarded(text: str, *, is_cue: bool = True) -> str:
    if "\r" in text:
        text = one_line_end(text)
    if text.endswith(("\n", " ", "\t")) and text.strip(" \t\n"):
        lines = text.split("\n")
        while not lines[-1].strip(_BLANK):
            lines.pop()
        text = "\n".join(lines)
    if "\n" in text and _NUMBER_AT_END.search(text):
        at = text.rindex("\n") + 1
        text = f"{text[:at]}{_GUARD}{text[at:]}"
    if ":" not in text and "-->" not in text and text.isascii():
        return text
    lines = text.split("\n")
    return "\n".join(
        [
            _guarded_line(lines, place, is_cue) if "-->" in line or ":" in line or not line.isascii() else line
            for place, line in enumerate(lines)
        ]
    )


def _guarded_line(lines: list[str], place: int, is_cue: bool) -> str:
    line = guarded = lines[place]
    if is_cue and "-->" in line and starts_broken_block(lines, place):
        guarded = line.replace("-->", f"--{_GUARD}>")
    if recognise(line) or (is_cue and lacks_arrow(line) and starts_broken_block(lines, place)):
        guarded = _GUARD + guarded
    return guarded


_NUMBERED = Writing(_numbered, _identifier, _guarded, lambda block: _guarded(block.text, is_cue=False))
_WITHOUT_NUMBERS = _NUMBERED._replace(cues=_without_numbers)


def sniff(text: str) -> Likeness:
    """Likely if one of the first lines is a timing line with a comma; never signed, as SRT has no signature."""
    for line in _WITH_COLON.finditer(text, 0, 20_000):
        if usual := _USUAL.match(line[0]):
            return Likeness.LIKELY if usual[2][0] == "," else Likeness.POSSIBLE
        if (timing := recognise(line[0])) is not None:
            return Likeness.LIKELY if timing.start.separator == "," else Likeness.POSSIBLE
    return Likeness.POSSIBLE


FORMAT = Format("srt", "SubRip", (".srt",), read=read, write=write, sniff=sniff)

"""SubRip: reading it as it is found, and writing it so that every reader understands it.

There is no specification of SRT, so the rules are these. A timing line is whatever `timing_line.recognise` takes for
one; everything else hangs on them. The line above a timing line is its identifier if it stands alone (a blank line
above it, or the top of the file), or if it is a number and the file has numbers. All lines from a timing line to the
next cue are text, blank lines inside included, because many people write them and the words would be lost otherwise;
blank lines at the end are not. What comes before the first cue, and a block whose timing line cannot be read, is
`Stray`.

Theory of operation. One expression, `_PIECE`, cuts the text into pieces that tile it. A piece is either a cue as nearly
all cues are (a number, a timing line, lines of which none could begin another cue, a blank line), or a stretch of
anything else, which ends where a cue surely begins. `srt_recovery.Recovery` knows what such a stretch means. Its first
lines may belong to the cue above, so the machine gets that cue as well.
"""

from __future__ import annotations

import re
from array import array

from captionkit.decoding import one_line_end
from captionkit.formats.base import Format, Likeness, Reading, Writing, collector_paused, on_one_line, slabs, written
from captionkit.formats.srt_recovery import Recovery, starts_broken_block
from captionkit.formats.timing_line import MAY_BE_TIMING, lacks_arrow, recognise
from captionkit.model import Block, Cue, Document
from captionkit.patterns import pattern
from captionkit.timecode import FRACTIONS, SECONDS, timing

_BLANK = " \t"
# Hours, minutes and seconds; then the milliseconds with their separator. Dots, and hours of one digit, are common.
_TIME = r"([0-9]{1,2}:[0-5][0-9]:[0-5][0-9])([,.][0-9]{3})"
_TIMING = rf"{_TIME} --> {_TIME}"
# A line of text that could begin no cue and is not blank. Most begin with a letter, which settles it at once.
_LINE = rf"(?:[^\W\d_][^\n]*+|(?!{MAY_BE_TIMING})(?![ \t]*+(?:\n|\Z))[^\n]++)"
_CUE = rf"((?:([0-9]{{1,9}})\n)?{_TIMING}((?:\n{_LINE})*+)(?:\n\n++|\n?\Z))"
# Where a cue begins whatever stands above.
_SURE_CUE = rf"[0-9]{{1,9}}\n{_TIMING.replace('(', '(?:')}(?=\n|\Z)"
_PIECE = re.compile(rf"{_CUE}|([^\n]*+(?:\n(?!\n{_SURE_CUE})[^\n]*+)*+(?:\n\n)?)")
_SLAB_END = re.compile(rf"\n\n(?={_SURE_CUE})")
_BLANK_TOP = re.compile(r"\n*+(?:[ \t]++\n++)*+")
_COMMA = ",999"


def read(text: str) -> Reading:
    """Read flat SRT text. See `base.Format`."""
    with collector_paused(len(text)):
        return _read(text)


def _read(text: str) -> Reading:
    blocks: list[Block] = []
    starts = array("q")
    machine = Recovery(text, blocks, starts)
    at, line = _top(text)
    if at:
        machine.blank_lines_on_top()
    seconds, fractions, new = SECONDS, FRACTIONS, tuple.__new__
    found = machine.findings
    above: Cue | None = None  # the cue above, where its text may go on below a blank line
    known = 0  # how many findings there were above it
    has_spare_blank_lines = "\n\n\n" in text
    for begin, end in slabs(text, at, _SLAB_END):
        for whole, number, start, part, stop, rest, body, odd in _PIECE.findall(text, begin, end):
            if whole:
                begins, ends = seconds[start] + fractions[part], seconds[stop] + fractions[rest]
                above = new(Cue, (begins, ends, body[1:], number, "", line, line + 1 if number else line))
                blocks.append(above)
                starts.append(at)
                known = len(found)
                if part > _COMMA or rest > _COMMA or len(start) < 8 or len(stop) < 8:
                    machine.loose_times(above, start, part, stop, rest)
                if has_spare_blank_lines and whole[-3:] == "\n\n\n":
                    machine.extra_blank_lines(above.last_line + 2, len(whole) - len(whole.rstrip("\n")) - 1)
                at += len(whole)
                line += whole.count("\n")
            elif odd:
                first, first_line = at, line
                if above is not None:
                    first, first_line = starts.pop(), above.line
                    blocks.pop()
                    del found[known:]
                at += len(odd)
                line += odd.count("\n")
                machine.read(first, at, first_line)
                above = None
    if starts:
        starts[0] = 0
    return Reading(tuple(blocks), starts, machine.all_findings())


def _top(text: str) -> tuple[int, int]:
    """Where the first line that is not blank begins, and its number; the very top if all are blank."""
    blank = _BLANK_TOP.match(text)
    assert blank is not None
    if not blank.end() or not text[blank.end() :].strip(_BLANK):
        return 0, 1
    return blank.end(), 1 + text.count("\n", 0, blank.end())


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


def _numbered_cue_text(cue: Cue, number: int) -> str:
    return _cue_text(cue) if cue.identifier.strip(_BLANK) else f"{number}\n{_cue_text(cue)}"


def _cue_text(cue: Cue, number: int = 0) -> str:
    start, end, text, identifier, settings, _, _ = cue
    head = timing(start, end, ",")
    if settings:
        head += " " + on_one_line(settings).strip(_BLANK)
    if identifier:
        identifier = _identifier(identifier)
        head = f"{identifier}\n{head}" if identifier else head
    return f"{head}\n{_guarded(text)}" if text else head


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


_NUMBERED = Writing(_numbered_cue_text, _identifier, _guarded, lambda block: _guarded(block.text, is_cue=False))
_WITHOUT_NUMBERS = _NUMBERED._replace(cue=_cue_text)


def sniff(text: str) -> Likeness:
    """Likely if one of the first lines is a timing line with a comma; never signed, as SRT has no signature."""
    for line in text[:20_000].split("\n"):
        if ":" in line and (timing := recognise(line)) is not None:
            return Likeness.LIKELY if timing.start.separator == "," else Likeness.POSSIBLE
    return Likeness.POSSIBLE


FORMAT = Format("srt", "SubRip", (".srt",), read=read, write=write, sniff=sniff)

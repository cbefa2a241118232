"""WebVTT: read to the letter of the specification, and written so that it conforms.

Theory of operation. https://www.w3.org/TR/webvtt1/ section 6.1 collects one block at a time, and what the block is
depends on where its first arrow stands: a line with `-->` is only tried as a timing line if it is the first of the
block, or the second and the first had none. Any other line with an arrow ends the block and begins the next one. STYLE
and REGION count only before the first cue. `_Blocks` does the same steps over lines, with one difference: what the
specification drops becomes a block here too (`Stray`, or `Note` where it is a comment), so that every character of the
file stands in some block. `webvtt_spec.py` in the tests is the specification's own wording, step by step, and a
property test compares the two.

What a browser would not take is not taken here either: a file without the signature has no cues, however good they
look (`VTT001`). Diagnostics say what a person meant and how to have it shown.
"""

from __future__ import annotations

import re
from itertools import accumulate

from captionkit.formats._settings import CueSettings, RegionSettings, parse_region, parse_settings
from captionkit.formats._timing import MOST_HOURS, Clock, recognise
from captionkit.formats.base import Format, Likeness, Reading, finding, written
from captionkit.model import Block, Cue, Diagnostic, Document, Header, Note, Region, Stray, Style, timecode

__all__ = ["FORMAT", "CueSettings", "RegionSettings", "parse_region", "parse_settings", "read", "sniff", "write"]

_SIGNATURE = re.compile(r"WEBVTT(?=[ \t\n]|\Z)")
# "WEBVTT" misspelt, behind blanks or a second byte order mark, or run together with what follows.
_NEARLY_SIGNATURE = re.compile(r"[\s\ufeff]{0,20}(?:WEB[ -]?VTT|WEBSRT)", re.IGNORECASE)

# Section 6.3, collect a WebVTT timestamp: two digits up to 59 may be minutes; anything else before the first colon is
# hours. White space is skipped before each timestamp and before the arrow; after the end time anything may follow.
_W = r"[ \t\f]*+"
_TIMING = re.compile(
    rf"{_W}(?:([0-9]++):)??([0-5][0-9]):([0-5][0-9])\.([0-9]{{3}})(?![0-9]){_W}-->"
    rf"{_W}(?:([0-9]++):)??([0-5][0-9]):([0-5][0-9])\.([0-9]{{3}})(?![0-9])"
)
_CONFORMING = re.compile(
    r"(?:[0-9]{2,}:)?[0-5][0-9]:[0-5][0-9]\.[0-9]{3}[ \t]+-->[ \t]+(?:[0-9]{2,}:)?[0-5][0-9]:[0-5][0-9]\.[0-9]{3}"
    r"(?:[ \t]|\Z)"
)
_METADATA = re.compile(r"[A-Za-z][\w-]*\s*[:=]")


def read(text: str) -> Reading:
    """Read flat WebVTT text. See `base.Format`."""
    return read_carefully(text)


def read_carefully(text: str) -> Reading:
    """Read with the line machine alone. Same result as `read`, for any text; a property test holds them together."""
    if "\0" in text:
        text = text.replace("\0", "\N{REPLACEMENT CHARACTER}")  # 6.1, step 1
    if not _SIGNATURE.match(text):
        return _unsigned(text)
    blocks = _Blocks(text)
    blocks.header()
    blocks.collect()
    return finished(blocks.blocks, blocks.starts, blocks.diagnostics)


def finished(blocks: list[Block], starts: list[int], diagnostics: list[Diagnostic]) -> Reading:
    """A reading, with what can only be said of a block when its neighbours are known."""
    if any(type(block) is Stray for block in blocks):
        _explain_strays(blocks, diagnostics)
    diagnostics.sort(key=lambda each: (each.line, each.column))
    return Reading(tuple(blocks), starts, diagnostics)


def _unsigned(text: str) -> Reading:
    """A file without the signature: 6.1 gives nothing at all, so all of it is stray."""
    diagnostics: list[Diagnostic] = []
    if text.strip(" \t\n"):
        nearly = _NEARLY_SIGNATURE.match(text)
        hint = "Let the file begin with the line WEBVTT and a blank line; `captionkit fix` does it."
        if nearly:
            message = "The first line must begin with WEBVTT, exactly so, then a space, a tab or the end of the line."
            message += " A browser shows nothing of this file."
            diagnostics.append(finding("VTT002", message, 1, 1, hint=hint))
        else:
            message = "The file does not begin with WEBVTT. A browser shows nothing of it."
            diagnostics.append(finding("VTT001", message, 1, 1, hint=hint))
    if not text:
        return Reading((), [], diagnostics)
    lines = text.split("\n")
    first = next((i for i, line in enumerate(lines) if line), 0)
    return Reading((Stray(text.strip("\n"), first + 1),), [0], diagnostics)


class _Blocks:
    """Collects blocks from a run of lines that begins where a block may begin.

    Args:
        text: the lines, NUL already replaced.
        line: the number of the first one.
        offset: where it begins in the whole text.
        cues: how many cues came before; STYLE and REGION count only before the first.
    """

    def __init__(self, text: str, line: int = 1, offset: int = 0, cues: int = 0) -> None:
        self.lines = text.split("\n")
        self.offsets = list(accumulate((len(each) + 1 for each in self.lines), initial=offset))
        if not self.lines[-1]:
            self.lines.pop()
        self.at = 0
        self.first_line = line
        self.cues = cues
        self.blocks: list[Block] = []
        self.starts: list[int] = []
        self.diagnostics: list[Diagnostic] = []

    def header(self) -> None:
        """The signature line, and what stands directly under it: up to a blank line, or a line with an arrow."""
        lines = self.lines
        end = 1
        while end < len(lines) and lines[end] and "-->" not in lines[end]:
            end += 1
        self._add(Header("\n".join(lines[:end]), 1), 0)
        if "-->" in lines[0]:
            self._find("VTT006", "An arrow in the header.", 0, lines[0].index("-->") + 1)
        odd = None
        for at in range(1, end):
            line = lines[at]
            if line.startswith("X-TIMESTAMP-MAP"):
                self._find("VTT005", "A timestamp map of a streaming segment; a whole file must not have one.", at, 1)
            elif _METADATA.match(line):
                self._find("VTT004", "A metadata line in the header; players ignore it.", at, 1)
            elif odd is None:
                odd = at
        if end < len(lines) and lines[end]:
            odd = end if odd is None else odd
        if odd is not None:
            self._find(
                "VTT003", "No blank line after the header.", odd, 1,
                hint="Text that stands directly under the header is not shown.",
            )  # fmt: skip
        self.at = end

    def collect(self) -> None:
        """All blocks up to the end of the lines."""
        lines = self.lines
        count = len(lines)
        while True:
            while self.at < count and not lines[self.at]:
                self.at += 1
            if self.at >= count:
                return
            self._block()

    def _block(self) -> None:
        """Collect a WebVTT block (6.1); `at` is its first line, which is not empty."""
        lines, first = self.lines, self.at
        count = len(lines)
        timing_at = -1
        match = None
        if "-->" in lines[first]:
            timing_at = first
        elif first + 1 < count and "-->" in lines[first + 1]:
            timing_at = first + 1
        if timing_at >= 0:
            match = _TIMING.match(lines[timing_at])
        end = (timing_at if timing_at >= 0 else first) + 1
        while end < count and lines[end] and "-->" not in lines[end]:
            end += 1
        self.at = end
        if match is not None:
            self._cue(match, first, timing_at, end)
        else:
            self._other(first, end, timing_at)
        if end < count and lines[end]:
            self._cut_by_arrow(end, match is not None)

    def _cue(self, match: re.Match[str], first: int, at: int, end: int) -> None:
        self.cues += 1
        line = self.lines[at]
        cue = Cue(
            _ms(match, 1), _ms(match, 5), "\n".join(self.lines[at + 1 : end]),
            self.lines[first] if first < at else "", line[match.end() :].strip(" \t\f"),
            self.first_line + first, self.first_line + at,
        )  # fmt: skip
        self._add(cue, first)
        if not _CONFORMING.match(line):
            for code, message, column in _authoring_problems(line, match):
                self._find(code, message, at, column, cue)

    def _other(self, first: int, end: int, timing_at: int) -> None:
        """A block that is no cue: what the specification keeps of it, or what it drops."""
        lines = self.lines
        top = lines[first]
        block: Block
        if timing_at < 0:
            name = top.rstrip(" \t\f")
            if name in ("STYLE", "REGION"):
                if end - first > 1 and not self.cues:
                    text = "\n".join(lines[first + 1 : end])
                    line = self.first_line + first
                    self._add(Style(text, line) if name == "STYLE" else Region(text, line), first)
                    return
                if self.cues:
                    code = "VTT016" if name == "STYLE" else "VTT017"
                    message = f"A {name} block after the first cue is ignored."
                    self._find(code, message, first, 1, hint="Move it to the top of the file, under the header.")
                else:
                    self._find("VTT020", f"A {name} block with nothing in it.", first, 1)
            elif top == "NOTE" or top.startswith(("NOTE ", "NOTE\t")):
                block = Note("\n".join(lines[first:end]), self.first_line + first)
                self._add(block, first)
                return
        else:
            self._malformed(first, timing_at)
        self._add(Stray("\n".join(lines[first:end]), self.first_line + first), first)

    def _malformed(self, first: int, at: int) -> None:
        """Say why the line with the arrow is no timing line."""
        line = self.lines[at]
        following = self.lines[at + 1] if at + 1 < len(self.lines) else ""
        if at == first and "-->" in following and _TIMING.match(following):
            self._find("VTT014", "An arrow in the line above the timing line; it is no identifier then.", at, 1)
            return
        code, message, column = _why_malformed(line)
        self._find(
            code, message + " The cue is not shown.", at, column,
            hint="Write it as 00:00:01.000 --> 00:00:02.500.",
        )  # fmt: skip

    def _cut_by_arrow(self, at: int, in_cue: bool) -> None:
        """A block ended because the next line has an arrow, not because of a blank line."""
        line = self.lines[at]
        next_line = self.lines[at + 1] if at + 1 < len(self.lines) else ""
        if _TIMING.match(line):
            self._find("VTT010", "No blank line before this timing line.", at, 1)
        elif "-->" in next_line and _TIMING.match(next_line):
            self._find("VTT010", "No blank line before this cue.", at, 1)
        else:
            what = "the cue" if in_cue else "the block"
            self._find(
                "VTT015", f"An arrow in the text ends {what} here; what follows is not shown.", at,
                line.index("-->") + 1, hint="Write the arrow as --&gt;.",
            )  # fmt: skip

    def _add(self, block: Block, first: int) -> None:
        self.starts.append(self.offsets[first] if self.blocks or first == 0 else self.offsets[0])
        self.blocks.append(block)

    def _find(self, code: str, message: str, at: int, column: int = 0, cue: Cue | None = None, hint: str = "") -> None:
        number, time = (self.cues, cue.start) if cue is not None else (None, None)
        self.diagnostics.append(
            finding(code, message, self.first_line + at, column, cue=number, time=time, hint=hint)
        )  # fmt: skip


def _ms(match: re.Match[str], group: int) -> int:
    hours, minutes, seconds, fraction = match.group(group, group + 1, group + 2, group + 3)
    return ((_hours(hours) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int(fraction)


def _hours(digits: str | None) -> int:
    digits = (digits or "0").lstrip("0") or "0"
    return int(digits) if len(digits) <= 9 else MOST_HOURS


# What is odd ------------------------------------------------------------------------------------------------------


def _authoring_problems(line: str, match: re.Match[str]) -> list[tuple[str, str, int]]:
    """A timing line that the parser (6.3) takes but the syntax (4.1) does not allow: code, message, column."""
    found = []
    for group, name in ((1, "start"), (5, "end")):
        hours = match[group]
        if hours is not None and len(hours) < 2:
            message = f"The {name} time has one digit for the hours; two are needed."
            found.append(("VTT103", message, match.start(group) + 1))
    arrow = line.index("-->")
    if line[arrow - 1 : arrow] not in (" ", "\t") or line[arrow + 3 : arrow + 4] not in (" ", "\t"):
        found.append(("VTT105", "The arrow needs a space on each side.", arrow + 1))
    elif line[:1] in (" ", "\t", "\f") or "\f" in line[: match.end()]:
        found.append(("VTT105", "Only spaces and tabs around the arrow may stand in a timing line.", 1))
    if line[match.end() : match.end() + 1] not in ("", " ", "\t"):
        found.append(("VTT105", "A space is needed between the end time and the settings.", match.end() + 1))
    return found


def _why_malformed(line: str) -> tuple[str, str, int]:
    """Code, message and column for a line with an arrow that the parser does not take as a timing line."""
    timing = recognise(line)
    if timing is None:
        return "VTT101", "This timing line cannot be read.", 1
    begin = len(line) - len(line.lstrip(" \t")) + 1
    for clock, column, name in ((timing.start, begin, "start"), (timing.end, timing.end_column, "end")):
        problem = _clock_problem(clock, name)
        if problem is not None:
            return *problem, column
    return "VTT101", "This timing line cannot be read.", begin


def _clock_problem(clock: Clock, name: str) -> tuple[str, str] | None:
    if clock.sign:
        return "VTT110", f"The {name} time has a sign; WebVTT has no negative times."
    if clock.separator == ",":
        return "VTT102", f"The {name} time has a comma before the milliseconds; WebVTT has a dot."
    if clock.separator in (":", ";"):
        return "VTT109", f"The {name} time counts frames; WebVTT has milliseconds after a dot."
    if int(clock.minutes) > 59 or int(clock.seconds) > 59:
        return "VTT104", f"The {name} time has more than 59 minutes or seconds."
    if (len(clock.minutes), len(clock.seconds), len(clock.fraction)) != (2, 2, 3) or clock.rest is not None:
        return "VTT103", f"The {name} time needs two digits for minutes and seconds and three after the dot."
    return None


def _explain_strays(blocks: list[Block], diagnostics: list[Diagnostic]) -> None:
    """Find words for stray blocks without a timing line: text that a browser drops without a sign."""
    told = {each.line for each in diagnostics}
    cues = 0
    for place, block in enumerate(blocks):
        if type(block) is Cue:
            cues += 1
        if type(block) is not Stray or block.line in told or (block.line + 1 in told and "-->" in block.text):
            continue
        before = blocks[place - 1] if place else None
        after = blocks[place + 1] if place + 1 < len(blocks) else None
        top, _, more = block.text.partition("\n")
        if type(before) is Style and ("{" in block.text or "}" in block.text):
            message = "A blank line inside a STYLE block; the style sheet ends there."
            found = finding("VTT018", message, block.line, 1, hint="Remove the blank line.")
        elif not more and type(after) is Cue and not after.identifier and (top.isdecimal() or len(top) <= 3):
            message = "An identifier without a timing line directly under it."
            found = finding("VTT012", message, block.line, 1, hint="Remove the blank line between the two.")
        elif recognise(top) is not None or recognise(more.partition("\n")[0]) is not None:
            message = "The arrow of this timing line must be '-->'. The cue is not shown."
            found = finding("VTT106", message, block.line + (recognise(top) is None), 1)
        elif type(before) is Cue:
            message = "Text after a blank line belongs to no cue and is not shown."
            hint = "Join it to the cue above, or give it a timing line."
            found = finding("VTT011", message, block.line, 1, hint=hint)
        else:
            found = finding("VTT011", "This block has no timing line and is not shown.", block.line, 1)
        diagnostics.append(found)


# Writing ----------------------------------------------------------------------------------------------------------

_NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"


def write(document: Document) -> str:
    """The text of a WebVTT document. Blocks that were not touched stand as they stood.

    A header is put on top where there is none. What WebVTT cannot say in a new or changed block is written as the
    nearest that it can: a negative time as 0; an arrow in the text as `--&gt;`; a blank line in the text as a line that
    holds one U+00A0 NO-BREAK SPACE; blank lines in other blocks not at all; an arrow in an identifier, in settings, or
    in another block as `->`, and a line end in the first two as a space.
    """
    source = document.source
    if (source is None or document.blocks is not source.blocks) and not (
        document.blocks and type(document.blocks[0]) is Header
    ):
        document = document.with_blocks((Header("WEBVTT"), *document.blocks))
    return written(document, _written_block)


def _written_block(block: Block, number: int) -> str:
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
    elif type(block) is Header and not (lines and _SIGNATURE.match(lines[0])):
        lines.insert(0, "WEBVTT")
    return "\n".join(lines)


def _cue_text(cue: Cue) -> str:
    start, end, text, identifier, settings, _, _ = cue
    head = f"{timecode(max(start, 0))} --> {timecode(max(end, 0))}"
    if settings:
        head += " " + " ".join(settings.replace("-->", "->").split())
    if identifier:
        identifier = identifier.replace("-->", "->")
        if "\n" in identifier or "\r" in identifier:
            identifier = " ".join(identifier.splitlines())
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
    """Signed with the signature; likely with one that is nearly right."""
    if _SIGNATURE.match(text):
        return Likeness.SIGNED
    return Likeness.LIKELY if _NEARLY_SIGNATURE.match(text) else Likeness.NO


FORMAT = Format("vtt", "WebVTT", (".vtt", ".webvtt"), read=read, write=write, sniff=sniff)

"""The block machine of the WebVTT reader: section 6.1 of the specification, over offsets. See `webvtt`."""

from __future__ import annotations

import re

from captionkit.findings import finding
from captionkit.formats.base import PLACE
from captionkit.formats.pieces import BlockMachine
from captionkit.formats.timing_line import Clock, Timing, lacks_arrow, recognise
from captionkit.model import Block, Cue, Diagnostic, Fix, Header, Note, Region, Stray, Style
from captionkit.patterns import pattern
from captionkit.timecode import milliseconds

SIGNATURE = pattern(r"WEBVTT(?=[ \t\n]|\Z)")

# Section 6.3, collect a WebVTT timestamp: two digits up to 59 may be minutes; anything else before the first colon is
# hours. White space is skipped before each timestamp and before the arrow; after the end time anything may follow.
_W = r"[ \t\f]*+"
TIMING = pattern(
    rf"{_W}(?:([0-9]++):)??([0-5][0-9]):([0-5][0-9])\.([0-9]{{3}})(?![0-9]){_W}-->"
    rf"{_W}(?:([0-9]++):)??([0-5][0-9]):([0-5][0-9])\.([0-9]{{3}})(?![0-9])"
)
_CONFORMING = pattern(
    r"(?:[0-9]{2,}:)?[0-5][0-9]:[0-5][0-9]\.[0-9]{3}[ \t]+-->[ \t]+(?:[0-9]{2,}:)?[0-5][0-9]:[0-5][0-9]\.[0-9]{3}"
    r"(?:[ \t]|\Z)"
)
_METADATA = pattern(r"[A-Za-z][\w-]*\s*[:=]")
_AS_THIS = "Write it as 00:00:01.000 --> 00:00:02.500."
_FEEDS = pattern(r"\n*+")


def skip_line_feeds(text: str, at: int, end: int | None = None) -> int:
    """The first place from `at` on that is no line feed."""
    match = _FEEDS.match(text, at, len(text) if end is None else end)
    assert match is not None
    return match.end()


def is_note(block: str) -> bool:
    """Whether a block that has no timing line is a comment."""
    return block.startswith("NOTE") and block[4:5] in ("", " ", "\t", "\n")


class BlockReader(BlockMachine):
    """Collects the blocks of a text and adds what it finds to the lists it was given.

    Args:
        text: flat, NUL already replaced, with the signature.
    """

    def __init__(self, text: str, blocks: list[Block]) -> None:
        super().__init__(text, blocks)
        #: Cues so far; STYLE and REGION count only before the first.
        self.cues = 0
        self._arrow = 0  # the next arrow from any place up to here on; -1 before the first search
        self._arrow_known_from = -1
        self._blank = -1  # the next empty line from any place up to here on
        self._strays: list[int] = []  # those that may need an explanation
        self._reported = 0  # the line whose arrow was reported already

    def number(self) -> int:
        return self.cues

    def header(self) -> tuple[int, int]:
        """Read the signature line and what stands under it, up to a blank line or a line with an arrow.

        Returns:
            Where the first block can begin, and the number of that line.
        """
        text = self.text
        end = self._end_of_lines(self._line_end(0, len(text)), len(text))
        lines = text[:end].rstrip("\n").split("\n")
        self._add(Header("\n".join(lines), 1))
        if "-->" in lines[0]:
            self.find("VTT006", "An arrow in the header.", 1, lines[0].index("-->") + 1)
        odd = 0
        is_old_style = False  # YouTube's files once had a style sheet in the header, from `Style:` to `##`
        for number, line in enumerate(lines[1:], 2):
            if line.startswith("X-TIMESTAMP-MAP"):
                message = "A timestamp map of a streaming segment; a whole file must not have one."
                self.find("VTT005", message, number, 1)
            elif _METADATA.match(line) or is_old_style:
                is_old_style = line.rstrip(" \t") == "Style:" or (is_old_style and not line.startswith("##"))
                self.find("VTT004", "A metadata line in the header; players ignore it.", number, 1)
            elif not odd:
                odd = number
        if not odd and end < len(text) and text[end] != "\n":
            odd = len(lines) + 1
        if odd:
            hint = "Text that stands directly under the header is not shown."
            self.find("VTT003", "No blank line after the header.", odd, 1, hint=hint)
        return end, len(lines) + 1

    def collect(self, at: int, end: int, line: int) -> None:
        """Read all blocks from `at`, where a block may begin, up to `end`, where one ends; `line` is the first one."""
        text = self.text
        while True:
            filled = skip_line_feeds(text, at, end)
            line += filled - at
            at = filled
            if at >= end:
                return
            stop = self._block(at, end, line)
            line += text.count("\n", at, stop)
            at = stop

    def _block(self, first: int, end: int, line: int) -> int:
        """Collect a WebVTT block (6.1), whose first line is not empty, and return where it ends."""
        text = self.text
        first_end = self._line_end(first, end)
        timing_at, timing_end = -1, first_end
        arrow = self._next_arrow(first)
        if arrow < first_end:
            timing_at = first
        elif first_end < end and text[first_end] != "\n":
            second_end = self._line_end(first_end, end)
            if arrow < second_end:
                timing_at, timing_end = first_end, second_end
        stop = self._end_of_lines(timing_end, end)
        match = TIMING.match(text, timing_at, timing_end) if timing_at >= 0 else None
        if match is not None:
            self._cue(match, first, timing_at, timing_end, stop, line)
        else:
            self._other(first, timing_at, stop, line)
        if stop < end and text[stop] != "\n" and (match is not None or timing_at < 0):
            self._cut_by_arrow(stop, line + text.count("\n", first, stop), match is not None)
        return stop

    def _line_end(self, at: int, end: int) -> int:
        """Where the next line begins."""
        return self.text.find("\n", at, end) + 1 or end

    def _next_arrow(self, at: int) -> int:
        """Where the next arrow stands, in one walk over the text however often it is asked; past the end for none."""
        if not self._arrow_known_from <= at <= self._arrow:
            found = self.text.find("-->", at)
            self._arrow = found if found >= 0 else len(self.text) + 1
        self._arrow_known_from = at
        return self._arrow

    def _end_of_lines(self, at: int, end: int) -> int:
        """The first line from here on that is empty, or holds an arrow."""
        text = self.text
        if at >= end or text[at] == "\n":
            return min(at, end)
        if self._blank < at:
            found = text.find("\n\n", at)
            self._blank = found + 1 if found >= 0 else len(text)
        blank = min(self._blank, end)
        arrow = self._next_arrow(at)
        if arrow >= blank:
            return blank
        return text.rfind("\n", at, arrow) + 1 or at

    def _cue(self, match: re.Match[str], first: int, at: int, text_at: int, stop: int, line: int) -> None:
        text = self.text
        self.cues += 1
        timing_line = text[at:text_at].rstrip("\n")
        payload = text[text_at:stop]
        cue = Cue(
            milliseconds(match[1] or "", *match.group(2, 3, 4)),
            milliseconds(match[5] or "", *match.group(6, 7, 8)),
            payload[:-1] if payload[-1:] == "\n" else payload,
            text[first : at - 1] if first < at else "",
            timing_line[match.end() - at :].strip(" \t\f"),
            line,
            line + (first < at),
        )
        self._add(cue)
        if not _CONFORMING.match(timing_line):
            for code, message, column in _authoring_problems(timing_line, match.end() - at):
                self.find(code, message, cue.timing_line, column, cue)

    def _other(self, first: int, timing_at: int, stop: int, line: int) -> None:
        """A block that is no cue: what the specification keeps of it, or what it drops."""
        text = self.text[first:stop].rstrip("\n")
        if timing_at >= 0:
            self._malformed(first, timing_at, stop, line)
            return
        top, _, body = text.partition("\n")
        name = top.rstrip(" \t\f")
        if name in ("STYLE", "REGION"):
            if body and not self.cues:
                self._add(Style(body, line) if name == "STYLE" else Region(body, line))
                return
            if self.cues:
                code = "VTT016" if name == "STYLE" else "VTT017"
                hint = "Move it to the top of the file, under the header."
                self.find(code, f"A {name} block after the first cue is ignored.", line, 1, hint=hint)
            else:
                self.find("VTT020", f"A {name} block with nothing in it.", line, 1)
        elif is_note(text):
            self._add(Note(text, line))
            return
        self._add(Stray(text, line))

    def _malformed(self, first: int, at: int, stop: int, line: int) -> None:
        """A block whose line with an arrow is no timing line: say why."""
        text = self.text
        timing_end = self._line_end(at, stop)
        bad = text[at:timing_end].rstrip("\n")
        at_line = line + (first < at)
        if first == at and timing_end < len(text) and TIMING.match(text, timing_end):
            self.find("VTT014", "An arrow in the line above the timing line; it is no identifier then.", at_line, 1)
        elif self._reported != at_line:
            code, message, column, fix = _why_malformed(bad, recognise(bad))
            self.find(code, message, at_line, column, hint=_AS_THIS, fix=fix)
        self._add(Stray(text[first:stop].rstrip("\n"), line))

    def _cut_by_arrow(self, at: int, line: int, in_cue: bool) -> None:
        """A block ended because the next line has an arrow, not because of a blank line."""
        text = self.text
        below = text[at : self._line_end(at, len(text))].rstrip("\n")
        if TIMING.match(below):
            self.find("ENC015", "No blank line before this timing line.", line, 1)
        elif recognise(below) is None:
            self._reported = line
            what = "the cue" if in_cue else "the block"
            message = f"An arrow in the text ends {what} here; what follows is not shown."
            self.find("VTT015", message, line, below.index("-->") + 1, hint="Write the arrow as --&gt;.")

    def all_findings(self) -> list[Diagnostic]:
        """All findings by place, also those about stray blocks without a timing line: text that a browser drops."""
        reported = {found.line for found in self.findings}
        for place in self._strays:
            line = self.blocks[place].line
            if line not in reported and not (line + 1 in reported and "-->" in self.blocks[place].text):
                self.findings.append(_explained(self.blocks, place))
        self.findings.sort(key=PLACE)
        return self.findings

    def _add(self, block: Block) -> None:
        if type(block) is Stray:
            self._strays.append(len(self.blocks))
        self.blocks.append(block)


# What is odd ------------------------------------------------------------------------------------------------------


def _authoring_problems(line: str, end: int) -> list[tuple[str, str, int]]:
    """A timing line that the parser (6.3) takes but the syntax (4.1) does not allow: code, message, column."""
    found = []
    match = TIMING.match(line)
    assert match is not None
    for group, name in ((1, "start"), (5, "end")):
        hours = match[group]
        if hours is not None and len(hours) < 2:
            message = f"The {name} time has one digit for the hours; two are needed."
            found.append(("VTT103", message, match.start(group) + 1))
    arrow = line.index("-->")
    if line[arrow - 1 : arrow] not in (" ", "\t") or line[arrow + 3 : arrow + 4] not in (" ", "\t"):
        found.append(("TIM021", "The arrow needs a space on each side.", arrow + 1))
    elif line[:1] in (" ", "\t", "\f") or "\f" in line[:end]:
        found.append(("TIM021", "Only spaces and tabs around the arrow may stand in a timing line.", 1))
    if line[end : end + 1] not in ("", " ", "\t"):
        found.append(("TIM021", "A space is needed between the end time and the settings.", end + 1))
    return found


def _why_malformed(line: str, timing: Timing | None) -> tuple[str, str, int, Fix | None]:
    """Code, message, column and fix for a line with an arrow that the parser does not take as a timing line."""
    code, message, column, fix = "VTT101", "This timing line cannot be read.", 1, None
    if timing is not None:
        column = begin = len(line) - len(line.lstrip(" \t")) + 1
        for clock, place, name in ((timing.start, begin, "start"), (timing.end, timing.end_column, "end")):
            problem = _clock_problem(clock, name)
            if problem is not None:
                (code, message, fix), column = problem, place
                break
    return code, message + " The cue is not shown.", column, fix


def _clock_problem(clock: Clock, name: str) -> tuple[str, str, Fix | None] | None:
    if clock.sign:
        return "TIM023", f"The {name} time has a sign; WebVTT has no negative times.", None
    if clock.separator == ",":
        return "VTT102", f"The {name} time has a comma before the milliseconds; WebVTT has a dot.", None
    if clock.separator in (":", ";"):
        return "VTT109", f"The {name} time counts frames; WebVTT has milliseconds after a dot.", None
    if int(clock.minutes) > 59 or int(clock.seconds) > 59:
        return "TIM020", f"The {name} time has more than 59 minutes or seconds.", None
    if (len(clock.minutes), len(clock.seconds), len(clock.fraction)) != (2, 2, 3) or clock.rest:
        if clock.fraction and len(clock.fraction) != 3:
            what = f"The {name} time has {len(clock.fraction)} digits after the dot, not three"
            return "VTT103", f"{what}; players read that in different ways.", Fix.UNSAFE
        return "VTT103", f"The {name} time needs two digits for minutes and seconds and three after the dot.", None
    return None


def _explained(blocks: list[Block], place: int) -> Diagnostic:
    """Find words for a stray block."""
    block = blocks[place]
    before = blocks[place - 1] if place else None
    after = blocks[place + 1] if place + 1 < len(blocks) else None
    assert type(block) is Stray
    top, _, more = block.text.partition("\n")
    if type(before) is Style and ("{" in block.text or "}" in block.text):
        message = "A blank line inside a STYLE block; the style sheet ends there."
        return finding("VTT018", message, block.line, 1, hint="Remove the blank line.")
    if not more and type(after) is Cue and not after.identifier and (top.isdecimal() or len(top) <= 3):
        message = "An identifier without a timing line directly under it."
        return finding("VTT012", message, block.line, 1, hint="Remove the blank line between the two.")
    for place, line in enumerate((top, more.partition("\n")[0])):
        if lacks_arrow(line):
            message = "This timing line has no arrow between its times. The cue is not shown."
            return finding("VTT101", message, block.line + place, 1, hint=_AS_THIS)
    if recognise(top) is not None or recognise(more.partition("\n")[0]) is not None:
        message = "The arrow of this timing line must be '-->'. The cue is not shown."
        return finding("TIM022", message, block.line + (recognise(top) is None), 1)
    if type(before) is Cue:
        message = "Text after a blank line belongs to no cue and is not shown."
        hint = "Join it to the cue above, or give it a timing line."
        return finding("VTT011", message, block.line, 1, hint=hint)
    return finding("VTT011", "This block has no timing line and is not shown.", block.line, 1)

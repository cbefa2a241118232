"""SubRip: reading it as it is found, and writing it so that every reader understands it.

There is no specification of SRT, so the rules are these. A timing line is whatever `_timing.recognise` takes for one;
everything else hangs on them. The line above a timing line is its identifier if it stands alone (a blank line above
it, or the top of the file), or if it is a number and the file has numbers. All lines from a timing line to the next
cue are text, blank lines inside included, because many people write them and the words would be lost otherwise; blank
lines at the end are not. What comes before the first cue, and a block whose timing line cannot be read, is `Stray`.
"""

from __future__ import annotations

from itertools import accumulate

from captionkit.formats._timing import Clock, Timing, recognise
from captionkit.formats.base import Format, Likeness, Reading, finding, written
from captionkit.model import Block, Cue, Diagnostic, Document, Stray, timecode

_BLANK = " \t"
_NUMBER_NOISE = " \t\ufeff"


def read(text: str) -> Reading:
    """Read flat SRT text. See `base.Format`."""
    return read_carefully(text)


def read_carefully(text: str) -> Reading:
    """Read with the line machine alone. Same result as `read`, for any text; a property test holds them together."""
    reading = _Region(text).reading()
    reading.diagnostics.extend(number_diagnostics(reading.blocks))
    reading.diagnostics.sort(key=_place)
    return reading


def _place(diagnostic: Diagnostic) -> tuple[int, int]:
    return diagnostic.line, diagnostic.column


class _Region:
    """A run of lines that begins at the top of the file or after a blank line, read line by line.

    Args:
        text: the lines.
        line: the number of the first one.
        offset: where it begins in the whole text.
        cues: how many cues came before.
    """

    def __init__(self, text: str, line: int = 1, offset: int = 0, cues: int = 0) -> None:
        self.lines = text.split("\n")
        self.offsets = list(accumulate((len(each) + 1 for each in self.lines), initial=offset))
        if not self.lines[-1]:
            self.lines.pop()
        self.first_line = line
        self.cues = cues
        self.blocks: list[Block] = []
        self.starts: list[int] = []
        self.diagnostics: list[Diagnostic] = []

    def reading(self) -> Reading:
        heads = self._heads()
        lines = self.lines
        if lines and (not heads or heads[0][0] > 0) and not (heads and self._is_blank_until(heads[0][0])):
            self._stray(0, heads[0][0] if heads else len(lines))
        for place, (first, at, timing) in enumerate(heads, 1):
            end = heads[place][0] if place < len(heads) else len(lines)
            if timing is None:
                self._stray(first, end, broken=True)
                self._malformed(at)
            else:
                self._cue(first, at, timing, end)
        if self.starts:
            self.starts[0] = self.offsets[0]
        return Reading(tuple(self.blocks), self.starts, self.diagnostics)

    # Where blocks begin -------------------------------------------------------------------------------------------

    def _heads(self) -> list[tuple[int, int, Timing | None]]:
        """For each block its first line, its timing line, and the timing (None where it cannot be read)."""
        heads: list[tuple[int, int, Timing | None]] = []
        previous = -1
        number: int | None = None  # the number of the block before, None where it had none
        for at, line in enumerate(self.lines):
            timing = recognise(line) if ":" in line or not line.isascii() else None
            if timing is None and ("-->" not in line or not self._starts_broken_block(at, previous)):
                continue
            first = self._first_line(at, previous, number)
            number = _number(self.lines[first]) if first < at else None
            heads.append((first, at, timing))
            previous = at
        return heads

    def _first_line(self, at: int, previous: int, number: int | None) -> int:
        """Where the block with this timing line begins: at its identifier, or at the timing line itself."""
        above = at - 1
        if above <= previous:
            return at
        lines = self.lines
        if not lines[above].strip(_BLANK):
            # Blank lines between a number and its timing line: only if the number cannot be text of the cue above.
            while above > previous and not lines[above].strip(_BLANK):
                above -= 1
            if above > previous and _number(lines[above]) is not None and self._is_alone(above, previous):
                return above
            return at
        if self._is_alone(above, previous):
            return at if lines[above].lstrip("\ufeff").startswith("WEBVTT") else above
        found = _number(lines[above])
        if found is None:
            return at
        if previous < 0:
            return above
        if above - 1 == previous:
            # The only line of the cue above: its text, unless it counts on.
            return above if number is not None and found == number + 1 else at
        return above if number is not None else at

    def _is_alone(self, at: int, previous: int) -> bool:
        """Whether nothing that could be text stands directly above this line."""
        above = at - 1
        return above < 0 or (above > previous and not self.lines[above].strip(_BLANK))

    def _starts_broken_block(self, at: int, previous: int) -> bool:
        """Whether a line with an arrow but without times stands where a timing line would, and not inside a text."""
        if self._is_alone(at, previous):
            return self.lines[at].lstrip(_NUMBER_NOISE)[:1].isdigit()
        above = at - 1
        return above > previous and _number(self.lines[above]) is not None and self._is_alone(above, previous)

    def _is_blank_until(self, end: int) -> bool:
        return not any(line.strip(_BLANK) for line in self.lines[:end])

    # The blocks ---------------------------------------------------------------------------------------------------

    def _add(self, block: Block, first: int) -> None:
        self.blocks.append(block)
        self.starts.append(self.offsets[first])

    def _stray(self, first: int, end: int, *, broken: bool = False) -> None:
        last = self._text_end(first, end)
        text = "\n".join(self.lines[first:last])
        self._add(Stray(text, self.first_line + first), first)
        top = text.lstrip("\ufeff \t\n")
        if not self.cues and len(self.blocks) == 1 and top.startswith("WEBVTT"):
            self._find("SRT035", "A WebVTT header in an SRT file; SRT has none.", first)
        elif top and not self.cues and len(self.blocks) == 1 and not broken:
            self._find("SRT023", "Text before the first cue belongs to no cue and is not shown.", first, 1)
        if top:
            self._extra_blank_lines(last, end)

    def _malformed(self, at: int) -> None:
        self._find(
            "SRT010", "This timing line cannot be read, so its text is not shown.", at, 1,
            hint="Write it as 00:00:01,000 --> 00:00:02,500.",
        )  # fmt: skip

    def _cue(self, first: int, at: int, timing: Timing, end: int) -> None:
        self.cues += 1
        lines = self.lines
        last = self._text_end(at + 1, end)
        text = "\n".join(lines[at + 1 : last])
        identifier = lines[first].strip(_BLANK) if first < at else ""
        cue = Cue(
            timing.start.ms, timing.end.ms, text, identifier, timing.settings,
            self.first_line + first, self.first_line + at,
        )  # fmt: skip
        if first > 0 and lines[first - 1].strip(_BLANK):
            self._find("SRT021", "No blank line before this cue.", first, 1, cue)
        if first < at - 1:
            self._find("SRT022", "Blank lines between the number and the timing line.", first + 1, 1, cue)
        self._add(cue, first)
        for code, message, column in timing_problems(timing, lines[at]):
            self._find(code, message, at, column, cue)
        blank = next((i for i in range(at + 1, last) if not lines[i].strip(_BLANK)), last)
        if blank < last - 1 or (blank < last and last - at > 2):
            self._find(
                "SRT020", "A blank line inside the cue; many players lose the text after it.", blank, 1, cue,
                hint="Remove the blank line, or start a cue of its own.",
            )  # fmt: skip
        self._extra_blank_lines(last, end)

    def _text_end(self, first: int, end: int) -> int:
        """The line after the last one with text; a text of white space alone keeps its first line."""
        last = end
        while last > first and not self.lines[last - 1].strip(_BLANK):
            last -= 1
        if last == first and first < end and self.lines[first]:
            return first + 1
        return last

    def _extra_blank_lines(self, last: int, end: int) -> None:
        if end - last > 1:
            self._find("SRT022", f"{end - last} blank lines, where one separates cues.", last + 1, 1)

    def _find(self, code: str, message: str, at: int, column: int = 0, cue: Cue | None = None, hint: str = "") -> None:
        number, time = (self.cues, cue.start) if cue is not None else (None, None)
        self.diagnostics.append(
            finding(code, message, self.first_line + at, column, cue=number, time=time, hint=hint)
        )  # fmt: skip


def _number(line: str) -> int | None:
    """The number that a line is, or None. More digits than any counter has are no number."""
    digits = line.strip(_NUMBER_NOISE)
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 15 else None


# What is odd about numbers and times ------------------------------------------------------------------------------


def number_diagnostics(blocks: tuple[Block, ...]) -> list[Diagnostic]:
    """SRT001 to SRT004: the numbers of the cues, which should count from 1."""
    found: list[Diagnostic] = []
    expected = 1
    for place, cue in enumerate((block for block in blocks if type(block) is Cue), 1):
        identifier = cue.identifier
        if identifier == str(expected):
            expected += 1
            continue
        number = _number(identifier)
        if not identifier:
            code, message = "SRT001", "The cue has no number."
        elif number is None:
            shown = identifier if len(identifier) <= 40 else identifier[:39] + "…"
            code, message = "SRT002", f"{shown!r} stands where the cue's number belongs."
        elif place == 1:
            code, message = "SRT004", f"The first cue has the number {number}, not 1."
        elif number != expected:
            code, message = "SRT003", f"The cue has the number {number}; after the one before it should be {expected}."
        else:
            # The right number, written with a leading zero or an invisible mark.
            code, message = "SRT002", f"{identifier!r} is an odd way to write {number}."
        found.append(finding(code, message, cue.line, 1, cue=place, time=cue.start))
        expected = (expected if number is None else number) + 1
    return found


def timing_problems(timing: Timing, line: str) -> list[tuple[str, str, int]]:
    """What is odd about an SRT timing line: code, message and column for each."""
    start, end, arrow = timing.start, timing.end, timing.arrow
    found: list[tuple[str, str, int]] = []
    begin = len(line) - len(line.lstrip(_BLANK)) + 1
    for clock, column, name in ((start, begin, "start"), (end, timing.end_column, "end")):
        told = {code for code, _, _ in found}
        found += [(code, message, column) for code, message in _clock_problems(clock, name) if code not in told]
    if arrow != "-->" or "-->" not in line:
        at = timing.arrow_column - 1
        shown = "a comma" if arrow == "," else repr(line[at : at + len(arrow)])
        found.append(("SRT015", f"The arrow is {shown}, not '-->'.", timing.arrow_column))
    elif timing.before != " " or timing.after != " " or begin > 1:
        found.append(("SRT014", "The arrow should have one space on each side, and the line none before it.", begin))
    if timing.settings:
        column = timing.settings_column
        if _are_coordinates(timing.settings):
            found.append(("SRT017", f"Coordinates after the times: {_short(timing.settings)!r}.", column))
        else:
            found.append(("SRT018", f"Text after the times: {_short(timing.settings)!r}.", column))
    if not timing.is_plain and not found:
        found.append(("SRT012", "The times are written with characters other than plain digits and signs.", begin))
    return found


def _clock_problems(clock: Clock, name: str) -> list[tuple[str, str]]:
    found = []
    if clock.hours is None:
        found.append(("SRT016", f"The {name} time has no hours."))
    if clock.sign == "-":
        found.append(("SRT019", f"The {name} time is negative; no player shows it."))
    if int(clock.minutes) > 59 or int(clock.seconds) > 59:
        found.append(("SRT013", f"The {name} time has more than 59 minutes or seconds."))
    if clock.separator == ".":
        found.append(("SRT011", f"The {name} time has a dot before the milliseconds; SRT has a comma."))
    elif clock.separator in (":", ";"):
        message = f"The {name} time has {clock.separator!r} before the fraction, read as a decimal fraction of a second"
        found.append(("SRT012", message + ("; it may be frames." if len(clock.fraction) == 2 else ".")))
    widths = (len(clock.hours or "00") >= 2, len(clock.minutes) == 2, len(clock.seconds) == 2, len(clock.fraction) == 3)
    if not all(widths) or clock.rest is not None or clock.sign == "+":
        meant = timecode(clock.ms, ",")
        found.append(("SRT012", f"The {name} time has too few or too many digits; it was read as {meant}."))
    return found


def _are_coordinates(settings: str) -> bool:
    return all(part[:2].upper() in ("X1", "X2", "Y1", "Y2") and part[2:3] == ":" for part in settings.split())


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"


# Writing ----------------------------------------------------------------------------------------------------------

#: Put before a line of text that would be taken for a timing line: it has no width, and no reader looks past it.
_GUARD = "\N{WORD JOINER}"


def write(document: Document) -> str:
    """The text of an SRT document. Blocks that were not touched stand as they stood.

    A new or changed cue is written as `number, timing line, text, blank line`. Its number is its identifier; one
    without gets its place in the file, but not in a file that had no numbers before. Blank lines at the end of its
    text are dropped; blank lines inside are kept, as this reader (and few others) reads them back. A line of the text
    that would be read as another cue's timing line gets a U+2060 WORD JOINER in front. Line ends in an identifier or
    in coordinates become spaces.
    """
    source = document.source
    is_numbered = source is None or any(type(block) is Cue and block.identifier for block in source.blocks)
    return written(document, lambda block, place: _block(block, str(place) if is_numbered else ""))


def _block(block: Block, place: str) -> str:
    if type(block) is not Cue:
        return _guarded(block.text)
    start, end, text, identifier, settings, _, _ = block
    head = f"{timecode(start, ',')} --> {timecode(end, ',')}"
    if settings:
        head += " " + " ".join(settings.split())
    identifier = " ".join(identifier.split()) or place
    if identifier:
        head = f"{identifier}\n{head}"
    return f"{head}\n{_guarded(text)}" if text else head


def _guarded(text: str) -> str:
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.endswith(("\n", " ", "\t")) and text.strip(" \t\n"):
        lines = text.split("\n")
        while not lines[-1].strip(_BLANK):
            lines.pop()
        text = "\n".join(lines)
    if ":" not in text and "-->" not in text and text.isascii():
        return text
    return "\n".join([_GUARD + line if recognise(line) else line for line in text.split("\n")])


def sniff(text: str) -> Likeness:
    """Likely if one of the first lines is a timing line with a comma; never signed, as SRT has no signature."""
    for line in text[:20_000].split("\n"):
        if ":" in line and (timing := recognise(line)) is not None:
            return Likeness.LIKELY if timing.start.separator == "," else Likeness.POSSIBLE
    return Likeness.POSSIBLE


FORMAT = Format("srt", "SubRip", (".srt",), read=read, write=write, sniff=sniff)

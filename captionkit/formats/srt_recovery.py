"""The line machine of the SRT reader: what the lines of a file mean, however odd they are. See `srt` for the rules.

It never makes a list of all lines, since a file may be ten million blank ones. It finds the lines that can begin a
block (those that look like a timing line or hold an arrow) by searching, looks at the lines directly above each, and
takes everything up to the next as text. Every step looks at a stretch that no other step looks at, or at the two lines
above a candidate, so the time is linear in the length of the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple, cast

from captionkit.findings import finding
from captionkit.formats.base import PLACE
from captionkit.formats.pieces import BlockMachine
from captionkit.formats.srt_problems import (
    Problem,
    settings_problem,
    short,
    timing_problems,
    usual_problems,
    wrong_number,
)
from captionkit.formats.timing_line import MAY_BE_TIMING, lacks_arrow, recognise
from captionkit.model import Block, Cue, Diagnostic, Stray
from captionkit.patterns import pattern
from captionkit.timecode import times

_BLANK = " \t"
_NUMBER_NOISE = " \t\ufeff"

# A line that looks like a timing line, on top of a stretch and below.
_CANDIDATE = (pattern(rf"(?={MAY_BE_TIMING})"), pattern(rf"\n(?! ?\n)(?={MAY_BE_TIMING})"))
#: A timing line as it should be, or with a dot, or with one digit for the hours: nearly all that occur.
_USUAL_TIMING = pattern(
    r"([0-9]{1,9}:[0-5][0-9]:[0-5][0-9])([.,][0-9]{3}) --> ([0-9]{1,9}:[0-5][0-9]:[0-5][0-9])([.,][0-9]{3})"
)
_NO_BLANK_LINE = "No blank line before this cue."
_NO_NUMBER = "The cue has no number."
_AS_THIS = "Write it as 00:00:01,000 --> 00:00:02,500."
_NUMBER_FIRST = pattern(r"[ \t]*+[0-9]{1,9}[.):]?[ \t]++[0-9]{1,3}:[0-9]{2}:")
_BLANK_LINE = pattern(r"(?:\A|\n)[ \t]*+(?=\n)")


class _Head(NamedTuple):
    """Where a block begins.

    Attributes:
        first: where its first line begins: its identifier, or its timing line.
        at: where its timing line begins.
        end: where the text begins, after the line end of the timing line.
        identifier: the identifier, without white space around it; "" for none.
        start, end_time: the times, in milliseconds.
        settings: what follows the times.
        problems: what is odd about the timing line; None where it cannot be read.
    """

    first: int
    at: int
    end: int
    identifier: str
    start: int
    end_time: int
    settings: str
    problems: Sequence[Problem] | None


class Recovery(BlockMachine):
    """Reads stretches of an SRT text and adds what it finds to the lists it was given.

    A stretch begins with a line that is not blank, at the top of the file or after a blank line; what it means does not
    depend on what stands before.
    """

    def __init__(self, text: str, blocks: list[Block]) -> None:
        super().__init__(text, blocks)
        #: Whether the cues have the numbers from 1 on, as far as that was seen while they were made.
        self.is_counted = True
        self._strays = 0

    def read(self, begin: int, end: int, line: int) -> None:
        """Read one stretch.

        Args:
            begin, end: the stretch.
            line: the number of its first line.
        """
        text = self.text
        self.is_counted = False
        heads = self._heads(begin, end)
        head = next(heads, None)
        first = head.first if head is not None else end
        if first > begin:
            self._stray(text[begin:first], line)
            line += text.count("\n", begin, first)
        while head is not None:
            below = next(heads, None)
            until = below.first if below is not None else end
            if head.problems is None:
                self._stray(text[head.first : until], line, broken=True)
                at = line + text.count("\n", head.first, head.at)
                line_of_times = text[head.at : head.end].rstrip("\n")
                what = "has no arrow between its times" if lacks_arrow(line_of_times) else "cannot be read"
                if _NUMBER_FIRST.match(line_of_times):
                    what = "begins with a number, which belongs on the line above it"
                message = f"This timing line {what}, so its text is not shown."
                self.find("SRT010", message, at, 1, hint=_AS_THIS)
            else:
                self._cue(head, head.problems, until, line, begin)
            line += text.count("\n", head.first, until)
            head = below

    def number(self) -> int:
        return len(self.blocks) - self._strays

    def all_findings(self) -> list[Diagnostic]:
        """What was found, and what there is to say about the numbers of all cues, by place."""
        if not self.is_counted:
            self.findings += number_findings(self.blocks)
        self.findings.sort(key=PLACE)
        return self.findings

    # Where blocks begin -------------------------------------------------------------------------------------------

    def _candidates(self, begin: int, end: int) -> Iterator[tuple[int, int, bool]]:
        """Lines that may begin a block: where each begins and ends, and whether it looks like a timing line."""
        text = self.text
        looks = _places(text, begin, end, _CANDIDATE)
        look, arrow = next(looks, end), self._line_with_arrow(begin, end)
        while look < end or arrow < end:
            at = min(look, arrow)
            stop = text.find("\n", at, end)
            stop = stop if stop >= 0 else end
            yield at, stop, at == look
            if at == arrow:
                arrow = self._line_with_arrow(stop, end)
            if at == look:
                look = next(looks, end)

    def _line_with_arrow(self, at: int, end: int) -> int:
        """Where the first line with an arrow begins, not looking before `at`, where a line begins or ends."""
        found = self.text.find("-->", at, end)
        return end if found < 0 else self.text.rfind("\n", at, found) + 1 or at

    def _heads(self, begin: int, end: int) -> Iterator[_Head]:
        text = self.text
        previous = -1  # where the text of the block above begins; -1 for none above
        number: int | None = None  # the number of the block above, None where it has none
        for at, stop, looks in self._candidates(begin, end):
            start, end_time, settings, problems = _timing(text[at:stop]) if looks else _UNREADABLE
            if problems is None and not self._starts_broken_block(at, stop, begin, previous):
                continue
            first = self._first_line(at, begin, previous, number)
            identifier = text[first : text.index("\n", first)].strip(_BLANK) if first < at else ""
            number = _number(identifier)
            if number is not None and "\ufeff" in identifier:
                identifier = identifier.strip(_NUMBER_NOISE)  # reported for the file as a whole, ENC015
            # Nothing may begin behind the end: the last line may lack its line end.
            previous = min(stop + 1, end)
            fields = first, at, previous, identifier, start, end_time, settings, problems
            yield tuple.__new__(_Head, fields)

    def _first_line(self, at: int, begin: int, previous: int, number: int | None) -> int:
        """Where the block with this timing line begins: at its identifier, or at the timing line itself."""
        text = self.text
        bottom = max(previous, begin)
        if at <= bottom:
            return at
        above = self._line_above(at, bottom)
        line = text[above : at - 1]
        if not line.strip(_BLANK):
            # Blank lines between a number and its timing line: only if the number cannot be text of the cue above.
            filled = text[bottom:at].rstrip(" \t\n")
            above = bottom + filled.rfind("\n") + 1
            line = text[above : text.index("\n", above)]
            return above if filled and _number(line) is not None and self._is_alone(above, begin, previous) else at
        if self._is_alone(above, begin, previous):
            return at if line.lstrip(_NUMBER_NOISE).startswith("WEBVTT") else above
        found = _number(line)
        if found is None:
            return at
        if previous < 0:
            return above
        if above == previous:
            # The only line of the cue above: its text, unless it counts on.
            return above if number is not None and found == number + 1 else at
        return above if number is not None else at

    def _line_above(self, at: int, bottom: int) -> int:
        """Where the line above begins, not looking past `bottom`, which begins a line and lies below `at`."""
        return self.text.rfind("\n", bottom, at - 1) + 1 or bottom

    def _is_alone(self, at: int, begin: int, previous: int) -> bool:
        """Whether nothing that could be text stands directly above this line."""
        bottom = max(previous, begin)
        if at <= bottom:
            return previous < 0
        return not self.text[self._line_above(at, bottom) : at - 1].strip(_BLANK)

    def _starts_broken_block(self, at: int, stop: int, begin: int, previous: int) -> bool:
        """Whether an unreadable timing line stands where one would, and not inside a text: a line with an arrow but
        without two times, or with two times but without an arrow."""
        text = self.text
        if text.find("-->", at, stop) < 0 and not lacks_arrow(text[at:stop]):
            return False
        if self._is_alone(at, begin, previous):
            return text[at:stop].lstrip(_NUMBER_NOISE)[:1].isdecimal()
        bottom = max(previous, begin)
        if at <= bottom:
            return False
        above = self._line_above(at, bottom)
        return _number(text[above : at - 1]) is not None and self._is_alone(above, begin, previous)

    # The blocks ---------------------------------------------------------------------------------------------------

    def blank_lines_on_top(self) -> None:
        """Report blank lines above the first block, which they belong to though it names its own line."""
        self.find("SRT022", "Blank lines above the first cue.", 1, 1)

    def _stray(self, whole: str, line: int, *, broken: bool = False) -> None:
        text = _without_blank_end(whole)
        is_first = not self.blocks
        self.blocks.append(Stray(text, line))
        self._strays += 1
        top = text.lstrip("\ufeff \t\n")
        if not top:
            return
        if is_first and top.startswith("WEBVTT"):
            self.find("SRT035", "A WebVTT header in an SRT file; SRT has none.", line)
        elif is_first and not broken:
            self.find("SRT023", "Text before the first cue belongs to no cue and is not shown.", line, 1)
        self._extra_blank_lines(line + text.count("\n"), whole[len(text) :])

    def _cue(self, head: _Head, problems: Sequence[Problem], until: int, line: int, floor: int) -> None:
        first, at, below, identifier, start, end_time, settings, _ = head
        whole = self.text[below:until]
        text = _without_blank_end(whole)
        timing_line = line + self.text.count("\n", first, at) if first < at else line
        cue = tuple.__new__(Cue, (start, end_time, text, identifier, settings, line, timing_line))
        self.blocks.append(cue)
        if first > floor and self.text[self._line_above(first, floor) : first - 1].strip(_BLANK):
            self.find("ENC015", _NO_BLANK_LINE, line, 1, cue)
        if timing_line - line > 1:
            self.find("SRT022", "Blank lines between the number and the timing line.", line + 1, 1, cue)
        if problems:
            number = self.number()
            self.findings += [
                finding(code, message, timing_line, column, cue=number, time=start, fix=fix)
                for code, message, column, fix in problems
            ]
        if "\n" in text and (blank := _BLANK_LINE.search(text)):
            blank_line = timing_line + 1 + text.count("\n", 0, blank.end())
            hint = "Remove the blank line, or start a cue of its own."
            message = "A blank line inside the cue; many players lose the text after it."
            self.find("SRT020", message, blank_line, 1, cue, hint)
        if len(whole) - len(text) > 1:
            self._extra_blank_lines(cue.last_line, whole[len(text) :], bool(text))

    def loose_times(self, first: int, written: Iterable[tuple[str, str, str, str]]) -> None:
        """Report what is odd about the usual times of cues that were read elsewhere, the blocks from this index on.

        Args:
            written: the start of each, its fraction, the end and its fraction.
        """
        cues = cast("Iterable[Cue]", islice(self.blocks, first, None))
        for number, (cue, (start, part, stop, rest)) in enumerate(zip(cues, written, strict=True), first + 1):
            self.findings += [
                finding(code, message, cue.timing_line, column, cue=number - self._strays, time=cue.start, fix=fix)
                for code, message, column, fix in usual_problems(start, part, stop, rest)
            ]

    def extra_blank_lines(self, line: int, count: int) -> None:
        """Report so many blank lines, where one is right; `line` is the second."""
        self.find("SRT022", f"{count} blank lines, where one separates cues.", line, 1)

    def _extra_blank_lines(self, line: int, tail: str, ends_line: bool = True) -> None:
        """Report blank lines that follow this line, if more than one."""
        count = tail.count("\n") + (not tail.endswith("\n")) - ends_line if tail else 0
        if count > 1:
            self.extra_blank_lines(line + 2, count)


_UNREADABLE = 0, 0, "", None


def _timing(line: str) -> tuple[int, int, str, Sequence[Problem] | None]:
    """Start and end in milliseconds, settings, and what is odd; the last is None for a line that is no timing line."""
    usual = _USUAL_TIMING.match(line)
    if usual is not None:
        seconds, fraction, end_seconds, end_fraction = usual.groups()
        tail, problems = line[usual.end() :], usual_problems(seconds, fraction, end_seconds, end_fraction)
        if not tail or (tail[0] in _BLANK and not problems):
            start, end = times((seconds, end_seconds), (fraction, end_fraction))
            settings = tail.strip(_BLANK)
            if settings:
                problems = (settings_problem(settings, len(line) - len(tail.lstrip(_BLANK)) + 1),)
            return start, end, settings, problems
    timing = recognise(line)
    if timing is None:
        return _UNREADABLE
    return timing.start.ms, timing.end.ms, timing.settings, timing_problems(timing, line)


def _places(text: str, begin: int, end: int, patterns: tuple[re.Pattern[str], re.Pattern[str]]) -> Iterator[int]:
    """Where the lines begin that are found by the first pattern at `begin`, and by the second anywhere below."""
    on_top, below = patterns
    if on_top.match(text, begin, end):
        yield begin
    for match in below.finditer(text, begin, end):
        yield match.end()


def _without_blank_end(whole: str) -> str:
    """Text without the blank lines at its end; of white space alone, the first line."""
    filled = whole.rstrip(" \t\n")
    if not filled:
        return whole.partition("\n")[0]
    end = whole.find("\n", len(filled))
    return whole if end < 0 else whole[:end]


def starts_broken_block(lines: Sequence[str], place: int) -> bool:
    """Whether the reader would take this line of a cue's text for an unreadable timing line, if it looks like one."""

    def is_alone(at: int) -> bool:
        return at > 0 and not lines[at - 1].strip(_BLANK)

    if is_alone(place):
        return lines[place].lstrip(_NUMBER_NOISE)[:1].isdecimal()
    return is_alone(place - 1) and _number(lines[place - 1]) is not None


#: The numbers from 1 on, as far as they were needed.
_NUMBERS: list[str] = []


def numbers_from(first: int, count: int) -> list[str]:
    """So many numbers as cues have them."""
    last = first + count
    if len(_NUMBERS) < last:
        _NUMBERS.extend(map(str, range(len(_NUMBERS) + 1, last + 1)))
    return _NUMBERS[first - 1 : last - 1]


def number_findings(blocks: Sequence[Block]) -> Iterator[Diagnostic]:
    """SRT001 to SRT004: cues whose numbers do not count on from the cue above, or the block that was meant as one."""
    expected = 1
    place = 0
    for cue in blocks:
        if type(cue) is not Cue:
            top, _, more = cue.text.partition("\n")
            if more and (meant := _number(top)) is not None:
                expected = meant + 1
            continue
        place += 1
        identifier = cue.identifier
        if identifier == str(expected):
            expected += 1
            continue
        number = _number(identifier)
        if not identifier:
            code, message = "SRT001", "The cue has no number."
        elif number is None:
            code, message = "SRT002", f"{short(identifier)!r} stands where the cue's number belongs."
        elif place == 1:
            code, message = "SRT004", f"The first cue has the number {number}, not 1."
        elif number != expected:
            code, message = "SRT003", wrong_number(number, expected)
        else:
            # The right number, written with a leading zero or an invisible mark.
            code, message = "SRT002", f"{short(identifier)!r} is an odd way to write {number}."
        yield finding(code, message, cue.line, 1, cue=place, time=cue.start)
        expected = (expected if number is None else number) + 1


def _number(line: str) -> int | None:
    """The number that a line is, or None. More digits than any counter has are no number."""
    digits = line.strip(_NUMBER_NOISE)
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 15 else None

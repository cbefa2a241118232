"""The line machine of the SRT reader: what the lines of a file mean, however odd they are. See `srt` for the rules.

It never makes a list of all lines, since a file may be ten million blank ones. It finds the lines that can begin a
block (those that look like a timing line or hold an arrow) by searching, looks at the lines directly above each, and
takes everything up to the next as text. Every step looks at a stretch that no other step looks at, or at the two lines
above a candidate, so the time is linear in the length of the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, MutableSequence, Sequence
from functools import cache
from itertools import compress, count, repeat
from operator import ne
from typing import NamedTuple

from captionkit.formats import _bulk
from captionkit.formats._findings import Alike, Found
from captionkit.formats._srt_oddities import (
    ARROW_IS,
    DOT,
    WIDTHS,
    loose_problems,
    short,
    timing_problems,
    usual_problems,
    wrong_number,
)  # fmt: skip
from captionkit.formats._timing import MAY_BE_TIMING, NO_TIMING, Timing, recognise
from captionkit.formats.base import finding
from captionkit.model import Block, Cue, Stray, timecode

_BLANK = " \t"
_NUMBER_NOISE = " \t\ufeff"

# Lines that may begin a block, each as it may stand on top of a stretch and as it may stand below: one that looks like
# a timing line; and one with an arrow where a timing line would stand, that is, alone and beginning with a digit, or
# under a number that stands alone (the group is where that one begins).
_CANDIDATE = (re.compile(rf"(?={MAY_BE_TIMING})()"), re.compile(rf"\n(?! ?\n)(?={MAY_BE_TIMING})()"))
_N = r"[ \t\ufeff]*+"
_ARROW_LINE = rf"(?={_N}(?:()\d[^\n]*?-->|[0-9]++{_N}\n()[^\n]*?-->))"
_ARROW = (re.compile(_ARROW_LINE), re.compile(rf"\n[ \t]*+\n(?=[ \t\ufeff\d]){_ARROW_LINE}"))
#: A timing line as it should be, or with a dot, or with one digit for the hours: nearly all that occur.
USUAL_TIMING = re.compile(
    r"([0-9]{1,9}):([0-5][0-9]):([0-5][0-9])([.,])([0-9]{3}) --> "
    r"([0-9]{1,9}):([0-5][0-9]):([0-5][0-9])([.,])([0-9]{3})"
)
_NO_BLANK_LINE = "No blank line before this cue."
_NO_NUMBER = "The cue has no number."
_WIDTH = len("00:00:00,000 --> 00:00:00,000")
_RIGHT = r"[0-9]{2}:[0-5][0-9]:[0-5][0-9],[0-9]{3} --> [0-9]{2}:[0-5][0-9]:[0-5][0-9],[0-9]{3}\n"
# A number, and a line with an arrow that is no timing line. So many are reported one by one, and read as one each.
_BROKEN = rf"[0-9]{{1,9}}\n{NO_TIMING}\n\n"
_SHORTEST_RUN = 103 * len("1\n-->\n\n")
_AS_THIS = "Write it as 00:00:01,000 --> 00:00:02,500."
#: So many of a kind on end are worth to be looked at together.
MANY = 50
_BLANK_LINE = re.compile(r"(?:\A|\n)[ \t]*+(?=\n)")


@cache
def _run() -> re.Pattern[str]:
    # Compiling this takes milliseconds, and few files need it.
    return re.compile(rf"\n(?=[0-9])(?:((?:{_RIGHT}){{5,}}+)|(?<=\n\n)((?:{_BROKEN}){{103,}}+))")


@cache
def _told_one_by_one() -> re.Pattern[str]:
    return re.compile(rf"(?:{_BROKEN}){{100}}")


class _Head(NamedTuple):
    """Where a block begins.

    Attributes:
        first: where its first line begins: its identifier, or its timing line.
        at: where its timing line begins.
        end: where the text begins, after the line end of the timing line.
        start, end_time: the times, in milliseconds.
        timing: the timing line, if it is not usual; None otherwise.
        usual: the timing line, if it is usual; None otherwise. With neither it cannot be read.
        identifier: the identifier, without white space around it; "" for none.
    """

    first: int
    at: int
    end: int
    identifier: str
    start: int
    end_time: int
    timing: Timing | None
    usual: re.Match[str] | None


class LineMachine:
    """Reads stretches of an SRT text and adds what it finds to the lists it was given.

    A stretch begins with a line that is not blank, at the top of the file or after a blank line; what it means does not
    depend on what stands before.
    """

    def __init__(self, text: str, blocks: list[Block], starts: MutableSequence[int], found: Found) -> None:
        self.text = text
        self.blocks = blocks
        self.starts = starts
        self.found = found
        #: Cues so far.
        self.cues = 0
        self._numbered = 0  # cues whose numbers were looked at
        self._expected = 1  # the number that the next cue should have

    def read(self, begin: int, end: int, line: int) -> None:
        """Read one stretch.

        Args:
            begin, end: the stretch.
            line: the number of its first line.
        """
        text = self.text
        at = floor = begin
        may_have_runs = end - begin >= min(_SHORTEST_RUN, MANY * _WIDTH) and text.count("-->", begin, end) > 4
        for run in _run().finditer(text, max(begin - 1, 0), end) if may_have_runs else ():
            # What has the same shape time after time is read together, but for the first and the last of it: these
            # hang together with what stands above and below.
            if run.lastindex == 1:
                first, last = run.start(1) + _WIDTH + 1, run.end() - _WIDTH - 1
                line = self._read(at, first, line, floor)
                line = self._bare_timing_lines(first, last, line)
                at, floor = last, first
            else:
                told = _told_one_by_one().match(text, run.start(2))
                assert told is not None
                first, last = told.end(), text.rfind("\n\n", 0, run.end() - 2) + 2
                line = self._read(at, first, line, floor)
                line = self._broken_blocks(first, last, line)
                at = floor = last
        self._read(at, end, line, floor)

    def _read(self, begin: int, end: int, line: int, floor: int) -> int:
        """Read a stretch, or a part of one, and return the number of the line below.

        Args:
            floor: where the stretch or the line above begins, whichever is further down.
        """
        text = self.text
        first_block = len(self.blocks)
        heads = self._heads(begin, end)
        head = next(heads, None)
        first = head.first if head is not None else end
        if first > begin:
            self._stray(text[begin:first], begin, line)
            line += text.count("\n", begin, first)
        while head is not None:
            below = next(heads, None)
            until = below.first if below is not None else end
            if head.timing is None and head.usual is None:
                self._stray(text[head.first : until], head.first, line, broken=True)
                at = line + text.count("\n", head.first, head.at)
                message = "This timing line cannot be read, so its text is not shown."
                self._find("SRT010", message, at, 1, hint=_AS_THIS)
            else:
                self._cue(head, until, line, floor)
            line += text.count("\n", head.first, until)
            head = below
        cues = [block for block in self.blocks[first_block:] if type(block) is Cue]
        self.check_numbers([cue.identifier for cue in cues], [cue.line for cue in cues], [cue.start for cue in cues])
        return line

    def _broken_blocks(self, begin: int, end: int, line: int) -> int:
        """Read blocks with a timing line that cannot be read, after many more of them: as one, with one finding."""
        count, below = self.text.count("\n\n", begin, end), line + self.text.count("\n", begin, end)
        self._stray(self.text[begin:end], begin, line, broken=True)
        message = (
            f"This timing line and those of the {count - 1:,} blocks below, up to line {below - 2}, cannot be read, "
            "so their text is not shown."
        )
        self._find("SRT010", message, line + 1, 1, hint=_AS_THIS)
        self.found.close()
        return below

    def _bare_timing_lines(self, begin: int, end: int, line: int) -> int:
        """Read timing lines of the one right shape, with nothing between them and one more above and below."""
        while begin < end:
            stop = min(end, begin + 1000 * (_WIDTH + 1))
            timings = self.text[begin : stop - 1].split("\n")
            start_times, end_times, _ = _bulk.times(timings, ",")
            lines = list(range(line, line + len(timings)))
            cues = range(self.cues + 1, self.cues + 1 + len(timings))
            self.found.alike(Alike("SRT021", _NO_BLANK_LINE, 1, lines, cues, start_times))
            self.check_numbers([""] * len(timings), lines, start_times)
            self.cues += len(timings)
            self.blocks.extend(_bulk.cues(start_times, end_times, repeat(""), repeat(""), repeat(""), lines, lines))
            self.starts.extend(range(begin, stop, _WIDTH + 1))
            self.found.close()
            begin, line = stop, line + len(timings)
        return line

    def check_numbers(self, identifiers: list[str], lines: Sequence[int], times: Sequence[int]) -> None:
        """SRT001 to SRT004: whether the numbers of new cues count on from those before.

        Args:
            identifiers: those of the new cues. Where they count on, equal strings that all files share are put there.
            lines: where the new cues begin.
            times: when they start, in milliseconds.
        """
        done, many = 0, len(identifiers)
        stride, expected = many, self._expected
        while done < many:
            # Find the first that does not count on, without a step of Python for each that does. How much is looked at
            # grows with what was good, so that a file with few odd numbers and one with many are both read in no time.
            piece = identifiers[done : done + stride]
            counted_on = numbers_from(expected, len(piece))
            if piece == counted_on:
                identifiers[done : done + stride] = counted_on
                done += len(piece)
                expected += len(piece)
                stride *= 2
                continue
            skipped = next(compress(count(), map(ne, piece, counted_on)))
            identifiers[done : done + skipped] = counted_on[:skipped]
            done += skipped
            expected += skipped
            place = self._numbered + done + 1
            if skipped < 2 and place > 1 and many - done >= MANY:
                length, following = self._odd_numbers(identifiers[done : done + 1000], lines, times, done, expected)
                if length:
                    done, expected = done + length, following
                    continue
            expected = self._odd_number(identifiers[done], lines[done], times[done], place, expected)
            done += 1
            stride = 2 * skipped + 8
        self._numbered += done
        self._expected = expected

    def _odd_numbers(
        self, identifiers: list[str], lines: Sequence[int], times: Sequence[int], done: int, expected: int
    ) -> tuple[int, int]:
        """Report, of many identifiers on end, those that do not count on.

        Returns:
            Of how many that was done, 0 if they are not all alike, and which number the next cue should have.
        """
        if not identifiers[0]:
            length = next(compress(count(), identifiers), len(identifiers))
            if length < MANY:
                return 0, expected
            code, messages = "SRT001", [_NO_NUMBER]
            odd: Sequence[int] = range(length)
            following = expected + length
        else:
            joined = "".join(identifiers)
            if not joined.isascii() or not joined.isdigit() or len(max(identifiers, key=len)) > 15:
                return 0, expected
            numbers = [int(each) for each in identifiers if each]
            if list(map(str, numbers)) != identifiers:
                return 0, expected
            length, following = len(numbers), numbers[-1] + 1
            wanted = [expected, *[number + 1 for number in numbers[:-1]]]
            code, odd = "SRT003", list(compress(range(length), map(ne, numbers, wanted)))
            messages = [wrong_number(numbers[i], wanted[i]) for i in odd]
        first = self._numbered + 1 + done
        cues: Sequence[int] = range(first, first + length)
        if len(odd) < length:
            lines, times, cues = (
                [lines[done + i] for i in odd],
                [times[done + i] for i in odd],
                [first + i for i in odd],
            )
        elif length < len(lines):
            lines, times = lines[done : done + length], times[done : done + length]
        self.found.alike(Alike(code, messages[0] if len(set(messages)) == 1 else messages, 1, lines, cues, times))
        return length, following

    def _odd_number(self, identifier: str, line: int, time: int, place: int, expected: int) -> int:
        """Report a number that does not count on, and return which the next cue should have."""
        number = _number(identifier)
        if not identifier:
            code, message = "SRT001", _NO_NUMBER
        elif number is None:
            code, message = "SRT002", f"{short(identifier)!r} stands where the cue's number belongs."
        elif place == 1:
            code, message = "SRT004", f"The first cue has the number {number}, not 1."
        elif number != expected:
            code, message = "SRT003", wrong_number(number, expected)
        else:
            # The right number, written with a leading zero or an invisible mark.
            code, message = "SRT002", f"{short(identifier)!r} is an odd way to write {number}."
        self.found.append(finding(code, message, line, 1, cue=place, time=time))
        return (expected if number is None else number) + 1

    # Where blocks begin -------------------------------------------------------------------------------------------

    def _candidates(self, begin: int, end: int) -> Iterator[tuple[int, int, bool]]:
        """Lines that may begin a block: where each begins and ends, and whether it looks like a timing line."""
        text = self.text
        looks = _places(text, begin, end, _CANDIDATE)
        # Behind the last arrow there is nothing to look for; a file may be blank lines for the most part.
        last = text.rfind("-->", begin, end)
        arrows = _places(text, begin, last + 3, _ARROW) if last >= 0 else iter(())
        look, arrow = next(looks, end), next(arrows, end)
        while look < end or arrow < end:
            at = min(look, arrow)
            stop = text.find("\n", at, end)
            yield at, stop if stop >= 0 else end, at == look
            if at == arrow:
                arrow = next(arrows, end)
            if at == look:
                look = next(looks, end)

    def _heads(self, begin: int, end: int) -> Iterator[_Head]:
        text = self.text
        previous = -1  # where the text of the block above begins; -1 for none above
        number: int | None = None  # the number of the block above, None where it has none
        for at, stop, looks in self._candidates(begin, end):
            timing = None
            usual = USUAL_TIMING.match(text, at, stop) if looks else None
            if usual is not None and usual.end() == stop:
                start, end_time = exact_ms(usual, 1), exact_ms(usual, 6)
            else:
                timing = recognise(text[at:stop]) if looks else None
                if timing is not None:
                    start, end_time = timing.start.ms, timing.end.ms
                elif self._starts_broken_block(at, stop, begin, previous):
                    start = end_time = 0
                    usual = None
                else:
                    continue
            first = self._first_line(at, begin, previous, number)
            identifier = text[first : text.index("\n", first)].strip(_BLANK) if first < at else ""
            number = _number(identifier)
            # Nothing may begin behind the end: the last line may lack its line end.
            previous = min(stop + 1, end)
            yield _Head(first, at, previous, identifier, start, end_time, timing, usual if timing is None else None)

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
        """Whether a line with an arrow but without times stands where a timing line would, and not inside a text."""
        text = self.text
        if text.find("-->", at, stop) < 0:
            return False
        if self._is_alone(at, begin, previous):
            return text[at:stop].lstrip(_NUMBER_NOISE)[:1].isdigit()
        bottom = max(previous, begin)
        if at <= bottom:
            return False
        above = self._line_above(at, bottom)
        return _number(text[above : at - 1]) is not None and self._is_alone(above, begin, previous)

    # The blocks ---------------------------------------------------------------------------------------------------

    def _add(self, block: Block, first: int) -> None:
        self.starts.append(first if self.blocks else 0)
        self.blocks.append(block)

    def blank_lines_on_top(self) -> None:
        """Report blank lines above the first block, which they belong to though it names its own line."""
        self._find("SRT022", "Blank lines above the first cue.", 1, 1)

    def _stray(self, whole: str, first: int, line: int, *, broken: bool = False) -> None:
        text = _without_blank_end(whole)
        is_first = not self.blocks
        self._add(Stray(text, line), first)
        top = text.lstrip("\ufeff \t\n")
        if not top:
            return
        if is_first and top.startswith("WEBVTT"):
            self._find("SRT035", "A WebVTT header in an SRT file; SRT has none.", line)
        elif is_first and not broken:
            self._find("SRT023", "Text before the first cue belongs to no cue and is not shown.", line, 1)
        self._extra_blank_lines(line + text.count("\n"), whole[len(text) :])

    def _cue(self, head: _Head, until: int, line: int, floor: int) -> None:
        self.cues += 1
        first, at, below, identifier, start, end_time, timing, usual = head
        whole = self.text[below:until]
        text = _without_blank_end(whole)
        timing_line = line + self.text.count("\n", first, at) if first < at else line
        settings = timing.settings if timing is not None else ""
        cue = tuple.__new__(Cue, (start, end_time, text, identifier, settings, line, timing_line))
        if first > floor and self.text[self._line_above(first, floor) : first - 1].strip(_BLANK):
            self._find("SRT021", _NO_BLANK_LINE, line, 1, cue)
        if timing_line - line > 1:
            self._find("SRT022", "Blank lines between the number and the timing line.", line + 1, 1, cue)
        self._add(cue, first)
        if timing is not None:
            for code, message, column in timing_problems(timing, self.text[at:below].rstrip("\n")):
                self._find(code, message, timing_line, column, cue)
        else:
            assert usual is not None
            for code, message, column in usual_problems(usual):
                self._find(code, message, timing_line, column, cue)
        if "\n" in text and (blank := _BLANK_LINE.search(text)):
            blank_line = timing_line + 1 + text.count("\n", 0, blank.end())
            hint = "Remove the blank line, or start a cue of its own."
            message = "A blank line inside the cue; many players lose the text after it."
            self._find("SRT020", message, blank_line, 1, cue, hint)
        if len(whole) - len(text) > 1:
            self._extra_blank_lines(cue.last_line, whole[len(text) :], bool(text))

    def loose_timings(
        self, lines: Sequence[int], cues: Sequence[int], times: Sequence[int], shape: _bulk.Shape
    ) -> None:
        """Report what is odd about timing lines that are all of this shape, of cues that were read elsewhere.

        Args:
            lines: the timing lines.
            cues: the cues' numbers in the file, from 1.
            times: when they start, in milliseconds.
        """
        start, end, arrow = shape
        is_short = start[1] == ":"
        problems: Sequence[tuple[str, str | list[str], int]]
        if arrow == ",":
            problems = [("SRT011", DOT.format("start"), 1), ("SRT015", ARROW_IS.format("a comma"), len(start) + 1)]
            if is_short:
                problems.append(("SRT012", [WIDTHS.format("start", timecode(time, ",")) for time in times], 1))
        else:
            problems = loose_problems("." in start, is_short, "." in end, end[1] == ":", len(start) + len(arrow) + 1)
        for code, messages, column in problems:
            self.found.alike(Alike(code, messages, column, lines, cues, times))

    def extra_blank_lines(self, line: int, count: int) -> None:
        """Report so many blank lines, where one is right; `line` is the second."""
        self._find("SRT022", f"{count} blank lines, where one separates cues.", line, 1)

    def _extra_blank_lines(self, line: int, tail: str, ends_line: bool = True) -> None:
        """Report blank lines that follow this line, if more than one."""
        count = tail.count("\n") + (not tail.endswith("\n")) - ends_line if tail else 0
        if count > 1:
            self.extra_blank_lines(line + 2, count)

    def _find(
        self, code: str, message: str, line: int, column: int = 0, cue: Cue | None = None, hint: str = ""
    ) -> None:
        number, time = (self.cues, cue.start) if cue is not None else (None, None)
        self.found.append(finding(code, message, line, column, cue=number, time=time, hint=hint))


def _places(text: str, begin: int, end: int, patterns: tuple[re.Pattern[str], re.Pattern[str]]) -> Iterator[int]:
    """Where the lines begin that are found by the first pattern at `begin`, and by the second anywhere below."""
    on_top, below = patterns
    if match := on_top.match(text, begin, end):
        yield match.end() if match.lastindex != 2 else match.start(2)
    for match in below.finditer(text, begin, end):
        yield match.end() if match.lastindex != 2 else match.start(2)


def exact_ms(match: re.Match[str], group: int) -> int:
    """The time in a match of `USUAL_TIMING` that begins with this group, in milliseconds."""
    hours, minutes, seconds, fraction = match.group(group, group + 1, group + 2, group + 4)
    return ((int(hours) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int(fraction)


def _without_blank_end(whole: str) -> str:
    """Text without the blank lines at its end; of white space alone, the first line."""
    filled = whole.rstrip(" \t\n")
    if not filled:
        return whole.partition("\n")[0]
    end = whole.find("\n", len(filled))
    return whole if end < 0 else whole[:end]


def starts_broken_block(lines: Sequence[str], place: int) -> bool:
    """Whether the reader would take this line of a cue's text, which has an arrow, for an unreadable timing line."""

    def is_alone(at: int) -> bool:
        return at > 0 and not lines[at - 1].strip(_BLANK)

    if is_alone(place):
        return lines[place].lstrip(_NUMBER_NOISE)[:1].isdigit()
    return is_alone(place - 1) and _number(lines[place - 1]) is not None


def numbers_from(first: int, count: int) -> list[str]:
    """So many numbers from `first` on, as text; those that every file has are made once."""
    last = first + count
    if last > _MOST_NUMBERS:
        return list(map(str, range(first, last)))
    if last > len(_NUMBERS):
        _NUMBERS.extend(map(str, range(len(_NUMBERS), last)))
    return _NUMBERS[first:last]


_NUMBERS: list[str] = []
_MOST_NUMBERS = 10_000


def _number(line: str) -> int | None:
    """The number that a line is, or None. More digits than any counter has are no number."""
    digits = line.strip(_NUMBER_NOISE)
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 15 else None

"""What a rule gets: a document, and what many rules need of it, worked out once and only when asked.

Theory of operation. A lecture has hundreds of cues and there are more than a hundred rules; asking each rule about each
cue would cost more than reading the file did. So a rule gets whole columns (`starts`, `durations`, `gaps`, `visible`)
and the figures that rules share (`shortest`, `is_in_order`), and loops over cues only where one of them can be wrong.
The rules about characters say which they need: `signs` is one look over the text of all cues, and a rule whose
characters are not there is not called.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate
from operator import eq, le, sub
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from captionkit.decoding import one_line_end
from captionkit.languages import language_of_name
from captionkit.lint import graphemes
from captionkit.lint.places import Places
from captionkit.lint.rule import Finding
from captionkit.model import Cue, Document, Fix, Stray
from captionkit.patterns import pattern
from captionkit.timecode import timecode

if TYPE_CHECKING:
    from captionkit.formats.cue_settings import Problem
    from captionkit.lint.profiles import Limit

#: Between two cues in `all_text`: line ends on both sides, so that ^ and $ hold at a cue's edge and no match reaches
#: over.
_BETWEEN = "\n\0\n"


#: Findings of one rule in one cue: a cue that has more is rubbish, and reporting each would take for ever.
MOST_A_CUE = 50

#: No width, directions, line separators, private use, and the mark of a lost character.
_ODD = pattern("[\u00ad\u200b\u2028-\u202e\u2060\u2066-\u2069\ue000-\uf8ff\ufeff\ufffd]")


_NEW = tuple.__new__

_Value = TypeVar("_Value")


class _once(Generic[_Value]):  # noqa: N801  it is used as a decorator
    """A property that is worked out when it is first asked for. `functools.cached_property` takes a lock each time
    before Python 3.12, which costs more than most of these do."""

    def __init__(self, function: Callable[[Any], _Value]) -> None:
        self._function = function
        self._name = function.__name__
        self.__doc__ = function.__doc__

    def __get__(self, context: Any, owner: type | None = None) -> _Value:
        value = context.__dict__[self._name] = self._function(context)
        return value


def is_guessed(document: Document) -> bool:
    """Whether the encoding is a guess, or some bytes have no meaning in it: letters may be others than they seem."""
    return document.encoding_is_guess or (document.source is not None and document.source.data is not None)


class Context:
    """A document with its columns.

    Args:
        document: what was read.
        name: the file's name, for the rules about names; "" where it has none.
        limits: the profile's limits by name.
        kind: captions, subtitles, descriptions, chapters or metadata; "" where not known.
        language: BCP 47; "" to take it from the file (its header or its name).
        duration_ms: how long the media runs; 0 where not known.
        fps: frames a second, for limits in frames.
        options: what the configuration adds for single rules, by their code.
    """

    def __init__(
        self,
        document: Document,
        *,
        name: str = "",
        limits: dict[str, Limit] | None = None,
        kind: str = "",
        language: str = "",
        duration_ms: int = 0,
        fps: float = 24.0,
        options: dict[str, object] | None = None,
    ) -> None:
        self.document = document
        self.format = document.format
        self.name = name
        self.limits = limits or {}
        self.kind = kind
        self.given_language = language
        self.duration_ms = duration_ms
        self.fps = fps
        self.options = options or {}
        #: Findings of one rule in one cue.
        self.most_a_cue = MOST_A_CUE
        self.cues: list[Cue] = [block for block in document.blocks if type(block) is Cue]
        self._once: dict[Any, Any] = {}
        # Of the cue that was asked about last: its findings come one after the other.
        self._places: tuple[int, Places] | None = None
        self._split: tuple[int, list[str]] | None = None

    def once(self, function: Callable[..., _Value], *arguments: Any) -> _Value:
        """What a function of this context gives, worked out when it is first asked for: for what several findings or
        fixes need."""
        key = (function, arguments)
        if key not in self._once:
            self._once[key] = function(self, *arguments)
        value: _Value = self._once[key]
        return value

    @_once
    def has_strays(self) -> bool:
        """Whether some block is nothing that the format knows."""
        return Stray in map(type, self.document.blocks)

    @_once
    def has_doubled_ends(self) -> bool:
        """Whether a line ends with CR CR LF, which is one line end that was written twice, and a blank line to players:
        what is written anew has one."""
        source = self.document.source
        return source is not None and "\r\r\n" in source.text

    # Columns

    @_once
    def _columns(self) -> Sequence[tuple[Any, ...]]:
        return tuple(zip(*self.cues, strict=True)) or ((),) * len(Cue._fields)

    @_once
    def starts(self) -> Sequence[int]:
        return self._columns[0]

    @_once
    def sorted_starts(self) -> Sequence[int]:
        return self.starts if self.is_in_order else sorted(self.starts)

    @_once
    def ends(self) -> Sequence[int]:
        return self._columns[1]

    @_once
    def texts(self) -> Sequence[str]:
        return self._columns[2]

    @_once
    def durations(self) -> list[int]:
        return list(map(sub, self.ends, self.starts))

    @_once
    def shortest(self) -> int:
        """The least of the durations; 0 without cues."""
        return min(self.durations, default=0)

    @_once
    def longest(self) -> int:
        """The greatest of the durations; 0 without cues."""
        return max(self.durations, default=0)

    @_once
    def gaps(self) -> list[int]:
        """From the end of each cue but the last to the start of the next in the file; below 0 where they overlap."""
        return list(map(sub, self.starts[1:], self.ends))

    @_once
    def is_in_order(self) -> bool:
        """Whether no cue starts before the one above it."""
        return all(map(le, self.starts, self.starts[1:]))

    @_once
    def shares_starts(self) -> bool:
        """Whether a cue starts when the one above it does, or two do anywhere in a file that is out of order."""
        return 0 in map(sub, self.starts, self.starts[1:]) or not (
            self.is_in_order or len(set(self.starts)) == len(self.starts)
        )

    @_once
    def all_text(self) -> str:
        """The raw text of all cues in one string."""
        return _BETWEEN.join(self.texts)

    @_once
    def data(self) -> bytes:
        """`all_text` in UTF-8: whether some byte is in it is known at once."""
        return self.all_text.encode("utf-8", "surrogatepass")

    @_once
    def signs(self) -> frozenset[str]:
        """The signs of ASCII that the text holds: all but letters, digits, spaces and line ends."""
        return frozenset(self.data.translate(None, _NO_SIGNS).decode("ascii"))

    @_once
    def foreign(self) -> str:
        """The characters of `all_text` beyond ASCII, in their order: where a rule looks for such characters, it looks
        through these first."""
        return "" if self.all_text.isascii() else _beyond_ascii(self.data)

    def holds(self, characters: str) -> bool:
        """Whether the raw text holds one of these signs, or of these characters beyond ASCII."""
        if not self.signs.isdisjoint(characters):
            return True
        return not characters.isascii() and any(not char.isascii() and char in self.foreign for char in characters)

    @_once
    def marks_as_stops(self) -> bytes:
        """`data` with a full stop for each of `, ; : ! ?`: one look finds what stands before or after any of them."""
        return self.data.translate(_MARKS_AS_STOPS)

    def may_have(self, lead_bytes: bytes) -> bool:
        """Whether the text holds characters that begin with one of these bytes in UTF-8."""
        data = self.data
        return any(byte in data for byte in lead_bytes)

    @_once
    def lower_bytes(self) -> bytes:
        """What a viewer sees of all cues in UTF-8, with A to Z in small letters: fast to look through for words."""
        data = self.data if self.visible is self.texts else self.all_visible.encode("utf-8", "surrogatepass")
        return data.lower()

    @_once
    def visible(self) -> Sequence[str]:
        """What a viewer sees of each cue: no tags, references resolved, lines kept."""
        if self.signs.isdisjoint("<&{"):
            return self.texts
        from captionkit.markup import visible_text

        kind = self.format
        return [visible_text(raw, kind) if "<" in raw or "&" in raw or "{" in raw else raw for raw in self.texts]

    @_once
    def all_visible(self) -> str:
        return self.all_text if self.visible is self.texts else _BETWEEN.join(self.visible)

    @_once
    def repeats_itself(self) -> bool:
        """Whether a cue shows what the one above it shows."""
        return any(map(eq, self.visible, self.visible[1:]))

    @_once
    def breaks(self) -> list[int]:
        """How often the line breaks in each cue, as a viewer sees it."""
        return [text.count("\n") for text in self.visible]

    @_once
    def is_plain(self) -> bool:
        """Whether every visible character takes one place and is one character: then len() counts them."""
        return self._marks == ()

    @_once
    def _marks(self) -> tuple[str, ...] | None:
        """The visible characters that count as none; None where characters have to be counted one by one."""
        text = self.all_visible
        if text.isascii():
            return ()
        shown = self.foreign if self.visible is self.texts else _beyond_ascii(text.encode("utf-8", "surrogatepass"))
        return graphemes.marks_in(shown)

    def length(self, text: str) -> int:
        """The characters of a visible text as a viewer counts them, line breaks not counted."""
        marks = self._marks
        if marks is None:
            return graphemes.length(text)
        for mark in marks:
            text = text.replace(mark, "")
        return len(text) - text.count("\n")

    @_once
    def countable(self) -> str | None:
        """`all_visible` without the characters that count as none, for len(); None where that does not count right."""
        if self._marks is None:
            return None
        text = self.all_visible
        for mark in self._marks:
            text = text.replace(mark, "")
        return text

    @_once
    def shown_lines(self) -> list[str]:
        """The lines of `all_visible`, with one between two cues."""
        return self.all_visible.split("\n")

    @_once
    def countable_lines(self) -> list[str]:
        """The lines of `countable`, in the same places."""
        return self.shown_lines if self.is_plain or self.countable is None else self.countable.split("\n")

    @_once
    def has_odd_characters(self) -> bool:
        """Whether the text holds any of the characters that several rules look for: one pass for all of them."""
        return bool(self.foreign) and self.may_have(b"\xc2\xe2\xee\xef") and _ODD.search(self.foreign) is not None

    @_once
    def has_edge_space(self) -> bool:
        """Whether a line may begin or end with a space."""
        data = self.data
        spaces = [b" "] + [b"\t"] * ("\t" in self.signs) + [b"\xc2\xa0"] * ("\u00a0" in self.foreign)
        return (
            self.all_text[:1].isspace()
            or self.all_text[-1:].isspace()
            or any(space + b"\n" in data or b"\n" + space in data for space in spaces)
        )

    @_once
    def lengths(self) -> list[int]:
        """The visible characters of each cue, line breaks not counted."""
        texts: Sequence[str] = self.visible
        if not self.is_plain:
            texts = self.countable.split(_BETWEEN) if self.countable else ()
        if len(texts) != len(self.cues):
            return list(map(self.length, self.visible))
        return list(map(sub, map(len, texts), self.breaks))

    @_once
    def lengths_without_spaces(self) -> list[int]:
        """The visible characters of each cue, spaces and line breaks not counted."""
        return [self.length("".join(text.split())) for text in self.visible]

    @_once
    def widths(self) -> list[float]:
        """The visible characters of each cue, full-width ones as 1 and others as 0.5."""
        return [graphemes.width(text) for text in self.visible]

    @_once
    def words(self) -> list[int]:
        """The words of each cue. Speaker names and sounds count, each word once (DCMP Captioning Key)."""
        return [len(text.split()) for text in self.visible]

    @_once
    def shown_order(self) -> Sequence[int]:
        """The cues' indices by start: the order in which a viewer meets them."""
        starts = self.starts
        return range(len(starts)) if self.is_in_order else sorted(range(len(starts)), key=starts.__getitem__)

    @_once
    def apart(self) -> set[int]:
        """The cues before or after a pause of five seconds or more."""
        pauses = (
            [index for index, gap in enumerate(self.gaps) if gap > 4999] if max(self.gaps, default=0) > 4999 else []
        )
        found = {index for pause in pauses for index in (pause, pause + 1)}
        if self.starts and self.starts[0] >= 5000:
            found.add(0)
        return found

    @_once
    def language(self) -> str:
        """The language as far as it is known: given, or from the header, or from the name of the file; "" otherwise."""
        return self.given_language or self.header_language or (language_of_name(self.name) if self.name else "")

    @_once
    def header_language(self) -> str:
        header = self.document.header
        found = re.search(r"(?mi)^Language:[ \t]*([A-Za-z0-9-]+)", header.text) if header else None
        return found[1] if found else ""

    def limit(self, name: str) -> Limit | None:
        """The profile's limit of that name, None where it states none."""
        return self.limits.get(name)

    @_once
    def settings_problems(self) -> dict[str, list[tuple[int, Problem]]]:
        """What the specification says against the cues' settings, by code: the cue's index and the problem."""
        found: dict[str, list[tuple[int, Problem]]] = {}
        if self.format == "vtt" and any(cue[4] for cue in self.cues):
            from captionkit.formats.webvtt import parse_settings

            for index, cue in enumerate(self.cues):
                if cue[4]:
                    for problem in parse_settings(cue[4])[1]:
                        problems = found.setdefault(problem.code, [])
                        if len(problems) < self.most_a_cue or problems[-self.most_a_cue][0] != index:
                            problems.append((index, problem))
        return found

    @_once
    def markup_problems(self) -> dict[str, list[tuple[int, int, str]]]:
        """What the specification says against the tags in the cues, by the names of `markup.webvtt.parse`: the cue's
        index, where in its text, and the tag."""
        found: dict[str, list[tuple[int, int, str]]] = {}
        if self.format == "vtt" and "<" in self.all_text:
            from captionkit.markup.webvtt import parse

            current = 0

            def report(name: str, at: int, tag: str) -> None:
                problems = found.setdefault(name, [])
                if len(problems) < self.most_a_cue or problems[-self.most_a_cue][0] != current:
                    problems.append((current, at, tag))

            for current, text in enumerate(self.texts):  # noqa: B007  report looks at it
                if "<" in text:
                    parse(text, report)
        return found

    @_once
    def regions(self) -> dict[str, int]:
        """The ids of the regions, and the line of each, of the first where an id stands again."""
        if not self.document.regions:
            return {}
        from captionkit.formats.webvtt import parse_region

        return {parse_region(region.text)[0].id: region.line for region in reversed(self.document.regions)}

    # Looking through the text

    def search(self, pattern: re.Pattern[str], first: str = "") -> Iterator[tuple[int, int, re.Match[str]]]:
        """Each match in the raw text of the cues: the cue's index, where in its text it begins, the match.

        Args:
            first: the character that every match begins with, where there is one: it is found much faster.
        """
        return self._search(pattern, self.all_text, self._text_offsets, first)

    def search_visible(self, pattern: re.Pattern[str]) -> Iterator[tuple[int, int, re.Match[str]]]:
        """The same over what a viewer sees. The offset is one in `visible`, not in the file."""
        return self._search(pattern, self.all_visible, self._visible_offsets)

    def matches(
        self,
        pattern: re.Pattern[str],
        message: Callable[[re.Match[str]], str] | str,
        instead: Callable[[re.Match[str]], str] | str | None = None,
        *,
        hint: str = "",
        first: str = "",
    ) -> Iterator[Finding]:
        """A finding about each match in the raw text of the cues.

        Args:
            message: about a match; `{}` stands for it.
            instead: what is to stand in its place.
            hint: what a person may do.
            first: as in `search`.
        """
        for index, at, match in self.search(pattern, first):
            found = match[0]
            yield self.in_text(
                index,
                at,
                at + len(found),
                message.replace("{}", found) if isinstance(message, str) else message(match),
                hint,
                instead=instead if instead is None or isinstance(instead, str) else instead(match),
            )

    @_once
    def _text_offsets(self) -> list[int]:
        return _offsets(self.texts)

    @_once
    def _visible_offsets(self) -> list[int]:
        return self._text_offsets if self.visible is self.texts else _offsets(self.visible)

    def _search(
        self, pattern: re.Pattern[str], text: str, offsets: list[int], first: str = ""
    ) -> Iterator[tuple[int, int, re.Match[str]]]:
        last, found = -1, 0
        for match in _from(first, pattern, text) if first else pattern.finditer(text):
            index = bisect_right(offsets, match.start()) - 1
            found = found + 1 if index == last else 1
            last = index
            if found <= self.most_a_cue:
                yield index, match.start() - offsets[index], match

    # Saying where

    def text_lines(self, index: int) -> list[str]:
        """The lines of a cue's raw text."""
        if self._split is None or self._split[0] != index:
            self._split = index, self.texts[index].split("\n")
        return self._split[1]

    def on_cue(self, index: int, message: str, hint: str = "", fix: Fix | None = None) -> Finding:
        """A finding about a cue as a whole: it stands on its timing line."""
        line = self.cues[index][6]
        # As a tuple of its class, past the class's own, slower, constructor: a file may have thousands of findings.
        return _NEW(Finding, (message, line, 1 if line else 0, 0, 0, index, hint, fix, ()))

    def in_text(
        self,
        index: int,
        start: int,
        end: int,
        message: str,
        hint: str = "",
        fix: Fix | None = None,
        instead: str | None = None,
    ) -> Finding:
        """A finding about characters start to end of a cue's raw text.

        Args:
            instead: what is to stand in their place, where the finding can be fixed so.
        """
        cue = self.cues[index]
        spans = () if instead is None else ((start, end, instead),)
        if not cue.timing_line:
            return Finding(message, 0, 0, 0, 0, index, hint, fix, spans)
        if self._places is None or self._places[0] != index:
            self._places = index, Places(cue.text)
        places = self._places[1]
        (line, column), (end_line, end_column) = places.at(start), places.at(end)
        top = cue.timing_line + 1
        return _NEW(Finding, (message, top + line, column, top + end_line, end_column, index, hint, fix, spans))

    def beyond(self, figures: Iterable[tuple[int, float]], message: str) -> Iterator[Finding]:
        """A finding about each of these cues; `{}` in the message stands for the cue's figure."""
        for index, figure in figures:
            yield self.on_cue(index, message.format(figure))

    def on_text_line(self, index: int, number: int, message: str) -> Finding:
        """A finding about one of the lines of a cue's text, counted from 0."""
        first = self.cues[index][6]
        if not first:
            return Finding(message, cue=index)
        lines = self.text_lines(index)
        end = len(lines[number]) + 1 if number < len(lines) else 1
        line = first + 1 + number
        return _NEW(Finding, (message, line, 1, line, end, index, "", None, ()))

    def in_settings(self, index: int, token: str, message: str, hint: str = "") -> Finding:
        """A finding about one word of a cue's settings."""
        cue = self.cues[index]
        raw = self.line_text(cue.timing_line)
        begins = raw.find(cue.settings) if cue.settings else -1
        at = raw.find(token, max(begins, 0)) if token else begins
        column = at + 1 if at >= 0 else 1
        return Finding(message, cue.timing_line, column, cue.timing_line, column + len(token), index, hint)

    def on_line(self, line: int, message: str, hint: str = "", column: int = 1, length: int = 0) -> Finding:
        """A finding about a line that belongs to no cue."""
        return Finding(message, line, column, line if length else 0, column + length if length else 0, None, hint)

    def on_file(self, message: str, hint: str = "") -> Finding:
        """A finding about the file as a whole."""
        return Finding(message, 0, 0, 0, 0, None, hint)

    @_once
    def lines(self) -> list[str]:
        """The file's lines without their ends, as the reader counts them."""
        source = self.document.source
        return one_line_end(source.text).split("\n") if source else []

    def line_text(self, line: int) -> str:
        return self.lines[line - 1] if 0 < line <= len(self.lines) else ""

    def is_spoken(self, line: int) -> bool:
        """Whether this line of the file is one of a cue's text."""
        index = bisect_right(self._columns[6], line) - 1
        return index >= 0 and self.cues[index].timing_line < line <= self.cues[index].last_line

    @_once
    def block_lines(self) -> list[int]:
        """The line in which each block of the document begins."""
        return [block.line for block in self.document.blocks]

    def cue_above(self, line: int) -> int:
        """The last cue that begins at or above this line of the file; -1 for none."""
        return bisect_right(self._columns[5], line) - 1

    def name_of(self, index: int) -> str:
        """A cue as a message names it: `cue 42 (00:03:10.200)`."""
        return f"cue {index + 1} ({timecode(self.cues[index].start)})"


def _from(first: str, pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """The matches of a pattern that begins so: what is the same in all is found much faster than a pattern."""
    at = text.find(first)
    while at >= 0:
        match = pattern.match(text, at)
        if match:
            yield match
        at = text.find(first, max(match.end(), at + 1) if match else at + 1)


#: All but the signs of ASCII: letters, digits, what stands between cues and lines, spaces, and bytes beyond ASCII.
_NO_SIGNS = bytes(byte for byte in range(256) if byte in (0, 10, 32) or byte > 127 or chr(byte).isalnum())
_MARKS_AS_STOPS = bytes.maketrans(b",;:!?", b".....")
#: Printable ASCII, and what stands between cues and lines.
_USUAL = bytes([0, 10, *range(32, 127)])


def _beyond_ascii(data: bytes) -> str:
    return data.translate(None, _USUAL).decode("utf-8", "surrogatepass")


def _offsets(texts: Iterable[str]) -> list[int]:
    return list(accumulate((len(text) + len(_BETWEEN) for text in texts), initial=0))[:-1] or [0]

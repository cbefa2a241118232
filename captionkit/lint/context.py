"""What a rule gets: a document in columns, what it is held to, and the ways to look through it and to say where."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate
from typing import TYPE_CHECKING, Any, TypeVar

from captionkit.decoding import one_line_end
from captionkit.languages import language_of_name
from captionkit.lint.columns import BETWEEN, Columns, lazy
from captionkit.lint.places import Places
from captionkit.lint.rule import Finding
from captionkit.model import Document, Fix
from captionkit.timecode import timecode

if TYPE_CHECKING:
    from captionkit.formats.cue_settings import Problem
    from captionkit.lint.profiles import Limit

#: Findings of one rule in one cue: a cue that has more is rubbish, and reporting each would take for ever.
MOST_A_CUE = 50

_NEW = tuple.__new__
_Value = TypeVar("_Value")


def is_guessed(document: Document) -> bool:
    """Whether the encoding is a guess, or some bytes have no meaning in it: letters may be others than they seem."""
    return document.encoding_is_guess or (document.source is not None and document.source.data is not None)


class Context(Columns):
    """A document with its columns, and what it is to be held to.

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
        super().__init__(document)
        self.name = name
        self.limits = limits or {}
        self.kind = kind
        self.given_language = language
        self.duration_ms = duration_ms
        self.fps = fps
        self.options = options or {}
        #: Findings of one rule in one cue.
        self.most_a_cue = MOST_A_CUE
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

    @lazy
    def language(self) -> str:
        """The language as far as it is known: given, or from the header, or from the name of the file; "" otherwise."""
        return self.given_language or self.header_language or (language_of_name(self.name) if self.name else "")

    @lazy
    def header_language(self) -> str:
        header = self.document.header
        found = re.search(r"(?mi)^Language:[ \t]*([A-Za-z0-9-]+)", header.text) if header else None
        return found[1] if found else ""

    def limit(self, name: str) -> Limit | None:
        """The profile's limit of that name, None where it states none."""
        return self.limits.get(name)

    @lazy
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

    @lazy
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

    @lazy
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

    @lazy
    def _text_offsets(self) -> list[int]:
        return _offsets(self.texts)

    @lazy
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

    def beyond(self, name: str, figures: Iterable[tuple[int, float]], message: str) -> Iterator[Finding]:
        """A finding about each of these cues, which break the profile's limit of this name. In the message `{}` stands
        for the cue's figure and `{limit}` for the limit."""
        limit = self.limits.get(name)
        says = limit.says(limit.for_language(self.language)) if limit else ""
        for index, figure in figures:
            yield self.on_cue(index, message.format(figure, limit=says))

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

    @lazy
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

    @lazy
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


def _offsets(texts: Iterable[str]) -> list[int]:
    return list(accumulate((len(text) + len(BETWEEN) for text in texts), initial=0))[:-1] or [0]

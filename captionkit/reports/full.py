"""Each finding with the line it is about, a caret, and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from captionkit.model import Diagnostic
from captionkit.reports.base import Report, fixable_mark, name_of, place, summary, when

if TYPE_CHECKING:
    from captionkit.lint.run import Run

_LONGEST = 160


def render(run: Run) -> Iterator[str]:
    for result in run.results:
        if result.error:
            yield f"error: {result.path}: {result.error}\n\n"
        lines: Sequence[str] | None = None
        for one in result.diagnostics:
            if lines is None:
                lines = run.read_lines(result.path)
            yield from _one(one, lines)
        if result.diff:
            yield result.diff + "\n"
    for line in summary(run):
        yield line + "\n"


def _one(one: Diagnostic, lines: Sequence[str]) -> Iterator[str]:
    mark = fixable_mark(one.code)
    where = when(one)
    yield f"{one.code} {mark + ' ' if mark else ''}{one.severity.value}: {one.message}\n"
    yield f"  --> {place(one)}{f' ({where})' if where else ''}\n"
    if 0 < one.line <= len(lines):
        gutter = " " * len(str(one.line))
        text, column = _window(lines[one.line - 1], one.column)
        yield f" {gutter} |\n"
        yield f" {one.line} | {text}\n"
        if one.column:
            length = one.end_column - one.column if one.end_line == one.line else 1
            caret = "^" * max(1, min(length, len(text) - column + 1))
            yield f" {gutter} | {' ' * (column - 1)}{caret}\n"
    if one.hint:
        yield f"  = help: {one.hint}\n"
    yield f"  = rule: {name_of(one.code)} (captionkit explain {one.code})\n\n"


def _window(line: str, column: int) -> tuple[str, int]:
    """The part of a line around a column, without what would disturb a terminal, and the column in it."""
    line = line.expandtabs(1)
    start = 0
    if len(line) > _LONGEST and column > _LONGEST // 2:
        start = column - _LONGEST // 2
    piece = line[start : start + _LONGEST]
    shown = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in piece)
    return shown, max(1, column - start)


REPORT = Report("each finding with an excerpt, a caret and help (the default)", render)

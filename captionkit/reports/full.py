"""Each finding with the line it is about, a caret, and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from captionkit.model import Diagnostic
from captionkit.reports.base import Report, fix_of, fixable_mark, name_of, place, shown_path, summary, when
from captionkit.terminal import clean_line

if TYPE_CHECKING:
    from captionkit.lint.run import Run

_LONGEST = 160
_FLAGS = {"safe": " (--fix)", "restores": " (--fix --restore)", "unsafe": " (--fix --unsafe-fixes)"}


#: A fix of a longer line than this is not shown: nobody reads it, and thousands of findings may be in one such line.
_LONGEST_PREVIEWED = 2_000


def render(run: Run) -> Iterator[str]:
    for result in run.results:
        if result.error:
            yield f"error: {shown_path(result.path)}: {result.error}\n\n"
        lines: Sequence[str] | None = None
        for one in result.diagnostics:
            if lines is None:
                lines = run.read_lines(result.path)
            yield from _one(one, lines, fixable_mark(one, run))
            short = not 0 < one.line <= len(lines) or len(lines[one.line - 1]) <= _LONGEST_PREVIEWED
            shown = run.preview(one) if short else ()
            if shown:
                yield f"  = fix{_FLAGS.get(fix_of(one), '')}:\n"
                yield from (f"      {clean_line(line)}\n" for line in shown)
            yield "\n"
        if result.diff:
            yield result.diff + "\n"
    for line in summary(run):
        yield line + "\n"


def _one(one: Diagnostic, lines: Sequence[str], mark: str) -> Iterator[str]:
    where = when(one)
    yield f"{one.code} {mark + ' ' if mark else ''}{one.severity.value}: {clean_line(one.message)}\n"
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
        yield f"  = help: {clean_line(one.hint)}\n"
    yield f"  = rule: {name_of(one.code)} (captionkit explain {one.code})\n"


def _window(line: str, column: int) -> tuple[str, int]:
    """The part of a line around a column, without what would disturb a terminal, and the column in it."""
    start = 0
    if len(line) > _LONGEST and column > _LONGEST // 2:
        start = column - _LONGEST // 2
    piece = line[start : start + _LONGEST].replace("\t", " ")
    return clean_line(piece), max(1, column - start)


REPORT = Report("each finding with an excerpt, a caret and help (the default)", render)

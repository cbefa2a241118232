"""Each finding with the line it is about, a caret, and what to do, the worst first; those about files on one line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from captionkit.lint.summing import is_summed
from captionkit.model import Diagnostic, Severity
from captionkit.reports.base import Report, fix_of, fixable_mark, name_of, one_line, place, shown_path, summary, when
from captionkit.terminal import clean_line

if TYPE_CHECKING:
    from captionkit.lint.results import FileResult
    from captionkit.lint.run import Run

_LONGEST = 160
_FLAGS = {"safe": " (--fix)", "restores": " (--fix --restore)", "unsafe": " (--fix --unsafe-fixes)"}


#: So many findings of one rule in a file are one fault of the file.
_MANY = 10
#: A fix of a longer line than this is not shown: nobody reads it, and thousands of findings may be in one such line.
_LONGEST_PREVIEWED = 2_000


def render(run: Run) -> Iterator[str]:
    for path, error in run.totals.errors.items():
        yield f"error: {shown_path(path)}: {error}\n\n"
    for severity in Severity:
        if run.totals.count(severity):
            yield from _of_severity(run, severity)
    for line in summary(run):
        yield line + "\n"


def _of_severity(run: Run, severity: Severity) -> Iterator[str]:
    """The findings of this severity: each with its line, then a line each for those about whole files.

    A fault that a file has in every other cue is one fault of the file, and so is house style in the default profile.
    """
    about_files = 0
    for result in run.results:
        at_places, about_file = _shown(run, result, severity)
        about_files += len(about_file)
        yield from _at_places(sorted(at_places, key=lambda one: (one.line, one.column)), result.path, run)
    # Once more over all, rather than to hold them: a library has a hundred thousand.
    for result in run.results if about_files else ():
        yield from (one_line(one, run) for one in _shown(run, result, severity)[1])
    if about_files:
        yield "\n"


def _shown(run: Run, result: FileResult, severity: Severity) -> tuple[list[Diagnostic], list[Diagnostic]]:
    """What is shown of a file's findings of this severity: those at places, and those about the whole file."""
    at_places: list[Diagnostic] = []
    about_file: list[Diagnostic] = []
    if not result.count(severity):
        return at_places, about_file
    by_rule: dict[str, list[Diagnostic]] = {}
    for one in result.diagnostics:
        if one.severity is severity:
            by_rule.setdefault(one.code, []).append(one)
    for code, ones in by_rule.items():
        shown = [_first_of_many(ones)] if len(ones) >= _MANY else ones
        is_style = is_summed(code, run.settings) or (shown is not ones and severity is not Severity.ERROR)
        about_file += [one for one in shown if is_style or not one.line]
        at_places += [one for one in shown if not is_style and one.line]
    return at_places, about_file


def _at_places(ones: Sequence[Diagnostic], path: str, run: Run) -> Iterator[str]:
    lines = run.read_lines(path) if ones else ()
    for one in ones:
        yield from _one(one, lines, fixable_mark(one, run))
        short = not 0 < one.line <= len(lines) or len(lines[one.line - 1]) <= _LONGEST_PREVIEWED
        shown = run.preview(one) if short else ()
        if shown:
            yield f"  = fix{_FLAGS.get(fix_of(one), '')}:\n"
            yield from (f"      {clean_line(line)}\n" for line in shown)
        yield "\n"


def _first_of_many(ones: Sequence[Diagnostic]) -> Diagnostic:
    more = f"and {len(ones) - 1:,} more like it; --output-format concise lists them"
    return ones[0]._replace(message=f"{ones[0].message.rstrip('.')} ({more})")


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


REPORT = Report("each finding with an excerpt, a caret and help (the default)", render, is_usual=True)

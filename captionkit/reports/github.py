"""Annotations in GitHub Actions.

GitHub shows 10 errors, 10 warnings and 10 notices a step and drops the rest without a word: so the most severe come
first, and a last notice says how many are not shown. The whole list goes into the step's summary, where there is one.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from captionkit.model import Diagnostic, Severity
from captionkit.reports.base import Report, address, name_of, when

if TYPE_CHECKING:
    from captionkit.lint.run import Run

#: Annotations of each level that GitHub shows a step.
MOST_A_LEVEL = 10

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def render(run: Run) -> Iterator[str]:
    errors = run.totals.errors
    for path, error in errors.items():
        yield f"::error file={_property(address(path))},title=captionkit::{_data(error)}\n"
    hidden = 0
    for severity in Severity:
        # One notice is kept for the last line.
        most = MOST_A_LEVEL - (len(errors) if severity is Severity.ERROR else 0) - (severity is Severity.INFO)
        shown = min(max(most, 0), run.totals.count(severity))
        yield from map(_annotation, islice(run.of_severity(severity), shown))
        hidden += run.totals.count(severity) - shown
    if hidden:
        yield f"::notice title=captionkit::{hidden} more are not shown; see the step summary.\n"


def _annotation(one: Diagnostic) -> str:
    place = [f"file={_property(address(one.path))}"]
    if one.line:
        place.append(f"line={one.line}")
        place.append(f"col={max(one.column, 1)}")
        if one.end_line >= one.line and one.end_column:
            place += [f"endLine={one.end_line}", f"endColumn={one.end_column}"]
    title = _property(f"captionkit {one.code} {name_of(one.code)}")
    where = f" ({when(one)})" if one.cue is not None else ""
    return f"::{_COMMANDS[one.severity]} {','.join(place)},title={title}::{_data(f'{one.message}{where}')}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


REPORT = Report("annotations in GitHub Actions", render)

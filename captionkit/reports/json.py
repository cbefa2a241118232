"""One JSON document: for scripts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from captionkit.model import Diagnostic, Severity
from captionkit.reports.base import Report, fix_of, json_list, json_text, name_of
from captionkit.timecode import timecode

if TYPE_CHECKING:
    from captionkit.lint.run import Run


def as_dict(one: Diagnostic) -> dict[str, Any]:
    """A finding as JSON has it; null where something is not known."""
    return {
        "path": one.path,
        "code": one.code,
        "name": name_of(one.code),
        "severity": one.severity.value,
        "message": one.message,
        "hint": one.hint or None,
        "line": one.line or None,
        "column": one.column or None,
        "end_line": one.end_line or None,
        "end_column": one.end_column or None,
        "cue": one.cue,
        "time": None if one.time is None else timecode(one.time),
        "time_ms": one.time,
        "fix": fix_of(one),
    }


def render(run: Run) -> Iterator[str]:
    from captionkit import __version__

    totals = run.totals
    head = {
        "captionkit": __version__,
        "profile": ",".join(run.settings.profiles),
        "files": totals.files,
        "counts": {severity.value: totals.count(severity) for severity in Severity},
        "fixed": totals.fixed,
        "errors": [{"path": path, "message": error} for path, error in totals.errors.items()],
    }
    yield json_text(head, 2).removesuffix("\n}") + ',\n  "findings": '
    yield from json_list(map(as_dict, run.diagnostics), 2, "  ")
    yield "\n}\n"


REPORT = Report("one JSON document", render, is_data=True, extensions=(".json",), is_usual=True)

"""One JSON document: for scripts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from captionkit.model import Diagnostic, Severity
from captionkit.reports.base import Report, fix_of, name_of
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
    from json import dumps

    from captionkit import __version__

    whole = {
        "captionkit": __version__,
        "profile": ",".join(run.settings.profiles),
        "files": len(run.results),
        "counts": {severity.value: run.count(severity) for severity in Severity},
        "fixed": run.fixed,
        "errors": [{"path": result.path, "message": result.error} for result in run.errors],
        "findings": [as_dict(one) for one in run.diagnostics],
    }
    yield dumps(whole, ensure_ascii=False, indent=2) + "\n"


REPORT = Report("one JSON document", render, is_data=True, extensions=(".json",), is_usual=True)

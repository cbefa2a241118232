"""GitLab's Code Quality report."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from captionkit.reports.base import Report, address, name_of, when

if TYPE_CHECKING:
    from captionkit.lint.run import Run

_SEVERITIES = {"error": "major", "warning": "minor", "info": "info"}


def render(run: Run) -> Iterator[str]:
    from json import dumps

    from captionkit.lint.baseline import fingerprints

    rows = [
        {
            "description": f"{one.code}: {one.message}{f' ({when(one)})' if one.cue is not None else ''}",
            "check_name": name_of(one.code),
            "fingerprint": mark,
            "severity": _SEVERITIES[one.severity.value],
            "location": {"path": address(one.path), "lines": {"begin": max(one.line, 1)}},
        }
        for one, mark in zip(run.diagnostics, fingerprints(run), strict=True)
    ]
    rows += [
        {
            "description": result.error,
            "check_name": "unreadable",
            "fingerprint": f"unreadable-{address(result.path)}",
            "severity": "blocker",
            "location": {"path": address(result.path), "lines": {"begin": 1}},
        }
        for result in run.errors
    ]
    yield dumps(rows, ensure_ascii=False, indent=1) + "\n"


REPORT = Report("GitLab's Code Quality report", render, is_data=True, extensions=(".json",))

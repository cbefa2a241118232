"""GitLab's Code Quality report."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from captionkit.reports.base import Report, address, json_list, name_of, when

if TYPE_CHECKING:
    from captionkit.lint.run import Run

_SEVERITIES = {"error": "major", "warning": "minor", "info": "info"}


def render(run: Run) -> Iterator[str]:
    yield from json_list(_rows(run), 1, "")
    yield "\n"


def _rows(run: Run) -> Iterator[dict[str, Any]]:
    from captionkit.lint.baseline import fingerprints

    for result in run.results:
        where = address(result.path)
        for one, mark in zip(result.diagnostics, fingerprints(result, run.read_lines), strict=True):
            yield {
                "description": f"{one.code}: {one.message}{f' ({when(one)})' if one.cue is not None else ''}",
                "check_name": name_of(one.code),
                "fingerprint": mark,
                "severity": _SEVERITIES[one.severity.value],
                "location": {"path": where, "lines": {"begin": max(one.line, 1)}},
            }
        if result.error:
            yield {
                "description": result.error,
                "check_name": "unreadable",
                "fingerprint": f"unreadable-{where}",
                "severity": "blocker",
                "location": {"path": where, "lines": {"begin": 1}},
            }


REPORT = Report("GitLab's Code Quality report", render, is_data=True, extensions=(".json",), in_one_pass=True)

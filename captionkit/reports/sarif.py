"""SARIF 2.1.0: for code scanning, at GitHub and elsewhere.

Within GitHub's limits: one run, at most 25,000 results of which the first 5,000 are kept, so the most severe come first
and what is left out is said; a fingerprint for each, so that a finding that only moved is not a new one.
https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from captionkit.model import Diagnostic, Severity
from captionkit.reports.base import Report, json_list, json_text, uri, when
from captionkit.timecode import timecode

if TYPE_CHECKING:
    from captionkit.lint.run import Run

#: Results that GitHub takes in one run.
MOST_RESULTS = 25_000

_LEVELS = {"error": "error", "warning": "warning", "info": "note"}
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def render(run: Run) -> Iterator[str]:
    from captionkit import __version__
    from captionkit.lint.rule import rules

    shown = [*islice(_worst_first(run), MOST_RESULTS)]
    codes = sorted({one.code for one, _ in shown})
    every = rules()
    driver: dict[str, Any] = {
        "name": "captionkit",
        "version": __version__,
        "informationUri": "https://pypi.org/project/captionkit/",
        "rules": [
            {
                "id": code,
                "name": "".join(word.capitalize() for word in every[code].name.split("-")) if code in every else code,
                "shortDescription": {"text": every[code].summary if code in every else code},
                "fullDescription": {"text": every[code].explanation if code in every else code},
                "defaultConfiguration": {"level": _LEVELS[every[code].severity.value] if code in every else "warning"},
                "properties": {"tags": ["captions", code[:3]]},
            }
            for code in codes
        ],
    }
    index = {code: number for number, code in enumerate(codes)}
    errors = run.totals.errors
    notices = [
        {"level": "error", "message": {"text": f"{path}: {error}"}}
        for path, error in islice(errors.items(), MOST_RESULTS)
    ]
    hidden = sum(run.totals.count(severity) for severity in Severity) - len(shown)
    if hidden:
        text = f"At most {MOST_RESULTS:,} findings are listed: {hidden:,} less severe findings are left out."
        notices.append({"level": "warning", "message": {"text": text}})
    invocation: dict[str, Any] = {"executionSuccessful": not errors}
    if notices:
        invocation["toolExecutionNotifications"] = notices
    run_head = {"tool": {"driver": driver}, "invocations": [invocation], "columnKind": "unicodeCodePoints"}
    head = json_text({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run_head]}, 1)
    yield head.removesuffix("\n  }\n ]\n}") + ',\n   "results": '
    yield from json_list((_result(one, mark, index[one.code]) for one, mark in shown), 1, "   ")
    yield "\n  }\n ]\n}\n"


def _worst_first(run: Run) -> Iterator[tuple[Diagnostic, str]]:
    """The findings with their fingerprints."""
    from captionkit.lint.baseline import fingerprints

    for severity in Severity:
        for result in run.results if run.totals.count(severity) else ():
            if result.count(severity):
                marks = fingerprints(result, run.read_lines)
                yield from ((o, m) for o, m in zip(result.diagnostics, marks, strict=True) if o.severity is severity)


def _result(one: Diagnostic, mark: str, rule: int) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": uri(one.path or "-")}}
    if one.line:
        region = {"startLine": one.line, "startColumn": max(one.column, 1)}
        if one.end_line >= one.line and one.end_column:
            region |= {"endLine": one.end_line, "endColumn": one.end_column}
        physical["region"] = region
    location: dict[str, Any] = {"physicalLocation": physical}
    if one.cue is not None:
        location["logicalLocations"] = [{"name": when(one), "kind": "cue"}]
    text = f"{one.message}{f' ({when(one)})' if one.cue is not None else ''}"
    made: dict[str, Any] = {
        "ruleId": one.code,
        "ruleIndex": rule,
        "level": _LEVELS[one.severity.value],
        "message": {"text": f"{text} {one.hint}".strip()},
        "locations": [location],
        "partialFingerprints": {"captionkit/v1": mark},
    }
    if one.time is not None:
        made["properties"] = {"cue": one.cue, "time": timecode(one.time)}
    return made


REPORT = Report("SARIF 2.1.0, for code scanning", render, is_data=True, extensions=(".sarif", ".json"))

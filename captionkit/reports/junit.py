"""JUnit's XML: for build servers. One test case a finding, failed from --fail-level on, and one for each clean file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from captionkit.model import Diagnostic, Severity
from captionkit.reports.base import Report, place, when

if TYPE_CHECKING:
    from captionkit.lint.run import Run

# XML 1.0 has no way to write these.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


#: A build server reads all of it into memory: more test cases than this are left out, the mildest findings first.
MOST_CASES = 100_000


def render(run: Run) -> Iterator[str]:
    totals, failing = run.totals, run.fail_level.rank
    room = MOST_CASES
    left: dict[Severity, int] = {}
    for severity in Severity:
        left[severity] = min(totals.count(severity), room)
        room -= left[severity]
    clean = sum(1 for result in run.results if not result.error and not any(result.tally().values()))
    clean_left = min(clean, room)
    hidden = sum(totals.count(severity) - left[severity] for severity in Severity)
    notes = [f"{hidden:,} less severe findings"] if hidden else []
    notes += [f"{clean - clean_left:,} clean files"] if clean > clean_left else []
    tests = sum(left.values()) + clean_left + len(totals.errors) + bool(notes)
    failures = sum(count for severity, count in left.items() if severity.rank <= failing)
    yield '<?xml version="1.0" encoding="utf-8"?>\n'
    yield f'<testsuites name="captionkit" tests="{tests}" failures="{failures}" errors="{len(totals.errors)}">\n'
    for result in run.results:
        listed = []
        for one in result.diagnostics:
            if left[one.severity]:
                left[one.severity] -= 1
                listed.append(one)
        is_clean = not result.error and not result.diagnostics and clean_left > 0
        clean_left -= is_clean
        if listed or result.error or is_clean:
            yield from _suite(result.path, result.error, listed, failing)
    if notes:
        message = f"At most {MOST_CASES:,} test cases are listed; left out: {' and '.join(notes)}."
        skipped = f'<testcase name="not-listed" classname="captionkit"><skipped message="{message}"/></testcase>'
        yield f'  <testsuite name="captionkit" tests="1" skipped="1">{skipped}</testsuite>\n'
    yield "</testsuites>\n"


def _suite(path: str, error: str, found: Sequence[Diagnostic], failing: int) -> Iterator[str]:
    """A file with its findings; without any it is one case that passes."""
    name = _attribute(path)
    count = len(found) + bool(error) or 1
    failed = sum(one.severity.rank <= failing for one in found)
    yield f'  <testsuite name="{name}" tests="{count}" failures="{failed}" errors="{int(bool(error))}">\n'
    if error:
        yield f'    <testcase name="readable" classname="{name}"><error message="{_attribute(error)}"/></testcase>\n'
    elif not found:
        yield f'    <testcase name="captionkit" classname="{name}"/>\n'
    for one in found:
        kind = "error" if one.severity is Severity.ERROR else one.severity.value
        where = when(one)
        body = f"{place(one)}{f' ({where})' if where else ''}: {one.message}{f' {one.hint}' if one.hint else ''}"
        if one.severity.rank <= failing:
            inner = f'<failure type="{kind}" message="{_attribute(one.message)}">{_text(body)}</failure>'
        else:
            inner = f"<system-out>{kind}: {_text(body)}</system-out>"
        yield f'    <testcase name="{one.code}" classname="{name}">{inner}</testcase>\n'
    yield "  </testsuite>\n"


def _text(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _attribute(text: str) -> str:
    return _text(text).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;").replace("\r", "&#13;")


REPORT = Report("JUnit's XML, for build servers", render, is_data=True, extensions=(".xml",))

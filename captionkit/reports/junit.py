"""JUnit's XML: for build servers. One test case a finding, failed from --fail-level on, and one for each clean file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from captionkit.model import Severity
from captionkit.reports.base import Report, place, when

if TYPE_CHECKING:
    from captionkit.lint.run import Run

# XML 1.0 has no way to write these.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def render(run: Run) -> Iterator[str]:
    total = sum(max(1, len(result.diagnostics)) for result in run.results)
    failing = run.fail_level.rank
    failures = sum(one.severity.rank <= failing for one in run.diagnostics)
    yield '<?xml version="1.0" encoding="utf-8"?>\n'
    yield f'<testsuites name="captionkit" tests="{total}" failures="{failures}" errors="{len(run.errors)}">\n'
    for result in run.results:
        count = len(result.diagnostics)
        errors = 1 if result.error else 0
        failed = sum(one.severity.rank <= failing for one in result.diagnostics)
        name = _attribute(result.path)
        yield f'  <testsuite name="{name}" tests="{max(1, count)}" failures="{failed}" errors="{errors}">\n'
        if result.error:
            message = _attribute(result.error)
            yield f'    <testcase name="readable" classname="{name}"><error message="{message}"/></testcase>\n'
        elif not count:
            yield f'    <testcase name="captionkit" classname="{name}"/>\n'
        for one in result.diagnostics:
            kind = "error" if one.severity is Severity.ERROR else one.severity.value
            where = when(one)
            body = f"{place(one)}{f' ({where})' if where else ''}: {one.message}{f' {one.hint}' if one.hint else ''}"
            if one.severity.rank <= failing:
                inner = f'<failure type="{kind}" message="{_attribute(one.message)}">{_text(body)}</failure>'
            else:
                inner = f"<system-out>{kind}: {_text(body)}</system-out>"
            yield f'    <testcase name="{one.code}" classname="{name}">{inner}</testcase>\n'
        yield "  </testsuite>\n"
    yield "</testsuites>\n"


def _text(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _attribute(text: str) -> str:
    return _text(text).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;").replace("\r", "&#13;")


REPORT = Report("JUnit's XML, for build servers", render, is_data=True, extensions=(".xml",))

"""A Markdown document: for issues, pull requests and step summaries."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from captionkit.model import Severity
from captionkit.reports.base import Report, name_of, plural, when

if TYPE_CHECKING:
    from captionkit.lint.run import Run

#: A step summary has at most 1 MiB, an issue 65,536 characters: a longer list is cut, and says so.
MOST_ROWS = 500


def render(run: Run) -> Iterator[str]:
    totals = run.totals
    counts = [
        plural(totals.count(severity), noun)
        for severity, noun in zip(Severity, ("error", "warning", "remark"), strict=True)
    ]
    yield "# Caption check\n\n"
    yield f"{plural(totals.files, 'file')}, profile {', '.join(run.settings.profiles)}: {', '.join(counts)}.\n\n"
    codes: Counter[str] = Counter()
    for (code, _), count in totals.tally.items():
        codes[code] += count
    if codes:
        yield "| findings | code | rule |\n|---:|---|---|\n"
        for code, count in sorted(codes.items(), key=lambda item: (-item[1], item[0])):
            yield f"| {count:,} | {code} | {name_of(code)} |\n"
        yield "\n"
    left, unread = MOST_ROWS, MOST_ROWS
    for result in run.results:
        if result.error and unread > 0:
            unread -= 1
            yield f"## {_escaped(result.path)}\n\nCould not be read: {_escaped(result.error)}\n\n"
        if left <= 0 or not result.diagnostics:
            continue
        yield f"## {_escaped(result.path)}\n\n| line | cue | severity | code | finding |\n|---:|---|---|---|---|\n"
        for one in result.diagnostics[:left]:
            yield f"| {one.line or ''} | {when(one)} | {one.severity.value} | {one.code} | {_escaped(one.message)} |\n"
        left -= min(left, len(result.diagnostics))
        yield "\n"
    if codes.total() > MOST_ROWS:
        yield f"{codes.total() - MOST_ROWS:,} more findings are not listed.\n"
    if len(totals.errors) > MOST_ROWS:
        yield f"{len(totals.errors) - MOST_ROWS:,} more files could not be read.\n"


def _escaped(text: str) -> str:
    return re.sub(r"([\\`*_{}\[\]<>|#])", r"\\\1", text).replace("\n", " ")


REPORT = Report("a Markdown document", render, extensions=(".md", ".markdown"))

"""The findings file by file: for reading one file after the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from captionkit.reports.base import Report, fixable_mark, shown_path, summary, when
from captionkit.terminal import clean_line

if TYPE_CHECKING:
    from captionkit.lint.run import Run


def render(run: Run) -> Iterator[str]:
    for result in run.results:
        if not result.diagnostics and not result.error:
            continue
        yield f"{shown_path(result.path)}:\n"
        if result.error:
            yield f"  error: {clean_line(result.error)}\n"
        places = [f"{one.line}:{one.column or 1}" if one.line else "-" for one in result.diagnostics]
        width = max(map(len, places), default=1)
        for one, place in zip(result.diagnostics, places, strict=True):
            where = when(one)
            mark = fixable_mark(one, run)
            message = clean_line(one.message)
            yield (
                f"  {place:>{width}}  {one.severity.value:7} {one.code} {mark + ' ' if mark else ''}{message}"
                f"{f' ({where})' if where else ''}\n"
            )
        yield "\n"
    for line in summary(run):
        yield line + "\n"


REPORT = Report("the findings file by file", render, in_one_pass=True)

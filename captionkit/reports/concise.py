"""One line a finding: for terminals, editors and `grep`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from captionkit.reports.base import Report, one_line, shown_path, summary
from captionkit.terminal import clean_line

if TYPE_CHECKING:
    from captionkit.lint.run import Run


def render(run: Run) -> Iterator[str]:
    for result in run.results:
        if result.error:
            yield f"{shown_path(result.path)}: error: {clean_line(result.error)}\n"
        for one in result.diagnostics:
            yield one_line(one, run)
    for line in summary(run):
        yield line + "\n"


REPORT = Report("one line a finding", render, in_one_pass=True)

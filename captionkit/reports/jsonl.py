"""One JSON object a line: for streams and `jq`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from captionkit.reports.base import Report
from captionkit.reports.json import as_dict

if TYPE_CHECKING:
    from captionkit.lint.run import Run


def render(run: Run) -> Iterator[str]:
    from json import dumps

    for result in run.results:
        if result.error:
            yield dumps({"path": result.path, "error": result.error}, ensure_ascii=False) + "\n"
        for one in result.diagnostics:
            yield dumps(as_dict(one), ensure_ascii=False) + "\n"


REPORT = Report("one JSON object a line", render, is_data=True, extensions=(".jsonl", ".ndjson"), in_one_pass=True)

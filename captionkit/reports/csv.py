"""A table for spreadsheets.

With a byte order mark, without which Excel reads UTF-8 as something else; and no cell begins with what a spreadsheet
takes for a formula, since caption text comes from anywhere (CSV injection).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from captionkit.reports.base import Report, fix_of, name_of
from captionkit.spreadsheet import harmless
from captionkit.timecode import timecode

if TYPE_CHECKING:
    from captionkit.lint.run import Run

_COLUMNS = ("file", "line", "column", "cue", "time", "severity", "code", "rule", "message", "fix", "hint")


def render(run: Run) -> Iterator[str]:
    yield "\ufeff" + _row(_COLUMNS)
    for result in run.results:
        if result.error:
            yield _row([result.path, "", "", "", "", "error", "", "unreadable", result.error, "", ""])
        for one in result.diagnostics:
            yield _row(
                [
                    one.path, str(one.line or ""), str(one.column or ""), "" if one.cue is None else str(one.cue),
                    "" if one.time is None else timecode(one.time), one.severity.value, one.code, name_of(one.code),
                    one.message, fix_of(one), one.hint,
                ]
            )  # fmt: skip


def _row(cells: list[str] | tuple[str, ...]) -> str:
    return ",".join(_cell(cell) for cell in cells) + "\r\n"


def _cell(text: str) -> str:
    text = harmless(text)
    if any(char in text for char in ',"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text


REPORT = Report("a table for spreadsheets", render, is_data=True, extensions=(".csv",), in_one_pass=True)

"""A web page of its own: for people who do not work with terminals, screen readers included.

The findings stand in one table with a row for each rule in each file, the worst first: what a file has in every other
cue is one row, whose places open on demand. So a folder is read, and printed, in pages and not in reams. The page can
be sent as a file: nothing is loaded from elsewhere, and without its script it is whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from heapq import nsmallest
from html import escape
from itertools import islice
from typing import TYPE_CHECKING, Any

from captionkit.model import Diagnostic, Severity
from captionkit.page_tables import TABLES, choice, filtered, row, script, section, table
from captionkit.pages import BASE, page
from captionkit.reports.base import Report, fix_of, name_of, plural, when

if TYPE_CHECKING:
    from captionkit.lint.run import Run

_STYLE = """
header,main{max-width:80rem;margin:0 auto;padding:0 1rem}
header{padding-top:1.25rem}
.error{font-weight:700;color:var(--error)}.warning{color:var(--warning)}.info{color:var(--info)}
summary{cursor:pointer}
details ul{margin:.25rem 0;padding-inline-start:1.25rem}
"""
#: How a severity is called, with a mark that differs without colour.
_CALLED = {Severity.ERROR: "✘ error", Severity.WARNING: "! warning", Severity.INFO: "· remark"}
_FIXES = {
    "safe": "--fix",
    "restores": "--fix --restore",
    "unsafe": "--fix --unsafe-fixes",
    "hint": "by hand",
    "none": "by hand",
}
#: A browser is slow with more rows than this: the worst are listed.
MOST_ROWS = 10_000
#: So many places of one rule in one file are listed, fewer where there are many rows; the rest is counted.
_MOST_PLACES, _FEW_PLACES, _MANY_ROWS = 200, 20, 5_000


def render(run: Run) -> Iterator[str]:
    code = script() if run.totals.tally else ""
    yield page("Caption check", "\n".join(_body(run)), style=BASE + TABLES + _STYLE, script=code, data={})


def _body(run: Run) -> Iterator[str]:
    from captionkit import __version__

    totals = run.totals
    counts = ", ".join(
        plural(totals.count(severity), noun)
        for severity, noun in zip(Severity, ("error", "warning", "remark"), strict=True)
    )
    profile = escape(", ".join(run.settings.profiles))
    yield "<header><h1>Caption check</h1>"
    yield f"<p>{plural(totals.files, 'file')}: {counts}. Profile: {profile}. captionkit {__version__}.</p></header>"
    yield "<main>"
    if totals.errors:
        heads = ["File", "Why"]
        rows = [row(heads, [escape(path), escape(error)]) for path, error in islice(totals.errors.items(), MOST_ROWS)]
        unread = table("unread-files", "Files", heads, rows, sortable=False)
        yield section("unread", "Could not be read", _cut(len(totals.errors), "files", "the first") + unread)
    if any(totals.tally.values()):
        yield from (_findings(run), _rules(run), _files(run))
    elif not totals.errors:
        yield "<p>Nothing found.</p>"
    yield "</main>"


def _cut(count: int, what: str, which: str) -> str:
    """That not all of so many are listed; "" where they are."""
    if count <= MOST_ROWS:
        return ""
    more = "<code>captionkit check --output-format csv</code> lists all."
    return f"<p>At most {MOST_ROWS:,} rows: {which} {MOST_ROWS:,} of {count:,} {what} are listed. {more}</p>"


def _findings(run: Run) -> str:
    every = 0

    def keys() -> Iterator[tuple[int, str, int, str, int]]:
        nonlocal every
        for place, result in enumerate(run.results):
            for (code, severity), count in result.tally().items():
                every += 1
                yield severity.rank, result.path, -count, code, place

    # Two walks: one for which rows there are, one for what is in them.
    order = {(place, code, rank): at for at, (rank, _, _, code, place) in enumerate(nsmallest(MOST_ROWS, keys()))}
    wanted = {place for place, _, _ in order}
    most = _MOST_PLACES if len(order) <= _MANY_ROWS else _FEW_PLACES
    heads = ["File", "Severity", "#Findings", "Rule", "!What and where", "Fix"]
    rows = [""] * len(order)
    for place, result in enumerate(run.results):
        groups: dict[tuple[str, Severity], list[Diagnostic]] = {}
        for one in result.diagnostics if place in wanted else ():
            groups.setdefault((one.code, one.severity), []).append(one)
        for (code, severity), ones in groups.items():
            at = order.get((place, code, severity.rank))
            if at is not None:
                rows[at] = _group(heads, result.path, severity, ones, most)
    severities = [severity for severity in Severity if run.totals.count(severity)]
    codes = sorted({code for code, _ in run.totals.tally})
    choices = choice(
        "f-severity", "Severity", "severity", "all", [(one.value, f"{_CALLED[one][2:]}s") for one in severities],
        first="error" if severities[:1] == [Severity.ERROR] else "",
    )  # fmt: skip
    choices += choice("f-rule", "Rule", "rule", "all", [(code, f"{code} {name_of(code)}") for code in codes])
    content = filtered(choices, len(rows), "row", "rows", table("rows", "Findings", heads, rows))
    return section("findings", "Findings, worst first", _cut(every, "rows", "the worst") + content)


def _group(heads: Sequence[str], path: str, severity: Severity, ones: Sequence[Diagnostic], most: int) -> str:
    first = ones[0]
    cells: list[str | tuple[str, float]] = [
        escape(path),
        _severity(severity),
        (f"{len(ones):,}", float(len(ones))),
        f"{first.code} {name_of(first.code)}",
        _places(ones, most),
        _FIXES[fix_of(first)],
    ]
    return row(heads, cells, attributes=f' data-severity="{severity.value}" data-rule="{first.code}"')


def _severity(severity: Severity) -> tuple[str, float]:
    return f'<span class="{severity.value}">{_CALLED[severity]}</span>', float(list(Severity).index(severity))


def _places(ones: Sequence[Diagnostic], most: int) -> str:
    """The first finding; of the others so many below it, to be opened."""
    if len(ones) == 1:
        return _place(ones[0])
    items = "".join(f"<li>{_place(one)}</li>" for one in ones[1:most])
    more = f"<li>and {len(ones) - most:,} more</li>" if len(ones) > most else ""
    return f"{_place(ones[0])}<details><summary>{len(ones) - 1:,} more</summary><ul>{items}{more}</ul></details>"


def _place(one: Diagnostic) -> str:
    where = ", ".join(filter(None, (f"line {one.line}" if one.line else "", when(one))))
    hint = f" <small>{escape(one.hint)}</small>" if one.hint else ""
    return f"{escape(one.message)}{hint}" + (f" <small>({where})</small>" if where else "")


def _rules(run: Run) -> str:
    from captionkit.lint.rule import rules

    order = list(Severity)
    files = run.totals.files_with
    every = rules()
    heads = ["Rule", "Severity", "#Findings", "#Files", "!What it means"]
    rows = [
        row(heads, [
            f"{code} {name_of(code)}", _severity(severity), (f"{count:,}", count),
            (f"{files[code]:,}", files[code]),
            _code(escape(every[code].summary)) if code in every else "",
        ])
        for (code, severity), count in sorted(
            run.totals.tally.items(), key=lambda item: (order.index(item[0][1]), -item[1], item[0][0])
        )
    ]  # fmt: skip
    return section("by-rule", "By rule", table("rules", "Findings by rule", heads, rows))


def _files(run: Run) -> str:
    heads = ["File", "#Errors", "#Warnings", "#Remarks"]
    counted: Iterator[tuple[Any, ...]] = (
        (*(-result.count(severity) for severity in Severity), place, result.path)
        for place, result in enumerate(run.results)
        if any(result.tally().values())
    )
    rows = []
    for *counts, _, path in nsmallest(MOST_ROWS, counted):
        cells = [(f"{-count:,}", float(-count)) for count in counts]
        rows.append(row(heads, [escape(path), *cells]))
    with_findings = sum(1 for result in run.results if any(result.tally().values()))
    content = table("files", "Findings by file", heads, rows)
    return section("by-file", "By file", _cut(with_findings, "files", "the worst") + content)


def _code(escaped: str) -> str:
    """What stands between backticks, as HTML says it."""
    return re.sub("`([^`]+)`", r"<code>\1</code>", escaped)


REPORT = Report("a web page of its own", render, is_data=True, extensions=(".html", ".htm"))

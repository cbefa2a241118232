"""A web page of its own: for people who do not work with terminals, screen readers included.

The findings stand in one table with a row for each rule in each file, the worst first: what a file has in every other
cue is one row, whose places open on demand. So a folder is read, and printed, in pages and not in reams. The page can
be sent as a file: nothing is loaded from elsewhere, and without its script it is whole.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING

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
#: So many places of one rule in one file are listed; the rest is counted.
_MOST_PLACES = 200


def render(run: Run) -> Iterator[str]:
    code = script() if run.diagnostics else ""
    yield page("Caption check", "\n".join(_body(run)), style=BASE + TABLES + _STYLE, script=code, data={})


def _body(run: Run) -> Iterator[str]:
    from captionkit import __version__

    counts = ", ".join(
        plural(run.count(severity), noun)
        for severity, noun in zip(Severity, ("error", "warning", "remark"), strict=True)
    )
    profile = escape(", ".join(run.settings.profiles))
    yield "<header><h1>Caption check</h1>"
    yield f"<p>{plural(len(run.results), 'file')}: {counts}. Profile: {profile}. captionkit {__version__}.</p></header>"
    yield "<main>"
    unread = [result for result in run.results if result.error]
    if unread:
        heads = ["File", "Why"]
        rows = [row(heads, [escape(result.path), escape(result.error)]) for result in unread]
        yield section("unread", "Could not be read", table("unread-files", "Files", heads, rows, sortable=False))
    if run.diagnostics:
        yield from (_findings(run), _rules(run), _files(run))
    elif not unread:
        yield "<p>Nothing found.</p>"
    yield "</main>"


def _findings(run: Run) -> str:
    groups: dict[tuple[str, str, Severity], list[Diagnostic]] = {}
    for result in run.results:
        for one in result.diagnostics:
            groups.setdefault((result.path, one.code, one.severity), []).append(one)
    order = list(Severity)
    found = sorted(groups.items(), key=lambda item: (order.index(item[0][2]), item[0][0], -len(item[1]), item[0][1]))
    heads = ["File", "Severity", "#Findings", "Rule", "!What and where", "Fix"]
    rows = [_group(heads, path, severity, ones) for (path, _, severity), ones in found]
    severities = [severity for severity in Severity if any(key[2] is severity for key in groups)]
    codes = sorted({code for _, code, _ in groups})
    choices = choice(
        "f-severity", "Severity", "severity", "all", [(one.value, f"{_CALLED[one][2:]}s") for one in severities],
        first="error" if severities[:1] == [Severity.ERROR] else "",
    )  # fmt: skip
    choices += choice("f-rule", "Rule", "rule", "all", [(code, f"{code} {name_of(code)}") for code in codes])
    content = filtered(choices, len(rows), "row", "rows", table("rows", "Findings", heads, rows))
    return section("findings", "Findings, worst first", content)


def _group(heads: Sequence[str], path: str, severity: Severity, ones: Sequence[Diagnostic]) -> str:
    first = ones[0]
    cells: list[str | tuple[str, float]] = [
        escape(path),
        _severity(severity),
        (f"{len(ones):,}", float(len(ones))),
        f"{first.code} {name_of(first.code)}",
        _places(ones),
        _FIXES[fix_of(first)],
    ]
    return row(heads, cells, attributes=f' data-severity="{severity.value}" data-rule="{first.code}"')


def _severity(severity: Severity) -> tuple[str, float]:
    return f'<span class="{severity.value}">{_CALLED[severity]}</span>', float(list(Severity).index(severity))


def _places(ones: Sequence[Diagnostic]) -> str:
    """The first finding; the others below it, to be opened."""
    if len(ones) == 1:
        return _place(ones[0])
    items = "".join(f"<li>{_place(one)}</li>" for one in ones[1:_MOST_PLACES])
    more = f"<li>and {len(ones) - _MOST_PLACES:,} more</li>" if len(ones) > _MOST_PLACES else ""
    return f"{_place(ones[0])}<details><summary>{len(ones) - 1:,} more</summary><ul>{items}{more}</ul></details>"


def _place(one: Diagnostic) -> str:
    where = ", ".join(filter(None, (f"line {one.line}" if one.line else "", when(one))))
    hint = f" <small>{escape(one.hint)}</small>" if one.hint else ""
    return f"{escape(one.message)}{hint}" + (f" <small>({where})</small>" if where else "")


def _rules(run: Run) -> str:
    from captionkit.lint.rule import rules

    codes = Counter(one.code for one in run.diagnostics)
    severity = {one.code: one.severity for one in run.diagnostics}
    order = list(Severity)
    files = Counter(code for result in run.results for code in {one.code for one in result.diagnostics})
    every = rules()
    heads = ["Rule", "Severity", "#Findings", "#Files", "!What it means"]
    rows = [
        row(heads, [
            f"{code} {name_of(code)}", _severity(severity[code]), (f"{count:,}", count),
            (f"{files[code]:,}", files[code]),
            _code(escape(every[code].summary)) if code in every else "",
        ])
        for code, count in sorted(codes.items(), key=lambda item: (order.index(severity[item[0]]), -item[1], item[0]))
    ]  # fmt: skip
    return section("by-rule", "By rule", table("rules", "Findings by rule", heads, rows))


def _files(run: Run) -> str:
    heads = ["File", "#Errors", "#Warnings", "#Remarks"]
    rows = []
    counted = [(result, Counter(one.severity for one in result.diagnostics)) for result in run.results]
    counted.sort(key=lambda pair: [-pair[1][severity] for severity in Severity])
    for result, count in counted:
        if count:
            cells = [(f"{count[severity]:,}", float(count[severity])) for severity in Severity]
            rows.append(row(heads, [escape(result.path), *cells]))
    return section("by-file", "By file", table("files", "Findings by file", heads, rows))


def _code(escaped: str) -> str:
    """What stands between backticks, as HTML says it."""
    return re.sub("`([^`]+)`", r"<code>\1</code>", escaped)


REPORT = Report("a web page of its own", render, is_data=True, extensions=(".html", ".htm"))

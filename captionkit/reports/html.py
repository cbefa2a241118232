"""A web page of its own: for people who do not work with terminals, screen readers included.

Headings, tables with header cells and captions, the severity as a word, and enough contrast: no meaning by colour
alone. No script, nothing loaded from elsewhere, so it can be sent as a file.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING

from captionkit.model import Severity
from captionkit.reports.base import Report, fix_of, name_of, plural, when

if TYPE_CHECKING:
    from captionkit.lint.run import Run

_STYLE = """
body { font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; }
body { color: #1a1a1a; background: #fff; }
table { border-collapse: collapse; width: 100%; margin: 0 0 2rem; }
caption { text-align: left; font-weight: 600; padding: .25rem 0; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid #767676; }
td.number, th.number { text-align: right; }
.error { font-weight: 700; color: #8b0000; } .warning { color: #5c3a00; } .info { color: #1a1a1a; }
@media (prefers-color-scheme: dark) {
  body { color: #f2f2f2; background: #121212; }
  .error { color: #ffb3b3; } .warning { color: #ffd79a; } .info { color: #f2f2f2; }
}
"""
_FIXES = {
    "safe": "--fix",
    "restores": "--fix --restore",
    "unsafe": "--fix --unsafe-fixes",
    "hint": "by hand",
    "none": "by hand",
}


def render(run: Run) -> Iterator[str]:
    from captionkit.pages import page

    yield page("Caption check", "".join(_body(run)), style=_STYLE)


def _body(run: Run) -> Iterator[str]:
    from captionkit import __version__

    counts = ", ".join(
        plural(run.count(severity), noun)
        for severity, noun in zip(Severity, ("error", "warning", "remark"), strict=True)
    )
    profile = escape(", ".join(run.settings.profiles))
    yield "<main>\n<h1>Caption check</h1>\n"
    yield f"<p>{plural(len(run.results), 'file')}: {counts}. Profile: {profile}. captionkit {__version__}.</p>\n"
    yield from _rules(run)
    for result in run.results:
        if result.error:
            yield f"<h2>{escape(result.path)}</h2>\n<p><strong>Could not be read:</strong> {escape(result.error)}</p>\n"
        if not result.diagnostics:
            continue
        count = plural(len(result.diagnostics), "finding")
        yield f"<h2>{escape(result.path)}</h2>\n<table>\n<caption>{count}</caption>\n"
        yield _head("Line", "Cue and time", "Severity", "Rule", "Finding", "Fix")
        for one in result.diagnostics:
            hint = f"<br>{escape(one.hint)}" if one.hint else ""
            yield (
                f'<tr><td class="number">{one.line or ""}</td><td>{when(one)}</td>'
                f'<td class="{one.severity.value}">{one.severity.value}</td><td>{one.code} {name_of(one.code)}</td>'
                f"<td>{escape(one.message)}{hint}</td><td>{_FIXES[fix_of(one)]}</td></tr>\n"
            )
        yield "</tbody>\n</table>\n"
    yield "</main>"


def _head(*names: str) -> str:
    """The head of a table whose first column is a number, and the beginning of its body."""
    cells = "".join(f'<th scope="col">{name}</th>' for name in names[1:])
    return f'<thead><tr><th scope="col" class="number">{names[0]}</th>{cells}</tr></thead>\n<tbody>\n'


def _code(escaped: str) -> str:
    """What stands between backticks, as HTML says it."""
    return re.sub("`([^`]+)`", r"<code>\1</code>", escaped)


def _rules(run: Run) -> Iterator[str]:
    from captionkit.lint.rule import rules

    codes = Counter(one.code for one in run.diagnostics)
    if not codes:
        yield "<p>Nothing found.</p>\n"
        return
    yield "<table>\n<caption>Findings by rule</caption>\n"
    yield _head("Findings", "Rule", "What it means")
    every = rules()
    for code, count in sorted(codes.items(), key=lambda item: (-item[1], item[0])):
        about = _code(escape(every[code].summary)) if code in every else ""
        yield f'<tr><td class="number">{count:,}</td><th scope="row">{code} {name_of(code)}</th><td>{about}</td></tr>\n'
    yield "</tbody>\n</table>\n"


REPORT = Report("a web page of its own", render, is_data=True, extensions=(".html", ".htm"))

"""Tables and sections of our pages: they print with their heads, and on a narrow screen each row becomes a block whose
cells carry their column's name, so that nothing is wider than the screen. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files

from captionkit.pages import attribute


def section(identifier: str, title: str, content: str) -> str:
    """A part of the page with its heading; the content is HTML."""
    head = f'<h2 id="{identifier}" tabindex="-1">{attribute(title)}</h2>'
    return f'<section aria-labelledby="{identifier}">{head}{content}</section>'


def bullets(items: Iterable[str]) -> str:
    """Texts as a list."""
    return f"<ul>{''.join(f'<li>{attribute(item)}</li>' for item in items)}</ul>"


def table(identifier: str, caption: str, heads: Sequence[str], rows: Sequence[str], *, sortable: bool = True) -> str:
    """A table.

    Args:
        heads: names of the columns, "#" in front for one of numbers, "!" for one that is not sorted by.
        rows: from `row`.
        sortable: whether heads are buttons; the script of the page gives them their work.
    """
    cells = []
    for head in heads:
        name = attribute(_plain(head))
        kind = ' class="n"' if head.startswith("#") else ""
        inner = f'<button type="button" class="sort">{name}</button>' if sortable and head[0] != "!" else name
        cells.append(f'<th role="columnheader" scope="col"{kind}>{inner}</th>')
    return (
        f'<table role="table" id="{identifier}"><caption class="hidden-text">{attribute(caption)}</caption>'
        f'<thead role="rowgroup"><tr role="row">{"".join(cells)}</tr></thead>'
        f'<tbody role="rowgroup">{"".join(rows)}</tbody></table>'
    )


def row(heads: Sequence[str], cells: Sequence[str | tuple[str, float]], *, first: int = 0, attributes: str = "") -> str:
    """A row of such a table.

    Args:
        cells: HTML, or HTML and the number to sort by.
        first: the column whose cell is the row's head.
        attributes: of the row, as HTML.
    """
    parts = []
    for at, (head, cell) in enumerate(zip(heads, cells, strict=True)):
        html, by = cell if isinstance(cell, tuple) else (cell, None)
        tag, role, scope = ("th", "rowheader", ' scope="row"') if at == first else ("td", "cell", "")
        kind = ' class="n"' if head.startswith("#") else ""
        value = "" if by is None else f' data-v="{by:.15g}"'
        label = f' data-label="{attribute(_plain(head))}"' if at != first else ""
        direction = "" if kind else ' dir="auto"'
        parts.append(f'<{tag} role="{role}"{scope}{kind}{value}{label}{direction}>{html}</{tag}>')
    return f'<tr role="row"{attributes}>{"".join(parts)}</tr>'


def choice(
    identifier: str, label: str, by: str, every: str, values: Sequence[tuple[str, str]], *, first: str = ""
) -> str:
    """A select that filters the rows of the table `rows`.

    Args:
        by: the attribute of the rows that it goes by, data-BY: one value, or several with blanks between them.
        every: how no filter is called. values: value and label of the others. first: what is chosen at first.
    """
    options = "".join(f'<option value="{attribute(key)}">{attribute(shown)}</option>' for key, shown in values)
    return (
        f'<label>{label} <select id="{identifier}" class="filter" data-by="{by}" data-first="{attribute(first)}">'
        f'<option value="">{every}</option>{options}</select></label>'
    )


def filtered(choices: str, count: int, one: str, many: str, content: str) -> str:
    """A table of the identifier `rows` with its filters.

    Args:
        choices: from `choice`. count: rows, each called `one`, several `many`. content: the table.
    """
    noun = one if count == 1 else many
    return (
        f'<div class="controls"><label>Search <input type="search" id="f-text" size="14"></label>{choices}'
        f'<button type="button" id="f-clear">Show everything</button></div>'
        f'<p id="f-count" role="status" data-one="{one}" data-many="{many}">{count:,} {noun}</p>{content}'
    )


@cache
def script() -> str:
    """What sorts the tables and filters the one that `filtered` made."""
    return (files("captionkit") / "assets" / "tables.js").read_text(encoding="utf-8")


def _plain(head: str) -> str:
    return head.lstrip("!#")


#: What goes with them, after `pages.BASE`.
TABLES = """
section{margin:0 0 2rem}
h2{border-bottom:1px solid var(--rule);padding-bottom:.25rem;overflow-wrap:anywhere}
h3{font-size:1rem;margin:1rem 0 .25rem}
table{border-collapse:collapse;width:100%;position:relative}
th,td{padding:.35rem .5rem;text-align:start;vertical-align:top;border-top:1px solid var(--rule);overflow-wrap:anywhere}
thead th{border-top:0;border-bottom:2px solid var(--line);font-size:.875rem;vertical-align:bottom;overflow-wrap:normal}
tbody th{font-weight:600}
small{font-weight:400;color:var(--soft);overflow-wrap:anywhere}
.n{text-align:end;white-space:nowrap;overflow-wrap:normal;font-variant-numeric:tabular-nums}
.sort{border:0;background:none;font-weight:700;padding:.1rem .2rem;min-height:1.75rem;text-align:inherit;
text-decoration:underline dotted;text-underline-offset:.2em}
[aria-sort=ascending] .sort::after{content:" ▲"}
[aria-sort=descending] .sort::after{content:" ▼"}
.controls{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:center;margin:.5rem 0}
.controls select{max-width:16rem}
#f-count{margin:.25rem 0 .5rem;font-weight:600}
[hidden]{display:none!important}
@media screen and (max-width:48rem){
thead{display:none}
table,tbody,tr,th,td{display:block}
tr{border:1px solid var(--line);border-radius:.4rem;padding:.4rem .6rem;margin:0 0 .6rem}
th,td,.n{border:0;white-space:normal;padding:.15rem 0;text-align:start}
tbody th{font-size:1.05rem}
td[data-label]::before{content:attr(data-label) ": ";font-weight:600}
.controls label,.controls input,.controls select{flex:1 1 100%;width:100%;max-width:none}
.controls button{width:100%}
}
@media print{
:root{--paper:#fff;--ink:#000;--soft:#333;--rule:#999;--line:#555;--raised:#fff;--accent:#000;--error:#8b0000;
--warning:#5c3a00;--info:#000;--good:#0d4d1e;color-scheme:light}
@page{margin:1.4cm}
html{font-size:10pt}
.controls,.skip{display:none}
tr,.notice{break-inside:avoid}
thead{display:table-header-group}
h2,h3{break-after:avoid}
a{text-decoration:none}
.sort{text-decoration:none;padding:0;color:inherit}
table{font-size:8.5pt}
}
"""

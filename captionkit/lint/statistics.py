"""How often each rule found something, and how much is wrong with each file: where to begin with a backlog.

Both are reports in one pass that need no finding by itself, so they count any number of files in the same memory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from captionkit.lint.run import Run
from captionkit.model import Severity


def per_file(run: Run) -> Iterator[str]:
    """A table: errors, warnings and remarks a file, the worst file first, and a line with the sums."""
    from captionkit.reports.base import shown_path, summary

    counts: dict[str, tuple[int, ...]] = {}
    for result in run.results:
        own = tuple(result.count(severity) for severity in Severity)
        before = counts.get(result.path)
        counts[result.path] = tuple(map(sum, zip(before, own, strict=True))) if before else own
    if counts:
        yield f"{'errors':>8}{'warnings':>10}{'remarks':>9}  file\n"
    for path in sorted(counts, key=lambda path: (*(-count for count in counts[path]), path)):
        a, b, c = counts[path]
        yield f"{a:>8,}{b:>10,}{c:>9,}  {shown_path(path)}\n"
    for path, error in run.totals.errors.items():
        yield f"{shown_path(path)}: error: {error}\n"
    yield from (line + "\n" for line in summary(run))


def statistics(run: Run) -> Iterator[str]:
    """A table: findings and files a rule, most findings first, and a line with the sums."""
    from captionkit.lint.rule import rules
    from captionkit.reports.base import mark_of, name_of, summary

    for _ in run.results:
        pass
    findings: Counter[str] = Counter()
    severity: dict[str, Severity] = {}
    for (code, level), count in run.totals.tally.items():
        findings[code] += count
        severity[code] = level
    every = rules()
    marks = {code: mark_of(every[code].fix.value, run) if code in every else "" for code in findings}
    rows = [("findings", "files", "code", "severity", "rule")]
    rows += [
        (f"{n:,}", f"{run.totals.files_with[code]:,}", code, severity[code].value, f"{name_of(code)} {marks[code]}")
        for code, n in sorted(findings.items(), key=lambda item: (-item[1], item[0]))
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for a, b, c, d, e in rows if findings else ():
        yield f"{a:>{widths[0]}}  {b:>{widths[1]}}  {c:<{widths[2]}}  {d:<{widths[3]}}  {e}".rstrip() + "\n"
    for path, error in run.totals.errors.items():
        yield f"{path}: error: {error}\n"
    yield from (line + "\n" for line in summary(run))

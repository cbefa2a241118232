"""How often each rule found something, and how much is wrong with each file: where to begin with a backlog."""

from __future__ import annotations

from collections import Counter

from captionkit.lint.run import Run
from captionkit.model import Severity


def per_file(run: Run) -> str:
    """A table: errors, warnings and remarks a file, the worst file first, and a line with the sums."""
    from captionkit.reports.base import shown_path, summary

    counts = {result.path: Counter(result.tally()) for result in run.results}
    rows: list[tuple[int, int, int, str]] = []
    for path, tally in counts.items():
        errors, warnings, infos = (
            sum(n for (_, level), n in tally.items() if level is severity) for severity in Severity
        )
        rows.append((errors, warnings, infos, path))
    rows.sort(key=lambda row: (-row[0], -row[1], -row[2], row[3]))
    lines = [f"{'errors':>8}{'warnings':>10}{'remarks':>9}  file"]
    lines += [f"{a:>8,}{b:>10,}{c:>9,}  {shown_path(path)}" for a, b, c, path in rows]
    unread = [f"{shown_path(result.path)}: error: {result.error}" for result in run.errors]
    return "\n".join([*(lines if rows else []), *unread, *summary(run)]) + "\n"


def statistics(run: Run) -> str:
    """A table: findings and files a rule, most findings first, and a line with the sums."""
    from captionkit.lint.rule import rules
    from captionkit.reports.base import mark_of, name_of, summary

    findings: Counter[str] = Counter()
    severity: dict[str, Severity] = {}
    for (code, level), count in run.tally().items():
        findings[code] += count
        severity[code] = level
    files: Counter[str] = Counter()
    for result in run.results:
        files.update({code for code, _ in result.tally()})
    every = rules()
    marks = {code: mark_of(every[code].fix.value, run) if code in every else "" for code in findings}
    rows = [("findings", "files", "code", "severity", "rule")]
    rows += [
        (f"{count:,}", f"{files[code]:,}", code, severity[code].value, f"{name_of(code)} {marks[code]}".rstrip())
        for code, count in sorted(findings.items(), key=lambda item: (-item[1], item[0]))
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = [f"{a:>{widths[0]}}  {b:>{widths[1]}}  {c:<{widths[2]}}  {d:<{widths[3]}}  {e}" for a, b, c, d, e in rows]
    errors = [f"{result.path}: error: {result.error}" for result in run.errors]
    return "\n".join([*(lines if findings else []), *errors, *summary(run)]) + "\n"

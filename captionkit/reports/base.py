"""What a report is, and how to add one.

A report is one module in this folder, named as `--output-format` calls it, with one public name:

    REPORT = Report("one line about it", render, is_data=True, extensions=(".csv",))

`is_data` says that programs read it; what people read is cleaned. `render(run)` yields the text in pieces. It is pure:
what it needs from a file it asks of `run.read_lines`. Nothing else is to be edited; the folder is the list.

A library has a million findings. A report that walks over `run.results` once, in their order, says `in_one_pass=True`
and is written while files are still being checked; it takes `run.totals` after the last. Any other has the totals from
the beginning and may walk over the results as often as it likes, but holds no list of them: where it must (a page, an
order of its own), it lists so many and no more, and says how many.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib import import_module
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from captionkit.model import Diagnostic, Fix, Severity
from captionkit.terminal import clean, clean_line
from captionkit.timecode import timecode

if TYPE_CHECKING:
    from captionkit.lint.run import Run

_NOT_REPORTS = {"__init__", "base"}


class Report(NamedTuple):
    """One way to write down findings.

    Attributes:
        about: one line for a person.
        render: yields the text in pieces.
        is_data: whether programs read it, and not people: see `captionkit.terminal`.
        extensions: of the names of files that it is written to; `-o` chooses the report by them.
        is_usual: whether it is what such a name means, of several reports.
        in_one_pass: whether it walks over the results once, in their order, and asks for the totals after that.
    """

    about: str
    render: Callable[[Run], Iterator[str]]
    is_data: bool = False
    extensions: tuple[str, ...] = (".txt", ".log")
    is_usual: bool = False
    in_one_pass: bool = False

    def pieces(self, run: Run) -> Iterator[str]:
        """The report, cleaned of what a terminal would obey where people read it."""
        pieces = self.render(run)
        return pieces if self.is_data else map(clean, pieces)

    def text(self, run: Run) -> str:
        """The whole report."""
        return "".join(self.pieces(run))


def names() -> list[str]:
    """The reports there are."""
    return sorted(f.stem for f in Path(__file__).parent.glob("[!_]*.py") if f.stem not in _NOT_REPORTS)


def by_extension() -> dict[str, str]:
    """Extension of a file's name -> the reports that can be written to it, the usual one first."""
    found: dict[str, str] = {}
    for name in sorted(names(), key=lambda name: not load(name).is_usual):
        for extension in load(name).extensions:
            found[extension] = f"{found[extension]} {name}" if extension in found else name
    return found


def load(name: str) -> Report:
    """The report of that name; the caller has asked `names`."""
    report = import_module(f"captionkit.reports.{name}").REPORT
    assert isinstance(report, Report)
    return report


def json_text(value: Any, indent: int, lead: str = "") -> str:
    """JSON as `json.dumps(value, ensure_ascii=False, indent=indent)` has it, each line but the first after this lead.

    That one is slow, and makes garbage that only the collector finds; a library has a million findings.
    """
    inner = lead + " " * indent
    if isinstance(value, dict) and value:
        parts = [f"{_encoder()(key)}: {json_text(one, indent, inner)}" for key, one in value.items()]
    elif isinstance(value, list) and value:
        parts = [json_text(one, indent, inner) for one in value]
    else:
        return _encoder()(value)
    begin, end = "{}" if isinstance(value, dict) else "[]"
    between = f",\n{inner}"
    return f"{begin}\n{inner}{between.join(parts)}\n{lead}{end}"


@cache
def _encoder() -> Callable[[Any], str]:
    from json import JSONEncoder

    return JSONEncoder(ensure_ascii=False).encode


def json_list(values: Iterable[Any], indent: int, lead: str) -> Iterator[str]:
    """A list in the same form, in pieces."""
    inner = lead + " " * indent
    begins = "["
    for one in values:
        yield f"{begins}\n{inner}{json_text(one, indent, inner)}"
        begins = ","
    yield "[]" if begins == "[" else f"\n{lead}]"


def place(one: Diagnostic) -> str:
    """file:line:col, as far as known: what editors and terminals make a link of."""
    parts = [shown_path(one.path)]
    if one.line:
        parts.append(str(one.line))
        parts.append(str(one.column or 1))
    return ":".join(parts)


def shown_path(path: str) -> str:
    """A path as a line of text can hold it: a name may have a line end in it, or bytes that are no text."""
    return clean_line(path) or "-"


def address(path: str, kind: type[PurePath] = PurePath) -> str:
    """A path as programs on every system read it: with slashes, and without what leads nowhere."""
    if "://" in path:
        return path  # of object storage
    return kind(path).as_posix() if path else ""


def uri(path: str, kind: type[PurePath] = PurePath) -> str:
    """A path as a reference in the sense of RFC 3986: relative as it is, absolute as a file: URI."""
    if "://" in path:
        return quote(path.encode("utf-8", "surrogateescape"), safe="/:")
    pure = kind(path or "-")
    if pure.is_absolute():
        return pure.as_uri()
    return quote(pure.as_posix().encode("utf-8", "surrogateescape"))


def when(one: Diagnostic) -> str:
    """`cue 42, 00:03:10.200`; "" for a finding about no cue."""
    if one.cue is None:
        return ""
    return f"cue {one.cue}" if one.time is None else f"cue {one.cue}, {timecode(one.time)}"


def one_line(one: Diagnostic, run: Run) -> str:
    """A finding on a line of its own: place, severity, code, mark, message."""
    mark, where = fixable_mark(one, run), when(one)
    about = f"{mark + ' ' if mark else ''}{clean_line(one.message)}{f' ({where})' if where else ''}"
    return f"{place(one)}: {one.severity.value} {one.code} {about}\n"


def plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def name_of(code: str) -> str:
    """The rule's name; the code itself for one that a plug-in reader made up."""
    from captionkit.lint.rule import rules

    rule = rules().get(code)
    return rule.name if rule else code


def fix_of(one: Diagnostic) -> str:
    """What `--fix` may do about a finding, as a word: safe, restores, unsafe, hint or none."""
    return one.fix.value


#: How a fix is marked, and what is said of those that have the mark.
MARKS = {
    "safe": ("[*]", "can be fixed with --fix."),
    "restores": ("[+]", "can be tried with --fix --restore: some players drop it or show it as text."),
    "unsafe": (
        "[!]",
        "can be tried with --fix --unsafe-fixes, which changes times, lines or markup and leaves what has no room.",
    ),
}


def fixable_mark(one: Diagnostic, run: Run) -> str:
    """`[*]` for a safe fix, `[+]` for one that restores, `[!]` for an unsafe one, "" for none: as letters, not as a
    colour."""
    return mark_of(fix_of(one), run)


def mark_of(fix: str, run: Run) -> str:
    """The mark of a kind of fix. What fixes have left in this run they cannot mend, so it has none."""
    return MARKS[fix][0] if fix in MARKS and fix not in run.tried else ""


def summary(run: Run) -> list[str]:
    """The lines that end a report for people; none for those who want the findings only."""
    totals = run.totals
    if run.is_quiet:
        return []
    errors, warnings, infos = (totals.count(severity) + totals.unlisted[severity] for severity in Severity)
    lines = []
    if totals.fixed:
        lines.append(f"{plural(totals.fixed, 'finding')} {'would be ' if run.only_tries else ''}fixed.")
    if errors or warnings or infos:
        parts = [
            plural(count, noun)
            for count, noun in ((errors, "error"), (warnings, "warning"), (infos, "remark"))
            if count
        ]
        lines.append(f"{', '.join(parts)} in {plural(totals.files, 'file')}.")
        fixable = run.fixable()
        lines += [f"{mark} {fixable[Fix(fix)]:,} {what}" for fix, (mark, what) in MARKS.items() if fixable[Fix(fix)]]
        if totals.unlisted:
            mildest = max(totals.unlisted, key=lambda severity: severity.rank)
            lines.append(f"Not listed: {totals.unlisted.total():,}. --level {mildest.value} lists them.")
    elif not totals.errors:
        lines.append(f"{plural(totals.files, 'file')} checked, nothing found.")
    return lines

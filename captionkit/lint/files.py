"""Fix files: read, fix, write what changed, and say what was done. Also for what comes from standard input."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from captionkit.decoding import one_line_end
from captionkit.errors import CaptionkitError
from captionkit.files import read_file, read_standard_input
from captionkit.lint.checker import Checker
from captionkit.lint.fixing import Fixed, fix_document
from captionkit.lint.results import FileResult
from captionkit.lint.run import read_document
from captionkit.lint.settings import Settings
from captionkit.model import Document


@dataclass(slots=True)
class Fixing:
    """How to fix.

    Attributes:
        restore: whether what some players drop or show as text is to be brought back.
        unsafe: whether that, and times, lines and markup may change.
        write: whether to write the files; otherwise only a diff is made.
        want_diff: whether the results carry a diff.
        fixes: whether anything is to be fixed, or what comes from standard input only checked.
        folders: those that the user named; what was found in one is written in that one alone.
        stdin_name: the name of what `-` reads.
        stdin_lines: of what was read there, by the name reported; filled in here.
        stdin_output: what `-` became, when it was to be fixed.
    """

    restore: bool = False
    unsafe: bool = False
    write: bool = True
    want_diff: bool = False
    fixes: bool = True
    folders: tuple[str, ...] = ()
    stdin_name: str = "-"
    stdin_lines: dict[str, list[str]] = field(default_factory=dict)
    stdin_output: bytes | None = None


def fix_files(files: Sequence[str], settings: Settings, fixing: Fixing) -> Iterator[FileResult]:
    """Fix files one after the other and give their results in the same order."""
    checker = Checker(settings)
    for file in files:
        try:
            yield _fix_file(file, checker, fixing)
        except CaptionkitError as error:
            yield FileResult(file, [], f"{error.message}. {error.unchanged} {error.hint}".strip())
        except OSError as error:
            yield FileResult(file, [], error.strerror or str(error))


def _fix_file(file: str, checker: Checker, fixing: Fixing) -> FileResult:
    from captionkit.documents import loads

    is_stdin = file == "-"
    name = fixing.stdin_name if is_stdin else file
    data = read_standard_input() if is_stdin else b""
    settings = checker.settings
    if is_stdin:
        known = settings.encoding_of(name)
        document = loads(data, path=name if name != "-" else "", encoding=known, language=settings.language)
    else:
        document = read_document(file, settings)
    if not fixing.fixes:
        _remember(document, name, fixing)
        return FileResult(name, checker.check(document, name))
    fixed = fix_document(document, checker, restore=fixing.restore, unsafe=fixing.unsafe, path=name)
    before = data if is_stdin else read_file(file)
    changed = fixed.data != before
    left = checker.check(fixed.document, name)
    result = FileResult(name, left, fixed=fixed.fixed if changed else {}, refused=fixed.refused)
    if fixing.want_diff and changed:
        result.diff = _diff(name, document, fixed)
        if not fixing.write:
            result.diagnostics = checker.check(document, name)
    if is_stdin:
        fixing.stdin_output = fixed.data
        _remember(fixed.document, name, fixing)
    elif changed and fixing.write:
        from captionkit.files import write_atomically

        home = next((folder for folder in fixing.folders if Path(folder) in Path(file).parents), None)
        write_atomically(file, fixed.data, within=home)
    return result


def _remember(document: Document, name: str, fixing: Fixing) -> None:
    if document.source:
        fixing.stdin_lines[name] = one_line_end(document.source.text).split("\n")


def _diff(name: str, before: Document, after: Fixed) -> str:
    """A unified diff; changes that no line shows (encoding, byte order mark, line ends) as words."""
    from captionkit.line_diff import unified

    old, new = (document.source.text if document.source else "" for document in (before, after.document))
    notes = []
    if before.encoding != after.document.encoding:
        notes.append(f"encoding {before.encoding} -> {after.document.encoding}")
    if before.bom and not after.document.bom:
        notes.append("byte order mark removed")
    if before.newline != after.document.newline or ("\r" in old and "\r" not in new):
        notes.append("line ends changed")
    if bool(old[-1:] in "\r\n") != bool(new[-1:] in "\r\n"):
        notes.append("line end added at the end of the file")
    lines = unified(
        one_line_end(old).split("\n"),
        one_line_end(new).split("\n"),
        f"a/{name}",
        f"b/{name}",
    )
    return "\n".join([*(f"# {name}: {note}" for note in notes), *lines])

"""Check files that are also to be mended, or that come from standard input."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

from captionkit.lint.engine import Checker
from captionkit.lint.run import FileResult, check_file
from captionkit.lint.settings import Settings


def fix_and_check(
    files: Sequence[str], settings: Settings, options: Mapping[str, Any]
) -> tuple[list[FileResult], dict[str, list[str]]]:
    """The results in the order of the files, and the lines of what came from standard input, by the name reported."""
    from captionkit.documents import loads

    checker = Checker(settings)
    results = []
    lines: dict[str, list[str]] = {}
    for file in files:
        if file != "-":
            results.append(check_file(file, checker))
            continue
        name = options.get("stdin_filename") or "-"
        document = loads(sys.stdin.buffer.read(), path=name)
        results.append(FileResult(name, checker.check(document, name)))
        if document.source:
            lines[name] = document.source.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return results, lines

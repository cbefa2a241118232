"""A baseline: today's findings, recorded, so that only new ones count. For adopting rules on a backlog of files.

A finding is recognised by its code, its file, the words of its cue and how many like it stand before it in the file;
not by its line, so that inserting a cue does not bring the old ones back. The file is JSON, sorted, made for being
committed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO

from captionkit.files import read_file, unreadable
from captionkit.lint.results import FileResult
from captionkit.lint.run import Run
from captionkit.records import RecordError, damaged_at, parse, read

_FORMAT = 1


@dataclass(frozen=True, slots=True)
class _Baseline:
    """The file, but for its format."""

    findings: tuple[str, ...] = ()


def fingerprints(result: FileResult, read_lines: Callable[[str], Sequence[str]]) -> list[str]:
    """A fingerprint for each finding of a file, in their order."""
    made: list[str] = []
    seen: Counter[str] = Counter()
    path = result.path.replace("\\", "/").removeprefix("./")
    lines = read_lines(result.path) if any(one.cue is not None for one in result.diagnostics) else ()
    for one in result.diagnostics:
        # The words below the timing line; times may be shifted without making a finding another one.
        text = " ".join(lines[one.line : one.line + 2]) if one.cue is not None and one.line else ""
        key = f"{one.code}\0{path}\0{' '.join(text.split())}"
        seen[key] += 1
        made.append(sha256(f"{key}\0{seen[key]}".encode("utf-8", "replace")).hexdigest()[:24])
    return made


def write(file: Path, run: Run) -> int:
    """Record the findings of a run; how many they are. A sixteenth of them is held in memory."""
    from contextlib import ExitStack
    from json import JSONEncoder
    from tempfile import TemporaryFile

    from captionkit.files import write_atomically

    encoded = JSONEncoder(ensure_ascii=False).encode
    count = 0
    with ExitStack() as opened:
        by_first_digit = {digit: opened.enter_context(TemporaryFile()) for digit in "0123456789abcdef"}
        for result in run.results:
            for one, mark in zip(result.diagnostics, fingerprints(result, run.read_lines), strict=True):
                line = encoded(f"{mark} {one.code} {one.path}")
                by_first_digit[mark[0]].write(line.encode("utf-8", "replace") + b"\n")
                count += 1
        write_atomically(file, _content(by_first_digit.values()))
    return count


def _content(parts: Iterable[IO[bytes]]) -> Iterator[bytes]:
    """The JSON of a baseline whose findings lie in these files, a line each."""
    yield f'{{\n "captionkit-baseline": {_FORMAT},\n "findings": ['.encode()
    between = b"\n  "
    for part in parts:
        part.seek(0)
        for line in sorted(part):
            yield between + line.rstrip(b"\n")
            between = b",\n  "
    yield b"\n ]\n}\n" if between.startswith(b",") else b"]\n}\n"


def recorded(file: Path) -> frozenset[str]:
    """The fingerprints that are recorded.

    Raises:
        LocalError: if the file cannot be read.
        DamagedFile: if it is no baseline.
    """
    try:
        data = read_file(file)
    except OSError as error:
        raise unreadable(file, error, hint="Make it with --write-baseline.") from error
    with damaged_at(str(file), "this is no baseline", "Make it anew with --write-baseline."):
        content = read(dict, parse(data))
        if content.get("captionkit-baseline") != _FORMAT:
            raise RecordError("it is of another version of captionkit")
        lines = read(_Baseline, content).findings
    return frozenset(line.partition(" ")[0] for line in lines)


def without(
    results: Iterable[FileResult], known: frozenset[str], read_lines: Callable[[str], Sequence[str]]
) -> Iterator[FileResult]:
    """The results without the findings that are recorded."""
    for result in results:
        marks = fingerprints(result, read_lines)
        result.diagnostics = [one for one, mark in zip(result.diagnostics, marks, strict=True) if mark not in known]
        yield result

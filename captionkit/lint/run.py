"""Check many files: what was looked at, what was found, how it ends.

`check_files` reads and checks one file after the other, or in several processes where there are enough of them to be
worth it; the results come in the order of the paths either way, so the output does not depend on the number of workers.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from captionkit.errors import CaptionkitError, ExitCode
from captionkit.files import is_folder, is_there, reachable
from captionkit.library.others import is_candidate
from captionkit.library.wrong_file import facts_of
from captionkit.lint.checker import Checker
from captionkit.lint.results import FileResult, Kept, Packed, Results
from captionkit.lint.settings import Settings, matches
from captionkit.model import Diagnostic, Document, Fix, Severity
from captionkit.processes import in_processes, workers_for

if TYPE_CHECKING:
    from captionkit.lint.cache import Cache

SUFFIXES = (".srt", ".vtt", ".webvtt")

#: Starting a process costs about what checking this many lectures does.
FILES_A_WORKER = 40


class Run:
    """Everything a report needs.

    Attributes:
        results: in the order of the paths; those of a `Passing` can be had once.
        totals: what the results come to, as far as they have been had.
        settings: what was checked for.
        read_lines: gives the lines of a file, for excerpts.
        preview: gives what fixing one finding would change, as lines of a diff.
        tried: the kinds of fixes that this run has tried: what is left of them cannot be mended.
        only_tries: whether what was fixed is written nowhere.
        fail_level: the mildest finding that counts as a failure.
        is_quiet: whether the findings are wanted without what they come to.
    """

    def __init__(
        self,
        results: Results | Iterable[FileResult],
        settings: Settings,
        read_lines: Callable[[str], Sequence[str]] = lambda path: (),
        preview: Callable[[Diagnostic], Sequence[str]] = lambda one: (),
    ) -> None:
        self.results = results if isinstance(results, Results) else Kept(results)
        self.totals = self.results.totals
        self.settings = settings
        self.read_lines = read_lines
        self.preview = preview
        self.tried: Sequence[str] = ()
        self.only_tries = False
        self.fail_level = Severity.ERROR
        self.is_quiet = False

    @property
    def diagnostics(self) -> Iterator[Diagnostic]:
        for result in self.results:
            yield from result.diagnostics

    def of_severity(self, severity: Severity) -> Iterator[Diagnostic]:
        """The findings of one severity."""
        for result in self.results:
            if result.count(severity):
                yield from (one for one in result.diagnostics if one.severity is severity)

    def fixable(self) -> Counter[Fix]:
        """How many findings there are of each kind of fix that this run has not tried."""
        found = Counter(self.totals.fixable)
        for fix in self.tried:
            del found[Fix(fix)]
        return found

    def exit_code(self, *, zero: bool = False, fixed: bool = False) -> ExitCode:
        """0, 1 or 2: nothing at or above the fail level, something, or a file that could not be read.

        Args:
            zero: findings do not count (--exit-zero).
            fixed: findings that were mended do count (--exit-non-zero-on-fix).
        """
        if self.totals.errors:
            return ExitCode.USAGE
        if zero:
            return ExitCode.OK
        if fixed and self.totals.fixed:
            return ExitCode.FINDINGS
        return ExitCode.FINDINGS if self.totals.any_from(self.fail_level) else ExitCode.OK


def find_files(
    paths: Iterable[str],
    *,
    exclude: Sequence[str] = (),
    force_exclude: bool = False,
    others: list[str] | None = None,
) -> tuple[list[str], list[str]]:
    """The caption files that these paths mean: a file is taken whatever its name, a folder for what is below it.

    Hidden folders are left out unless named. Symbolic links to folders are not followed.

    Args:
        others: is given the files of folders that are called as captions in other formats are.

    Returns:
        The files, each once, sorted within each folder; and the paths that do not exist.
    """
    found: dict[str, None] = {}
    missing: list[str] = []
    for path in paths:
        if path == "-":
            found[path] = None
        elif is_folder(path):
            for file in _below(path):
                if any(matches(file, glob) for glob in exclude):
                    continue
                if file.lower().endswith(SUFFIXES) or is_folder(file):
                    found[file] = None
                elif others is not None:
                    others.append(file)
        elif os.path.lexists(reachable(path)):
            if not (force_exclude and any(matches(path, glob) for glob in exclude)):
                found[path] = None
        else:
            missing.append(path)
    return list(found), missing


def _below(folder: str) -> Iterator[str]:
    try:
        entries = sorted(os.scandir(reachable(folder)), key=lambda entry: entry.name)
    except OSError:
        yield folder  # reported as an error when it is read
        return
    for entry in entries:
        path = os.path.join(folder, entry.name)  # noqa: PTH118  thousands of these: strings, not objects
        if entry.is_dir(follow_symlinks=False):
            if not entry.name.startswith("."):
                yield from _below(path)
        elif is_candidate(entry.name):
            if entry.is_file():
                yield path
        elif entry.name.lower().endswith(SUFFIXES) and (entry.is_file() or not is_there(path)):
            # A pipe or a device would be waited for; a link that leads nowhere is reported as an error when it is read.
            yield path


def check_files(
    files: Sequence[str], settings: Settings, *, workers: int = 1, cache: Cache | None = None
) -> Iterator[FileResult]:
    """Check files and give their results in the same order.

    Args:
        workers: how many processes may be used; fewer are where there is little to do. 0: as many as there are cores.
        cache: what is known from the last time.
    """
    workers = workers_for(len(files), workers, FILES_A_WORKER)
    todo = [file for file in files if not cache.knows(file)] if cache else files
    if workers > 1 and len(todo) > FILES_A_WORKER:
        fresh = _in_processes(todo, settings, workers)
    else:
        checker = Checker(settings)
        fresh = (check_file(file, checker) for file in todo)
    if cache is None:
        yield from fresh
        return
    waiting = next(fresh, None)
    for file in files:
        if waiting is None or waiting.path != file:
            known = cache.get(file)
            # What the cache has lost since is read after all.
            yield check_file(file, Checker(settings)) if known is None else FileResult(file, known)
            continue
        if not waiting.error:
            cache.put(file, waiting.packed)
        yield waiting
        waiting = next(fresh, None)


def check_file(path: str, checker: Checker) -> FileResult:
    """Read and check one file. A file that cannot be read is a result, not an exception: the others go on."""
    return checked(path, lambda: read_document(path, checker.settings), checker)


def checked(path: str, read: Callable[[], Document], checker: Checker) -> FileResult:
    """The findings of what is read. What cannot be read, and a rule that raises, is an error of this file: the others
    go on."""
    try:
        document = read()
        return FileResult(path, checker.check(document, path), facts=facts_of(document))
    except CaptionkitError as error:
        return FileResult(path, [], error.message if not error.hint else f"{error.message}. {error.hint}")
    except OSError as error:
        return FileResult(path, [], error.strerror or str(error))
    except Exception as error:
        what = f"captionkit itself failed here: {_place_of(error)}{type(error).__name__}: {error}"
        return FileResult(path, [], f"{what}. Please report it, with the file.")


def _place_of(error: Exception) -> str:
    """The place in our code that raised."""
    import traceback

    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "captionkit" in frame.filename]
    return f"{frames[-1].name}, line {frames[-1].lineno} of {Path(frames[-1].filename).name}: " if frames else ""


def read_document(path: str, settings: Settings) -> Document:
    """The document in a file, in the encoding that the settings say.

    Raises:
        LocalError: if it cannot be read.
    """
    from captionkit.documents import load

    return load(Path(path), encoding=settings.encoding_of(path), language=settings.language)


def _in_processes(files: Sequence[str], settings: Settings, workers: int) -> Iterator[FileResult]:
    def warm_up() -> None:
        checker = Checker(settings)
        for file in files[:: len(files) // 4 + 1]:
            check_file(file, checker)

    pieces = in_processes(_check_piece, files, workers, _start_worker, (settings,), warm_up)
    return (FileResult(path, packed, error) for piece in pieces for path, packed, error in piece)


_CHECKER: list[Checker] = []


def _start_worker(settings: Settings) -> None:
    _CHECKER[:] = [Checker(settings)]


def _check_piece(files: Sequence[str]) -> list[tuple[str, Packed, str]]:
    results = (check_file(file, _CHECKER[0]) for file in files)
    return [(result.path, result.packed, result.error) for result in results]

"""Check many files: what was looked at, what was found, how it ends.

`check_files` reads and checks one file after the other, or in several processes where there are enough of them to be
worth it; the results come in the order of the paths either way, so the output does not depend on the number of workers.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from captionkit.errors import CaptionkitError, ExitCode
from captionkit.files import reachable
from captionkit.library.wrong_file import NO_FACTS, Facts, facts_of
from captionkit.lint.checker import Checker
from captionkit.lint.settings import Settings, matches
from captionkit.model import Diagnostic, Document, Fix, Severity

if TYPE_CHECKING:
    from captionkit.lint.cache import Cache

SUFFIXES = (".srt", ".vtt", ".webvtt")

#: Starting a process costs about what checking this many lectures does.
FILES_A_WORKER = 40
#: Windows waits for no more processes than this at once.
MOST_WORKERS = 61


_NEW = tuple.__new__
_SEVERITIES = {severity.value: severity for severity in Severity}
_FIXES = {fix.value: fix for fix in Fix}

#: How many findings there are of each code and severity.
Tally = dict[tuple[str, Severity], int]


class Packed(NamedTuple):
    """One file's findings in the form that is cheap to keep in a cache and to send from a worker.

    A library has a hundred thousand findings, and a count or an exit code needs none of them by itself: they are
    unpacked only when somebody looks.

    Attributes:
        counts: code, severity, what may be done about them, and how many of them.
        rows: the findings without their path, as plain values, marshalled. Read only where we wrote them ourselves:
            in this run's workers, and in the cache.
        facts: what is compared with other files, as in `captionkit.library.wrong_file.Facts`.
    """

    counts: tuple[tuple[str, str, str, int], ...]
    rows: bytes
    facts: tuple[str, tuple[int, ...], int] = ("", (), 0)

    @classmethod
    def pack(cls, diagnostics: Sequence[Diagnostic], facts: Facts = NO_FACTS) -> Packed:
        import marshal

        tally = Counter([(one[0], one[1], one[11]) for one in diagnostics])
        counts = tuple((code, severity.value, fix.value, count) for (code, severity, fix), count in tally.items())
        # All of a finding but the path, with plain texts for the severity and the fix.
        return cls(
            counts,
            marshal.dumps([(one[0], one[1].value, one[11].value, *one[2:10]) for one in diagnostics]),
            (facts.words, facts.starts, facts.end),  # marshal writes plain tuples only
        )

    def unpack(self, path: str) -> list[Diagnostic]:
        import marshal

        severities, fixes = _SEVERITIES, _FIXES
        return [
            _NEW(Diagnostic, (code, severities[severity], *rest, path, fixes[fix]))
            for code, severity, fix, *rest in marshal.loads(self.rows)
        ]

    def tally(self) -> Tally:
        found: Tally = {}
        for code, severity, _, count in self.counts:
            key = code, _SEVERITIES[severity]
            found[key] = found.get(key, 0) + count
        return found

    def fixable(self) -> Counter[Fix]:
        found: Counter[Fix] = Counter()
        for _, _, fix, count in self.counts:
            found[_FIXES[fix]] += count
        return found


def _tally(diagnostics: Iterable[Diagnostic]) -> Tally:
    return Counter([one[:2] for one in diagnostics])


class FileResult:
    """One file's findings.

    Attributes:
        path: as the caller named it.
        error: why it could not be read; "" where it could.
        fixed: how many findings of each code were fixed.
        diff: what fixing changed, as a unified diff; "" where nothing was or nobody asked.
        refused: what was not fixed, and why.
        facts: what is compared with other files.
    """

    __slots__ = ("_found", "diff", "error", "facts", "fixed", "path", "refused")

    def __init__(
        self,
        path: str,
        diagnostics: list[Diagnostic] | Packed,
        error: str = "",
        fixed: dict[str, int] | None = None,
        diff: str = "",
        refused: list[str] | None = None,
        facts: Facts = NO_FACTS,
    ) -> None:
        self.path = path
        self.facts = Facts(*diagnostics.facts) if isinstance(diagnostics, Packed) else facts
        self._found = diagnostics
        self.error = error
        self.fixed = fixed or {}
        self.diff = diff
        self.refused = refused or []

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """The findings, by line."""
        if isinstance(self._found, Packed):
            self._found = self._found.unpack(self.path)
        return self._found

    @diagnostics.setter
    def diagnostics(self, found: list[Diagnostic]) -> None:
        self._found = found

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FileResult) and self._facts() == other._facts()

    __hash__ = None  # type: ignore[assignment]  # it changes

    def _facts(self) -> tuple[object, ...]:
        return (self.path, self.diagnostics, self.error, self.fixed, self.diff, self.refused)

    @property
    def packed(self) -> Packed:
        return self._found if isinstance(self._found, Packed) else Packed.pack(self._found, self.facts)

    def tally(self) -> Tally:
        """How many findings there are of each code and severity."""
        return self._found.tally() if isinstance(self._found, Packed) else _tally(self._found)

    def fixable(self) -> Counter[Fix]:
        """How many findings there are of each kind of fix."""
        return self._found.fixable() if isinstance(self._found, Packed) else Counter([one.fix for one in self._found])


class Run:
    """Everything a report needs.

    Attributes:
        results: in the order of the paths.
        settings: what was checked for.
        read_lines: gives the lines of a file, for excerpts.
        preview: gives what fixing one finding would change, as lines of a diff.
        tried: the kinds of fixes that this run has tried: what is left of them cannot be mended.
        fail_level: the mildest finding that counts as a failure.
        unlisted: how many findings of each severity are not to be listed.
    """

    def __init__(
        self,
        results: list[FileResult],
        settings: Settings,
        read_lines: Callable[[str], Sequence[str]] = lambda path: (),
        preview: Callable[[Diagnostic], Sequence[str]] = lambda one: (),
    ) -> None:
        self.results = results
        self.settings = settings
        self.read_lines = read_lines
        self.preview = preview
        self.tried: Sequence[str] = ()
        self.fail_level = Severity.ERROR
        self.unlisted: Counter[Severity] = Counter()

    @property
    def diagnostics(self) -> Iterator[Diagnostic]:
        for result in self.results:
            yield from result.diagnostics

    def tally(self) -> Counter[tuple[str, Severity]]:
        """How many findings there are of each code and severity."""
        found: dict[tuple[str, Severity], int] = {}
        for result in self.results:
            for key, count in result.tally().items():
                found[key] = found.get(key, 0) + count
        return Counter(found)

    def fixable(self) -> Counter[Fix]:
        """How many findings there are of each kind of fix that this run has not tried."""
        found: Counter[Fix] = Counter()
        for result in self.results:
            found.update(result.fixable())
        for fix in self.tried:
            del found[Fix(fix)]
        return found

    def count(self, severity: Severity) -> int:
        return sum(count for (_, level), count in self.tally().items() if level is severity)

    @property
    def errors(self) -> list[FileResult]:
        """The files that could not be read."""
        return [result for result in self.results if result.error]

    @property
    def fixed(self) -> int:
        return sum(sum(result.fixed.values()) for result in self.results)

    def list_from(self, level: Severity) -> None:
        """Leave out the findings that are milder than this, and remember how many they are."""
        if level is Severity.INFO:
            return
        for result in self.results:
            milder = Counter([one.severity for one in result.diagnostics if one.severity.rank > level.rank])
            if milder:
                self.unlisted += milder
                result.diagnostics = [one for one in result.diagnostics if one.severity.rank <= level.rank]

    def exit_code(self, *, zero: bool = False, fixed: bool = False) -> ExitCode:
        """0, 1 or 2: nothing at or above the fail level, something, or a file that could not be read.

        Args:
            zero: findings do not count (--exit-zero).
            fixed: findings that were mended do count (--exit-non-zero-on-fix).
        """
        if self.errors:
            return ExitCode.USAGE
        if zero:
            return ExitCode.OK
        if fixed and self.fixed:
            return ExitCode.FINDINGS
        bad = any(severity.rank <= self.fail_level.rank for _, severity in self.tally())
        return ExitCode.FINDINGS if bad else ExitCode.OK


def find_files(
    paths: Iterable[str], *, exclude: Sequence[str] = (), force_exclude: bool = False
) -> tuple[list[str], list[str]]:
    """The caption files that these paths mean: a file is taken whatever its name, a folder for what is below it.

    Hidden folders are left out unless named. Symbolic links to folders are not followed.

    Returns:
        The files, each once, sorted within each folder; and the paths that do not exist.
    """
    found: dict[str, None] = {}
    missing: list[str] = []
    for path in paths:
        if path == "-":
            found[path] = None
        elif os.path.isdir(path):  # noqa: PTH112  thousands of these: strings, not objects
            for file in _below(path):
                if not any(matches(file, glob) for glob in exclude):
                    found[file] = None
        elif os.path.lexists(reachable(path)):
            if not (force_exclude and any(matches(path, glob) for glob in exclude)):
                found[path] = None
        else:
            missing.append(path)
    return list(found), missing


def _below(folder: str) -> Iterator[str]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        yield folder  # reported as an error when it is read
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            if not entry.name.startswith("."):
                yield from _below(entry.path)
        elif entry.name.lower().endswith(SUFFIXES) and (entry.is_file() or not os.path.exists(entry.path)):  # noqa: PTH110
            # A pipe or a device would be waited for; a link that leads nowhere is reported as an error when it is read.
            yield entry.path


def check_files(
    files: Sequence[str], settings: Settings, *, workers: int = 1, cache: Cache | None = None
) -> Iterator[FileResult]:
    """Check files and give their results in the same order.

    Args:
        workers: how many processes may be used; fewer are where there is little to do. 0: as many as there are cores.
        cache: what is known from the last time.
    """
    workers = min(workers or _cores(), MOST_WORKERS, 1 + len(files) // FILES_A_WORKER)
    checker = Checker(settings)
    known: dict[str, Packed] = {}
    if cache:
        for file in files:
            hit = cache.get(file)
            if hit is not None:
                known[file] = hit
    todo = [file for file in files if file not in known]
    fresh = _in_processes(todo, settings, workers) if workers > 1 and len(todo) > FILES_A_WORKER else None
    if fresh is None:
        fresh = (check_file(file, checker) for file in todo)
    for file in files:
        if file in known:
            yield FileResult(file, known[file])
            continue
        result = next(fresh)
        if cache and not result.error:
            cache.put(file, result.packed)
        yield result


def check_file(path: str, checker: Checker) -> FileResult:
    """Read and check one file. A file that cannot be read is a result, not an exception: the others go on."""
    try:
        document = read_document(path, checker.settings)
        return FileResult(path, checker.check(document, path), facts=facts_of(document))
    except CaptionkitError as error:
        return FileResult(path, [], error.message if not error.hint else f"{error.message}. {error.hint}")
    except OSError as error:
        return FileResult(path, [], error.strerror or str(error))


def read_document(path: str, settings: Settings) -> Document:
    """The document in a file, in the encoding that the settings say.

    Raises:
        LocalError: if it cannot be read.
    """
    from captionkit.documents import load

    return load(Path(path), encoding=settings.encoding_of(path), language=settings.language)


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _in_processes(files: list[str], settings: Settings, workers: int) -> Iterator[FileResult]:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import active_children

    size = max(1, min(64, len(files) // (workers * 4)))
    pieces = [files[at : at + size] for at in range(0, len(files), size)]
    with ProcessPoolExecutor(workers, initializer=_start_worker, initargs=(settings,)) as pool:
        try:
            with _deaf_to_ctrl_c():
                done = pool.map(_check_piece, pieces)
            for results in done:
                for path, packed, error in results:
                    yield FileResult(path, packed, error)
        except BaseException:
            # Ctrl-C: nobody wants what the workers still have in hand.
            pool.shutdown(wait=False, cancel_futures=True)
            workers_left = active_children()
            for worker in workers_left:
                worker.terminate()
            for worker in workers_left:
                worker.join(1)
            raise


@contextmanager
def _deaf_to_ctrl_c() -> Iterator[None]:
    """Processes that are started meanwhile do not hear Ctrl-C, which a terminal sends to all: this one ends them."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    _windows_ignores_ctrl_c(True)
    try:
        yield
    finally:
        _windows_ignores_ctrl_c(False)
        signal.signal(signal.SIGINT, before)


def _windows_ignores_ctrl_c(on: bool) -> None:
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.kernel32.SetConsoleCtrlHandler(None, on)


_CHECKER: list[Checker] = []


def _start_worker(settings: Settings) -> None:
    import gc

    gc.disable()  # a worker lives for one run and makes no cycles
    _CHECKER[:] = [Checker(settings)]


def _check_piece(files: list[str]) -> list[tuple[str, Packed, str]]:
    results = (check_file(file, _CHECKER[0]) for file in files)
    return [(result.path, result.packed, result.error) for result in results]

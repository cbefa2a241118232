"""What was found in each file: packed where nobody looks at it, counted as it passes, kept on disk where it is much.

Theory of operation. A library has a hundred thousand files and a million findings: no list of them is ever held.
Results come one after the other. `Passing` lets a report have each once, as it comes; `Kept` holds the first few and
puts the rest into a temporary file, for a report that walks over all of them several times. Both count what passes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, runtime_checkable

from captionkit.library.wrong_file import NO_FACTS, Facts
from captionkit.model import Diagnostic, Fix, Severity

if TYPE_CHECKING:
    from typing import IO

_NEW = tuple.__new__
_SEVERITIES = {severity.value: severity for severity in Severity}
_FIXES = {fix.value: fix for fix in Fix}

#: How many findings there are of each code and severity.
Tally = dict[tuple[str, Severity], int]

#: So many files and findings are held in memory, about 10 MB; the rest is put into a temporary file.
_MOST_HELD = 20_000


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

        # All of a finding but the path, with plain texts for the severity and the fix.
        return cls(
            _counts(diagnostics),
            marshal.dumps([(one[0], one[1].value, one[11].value, *one[2:10]) for one in diagnostics]),
            (facts.words, facts.starts, facts.end),  # marshal writes plain tuples only
        )

    def unpack(self, path: str) -> list[Diagnostic]:
        import marshal

        severities, fixes = _SEVERITIES, _FIXES
        return [
            _NEW(Diagnostic, (code, severities[severity], *rest, path, fixes[fix], None))
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


def _counts(diagnostics: Iterable[Diagnostic]) -> tuple[tuple[str, str, str, int], ...]:
    tally = Counter([(one[0], one[1], one[11]) for one in diagnostics])
    return tuple((code, severity.value, fix.value, count) for (code, severity, fix), count in tally.items())


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
        unlisted: how many findings of each severity are not to be listed.
        adds: whether this adds to a result of the same file that came before: what only shows when all files are known.
    """

    __slots__ = ("_found", "adds", "diff", "error", "facts", "fixed", "path", "refused", "unlisted")

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
        self.unlisted: dict[Severity, int] = {}
        self.adds = False

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
        return isinstance(other, FileResult) and self._values() == other._values()

    __hash__ = None  # type: ignore[assignment]  # it changes

    def _values(self) -> tuple[object, ...]:
        return (self.path, self.packed, self.error, self.fixed, self.diff, self.refused)

    @property
    def packed(self) -> Packed:
        return self._found if isinstance(self._found, Packed) else Packed.pack(self._found, self.facts)

    def tally(self) -> Tally:
        """How many findings there are of each code and severity."""
        return self._found.tally() if isinstance(self._found, Packed) else _tally(self._found)

    def counts(self) -> tuple[tuple[str, str, str, int], ...]:
        """Code, severity, what may be done about them, and how many of them."""
        return self._found.counts if isinstance(self._found, Packed) else _counts(self._found)

    def fixable(self) -> Counter[Fix]:
        """How many findings there are of each kind of fix."""
        return self._found.fixable() if isinstance(self._found, Packed) else Counter([one.fix for one in self._found])

    def count(self, severity: Severity) -> int:
        """How many findings there are of this severity."""
        return sum(count for (_, level), count in self.tally().items() if level is severity)

    def list_from(self, level: Severity) -> None:
        """Leave out the findings that are milder than this, and remember how many they are."""
        milder: Counter[Severity] = Counter()
        for (_, severity), count in self.tally().items():
            if severity.rank > level.rank:
                milder[severity] += count
        if milder:
            self.unlisted = milder
            self.diagnostics = [one for one in self.diagnostics if one.severity.rank <= level.rank]


class Totals:
    """What all results come to. They add up in any order: `one + other` counts the files of both.

    Attributes:
        files: how many were looked at, those that could not be read too.
        tally: how many findings there are of each code and severity.
        files_with: in how many files there are findings of each code.
        fixable: how many findings there are of each kind of fix.
        unlisted: how many findings of each severity are not listed, and in nothing else here.
        errors: path -> why it could not be read.
        fixed: how many findings were fixed.
    """

    __slots__ = ("errors", "files", "files_with", "fixable", "fixed", "tally", "unlisted")

    def __init__(self) -> None:
        self.files = self.fixed = 0
        self.tally: Counter[tuple[str, Severity]] = Counter()
        self.files_with: Counter[str] = Counter()
        self.fixable: Counter[Fix] = Counter()
        self.unlisted: Counter[Severity] = Counter()
        self.errors: dict[str, str] = {}

    def add(self, result: FileResult) -> None:
        """Count one more result."""
        tally = result.tally()
        for key, count in tally.items():
            self.tally[key] += count
        self.files_with.update({code for code, _ in tally})
        self.fixable.update(result.fixable())
        self.unlisted.update(result.unlisted)
        self.fixed += sum(result.fixed.values())
        if result.error:
            self.errors[result.path] = result.error
        if not result.adds:
            self.files += 1

    def __add__(self, other: Totals) -> Totals:
        both = Totals()
        for name in self.__slots__:
            one, another = getattr(self, name), getattr(other, name)
            setattr(both, name, one | another if name == "errors" else one + another)
        return both

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Totals) and all(getattr(self, one) == getattr(other, one) for one in self.__slots__)

    __hash__ = None  # type: ignore[assignment]  # it changes

    def count(self, severity: Severity) -> int:
        """How many findings of this severity are listed."""
        return sum(count for (_, level), count in self.tally.items() if level is severity)

    def any_from(self, level: Severity) -> bool:
        """Whether there is a finding of this severity or a worse one, listed or not."""
        return any(severity.rank <= level.rank for severity in (*self.unlisted, *(of for _, of in self.tally)))


@runtime_checkable
class Results(Protocol):
    """Results with what they come to, as far as they have been had."""

    totals: Totals

    def __iter__(self) -> Iterator[FileResult]: ...


class Passing:
    """Results that are counted as they come, and had once."""

    def __init__(self, results: Iterable[FileResult]) -> None:
        self.totals = Totals()
        self._results = results

    def __iter__(self) -> Iterator[FileResult]:
        for result in self._results:
            self.totals.add(result)
            yield result


class Kept:
    """Results that can be had again and again: all have come before the first is had. What adds to a file's stands
    before the rest of it."""

    def __init__(self, results: Iterable[FileResult]) -> None:
        self.totals = Totals()
        self._held: list[FileResult] = []
        self._file: IO[bytes] | None = None
        self._added: dict[str, list[Diagnostic]] = {}
        room = _MOST_HELD
        for result in results:
            self.totals.add(result)
            if result.adds:
                self._added.setdefault(result.path, []).extend(result.diagnostics)
            elif room > 0:
                self._held.append(result)
                room -= 1 + sum(result.tally().values())
            else:
                self._put(result)

    def _put(self, result: FileResult) -> None:
        import marshal
        from zlib import compress

        if self._file is None:
            import tempfile
            import weakref

            self._file = tempfile.TemporaryFile(prefix="captionkit-")  # noqa: SIM115  closed with its owner
            weakref.finalize(self, self._file.close)
        row = (result.path, *result.packed, result.error, result.fixed, result.diff, result.refused)
        data = compress(marshal.dumps(row), 1)
        self._file.write(len(data).to_bytes(4, "big") + data)

    def _with_added(self, result: FileResult) -> FileResult:
        added = self._added.get(result.path)
        if not added:
            return result
        whole = copy(result)
        whole.diagnostics = [*added, *result.diagnostics]
        return whole

    def __iter__(self) -> Iterator[FileResult]:
        yield from map(self._with_added, self._held)
        if self._file is not None:
            yield from map(self._with_added, self._spilled(self._file))

    @staticmethod
    def _spilled(file: IO[bytes]) -> Iterator[FileResult]:
        import marshal
        from zlib import decompress

        at = 0
        while True:
            file.seek(at)  # somebody else may walk over them meanwhile
            size = int.from_bytes(file.read(4), "big")
            if not size:
                return
            at += 4 + size
            row: tuple[Any, ...] = marshal.loads(decompress(file.read(size)))
            path, counts, rows, facts, *rest = row
            yield FileResult(path, Packed(counts, rows, facts), *rest)

"""The findings of an archive for a report: read back from its tables, part by part, as often as the report likes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from captionkit.decoding import one_line_end
from captionkit.documents import loads
from captionkit.errors import CaptionkitError
from captionkit.lint.results import FileResult, Totals
from captionkit.lint.settings import Settings
from captionkit.model import Diagnostic, Document, Severity
from captionkit.scale.manifest import Manifest
from captionkit.scale.run import part_data
from captionkit.scale.stores import open_store
from captionkit.scale.tables import FileRow, Findings, file_rows, read_table


class FromTables:
    """The results of a finished run. In memory are one part, and what the rules about folders found.

    Args:
        report: the address of the tables. level: the mildest finding that is listed.

    Raises:
        DamagedFile: the tables are not as captionkit writes them.
    """

    def __init__(self, report: str, manifest: Manifest, level: Severity = Severity.INFO) -> None:
        self._store = open_store(report)
        self._manifest = manifest
        self._level = level
        self._added: dict[str, list[Diagnostic]] = {}
        folder = Findings(part_data(self._store, "findings", "folder"), f"{report}/findings/folder.parquet")
        for one in folder.of(0, folder.count):
            self._added.setdefault(one.path, []).append(one)
        self.totals = Totals()
        for result in self._counted() if level is Severity.INFO else self:
            self.totals.add(result)

    def _counted(self) -> Iterator[FileResult]:
        """Enough to count them."""
        for name in self._manifest.parts:
            for row in self._rows(name):
                yield row.result
        for path, diagnostics in self._added.items():
            result = FileResult(path, diagnostics)
            result.adds = True
            yield result

    def _rows(self, name: str) -> Iterator[FileRow]:
        where = f"{self._store.address}/files/{name}.parquet"
        return file_rows(part_data(self._store, "files", name), where)

    def __iter__(self) -> Iterator[FileResult]:
        for name in self._manifest.parts:
            where = f"{self._store.address}/findings/{name}.parquet"
            findings = Findings(part_data(self._store, "findings", name), where)
            at = 0
            for row in self._rows(name):
                path = row.result.path
                diagnostics = [*self._added.get(path, ()), *findings.of(at, row.findings)]
                at += row.findings
                result = FileResult(path, diagnostics, row.result.error)
                if self._level is not Severity.INFO:
                    result.list_from(self._level)
                yield result

    def write(self, name: str, pieces: Iterable[bytes]) -> None:
        """Write a report beside the tables."""
        self._store.put_pieces(name, pieces)


class Documents:
    """The files of an archive, for excerpts, fingerprints and previews: each read when it is asked for.

    Args:
        called: what the user called the archive. settings: how they are read.
    """

    def __init__(self, called: str, settings: Settings) -> None:
        self._store = open_store(called)
        self._called = called
        self._settings = settings
        self.document = lru_cache(maxsize=4)(self._read)

    def _read(self, path: str) -> Document | None:
        """The document; None where it cannot be read, perhaps any more."""
        settings = self._settings
        below = path.removeprefix(self._called).replace("\\", "/").lstrip("/")
        try:
            data = self._store.get(below)
            return loads(data, path=path, encoding=settings.encoding_of(path), language=settings.language)
        except (CaptionkitError, OSError):
            return None

    def lines(self, path: str) -> list[str]:
        """Its lines; none where it cannot be read."""
        document = self.document(path)
        return one_line_end(document.source.text).split("\n") if document and document.source else []


class Converted:
    """What a conversion came to.

    Attributes:
        lines: what is to be said of single files, at most `MOST_LINES`.
    """

    def __init__(self) -> None:
        self.files = self.errors = self.lossy = self.cues = 0
        self.lines: list[str] = []


#: Files that are named one by one; the tables have all.
MOST_LINES = 1_000


def converted(report: str, manifest: Manifest, verbose: bool) -> Converted:
    """What a finished conversion came to.

    Raises:
        DamagedFile: its tables are not as captionkit writes them.
    """
    store = open_store(report)
    totals = Converted()
    for name in manifest.parts:
        table = read_table("converted", part_data(store, "files", name), f"{store.address}/files/{name}.parquet")
        columns = (table[column].to_pylist() for column in ("path", "error", "target", "cues", "losses"))
        for path, error, target, cues, losses in zip(*columns, strict=True):
            totals.files += 1
            totals.cues += 0 if error else cues or 0
            totals.errors += bool(error)
            totals.lossy += bool(losses) and not error
            lines = [f"error: {path}: {error}"] if error else [f"{path}: {losses}"] if losses else []
            lines += [f"{path} -> {target}"] if verbose and not error else []
            totals.lines += lines[: max(0, MOST_LINES - len(totals.lines))]
    return totals

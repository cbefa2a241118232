"""What is written of a part, and read back: Parquet, as anything reads it that reads tables.

    findings/NAME.parquet   a row for each finding, in the order of the files and their lines
    files/NAME.parquet      a row for each file; where it stands, the part is done
    listing/NAME.parquet    a row for each file that was listed: name, size, tag

A report's folder may be a stranger's. So a table is read only if it has exactly these columns and types, its texts are
texts, and what can only be one of a few words is one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from io import BytesIO
from typing import Any, NamedTuple

from captionkit.errors import DamagedFile
from captionkit.library.wrong_file import Facts
from captionkit.lint.results import FileResult, Packed
from captionkit.model import Diagnostic, Fix, Severity
from captionkit.scale.parts import Entry
from captionkit.scale.stores import needs

#: Findings that are put into a table at once.
_TOGETHER = 20_000
_CODE = re.compile(r"[A-Za-z0-9_-]{1,40}")
_SEVERITIES = {severity.value: severity for severity in Severity}
_FIXES = {fix.value: fix for fix in Fix}


@cache
def schemas() -> dict[str, Any]:
    """The columns of each table."""
    pa = needs("pyarrow")
    text, number = pa.string(), pa.int32()
    count = pa.struct([("code", text), ("severity", text), ("fix", text), ("count", number)])
    entry = [("path", text), ("size", pa.int64()), ("tag", text)]
    return {
        "listing": pa.schema(entry),
        "files": pa.schema(
            [*entry, ("error", text), ("counts", pa.list_(count)), ("words", text), ("starts", pa.list_(pa.int64())),
             ("end", pa.int64())]
        ),
        "findings": pa.schema(
            [("path", text), ("code", text), ("severity", text), ("message", text), ("line", number),
             ("column", number), ("end_line", number), ("end_column", number), ("cue", number), ("time_ms", pa.int64()),
             ("hint", text), ("fix", text)]
        ),
        "converted": pa.schema([*entry, ("error", text), ("target", text), ("cues", number), ("losses", text)]),
    }  # fmt: skip


class Table:
    """Rows on their way into a table in memory, packed as they come."""

    def __init__(self, kind: str) -> None:
        self._schema = schemas()[kind]
        self._columns: list[list[Any]] = [[] for _ in self._schema]
        self._buffer = BytesIO()
        self._writer = needs("pyarrow.parquet").ParquetWriter(self._buffer, self._schema, compression="zstd")

    def add(self, rows: Iterable[tuple[Any, ...]]) -> None:
        for row in rows:
            for column, value in zip(self._columns, row, strict=True):
                column.append(value)
        if len(self._columns[0]) >= _TOGETHER:
            self._flush()

    def _flush(self) -> None:
        pa = needs("pyarrow")
        try:
            arrays = [pa.array(c, kind.type) for c, kind in zip(self._columns, self._schema, strict=True)]
        except UnicodeEncodeError:
            # A name on Linux may hold bytes that are no text.
            columns = [[_as_text(value) for value in column] for column in self._columns]
            arrays = [pa.array(c, kind.type) for c, kind in zip(columns, self._schema, strict=True)]
        self._writer.write_table(pa.Table.from_arrays(arrays, schema=self._schema))
        for column in self._columns:
            column.clear()

    def data(self) -> bytes:
        """The whole table, after the last row."""
        self._flush()
        self._writer.close()
        return self._buffer.getvalue()


def _as_text(value: Any) -> Any:
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value


def finding_rows(result: FileResult) -> Iterator[tuple[Any, ...]]:
    """A file's findings as rows."""
    for one in result.diagnostics:
        code, severity, message, line, column, end_line, end_column, cue, time, hint, _, fix, _ = one
        yield result.path, code, severity.value, message, line, column, end_line, end_column, cue, time, hint, fix.value


def file_row(path: str, entry: Entry, result: FileResult) -> tuple[Any, ...]:
    """A file as a row."""
    counts = [
        {"code": code, "severity": severity, "fix": fix, "count": count}
        for code, severity, fix, count in result.counts()
    ]
    words, starts, end = result.facts
    fits = all(-_LARGEST < time < _LARGEST for time in (*starts, end))
    return (path, entry.size, entry.tag, result.error, counts, words, starts if fits else (), end if fits else 0)


_LARGEST = 1 << 62


class FileRow(NamedTuple):
    """A file as it was written down: its findings are counted, and lie in the other table."""

    entry: Entry
    result: FileResult
    findings: int


def read_table(kind: str, data: bytes, where: str) -> Any:
    """A table of this kind from the bytes of a file.

    Raises:
        DamagedFile: it is none.
    """
    pa, parquet = needs("pyarrow"), needs("pyarrow.parquet")
    try:
        table = parquet.read_table(BytesIO(data))
        if not table.schema.equals(schemas()[kind]):
            raise _damaged(where)
        table.validate(full=True)
        if not all(
            _is_right(name, column.combine_chunks())
            for name, column in zip(table.column_names, table.columns, strict=True)
        ):
            raise _damaged(where)
    except (pa.ArrowException, OSError, ValueError, KeyError, TypeError):
        raise _damaged(where) from None
    return table


#: What may not be known of a finding.
_OPTIONAL = ("cue", "time_ms")


def _is_right(name: str, column: Any) -> bool:
    """Whether the values of a column are what its name says, those of its parts too. The types are right already."""
    pa, compute = needs("pyarrow"), needs("pyarrow.compute")
    if column.null_count and name not in _OPTIONAL:
        return False
    if pa.types.is_list(column.type):
        return _is_right(name, column.flatten())
    if pa.types.is_struct(column.type):
        fields = zip(column.type, column.flatten(), strict=True)
        return all(_is_right(field.name, values) for field, values in fields)
    if name == "count":
        return not len(column) or bool(compute.min(column).as_py() > 0)
    if name in _WORDS:
        return all(_WORDS[name](word) for word in compute.unique(column).to_pylist())
    return True


_WORDS: dict[str, Callable[[str], Any]] = {
    "severity": _SEVERITIES.__contains__, "fix": _FIXES.__contains__, "code": _CODE.fullmatch,
}  # fmt: skip


def _damaged(where: str) -> DamagedFile:
    return DamagedFile(
        "this is no table that captionkit wrote, or it is damaged",
        where=where,
        unchanged="Nothing of it was used.",
        hint="Remove this file, and run the same command with --resume.",
    )


def file_rows(data: bytes, where: str) -> Iterator[FileRow]:
    """The rows of a table of files.

    Raises:
        DamagedFile
    """
    table = read_table("files", data, where)
    for batch in table.to_batches(max_chunksize=500):
        for path, size, tag, error, counts, words, starts, end in zip(*[c.to_pylist() for c in batch], strict=True):
            found = tuple((one["code"], one["severity"], one["fix"], one["count"]) for one in counts)
            facts = Facts(words, tuple(starts), end)
            result = FileResult(path, Packed(found, b"", facts), error)
            yield FileRow(Entry(path, size, tag), result, sum(one[3] for one in found))


class Findings:
    """A table of findings, of which each file's are had by their place and number."""

    def __init__(self, data: bytes, where: str) -> None:
        self._where = where
        table = read_table("findings", data, where).combine_chunks()
        self.count = table.num_rows
        self._columns = [column.chunk(0) for column in table.columns if column.num_chunks]

    def of(self, first: int, count: int) -> list[Diagnostic]:
        """So many, from the first."""
        if not count:
            return []
        if first + count > self.count:
            raise _damaged(self._where)
        rows = zip(
            *[column.slice(first, count).to_pylist() for column in self._columns if column is not None], strict=True
        )
        return [
            Diagnostic(code, _SEVERITIES[severity], message, a, b, c, d, cue, time, hint, path, _FIXES[fix])
            for path, code, severity, message, a, b, c, d, cue, time, hint, fix in rows
        ]

"""The list of `captionkit match` as a table for Excel, and back: CSV, or .xlsx with `captionkit[office]`. Pure but for
the libraries.

Excel writes CSV as its country does: with semicolons where the comma is in numbers, in UTF-16 or the code page of old
Windows. All of that is read. The column "recording" is the one to correct; the rest explains.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any
from zipfile import BadZipFile

from captionkit.errors import LocalError, Remedy, UsageError
from captionkit.library.mapping import Answer, Row
from captionkit.spreadsheet import harmless

COLUMNS = ("file", "language", "recording", "media id", "how sure", "why", "or perhaps")
_NEEDED = ("file", "recording")
#: A list of a million files is none that anybody corrects by hand.
_MOST_ROWS = 200_000
_WIDTHS = (44, 10, 44, 24, 11, 60, 60)


def _cells(rows: Iterable[Row]) -> Iterable[tuple[str, ...]]:
    for row in rows:
        others = "; ".join(f"{one.title} ({one.media_id})" for one in row.others[:4])
        yield (row.path, row.language, row.recording, row.media, row.sure.value, row.why, others)


def to_csv(rows: Iterable[Row]) -> bytes:
    """With a byte order mark, without which Excel takes it for the code page of old Windows."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows(map(harmless, cells) for cells in _cells(rows))
    return text.getvalue().encode("utf-8-sig", "replace")


def to_xlsx(rows: Sequence[Row], titles: Sequence[str]) -> bytes:
    """A sheet to correct, its recordings chosen from a list of all titles on a second sheet.

    Raises:
        UsageError: XlsxWriter is not installed.
    """
    try:
        import xlsxwriter
    except ImportError:
        raise _missing("XlsxWriter") from None
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book: Any = xlsxwriter.Workbook(target, options)
    from datetime import datetime

    book.set_properties({"title": "Which recording each caption file is for", "created": datetime(2000, 1, 1)})
    bold = book.add_format({"bold": True, "bottom": 1})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    to_correct = book.add_format({"text_wrap": True, "valign": "top", "bg_color": "#FFF6D6", "border": 1})
    sheet = book.add_worksheet("Names")
    choices = book.add_worksheet("Recordings")
    for column, (head, width) in enumerate(zip(COLUMNS, _WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, head, bold)
    for number, cells in enumerate(_cells(rows), start=1):
        for column, cell in enumerate(cells):
            sheet.write_string(number, column, cell[:32_767], to_correct if column == 2 else wrapped)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(1, len(rows)), len(COLUMNS) - 1)
    choices.set_column(0, 0, 80)
    choices.write_string(0, 0, "All recordings", bold)
    for number, title in enumerate(titles, start=1):
        choices.write_string(number, 0, title[:32_767])
    if titles and rows:
        rule = {
            "validate": "list",
            "source": f"=Recordings!$A$2:$A${len(titles) + 1}",
            "error_type": "warning",
            "error_title": "No such recording",
            "error_message": "Choose a title from the list, or give a media id.",
        }
        sheet.data_validation(1, 2, len(rows), 2, rule)
    book.close()
    return target.getvalue()


def from_table(data: bytes, where: str) -> list[Answer]:
    """The answers in a corrected table, CSV or .xlsx, whatever its name.

    Raises:
        UsageError: a column is missing, or openpyxl is not installed.
        LocalError: it is no table.
    """
    lines = _from_xlsx(data, where) if data.startswith(b"PK") else _from_csv(data, where)
    if not lines:
        raise LocalError("there is nothing in it", where=where, unchanged="captionkit.toml was not changed.")
    heads = [head.strip().casefold() for head in lines[0]]
    missing = [head for head in _NEEDED if head not in heads]
    if missing:
        raise UsageError(
            f"the table has no column {' and '.join(map(repr, missing))}",
            where=where,
            unchanged="captionkit.toml was not changed.",
            hint="Have the list of the folder's names written anew, and correct that.",
            remedy=Remedy.LIST_NAMES,
        )
    answers = []
    for number, line in enumerate(lines[1:], start=2):
        cells = dict(zip(heads, map(_plain, line), strict=False))
        if cells.get("file"):
            answers.append(
                Answer(
                    f"row {number}",
                    cells["file"].replace("\\", "/"),
                    cells.get("language", ""),
                    cells.get("recording", ""),
                    cells.get("media id", ""),
                )
            )
    return answers


def _plain(cell: str) -> str:
    """The text of a cell, without the apostrophe that kept a spreadsheet from running it."""
    cell = cell.strip()
    return cell[1:] if cell.startswith("'") and harmless(cell[1:]) == cell else cell


def _from_csv(data: bytes, where: str) -> list[list[str]]:
    text = _decoded(data)
    first = text.lstrip("\r\n").partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        return list(
            islice(csv.reader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=delimiter), _MOST_ROWS)
        )
    except csv.Error as error:
        raise LocalError(
            f"is no CSV table: {error}", where=where, unchanged="captionkit.toml was not changed."
        ) from None


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _from_xlsx(data: bytes, where: str) -> list[list[str]]:
    try:
        from openpyxl import load_workbook
    except ImportError:
        raise _missing("openpyxl") from None
    try:
        book: Any = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = book["Names"] if "Names" in book.sheetnames else book.worksheets[0]
        rows = [["" if cell is None else str(cell) for cell in row] for row in
                islice(sheet.iter_rows(values_only=True), _MOST_ROWS)]  # fmt: skip
        book.close()
    except (BadZipFile, KeyError, ValueError, IndexError, TypeError, SyntaxError) as error:
        raise LocalError(
            f"cannot be read as an Excel file: {error}",
            where=where,
            unchanged="captionkit.toml was not changed.",
            hint="Save it as CSV and give that.",
        ) from None
    return rows


def _missing(library: str) -> UsageError:
    return UsageError(
        f"Excel files need {library}, which is not installed",
        unchanged="Nothing was changed.",
        hint='Install it with: python -m pip install "captionkit[office]", or use a name that ends in .csv.',
    )

"""A workbook: Summary, Recordings (one row each), Tracks, and To do (worst first, what to do, a link).

Dates are dates and lengths are times, so that they sort and add up; heads stay in sight, and every sheet has filters.
No cell is a formula, whatever a title begins with. Needs XlsxWriter, which the extra `office` brings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple

from captionkit.auditing.coverage import ANY, Standing, language_name
from captionkit.auditing.model import Audit, Place, Recording, Status, Track
from captionkit.auditing.reports import Figures
from captionkit.auditing.reports._words import headline, not_counted
from captionkit.auditing.standards import STANDARDS
from captionkit.auditing.todo import tasks, what_to_do
from captionkit.languages import display_name

if TYPE_CHECKING:
    from xlsxwriter import Workbook

EXTENSIONS = (".xlsx",)
NEEDS = ("xlsxwriter", "office")

#: What Excel holds (Microsoft, "Excel specifications and limits"): rows of a sheet, links of a sheet, characters of a
#: cell and of a link.
_MOST_ROWS, _MOST_LINKS, _MOST_CHARACTERS, _LONGEST_LINK = 1_048_576, 65_530, 32_767, 2_079

#: Height of a line in points, and width of a column of the summary in characters.
_LINE, _WIDTH = 15, 13

Cell = str | int | float | date | timedelta | None


class _Link(NamedTuple):
    url: str
    text: str


class _Column(NamedTuple):
    head: str
    width: int
    format: str = "text"


def render(audit: Audit, figures: Figures) -> bytes:
    """The workbook's bytes; the same for the same audit."""
    from xlsxwriter import Workbook

    out = BytesIO()
    book = Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    )
    book.set_properties({"title": "Caption audit", "comments": audit.tool, "created": _moment(audit.made_at)})
    sheets = _Sheets(book)
    names = {place.key: place for place in audit.places}
    _summary(sheets, audit, figures)
    sheets.add("Recordings", _recording_columns(figures), lambda: _recordings(audit, figures, names))
    sheets.add("Tracks", _TRACKS, lambda: _tracks(audit, names))
    sheets.add("To do", _TASKS, lambda: _tasks(audit, figures, names))
    book.close()
    return out.getvalue()


class _Sheets:
    """The workbook while it is filled."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        make: Callable[..., Any] = book.add_format
        top = {"valign": "top"}
        self.formats = {
            "text": make({**top, "text_wrap": True}),
            "number": make({**top, "num_format": "#,##0"}),
            "share": make({**top, "num_format": "0.0 %"}),
            "date": make({**top, "num_format": "yyyy-mm-dd"}),
            "moment": make({**top, "num_format": "yyyy-mm-dd hh:mm"}),
            "made": make({**top, "num_format": "yyyy-mm-dd hh:mm", "align": "left"}),
            "time": make({**top, "num_format": "[h]:mm:ss"}),
            "link": make({**top, "font_color": "#0A58CA", "underline": 1, "text_wrap": True}),
            "head": make({"bold": True, "text_wrap": True, "valign": "top", "bottom": 2, "bg_color": "#E8ECF0"}),
            "title": make({"bold": True, "font_size": 14}),
            "bold": make({"bold": True, **top}),
        }

    def add(self, name: str, columns: Sequence[_Column], rows: Callable[[], Iterator[Sequence[Cell | _Link]]]) -> None:
        """A sheet of one table. Its last row says what does not fit on it."""
        sheet = self.book.add_worksheet(name)
        for at, column in enumerate(columns):
            sheet.set_column(at, at, column.width)
            sheet.write_string(0, at, column.head, self.formats["head"])
        sheet.set_row(0, 2 * _LINE)
        sheet.freeze_panes(1, 2)
        sheet.set_landscape()
        sheet.repeat_rows(0)
        sheet.fit_to_pages(1, 0)
        number = links = 0
        for row in rows():
            number += 1
            if number >= _MOST_ROWS - 1:
                continue
            texts = [(cell, column.width) for column, cell in zip(columns, row, strict=True) if isinstance(cell, str)]
            sheet.set_row(number, max((_height(text, width) for text, width in texts), default=_LINE))
            for at, (column, cell) in enumerate(zip(columns, row, strict=True)):
                links += self._write(sheet, number, at, cell, column.format, links < _MOST_LINKS)
        last = min(number, _MOST_ROWS - 2)
        sheet.autofilter(0, 0, max(last, 1), len(columns) - 1)
        if number > last:
            more = f"{number - last:,} more rows do not fit on a sheet of Excel; -o report.csv has them all."
            sheet.write_string(_MOST_ROWS - 1, 0, more)

    def _write(self, sheet: Any, row: int, at: int, cell: Cell | _Link, name: str, may_link: bool) -> bool:
        """Write a cell; whether it is a link."""
        form = self.formats[name]
        if cell is None or cell == "":
            return False
        if isinstance(cell, _Link):
            fits = may_link and cell.url.startswith(("https://", "http://")) and len(cell.url) <= _LONGEST_LINK
            if fits:
                sheet.write_url(row, at, _text(cell.url), self.formats["link"], _text(cell.text) or _text(cell.url))
            else:
                sheet.write_string(row, at, _text(cell.text), form)
            return fits
        if isinstance(cell, str):
            sheet.write_string(row, at, _text(cell), form)
        elif isinstance(cell, timedelta):
            sheet.write_number(row, at, cell.total_seconds() / 86_400, form)
        elif isinstance(cell, (datetime, date)):
            sheet.write_datetime(row, at, cell, form)
        else:
            sheet.write_number(row, at, cell, form)
        return False


def _height(text: str, width: int) -> float:
    """Of a row that shows this text in a column of so many characters, in points: not every program sees to that."""
    return _LINE * min(10, 1 + len(text) // width)


def _text(text: str) -> str:
    """As a cell can hold it: not too long, no half of a surrogate pair."""
    return text.encode("utf-8", "replace").decode()[:_MOST_CHARACTERS]


def _moment(text: str) -> datetime | None:
    """An ISO time as a date that Excel knows, in UTC; None for none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    found = found.astimezone(UTC).replace(tzinfo=None) if found.tzinfo else found
    return found if found.year >= 1900 else None


def _length(ms: int | None) -> timedelta | str:
    return "unknown" if ms is None else timedelta(milliseconds=ms)


# --- the sheets -------------------------------------------------------------------------------------------------------


def _summary(sheets: _Sheets, audit: Audit, figures: Figures) -> None:
    sheet = sheets.book.add_worksheet("Summary")
    formats = sheets.formats
    heads = ["Language", "Need captions", "Captioned", "Share", *(how.value.capitalize() for how in list(Status)[1:]),
             "Minutes covered", "Minutes due", "Length unknown"]  # fmt: skip
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, len(heads) - 1, _WIDTH)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.write_string(0, 0, "Caption audit", formats["title"])
    sheet.write_string(1, 0, _text(headline(figures.totals.whole)), formats["bold"])
    at = 2
    left_out = not_counted(audit, figures.totals)
    if left_out:
        sheet.write_string(at, 0, "Not counted", formats["bold"])
        for line in left_out:
            _sentence(sheets, sheet, at, line, len(heads) - 1)
            at += 1
    at += 1
    sheet.set_row(at, 2 * _LINE)
    for column, head in enumerate(heads):
        sheet.write_string(at, column, head, formats["head"])
    for one in figures.totals.whole.languages:
        at += 1
        cells: list[tuple[Cell, str]] = [
            (language_name(one.language), "text"), (one.due, "number"), (one.captioned, "number"), (one.share, "share"),
            *((one.count[how], "number") for how in list(Status)[1:]), (round(one.covered_ms / 60_000, 1), "number"),
            (round(one.due_ms / 60_000, 1), "number"), (one.no_length, "number"),
        ]  # fmt: skip
        for column, (cell, form) in enumerate(cells):
            sheets._write(sheet, at, column, cell, form, False)
    at += 2
    facts: list[tuple[str, Cell]] = [
        ("Of", audit.source), ("Seen as", audit.user), ("Made", _moment(audit.made_at)), ("With", audit.tool),
        ("Rules", ", ".join(audit.profiles)), ("Required", ", ".join(audit.required) or "captions in any language"),
        ("Partly captioned", f"under {audit.least_coverage:.0%} of the length"),
    ]  # fmt: skip
    if audit.standard:
        standard = STANDARDS[audit.standard]
        facts += [("Standard", standard.title), ("", standard.source)]
        facts += [("It asks" if not n else "", text) for n, text in enumerate(standard.asks)]
        facts += [("Cannot be known" if not n else "", text) for n, text in enumerate(standard.unknown)]
    facts += [("Limits" if not n else "", text) for n, text in enumerate(audit.limits)]
    for name, cell in facts:
        if cell is None or cell == "":
            continue
        sheet.write_string(at, 0, name, formats["bold"])
        if isinstance(cell, datetime):
            sheet.merge_range(at, 1, at, 2, None)
            sheet.write_datetime(at, 1, cell, formats["made"])
        else:
            _sentence(sheets, sheet, at, str(cell), len(heads) - 1)
        at += 1


def _sentence(sheets: _Sheets, sheet: Any, row: int, text: str, last: int) -> None:
    """A text over the columns from the second to the last, as high as its lines: Excel does not see to that itself."""
    sheet.merge_range(row, 1, row, last, _text(text), sheets.formats["text"])
    sheet.set_row(row, _height(text, _WIDTH * last))


def _recording_columns(figures: Figures) -> list[_Column]:
    languages: list[_Column] = []
    for one in figures.totals.whole.languages:
        name = language_name(one.language)
        languages += [_Column(name, 18), _Column(f"{name}: covered", 10, "share")]
    return [
        _Column("Place", 24), _Column("Title", 44), *languages, _Column("What to do", 60),
        _Column("Length", 10, "time"), _Column("Type", 8), _Column("Added", 11, "date"), _Column("Tracks", 24),
        _Column("Errors", 8, "number"), _Column("Exception", 28), _Column("Until", 11, "date"),
        _Column("Last viewed", 11, "date"), _Column("SIS id", 14), _Column("Term", 14), _Column("Media id", 24),
        _Column("Changes", 30),
    ]  # fmt: skip


def _recordings(audit: Audit, figures: Figures, names: dict[str, Place]) -> Iterator[Sequence[Cell | _Link]]:
    changed: dict[tuple[str, str], list[str]] = {}
    for change in figures.changes or ():
        changed.setdefault((change.place, change.media_id), []).append(change.says)
    for one, found in zip(audit.recordings, figures.totals.standings, strict=True):
        place = names.get(one.place, Place(one.place, one.place))
        errors = [track.errors for track in one.tracks or () if track.errors is not None]
        yield [
            place.name,
            _Link(one.url, one.title),
            *(cell for standing in found for cell in (_status(standing), standing.share)),
            " ".join(filter(None, (what_to_do(standing, one) for standing in found))),
            _length(one.duration_ms),
            one.type,
            _moment(one.created_at),
            "unknown" if one.tracks is None else ", ".join(track.locale for track in one.tracks),
            sum(errors) if errors else None,
            one.exception,
            _moment(one.exception_until),
            _moment(one.last_viewed),
            place.sis_id,
            place.term,
            one.media_id,
            "; ".join(changed.get((one.place, one.media_id), ())),
        ]


def _status(standing: Standing) -> str:
    unknown = standing.status is Status.CAPTIONED and standing.reason
    return f"{standing.status.value} ({standing.reason})" if unknown else standing.status.value


_TRACKS = [
    _Column("Place", 24), _Column("Title", 44), _Column("Language", 18), _Column("Locale", 9), _Column("Kind", 10),
    _Column("Made by", 13), _Column("Why", 30), _Column("Covered", 10, "share"), _Column("Captions end", 10, "time"),
    _Column("Length", 10, "time"), _Column("Cues", 8, "number"), _Column("Errors", 8, "number"),
    _Column("Warnings", 9, "number"), _Column("Rules", 30), _Column("Language doubt", 30), _Column("Problem", 30),
    _Column("Changed", 16, "moment"), _Column("File", 30), _Column("Format", 8), _Column("SHA-256", 20),
]  # fmt: skip


def _tracks(audit: Audit, names: dict[str, Place]) -> Iterator[Sequence[Cell | _Link]]:
    for one in audit.recordings:
        place = names.get(one.place, Place(one.place, one.place))
        for track in one.tracks or ():
            yield [place.name, _Link(one.url, one.title), *_track(track, one)]


def _track(track: Track, one: Recording) -> list[Cell]:
    return [
        display_name(track.language), track.locale, track.kind, track.origin.value, track.origin_reason,
        track.coverage(one.duration_ms), None if track.ends_ms is None else _length(track.ends_ms),
        _length(one.duration_ms), track.cues, track.errors, track.warnings,
        " ".join(f"{code}:{count}" for code, count in track.rules.items()), track.suspect,
        track.problem or (track.state if track.state != "ready" else ""),
        _moment(track.updated_at or track.created_at), track.path, track.format, track.digest.removeprefix("sha256:"),
    ]  # fmt: skip


_TASKS = [
    _Column("Place", 24), _Column("Title", 44), _Column("Language", 16), _Column("Status", 18),
    _Column("What to do", 70), _Column("Length", 10, "time"), _Column("Covered", 10, "share"), _Column("Link", 50),
]  # fmt: skip


def _tasks(audit: Audit, figures: Figures, names: dict[str, Place]) -> Iterator[Sequence[Cell | _Link]]:
    for recording, standing, what in tasks(audit, figures.totals.standings):
        place = names.get(recording.place, Place(recording.place, recording.place))
        yield [
            place.name, recording.title, "any" if standing.language == ANY else standing.name, standing.status.value,
            what, _length(recording.duration_ms), standing.share,
            _Link(recording.url, recording.url or (standing.track.path if standing.track else "")),
        ]  # fmt: skip

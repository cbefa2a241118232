"""The workbook, read back by another library and opened by LibreOffice."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("openpyxl", reason="needs captionkit[office]")
pytest.importorskip("xlsxwriter", reason="needs captionkit[office]")

from captionkit.auditing.assemble import assemble
from captionkit.auditing.model import Audit, Origin, Place, Recording, Track
from captionkit.auditing.reports import Figures, load
from captionkit.auditing.totals import totals

EN = Track("en", "en", origin=Origin.HUMAN, cues=3, covered_ms=3_600_000, ends_ms=3_590_000, errors=0, warnings=1,
           infos=0, updated_at="2026-03-04T05:06:07Z", rules={"SPD001": 1}, digest="sha256:ab")  # fmt: skip
URL = "https://canvas.example.edu/media_objects_iframe/m-1"
PLACE = Place("courses/1", "Film", "SIS1", "Spring", left_out=("3 .docx files: captions in another format",))


@pytest.fixture
def audit() -> Audit:
    def recording(number: int, title: str, *tracks: Track, **more: Any) -> Recording:
        about = {"created_at": "2026-01-02T03:04:05Z", "duration_ms": 3_600_000, "url": URL, **more}
        return Recording("courses/1", f"media_objects/m-{number}", f"m-{number}", title, tracks=tracks, **about)

    rows = [
        recording(1, "=HYPERLINK(1)", EN, replace(EN, language="es", locale="es", covered_ms=7_000)),
        recording(2, "@SUM(A1)", duration_ms=None, url=""),
        recording(3, "007", EN, exception="no speech", exception_until="2027-04-26"),
        recording(4, "\ud800 half", replace(EN, errors=2)),
    ]
    seen = Audit(
        "https://canvas.example.edu", "2026-11-28T10:00:00Z", "captionkit", ("default",), ("en", "es"), (PLACE,),
        tuple(rows), standard="wcag-1.2.2",
    )  # fmt: skip
    return assemble(seen)


@pytest.fixture
def workbook(audit: Audit) -> bytes:
    data = load("xlsx")(audit, Figures(totals(audit)))
    assert isinstance(data, bytes)
    return data


def opened(workbook: bytes) -> Any:
    import openpyxl

    return openpyxl.load_workbook(io.BytesIO(workbook))


def table(book: Any, name: str) -> list[dict[str, Any]]:
    heads, *rows = book[name].iter_rows(values_only=True)
    return [dict(zip(heads, row, strict=True)) for row in rows]


def test_it_has_four_sheets_with_heads_that_stay_and_filters(workbook: bytes) -> None:
    book = opened(workbook)
    assert book.sheetnames == ["Summary", "Recordings", "Tracks", "To do"]
    for name in book.sheetnames[1:]:
        assert book[name].freeze_panes == "C2" and book[name].auto_filter.ref.startswith("A1:")
    summary = [cell for row in book["Summary"].iter_rows(values_only=True) for cell in row if cell is not None]
    assert "1 of 3 recordings have captions in English, 0 in Spanish, 0 in both." in summary
    assert any("3 .docx files" in str(cell) for cell in summary)
    assert any("1.2.2" in str(cell) for cell in summary)


def test_a_recording_is_a_row_with_real_dates_and_lengths(workbook: bytes) -> None:
    one, two, three, _ = table(opened(workbook), "Recordings")
    assert (one["Title"], one["English"], one["Spanish"]) == ("=HYPERLINK(1)", "captioned", "partly captioned")
    assert one["English: covered"] == 1 and 0 < one["Spanish: covered"] < 0.01
    assert one["Added"].date() == date(2026, 1, 2)
    assert one["Length"] in (time(1, 0), timedelta(hours=1), datetime(1899, 12, 31, 1))
    assert (two["Length"], two["English"], two["Tracks"]) == ("unknown", "missing", None)
    assert (three["Title"], three["Exception"], three["Until"]) == ("007", "no speech", datetime(2027, 4, 26))


def test_no_cell_is_a_formula(workbook: bytes) -> None:
    book = opened(workbook)
    assert not [cell.value for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


def test_what_is_to_be_done_comes_worst_first_with_a_link(workbook: bytes) -> None:
    book = opened(workbook)
    rows = table(book, "To do")
    assert [(row["Title"], row["Language"], row["Status"]) for row in rows] == [
        ("? half", "Spanish", "missing"),
        ("@SUM(A1)", "English", "missing"),
        ("@SUM(A1)", "Spanish", "missing"),
        ("? half", "English", "damaged"),
        ("=HYPERLINK(1)", "Spanish", "partly captioned"),
    ]
    assert rows[-1]["What to do"] == "Have the rest of the Spanish captions made: they cover 0:00:07 of 1:00:00."
    assert book["To do"].cell(6, 8).hyperlink.target == URL


def test_tracks_have_the_day_of_their_change(workbook: bytes) -> None:
    rows = table(opened(workbook), "Tracks")
    assert [row["Locale"] for row in rows] == ["en", "es", "en", "en"]
    assert rows[0]["Changed"] == datetime(2026, 3, 4, 5, 6, 7) and rows[0]["SHA-256"] == "ab"


def test_the_same_audit_makes_the_same_bytes(audit: Audit, workbook: bytes) -> None:
    assert load("xlsx")(audit, Figures(totals(audit))) == workbook


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_libreoffice_opens_it(workbook: bytes, tmp_path: Path) -> None:
    (tmp_path / "report.xlsx").write_bytes(workbook)
    # 44 comma, 34 quote, 76 UTF-8, first line 1; -1 writes every sheet to a file of its own.
    form = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true,false,false,-1"
    command = ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to", form,
               "--outdir", str(tmp_path), str(tmp_path / "report.xlsx")]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    rows = list(csv.DictReader(io.StringIO((tmp_path / "report-Recordings.csv").read_text(encoding="utf-8"))))
    assert [row["Title"] for row in rows][:3] == ["=HYPERLINK(1)", "@SUM(A1)", "007"]
    assert (rows[0]["Added"], rows[0]["Length"], rows[0]["English: covered"]) == ("2026-01-02", "1:00:00", "100.0 %")
    assert len((tmp_path / "report-To do.csv").read_text(encoding="utf-8").splitlines()) == 6


def test_that_the_extra_is_missing_is_reported_before_anything_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from captionkit.cli.frame import run

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("captionkit.auditing.reports.find_spec", lambda name: None)
    monkeypatch.setenv("CANVAS_API_URL", "https://nowhere.invalid")
    monkeypatch.setenv("CANVAS_API_TOKEN", "x")
    assert run(["audit", "--course", "1", "-o", "r.xlsx"]) == 2
    assert 'pip install "captionkit[office]"' in capsys.readouterr().err

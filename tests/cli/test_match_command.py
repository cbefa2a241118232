"""`captionkit match` on the stand-in Canvas: shown, corrected in a table, answered in a terminal, and then sent."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sandbox_course import SandboxCourse, open_course

from captionkit.errors import ExitCode

VTT = "WEBVTT\n\n00:01.000 --> 00:02.000\n{}\n"
TITLES = ("Lecture 1: Introduction", "Lecture 2: Cells", "Lecture 3: Photosynthesis", "Exam review", "Exam review ")


@pytest.fixture
def course(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[SandboxCourse]:
    pytest.importorskip("werkzeug", reason="needs captionkit[sandbox]")
    with open_course(tmp_path, monkeypatch, capsys, titles=TITLES) as found:
        yield found


@pytest.fixture
def delivery(course: SandboxCourse) -> SandboxCourse:
    """A vendor's folder."""
    course.write("Lecture 1_ Introduction.en.vtt", VTT.format("One"))
    course.write("AST_998877_BIO101-Lec02_cells.en.srt", "1\n00:00:01,000 --> 00:00:02,000\nTwo\n")
    course.write("AST_998877_BIO101-Lec02_cells.es.srt", "1\n00:00:01,000 --> 00:00:02,000\nDos\n")
    course.write("lec3.en.vtt", VTT.format("Three"))
    course.write("exam review.en.vtt", VTT.format("Exam"))
    course.write("zzz.en.vtt", VTT.format("What"))
    course.write("nolanguage.vtt", VTT.format("What"))
    return course


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))


def save(path: Path, rows: list[dict[str, str]], encoding: str = "utf-8-sig", delimiter: str = ",") -> None:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))


def media_of(course: SandboxCourse) -> dict[str, str]:
    import tomllib

    found: dict[str, str] = tomllib.loads((course.folder / "captionkit.toml").read_text(encoding="utf-8")).get(
        "media", {}
    )
    return found


def test_every_file_is_shown_with_how_sure_and_why(delivery: SandboxCourse) -> None:
    result = delivery.shell("match", delivery.folder)
    assert result.code == ExitCode.FINDINGS
    assert "7 caption files: 1 certain, 3 likely, 1 unsure, 1 unknown, 1 left alone" in result.out
    assert "AST_998877_BIO101-Lec02_cells.es.srt (es) -> Lecture 2: Cells" in result.out
    assert "both have lecture, 3" in result.out
    assert "2 recordings have this title" in result.out
    assert "the name says no language" in result.out
    rows = [json.loads(line) for line in delivery.shell("match", delivery.folder, "--json").out.splitlines()]
    assert {row["file"]: row["sure"] for row in rows}["lec3.en.vtt"] == "likely"


def test_nothing_is_sent_on_a_guess_and_the_plan_asks(delivery: SandboxCourse) -> None:
    result = delivery.shell("plan", delivery.folder)
    assert "Is it 'Lecture 3: Photosynthesis'" in result.out
    assert f'lec3 = "{delivery.media["Lecture 3: Photosynthesis"]}"' in result.out
    assert "`captionkit match` asks" in result.out
    delivery.push()
    assert list(delivery.tracks("Lecture 1: Introduction")) == ["en"]
    assert delivery.tracks("Lecture 2: Cells") == delivery.tracks("Lecture 3: Photosynthesis") == {}


@pytest.mark.parametrize(("encoding", "delimiter"), [("utf-8-sig", ","), ("cp1252", ";"), ("utf-16", "\t")])
def test_a_table_is_corrected_read_back_and_then_sent(
    delivery: SandboxCourse, tmp_path: Path, encoding: str, delimiter: str
) -> None:
    config = delivery.folder / "captionkit.toml"
    config.write_text(
        "# ours\n" + config.read_text(encoding="utf-8") + "\n[media]\n# the exceptions\n", newline="", encoding="utf-8"
    )
    names = tmp_path / "names.csv"
    assert delivery.shell("match", delivery.folder, "--out", names).code == ExitCode.FINDINGS
    rows = table(names)
    found = {row["file"]: row["recording"] for row in rows}
    assert found["lec3.en.vtt"] == "Lecture 3: Photosynthesis"
    assert found["exam review.en.vtt"] == found["zzz.en.vtt"] == ""
    for row in rows:
        if row["file"] == "exam review.en.vtt":
            row["recording"] = delivery.media["Exam review"]
    save(names, rows, encoding, delimiter)
    result = delivery.shell("match", delivery.folder, "--list", names)
    assert result.code == ExitCode.FINDINGS and "3 entries written below [media]" in result.out, result.all
    assert "Not decided: 1 file, among them zzz.en.vtt" in result.out
    assert config.read_text(encoding="utf-8").startswith(
        "# ours\n[canvas]"
    ) and "# the exceptions\n" in config.read_text(encoding="utf-8")
    assert media_of(delivery) == {
        "AST_998877_BIO101-Lec02_cells": delivery.media["Lecture 2: Cells"],
        "lec3": delivery.media["Lecture 3: Photosynthesis"],
        "exam review": delivery.media["Exam review"],
    }
    delivery.push()
    assert sorted(delivery.tracks("Lecture 2: Cells")) == ["en", "es"]
    assert list(delivery.tracks("Exam review")) == ["en"]
    assert "nothing to write" in delivery.shell("match", delivery.folder, "--from", names).out, (
        "as it was called before"
    )


def test_a_wrong_correction_changes_nothing_and_names_its_rows(delivery: SandboxCourse, tmp_path: Path) -> None:
    before = (delivery.folder / "captionkit.toml").read_bytes()
    names = tmp_path / "names.csv"
    save(names, [{"file": "lec3.en.vtt", "recording": "Lecture 33"}, {"file": "gone.vtt", "recording": "x"},
                 {"file": "zzz.en.vtt", "recording": "exam review"}])  # fmt: skip
    result = delivery.shell("match", delivery.folder, "--list", names)
    assert result.code == ExitCode.USAGE
    assert "row 2: there is no recording 'Lecture 33'" in result.err
    assert "row 3: there is no caption file 'gone.vtt'" in result.err
    assert "row 4: 2 recordings are called 'exam review'" in result.err
    assert (delivery.folder / "captionkit.toml").read_bytes() == before


@pytest.mark.parametrize("data", [b"", b"a,b\n1,2\n", b"PK\x03\x04nothing", b"\xff\xfe", b"\0\0\0"])
def test_what_is_no_such_table_is_refused(delivery: SandboxCourse, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "names.csv").write_bytes(data)
    result = delivery.shell("match", delivery.folder, "--list", tmp_path / "names.csv")
    assert result.code in (ExitCode.USAGE, ExitCode.LOCAL_FAILED) and "was not changed" in result.err
    assert media_of(delivery) == {}


def test_a_language_cannot_be_corrected_in_the_table_and_that_is_reported(
    delivery: SandboxCourse, tmp_path: Path
) -> None:
    names = tmp_path / "names.csv"
    save(names, [{"file": "nolanguage.vtt", "recording": "Lecture 2: Cells", "language": "en"}])
    result = delivery.shell("match", delivery.folder, "--list", names)
    assert "Rename the file to end in .en.vtt" in result.out
    assert media_of(delivery) == {}


def test_excel_files_go_out_and_come_back(delivery: SandboxCourse, tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    pytest.importorskip("xlsxwriter")
    delivery.write("=cmd.en.vtt", VTT.format("x"))
    names = tmp_path / "names.xlsx"
    delivery.shell("match", delivery.folder, "--out", names)
    book = openpyxl.load_workbook(names)
    sheet = book["Names"]
    assert [cell.value for cell in sheet[1]][:3] == ["file", "language", "recording"]
    assert sheet.freeze_panes == "B2" and sheet.auto_filter.ref
    assert "Lecture 2: Cells" in [cell.value for cell in book["Recordings"]["A"]]
    for row in sheet.iter_rows(min_row=2):
        assert row[0].data_type == "s"
        row[2].value = "Lecture 3: Photosynthesis" if row[0].value in ("zzz.en.vtt", "=cmd.en.vtt") else row[2].value
    book.save(names)
    assert delivery.shell("match", delivery.folder, "--list", names).code == ExitCode.FINDINGS
    assert media_of(delivery)["zzz"] == media_of(delivery)["=cmd"] == delivery.media["Lecture 3: Photosynthesis"]


def test_a_file_called_like_a_formula_comes_back_from_csv(course: SandboxCourse, tmp_path: Path) -> None:
    course.write("-lec3.en.vtt", VTT.format("x"))
    course.shell("match", course.folder, "--out", tmp_path / "n.csv")
    assert table(tmp_path / "n.csv")[0]["file"] == "'-lec3.en.vtt"
    assert course.shell("match", course.folder, "--list", tmp_path / "n.csv").code == 0
    assert media_of(course) == {"-lec3": course.media["Lecture 3: Photosynthesis"]}


def test_one_name_in_two_folders_is_distinguished(course: SandboxCourse, tmp_path: Path) -> None:
    course.write("week1/intro.en.vtt", VTT.format("One"))
    course.write("week2/intro.en.vtt", VTT.format("Two"))
    names = tmp_path / "n.csv"
    result = course.shell("match", course.folder, "--out", names)
    assert "2 same name" in result.out
    rows = table(names)
    rows[0]["recording"], rows[1]["recording"] = "Lecture 1: Introduction", "Lecture 2: Cells"
    save(names, rows)
    assert course.shell("match", course.folder, "--list", names).code == 0
    assert course.shell("match", course.folder).code == 0
    course.push()
    assert "One" in course.tracks("Lecture 1: Introduction")["en"]
    assert "Two" in course.tracks("Lecture 2: Cells")["en"]


def answers(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    """A terminal at which a person types these."""
    import click

    waiting = list(lines)

    def typed(*_: Any, **__: Any) -> str:
        if not waiting:
            raise click.Abort
        return waiting.pop(0)

    monkeypatch.setattr(click, "prompt", typed)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)


def test_in_a_terminal_each_name_is_one_question(delivery: SandboxCourse, monkeypatch: pytest.MonkeyPatch) -> None:
    # In the order of the files: AST..., exam review, lec3, zzz.
    answers(monkeypatch, "1", "2", "", "cells", "1")
    result = delivery.shell("match", delivery.folder)
    assert result.code == ExitCode.FINDINGS, result.all
    assert "1 of 4: AST_998877_BIO101-Lec02_cells.en.srt (English), AST_998877_BIO101-Lec02_cells.es.srt" in result.out
    assert media_of(delivery) == {
        "AST_998877_BIO101-Lec02_cells": delivery.media["Lecture 2: Cells"],
        "exam review": delivery.media["Exam review "],
        "zzz": delivery.media["Lecture 2: Cells"],
    }


def test_what_was_answered_before_ctrl_c_is_kept(delivery: SandboxCourse, monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, "1")
    delivery.shell("match", delivery.folder)
    assert list(media_of(delivery)) == ["AST_998877_BIO101-Lec02_cells"]


def test_an_answer_keeps_what_somebody_else_wrote_meanwhile(
    delivery: SandboxCourse, monkeypatch: pytest.MonkeyPatch
) -> None:
    import click

    config = delivery.folder / "captionkit.toml"

    def typed(*_: Any, **__: Any) -> str:
        config.write_text(config.read_text(encoding="utf-8") + "\n[languages]\nqq = false\n", encoding="utf-8")
        monkeypatch.setattr(click, "prompt", lambda *_, **__: "q")
        return "1"

    answers(monkeypatch)
    monkeypatch.setattr(click, "prompt", typed)
    delivery.shell("match", delivery.folder)
    assert "qq = false" in config.read_text(encoding="utf-8") and len(media_of(delivery)) == 1


def test_a_title_may_stand_under_media(delivery: SandboxCourse) -> None:
    config = delivery.folder / "captionkit.toml"
    config.write_text(
        config.read_text(encoding="utf-8") + '\n[media]\nzzz = "lecture 3: photosynthesis"\nlec3 = "Lecture 99"\n',
        encoding="utf-8",
    )
    result = delivery.push()
    assert list(delivery.tracks("Lecture 3: Photosynthesis")) == ["en"]
    assert "captionkit.toml says 'Lecture 99' under [media], which is not there" in result.out

"""Every command that looks at a folder lists the captions in other formats, and none converts or sends them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from deliveries import FILES, KINDS
from sandbox_course import SandboxCourse, open_course

from captionkit.cli.frame import run
from captionkit.errors import ExitCode
from captionkit.files import quoted
from captionkit.sync.plan import parse_plan

SRT = "1\n00:00:01,000 --> 00:00:02,500\nHello and welcome to all of you\n"


@pytest.fixture
def course(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[SandboxCourse]:
    with open_course(tmp_path, monkeypatch, capsys, titles=("Lecture 1", "Lecture 2")) as course:
        yield course


@pytest.fixture
def waiting(course: SandboxCourse) -> SandboxCourse:
    """A folder with a caption file that is sent, two that have to be converted, and two that are no captions."""
    course.write("Lecture 1.en.srt", SRT)
    course.write("Lecture 1.fr.dfxp", FILES[".dfxp"])
    course.write("Lecture 2.en.ass", FILES[".ass"])
    course.write("package.json", '{"text": 1}')
    course.write("notes.txt", "Hello class.\n")
    return course


def lines(folder: Path) -> list[str]:
    how = f"captionkit convert {quoted(folder)} --from other"
    return [
        f"2 caption files in other formats than SRT and WebVTT, not converted. Convert them: {how}",
        f"  Lecture 1.fr.dfxp: {KINDS['.dfxp']}, about 2 captions",
        f"  Lecture 2.en.ass: {KINDS['.ass']}, about 2 captions",
    ]  # fmt: skip


@pytest.mark.parametrize("command", [["plan"], ["status"], ["push", "--yes"], ["match", "--no-ask"]])
def test_the_sync_commands_list_them(waiting: SandboxCourse, command: list[str]) -> None:
    result = waiting.shell(*command, waiting.folder)
    assert "\n".join(lines(waiting.folder)) in result.out
    assert not list(waiting.folder.glob("*.vtt"))


def test_a_push_sends_the_rest_and_ends_with_1_while_some_wait(waiting: SandboxCourse) -> None:
    assert waiting.push().code == ExitCode.FINDINGS
    assert list(waiting.tracks("Lecture 1")) == ["en"]
    assert waiting.shell("plan", waiting.folder, "--check").code == ExitCode.FINDINGS
    again = waiting.push()
    assert again.code == ExitCode.FINDINGS
    assert "Nothing was sent: 2 caption files in other formats." in again.out
    assert waiting.shell("convert", waiting.folder, "--from", "other").code == 0
    assert waiting.push().code == ExitCode.OK
    assert sorted(waiting.tracks("Lecture 1")) == ["en", "fr"]
    assert "Bye" in waiting.tracks("Lecture 2")["en"]
    assert "in other formats" not in waiting.shell("status", waiting.folder).out


def test_machines_are_given_them_too(waiting: SandboxCourse) -> None:
    events = [json.loads(line) for line in waiting.shell("plan", waiting.folder, "--json").out.splitlines()]
    plan = events[-1]
    assert plan["unconverted"] == {
        "Lecture 1.fr.dfxp": f"{KINDS['.dfxp']}, about 2 captions",
        "Lecture 2.en.ass": f"{KINDS['.ass']}, about 2 captions",
    }
    assert plan["convert"] == f"captionkit convert {quoted(waiting.folder)} --from other"
    rows = [json.loads(line) for line in waiting.shell("match", waiting.folder, "--json").out.splitlines()]
    (ass,) = [row for row in rows if row["file"] == "Lecture 2.en.ass"]
    assert ass == {
        "file": "Lecture 2.en.ass", "name": "Lecture 2", "language": "en", "format": "ass", "captions": 2,
        "convert": f"captionkit convert {quoted(waiting.folder / 'Lecture 2.en.ass')}",
    }  # fmt: skip


def test_a_plan_in_a_file_keeps_them(waiting: SandboxCourse, tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    waiting.shell("plan", waiting.folder, "--out", file)
    plan = parse_plan(file.read_bytes(), str(file))
    assert list(plan.unconverted) == ["Lecture 1.fr.dfxp", "Lecture 2.en.ass"]


def test_where_nothing_else_is_there_the_command_is_the_way_on(course: SandboxCourse) -> None:
    course.write("Lecture 1.fr.dfxp", FILES[".dfxp"])
    for command in ("plan", "push", "match"):
        result = course.shell(command, course.folder)
        assert result.code == ExitCode.GUARD_REFUSED
        assert "Lecture 1.fr.dfxp: a TTML file" in result.all
        assert f"captionkit convert {quoted(course.folder)} --from other" in result.all


def test_init_and_doctor_list_them(waiting: SandboxCourse) -> None:
    (waiting.folder / "captionkit.toml").unlink()
    result = waiting.shell("init", waiting.folder, "--url", waiting.sandbox.url, "--course", waiting.id)
    assert "\n".join(lines(waiting.folder)) in result.out
    doctor = waiting.shell("doctor", waiting.folder).all
    assert "Lecture 1.fr.dfxp, Lecture 2.en.ass" in doctor
    assert f"captionkit convert {quoted(waiting.folder)} --from other" in doctor


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    folder = Path("my captions")
    for name, text in {
        "Lecture 1.en.srt": SRT, "Lecture 1.fr.dfxp": FILES[".dfxp"], "deep/Lecture 2.en.ass": FILES[".ass"],
        "Lecture 3.smi": FILES[".smi"], "package.json": "{}",
    }.items():  # fmt: skip
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_check_lists_them_on_standard_error_and_checks_the_rest(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["check", str(folder), "--output-format", "json"]) == 0
    out, err = capsys.readouterr()
    assert isinstance(json.loads(out), dict | list)
    assert err.splitlines()[0].endswith(f"Convert them: captionkit convert {quoted(folder)} --from other")
    assert [line.strip() for line in err.splitlines()[1:]] == [
        f"{folder / 'Lecture 1.fr.dfxp'}: {KINDS['.dfxp']}, about 2 captions",
        f"{folder / 'Lecture 3.smi'}: {KINDS['.smi']}, about 2 captions",
        f"{folder / 'deep' / 'Lecture 2.en.ass'}: {KINDS['.ass']}, about 2 captions",
    ]
    assert run(["check", str(folder), "-q"]) == 0
    assert capsys.readouterr().err == ""


def test_check_says_of_one_that_is_named_how_it_is_converted(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = folder / "Lecture 1.fr.dfxp"
    assert run(["check", str(file)]) == 1
    out = capsys.readouterr().out
    assert "This is a TTML file" in out
    assert f"captionkit convert {quoted(file)}" in out
    assert run(["transcript", str(file)]) == 1
    assert f"captionkit convert {quoted(file)}" in capsys.readouterr().err


def audited(folder: Path, *options: str) -> dict[str, Any]:
    report = Path("report.json")
    assert run(["audit", str(folder), "-o", str(report), *options]) == 0
    found = json.loads(report.read_bytes())
    assert isinstance(found, dict)
    return found


def test_an_audit_counts_them_as_not_converted(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = audited(folder, "--require", "en,fr")
    rows = {row["title"]: row for row in found["recordings"]}
    statuses = {title: [one["status"] for one in row["languages"]] for title, row in rows.items()}
    assert statuses == {
        "Lecture 1": ["captioned", "not converted"],
        "Lecture 2": ["not converted", "missing"],
        "Lecture 3": ["missing", "missing"],  # its name does not say in which language
    }
    assert rows["Lecture 1"]["missing"] == []
    french = rows["Lecture 1"]["languages"][1]
    assert french["reason"] == f"captions exist: {KINDS['.dfxp']}, about 2 captions"
    how = f"captionkit convert {quoted(folder / 'Lecture 1.fr.dfxp')}"
    assert french["what_to_do"] == f"Convert the French captions, which exist as Lecture 1.fr.dfxp: {how}"
    assert rows["Lecture 3"]["languages"][0]["reason"] == "Lecture 3.smi says no language"
    english = found["totals"]["whole"]["languages"][0]
    assert (english["captioned"], english["not_converted"], english["missing"]) == (1, 1, 1)
    files = "3 files in other formats, such as Lecture 1.fr.dfxp (a TTML file)"
    how = f"captionkit convert {quoted(folder)} --from other"
    assert found["not_counted"] == [f"captions exist, not converted: {files} (to convert them: {how})."]
    assert "1 not converted" in capsys.readouterr().out


def test_an_audit_says_what_is_no_captions_though_it_is_called_so(folder: Path) -> None:
    (folder / "Lecture 9.en.ttml").write_text('<!DOCTYPE html><form><input type="password"></form>', encoding="utf-8")
    waiting, wrong = audited(folder)["not_counted"]
    assert waiting.startswith("captions exist, not converted: 3 files")
    assert wrong.startswith("no captions, whatever its name says: Lecture 9.en.ttml: a web page (HTML)")


def test_where_any_language_does_a_name_without_one_will_do(folder: Path) -> None:
    found = audited(folder)
    assert {row["title"]: row["status"] for row in found["recordings"]} == {
        "Lecture 1": "captioned", "Lecture 2": "not converted", "Lecture 3": "not converted",
    }  # fmt: skip


def test_an_audit_can_be_compared_with_a_later_one(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    audited(folder, "--require", "fr")
    Path("report.json").rename("before.json")
    assert run(["convert", str(folder), "--from", "ttml"]) == 0
    capsys.readouterr()
    assert run(["audit", str(folder), "--require", "fr", "--since", "before.json"]) == 0
    out = capsys.readouterr().out
    assert "fr added" in out and "1 of 3 recordings have captions in French" in out


@pytest.mark.parametrize("name", ["r.html", "r.csv", "r.md"])
def test_each_report_says_it(folder: Path, name: str) -> None:
    assert run(["audit", str(folder), "--require", "en,fr", "-o", name]) == 0
    text = Path(name).read_text(encoding="utf-8-sig")
    assert "not converted" in text and "Lecture 1.fr.dfxp" in text and "captionkit convert" in text


def test_the_workbook_says_it(folder: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl", reason="needs captionkit[office]")
    pytest.importorskip("xlsxwriter", reason="needs captionkit[office]")
    assert run(["audit", str(folder), "--require", "en,fr", "-o", "r.xlsx"]) == 0
    book = openpyxl.load_workbook("r.xlsx")
    cells = [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell]
    assert any("not converted" in cell for cell in cells)
    assert any("captionkit convert" in cell and "Lecture 2.en.ass" in cell for cell in cells)

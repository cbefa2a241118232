"""`captionkit ... > file`: what is written is what was meant, whatever the code page."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from captionkit.errors import ExitCode

if TYPE_CHECKING:
    from windows.conftest import Run

WORDS = "你好 – čau"
SRT = f"1\n00:00:01,000 --> 00:00:03,000\n<b>{WORDS}\n\n2\n00:00:02,000 --> 00:00:05,000\nAna: {WORDS}\n"


@pytest.fixture(autouse=True)
def captions(tmp_path: Path) -> None:
    (tmp_path / "第一课.en.srt").write_bytes(SRT.encode())
    (tmp_path / "b.en.srt").write_bytes(SRT.replace("你", "再").encode())
    (tmp_path / "crlf.en.srt").write_bytes(SRT.replace("\n", "\r\n").encode())


@pytest.mark.parametrize(
    "command",
    [
        "transcript 第一课.en.srt", "transcript 第一课.en.srt --to html", "transcript 第一课.en.srt --to markdown",
        "convert 第一课.en.srt -o -", "shift 第一课.en.srt --by 1s", "shift 第一课.en.srt --by 1s -o -",
        "retime 第一课.en.srt --ratio 2", "merge 第一课.en.srt b.en.srt", "diff 第一课.en.srt b.en.srt",
        "diff 第一课.en.srt b.en.srt --json", "fix --diff 第一课.en.srt", "preview 第一课.en.srt -o -",
        *[f"check 第一课.en.srt --select ALL --output-format {form}" for form in (
            "full", "concise", "grouped", "json", "jsonl", "sarif", "github", "gitlab", "junit", "csv", "html",
            "markdown")],
        "check 第一课.en.srt --select ALL --output-format csv -o -",
        *[f"audit . --require de --output-format {form}" for form in ("csv", "html", "markdown")],
        "audit . --require de -o -",
    ],
)  # fmt: skip
def test_what_goes_to_a_file_is_utf8_and_whole(ck: Run, tmp_path: Path, command: str) -> None:
    before = set(tmp_path.iterdir())
    done = ck(*command.split())
    assert done.code in (ExitCode.OK, ExitCode.FINDINGS), done.err
    text = done.out.decode("utf-8")
    assert "你好" in text or "第一课" in text or "再" in text or "%E7%AC%AC" in text
    assert "\\u4f60" not in text and "\\u7b2c" not in text and "�" not in text
    assert set(tmp_path.iterdir()) == before, "a file was written instead"


@pytest.mark.parametrize("form", ["json", "sarif", "gitlab"])
def test_json_is_json(ck: Run, form: str) -> None:
    json.loads(ck("check", "第一课.en.srt", "--select", "ALL", "--output-format", form).out.decode("utf-8"))


def test_json_lines_are_a_value_each(ck: Run) -> None:
    out = ck("check", "第一课.en.srt", "--select", "ALL", "--output-format", "jsonl").out
    assert all(json.loads(line) for line in out.splitlines()) and b"\r" not in out


def test_csv_has_its_mark_once_and_its_line_ends_as_written(ck: Run) -> None:
    for command in (["check", "第一课.en.srt", "--select", "ALL", "--output-format", "csv"],
                    ["audit", ".", "--output-format", "csv"]):  # fmt: skip
        data = ck(*command).out
        assert data.startswith(b"\xef\xbb\xbf") and data.count(b"\xef\xbb\xbf") == 1
        assert b"\r\r\n" not in data
        assert len(list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))) > 1


@pytest.mark.parametrize("name", ["第一课.en.srt", "crlf.en.srt"])
def test_captions_keep_their_line_ends_on_the_way_out(ck: Run, tmp_path: Path, name: str) -> None:
    assert ck("shift", name, "--by", "0s", "-o", "-").out == (tmp_path / name).read_bytes()
    assert ck("shift", "-", "--by", "0s", stdin=(tmp_path / name).read_bytes()).out == (tmp_path / name).read_bytes()


def test_a_process_writes_what_was_meant(process: Run) -> None:
    done = process("transcript", "第一课.en.srt")
    assert (done.code, done.out) == (0, f"第一课\n\n{WORDS} Ana: {WORDS}\n".encode()), done.err
    json.loads(process("check", "第一课.en.srt", "--output-format", "json").out.decode("utf-8"))


def test_errors_and_help_are_utf8_as_well(ck: Run) -> None:
    assert "第二课.srt" in ck("shift", "第二课.srt", "--by", "1s").err
    assert ck("check", "--help").out.decode("utf-8")


@pytest.mark.parametrize("page", ["cp437", "cp850"])
@pytest.mark.parametrize("text", ["Übung für naïve – it’s “fine”…", "it’s so", "Das ist für Sie", "¿Qué?"])
@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_what_windows_powershell_makes_of_a_redirected_file_is_found_and_mended(
    ck: Run, tmp_path: Path, page: str, text: str, encoding: str
) -> None:
    """It reads what a program writes in the code page of the console, and writes it as UTF-16 with CR and LF."""
    file, cue = tmp_path / "redirected.srt", "1\r\n00:00:01,000 --> 00:00:03,000\r\n{}\r\n"
    file.write_bytes(cue.format(text.encode().decode(page)).encode(encoding))
    found = ck("check", file, "--select", "ENC", "--output-format", "concise").out.decode()
    assert "ENC006" in found and ("ENC001" in found) == (encoding == "utf-16")
    assert ck("fix", "--unsafe-fixes", "--select", "ENC", file).code == ExitCode.OK
    assert file.read_bytes().decode("utf-8").replace("\r", "") == cue.format(text).replace("\r", "")


def test_frames_of_a_tree_are_no_mangled_letters(ck: Run, tmp_path: Path) -> None:
    for number, text in enumerate(["├── src\n└── tests", "┌─┬─┐\n├─┼─┤\n└─┴─┘", "ΓΑΛΑ, Γεια", "Ô ça, GARÇON"]):
        (tmp_path / f"{number}.srt").write_bytes(f"1\n00:00:01,000 --> 00:00:03,000\n{text}\n".encode())
    assert b"ENC006" not in ck("check", ".", "--select", "ENC006", "--output-format", "concise").out

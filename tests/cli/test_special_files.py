"""Pipes and devices in a folder of captions do not hang a command."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from captionkit.cli.frame import run

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="named pipes as POSIX has them")
SRT = "1\n00:00:01,000 --> 00:00:02,000\nHello.\n"


def test_a_pipe_in_a_folder_is_passed_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    os.mkfifo(folder / "pipe.srt")
    (folder / "real.srt").write_text(SRT)
    assert run(["check", str(folder)]) == 0
    assert run(["convert", str(folder), "-o", str(tmp_path / "out"), "--to", "vtt"]) == 0
    assert [file.name for file in (tmp_path / "out").iterdir()] == ["real.vtt"]


def test_a_closed_standard_input_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", None)
    assert run(["convert", "-", "--to", "vtt"]) == 2
    assert "no standard input" in capsys.readouterr().err


def test_one_long_line_with_thousands_of_findings_prints_little(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "long.vtt"
    file.write_text("WEBVTT\n\n00:01.000 --> 00:02.000\n" + "<i>&x " * 3000 + "\n")
    run(["check", str(file)])
    out = capsys.readouterr().out
    findings = out.count("\n  --> ")
    assert findings > 50
    assert len(out) < findings * 1200

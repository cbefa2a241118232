"""Settings that a stranger wrote are one error for every command that reads them."""

from __future__ import annotations

from pathlib import Path

import pytest

from captionkit.cli.frame import run
from captionkit.errors import ExitCode

ODD = {
    "nested": "[check]\nx = " + "[" * 100_000,
    "digits": "[canvas]\nurl = 'https://canvas.example'\ncourse = " + "9" * 5000,
    "NUL": "[canvas]\nurl = 'a\0'",
    "surrogate": '[canvas]\nurl = "\\ud800"',
    "tables that are none": "check = 5\ncanvas = 5\ntranscript = 5\n",
}


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize(
    "words", ["check a.en.srt", "fix a.en.srt", "transcript a.en.srt", "plan .", "push . --yes", "audit .", "doctor ."]
)
def test_no_settings_make_a_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], odd: str, words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for variable in ("CANVAS_API_URL", "CANVAS_API_TOKEN", "CANVAS_API_TOKEN_FILE"):
        monkeypatch.delenv(variable, raising=False)
    Path("a.en.srt").write_text("1\n00:00:01,000 --> 00:00:02,000\nHello\n", encoding="utf-8")
    Path("captionkit.toml").write_text(ODD[odd], encoding="utf-8")
    assert run(words.split()) == ExitCode.USAGE
    result = capsys.readouterr()
    assert "captionkit.toml" in result.out + result.err
    assert len(result.out + result.err) < 5000


@pytest.mark.parametrize("text", ["tool = 5 # captionkit", "[tool]\ncaptionkit = 5", "tool.captionkit.check = 5"])
def test_no_pyproject_makes_a_traceback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.en.srt").write_text("1\n00:00:01,000 --> 00:00:02,000\nHello\n", encoding="utf-8")
    Path("pyproject.toml").write_text(text, encoding="utf-8")
    assert run(["check", "a.en.srt"]) == ExitCode.USAGE

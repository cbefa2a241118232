"""The name of an output file says what is written to it, in every command in the same words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from captionkit.cli.frame import run

SRT = "1\n00:00:01,000 --> 00:00:03,000\nHello there, everybody.\n"


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.en.srt").write_text(SRT, encoding="utf-8")
    Path("b.en.srt").write_text(SRT, encoding="utf-8")


@pytest.mark.parametrize(
    "command",
    [
        "audit . -o {}", "check a.en.srt -o {}", "check . --statistics -o {}", "convert a.en.srt -o {}",
        "convert a.en.srt --to vtt -o {}", "shift a.en.srt --by 1s -o {}",
        "retime a.en.srt --from-fps 24 --to-fps 25 -o {}",
        "merge a.en.srt b.en.srt -o {}", "split a.en.srt --at 2s -o {{n}}{}", "transcript a.en.srt -o {}",
        "preview a.en.srt -o {}", "align a.en.srt a.en.srt -o {}", "match . -o {}", "plan . -o {}", "restore . -o {}",
        "tracks show m-1 en -o {}", "studio download 1 -o {}",
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["x.pptx", "report.EXE"])
def test_a_name_whose_extension_nothing_writes_is_refused(
    command: str, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(command.format(name).split()) == 2
    printed = capsys.readouterr().err
    extension = Path(name).suffix.lower()
    assert f"captionkit cannot write {extension} files here" in printed, printed
    assert "Nothing was written." in printed and "Give the file a name that ends in ." in printed
    assert sorted(path.name for path in Path().iterdir()) == ["a.en.srt", "b.en.srt"]


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("r.html", b"<!DOCTYPE html>"),
        ("r.csv", b"\xef\xbb\xbffile"),
        ("r.json", b"{"),
        ("r.sarif", b"{"),
        ("r.xml", b"<?xml"),
        ("r.md", b"#"),
    ],
)
def test_check_writes_what_the_name_says(name: str, begins: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "a.en.srt", "-o", name]) == 0
    assert f"Written: {name}" in capsys.readouterr().err
    assert Path(name).read_bytes().startswith(begins)


@pytest.mark.parametrize(
    "command", ["check a.en.srt --output-format csv -o x.html", "audit . --output-format csv -o x.xlsx"]
)
def test_a_format_does_not_go_into_a_file_of_another(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*command.split(), "--output-format", "csv"]) == 2
    assert "csv does not go into a file of this name" in capsys.readouterr().err
    assert not list(Path().glob("x.*"))


def test_a_format_that_was_named_may_go_into_a_file_without_extension() -> None:
    assert run(["check", "a.en.srt", "--output-format", "json", "-o", "report"]) == 0
    json.loads(Path("report").read_text(encoding="utf-8"))

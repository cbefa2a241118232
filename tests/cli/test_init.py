"""`captionkit init`, as a person meets it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from captionkit import config
from captionkit.cli.frame import run
from captionkit.files import quoted
from captionkit.library.creating import canvas_toml

URL = "https://canvas.example.edu"


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CANVAS_API_URL", raising=False)


def test_a_config_is_written_and_the_folder_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a.en.srt", "b.en.vtt", "a.zh-CN.srt", "c.hi.srt", "d.sbv", "e.jp.srt"):
        text = "0:00:01.000,0:00:02.000\nHi\n" if name == "d.sbv" else "x"
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert run(["init", str(tmp_path), "--url", URL, "--course", "101"]) == 0
    out = capsys.readouterr().out
    assert "Wrote" in out
    assert "course 101 on https://canvas.example.edu" in out
    assert re.search(r"Found 4 caption files for 3 names", out)
    assert re.search(r"English +en  2\n", out)
    assert re.search(r"1 thing to settle; .*:\n  LNG004 c.hi.srt", out)
    assert re.search(r"Please check:\n  LNG003 e.jp.srt", out)
    assert "d.sbv: an SBV file, about 1 caption\n" in out
    assert f"Convert it: captionkit convert {quoted(tmp_path / 'd.sbv')}\n" in out
    assert out.endswith(f"captionkit plan {tmp_path}\n")
    assert config.for_folder(tmp_path).scope == "courses/101"
    assert {f.name for f in tmp_path.iterdir()} == {
        "a.en.srt",
        "b.en.vtt",
        "a.zh-CN.srt",
        "c.hi.srt",
        "d.sbv",
        "e.jp.srt",
        "captionkit.toml",
        ".gitattributes",
    }


def test_an_empty_folder_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", str(tmp_path), "--url", URL, "--user", "self"]) == 0
    out = capsys.readouterr().out
    assert "Found no .srt or .vtt files yet." in out
    assert "your own media" in out


def test_a_file_that_is_there_is_replaced_only_by_force(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "captionkit.toml"
    file.write_text("# mine\n", encoding="utf-8")
    assert run(["init", str(tmp_path), "--url", URL, "--course", "1"]) == 2
    assert file.read_text(encoding="utf-8") == "# mine\n"
    assert "Nothing was written." in capsys.readouterr().err
    assert run(["init", str(tmp_path), "--url", URL, "--course", "1", "--force"]) == 0
    assert config.load(file).scope == "courses/1"


@pytest.mark.parametrize(
    ("options", "scope"),
    [
        (["--url", f"{URL}/courses/12/pages"], "courses/12"),
        (["--url", f"{URL}/courses/12", "--course", "12"], "courses/12"),
        (["--url", URL, "--group", "7"], "groups/7"),
        (["--url", URL, "--course", f"{URL}/courses/5"], "courses/5"),
        (["--url", URL, "--course", "007"], "courses/007"),
    ],
)
def test_the_course_is_understood_in_every_form(tmp_path: Path, options: list[str], scope: str) -> None:
    assert run(["init", str(tmp_path), *options]) == 0
    read = config.for_folder(tmp_path)
    assert (read.url, read.scope) == (URL, scope)


@pytest.mark.parametrize(
    ("options", "code", "says"),
    [
        ([], 2, "address of Canvas is missing"),
        (["--url", URL], 2, "--course ID"),
        (["--url", URL, "--course", "1", "--group", "2"], 2, "courses/1 and groups/2"),
        (["--url", f"{URL}/courses/3", "--course", "4"], 2, "courses/3"),
        (["--url", URL, "--course", "history"], 2, "'history'"),
        (["--url", URL, "--course", "sis_course_id:HIST-101"], 2, "SIS ids"),
        (["--url", URL, "--user", "bob"], 2, "self"),
        (["--url", "http://canvas.example.edu", "--course", "1"], 2, "not encrypted"),
        (["--url", "https://me:hunter2@x.org", "--course", "1"], 2, "password"),
    ],
)
def test_what_is_wrong_is_reported_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], code: int, says: str
) -> None:
    assert run(["init", str(tmp_path), *options]) == code
    err = capsys.readouterr().err
    assert says in err
    assert "hunter2" not in err
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", str(tmp_path / "new"), "--url", URL, "--course", "1"]) == 0
    assert "Made the folder" in capsys.readouterr().out
    assert (tmp_path / "new" / "captionkit.toml").is_file()


def test_a_folder_within_one_that_is_not_there_is_a_mistake(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", str(tmp_path / "gone" / "new"), "--url", URL, "--course", "1"]) == 8
    assert "not there" in capsys.readouterr().err
    assert not (tmp_path / "gone").exists()


def test_the_address_can_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANVAS_API_URL", URL)
    assert run(["init", str(tmp_path), "--course", "1"]) == 0
    assert config.for_folder(tmp_path).url == URL


def test_every_line_that_is_switched_off_is_right_when_switched_on() -> None:
    text = canvas_toml(URL, "courses/1")
    on = re.sub(r'^# (?=(?:"[^"]+"|\w+) = )', "", text, flags=re.MULTILINE)
    assert on.count("\n# ") < text.count("\n# ") - 10
    read = config.parse(on)
    defaults = config.parse(text)
    assert (read.path, read.on_conflict, read.delete) == (defaults.path, defaults.on_conflict, defaults.delete)
    assert read.max_delete == defaults.max_delete
    assert read.protect == ("en",)
    assert dict(read.languages) == {"se": "sv", "CS": None}


def test_the_next_step_can_be_pasted_even_with_spaces(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "my captions"
    folder.mkdir()
    assert run(["init", str(folder), "--url", URL, "--course", "1"]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.endswith(("captions'", 'captions"'))

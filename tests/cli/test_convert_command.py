from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest

from captionkit import crosscheck
from captionkit.cli.frame import run

SRT = "1\n00:00:01,000 --> 00:00:02,000\n{\\an8}<I>Hi</I> & you\n\n"
VTT = "WEBVTT\n\n1\n00:00:01.000 --> 00:00:02.000 line:0\n<v Bob>Hi</v>\n\n"
HI = "WEBVTT\n\n1\n00:00:01.000 --> 00:00:02.000\nHi\n\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(path: str, text: str | bytes) -> Path:
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return file


def convert(*arguments: str) -> int:
    return run(["convert", *arguments])


def test_a_file_is_converted_next_to_itself(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write("a.en.srt", SRT)
    assert convert("a.en.srt", "--no-notes") == 0
    assert Path("a.en.vtt").read_text(encoding="utf-8") == (
        "WEBVTT\n\n1\n00:00:01.000 --> 00:00:02.000 line:0\n<i>Hi</i> &amp; you\n\n"
    )
    assert capsys.readouterr().out == "a.en.srt -> a.en.vtt  1 cue\n"


def test_the_way_back_gives_the_same_file(folder: Path) -> None:
    write("a.srt", SRT)
    assert convert("a.srt") == 0
    assert convert("a.vtt", "-o", "b.srt") == 0
    assert Path("b.srt").read_text(encoding="utf-8") == SRT


def test_losses_are_counted_on_standard_error(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write("a.vtt", VTT)
    assert convert("a.vtt", "-v") == 0
    assert (
        capsys.readouterr().err
        == "a.vtt: 1 voice not kept; --speakers labels keeps who speaks\n  line 4: voice: <v Bob> has no SRT form\n"
    )


def test_strict_writes_nothing_that_loses_something(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write("a.vtt", VTT)
    assert convert("a.vtt", "--strict") == 1
    assert not Path("a.srt").exists()
    assert "1 voice not kept" in capsys.readouterr().err


def test_what_is_there_is_not_overwritten_without_force(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write("a.srt", SRT)
    write("a.vtt", "mine")
    assert convert("a.srt") == 2
    assert Path("a.vtt").read_text(encoding="utf-8") == "mine"
    assert "--force" in capsys.readouterr().err
    assert convert("a.srt", "--force") == 0
    assert Path("a.vtt").read_text(encoding="utf-8").startswith("WEBVTT")


def test_a_folder_keeps_its_tree_and_one_bad_file_stops_only_itself(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write("in/a.srt", SRT)
    write("in/en/b.SRT", SRT)
    write("in/bad.srt", bytes(range(256)) * 9)
    write("in/.hidden/c.srt", SRT)
    write("in/readme.txt", "not captions")
    assert convert("in", "-o", "out") == 1
    assert sorted(path.relative_to("out").as_posix() for path in Path("out").rglob("*.*")) == ["a.vtt", "en/b.vtt"]
    printed = capsys.readouterr()
    assert printed.out == "2 files converted, 2 cues; 1 not converted.\n"
    assert str(Path("in/bad.srt")) in printed.err
    assert "Nothing was written." in printed.err


def test_a_folder_of_both_formats_asks_which_is_wanted(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write("in/a.srt", SRT)
    write("in/b.vtt", VTT)
    assert convert("in") == 2
    assert "--to" in capsys.readouterr().err
    assert convert("in", "--to", "vtt") == 0
    assert Path("in/a.vtt").exists()
    assert Path("in/b.vtt").read_text(encoding="utf-8") == VTT


def test_standard_input_goes_to_standard_output(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(SRT.encode()), encoding="utf-8"))
    assert convert("-", "--no-notes") == 0
    printed = capsysbinary.readouterr()
    assert printed.out.startswith(b"WEBVTT\n\n1\n00:00:01.000 --> 00:00:02.000 line:0\n")
    assert printed.err == b""


def test_the_name_of_the_output_says_the_format(folder: Path) -> None:
    write("a.srt", b"\xef\xbb\xbf" + SRT.replace("\n", "\r\n").encode())
    assert convert("a.srt", "-o", "b.srt") == 0
    assert Path("b.srt").read_bytes() == SRT.encode()


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["nope.srt"], 2, "there is no such file"),
        (["a.srt", "-"], 2, "standard input"),
        (["a.srt", "b.srt", "-o", "-"], 2, "one file"),
        (["a.srt", "b.srt", "-o", "a.srt"], 2, "several files"),
        (["empty"], 2, "no caption file"),
        (["html.srt"], 1, "HTML"),
        (["json.srt"], 1, "JSON"),
        (["nothing.srt"], 1, "empty"),
        (["named.srt"], 2, "whatever its name"),
        (["a.srt", "-o", "a.srt"], 2, "written over it"),
        (["a.srt", "--to", "ass"], 2, "ass"),
    ],
)
def test_what_cannot_be_done_is_reported_and_nothing_is_written(
    arguments: list[str], code: int, message: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write("a.srt", SRT)
    write("b.srt", SRT)
    write("html.srt", "<!doctype html><title>Log in</title>")
    write("json.srt", '{"error": "no"}')
    write("nothing.srt", "")
    write("named.srt", HI)
    Path("empty").mkdir()
    before = {path: path.read_bytes() for path in folder.rglob("*.*")}
    assert convert(*arguments) == code
    assert message in capsys.readouterr().err
    assert {path: path.read_bytes() for path in folder.rglob("*.*")} == before


def test_two_inputs_never_land_in_one_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write("x/a.srt", SRT)
    write("y/a.srt", SRT.replace("Hi", "Ho"))
    write("b.srt", SRT)
    assert convert("x/a.srt", "y/a.srt", "b.srt", "-o", "out", "--force") == 2
    error = capsys.readouterr().err
    assert "y/a.srt would be written to the same file" in error
    assert "x/a.srt would be written to the same file" in error
    assert [file.name for file in Path("out").iterdir()] == ["b.vtt"]


def test_with_crosscheck_nothing_is_written_that_the_second_reader_reads_otherwise(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write("a.srt", SRT)
    assert convert("a.srt", "--crosscheck") == 0
    Path("a.vtt").unlink()
    monkeypatch.setitem(crosscheck._READERS, "webvtt-py", lambda text, format: [(1000, 2000, "Hi & me")])
    assert convert("a.srt", "--crosscheck") == 1
    assert not Path("a.vtt").exists()
    assert "webvtt-py does not read the same words, cue 1 at 00:00:01.000" in capsys.readouterr().err


def test_a_guessed_encoding_is_reported(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\nÜber die Größe der Straßen und Häuser in München\n\n" * 5
    write("a.srt", text.encode("cp1252"))
    assert convert("a.srt") == 0
    assert "Größe" in Path("a.vtt").read_text(encoding="utf-8")
    assert "a.srt: " in capsys.readouterr().err


def test_nothing_heavy_is_imported() -> None:
    heavy = ["requests", "webvtt", "pysrt", "charset_normalizer", "langcodes", "json", "sqlite3", "filelock"]
    program = (
        "import sys, io; from captionkit.cli.frame import run\n"
        f"sys.stdin = io.TextIOWrapper(io.BytesIO({HI.replace('Hi', '<i>Hi</i> & x').encode()!r}))\n"
        "run(['convert', '-'])\n"
        f"print([name for name in {heavy} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=True)
    assert done.stderr.strip().endswith("[]")


def test_many_files_in_processes_say_and_write_what_one_process_does(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(320):
        write(f"in/{number:03d}.srt", SRT if number % 5 else SRT.replace("Hi", f"Hi {number}"))
    write("in/010.srt", "no captions")
    write("in/020.srt", VTT)
    write("in/030.txt", SRT)
    write("in/040.webvtt", VTT)
    said = {}
    for workers in ("1", "2"):
        code = convert("in", "-o", f"out{workers}", "--to", "vtt", "-v", "-j", workers)
        printed = capsys.readouterr()
        said[workers] = [code, *(part.replace(f"out{workers}", "out") for part in printed)]
    assert said["1"] == said["2"]
    assert "319 files converted" in str(said["1"][1]) and "010.srt" in str(said["1"][2])
    written = [{file.name: file.read_bytes() for file in Path(out).iterdir()} for out in ("out1", "out2")]
    assert written[0] == written[1] and len(written[0]) == 319

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from captionkit.cli.frame import run

SRT = "1\n00:00:01,000 --> 00:00:02,000\n<i>one</i>\n\n2\n00:00:03,000 --> 00:00:04,000\ntwo\n\n"
VTT = (
    "WEBVTT - Lecture\n\nNOTE hello\n\nintro\n00:01.000 --> 00:02.000 line:0\n"
    "<v Bob>one\n\n00:03.000 --> 00:04.000\ntwo\n"
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("a.en.srt").write_text(SRT, encoding="utf-8", newline="")
    Path("a.vtt").write_text(VTT, encoding="utf-8", newline="")
    Path("empty.srt").write_text("", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("command", [["shift", "--by", "1s"], ["retime", "--ratio", "2"], ["merge"]])
def test_without_an_output_the_result_goes_to_standard_output(
    command: list[str], capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert run([command[0], "a.en.srt", *command[1:]]) == 0
    assert capsysbinary.readouterr().out.endswith(b"two\n\n")
    assert Path("a.en.srt").read_text(encoding="utf-8") == SRT


def test_standard_input_is_shifted(monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(SRT.encode()), encoding="utf-8"))
    assert run(["shift", "-", "--by", "-500ms"]) == 0
    assert b"00:00:00,500 --> 00:00:01,500\n<i>one</i>" in capsysbinary.readouterr().out


def test_a_file_is_shifted_in_place_and_keeps_what_is_not_time() -> None:
    assert run(["shift", "a.vtt", "--by", "1s", "--from", "2s", "--in-place"]) == 0
    assert (
        Path("a.vtt").read_text(encoding="utf-8")
        == VTT.replace("00:03.000 --> 00:04.000", "00:00:04.000 --> 00:00:05.000") + "\n"
    )


def test_what_a_shift_does_at_zero_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["shift", "a.en.srt", "--by", "-1.5s", "-o", "b.srt"]) == 0
    assert capsys.readouterr().err == "a.en.srt: 1 cue now begins at 0\n"
    assert run(["shift", "a.en.srt", "--by", "-2s", "-o", "c.srt"]) == 1
    assert not Path("c.srt").exists()
    assert run(["shift", "a.en.srt", "--by", "-2s", "-o", "c.srt", "--drop"]) == 0
    assert "1 cue before 0 left out" in capsys.readouterr().err


@pytest.mark.parametrize(
    "options",
    [["--ratio", "1.001"], ["--from-fps", "24", "--to-fps", "23.976"], ["--point", "0=0", "--point", "1000s=1001s"]],
)
def test_a_file_is_retimed_in_three_ways(options: list[str]) -> None:
    assert run(["retime", "a.en.srt", *options, "-o", "b.srt"]) == 0
    assert "00:00:03,003 --> 00:00:04,004\ntwo" in Path("b.srt").read_text(encoding="utf-8")


def test_a_file_is_split_and_merged_again(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["split", "a.en.srt", "--at", "2.5s"]) == 0
    assert capsys.readouterr().out == "a.en.srt -> a-1.en.srt  1 cue\na.en.srt -> a-2.en.srt  1 cue\n"
    assert run(["merge", "a-1.en.srt", "a-2.en.srt", "--at", "2.5s", "-o", "b.srt"]) == 0
    assert Path("b.srt").read_text(encoding="utf-8") == SRT
    assert run(["split", "a.en.srt", "--at", "2.5s"]) == 2
    assert run(["split", "a.en.srt", "--at", "2.5s", "-o", "part{n}.srt"]) == 0
    assert Path("part2.srt").exists()


def test_a_diff_says_what_changed_and_exits_like_diff(capsys: pytest.CaptureFixture[str]) -> None:
    Path("b.srt").write_text(SRT.replace("two", "zwei").replace("00:00:04,000", "00:00:04,500"), encoding="utf-8")
    assert run(["diff", "a.en.srt", "b.srt"]) == 1
    assert capsys.readouterr().out == (
        "--- a.en.srt\n+++ b.srt\n~ cue 2 at 00:00:03.000: moved, reworded\n    start +0.000 s, end +0.500 s\n"
        "    - two\n    + zwei\n1 moved, 1 reworded, 1 the same.\nTiming: no drift.\n"
    )
    assert run(["diff", "a.en.srt", "a.en.srt"]) == 0
    assert capsys.readouterr().out == "Viewers see the same: 2 cues.\n"
    assert run(["diff", "a.en.srt", "b.srt", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["counts"] == {"moved": 1, "reworded": 1, "restyled": 0, "added": 0, "removed": 0}
    assert found["changes"][0]["before"]["text"] == "two"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["shift", "a.en.srt", "--by", "5"], 2, "not a time"),
        (["shift", "a.en.srt"], 2, "--by"),
        (["shift", "nope.srt", "--by", "1s"], 2, "there is no such file"),
        (["shift", "empty.srt", "--by", "1s"], 1, "empty"),
        (["shift", "a.en.srt", "--by", "1s", "-o", "a.vtt"], 2, "--force"),
        (["shift", "a.en.srt", "--by", "1s", "-o", "."], 2, "folder"),
        (["shift", "a.en.srt", "--by", "1s", "-o", "b.srt", "--in-place"], 2, "contradict"),
        (["shift", "-", "--by", "1s", "--in-place"], 2, "in place"),
        (["retime", "a.en.srt"], 2, "exactly one"),
        (["retime", "a.en.srt", "--ratio", "1", "--from-fps", "25"], 2, "exactly one"),
        (["retime", "a.en.srt", "--from-fps", "25"], 2, "belong together"),
        (["retime", "a.en.srt", "--ratio", "1/0"], 2, "not a ratio"),
        (["retime", "a.en.srt", "--ratio", "-1"], 2, "above 0"),
        (["retime", "a.en.srt", "--point", "1s=2s"], 2, "twice"),
        (["retime", "a.en.srt", "--point", "1s", "--point", "2s=3s"], 2, "not a point"),
        (["merge", "a.en.srt", "a.vtt"], 2, "one format"),
        (["merge", "a.en.srt", "a.en.srt", "--at", "1s", "--at", "2s"], 2, "1 times"),
        (["split", "a.en.srt", "--at", "0"], 2, "above 0"),
        (["split", "a.en.srt", "--at", "1s", "-o", "x.srt"], 2, "{n}"),
        (["split", "-", "--at", "1s"], 2, "no name"),
        (["diff", "-", "-"], 2, "only once"),
    ],
)
def test_what_cannot_be_done_is_reported_and_nothing_is_written(
    arguments: list[str], code: int, message: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path: path.read_bytes() for path in folder.iterdir()}
    assert run(arguments) == code
    assert message in capsys.readouterr().err
    assert {path: path.read_bytes() for path in folder.iterdir()} == before

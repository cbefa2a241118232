"""Pipes and devices in a folder of captions do not hang a command."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import needs
import pytest

from captionkit.cli.frame import run

SRT = "1\n00:00:01,000 --> 00:00:02,000\nHello.\n"


@needs.posix_files
def test_a_pipe_in_a_folder_is_passed_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    os.mkfifo(folder / "pipe.srt")
    (folder / "real.srt").write_text(SRT, encoding="utf-8")
    assert run(["check", str(folder)]) == 0
    assert run(["convert", str(folder), "-o", str(tmp_path / "out"), "--to", "vtt"]) == 0
    assert [file.name for file in (tmp_path / "out").iterdir()] == ["real.vtt"]


def test_a_closed_standard_input_is_reported(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", None)
    assert run(["convert", "-", "--to", "vtt"]) == 2
    assert "no standard input" in capsys.readouterr().err


def test_one_long_line_with_thousands_of_findings_prints_little(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "long.vtt"
    file.write_text("WEBVTT\n\n00:01.000 --> 00:02.000\n" + "<i>&x " * 3000 + "\n", encoding="utf-8")
    run(["check", str(file)])
    out = capsys.readouterr().out
    findings = out.count("\n  --> ")
    assert findings >= 3
    assert "more like it" in out
    assert len(out) < findings * 1200


#: Every command that reads a file, with the place of the file; {ok} is a good caption file, {d} an empty folder.
READERS = [
    "check {f}", "check --isolated --output-format json {f}", "check --files-from {f}", "check --config {f} {ok}",
    "check --baseline {f} {ok}", "fix {f}", "fix --diff {f}", "fix --unsafe-fixes {f}", "convert {f} -o {d}/out.vtt",
    "convert {f} {ok} -o {d}", "shift {f} --by 1s", "shift {f} --by 1s -i", "retime {f} --ratio 2",
    "merge {f} {ok}", "merge {ok} {f}", "split {f} --at 1s", "diff {f} {ok}", "diff {ok} {f}", "transcript {f}",
    "preview {f} -o {d}/p.html", "preview {f} {ok} -o {d}/p.html", "apply {f} {d}", "upload --csv {f}",
    "audit {d} --exceptions {f}", "audit {d} --durations {f}", "audit {d} --since {f}", "audit --verify {f}",
    "audit --courses-from {f}", "sync-check {ok} {f}", "align {ok} {f}",
]  # fmt: skip
#: What is no file -> what it is called.
KINDS = {"pipe": "a named pipe", "socket": "a socket", "zero": "a device", "link to zero": "a device"}
if needs.WINDOWS:
    KINDS = {"nul": "a device"}


@pytest.fixture(params=KINDS)
def special(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Something that is called like a caption file and is none, and what it is."""
    import socket

    place = tmp_path / "lecture.en.srt"
    held = None
    if request.param == "pipe":
        os.mkfifo(place)
    elif request.param == "socket":
        held = socket.socket(socket.AF_UNIX)
        os.chdir(tmp_path)  # the path of a socket may have about 100 characters
        held.bind(place.name)
    elif request.param == "link to zero":
        place.symlink_to("/dev/zero")
    yield {"zero": "/dev/zero", "nul": "nul"}.get(request.param, str(place)), KINDS[request.param]
    if held is not None:
        held.close()


@pytest.mark.parametrize("command", READERS)
def test_a_command_names_what_is_no_file_and_does_not_wait_for_it(
    command: str, special: tuple[str, str], tmp_path: Path
) -> None:
    place, what = special
    good, folder = tmp_path / "good.en.srt", tmp_path / "folder"
    good.write_text(SRT, encoding="utf-8")
    folder.mkdir()
    arguments = [word.format(f=place, ok=good, d=folder) for word in command.split()]
    environment = {**os.environ, "STUDIO_URL": "https://studio.example", "CANVAS_API_URL": "https://canvas.example"}
    done = subprocess.run(
        [sys.executable, "-m", "captionkit", *arguments], capture_output=True, stdin=subprocess.DEVNULL, timeout=30,
        encoding="utf-8", env=environment, cwd=tmp_path, check=False,
    )  # fmt: skip
    printed = done.stdout + done.stderr
    assert done.returncode != 0
    assert what in printed, printed
    assert "Traceback" not in printed
    assert good.read_text(encoding="utf-8") == SRT


@needs.posix_files
def test_standard_input_is_read_whatever_it_is_but_not_for_ever() -> None:
    program = (
        "import captionkit.files as files; files.MOST_BYTES = 100_000\n"
        "from captionkit.cli import main; main(['shift', '-', '--by', '1s'])"
    )
    command = [sys.executable, "-c", program]
    piped = subprocess.run(command, input=SRT.encode(), capture_output=True, timeout=30, check=True)
    assert b"00:00:02,000 --> 00:00:03,000" in piped.stdout
    with open("/dev/zero", "rb") as zero:
        endless = subprocess.run(command, stdin=zero, capture_output=True, timeout=30, check=False)
    assert endless.returncode == 8
    assert b"standard input: there are more than 100,000 bytes in it" in endless.stderr

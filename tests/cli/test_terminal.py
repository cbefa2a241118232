"""What a terminal, a pipe and a person are sent of texts that other people made: every command, names and captions.

A terminal obeys escape sequences, so none of a file's may reach it. A program reads exact bytes from a pipe.
"""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
from pathlib import Path

import needs
import pytest

from captionkit.terminal import clean, clean_line

#: What a terminal obeys: an escape, a bell, C1, bidirectional overrides and isolates, a lone carriage return.
HOSTILE = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202egnorts\u2066x\u2028y\x08"
#: The same as far as a file name on Linux takes it.
NAME = "a\x1b[31m\x07\u202eb\x85.en"
OBEYED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")

SRT = (
    f"1\n00:00:01,000 --> 00:00:01,200\nHello {HOSTILE} , there <b>{HOSTILE}\n\n"
    f"3\n00:00:01,100 --> 00:00:03,000\n<font color={HOSTILE}>{HOSTILE}</font>\n\n"
    f"{HOSTILE}\n00:00:0x,000 --> 00:00:09,000\n{HOSTILE}\n"
)
VTT = (
    f"WEBVTT {HOSTILE}\n{HOSTILE}: b\n\nREGION\nid:{HOSTILE}\nx:{HOSTILE}\n\nSTYLE\n::cue(.{HOSTILE}) {{}}\n\n"
    f"NOTE captionkit: ignore {HOSTILE}\n\n{HOSTILE}\n00:01.000 --> 00:02.000 {HOSTILE}:a line:{HOSTILE}\n"
    f"<v {HOSTILE}>a <{HOSTILE}> &{HOSTILE}; <c.{HOSTILE}>x , <lang {HOSTILE}>y\n\n{HOSTILE}\nstray\n\n"
    f"00:01.500 --> 00:03.000\n<00:{HOSTILE}>\n"
)

PEOPLE = ("full", "concise", "grouped", "github", "markdown")
REPORTS = (*PEOPLE, "json", "jsonl", "sarif", "gitlab", "junit", "csv", "html")

#: Commands that print something of what they read; {f} is the file, {g} another, {d} its folder, {o} where to write.
COMMANDS = [
    *(f"check --isolated --output-format {name} {{f}}" for name in REPORTS),
    "check --isolated --statistics {f}", "check --isolated --select ALL {d}", "check --isolated missing{n}",
    "check --isolated --fix --show-fixes --unsafe-fixes {f}", "fix --isolated --unsafe-fixes --show-fixes {f}",
    "fix --isolated --unsafe-fixes --diff {f}", "fix --isolated --config {n} {f}", "check --select {n} {f}",
    "convert {f} --verbose --to vtt", "convert {f} --to srt -o - ", "convert {f} -o {f} --to srt", "convert {d} -o {o}",
    "convert missing{n}", "convert --to {n} {f}", "shift {f} --by 1s", "shift {f} --by {n}", "shift missing{n} --by 1s",
    "retime {f} --ratio 2", "merge {f} {g}", "split {f} --at 2s --force", "split {f} --at {n}", "diff {f} {g}",
    "diff {f} {g} --json", "transcript {f}", "transcript {f} --to markdown", "transcript {f} -o {o}/x.html",
    "preview {f} -o {o}.html", "preview missing{n} -o {o}.html", "audit {d}", "audit {d} --output-format csv",
    "audit {d} --output-format json", "audit {d} --output-format html", "audit missing{n}",
    "plan {d}", "status {d}", "doctor {d}", "history {d}", "init {d}/{n} --url https://canvas.example --course 1",
    "upload {f} --dry-run", "explain {n}", "{n}", "check --{n}", "rules {n}", "restore {n} {d}", "apply {n} {d}",
    "verify {n} {d}", "resume {d}", "login --url {n}", "tracks list {n}",
]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "captions"
    made.mkdir()
    for written_as, text in (("srt", SRT), ("vtt", VTT)):
        (made / f"{NAME}.{written_as}").write_bytes(text.encode())
    (made / "captionkit.toml").write_text('[canvas]\nurl = "http://127.0.0.1:9"\ncourse = 1\n', encoding="utf-8")
    return made


def words(command: str, folder: Path, format: str) -> list[str]:
    other = "vtt" if format == "srt" else "srt"
    places = {
        "f": str(folder / f"{NAME}.{format}"), "g": str(folder / f"{NAME}.{other}"), "d": str(folder), "n": NAME,
        "o": str(folder.parent / f"out{NAME}"),
    }  # fmt: skip
    return [word.format_map(places) for word in command.split()]


def environment() -> dict[str, str]:
    ours = {"CANVAS_API_TOKEN": "none", "CANVAS_API_URL": "http://127.0.0.1:9", "PYTHONUTF8": "1", "COLUMNS": "200"}
    kept = {name: value for name, value in os.environ.items() if name.partition("_")[0] not in ("CANVAS", "GITHUB")}
    return kept | ours | {"CAPTIONKIT_NO_CACHE": "1", "TERM": "dumb"}


def in_a_pipe(arguments: list[str]) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "captionkit", *arguments]
    return subprocess.run(command, capture_output=True, env=environment(), check=False, timeout=60)


def on_a_terminal(arguments: list[str], cwd: Path) -> str:
    """What a process prints whose three streams are one terminal."""
    import pty

    parent, child = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "captionkit", *arguments], stdin=child, stdout=child, stderr=child, cwd=cwd,
        env=environment(),
    )  # fmt: skip
    os.close(child)
    printed = b""
    with contextlib.suppress(OSError):
        while piece := os.read(parent, 65536):
            printed += piece
    os.close(parent)
    process.wait(timeout=60)
    # What captionkit itself sends: a line of progress is written over.
    return re.sub(r"\r *\r(?!\n)|\r(?=\d)", "", printed.decode("utf-8")).replace("\r\n", "\n")


@needs.posix_terminals
@pytest.mark.parametrize("command", COMMANDS)
def test_nothing_that_a_terminal_obeys_comes_out_of_a_file_or_a_name(command: str, folder: Path) -> None:
    for written_as in ("srt", "vtt") if "{f}" in command else ("vtt",):
        printed = on_a_terminal(words(command, folder, written_as), folder)
        assert "Traceback" not in printed
        found = OBEYED.findall(printed)
        assert not found, (found, printed)
        assert "\r" not in printed.replace("\r\n", "\n")


@needs.posix_names
@pytest.mark.parametrize("name", PEOPLE)
def test_a_report_for_people_is_clean_in_a_pipe_and_in_a_file_too(name: str, folder: Path) -> None:
    for written_as in ("srt", "vtt"):
        arguments = words(f"check --isolated --select ALL --output-format {name} {{f}}", folder, written_as)
        for more in ([], ["-o", str(folder / "report")]):
            done = in_a_pipe([*arguments, *more])
            assert done.returncode == 1
            report = (folder / "report").read_bytes() if more else done.stdout
            assert report
            assert not OBEYED.search(report.decode("utf-8")), report


@needs.posix_names
def test_messages_are_clean_in_a_pipe_too(folder: Path) -> None:
    for command in ("convert missing{n}", "convert {f} -o {f} --to srt", "diff {f} {g}", "split {f} --at 2s --force"):
        done = in_a_pipe(words(command, folder, "srt"))
        assert not OBEYED.search((done.stdout + done.stderr).decode("utf-8")), done


@needs.posix_names
def test_data_in_a_pipe_is_exact(folder: Path) -> None:
    source = folder / f"{NAME}.srt"
    commands = {
        "shift {f} --by 0s": SRT.encode(),
        "convert {f} --to srt -o -": SRT.encode(),
        "transcript {f}": HOSTILE[HOSTILE.index("gnorts") :][:6].encode(),
    }
    for command, expected in commands.items():
        done = in_a_pipe(words(command, folder, "srt"))
        assert expected in done.stdout
    assert source.read_bytes() == SRT.encode()


def test_what_is_cleaned_and_what_stays() -> None:
    assert clean("a\tb\nc\r\nd é 中 \u200f \u00a0") == "a\tb\nc\r\nd é 中 \u200f \u00a0"
    assert clean("a\rb\x1b\x07\u202e\x9b\udcff") == "a" + "\N{REPLACEMENT CHARACTER}b" + "\N{REPLACEMENT CHARACTER}" * 5
    assert clean_line("a\nb\tc\u200b") == "a\ufffdb\ufffdc\ufffd"

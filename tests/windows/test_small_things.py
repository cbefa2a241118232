"""Small things that differ on Windows: lists of paths, settings with a mark, many cores, NUL, paths in reports."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING

import needs
import pytest

import captionkit
from captionkit.errors import ExitCode
from captionkit.lint import run as lint_run
from captionkit.lint.results import FileResult
from captionkit.lint.settings import Settings
from captionkit.reports.base import address, uri

if TYPE_CHECKING:
    from sandbox_course import SandboxCourse
    from windows.conftest import Run

SRT = "1\n00:00:01,000 --> 00:00:03,000\n<b>Hello\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be-sig", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("way", ["file", "standard input"])
def test_a_list_of_paths_is_read_in_the_encodings_that_windows_writes(
    ck: Run, tmp_path: Path, encoding: str, end: str, way: str
) -> None:
    for name in ("Übung 1.srt", "b.srt"):
        (tmp_path / name).write_bytes(SRT.encode())
    text = f"Übung 1.srt{end}b.srt{end}"
    data = b"\xfe\xff" + text.encode("utf-16-be") if encoding == "utf-16-be-sig" else text.encode(encoding)
    (tmp_path / "list.txt").write_bytes(data)
    file, stdin = ("list.txt", b"") if way == "file" else ("-", data)
    done = ck("check", "--select", "SRT032", "--output-format", "json", "--files-from", file, stdin=stdin)
    assert done.code in (ExitCode.OK, ExitCode.FINDINGS), done.err
    assert "Übung 1.srt" in done.out.decode() and "b.srt" in done.out.decode()


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    "command",
    ["check a.en.srt", "fix --diff a.en.srt", "transcript a.en.srt", "preview a.en.srt -o -", "audit .",
     "shift a.en.srt --by 1s"],
)  # fmt: skip
def test_settings_with_a_byte_order_mark_are_settings(
    ck: Run, tmp_path: Path, mark: str, end: str, command: str
) -> None:
    (tmp_path / "a.en.srt").write_bytes(SRT.encode())
    lines = ["[check]", 'ignore = ["SRT"]', "[transcript]", "timestamps = true", ""]
    (tmp_path / "captionkit.toml").write_bytes((mark + end.join(lines)).encode())
    done = ck(*command.split())
    assert done.code in (ExitCode.OK, ExitCode.FINDINGS), done.err
    assert b"SRT032" not in done.out
    if command.startswith("transcript"):
        assert b"[0:01]" in done.out


def test_no_more_processes_than_windows_waits_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def in_processes(files: list[str], settings: Settings, workers: int) -> Iterator[FileResult]:
        asked.append(workers)
        return iter([FileResult(file, []) for file in files])

    monkeypatch.setattr(lint_run, "_in_processes", in_processes)
    files = [f"{number}.srt" for number in range(10_000)]
    assert len(list(lint_run.check_files(files, Settings(), workers=200))) == 10_000
    assert asked == [61]


@needs.posix_signals
def test_ctrl_c_ends_a_check_in_many_processes_at_once_and_without_a_traceback(tmp_path: Path) -> None:
    for number in range(40):  # more than any machine checks within the time that is asked for
        (tmp_path / f"{number}.srt").write_bytes(SRT.encode() * 20_000)
    process = subprocess.Popen(
        [sys.executable, "-m", "captionkit", "check", "-j", "2", "--no-cache", str(tmp_path)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    time.sleep(5)
    assert process.poll() is None
    os.killpg(process.pid, signal.SIGINT)
    started = time.monotonic()
    _, result = process.communicate(timeout=60)
    assert (process.returncode, result.decode().split()) == (ExitCode.INTERRUPTED, ["Interrupted."])
    assert time.monotonic() - started < 15
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)  # no worker is left


@pytest.mark.parametrize("command", ["push", "resume"])
def test_nobody_is_asked_at_nul(course: SandboxCourse, process: Run, command: str) -> None:
    course.write("Lecture 1.en.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n")
    done = process(command, course.folder)
    assert "Aborted" not in done.err and (command != "push" or "--yes" in done.err), done
    assert course.tracks("Lecture 1") == {}


@pytest.mark.parametrize(
    ("kind", "path", "as_uri", "as_address"),
    [
        (PureWindowsPath, "captions\\Übung 1.srt", "captions/%C3%9Cbung%201.srt", "captions/Übung 1.srt"),
        (PureWindowsPath, ".\\a.srt", "a.srt", "a.srt"),
        (PureWindowsPath, "C:\\My captions\\a#1.srt", "file:///C:/My%20captions/a%231.srt", "C:/My captions/a#1.srt"),
        (PureWindowsPath, "\\\\server\\share\\a b.srt", "file://server/share/a%20b.srt", "//server/share/a b.srt"),
        (PurePosixPath, "./a\\b c.srt", "a%5Cb%20c.srt", "a\\b c.srt"),
        (PurePosixPath, "/tmp/a b.srt", "file:///tmp/a%20b.srt", "/tmp/a b.srt"),
        (PurePosixPath, "a:b.srt", "a%3Ab.srt", "a:b.srt"),
        (PurePosixPath, "-", "-", "-"),
    ],
)
def test_a_path_in_a_report_is_one_that_every_system_reads(
    kind: type[PurePath], path: str, as_uri: str, as_address: str
) -> None:
    assert (uri(path, kind), address(path, kind)) == (as_uri, as_address)


@pytest.mark.parametrize("form", ["sarif", "gitlab", "github"])
def test_reports_for_programs_have_slashes(ck: Run, tmp_path: Path, form: str) -> None:
    folder = tmp_path / "in here"
    folder.mkdir()
    (folder / "a.srt").write_bytes(SRT.encode())
    given = str(Path("in here", "a.srt"))
    out = ck("check", given, "--select", "ALL", "--output-format", form).out.decode()
    if form == "sarif":
        results = json.loads(out)["runs"][0]["results"]
        places = {one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in results}
        assert places == {"in%20here/a.srt"}
    elif form == "gitlab":
        assert {row["location"]["path"] for row in json.loads(out)} == {"in here/a.srt"}
    else:
        assert "file=in here/a.srt," in out


@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
def test_files_of_captionkits_own_are_read_with_either_line_end(course: SandboxCourse, ck: Run, end: bytes) -> None:
    """The record, a plan, a baseline: an editor or git may have changed their line ends."""
    course.write("Lecture 1.en.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\n<b>Hello\n")
    plan, baseline = course.folder.parent / "plan.json", course.folder.parent / "baseline"
    assert course.shell("plan", course.folder, "--out", plan).code == ExitCode.OK
    course.shell("check", course.folder, "--select", "ALL", "--write-baseline", baseline)
    for file in (plan, baseline):
        file.write_bytes(file.read_bytes().replace(b"\n", end))
    assert course.shell("apply", plan, course.folder).code == ExitCode.OK
    record = course.folder / ".captionkit" / "manifest.jsonl"
    record.write_bytes(record.read_bytes().replace(b"\n", end))
    assert course.shell("plan", course.folder, "--check").code == ExitCode.OK
    assert course.shell("check", course.folder, "--select", "ALL", "--baseline", baseline).code == ExitCode.OK


def test_a_folder_is_no_part_of_a_name_with_either_slash() -> None:
    for name in ("an auto-generated one\\a.srt", "an auto-generated one/a.srt"):
        found = captionkit.check(captionkit.loads(SRT, path=name), select=["ALL"])
        assert found and not any("automatic captions" in one.message for one in found)

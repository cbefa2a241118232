"""Stopping a command, and looking at a folder while another command works on it: real processes, a server that does not
answer for as long as a test wants."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import console
import pytest
from sandbox_course import SandboxCourse
from teacher import vtt

from captionkit.errors import ExitCode

#: Seconds within which a command ends that is told to end at once; the server keeps it waiting for longer.
AT_ONCE = 15.0


class Stuck:
    """Requests that the server does not answer until it is told to."""

    def __init__(self, course: SandboxCourse) -> None:
        self.course = course
        self.arrived = threading.Event()
        self.answered = threading.Event()

    def at(self, method: str, path: str) -> None:
        def wait() -> None:
            self.arrived.set()
            self.answered.wait(60)

        self.course.sandbox.fault("meanwhile", method=method, path=path, times=0, do=wait)

    def command(self, *arguments: object) -> subprocess.Popen[str]:
        """Start a command and wait until the server keeps it waiting."""
        process = console.start([sys.executable, "-m", "captionkit", *map(str, arguments)])
        assert self.arrived.wait(60)
        return process


@pytest.fixture
def stuck(course: SandboxCourse) -> Iterator[Stuck]:
    stuck = Stuck(course)
    yield stuck
    stuck.answered.set()


def press(process: subprocess.Popen[str], times: int) -> tuple[float, str]:
    """Ctrl-C; how long the process then took to end, and what it said."""
    for _ in range(times):
        console.press_ctrl_c(process)
        time.sleep(0.5)
    started = time.monotonic()
    _, result = process.communicate(timeout=60)
    return time.monotonic() - started, result


def test_ctrl_c_twice_ends_a_push_at_once_and_resume_finds_out_what_was_done(
    course: SandboxCourse, stuck: Stuck
) -> None:
    for number in (1, 2, 3):
        course.write(f"Lecture {number}.en.vtt", vtt(f"Hello {number}"))
    stuck.at("PUT", "media_tracks")
    process = stuck.command("push", course.folder, "--yes")
    seconds, result = press(process, 2)
    assert process.returncode == ExitCode.INTERRUPTED
    assert seconds < AT_ONCE
    assert "Ctrl-C again stops at once" in result
    assert "Stopped at once" in result
    stuck.answered.set()
    time.sleep(0.5)
    course.sandbox.clear_faults()
    assert "cut off" in course.shell("push", course.folder, "--yes").err
    assert course.shell("resume", course.folder, "--yes").code == ExitCode.OK
    assert [course.tracks(f"Lecture {n}") for n in (1, 2, 3)] == [{"en": vtt(f"Hello {n}")} for n in (1, 2, 3)]


def test_ctrl_c_once_finishes_what_is_in_hand(course: SandboxCourse, stuck: Stuck) -> None:
    course.write("Lecture 1.en.vtt", vtt("Hello"))
    stuck.at("PUT", "media_tracks")
    process = stuck.command("push", course.folder, "--yes")
    console.press_ctrl_c(process)
    time.sleep(0.5)
    assert process.poll() is None
    stuck.answered.set()
    process.communicate(timeout=60)
    assert process.returncode == ExitCode.OK
    assert course.tracks("Lecture 1") == {"en": vtt("Hello")}


@pytest.mark.parametrize(
    ("command", "path"),
    [("plan", "media_tracks"), ("status", "media_objects"), ("pull", "media_tracks"), ("audit", "media_tracks")],
)
def test_ctrl_c_once_ends_at_once_what_only_reads(course: SandboxCourse, stuck: Stuck, command: str, path: str) -> None:
    for title in ("Lecture 1", "Lecture 2", "Lecture 3"):
        course.add(title, "en", vtt(title))
        course.write(f"{title}.en.vtt", vtt(f"{title}, edited"))
    stuck.at("GET", path)
    where = ["--course", course.id] if command == "audit" else [course.folder]
    process = stuck.command(command, *where)
    seconds, result = press(process, 1)
    assert process.returncode == ExitCode.INTERRUPTED
    assert seconds < AT_ONCE
    assert "Traceback" not in result


class TestWhileAPushIsRunning:
    @pytest.fixture
    def running(self, course: SandboxCourse, stuck: Stuck) -> Iterator[subprocess.Popen[str]]:
        course.write("Lecture 1.en.vtt", vtt("Hello"))
        stuck.at("PUT", "media_tracks")
        with stuck.command("push", course.folder, "--yes") as process:
            yield process
            stuck.answered.set()
            process.communicate(timeout=60)
        assert process.returncode == ExitCode.OK

    def holder(self, course: SandboxCourse) -> str:
        about = json.loads((course.folder / ".captionkit" / "lock.json").read_text(encoding="utf-8"))
        return f"`captionkit push`, process {about['pid']}"

    def test_a_plan_says_so_and_not_that_a_run_was_cut_off(
        self, course: SandboxCourse, running: subprocess.Popen[str], tmp_path: Path
    ) -> None:
        for options in ([], ["--out", tmp_path / "plan.json"]):
            result = course.shell("plan", course.folder, *options)
            assert result.code == ExitCode.LOCAL_FAILED
            assert "cut off" not in result.all
            assert f"another captionkit works on this folder: {self.holder(course)}" in result.err

    def test_status_says_so(self, course: SandboxCourse, running: subprocess.Popen[str]) -> None:
        result = course.shell("status", course.folder)
        assert result.code == ExitCode.OK
        assert "cut off" not in result.all
        assert self.holder(course) in result.out

    def test_history_shows_it_as_running(self, course: SandboxCourse, running: subprocess.Popen[str]) -> None:
        assert "running" in course.shell("history", course.folder).out
        [entry] = json.loads(course.shell("history", course.folder, "--json").out)
        assert entry["ended"] == "running"

    def test_no_other_command_writes(self, course: SandboxCourse, running: subprocess.Popen[str]) -> None:
        for command in ("push", "pull", "restore", "resume"):
            result = course.shell(command, course.folder, *([] if command == "pull" else ["--yes"]))
            assert result.code == ExitCode.LOCAL_FAILED, command
            assert os.fspath(course.folder) in result.err

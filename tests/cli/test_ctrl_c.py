"""Stopping a command, and looking at a folder while another command works on it: real processes, a server that does not
answer for as long as a test wants."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from campus import Campus
from desk import vtt

from captionkit.errors import ExitCode

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="sends POSIX signals")

#: Seconds within which a command ends that is told to end at once; the server keeps it waiting for longer.
AT_ONCE = 15.0


class Stuck:
    """Requests that the server does not answer until it is told to."""

    def __init__(self, campus: Campus) -> None:
        self.campus = campus
        self.arrived = threading.Event()
        self.answered = threading.Event()

    def at(self, method: str, path: str) -> None:
        def wait() -> None:
            self.arrived.set()
            self.answered.wait(60)

        self.campus.sandbox.fault("meanwhile", method=method, path=path, times=0, do=wait)

    def command(self, *arguments: object) -> subprocess.Popen[str]:
        """Start a command and wait until the server keeps it waiting."""
        process = subprocess.Popen(
            [sys.executable, "-m", "captionkit", *map(str, arguments)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", stdin=subprocess.DEVNULL,
        )  # fmt: skip
        assert self.arrived.wait(60)
        return process


@pytest.fixture
def stuck(campus: Campus) -> Iterator[Stuck]:
    stuck = Stuck(campus)
    yield stuck
    stuck.answered.set()


def press(process: subprocess.Popen[str], times: int) -> tuple[float, str]:
    """Ctrl-C; how long the process then took to end, and what it said."""
    for _ in range(times):
        process.send_signal(signal.SIGINT)
        time.sleep(0.5)
    started = time.monotonic()
    _, said = process.communicate(timeout=60)
    return time.monotonic() - started, said


def test_ctrl_c_twice_ends_a_push_at_once_and_resume_finds_out_what_was_done(campus: Campus, stuck: Stuck) -> None:
    for number in (1, 2, 3):
        campus.write(f"Lecture {number}.en.vtt", vtt(f"Hello {number}"))
    stuck.at("PUT", "media_tracks")
    process = stuck.command("push", campus.folder, "--yes")
    seconds, said = press(process, 2)
    assert process.returncode == ExitCode.INTERRUPTED
    assert seconds < AT_ONCE
    assert "Ctrl-C again stops at once" in said
    assert "Stopped at once" in said
    stuck.answered.set()
    time.sleep(0.5)
    campus.sandbox.clear_faults()
    assert "cut off" in campus.shell("push", campus.folder, "--yes").err
    assert campus.shell("resume", campus.folder, "--yes").code == ExitCode.OK
    assert [campus.tracks(f"Lecture {n}") for n in (1, 2, 3)] == [{"en": vtt(f"Hello {n}")} for n in (1, 2, 3)]


def test_ctrl_c_once_finishes_what_is_in_hand(campus: Campus, stuck: Stuck) -> None:
    campus.write("Lecture 1.en.vtt", vtt("Hello"))
    stuck.at("PUT", "media_tracks")
    process = stuck.command("push", campus.folder, "--yes")
    process.send_signal(signal.SIGINT)
    time.sleep(0.5)
    assert process.poll() is None
    stuck.answered.set()
    process.communicate(timeout=60)
    assert process.returncode == ExitCode.OK
    assert campus.tracks("Lecture 1") == {"en": vtt("Hello")}


@pytest.mark.parametrize(
    ("command", "path"),
    [("plan", "media_tracks"), ("status", "media_objects"), ("pull", "media_tracks"), ("audit", "media_tracks")],
)
def test_ctrl_c_once_ends_at_once_what_only_reads(campus: Campus, stuck: Stuck, command: str, path: str) -> None:
    for title in ("Lecture 1", "Lecture 2", "Lecture 3"):
        campus.add(title, "en", vtt(title))
        campus.write(f"{title}.en.vtt", vtt(f"{title}, edited"))
    stuck.at("GET", path)
    where = ["--course", campus.course] if command == "audit" else [campus.folder]
    process = stuck.command(command, *where)
    seconds, said = press(process, 1)
    assert process.returncode == ExitCode.INTERRUPTED
    assert seconds < AT_ONCE
    assert "Traceback" not in said


class TestWhileAPushIsRunning:
    @pytest.fixture
    def running(self, campus: Campus, stuck: Stuck) -> Iterator[subprocess.Popen[str]]:
        campus.write("Lecture 1.en.vtt", vtt("Hello"))
        stuck.at("PUT", "media_tracks")
        with stuck.command("push", campus.folder, "--yes") as process:
            yield process
            stuck.answered.set()
            process.communicate(timeout=60)
        assert process.returncode == ExitCode.OK

    def test_a_plan_says_so_and_not_that_a_run_was_cut_off(
        self, campus: Campus, running: subprocess.Popen[str], tmp_path: Path
    ) -> None:
        for options in ([], ["--out", tmp_path / "plan.json"]):
            said = campus.shell("plan", campus.folder, *options)
            assert said.code == ExitCode.LOCAL_FAILED
            assert "cut off" not in said.all
            assert f"another captionkit works on this folder: `captionkit push`, process {running.pid}" in said.err

    def test_status_says_so(self, campus: Campus, running: subprocess.Popen[str]) -> None:
        said = campus.shell("status", campus.folder)
        assert said.code == ExitCode.OK
        assert "cut off" not in said.all
        assert f"process {running.pid}" in said.out

    def test_history_shows_it_as_running(self, campus: Campus, running: subprocess.Popen[str]) -> None:
        assert "running" in campus.shell("history", campus.folder).out
        [entry] = json.loads(campus.shell("history", campus.folder, "--json").out)
        assert entry["ended"] == "running"

    def test_no_other_command_writes(self, campus: Campus, running: subprocess.Popen[str]) -> None:
        for command in ("push", "pull", "restore", "resume"):
            said = campus.shell(command, campus.folder, *([] if command == "pull" else ["--yes"]))
            assert said.code == ExitCode.LOCAL_FAILED, command
            assert os.fspath(campus.folder) in said.err

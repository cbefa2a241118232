"""Where a person sits at a console of Windows: what it shows, what is asked, and Ctrl-C."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import console
import needs
import pytest
from teacher import vtt

from captionkit.errors import ExitCode

if TYPE_CHECKING:
    from sandbox_course import SandboxCourse

pytestmark = needs.windows
SRT = "1\n00:00:01,000 --> 00:00:02,000\n你好 <i>there</i>\n"


def captionkit(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "captionkit", *map(str, arguments)]


def test_a_console_shows_every_script_whatever_its_code_page_is(tmp_path: Path) -> None:
    file = tmp_path / "a.en.srt"
    file.write_bytes(SRT.encode())
    code, lines = console.shown(captionkit("transcript", file))
    assert (code, lines[:3]) == (0, ["a", "", "你好 there"])


@pytest.mark.parametrize("page", [437, 1252, 65001])
def test_a_title_with_pictures_and_arabic_is_shown_in_every_code_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: int
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("Vorlesung 😀 عربي.en.srt").write_bytes(SRT.replace("there", "Übung 😀 عربي").encode())
    code, lines = console.shown(["cmd", "/c", f"chcp {page} >nul & {sys.executable} -m captionkit transcript V*.srt"])
    assert (code, lines[:3]) == (0, ["Vorlesung 😀 عربي", "", "你好 Übung 😀 عربي"])


def test_no_escape_sequence_of_a_file_reaches_a_console(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Our own colours are switched off: Wine says that its console obeys them, and shows them as they are.
    monkeypatch.setenv("NO_COLOR", "1")
    file = tmp_path / "a.en.srt"
    file.write_bytes(SRT.replace("there", "\x1b]0;owned\x07\x1b[2J").encode())
    for command in ("transcript", "check"):
        _, lines = console.shown(captionkit(command, file))
        assert not any(char < " " for line in lines for char in line) and any(lines)


def test_a_person_is_asked_and_the_answer_counts(course: SandboxCourse) -> None:
    course.write("Lecture 1.en.vtt", vtt("Hello"))
    code, lines = console.shown(captionkit("push", course.folder), "y\r")
    assert code == ExitCode.OK and any("[y/N]" in line for line in lines), lines
    assert course.tracks("Lecture 1") == {"en": vtt("Hello")}


def test_a_line_of_progress_is_written_over(course: SandboxCourse) -> None:
    course.sandbox.set(throttle=False)
    code, lines = console.shown(captionkit("pull", course.folder))
    assert code == 0 and "6 requests to Canvas (6 GET)." in lines, lines
    assert not any("\x1b" in line or line.startswith("3 of 3") for line in lines), lines


def test_ctrl_c_at_a_question_changes_nothing(course: SandboxCourse) -> None:
    course.write("Lecture 1.en.vtt", vtt("Hello"))
    code, lines = console.shown(captionkit("push", course.folder), "\x03")
    assert code == ExitCode.INTERRUPTED and "Interrupted." in lines, lines
    assert course.tracks("Lecture 1") == {}


def test_ctrl_c_ends_a_check_in_many_processes_at_once(tmp_path: Path) -> None:
    """Also while all of them have a large file in hand, so that nothing comes back for long."""
    for number in range(40):
        (tmp_path / f"{number}.srt").write_bytes(SRT.encode() * 20_000)
    process = console.start(captionkit("check", "-j", "2", "--no-cache", tmp_path))
    time.sleep(6)
    assert process.poll() is None
    started = time.monotonic()
    console.press_ctrl_c(process)
    _, printed = process.communicate(timeout=60)
    assert (process.returncode, printed.split()) == (ExitCode.INTERRUPTED, ["Interrupted."])
    assert time.monotonic() - started < 20

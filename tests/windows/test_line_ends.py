"""Line ends: git for Windows makes them CRLF in a clone, editors do as they like, and no viewer sees any of it."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import needs
import pytest
from teacher import vtt

from captionkit.errors import ExitCode

if TYPE_CHECKING:
    from sandbox_course import SandboxCourse

SRT = "1\n00:00:01,000 --> 00:00:02,000\nHello\n"


def git(folder: Path, *arguments: str) -> None:
    settings = ("-c", "user.name=A", "-c", "user.email=a@example.edu", "-c", "core.safecrlf=false")
    subprocess.run(["git", *settings, *arguments], cwd=folder, check=True, capture_output=True)


def as_windows_has_it(folder: Path) -> None:
    """Every text file with CRLF line ends."""
    for file in (*folder.glob("*.srt"), *folder.glob("*.vtt")):
        file.write_bytes(file.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))


@pytest.fixture
def pushed(course: SandboxCourse) -> SandboxCourse:
    course.write("Lecture 1.en.vtt", vtt("Hello"))
    course.write("Lecture 2.en.srt", SRT)
    assert course.push().code == ExitCode.OK
    return course


def test_line_ends_alone_are_no_edit(pushed: SandboxCourse) -> None:
    as_windows_has_it(pushed.folder)
    before = pushed.puts()
    assert pushed.shell("plan", pushed.folder, "--check").code == ExitCode.OK
    result = pushed.push()
    assert (result.code, pushed.puts()) == (ExitCode.OK, before), result.all
    result = pushed.shell("pull", pushed.folder)
    assert result.code == ExitCode.OK and "edited" not in result.all


def test_an_edit_in_canvas_comes_over_a_file_whose_line_ends_git_has_changed(pushed: SandboxCourse) -> None:
    as_windows_has_it(pushed.folder)
    pushed.sandbox.set(clock_skew_s=60.0)
    pushed.sandbox.edit_track(pushed.sandbox.tracks(pushed.media["Lecture 1"])[0]["id"], vtt("Hello, edited"))
    result = pushed.shell("pull", pushed.folder)
    assert result.code == ExitCode.OK, result.all
    assert "Hello, edited" in (pushed.folder / "Lecture 1.en.vtt").read_text(encoding="utf-8")


def test_an_edit_here_is_still_an_edit(pushed: SandboxCourse) -> None:
    file = pushed.folder / "Lecture 1.en.vtt"
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n").replace(b"Hello", b"Hello you"))
    assert pushed.push().code == ExitCode.OK
    assert "Hello you" in pushed.tracks("Lecture 1")["en"]


@needs.git
@pytest.mark.parametrize("with_attributes", [True, False])
def test_a_clone_with_autocrlf_has_nothing_to_push_and_no_conflict(
    course: SandboxCourse, tmp_path: Path, with_attributes: bool
) -> None:
    (course.folder / "captionkit.toml").unlink()
    course.shell("init", course.folder, "--url", course.sandbox.url, "--course", course.id)
    course.write("Lecture 1.en.vtt", vtt("Hello"))
    course.write("Lecture 2.en.srt", SRT)
    assert course.push().code == ExitCode.OK
    git(course.folder, "init", "-q")
    if not with_attributes:  # a repository that is older than them
        (course.folder / ".gitattributes").unlink()
        (course.folder / ".captionkit" / ".gitattributes").unlink()
    git(course.folder, "add", "-A")
    git(course.folder, "commit", "-qm", "captions")
    git(tmp_path, "clone", "-q", "-c", "core.autocrlf=true", str(course.folder), "clone")
    clone, before = tmp_path / "clone", course.puts()
    assert (b"\r\n" in (clone / "Lecture 2.en.srt").read_bytes()) is not with_attributes
    assert course.shell("plan", clone, "--check").code == ExitCode.OK
    result = course.shell("push", clone, "--yes")
    assert (result.code, course.puts()) == (ExitCode.OK, before), result.all
    course.sandbox.set(clock_skew_s=60.0)
    course.sandbox.edit_track(course.sandbox.tracks(course.media["Lecture 2"])[0]["id"], vtt("Hello, edited"))
    result = course.shell("pull", clone)
    assert result.code == ExitCode.OK and "Hello, edited" in (clone / "Lecture 2.en.srt").read_text(encoding="utf-8")


def test_init_keeps_what_a_gitattributes_says(course: SandboxCourse) -> None:
    (course.folder / "captionkit.toml").unlink()
    attributes = course.folder / ".gitattributes"
    attributes.write_bytes(b"* text=auto\n*.vtt text eol=lf")
    course.shell("init", course.folder, "--url", course.sandbox.url, "--course", course.id)
    text = "* text=auto\n*.vtt text eol=lf\n*.srt -text\n.captionkit/manifest.jsonl merge=union text eol=lf\n"
    assert attributes.read_text(encoding="utf-8") == text
    course.shell("init", course.folder, "--url", course.sandbox.url, "--course", course.id, "--force")
    assert attributes.read_text(encoding="utf-8") == text

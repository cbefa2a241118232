"""A file that is open in another program, read-only, or called too long stops its own recording and nothing else."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import needs
import pytest
from teacher import vtt

from captionkit.errors import ExitCode, LocalError
from captionkit.files import reachable, write_atomically

if TYPE_CHECKING:
    from sandbox_course import SandboxCourse


@contextlib.contextmanager
def opened(file: Path, monkeypatch: pytest.MonkeyPatch, *, alone: bool) -> Iterator[None]:
    """The file as it is while another program has it open: really so on Windows, else with the errors that it gives.

    Args:
        alone: whether nobody else may read it, either.
    """
    if sys.platform == "win32":
        import ctypes

        kernel = ctypes.windll.kernel32
        kernel.CreateFileW.restype = ctypes.c_void_p
        handle = kernel.CreateFileW(str(file), 0x80000000, 0 if alone else 1, None, 3, 0, None)
        assert handle not in (None, ctypes.c_void_p(-1).value)
        try:
            yield
        finally:
            kernel.CloseHandle(ctypes.c_void_p(handle))
        return
    real = {name: getattr(os, name) for name in ("open", "replace", "unlink")}

    def refusing(name: str) -> Callable[..., object]:
        def call(*arguments: object, **more: object) -> object:
            if any(isinstance(one, str | os.PathLike) and os.fspath(one) == str(file) for one in arguments):
                raise PermissionError(13, "The process cannot access the file because it is being used by another")
            return real[name](*arguments, **more)

        return call

    with monkeypatch.context() as patch:
        for name in real if alone else ("replace", "unlink"):
            patch.setattr(os, name, refusing(name))
        yield


def litter(folder: Path) -> list[str]:
    return [file.name for file in folder.rglob("*.tmp")]


@pytest.fixture
def synced(course: SandboxCourse) -> SandboxCourse:
    for number in (1, 2, 3):
        course.write(f"Lecture {number}.en.vtt", vtt(f"Hello {number}"))
    assert course.push().code == ExitCode.OK
    course.sandbox.set(clock_skew_s=60.0)
    return course


def edit_all(course: SandboxCourse) -> None:
    for number in (1, 2, 3):
        track = course.sandbox.tracks(course.media[f"Lecture {number}"])[0]["id"]
        course.sandbox.edit_track(track, vtt(f"Edited {number}"))


def here(course: SandboxCourse) -> list[str]:
    texts = [(course.folder / f"Lecture {n}.en.vtt").read_text(encoding="utf-8") for n in (1, 2, 3)]
    return [text.split("\n")[3] for text in texts]


@pytest.mark.parametrize("alone", [True, False])
def test_pull_brings_all_but_the_open_file_and_the_next_pull_brings_that(
    synced: SandboxCourse, monkeypatch: pytest.MonkeyPatch, alone: bool
) -> None:
    edit_all(synced)
    with opened(synced.folder / "Lecture 2.en.vtt", monkeypatch, alone=alone):
        result = synced.shell("pull", synced.folder)
    assert result.code == ExitCode.PARTIAL, result.all
    assert "Lecture 2.en.vtt" in result.all
    assert here(synced) == ["Edited 1", "Hello 2", "Edited 3"]
    assert litter(synced.folder) == []
    assert synced.shell("pull", synced.folder).code == ExitCode.OK
    assert here(synced) == ["Edited 1", "Edited 2", "Edited 3"]


@pytest.mark.parametrize("mirror", [(), ("--mirror",)])
def test_plan_and_push_send_all_but_the_open_file_and_delete_nothing(
    synced: SandboxCourse, monkeypatch: pytest.MonkeyPatch, mirror: tuple[str, ...]
) -> None:
    for number in (1, 2, 3):
        synced.write(f"Lecture {number}.en.vtt", vtt(f"Better {number}"))
    with opened(synced.folder / "Lecture 2.en.vtt", monkeypatch, alone=True):
        planned = synced.shell("plan", synced.folder, *mirror)
        result = synced.push(*mirror)
    assert "Lecture 2.en.vtt" in planned.all and "cannot be read" in planned.all
    assert result.code == ExitCode.FINDINGS, result.all
    assert [synced.tracks(f"Lecture {n}")["en"] for n in (1, 2, 3)] == [
        vtt("Better 1"), vtt("Hello 2"), vtt("Better 3")
    ]  # fmt: skip
    assert synced.push().code == ExitCode.OK
    assert synced.tracks("Lecture 2")["en"] == vtt("Better 2")


@pytest.mark.parametrize("edited", [True, False])
def test_a_file_that_cannot_be_read_is_not_called_removed(
    synced: SandboxCourse, monkeypatch: pytest.MonkeyPatch, edited: bool
) -> None:
    if edited:
        edit_all(synced)
    with opened(synced.folder / "Lecture 2.en.vtt", monkeypatch, alone=True):
        for command in ("pull", "plan", "status"):
            out = synced.shell(command, synced.folder).all
            assert "Lecture 2.en.vtt: cannot be read" in out and "removed from the folder" not in out
            assert command != "pull" or ("not all readable" in out and "captionkit match" not in out)


def test_status_goes_on_as_well(synced: SandboxCourse, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(synced.folder / "Lecture 2.en.vtt", monkeypatch, alone=True):
        assert "Lecture 2.en.vtt" in synced.shell("status", synced.folder).all


@needs.windows
def test_a_read_only_file_stops_only_itself(synced: SandboxCourse) -> None:
    edit_all(synced)
    file = synced.folder / "Lecture 2.en.vtt"
    file.chmod(0o444)
    result = synced.shell("pull", synced.folder)
    file.chmod(0o644)
    assert result.code == ExitCode.PARTIAL and "read-only" in result.all
    assert here(synced) == ["Edited 1", "Hello 2", "Edited 3"]
    assert litter(synced.folder) == []


@pytest.mark.parametrize("mode", [0o444, 0o644])
def test_a_failed_replace_leaves_no_temporary_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int) -> None:
    file = tmp_path / "a.srt"
    file.write_bytes(b"old")
    with opened(file, monkeypatch, alone=False), pytest.raises(LocalError, match="cannot write"):
        write_atomically(file, b"new", mode=mode)
    assert (file.read_bytes(), litter(tmp_path)) == (b"old", [])


def test_a_name_that_is_too_long_is_reported_with_its_length(tmp_path: Path) -> None:
    with pytest.raises(LocalError, match=r"too long: 304 (bytes|characters), and a file system takes 255"):
        write_atomically(tmp_path / ("x" * 300 + ".srt"), b"")
    assert litter(tmp_path) == []


@needs.windows
def test_a_long_path_gets_the_prefix_with_which_windows_takes_it(tmp_path: Path) -> None:
    folder = tmp_path
    while len(str(folder)) < 300:
        folder /= "d" * 50
    os.makedirs(reachable(str(folder)))
    assert reachable(str(folder)) == "\\\\?\\" + str(folder)
    assert reachable("\\\\server\\share\\" + "x" * 300) == "\\\\?\\UNC\\server\\share\\" + "x" * 300
    write_atomically(folder / "a.srt", b"new")
    with open(reachable(str(folder / "a.srt")), "rb") as file:
        assert file.read() == b"new"


@pytest.mark.parametrize("length", [20, 60])
def test_a_folder_with_a_long_path_is_synced_and_restored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], length: int
) -> None:
    """What lies in `.captionkit` is then called by paths of which some get the prefix of long ones, and some do not.
    No path is over 260 characters: there Wine does not say where a file really is (error 234)."""
    pytest.importorskip("werkzeug", reason="needs captionkit[sandbox]")
    from sandbox_course import open_course

    home = tmp_path / ("x" * length)
    home.mkdir()
    with open_course(home, monkeypatch, capsys) as course:
        course.write("Lecture 1.en.srt", "1\n00:00:01,000 --> 00:00:02,000\nHello\n")
        assert course.push().code == ExitCode.OK
        # What Canvas would spoil is made anew in two requests, and saved between them.
        course.write("Lecture 1.en.srt", "1\n00:00:01,000 --> 00:00:02,000\n5, 6, 7\n")
        result = course.push()
        assert result.code == ExitCode.OK and course.saved(), result.all
        course.sandbox.set(clock_skew_s=60.0)
        result = course.shell("restore", course.folder, "--yes")
        assert result.code == ExitCode.OK and "Hello" in course.tracks("Lecture 1")["en"], result.all
        assert course.shell("pull", course.folder).code == ExitCode.OK

r"""Paths that are longer than Windows takes them without the prefix `\\?\`: they work, and nothing is passed over."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import max_path
import needs
import pytest
from teacher import vtt

from captionkit.errors import ExitCode

if TYPE_CHECKING:
    from sandbox_course import SandboxCourse
    from windows.conftest import Run

pytestmark = needs.windows
SRT = b"1\n00:00:01,000 --> 00:00:03,000\n<b>Hello there\n"
DEEP = "\\".join(["captions", *["d" * 50] * 5])


def prefixed(path: Path) -> str:
    return f"\\\\?\\{path}"


@pytest.fixture
def deep(tmp_path: Path) -> Iterator[Path]:
    """A folder with captions in it, 250 characters and more below `tmp_path`; captions\\short.en.srt lies beside."""
    folder = tmp_path / DEEP
    os.makedirs(prefixed(folder))
    for place in (folder / "a.en.srt", folder / "b.en.srt", tmp_path / "captions" / "short.en.srt"):
        Path(prefixed(place)).write_bytes(SRT)
    with max_path.limited():
        yield folder
    shutil.rmtree(prefixed(tmp_path / "captions"))


def names(folder: Path) -> set[str]:
    return set(os.listdir(prefixed(folder)))


@pytest.mark.parametrize("given", ["captions", DEEP, f"{DEEP}\\*.srt", "captions\\**\\a.*", f"{DEEP}\\a.en.srt"])
def test_check_and_fix_see_every_file(ck: Run, deep: Path, given: str) -> None:
    found = ck("check", given, "--output-format", "concise")
    assert found.code == ExitCode.FINDINGS and DEEP in found.out.decode() and "a.en.srt:3:1" in found.out.decode()
    assert "\\\\?\\" not in found.out.decode()
    assert ck("fix", given).code == ExitCode.OK and ck("check", given).code == ExitCode.OK


@pytest.mark.parametrize(
    "command",
    [
        "convert captions -o out", "convert {0}\\a.en.srt", "convert {0}\\*.srt", "transcript {0}\\a.en.srt",
        "transcript captions -o {0}\\texts", "shift {0}\\a.en.srt --by 1s -o {0}\\new.en.srt",
        "shift {0}\\a.en.srt --by 1s --in-place", "preview {0}\\a.en.srt -o {0}\\a.html", "split {0}\\a.en.srt --at 2s",
        "merge {0}\\a.en.srt {0}\\b.en.srt -o {0}\\new.srt", "diff {0}\\a.en.srt {0}\\b.en.srt",
        "audit captions -o {0}\\report.html", "audit {0}",
    ],
)  # fmt: skip
def test_every_command_takes_them(ck: Run, deep: Path, command: str) -> None:
    done = ck(*command.format(DEEP).split())
    assert done.code == ExitCode.OK, done


def test_all_of_a_folder_is_converted_and_counted(ck: Run, deep: Path, tmp_path: Path) -> None:
    assert "3 files converted" in ck("convert", "captions", "-o", "out").out.decode()
    assert names(tmp_path / "out" / DEEP.partition("\\")[2]) == {"a.en.vtt", "b.en.vtt"}
    assert ck("audit", "captions", "--output-format", "csv").out.count(b"\ncaptions,") == 3


def test_a_folder_of_long_paths_is_synced_restored_and_pulled(course: SandboxCourse) -> None:
    folder = course.folder / ("x" * 120) / ("y" * 120)
    os.makedirs(prefixed(folder))
    file = Path(prefixed(folder / "Lecture 1.en.vtt"))
    assert len(str(file)) > 300
    file.write_bytes(vtt("Hello").encode())
    with max_path.limited():
        assert "Lecture 1" in course.shell("plan", course.folder).all
        assert course.push().code == ExitCode.OK and course.tracks("Lecture 1") == {"en": vtt("Hello")}
        file.write_bytes(vtt("Better").encode())
        assert course.push().code == ExitCode.OK and course.tracks("Lecture 1") == {"en": vtt("Better")}
        course.sandbox.set(clock_skew_s=60.0)
        result = course.shell("restore", course.folder, "--yes")
        assert result.code == ExitCode.OK and course.tracks("Lecture 1") == {"en": vtt("Hello")}, result.all
        result = course.shell("pull", course.folder)
        assert result.code == ExitCode.OK and file.read_text(encoding="utf-8") == vtt("Hello"), result.all
        assert os.listdir(file.parent) == ["Lecture 1.en.vtt"]
    shutil.rmtree(prefixed(course.folder / ("x" * 120)))

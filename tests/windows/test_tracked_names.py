"""A clone checks out on Windows: every tracked name is one that it can hold."""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parents[2]
#: https://learn.microsoft.com/windows/win32/fileio/naming-a-file; any extension after them changes nothing.
RESERVED = {"con", "prn", "aux", "nul", "conin$", "conout$"} | {
    f"{port}{n}" for port in ("com", "lpt") for n in "0123456789¹²³"
}
#: Of the 260 of MAX_PATH, what is left for names below a folder such as C:\Users\somebody\Documents\GitHub\captionkit.
LONGEST = 160


def what_windows_refuses(path: str) -> str:
    """Why Windows cannot check out this path of a repository; "" where it can."""
    for name in path.split("/"):
        if name.split(".")[0].rstrip(" ").lower() in RESERVED:
            return "the name of a device"
        if name.endswith((" ", ".")):
            return "ends in a blank or a dot"
        if any(char in '<>:"|?*\\' or ord(char) < 32 for char in name):
            return "a character that no name may have"
    return "too long" if len(path) > LONGEST else ""


@pytest.fixture(scope="module")
def tracked() -> list[str]:
    if shutil.which("git") is None or not (HERE / ".git").exists():
        pytest.skip("no git checkout here")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=HERE, capture_output=True, check=True).stdout
    names = listed.decode("utf-8").split("\0")[:-1]
    assert len(names) > 500
    return names


def test_every_tracked_name_can_be_checked_out_on_windows(tracked: list[str]) -> None:
    assert {name: why for name in tracked if (why := what_windows_refuses(name))} == {}


def test_no_two_tracked_names_or_folders_differ_by_case_only(tracked: list[str]) -> None:
    paths = {str(part) for name in tracked for part in (Path(name), *Path(name).parents)}
    assert [name for name, count in Counter(path.casefold() for path in paths).items() if count > 1] == []


@pytest.mark.parametrize(
    "name",
    [
        "fixtures/srt/nul.srt",
        "a/CON/b.srt",
        "aux",
        "x/Lpt1.tar.gz",
        "com¹.vtt",
        "a./b",
        "a /b",
        "q?.srt",
        "a\\b",
        "t\tb",
        "x/" * 81,
    ],
)
def test_such_a_name_would_be_found(name: str) -> None:
    assert what_windows_refuses(name)

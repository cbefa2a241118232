"""What a test needs of the machine that it runs on. Where that is missing the test is skipped, and says why."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

WINDOWS = os.name == "nt"


def needs(there: bool, otherwise: str) -> pytest.MarkDecorator:
    """A mark for tests that need something, with the reason of those that are skipped where it is not there."""
    return pytest.mark.skipif(not there, reason=otherwise)


def _links_can_be_made() -> bool:
    with tempfile.TemporaryDirectory() as folder:
        link = Path(folder, "link")
        try:
            link.symlink_to(folder)
        except OSError:
            return False
        return link.is_symlink()


links = needs(_links_can_be_made(), "links cannot be made here: Windows wants a right for it, Wine makes none")
windows = needs(WINDOWS, "only Windows is like this")
posix_names = needs(not WINDOWS, "Windows has no such names")
posix_signals = needs(not WINDOWS, "Windows sends no signals to processes; tests/windows presses Ctrl-C there")
posix_terminals = needs(not WINDOWS, "Windows has no pseudo terminals as POSIX has them; see tests/windows")
posix_files = needs(not WINDOWS, "Windows has no named pipes, sockets and devices among its files")
permission_bits = needs(not WINDOWS, "Windows has no permission bits")
folder_sync = needs(not WINDOWS, "Windows has no call to sync a folder")
time_zones = needs(sys.platform != "win32", "Windows has one time zone for all programs")
git = needs(shutil.which("git") is not None, "git is not installed")

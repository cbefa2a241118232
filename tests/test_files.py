"""Writing so that a crash leaves the old file or the new one."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import needs
import pytest

from captionkit.errors import LocalError
from captionkit.files import write_atomically


def test_a_new_file_and_a_replaced_one(tmp_path: Path) -> None:
    file = tmp_path / "a.srt"
    write_atomically(file, b"one")
    write_atomically(file, b"two")
    assert file.read_bytes() == b"two"
    assert os.listdir(tmp_path) == ["a.srt"]


@pytest.mark.parametrize("call", ["fsync", "replace", "chmod"])
def test_a_failure_at_any_step_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    file = tmp_path / "a.srt"
    file.write_bytes(b"old")

    def fails(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, call, fails)
    with pytest.raises(LocalError, match="No space left"):
        write_atomically(file, b"new")
    assert file.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a.srt"]


def test_a_folder_that_is_not_there_is_reported(tmp_path: Path) -> None:
    with pytest.raises(LocalError, match="cannot write"):
        write_atomically(tmp_path / "nowhere" / "a.srt", b"x")


@needs.permission_bits
def test_permissions_stay(tmp_path: Path) -> None:
    file = tmp_path / "a.srt"
    file.write_bytes(b"old")
    file.chmod(0o640)
    write_atomically(file, b"new")
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


@needs.links
def test_a_link_stays_a_link_and_its_target_is_written(tmp_path: Path) -> None:
    target, link = tmp_path / "real.srt", tmp_path / "link.srt"
    target.write_bytes(b"old")
    link.symlink_to(target)
    write_atomically(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


@needs.posix_files
def test_a_device_is_not_replaced_by_a_file(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for special in (pipe, tmp_path):
        with pytest.raises(LocalError, match="no regular file"):
            write_atomically(special, b"x")

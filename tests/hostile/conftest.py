from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from strangers import SRT, Thief, User


@pytest.fixture
def thief() -> Iterator[Thief]:
    with Thief() as server:
        yield server


@pytest.fixture
def user(tmp_path: Path) -> User:
    return User(tmp_path / "home")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    folder = tmp_path / "clone"
    folder.mkdir()
    (folder / "Lecture 1.en.srt").write_text(SRT.format("Hello"), encoding="utf-8")
    return folder

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("werkzeug", reason="needs captionkit[desk]")

from desk_client import Client, served
from sandbox_course import SandboxCourse, open_course

from captionkit.desk.server import Desk


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration folder of its own."""
    for name in ("XDG_CONFIG_HOME", "APPDATA", "HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def course(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[SandboxCourse]:
    with open_course(tmp_path, monkeypatch, capsys) as course:
        yield course


@pytest.fixture
def desk(course: SandboxCourse) -> Iterator[Desk]:
    with served(course.folder) as desk:
        yield desk


@pytest.fixture
def client(desk: Desk) -> Client:
    return Client(desk)

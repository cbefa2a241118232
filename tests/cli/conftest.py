from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from captionkit.cli.frame import run

if TYPE_CHECKING:
    from sandbox_course import SandboxCourse

    from captionkit.sandbox.studio import Studio

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def course(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[SandboxCourse]:
    pytest.importorskip("werkzeug", reason="needs captionkit[sandbox]")
    from sandbox_course import open_course

    with open_course(tmp_path, monkeypatch, capsys) as course:
        yield course


# --- Studio


@pytest.fixture
def studio() -> Iterator[Studio]:
    from captionkit.sandbox.studio import Studio

    with Studio() as running:
        yield running


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, studio: Studio) -> Path:
    """A home of its own, nobody signed in, no keyring, and nobody at the keyboard."""
    for name in ("XDG_CONFIG_HOME", "APPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in [name for name in os.environ if name.startswith(("CAPTIONKIT_", "CANVAS_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("CAPTIONKIT_STUDIO_URL", studio.url)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.setitem(sys.modules, "keyring", None)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "work"


@pytest.fixture
def signed_in(home: Path, studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAPTIONKIT_STUDIO_TOKEN", studio.tokens["teacher"])


@pytest.fixture
def ck(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    def call(*arguments: object, stdin: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        code = run([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return call

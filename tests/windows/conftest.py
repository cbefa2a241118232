"""What half of the users type: in this process with the streams that Windows gives, and in processes of their own."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from captionkit.cli.frame import run

if TYPE_CHECKING:
    from sandbox_course import SandboxCourse


class Done(NamedTuple):
    code: int
    out: bytes
    err: str


Run = Callable[..., Done]


@pytest.fixture
def ck(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run captionkit in `tmp_path` with its output in a pipe as on Windows: of a code page that knows no Chinese, and
    with every line feed made two characters."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CAPTIONKIT_NO_CACHE", "1")

    def here(*arguments: object, stdin: bytes = b"") -> Done:
        out, err = io.BytesIO(), io.BytesIO()
        with monkeypatch.context() as patch:
            for name, data in (("stdout", out), ("stderr", err), ("stdin", io.BytesIO(stdin))):
                patch.setattr(sys, name, io.TextIOWrapper(data, encoding="cp1252", newline="\r\n"))
            code = run([str(one) for one in arguments])
            sys.stdout.flush()
            sys.stderr.flush()
            return Done(code, out.getvalue(), err.getvalue().decode("utf-8"))

    return here


@pytest.fixture
def process(tmp_path: Path) -> Run:
    """Run captionkit in a process of its own, in `tmp_path`; on Windows with the code page that it has."""
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONUTF8", "PYTHONIOENCODING")}
    environ = kept | {"CAPTIONKIT_NO_CACHE": "1"} | ({} if os.name == "nt" else {"PYTHONIOENCODING": "cp1252"})

    def elsewhere(*arguments: object, stdin: bytes | None = None) -> Done:
        given: dict[str, Any] = {"stdin": subprocess.DEVNULL} if stdin is None else {"input": stdin}
        done = subprocess.run(
            [sys.executable, "-m", "captionkit", *map(str, arguments)],
            capture_output=True, timeout=120, env=environ, cwd=tmp_path, **given,
        )  # fmt: skip
        return Done(done.returncode, done.stdout, done.stderr.decode("utf-8"))

    return elsewhere


@pytest.fixture
def course(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[SandboxCourse]:
    pytest.importorskip("werkzeug", reason="needs captionkit[sandbox]")
    from sandbox_course import open_course

    with open_course(tmp_path, monkeypatch, capsys) as course:
        yield course

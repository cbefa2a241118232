from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[object]:
    pytest.importorskip("werkzeug", reason="needs captionkit[sandbox]")
    from sandbox_course import open_course

    with open_course(tmp_path, monkeypatch, capsys) as course:
        yield course

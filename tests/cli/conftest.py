from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def campus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[object]:
    pytest.importorskip("werkzeug", reason="needs captionkit[sandbox]")
    from campus import open_campus

    with open_campus(tmp_path, monkeypatch, capsys) as campus:
        yield campus

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk import COURSE, Desk
from fakes.canvas import FakeCanvas
from fakes.clock import SimulatedClock


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    clock = SimulatedClock()
    world = FakeCanvas(clock=clock)
    world.add_media(COURSE, "Lecture 1", media_id="m-1")
    world.add_media(COURSE, "Lecture 2", media_id="m-2")
    clock.sleep(300)
    return Desk(tmp_path / "captions", world, clock=clock)


@pytest.fixture
def campus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[object]:
    pytest.importorskip("werkzeug", reason="needs captionkit[sandbox]")
    from campus import open_campus

    with open_campus(tmp_path, monkeypatch, capsys) as campus:
        yield campus

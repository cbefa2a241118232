from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes.canvas import FakeCanvas
from fakes.clock import SimulatedClock
from teacher import COURSE, Teacher


@pytest.fixture
def teacher(tmp_path: Path) -> Teacher:
    clock = SimulatedClock()
    world = FakeCanvas(clock=clock)
    world.add_media(COURSE, "Lecture 1", media_id="m-1")
    world.add_media(COURSE, "Lecture 2", media_id="m-2")
    clock.sleep(300)
    return Teacher(tmp_path / "captions", world, clock=clock)


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[object]:
    pytest.importorskip("werkzeug", reason="needs captionkit[sandbox]")
    from sandbox_course import open_course

    with open_course(tmp_path, monkeypatch, capsys) as course:
        yield course

"""A whole library's new files are got ready on all processors, with the same result as one after the other."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from fakes.canvas import FakeCanvas
from fakes.clock import SimulatedClock
from teacher import Teacher, srt, step, vtt

from captionkit.errors import LocalError
from captionkit.library.local_file import LocalFile
from captionkit.sync import many, survey
from captionkit.sync.publishable import Claim
from captionkit.sync.state import digest_of

MEDIA = 30


@pytest.fixture
def library(tmp_path: Path) -> Teacher:
    clock = SimulatedClock()
    world = FakeCanvas(clock=clock)
    for number in range(MEDIA):
        world.add_media("courses/101", f"Lecture {number}", media_id=f"m-{number}")
    clock.sleep(300)
    teacher = Teacher(tmp_path / "captions", world, clock=clock)
    for number in range(MEDIA):
        teacher.write(f"m-{number}.en.vtt", vtt(f"Lecture {number}"))
        teacher.write(f"m-{number}.de.srt", srt(f"Vorlesung {number}"))
    return teacher


def on_all_processors(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(many, "WORTH_IT", 20)
    patch.setattr(many, "BATCH", 7)
    patch.setattr(os, "cpu_count", lambda: 2)


def test_the_plan_is_the_same(library: Teacher, monkeypatch: pytest.MonkeyPatch) -> None:
    library.write("m-3.en.vtt", bytes(range(256)))
    library.write("m-6.en.vtt", vtt("<<<<<<< HEAD\nLecture 6\n=======\nLecture six\n>>>>>>> vendor"))
    library.world.add_track("m-4", "en", srt("there already"))
    library.world.add_track("m-5", "en", vtt("a colleague's"), user="2")
    library.clock.sleep(300)
    one_by_one = library.survey()
    with monkeypatch.context() as patch:
        on_all_processors(patch)
        together = library.survey()
    assert together == one_by_one
    assert together.contents == one_by_one.contents
    assert step(together, "en", "m-3").why == "bad-file"
    assert step(together, "en", "m-6").held == ("conflict-markers",)


def test_texts_that_were_not_kept_are_made_again(library: Teacher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(survey, "KEPT_TEXTS", 5)
    surveyed = library.survey()
    assert len(surveyed.contents) == 5
    assert library.apply(surveyed).exit_code == 0
    assert all(set(library.on_canvas(f"m-{number}")) == {"de", "en"} for number in range(MEDIA))


def test_a_file_that_goes_meanwhile_ends_it_with_a_word(library: Teacher, monkeypatch: pytest.MonkeyPatch) -> None:
    on_all_processors(monkeypatch)
    gone = [(LocalFile("en", f"gone-{number}.vtt", digest_of(b"")), Claim("en")) for number in range(60)]
    with pytest.raises(LocalError, match="cannot read"):
        list(many.prepare_new(library.store, gone, srt_only=False))

"""Bringing tracks into the folder, without losing what was edited there."""

from __future__ import annotations

import sys
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from fakes.canvas import FakeCanvas
from fakes.clock import SimulatedClock
from teacher import COURSE, Teacher, srt, vtt

from captionkit.sync.decide import Do
from captionkit.sync.plan import Plan


def whys(plan: Plan) -> dict[str, str]:
    return {step.locale: step.why for _, step in plan.steps()}


@pytest.fixture
def pulled(teacher: Teacher) -> Teacher:
    teacher.world.add_track("m-1", "en", vtt("Hello"))
    teacher.world.add_track("m-1", "fr", srt("Bonjour"))
    teacher.clock.sleep(300)
    teacher.pull()
    return teacher


def edit(teacher: Teacher, locale: str, text: str) -> None:
    teacher.world.edit_track(next(row.id for row in teacher.world.tracks("m-1") if row.locale == locale), text)
    teacher.clock.sleep(300)


def test_new_tracks_are_written_in_the_form_they_have_there(pulled: Teacher) -> None:
    assert pulled.files() == ["Lecture 1.en.vtt", "Lecture 1.fr.srt"]
    assert pulled.read("Lecture 1.fr.srt") == srt("Bonjour")


def test_a_second_pull_asks_for_the_listing_only(pulled: Teacher) -> None:
    before = len(pulled.world.log)
    found = pulled.pull()
    assert found.unchanged == 1
    assert [request.method for request in pulled.world.log[before:]] == ["LIST"]


def test_the_next_push_sends_nothing(pulled: Teacher) -> None:
    assert pulled.push().run == ""


def test_an_edit_in_canvas_replaces_an_untouched_file_and_the_old_one_is_saved(pulled: Teacher) -> None:
    edit(pulled, "en", vtt("Edited there"))
    pulled.pull()
    assert pulled.read("Lecture 1.en.vtt") == vtt("Edited there")
    assert vtt("Hello") in pulled.backups().values()


def test_a_file_keeps_its_format_where_nothing_is_lost_by_it(pulled: Teacher) -> None:
    edit(pulled, "fr", vtt("Au revoir"))
    pulled.pull()
    assert "00:00:01,000 --> 00:00:02,000\nAu revoir" in pulled.read("Lecture 1.fr.srt")


def test_a_file_changes_its_format_rather_than_lose_something(pulled: Teacher) -> None:
    placed = "WEBVTT\n\n00:00:01.000 --> 00:00:02.000 line:33% position:20% align:start\nAu revoir\n"
    edit(pulled, "fr", placed)
    found = pulled.pull()
    assert pulled.files() == ["Lecture 1.en.vtt", "Lecture 1.fr.vtt"]
    assert pulled.read("Lecture 1.fr.vtt") == placed
    assert srt("Bonjour") in pulled.backups().values()
    assert any("kept as .vtt" in step.note for _, step in found.steps())


def test_a_file_that_was_edited_here_is_not_overwritten(pulled: Teacher) -> None:
    edit(pulled, "en", vtt("Edited there"))
    pulled.write("Lecture 1.en.vtt", vtt("Edited here"))
    assert pulled.pull().count(Do.CONFLICT) == 1
    assert pulled.read("Lecture 1.en.vtt") == vtt("Edited here")
    pulled.pull(on_conflict="remote")
    assert pulled.read("Lecture 1.en.vtt") == vtt("Edited there")
    assert vtt("Edited here") in pulled.backups().values()


def test_an_edit_here_alone_is_left_for_a_push(pulled: Teacher) -> None:
    pulled.write("Lecture 1.en.vtt", vtt("Edited here"))
    assert whys(pulled.pull())["en"] == "local-edit"
    assert pulled.read("Lecture 1.en.vtt") == vtt("Edited here")


def test_a_file_removed_here_stays_removed_unless_it_is_wanted_back(pulled: Teacher) -> None:
    pulled.delete("Lecture 1.en.vtt")
    assert whys(pulled.pull())["en"] == "local-removal"
    assert "Lecture 1.en.vtt" not in pulled.files()
    pulled.pull(restore=True)
    assert pulled.read("Lecture 1.en.vtt") == vtt("Hello")


def test_a_track_deleted_in_canvas_costs_the_file_only_with_leave(pulled: Teacher) -> None:
    pulled.world.delete_track(next(row.id for row in pulled.world.tracks("m-1") if row.locale == "en"))
    pulled.clock.sleep(300)
    assert whys(pulled.pull())["en"] == "remote-removal-kept"
    assert "Lecture 1.en.vtt" in pulled.files()
    pulled.pull(delete=True)
    assert "Lecture 1.en.vtt" not in pulled.files()
    assert vtt("Hello") in pulled.backups().values()
    assert not pulled.plan().changing


def test_a_colleagues_track_is_named_but_cannot_be_brought(pulled: Teacher) -> None:
    pulled.world.add_track("m-1", "uk", vtt("Привіт"), user="2")
    pulled.clock.sleep(300)
    assert whys(pulled.pull())["uk"] == "hidden"


def test_automatic_captions_in_the_making_are_not_brought(pulled: Teacher) -> None:
    pulled.world.add_track("m-2", "en", "", asr=True, workflow_state="processing")
    pulled.clock.sleep(300)
    assert pulled.pull().count(Do.SKIP) == 1
    assert pulled.files() == ["Lecture 1.en.vtt", "Lecture 1.fr.srt"]


def test_a_file_that_is_in_the_way_is_not_overwritten(teacher: Teacher) -> None:
    teacher.world.add_track("m-1", "en", vtt("Hello"))
    teacher.clock.sleep(300)
    teacher.write("Lecture 1.en.vtt", vtt("Something else"))
    found = teacher.pull()
    assert found.count(Do.CONFLICT) == 1
    assert teacher.read("Lecture 1.en.vtt") == vtt("Something else")


def test_captions_for_the_deaf_carry_their_kind_in_the_name_and_back(teacher: Teacher) -> None:
    teacher.world.add_track("m-1", "en", vtt("Hello"), kind="captions")
    teacher.clock.sleep(300)
    teacher.pull()
    assert teacher.files() == ["Lecture 1.en.cc.vtt"]
    assert teacher.push().run == ""


def test_twice_the_media_are_twice_the_work_of_bringing(tmp_path: Path) -> None:
    """Each media object used to look at all tracks of the pull, and to copy the whole manifest."""

    def lines_executed(media: int) -> int:
        clock = SimulatedClock()
        teacher = Teacher(tmp_path / str(media), FakeCanvas(clock=clock), clock=clock)
        for number in range(media):
            teacher.world.add_media(COURSE, f"Lecture {number}", media_id=f"m-{number}")
        for number in range(media):
            teacher.world.add_track(f"m-{number}", "en", vtt("Hello"))
        teacher.clock.sleep(300)
        count = 0

        def on_line(frame: FrameType, event: str, argument: object) -> Any:
            nonlocal count
            count += frame.f_code.co_filename.endswith(("bring.py", "manifest.py"))
            return on_line

        before = sys.gettrace()
        sys.settrace(on_line)
        try:
            teacher.pull()
        finally:
            sys.settrace(before)
        return count

    first, second, third = (lines_executed(media) for media in (20, 40, 80))
    assert third - second <= 2.3 * (second - first)

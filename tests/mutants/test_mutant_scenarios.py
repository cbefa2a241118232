"""What campaigns seldom come across, played through: each of these once told a wrong engine from the right one."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes.canvas import FakeCanvas
from fakes.clock import SimulatedClock
from fakes.faults import Moment
from teacher import COURSE, Teacher, srt, step, vtt
from test_inherited import new_copied, of_original
from test_recovery import PowerCut, restore, resume

from captionkit.errors import ExitCode
from captionkit.sync.results import Ending


def new_teacher(folder: Path) -> Teacher:
    clock = SimulatedClock()
    world = FakeCanvas(clock=clock)
    world.add_media(COURSE, "Lecture 1", media_id="m-1")
    world.add_media(COURSE, "Lecture 2", media_id="m-2")
    clock.sleep(300)
    return Teacher(folder / "captions", world, clock=clock)


def test_an_edit_in_the_second_in_which_we_read_is_seen_by_the_next_push(tmp_path: Path) -> None:
    """Canvas's times have whole seconds, so the listing is the same before and after the second edit."""
    teacher = new_teacher(tmp_path)
    track = teacher.world.add_track("m-1", "en", vtt("Hello"))
    teacher.write("m-1.en.vtt", vtt("Hello"))
    teacher.apply(teacher.survey())
    teacher.world.edit_track(track, vtt("Edited there"))
    teacher.clock.sleep(300)
    assert step(teacher.plan(), "en").why == "remote-edit"


def test_an_edit_in_the_second_of_our_own_write_is_seen_by_the_next_push(tmp_path: Path) -> None:
    teacher = new_teacher(tmp_path)
    teacher.write("m-1.en.vtt", vtt("Hello"))
    teacher.apply(teacher.survey())
    teacher.world.edit_track(teacher.world.tracks("m-1")[0].id, vtt("Edited there"))
    teacher.clock.sleep(300)
    assert step(teacher.plan(), "en").why == "remote-edit"


def test_an_edit_in_the_second_in_which_a_late_request_landed_is_seen_by_the_next_push(tmp_path: Path) -> None:
    """The request got no answer, and Canvas carried it out just before we looked what it did."""
    teacher = new_teacher(tmp_path)
    teacher.write("m-1.en.vtt", vtt("Hello"))
    teacher.world.fault("late", late_by=1)
    assert teacher.apply(teacher.survey()).exit_code is ExitCode.OK
    teacher.world.edit_track(teacher.world.tracks("m-1")[0].id, vtt("Edited there"))
    teacher.clock.sleep(300)
    assert step(teacher.plan(), "en").why == "remote-edit"


def test_the_planned_text_over_a_stale_copy_does_not_count_as_done(tmp_path: Path) -> None:
    """Somebody uploads just what we planned to, over SRT: Canvas holds it, and goes on showing the old text."""
    teacher = new_teacher(tmp_path)
    track = teacher.world.add_track("m-1", "en", srt("Old"))
    teacher.clock.sleep(300)
    teacher.write("m-1.en.srt", srt("5, 6, 7"))
    surveyed = teacher.survey(on_conflict="local")
    (text,) = surveyed.contents.values()
    teacher.world.edit_track(track, text)
    report = teacher.apply(surveyed)
    assert [result.ending for result in report.results] == [Ending.UNKNOWN]
    assert "players get something else" in report.results[0].message
    teacher.clock.sleep(300)
    assert teacher.push(on_conflict="local").exit_code is ExitCode.OK
    assert "\n5, 6, 7\n" in teacher.shown("m-1", "en")


def test_a_language_that_is_added_beside_two_requests_is_kept(tmp_path: Path) -> None:
    """English is made anew in two requests; a colleague adds Ukrainian in between, which the plan does not know."""
    teacher = new_teacher(tmp_path)
    teacher.world.add_track("m-1", "en", srt("Old"))
    teacher.clock.sleep(300)
    teacher.write("m-1.en.srt", srt("5, 6, 7"))

    def colleague(moment: Moment) -> None:
        if moment.when == "after" and moment.request.method == "PUT" and teacher.puts() == 1:
            teacher.world.add_track("m-1", "uk", vtt("Привіт"), user="2")

    teacher.world.hooks.append(colleague)
    assert teacher.push(on_conflict="local").exit_code is ExitCode.OK
    assert teacher.on_canvas("m-1")["uk"] == vtt("Привіт")
    assert "\n5, 6, 7\n" in teacher.shown("m-1", "en")


def test_drift_beside_a_change_of_ours_stays_drift(tmp_path: Path) -> None:
    teacher = new_teacher(tmp_path)
    teacher.write("m-1.en.vtt", vtt("Hello"))
    teacher.write("m-1.fr.vtt", vtt("Bonjour"))
    teacher.push()
    french = next(row.id for row in teacher.world.tracks("m-1") if row.locale == "fr")
    teacher.world.edit_track(french, vtt("Edited there"))
    teacher.clock.sleep(300)
    teacher.write("m-1.en.vtt", vtt("Hello again"))
    assert teacher.push().exit_code is ExitCode.OK
    assert step(teacher.plan(), "fr").why == "remote-edit"
    assert teacher.on_canvas("m-1") == {"en": vtt("Hello again"), "fr": vtt("Edited there")}


def test_what_a_colleague_wrote_before_a_request_is_repeated_survives(tmp_path: Path) -> None:
    teacher = new_teacher(tmp_path)
    teacher.write("m-1.en.vtt", vtt("Hello"))
    teacher.world.fault("lost-request")

    def colleague(moment: Moment) -> None:
        is_there = any(row.locale == "uk" for row in teacher.world.tracks("m-1"))
        if moment.when == "after" and moment.request.method == "GET" and teacher.puts() == 1 and not is_there:
            teacher.world.add_track("m-1", "uk", vtt("Привіт"), user="2")

    teacher.world.hooks.append(colleague)
    report = teacher.apply(teacher.survey())
    assert teacher.on_canvas("m-1")["uk"] == vtt("Привіт")
    assert [result.ending for result in report.results] == [Ending.STALE]


def test_restoring_a_run_that_was_cut_off_half_way_brings_back_what_was_there_before_it(tmp_path: Path) -> None:
    teacher = new_teacher(tmp_path)
    for locale in ("de", "en", "fr"):
        teacher.write(f"m-1.{locale}.vtt", vtt(locale))
    teacher.push()
    teacher.delete("m-1.fr.vtt")
    teacher.write("m-1.en.vtt", vtt("en, edited"))
    teacher.write("m-1.de.vtt", vtt("de, edited"))
    teacher.world.fault("partial", step=2)
    surveyed = teacher.survey(delete=True)
    append = teacher.store.append_journal

    def dying(run: str, record: bytes) -> None:
        append(run, record)
        if b'"ACKED"' in record:
            raise PowerCut

    teacher.store.append_journal = dying  # type: ignore[method-assign]
    with pytest.raises(PowerCut):
        teacher.apply(surveyed)
    teacher.store.append_journal = append  # type: ignore[method-assign]
    report = resume(teacher)
    assert report is not None
    assert report.exit_code is ExitCode.OK
    assert restore(teacher, report.run).exit_code is ExitCode.OK
    assert teacher.on_canvas("m-1") == {locale: vtt(locale) for locale in ("de", "en", "fr")}


def test_a_language_that_is_added_between_two_requests_is_not_sent_over(tmp_path: Path) -> None:
    """English is made anew in two requests, French is to be new; a colleague adds French in between."""
    teacher = new_teacher(tmp_path)
    teacher.world.add_track("m-1", "en", srt("Old"))
    teacher.clock.sleep(300)
    teacher.write("m-1.en.srt", srt("5, 6, 7"))
    teacher.write("m-1.fr.vtt", vtt("Le mien"))

    def colleague(moment: Moment) -> None:
        if moment.when == "after" and moment.request.method == "PUT" and teacher.puts() == 1:
            teacher.world.add_track("m-1", "fr", vtt("Par un collègue"))

    teacher.world.hooks.append(colleague)
    report = teacher.push(on_conflict="local")
    assert report.exit_code is ExitCode.OUTCOME_UNKNOWN
    assert "fr is neither as it was nor as it should be" in report.results[0].message
    assert teacher.on_canvas("m-1")["fr"] == vtt("Par un collègue")
    assert "\n5, 6, 7\n" in teacher.shown("m-1", "en"), "the language that was half way is finished all the same"


def test_what_came_by_somebody_elses_hand_while_our_request_was_lost_proves_nothing(tmp_path: Path) -> None:
    """Our English never arrives; meanwhile the original comes to say just that. Leaving it out would destroy it."""
    teacher = new_copied(tmp_path)
    teacher.write("m-1.en.srt", srt("Corrected"))
    teacher.world.fault("lost-request")
    lent = next(row.id for row in teacher.world.tracks("m-1") if row.locale == "en")

    def original(moment: Moment) -> None:
        if moment.when == "after" and moment.request.method == "PUT" and teacher.puts() == 1:
            teacher.world.edit_track(lent, srt("Corrected"))

    teacher.world.hooks.append(original)
    teacher.push(on_conflict="local")
    teacher.delete("m-1.en.srt")
    teacher.write("m-1.de.vtt", vtt("Hallo"))
    teacher.push(delete=True)
    assert of_original(teacher).keys() == {"en", "fr"}


def test_a_track_that_was_deleted_there_ends_a_push_with_1(tmp_path: Path) -> None:
    teacher = new_teacher(tmp_path)
    teacher.write("m-1.en.vtt", vtt("Hello"))
    teacher.write("m-1.fr.vtt", vtt("Bonjour"))
    teacher.push()
    teacher.world.delete_track(next(row.id for row in teacher.world.tracks("m-1") if row.locale == "fr"))
    assert teacher.push().exit_code is ExitCode.FINDINGS
    assert teacher.push().exit_code is ExitCode.FINDINGS, "and goes on doing so until it is settled"

"""What campaigns seldom come across, played through: each of these once told a wrong engine from the right one."""

from __future__ import annotations

from pathlib import Path

import pytest
from desk import COURSE, Desk, srt, step, vtt
from fakes.canvas import FakeCanvas
from fakes.clock import SimulatedClock
from fakes.faults import Moment
from test_inherited import new_copied, of_original
from test_recovery import PowerCut, restore, resume

from captionkit.errors import ExitCode
from captionkit.sync.results import Ending


def new_desk(folder: Path) -> Desk:
    clock = SimulatedClock()
    world = FakeCanvas(clock=clock)
    world.add_media(COURSE, "Lecture 1", media_id="m-1")
    world.add_media(COURSE, "Lecture 2", media_id="m-2")
    clock.sleep(300)
    return Desk(folder / "captions", world, clock=clock)


def test_an_edit_in_the_second_in_which_we_read_is_seen_by_the_next_push(tmp_path: Path) -> None:
    """Canvas's times have whole seconds, so the listing is the same before and after the second edit."""
    desk = new_desk(tmp_path)
    track = desk.world.add_track("m-1", "en", vtt("Hello"))
    desk.write("m-1.en.vtt", vtt("Hello"))
    desk.apply(desk.survey())
    desk.world.edit_track(track, vtt("Edited there"))
    desk.clock.sleep(300)
    assert step(desk.plan(), "en").why == "remote-edit"


def test_an_edit_in_the_second_of_our_own_write_is_seen_by_the_next_push(tmp_path: Path) -> None:
    desk = new_desk(tmp_path)
    desk.write("m-1.en.vtt", vtt("Hello"))
    desk.apply(desk.survey())
    desk.world.edit_track(desk.world.tracks("m-1")[0].id, vtt("Edited there"))
    desk.clock.sleep(300)
    assert step(desk.plan(), "en").why == "remote-edit"


def test_an_edit_in_the_second_in_which_a_late_request_landed_is_seen_by_the_next_push(tmp_path: Path) -> None:
    """The request got no answer, and Canvas carried it out just before we looked what it did."""
    desk = new_desk(tmp_path)
    desk.write("m-1.en.vtt", vtt("Hello"))
    desk.world.fault("late", late_by=1)
    assert desk.apply(desk.survey()).exit_code is ExitCode.OK
    desk.world.edit_track(desk.world.tracks("m-1")[0].id, vtt("Edited there"))
    desk.clock.sleep(300)
    assert step(desk.plan(), "en").why == "remote-edit"


def test_the_planned_text_over_a_stale_copy_does_not_count_as_done(tmp_path: Path) -> None:
    """Somebody uploads just what we planned to, over SRT: Canvas holds it, and goes on showing the old text."""
    desk = new_desk(tmp_path)
    track = desk.world.add_track("m-1", "en", srt("Old"))
    desk.clock.sleep(300)
    desk.write("m-1.en.srt", srt("5, 6, 7"))
    surveyed = desk.survey(on_conflict="local")
    (text,) = surveyed.contents.values()
    desk.world.edit_track(track, text)
    report = desk.apply(surveyed)
    assert [result.ending for result in report.results] == [Ending.UNKNOWN]
    assert "players get something else" in report.results[0].message
    desk.clock.sleep(300)
    assert desk.push(on_conflict="local").exit_code is ExitCode.OK
    assert "\n5, 6, 7\n" in desk.shown("m-1", "en")


def test_a_language_that_is_added_beside_two_requests_is_kept(tmp_path: Path) -> None:
    """English is made anew in two requests; a colleague adds Ukrainian in between, which the plan does not know."""
    desk = new_desk(tmp_path)
    desk.world.add_track("m-1", "en", srt("Old"))
    desk.clock.sleep(300)
    desk.write("m-1.en.srt", srt("5, 6, 7"))

    def colleague(moment: Moment) -> None:
        if moment.when == "after" and moment.request.method == "PUT" and desk.puts() == 1:
            desk.world.add_track("m-1", "uk", vtt("Привіт"), user="2")

    desk.world.hooks.append(colleague)
    assert desk.push(on_conflict="local").exit_code is ExitCode.OK
    assert desk.on_canvas("m-1")["uk"] == vtt("Привіт")
    assert "\n5, 6, 7\n" in desk.shown("m-1", "en")


def test_drift_beside_a_change_of_ours_stays_drift(tmp_path: Path) -> None:
    desk = new_desk(tmp_path)
    desk.write("m-1.en.vtt", vtt("Hello"))
    desk.write("m-1.fr.vtt", vtt("Bonjour"))
    desk.push()
    french = next(row.id for row in desk.world.tracks("m-1") if row.locale == "fr")
    desk.world.edit_track(french, vtt("Edited there"))
    desk.clock.sleep(300)
    desk.write("m-1.en.vtt", vtt("Hello again"))
    assert desk.push().exit_code is ExitCode.OK
    assert step(desk.plan(), "fr").why == "remote-edit"
    assert desk.on_canvas("m-1") == {"en": vtt("Hello again"), "fr": vtt("Edited there")}


def test_what_a_colleague_wrote_before_a_request_is_repeated_survives(tmp_path: Path) -> None:
    desk = new_desk(tmp_path)
    desk.write("m-1.en.vtt", vtt("Hello"))
    desk.world.fault("lost-request")

    def colleague(moment: Moment) -> None:
        is_there = any(row.locale == "uk" for row in desk.world.tracks("m-1"))
        if moment.when == "after" and moment.request.method == "GET" and desk.puts() == 1 and not is_there:
            desk.world.add_track("m-1", "uk", vtt("Привіт"), user="2")

    desk.world.hooks.append(colleague)
    report = desk.apply(desk.survey())
    assert desk.on_canvas("m-1")["uk"] == vtt("Привіт")
    assert [result.ending for result in report.results] == [Ending.STALE]


def test_restoring_a_run_that_was_cut_off_half_way_brings_back_what_was_there_before_it(tmp_path: Path) -> None:
    desk = new_desk(tmp_path)
    for locale in ("de", "en", "fr"):
        desk.write(f"m-1.{locale}.vtt", vtt(locale))
    desk.push()
    desk.delete("m-1.fr.vtt")
    desk.write("m-1.en.vtt", vtt("en, edited"))
    desk.write("m-1.de.vtt", vtt("de, edited"))
    desk.world.fault("partial", step=2)
    surveyed = desk.survey(delete=True)
    append = desk.store.append_journal

    def dying(run: str, record: bytes) -> None:
        append(run, record)
        if b'"ACKED"' in record:
            raise PowerCut

    desk.store.append_journal = dying  # type: ignore[method-assign]
    with pytest.raises(PowerCut):
        desk.apply(surveyed)
    desk.store.append_journal = append  # type: ignore[method-assign]
    report = resume(desk)
    assert report is not None
    assert report.exit_code is ExitCode.OK
    assert restore(desk, report.run).exit_code is ExitCode.OK
    assert desk.on_canvas("m-1") == {locale: vtt(locale) for locale in ("de", "en", "fr")}


def test_a_language_that_is_added_between_two_requests_is_not_sent_over(tmp_path: Path) -> None:
    """English is made anew in two requests, French is to be new; a colleague adds French in between."""
    desk = new_desk(tmp_path)
    desk.world.add_track("m-1", "en", srt("Old"))
    desk.clock.sleep(300)
    desk.write("m-1.en.srt", srt("5, 6, 7"))
    desk.write("m-1.fr.vtt", vtt("Le mien"))

    def colleague(moment: Moment) -> None:
        if moment.when == "after" and moment.request.method == "PUT" and desk.puts() == 1:
            desk.world.add_track("m-1", "fr", vtt("Par un collègue"))

    desk.world.hooks.append(colleague)
    report = desk.push(on_conflict="local")
    assert report.exit_code is ExitCode.OUTCOME_UNKNOWN
    assert "fr is neither as it was nor as it should be" in report.results[0].message
    assert desk.on_canvas("m-1")["fr"] == vtt("Par un collègue")
    assert "\n5, 6, 7\n" in desk.shown("m-1", "en"), "the language that was half way is finished all the same"


def test_what_came_by_somebody_elses_hand_while_our_request_was_lost_proves_nothing(tmp_path: Path) -> None:
    """Our English never arrives; meanwhile the original comes to say just that. Leaving it out would destroy it."""
    desk = new_copied(tmp_path)
    desk.write("m-1.en.srt", srt("Corrected"))
    desk.world.fault("lost-request")
    lent = next(row.id for row in desk.world.tracks("m-1") if row.locale == "en")

    def original(moment: Moment) -> None:
        if moment.when == "after" and moment.request.method == "PUT" and desk.puts() == 1:
            desk.world.edit_track(lent, srt("Corrected"))

    desk.world.hooks.append(original)
    desk.push(on_conflict="local")
    desk.delete("m-1.en.srt")
    desk.write("m-1.de.vtt", vtt("Hallo"))
    desk.push(delete=True)
    assert of_original(desk).keys() == {"en", "fr"}


def test_a_track_that_was_deleted_there_ends_a_push_with_1(tmp_path: Path) -> None:
    desk = new_desk(tmp_path)
    desk.write("m-1.en.vtt", vtt("Hello"))
    desk.write("m-1.fr.vtt", vtt("Bonjour"))
    desk.push()
    desk.world.delete_track(next(row.id for row in desk.world.tracks("m-1") if row.locale == "fr"))
    assert desk.push().exit_code is ExitCode.FINDINGS
    assert desk.push().exit_code is ExitCode.FINDINGS, "and goes on doing so until it is settled"

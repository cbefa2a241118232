"""A file copied from another course: Canvas lends it the original's tracks, and a PUT can destroy them there."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from fakes.canvas import FakeCanvas
from fakes.clock import SimulatedClock
from fakes.faults import Moment
from teacher import COURSE, Teacher, srt, step, vtt
from test_recovery import PowerCut, resume

from captionkit.errors import ExitCode
from captionkit.remotes.canvas.model import NO_FILE
from captionkit.sync.decide import Do
from captionkit.sync.results import Ending
from captionkit.sync.run import Report

ORIGINAL = "courses/7"


def new_copied(folder: Path) -> Teacher:
    """A course with a copy of a lecture whose original, in another course, has English and French."""
    clock = SimulatedClock()
    world = FakeCanvas(clock=clock)
    world.add_media(ORIGINAL, "Lecture 1", media_id="m-1")
    world.add_copy("m-1", COURSE, user="1")  # whom it shows proves nothing
    world.add_track("m-1", "en", srt("original en"))
    world.add_track("m-1", "fr", vtt("original fr"), kind="captions")
    clock.sleep(300)
    return Teacher(folder / "captions", world, path="auto", clock=clock)


@pytest.fixture
def copied(tmp_path: Path) -> Teacher:
    return new_copied(tmp_path)


def copy_of(teacher: Teacher) -> str:
    return next(file.id for file in teacher.world.files.values() if file.context == COURSE)


def of_original(teacher: Teacher) -> dict[str, str]:
    home = teacher.world.media["m-1"].attachment_id
    return {row.locale: row.content for row in teacher.world.tracks("m-1") if row.attachment_id == home}


def of_copy(teacher: Teacher) -> dict[str, str]:
    return {row.locale: row.content for row in teacher.world.tracks("m-1") if row.attachment_id == copy_of(teacher)}


def ended(report: Report) -> list[Ending]:
    return [result.ending for result in report.results]


BOTH = {"en": srt("original en"), "fr": vtt("original fr")}
LIFTED = frozenset({"last-caption"})


def test_a_new_language_goes_to_the_copy_and_the_originals_tracks_stay(copied: Teacher) -> None:
    copied.write("m-1.de.vtt", vtt("Hallo"))
    report = copied.push()
    assert ended(report) == [Ending.COMMITTED]
    assert of_original(copied) == BOTH
    assert of_copy(copied) == {"de": vtt("Hallo")}


def test_mirror_asks_whose_a_track_is_leaves_the_originals_and_remembers(copied: Teacher) -> None:
    copied.write("m-1.de.vtt", vtt("Hallo"))
    report = copied.push(mirror=True)
    assert ended(report) == [Ending.COMMITTED]
    assert report.exit_code is ExitCode.OK
    assert [note.partition(";")[0] for note in report.results[0].notes] == [
        f"{locale} belongs to the file in another course that this one was copied from" for locale in ("en", "fr")
    ]
    assert of_original(copied) == BOTH
    assert of_copy(copied) == {"de": vtt("Hallo")}
    puts = copied.puts()
    report = copied.push(mirror=True)
    assert {step(report.plan, locale).why for locale in ("en", "fr")} == {"lent"}
    assert copied.puts() == puts


def test_replacing_a_lent_track_makes_one_of_its_own_and_needs_no_leave(copied: Teacher) -> None:
    """The original is held as SRT; a track of ours that is would be deleted and made anew for this text."""
    copied.write("m-1.en.srt", srt("5, 6, 7"))
    copied.write("m-1.fr.vtt", vtt("Le mien"))
    report = copied.push(on_conflict="local")
    assert step(report.plan, "en").do is Do.RECREATE
    assert "sent in place first" in step(report.plan, "en").note
    assert ended(report) == [Ending.COMMITTED]
    assert all("it has captions of its own" in note for note in report.results[0].notes)
    assert copied.puts() == 1, "what players get is right at once, so nothing is made anew"
    assert of_original(copied) == BOTH
    own = {row.locale: row for row in copied.world.tracks("m-1") if row.attachment_id == copy_of(copied)}
    assert "\n5, 6, 7\n" in own["en"].content
    assert own["en"].webvtt_content is None
    assert own["fr"].kind == "captions", "it is what the lent one was"
    assert copied.push().run == ""


def test_in_an_original_the_same_is_made_anew_once_it_is_proved_its_own(tmp_path: Path) -> None:
    clock = SimulatedClock()
    world = FakeCanvas(clock=clock)
    world.add_media(COURSE, "Lecture 1", media_id="m-1")
    world.add_track("m-1", "en", srt("old"))
    clock.sleep(300)
    teacher = Teacher(tmp_path / "captions", world, path="auto", clock=clock)
    teacher.write("m-1.en.srt", srt("5, 6, 7"))
    report = teacher.push(on_conflict="local")
    assert ended(report) == [Ending.COMMITTED]
    assert teacher.puts() == 3, "in place first; then without it; then with it"
    assert "\n5, 6, 7\n" in teacher.shown("m-1", "en")


def test_what_was_pulled_and_removed_here_is_deleted_where_it_is_this_files_own(copied: Teacher) -> None:
    home = copy_of(copied)
    own = copied.world.add_track("m-1", "de", vtt("own de"), attachment_id=home)
    copied.clock.sleep(300)
    copied.pull()
    copied.delete("Lecture 1.de.vtt")
    copied.delete("Lecture 1.fr.cc.vtt")
    report = copied.push(delete=True)
    assert ended(report) == [Ending.COMMITTED]
    assert report.exit_code is ExitCode.OK
    assert of_original(copied) == BOTH
    assert of_copy(copied) == {}
    assert vtt("own de") in copied.backups().values()
    with pytest.raises(KeyError):
        copied.world.track(own)
    assert copied.push(delete=True).run == "", "what was left is not asked about again"


def test_deleting_our_own_shows_the_originals_again_and_is_no_trouble(copied: Teacher) -> None:
    copied.write("m-1.en.vtt", vtt("Mine"))
    copied.write("m-1.de.vtt", vtt("Hallo"))
    copied.push(on_conflict="local")
    copied.delete("m-1.en.vtt")
    puts = copied.puts()
    report = copied.push(delete=True)
    assert ended(report) == [Ending.COMMITTED]
    assert copied.puts() == puts + 1, "our own write has proved whose it is"
    assert "shows the one of the file that it was copied from again" in report.results[0].notes[0]
    assert of_original(copied) == BOTH
    assert of_copy(copied) == {"de": vtt("Hallo")}
    assert copied.push(delete=True).exit_code is ExitCode.OK
    assert of_original(copied) == BOTH


@pytest.mark.parametrize("stop_after", [1, 2])
def test_finishing_half_a_request_does_not_delete_what_shows_again(copied: Teacher, stop_after: int) -> None:
    """The first half deletes our own English; sent again as it was, the request would delete the original's."""
    copied.write("m-1.en.vtt", vtt("Mine"))
    copied.write("m-1.de.vtt", vtt("Hallo"))
    copied.write("m-1.it.vtt", vtt("Ciao"))
    copied.push(on_conflict="local")
    copied.delete("m-1.en.vtt")
    copied.write("m-1.de.vtt", vtt("Hallo wieder"))
    copied.write("m-1.it.vtt", vtt("Ciao di nuovo"))
    copied.world.fault("partial", step=stop_after)
    report = copied.push(delete=True)
    assert ended(report) == [Ending.COMMITTED]
    assert of_original(copied) == BOTH
    assert of_copy(copied) == {"de": vtt("Hallo wieder"), "it": vtt("Ciao di nuovo")}


def test_making_our_own_anew_keeps_the_originals_that_show_in_between(copied: Teacher) -> None:
    home = copy_of(copied)
    copied.world.add_track("m-1", "en", srt("own en"), attachment_id=home)
    copied.world.add_track("m-1", "fr", srt("own fr"), attachment_id=home)
    copied.clock.sleep(300)
    copied.write("m-1.en.srt", srt("5, 6, 7"))
    report = copied.push(on_conflict="local", mirror=True, allow=LIFTED)
    assert step(report.plan, "en").do is Do.RECREATE
    assert step(report.plan, "fr").do is Do.DELETE
    assert ended(report) == [Ending.COMMITTED]
    assert of_original(copied) == BOTH
    assert list(of_copy(copied)) == ["en"]
    assert "\n5, 6, 7\n" in of_copy(copied)["en"]


def test_what_an_import_gave_the_copy_is_the_copys(tmp_path: Path) -> None:
    """Newer servers copy the tracks, too, as tracks of nobody."""
    clock = SimulatedClock()
    world = FakeCanvas(clock=clock)
    world.add_media(ORIGINAL, "Lecture 1", media_id="m-1")
    world.add_track("m-1", "en", vtt("original en"))
    world.add_copy("m-1", COURSE, own_tracks=True)
    clock.sleep(300)
    teacher = Teacher(tmp_path / "captions", world, path="auto", clock=clock)
    teacher.write("m-1.de.vtt", vtt("Hallo"))
    report = teacher.push(mirror=True)
    assert report.exit_code is ExitCode.OK
    assert of_original(teacher) == {"en": vtt("original en")}
    assert of_copy(teacher) == {"de": vtt("Hallo")}


def test_a_copy_whose_original_was_deleted_is_synced_like_any_other(copied: Teacher) -> None:
    copied.world.delete_original("m-1")
    copied.write("m-1.en.vtt", vtt("Mine"))
    assert copied.push(mirror=True).exit_code is ExitCode.OK
    copied.write("m-1.en.vtt", vtt("Mine again"))
    assert copied.push().exit_code is ExitCode.OK
    assert of_copy(copied) == {"en": vtt("Mine again")}
    assert copied.push().run == ""


def test_between_the_answer_and_our_look_a_stale_tab_may_remove_what_we_asked_with(copied: Teacher) -> None:
    """Then the original's shows again, under the id that it had: the look alone would take it for this file's own."""
    copied.write("m-1.de.vtt", vtt("Hallo"))

    def stale_tab(moment: Moment) -> None:
        own = [row for row in copied.world.tracks("m-1") if (row.attachment_id, row.locale) == (copy_of(copied), "fr")]
        if moment.when == "after" and moment.request.method == "PUT" and own and copied.puts() == 1:
            copied.world.delete_track(own[0].id)

    copied.world.hooks.append(stale_tab)
    copied.push(mirror=True)
    assert of_original(copied) == BOTH


def test_of_a_copy_nothing_is_left_out_a_second_time_while_the_first_request_may_be_on_its_way(copied: Teacher) -> None:
    """The first is late. A second that arrives before it would take our own, and the first then the original's."""
    copied.write("m-1.en.vtt", vtt("Mine"))
    copied.write("m-1.de.vtt", vtt("Hallo"))
    copied.push(on_conflict="local")
    copied.delete("m-1.en.vtt")
    copied.world.fault("late", late_by=9)
    puts = copied.puts()
    report = copied.apply(copied.survey(delete=True))
    assert ended(report) == [Ending.UNKNOWN]
    assert "a second one could delete the captions of the course" in report.results[0].message
    assert copied.puts() == puts + 1
    again = copied.apply(copied.survey(delete=True))
    assert ended(again) == [Ending.UNKNOWN], "nor by another run"
    assert copied.puts() == puts + 1
    for _ in range(9):
        copied.workspace().look(find="all")
    assert of_original(copied) == BOTH
    assert of_copy(copied) == {"de": vtt("Hallo")}


def test_ten_minutes_later_it_goes_on(copied: Teacher) -> None:
    copied.write("m-1.en.vtt", vtt("Mine"))
    copied.write("m-1.de.vtt", vtt("Hallo"))
    copied.push(on_conflict="local")
    copied.delete("m-1.en.vtt")
    copied.world.fault("lost-request")
    assert ended(copied.apply(copied.survey(delete=True))) == [Ending.UNKNOWN]
    copied.clock.sleep(601)
    assert ended(copied.push(delete=True)) == [Ending.COMMITTED]
    assert of_original(copied) == BOTH
    assert of_copy(copied) == {"de": vtt("Hallo")}


@pytest.mark.parametrize("state", ["BACKED_UP", "SENT", "ACKED", "VERIFIED"])
@pytest.mark.parametrize("nth", [1, 2, 3])
def test_a_run_that_dies_while_it_asks_or_after_is_finished_by_resuming_it(
    copied: Teacher, state: str, nth: int
) -> None:
    """German is this file's own and goes, French turns out to be lent and stays, English is made anew."""
    home = copy_of(copied)
    copied.world.add_track("m-1", "de", vtt("own de"), attachment_id=home)
    copied.world.add_track("m-1", "en", srt("own en"), attachment_id=home)
    copied.clock.sleep(300)
    copied.pull()
    for name in ("Lecture 1.de.vtt", "Lecture 1.en.srt", "Lecture 1.fr.cc.vtt"):
        copied.delete(name)
    copied.write("Lecture 1.en.srt", srt("5, 6, 7"))
    append, seen = copied.store.append_journal, 0

    def dying(run: str, record: bytes) -> None:
        nonlocal seen
        append(run, record)
        seen += f'"{state}"'.encode() in record
        if seen == nth:
            raise PowerCut

    copied.store.append_journal = dying  # type: ignore[method-assign]
    with contextlib.suppress(PowerCut):
        copied.apply(copied.survey(delete=True))
    copied.store.append_journal = append  # type: ignore[method-assign]
    for _ in range(2):
        resume(copied)
        copied.clock.sleep(700)
    assert copied.push(delete=True).exit_code is ExitCode.OK
    assert of_original(copied) == BOTH
    assert of_copy(copied).keys() == {"en"}
    own = next(row for row in copied.world.tracks("m-1") if row.attachment_id == home)
    assert "\n5, 6, 7\n" in (own.webvtt_content or own.content)


def test_a_question_without_an_answer_proves_nothing(copied: Teacher) -> None:
    """The request is carried out and its answer lost: what is there could be somebody else's. It is asked again."""
    copied.write("m-1.de.vtt", vtt("Hallo"))
    copied.world.fault("lost-answer")
    report = copied.push(mirror=True)
    assert ended(report) == [Ending.COMMITTED]
    assert of_original(copied) == BOTH
    assert of_copy(copied) == {"de": vtt("Hallo")}


class TestTracksOfNoFile:
    """Servers of old made tracks that belong to no file; a file shows none of them."""

    @pytest.fixture
    def teacher(self, tmp_path: Path) -> Teacher:
        clock = SimulatedClock()
        world = FakeCanvas(clock=clock)
        world.add_media(COURSE, "Lecture 1", media_id="m-1")
        world.add_track("m-1", "de", vtt("Alt"), attachment_id=NO_FILE)
        clock.sleep(300)
        return Teacher(tmp_path / "captions", world, path="auto", clock=clock)

    def test_ones_own_can_be_edited_and_are_no_colleagues(self, teacher: Teacher) -> None:
        teacher.write("m-1.de.vtt", vtt("Neu"))
        teacher.write("m-1.en.vtt", vtt("Hello"))
        report = teacher.push(on_conflict="local")
        assert report.exit_code is ExitCode.OK
        assert "colleague" not in str(report.plan.objects)
        assert {row.content for row in teacher.world.tracks("m-1")} == {vtt("Alt"), vtt("Neu"), vtt("Hello")}
        assert teacher.push().run == ""

    def test_they_are_pulled_like_any_other(self, teacher: Teacher) -> None:
        teacher.pull()
        assert teacher.read("Lecture 1.de.vtt") == vtt("Alt")
        teacher.write("Lecture 1.de.vtt", vtt("Neu"))
        assert teacher.push().exit_code is ExitCode.OK

    def test_mirror_says_that_it_cannot_delete_them(self, teacher: Teacher) -> None:
        teacher.write("Lecture 1.en.vtt", vtt("Hello"))
        report = teacher.push(mirror=True)
        assert step(report.plan, "de").why == "loose"
        assert teacher.on_canvas("m-1") == {"de": vtt("Alt"), "en": vtt("Hello")}

"""A file copied from another course: Canvas lends it the original's tracks, and a PUT can destroy them there."""

from __future__ import annotations

from pathlib import Path

import pytest
from desk import COURSE, Desk, srt, step, vtt

from captionkit.errors import ExitCode, GuardRefused
from captionkit.remotes.memory import MemoryCanvas, SimulatedClock
from captionkit.sync.decide import Do
from captionkit.sync.results import Ending
from captionkit.sync.run import Report

ORIGINAL = "courses/7"


def new_copied(folder: Path) -> Desk:
    """A course with a copy of a lecture whose original, in another course, has English and French."""
    clock = SimulatedClock()
    world = MemoryCanvas(clock=clock)
    world.add_media(ORIGINAL, "Lecture 1", media_id="m-1")
    world.add_copy("m-1", COURSE)
    world.add_track("m-1", "en", srt("original en"))
    world.add_track("m-1", "fr", vtt("original fr"), kind="captions")
    clock.sleep(300)
    return Desk(folder / "captions", world, path="media_attachments", clock=clock)


@pytest.fixture
def copied(tmp_path: Path) -> Desk:
    return new_copied(tmp_path)


def copy_of(desk: Desk) -> str:
    return next(file.id for file in desk.world.files.values() if file.context == COURSE)


def of_original(desk: Desk) -> dict[str, str]:
    home = desk.world.media["m-1"].attachment_id
    return {row.locale: row.content for row in desk.world.tracks("m-1") if row.attachment_id == home}


def of_copy(desk: Desk) -> dict[str, str]:
    return {row.locale: row.content for row in desk.world.tracks("m-1") if row.attachment_id == copy_of(desk)}


def ended(report: Report) -> list[Ending]:
    return [result.ending for result in report.results]


BOTH = {"en": srt("original en"), "fr": vtt("original fr")}
LIFTED = frozenset({"inherited", "last-caption"})


def test_a_new_language_goes_to_the_copy_and_the_originals_tracks_stay(copied: Desk) -> None:
    copied.write("m-1.de.vtt", vtt("Hallo"))
    report = copied.push()
    assert ended(report) == [Ending.COMMITTED]
    assert of_original(copied) == BOTH
    assert of_copy(copied) == {"de": vtt("Hallo")}


def test_deleting_an_inherited_track_is_refused_in_words(copied: Desk) -> None:
    copied.write("m-1.de.vtt", vtt("Hallo"))
    with pytest.raises(GuardRefused, match=r"copied from: deleting it would delete it there and in every other copy"):
        copied.push(mirror=True)
    assert copied.puts() == 0
    assert of_original(copied) == BOTH


def test_replacing_an_inherited_track_is_refused_in_words(copied: Desk) -> None:
    copied.write("m-1.en.vtt", vtt("Mine"))
    with pytest.raises(GuardRefused, match=r"copied from: yours would hide it here") as refused:
        copied.push(on_conflict="local")
    assert "--allow inherited" in str(refused.value)
    assert copied.puts() == 0


def test_allowed_to_replace_it_makes_a_track_of_its_own_and_never_goes_through_a_deletion(copied: Desk) -> None:
    """The original is held as SRT; a track of ours that is would be deleted and made anew for this text."""
    copied.write("m-1.en.srt", srt("5, 6, 7"))
    copied.write("m-1.fr.vtt", vtt("Le mien"))
    report = copied.push(on_conflict="local", allow=LIFTED)
    assert step(report.plan, "en").do is Do.UPDATE
    assert ended(report) == [Ending.COMMITTED]
    assert report.results[0].notes == ()
    assert of_original(copied) == BOTH
    own = {row.locale: row for row in copied.world.tracks("m-1") if row.attachment_id == copy_of(copied)}
    assert "\n5, 6, 7\n" in own["en"].content
    assert own["en"].webvtt_content is None
    assert own["fr"].kind == "captions", "it is what the inherited one was"
    assert copied.push().run == ""


def test_allowed_to_delete_it_deletes_it_after_it_was_saved(copied: Desk) -> None:
    copied.write("m-1.en.srt", srt("original en"))
    report = copied.push(mirror=True, allow=LIFTED)
    assert ended(report) == [Ending.COMMITTED]
    assert of_original(copied) == {"en": srt("original en")}
    assert vtt("original fr") in copied.backups().values()


def test_deleting_our_own_shows_the_originals_again_and_is_no_trouble(copied: Desk) -> None:
    copied.write("m-1.en.vtt", vtt("Mine"))
    copied.write("m-1.de.vtt", vtt("Hallo"))
    copied.push(on_conflict="local", allow=LIFTED)
    copied.delete("m-1.en.vtt")
    report = copied.push(delete=True)
    assert ended(report) == [Ending.COMMITTED]
    assert "shows the one of the file that it was copied from again" in report.results[0].notes[0]
    assert of_original(copied) == BOTH
    assert of_copy(copied) == {"de": vtt("Hallo")}
    assert copied.push(delete=True).exit_code is ExitCode.OK
    assert of_original(copied) == BOTH


@pytest.mark.parametrize("stop_after", [1, 2])
def test_finishing_half_a_request_does_not_delete_what_shows_again(copied: Desk, stop_after: int) -> None:
    """The first half deletes our own English; sent again as it was, the request would delete the original's."""
    copied.write("m-1.en.vtt", vtt("Mine"))
    copied.write("m-1.de.vtt", vtt("Hallo"))
    copied.write("m-1.it.vtt", vtt("Ciao"))
    copied.push(on_conflict="local", allow=LIFTED)
    copied.delete("m-1.en.vtt")
    copied.write("m-1.de.vtt", vtt("Hallo wieder"))
    copied.write("m-1.it.vtt", vtt("Ciao di nuovo"))
    copied.world.fault("partial", step=stop_after)
    report = copied.push(delete=True)
    assert ended(report) == [Ending.COMMITTED]
    assert of_original(copied) == BOTH
    assert of_copy(copied) == {"de": vtt("Hallo wieder"), "it": vtt("Ciao di nuovo")}


def test_making_our_own_anew_keeps_the_originals_that_show_in_between(copied: Desk) -> None:
    home = copy_of(copied)
    copied.world.add_track("m-1", "en", srt("own en"), attachment_id=home)
    copied.world.add_track("m-1", "fr", srt("own fr"), attachment_id=home)
    copied.clock.sleep(300)
    copied.write("m-1.en.srt", srt("5, 6, 7"))
    report = copied.push(on_conflict="local", mirror=True, allow=frozenset({"last-caption"}))
    assert step(report.plan, "en").do is Do.RECREATE
    assert step(report.plan, "fr").do is Do.DELETE
    assert ended(report) == [Ending.COMMITTED]
    assert of_original(copied) == BOTH
    assert list(of_copy(copied)) == ["en"]

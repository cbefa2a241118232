"""Courses that were copied: what a request by the file of a copy could do to the original in another course."""

from __future__ import annotations

import pytest
from campus import Campus
from desk import srt, vtt

from captionkit.errors import ExitCode

#: WebVTT that SRT has no words for, so a track that is held as SRT would have to be deleted and made anew for it.
ONLY_WEBVTT = "WEBVTT\n\n00:00:01.000 --> 00:00:02.000 line:10% align:start\n<v Ada>4:3, {}\n"


def by_file(campus: Campus) -> dict[tuple[int, str], str]:
    return {(t["attachment_id"], t["locale"]): t["content"] for t in campus.box.tracks(campus.media["Lecture 1"])}


def next_year(campus: Campus, text: str) -> int:
    """The folder is for a copy of the course, whose original has English; the copy's file."""
    campus.add_last_year("Lecture 1", "en", text)
    copy = campus.box.copy_course(campus.course, "Next year")
    campus.configure(copy)
    return int(campus.box.file_id(campus.media["Lecture 1"], copy))


def associated(campus: Campus, text: str) -> int:
    """As `next_year`, but brought by a blueprint, so that nothing proves it; the copy's file."""
    campus.add_last_year("Lecture 1", "en", text)
    course = campus.box.add_course("Associated")
    campus.box.sync_blueprint(campus.course, course)
    campus.configure(course)
    return int(campus.box.file_id(campus.media["Lecture 1"], course))


def original(campus: Campus) -> dict[str, str]:
    home = campus.box.file_id(campus.media["Lecture 1"])
    return {locale: text for (file, locale), text in by_file(campus).items() if file == home}


class TestAfterAPull:
    """What the manifest has recorded says nothing of whose it is."""

    @pytest.mark.parametrize("where", [next_year, associated])
    @pytest.mark.parametrize("text", [srt("Mine"), ONLY_WEBVTT.format("Mine")], ids=["SRT", "WebVTT"])
    def test_an_edit_of_what_is_lent_is_refused(self, campus: Campus, where: object, text: str) -> None:
        assert callable(where)
        where(campus, srt("Original"))
        campus.shell("pull", campus.folder)
        (campus.folder / "Lecture 1.en.srt").unlink()
        campus.write(f"Lecture 1.en.{'vtt' if text.startswith('WEBVTT') else 'srt'}", text)
        said = campus.push()
        assert said.code == ExitCode.GUARD_REFUSED, said.all
        assert "to the file in another course that this one was copied from" in said.err
        assert original(campus) == {"en": srt("Original")}

    @pytest.mark.parametrize("where", [next_year, associated])
    def test_a_removal_of_what_is_lent_is_refused(self, campus: Campus, where: object) -> None:
        assert callable(where)
        where(campus, srt("Original"))
        campus.shell("pull", campus.folder)
        (campus.folder / "Lecture 1.en.srt").unlink()
        campus.write("Lecture 1.fr.vtt", vtt("Bonjour"))
        said = campus.push("--delete")
        assert said.code == ExitCode.GUARD_REFUSED
        assert "deleting it would delete it there and in every other copy" in said.err
        assert original(campus) == {"en": srt("Original")}

    def test_a_colleagues_track_that_was_pulled_is_not_deleted_unasked(self, campus: Campus) -> None:
        campus.add("Lecture 1", "en", vtt("Theirs"), user="colleague")
        campus.add("Lecture 1", "es", vtt("Hola"))
        campus.shell("pull", campus.folder)
        (campus.folder / "Lecture 1.en.vtt").unlink()
        said = campus.push("--delete")
        assert said.code == ExitCode.GUARD_REFUSED
        assert "was made by user" in said.err
        assert "en" in campus.tracks("Lecture 1")


class TestWhileWeWork:
    def test_a_track_that_the_original_gets_after_the_listing_is_not_taken_for_ours(self, campus: Campus) -> None:
        copy = next_year(campus, vtt("Original"))
        campus.write("Lecture 1.en.vtt", vtt("Original"))
        campus.write("Lecture 1.fr.vtt", vtt("Bonjour"))
        campus.box.fault(
            "meanwhile",
            method="GET",
            path=f"{copy}/media_tracks",
            do=lambda: campus.add("Lecture 1", "de", vtt("Neu")),
        )
        said = campus.push("--mirror")
        assert said.code == ExitCode.STALE_OR_CONFLICT, said.all
        assert "de belongs to the file in another course that this one was copied from" in said.out
        assert original(campus) == {"en": vtt("Original"), "de": vtt("Neu")}

    def test_nor_is_one_that_is_made_anew_there(self, campus: Campus) -> None:
        copy = next_year(campus, srt("Original"))
        campus.write("Lecture 1.en.vtt", ONLY_WEBVTT.format("Mine"))

        def make_anew() -> None:
            for track in campus.box.tracks(campus.media["Lecture 1"]):
                campus.box.delete_track(track["id"])
            campus.add("Lecture 1", "en", srt("Original, corrected"), user="colleague")

        campus.box.fault("meanwhile", method="GET", path=f"{copy}/media_tracks", do=make_anew)
        said = campus.push("--on-conflict", "local")
        assert said.code == ExitCode.STALE_OR_CONFLICT, said.all
        assert original(campus) == {"en": srt("Original, corrected")}

    @pytest.mark.parametrize("where", [next_year, associated])
    def test_one_that_is_added_in_the_very_window_is_kept(self, campus: Campus, where: object) -> None:
        assert callable(where)
        where(campus, vtt("Original"))
        campus.write("Lecture 1.fr.vtt", vtt("Bonjour"))
        campus.box.fault(
            "meanwhile", method="PUT", do=lambda: campus.add("Lecture 1", "de", vtt("Neu"), user="colleague")
        )
        assert campus.push().code == ExitCode.OK
        assert original(campus) == {"en": vtt("Original"), "de": vtt("Neu")}


class TestAFileThatIsOnlyLikelyItsOwn:
    """Files that were copied by the API alone, or by a blueprint that the course has left, leave no trace."""

    @pytest.fixture
    def copy(self, campus: Campus) -> int:
        file = associated(campus, srt("Original"))
        with campus.box._state.lock:
            campus.box._state.run("UPDATE courses SET blueprint_id = NULL")
        return file

    def test_nothing_of_it_is_deleted_unasked(self, campus: Campus, copy: int) -> None:
        campus.write("Lecture 1.fr.vtt", vtt("Bonjour"))
        said = campus.push("--mirror")
        assert said.code == ExitCode.GUARD_REFUSED
        assert "may belong to the file in another course" in said.err
        assert original(campus) == {"en": srt("Original")}

    def test_nor_made_anew(self, campus: Campus, copy: int) -> None:
        campus.write("Lecture 1.en.vtt", ONLY_WEBVTT.format("Mine"))
        said = campus.push("--on-conflict", "local")
        assert said.code == ExitCode.GUARD_REFUSED
        assert "making it anew would delete it there" in said.err
        assert original(campus) == {"en": srt("Original")}

    def test_what_is_replaced_becomes_the_copys_own_and_the_original_stays(self, campus: Campus, copy: int) -> None:
        campus.write("Lecture 1.en.srt", srt("Mine"))
        assert campus.push("--on-conflict", "local").code == ExitCode.OK
        assert original(campus) == {"en": srt("Original")}
        assert "Mine" in by_file(campus)[copy, "en"]

    def test_own_tracks_that_the_listing_does_not_show_do_not_stop_it_for_ever(self, campus: Campus, copy: int) -> None:
        campus.box.delete_track(campus.box.tracks(campus.media["Lecture 1"])[0]["id"])
        campus.add("Lecture 1", "de", vtt("Eigenes"), file=copy, user="colleague")
        campus.write("Lecture 1.fr.vtt", vtt("Bonjour"))
        assert campus.push().code == ExitCode.STALE_OR_CONFLICT
        assert campus.push().code == ExitCode.OK
        assert by_file(campus) == {(copy, "de"): vtt("Eigenes"), (copy, "fr"): vtt("Bonjour")}


def test_a_recording_that_may_be_a_copy_and_is_none_gets_srt_where_srt_is_stored(campus: Campus) -> None:
    """WebVTT would leave viewers with the old text, if it is the original after all."""
    campus.add_last_year("Lecture 1", "en", srt("Old"))
    campus.box.copy_media(campus.box.add_media(campus.box.add_course("Other"), "Other"), campus.course)
    campus.write("Lecture 1.en.vtt", vtt("New"))
    assert campus.push("--on-conflict", "local").code == ExitCode.GUARD_REFUSED
    assert campus.push("--on-conflict", "local", "--allow", "inherited").code == ExitCode.OK
    assert "New" in campus.viewed("Lecture 1", "en")


class TestChangingTheWayOfACopy:
    def test_by_the_media_id_the_records_of_the_copy_do_not_count(self, campus: Campus) -> None:
        copy = next_year(campus, vtt("Same"))
        campus.add("Lecture 1", "en", vtt("Same"), file=copy)
        campus.shell("pull", campus.folder)
        campus.configure(campus.box.courses()[-1]["id"], path="media_objects")
        campus.write("Lecture 1.en.vtt", vtt("Mine"))
        said = campus.push()
        assert said.code == ExitCode.STALE_OR_CONFLICT
        assert "different, and never synced before" in said.out
        assert original(campus) == {"en": vtt("Same")}

    def test_a_run_that_was_cut_off_is_not_resumed_the_other_way(self, campus: Campus) -> None:
        next_year(campus, vtt("Original"))
        campus.write("Lecture 1.fr.vtt", vtt("Bonjour"))
        campus.box.fault("drop_after", method="PUT")
        campus.box.fault("drop_before", method="GET", path="media_tracks", nth=3, times=0)
        assert campus.push().code == ExitCode.OUTCOME_UNKNOWN
        campus.box.clear_faults()
        campus.configure(campus.box.courses()[-1]["id"], path="media_objects")
        said = campus.shell("resume", campus.folder, "--yes")
        assert said.code == ExitCode.STALE_OR_CONFLICT
        assert "is reached as media_objects/" in said.err
        campus.configure(campus.box.courses()[-1]["id"])
        assert campus.shell("resume", campus.folder, "--yes").code == ExitCode.OK

    def test_deleting_the_copys_own_is_verified_and_restored_like_any_other(self, campus: Campus) -> None:
        copy = next_year(campus, vtt("Original"))
        campus.write("Lecture 1.en.vtt", vtt("Mine"))
        campus.write("Lecture 1.fr.vtt", vtt("Bonjour"))
        campus.push("--on-conflict", "local", "--allow", "inherited")
        (campus.folder / "Lecture 1.en.vtt").unlink()
        assert campus.push("--delete").code == ExitCode.OK
        assert "1 of 1 media objects are as the run" in campus.shell("verify", campus.folder).out
        said = campus.shell("restore", campus.folder, "--yes")
        assert said.code == ExitCode.OK, said.all
        assert by_file(campus)[copy, "en"] == vtt("Mine")
        assert original(campus) == {"en": vtt("Original")}


class TestByTheFileUnderTheMediaId:
    """`path = "media_objects"`, and something that was done by the file: whose its tracks are cannot be seen then."""

    def test_a_run_that_was_made_by_the_file_is_not_restored(self, campus: Campus) -> None:
        copy = next_year(campus, srt("Original"))
        campus.add("Lecture 1", "en", vtt("The copy's"), file=copy)
        campus.add("Lecture 1", "fr", vtt("Bonjour"), file=copy)
        campus.shell("pull", campus.folder)
        (campus.folder / "Lecture 1.en.vtt").unlink()
        assert campus.push("--delete").code == ExitCode.OK
        campus.configure(campus.box.courses()[-1]["id"], path="media_objects")
        said = campus.shell("restore", campus.folder, "--yes", "--on-conflict", "local")
        assert said.code != ExitCode.OK
        assert "this file is not how its media object is reached now" in said.out
        assert original(campus) == {"en": srt("Original")}

    def test_a_plan_that_was_made_by_the_file_is_not_applied(self, campus: Campus) -> None:
        next_year(campus, vtt("Original"))
        campus.write("Lecture 1.fr.vtt", vtt("Bonjour"))
        plan = campus.folder.parent / "plan.json"
        campus.shell("plan", campus.folder, "--out", plan)
        campus.configure(campus.box.courses()[-1]["id"], path="media_objects")
        said = campus.shell("apply", plan, campus.folder)
        assert said.code == ExitCode.STALE_OR_CONFLICT
        assert "is reached as media_objects/" in said.err
        assert campus.puts() == 0


class TestWhatProvesAFileItsOwn:
    def test_a_lent_track_that_came_to_say_the_same_while_our_request_was_lost_does_not(self, campus: Campus) -> None:
        copy = associated(campus, srt("Original"))
        campus.add("Lecture 1", "fr", vtt("Bonjour"), file=copy)
        campus.write("Lecture 1.en.srt", srt("Corrected"))
        (lent,) = [t["id"] for t in campus.box.tracks(campus.media["Lecture 1"]) if t["attachment_id"] != copy]
        campus.box.fault("drop_before", method="PUT")
        campus.box.fault(
            "meanwhile", method="GET", path=f"{copy}/media_tracks", nth=3,
            do=lambda: campus.box.edit_track(lent, srt("Corrected")),
        )  # fmt: skip
        campus.push("--on-conflict", "local", "--allow", "inherited")
        (campus.folder / "Lecture 1.en.srt").unlink()
        said = campus.push("--delete")
        assert original(campus).keys() == {"en"}, said.all

    def test_our_own_first_edit_of_a_likely_copy_does_not_lock_it(self, campus: Campus) -> None:
        copy = associated(campus, srt("Original"))
        with campus.box._state.lock:
            campus.box._state.run("UPDATE courses SET blueprint_id = NULL")
        campus.shell("pull", campus.folder)
        campus.write("Lecture 1.en.srt", srt("Mine"))
        said = campus.push()
        assert said.code == ExitCode.OK
        assert "somebody" not in said.out
        campus.write("Lecture 1.en.srt", srt("Mine, again"))
        said = campus.push()
        assert said.code == ExitCode.OK, said.all
        assert original(campus) == {"en": srt("Original")}
        assert "again" in by_file(campus)[copy, "en"]

    def test_a_likely_copys_own_track_that_goes_after_the_plan_does_not_cost_the_originals(
        self, campus: Campus
    ) -> None:
        copy = associated(campus, vtt("Same"))
        with campus.box._state.lock:
            campus.box._state.run("UPDATE courses SET blueprint_id = NULL")
        campus.add("Lecture 1", "es", vtt("Hola"))
        own = campus.add("Lecture 1", "en", vtt("Same"), file=copy)
        campus.add("Lecture 1", "fr", vtt("Bonjour"), file=copy)
        campus.shell("pull", campus.folder)
        (campus.folder / "Lecture 1.en.vtt").unlink()
        plan = campus.folder.parent / "plan.json"
        campus.shell("plan", campus.folder, "--delete", "--out", plan)
        campus.box.delete_track(own)
        assert campus.shell("apply", plan, campus.folder).code == ExitCode.STALE_OR_CONFLICT
        assert original(campus)["en"] == vtt("Same")

"""Courses that were copied: what a request by the file of a copy could do to the original in another course."""

from __future__ import annotations

import pytest
from sandbox_course import SandboxCourse
from teacher import srt, vtt

from captionkit.errors import ExitCode

#: WebVTT that SRT has no words for, so a track that is held as SRT would have to be deleted and made anew for it.
ONLY_WEBVTT = "WEBVTT\n\n00:00:01.000 --> 00:00:02.000 line:10% align:start\n<v Ada>4:3, {}\n"


def by_file(course: SandboxCourse) -> dict[tuple[int, str], str]:
    return {(t["attachment_id"], t["locale"]): t["content"] for t in course.sandbox.tracks(course.media["Lecture 1"])}


def next_year(course: SandboxCourse, text: str) -> int:
    """The folder is for a copy of the course, whose original has English; the copy's file."""
    course.add_last_year("Lecture 1", "en", text)
    copy = course.sandbox.copy_course(course.id, "Next year")
    course.configure(copy)
    return int(course.sandbox.file_id(course.media["Lecture 1"], copy))


def associated(course: SandboxCourse, text: str) -> int:
    """As `next_year`, but brought by a blueprint, which leaves no trace; the copy's file."""
    course.add_last_year("Lecture 1", "en", text)
    other = course.sandbox.add_course("Associated")
    course.sandbox.sync_blueprint(course.id, other)
    course.configure(other)
    return int(course.sandbox.file_id(course.media["Lecture 1"], other))


def with_a_user(course: SandboxCourse, text: str) -> int:
    """As `next_year`, but the copy shows who uploaded it, as one does whose data was replaced; the copy's file."""
    copy = next_year(course, text)
    course.sandbox.replace_data(copy, "teacher")
    return copy


COPIES = [next_year, associated, with_a_user]


def original(course: SandboxCourse) -> dict[str, str]:
    home = course.sandbox.file_id(course.media["Lecture 1"])
    return {locale: text for (file, locale), text in by_file(course).items() if file == home}


def copied(course: SandboxCourse, copy: int) -> dict[str, str]:
    return {locale: text for (file, locale), text in by_file(course).items() if file == copy}


@pytest.mark.parametrize("where", COPIES)
class TestOrdinaryWorkNeedsNoLeave:
    """Whoever the file shows, and whenever it was made: the original's captions stay, the copy gets its own."""

    @pytest.mark.parametrize("text", [srt("Mine"), ONLY_WEBVTT.format("Mine")], ids=["SRT", "WebVTT"])
    def test_an_edit_of_what_was_pulled(self, course: SandboxCourse, where: object, text: str) -> None:
        assert callable(where)
        copy = where(course, srt("Original"))
        course.shell("pull", course.folder)
        (course.folder / "Lecture 1.en.srt").unlink()
        course.write(f"Lecture 1.en.{'vtt' if text.startswith('WEBVTT') else 'srt'}", text)
        result = course.push()
        assert result.code == ExitCode.OK, result.all
        assert "it has captions of its own in en now, and those over there are untouched" in result.out
        assert original(course) == {"en": srt("Original")}
        assert "Mine" in copied(course, copy)["en"]
        result = course.push()
        assert result.code == ExitCode.OK
        assert "Nothing to send" in result.out

    def test_a_removal_of_what_was_pulled(self, course: SandboxCourse, where: object) -> None:
        assert callable(where)
        copy = where(course, srt("Original"))
        course.shell("pull", course.folder)
        (course.folder / "Lecture 1.en.srt").unlink()
        course.write("Lecture 1.fr.vtt", vtt("Bonjour"))
        result = course.push("--delete")
        assert result.code == ExitCode.OK, result.all
        assert "en belongs to the file in another course that this one was copied from; it was left" in result.out
        assert original(course) == {"en": srt("Original")}
        assert copied(course, copy) == {"fr": vtt("Bonjour")}
        puts = course.puts()
        assert course.push("--delete").code == ExitCode.OK
        assert course.puts() == puts

    def test_mirror(self, course: SandboxCourse, where: object) -> None:
        assert callable(where)
        copy = where(course, vtt("Original"))
        course.add("Lecture 1", "de", vtt("Eigenes"), file=copy)
        course.write("Lecture 1.fr.vtt", vtt("Bonjour"))
        result = course.push("--mirror")
        assert result.code == ExitCode.OK, result.all
        assert original(course) == {"en": vtt("Original")}
        assert copied(course, copy) == {"fr": vtt("Bonjour")}
        assert vtt("Eigenes") in course.saved()

    def test_a_change_of_format_again_and_again(self, course: SandboxCourse, where: object) -> None:
        assert callable(where)
        copy = where(course, srt("Original"))
        for name, text in (("srt", srt("One")), ("vtt", ONLY_WEBVTT.format("Two")), ("srt", srt("5, 6, Three"))):
            for file in course.folder.glob("Lecture 1.en.*"):
                file.unlink()
            course.write(f"Lecture 1.en.{name}", text)
            result = course.push("--on-conflict", "local")
            assert result.code == ExitCode.OK, result.all
            assert original(course) == {"en": srt("Original")}
        (own,) = [t["id"] for t in course.sandbox.tracks(course.media["Lecture 1"]) if t["attachment_id"] == copy]
        assert "5, 6, Three" in course.sandbox.viewed(own)

    def test_one_that_is_added_in_the_very_window_is_kept(self, course: SandboxCourse, where: object) -> None:
        assert callable(where)
        where(course, vtt("Original"))
        course.write("Lecture 1.fr.vtt", vtt("Bonjour"))
        course.sandbox.fault(
            "meanwhile", method="PUT", do=lambda: course.add("Lecture 1", "de", vtt("Neu"), user="colleague")
        )
        assert course.push().code == ExitCode.OK
        assert original(course) == {"en": vtt("Original"), "de": vtt("Neu")}


class TestColleagues:
    def test_a_colleagues_track_that_was_pulled_is_not_deleted_unasked(self, course: SandboxCourse) -> None:
        course.add("Lecture 1", "en", vtt("Theirs"), user="colleague")
        course.add("Lecture 1", "es", vtt("Hola"))
        course.shell("pull", course.folder)
        (course.folder / "Lecture 1.en.vtt").unlink()
        result = course.push("--delete")
        assert result.code == ExitCode.GUARD_REFUSED
        assert "made by user" in result.out
        assert "1 track kept that somebody else made" in result.out
        assert "en" in course.tracks("Lecture 1")
        assert course.push("--delete", "--allow", "foreign-owner").code == ExitCode.OK
        assert "en" not in course.tracks("Lecture 1")

    def test_it_stops_nothing_else(self, course: SandboxCourse) -> None:
        course.add("Lecture 1", "en", vtt("Theirs"), user="colleague")
        course.add("Lecture 1", "es", vtt("Hola"))
        course.shell("pull", course.folder)
        (course.folder / "Lecture 1.en.vtt").unlink()
        course.write("Lecture 1.es.vtt", vtt("Buenas"))
        assert course.push("--delete").code == ExitCode.PARTIAL
        assert course.tracks("Lecture 1") == {"en": vtt("Theirs"), "es": vtt("Buenas")}

    def test_making_a_colleagues_track_anew_makes_it_ours_which_the_plan_says(self, course: SandboxCourse) -> None:
        course.add("Lecture 1", "en", srt("Theirs"), user="colleague")
        course.write("Lecture 1.fr.vtt", vtt("Bonjour"))
        course.push()
        course.write("Lecture 1.fr.vtt", vtt("Salut"))
        course.push()
        course.write("Lecture 1.en.vtt", ONLY_WEBVTT.format("Mine"))
        result = course.push("--on-conflict", "local")
        assert result.code == ExitCode.OK, result.all
        assert "made anew it belongs to you" in result.out
        assert {t["user"] for t in course.sandbox.tracks(course.media["Lecture 1"])} == {"teacher"}

    @pytest.mark.parametrize(
        "text", [vtt("Mine"), vtt("Mine").replace("WEBVTT\n\n", "WEBVTT\n\nNOTE by the vendor\n\nintro\n")]
    )
    def test_in_place_it_stays_theirs(self, course: SandboxCourse, text: str) -> None:
        """Also where SRT has no words for something that viewers do not see."""
        course.add("Lecture 1", "en", srt("Theirs"), user="colleague")
        course.write("Lecture 1.en.vtt", text)
        assert course.push("--on-conflict", "local").code == ExitCode.OK
        (track,) = course.sandbox.tracks(course.media["Lecture 1"])
        assert track["user"] == "colleague"
        assert "Mine" in course.sandbox.viewed(track["id"])


class TestRights:
    def test_a_teacher_of_the_copy_alone_tries_and_changes_nothing_where_it_is_refused(
        self, course: SandboxCourse
    ) -> None:
        """`can_add_captions` is the media object's right, which a teacher of the copied course need not have."""
        copy = next_year(course, vtt("Original"))
        course.sandbox.leave("teacher", course.id)
        course.write("Lecture 1.fr.vtt", vtt("Bonjour"))
        result = course.push()
        assert "you may not change the captions of this media" not in result.out
        assert result.code == ExitCode.REMOTE_FAILED, result.all
        assert "Nothing was changed" in result.out
        assert copied(course, copy) == {}
        puts = course.puts()
        assert "Canvas refused this at" in course.push().out
        assert course.puts() == puts, "what was refused is not tried again each time"
        course.sandbox.set(rights_by_file=True)
        assert course.push("--media", "Lecture 1").code == ExitCode.OK
        assert copied(course, copy) == {"fr": vtt("Bonjour")}
        assert original(course) == {"en": vtt("Original")}

    def test_a_file_that_was_handed_in_is_not_changed(self, course: SandboxCourse) -> None:
        course.sandbox.submit_file(course.sandbox.file_id(course.media["Lecture 1"]))
        course.write("Lecture 1.fr.vtt", vtt("Bonjour"))
        result = course.push()
        assert result.code == ExitCode.REMOTE_FAILED
        assert "Nothing was changed" in result.out
        assert course.tracks("Lecture 1") == {}


class TestWhileWeWork:
    def test_a_track_that_the_original_gets_after_the_listing_is_not_taken_for_ours(
        self, course: SandboxCourse
    ) -> None:
        copy = next_year(course, vtt("Original"))
        course.write("Lecture 1.en.vtt", vtt("Original"))
        course.write("Lecture 1.fr.vtt", vtt("Bonjour"))
        course.sandbox.fault(
            "meanwhile",
            method="GET",
            path=f"{copy}/media_tracks",
            do=lambda: course.add("Lecture 1", "de", vtt("Neu")),
        )
        result = course.push("--mirror")
        assert result.code == ExitCode.OK, result.all
        assert original(course) == {"en": vtt("Original"), "de": vtt("Neu")}

    def test_nor_is_one_that_is_made_anew_there(self, course: SandboxCourse) -> None:
        copy = next_year(course, srt("Original"))
        course.write("Lecture 1.en.vtt", ONLY_WEBVTT.format("Mine"))

        def make_anew() -> None:
            for track in course.sandbox.tracks(course.media["Lecture 1"]):
                course.sandbox.delete_track(track["id"])
            course.add("Lecture 1", "en", srt("Original, corrected"), user="colleague")

        course.sandbox.fault("meanwhile", method="GET", path=f"{copy}/media_tracks", do=make_anew)
        result = course.push("--on-conflict", "local")
        assert result.code == ExitCode.OK, result.all
        assert original(course) == {"en": srt("Original, corrected")}
        assert "Mine" in copied(course, copy)["en"]

    def test_a_stale_tab_of_the_copy_costs_the_original_nothing(self, course: SandboxCourse) -> None:
        """A colleague's tab was opened before our German; saved later, it removes that. We notice."""
        copy = next_year(course, vtt("Original"))
        tab = course.sandbox.open_tab("teacher", copy)
        course.write("Lecture 1.de.vtt", vtt("Hallo"))
        course.push()
        course.sandbox.save_tab(tab, {"es": vtt("Hola")})
        result = course.push()
        assert result.code == ExitCode.FINDINGS
        assert "1 difference left: de of Lecture 1 was deleted in Canvas" in result.out
        assert original(course) == {"en": vtt("Original")}
        assert copied(course, copy) == {"es": vtt("Hola")}


class TestOtherServers:
    def test_an_import_on_a_newer_server_gives_the_copy_tracks_of_its_own(self, course: SandboxCourse) -> None:
        course.add_last_year("Lecture 1", "en", vtt("Original"))
        copy = course.sandbox.copy_course(course.id, "Next year", own_tracks=True)
        course.configure(copy)
        file = course.sandbox.file_id(course.media["Lecture 1"], copy)
        course.shell("pull", course.folder)
        course.write("Lecture 1.en.vtt", vtt("Mine"))
        assert course.push().code == ExitCode.OK
        assert copied(course, file) == {"en": vtt("Mine")}
        (course.folder / "Lecture 1.en.vtt").unlink()
        course.write("Lecture 1.fr.vtt", vtt("Bonjour"))
        assert course.push("--delete").code == ExitCode.OK
        assert copied(course, file) == {"fr": vtt("Bonjour")}
        assert original(course) == {"en": vtt("Original")}

    def test_a_copy_whose_original_was_deleted_is_synced_like_any_other(self, course: SandboxCourse) -> None:
        copy = next_year(course, vtt("Original"))
        course.sandbox.delete_original(course.media["Lecture 1"])
        course.write("Lecture 1.en.vtt", vtt("Mine"))
        course.write("Lecture 1.fr.vtt", vtt("Bonjour"))
        assert course.push().code == ExitCode.OK
        (course.folder / "Lecture 1.fr.vtt").unlink()
        assert course.push("--delete").code == ExitCode.OK
        assert copied(course, copy) == {"en": vtt("Mine")}

    def test_an_older_controller(self, course: SandboxCourse) -> None:
        course.sandbox.set(old_server=True, deletes_own_only=True)
        course.add("Lecture 1", "uk", vtt("Привіт"), user="colleague")
        course.write("Lecture 1.en.vtt", vtt("Hello"))
        course.write("Lecture 1.fr.vtt", vtt("Bonjour"))
        assert course.push().code == ExitCode.OK
        (course.folder / "Lecture 1.fr.vtt").unlink()
        assert course.push("--delete").code == ExitCode.OK
        assert course.tracks("Lecture 1") == {"en": vtt("Hello"), "uk": vtt("Привіт")}


class TestChangingTheWayOfACopy:
    def test_by_the_media_id_the_records_of_the_copy_do_not_count(self, course: SandboxCourse) -> None:
        copy = next_year(course, vtt("Same"))
        course.add("Lecture 1", "en", vtt("Same"), file=copy)
        course.shell("pull", course.folder)
        course.configure(course.sandbox.courses()[-1]["id"], path="media_objects")
        course.write("Lecture 1.en.vtt", vtt("Mine"))
        result = course.push()
        assert result.code == ExitCode.STALE_OR_CONFLICT
        assert "different, and never synced before" in result.out
        assert original(course) == {"en": vtt("Same")}

    def test_a_run_that_was_cut_off_is_not_resumed_the_other_way(self, course: SandboxCourse) -> None:
        next_year(course, vtt("Original"))
        course.write("Lecture 1.fr.vtt", vtt("Bonjour"))
        course.sandbox.fault("drop_after", method="PUT")
        course.sandbox.fault("drop_before", method="GET", path="media_tracks", nth=3, times=0)
        assert course.push().code == ExitCode.OUTCOME_UNKNOWN
        course.sandbox.clear_faults()
        course.configure(course.sandbox.courses()[-1]["id"], path="media_objects")
        result = course.shell("resume", course.folder, "--yes")
        assert result.code == ExitCode.STALE_OR_CONFLICT
        assert "is reached as media_objects/" in result.err
        course.configure(course.sandbox.courses()[-1]["id"])
        assert course.shell("resume", course.folder, "--yes").code == ExitCode.OK

    def test_deleting_the_copys_own_is_verified_and_restored_like_any_other(self, course: SandboxCourse) -> None:
        copy = next_year(course, vtt("Original"))
        course.write("Lecture 1.en.vtt", vtt("Mine"))
        course.write("Lecture 1.fr.vtt", vtt("Bonjour"))
        course.push("--on-conflict", "local")
        (course.folder / "Lecture 1.en.vtt").unlink()
        assert course.push("--delete").code == ExitCode.OK
        assert "1 of 1 media objects are as the run" in course.shell("verify", course.folder).out
        result = course.shell("restore", course.folder, "--yes")
        assert result.code == ExitCode.OK, result.all
        assert by_file(course)[copy, "en"] == vtt("Mine")
        assert original(course) == {"en": vtt("Original")}


class TestByTheFileUnderTheMediaId:
    """`path = "media_objects"`, and something that was done by the file: whose its tracks are cannot be seen then."""

    def test_a_run_that_was_made_by_the_file_is_not_restored(self, course: SandboxCourse) -> None:
        copy = next_year(course, srt("Original"))
        course.add("Lecture 1", "en", vtt("The copy's"), file=copy)
        course.add("Lecture 1", "fr", vtt("Bonjour"), file=copy)
        course.shell("pull", course.folder)
        (course.folder / "Lecture 1.en.vtt").unlink()
        assert course.push("--delete").code == ExitCode.OK
        course.configure(course.sandbox.courses()[-1]["id"], path="media_objects")
        result = course.shell("restore", course.folder, "--yes", "--on-conflict", "local")
        assert result.code != ExitCode.OK
        assert "this file is not how its media object is reached now" in result.out
        assert original(course) == {"en": srt("Original")}

    def test_a_plan_that_was_made_by_the_file_is_not_applied(self, course: SandboxCourse) -> None:
        next_year(course, vtt("Original"))
        course.write("Lecture 1.fr.vtt", vtt("Bonjour"))
        plan = course.folder.parent / "plan.json"
        course.shell("plan", course.folder, "--out", plan)
        course.configure(course.sandbox.courses()[-1]["id"], path="media_objects")
        result = course.shell("apply", plan, course.folder)
        assert result.code == ExitCode.STALE_OR_CONFLICT
        assert "is reached as media_objects/" in result.err
        assert course.puts() == 0


class TestWhatProvesATrackThisFilesOwn:
    def test_a_lent_track_that_came_to_say_the_same_while_our_request_was_lost_does_not(
        self, course: SandboxCourse
    ) -> None:
        copy = associated(course, srt("Original"))
        course.add("Lecture 1", "fr", vtt("Bonjour"), file=copy)
        course.write("Lecture 1.en.srt", srt("Corrected"))
        (lent,) = [t["id"] for t in course.sandbox.tracks(course.media["Lecture 1"]) if t["attachment_id"] != copy]
        course.sandbox.fault("drop_before", method="PUT")
        course.sandbox.fault(
            "meanwhile", method="GET", path=f"{copy}/media_tracks", nth=3,
            do=lambda: course.sandbox.edit_track(lent, srt("Corrected")),
        )  # fmt: skip
        course.push("--on-conflict", "local")
        (course.folder / "Lecture 1.en.srt").unlink()
        result = course.push("--delete")
        assert original(course).keys() == {"en"}, result.all

    def test_our_own_first_edit_does_not_lock_it(self, course: SandboxCourse) -> None:
        copy = associated(course, srt("Original"))
        course.shell("pull", course.folder)
        course.write("Lecture 1.en.srt", srt("Mine"))
        result = course.push()
        assert result.code == ExitCode.OK
        assert "somebody" not in result.out
        course.write("Lecture 1.en.srt", srt("Mine, again"))
        result = course.push()
        assert result.code == ExitCode.OK, result.all
        assert original(course) == {"en": srt("Original")}
        assert "again" in by_file(course)[copy, "en"]

    def test_an_own_track_that_goes_after_the_plan_does_not_cost_the_originals(self, course: SandboxCourse) -> None:
        copy = associated(course, vtt("Same"))
        course.add("Lecture 1", "es", vtt("Hola"))
        own = course.add("Lecture 1", "en", vtt("Same"), file=copy)
        course.add("Lecture 1", "fr", vtt("Bonjour"), file=copy)
        course.shell("pull", course.folder)
        (course.folder / "Lecture 1.en.vtt").unlink()
        plan = course.folder.parent / "plan.json"
        course.shell("plan", course.folder, "--delete", "--out", plan)
        course.sandbox.delete_track(own)
        assert course.shell("apply", plan, course.folder).code == ExitCode.OK
        assert original(course)["en"] == vtt("Same")

    def test_in_an_ordinary_course_a_recording_that_shows_nobody_is_deleted_from_by_asking(
        self, course: SandboxCourse
    ) -> None:
        course.media["Lecture 1"] = course.sandbox.add_media(course.id, "Made in the editor")
        course.add("Lecture 1", "en", vtt("Hello"))
        course.add("Lecture 1", "fr", vtt("Bonjour"))
        course.shell("pull", course.folder)
        (course.folder / "Made in the editor.fr.vtt").unlink()
        result = course.push("--delete")
        assert result.code == ExitCode.OK, result.all
        assert course.tracks("Lecture 1") == {"en": vtt("Hello")}
        assert course.puts() == 2

"""Courses that were copied: what a request by the file of a copy could do to the original in another course."""

from __future__ import annotations

import pytest
from campus import Campus
from desk import srt, vtt

from captionkit.errors import ExitCode

#: WebVTT that SRT has no words for, so a track that is held as SRT would have to be deleted and made anew for it.
ONLY_WEBVTT = "WEBVTT\n\n00:00:01.000 --> 00:00:02.000 line:10% align:start\n<v Ada>4:3, {}\n"


def by_file(campus: Campus) -> dict[tuple[int, str], str]:
    return {(t["attachment_id"], t["locale"]): t["content"] for t in campus.sandbox.tracks(campus.media["Lecture 1"])}


def next_year(campus: Campus, text: str) -> int:
    """The folder is for a copy of the course, whose original has English; the copy's file."""
    campus.add_last_year("Lecture 1", "en", text)
    copy = campus.sandbox.copy_course(campus.course, "Next year")
    campus.configure(copy)
    return int(campus.sandbox.file_id(campus.media["Lecture 1"], copy))


def associated(campus: Campus, text: str) -> int:
    """As `next_year`, but brought by a blueprint, which leaves no trace; the copy's file."""
    campus.add_last_year("Lecture 1", "en", text)
    course = campus.sandbox.add_course("Associated")
    campus.sandbox.sync_blueprint(campus.course, course)
    campus.configure(course)
    return int(campus.sandbox.file_id(campus.media["Lecture 1"], course))


def with_a_user(campus: Campus, text: str) -> int:
    """As `next_year`, but the copy shows who uploaded it, as one does whose data was replaced; the copy's file."""
    copy = next_year(campus, text)
    campus.sandbox.replace_data(copy, "teacher")
    return copy


COPIES = [next_year, associated, with_a_user]


def original(campus: Campus) -> dict[str, str]:
    home = campus.sandbox.file_id(campus.media["Lecture 1"])
    return {locale: text for (file, locale), text in by_file(campus).items() if file == home}


def copied(campus: Campus, copy: int) -> dict[str, str]:
    return {locale: text for (file, locale), text in by_file(campus).items() if file == copy}


@pytest.mark.parametrize("where", COPIES)
class TestOrdinaryWorkNeedsNoLeave:
    """Whoever the file shows, and whenever it was made: the original's captions stay, the copy gets its own."""

    @pytest.mark.parametrize("text", [srt("Mine"), ONLY_WEBVTT.format("Mine")], ids=["SRT", "WebVTT"])
    def test_an_edit_of_what_was_pulled(self, campus: Campus, where: object, text: str) -> None:
        assert callable(where)
        copy = where(campus, srt("Original"))
        campus.shell("pull", campus.folder)
        (campus.folder / "Lecture 1.en.srt").unlink()
        campus.write(f"Lecture 1.en.{'vtt' if text.startswith('WEBVTT') else 'srt'}", text)
        said = campus.push()
        assert said.code == ExitCode.OK, said.all
        assert "it has captions of its own in en now, and those over there are untouched" in said.out
        assert original(campus) == {"en": srt("Original")}
        assert "Mine" in copied(campus, copy)["en"]
        said = campus.push()
        assert said.code == ExitCode.OK
        assert "Nothing to send" in said.out

    def test_a_removal_of_what_was_pulled(self, campus: Campus, where: object) -> None:
        assert callable(where)
        copy = where(campus, srt("Original"))
        campus.shell("pull", campus.folder)
        (campus.folder / "Lecture 1.en.srt").unlink()
        campus.write("Lecture 1.fr.vtt", vtt("Bonjour"))
        said = campus.push("--delete")
        assert said.code == ExitCode.OK, said.all
        assert "en belongs to the file in another course that this one was copied from; it was left" in said.out
        assert original(campus) == {"en": srt("Original")}
        assert copied(campus, copy) == {"fr": vtt("Bonjour")}
        puts = campus.puts()
        assert campus.push("--delete").code == ExitCode.OK
        assert campus.puts() == puts

    def test_mirror(self, campus: Campus, where: object) -> None:
        assert callable(where)
        copy = where(campus, vtt("Original"))
        campus.add("Lecture 1", "de", vtt("Eigenes"), file=copy)
        campus.write("Lecture 1.fr.vtt", vtt("Bonjour"))
        said = campus.push("--mirror")
        assert said.code == ExitCode.OK, said.all
        assert original(campus) == {"en": vtt("Original")}
        assert copied(campus, copy) == {"fr": vtt("Bonjour")}
        assert vtt("Eigenes") in campus.saved()

    def test_a_change_of_format_again_and_again(self, campus: Campus, where: object) -> None:
        assert callable(where)
        copy = where(campus, srt("Original"))
        for name, text in (("srt", srt("One")), ("vtt", ONLY_WEBVTT.format("Two")), ("srt", srt("5, 6, Three"))):
            for file in campus.folder.glob("Lecture 1.en.*"):
                file.unlink()
            campus.write(f"Lecture 1.en.{name}", text)
            said = campus.push("--on-conflict", "local")
            assert said.code == ExitCode.OK, said.all
            assert original(campus) == {"en": srt("Original")}
        (own,) = [t["id"] for t in campus.sandbox.tracks(campus.media["Lecture 1"]) if t["attachment_id"] == copy]
        assert "5, 6, Three" in campus.sandbox.viewed(own)

    def test_one_that_is_added_in_the_very_window_is_kept(self, campus: Campus, where: object) -> None:
        assert callable(where)
        where(campus, vtt("Original"))
        campus.write("Lecture 1.fr.vtt", vtt("Bonjour"))
        campus.sandbox.fault(
            "meanwhile", method="PUT", do=lambda: campus.add("Lecture 1", "de", vtt("Neu"), user="colleague")
        )
        assert campus.push().code == ExitCode.OK
        assert original(campus) == {"en": vtt("Original"), "de": vtt("Neu")}


class TestColleagues:
    def test_a_colleagues_track_that_was_pulled_is_not_deleted_unasked(self, campus: Campus) -> None:
        campus.add("Lecture 1", "en", vtt("Theirs"), user="colleague")
        campus.add("Lecture 1", "es", vtt("Hola"))
        campus.shell("pull", campus.folder)
        (campus.folder / "Lecture 1.en.vtt").unlink()
        said = campus.push("--delete")
        assert said.code == ExitCode.GUARD_REFUSED
        assert "made by user" in said.out
        assert "1 track kept that somebody else made" in said.out
        assert "en" in campus.tracks("Lecture 1")
        assert campus.push("--delete", "--allow", "foreign-owner").code == ExitCode.OK
        assert "en" not in campus.tracks("Lecture 1")

    def test_it_stops_nothing_else(self, campus: Campus) -> None:
        campus.add("Lecture 1", "en", vtt("Theirs"), user="colleague")
        campus.add("Lecture 1", "es", vtt("Hola"))
        campus.shell("pull", campus.folder)
        (campus.folder / "Lecture 1.en.vtt").unlink()
        campus.write("Lecture 1.es.vtt", vtt("Buenas"))
        assert campus.push("--delete").code == ExitCode.PARTIAL
        assert campus.tracks("Lecture 1") == {"en": vtt("Theirs"), "es": vtt("Buenas")}

    def test_making_a_colleagues_track_anew_makes_it_ours_which_the_plan_says(self, campus: Campus) -> None:
        campus.add("Lecture 1", "en", srt("Theirs"), user="colleague")
        campus.write("Lecture 1.fr.vtt", vtt("Bonjour"))
        campus.push()
        campus.write("Lecture 1.fr.vtt", vtt("Salut"))
        campus.push()
        campus.write("Lecture 1.en.vtt", ONLY_WEBVTT.format("Mine"))
        said = campus.push("--on-conflict", "local")
        assert said.code == ExitCode.OK, said.all
        assert "made anew it belongs to you" in said.out
        assert {t["user"] for t in campus.sandbox.tracks(campus.media["Lecture 1"])} == {"teacher"}

    @pytest.mark.parametrize(
        "text", [vtt("Mine"), vtt("Mine").replace("WEBVTT\n\n", "WEBVTT\n\nNOTE by the vendor\n\nintro\n")]
    )
    def test_in_place_it_stays_theirs(self, campus: Campus, text: str) -> None:
        """Also where SRT has no words for something that viewers do not see."""
        campus.add("Lecture 1", "en", srt("Theirs"), user="colleague")
        campus.write("Lecture 1.en.vtt", text)
        assert campus.push("--on-conflict", "local").code == ExitCode.OK
        (track,) = campus.sandbox.tracks(campus.media["Lecture 1"])
        assert track["user"] == "colleague"
        assert "Mine" in campus.sandbox.viewed(track["id"])


class TestRights:
    def test_a_teacher_of_the_copy_alone_tries_and_changes_nothing_where_it_is_refused(self, campus: Campus) -> None:
        """`can_add_captions` is the media object's right, which a teacher of the copied course need not have."""
        copy = next_year(campus, vtt("Original"))
        campus.sandbox.leave("teacher", campus.course)
        campus.write("Lecture 1.fr.vtt", vtt("Bonjour"))
        said = campus.push()
        assert "you may not change the captions of this media" not in said.out
        assert said.code == ExitCode.REMOTE_FAILED, said.all
        assert "Nothing was changed" in said.out
        assert copied(campus, copy) == {}
        puts = campus.puts()
        assert "Canvas refused this at" in campus.push().out
        assert campus.puts() == puts, "what was refused is not tried again each time"
        campus.sandbox.set(rights_by_file=True)
        assert campus.push("--media", "Lecture 1").code == ExitCode.OK
        assert copied(campus, copy) == {"fr": vtt("Bonjour")}
        assert original(campus) == {"en": vtt("Original")}

    def test_a_file_that_was_handed_in_is_not_changed(self, campus: Campus) -> None:
        campus.sandbox.submit_file(campus.sandbox.file_id(campus.media["Lecture 1"]))
        campus.write("Lecture 1.fr.vtt", vtt("Bonjour"))
        said = campus.push()
        assert said.code == ExitCode.REMOTE_FAILED
        assert "Nothing was changed" in said.out
        assert campus.tracks("Lecture 1") == {}


class TestWhileWeWork:
    def test_a_track_that_the_original_gets_after_the_listing_is_not_taken_for_ours(self, campus: Campus) -> None:
        copy = next_year(campus, vtt("Original"))
        campus.write("Lecture 1.en.vtt", vtt("Original"))
        campus.write("Lecture 1.fr.vtt", vtt("Bonjour"))
        campus.sandbox.fault(
            "meanwhile",
            method="GET",
            path=f"{copy}/media_tracks",
            do=lambda: campus.add("Lecture 1", "de", vtt("Neu")),
        )
        said = campus.push("--mirror")
        assert said.code == ExitCode.OK, said.all
        assert original(campus) == {"en": vtt("Original"), "de": vtt("Neu")}

    def test_nor_is_one_that_is_made_anew_there(self, campus: Campus) -> None:
        copy = next_year(campus, srt("Original"))
        campus.write("Lecture 1.en.vtt", ONLY_WEBVTT.format("Mine"))

        def make_anew() -> None:
            for track in campus.sandbox.tracks(campus.media["Lecture 1"]):
                campus.sandbox.delete_track(track["id"])
            campus.add("Lecture 1", "en", srt("Original, corrected"), user="colleague")

        campus.sandbox.fault("meanwhile", method="GET", path=f"{copy}/media_tracks", do=make_anew)
        said = campus.push("--on-conflict", "local")
        assert said.code == ExitCode.OK, said.all
        assert original(campus) == {"en": srt("Original, corrected")}
        assert "Mine" in copied(campus, copy)["en"]

    def test_a_stale_tab_of_the_copy_costs_the_original_nothing(self, campus: Campus) -> None:
        """A colleague's tab was opened before our German; saved later, it removes that. We notice."""
        copy = next_year(campus, vtt("Original"))
        tab = campus.sandbox.open_tab("teacher", copy)
        campus.write("Lecture 1.de.vtt", vtt("Hallo"))
        campus.push()
        campus.sandbox.save_tab(tab, {"es": vtt("Hola")})
        said = campus.push()
        assert said.code == ExitCode.FINDINGS
        assert "1 difference left: de of Lecture 1 was deleted in Canvas" in said.out
        assert original(campus) == {"en": vtt("Original")}
        assert copied(campus, copy) == {"es": vtt("Hola")}


class TestOtherServers:
    def test_an_import_on_a_newer_server_gives_the_copy_tracks_of_its_own(self, campus: Campus) -> None:
        campus.add_last_year("Lecture 1", "en", vtt("Original"))
        copy = campus.sandbox.copy_course(campus.course, "Next year", own_tracks=True)
        campus.configure(copy)
        file = campus.sandbox.file_id(campus.media["Lecture 1"], copy)
        campus.shell("pull", campus.folder)
        campus.write("Lecture 1.en.vtt", vtt("Mine"))
        assert campus.push().code == ExitCode.OK
        assert copied(campus, file) == {"en": vtt("Mine")}
        (campus.folder / "Lecture 1.en.vtt").unlink()
        campus.write("Lecture 1.fr.vtt", vtt("Bonjour"))
        assert campus.push("--delete").code == ExitCode.OK
        assert copied(campus, file) == {"fr": vtt("Bonjour")}
        assert original(campus) == {"en": vtt("Original")}

    def test_a_copy_whose_original_was_deleted_is_synced_like_any_other(self, campus: Campus) -> None:
        copy = next_year(campus, vtt("Original"))
        campus.sandbox.delete_original(campus.media["Lecture 1"])
        campus.write("Lecture 1.en.vtt", vtt("Mine"))
        campus.write("Lecture 1.fr.vtt", vtt("Bonjour"))
        assert campus.push().code == ExitCode.OK
        (campus.folder / "Lecture 1.fr.vtt").unlink()
        assert campus.push("--delete").code == ExitCode.OK
        assert copied(campus, copy) == {"en": vtt("Mine")}

    def test_an_older_controller(self, campus: Campus) -> None:
        campus.sandbox.set(old_server=True, deletes_own_only=True)
        campus.add("Lecture 1", "uk", vtt("Привіт"), user="colleague")
        campus.write("Lecture 1.en.vtt", vtt("Hello"))
        campus.write("Lecture 1.fr.vtt", vtt("Bonjour"))
        assert campus.push().code == ExitCode.OK
        (campus.folder / "Lecture 1.fr.vtt").unlink()
        assert campus.push("--delete").code == ExitCode.OK
        assert campus.tracks("Lecture 1") == {"en": vtt("Hello"), "uk": vtt("Привіт")}


class TestChangingTheWayOfACopy:
    def test_by_the_media_id_the_records_of_the_copy_do_not_count(self, campus: Campus) -> None:
        copy = next_year(campus, vtt("Same"))
        campus.add("Lecture 1", "en", vtt("Same"), file=copy)
        campus.shell("pull", campus.folder)
        campus.configure(campus.sandbox.courses()[-1]["id"], path="media_objects")
        campus.write("Lecture 1.en.vtt", vtt("Mine"))
        said = campus.push()
        assert said.code == ExitCode.STALE_OR_CONFLICT
        assert "different, and never synced before" in said.out
        assert original(campus) == {"en": vtt("Same")}

    def test_a_run_that_was_cut_off_is_not_resumed_the_other_way(self, campus: Campus) -> None:
        next_year(campus, vtt("Original"))
        campus.write("Lecture 1.fr.vtt", vtt("Bonjour"))
        campus.sandbox.fault("drop_after", method="PUT")
        campus.sandbox.fault("drop_before", method="GET", path="media_tracks", nth=3, times=0)
        assert campus.push().code == ExitCode.OUTCOME_UNKNOWN
        campus.sandbox.clear_faults()
        campus.configure(campus.sandbox.courses()[-1]["id"], path="media_objects")
        said = campus.shell("resume", campus.folder, "--yes")
        assert said.code == ExitCode.STALE_OR_CONFLICT
        assert "is reached as media_objects/" in said.err
        campus.configure(campus.sandbox.courses()[-1]["id"])
        assert campus.shell("resume", campus.folder, "--yes").code == ExitCode.OK

    def test_deleting_the_copys_own_is_verified_and_restored_like_any_other(self, campus: Campus) -> None:
        copy = next_year(campus, vtt("Original"))
        campus.write("Lecture 1.en.vtt", vtt("Mine"))
        campus.write("Lecture 1.fr.vtt", vtt("Bonjour"))
        campus.push("--on-conflict", "local")
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
        campus.configure(campus.sandbox.courses()[-1]["id"], path="media_objects")
        said = campus.shell("restore", campus.folder, "--yes", "--on-conflict", "local")
        assert said.code != ExitCode.OK
        assert "this file is not how its media object is reached now" in said.out
        assert original(campus) == {"en": srt("Original")}

    def test_a_plan_that_was_made_by_the_file_is_not_applied(self, campus: Campus) -> None:
        next_year(campus, vtt("Original"))
        campus.write("Lecture 1.fr.vtt", vtt("Bonjour"))
        plan = campus.folder.parent / "plan.json"
        campus.shell("plan", campus.folder, "--out", plan)
        campus.configure(campus.sandbox.courses()[-1]["id"], path="media_objects")
        said = campus.shell("apply", plan, campus.folder)
        assert said.code == ExitCode.STALE_OR_CONFLICT
        assert "is reached as media_objects/" in said.err
        assert campus.puts() == 0


class TestWhatProvesATrackThisFilesOwn:
    def test_a_lent_track_that_came_to_say_the_same_while_our_request_was_lost_does_not(self, campus: Campus) -> None:
        copy = associated(campus, srt("Original"))
        campus.add("Lecture 1", "fr", vtt("Bonjour"), file=copy)
        campus.write("Lecture 1.en.srt", srt("Corrected"))
        (lent,) = [t["id"] for t in campus.sandbox.tracks(campus.media["Lecture 1"]) if t["attachment_id"] != copy]
        campus.sandbox.fault("drop_before", method="PUT")
        campus.sandbox.fault(
            "meanwhile", method="GET", path=f"{copy}/media_tracks", nth=3,
            do=lambda: campus.sandbox.edit_track(lent, srt("Corrected")),
        )  # fmt: skip
        campus.push("--on-conflict", "local")
        (campus.folder / "Lecture 1.en.srt").unlink()
        said = campus.push("--delete")
        assert original(campus).keys() == {"en"}, said.all

    def test_our_own_first_edit_does_not_lock_it(self, campus: Campus) -> None:
        copy = associated(campus, srt("Original"))
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

    def test_an_own_track_that_goes_after_the_plan_does_not_cost_the_originals(self, campus: Campus) -> None:
        copy = associated(campus, vtt("Same"))
        campus.add("Lecture 1", "es", vtt("Hola"))
        own = campus.add("Lecture 1", "en", vtt("Same"), file=copy)
        campus.add("Lecture 1", "fr", vtt("Bonjour"), file=copy)
        campus.shell("pull", campus.folder)
        (campus.folder / "Lecture 1.en.vtt").unlink()
        plan = campus.folder.parent / "plan.json"
        campus.shell("plan", campus.folder, "--delete", "--out", plan)
        campus.sandbox.delete_track(own)
        assert campus.shell("apply", plan, campus.folder).code == ExitCode.OK
        assert original(campus)["en"] == vtt("Same")

    def test_in_an_ordinary_course_a_recording_that_shows_nobody_is_deleted_from_by_asking(
        self, campus: Campus
    ) -> None:
        campus.media["Lecture 1"] = campus.sandbox.add_media(campus.course, "Made in the editor")
        campus.add("Lecture 1", "en", vtt("Hello"))
        campus.add("Lecture 1", "fr", vtt("Bonjour"))
        campus.shell("pull", campus.folder)
        (campus.folder / "Made in the editor.fr.vtt").unlink()
        said = campus.push("--delete")
        assert said.code == ExitCode.OK, said.all
        assert campus.tracks("Lecture 1") == {"en": vtt("Hello")}
        assert campus.puts() == 2

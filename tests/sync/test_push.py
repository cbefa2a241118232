"""Pushing a folder to a Canvas that behaves as the real one does, its traps included."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import replace

import pytest
from fakes.canvas import FakeCanvas
from teacher import COURSE, Teacher, media, srt, step, vtt

from captionkit.canvas_locales import PICKER_LOCALES
from captionkit.errors import DamagedFile, ExitCode, GuardRefused, LocalError, StaleError
from captionkit.remotes.canvas import SERVICE
from captionkit.remotes.canvas.model_remote import ModelRemote
from captionkit.sync.decide import Do
from captionkit.sync.plan import parse_plan
from captionkit.sync.ports import MediaState, PutReply, Remote, TrackPut
from captionkit.sync.results import Ending
from captionkit.sync.run import Report, check_bindings
from captionkit.sync.show import report_lines


def endings(report: Report) -> list[Ending]:
    return [result.ending for result in report.results]


class TestTheMainJob:
    def test_new_files_become_tracks(self, teacher: Teacher) -> None:
        teacher.write("m-1.en.vtt", vtt("Hello"))
        teacher.write("m-1.fr.srt", srt("Bonjour & <i>bienvenue</i>"))
        teacher.write("m-2.en.cc.vtt", vtt("Two"))
        report = teacher.push()
        assert report.exit_code is ExitCode.OK
        assert endings(report) == [Ending.COMMITTED, Ending.COMMITTED]
        assert teacher.on_canvas("m-1")["en"] == vtt("Hello")
        assert "Bonjour &amp; <i>bienvenue</i>" in teacher.shown("m-1", "fr")
        assert teacher.shown("m-1", "fr").startswith("WEBVTT")
        assert [row.kind for row in teacher.world.tracks("m-2")] == ["captions"]

    def test_a_second_push_sends_nothing_and_reads_nothing_but_the_listing(self, teacher: Teacher) -> None:
        teacher.write("m-1.en.vtt", vtt("Hello"))
        teacher.push()
        puts, requests = teacher.puts(), len(teacher.world.log)
        report = teacher.push()
        assert teacher.puts() == puts
        assert report.run == ""
        assert report.exit_code is ExitCode.OK
        assert [request.method for request in teacher.world.log[requests:]] == ["LIST"]

    def test_an_edit_goes_out_and_keeps_the_track_id(self, teacher: Teacher) -> None:
        teacher.write("m-1.en.vtt", vtt("Hello"))
        teacher.push()
        track = teacher.world.tracks("m-1")[0].id
        teacher.write("m-1.en.vtt", vtt("Hello again"))
        report = teacher.push()
        assert endings(report) == [Ending.COMMITTED]
        assert teacher.world.tracks("m-1")[0].id == track
        assert "Hello again" in teacher.shown("m-1", "en")

    def test_what_was_replaced_is_in_the_backup(self, teacher: Teacher) -> None:
        teacher.write("m-1.en.vtt", vtt("Hello"))
        teacher.push()
        teacher.write("m-1.en.vtt", vtt("Hello again"))
        teacher.push()
        assert vtt("Hello") in teacher.backups().values()

    def test_other_languages_are_named_and_stay(self, teacher: Teacher) -> None:
        teacher.world.add_track("m-1", "es", vtt("Hola"))
        teacher.clock.sleep(300)
        teacher.write("m-1.en.vtt", vtt("Hello"))
        plan = teacher.survey()
        assert (step(plan, "es", "m-1").do, step(plan, "es", "m-1").why) == (Do.KEEP, "unmanaged")
        teacher.push()
        assert teacher.on_canvas("m-1") == {"en": vtt("Hello"), "es": vtt("Hola")}

    def test_equal_captions_are_recorded_without_a_put(self, teacher: Teacher) -> None:
        teacher.world.add_track("m-1", "en", vtt("Hello"))
        teacher.clock.sleep(300)
        teacher.write("m-1.en.srt", b"\xef\xbb\xbf" + srt("Hello").replace("\n", "\r\n").encode())
        report = teacher.push()
        assert endings(report) == [Ending.RECORDED]
        assert teacher.puts() == 0
        assert teacher.manifest.of("media_objects/m-1")["en"].path == "m-1.en.srt"

    def test_an_edit_that_nobody_sees_is_recorded_without_a_put(self, teacher: Teacher) -> None:
        teacher.write("m-1.en.srt", srt("Hello"))
        teacher.push()
        teacher.write("m-1.en.srt", b"\xef\xbb\xbf" + srt("Hello").encode())
        puts = teacher.puts()
        assert endings(teacher.push()) == [Ending.RECORDED]
        assert teacher.puts() == puts


class TestDeleting:
    def test_a_removed_file_keeps_its_track_unless_deletion_is_asked_for(self, teacher: Teacher) -> None:
        teacher.write("m-1.en.vtt", vtt("Hello"))
        teacher.write("m-1.fr.vtt", vtt("Bonjour"))
        teacher.push()
        teacher.delete("m-1.fr.vtt")
        assert step(teacher.plan(), "fr").why == "removal-kept"
        teacher.push()
        assert "fr" in teacher.on_canvas("m-1")
        report = teacher.push(delete=True)
        assert endings(report) == [Ending.COMMITTED]
        assert teacher.on_canvas("m-1") == {"en": vtt("Hello")}
        assert vtt("Bonjour") in teacher.backups().values()

    def test_mirror_deletes_what_is_not_ours_only_where_the_folder_has_files(self, teacher: Teacher) -> None:
        teacher.world.add_track("m-1", "es", vtt("Hola"))
        teacher.world.add_track("m-2", "es", vtt("Dos"))
        teacher.clock.sleep(300)
        teacher.write("m-1.en.vtt", vtt("Hello"))
        teacher.push(mirror=True)
        assert teacher.on_canvas("m-1") == {"en": vtt("Hello")}
        assert teacher.on_canvas("m-2") == {"es": vtt("Dos")}
        assert vtt("Hola") in teacher.backups().values()

    def test_an_object_that_lost_all_its_files_is_left_alone_unless_it_is_named(self, teacher: Teacher) -> None:
        teacher.write("m-1.en.vtt", vtt("Hello"))
        teacher.write("m-2.en.vtt", vtt("The folder is not empty"))
        teacher.push()
        teacher.delete("m-1.en.vtt")
        assert step(teacher.plan(delete=True), "en", "m-1").why == "removal-unnamed"
        plan = teacher.survey(named=("m-1",), delete=True, allow=frozenset({"last-caption"}))
        assert step(plan, "en").do is Do.DELETE
        teacher.apply(plan)
        assert teacher.on_canvas("m-1") == {}

    def test_deleting_everything_never_sends_an_empty_list(self, teacher: Teacher) -> None:
        teacher.write("m-1.en.vtt", vtt("Hello"))
        teacher.write("m-2.en.vtt", vtt("The folder is not empty"))
        teacher.push()
        teacher.delete("m-1.en.vtt")
        teacher.apply(teacher.survey(named=("m-1",), delete=True, allow=frozenset({"last-caption"})))
        bodies = [request.body for request in teacher.world.log if request.method == "PUT"]
        assert bodies[-1] == [{"locale": "und"}]

    def test_nothing_is_deleted_where_the_folder_is_not_wholly_understood(self, teacher: Teacher) -> None:
        teacher.write("m-1.en.vtt", vtt("Hello"))
        teacher.write("m-1.fr.vtt", vtt("Bonjour"))
        teacher.push()
        teacher.delete("m-1.fr.vtt")
        teacher.write("m-1.it.vtt", vtt("Ciao"))
        teacher.write("m-1.it.srt", srt("Ciao"))  # which of the two is Italian is not known
        plan = teacher.survey(delete=True)
        assert step(plan, "fr").why == "removal-incomplete"


class TestGuards:
    def fill(self, teacher: Teacher, languages: int) -> list[str]:
        names = [f"m-1.{language}.vtt" for language in sorted(PICKER_LOCALES) if len(language) == 2][:languages]
        for name in names:
            teacher.write(name, vtt(name))
        teacher.write("m-2.en.vtt", vtt("Two"))
        teacher.push()
        return names

    def test_more_deletions_than_allowed_are_refused_whole(self, teacher: Teacher) -> None:
        names = self.fill(teacher, 12)
        for name in names[:3]:
            teacher.delete(name)
        puts = teacher.puts()
        with pytest.raises(GuardRefused, match="deletes 3 tracks, the limit is 2"):
            teacher.push(delete=True, max_delete=2)
        assert teacher.puts() == puts
        teacher.push(delete=True, max_delete=3)
        assert len(teacher.on_canvas("m-1")) == 9

    def test_the_last_caption_is_not_deleted_unnoticed(self, teacher: Teacher) -> None:
        teacher.write("m-1.en.vtt", vtt("Hello"))
        teacher.write("m-2.en.vtt", vtt("The folder is not empty"))
        teacher.push()
        teacher.delete("m-1.en.vtt")
        with pytest.raises(GuardRefused, match="without any caption"):
            teacher.apply(teacher.survey(named=("m-1",), delete=True))
        assert teacher.on_canvas("m-1")

    def test_a_protected_language_is_not_deleted(self, teacher: Teacher) -> None:
        teacher.write("m-1.en.vtt", vtt("Hello"))
        teacher.write("m-1.fr.vtt", vtt("Bonjour"))
        teacher.push()
        teacher.delete("m-1.fr.vtt")
        teacher.says["protect"] = ("fr",)
        with pytest.raises(GuardRefused, match="protected"):
            teacher.push(delete=True)
        assert "fr" in teacher.on_canvas("m-1")

    def test_a_library_that_changed_all_at_once_is_asked_about(self, teacher: Teacher) -> None:
        names = self.fill(teacher, 12)
        for name in (*names, "m-2.en.vtt"):
            teacher.write(name, vtt("completely different"))
        with pytest.raises(GuardRefused, match="at once"):
            teacher.push()
        assert teacher.push(allow=frozenset({"all-changed"})).exit_code is ExitCode.OK

    def test_a_track_that_somebody_else_made_is_not_deleted_on_the_attachments_path(self, teacher: Teacher) -> None:
        files = Teacher(teacher.folder, teacher.world, path="media_attachments", clock=teacher.clock)
        teacher.world.add_track("m-1", "es", vtt("Hola"), user="2")
        teacher.clock.sleep(300)
        files.write("m-1.en.vtt", vtt("Hello"))
        report = files.push(mirror=True)
        assert step(report.plan, "es").why == "colleagues"
        assert "made by user 2" in step(report.plan, "es").note
        assert report.exit_code is ExitCode.OK
        assert teacher.on_canvas("m-1") == {"en": vtt("Hello"), "es": vtt("Hola")}
        assert files.push(mirror=True, allow=frozenset({"foreign-owner"})).exit_code is ExitCode.OK
        assert teacher.on_canvas("m-1") == {"en": vtt("Hello")}

    def test_a_locale_that_canvas_refuses_half_way_is_refused_before(self, teacher: Teacher) -> None:
        teacher.write("m-1.es-419.vtt", vtt("Hola"))
        teacher.says["locales"] = {"es-419": "es-419"}
        with pytest.raises(GuardRefused, match="es-419"):
            teacher.push()
        assert teacher.puts() == 0


class TestConflicts:
    def test_first_contact_with_other_captions_stops_that_object_only(self, teacher: Teacher) -> None:
        teacher.world.add_track("m-1", "en", vtt("Theirs"))
        teacher.clock.sleep(300)
        teacher.write("m-1.en.vtt", vtt("Mine"))
        teacher.write("m-1.fr.vtt", vtt("Bonjour"))
        teacher.write("m-2.en.vtt", vtt("Two"))
        report = teacher.push()
        assert report.exit_code is ExitCode.STALE_OR_CONFLICT
        assert teacher.on_canvas("m-1") == {"en": vtt("Theirs")}
        assert teacher.on_canvas("m-2") == {"en": vtt("Two")}

    @pytest.mark.parametrize("how", [{"on_conflict": "local"}, {"resolve": {"m-1/en": "local"}}])
    def test_the_users_word_settles_it(self, teacher: Teacher, how: dict[str, object]) -> None:
        teacher.world.add_track("m-1", "en", vtt("Theirs"))
        teacher.clock.sleep(300)
        teacher.write("m-1.en.vtt", vtt("Mine"))
        report = teacher.push(**how)
        assert report.exit_code is ExitCode.OK
        assert teacher.on_canvas("m-1") == {"en": vtt("Mine")}
        assert vtt("Theirs") in teacher.backups().values()

    def test_an_edit_in_canvas_is_kept_and_reported(self, teacher: Teacher) -> None:
        teacher.write("m-1.en.vtt", vtt("Hello"))
        teacher.push()
        teacher.world.edit_track(teacher.world.tracks("m-1")[0].id, vtt("Edited there"))
        teacher.clock.sleep(300)
        assert step(teacher.plan(), "en").why == "remote-edit"
        teacher.push()
        assert teacher.on_canvas("m-1")["en"] == vtt("Edited there")
        assert step(teacher.plan(), "en").why == "remote-edit", "drift stays drift until it is pulled"

    def test_edits_on_both_sides_are_a_conflict(self, teacher: Teacher) -> None:
        teacher.write("m-1.en.vtt", vtt("Hello"))
        teacher.push()
        teacher.world.edit_track(teacher.world.tracks("m-1")[0].id, vtt("Edited there"))
        teacher.clock.sleep(300)
        teacher.write("m-1.en.vtt", vtt("Edited here"))
        assert teacher.push().exit_code is ExitCode.STALE_OR_CONFLICT
        assert teacher.on_canvas("m-1")["en"] == vtt("Edited there")


class TestColleagues:
    def test_a_colleagues_track_is_invisible_and_survives(self, teacher: Teacher) -> None:
        teacher.world.add_track("m-1", "uk", vtt("Привіт"), user="2")
        teacher.clock.sleep(300)
        teacher.write("m-1.en.vtt", vtt("Hello"))
        plan = teacher.survey()
        assert step(plan, "uk").do is Do.KEEP
        assert media(plan, "m-1").before[0].hidden
        report = teacher.push()
        assert report.exit_code is ExitCode.OK
        assert teacher.on_canvas("m-1") == {"en": vtt("Hello"), "uk": vtt("Привіт")}

    def test_a_colleagues_language_is_not_sent_over(self, teacher: Teacher) -> None:
        teacher.world.add_track("m-1", "en", vtt("Theirs"), user="2")
        teacher.clock.sleep(300)
        teacher.write("m-1.en.vtt", vtt("Mine"))
        teacher.write("m-1.fr.vtt", vtt("Bonjour"))
        report = teacher.push(on_conflict="local")
        assert step(report.plan, "en").why == "foreign-owner"
        assert teacher.on_canvas("m-1") == {"en": vtt("Theirs"), "fr": vtt("Bonjour")}
        assert report.exit_code is ExitCode.PARTIAL

    def test_a_language_that_a_colleague_adds_after_the_plan_is_not_deleted(self, teacher: Teacher) -> None:
        teacher.write("m-1.en.vtt", vtt("Hello"))
        surveyed = teacher.survey()
        teacher.world.add_track("m-1", "uk", vtt("Привіт"), user="2")
        report = teacher.apply(surveyed)
        assert endings(report) == [Ending.STALE]
        assert report.exit_code is ExitCode.STALE_OR_CONFLICT
        assert teacher.puts() == 0

    def test_guarded_locales_save_a_language_that_is_added_in_the_very_moment(self, teacher: Teacher) -> None:
        teacher.write("m-1.en.vtt", vtt("Hello"))
        added: list[str] = []

        def colleague(moment: object) -> None:
            if not added and getattr(moment, "when", "") == "before" and moment.request.method == "PUT":  # type: ignore[attr-defined]
                added.append(teacher.world.add_track("m-1", "uk", vtt("Привіт"), user="2"))

        teacher.world.hooks.append(colleague)
        report = teacher.push(guard_locales=True)
        assert teacher.on_canvas("m-1") == {"en": vtt("Hello"), "uk": vtt("Привіт")}
        assert report.exit_code is ExitCode.OK
        assert "fl" not in teacher.on_canvas("m-1"), "a name without content makes no track"


class TestTheStaleCopy:
    """Canvas goes on showing its conversion of the old SRT after a WebVTT upload (reference, section 7)."""

    def test_a_track_held_as_srt_gets_srt_again(self, teacher: Teacher) -> None:
        teacher.world.add_track("m-1", "en", srt("Old"))
        teacher.clock.sleep(300)
        teacher.write("m-1.en.vtt", vtt("New"))
        track = teacher.world.tracks("m-1")[0].id
        report = teacher.push(on_conflict="local")
        assert step(report.plan, "en").send == "srt"
        assert endings(report) == [Ending.COMMITTED]
        assert "New" in teacher.shown("m-1", "en")
        assert teacher.world.tracks("m-1")[0].id == track

    def test_what_canvas_would_garble_is_made_anew(self, teacher: Teacher) -> None:
        teacher.world.add_track("m-1", "en", srt("Old"), kind="captions")
        teacher.world.add_track("m-1", "de", vtt("Hallo"))
        teacher.clock.sleep(300)
        # Canvas turns `5, 6` at the start of a line into `05, 6`.
        teacher.write("m-1.en.srt", srt("5, 6, 7"))
        report = teacher.push(on_conflict="local")
        assert step(report.plan, "en").do is Do.RECREATE
        assert endings(report) == [Ending.COMMITTED]
        assert "\n5, 6, 7\n" in teacher.shown("m-1", "en")
        assert teacher.on_canvas("m-1")["de"] == vtt("Hallo")
        assert {row.locale: row.kind for row in teacher.world.tracks("m-1")} == {"en": "captions", "de": "subtitles"}
        assert srt("Old") in teacher.backups().values()

    def test_a_copy_that_is_already_stale_is_mended(self, teacher: Teacher) -> None:
        track = teacher.world.add_track("m-1", "en", srt("Old"))
        teacher.world.edit_track(track, vtt("New"))
        teacher.clock.sleep(300)
        assert "Old" in teacher.shown("m-1", "en")
        teacher.write("m-1.en.vtt", vtt("New"))
        assert teacher.push(on_conflict="local").exit_code is ExitCode.OK
        assert "New" in teacher.shown("m-1", "en")

    def test_settings_that_srt_cannot_say_make_it_anew(self, teacher: Teacher) -> None:
        teacher.world.add_track("m-1", "en", srt("Old"))
        teacher.clock.sleep(300)
        placed = "WEBVTT\n\n00:00:01.000 --> 00:00:02.000 line:33% position:20% align:start\nNew\n"
        teacher.write("m-1.en.vtt", placed)
        assert teacher.push(on_conflict="local").exit_code is ExitCode.OK
        assert teacher.shown("m-1", "en") == placed


class TestWhatGoesWrong:
    def test_a_silent_refusal_is_no_success(self, teacher: Teacher) -> None:
        teacher.world.cannot_write.add(("1", "m-1"))
        teacher.write("m-1.en.vtt", vtt("Hello"))
        report = teacher.push()
        assert teacher.puts() == 0, "the listing says that the right is missing"
        assert report.exit_code is ExitCode.GUARD_REFUSED

    def test_a_204_is_no_success(self, teacher: Teacher) -> None:
        teacher.write("m-1.en.vtt", vtt("Hello"))
        teacher.world.fault("refused")
        report = teacher.push()
        assert endings(report) == [Ending.REFUSED]
        assert report.exit_code is ExitCode.REMOTE_FAILED
        assert "en" not in teacher.manifest.of("media_objects/m-1")

    @pytest.mark.parametrize("fault", ["lost-answer", "gateway-error", "not-json"])
    def test_a_lost_answer_is_looked_up(self, teacher: Teacher, fault: str) -> None:
        teacher.write("m-1.en.vtt", vtt("Hello"))
        teacher.world.fault(fault)
        report = teacher.push()
        assert endings(report) == [Ending.COMMITTED]
        assert teacher.puts() == 1

    @pytest.mark.parametrize("fault", ["lost-request", "throttled"])
    def test_a_lost_request_is_sent_again(self, teacher: Teacher, fault: str) -> None:
        teacher.write("m-1.en.vtt", vtt("Hello"))
        teacher.world.fault(fault)
        report = teacher.push()
        assert endings(report) == [Ending.COMMITTED]
        assert teacher.puts() == 2

    def test_a_request_that_never_works_is_given_up(self, teacher: Teacher) -> None:
        teacher.write("m-1.en.vtt", vtt("Hello"))
        teacher.world.fault("lost-request", times=99)
        report = teacher.push()
        assert endings(report) == [Ending.FAILED]
        assert teacher.puts() == 3
        assert report.exit_code is ExitCode.REMOTE_FAILED

    def test_half_of_a_request_is_finished(self, teacher: Teacher) -> None:
        for locale in ("en", "fr", "de"):
            teacher.write(f"m-1.{locale}.vtt", vtt(locale))
        teacher.push()
        teacher.delete("m-1.de.vtt")
        teacher.write("m-1.en.vtt", vtt("new en"))
        teacher.write("m-1.fr.vtt", vtt("new fr"))
        teacher.world.fault("partial", step=2)
        report = teacher.push(delete=True)
        assert endings(report) == [Ending.COMMITTED]
        assert teacher.on_canvas("m-1") == {"en": vtt("new en"), "fr": vtt("new fr")}

    def test_half_of_a_request_that_canvas_will_not_finish_is_reported(self, teacher: Teacher) -> None:
        for locale in ("en", "fr"):
            teacher.write(f"m-1.{locale}.vtt", vtt(locale))
        teacher.push()
        for locale in ("en", "fr"):
            teacher.write(f"m-1.{locale}.vtt", vtt("new " + locale))
        teacher.world.fault("rejected", step=1)
        teacher.world.fault("rejected", step=0, times=5)
        report = teacher.push()
        assert endings(report) == [Ending.UNKNOWN]
        assert report.exit_code is ExitCode.OUTCOME_UNKNOWN
        assert {vtt("en"), vtt("fr")} <= set(teacher.backups().values())

    def test_an_edit_by_somebody_else_during_the_request_stops_us(self, teacher: Teacher) -> None:
        teacher.write("m-1.en.vtt", vtt("Hello"))
        teacher.write("m-1.fr.vtt", vtt("Bonjour"))
        teacher.push()
        teacher.write("m-1.en.vtt", vtt("Hello again"))
        french = next(row.id for row in teacher.world.tracks("m-1") if row.locale == "fr")

        def colleague(moment: object) -> None:
            if moment.when == "after" and moment.request.method == "PUT":  # type: ignore[attr-defined]
                teacher.world.edit_track(french, vtt("Edited there"))

        teacher.world.hooks.append(colleague)
        report = teacher.push()
        assert endings(report) == [Ending.FOREIGN]
        assert report.exit_code is ExitCode.OUTCOME_UNKNOWN
        assert teacher.on_canvas("m-1")["fr"] == vtt("Edited there")

    def test_a_language_added_after_our_request_is_noted_and_left(self, teacher: Teacher) -> None:
        files = Teacher(teacher.folder, teacher.world, path="media_attachments", clock=teacher.clock)
        files.write("m-1.en.vtt", vtt("Hello"))

        def colleague(moment: object) -> None:
            if moment.when == "after" and moment.request.method == "PUT":  # type: ignore[attr-defined]
                teacher.world.add_track("m-1", "uk", vtt("Привіт"), user="2")

        teacher.world.hooks.append(colleague)
        report = files.push()
        assert endings(report) == [Ending.COMMITTED]
        assert any("uk" in note for result in report.results for note in result.notes)

    def test_failing_to_read_back_leaves_the_outcome_open_and_the_next_push_settles_it(self, teacher: Teacher) -> None:
        teacher.write("m-1.en.vtt", vtt("Hello"))
        teacher.world.fault("no-connection", on="GET", skip=1, times=99)
        report = teacher.push()
        assert endings(report) == [Ending.UNKNOWN]
        assert report.exit_code is ExitCode.OUTCOME_UNKNOWN
        teacher.world.faults.clear()
        report = teacher.push()
        assert report.exit_code is ExitCode.OK
        assert teacher.puts() == 1
        assert teacher.manifest.of("media_objects/m-1")["en"].is_ours

    def test_stripped_content_is_not_taken_for_an_empty_track(self, teacher: Teacher) -> None:
        teacher.world.add_track("m-1", "en", vtt("Theirs"))
        teacher.clock.sleep(300)
        teacher.world.show_content = False
        teacher.write("m-1.en.vtt", vtt("Mine"))
        report = teacher.push(on_conflict="local")
        assert step(report.plan, "en").why == "content-hidden"
        assert teacher.puts() == 0
        assert report.exit_code is ExitCode.GUARD_REFUSED

    def test_automatic_captions_in_the_making_are_left_alone(self, teacher: Teacher) -> None:
        teacher.world.add_track("m-1", "en", "", asr=True, workflow_state="processing")
        teacher.clock.sleep(300)
        teacher.write("m-1.en.vtt", vtt("Mine"))
        teacher.write("m-1.fr.vtt", vtt("Bonjour"))
        report = teacher.push(on_conflict="local")
        assert step(report.plan, "en").why == "processing"
        assert teacher.on_canvas("m-1") == {"en": "", "fr": vtt("Bonjour")}

    def test_an_object_that_vanished_from_the_listing_is_reported_once_and_stops_nothing(
        self, teacher: Teacher
    ) -> None:
        teacher.write("m-1.en.vtt", vtt("Hello"))
        teacher.push()
        teacher.world.delete_files("m-1")
        teacher.write("m-2.en.vtt", vtt("Hello"))
        report = teacher.push()
        assert media(report.plan, "m-1").gone
        assert report.exit_code is ExitCode.OK
        assert teacher.on_canvas("m-2") == {"en": vtt("Hello")}
        again = teacher.push()
        assert [m.media for m in again.plan.objects if m.gone] == []
        assert again.exit_code is ExitCode.OK

    def test_a_file_without_captions_is_not_sent_and_the_others_are(self, teacher: Teacher) -> None:
        teacher.write("m-1.en.srt", bytes(range(256)) * 4)
        teacher.write("m-1.fr.vtt", vtt("Bonjour"))
        report = teacher.push()
        assert step(report.plan, "en").why == "bad-file"
        assert teacher.on_canvas("m-1") == {"fr": vtt("Bonjour")}
        assert report.exit_code is ExitCode.FINDINGS


class TestRehearsal:
    def test_a_request_that_would_not_keep_its_promise_is_not_sent(self, teacher: Teacher) -> None:
        """A model whose every track belongs to somebody else: replacing answers 422 there."""
        teacher.write("m-1.en.vtt", vtt("Hello"))
        teacher.push()
        teacher.write("m-1.en.vtt", vtt("Hello again"))
        puts = teacher.puts()

        def strict(state: MediaState) -> Remote:
            world = FakeCanvas.holding(state, "me")
            world.cannot_write.add(("me", "m-1"))
            return ModelRemote(world, user_id="me", scope="courses/0")

        report = teacher.apply(teacher.survey(), model=strict)
        assert endings(report) == [Ending.REFUSED]
        assert "rehearsal" in report.results[0].message
        assert teacher.puts() == puts

    def test_a_forgotten_keep_is_caught_before_it_is_sent(
        self, teacher: Teacher, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from captionkit.sync import object_run, request

        teacher.world.add_track("m-1", "es", vtt("Hola"))
        teacher.clock.sleep(300)
        teacher.write("m-1.en.vtt", vtt("Hello"))
        right = request.phases

        def wrong(*args: object, **more: object) -> tuple[object, ...]:
            return tuple(
                replace(phase, body=tuple(put for put in phase.body if put.locale != "es"))
                for phase in right(*args, **more)  # type: ignore[arg-type]
            )

        monkeypatch.setattr(object_run, "phases", wrong)
        report = teacher.push()
        assert endings(report) == [Ending.REFUSED]
        assert "would delete es" in report.results[0].message
        assert teacher.puts() == 0
        assert teacher.on_canvas("m-1") == {"es": vtt("Hola")}


class TestPlanFiles:
    def test_a_plan_does_what_it_says_later(self, teacher: Teacher) -> None:
        teacher.write("m-1.en.srt", srt("Hello"))
        teacher.store.save_manifest(teacher.manifest.as_bytes())
        plan = parse_plan(teacher.plan().as_bytes(), "plan.json")
        teacher.clock.sleep(3600)
        check_bindings(plan, teacher.remote.identity(), teacher.manifest)
        report = teacher.apply(plan)
        assert report.exit_code is ExitCode.OK
        assert "Hello" in teacher.shown("m-1", "en")

    def test_a_plan_edited_by_hand_is_refused(self, teacher: Teacher) -> None:
        teacher.write("m-1.en.vtt", vtt("Hello"))
        raw = json.loads(teacher.plan().as_bytes())
        raw["policy"]["delete"] = True
        with pytest.raises(StaleError, match="changed after it was made"):
            parse_plan(json.dumps(raw).encode(), "plan.json")

    @pytest.mark.parametrize("junk", [b"", b"{}", b"[]", b"null", b"\xff", b'{"format": 1, "tool": 2}'])
    def test_what_is_no_plan_is_refused(self, junk: bytes) -> None:
        with pytest.raises(DamagedFile, match="no plan of captionkit's"):
            parse_plan(junk, "plan.json")

    def test_a_plan_for_another_canvas_user_course_or_folder_is_refused(self, teacher: Teacher) -> None:
        teacher.write("m-1.en.vtt", vtt("Hello"))
        plan, identity, manifest = teacher.plan(), teacher.remote.identity(), teacher.manifest
        for other in (
            replace(identity, base_url="https://other"),
            replace(identity, user_id="2"),
            replace(identity, scope="courses/2"),
        ):
            with pytest.raises(StaleError, match="another"):
                check_bindings(plan, other, manifest)
        with pytest.raises(StaleError, match="another folder"):
            check_bindings(plan, identity, replace(manifest, lineage="lineage-2"))
        with pytest.raises(StaleError, match="another sync"):
            check_bindings(plan, identity, replace(manifest, serial=9))

    def test_a_file_that_changed_after_the_plan_stops_its_object(self, teacher: Teacher) -> None:
        teacher.write("m-1.en.vtt", vtt("Hello"))
        teacher.write("m-2.en.vtt", vtt("Two"))
        plan = teacher.plan()
        teacher.write("m-1.en.vtt", vtt("Changed"))
        report = teacher.apply(plan)
        assert sorted(endings(report)) == [Ending.COMMITTED, Ending.STALE]
        assert teacher.on_canvas("m-1") == {}

    def test_a_remote_that_moved_after_the_plan_stops_its_object(self, teacher: Teacher) -> None:
        teacher.write("m-1.en.vtt", vtt("Hello"))
        teacher.push()
        teacher.write("m-1.en.vtt", vtt("Hello again"))
        plan = teacher.plan()
        teacher.world.edit_track(teacher.world.tracks("m-1")[0].id, vtt("Edited there"))
        report = teacher.apply(plan)
        assert endings(report) == [Ending.STALE]
        assert teacher.on_canvas("m-1")["en"] == vtt("Edited there")

    def test_a_plan_that_is_carried_out_twice_is_refused_the_second_time(self, teacher: Teacher) -> None:
        teacher.write("m-1.en.vtt", vtt("Hello"))
        plan = teacher.plan()
        teacher.apply(plan)
        puts = teacher.puts()
        with pytest.raises(StaleError, match="another sync"):
            teacher.apply(plan)
        assert teacher.puts() == puts

    def test_no_caption_text_is_in_a_plan(self, teacher: Teacher) -> None:
        teacher.write("m-1.en.vtt", vtt("Very private words"))
        assert b"private" not in teacher.plan().as_bytes()


class TestTheDisk:
    def test_a_full_disk_before_the_request_sends_nothing(
        self, teacher: Teacher, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        teacher.write("m-1.en.vtt", vtt("Hello"))

        def full(run: str, name: str, data: bytes) -> None:
            raise LocalError("cannot write: No space left on device")

        monkeypatch.setattr(teacher.store, "save_backup", full)
        report = teacher.push()
        assert teacher.puts() == 0
        assert report.exit_code is ExitCode.LOCAL_FAILED
        assert "No space" in report.local_failure

    def test_a_manifest_that_cannot_be_written_is_made_good_from_the_journal(
        self, teacher: Teacher, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        teacher.write("m-2.en.vtt", vtt("Two"))
        teacher.push()
        teacher.write("m-1.en.vtt", vtt("Hello"))
        with monkeypatch.context() as patch:

            def full(data: bytes) -> None:
                raise LocalError("cannot write: No space left on device")

            patch.setattr(teacher.store, "save_manifest", full)
            report = teacher.push()
            assert report.exit_code is ExitCode.LOCAL_FAILED
        assert teacher.manifest.of("media_objects/m-1")["en"].is_ours
        puts = teacher.puts()
        teacher.push()
        assert teacher.puts() == puts


def test_stopping_finishes_what_is_in_hand_and_leaves_the_rest(teacher: Teacher) -> None:
    teacher.write("m-1.en.vtt", vtt("Hello"))
    teacher.write("m-2.en.vtt", vtt("Two"))
    report = teacher.apply(teacher.survey(), stopped=lambda: True)
    assert report.exit_code is ExitCode.INTERRUPTED
    assert set(endings(report)) == {Ending.NOT_STARTED}
    assert teacher.puts() == 0


def test_an_unchanged_library_of_a_thousand_media_objects_costs_one_listing(teacher: Teacher) -> None:
    for number in range(3, 1003):
        teacher.world.add_media("courses/101", f"Lecture {number}", media_id=f"m-{number}")
    for number in range(1, 101):
        teacher.write(f"m-{number}.en.vtt", vtt(f"Lecture {number}"))
    teacher.clock.sleep(300)
    teacher.push()
    before = len(teacher.world.log)
    plan = teacher.survey()
    assert [request.method for request in teacher.world.log[before:]] == ["LIST"]
    assert not plan.has_differences


def test_the_model_is_what_the_tests_say_it_is() -> None:
    """The rehearsal shows every track it was given, hidden ones included."""
    world = FakeCanvas()
    world.add_media("courses/101", "L", media_id="m-1")
    world.add_track("m-1", "en", vtt("Mine"))
    world.add_track("m-1", "uk", vtt("Theirs"), user="2")
    state = ModelRemote(world).read("media_objects/m-1", fresh_listing=True)
    rehearsed = SERVICE.model(state).read("media_objects/m-1", fresh_listing=True)
    assert {track.locale for track in rehearsed.tracks} == {"en"}
    assert {track.locale for track in rehearsed.listed or ()} == {"en", "uk"}


def test_a_stale_copy_that_was_pulled_is_mended_by_the_next_push(teacher: Teacher) -> None:
    """A teacher uploaded WebVTT over SRT in the browser: Canvas stores the new text and shows the old one."""
    track = teacher.world.add_track("m-1", "en", srt("Old"))
    teacher.world.edit_track(track, vtt("New"))
    teacher.clock.sleep(300)
    teacher.pull()
    assert teacher.read("Lecture 1.en.vtt") == vtt("New")
    report = teacher.push()
    assert step(report.plan, "en").why == "stale-copy"
    assert "New" in teacher.shown("m-1", "en")
    assert teacher.push().run == ""


class TestAWaitForTheRateLimit:
    """The PUT waits for its turn while others go on working; what we saw before is old by then."""

    @pytest.fixture
    def waiting(self, teacher: Teacher) -> list[float]:
        """Seconds that each PUT waits for its turn; the remote holds to `not_after` as the HTTP session does."""
        waits: list[float] = []
        send = teacher.remote.put_tracks

        def put_tracks(media: str, tracks: Sequence[TrackPut], *, not_after: float = math.inf) -> PutReply:
            teacher.clock.sleep(waits.pop(0) if waits else 0.0)
            if teacher.clock.now() > not_after:
                return PutReply(0, "throttled", "its turn came too late", teacher.clock.now(), teacher.clock.now())
            return send(media, tracks)

        teacher.remote.put_tracks = put_tracks  # type: ignore[method-assign]
        teacher.world.add_track("m-1", "en", vtt("Old"))
        teacher.clock.sleep(300)
        teacher.write("m-1.en.vtt", vtt("New"))
        return waits

    def test_after_a_long_one_we_look_again_before_we_write(self, teacher: Teacher, waiting: list[float]) -> None:
        waiting += [60.0]
        report = teacher.push(on_conflict="local")
        assert [result.ending for result in report.results] == [Ending.COMMITTED]
        assert teacher.puts() == 1
        assert report.results[0].window < 5.0

    def test_what_a_colleague_wrote_in_it_is_not_overwritten(self, teacher: Teacher, waiting: list[float]) -> None:
        waiting += [60.0]
        sleep = teacher.clock.sleep

        def while_waiting(seconds: float) -> None:
            sleep(seconds)
            if seconds == 60.0:
                teacher.world.edit_track(teacher.world.tracks("m-1")[0].id, vtt("A colleague's"))

        teacher.clock.sleep = while_waiting  # type: ignore[method-assign]
        report = teacher.push(on_conflict="local")
        assert teacher.puts() == 0
        assert [row.content for row in teacher.world.tracks("m-1")] == [vtt("A colleague's")]
        assert [result.ending for result in report.results] == [Ending.STALE]

    def test_where_every_turn_comes_late_it_is_sent_at_last_and_the_window_is_reported(
        self, teacher: Teacher, waiting: list[float]
    ) -> None:
        waiting += [60.0] * 5
        report = teacher.push(on_conflict="local")
        assert [result.ending for result in report.results] == [Ending.COMMITTED]
        assert report.results[0].window >= 60.0


def test_what_was_not_come_to_is_counted_and_how_to_go_on_is_reported(teacher: Teacher) -> None:
    for number in range(3, 9):
        teacher.world.add_media(COURSE, f"Lecture {number}", media_id=f"m-{number}")
        teacher.write(f"m-{number}.en.vtt", vtt("Hello"))
    lines = "\n".join(report_lines(teacher.apply(teacher.survey(), stopped=lambda: True)))
    assert "NOT STARTED: Lecture 3, Lecture 4, Lecture 5 and 3 more: its turn did not come" in lines
    assert "To resume goes on where this stopped" in lines

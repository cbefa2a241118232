"""Pushing a folder to a Canvas that behaves as the real one does, its traps included."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import replace

import pytest
from desk import COURSE, Desk, media, srt, step, vtt
from fakes.canvas import FakeCanvas

from captionkit.errors import DamagedFile, ExitCode, GuardRefused, LocalError, StaleError
from captionkit.languages import PICKER_LOCALES
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
    def test_new_files_become_tracks(self, desk: Desk) -> None:
        desk.write("m-1.en.vtt", vtt("Hello"))
        desk.write("m-1.fr.srt", srt("Bonjour & <i>bienvenue</i>"))
        desk.write("m-2.en.cc.vtt", vtt("Two"))
        report = desk.push()
        assert report.exit_code is ExitCode.OK
        assert endings(report) == [Ending.COMMITTED, Ending.COMMITTED]
        assert desk.on_canvas("m-1")["en"] == vtt("Hello")
        assert "Bonjour &amp; <i>bienvenue</i>" in desk.shown("m-1", "fr")
        assert desk.shown("m-1", "fr").startswith("WEBVTT")
        assert [row.kind for row in desk.world.tracks("m-2")] == ["captions"]

    def test_a_second_push_sends_nothing_and_reads_nothing_but_the_listing(self, desk: Desk) -> None:
        desk.write("m-1.en.vtt", vtt("Hello"))
        desk.push()
        puts, requests = desk.puts(), len(desk.world.log)
        report = desk.push()
        assert desk.puts() == puts
        assert report.run == ""
        assert report.exit_code is ExitCode.OK
        assert [request.method for request in desk.world.log[requests:]] == ["LIST"]

    def test_an_edit_goes_out_and_keeps_the_track_id(self, desk: Desk) -> None:
        desk.write("m-1.en.vtt", vtt("Hello"))
        desk.push()
        track = desk.world.tracks("m-1")[0].id
        desk.write("m-1.en.vtt", vtt("Hello again"))
        report = desk.push()
        assert endings(report) == [Ending.COMMITTED]
        assert desk.world.tracks("m-1")[0].id == track
        assert "Hello again" in desk.shown("m-1", "en")

    def test_what_was_replaced_is_in_the_backup(self, desk: Desk) -> None:
        desk.write("m-1.en.vtt", vtt("Hello"))
        desk.push()
        desk.write("m-1.en.vtt", vtt("Hello again"))
        desk.push()
        assert vtt("Hello") in desk.backups().values()

    def test_other_languages_are_named_and_stay(self, desk: Desk) -> None:
        desk.world.add_track("m-1", "es", vtt("Hola"))
        desk.clock.sleep(300)
        desk.write("m-1.en.vtt", vtt("Hello"))
        plan = desk.survey()
        assert (step(plan, "es", "m-1").do, step(plan, "es", "m-1").why) == (Do.KEEP, "unmanaged")
        desk.push()
        assert desk.on_canvas("m-1") == {"en": vtt("Hello"), "es": vtt("Hola")}

    def test_equal_captions_are_recorded_without_a_put(self, desk: Desk) -> None:
        desk.world.add_track("m-1", "en", vtt("Hello"))
        desk.clock.sleep(300)
        desk.write("m-1.en.srt", b"\xef\xbb\xbf" + srt("Hello").replace("\n", "\r\n").encode())
        report = desk.push()
        assert endings(report) == [Ending.RECORDED]
        assert desk.puts() == 0
        assert desk.manifest.of("media_objects/m-1")["en"].path == "m-1.en.srt"

    def test_an_edit_that_nobody_sees_is_recorded_without_a_put(self, desk: Desk) -> None:
        desk.write("m-1.en.srt", srt("Hello"))
        desk.push()
        desk.write("m-1.en.srt", b"\xef\xbb\xbf" + srt("Hello").encode())
        puts = desk.puts()
        assert endings(desk.push()) == [Ending.RECORDED]
        assert desk.puts() == puts


class TestDeleting:
    def test_a_removed_file_keeps_its_track_unless_deletion_is_asked_for(self, desk: Desk) -> None:
        desk.write("m-1.en.vtt", vtt("Hello"))
        desk.write("m-1.fr.vtt", vtt("Bonjour"))
        desk.push()
        desk.delete("m-1.fr.vtt")
        assert step(desk.plan(), "fr").why == "removal-kept"
        desk.push()
        assert "fr" in desk.on_canvas("m-1")
        report = desk.push(delete=True)
        assert endings(report) == [Ending.COMMITTED]
        assert desk.on_canvas("m-1") == {"en": vtt("Hello")}
        assert vtt("Bonjour") in desk.backups().values()

    def test_mirror_deletes_what_is_not_ours_only_where_the_folder_has_files(self, desk: Desk) -> None:
        desk.world.add_track("m-1", "es", vtt("Hola"))
        desk.world.add_track("m-2", "es", vtt("Dos"))
        desk.clock.sleep(300)
        desk.write("m-1.en.vtt", vtt("Hello"))
        desk.push(mirror=True)
        assert desk.on_canvas("m-1") == {"en": vtt("Hello")}
        assert desk.on_canvas("m-2") == {"es": vtt("Dos")}
        assert vtt("Hola") in desk.backups().values()

    def test_an_object_that_lost_all_its_files_is_left_alone_unless_it_is_named(self, desk: Desk) -> None:
        desk.write("m-1.en.vtt", vtt("Hello"))
        desk.write("m-2.en.vtt", vtt("The folder is not empty"))
        desk.push()
        desk.delete("m-1.en.vtt")
        assert step(desk.plan(delete=True), "en", "m-1").why == "removal-unnamed"
        plan = desk.survey(named=("m-1",), delete=True, allow=frozenset({"last-caption"}))
        assert step(plan, "en").do is Do.DELETE
        desk.apply(plan)
        assert desk.on_canvas("m-1") == {}

    def test_deleting_everything_never_sends_an_empty_list(self, desk: Desk) -> None:
        desk.write("m-1.en.vtt", vtt("Hello"))
        desk.write("m-2.en.vtt", vtt("The folder is not empty"))
        desk.push()
        desk.delete("m-1.en.vtt")
        desk.apply(desk.survey(named=("m-1",), delete=True, allow=frozenset({"last-caption"})))
        bodies = [request.body for request in desk.world.log if request.method == "PUT"]
        assert bodies[-1] == [{"locale": "und"}]

    def test_nothing_is_deleted_where_the_folder_is_not_wholly_understood(self, desk: Desk) -> None:
        desk.write("m-1.en.vtt", vtt("Hello"))
        desk.write("m-1.fr.vtt", vtt("Bonjour"))
        desk.push()
        desk.delete("m-1.fr.vtt")
        desk.write("m-1.it.vtt", vtt("Ciao"))
        desk.write("m-1.it.srt", srt("Ciao"))  # which of the two is Italian is not known
        plan = desk.survey(delete=True)
        assert step(plan, "fr").why == "removal-incomplete"


class TestGuards:
    def fill(self, desk: Desk, languages: int) -> list[str]:
        names = [f"m-1.{language}.vtt" for language in sorted(PICKER_LOCALES) if len(language) == 2][:languages]
        for name in names:
            desk.write(name, vtt(name))
        desk.write("m-2.en.vtt", vtt("Two"))
        desk.push()
        return names

    def test_more_deletions_than_allowed_are_refused_whole(self, desk: Desk) -> None:
        names = self.fill(desk, 12)
        for name in names[:3]:
            desk.delete(name)
        puts = desk.puts()
        with pytest.raises(GuardRefused, match="deletes 3 tracks, the limit is 2"):
            desk.push(delete=True, max_delete=2)
        assert desk.puts() == puts
        desk.push(delete=True, max_delete=3)
        assert len(desk.on_canvas("m-1")) == 9

    def test_the_last_caption_is_not_deleted_unnoticed(self, desk: Desk) -> None:
        desk.write("m-1.en.vtt", vtt("Hello"))
        desk.write("m-2.en.vtt", vtt("The folder is not empty"))
        desk.push()
        desk.delete("m-1.en.vtt")
        with pytest.raises(GuardRefused, match="without any caption"):
            desk.apply(desk.survey(named=("m-1",), delete=True))
        assert desk.on_canvas("m-1")

    def test_a_protected_language_is_not_deleted(self, desk: Desk) -> None:
        desk.write("m-1.en.vtt", vtt("Hello"))
        desk.write("m-1.fr.vtt", vtt("Bonjour"))
        desk.push()
        desk.delete("m-1.fr.vtt")
        desk.says["protect"] = ("fr",)
        with pytest.raises(GuardRefused, match="protected"):
            desk.push(delete=True)
        assert "fr" in desk.on_canvas("m-1")

    def test_a_library_that_changed_all_at_once_is_asked_about(self, desk: Desk) -> None:
        names = self.fill(desk, 12)
        for name in (*names, "m-2.en.vtt"):
            desk.write(name, vtt("completely different"))
        with pytest.raises(GuardRefused, match="at once"):
            desk.push()
        assert desk.push(allow=frozenset({"all-changed"})).exit_code is ExitCode.OK

    def test_a_track_that_somebody_else_made_is_not_deleted_on_the_attachments_path(self, desk: Desk) -> None:
        files = Desk(desk.folder, desk.world, path="media_attachments", clock=desk.clock)
        desk.world.add_track("m-1", "es", vtt("Hola"), user="2")
        desk.clock.sleep(300)
        files.write("m-1.en.vtt", vtt("Hello"))
        report = files.push(mirror=True)
        assert step(report.plan, "es").why == "colleagues"
        assert "made by user 2" in step(report.plan, "es").note
        assert report.exit_code is ExitCode.OK
        assert desk.on_canvas("m-1") == {"en": vtt("Hello"), "es": vtt("Hola")}
        assert files.push(mirror=True, allow=frozenset({"foreign-owner"})).exit_code is ExitCode.OK
        assert desk.on_canvas("m-1") == {"en": vtt("Hello")}

    def test_a_locale_that_canvas_refuses_half_way_is_refused_before(self, desk: Desk) -> None:
        desk.write("m-1.es-419.vtt", vtt("Hola"))
        desk.says["locales"] = {"es-419": "es-419"}
        with pytest.raises(GuardRefused, match="es-419"):
            desk.push()
        assert desk.puts() == 0


class TestConflicts:
    def test_first_contact_with_other_captions_stops_that_object_only(self, desk: Desk) -> None:
        desk.world.add_track("m-1", "en", vtt("Theirs"))
        desk.clock.sleep(300)
        desk.write("m-1.en.vtt", vtt("Mine"))
        desk.write("m-1.fr.vtt", vtt("Bonjour"))
        desk.write("m-2.en.vtt", vtt("Two"))
        report = desk.push()
        assert report.exit_code is ExitCode.STALE_OR_CONFLICT
        assert desk.on_canvas("m-1") == {"en": vtt("Theirs")}
        assert desk.on_canvas("m-2") == {"en": vtt("Two")}

    @pytest.mark.parametrize("how", [{"on_conflict": "local"}, {"resolve": {"m-1/en": "local"}}])
    def test_the_users_word_settles_it(self, desk: Desk, how: dict[str, object]) -> None:
        desk.world.add_track("m-1", "en", vtt("Theirs"))
        desk.clock.sleep(300)
        desk.write("m-1.en.vtt", vtt("Mine"))
        report = desk.push(**how)
        assert report.exit_code is ExitCode.OK
        assert desk.on_canvas("m-1") == {"en": vtt("Mine")}
        assert vtt("Theirs") in desk.backups().values()

    def test_an_edit_in_canvas_is_kept_and_reported(self, desk: Desk) -> None:
        desk.write("m-1.en.vtt", vtt("Hello"))
        desk.push()
        desk.world.edit_track(desk.world.tracks("m-1")[0].id, vtt("Edited there"))
        desk.clock.sleep(300)
        assert step(desk.plan(), "en").why == "remote-edit"
        desk.push()
        assert desk.on_canvas("m-1")["en"] == vtt("Edited there")
        assert step(desk.plan(), "en").why == "remote-edit", "drift stays drift until it is pulled"

    def test_edits_on_both_sides_are_a_conflict(self, desk: Desk) -> None:
        desk.write("m-1.en.vtt", vtt("Hello"))
        desk.push()
        desk.world.edit_track(desk.world.tracks("m-1")[0].id, vtt("Edited there"))
        desk.clock.sleep(300)
        desk.write("m-1.en.vtt", vtt("Edited here"))
        assert desk.push().exit_code is ExitCode.STALE_OR_CONFLICT
        assert desk.on_canvas("m-1")["en"] == vtt("Edited there")


class TestColleagues:
    def test_a_colleagues_track_is_invisible_and_survives(self, desk: Desk) -> None:
        desk.world.add_track("m-1", "uk", vtt("Привіт"), user="2")
        desk.clock.sleep(300)
        desk.write("m-1.en.vtt", vtt("Hello"))
        plan = desk.survey()
        assert step(plan, "uk").do is Do.KEEP
        assert media(plan, "m-1").before[0].hidden
        report = desk.push()
        assert report.exit_code is ExitCode.OK
        assert desk.on_canvas("m-1") == {"en": vtt("Hello"), "uk": vtt("Привіт")}

    def test_a_colleagues_language_is_not_sent_over(self, desk: Desk) -> None:
        desk.world.add_track("m-1", "en", vtt("Theirs"), user="2")
        desk.clock.sleep(300)
        desk.write("m-1.en.vtt", vtt("Mine"))
        desk.write("m-1.fr.vtt", vtt("Bonjour"))
        report = desk.push(on_conflict="local")
        assert step(report.plan, "en").why == "foreign-owner"
        assert desk.on_canvas("m-1") == {"en": vtt("Theirs"), "fr": vtt("Bonjour")}
        assert report.exit_code is ExitCode.PARTIAL

    def test_a_language_that_a_colleague_adds_after_the_plan_is_not_deleted(self, desk: Desk) -> None:
        desk.write("m-1.en.vtt", vtt("Hello"))
        surveyed = desk.survey()
        desk.world.add_track("m-1", "uk", vtt("Привіт"), user="2")
        report = desk.apply(surveyed)
        assert endings(report) == [Ending.STALE]
        assert report.exit_code is ExitCode.STALE_OR_CONFLICT
        assert desk.puts() == 0

    def test_guarded_locales_save_a_language_that_is_added_in_the_very_moment(self, desk: Desk) -> None:
        desk.write("m-1.en.vtt", vtt("Hello"))
        added = []

        def colleague(moment: object) -> None:
            if not added and getattr(moment, "when", "") == "before" and moment.request.method == "PUT":  # type: ignore[attr-defined]
                added.append(desk.world.add_track("m-1", "uk", vtt("Привіт"), user="2"))

        desk.world.hooks.append(colleague)
        report = desk.push(guard_locales=True)
        assert desk.on_canvas("m-1") == {"en": vtt("Hello"), "uk": vtt("Привіт")}
        assert report.exit_code is ExitCode.OK
        assert "fl" not in desk.on_canvas("m-1"), "a name without content makes no track"


class TestTheStaleCopy:
    """Canvas goes on showing its conversion of the old SRT after a WebVTT upload (reference, section 7)."""

    def test_a_track_held_as_srt_gets_srt_again(self, desk: Desk) -> None:
        desk.world.add_track("m-1", "en", srt("Old"))
        desk.clock.sleep(300)
        desk.write("m-1.en.vtt", vtt("New"))
        track = desk.world.tracks("m-1")[0].id
        report = desk.push(on_conflict="local")
        assert step(report.plan, "en").send == "srt"
        assert endings(report) == [Ending.COMMITTED]
        assert "New" in desk.shown("m-1", "en")
        assert desk.world.tracks("m-1")[0].id == track

    def test_what_canvas_would_garble_is_made_anew(self, desk: Desk) -> None:
        desk.world.add_track("m-1", "en", srt("Old"), kind="captions")
        desk.world.add_track("m-1", "de", vtt("Hallo"))
        desk.clock.sleep(300)
        # Canvas turns `5, 6` at the start of a line into `05, 6`.
        desk.write("m-1.en.srt", srt("5, 6, 7"))
        report = desk.push(on_conflict="local")
        assert step(report.plan, "en").do is Do.RECREATE
        assert endings(report) == [Ending.COMMITTED]
        assert "\n5, 6, 7\n" in desk.shown("m-1", "en")
        assert desk.on_canvas("m-1")["de"] == vtt("Hallo")
        assert {row.locale: row.kind for row in desk.world.tracks("m-1")} == {"en": "captions", "de": "subtitles"}
        assert srt("Old") in desk.backups().values()

    def test_a_copy_that_is_already_stale_is_mended(self, desk: Desk) -> None:
        track = desk.world.add_track("m-1", "en", srt("Old"))
        desk.world.edit_track(track, vtt("New"))
        desk.clock.sleep(300)
        assert "Old" in desk.shown("m-1", "en")
        desk.write("m-1.en.vtt", vtt("New"))
        assert desk.push(on_conflict="local").exit_code is ExitCode.OK
        assert "New" in desk.shown("m-1", "en")

    def test_settings_that_srt_cannot_say_make_it_anew(self, desk: Desk) -> None:
        desk.world.add_track("m-1", "en", srt("Old"))
        desk.clock.sleep(300)
        placed = "WEBVTT\n\n00:00:01.000 --> 00:00:02.000 line:33% position:20% align:start\nNew\n"
        desk.write("m-1.en.vtt", placed)
        assert desk.push(on_conflict="local").exit_code is ExitCode.OK
        assert desk.shown("m-1", "en") == placed


class TestWhatGoesWrong:
    def test_a_silent_refusal_is_no_success(self, desk: Desk) -> None:
        desk.world.cannot_write.add(("1", "m-1"))
        desk.write("m-1.en.vtt", vtt("Hello"))
        report = desk.push()
        assert desk.puts() == 0, "the listing says that the right is missing"
        assert report.exit_code is ExitCode.GUARD_REFUSED

    def test_a_204_is_no_success(self, desk: Desk) -> None:
        desk.write("m-1.en.vtt", vtt("Hello"))
        desk.world.fault("refused")
        report = desk.push()
        assert endings(report) == [Ending.REFUSED]
        assert report.exit_code is ExitCode.REMOTE_FAILED
        assert "en" not in desk.manifest.of("media_objects/m-1")

    @pytest.mark.parametrize("fault", ["lost-answer", "gateway-error", "not-json"])
    def test_a_lost_answer_is_looked_up(self, desk: Desk, fault: str) -> None:
        desk.write("m-1.en.vtt", vtt("Hello"))
        desk.world.fault(fault)
        report = desk.push()
        assert endings(report) == [Ending.COMMITTED]
        assert desk.puts() == 1

    @pytest.mark.parametrize("fault", ["lost-request", "throttled"])
    def test_a_lost_request_is_sent_again(self, desk: Desk, fault: str) -> None:
        desk.write("m-1.en.vtt", vtt("Hello"))
        desk.world.fault(fault)
        report = desk.push()
        assert endings(report) == [Ending.COMMITTED]
        assert desk.puts() == 2

    def test_a_request_that_never_works_is_given_up(self, desk: Desk) -> None:
        desk.write("m-1.en.vtt", vtt("Hello"))
        desk.world.fault("lost-request", times=99)
        report = desk.push()
        assert endings(report) == [Ending.FAILED]
        assert desk.puts() == 3
        assert report.exit_code is ExitCode.REMOTE_FAILED

    def test_half_of_a_request_is_finished(self, desk: Desk) -> None:
        for locale in ("en", "fr", "de"):
            desk.write(f"m-1.{locale}.vtt", vtt(locale))
        desk.push()
        desk.delete("m-1.de.vtt")
        desk.write("m-1.en.vtt", vtt("new en"))
        desk.write("m-1.fr.vtt", vtt("new fr"))
        desk.world.fault("partial", step=2)
        report = desk.push(delete=True)
        assert endings(report) == [Ending.COMMITTED]
        assert desk.on_canvas("m-1") == {"en": vtt("new en"), "fr": vtt("new fr")}

    def test_half_of_a_request_that_canvas_will_not_finish_is_said(self, desk: Desk) -> None:
        for locale in ("en", "fr"):
            desk.write(f"m-1.{locale}.vtt", vtt(locale))
        desk.push()
        for locale in ("en", "fr"):
            desk.write(f"m-1.{locale}.vtt", vtt("new " + locale))
        desk.world.fault("rejected", step=1)
        desk.world.fault("rejected", step=0, times=5)
        report = desk.push()
        assert endings(report) == [Ending.UNKNOWN]
        assert report.exit_code is ExitCode.OUTCOME_UNKNOWN
        assert {vtt("en"), vtt("fr")} <= set(desk.backups().values())

    def test_an_edit_by_somebody_else_during_the_request_stops_us(self, desk: Desk) -> None:
        desk.write("m-1.en.vtt", vtt("Hello"))
        desk.write("m-1.fr.vtt", vtt("Bonjour"))
        desk.push()
        desk.write("m-1.en.vtt", vtt("Hello again"))
        french = next(row.id for row in desk.world.tracks("m-1") if row.locale == "fr")

        def colleague(moment: object) -> None:
            if moment.when == "after" and moment.request.method == "PUT":  # type: ignore[attr-defined]
                desk.world.edit_track(french, vtt("Edited there"))

        desk.world.hooks.append(colleague)
        report = desk.push()
        assert endings(report) == [Ending.FOREIGN]
        assert report.exit_code is ExitCode.OUTCOME_UNKNOWN
        assert desk.on_canvas("m-1")["fr"] == vtt("Edited there")

    def test_a_language_added_after_our_request_is_noted_and_left(self, desk: Desk) -> None:
        files = Desk(desk.folder, desk.world, path="media_attachments", clock=desk.clock)
        files.write("m-1.en.vtt", vtt("Hello"))

        def colleague(moment: object) -> None:
            if moment.when == "after" and moment.request.method == "PUT":  # type: ignore[attr-defined]
                desk.world.add_track("m-1", "uk", vtt("Привіт"), user="2")

        desk.world.hooks.append(colleague)
        report = files.push()
        assert endings(report) == [Ending.COMMITTED]
        assert any("uk" in note for result in report.results for note in result.notes)

    def test_failing_to_read_back_leaves_the_outcome_open_and_the_next_push_settles_it(self, desk: Desk) -> None:
        desk.write("m-1.en.vtt", vtt("Hello"))
        desk.world.fault("no-connection", on="GET", skip=1, times=99)
        report = desk.push()
        assert endings(report) == [Ending.UNKNOWN]
        assert report.exit_code is ExitCode.OUTCOME_UNKNOWN
        desk.world.faults.clear()
        report = desk.push()
        assert report.exit_code is ExitCode.OK
        assert desk.puts() == 1
        assert desk.manifest.of("media_objects/m-1")["en"].is_ours

    def test_stripped_content_is_not_taken_for_an_empty_track(self, desk: Desk) -> None:
        desk.world.add_track("m-1", "en", vtt("Theirs"))
        desk.clock.sleep(300)
        desk.world.show_content = False
        desk.write("m-1.en.vtt", vtt("Mine"))
        report = desk.push(on_conflict="local")
        assert step(report.plan, "en").why == "content-hidden"
        assert desk.puts() == 0
        assert report.exit_code is ExitCode.GUARD_REFUSED

    def test_automatic_captions_in_the_making_are_left_alone(self, desk: Desk) -> None:
        desk.world.add_track("m-1", "en", "", asr=True, workflow_state="processing")
        desk.clock.sleep(300)
        desk.write("m-1.en.vtt", vtt("Mine"))
        desk.write("m-1.fr.vtt", vtt("Bonjour"))
        report = desk.push(on_conflict="local")
        assert step(report.plan, "en").why == "processing"
        assert desk.on_canvas("m-1") == {"en": "", "fr": vtt("Bonjour")}

    def test_an_object_that_vanished_from_the_listing_is_said_once_and_stops_nothing(self, desk: Desk) -> None:
        desk.write("m-1.en.vtt", vtt("Hello"))
        desk.push()
        desk.world.delete_files("m-1")
        desk.write("m-2.en.vtt", vtt("Hello"))
        report = desk.push()
        assert media(report.plan, "m-1").gone
        assert report.exit_code is ExitCode.OK
        assert desk.on_canvas("m-2") == {"en": vtt("Hello")}
        again = desk.push()
        assert [m.media for m in again.plan.objects if m.gone] == []
        assert again.exit_code is ExitCode.OK

    def test_a_file_without_captions_is_not_sent_and_the_others_are(self, desk: Desk) -> None:
        desk.write("m-1.en.srt", bytes(range(256)) * 4)
        desk.write("m-1.fr.vtt", vtt("Bonjour"))
        report = desk.push()
        assert step(report.plan, "en").why == "bad-file"
        assert desk.on_canvas("m-1") == {"fr": vtt("Bonjour")}
        assert report.exit_code is ExitCode.FINDINGS


class TestRehearsal:
    def test_a_request_that_would_not_keep_its_promise_is_not_sent(self, desk: Desk) -> None:
        """A model whose every track belongs to somebody else: replacing answers 422 there."""
        desk.write("m-1.en.vtt", vtt("Hello"))
        desk.push()
        desk.write("m-1.en.vtt", vtt("Hello again"))
        puts = desk.puts()

        def strict(state: MediaState) -> Remote:
            world = FakeCanvas.holding(state, "me")
            world.cannot_write.add(("me", "m-1"))
            return ModelRemote(world, user_id="me", scope="courses/0")

        report = desk.apply(desk.survey(), model=strict)
        assert endings(report) == [Ending.REFUSED]
        assert "rehearsal" in report.results[0].message
        assert desk.puts() == puts

    def test_a_forgotten_keep_is_caught_before_it_is_sent(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        from captionkit.sync import object_run

        desk.world.add_track("m-1", "es", vtt("Hola"))
        desk.clock.sleep(300)
        desk.write("m-1.en.vtt", vtt("Hello"))
        right = object_run.phases

        def wrong(*args: object, **more: object) -> tuple[object, ...]:
            return tuple(
                replace(phase, body=tuple(put for put in phase.body if put.locale != "es"))
                for phase in right(*args, **more)  # type: ignore[arg-type]
            )

        monkeypatch.setattr(object_run, "phases", wrong)
        report = desk.push()
        assert endings(report) == [Ending.REFUSED]
        assert "would delete es" in report.results[0].message
        assert desk.puts() == 0
        assert desk.on_canvas("m-1") == {"es": vtt("Hola")}


class TestPlanFiles:
    def test_a_plan_does_what_it_says_later(self, desk: Desk) -> None:
        desk.write("m-1.en.srt", srt("Hello"))
        desk.store.save_manifest(desk.manifest.as_bytes())
        plan = parse_plan(desk.plan().as_bytes(), "plan.json")
        desk.clock.sleep(3600)
        check_bindings(plan, desk.remote.identity(), desk.manifest)
        report = desk.apply(plan)
        assert report.exit_code is ExitCode.OK
        assert "Hello" in desk.shown("m-1", "en")

    def test_a_plan_edited_by_hand_is_refused(self, desk: Desk) -> None:
        desk.write("m-1.en.vtt", vtt("Hello"))
        raw = json.loads(desk.plan().as_bytes())
        raw["policy"]["delete"] = True
        with pytest.raises(StaleError, match="changed after it was made"):
            parse_plan(json.dumps(raw).encode(), "plan.json")

    @pytest.mark.parametrize("junk", [b"", b"{}", b"[]", b"null", b"\xff", b'{"format": 1, "tool": 2}'])
    def test_what_is_no_plan_is_refused(self, junk: bytes) -> None:
        with pytest.raises(DamagedFile, match="no plan of captionkit's"):
            parse_plan(junk, "plan.json")

    def test_a_plan_for_another_canvas_user_course_or_folder_is_refused(self, desk: Desk) -> None:
        desk.write("m-1.en.vtt", vtt("Hello"))
        plan, identity, manifest = desk.plan(), desk.remote.identity(), desk.manifest
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

    def test_a_file_that_changed_after_the_plan_stops_its_object(self, desk: Desk) -> None:
        desk.write("m-1.en.vtt", vtt("Hello"))
        desk.write("m-2.en.vtt", vtt("Two"))
        plan = desk.plan()
        desk.write("m-1.en.vtt", vtt("Changed"))
        report = desk.apply(plan)
        assert sorted(endings(report)) == [Ending.COMMITTED, Ending.STALE]
        assert desk.on_canvas("m-1") == {}

    def test_a_remote_that_moved_after_the_plan_stops_its_object(self, desk: Desk) -> None:
        desk.write("m-1.en.vtt", vtt("Hello"))
        desk.push()
        desk.write("m-1.en.vtt", vtt("Hello again"))
        plan = desk.plan()
        desk.world.edit_track(desk.world.tracks("m-1")[0].id, vtt("Edited there"))
        report = desk.apply(plan)
        assert endings(report) == [Ending.STALE]
        assert desk.on_canvas("m-1")["en"] == vtt("Edited there")

    def test_a_plan_that_is_carried_out_twice_is_refused_the_second_time(self, desk: Desk) -> None:
        desk.write("m-1.en.vtt", vtt("Hello"))
        plan = desk.plan()
        desk.apply(plan)
        puts = desk.puts()
        with pytest.raises(StaleError, match="another sync"):
            desk.apply(plan)
        assert desk.puts() == puts

    def test_no_caption_text_is_in_a_plan(self, desk: Desk) -> None:
        desk.write("m-1.en.vtt", vtt("Very private words"))
        assert b"private" not in desk.plan().as_bytes()


class TestTheDisk:
    def test_a_full_disk_before_the_request_sends_nothing(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        desk.write("m-1.en.vtt", vtt("Hello"))

        def full(run: str, name: str, data: bytes) -> None:
            raise LocalError("cannot write: No space left on device")

        monkeypatch.setattr(desk.store, "save_backup", full)
        report = desk.push()
        assert desk.puts() == 0
        assert report.exit_code is ExitCode.LOCAL_FAILED
        assert "No space" in report.local_failure

    def test_a_manifest_that_cannot_be_written_is_made_good_from_the_journal(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        desk.write("m-2.en.vtt", vtt("Two"))
        desk.push()
        desk.write("m-1.en.vtt", vtt("Hello"))
        with monkeypatch.context() as patch:

            def full(data: bytes) -> None:
                raise LocalError("cannot write: No space left on device")

            patch.setattr(desk.store, "save_manifest", full)
            report = desk.push()
            assert report.exit_code is ExitCode.LOCAL_FAILED
        assert desk.manifest.of("media_objects/m-1")["en"].is_ours
        puts = desk.puts()
        desk.push()
        assert desk.puts() == puts


def test_stopping_finishes_what_is_in_hand_and_leaves_the_rest(desk: Desk) -> None:
    desk.write("m-1.en.vtt", vtt("Hello"))
    desk.write("m-2.en.vtt", vtt("Two"))
    report = desk.apply(desk.survey(), stopped=lambda: True)
    assert report.exit_code is ExitCode.INTERRUPTED
    assert set(endings(report)) == {Ending.NOT_STARTED}
    assert desk.puts() == 0


def test_an_unchanged_library_of_a_thousand_media_objects_costs_one_listing(desk: Desk) -> None:
    for number in range(3, 1003):
        desk.world.add_media("courses/101", f"Lecture {number}", media_id=f"m-{number}")
    for number in range(1, 101):
        desk.write(f"m-{number}.en.vtt", vtt(f"Lecture {number}"))
    desk.clock.sleep(300)
    desk.push()
    before = len(desk.world.log)
    plan = desk.survey()
    assert [request.method for request in desk.world.log[before:]] == ["LIST"]
    assert not plan.has_differences


def test_the_model_is_what_the_tests_say_it_is() -> None:
    """The rehearsal stage shows every track it was given, hidden ones included."""
    world = FakeCanvas()
    world.add_media("courses/101", "L", media_id="m-1")
    world.add_track("m-1", "en", vtt("Mine"))
    world.add_track("m-1", "uk", vtt("Theirs"), user="2")
    state = ModelRemote(world).read("media_objects/m-1", fresh_listing=True)
    stage = SERVICE.model(state).read("media_objects/m-1", fresh_listing=True)
    assert {track.locale for track in stage.tracks} == {"en"}
    assert {track.locale for track in stage.listed or ()} == {"en", "uk"}


def test_a_stale_copy_that_was_pulled_is_mended_by_the_next_push(desk: Desk) -> None:
    """A teacher uploaded WebVTT over SRT in the browser: Canvas stores the new text and shows the old one."""
    track = desk.world.add_track("m-1", "en", srt("Old"))
    desk.world.edit_track(track, vtt("New"))
    desk.clock.sleep(300)
    desk.pull()
    assert desk.read("Lecture 1.en.vtt") == vtt("New")
    report = desk.push()
    assert step(report.plan, "en").why == "stale-copy"
    assert "New" in desk.shown("m-1", "en")
    assert desk.push().run == ""


class TestAWaitForTheRateLimit:
    """The PUT waits for its turn while others go on working; what we saw before is old by then."""

    @pytest.fixture
    def waiting(self, desk: Desk) -> list[float]:
        """Seconds that each PUT waits for its turn; the desk's remote holds to `not_after` as the HTTP session does."""
        waits: list[float] = []
        send = desk.remote.put_tracks

        def put_tracks(media: str, tracks: Sequence[TrackPut], *, not_after: float = math.inf) -> PutReply:
            desk.clock.sleep(waits.pop(0) if waits else 0.0)
            if desk.clock.now() > not_after:
                return PutReply(0, "throttled", "its turn came too late", desk.clock.now(), desk.clock.now())
            return send(media, tracks)

        desk.remote.put_tracks = put_tracks  # type: ignore[method-assign]
        desk.world.add_track("m-1", "en", vtt("Old"))
        desk.clock.sleep(300)
        desk.write("m-1.en.vtt", vtt("New"))
        return waits

    def test_after_a_long_one_we_look_again_before_we_write(self, desk: Desk, waiting: list[float]) -> None:
        waiting += [60.0]
        report = desk.push(on_conflict="local")
        assert [result.ending for result in report.results] == [Ending.COMMITTED]
        assert desk.puts() == 1
        assert report.results[0].window < 5.0

    def test_what_a_colleague_wrote_in_it_is_not_overwritten(self, desk: Desk, waiting: list[float]) -> None:
        waiting += [60.0]
        sleep = desk.clock.sleep

        def while_waiting(seconds: float) -> None:
            sleep(seconds)
            if seconds == 60.0:
                desk.world.edit_track(desk.world.tracks("m-1")[0].id, vtt("A colleague's"))

        desk.clock.sleep = while_waiting  # type: ignore[method-assign]
        report = desk.push(on_conflict="local")
        assert desk.puts() == 0
        assert [row.content for row in desk.world.tracks("m-1")] == [vtt("A colleague's")]
        assert [result.ending for result in report.results] == [Ending.STALE]

    def test_where_every_turn_comes_late_it_is_sent_at_last_and_the_window_is_told(
        self, desk: Desk, waiting: list[float]
    ) -> None:
        waiting += [60.0] * 5
        report = desk.push(on_conflict="local")
        assert [result.ending for result in report.results] == [Ending.COMMITTED]
        assert report.results[0].window >= 60.0


def test_what_was_not_come_to_is_counted_and_how_to_go_on_is_said(desk: Desk) -> None:
    for number in range(3, 9):
        desk.world.add_media(COURSE, f"Lecture {number}", media_id=f"m-{number}")
        desk.write(f"m-{number}.en.vtt", vtt("Hello"))
    lines = "\n".join(report_lines(desk.apply(desk.survey(), stopped=lambda: True)))
    assert "NOT STARTED: Lecture 3, Lecture 4, Lecture 5 and 3 more: its turn did not come" in lines
    assert "To resume goes on where this stopped" in lines

"""By which of Canvas's two ways a media object is reached: by its file where there is one, found and remembered."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sandbox_course import SandboxCourse
from teacher import srt, vtt

from captionkit.errors import ExitCode
from captionkit.sync.manifest import Manifest, parse_manifest
from captionkit.sync.ports import MediaFile, MediaSummary
from captionkit.sync.state import BaseTrack


def written_to(course: SandboxCourse) -> list[str]:
    return [request["path"].split("/")[3] for request in course.sandbox.requests if request["method"] == "PUT"]


def asked_for_files(course: SandboxCourse) -> list[dict[str, Any]]:
    return [request["query"] for request in course.sandbox.requests if request["path"].endswith("/files")]


def file_lines(course: SandboxCourse) -> list[dict[str, Any]]:
    lines = (course.folder / ".captionkit" / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    return [line for line in map(json.loads, lines) if "file" in line]


def by_file(course: SandboxCourse, title: str) -> dict[tuple[int, str], str]:
    return {(t["attachment_id"], t["locale"]): t["content"] for t in course.sandbox.tracks(course.media[title])}


class TestWhichWay:
    def test_the_file_is_chosen_by_itself_so_a_colleagues_captions_can_be_read_and_saved(
        self, course: SandboxCourse
    ) -> None:
        course.add("Lecture 1", "uk", vtt("Привіт"), user="colleague")
        course.write("Lecture 1.uk.vtt", vtt("Вітаю"))
        result = course.push()
        assert result.code == ExitCode.STALE_OR_CONFLICT
        assert "different, and never synced before" in result.out
        assert course.push("--on-conflict", "local").code == ExitCode.OK
        assert written_to(course) == ["media_attachments"]
        assert course.tracks("Lecture 1") == {"uk": vtt("Вітаю")}
        assert vtt("Привіт") in course.saved()

    def test_a_pull_brings_a_colleagues_captions_too(self, course: SandboxCourse) -> None:
        course.add("Lecture 1", "uk", vtt("Привіт"), user="colleague")
        assert course.shell("pull", course.folder).code == ExitCode.OK
        assert (course.folder / "Lecture 1.uk.vtt").read_text(encoding="utf-8") == vtt("Привіт")

    def test_without_the_files_the_media_id_is_used_and_it_is_reported(self, course: SandboxCourse) -> None:
        course.sandbox.set(files_show_media_entry_id=False)
        course.write("Lecture 1.en.vtt", vtt("Hello"))
        result = course.push()
        assert result.code == ExitCode.OK
        assert "1 media object without a file that Canvas shows you: reached by media id" in result.err
        assert written_to(course) == ["media_objects"]

    def test_a_key_that_may_not_list_files_gets_the_media_id(
        self, course: SandboxCourse, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        course.sandbox.fault("status", method="GET", path="/files$", status=403, times=0)
        course.write("Lecture 1.en.vtt", vtt("Hello"))
        assert course.push().code == ExitCode.OK
        assert written_to(course) == ["media_objects"]

    def test_of_two_copies_in_one_course_the_older_is_taken(self, course: SandboxCourse) -> None:
        older = course.sandbox.file_id(course.media["Lecture 1"])
        course.sandbox.copy_media(course.media["Lecture 1"], course.id)
        course.write("Lecture 1.en.vtt", vtt("Hello"))
        assert course.push().code == ExitCode.OK
        assert list(by_file(course, "Lecture 1")) == [(older, "en")]

    def test_an_entry_under_media_may_name_the_file(self, course: SandboxCourse) -> None:
        file = course.sandbox.file_id(course.media["Lecture 1"])
        config = course.folder / "captionkit.toml"
        config.write_text(
            config.read_text(encoding="utf-8") + f'[media]\n"intro" = "media_attachments/{file}"\n', encoding="utf-8"
        )
        course.write("intro.en.vtt", vtt("Hello"))
        for _ in range(2):
            assert course.push().code == ExitCode.OK
        assert by_file(course, "Lecture 1") == {(file, "en"): vtt("Hello")}

    def test_one_file_that_may_not_be_read_stops_only_itself(self, course: SandboxCourse) -> None:
        course.add("Lecture 1", "en", vtt("Old"))
        course.write("Lecture 1.en.vtt", vtt("New"))
        course.write("Lecture 2.en.vtt", vtt("Two"))
        file = course.sandbox.file_id(course.media["Lecture 1"])
        course.sandbox.fault("status", method="GET", path=f"{file}/media_tracks", status=403, times=0)
        result = course.push()
        assert result.code == ExitCode.PARTIAL
        assert "its captions cannot be read: not permitted, or not there" in result.out
        assert 'path = "media_attachments"' in result.out
        assert course.tracks("Lecture 2") == {"en": vtt("Two")}
        assert course.tracks("Lecture 1") == {"en": vtt("Old")}


class TestWhatIsAsked:
    def test_what_is_known_is_not_asked_again(self, course: SandboxCourse) -> None:
        course.write("Lecture 1.en.vtt", vtt("Hello"))
        course.push()
        assert len(file_lines(course)) == 1
        course.sandbox.reset_log()
        course.write("Lecture 1.en.vtt", vtt("Hello again"))
        assert course.push().code == ExitCode.OK
        assert asked_for_files(course) == []
        assert written_to(course) == ["media_attachments"]

    def test_one_of_many_is_asked_for_by_its_name(self, course: SandboxCourse) -> None:
        course.sandbox.seed(course.id, 300)
        course.write("Lecture 00123.en.vtt", vtt("Hello"))
        course.sandbox.reset_log()
        assert course.push().code == ExitCode.OK
        assert [query.get("search_term") for query in asked_for_files(course)] == ["Lecture 00123"]
        assert written_to(course) == ["media_attachments"]
        assert len(course.sandbox.requests) <= 303 / 100 + 4 * 1 + 10

    def test_one_that_was_renamed_is_found_among_all(self, course: SandboxCourse) -> None:
        course.sandbox.seed(course.id, 200)
        course.sandbox.rename(course.media["Lecture 1"], "Introduction")
        course.write("Introduction.en.vtt", vtt("Hello"))
        assert course.push().code == ExitCode.OK
        assert written_to(course) == ["media_attachments"]

    def test_media_that_the_folder_says_nothing_about_is_not_asked_for(self, course: SandboxCourse) -> None:
        course.add("Lecture 1", "en", vtt("Hello"))
        assert course.shell("status", course.folder).code == ExitCode.OK
        assert asked_for_files(course) == []


class TestCopies:
    @pytest.fixture
    def copy(self, course: SandboxCourse) -> int:
        """Next year's course; the folder is for that one. English is the original's."""
        course.add_last_year("Lecture 1", "en", srt("Original"))
        copy = course.sandbox.copy_course(course.id, "Next year")
        course.configure(copy)
        return int(course.sandbox.file_id(course.media["Lecture 1"], copy))

    def test_a_new_language_goes_to_the_copy_and_not_to_the_original(self, course: SandboxCourse, copy: int) -> None:
        course.write("Lecture 1.fr.vtt", vtt("Bonjour"))
        assert course.push().code == ExitCode.OK
        assert by_file(course, "Lecture 1")[copy, "fr"] == vtt("Bonjour")
        assert sorted(locale for _, locale in by_file(course, "Lecture 1")) == ["en", "fr"]
        assert [line.get("original") for line in file_lines(course) if line["file"] == str(copy)] == [None]

    def test_by_its_media_id_it_would_have_gone_to_the_original(self, course: SandboxCourse, copy: int) -> None:
        course.configure(course.sandbox.courses()[-1]["id"], path="media_objects")
        course.write("Lecture 1.fr.vtt", vtt("Bonjour"))
        assert course.push().code == ExitCode.OK
        assert (copy, "fr") not in by_file(course, "Lecture 1")

    def test_what_it_was_copied_with_stays_whatever_is_done_to_the_copy(self, course: SandboxCourse, copy: int) -> None:
        original = course.sandbox.file_id(course.media["Lecture 1"])
        course.write("Lecture 1.en.vtt", vtt("Mine"))
        result = course.push("--on-conflict", "local")
        assert result.code == ExitCode.OK, result.all
        assert "Mine" in by_file(course, "Lecture 1")[copy, "en"]
        (course.folder / "Lecture 1.en.vtt").unlink()
        course.write("Lecture 1.fr.vtt", vtt("Bonjour"))
        for option in ("--delete", "--mirror"):
            result = course.push(option)
            assert result.code == ExitCode.OK, result.all
            assert by_file(course, "Lecture 1") == {(original, "en"): srt("Original"), (copy, "fr"): vtt("Bonjour")}

    def test_a_colleagues_edit_of_the_copys_own_track_is_seen(self, course: SandboxCourse, copy: int) -> None:
        """The listing shows the original's tracks only, so a copy is read each time."""
        course.write("Lecture 1.fr.vtt", vtt("Bonjour"))
        course.push()
        (track,) = [t["id"] for t in course.sandbox.tracks(course.media["Lecture 1"]) if t["locale"] == "fr"]
        course.sandbox.edit_track(track, vtt("Salut"))
        result = course.shell("status", course.folder)
        assert "edited in Canvas" in result.out


class TestWhenItIsNotKnown:
    """Neither who uploaded a file nor any time tells a copy from an original; what tells is a write."""

    def originals(self, course: SandboxCourse) -> list[str]:
        return [str(line["file"]) for line in file_lines(course) if line.get("original")]

    def test_a_track_of_ours_that_the_listing_shows_proves_the_original(self, course: SandboxCourse) -> None:
        course.write("Lecture 1.en.vtt", vtt("Hello"))
        course.push()
        assert self.originals(course) == []
        course.write("Lecture 1.en.vtt", vtt("Hello again"))
        assert course.push().code == ExitCode.OK
        assert self.originals(course) == [str(course.sandbox.file_id(course.media["Lecture 1"]))]
        course.sandbox.reset_log()
        assert "unchanged" in course.push().out
        assert [r["path"] for r in course.sandbox.requests if r["path"].endswith("media_tracks")] == []

    def test_a_track_that_we_wrote_to_a_copy_does_not_make_it_the_original(self, course: SandboxCourse) -> None:
        course.add_last_year("Lecture 1", "en", vtt("Original"))
        associated = course.sandbox.add_course("Associated")
        course.sandbox.sync_blueprint(course.id, associated)
        course.configure(associated)
        course.write("Lecture 1.fr.vtt", vtt("Bonjour"))
        assert course.push().code == ExitCode.OK
        course.write("Lecture 1.fr.vtt", vtt("Salut"))
        assert course.push().code == ExitCode.OK, "our own track is ours to replace"
        assert course.push("--mirror").code == ExitCode.OK
        assert self.originals(course) == []
        assert vtt("Original") in by_file(course, "Lecture 1").values()

    def test_an_edit_of_what_a_recording_made_in_the_editor_has_is_ordinary_work(self, course: SandboxCourse) -> None:
        """Its file shows no user, and the course has finished an import of something else."""
        course.media["Lecture 9"] = course.sandbox.add_media(course.id, "Lecture 9")
        course.add("Lecture 9", "en", vtt("Old"))
        course.sandbox.copy_media(course.sandbox.add_media(course.sandbox.add_course("Other"), "Other"), course.id)
        course.shell("pull", course.folder)
        course.write("Lecture 9.en.vtt", vtt("New"))
        result = course.push()
        assert result.code == ExitCode.OK, result.all
        assert course.tracks("Lecture 9") == {"en": vtt("New")}
        course.write("Lecture 9.fr.vtt", vtt("Bonjour"))
        course.push()
        (course.folder / "Lecture 9.en.vtt").unlink()
        assert course.push("--delete").code == ExitCode.OK
        assert course.tracks("Lecture 9") == {"fr": vtt("Bonjour")}


class TestChangingTheWay:
    @pytest.mark.parametrize(("first", "then"), [("media_objects", "auto"), ("auto", "media_objects")])
    def test_what_was_synced_one_way_is_known_the_other_way(self, course: SandboxCourse, first: str, then: str) -> None:
        course.configure(path=first)
        course.add_last_year("Lecture 1", "es", vtt("Hola"))
        course.write("Lecture 1.en.vtt", vtt("Hello"))
        course.push()
        puts = course.puts()
        course.configure(path=then)
        assert course.push().code == ExitCode.OK
        assert course.puts() == puts
        course.write("Lecture 1.en.vtt", vtt("Hello again"))
        result = course.push()
        assert result.code == ExitCode.OK, result.all
        assert "~ update    en  edited in the folder" in result.out
        assert course.tracks("Lecture 1") == {"en": vtt("Hello again"), "es": vtt("Hola")}

    @pytest.mark.parametrize(("first", "then"), [("media_objects", "auto"), ("auto", "media_objects")])
    def test_a_file_that_was_removed_still_counts_as_removed(
        self, course: SandboxCourse, first: str, then: str
    ) -> None:
        course.configure(path=first)
        course.write("Lecture 1.en.vtt", vtt("Hello"))
        course.write("Lecture 1.fr.vtt", vtt("Bonjour"))
        course.push()
        course.configure(path=then)
        (course.folder / "Lecture 1.fr.vtt").unlink()
        assert course.push("--delete").code == ExitCode.OK
        assert course.tracks("Lecture 1") == {"en": vtt("Hello")}

    @pytest.mark.parametrize(("first", "then"), [("media_objects", "auto"), ("auto", "media_objects")])
    def test_an_earlier_run_can_be_restored_and_verified(self, course: SandboxCourse, first: str, then: str) -> None:
        course.configure(path=first)
        course.add("Lecture 1", "en", vtt("Old"))
        course.write("Lecture 1.en.vtt", vtt("New"))
        course.push("--on-conflict", "local")
        course.configure(path=then)
        assert "as the run" in course.shell("verify", course.folder).out
        course.write("Lecture 1.fr.vtt", vtt("Bonjour"))
        course.push()
        run = sorted(path.name for path in (course.folder / ".captionkit" / "runs").iterdir())[0]
        result = course.shell("restore", course.folder, run, "--yes")
        assert result.code == ExitCode.OK, result.all
        assert course.tracks("Lecture 1") == {"en": vtt("Old"), "fr": vtt("Bonjour")}

    def test_a_plan_made_one_way_does_not_apply_the_other_way(self, course: SandboxCourse) -> None:
        course.write("Lecture 1.en.vtt", vtt("Hello"))
        course.push()
        course.write("Lecture 1.en.vtt", vtt("Hello again"))
        plan = course.folder.parent / "plan.json"
        course.shell("plan", course.folder, "--out", plan)
        course.configure(path="media_objects")
        result = course.shell("apply", plan, course.folder)
        assert result.code == ExitCode.STALE_OR_CONFLICT
        assert course.tracks("Lecture 1") == {"en": vtt("Hello")}

    def test_a_file_that_took_the_place_of_another_is_found_when_all_are_looked_up(self, course: SandboxCourse) -> None:
        course.write("Lecture 1.en.vtt", vtt("Hello"))
        course.push()
        old = course.sandbox.file_id(course.media["Lecture 1"])
        course.sandbox.copy_media(course.media["Lecture 1"], course.id)
        course.sandbox.delete_file(old)
        course.write("Lecture 1.en.vtt", vtt("Hello again"))
        assert course.push().code == ExitCode.REMOTE_FAILED
        course.configure(path="media_attachments")
        result = course.push()
        assert result.code == ExitCode.OK, result.all
        assert vtt("Hello again") in by_file(course, "Lecture 1").values()


class TestTheRecord:
    TRACK = BaseTrack(
        "media_objects/m-1", "en", "captions", "sha256:1", "7", "2026-01-01T00:00:00Z", "vtt", "a.vtt", "x"
    )

    def manifest(self, *tracks: BaseTrack) -> Manifest:
        of: dict[str, dict[str, BaseTrack]] = {}
        for track in tracks:
            of.setdefault(track.media, {})[track.locale] = track
        return Manifest("lineage", "https://canvas.example", "courses/1", 3, of)

    def summary(self) -> MediaSummary:
        return MediaSummary("media_attachments/9", "m-1", "One", True, (), file=MediaFile("9", original=True))

    def test_files_are_read_back_and_are_no_part_of_the_digest(self) -> None:
        plain = self.manifest(self.TRACK)
        with_files = plain.addressed_as([MediaSummary("media_objects/m-1", "m-1", "One", True, ())])
        assert with_files == plain
        located = plain.addressed_as([self.summary()])
        assert parse_manifest(located.as_bytes(), "here") == located
        assert parse_manifest(located.as_bytes(), "here").digest == located.digest
        without = parse_manifest(
            b"".join(line + b"\n" for line in located.as_bytes().splitlines() if b'"original"' not in line), "here"
        )
        assert without.files == {}
        assert without.digest == located.digest

    def test_of_two_records_of_one_track_under_two_addresses_only_what_they_agree_about_stays(self) -> None:
        by_file = {
            "en": BaseTrack(
                **{n: getattr(self.TRACK, n) for n in BaseTrack.__slots__} | {"media": "media_attachments/9"}
            ),
            "fr": BaseTrack("media_attachments/9", "fr", "captions", "sha256:2", "8", "", "vtt", "b.vtt", "y"),
        }
        french = BaseTrack("media_objects/m-1", "fr", "captions", "sha256:3", "8", "", "vtt", "b.vtt", "z")
        merged = self.manifest(self.TRACK, french, *by_file.values()).addressed_as([self.summary()])
        assert merged.tracks == {"media_attachments/9": {"en": by_file["en"]}}

    def test_clones_that_found_different_files_look_again(self) -> None:
        one = self.manifest(self.TRACK).addressed_as([self.summary()])
        other = one.as_bytes().replace(b'"file":"9"', b'"file":"10"')
        assert parse_manifest(one.as_bytes() + other, "here").files == {}


class TestOddThings:
    @pytest.mark.parametrize(("first", "then"), [("media_objects", "auto"), ("auto", "media_objects")])
    def test_a_colleagues_track_does_not_stop_a_folder_for_ever_that_changes_its_way(
        self, course: SandboxCourse, first: str, then: str
    ) -> None:
        course.add_last_year("Lecture 1", "uk", vtt("X"))
        (uk,) = course.sandbox.tracks(course.media["Lecture 1"])
        with course.sandbox._state.lock:
            course.sandbox._state.run("UPDATE tracks SET user_id = 2 WHERE id = ?", uk["id"])
        course.configure(path=first)
        course.write("Lecture 1.en.vtt", vtt("Hello"))
        assert course.push().code == ExitCode.OK
        course.configure(path=then)
        course.write("Lecture 1.fr.vtt", vtt("Bonjour"))
        result = course.push()
        assert result.code == ExitCode.OK, result.all
        assert course.tracks("Lecture 1") == {"en": vtt("Hello"), "fr": vtt("Bonjour"), "uk": vtt("X")}

    def test_ones_own_track_of_no_file_can_be_edited_by_the_file(self, course: SandboxCourse) -> None:
        """Servers of old made tracks that belong to the media object only."""
        course.add("Lecture 1", "en", vtt("Old"), in_scope_of_file=False)
        course.shell("pull", course.folder)
        course.write("Lecture 1.en.vtt", vtt("New"))
        result = course.push()
        assert result.code == ExitCode.OK, result.all
        assert "colleague" not in result.out
        file = course.sandbox.file_id(course.media["Lecture 1"])
        assert by_file(course, "Lecture 1") == {(None, "en"): vtt("Old"), (file, "en"): vtt("New")}
        assert course.push().code == ExitCode.OK

    def test_a_colleagues_track_of_no_file_is_seen_and_gets_no_second_one_beside_it(
        self, course: SandboxCourse
    ) -> None:
        course.add("Lecture 1", "en", vtt("Old"), in_scope_of_file=False, user="colleague")
        course.write("Lecture 1.en.vtt", vtt("New"))
        course.write("Lecture 1.fr.vtt", vtt("Bonjour"))
        result = course.push("--on-conflict", "local")
        assert "Canvas does not let you read or replace" in result.out
        assert course.tracks("Lecture 1") == {"en": vtt("Old"), "fr": vtt("Bonjour")}

    @pytest.mark.parametrize("captioned", [True, False], ids=["captioned", "without captions"])
    @pytest.mark.parametrize("known_by", ["push", "pull"])
    def test_a_file_that_leads_to_another_recording_is_left_alone(
        self, course: SandboxCourse, captioned: bool, known_by: str
    ) -> None:
        if known_by == "push":
            course.write("Lecture 1.en.vtt", vtt("Hello"))
        else:
            course.add("Lecture 1", "en", vtt("Hello"))
            course.sandbox.set(clock_skew_s=60.0)
        assert course.shell(known_by, course.folder, *["--yes"] * (known_by == "push")).code == ExitCode.OK
        other = course.sandbox.add_media(course.id, "Lecture 1, new")
        if captioned:
            course.sandbox.add_track(other, "de", vtt("Of the new one"), user="colleague")
        theirs = course.sandbox.tracks(other)
        course.sandbox.copy_media(course.media["Lecture 1"], course.id)  # so that it goes on being listed
        with course.sandbox._state.lock:
            course.sandbox._state.run(
                "UPDATE attachments SET deleted = 1, replacement_id = ? WHERE id = ?",
                course.sandbox.file_id(other),
                course.sandbox.file_id(course.media["Lecture 1"]),
            )
        course.write("Lecture 1.fr.vtt", vtt("Bonjour"))
        for _ in range(2):
            result = course.push()
            refused = ExitCode.REMOTE_FAILED if known_by == "push" else ExitCode.GUARD_REFUSED  # by the plan already
            assert result.code == refused, result.all
            assert "it leads to another recording now" in result.out
        assert course.sandbox.tracks(other) == theirs
        assert 'path = "media_attachments"' in result.out

    @pytest.mark.parametrize("kept", ["neither", "one"])
    def test_records_whose_file_a_merge_has_lost_find_their_media_object(
        self, course: SandboxCourse, kept: str
    ) -> None:
        course.write("Lecture 1.en.vtt", vtt("Hello"))
        course.write("Lecture 1.fr.vtt", vtt("Bonjour"))
        course.push()
        manifest = course.folder / ".captionkit" / "manifest.jsonl"
        lines = manifest.read_text(encoding="utf-8").splitlines()
        files = [line for line in lines if '"origin"' in line]
        other = [line.replace('"file":"5', '"file":"9') for line in files] if kept == "one" else []
        manifest.write_text(
            "\n".join([*(line for line in lines if line not in files), *other]) + "\n", encoding="utf-8"
        )
        course.configure(path="auto" if kept == "neither" else "media_attachments")
        course.write("Lecture 1.en.vtt", vtt("Hello again"))
        (course.folder / "Lecture 1.fr.vtt").unlink()
        result = course.push("--delete")
        assert result.code == ExitCode.OK, result.all
        assert course.tracks("Lecture 1") == {"en": vtt("Hello again")}

    def test_looking_all_files_up_again_is_remembered_though_nothing_is_sent(self, course: SandboxCourse) -> None:
        course.write("Lecture 1.en.vtt", vtt("Hello"))
        course.push()
        course.sandbox.copy_media(course.media["Lecture 1"], course.id)
        course.sandbox.delete_file(course.sandbox.file_id(course.media["Lecture 1"]))
        course.write("Lecture 1.fr.vtt", vtt("Bonjour"))
        result = course.push()
        assert 'path = "media_attachments"' in result.out
        (course.folder / "Lecture 1.fr.vtt").unlink()
        course.configure(path="media_attachments")
        course.shell("pull", course.folder)
        course.configure()
        assert course.shell("status", course.folder).code == ExitCode.OK
        assert len(file_lines(course)) >= 1

    def test_one_file_that_may_not_be_read_does_not_stop_a_pull(self, course: SandboxCourse) -> None:
        course.add("Lecture 1", "en", vtt("One"))
        course.add("Lecture 2", "en", vtt("Two"))
        file = course.sandbox.file_id(course.media["Lecture 1"])
        course.sandbox.fault("status", method="GET", path=f"{file}/media_tracks", status=403, times=0)
        result = course.shell("pull", course.folder)
        assert "its captions cannot be read" in result.out
        assert (course.folder / "Lecture 2.en.vtt").exists()

    def test_a_pull_brings_what_only_a_copy_has(self, course: SandboxCourse) -> None:
        course.add_last_year("Lecture 1", "en", vtt("Original"))
        copy = course.sandbox.copy_course(course.id, "Next year")
        file = course.sandbox.file_id(course.media["Lecture 1"], copy)
        course.sandbox.delete_track(course.sandbox.tracks(course.media["Lecture 1"])[0]["id"])
        course.add("Lecture 1", "de", vtt("Eigenes"), file=file)
        course.configure(copy)
        course.shell("pull", course.folder)
        assert (course.folder / "Lecture 1.de.vtt").exists()

    @pytest.mark.parametrize(
        "name", ["file {}", "{}", "media_attachments/{}", "media_objects/{id}", "{id}", "Lecture 1"]
    )
    def test_a_media_object_is_named_as_we_print_it(self, course: SandboxCourse, name: str) -> None:
        course.add("Lecture 1", "en", vtt("Old"))
        course.write("Lecture 1.en.vtt", vtt("New"))
        course.write("Lecture 2.en.vtt", vtt("Two"))
        given = name.format(course.sandbox.file_id(course.media["Lecture 1"]), id=course.media["Lecture 1"])
        for _ in range(2):
            result = course.push("--media", given, "--resolve", f"{given}/en=local")
            assert result.code in (ExitCode.OK, ExitCode.USAGE), result.all
        assert course.tracks("Lecture 1") == {"en": vtt("New")}
        assert course.tracks("Lecture 2") == {}

    def test_a_resolve_by_title_counts_in_a_restore(self, course: SandboxCourse) -> None:
        course.add("Lecture 1", "en", vtt("Old"))
        course.write("Lecture 1.en.vtt", vtt("New"))
        course.push("--on-conflict", "local")
        (track,) = course.sandbox.tracks(course.media["Lecture 1"])
        course.sandbox.edit_track(track["id"], vtt("Newer"))
        assert course.shell("restore", course.folder, "--yes").code == ExitCode.STALE_OR_CONFLICT
        result = course.shell("restore", course.folder, "--yes", "--resolve", "Lecture 1/en=local")
        assert result.code == ExitCode.OK, result.all
        assert "sent as it was saved" in result.out
        assert course.tracks("Lecture 1") == {"en": vtt("Old")}

    def test_a_token_that_gets_no_text_is_reported_so_and_not_as_if_somebody_wrote(
        self, course: SandboxCourse, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tracks = "/api/v1/media_objects/:media_object_id/media_tracks"
        scopes = [f"url:{m}|{tracks}" for m in ("GET", "PUT")]
        scopes += ["url:GET|/api/v1/users/:id", "url:GET|/api/v1/courses/:course_id/media_objects"]
        token = course.sandbox.add_token("teacher", scopes=scopes)
        monkeypatch.setenv("CANVAS_API_TOKEN", token)
        course.configure(path="media_objects")
        course.write("Lecture 1.en.vtt", vtt("Hello"))
        result = course.push()
        assert result.code == ExitCode.OUTCOME_UNKNOWN, result.all
        assert "Canvas leaves the text of en out for this token" in result.out


class TestNoStateThatCannotBeLeft:
    def test_a_resume_that_cannot_read_leaves_the_run_to_be_resumed(self, course: SandboxCourse) -> None:
        course.add("Lecture 1", "en", srt("Old"))
        course.write("Lecture 1.en.srt", srt("5, 6, 7"))
        course.sandbox.fault("drop_before", method="PUT", nth=2, times=3)
        assert course.push("--on-conflict", "local").code == ExitCode.OUTCOME_UNKNOWN
        course.sandbox.clear_faults()
        course.sandbox.fault("status", method="GET", path="media_tracks", status=403, times=0)
        assert course.shell("resume", course.folder, "--yes").code == ExitCode.OUTCOME_UNKNOWN
        course.sandbox.clear_faults()
        assert course.shell("resume", course.folder, "--yes").code == ExitCode.OK
        assert "\n5, 6, 7\n" in course.viewed("Lecture 1", "en")

    def test_nor_does_one_whose_file_was_edited_meanwhile(self, course: SandboxCourse) -> None:
        course.add("Lecture 1", "en", srt("Old"))
        course.write("Lecture 1.en.srt", srt("5, 6, 7"))
        course.sandbox.fault("drop_before", method="PUT", nth=2, times=3)
        course.push("--on-conflict", "local")
        course.sandbox.clear_faults()
        course.write("Lecture 1.en.srt", srt("8, 9"))
        assert course.shell("resume", course.folder, "--yes").code == ExitCode.OUTCOME_UNKNOWN
        course.write("Lecture 1.en.srt", srt("5, 6, 7"))
        assert course.shell("resume", course.folder, "--yes").code == ExitCode.OK

    @pytest.mark.parametrize("name", ["Lecture 1", "file {}"])
    def test_the_last_file_of_a_media_object_that_is_named_can_be_deleted(
        self, course: SandboxCourse, name: str
    ) -> None:
        course.write("Lecture 1.en.vtt", vtt("Hello"))
        course.write("Lecture 2.en.vtt", vtt("Two"))
        course.push()
        (course.folder / "Lecture 1.en.vtt").unlink()
        named = name.format(course.sandbox.file_id(course.media["Lecture 1"]))
        result = course.push("--delete", "--media", named, "--allow", "last-caption")
        assert result.code == ExitCode.OK, result.all
        assert course.tracks("Lecture 1") == {}

    def test_a_push_the_other_way_that_sends_nothing_throws_no_record_away(self, course: SandboxCourse) -> None:
        course.add_last_year("Lecture 1", "en", vtt("Hello"))
        course.add("Lecture 1", "fr", vtt("Bonjour"))
        course.shell("pull", course.folder)
        course.configure(path="media_objects")
        course.push()
        course.configure()
        course.write("Lecture 1.en.vtt", vtt("Hello again"))
        result = course.push()
        assert result.code == ExitCode.OK, result.all
        assert "edited in the folder" in result.out

    def test_a_plan_for_some_applies_though_others_are_reached_by_their_files_since(
        self, course: SandboxCourse
    ) -> None:
        course.configure(path="media_objects")
        course.write("Lecture 1.en.vtt", vtt("One"))
        course.write("Lecture 2.en.vtt", vtt("Two"))
        course.push()
        course.configure()
        course.write("Lecture 1.en.vtt", vtt("One, again"))
        course.write("Lecture 2.en.vtt", vtt("Two, again"))
        plan = course.folder.parent / "plan.json"
        course.shell("plan", course.folder, "--media", "Lecture 1", "--out", plan)
        result = course.shell("apply", plan, course.folder)
        assert result.code == ExitCode.OK, result.all
        assert course.tracks("Lecture 1") == {"en": vtt("One, again")}

    def test_looking_all_up_forgets_nothing_that_was_proved(self, course: SandboxCourse) -> None:
        course.add_last_year("Lecture 1", "en", vtt("Hello"))
        course.write("Lecture 1.fr.vtt", vtt("Bonjour"))
        course.push()
        course.shell("pull", course.folder)
        course.write("Lecture 1.fr.vtt", vtt("Salut"))
        course.push()
        before = file_lines(course)
        assert [line for line in before if line.get("original")]
        course.configure(path="media_attachments")
        course.write("Lecture 1.fr.vtt", vtt("Salut encore"))
        course.push()
        assert [line for line in file_lines(course) if line.get("original")] == [
            line for line in before if line.get("original")
        ]

    def test_a_file_that_was_edited_after_the_plan_makes_no_recording_doubtful(self, course: SandboxCourse) -> None:
        course.add_last_year("Lecture 1", "en", vtt("Hello"))
        course.shell("pull", course.folder)
        course.write("Lecture 1.en.vtt", vtt("One"))
        plan = course.folder.parent / "plan.json"
        course.shell("plan", course.folder, "--out", plan)
        course.write("Lecture 1.en.vtt", vtt("Two"))
        assert course.shell("apply", plan, course.folder).code == ExitCode.STALE_OR_CONFLICT
        assert course.push().code == ExitCode.OK

    def test_the_only_track_made_anew_by_somebody_is_no_other_recording(self, course: SandboxCourse) -> None:
        first = course.add("Lecture 1", "en", vtt("Old"))
        course.write("Lecture 1.fr.vtt", vtt("Bonjour"))

        def make_anew() -> None:
            course.sandbox.delete_track(first)
            course.add("Lecture 1", "en", vtt("Anew"), user="colleague")

        file = course.sandbox.file_id(course.media["Lecture 1"])
        course.sandbox.fault("meanwhile", method="GET", path=f"{file}/media_tracks", do=make_anew)
        result = course.push()
        assert result.code == ExitCode.OK, result.all
        assert course.tracks("Lecture 1") == {"en": vtt("Anew"), "fr": vtt("Bonjour")}

"""By which of Canvas's two ways a media object is reached: by its file where there is one, found and remembered."""

from __future__ import annotations

import json
from typing import Any

import pytest
from campus import Campus
from desk import srt, vtt

from captionkit.errors import ExitCode
from captionkit.sync.manifest import Manifest, parse_manifest
from captionkit.sync.ports import MediaFile, MediaSummary
from captionkit.sync.state import BaseTrack


def written_to(campus: Campus) -> list[str]:
    return [request["path"].split("/")[3] for request in campus.sandbox.requests if request["method"] == "PUT"]


def asked_for_files(campus: Campus) -> list[dict[str, Any]]:
    return [request["query"] for request in campus.sandbox.requests if request["path"].endswith("/files")]


def file_lines(campus: Campus) -> list[dict[str, Any]]:
    lines = (campus.folder / ".captionkit" / "manifest.jsonl").read_text().splitlines()
    return [line for line in map(json.loads, lines) if "file" in line]


def by_file(campus: Campus, title: str) -> dict[tuple[int, str], str]:
    return {(t["attachment_id"], t["locale"]): t["content"] for t in campus.sandbox.tracks(campus.media[title])}


class TestWhichWay:
    def test_the_file_is_chosen_by_itself_so_a_colleagues_captions_can_be_read_and_saved(self, campus: Campus) -> None:
        campus.add("Lecture 1", "uk", vtt("Привіт"), user="colleague")
        campus.write("Lecture 1.uk.vtt", vtt("Вітаю"))
        said = campus.push()
        assert said.code == ExitCode.STALE_OR_CONFLICT
        assert "different, and never synced before" in said.out
        assert campus.push("--on-conflict", "local").code == ExitCode.OK
        assert written_to(campus) == ["media_attachments"]
        assert campus.tracks("Lecture 1") == {"uk": vtt("Вітаю")}
        assert vtt("Привіт") in campus.saved()

    def test_a_pull_brings_a_colleagues_captions_too(self, campus: Campus) -> None:
        campus.add("Lecture 1", "uk", vtt("Привіт"), user="colleague")
        assert campus.shell("pull", campus.folder).code == ExitCode.OK
        assert (campus.folder / "Lecture 1.uk.vtt").read_text(encoding="utf-8") == vtt("Привіт")

    def test_without_the_files_the_media_id_is_used_and_it_is_said(self, campus: Campus) -> None:
        campus.sandbox.set(files_show_media_entry_id=False)
        campus.write("Lecture 1.en.vtt", vtt("Hello"))
        said = campus.push()
        assert said.code == ExitCode.OK
        assert "1 media object without a file that Canvas shows you: reached by media id" in said.err
        assert written_to(campus) == ["media_objects"]

    def test_a_key_that_may_not_list_files_gets_the_media_id(
        self, campus: Campus, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        campus.sandbox.fault("status", method="GET", path="/files$", status=403, times=0)
        campus.write("Lecture 1.en.vtt", vtt("Hello"))
        assert campus.push().code == ExitCode.OK
        assert written_to(campus) == ["media_objects"]

    def test_of_two_copies_in_one_course_the_older_is_taken(self, campus: Campus) -> None:
        older = campus.sandbox.file_id(campus.media["Lecture 1"])
        campus.sandbox.copy_media(campus.media["Lecture 1"], campus.course)
        campus.write("Lecture 1.en.vtt", vtt("Hello"))
        assert campus.push().code == ExitCode.OK
        assert list(by_file(campus, "Lecture 1")) == [(older, "en")]

    def test_an_entry_under_media_may_name_the_file(self, campus: Campus) -> None:
        file = campus.sandbox.file_id(campus.media["Lecture 1"])
        config = campus.folder / "captionkit.toml"
        config.write_text(config.read_text() + f'[media]\n"intro" = "media_attachments/{file}"\n')
        campus.write("intro.en.vtt", vtt("Hello"))
        for _ in range(2):
            assert campus.push().code == ExitCode.OK
        assert by_file(campus, "Lecture 1") == {(file, "en"): vtt("Hello")}

    def test_one_file_that_may_not_be_read_stops_only_itself(self, campus: Campus) -> None:
        campus.add("Lecture 1", "en", vtt("Old"))
        campus.write("Lecture 1.en.vtt", vtt("New"))
        campus.write("Lecture 2.en.vtt", vtt("Two"))
        file = campus.sandbox.file_id(campus.media["Lecture 1"])
        campus.sandbox.fault("status", method="GET", path=f"{file}/media_tracks", status=403, times=0)
        said = campus.push()
        assert said.code == ExitCode.PARTIAL
        assert "its captions cannot be read: not permitted, or not there" in said.out
        assert 'path = "media_attachments"' in said.out
        assert campus.tracks("Lecture 2") == {"en": vtt("Two")}
        assert campus.tracks("Lecture 1") == {"en": vtt("Old")}


class TestWhatIsAsked:
    def test_what_is_known_is_not_asked_again(self, campus: Campus) -> None:
        campus.write("Lecture 1.en.vtt", vtt("Hello"))
        campus.push()
        assert len(file_lines(campus)) == 1
        campus.sandbox.reset_log()
        campus.write("Lecture 1.en.vtt", vtt("Hello again"))
        assert campus.push().code == ExitCode.OK
        assert asked_for_files(campus) == []
        assert written_to(campus) == ["media_attachments"]

    def test_one_of_many_is_asked_for_by_its_name(self, campus: Campus) -> None:
        campus.sandbox.seed(campus.course, 300)
        campus.write("Lecture 00123.en.vtt", vtt("Hello"))
        campus.sandbox.reset_log()
        assert campus.push().code == ExitCode.OK
        assert [query.get("search_term") for query in asked_for_files(campus)] == ["Lecture 00123"]
        assert written_to(campus) == ["media_attachments"]
        assert len(campus.sandbox.requests) <= 303 / 100 + 4 * 1 + 10

    def test_one_that_was_renamed_is_found_among_all(self, campus: Campus) -> None:
        campus.sandbox.seed(campus.course, 200)
        campus.sandbox.rename(campus.media["Lecture 1"], "Introduction")
        campus.write("Introduction.en.vtt", vtt("Hello"))
        assert campus.push().code == ExitCode.OK
        assert written_to(campus) == ["media_attachments"]

    def test_media_that_the_folder_says_nothing_about_is_not_asked_for(self, campus: Campus) -> None:
        campus.add("Lecture 1", "en", vtt("Hello"))
        assert campus.shell("status", campus.folder).code == ExitCode.OK
        assert asked_for_files(campus) == []


class TestCopies:
    @pytest.fixture
    def copy(self, campus: Campus) -> int:
        """Next year's course; the folder is for that one. English is the original's."""
        campus.add_last_year("Lecture 1", "en", srt("Original"))
        copy = campus.sandbox.copy_course(campus.course, "Next year")
        campus.configure(copy)
        return int(campus.sandbox.file_id(campus.media["Lecture 1"], copy))

    def test_a_new_language_goes_to_the_copy_and_not_to_the_original(self, campus: Campus, copy: int) -> None:
        campus.write("Lecture 1.fr.vtt", vtt("Bonjour"))
        assert campus.push().code == ExitCode.OK
        assert by_file(campus, "Lecture 1")[copy, "fr"] == vtt("Bonjour")
        assert sorted(locale for _, locale in by_file(campus, "Lecture 1")) == ["en", "fr"]
        assert [line.get("original") for line in file_lines(campus) if line["file"] == str(copy)] == [None]

    def test_by_its_media_id_it_would_have_gone_to_the_original(self, campus: Campus, copy: int) -> None:
        campus.configure(campus.sandbox.courses()[-1]["id"], path="media_objects")
        campus.write("Lecture 1.fr.vtt", vtt("Bonjour"))
        assert campus.push().code == ExitCode.OK
        assert (copy, "fr") not in by_file(campus, "Lecture 1")

    def test_what_it_was_copied_with_stays_whatever_is_done_to_the_copy(self, campus: Campus, copy: int) -> None:
        original = campus.sandbox.file_id(campus.media["Lecture 1"])
        campus.write("Lecture 1.en.vtt", vtt("Mine"))
        said = campus.push("--on-conflict", "local")
        assert said.code == ExitCode.OK, said.all
        assert "Mine" in by_file(campus, "Lecture 1")[copy, "en"]
        (campus.folder / "Lecture 1.en.vtt").unlink()
        campus.write("Lecture 1.fr.vtt", vtt("Bonjour"))
        for option in ("--delete", "--mirror"):
            said = campus.push(option)
            assert said.code == ExitCode.OK, said.all
            assert by_file(campus, "Lecture 1") == {(original, "en"): srt("Original"), (copy, "fr"): vtt("Bonjour")}

    def test_a_colleagues_edit_of_the_copys_own_track_is_seen(self, campus: Campus, copy: int) -> None:
        """The listing shows the original's tracks only, so a copy is read each time."""
        campus.write("Lecture 1.fr.vtt", vtt("Bonjour"))
        campus.push()
        (track,) = [t["id"] for t in campus.sandbox.tracks(campus.media["Lecture 1"]) if t["locale"] == "fr"]
        campus.sandbox.edit_track(track, vtt("Salut"))
        said = campus.shell("status", campus.folder)
        assert "edited in Canvas" in said.out


class TestWhenItIsNotKnown:
    """Neither who uploaded a file nor any time tells a copy from an original; what tells is a write."""

    def originals(self, campus: Campus) -> list[str]:
        return [str(line["file"]) for line in file_lines(campus) if line.get("original")]

    def test_a_track_of_ours_that_the_listing_shows_proves_the_original(self, campus: Campus) -> None:
        campus.write("Lecture 1.en.vtt", vtt("Hello"))
        campus.push()
        assert self.originals(campus) == []
        campus.write("Lecture 1.en.vtt", vtt("Hello again"))
        assert campus.push().code == ExitCode.OK
        assert self.originals(campus) == [str(campus.sandbox.file_id(campus.media["Lecture 1"]))]
        campus.sandbox.reset_log()
        assert "unchanged" in campus.push().out
        assert [r["path"] for r in campus.sandbox.requests if r["path"].endswith("media_tracks")] == []

    def test_a_track_that_we_wrote_to_a_copy_does_not_make_it_the_original(self, campus: Campus) -> None:
        campus.add_last_year("Lecture 1", "en", vtt("Original"))
        associated = campus.sandbox.add_course("Associated")
        campus.sandbox.sync_blueprint(campus.course, associated)
        campus.configure(associated)
        campus.write("Lecture 1.fr.vtt", vtt("Bonjour"))
        assert campus.push().code == ExitCode.OK
        campus.write("Lecture 1.fr.vtt", vtt("Salut"))
        assert campus.push().code == ExitCode.OK, "our own track is ours to replace"
        assert campus.push("--mirror").code == ExitCode.OK
        assert self.originals(campus) == []
        assert vtt("Original") in by_file(campus, "Lecture 1").values()

    def test_an_edit_of_what_a_recording_made_in_the_editor_has_is_ordinary_work(self, campus: Campus) -> None:
        """Its file shows no user, and the course has finished an import of something else."""
        campus.media["Lecture 9"] = campus.sandbox.add_media(campus.course, "Lecture 9")
        campus.add("Lecture 9", "en", vtt("Old"))
        campus.sandbox.copy_media(campus.sandbox.add_media(campus.sandbox.add_course("Other"), "Other"), campus.course)
        campus.shell("pull", campus.folder)
        campus.write("Lecture 9.en.vtt", vtt("New"))
        said = campus.push()
        assert said.code == ExitCode.OK, said.all
        assert campus.tracks("Lecture 9") == {"en": vtt("New")}
        campus.write("Lecture 9.fr.vtt", vtt("Bonjour"))
        campus.push()
        (campus.folder / "Lecture 9.en.vtt").unlink()
        assert campus.push("--delete").code == ExitCode.OK
        assert campus.tracks("Lecture 9") == {"fr": vtt("Bonjour")}


class TestChangingTheWay:
    @pytest.mark.parametrize(("first", "then"), [("media_objects", "auto"), ("auto", "media_objects")])
    def test_what_was_synced_one_way_is_known_the_other_way(self, campus: Campus, first: str, then: str) -> None:
        campus.configure(path=first)
        campus.add_last_year("Lecture 1", "es", vtt("Hola"))
        campus.write("Lecture 1.en.vtt", vtt("Hello"))
        campus.push()
        puts = campus.puts()
        campus.configure(path=then)
        assert campus.push().code == ExitCode.OK
        assert campus.puts() == puts
        campus.write("Lecture 1.en.vtt", vtt("Hello again"))
        said = campus.push()
        assert said.code == ExitCode.OK, said.all
        assert "~ update    en  edited in the folder" in said.out
        assert campus.tracks("Lecture 1") == {"en": vtt("Hello again"), "es": vtt("Hola")}

    @pytest.mark.parametrize(("first", "then"), [("media_objects", "auto"), ("auto", "media_objects")])
    def test_a_file_that_was_removed_still_counts_as_removed(self, campus: Campus, first: str, then: str) -> None:
        campus.configure(path=first)
        campus.write("Lecture 1.en.vtt", vtt("Hello"))
        campus.write("Lecture 1.fr.vtt", vtt("Bonjour"))
        campus.push()
        campus.configure(path=then)
        (campus.folder / "Lecture 1.fr.vtt").unlink()
        assert campus.push("--delete").code == ExitCode.OK
        assert campus.tracks("Lecture 1") == {"en": vtt("Hello")}

    @pytest.mark.parametrize(("first", "then"), [("media_objects", "auto"), ("auto", "media_objects")])
    def test_an_earlier_run_can_be_restored_and_verified(self, campus: Campus, first: str, then: str) -> None:
        campus.configure(path=first)
        campus.add("Lecture 1", "en", vtt("Old"))
        campus.write("Lecture 1.en.vtt", vtt("New"))
        campus.push("--on-conflict", "local")
        campus.configure(path=then)
        assert "as the run" in campus.shell("verify", campus.folder).out
        campus.write("Lecture 1.fr.vtt", vtt("Bonjour"))
        campus.push()
        run = sorted(path.name for path in (campus.folder / ".captionkit" / "runs").iterdir())[0]
        said = campus.shell("restore", campus.folder, run, "--yes")
        assert said.code == ExitCode.OK, said.all
        assert campus.tracks("Lecture 1") == {"en": vtt("Old"), "fr": vtt("Bonjour")}

    def test_a_plan_made_one_way_does_not_apply_the_other_way(self, campus: Campus) -> None:
        campus.write("Lecture 1.en.vtt", vtt("Hello"))
        campus.push()
        campus.write("Lecture 1.en.vtt", vtt("Hello again"))
        plan = campus.folder.parent / "plan.json"
        campus.shell("plan", campus.folder, "--out", plan)
        campus.configure(path="media_objects")
        said = campus.shell("apply", plan, campus.folder)
        assert said.code == ExitCode.STALE_OR_CONFLICT
        assert campus.tracks("Lecture 1") == {"en": vtt("Hello")}

    def test_a_file_that_took_the_place_of_another_is_found_when_all_are_looked_up(self, campus: Campus) -> None:
        campus.write("Lecture 1.en.vtt", vtt("Hello"))
        campus.push()
        old = campus.sandbox.file_id(campus.media["Lecture 1"])
        campus.sandbox.copy_media(campus.media["Lecture 1"], campus.course)
        campus.sandbox.delete_file(old)
        campus.write("Lecture 1.en.vtt", vtt("Hello again"))
        assert campus.push().code == ExitCode.REMOTE_FAILED
        campus.configure(path="media_attachments")
        said = campus.push()
        assert said.code == ExitCode.OK, said.all
        assert vtt("Hello again") in by_file(campus, "Lecture 1").values()


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
        self, campus: Campus, first: str, then: str
    ) -> None:
        campus.add_last_year("Lecture 1", "uk", vtt("X"))
        (uk,) = campus.sandbox.tracks(campus.media["Lecture 1"])
        with campus.sandbox._state.lock:
            campus.sandbox._state.run("UPDATE tracks SET user_id = 2 WHERE id = ?", uk["id"])
        campus.configure(path=first)
        campus.write("Lecture 1.en.vtt", vtt("Hello"))
        assert campus.push().code == ExitCode.OK
        campus.configure(path=then)
        campus.write("Lecture 1.fr.vtt", vtt("Bonjour"))
        said = campus.push()
        assert said.code == ExitCode.OK, said.all
        assert campus.tracks("Lecture 1") == {"en": vtt("Hello"), "fr": vtt("Bonjour"), "uk": vtt("X")}

    def test_ones_own_track_of_no_file_can_be_edited_by_the_file(self, campus: Campus) -> None:
        """Servers of old made tracks that belong to the media object only."""
        campus.add("Lecture 1", "en", vtt("Old"), in_scope_of_file=False)
        campus.shell("pull", campus.folder)
        campus.write("Lecture 1.en.vtt", vtt("New"))
        said = campus.push()
        assert said.code == ExitCode.OK, said.all
        assert "colleague" not in said.out
        file = campus.sandbox.file_id(campus.media["Lecture 1"])
        assert by_file(campus, "Lecture 1") == {(None, "en"): vtt("Old"), (file, "en"): vtt("New")}
        assert campus.push().code == ExitCode.OK

    def test_a_colleagues_track_of_no_file_is_seen_and_gets_no_second_one_beside_it(self, campus: Campus) -> None:
        campus.add("Lecture 1", "en", vtt("Old"), in_scope_of_file=False, user="colleague")
        campus.write("Lecture 1.en.vtt", vtt("New"))
        campus.write("Lecture 1.fr.vtt", vtt("Bonjour"))
        said = campus.push("--on-conflict", "local")
        assert "Canvas does not let you read or replace" in said.out
        assert campus.tracks("Lecture 1") == {"en": vtt("Old"), "fr": vtt("Bonjour")}

    def test_a_file_that_leads_to_another_recording_is_left_alone(self, campus: Campus) -> None:
        campus.write("Lecture 1.en.vtt", vtt("Hello"))
        campus.push()
        other = campus.sandbox.add_media(campus.course, "Lecture 1, new")
        theirs = campus.sandbox.add_track(other, "de", vtt("Of the new one"), user="colleague")
        campus.sandbox.copy_media(campus.media["Lecture 1"], campus.course)  # so that it goes on being listed
        with campus.sandbox._state.lock:
            campus.sandbox._state.run(
                "UPDATE attachments SET deleted = 1, replacement_id = ? WHERE id = ?",
                campus.sandbox.file_id(other),
                campus.sandbox.file_id(campus.media["Lecture 1"]),
            )
        campus.write("Lecture 1.fr.vtt", vtt("Bonjour"))
        for _ in range(2):
            said = campus.push()
            assert said.code != ExitCode.OK
            assert [t["id"] for t in campus.sandbox.tracks(other)] == [theirs]
        assert "it leads to another recording now" in said.out
        assert 'path = "media_attachments"' in said.out

    @pytest.mark.parametrize("kept", ["neither", "one"])
    def test_records_whose_file_a_merge_has_lost_find_their_media_object(self, campus: Campus, kept: str) -> None:
        campus.write("Lecture 1.en.vtt", vtt("Hello"))
        campus.write("Lecture 1.fr.vtt", vtt("Bonjour"))
        campus.push()
        manifest = campus.folder / ".captionkit" / "manifest.jsonl"
        lines = manifest.read_text().splitlines()
        files = [line for line in lines if '"origin"' in line]
        other = [line.replace('"file":"5', '"file":"9') for line in files] if kept == "one" else []
        manifest.write_text("\n".join([*(line for line in lines if line not in files), *other]) + "\n")
        campus.configure(path="auto" if kept == "neither" else "media_attachments")
        campus.write("Lecture 1.en.vtt", vtt("Hello again"))
        (campus.folder / "Lecture 1.fr.vtt").unlink()
        said = campus.push("--delete")
        assert said.code == ExitCode.OK, said.all
        assert campus.tracks("Lecture 1") == {"en": vtt("Hello again")}

    def test_looking_all_files_up_again_is_remembered_though_nothing_is_sent(self, campus: Campus) -> None:
        campus.write("Lecture 1.en.vtt", vtt("Hello"))
        campus.push()
        campus.sandbox.copy_media(campus.media["Lecture 1"], campus.course)
        campus.sandbox.delete_file(campus.sandbox.file_id(campus.media["Lecture 1"]))
        campus.write("Lecture 1.fr.vtt", vtt("Bonjour"))
        said = campus.push()
        assert 'path = "media_attachments"' in said.out
        (campus.folder / "Lecture 1.fr.vtt").unlink()
        campus.configure(path="media_attachments")
        campus.shell("pull", campus.folder)
        campus.configure()
        assert campus.shell("status", campus.folder).code == ExitCode.OK
        assert len(file_lines(campus)) >= 1

    def test_one_file_that_may_not_be_read_does_not_stop_a_pull(self, campus: Campus) -> None:
        campus.add("Lecture 1", "en", vtt("One"))
        campus.add("Lecture 2", "en", vtt("Two"))
        file = campus.sandbox.file_id(campus.media["Lecture 1"])
        campus.sandbox.fault("status", method="GET", path=f"{file}/media_tracks", status=403, times=0)
        said = campus.shell("pull", campus.folder)
        assert "its captions cannot be read" in said.out
        assert (campus.folder / "Lecture 2.en.vtt").exists()

    def test_a_pull_brings_what_only_a_copy_has(self, campus: Campus) -> None:
        campus.add_last_year("Lecture 1", "en", vtt("Original"))
        copy = campus.sandbox.copy_course(campus.course, "Next year")
        file = campus.sandbox.file_id(campus.media["Lecture 1"], copy)
        campus.sandbox.delete_track(campus.sandbox.tracks(campus.media["Lecture 1"])[0]["id"])
        campus.add("Lecture 1", "de", vtt("Eigenes"), file=file)
        campus.configure(copy)
        campus.shell("pull", campus.folder)
        assert (campus.folder / "Lecture 1.de.vtt").exists()

    @pytest.mark.parametrize(
        "name", ["file {}", "{}", "media_attachments/{}", "media_objects/{id}", "{id}", "Lecture 1"]
    )
    def test_a_media_object_is_named_as_we_print_it(self, campus: Campus, name: str) -> None:
        campus.add("Lecture 1", "en", vtt("Old"))
        campus.write("Lecture 1.en.vtt", vtt("New"))
        campus.write("Lecture 2.en.vtt", vtt("Two"))
        given = name.format(campus.sandbox.file_id(campus.media["Lecture 1"]), id=campus.media["Lecture 1"])
        for _ in range(2):
            said = campus.push("--media", given, "--resolve", f"{given}/en=local")
            assert said.code in (ExitCode.OK, ExitCode.USAGE), said.all
        assert campus.tracks("Lecture 1") == {"en": vtt("New")}
        assert campus.tracks("Lecture 2") == {}

    def test_a_resolve_by_title_counts_in_a_restore(self, campus: Campus) -> None:
        campus.add("Lecture 1", "en", vtt("Old"))
        campus.write("Lecture 1.en.vtt", vtt("New"))
        campus.push("--on-conflict", "local")
        (track,) = campus.sandbox.tracks(campus.media["Lecture 1"])
        campus.sandbox.edit_track(track["id"], vtt("Newer"))
        assert campus.shell("restore", campus.folder, "--yes").code == ExitCode.STALE_OR_CONFLICT
        said = campus.shell("restore", campus.folder, "--yes", "--resolve", "Lecture 1/en=local")
        assert said.code == ExitCode.OK, said.all
        assert "sent as it was saved" in said.out
        assert campus.tracks("Lecture 1") == {"en": vtt("Old")}

    def test_a_token_that_gets_no_text_is_told_so_and_not_that_somebody_wrote(
        self, campus: Campus, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tracks = "/api/v1/media_objects/:media_object_id/media_tracks"
        scopes = [f"url:{m}|{tracks}" for m in ("GET", "PUT")]
        scopes += ["url:GET|/api/v1/users/:id", "url:GET|/api/v1/courses/:course_id/media_objects"]
        token = campus.sandbox.add_token("teacher", scopes=scopes)
        monkeypatch.setenv("CANVAS_API_TOKEN", token)
        campus.configure(path="media_objects")
        campus.write("Lecture 1.en.vtt", vtt("Hello"))
        said = campus.push()
        assert said.code == ExitCode.OUTCOME_UNKNOWN, said.all
        assert "Canvas leaves the text of en out for this token" in said.out


class TestNoStateThatCannotBeLeft:
    def test_a_resume_that_cannot_read_leaves_the_run_to_be_resumed(self, campus: Campus) -> None:
        campus.add("Lecture 1", "en", srt("Old"))
        campus.write("Lecture 1.en.srt", srt("5, 6, 7"))
        campus.sandbox.fault("drop_before", method="PUT", nth=2, times=3)
        assert campus.push("--on-conflict", "local").code == ExitCode.OUTCOME_UNKNOWN
        campus.sandbox.clear_faults()
        campus.sandbox.fault("status", method="GET", path="media_tracks", status=403, times=0)
        assert campus.shell("resume", campus.folder, "--yes").code == ExitCode.OUTCOME_UNKNOWN
        campus.sandbox.clear_faults()
        assert campus.shell("resume", campus.folder, "--yes").code == ExitCode.OK
        assert "\n5, 6, 7\n" in campus.viewed("Lecture 1", "en")

    def test_nor_does_one_whose_file_was_edited_meanwhile(self, campus: Campus) -> None:
        campus.add("Lecture 1", "en", srt("Old"))
        campus.write("Lecture 1.en.srt", srt("5, 6, 7"))
        campus.sandbox.fault("drop_before", method="PUT", nth=2, times=3)
        campus.push("--on-conflict", "local")
        campus.sandbox.clear_faults()
        campus.write("Lecture 1.en.srt", srt("8, 9"))
        assert campus.shell("resume", campus.folder, "--yes").code == ExitCode.OUTCOME_UNKNOWN
        campus.write("Lecture 1.en.srt", srt("5, 6, 7"))
        assert campus.shell("resume", campus.folder, "--yes").code == ExitCode.OK

    @pytest.mark.parametrize("name", ["Lecture 1", "file {}"])
    def test_the_last_file_of_a_media_object_that_is_named_can_be_deleted(self, campus: Campus, name: str) -> None:
        campus.write("Lecture 1.en.vtt", vtt("Hello"))
        campus.write("Lecture 2.en.vtt", vtt("Two"))
        campus.push()
        (campus.folder / "Lecture 1.en.vtt").unlink()
        named = name.format(campus.sandbox.file_id(campus.media["Lecture 1"]))
        said = campus.push("--delete", "--media", named, "--allow", "last-caption")
        assert said.code == ExitCode.OK, said.all
        assert campus.tracks("Lecture 1") == {}

    def test_a_push_the_other_way_that_sends_nothing_throws_no_record_away(self, campus: Campus) -> None:
        campus.add_last_year("Lecture 1", "en", vtt("Hello"))
        campus.add("Lecture 1", "fr", vtt("Bonjour"))
        campus.shell("pull", campus.folder)
        campus.configure(path="media_objects")
        campus.push()
        campus.configure()
        campus.write("Lecture 1.en.vtt", vtt("Hello again"))
        said = campus.push()
        assert said.code == ExitCode.OK, said.all
        assert "edited in the folder" in said.out

    def test_a_plan_for_some_applies_though_others_are_reached_by_their_files_since(self, campus: Campus) -> None:
        campus.configure(path="media_objects")
        campus.write("Lecture 1.en.vtt", vtt("One"))
        campus.write("Lecture 2.en.vtt", vtt("Two"))
        campus.push()
        campus.configure()
        campus.write("Lecture 1.en.vtt", vtt("One, again"))
        campus.write("Lecture 2.en.vtt", vtt("Two, again"))
        plan = campus.folder.parent / "plan.json"
        campus.shell("plan", campus.folder, "--media", "Lecture 1", "--out", plan)
        said = campus.shell("apply", plan, campus.folder)
        assert said.code == ExitCode.OK, said.all
        assert campus.tracks("Lecture 1") == {"en": vtt("One, again")}

    def test_looking_all_up_forgets_nothing_that_was_proved(self, campus: Campus) -> None:
        campus.add_last_year("Lecture 1", "en", vtt("Hello"))
        campus.write("Lecture 1.fr.vtt", vtt("Bonjour"))
        campus.push()
        campus.shell("pull", campus.folder)
        campus.write("Lecture 1.fr.vtt", vtt("Salut"))
        campus.push()
        before = file_lines(campus)
        assert [line for line in before if line.get("original")]
        campus.configure(path="media_attachments")
        campus.write("Lecture 1.fr.vtt", vtt("Salut encore"))
        campus.push()
        assert [line for line in file_lines(campus) if line.get("original")] == [
            line for line in before if line.get("original")
        ]

    def test_a_file_that_was_edited_after_the_plan_makes_no_recording_doubtful(self, campus: Campus) -> None:
        campus.add_last_year("Lecture 1", "en", vtt("Hello"))
        campus.shell("pull", campus.folder)
        campus.write("Lecture 1.en.vtt", vtt("One"))
        plan = campus.folder.parent / "plan.json"
        campus.shell("plan", campus.folder, "--out", plan)
        campus.write("Lecture 1.en.vtt", vtt("Two"))
        assert campus.shell("apply", plan, campus.folder).code == ExitCode.STALE_OR_CONFLICT
        assert campus.push().code == ExitCode.OK

    def test_the_only_track_made_anew_by_somebody_is_no_other_recording(self, campus: Campus) -> None:
        first = campus.add("Lecture 1", "en", vtt("Old"))
        campus.write("Lecture 1.fr.vtt", vtt("Bonjour"))

        def make_anew() -> None:
            campus.sandbox.delete_track(first)
            campus.add("Lecture 1", "en", vtt("Anew"), user="colleague")

        file = campus.sandbox.file_id(campus.media["Lecture 1"])
        campus.sandbox.fault("meanwhile", method="GET", path=f"{file}/media_tracks", do=make_anew)
        said = campus.push()
        assert said.code == ExitCode.OK, said.all
        assert campus.tracks("Lecture 1") == {"en": vtt("Anew"), "fr": vtt("Bonjour")}

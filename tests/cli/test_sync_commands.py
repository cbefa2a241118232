"""The sync commands as a person runs them, against the stand-in Canvas over real HTTP."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from campus import Campus, Said, open_campus

from captionkit.cli.frame import run
from captionkit.errors import ExitCode

SRT = "1\n00:00:01,000 --> 00:00:02,500\n{}\n"
VTT = "WEBVTT\n\n00:00:01.000 --> 00:00:02.500\n{}\n"


@pytest.fixture
def campus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Campus]:
    with open_campus(tmp_path, monkeypatch, capsys, titles=("Lecture 1", "Lecture 2", "Lecture 10")) as campus:
        yield campus


class TestTheMainJob:
    def test_from_init_to_a_second_push(self, campus: Campus) -> None:
        (campus.folder / "captionkit.toml").unlink()
        campus.write("Lecture 1.en.srt", SRT.format("Hello & <i>welcome</i>"))
        campus.write("fr/lecture 2.srt", SRT.format("Bonjour"))
        campus.write("Lecture 10/de.vtt", VTT.format("Hallo"))
        said = campus.shell("init", campus.folder, "--url", campus.sandbox.url, "--course", campus.course)
        assert said.code == 0
        said = campus.shell("plan", campus.folder)
        assert said.code == 0
        assert "3 to create" in said.out
        assert campus.puts() == 0
        said = campus.shell("push", campus.folder, "--yes")
        assert said.code == 0, said.all
        assert "3 tracks of 3 media objects sent, read back and verified" in said.out
        assert "Hello &amp; <i>welcome</i>" in campus.viewed("Lecture 1", "en")
        assert campus.tracks("Lecture 10") == {"de": VTT.format("Hallo")}
        puts = campus.puts()
        said = campus.shell("push", campus.folder, "--yes")
        assert said.code == 0
        assert "Nothing to send" in said.out
        assert campus.puts() == puts

    def test_plan_check_says_by_its_exit_code_whether_there_is_anything_to_do(self, campus: Campus) -> None:
        campus.write("Lecture 1.en.vtt", VTT.format("Hello"))
        assert campus.shell("plan", campus.folder, "--check").code == ExitCode.FINDINGS
        campus.shell("push", campus.folder, "--yes")
        assert campus.shell("plan", campus.folder, "--check").code == ExitCode.OK

    def test_a_written_plan_is_carried_out_and_nothing_else(self, campus: Campus, tmp_path: Path) -> None:
        campus.write("Lecture 1.en.vtt", VTT.format("Hello"))
        plan = tmp_path / "plan.json"
        assert campus.shell("plan", campus.folder, "--out", plan).code == 0
        campus.write("Lecture 2.en.vtt", VTT.format("Came later"))
        assert campus.shell("apply", plan, campus.folder).code == 0
        assert campus.tracks("Lecture 1") == {"en": VTT.format("Hello")}
        assert campus.tracks("Lecture 2") == {}
        again = campus.shell("apply", plan, campus.folder)
        assert again.code == ExitCode.STALE_OR_CONFLICT
        assert "another sync has run" in again.err

    def test_pull_brings_tracks_and_the_next_push_knows_them(self, campus: Campus) -> None:
        campus.sandbox.add_track(campus.media["Lecture 1"], "es", VTT.format("Hola"))
        campus.sandbox.add_track(campus.media["Lecture 2"], "en", SRT.format("Hello"))
        assert campus.shell("pull", campus.folder).code == 0
        assert (campus.folder / "Lecture 1.es.vtt").read_text() == VTT.format("Hola")
        assert (campus.folder / "Lecture 2.en.srt").read_text() == SRT.format("Hello")
        assert "Nothing to send" in campus.shell("push", campus.folder, "--yes").out
        campus.write("Lecture 1.es.vtt", VTT.format("Hola de nuevo"))
        assert campus.shell("push", campus.folder, "--yes").code == 0
        assert "nuevo" in campus.viewed("Lecture 1", "es")

    def test_events_for_machines_are_json_lines(self, campus: Campus) -> None:
        campus.write("Lecture 1.en.vtt", VTT.format("Hello"))
        for command in (["status", "--json"], ["plan", "--json"], ["push", "--yes", "--json"], ["pull", "--json"]):
            said = campus.shell(command[0], campus.folder, *command[1:])
            assert said.code == 0
            events = [json.loads(line) for line in said.out.splitlines()]
            assert events
            assert all("event" in event for event in events)

    def test_a_colleagues_track_survives(self, campus: Campus) -> None:
        campus.sandbox.add_track(campus.media["Lecture 1"], "uk", VTT.format("Привіт"), user="colleague")
        campus.write("Lecture 1.en.vtt", VTT.format("Hello"))
        said = campus.shell("push", campus.folder, "--yes")
        assert said.code == 0
        assert campus.tracks("Lecture 1")["uk"] == VTT.format("Привіт")

    def test_masquerading_shows_and_replaces_the_colleagues_tracks(
        self, campus: Campus, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        campus.sandbox.add_track(campus.media["Lecture 1"], "uk", VTT.format("Привіт"), user="colleague")
        colleague = next(user["id"] for user in campus.sandbox.users() if user["name"] == "colleague")
        monkeypatch.setenv("CANVAS_API_TOKEN", campus.sandbox.tokens["admin"])
        campus.write("Lecture 1.uk.vtt", VTT.format("Вітаю"))
        as_them = ("--as-user-id", colleague, "--on-conflict", "local", "--yes")
        assert campus.shell("push", campus.folder, *as_them).code == 0
        assert campus.tracks("Lecture 1") == {"uk": VTT.format("Вітаю")}

    def test_names_that_fit_no_media_or_several_stop_only_themselves(self, campus: Campus) -> None:
        campus.sandbox.add_media(campus.course, "Seminar")
        campus.sandbox.add_media(campus.course, "Seminar")
        campus.write("Lecture 1.en.vtt", VTT.format("Hello"))
        campus.write("Lectur 2.en.vtt", VTT.format("Typo"))
        campus.write("Seminar.en.vtt", VTT.format("Two of them"))
        said = campus.shell("push", campus.folder, "--yes")
        assert said.code == ExitCode.FINDINGS
        assert "Lecture 2" in said.out.split("Lectur 2:")[1]
        assert "2 media objects fit" in said.out
        assert campus.tracks("Lecture 1") == {"en": VTT.format("Hello")}

    def test_an_unchanged_library_of_1000_media_objects_costs_at_most_12_requests(self, campus: Campus) -> None:
        course = campus.sandbox.add_course("Big")
        campus.sandbox.set(throttle=False, clock_skew_s=-3600.0)
        campus.sandbox.seed(course, 1000, 2)
        campus.sandbox.set(clock_skew_s=0.0)
        (campus.folder / "captionkit.toml").write_text(f'[canvas]\nurl = "{campus.sandbox.url}"\ncourse = {course}\n')
        assert campus.shell("pull", campus.folder).code == 0
        campus.sandbox.reset_log()
        said = campus.shell("push", campus.folder, "--yes")
        assert "1000 media objects unchanged" in said.out
        assert len(campus.sandbox.requests) <= 12, campus.sandbox.counts
        assert campus.puts() == 0


class TestBadInput:
    """Each with a clear message, its own exit code, and nothing changed."""

    @pytest.fixture(autouse=True)
    def a_file_to_send(self, campus: Campus) -> Iterator[None]:
        campus.sandbox.add_track(campus.media["Lecture 2"], "es", VTT.format("Hola"))
        campus.write("Lecture 1.en.vtt", VTT.format("Hello"))
        before = campus.sandbox.all_tracks()
        yield
        assert campus.sandbox.all_tracks() == before

    def refused(self, campus: Campus, code: ExitCode, *words: str, command: str = "push") -> Said:
        said = campus.shell(command, campus.folder, *(["--yes"] if command == "push" else []))
        assert said.code == code, said.all
        for word in words:
            assert word in said.all
        assert campus.puts() == 0
        return said

    def test_a_wrong_token(self, campus: Campus, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("CANVAS_API_TOKEN", "wrong-token-0123456789")
        self.refused(campus, ExitCode.REMOTE_FAILED, "token", "Nothing")

    def test_no_token(self, campus: Campus, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("CANVAS_API_TOKEN", "")
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
        monkeypatch.setenv("APPDATA", str(tmp_path))
        self.refused(campus, ExitCode.USAGE, "CANVAS_API_TOKEN")

    def test_a_wrong_address(self, campus: Campus, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("CANVAS_API_URL", f"{campus.sandbox.url}/nothing-here")
        toml = campus.folder / "captionkit.toml"
        toml.write_text(toml.read_text().replace("http://", "ftp://"))
        self.refused(campus, ExitCode.USAGE, "url")

    def test_no_network(self, campus: Campus, monkeypatch: pytest.MonkeyPatch) -> None:
        from captionkit.remotes.http import session as http

        monkeypatch.setattr(http, "READ_TRIES", 1, raising=False)
        closed = "http://127.0.0.1:9"
        monkeypatch.setenv("CANVAS_API_URL", closed)
        monkeypatch.setattr("captionkit.clock.SystemClock.sleep", lambda self, seconds: None)
        (campus.folder / "captionkit.toml").write_text(f'[canvas]\nurl = "{closed}"\ncourse = 1\n')
        self.refused(campus, ExitCode.REMOTE_FAILED, "127.0.0.1:9")

    def test_a_course_that_is_not_there(self, campus: Campus) -> None:
        toml = campus.folder / "captionkit.toml"
        toml.write_text(toml.read_text().replace(f"course = {campus.course}", "course = 99999"))
        self.refused(campus, ExitCode.REMOTE_FAILED, "courses/99999")

    def test_no_rights(self, campus: Campus) -> None:
        """Canvas answers 204 to a PUT without the right, and does nothing; the listing says so before."""
        campus.sandbox.lock(campus.media["Lecture 1"])
        said = campus.shell("push", campus.folder, "--yes")
        assert said.code in (ExitCode.REMOTE_FAILED, ExitCode.GUARD_REFUSED), said.all
        assert "Lecture 1" in said.out

    def test_a_204(self, campus: Campus) -> None:
        campus.sandbox.fault("no_content", method="PUT")
        said = campus.shell("push", campus.folder, "--yes")
        assert said.code == ExitCode.REMOTE_FAILED
        assert "204" in said.out
        assert "Nothing was changed" in said.out

    def test_a_locale_that_canvas_refuses(self, campus: Campus) -> None:
        (campus.folder / "Lecture 1.en.vtt").unlink()
        campus.write("Lecture 1.es-419.vtt", VTT.format("Hola"))
        said = campus.shell("push", campus.folder)
        assert said.code != 0
        assert "es-419" in said.all

    def test_a_binary_file_named_srt(self, campus: Campus) -> None:
        campus.write("Lecture 1.en.vtt", bytes(range(256)) * 50)
        self.refused(campus, ExitCode.FINDINGS, "no caption in it")

    @pytest.mark.skipif(sys.platform == "win32" or not hasattr(os, "geteuid"), reason="Unix permissions")
    def test_an_unreadable_file(self, campus: Campus) -> None:
        file = campus.folder / "Lecture 1.en.vtt"
        file.unlink()
        file.symlink_to(campus.folder / "is not there.vtt")
        self.refused(campus, ExitCode.FINDINGS, "Lecture 1.en.vtt")

    def test_an_empty_folder(self, campus: Campus) -> None:
        (campus.folder / "Lecture 1.en.vtt").unlink()
        self.refused(campus, ExitCode.GUARD_REFUSED, "no .srt or .vtt file")

    def test_no_folder_and_no_configuration(self, campus: Campus) -> None:
        (campus.folder / "captionkit.toml").unlink()
        self.refused(campus, ExitCode.USAGE, "captionkit init")
        assert campus.shell("push", campus.folder / "nowhere", "--yes").code == ExitCode.USAGE

    def test_a_manifest_from_another_canvas(self, campus: Campus) -> None:
        home = campus.folder / ".captionkit"
        home.mkdir()
        header = {"format": "captionkit-manifest/1", "lineage": "x", "serial": 3, "base_url": "https://other.example",
                  "scope": f"courses/{campus.course}"}  # fmt: skip
        (home / "manifest.jsonl").write_text(json.dumps(header) + "\n")
        self.refused(campus, ExitCode.GUARD_REFUSED, "https://other.example")

    def test_a_manifest_that_is_garbage(self, campus: Campus) -> None:
        home = campus.folder / ".captionkit"
        home.mkdir()
        (home / "manifest.jsonl").write_bytes(b"\x00\xff garbage")
        self.refused(campus, ExitCode.DAMAGED, "manifest.jsonl, line 1")

    def test_a_full_disk(self, campus: Campus, monkeypatch: pytest.MonkeyPatch) -> None:
        def full(descriptor: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        self.refused(campus, ExitCode.LOCAL_FAILED, "No space left on device")

    def test_a_plan_edited_by_hand(self, campus: Campus, tmp_path: Path) -> None:
        plan = tmp_path / "plan.json"
        campus.shell("plan", campus.folder, "--out", plan)
        plan.write_text(plan.read_text().replace('"max_delete": 10', '"max_delete": 999'))
        said = campus.shell("apply", plan, campus.folder)
        assert said.code == ExitCode.STALE_OR_CONFLICT
        assert "changed after it was made" in said.err

    def test_a_folder_that_another_captionkit_works_on(self, campus: Campus) -> None:
        from captionkit.sync.store import FolderStore

        with FolderStore(campus.folder).lock("push"):
            self.refused(campus, ExitCode.LOCAL_FAILED, "another captionkit works on this folder")

    def test_nobody_to_ask(self, campus: Campus) -> None:
        said = campus.shell("push", campus.folder)
        assert said.code == ExitCode.USAGE
        assert "--yes" in said.err


class TestFilesAndTheirNames:
    def test_hindi_is_pulled_under_a_name_that_reads_back(self, campus: Campus) -> None:
        campus.sandbox.add_track(campus.media["Lecture 1"], "hi", VTT.format("नमस्ते"))
        campus.sandbox.add_track(campus.media["Lecture 1"], "klingon", VTT.format("nuqneH"))
        assert campus.shell("pull", campus.folder).code == 0
        said = campus.shell("push", campus.folder, "--yes")
        assert said.code == 0, said.all
        assert "Nothing to send" in said.out

    def test_the_same_language_under_another_name_is_the_same_track(self, campus: Campus) -> None:
        campus.sandbox.add_track(campus.media["Lecture 1"], "en-US", VTT.format("Theirs"))
        campus.write("Lecture 1.en.vtt", VTT.format("Mine"))
        said = campus.shell("push", campus.folder, "--yes", "--on-conflict", "local")
        assert said.code == 0, said.all
        assert campus.tracks("Lecture 1") == {"en-US": VTT.format("Mine")}

    def test_a_file_that_the_configuration_leaves_out_is_not_gone(self, campus: Campus) -> None:
        campus.write("Lecture 1.en.vtt", VTT.format("Hello"))
        campus.write("drafts/Lecture 1.fr.vtt", VTT.format("Bonjour"))
        campus.shell("push", campus.folder, "--yes")
        with (campus.folder / "captionkit.toml").open("a") as file:
            file.write('\n[files]\nexclude = ["drafts/**"]\n')
        said = campus.shell("push", campus.folder, "--yes", "--delete")
        assert said.code == 0, said.all
        assert set(campus.tracks("Lecture 1")) == {"en", "fr"}

    def test_the_kind_for_new_tracks_leaves_old_ones_alone(self, campus: Campus) -> None:
        campus.write("Lecture 1.en.vtt", VTT.format("Hello"))
        campus.shell("push", campus.folder, "--yes")
        toml = campus.folder / "captionkit.toml"
        toml.write_text(toml.read_text() + 'kind = "captions"\n')
        campus.write("Lecture 2.en.vtt", VTT.format("Two"))
        assert campus.shell("push", campus.folder, "--yes").code == 0
        kinds = {t: campus.sandbox.tracks(campus.media[t])[0]["kind"] for t in ("Lecture 1", "Lecture 2")}
        assert kinds == {"Lecture 1": "subtitles", "Lecture 2": "captions"}


class TestRecovery:
    def test_history_restore_and_verify(self, campus: Campus) -> None:
        campus.write("Lecture 1.en.vtt", VTT.format("Hello"))
        campus.shell("push", campus.folder, "--yes")
        assert campus.shell("verify", campus.folder).code == 0
        campus.write("Lecture 1.en.vtt", VTT.format("Oops"))
        campus.sandbox.set(clock_skew_s=60.0)
        campus.shell("push", campus.folder, "--yes")
        said = campus.shell("history", campus.folder)
        assert said.code == 0
        assert "push" in said.out
        campus.sandbox.set(clock_skew_s=120.0)
        said = campus.shell("restore", campus.folder, "--yes")
        assert said.code == 0, said.all
        assert campus.tracks("Lecture 1") == {"en": VTT.format("Hello")}
        said = campus.shell("status", campus.folder)
        assert "edited in Canvas since the last sync" in said.out
        campus.sandbox.edit_track(campus.sandbox.tracks(campus.media["Lecture 1"])[0]["id"], VTT.format("Theirs"))
        said = campus.shell("verify", campus.folder)
        assert said.code == ExitCode.FINDINGS
        assert "en was edited since" in said.out

    def test_resume_has_nothing_to_do_after_a_good_run(self, campus: Campus) -> None:
        campus.write("Lecture 1.en.vtt", VTT.format("Hello"))
        campus.shell("push", campus.folder, "--yes")
        said = campus.shell("resume", campus.folder, "--yes")
        assert said.code == 0
        assert "nothing to resume" in said.out

    def test_a_killed_push_is_resumed(self, campus: Campus, monkeypatch: pytest.MonkeyPatch) -> None:
        from captionkit.sync.store import FolderStore

        class Killed(BaseException):
            pass

        append = FolderStore.append_journal

        def dying(self: FolderStore, run: str, record: bytes) -> None:
            append(self, run, record)
            if b'"ACKED"' in record:
                raise Killed

        campus.write("Lecture 1.en.vtt", VTT.format("Hello"))
        with monkeypatch.context() as patch, pytest.raises(Killed):
            patch.setattr(FolderStore, "append_journal", dying)
            run(["push", str(campus.folder), "--yes"])
        said = campus.shell("push", campus.folder, "--yes")
        assert said.code == ExitCode.STALE_OR_CONFLICT
        assert "resume" in said.err
        monkeypatch.setattr("captionkit.sync.run.SETTLE_AFTER", 0.0)
        said = campus.shell("resume", campus.folder, "--yes")
        assert said.code == 0, said.all
        assert "Nothing to send" in campus.shell("push", campus.folder, "--yes").out
        assert campus.puts() == 1


class TestWhatIsSaid:
    def test_nothing_sent_is_not_called_nothing_to_send(self, campus: Campus) -> None:
        campus.sandbox.add_track(campus.media["Lecture 1"], "en", VTT.format("Theirs"))
        campus.write("Lecture 1.en.vtt", VTT.format("Mine"))
        campus.write("Lecture 2.en.vtt", b"\x00\x01\x02" * 50)
        campus.write("Nowhere.en.vtt", VTT.format("Nowhere"))
        said = campus.shell("push", campus.folder, "--yes")
        assert "Nothing was sent: 1 conflict, 1 track that cannot be sent" in said.out
        assert "has just what this folder has" not in said.out
        assert "Saved before" not in said.out

    def test_what_was_saved_is_counted_and_where_it_is_can_be_found(self, campus: Campus) -> None:
        campus.write("Lecture 1.en.vtt", VTT.format("Hello"))
        assert "Saved before" not in campus.shell("push", campus.folder, "--yes").out
        campus.write("Lecture 1.en.vtt", VTT.format("Hello again"))
        said = campus.shell("push", campus.folder, "--yes")
        saved = next(line for line in said.out.splitlines() if line.startswith("Saved before"))
        assert "1 track in" in saved
        assert Path(saved.partition(" in ")[2]).is_dir()

    @pytest.mark.parametrize("key", ["m-x/de=local", "Lecture 1/xx=local", "Lecture 1/en=remote"])
    def test_a_resolution_about_nothing_is_refused(self, campus: Campus, key: str) -> None:
        campus.write("Lecture 2.en.vtt", VTT.format("Two"))
        said = campus.shell("push", campus.folder, "--yes", "--resolve", key)
        assert said.code == ExitCode.USAGE
        assert key.partition("/")[2] in said.err
        assert "Nothing was done" in said.err
        assert campus.puts() == 0

    def test_a_resolution_may_name_the_media_by_its_title(self, campus: Campus) -> None:
        campus.sandbox.add_track(campus.media["Lecture 1"], "en", VTT.format("Theirs"))
        campus.write("Lecture 1.en.vtt", VTT.format("Mine"))
        said = campus.shell("push", campus.folder, "--yes", "--resolve", "lecture 1/en=local")
        assert said.code == 0, said.all
        assert campus.tracks("Lecture 1") == {"en": VTT.format("Mine")}

    def test_the_nearest_title_is_the_one_with_the_same_number(self, campus: Campus) -> None:
        campus.write("lecture10.en.vtt", VTT.format("Ten"))
        said = campus.shell("plan", campus.folder)
        assert "Is it 'Lecture 10'" in said.out

    def test_mirror_leaves_a_colleagues_track_that_cannot_be_read_without_complaint(self, campus: Campus) -> None:
        campus.configure(path="media_objects")
        campus.sandbox.add_track(campus.media["Lecture 1"], "uk", VTT.format("Привіт"), user="colleague")
        campus.write("Lecture 1.en.vtt", VTT.format("Hello"))
        assert campus.shell("push", campus.folder, "--yes", "--mirror").code == 0
        assert set(campus.tracks("Lecture 1")) == {"en", "uk"}

    def test_a_plan_can_go_through_a_pipe(self, campus: Campus, monkeypatch: pytest.MonkeyPatch) -> None:
        campus.write("Lecture 1.en.vtt", VTT.format("Hello"))
        plan = campus.shell("plan", campus.folder, "--out", "-")
        assert json.loads(plan.out)["format"] == "captionkit-plan/1"
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(plan.out.encode()), encoding="utf-8"))
        assert campus.shell("apply", "-", campus.folder).code == 0
        assert campus.tracks("Lecture 1") == {"en": VTT.format("Hello")}


class TestTheWorldMovedOnSinceThePlan:
    """What a plan deletes was looked at when it was made; whose it is and why it goes must still be so."""

    @pytest.fixture
    def plan(self, campus: Campus) -> Path:
        for locale in ("en", "fr"):
            campus.write(f"Lecture 1.{locale}.vtt", VTT.format(locale))
        assert campus.push().code == ExitCode.OK
        (campus.folder / "Lecture 1.fr.vtt").unlink()
        plan = campus.folder.parent / "plan.json"
        assert campus.shell("plan", campus.folder, "--delete", "--out", plan).code == ExitCode.OK
        return plan

    def test_the_same_words_by_a_colleague_are_the_colleagues(self, campus: Campus, plan: Path) -> None:
        [old] = [track["id"] for track in campus.sandbox.tracks(campus.media["Lecture 1"]) if track["locale"] == "fr"]
        campus.sandbox.delete_track(old)
        campus.add("Lecture 1", "fr", VTT.format("fr"), user="colleague")
        said = campus.shell("apply", plan, campus.folder)
        assert said.code == ExitCode.STALE_OR_CONFLICT, said.all
        assert "somebody else made fr anew in Canvas after the plan was made; left alone" in said.out
        assert campus.tracks("Lecture 1") == {"en": VTT.format("en"), "fr": VTT.format("fr")}

    def test_a_file_that_is_back_is_not_deleted_in_canvas(self, campus: Campus, plan: Path) -> None:
        campus.write("Lecture 1.fr.vtt", VTT.format("fr"))
        said = campus.shell("apply", plan, campus.folder)
        assert said.code == ExitCode.STALE_OR_CONFLICT, said.all
        assert "Lecture 1.fr.vtt is in the folder now, and was not when this plan was made" in said.err
        assert campus.tracks("Lecture 1") == {"en": VTT.format("en"), "fr": VTT.format("fr")}
        (campus.folder / "Lecture 1.fr.vtt").unlink()
        assert campus.shell("apply", plan, campus.folder).code == ExitCode.OK
        assert campus.tracks("Lecture 1") == {"en": VTT.format("en")}


def test_nothing_to_resume_is_json_where_json_was_asked_for(campus: Campus) -> None:
    for options in (["--yes"], ["--abandon"]):
        said = campus.shell("resume", campus.folder, "--json", *options)
        assert said.code == ExitCode.OK
        assert json.loads(said.out)["event"] in ("nothing", "abandoned")

"""The sync commands as a person runs them, against the stand-in Canvas over real HTTP."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator
from pathlib import Path

import needs
import pytest
from sandbox_course import SandboxCourse, open_course

from captionkit.cli.frame import run
from captionkit.errors import ExitCode

SRT = "1\n00:00:01,000 --> 00:00:02,500\n{}\n"
VTT = "WEBVTT\n\n00:00:01.000 --> 00:00:02.500\n{}\n"


@pytest.fixture
def course(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[SandboxCourse]:
    with open_course(tmp_path, monkeypatch, capsys, titles=("Lecture 1", "Lecture 2", "Lecture 10")) as course:
        yield course


class TestTheMainJob:
    def test_from_init_to_a_second_push(self, course: SandboxCourse) -> None:
        (course.folder / "captionkit.toml").unlink()
        course.write("Lecture 1.en.srt", SRT.format("Hello & <i>welcome</i>"))
        course.write("fr/lecture 2.srt", SRT.format("Bonjour"))
        course.write("Lecture 10/de.vtt", VTT.format("Hallo"))
        result = course.shell("init", course.folder, "--url", course.sandbox.url, "--course", course.id)
        assert result.code == 0
        result = course.shell("plan", course.folder)
        assert result.code == 0
        assert "3 to create" in result.out
        assert course.puts() == 0
        result = course.push()
        assert result.code == 0, result.all
        assert "3 tracks of 3 media objects sent, read back and verified" in result.out
        assert "Hello &amp; <i>welcome</i>" in course.viewed("Lecture 1", "en")
        assert course.tracks("Lecture 10") == {"de": VTT.format("Hallo")}
        puts = course.puts()
        result = course.push()
        assert result.code == 0
        assert "Nothing to send" in result.out
        assert course.puts() == puts

    def test_plan_check_says_by_its_exit_code_whether_there_is_anything_to_do(self, course: SandboxCourse) -> None:
        course.write("Lecture 1.en.vtt", VTT.format("Hello"))
        assert course.shell("plan", course.folder, "--check").code == ExitCode.FINDINGS
        course.push()
        assert course.shell("plan", course.folder, "--check").code == ExitCode.OK

    def test_a_written_plan_is_carried_out_and_nothing_else(self, course: SandboxCourse, tmp_path: Path) -> None:
        course.write("Lecture 1.en.vtt", VTT.format("Hello"))
        plan = tmp_path / "plan.json"
        assert course.shell("plan", course.folder, "--out", plan).code == 0
        course.write("Lecture 2.en.vtt", VTT.format("Came later"))
        assert course.shell("apply", plan, course.folder).code == 0
        assert course.tracks("Lecture 1") == {"en": VTT.format("Hello")}
        assert course.tracks("Lecture 2") == {}
        again = course.shell("apply", plan, course.folder)
        assert again.code == ExitCode.STALE_OR_CONFLICT
        assert "another sync has run" in again.err

    def test_pull_brings_tracks_and_the_next_push_knows_them(self, course: SandboxCourse) -> None:
        course.sandbox.add_track(course.media["Lecture 1"], "es", VTT.format("Hola"))
        course.sandbox.add_track(course.media["Lecture 2"], "en", SRT.format("Hello"))
        assert course.shell("pull", course.folder).code == 0
        assert (course.folder / "Lecture 1.es.vtt").read_text(encoding="utf-8") == VTT.format("Hola")
        assert (course.folder / "Lecture 2.en.srt").read_text(encoding="utf-8") == SRT.format("Hello")
        assert "Nothing to send" in course.push().out
        course.write("Lecture 1.es.vtt", VTT.format("Hola de nuevo"))
        assert course.push().code == 0
        assert "nuevo" in course.viewed("Lecture 1", "es")

    def test_events_for_machines_are_json_lines(self, course: SandboxCourse) -> None:
        course.write("Lecture 1.en.vtt", VTT.format("Hello"))
        for command in (["status", "--json"], ["plan", "--json"], ["push", "--yes", "--json"], ["pull", "--json"]):
            result = course.shell(command[0], course.folder, *command[1:])
            assert result.code == 0
            events = [json.loads(line) for line in result.out.splitlines()]
            assert events
            assert all("event" in event for event in events)

    def test_a_colleagues_track_survives(self, course: SandboxCourse) -> None:
        course.sandbox.add_track(course.media["Lecture 1"], "uk", VTT.format("Привіт"), user="colleague")
        course.write("Lecture 1.en.vtt", VTT.format("Hello"))
        result = course.push()
        assert result.code == 0
        assert course.tracks("Lecture 1")["uk"] == VTT.format("Привіт")

    def test_masquerading_shows_and_replaces_the_colleagues_tracks(
        self, course: SandboxCourse, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        course.sandbox.add_track(course.media["Lecture 1"], "uk", VTT.format("Привіт"), user="colleague")
        colleague = next(user["id"] for user in course.sandbox.users() if user["name"] == "colleague")
        monkeypatch.setenv("CANVAS_API_TOKEN", course.sandbox.tokens["admin"])
        course.write("Lecture 1.uk.vtt", VTT.format("Вітаю"))
        as_them = ("--as-user-id", colleague, "--on-conflict", "local", "--yes")
        assert course.shell("push", course.folder, *as_them).code == 0
        assert course.tracks("Lecture 1") == {"uk": VTT.format("Вітаю")}

    def test_names_that_fit_no_media_or_several_stop_only_themselves(self, course: SandboxCourse) -> None:
        course.sandbox.add_media(course.id, "Seminar")
        course.sandbox.add_media(course.id, "Seminar")
        course.write("Lecture 1.en.vtt", VTT.format("Hello"))
        course.write("Lectur 2.en.vtt", VTT.format("Typo"))
        course.write("Seminar.en.vtt", VTT.format("Two of them"))
        result = course.push()
        assert result.code == ExitCode.FINDINGS
        assert "Lecture 2" in result.out.split("Lectur 2:")[1]
        assert "2 media objects fit" in result.out
        assert course.tracks("Lecture 1") == {"en": VTT.format("Hello")}

    def test_an_unchanged_library_of_1000_media_objects_costs_at_most_12_requests(self, course: SandboxCourse) -> None:
        big = course.sandbox.add_course("Big")
        course.sandbox.set(throttle=False, clock_skew_s=-3600.0)
        course.sandbox.seed(big, 1000, 2)
        course.sandbox.set(clock_skew_s=0.0)
        (course.folder / "captionkit.toml").write_text(
            f'[canvas]\nurl = "{course.sandbox.url}"\ncourse = {big}\n', encoding="utf-8"
        )
        assert course.shell("pull", course.folder).code == 0
        course.sandbox.reset_log()
        result = course.push()
        assert "1000 media objects unchanged" in result.out
        assert len(course.sandbox.requests) <= 12, course.sandbox.counts
        assert course.puts() == 0


class TestBadInput:
    """Each with a clear message and its own exit code; nothing is sent, and nothing is changed."""

    @pytest.fixture(autouse=True)
    def a_file_to_send(self, course: SandboxCourse) -> Iterator[None]:
        course.sandbox.add_track(course.media["Lecture 2"], "es", VTT.format("Hola"))
        course.write("Lecture 1.en.vtt", VTT.format("Hello"))
        before = course.sandbox.all_tracks()
        yield
        assert course.sandbox.all_tracks() == before
        assert course.puts() == 0

    def test_a_wrong_token(self, course: SandboxCourse, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("CANVAS_API_TOKEN", "wrong-token-0123456789")
        result = course.push()
        assert result.code == ExitCode.REMOTE_FAILED
        assert "Canvas does not accept the token" in result.err

    def test_no_token(self, course: SandboxCourse, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("CANVAS_API_TOKEN", "")
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
        monkeypatch.setenv("APPDATA", str(tmp_path))
        result = course.push()
        assert result.code == ExitCode.USAGE
        assert "CANVAS_API_TOKEN is set but empty" in result.err

    def test_a_wrong_address(self, course: SandboxCourse, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("CANVAS_API_URL", f"{course.sandbox.url}/nothing-here")
        toml = course.folder / "captionkit.toml"
        toml.write_text(toml.read_text(encoding="utf-8").replace("http://", "ftp://"), encoding="utf-8")
        result = course.push()
        assert result.code == ExitCode.USAGE
        assert "canvas.url" in result.err

    def test_no_network(self, course: SandboxCourse, monkeypatch: pytest.MonkeyPatch) -> None:
        closed = "http://127.0.0.1:9"
        monkeypatch.setenv("CANVAS_API_URL", closed)
        monkeypatch.setattr("captionkit.clock.SystemClock.sleep", lambda self, seconds: None)
        (course.folder / "captionkit.toml").write_text(f'[canvas]\nurl = "{closed}"\ncourse = 1\n', encoding="utf-8")
        result = course.push()
        assert result.code == ExitCode.REMOTE_FAILED
        assert "127.0.0.1:9" in result.err

    def test_a_course_that_is_not_there(self, course: SandboxCourse) -> None:
        course.configure(99999)
        result = course.push()
        assert result.code == ExitCode.REMOTE_FAILED
        assert "courses/99999" in result.err

    def test_a_binary_file_named_srt(self, course: SandboxCourse) -> None:
        course.write("Lecture 1.en.vtt", bytes(range(256)) * 50)
        result = course.push()
        assert result.code == ExitCode.FINDINGS
        assert "there is no caption in it" in result.out

    @needs.links
    def test_an_unreadable_file(self, course: SandboxCourse) -> None:
        file = course.folder / "Lecture 1.en.vtt"
        file.unlink()
        file.symlink_to(course.folder / "is not there.vtt")
        result = course.push()
        assert result.code == ExitCode.FINDINGS
        assert "Lecture 1.en.vtt" in result.out

    def test_an_empty_folder(self, course: SandboxCourse) -> None:
        (course.folder / "Lecture 1.en.vtt").unlink()
        result = course.push()
        assert result.code == ExitCode.GUARD_REFUSED
        assert "there is no .srt or .vtt file in this folder" in result.err

    def test_no_folder_and_no_configuration(self, course: SandboxCourse) -> None:
        (course.folder / "captionkit.toml").unlink()
        result = course.push()
        assert result.code == ExitCode.USAGE
        assert f"captionkit init {course.folder}" in result.err
        assert course.shell("push", course.folder / "nowhere", "--yes").code == ExitCode.USAGE

    def test_a_manifest_from_another_canvas(self, course: SandboxCourse) -> None:
        home = course.folder / ".captionkit"
        home.mkdir()
        header = {"format": "captionkit-manifest/1", "lineage": "x", "serial": 3, "base_url": "https://other.example",
                  "scope": f"courses/{course.id}"}  # fmt: skip
        (home / "manifest.jsonl").write_text(json.dumps(header) + "\n", encoding="utf-8")
        result = course.push()
        assert result.code == ExitCode.GUARD_REFUSED
        assert "this folder was synced with another Canvas: https://other.example" in result.err

    def test_a_manifest_that_is_garbage(self, course: SandboxCourse) -> None:
        home = course.folder / ".captionkit"
        home.mkdir()
        (home / "manifest.jsonl").write_bytes(b"\x00\xff garbage")
        result = course.push()
        assert result.code == ExitCode.DAMAGED
        assert "manifest.jsonl, line 1" in result.err

    def test_a_full_disk(self, course: SandboxCourse, monkeypatch: pytest.MonkeyPatch) -> None:
        def full(descriptor: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        result = course.push()
        assert result.code == ExitCode.LOCAL_FAILED
        assert "No space left on device" in result.err

    def test_a_folder_that_another_captionkit_works_on(self, course: SandboxCourse) -> None:
        from captionkit.sync.store import FolderStore

        with FolderStore(course.folder).lock("push"):
            result = course.push()
        assert result.code == ExitCode.LOCAL_FAILED
        assert "another captionkit works on this folder" in result.err

    def test_nobody_to_ask(self, course: SandboxCourse) -> None:
        result = course.shell("push", course.folder)
        assert result.code == ExitCode.USAGE
        assert "nobody can be asked here" in result.err
        assert "--yes" in result.err


def test_a_file_that_a_blueprint_locks_is_refused_and_unchanged(course: SandboxCourse) -> None:
    course.write("Lecture 1.en.vtt", VTT.format("Hello"))
    course.sandbox.lock(course.media["Lecture 1"])
    result = course.push()
    assert result.code == ExitCode.REMOTE_FAILED
    assert "REFUSED" in result.out
    assert "Nothing was changed" in result.out
    assert course.tracks("Lecture 1") == {}


def test_a_204_is_a_refusal(course: SandboxCourse) -> None:
    """Canvas answers 204 to a PUT without the right, and does nothing."""
    course.write("Lecture 1.en.vtt", VTT.format("Hello"))
    course.sandbox.fault("no_content", method="PUT")
    result = course.push()
    assert result.code == ExitCode.REMOTE_FAILED
    assert "204" in result.out
    assert "Nothing was changed" in result.out
    assert course.tracks("Lecture 1") == {}


class TestFilesAndTheirNames:
    def test_hindi_is_pulled_under_a_name_that_reads_back(self, course: SandboxCourse) -> None:
        course.sandbox.add_track(course.media["Lecture 1"], "hi", VTT.format("नमस्ते"))
        course.sandbox.add_track(course.media["Lecture 1"], "klingon", VTT.format("nuqneH"))
        assert course.shell("pull", course.folder).code == 0
        result = course.push()
        assert result.code == 0, result.all
        assert "Nothing to send" in result.out

    def test_the_same_language_under_another_name_is_the_same_track(self, course: SandboxCourse) -> None:
        course.sandbox.add_track(course.media["Lecture 1"], "en-US", VTT.format("Theirs"))
        course.write("Lecture 1.en.vtt", VTT.format("Mine"))
        result = course.push("--on-conflict", "local")
        assert result.code == 0, result.all
        assert course.tracks("Lecture 1") == {"en-US": VTT.format("Mine")}

    def test_a_file_that_the_configuration_leaves_out_is_not_gone(self, course: SandboxCourse) -> None:
        course.write("Lecture 1.en.vtt", VTT.format("Hello"))
        course.write("drafts/Lecture 1.fr.vtt", VTT.format("Bonjour"))
        course.push()
        with (course.folder / "captionkit.toml").open("a") as file:
            file.write('\n[files]\nexclude = ["drafts/**"]\n')
        result = course.push("--delete")
        assert result.code == 0, result.all
        assert set(course.tracks("Lecture 1")) == {"en", "fr"}

    def test_the_kind_for_new_tracks_leaves_old_ones_alone(self, course: SandboxCourse) -> None:
        course.write("Lecture 1.en.vtt", VTT.format("Hello"))
        course.push()
        toml = course.folder / "captionkit.toml"
        toml.write_text(toml.read_text(encoding="utf-8") + 'kind = "captions"\n', encoding="utf-8")
        course.write("Lecture 2.en.vtt", VTT.format("Two"))
        assert course.push().code == 0
        kinds = {t: course.sandbox.tracks(course.media[t])[0]["kind"] for t in ("Lecture 1", "Lecture 2")}
        assert kinds == {"Lecture 1": "subtitles", "Lecture 2": "captions"}


class TestRecovery:
    def test_history_restore_and_verify(self, course: SandboxCourse) -> None:
        course.write("Lecture 1.en.vtt", VTT.format("Hello"))
        course.push()
        assert course.shell("verify", course.folder).code == 0
        course.write("Lecture 1.en.vtt", VTT.format("Oops"))
        course.sandbox.set(clock_skew_s=60.0)
        course.push()
        result = course.shell("history", course.folder)
        assert result.code == 0
        assert "push" in result.out
        course.sandbox.set(clock_skew_s=120.0)
        result = course.shell("restore", course.folder, "--yes")
        assert result.code == 0, result.all
        assert course.tracks("Lecture 1") == {"en": VTT.format("Hello")}
        result = course.shell("status", course.folder)
        assert "edited in Canvas since the last sync" in result.out
        course.sandbox.edit_track(course.sandbox.tracks(course.media["Lecture 1"])[0]["id"], VTT.format("Theirs"))
        result = course.shell("verify", course.folder)
        assert result.code == ExitCode.FINDINGS
        assert "en was edited since" in result.out

    def test_resume_has_nothing_to_do_after_a_good_run(self, course: SandboxCourse) -> None:
        course.write("Lecture 1.en.vtt", VTT.format("Hello"))
        course.push()
        result = course.shell("resume", course.folder, "--yes")
        assert result.code == 0
        assert "nothing to resume" in result.out

    def test_a_killed_push_is_resumed(self, course: SandboxCourse, monkeypatch: pytest.MonkeyPatch) -> None:
        from captionkit.sync.store import FolderStore

        class Killed(BaseException):
            pass

        append = FolderStore.append_journal

        def dying(self: FolderStore, run: str, record: bytes) -> None:
            append(self, run, record)
            if b'"ACKED"' in record:
                raise Killed

        course.write("Lecture 1.en.vtt", VTT.format("Hello"))
        with monkeypatch.context() as patch, pytest.raises(Killed):
            patch.setattr(FolderStore, "append_journal", dying)
            run(["push", str(course.folder), "--yes"])
        result = course.push()
        assert result.code == ExitCode.STALE_OR_CONFLICT
        assert "resume" in result.err
        monkeypatch.setattr("captionkit.sync.run.SETTLE_AFTER", 0.0)
        result = course.shell("resume", course.folder, "--yes")
        assert result.code == 0, result.all
        assert "Nothing to send" in course.push().out
        assert course.puts() == 1


class TestWhatIsReported:
    def test_nothing_sent_is_not_called_nothing_to_send(self, course: SandboxCourse) -> None:
        course.sandbox.add_track(course.media["Lecture 1"], "en", VTT.format("Theirs"))
        course.write("Lecture 1.en.vtt", VTT.format("Mine"))
        course.write("Lecture 2.en.vtt", b"\x00\x01\x02" * 50)
        course.write("Nowhere.en.vtt", VTT.format("Nowhere"))
        result = course.push()
        assert "Nothing was sent: 1 conflict, 1 track that cannot be sent" in result.out
        assert "has just what this folder has" not in result.out
        assert "Saved before" not in result.out

    def test_what_was_saved_is_counted_and_where_it_is_can_be_found(self, course: SandboxCourse) -> None:
        course.write("Lecture 1.en.vtt", VTT.format("Hello"))
        assert "Saved before" not in course.push().out
        course.write("Lecture 1.en.vtt", VTT.format("Hello again"))
        result = course.push()
        saved = next(line for line in result.out.splitlines() if line.startswith("Saved before"))
        assert "1 track in" in saved
        assert Path(saved.partition(" in ")[2]).is_dir()

    @pytest.mark.parametrize("key", ["m-x/de=local", "Lecture 1/xx=local", "Lecture 1/en=remote"])
    def test_a_resolution_about_nothing_is_refused(self, course: SandboxCourse, key: str) -> None:
        course.write("Lecture 2.en.vtt", VTT.format("Two"))
        result = course.push("--resolve", key)
        assert result.code == ExitCode.USAGE
        assert key.partition("/")[2] in result.err
        assert "Nothing was done" in result.err
        assert course.puts() == 0

    def test_a_resolution_may_name_the_media_by_its_title(self, course: SandboxCourse) -> None:
        course.sandbox.add_track(course.media["Lecture 1"], "en", VTT.format("Theirs"))
        course.write("Lecture 1.en.vtt", VTT.format("Mine"))
        result = course.push("--resolve", "lecture 1/en=local")
        assert result.code == 0, result.all
        assert course.tracks("Lecture 1") == {"en": VTT.format("Mine")}

    def test_the_nearest_title_is_the_one_with_the_same_number(self, course: SandboxCourse) -> None:
        course.write("lecture10.en.vtt", VTT.format("Ten"))
        result = course.shell("plan", course.folder)
        assert "Is it 'Lecture 10'" in result.out

    def test_mirror_leaves_a_colleagues_track_that_cannot_be_read_without_complaint(
        self, course: SandboxCourse
    ) -> None:
        course.configure(path="media_objects")
        course.sandbox.add_track(course.media["Lecture 1"], "uk", VTT.format("Привіт"), user="colleague")
        course.write("Lecture 1.en.vtt", VTT.format("Hello"))
        assert course.push("--mirror").code == 0
        assert set(course.tracks("Lecture 1")) == {"en", "uk"}

    def test_a_plan_can_go_through_a_pipe(self, course: SandboxCourse, monkeypatch: pytest.MonkeyPatch) -> None:
        course.write("Lecture 1.en.vtt", VTT.format("Hello"))
        plan = course.shell("plan", course.folder, "--out", "-")
        assert json.loads(plan.out)["format"] == "captionkit-plan/1"
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(plan.out.encode()), encoding="utf-8"))
        assert course.shell("apply", "-", course.folder).code == 0
        assert course.tracks("Lecture 1") == {"en": VTT.format("Hello")}


class TestTheWorldMovedOnSinceThePlan:
    """What a plan deletes was looked at when it was made; whose it is and why it goes must still be so."""

    @pytest.fixture
    def plan(self, course: SandboxCourse) -> Path:
        for locale in ("en", "fr"):
            course.write(f"Lecture 1.{locale}.vtt", VTT.format(locale))
        assert course.push().code == ExitCode.OK
        (course.folder / "Lecture 1.fr.vtt").unlink()
        plan = course.folder.parent / "plan.json"
        assert course.shell("plan", course.folder, "--delete", "--out", plan).code == ExitCode.OK
        return plan

    def test_the_same_words_by_a_colleague_are_the_colleagues(self, course: SandboxCourse, plan: Path) -> None:
        [old] = [track["id"] for track in course.sandbox.tracks(course.media["Lecture 1"]) if track["locale"] == "fr"]
        course.sandbox.delete_track(old)
        course.add("Lecture 1", "fr", VTT.format("fr"), user="colleague")
        result = course.shell("apply", plan, course.folder)
        assert result.code == ExitCode.STALE_OR_CONFLICT, result.all
        assert "somebody else made fr anew in Canvas after the plan was made; left alone" in result.out
        assert course.tracks("Lecture 1") == {"en": VTT.format("en"), "fr": VTT.format("fr")}

    def test_a_file_that_is_back_is_not_deleted_in_canvas(self, course: SandboxCourse, plan: Path) -> None:
        course.write("Lecture 1.fr.vtt", VTT.format("fr"))
        result = course.shell("apply", plan, course.folder)
        assert result.code == ExitCode.STALE_OR_CONFLICT, result.all
        assert "Lecture 1.fr.vtt is in the folder now, and was not when this plan was made" in result.err
        assert course.tracks("Lecture 1") == {"en": VTT.format("en"), "fr": VTT.format("fr")}
        (course.folder / "Lecture 1.fr.vtt").unlink()
        assert course.shell("apply", plan, course.folder).code == ExitCode.OK
        assert course.tracks("Lecture 1") == {"en": VTT.format("en")}


def test_nothing_to_resume_is_json_where_json_was_asked_for(course: SandboxCourse) -> None:
    for options in (["--yes"], ["--abandon"]):
        result = course.shell("resume", course.folder, "--json", *options)
        assert result.code == ExitCode.OK
        assert json.loads(result.out)["event"] in ("nothing", "abandoned")

"""What captionkit promises, each by the real command against the stand-in Canvas.

A promise is tried where a user would see it broken: what is sent, what is there afterwards, what is said, and the exit
code. So it does not matter in which module it is kept, and it fails where that module stops keeping it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import needs
import pytest
from sandbox_course import SandboxCourse
from teacher import srt, vtt

from captionkit.errors import ExitCode


def sync(course: SandboxCourse, **files: str) -> None:
    """Lecture 1 with these languages, in the folder and in Canvas."""
    for locale, words in files.items():
        course.write(f"Lecture 1.{locale}.vtt", vtt(words))
    result = course.push()
    assert result.code == ExitCode.OK, result.all
    course.sandbox.set(clock_skew_s=60.0)  # Canvas's times have whole seconds


def remove(course: SandboxCourse, *locales: str) -> None:
    for locale in locales:
        (course.folder / f"Lecture 1.{locale}.vtt").unlink()


def edit_there(course: SandboxCourse, locale: str, text: str, title: str = "Lecture 1") -> None:
    track = next(track for track in course.sandbox.tracks(course.media[title]) if track["locale"] == locale)
    course.sandbox.edit_track(track["id"], text)


def sync_table(course: SandboxCourse, text: str) -> None:
    file = course.folder / "captionkit.toml"
    file.write_text(f"{file.read_text(encoding='utf-8')}\n[sync]\n{text}\n", encoding="utf-8")


class TestNoMoreDeletionsThanAllowed:
    @pytest.fixture(autouse=True)
    def three_files_of_four_are_gone(self, course: SandboxCourse) -> None:
        sync(course, de="eins", en="one", fr="un", it="uno")
        remove(course, "de", "fr", "it")

    @pytest.mark.parametrize(
        ("option", "configured", "allowed"),
        [
            ("2", "", False),
            ("3", "", True),
            ("74%", "", False),
            ("75%", "", True),
            ("0", "", False),
            ("", "max_delete = 2", False),
            ("", "max_delete = 3", True),
            ("", 'max_delete = "74%"', False),
            ("", 'max_delete = "75%"', True),
            ("3", "max_delete = 0", True),
            ("2", "max_delete = 99", False),
        ],
    )
    @pytest.mark.parametrize("leave", ["--delete", "--mirror"])
    def test_the_limit(self, course: SandboxCourse, option: str, configured: str, allowed: bool, leave: str) -> None:
        sync_table(course, configured)
        puts = course.puts()
        result = course.push(leave, *(["--max-delete", option] if option else []))
        if allowed:
            assert result.code == ExitCode.OK, result.all
            assert set(course.tracks("Lecture 1")) == {"en"}
        else:
            assert result.code == ExitCode.GUARD_REFUSED
            assert "the plan deletes 3 tracks" in result.err
            assert "--max-delete 3" in result.err
            assert course.puts() == puts

    def test_nobody_is_asked_about_a_plan_that_is_not_allowed(self, course: SandboxCourse) -> None:
        for command in ("push", "restore"):
            result = course.shell(command, course.folder, "--max-delete", "2", *(["--delete"] * (command == "push")))
            assert result.code == ExitCode.GUARD_REFUSED, result.all

    def test_a_plan_that_goes_beyond_it_is_not_even_written(self, course: SandboxCourse, tmp_path: Path) -> None:
        result = course.shell("plan", course.folder, "--delete", "--max-delete", "2", "--out", tmp_path / "plan.json")
        assert result.code == ExitCode.GUARD_REFUSED
        assert not (tmp_path / "plan.json").exists()

    @pytest.mark.parametrize("text", ["--5", "-1", "x", "", "101%", "1.5", "٣x"])
    def test_what_is_no_limit_is_reported(self, course: SandboxCourse, text: str) -> None:
        result = course.push("--delete", f"--max-delete={text}")
        assert result.code == ExitCode.USAGE
        assert "--max-delete: expected a number" in result.err


def test_ten_deletions_are_the_limit_where_none_is_set(course: SandboxCourse) -> None:
    for number in range(11):
        title = f"Seminar {number}"
        course.media[title] = course.sandbox.add_media(course.id, title, in_files=True)
        course.write(f"{title}.en.vtt", vtt(title))
        course.write(f"{title}.fr.vtt", vtt(f"{title} fr"))
    assert course.push().code == ExitCode.OK
    for number in range(11):
        (course.folder / f"Seminar {number}.fr.vtt").unlink()
    puts = course.puts()
    assert course.push("--delete").code == ExitCode.GUARD_REFUSED
    assert course.puts() == puts
    course.write("Seminar 0.fr.vtt", vtt("Seminar 0 fr"))
    assert course.push("--delete").code == ExitCode.OK


class TestResolve:
    """`--resolve` decides about the one track that it names, whatever else would be done with it."""

    def named(self, course: SandboxCourse, choice: str) -> tuple[str, str]:
        return ("--resolve", f"{course.media['Lecture 1']}/en={choice}")

    @pytest.mark.parametrize(("choice", "there"), [("local", {"fr"}), ("remote", {"en", "fr"})])
    def test_removed_here_and_edited_there(self, course: SandboxCourse, choice: str, there: set[str]) -> None:
        sync(course, en="one", fr="un")
        remove(course, "en")
        edit_there(course, "en", vtt("edited there"))
        result = course.push(*self.named(course, choice))
        assert result.code == ExitCode.OK, result.all
        assert set(course.tracks("Lecture 1")) == there
        assert (vtt("edited there") in course.saved()) is (choice == "local")

    @pytest.mark.parametrize(("choice", "there"), [("local", {"fr"}), ("remote", {"en", "fr"})])
    def test_removed_here(self, course: SandboxCourse, choice: str, there: set[str]) -> None:
        sync(course, en="one", fr="un")
        remove(course, "en")
        assert course.push("--delete", *self.named(course, choice)).code == ExitCode.OK
        assert set(course.tracks("Lecture 1")) == there

    @pytest.mark.parametrize("choice", ["local", "remote"])
    def test_edited_here(self, course: SandboxCourse, choice: str) -> None:
        sync(course, en="one")
        course.write("Lecture 1.en.vtt", vtt("edited here"))
        assert course.push(*self.named(course, choice)).code == ExitCode.OK
        assert course.tracks("Lecture 1")["en"] == vtt("edited here" if choice == "local" else "one")

    @pytest.mark.parametrize("choice", ["local", "remote"])
    def test_new_here(self, course: SandboxCourse, choice: str) -> None:
        course.write("Lecture 1.en.vtt", vtt("new"))
        assert course.push(*self.named(course, choice)).code == ExitCode.OK
        assert course.tracks("Lecture 1") == ({"en": vtt("new")} if choice == "local" else {})

    def test_it_stays_within_the_limits(self, course: SandboxCourse) -> None:
        sync(course, en="one", fr="un")
        sync_table(course, 'protect = ["en"]')
        remove(course, "en")
        result = course.push(*self.named(course, "local"))
        assert result.code == ExitCode.GUARD_REFUSED
        assert "protected" in result.err

    @pytest.mark.parametrize("command", ["push", "pull"])
    def test_a_track_about_which_there_is_nothing_to_decide_is_reported(
        self, course: SandboxCourse, command: str
    ) -> None:
        sync(course, en="one")
        course.add("Lecture 2", "fr", vtt("un"))
        puts = course.puts()
        options = ["--yes"] if command == "push" else []
        for key in ("en", "xx"):
            result = course.shell(
                command, course.folder, *options, "--resolve", f"{course.media['Lecture 1']}/{key}=local"
            )
            assert result.code == ExitCode.USAGE
            assert "nothing to decide" in result.err
        assert course.puts() == puts

    @pytest.mark.parametrize(("choice", "here"), [("local", "edited here"), ("remote", "one")])
    def test_a_pull_of_what_was_edited_here(self, course: SandboxCourse, choice: str, here: str) -> None:
        sync(course, en="one")
        file = course.write("Lecture 1.en.vtt", vtt("edited here"))
        assert course.shell("pull", course.folder, *self.named(course, choice)).code == ExitCode.OK
        assert file.read_text(encoding="utf-8") == vtt(here)
        assert (vtt("edited here") in course.saved()) is (choice == "remote")

    @pytest.mark.parametrize(("choice", "here"), [("local", "one"), ("remote", "edited there")])
    def test_a_pull_of_what_was_edited_there(self, course: SandboxCourse, choice: str, here: str) -> None:
        sync(course, en="one")
        edit_there(course, "en", vtt("edited there"))
        assert course.shell("pull", course.folder, *self.named(course, choice)).code == ExitCode.OK
        assert (course.folder / "Lecture 1.en.vtt").read_text(encoding="utf-8") == vtt(here)


class TestWhatIsReplacedOrDeletedHasBeenReadAndSaved:
    def test_before_the_request_leaves(self, course: SandboxCourse) -> None:
        sync(course, en="one", fr="un", de="eins")
        edit_there(course, "de", vtt("eins, edited there"))
        course.write("Lecture 1.en.vtt", vtt("one, edited"))
        remove(course, "fr")
        saved: list[str] = []
        course.sandbox.fault("meanwhile", method="PUT", do=lambda: saved.extend(course.saved()))
        assert course.push("--delete", "--on-conflict", "local").code == ExitCode.OK
        assert {vtt("one"), vtt("un"), vtt("eins, edited there")} <= set(saved)

    def test_it_is_read_anew_and_not_taken_from_what_was_known(self, course: SandboxCourse) -> None:
        """An edit between the plan and the request is seen, and stops that media object alone."""
        sync(course, en="one")
        course.write("Lecture 1.en.vtt", vtt("one, edited"))
        course.write("Lecture 2.en.vtt", vtt("two"))
        plan = course.folder.parent / "plan.json"
        assert course.shell("plan", course.folder, "--out", plan).code == ExitCode.OK
        edit_there(course, "en", vtt("edited there"))
        result = course.shell("apply", plan, course.folder)
        assert result.code == ExitCode.STALE_OR_CONFLICT
        assert "somebody changed en in Canvas after the plan was made" in result.out
        assert course.tracks("Lecture 1") == {"en": vtt("edited there")}
        assert course.tracks("Lecture 2") == {"en": vtt("two")}

    @pytest.mark.parametrize("step", ["backup", "journal"])
    def test_where_it_cannot_be_saved_nothing_is_sent(
        self, course: SandboxCourse, monkeypatch: pytest.MonkeyPatch, step: str
    ) -> None:
        sync(course, en="one")
        course.write("Lecture 1.en.vtt", vtt("one, edited"))
        before = course.puts()
        opened: dict[int, str] = {}
        open_file, write = os.open, os.fsync

        def opening(path: Any, *arguments: Any, **more: Any) -> int:
            handle = open_file(path, *arguments, **more)
            opened[handle] = os.fspath(path)
            return handle

        def full(handle: int) -> None:
            if step in opened.get(handle, ""):
                raise OSError(28, "No space left on device")
            write(handle)

        monkeypatch.setattr(os, "open", opening)
        monkeypatch.setattr(os, "fsync", full)
        result = course.push()
        assert result.code == ExitCode.LOCAL_FAILED
        assert "No space left" in result.all
        assert course.puts() == before


class TestDoneIsReportedAfterTheResultWasReadBack:
    @pytest.mark.parametrize("spoil", ["undone", "garbled", "another lost", "deleted"])
    def test_a_server_that_says_yes_and_does_something_else(self, course: SandboxCourse, spoil: str) -> None:
        sync(course, en="one", fr="un")
        course.write("Lecture 1.en.vtt", vtt("one, edited"))

        def meanwhile() -> None:
            tracks = {t["locale"]: t["id"] for t in course.sandbox.tracks(course.media["Lecture 1"])}
            if spoil in ("undone", "garbled"):
                course.sandbox.edit_track(tracks["en"], vtt("one" if spoil == "undone" else "something else"))
            else:
                course.sandbox.delete_track(tracks["fr" if spoil == "another lost" else "en"])

        course.sandbox.fault("meanwhile_after", method="PUT", times=0, do=meanwhile)
        result = course.push()
        assert result.code == ExitCode.OUTCOME_UNKNOWN if spoil != "undone" else result.code != ExitCode.OK, result.all
        assert "1 track of 1 media object sent, read back" not in result.out
        course.sandbox.clear_faults()

    @pytest.mark.parametrize("fault", ["drop_after", "cut", "bad_gateway_after", "error_after", "half_json"])
    def test_a_lost_answer_is_looked_up_and_nothing_is_sent_twice(self, course: SandboxCourse, fault: str) -> None:
        course.write("Lecture 1.en.vtt", vtt("one"))
        course.sandbox.fault(fault, method="PUT")
        result = course.push()
        assert result.code == ExitCode.OK, result.all
        assert course.tracks("Lecture 1") == {"en": vtt("one")}
        assert course.puts() == 1

    def test_verify_tells_whether_canvas_still_is_as_a_run_left_it(self, course: SandboxCourse) -> None:
        sync(course, en="one", fr="un")
        assert course.shell("verify", course.folder).code == ExitCode.OK
        edit_there(course, "en", vtt("edited there"))
        course.add("Lecture 1", "uk", vtt("Привіт"), user="colleague")
        result = course.shell("verify", course.folder)
        assert result.code == ExitCode.FINDINGS
        assert "en was edited since" in result.out
        assert "uk was added since" in result.out


class TestEveryLanguageThatIsToStayIsNamed:
    @pytest.mark.parametrize("path", ["auto", "media_objects"])
    def test_in_every_request(self, course: SandboxCourse, path: str) -> None:
        course.configure(path=path)
        course.add("Lecture 1", "es", vtt("uno"))
        course.add("Lecture 1", "uk", vtt("odyn"), user="colleague")
        sync(course, en="one", fr="un")
        remove(course, "fr")
        course.write("Lecture 1.en.vtt", "WEBVTT\n\n00:00:01.000 --> 00:00:02.000 line:1\n<v Ada>4:3, one\n")
        assert course.push("--delete").code == ExitCode.OK
        assert set(course.tracks("Lecture 1")) == {"en", "es", "uk"}
        bodies = [json.loads(r["body"]) for r in course.sandbox.requests if r["method"] == "PUT"]
        assert bodies
        assert all({"es", "uk"} <= {track["locale"] for track in body} for body in bodies)

    @pytest.mark.parametrize("guarded", [True, False])
    def test_one_that_a_colleague_adds_in_the_very_moment_with_guard_locales(
        self, course: SandboxCourse, guarded: bool
    ) -> None:
        """Without it that language is lost: so this shows what the option does, and not luck."""
        course.configure(path="media_objects")
        sync(course, en="one")
        course.write("Lecture 1.en.vtt", vtt("one, edited"))
        add = [{"op": "add_track", "media_id": course.media["Lecture 1"], "locale": "it", "content": vtt("uno"),
                "user": "colleague"}]  # fmt: skip
        course.sandbox.fault("meanwhile", method="PUT", do=add)
        assert course.push(*["--guard-locales"] * guarded).code == ExitCode.OK
        assert ("it" in course.tracks("Lecture 1")) is guarded

    def test_a_window_of_more_than_two_seconds_is_printed(self, course: SandboxCourse) -> None:
        sync(course, en="one")
        course.write("Lecture 1.en.vtt", vtt("one, edited"))
        course.sandbox.fault("slow", method="PUT", seconds=2.2)
        result = course.push()
        assert result.code == ExitCode.OK
        assert "seconds passed between our last look and Canvas's answer" in result.out


class TestNothingIsDeletedWithoutLeave:
    def test_a_file_that_left_the_folder(self, course: SandboxCourse) -> None:
        sync(course, en="one", fr="un")
        remove(course, "fr")
        result = course.push()
        assert result.code == ExitCode.OK
        assert "removed from the folder, kept in Canvas" in result.out
        assert set(course.tracks("Lecture 1")) == {"en", "fr"}
        assert course.push("--delete").code == ExitCode.OK
        assert set(course.tracks("Lecture 1")) == {"en"}

    @pytest.mark.parametrize(("option", "there"), [("", {"en"}), ("--no-delete", {"en", "fr"})])
    def test_leave_that_the_configuration_gives_and_the_command_takes_back(
        self, course: SandboxCourse, option: str, there: set[str]
    ) -> None:
        sync(course, en="one", fr="un")
        sync_table(course, "delete = true")
        remove(course, "fr")
        assert course.push(*filter(None, [option])).code == ExitCode.OK
        assert set(course.tracks("Lecture 1")) == there

    def test_delete_touches_nothing_that_captionkit_did_not_put_there(self, course: SandboxCourse) -> None:
        course.add("Lecture 1", "es", vtt("uno"))
        sync(course, en="one")
        assert course.push("--delete").code == ExitCode.OK
        assert set(course.tracks("Lecture 1")) == {"en", "es"}
        assert course.push("--mirror").code == ExitCode.OK
        assert set(course.tracks("Lecture 1")) == {"en"}

    @pytest.mark.parametrize("option", ["--delete", "--mirror", ""])
    def test_while_not_every_file_is_understood(self, course: SandboxCourse, option: str) -> None:
        """Two files for one language: one of them may be what another file of this media was renamed to."""
        sync(course, en="one", fr="un")
        remove(course, "fr")
        course.write("Lecture 1.en.srt", srt("one"))
        result = course.push(*filter(None, [option]))
        assert result.code != ExitCode.OK
        assert "fr  kept, because not every file that the folder has for this media is understood" in result.out
        assert set(course.tracks("Lecture 1")) == {"en", "fr"}

    @pytest.mark.parametrize("option", ["--delete", "--mirror"])
    def test_of_a_recording_for_which_the_folder_has_no_file_any_more(self, course: SandboxCourse, option: str) -> None:
        sync(course, en="one", fr="un")
        course.write("Lecture 2.en.vtt", vtt("two"))
        remove(course, "en", "fr")
        assert course.push(option, "--allow", "last-caption").code == ExitCode.OK
        assert set(course.tracks("Lecture 1")) == {"en", "fr"}
        result = course.push(option, "--allow", "last-caption", "--media", "Lecture 1")
        assert result.code == ExitCode.OK, result.all
        assert course.tracks("Lecture 1") == {}

    def test_an_empty_folder_is_a_mistake(self, course: SandboxCourse) -> None:
        sync(course, en="one")
        remove(course, "en")
        for option in ("--delete", "--mirror"):
            assert course.push(option, "--allow", "last-caption").code == ExitCode.GUARD_REFUSED
        assert set(course.tracks("Lecture 1")) == {"en"}


class TestConflictsAreNeverOverwritten:
    @pytest.mark.parametrize("case", ["both edited", "first contact", "edited and removed", "removed and edited"])
    @pytest.mark.parametrize("choice", ["", "local", "remote"])
    def test_without_the_users_word(self, course: SandboxCourse, case: str, choice: str) -> None:
        if case == "first contact":
            course.add("Lecture 1", "en", vtt("theirs"))
            course.add("Lecture 1", "fr", vtt("un"))
            course.write("Lecture 1.en.vtt", vtt("mine"))
        else:
            sync(course, en="one", fr="un")
            if case == "edited and removed":
                english = next(t for t in course.sandbox.tracks(course.media["Lecture 1"]) if t["locale"] == "en")
                course.sandbox.delete_track(english["id"])
            else:
                edit_there(course, "en", vtt("theirs"))
            if case == "removed and edited":
                remove(course, "en")
            else:
                course.write("Lecture 1.en.vtt", vtt("mine"))
        before = course.tracks("Lecture 1")
        result = course.push("--delete", *(["--on-conflict", choice] if choice else []))
        if choice == "local":
            assert result.code == ExitCode.OK, result.all
            mine = {} if case == "removed and edited" else {"en": vtt("mine")}
            assert course.tracks("Lecture 1") == {"fr": vtt("un"), **mine}
        else:
            assert result.code == (ExitCode.STALE_OR_CONFLICT if not choice else result.code)
            assert course.tracks("Lecture 1") == before

    def test_what_was_edited_in_canvas_alone_stays(self, course: SandboxCourse) -> None:
        sync(course, en="one")
        edit_there(course, "en", vtt("theirs"))
        result = course.push("--on-conflict", "local")
        assert result.code == ExitCode.OK
        assert "edited in Canvas since the last sync" in result.out
        assert course.tracks("Lecture 1") == {"en": vtt("theirs")}

    def test_what_was_deleted_in_canvas_is_not_sent_again_and_ends_with_1(self, course: SandboxCourse) -> None:
        sync(course, en="one", fr="un")
        french = next(t for t in course.sandbox.tracks(course.media["Lecture 1"]) if t["locale"] == "fr")
        course.sandbox.delete_track(french["id"])
        for _ in range(2):
            result = course.push()
            assert result.code == ExitCode.FINDINGS
            assert "fr" in result.out
            assert "deleted in Canvas since the last sync" in result.out
        assert course.tracks("Lecture 1") == {"en": vtt("one")}


class TestSafetyLimits:
    """Each refuses the whole plan before anything is sent, and is lifted by its own name and no other."""

    def last_caption(self, course: SandboxCourse) -> list[str]:
        sync(course, en="one")
        remove(course, "en")
        course.write("Lecture 2.en.vtt", vtt("two"))
        return ["--delete", "--media", "Lecture 1", "--media", "Lecture 2"]

    def protected_locale(self, course: SandboxCourse) -> list[str]:
        sync(course, en="one", fr="un")
        sync_table(course, 'protect = ["fr"]')
        remove(course, "fr")
        return ["--delete"]

    def all_changed(self, course: SandboxCourse) -> list[str]:
        sync(course, **{locale: locale for locale in ("de", "en", "es", "fr", "it", "nl", "pl", "pt", "sv", "uk")})
        for locale in ("de", "en", "es", "fr", "it", "nl", "pl", "pt", "sv", "uk"):
            course.write(f"Lecture 1.{locale}.vtt", vtt(f"{locale} with a wrong encoding"))
        return []

    CASES = ("last-caption", "protected-locale", "all-changed")

    @pytest.mark.parametrize("guard", CASES)
    def test_it_refuses_and_is_lifted_by_its_name(self, course: SandboxCourse, guard: str) -> None:
        options = getattr(self, guard.replace("-", "_"))(course)
        before, sent = course.sandbox.all_tracks(), course.puts()
        others = [word for name in self.CASES if name != guard for word in ("--allow", name)]
        result = course.push(*options, *others)
        assert result.code == ExitCode.GUARD_REFUSED, result.all
        assert "Nothing was sent" in result.err
        assert f"--allow {guard}" in result.err
        assert (course.sandbox.all_tracks(), course.puts()) == (before, sent)
        result = course.push(*options, "--allow", guard)
        assert result.code == ExitCode.OK, result.all
        assert course.puts() > sent

    @pytest.mark.parametrize("guard", CASES)
    def test_a_plan_that_passed_it_is_asked_again_when_it_is_carried_out(
        self, course: SandboxCourse, guard: str, tmp_path: Path
    ) -> None:
        """`apply` does not rely on what another process has found: a forged plan with every limit lifted but this."""
        options = getattr(self, guard.replace("-", "_"))(course)
        plan = tmp_path / "plan.json"
        assert course.shell("plan", course.folder, *options, "--allow", guard, "--out", plan).code == ExitCode.OK
        forge(plan, lambda body: body["policy"].update(allow=[]))
        sent = course.puts()
        assert course.shell("apply", plan, course.folder).code == ExitCode.GUARD_REFUSED
        assert course.puts() == sent

    def test_a_colleagues_track_is_kept_unless_allowed(self, course: SandboxCourse) -> None:
        course.add("Lecture 1", "uk", vtt("odyn"), user="colleague")
        assert course.shell("pull", course.folder).code == ExitCode.OK
        sync(course, en="one")
        remove(course, "uk")
        result = course.push("--delete")
        assert result.code == ExitCode.GUARD_REFUSED
        assert "--allow foreign-owner" in result.out
        assert set(course.tracks("Lecture 1")) == {"en", "uk"}
        assert course.push("--delete", "--allow", "foreign-owner").code == ExitCode.OK
        assert set(course.tracks("Lecture 1")) == {"en"}
        assert vtt("odyn") in course.saved()

    @pytest.mark.parametrize(
        ("what", "words"), [("locale", "letters"), ("kind", "kind")], ids=["locale", "kind"]
    )  # what Canvas refuses half way, after it has deleted
    def test_what_canvas_would_refuse_half_way_is_not_sent(
        self, course: SandboxCourse, tmp_path: Path, what: str, words: str
    ) -> None:
        course.write("Lecture 1.en.vtt", vtt("one"))
        plan = tmp_path / "plan.json"
        assert course.shell("plan", course.folder, "--out", plan).code == ExitCode.OK

        def spoil(body: dict[str, Any]) -> None:
            [step] = body["objects"][0]["steps"]
            step.update({"locale": "es-419"} if what == "locale" else {"send_kind": "karaoke", "kind": "karaoke"})

        forge(plan, spoil)
        result = course.shell("apply", plan, course.folder)
        assert result.code in (ExitCode.GUARD_REFUSED, ExitCode.DAMAGED), result.all
        assert course.puts() == 0


def forge(plan: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change a plan file and give it the digest that it must have, as somebody could who wants to."""
    from captionkit.sync.state import canonical_json, digest_of

    body = json.loads(plan.read_text(encoding="utf-8"))
    del body["plan_id"]
    change(body)
    plan.write_text(json.dumps({**body, "plan_id": digest_of(canonical_json(body))}), encoding="utf-8")


class TestPlansAreBound:
    """`apply` carries out a plan only where, as whom, and on what it was made."""

    @pytest.fixture
    def plan(self, course: SandboxCourse, tmp_path: Path) -> Path:
        course.write("Lecture 1.en.vtt", vtt("one"))
        plan = tmp_path / "plan.json"
        assert course.shell("plan", course.folder, "--out", plan).code == ExitCode.OK
        return plan

    def test_a_plan_that_was_changed(self, course: SandboxCourse, plan: Path) -> None:
        text = plan.read_text(encoding="utf-8").replace('"max_delete": 10', '"max_delete": 99')
        plan.write_text(text, encoding="utf-8")
        result = course.shell("apply", plan, course.folder)
        assert result.code == ExitCode.STALE_OR_CONFLICT
        assert "this plan was changed after it was made" in result.err
        assert course.puts() == 0

    def test_another_user(self, course: SandboxCourse, plan: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("CANVAS_API_TOKEN", course.sandbox.tokens["admin"])
        result = course.shell("apply", plan, course.folder)
        assert result.code == ExitCode.STALE_OR_CONFLICT
        assert "this plan was made for another user" in result.err
        assert course.puts() == 0

    def test_another_folder(self, course: SandboxCourse, plan: Path, tmp_path: Path) -> None:
        other = tmp_path / "other"
        shutil.copytree(course.folder, other, ignore=shutil.ignore_patterns(".captionkit"))
        (other / "Lecture 3.en.vtt").write_text(vtt("three"), encoding="utf-8")
        assert course.shell("push", other, "--yes", "--media", "Lecture 3").code == ExitCode.OK
        result = course.shell("apply", plan, other)
        assert result.code == ExitCode.STALE_OR_CONFLICT, result.all
        assert "made for another folder" in result.err
        assert course.tracks("Lecture 1") == {}

    def test_a_file_that_was_edited_since(self, course: SandboxCourse, plan: Path) -> None:
        course.write("Lecture 1.en.vtt", vtt("edited since"))
        result = course.shell("apply", plan, course.folder)
        assert result.code == ExitCode.STALE_OR_CONFLICT
        assert "Lecture 1.en.vtt changed after the plan was made" in result.out
        assert course.puts() == 0

    def test_after_another_sync(self, course: SandboxCourse, plan: Path) -> None:
        course.write("Lecture 2.en.vtt", vtt("two"))
        assert course.push("--media", "Lecture 2").code == ExitCode.OK
        result = course.shell("apply", plan, course.folder)
        assert result.code == ExitCode.STALE_OR_CONFLICT
        assert course.tracks("Lecture 1") == {}


def test_a_request_that_does_not_end_as_promised_on_the_model_is_not_sent(
    course: SandboxCourse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The model of the server is put in from outside; this one forgets a language that is to stay."""
    from captionkit.remotes.canvas.model_remote import ModelRemote

    class Forgetful(ModelRemote):
        def put_tracks(self, media: str, tracks: Any, **more: Any) -> Any:
            return super().put_tracks(media, [track for track in tracks if track.locale != "fr"], **more)

    monkeypatch.setattr("captionkit.remotes.canvas.model_remote.ModelRemote", Forgetful)
    course.write("Lecture 1.en.vtt", vtt("one"))
    course.add("Lecture 1", "fr", vtt("un"))
    result = course.push()
    assert result.code in (ExitCode.REMOTE_FAILED, ExitCode.PARTIAL), result.all
    assert "in a rehearsal" in result.out
    assert course.puts() == 0


class TestWhatPlayersShowCounts:
    def test_a_track_that_canvas_holds_as_srt_shows_the_new_text(self, course: SandboxCourse) -> None:
        course.add("Lecture 1", "en", srt("old"))
        for text in (srt("new"), "WEBVTT\n\n00:00:01.000 --> 00:00:02.000 line:1\n<v Ada>4:3, newer\n"):
            for file in course.folder.glob("Lecture 1.*"):
                file.unlink()
            course.write(f"Lecture 1.en.{'srt' if text.startswith('1') else 'vtt'}", text)
            assert course.push("--on-conflict", "local").code == ExitCode.OK
            assert text.splitlines()[-1].removeprefix("<v Ada>") in course.viewed("Lecture 1", "en")
            course.sandbox.set(clock_skew_s=60.0)

    def test_players_are_asked_afterwards(self, course: SandboxCourse) -> None:
        """A server whose players go on showing the old text, though it stored the new one."""
        sync(course, en="one")
        course.write("Lecture 1.en.vtt", vtt("one, edited"))

        def stale() -> None:
            track = next(t for t in course.sandbox.tracks(course.media["Lecture 1"]) if t["locale"] == "en")
            course.sandbox.edit_track(track["id"], srt("one"))
            course.sandbox.edit_track(track["id"], vtt("one, edited"))

        course.sandbox.fault("meanwhile_after", method="PUT", do=stale)
        result = course.push()
        assert result.code == ExitCode.OUTCOME_UNKNOWN, result.all
        assert "players get something else" in result.out


def test_by_the_file_a_colleagues_captions_are_read_and_saved_before_they_are_replaced(course: SandboxCourse) -> None:
    course.add("Lecture 1", "uk", vtt("odyn"), user="colleague")
    assert course.shell("pull", course.folder).code == ExitCode.OK
    assert (course.folder / "Lecture 1.uk.vtt").read_text(encoding="utf-8") == vtt("odyn")
    course.sandbox.set(clock_skew_s=60.0)
    course.write("Lecture 1.uk.vtt", vtt("odyn, edited"))
    assert course.push().code == ExitCode.OK
    assert course.tracks("Lecture 1") == {"uk": vtt("odyn, edited")}
    assert vtt("odyn") in course.saved()


def test_a_recording_that_is_gone_is_reported_once_and_stops_nothing(course: SandboxCourse) -> None:
    sync(course, en="one")
    course.sandbox.delete_media(course.media["Lecture 1"])
    course.write("Lecture 2.en.vtt", vtt("two"))
    result = course.push()
    assert "Lecture 1" in result.out
    assert course.tracks("Lecture 2") == {"en": vtt("two")}
    codes = {course.push("--media", "Lecture 2").code for _ in range(2)}
    assert codes == {ExitCode.OK}


def test_captions_of_a_recording_that_is_gone_are_not_reported_as_in_canvas(course: SandboxCourse) -> None:
    """It was said once that it is gone; that is no reason to say later that Canvas has them, edited or not."""
    sync(course, en="one")
    course.sandbox.delete_media(course.media["Lecture 1"])
    course.push()
    for text in ("one", "one, edited"):
        course.write("Lecture 1.en.vtt", vtt(text))
        result = course.push()
        assert result.code == ExitCode.OK
        assert "has just what this folder has" not in result.out
        assert "1 recording is gone from Canvas, with captions in this folder" in result.out
        assert "1 recording gone from Canvas that files here are for" in course.shell("status", course.folder).out
    result = course.shell("verify", course.folder)
    assert "Lecture 1: it cannot be read now" in result.out


@needs.git
class TestAFolderInGit:
    def git(self, folder: Path, *arguments: str) -> str:
        identity = ["-c", "user.name=A", "-c", "user.email=a@example.edu", "-c", "commit.gpgsign=false"]
        done = subprocess.run(["git", *identity, *arguments], cwd=folder, capture_output=True, encoding="utf-8")
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def save(self, folder: Path) -> None:
        self.git(folder, "add", "-A")
        self.git(folder, "commit", "-qm", "captions")

    @pytest.fixture
    def other(self, course: SandboxCourse, tmp_path: Path) -> Path:
        """A colleague's clone of the folder; Lecture 1 is in step in both."""
        sync(course, en="one")
        self.git(course.folder, "init", "-q", "-b", "main")
        self.save(course.folder)
        other = tmp_path / "other"
        self.git(tmp_path, "clone", "-q", str(course.folder), str(other))
        return other

    def test_what_both_have_synced_merges_by_itself(self, course: SandboxCourse, other: Path) -> None:
        course.write("Lecture 2.en.vtt", vtt("two"))
        (other / "Lecture 3.en.vtt").write_text(vtt("three"), encoding="utf-8")
        for folder in (course.folder, other):
            assert course.shell("push", folder, "--yes").code == ExitCode.OK
            self.save(folder)
        self.git(course.folder, "pull", "-q", "--no-rebase", str(other), "main")
        course.sandbox.set(clock_skew_s=120.0)
        result = course.shell("push", course.folder, "--yes")
        assert result.code == ExitCode.OK
        assert "Nothing to send" in result.out

    def test_what_two_people_changed_is_a_conflict_and_never_an_overwrite(
        self, course: SandboxCourse, other: Path
    ) -> None:
        course.write("Lecture 1.en.vtt", vtt("mine"))
        assert course.push().code == ExitCode.OK
        (other / "Lecture 1.en.vtt").write_text(vtt("theirs"), encoding="utf-8")
        result = course.shell("push", other, "--yes")
        assert result.code == ExitCode.STALE_OR_CONFLICT
        assert course.tracks("Lecture 1") == {"en": vtt("mine")}

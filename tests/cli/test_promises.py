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

import pytest
from campus import Campus
from desk import srt, vtt

from captionkit.errors import ExitCode


def sync(campus: Campus, **files: str) -> None:
    """Lecture 1 with these languages, in the folder and in Canvas."""
    for locale, words in files.items():
        campus.write(f"Lecture 1.{locale}.vtt", vtt(words))
    said = campus.push()
    assert said.code == ExitCode.OK, said.all
    campus.sandbox.set(clock_skew_s=60.0)  # Canvas's times have whole seconds


def remove(campus: Campus, *locales: str) -> None:
    for locale in locales:
        (campus.folder / f"Lecture 1.{locale}.vtt").unlink()


def edit_there(campus: Campus, locale: str, text: str, title: str = "Lecture 1") -> None:
    track = next(track for track in campus.sandbox.tracks(campus.media[title]) if track["locale"] == locale)
    campus.sandbox.edit_track(track["id"], text)


def sync_table(campus: Campus, text: str) -> None:
    file = campus.folder / "captionkit.toml"
    file.write_text(f"{file.read_text()}\n[sync]\n{text}\n")


class TestNoMoreDeletionsThanAllowed:
    @pytest.fixture(autouse=True)
    def three_files_of_four_are_gone(self, campus: Campus) -> None:
        sync(campus, de="eins", en="one", fr="un", it="uno")
        remove(campus, "de", "fr", "it")

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
    def test_the_limit(self, campus: Campus, option: str, configured: str, allowed: bool, leave: str) -> None:
        sync_table(campus, configured)
        puts = campus.puts()
        said = campus.push(leave, *(["--max-delete", option] if option else []))
        if allowed:
            assert said.code == ExitCode.OK, said.all
            assert set(campus.tracks("Lecture 1")) == {"en"}
        else:
            assert said.code == ExitCode.GUARD_REFUSED
            assert "the plan deletes 3 tracks" in said.err
            assert "--max-delete 3" in said.err
            assert campus.puts() == puts

    def test_nobody_is_asked_about_a_plan_that_is_not_allowed(self, campus: Campus) -> None:
        for command in ("push", "restore"):
            said = campus.shell(command, campus.folder, "--max-delete", "2", *(["--delete"] * (command == "push")))
            assert said.code == ExitCode.GUARD_REFUSED, said.all

    def test_a_plan_that_goes_beyond_it_is_not_even_written(self, campus: Campus, tmp_path: Path) -> None:
        said = campus.shell("plan", campus.folder, "--delete", "--max-delete", "2", "--out", tmp_path / "plan.json")
        assert said.code == ExitCode.GUARD_REFUSED
        assert not (tmp_path / "plan.json").exists()

    @pytest.mark.parametrize("text", ["--5", "-1", "x", "", "101%", "1.5", "٣x"])
    def test_what_is_no_limit_is_said(self, campus: Campus, text: str) -> None:
        said = campus.push("--delete", f"--max-delete={text}")
        assert said.code == ExitCode.USAGE
        assert "--max-delete: expected a number" in said.err


def test_ten_deletions_are_the_limit_where_none_is_set(campus: Campus) -> None:
    for number in range(11):
        title = f"Seminar {number}"
        campus.media[title] = campus.sandbox.add_media(campus.course, title, in_files=True)
        campus.write(f"{title}.en.vtt", vtt(title))
        campus.write(f"{title}.fr.vtt", vtt(f"{title} fr"))
    assert campus.push().code == ExitCode.OK
    for number in range(11):
        (campus.folder / f"Seminar {number}.fr.vtt").unlink()
    puts = campus.puts()
    assert campus.push("--delete").code == ExitCode.GUARD_REFUSED
    assert campus.puts() == puts
    campus.write("Seminar 0.fr.vtt", vtt("Seminar 0 fr"))
    assert campus.push("--delete").code == ExitCode.OK


class TestResolve:
    """`--resolve` decides about the one track that it names, whatever else would be done with it."""

    def named(self, campus: Campus, choice: str) -> tuple[str, str]:
        return ("--resolve", f"{campus.media['Lecture 1']}/en={choice}")

    @pytest.mark.parametrize(("choice", "there"), [("local", {"fr"}), ("remote", {"en", "fr"})])
    def test_removed_here_and_edited_there(self, campus: Campus, choice: str, there: set[str]) -> None:
        sync(campus, en="one", fr="un")
        remove(campus, "en")
        edit_there(campus, "en", vtt("edited there"))
        said = campus.push(*self.named(campus, choice))
        assert said.code == ExitCode.OK, said.all
        assert set(campus.tracks("Lecture 1")) == there
        assert (vtt("edited there") in campus.saved()) is (choice == "local")

    @pytest.mark.parametrize(("choice", "there"), [("local", {"fr"}), ("remote", {"en", "fr"})])
    def test_removed_here(self, campus: Campus, choice: str, there: set[str]) -> None:
        sync(campus, en="one", fr="un")
        remove(campus, "en")
        assert campus.push("--delete", *self.named(campus, choice)).code == ExitCode.OK
        assert set(campus.tracks("Lecture 1")) == there

    @pytest.mark.parametrize("choice", ["local", "remote"])
    def test_edited_here(self, campus: Campus, choice: str) -> None:
        sync(campus, en="one")
        campus.write("Lecture 1.en.vtt", vtt("edited here"))
        assert campus.push(*self.named(campus, choice)).code == ExitCode.OK
        assert campus.tracks("Lecture 1")["en"] == vtt("edited here" if choice == "local" else "one")

    @pytest.mark.parametrize("choice", ["local", "remote"])
    def test_new_here(self, campus: Campus, choice: str) -> None:
        campus.write("Lecture 1.en.vtt", vtt("new"))
        assert campus.push(*self.named(campus, choice)).code == ExitCode.OK
        assert campus.tracks("Lecture 1") == ({"en": vtt("new")} if choice == "local" else {})

    def test_it_stays_within_the_limits(self, campus: Campus) -> None:
        sync(campus, en="one", fr="un")
        sync_table(campus, 'protect = ["en"]')
        remove(campus, "en")
        said = campus.push(*self.named(campus, "local"))
        assert said.code == ExitCode.GUARD_REFUSED
        assert "protected" in said.err

    @pytest.mark.parametrize("command", ["push", "pull"])
    def test_a_track_about_which_there_is_nothing_to_decide_is_said(self, campus: Campus, command: str) -> None:
        sync(campus, en="one")
        campus.add("Lecture 2", "fr", vtt("un"))
        puts = campus.puts()
        options = ["--yes"] if command == "push" else []
        for key in ("en", "xx"):
            said = campus.shell(
                command, campus.folder, *options, "--resolve", f"{campus.media['Lecture 1']}/{key}=local"
            )
            assert said.code == ExitCode.USAGE
            assert "nothing to decide" in said.err
        assert campus.puts() == puts

    @pytest.mark.parametrize(("choice", "here"), [("local", "edited here"), ("remote", "one")])
    def test_a_pull_of_what_was_edited_here(self, campus: Campus, choice: str, here: str) -> None:
        sync(campus, en="one")
        file = campus.write("Lecture 1.en.vtt", vtt("edited here"))
        assert campus.shell("pull", campus.folder, *self.named(campus, choice)).code == ExitCode.OK
        assert file.read_text() == vtt(here)
        assert (vtt("edited here") in campus.saved()) is (choice == "remote")

    @pytest.mark.parametrize(("choice", "here"), [("local", "one"), ("remote", "edited there")])
    def test_a_pull_of_what_was_edited_there(self, campus: Campus, choice: str, here: str) -> None:
        sync(campus, en="one")
        edit_there(campus, "en", vtt("edited there"))
        assert campus.shell("pull", campus.folder, *self.named(campus, choice)).code == ExitCode.OK
        assert (campus.folder / "Lecture 1.en.vtt").read_text() == vtt(here)


def puts(campus: Campus) -> list[list[dict[str, str]]]:
    """The body of every PUT that reached the server."""
    return [json.loads(r["body"]) for r in campus.sandbox.requests if r["method"] == "PUT"]


class TestWhatIsReplacedOrDeletedHasBeenReadAndSaved:
    def test_before_the_request_leaves(self, campus: Campus) -> None:
        sync(campus, en="one", fr="un", de="eins")
        edit_there(campus, "de", vtt("eins, edited there"))
        campus.write("Lecture 1.en.vtt", vtt("one, edited"))
        remove(campus, "fr")
        saved: list[str] = []
        campus.sandbox.fault("meanwhile", method="PUT", do=lambda: saved.extend(campus.saved()))
        assert campus.push("--delete", "--on-conflict", "local").code == ExitCode.OK
        assert {vtt("one"), vtt("un"), vtt("eins, edited there")} <= set(saved)

    def test_it_is_read_anew_and_not_taken_from_what_was_known(self, campus: Campus) -> None:
        """An edit between the plan and the request is seen, and stops that media object alone."""
        sync(campus, en="one")
        campus.write("Lecture 1.en.vtt", vtt("one, edited"))
        campus.write("Lecture 2.en.vtt", vtt("two"))
        plan = campus.folder.parent / "plan.json"
        assert campus.shell("plan", campus.folder, "--out", plan).code == ExitCode.OK
        edit_there(campus, "en", vtt("edited there"))
        said = campus.shell("apply", plan, campus.folder)
        assert said.code == ExitCode.STALE_OR_CONFLICT
        assert "somebody changed en in Canvas after the plan was made" in said.out
        assert campus.tracks("Lecture 1") == {"en": vtt("edited there")}
        assert campus.tracks("Lecture 2") == {"en": vtt("two")}

    @pytest.mark.parametrize("step", ["backup", "journal"])
    def test_where_it_cannot_be_saved_nothing_is_sent(
        self, campus: Campus, monkeypatch: pytest.MonkeyPatch, step: str
    ) -> None:
        sync(campus, en="one")
        campus.write("Lecture 1.en.vtt", vtt("one, edited"))
        before = campus.puts()
        write = os.fsync

        def full(handle: int) -> None:
            if step in os.readlink(f"/proc/self/fd/{handle}"):
                raise OSError(28, "No space left on device")
            write(handle)

        if not os.path.isdir("/proc/self/fd"):
            pytest.skip("needs to know which file is written")
        monkeypatch.setattr(os, "fsync", full)
        said = campus.push()
        assert said.code == ExitCode.LOCAL_FAILED
        assert "No space left" in said.all
        assert campus.puts() == before


class TestDoneIsSaidAfterTheResultWasReadBack:
    @pytest.mark.parametrize("spoil", ["undone", "garbled", "another lost", "deleted"])
    def test_a_server_that_says_yes_and_does_something_else(self, campus: Campus, spoil: str) -> None:
        sync(campus, en="one", fr="un")
        campus.write("Lecture 1.en.vtt", vtt("one, edited"))

        def meanwhile() -> None:
            tracks = {t["locale"]: t["id"] for t in campus.sandbox.tracks(campus.media["Lecture 1"])}
            if spoil in ("undone", "garbled"):
                campus.sandbox.edit_track(tracks["en"], vtt("one" if spoil == "undone" else "something else"))
            else:
                campus.sandbox.delete_track(tracks["fr" if spoil == "another lost" else "en"])

        campus.sandbox.fault("meanwhile_after", method="PUT", times=0, do=meanwhile)
        said = campus.push()
        assert said.code == ExitCode.OUTCOME_UNKNOWN if spoil != "undone" else said.code != ExitCode.OK, said.all
        assert "1 track of 1 media object sent, read back" not in said.out
        campus.sandbox.clear_faults()

    @pytest.mark.parametrize("fault", ["drop_after", "cut", "bad_gateway_after", "error_after", "half_json"])
    def test_a_lost_answer_is_looked_up_and_nothing_is_sent_twice(self, campus: Campus, fault: str) -> None:
        campus.write("Lecture 1.en.vtt", vtt("one"))
        campus.sandbox.fault(fault, method="PUT")
        said = campus.push()
        assert said.code == ExitCode.OK, said.all
        assert campus.tracks("Lecture 1") == {"en": vtt("one")}
        assert campus.puts() == 1

    def test_verify_tells_whether_canvas_still_is_as_a_run_left_it(self, campus: Campus) -> None:
        sync(campus, en="one", fr="un")
        assert campus.shell("verify", campus.folder).code == ExitCode.OK
        edit_there(campus, "en", vtt("edited there"))
        campus.add("Lecture 1", "uk", vtt("Привіт"), user="colleague")
        said = campus.shell("verify", campus.folder)
        assert said.code == ExitCode.FINDINGS
        assert "en was edited since" in said.out
        assert "uk was added since" in said.out


class TestEveryLanguageThatIsToStayIsNamed:
    @pytest.mark.parametrize("path", ["auto", "media_objects"])
    def test_in_every_request(self, campus: Campus, path: str) -> None:
        campus.configure(path=path)
        campus.add("Lecture 1", "es", vtt("uno"))
        campus.add("Lecture 1", "uk", vtt("odyn"), user="colleague")
        sync(campus, en="one", fr="un")
        remove(campus, "fr")
        campus.write("Lecture 1.en.vtt", "WEBVTT\n\n00:00:01.000 --> 00:00:02.000 line:1\n<v Ada>4:3, one\n")
        assert campus.push("--delete").code == ExitCode.OK
        assert set(campus.tracks("Lecture 1")) == {"en", "es", "uk"}
        assert all({"es", "uk"} <= {track["locale"] for track in body} for body in puts(campus))

    @pytest.mark.parametrize("guarded", [True, False])
    def test_one_that_a_colleague_adds_in_the_very_moment_with_guard_locales(
        self, campus: Campus, guarded: bool
    ) -> None:
        """Without it that language is lost: so this shows what the option does, and not luck."""
        campus.configure(path="media_objects")
        sync(campus, en="one")
        campus.write("Lecture 1.en.vtt", vtt("one, edited"))
        add = [{"op": "add_track", "media_id": campus.media["Lecture 1"], "locale": "it", "content": vtt("uno"),
                "user": "colleague"}]  # fmt: skip
        campus.sandbox.fault("meanwhile", method="PUT", do=add)
        assert campus.push(*["--guard-locales"] * guarded).code == ExitCode.OK
        assert ("it" in campus.tracks("Lecture 1")) is guarded

    def test_a_window_of_more_than_two_seconds_is_printed(self, campus: Campus) -> None:
        sync(campus, en="one")
        campus.write("Lecture 1.en.vtt", vtt("one, edited"))
        campus.sandbox.fault("slow", method="PUT", seconds=2.2)
        said = campus.push()
        assert said.code == ExitCode.OK
        assert "seconds passed between our last look and Canvas's answer" in said.out


class TestNothingIsDeletedWithoutLeave:
    def test_a_file_that_left_the_folder(self, campus: Campus) -> None:
        sync(campus, en="one", fr="un")
        remove(campus, "fr")
        said = campus.push()
        assert said.code == ExitCode.OK
        assert "removed from the folder, kept in Canvas" in said.out
        assert set(campus.tracks("Lecture 1")) == {"en", "fr"}
        assert campus.push("--delete").code == ExitCode.OK
        assert set(campus.tracks("Lecture 1")) == {"en"}

    @pytest.mark.parametrize(("option", "there"), [("", {"en"}), ("--no-delete", {"en", "fr"})])
    def test_leave_that_the_configuration_gives_and_the_command_takes_back(
        self, campus: Campus, option: str, there: set[str]
    ) -> None:
        sync(campus, en="one", fr="un")
        sync_table(campus, "delete = true")
        remove(campus, "fr")
        assert campus.push(*filter(None, [option])).code == ExitCode.OK
        assert set(campus.tracks("Lecture 1")) == there

    def test_delete_touches_nothing_that_captionkit_did_not_put_there(self, campus: Campus) -> None:
        campus.add("Lecture 1", "es", vtt("uno"))
        sync(campus, en="one")
        assert campus.push("--delete").code == ExitCode.OK
        assert set(campus.tracks("Lecture 1")) == {"en", "es"}
        assert campus.push("--mirror").code == ExitCode.OK
        assert set(campus.tracks("Lecture 1")) == {"en"}

    @pytest.mark.parametrize("option", ["--delete", "--mirror", ""])
    def test_while_not_every_file_is_understood(self, campus: Campus, option: str) -> None:
        """Two files for one language: one of them may be what another file of this media was renamed to."""
        sync(campus, en="one", fr="un")
        remove(campus, "fr")
        campus.write("Lecture 1.en.srt", srt("one"))
        said = campus.push(*filter(None, [option]))
        assert said.code != ExitCode.OK
        assert "fr  kept, because not every file that the folder has for this media is understood" in said.out
        assert set(campus.tracks("Lecture 1")) == {"en", "fr"}

    @pytest.mark.parametrize("option", ["--delete", "--mirror"])
    def test_of_a_recording_for_which_the_folder_has_no_file_any_more(self, campus: Campus, option: str) -> None:
        sync(campus, en="one", fr="un")
        campus.write("Lecture 2.en.vtt", vtt("two"))
        remove(campus, "en", "fr")
        assert campus.push(option, "--allow", "last-caption").code == ExitCode.OK
        assert set(campus.tracks("Lecture 1")) == {"en", "fr"}
        said = campus.push(option, "--allow", "last-caption", "--media", "Lecture 1")
        assert said.code == ExitCode.OK, said.all
        assert campus.tracks("Lecture 1") == {}

    def test_an_empty_folder_is_a_mistake(self, campus: Campus) -> None:
        sync(campus, en="one")
        remove(campus, "en")
        for option in ("--delete", "--mirror"):
            assert campus.push(option, "--allow", "last-caption").code == ExitCode.GUARD_REFUSED
        assert set(campus.tracks("Lecture 1")) == {"en"}


class TestConflictsAreNeverOverwritten:
    @pytest.mark.parametrize("case", ["both edited", "first contact", "edited and removed", "removed and edited"])
    @pytest.mark.parametrize("choice", ["", "local", "remote"])
    def test_without_the_users_word(self, campus: Campus, case: str, choice: str) -> None:
        if case == "first contact":
            campus.add("Lecture 1", "en", vtt("theirs"))
            campus.add("Lecture 1", "fr", vtt("un"))
            campus.write("Lecture 1.en.vtt", vtt("mine"))
        else:
            sync(campus, en="one", fr="un")
            if case == "edited and removed":
                english = next(t for t in campus.sandbox.tracks(campus.media["Lecture 1"]) if t["locale"] == "en")
                campus.sandbox.delete_track(english["id"])
            else:
                edit_there(campus, "en", vtt("theirs"))
            if case == "removed and edited":
                remove(campus, "en")
            else:
                campus.write("Lecture 1.en.vtt", vtt("mine"))
        before = campus.tracks("Lecture 1")
        said = campus.push("--delete", *(["--on-conflict", choice] if choice else []))
        if choice == "local":
            assert said.code == ExitCode.OK, said.all
            mine = {} if case == "removed and edited" else {"en": vtt("mine")}
            assert campus.tracks("Lecture 1") == {"fr": vtt("un"), **mine}
        else:
            assert said.code == (ExitCode.STALE_OR_CONFLICT if not choice else said.code)
            assert campus.tracks("Lecture 1") == before

    def test_what_was_edited_in_canvas_alone_stays(self, campus: Campus) -> None:
        sync(campus, en="one")
        edit_there(campus, "en", vtt("theirs"))
        said = campus.push("--on-conflict", "local")
        assert said.code == ExitCode.OK
        assert "edited in Canvas since the last sync" in said.out
        assert campus.tracks("Lecture 1") == {"en": vtt("theirs")}

    def test_what_was_deleted_in_canvas_is_not_sent_again_and_ends_with_1(self, campus: Campus) -> None:
        sync(campus, en="one", fr="un")
        french = next(t for t in campus.sandbox.tracks(campus.media["Lecture 1"]) if t["locale"] == "fr")
        campus.sandbox.delete_track(french["id"])
        for _ in range(2):
            said = campus.push()
            assert said.code == ExitCode.FINDINGS
            assert "fr" in said.out
            assert "deleted in Canvas since the last sync" in said.out
        assert campus.tracks("Lecture 1") == {"en": vtt("one")}


class TestSafetyLimits:
    """Each refuses the whole plan before anything is sent, and is lifted by its own name and no other."""

    def last_caption(self, campus: Campus) -> list[str]:
        sync(campus, en="one")
        remove(campus, "en")
        campus.write("Lecture 2.en.vtt", vtt("two"))
        return ["--delete", "--media", "Lecture 1", "--media", "Lecture 2"]

    def protected_locale(self, campus: Campus) -> list[str]:
        sync(campus, en="one", fr="un")
        sync_table(campus, 'protect = ["fr"]')
        remove(campus, "fr")
        return ["--delete"]

    def all_changed(self, campus: Campus) -> list[str]:
        sync(campus, **{locale: locale for locale in ("de", "en", "es", "fr", "it", "nl", "pl", "pt", "sv", "uk")})
        for locale in ("de", "en", "es", "fr", "it", "nl", "pl", "pt", "sv", "uk"):
            campus.write(f"Lecture 1.{locale}.vtt", vtt(f"{locale} with a wrong encoding"))
        return []

    CASES = ("last-caption", "protected-locale", "all-changed")

    @pytest.mark.parametrize("guard", CASES)
    def test_it_refuses_and_is_lifted_by_its_name(self, campus: Campus, guard: str) -> None:
        options = getattr(self, guard.replace("-", "_"))(campus)
        before, sent = campus.sandbox.all_tracks(), campus.puts()
        others = [word for name in self.CASES if name != guard for word in ("--allow", name)]
        said = campus.push(*options, *others)
        assert said.code == ExitCode.GUARD_REFUSED, said.all
        assert "Nothing was sent" in said.err
        assert f"--allow {guard}" in said.err
        assert (campus.sandbox.all_tracks(), campus.puts()) == (before, sent)
        said = campus.push(*options, "--allow", guard)
        assert said.code == ExitCode.OK, said.all
        assert campus.puts() > sent

    @pytest.mark.parametrize("guard", CASES)
    def test_a_plan_that_passed_it_is_asked_again_when_it_is_carried_out(
        self, campus: Campus, guard: str, tmp_path: Path
    ) -> None:
        """`apply` does not rely on what another process has found: a forged plan with every limit lifted but this."""
        options = getattr(self, guard.replace("-", "_"))(campus)
        plan = tmp_path / "plan.json"
        assert campus.shell("plan", campus.folder, *options, "--allow", guard, "--out", plan).code == ExitCode.OK
        forge(plan, lambda body: body["policy"].update(allow=[]))
        sent = campus.puts()
        assert campus.shell("apply", plan, campus.folder).code == ExitCode.GUARD_REFUSED
        assert campus.puts() == sent

    def test_a_colleagues_track_is_kept_unless_allowed(self, campus: Campus) -> None:
        campus.add("Lecture 1", "uk", vtt("odyn"), user="colleague")
        assert campus.shell("pull", campus.folder).code == ExitCode.OK
        sync(campus, en="one")
        remove(campus, "uk")
        said = campus.push("--delete")
        assert said.code == ExitCode.GUARD_REFUSED
        assert "--allow foreign-owner" in said.out
        assert set(campus.tracks("Lecture 1")) == {"en", "uk"}
        assert campus.push("--delete", "--allow", "foreign-owner").code == ExitCode.OK
        assert set(campus.tracks("Lecture 1")) == {"en"}
        assert vtt("odyn") in campus.saved()

    @pytest.mark.parametrize(
        ("what", "words"), [("locale", "letters"), ("kind", "kind")], ids=["locale", "kind"]
    )  # what Canvas refuses half way, after it has deleted
    def test_what_canvas_would_refuse_half_way_is_not_sent(
        self, campus: Campus, tmp_path: Path, what: str, words: str
    ) -> None:
        campus.write("Lecture 1.en.vtt", vtt("one"))
        plan = tmp_path / "plan.json"
        assert campus.shell("plan", campus.folder, "--out", plan).code == ExitCode.OK

        def spoil(body: dict[str, Any]) -> None:
            [step] = body["objects"][0]["steps"]
            step.update({"locale": "es-419"} if what == "locale" else {"send_kind": "karaoke", "kind": "karaoke"})

        forge(plan, spoil)
        said = campus.shell("apply", plan, campus.folder)
        assert said.code in (ExitCode.GUARD_REFUSED, ExitCode.DAMAGED), said.all
        assert campus.puts() == 0


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
    def plan(self, campus: Campus, tmp_path: Path) -> Path:
        campus.write("Lecture 1.en.vtt", vtt("one"))
        plan = tmp_path / "plan.json"
        assert campus.shell("plan", campus.folder, "--out", plan).code == ExitCode.OK
        return plan

    def refused(self, campus: Campus, plan: Path, words: str) -> None:
        said = campus.shell("apply", plan, campus.folder)
        assert said.code == ExitCode.STALE_OR_CONFLICT, said.all
        assert words in said.all
        assert campus.puts() == 0

    def test_a_plan_that_was_changed(self, campus: Campus, plan: Path) -> None:
        plan.write_text(
            plan.read_text(encoding="utf-8").replace('"max_delete": 10', '"max_delete": 99'), encoding="utf-8"
        )
        self.refused(campus, plan, "changed after it was made")

    def test_another_user(self, campus: Campus, plan: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("CANVAS_API_TOKEN", campus.sandbox.tokens["admin"])
        self.refused(campus, plan, "made for another user")

    def test_another_folder(self, campus: Campus, plan: Path, tmp_path: Path) -> None:
        other = tmp_path / "other"
        shutil.copytree(campus.folder, other, ignore=shutil.ignore_patterns(".captionkit"))
        (other / "Lecture 3.en.vtt").write_text(vtt("three"))
        assert campus.shell("push", other, "--yes", "--media", "Lecture 3").code == ExitCode.OK
        said = campus.shell("apply", plan, other)
        assert said.code == ExitCode.STALE_OR_CONFLICT, said.all
        assert "made for another folder" in said.err
        assert campus.tracks("Lecture 1") == {}

    def test_a_file_that_was_edited_since(self, campus: Campus, plan: Path) -> None:
        campus.write("Lecture 1.en.vtt", vtt("edited since"))
        self.refused(campus, plan, "changed after the plan was made")

    def test_after_another_sync(self, campus: Campus, plan: Path) -> None:
        campus.write("Lecture 2.en.vtt", vtt("two"))
        assert campus.push("--media", "Lecture 2").code == ExitCode.OK
        said = campus.shell("apply", plan, campus.folder)
        assert said.code == ExitCode.STALE_OR_CONFLICT
        assert campus.tracks("Lecture 1") == {}


def test_a_request_that_does_not_end_as_promised_on_the_model_is_not_sent(
    campus: Campus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The model of the server is put in from outside; this one forgets a language that is to stay."""
    from captionkit.remotes.canvas.model_remote import ModelRemote

    class Forgetful(ModelRemote):
        def put_tracks(self, media: str, tracks: Any, **more: Any) -> Any:
            return super().put_tracks(media, [track for track in tracks if track.locale != "fr"], **more)

    monkeypatch.setattr("captionkit.remotes.canvas.model_remote.ModelRemote", Forgetful)
    campus.write("Lecture 1.en.vtt", vtt("one"))
    campus.add("Lecture 1", "fr", vtt("un"))
    said = campus.push()
    assert said.code in (ExitCode.REMOTE_FAILED, ExitCode.PARTIAL), said.all
    assert "in a rehearsal" in said.out
    assert campus.puts() == 0


class TestWhatPlayersShowCounts:
    def test_a_track_that_canvas_holds_as_srt_shows_the_new_text(self, campus: Campus) -> None:
        campus.add("Lecture 1", "en", srt("old"))
        for text in (srt("new"), "WEBVTT\n\n00:00:01.000 --> 00:00:02.000 line:1\n<v Ada>4:3, newer\n"):
            for file in campus.folder.glob("Lecture 1.*"):
                file.unlink()
            campus.write(f"Lecture 1.en.{'srt' if text.startswith('1') else 'vtt'}", text)
            assert campus.push("--on-conflict", "local").code == ExitCode.OK
            assert text.splitlines()[-1].removeprefix("<v Ada>") in campus.viewed("Lecture 1", "en")
            campus.sandbox.set(clock_skew_s=60.0)

    def test_players_are_asked_afterwards(self, campus: Campus) -> None:
        """A server whose players go on showing the old text, though it stored the new one."""
        sync(campus, en="one")
        campus.write("Lecture 1.en.vtt", vtt("one, edited"))

        def stale() -> None:
            track = next(t for t in campus.sandbox.tracks(campus.media["Lecture 1"]) if t["locale"] == "en")
            campus.sandbox.edit_track(track["id"], srt("one"))
            campus.sandbox.edit_track(track["id"], vtt("one, edited"))

        campus.sandbox.fault("meanwhile_after", method="PUT", do=stale)
        said = campus.push()
        assert said.code == ExitCode.OUTCOME_UNKNOWN, said.all
        assert "players get something else" in said.out


def test_by_the_file_a_colleagues_captions_are_read_and_saved_before_they_are_replaced(campus: Campus) -> None:
    campus.add("Lecture 1", "uk", vtt("odyn"), user="colleague")
    assert campus.shell("pull", campus.folder).code == ExitCode.OK
    assert (campus.folder / "Lecture 1.uk.vtt").read_text() == vtt("odyn")
    campus.sandbox.set(clock_skew_s=60.0)
    campus.write("Lecture 1.uk.vtt", vtt("odyn, edited"))
    assert campus.push().code == ExitCode.OK
    assert campus.tracks("Lecture 1") == {"uk": vtt("odyn, edited")}
    assert vtt("odyn") in campus.saved()


def test_a_recording_that_is_gone_is_said_once_and_stops_nothing(campus: Campus) -> None:
    sync(campus, en="one")
    campus.sandbox.delete_media(campus.media["Lecture 1"])
    campus.write("Lecture 2.en.vtt", vtt("two"))
    said = campus.push()
    assert "Lecture 1" in said.out
    assert campus.tracks("Lecture 2") == {"en": vtt("two")}
    codes = {campus.push("--media", "Lecture 2").code for _ in range(2)}
    assert codes == {ExitCode.OK}


def test_captions_of_a_recording_that_is_gone_are_not_said_to_be_in_canvas(campus: Campus) -> None:
    """It was said once that it is gone; that is no reason to say later that Canvas has them, edited or not."""
    sync(campus, en="one")
    campus.sandbox.delete_media(campus.media["Lecture 1"])
    campus.push()
    for text in ("one", "one, edited"):
        campus.write("Lecture 1.en.vtt", vtt(text))
        said = campus.push()
        assert said.code == ExitCode.OK
        assert "has just what this folder has" not in said.out
        assert "1 recording is gone from Canvas, with captions in this folder" in said.out
        assert "1 recording gone from Canvas that files here are for" in campus.shell("status", campus.folder).out
    said = campus.shell("verify", campus.folder)
    assert "Lecture 1: it cannot be read now" in said.out


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
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
    def other(self, campus: Campus, tmp_path: Path) -> Path:
        """A colleague's clone of the folder; Lecture 1 is in step in both."""
        sync(campus, en="one")
        self.git(campus.folder, "init", "-q", "-b", "main")
        self.save(campus.folder)
        other = tmp_path / "other"
        self.git(tmp_path, "clone", "-q", str(campus.folder), str(other))
        return other

    def test_what_both_have_synced_merges_by_itself(self, campus: Campus, other: Path) -> None:
        campus.write("Lecture 2.en.vtt", vtt("two"))
        (other / "Lecture 3.en.vtt").write_text(vtt("three"))
        for folder in (campus.folder, other):
            assert campus.shell("push", folder, "--yes").code == ExitCode.OK
            self.save(folder)
        self.git(campus.folder, "pull", "-q", "--no-rebase", str(other), "main")
        campus.sandbox.set(clock_skew_s=120.0)
        said = campus.shell("push", campus.folder, "--yes")
        assert said.code == ExitCode.OK
        assert "Nothing to send" in said.out

    def test_what_two_people_changed_is_a_conflict_and_never_an_overwrite(self, campus: Campus, other: Path) -> None:
        campus.write("Lecture 1.en.vtt", vtt("mine"))
        assert campus.push().code == ExitCode.OK
        (other / "Lecture 1.en.vtt").write_text(vtt("theirs"))
        said = campus.shell("push", other, "--yes")
        assert said.code == ExitCode.STALE_OR_CONFLICT
        assert campus.tracks("Lecture 1") == {"en": vtt("mine")}

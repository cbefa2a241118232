"""Undoing a run: `captionkit restore` and `captionkit history`, as a person runs them."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import needs
import pytest
from sandbox_course import CommandResult, SandboxCourse
from teacher import srt, vtt

from captionkit.errors import ExitCode

GARBLED = "1\n00:00:01,000 --> 00:00:02,000\n5, what Canvas's conversion of SRT spoils\n"


def there(course: SandboxCourse) -> dict[str, dict[str, tuple[str, str]]]:
    """What viewers have: title -> locale -> kind and text."""
    return {
        title: {
            track["locale"]: (track["kind"], course.sandbox.viewed(track["id"]))
            for track in course.sandbox.tracks(media)
        }
        for title, media in course.media.items()
    }


def restore(course: SandboxCourse, *options: object) -> CommandResult:
    return course.shell("restore", course.folder, *options, "--yes")


def pushed(course: SandboxCourse, *options: str) -> dict[str, dict[str, tuple[str, str]]]:
    """A push that creates, updates, makes anew and deletes; what was there before it."""
    course.sandbox.set(clock_skew_s=-3600.0)
    course.add("Lecture 1", "it", srt("vecchio"))
    course.add("Lecture 3", "uk", vtt("Привіт"), user="colleague")
    for name, text in (("1.en", vtt("one")), ("1.fr", vtt("un")), ("2.en", vtt("two"))):
        course.write(f"Lecture {name}.vtt", text)
    assert course.push().code == 0
    course.sandbox.set(clock_skew_s=0.0)
    before = there(course)
    course.write("Lecture 1.en.vtt", vtt("one, edited"))
    course.write("Lecture 1.de.vtt", vtt("eins"))
    (course.folder / "Lecture 1.fr.vtt").unlink()
    course.write("Lecture 1.it.srt", GARBLED)
    course.write("Lecture 3.es.vtt", vtt("tres"))
    course.write("Lecture 3.fr.cc.vtt", vtt("trois"))
    result = course.push("--delete", "--on-conflict", "local", *options)
    assert result.code == 0, result.all
    assert there(course) != before
    course.sandbox.set(clock_skew_s=60.0)  # Canvas's times have whole seconds
    return before


class TestEverythingIsAsItWasBeforeTheRun:
    def test_what_was_made_is_removed_and_what_was_replaced_or_deleted_comes_back(self, course: SandboxCourse) -> None:
        before = pushed(course)
        result = restore(course)
        assert result.code == ExitCode.OK, result.all
        assert there(course) == before
        assert "- delete    de  made by that run, and removed again" in result.out
        assert "uk  not touched by that run" in result.out
        assert not re.search("(de|en|es|fr|it) +not touched", result.out)

    def test_what_is_removed_was_saved_and_can_be_brought_back_again(self, course: SandboxCourse) -> None:
        pushed(course)
        after = there(course)
        assert restore(course).code == ExitCode.OK
        assert {vtt("eins"), vtt("tres")} <= set(course.saved())
        course.sandbox.set(clock_skew_s=120.0)
        [undoing] = [entry["run"] for entry in entries(course) if entry["what"] == "restore"]
        result = restore(course, undoing)
        assert result.code == ExitCode.OK, result.all
        assert there(course) == after

    def test_it_is_shown_first_and_asked(self, course: SandboxCourse) -> None:
        pushed(course)
        now, puts = there(course), course.puts()
        result = course.shell("restore", course.folder)
        assert result.code == ExitCode.USAGE
        assert "- delete    de" in result.out
        assert "--yes" in result.err
        assert (there(course), course.puts()) == (now, puts)

    def test_as_a_plan_that_apply_carries_out(self, course: SandboxCourse, tmp_path: Path) -> None:
        before = pushed(course)
        assert course.shell("restore", course.folder, "--out", tmp_path / "undo.json").code == 0
        assert there(course) != before
        assert course.shell("apply", tmp_path / "undo.json", course.folder).code == 0
        assert there(course) == before

    def test_a_second_time_there_is_nothing_to_restore(self, course: SandboxCourse) -> None:
        pushed(course)
        assert restore(course).code == ExitCode.OK
        puts = course.puts()
        result = restore(course)
        assert result.code == ExitCode.OK
        assert "Nothing to restore: everything that the run changed is as it was before" in result.out
        assert course.puts() == puts

    def test_the_next_push_sends_nothing_of_it_again_and_a_pull_brings_the_folder_in_step(
        self, course: SandboxCourse
    ) -> None:
        before = pushed(course)
        restore(course)
        course.push()
        assert there(course) == before
        assert course.shell("pull", course.folder, "--delete").code == 0
        assert not (course.folder / "Lecture 1.de.vtt").exists()
        assert (course.folder / "Lecture 1.en.vtt").read_text(encoding="utf-8") == vtt("one")
        assert (course.folder / "Lecture 1.fr.vtt").read_text(encoding="utf-8") == vtt("un")
        assert course.shell("plan", course.folder, "--check").code == ExitCode.OK

    def test_one_media_object_alone(self, course: SandboxCourse) -> None:
        before = pushed(course)
        after = there(course)
        assert restore(course, "--media", "Lecture 3").code == ExitCode.OK
        assert there(course) == {**after, "Lecture 3": before["Lecture 3"]}


class TestWhatSomebodyChangedSince:
    def track(self, course: SandboxCourse, locale: str) -> int:
        return int(next(t["id"] for t in course.sandbox.tracks(course.media["Lecture 1"]) if t["locale"] == locale))

    def test_a_track_that_the_run_made_and_somebody_edited_is_a_conflict(self, course: SandboxCourse) -> None:
        pushed(course)
        course.sandbox.edit_track(self.track(course, "de"), vtt("eins, verbessert"))
        result = restore(course)
        assert result.code == ExitCode.STALE_OR_CONFLICT
        assert "! conflict  de  changed in Canvas after that run" in result.out
        assert course.tracks("Lecture 1")["de"] == vtt("eins, verbessert")
        assert course.tracks("Lecture 1")["en"] == vtt("one, edited"), "the whole media object is left alone"
        result = restore(course, "--resolve", f"{course.media['Lecture 1']}/de=remote")
        assert result.code == ExitCode.OK, result.all
        assert course.tracks("Lecture 1")["de"] == vtt("eins, verbessert")
        assert course.tracks("Lecture 1")["en"] == vtt("one")

    def test_the_users_word_removes_it_and_it_is_saved(self, course: SandboxCourse) -> None:
        before = pushed(course)
        course.sandbox.edit_track(self.track(course, "de"), vtt("eins, verbessert"))
        assert restore(course, "--on-conflict", "local").code == ExitCode.OK
        assert there(course) == before
        assert vtt("eins, verbessert") in course.saved()

    @pytest.mark.parametrize("text", [vtt("eins"), vtt("other")])
    def test_a_track_that_somebody_made_anew_is_theirs_even_with_the_same_words(
        self, course: SandboxCourse, text: str
    ) -> None:
        pushed(course)
        course.sandbox.delete_track(self.track(course, "de"))
        course.add("Lecture 1", "de", text)
        result = restore(course, "--on-conflict", "local")
        assert result.code == ExitCode.OK, result.all
        assert "= keep      de  made anew by somebody after that run, left alone" in result.out
        assert course.tracks("Lecture 1")["de"] == text
        assert course.tracks("Lecture 1")["en"] == vtt("one")

    def test_a_track_that_is_gone_already_needs_nothing(self, course: SandboxCourse) -> None:
        before = pushed(course)
        course.sandbox.delete_track(self.track(course, "de"))
        result = restore(course)
        assert ". skip      de  as it was before that run already" in result.out
        assert there(course) == before

    @pytest.mark.parametrize("choice", ["", "local", "remote"])
    def test_what_a_run_could_not_read_back_is_asked_about(self, course: SandboxCourse, choice: str) -> None:
        """The run died after it had sent its request, and was given up: whether the track is its own is not known."""
        course.write("Lecture 1.en.vtt", vtt("one"))
        assert course.push().code == 0
        course.sandbox.set(clock_skew_s=60.0)
        [journal] = course.folder.glob(".captionkit/runs/*/journal.jsonl")
        lines = journal.read_text(encoding="utf-8").splitlines()
        sent = next(number for number, line in enumerate(lines) if '"SENT"' in line)
        journal.write_text("".join(f"{line}\n" for line in lines[: sent + 1]), encoding="utf-8")
        assert course.shell("resume", course.folder, "--abandon").code == 0
        result = restore(course, *(["--on-conflict", choice] if choice else []))
        if not choice:
            assert result.code == ExitCode.STALE_OR_CONFLICT
            assert "could not read back what it did" in result.out
        assert course.tracks("Lecture 1") == ({} if choice == "local" else {"en": vtt("one")})

    def test_a_track_that_was_there_before_our_request_is_not_of_our_making(self, course: SandboxCourse) -> None:
        """Somebody uploads just the words that the plan was to send, before it is carried out."""
        course.write("Lecture 1.en.vtt", vtt("one"))
        plan = course.folder.parent / "plan.json"
        assert course.shell("plan", course.folder, "--out", plan).code == 0
        course.add("Lecture 1", "en", vtt("one"))
        assert course.shell("apply", plan, course.folder).code == 0
        result = restore(course)
        assert "nothing to restore" in result.out
        assert course.tracks("Lecture 1") == {"en": vtt("one")}


class TestInACopiedCourse:
    """A push by the file of a copy makes a track of the copy's own over the original's, in another course."""

    @pytest.fixture
    def copy(self, course: SandboxCourse) -> int:
        course.add_last_year("Lecture 1", "en", vtt("Original"))
        copy = course.sandbox.copy_course(course.id, "Next year")
        course.configure(copy)
        assert course.shell("pull", course.folder).code == 0
        course.write("Lecture 1.en.vtt", vtt("Mine"))
        course.write("Lecture 1.de.vtt", vtt("Meins"))
        assert course.push().code == 0
        course.sandbox.set(clock_skew_s=60.0)
        return int(course.sandbox.file_id(course.media["Lecture 1"], copy))

    def by_file(self, course: SandboxCourse, file: int) -> dict[str, str]:
        tracks = course.sandbox.tracks(course.media["Lecture 1"])
        return {t["locale"]: t["content"] for t in tracks if t["attachment_id"] == file}

    def test_it_goes_again_and_the_originals_shows_as_before(self, course: SandboxCourse, copy: int) -> None:
        assert self.by_file(course, copy) == {"en": vtt("Mine"), "de": vtt("Meins")}
        result = restore(course)
        assert result.code == ExitCode.OK, result.all
        assert "- delete    en  made by that run and removed again, so that the other course's shows" in result.out
        assert self.by_file(course, copy) == {}
        assert self.by_file(course, course.sandbox.file_id(course.media["Lecture 1"])) == {"en": vtt("Original")}
        assert {vtt("Mine"), vtt("Meins")} <= set(course.saved())

    def test_where_the_original_is_gone_its_text_comes_back_as_the_copys_own(
        self, course: SandboxCourse, copy: int
    ) -> None:
        home = course.sandbox.file_id(course.media["Lecture 1"])
        track = next(t for t in course.sandbox.tracks(course.media["Lecture 1"]) if t["attachment_id"] == home)
        course.sandbox.delete_track(track["id"])
        assert restore(course).code == ExitCode.OK
        assert self.by_file(course, copy) == {"en": vtt("Original")}


class TestOldRunsAreRemoved:
    def runs(self, course: SandboxCourse) -> list[str]:
        return sorted(os.listdir(course.folder / ".captionkit" / "runs"))

    def pushes(self, course: SandboxCourse, number: int, keep: str = "") -> CommandResult:
        file = course.folder / "captionkit.toml"
        file.write_text(
            file.read_text(encoding="utf-8") + (f"\n[sync]\nkeep_runs = {keep}\n" if keep else ""), encoding="utf-8"
        )
        for count in range(number):
            course.write("Lecture 1.en.vtt", vtt(f"{keep}, {count}"))
            result = course.push()
            assert result.code == 0, result.all
        return result

    def aged(self, course: SandboxCourse, run: str, name: str) -> None:
        runs = course.folder / ".captionkit" / "runs"
        (runs / run).rename(runs / name)

    def test_all_but_the_newest_so_many_and_it_is_reported(self, course: SandboxCourse) -> None:
        result = self.pushes(course, 4, "2")
        assert len(self.runs(course)) == 2
        assert "Removed 1 old run" in result.out
        assert "keep_runs in captionkit.toml: 2" in result.out
        assert vtt("2, 0") not in course.saved()
        assert restore(course).code == ExitCode.OK
        assert course.tracks("Lecture 1")["en"] == vtt("2, 2")

    @pytest.mark.parametrize(("keep", "left"), [('"30 days"', 1), ("", 2), ('"all"', 3)])
    def test_those_of_so_many_days_and_a_year_by_itself(self, course: SandboxCourse, keep: str, left: int) -> None:
        self.pushes(course, 2)
        for days, run in zip((400, 40), self.runs(course), strict=True):
            self.aged(course, run, f"{datetime.now() - timedelta(days=days):%Y%m%dT%H%M%S000Z}-{run[-8:]}")
        self.pushes(course, 1, keep)
        assert len(self.runs(course)) == left

    def test_never_the_last_nor_the_last_that_changed_canvas_nor_one_that_was_cut_off(
        self, course: SandboxCourse
    ) -> None:
        self.pushes(course, 3, "1")
        [pushed] = self.runs(course)
        course.add("Lecture 2", "fr", vtt("un"))
        assert course.shell("pull", course.folder).code == 0
        assert len(self.runs(course)) == 2, "the pull is the last, the push can be undone"
        for run in self.runs(course)[1:]:
            journal = course.folder / ".captionkit" / "runs" / run / "journal.jsonl"
            journal.write_text(
                "".join(f"{line}\n" for line in journal.read_text(encoding="utf-8").splitlines()[:-1]), encoding="utf-8"
            )
        course.add("Lecture 2", "de", vtt("eins"))
        assert course.shell("pull", course.folder).code == 0
        assert pushed in self.runs(course)
        assert len(self.runs(course)) == 3

    @pytest.mark.parametrize("keep", ["0", "-1", '"x"', '"0 days"', "true", "1.5", '"90"'])
    def test_what_is_no_such_limit_is_reported(self, course: SandboxCourse, keep: str) -> None:
        file = course.folder / "captionkit.toml"
        file.write_text(file.read_text(encoding="utf-8") + f"\n[sync]\nkeep_runs = {keep}\n", encoding="utf-8")
        result = course.push()
        assert result.code == ExitCode.USAGE
        assert "sync.keep_runs" in result.err


class TestLimits:
    def test_removing_what_a_run_made_stays_within_max_delete(self, course: SandboxCourse) -> None:
        before = pushed(course)
        puts = course.puts()
        result = restore(course, "--max-delete", "2")
        assert result.code == ExitCode.GUARD_REFUSED
        assert "the plan deletes 3 tracks, the limit is 2" in result.err
        assert course.puts() == puts
        assert restore(course, "--max-delete", "3").code == ExitCode.OK
        assert there(course) == before

    def test_a_protected_language_is_not_removed(self, course: SandboxCourse) -> None:
        pushed(course)
        file = course.folder / "captionkit.toml"
        file.write_text(file.read_text(encoding="utf-8") + '\n[sync]\nprotect = ["de"]\n', encoding="utf-8")
        assert restore(course).code == ExitCode.GUARD_REFUSED
        assert "de" in course.tracks("Lecture 1")

    def test_a_recording_that_had_no_captions_has_none_again(self, course: SandboxCourse) -> None:
        course.write("Lecture 1.en.vtt", vtt("one"))
        course.push()
        course.sandbox.set(clock_skew_s=60.0)
        assert restore(course).code == ExitCode.OK
        assert course.tracks("Lecture 1") == {}


def entries(course: SandboxCourse) -> list[dict[str, object]]:
    result = course.shell("history", course.folder, "--json")
    found: list[dict[str, object]] = json.loads(result.out)
    return found


@needs.time_zones
class TestTheRunIsNamedAsAPersonThinksOfIt:
    @pytest.fixture(autouse=True)
    def in_honolulu(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        """Ten hours behind UTC, so that a day there is another than in the names of the runs."""
        monkeypatch.setenv("TZ", "HST10")
        time.tzset()
        yield
        monkeypatch.undo()
        time.tzset()

    def days_ago(self, course: SandboxCourse, run: str, days: int, clock: str = "23:30:05") -> str:
        """Let a run have been so many days ago, at this time of the day; its day."""
        day = f"{datetime.now() - timedelta(days=days):%Y-%m-%d}"
        when = datetime.fromisoformat(f"{day}T{clock}-10:00").astimezone(tz=None)
        utc = f"{datetime.fromtimestamp(when.timestamp() + 36000):%Y-%m-%dT%H:%M:%S}.000Z"
        journal = course.folder / ".captionkit" / "runs" / run / "journal.jsonl"
        lines = [json.loads(line) for line in journal.read_text(encoding="utf-8").splitlines()]
        journal.write_text("".join(json.dumps({**line, "at": utc}) + "\n" for line in lines), encoding="utf-8")
        return day

    @pytest.fixture
    def two(self, course: SandboxCourse) -> tuple[str, str]:
        """A push of two days ago and one of yesterday."""
        runs = []
        for words in ("first", "second"):
            course.write("Lecture 1.en.vtt", vtt(words))
            assert course.push().code == 0
            runs.append(os.listdir(course.folder / ".captionkit" / "runs"))
        [older] = runs[0]
        [newer] = set(runs[1]) - {older}
        course.sandbox.set(clock_skew_s=60.0)
        self.days_ago(course, older, 2)
        self.days_ago(course, newer, 1)
        return older, newer

    def test_history_shows_local_time_and_who(self, course: SandboxCourse, two: tuple[str, str]) -> None:
        result = course.shell("history", course.folder)
        yesterday = f"{datetime.now() - timedelta(days=1):%Y-%m-%d}"
        import getpass

        assert f"{yesterday} 23:30:05" in result.out
        assert getpass.getuser() in result.out
        assert "user 1" in result.out
        assert [entry["run"] for entry in entries(course)] == [two[1], two[0]]

    @pytest.mark.parametrize("how", ["yesterday", "Yesterday", "{day}", "{day} 23:30", "{day}T23:30:05", "{run}"])
    def test_by_day_and_by_name(self, course: SandboxCourse, two: tuple[str, str], how: str) -> None:
        day = f"{datetime.now() - timedelta(days=1):%Y-%m-%d}"
        result = restore(course, how.format(day=day, run=two[1]))
        assert result.code == ExitCode.OK, result.all
        assert f"Undoing {two[1]}: push, {day} 23:30:05" in result.out
        assert course.tracks("Lecture 1") == {"en": vtt("first")}

    def test_several_of_a_day_are_listed_and_none_is_taken(self, course: SandboxCourse, two: tuple[str, str]) -> None:
        day = self.days_ago(course, two[0], 1, "08:00:00")
        puts = course.puts()
        result = restore(course, "yesterday")
        assert result.code == ExitCode.USAGE
        assert all(run in result.err for run in two)
        assert f"{day} 08:00:00" in result.err
        assert course.puts() == puts

    @pytest.mark.parametrize("how", ["today", "2020-02-29", "2020-02-29 10:00"])
    def test_a_day_without_a_run_is_no_error(self, course: SandboxCourse, two: tuple[str, str], how: str) -> None:
        result = restore(course, how)
        assert result.code == ExitCode.OK
        assert result.out.strip() == (
            f"No run of this folder changed anything in Canvas ({how}), so there is nothing to restore."
        )

    @pytest.mark.parametrize("how", ["2026-02-30", "26.11.2026", "last week", "../..", "2020-01-01 9 o'clock"])
    def test_what_names_no_run_and_no_day_is_reported(
        self, course: SandboxCourse, two: tuple[str, str], how: str
    ) -> None:
        result = restore(course, how)
        assert result.code == ExitCode.USAGE
        assert "there is no run" in result.err

    def test_verify_takes_the_same_names(self, course: SandboxCourse, two: tuple[str, str]) -> None:
        assert course.shell("verify", course.folder, "yesterday").code == ExitCode.OK
        assert course.shell("verify", course.folder, two[0][:20]).code == ExitCode.FINDINGS


def test_nothing_to_restore_at_all_is_a_plain_sentence(course: SandboxCourse) -> None:
    result = restore(course)
    assert result.code == ExitCode.OK
    assert result.out == "No run of this folder changed anything in Canvas, so there is nothing to restore.\n"
    assert course.shell("history", course.folder).code == ExitCode.OK


def test_a_pull_is_not_undone_and_where_its_files_lie_is_reported(course: SandboxCourse) -> None:
    course.add("Lecture 1", "en", vtt("one"))
    course.shell("pull", course.folder)
    [run] = os.listdir(course.folder / ".captionkit" / "runs")
    result = restore(course, run)
    assert result.code == ExitCode.USAGE
    assert "is a pull" in result.err
    assert run in result.err


def test_a_backup_whose_list_of_tracks_was_changed_is_not_restored(course: SandboxCourse) -> None:
    """The journal holds a digest over everything that was saved, texts and kinds, and not over the languages alone."""
    pushed(course)
    changed = 0
    for file in course.folder.glob(".captionkit/runs/*/backup/*/tracks.json"):
        text = file.read_text(encoding="utf-8")
        if '"en"' in text:
            file.write_text(text.replace('"subtitles"', '"captions"'), encoding="utf-8")
            changed += text.count('"subtitles"')
    assert changed
    now = there(course)
    result = restore(course)
    assert result.code == ExitCode.DAMAGED
    assert "not whole" in result.err
    assert there(course) == now


class TestWhatARunLeft:
    """A run's records also keep what it found gone or edited, as drift; that is not what it left in Canvas."""

    def test_verify_does_not_miss_what_the_run_itself_removed(self, course: SandboxCourse) -> None:
        pushed(course)
        assert restore(course).code == ExitCode.OK
        result = course.shell("verify", course.folder)
        assert result.code == ExitCode.OK, result.all
        assert "2 of 2 media objects are as the run" in result.out

    def test_nor_what_was_edited_or_deleted_before_it(self, course: SandboxCourse) -> None:
        for name in ("en", "fr", "de"):
            course.write(f"Lecture 1.{name}.vtt", vtt(name))
        course.push()
        rows = {track["locale"]: track["id"] for track in course.sandbox.tracks(course.media["Lecture 1"])}
        course.sandbox.edit_track(rows["fr"], vtt("Edited there"))
        course.sandbox.delete_track(rows["de"])
        course.sandbox.set(clock_skew_s=60.0)
        course.write("Lecture 1.en.vtt", vtt("en, edited"))
        assert course.push().code == ExitCode.FINDINGS
        result = course.shell("verify", course.folder)
        assert result.code == ExitCode.OK, result.all

    def test_what_a_restore_made_is_known_to_be_its_own(self, course: SandboxCourse) -> None:
        """Made, removed by a restore, made again by one of that: undoing the last removes it again."""
        course.write("Lecture 1.de.vtt", vtt("eins"))
        course.write("Lecture 1.en.vtt", vtt("one"))
        course.push()
        course.write("Lecture 1.fr.vtt", vtt("un"))
        course.push()
        seen = [there(course)]
        for step in (1, 2, 3):
            course.sandbox.set(clock_skew_s=60.0 * step)
            result = restore(course, entries(course)[0]["run"])
            assert result.code == ExitCode.OK, result.all
            seen.append(there(course))
        assert ["fr" in one["Lecture 1"] for one in seen] == [True, False, True, False]

    @pytest.mark.parametrize("after", ['{"en":["subtitles","x"]}', '{"en":"abc"}', "[]", '{"en":[1,2,3]}'])
    def test_a_line_that_says_it_wrongly_is_one_error(self, course: SandboxCourse, after: str) -> None:
        course.write("Lecture 1.en.vtt", vtt("one"))
        course.push()
        [journal] = course.folder.glob(".captionkit/runs/*/journal.jsonl")
        journal.write_text(
            re.sub(r'"after":\{.*?\}', f'"after":{after}', journal.read_text(encoding="utf-8"), count=1),
            encoding="utf-8",
        )
        result = course.shell("verify", course.folder)
        assert result.code == ExitCode.DAMAGED, result.all
        assert "journal.jsonl, line" in result.err
        assert "after" in result.err
        result = restore(course)
        assert result.code == ExitCode.STALE_OR_CONFLICT, result.all
        assert "that run could not read back what it did" in result.out
        assert "after" in result.err

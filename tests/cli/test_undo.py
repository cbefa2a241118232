"""Undoing a run: `captionkit restore` and `captionkit history`, as a person runs them."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from campus import Campus, Said
from desk import srt, vtt

from captionkit.errors import ExitCode

GARBLED = "1\n00:00:01,000 --> 00:00:02,000\n5, what Canvas's conversion of SRT spoils\n"


def there(campus: Campus) -> dict[str, dict[str, tuple[str, str]]]:
    """What viewers have: title -> locale -> kind and text."""
    return {
        title: {
            track["locale"]: (track["kind"], campus.sandbox.viewed(track["id"]))
            for track in campus.sandbox.tracks(media)
        }
        for title, media in campus.media.items()
    }


def restore(campus: Campus, *options: object) -> Said:
    return campus.shell("restore", campus.folder, *options, "--yes")


def pushed(campus: Campus, *options: str) -> dict[str, dict[str, tuple[str, str]]]:
    """A push that creates, updates, makes anew and deletes; what was there before it."""
    campus.sandbox.set(clock_skew_s=-3600.0)
    campus.add("Lecture 1", "it", srt("vecchio"))
    campus.add("Lecture 3", "uk", vtt("Привіт"), user="colleague")
    for name, text in (("1.en", vtt("one")), ("1.fr", vtt("un")), ("2.en", vtt("two"))):
        campus.write(f"Lecture {name}.vtt", text)
    assert campus.push().code == 0
    campus.sandbox.set(clock_skew_s=0.0)
    before = there(campus)
    campus.write("Lecture 1.en.vtt", vtt("one, edited"))
    campus.write("Lecture 1.de.vtt", vtt("eins"))
    (campus.folder / "Lecture 1.fr.vtt").unlink()
    campus.write("Lecture 1.it.srt", GARBLED)
    campus.write("Lecture 3.es.vtt", vtt("tres"))
    campus.write("Lecture 3.fr.cc.vtt", vtt("trois"))
    said = campus.push("--delete", "--on-conflict", "local", *options)
    assert said.code == 0, said.all
    assert there(campus) != before
    campus.sandbox.set(clock_skew_s=60.0)  # Canvas's times have whole seconds
    return before


class TestEverythingIsAsItWasBeforeTheRun:
    def test_what_was_made_is_removed_and_what_was_replaced_or_deleted_comes_back(self, campus: Campus) -> None:
        before = pushed(campus)
        said = restore(campus)
        assert said.code == ExitCode.OK, said.all
        assert there(campus) == before
        assert "- delete    de  made by that run, and removed again" in said.out
        assert "uk  not touched by that run" in said.out
        assert not re.search("(de|en|es|fr|it) +not touched", said.out)

    def test_what_is_removed_was_saved_and_can_be_brought_back_again(self, campus: Campus) -> None:
        pushed(campus)
        after = there(campus)
        assert restore(campus).code == ExitCode.OK
        assert {vtt("eins"), vtt("tres")} <= set(campus.saved())
        campus.sandbox.set(clock_skew_s=120.0)
        [undoing] = [entry["run"] for entry in entries(campus) if entry["what"] == "restore"]
        said = restore(campus, undoing)
        assert said.code == ExitCode.OK, said.all
        assert there(campus) == after

    def test_it_is_shown_first_and_asked(self, campus: Campus) -> None:
        pushed(campus)
        now, puts = there(campus), campus.puts()
        said = campus.shell("restore", campus.folder)
        assert said.code == ExitCode.USAGE
        assert "- delete    de" in said.out
        assert "--yes" in said.err
        assert (there(campus), campus.puts()) == (now, puts)

    def test_as_a_plan_that_apply_carries_out(self, campus: Campus, tmp_path: Path) -> None:
        before = pushed(campus)
        assert campus.shell("restore", campus.folder, "--out", tmp_path / "undo.json").code == 0
        assert there(campus) != before
        assert campus.shell("apply", tmp_path / "undo.json", campus.folder).code == 0
        assert there(campus) == before

    def test_a_second_time_there_is_nothing_to_restore(self, campus: Campus) -> None:
        pushed(campus)
        assert restore(campus).code == ExitCode.OK
        puts = campus.puts()
        said = restore(campus)
        assert said.code == ExitCode.OK
        assert "Nothing to restore: everything that the run changed is as it was before" in said.out
        assert campus.puts() == puts

    def test_the_next_push_sends_nothing_of_it_again_and_a_pull_brings_the_folder_in_step(self, campus: Campus) -> None:
        before = pushed(campus)
        restore(campus)
        campus.push()
        assert there(campus) == before
        assert campus.shell("pull", campus.folder, "--delete").code == 0
        assert not (campus.folder / "Lecture 1.de.vtt").exists()
        assert (campus.folder / "Lecture 1.en.vtt").read_text() == vtt("one")
        assert (campus.folder / "Lecture 1.fr.vtt").read_text() == vtt("un")
        assert campus.shell("plan", campus.folder, "--check").code == ExitCode.OK

    def test_one_media_object_alone(self, campus: Campus) -> None:
        before = pushed(campus)
        after = there(campus)
        assert restore(campus, "--media", "Lecture 3").code == ExitCode.OK
        assert there(campus) == {**after, "Lecture 3": before["Lecture 3"]}


class TestWhatSomebodyChangedSince:
    def track(self, campus: Campus, locale: str) -> int:
        return int(next(t["id"] for t in campus.sandbox.tracks(campus.media["Lecture 1"]) if t["locale"] == locale))

    def test_a_track_that_the_run_made_and_somebody_edited_is_a_conflict(self, campus: Campus) -> None:
        pushed(campus)
        campus.sandbox.edit_track(self.track(campus, "de"), vtt("eins, verbessert"))
        said = restore(campus)
        assert said.code == ExitCode.STALE_OR_CONFLICT
        assert "! conflict  de  changed in Canvas after that run" in said.out
        assert campus.tracks("Lecture 1")["de"] == vtt("eins, verbessert")
        assert campus.tracks("Lecture 1")["en"] == vtt("one, edited"), "the whole media object is left alone"
        said = restore(campus, "--resolve", f"{campus.media['Lecture 1']}/de=remote")
        assert said.code == ExitCode.OK, said.all
        assert campus.tracks("Lecture 1")["de"] == vtt("eins, verbessert")
        assert campus.tracks("Lecture 1")["en"] == vtt("one")

    def test_the_users_word_removes_it_and_it_is_saved(self, campus: Campus) -> None:
        before = pushed(campus)
        campus.sandbox.edit_track(self.track(campus, "de"), vtt("eins, verbessert"))
        assert restore(campus, "--on-conflict", "local").code == ExitCode.OK
        assert there(campus) == before
        assert vtt("eins, verbessert") in campus.saved()

    @pytest.mark.parametrize("text", [vtt("eins"), vtt("other")])
    def test_a_track_that_somebody_made_anew_is_theirs_even_with_the_same_words(
        self, campus: Campus, text: str
    ) -> None:
        pushed(campus)
        campus.sandbox.delete_track(self.track(campus, "de"))
        campus.add("Lecture 1", "de", text)
        said = restore(campus, "--on-conflict", "local")
        assert said.code == ExitCode.OK, said.all
        assert "= keep      de  made anew by somebody after that run, left alone" in said.out
        assert campus.tracks("Lecture 1")["de"] == text
        assert campus.tracks("Lecture 1")["en"] == vtt("one")

    def test_a_track_that_is_gone_already_needs_nothing(self, campus: Campus) -> None:
        before = pushed(campus)
        campus.sandbox.delete_track(self.track(campus, "de"))
        said = restore(campus)
        assert ". skip      de  as it was before that run already" in said.out
        assert there(campus) == before

    @pytest.mark.parametrize("choice", ["", "local", "remote"])
    def test_what_a_run_could_not_read_back_is_asked_about(self, campus: Campus, choice: str) -> None:
        """The run died after it had sent its request, and was given up: whether the track is its own is not known."""
        campus.write("Lecture 1.en.vtt", vtt("one"))
        assert campus.push().code == 0
        campus.sandbox.set(clock_skew_s=60.0)
        [journal] = campus.folder.glob(".captionkit/runs/*/journal.jsonl")
        lines = journal.read_text().splitlines()
        sent = next(number for number, line in enumerate(lines) if '"SENT"' in line)
        journal.write_text("".join(f"{line}\n" for line in lines[: sent + 1]))
        assert campus.shell("resume", campus.folder, "--abandon").code == 0
        said = restore(campus, *(["--on-conflict", choice] if choice else []))
        if not choice:
            assert said.code == ExitCode.STALE_OR_CONFLICT
            assert "could not read back what it did" in said.out
        assert campus.tracks("Lecture 1") == ({} if choice == "local" else {"en": vtt("one")})

    def test_a_track_that_was_there_before_our_request_is_not_of_our_making(self, campus: Campus) -> None:
        """Somebody uploads just the words that the plan was to send, before it is carried out."""
        campus.write("Lecture 1.en.vtt", vtt("one"))
        plan = campus.folder.parent / "plan.json"
        assert campus.shell("plan", campus.folder, "--out", plan).code == 0
        campus.add("Lecture 1", "en", vtt("one"))
        assert campus.shell("apply", plan, campus.folder).code == 0
        said = restore(campus)
        assert "nothing to restore" in said.out
        assert campus.tracks("Lecture 1") == {"en": vtt("one")}


class TestInACopiedCourse:
    """A push by the file of a copy makes a track of the copy's own over the original's, in another course."""

    @pytest.fixture
    def copy(self, campus: Campus) -> int:
        campus.add_last_year("Lecture 1", "en", vtt("Original"))
        copy = campus.sandbox.copy_course(campus.course, "Next year")
        campus.configure(copy)
        assert campus.shell("pull", campus.folder).code == 0
        campus.write("Lecture 1.en.vtt", vtt("Mine"))
        campus.write("Lecture 1.de.vtt", vtt("Meins"))
        assert campus.push().code == 0
        campus.sandbox.set(clock_skew_s=60.0)
        return int(campus.sandbox.file_id(campus.media["Lecture 1"], copy))

    def by_file(self, campus: Campus, file: int) -> dict[str, str]:
        tracks = campus.sandbox.tracks(campus.media["Lecture 1"])
        return {t["locale"]: t["content"] for t in tracks if t["attachment_id"] == file}

    def test_it_goes_again_and_the_originals_shows_as_before(self, campus: Campus, copy: int) -> None:
        assert self.by_file(campus, copy) == {"en": vtt("Mine"), "de": vtt("Meins")}
        said = restore(campus)
        assert said.code == ExitCode.OK, said.all
        assert "- delete    en  made by that run and removed again, so that the other course's shows" in said.out
        assert self.by_file(campus, copy) == {}
        assert self.by_file(campus, campus.sandbox.file_id(campus.media["Lecture 1"])) == {"en": vtt("Original")}
        assert {vtt("Mine"), vtt("Meins")} <= set(campus.saved())

    def test_where_the_original_is_gone_its_text_comes_back_as_the_copys_own(self, campus: Campus, copy: int) -> None:
        home = campus.sandbox.file_id(campus.media["Lecture 1"])
        track = next(t for t in campus.sandbox.tracks(campus.media["Lecture 1"]) if t["attachment_id"] == home)
        campus.sandbox.delete_track(track["id"])
        assert restore(campus).code == ExitCode.OK
        assert self.by_file(campus, copy) == {"en": vtt("Original")}


class TestOldRunsAreRemoved:
    def runs(self, campus: Campus) -> list[str]:
        return sorted(os.listdir(campus.folder / ".captionkit" / "runs"))

    def pushes(self, campus: Campus, number: int, keep: str = "") -> Said:
        file = campus.folder / "captionkit.toml"
        file.write_text(file.read_text() + (f"\n[sync]\nkeep_runs = {keep}\n" if keep else ""))
        for count in range(number):
            campus.write("Lecture 1.en.vtt", vtt(f"{keep}, {count}"))
            said = campus.push()
            assert said.code == 0, said.all
        return said

    def aged(self, campus: Campus, run: str, name: str) -> None:
        runs = campus.folder / ".captionkit" / "runs"
        (runs / run).rename(runs / name)

    def test_all_but_the_newest_so_many_and_it_is_said(self, campus: Campus) -> None:
        said = self.pushes(campus, 4, "2")
        assert len(self.runs(campus)) == 2
        assert "Removed 1 old run" in said.out
        assert "keep_runs in captionkit.toml: 2" in said.out
        assert vtt("2, 0") not in campus.saved()
        assert restore(campus).code == ExitCode.OK
        assert campus.tracks("Lecture 1")["en"] == vtt("2, 2")

    @pytest.mark.parametrize(("keep", "left"), [('"30 days"', 1), ("", 2), ('"all"', 3)])
    def test_those_of_so_many_days_and_a_year_by_itself(self, campus: Campus, keep: str, left: int) -> None:
        self.pushes(campus, 2)
        for days, run in zip((400, 40), self.runs(campus), strict=True):
            self.aged(campus, run, f"{datetime.now() - timedelta(days=days):%Y%m%dT%H%M%S000Z}-{run[-8:]}")
        self.pushes(campus, 1, keep)
        assert len(self.runs(campus)) == left

    def test_never_the_last_nor_the_last_that_changed_canvas_nor_one_that_was_cut_off(self, campus: Campus) -> None:
        self.pushes(campus, 3, "1")
        [pushed] = self.runs(campus)
        campus.add("Lecture 2", "fr", vtt("un"))
        assert campus.shell("pull", campus.folder).code == 0
        assert len(self.runs(campus)) == 2, "the pull is the last, the push can be undone"
        for run in self.runs(campus)[1:]:
            journal = campus.folder / ".captionkit" / "runs" / run / "journal.jsonl"
            journal.write_text("".join(f"{line}\n" for line in journal.read_text().splitlines()[:-1]))
        campus.add("Lecture 2", "de", vtt("eins"))
        assert campus.shell("pull", campus.folder).code == 0
        assert pushed in self.runs(campus)
        assert len(self.runs(campus)) == 3

    @pytest.mark.parametrize("keep", ["0", "-1", '"x"', '"0 days"', "true", "1.5", '"90"'])
    def test_what_is_no_such_limit_is_said(self, campus: Campus, keep: str) -> None:
        file = campus.folder / "captionkit.toml"
        file.write_text(file.read_text() + f"\n[sync]\nkeep_runs = {keep}\n")
        said = campus.push()
        assert said.code == ExitCode.USAGE
        assert "sync.keep_runs" in said.err


class TestLimits:
    def test_removing_what_a_run_made_stays_within_max_delete(self, campus: Campus) -> None:
        before = pushed(campus)
        puts = campus.puts()
        said = restore(campus, "--max-delete", "2")
        assert said.code == ExitCode.GUARD_REFUSED
        assert "the plan deletes 3 tracks, the limit is 2" in said.err
        assert campus.puts() == puts
        assert restore(campus, "--max-delete", "3").code == ExitCode.OK
        assert there(campus) == before

    def test_a_protected_language_is_not_removed(self, campus: Campus) -> None:
        pushed(campus)
        file = campus.folder / "captionkit.toml"
        file.write_text(file.read_text() + '\n[sync]\nprotect = ["de"]\n')
        assert restore(campus).code == ExitCode.GUARD_REFUSED
        assert "de" in campus.tracks("Lecture 1")

    def test_a_recording_that_had_no_captions_has_none_again(self, campus: Campus) -> None:
        campus.write("Lecture 1.en.vtt", vtt("one"))
        campus.push()
        campus.sandbox.set(clock_skew_s=60.0)
        assert restore(campus).code == ExitCode.OK
        assert campus.tracks("Lecture 1") == {}


def entries(campus: Campus) -> list[dict[str, object]]:
    said = campus.shell("history", campus.folder, "--json")
    found: list[dict[str, object]] = json.loads(said.out)
    return found


class TestTheRunIsNamedAsAPersonThinksOfIt:
    @pytest.fixture(autouse=True)
    def in_honolulu(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        """Ten hours behind UTC, so that a day there is another than in the names of the runs."""
        if not hasattr(time, "tzset"):
            pytest.skip("Windows has one time zone for all programs")
        monkeypatch.setenv("TZ", "HST10")
        time.tzset()
        yield
        monkeypatch.undo()
        time.tzset()

    def days_ago(self, campus: Campus, run: str, days: int, clock: str = "23:30:05") -> str:
        """Let a run have been so many days ago, at this time of the day; its day."""
        day = f"{datetime.now() - timedelta(days=days):%Y-%m-%d}"
        when = datetime.fromisoformat(f"{day}T{clock}-10:00").astimezone(tz=None)
        utc = f"{datetime.fromtimestamp(when.timestamp() + 36000):%Y-%m-%dT%H:%M:%S}.000Z"
        journal = campus.folder / ".captionkit" / "runs" / run / "journal.jsonl"
        lines = [json.loads(line) for line in journal.read_text().splitlines()]
        journal.write_text("".join(json.dumps({**line, "at": utc}) + "\n" for line in lines))
        return day

    @pytest.fixture
    def two(self, campus: Campus) -> tuple[str, str]:
        """A push of two days ago and one of yesterday."""
        runs = []
        for words in ("first", "second"):
            campus.write("Lecture 1.en.vtt", vtt(words))
            assert campus.push().code == 0
            runs.append(os.listdir(campus.folder / ".captionkit" / "runs"))
        [older] = runs[0]
        [newer] = set(runs[1]) - {older}
        campus.sandbox.set(clock_skew_s=60.0)
        self.days_ago(campus, older, 2)
        self.days_ago(campus, newer, 1)
        return older, newer

    def test_history_shows_local_time_and_who(self, campus: Campus, two: tuple[str, str]) -> None:
        said = campus.shell("history", campus.folder)
        yesterday = f"{datetime.now() - timedelta(days=1):%Y-%m-%d}"
        import getpass

        assert f"{yesterday} 23:30:05" in said.out
        assert getpass.getuser() in said.out
        assert "user 1" in said.out
        assert [entry["run"] for entry in entries(campus)] == [two[1], two[0]]

    @pytest.mark.parametrize("how", ["yesterday", "Yesterday", "{day}", "{day} 23:30", "{day}T23:30:05", "{run}"])
    def test_by_day_and_by_name(self, campus: Campus, two: tuple[str, str], how: str) -> None:
        day = f"{datetime.now() - timedelta(days=1):%Y-%m-%d}"
        said = restore(campus, how.format(day=day, run=two[1]))
        assert said.code == ExitCode.OK, said.all
        assert f"Undoing {two[1]}: push, {day} 23:30:05" in said.out
        assert campus.tracks("Lecture 1") == {"en": vtt("first")}

    def test_several_of_a_day_are_listed_and_none_is_taken(self, campus: Campus, two: tuple[str, str]) -> None:
        day = self.days_ago(campus, two[0], 1, "08:00:00")
        puts = campus.puts()
        said = restore(campus, "yesterday")
        assert said.code == ExitCode.USAGE
        assert all(run in said.err for run in two)
        assert f"{day} 08:00:00" in said.err
        assert campus.puts() == puts

    @pytest.mark.parametrize("how", ["today", "2020-02-29", "2020-02-29 10:00"])
    def test_a_day_without_a_run_is_no_error(self, campus: Campus, two: tuple[str, str], how: str) -> None:
        said = restore(campus, how)
        assert said.code == ExitCode.OK
        assert said.out.strip() == (
            f"No run of this folder changed anything in Canvas ({how}), so there is nothing to restore."
        )

    @pytest.mark.parametrize("how", ["2026-02-30", "26.11.2026", "last week", "../..", "2020-01-01 9 o'clock"])
    def test_what_names_no_run_and_no_day_is_said(self, campus: Campus, two: tuple[str, str], how: str) -> None:
        said = restore(campus, how)
        assert said.code == ExitCode.USAGE
        assert "there is no run" in said.err

    def test_verify_takes_the_same_names(self, campus: Campus, two: tuple[str, str]) -> None:
        assert campus.shell("verify", campus.folder, "yesterday").code == ExitCode.OK
        assert campus.shell("verify", campus.folder, two[0][:20]).code == ExitCode.FINDINGS


def test_nothing_to_restore_at_all_is_a_plain_sentence(campus: Campus) -> None:
    said = restore(campus)
    assert said.code == ExitCode.OK
    assert said.out == "No run of this folder changed anything in Canvas, so there is nothing to restore.\n"
    assert campus.shell("history", campus.folder).code == ExitCode.OK


def test_a_pull_is_not_undone_and_where_its_files_lie_is_said(campus: Campus) -> None:
    campus.add("Lecture 1", "en", vtt("one"))
    campus.shell("pull", campus.folder)
    [run] = os.listdir(campus.folder / ".captionkit" / "runs")
    said = restore(campus, run)
    assert said.code == ExitCode.USAGE
    assert "is a pull" in said.err
    assert run in said.err


def test_a_backup_whose_list_of_tracks_was_changed_is_not_restored(campus: Campus) -> None:
    """The journal holds a digest over everything that was saved, texts and kinds, and not over the languages alone."""
    pushed(campus)
    changed = 0
    for file in campus.folder.glob(".captionkit/runs/*/backup/*/tracks.json"):
        text = file.read_text()
        if '"en"' in text:
            file.write_text(text.replace('"subtitles"', '"captions"'))
            changed += text.count('"subtitles"')
    assert changed
    now = there(campus)
    said = restore(campus)
    assert said.code == ExitCode.DAMAGED
    assert "not whole" in said.err
    assert there(campus) == now


class TestWhatARunLeft:
    """A run's records also keep what it found gone or edited, as drift; that is not what it left in Canvas."""

    def test_verify_does_not_miss_what_the_run_itself_removed(self, campus: Campus) -> None:
        pushed(campus)
        assert restore(campus).code == ExitCode.OK
        said = campus.shell("verify", campus.folder)
        assert said.code == ExitCode.OK, said.all
        assert "2 of 2 media objects are as the run" in said.out

    def test_nor_what_was_edited_or_deleted_before_it(self, campus: Campus) -> None:
        for name in ("en", "fr", "de"):
            campus.write(f"Lecture 1.{name}.vtt", vtt(name))
        campus.push()
        rows = {track["locale"]: track["id"] for track in campus.sandbox.tracks(campus.media["Lecture 1"])}
        campus.sandbox.edit_track(rows["fr"], vtt("Edited there"))
        campus.sandbox.delete_track(rows["de"])
        campus.sandbox.set(clock_skew_s=60.0)
        campus.write("Lecture 1.en.vtt", vtt("en, edited"))
        assert campus.push().code == ExitCode.FINDINGS
        said = campus.shell("verify", campus.folder)
        assert said.code == ExitCode.OK, said.all

    def test_what_a_restore_made_is_known_to_be_its_own(self, campus: Campus) -> None:
        """Made, removed by a restore, made again by one of that: undoing the last removes it again."""
        campus.write("Lecture 1.de.vtt", vtt("eins"))
        campus.write("Lecture 1.en.vtt", vtt("one"))
        campus.push()
        campus.write("Lecture 1.fr.vtt", vtt("un"))
        campus.push()
        seen = [there(campus)]
        for step in (1, 2, 3):
            campus.sandbox.set(clock_skew_s=60.0 * step)
            said = restore(campus, entries(campus)[0]["run"])
            assert said.code == ExitCode.OK, said.all
            seen.append(there(campus))
        assert ["fr" in one["Lecture 1"] for one in seen] == [True, False, True, False]

    @pytest.mark.parametrize("after", ['{"en":["subtitles","x"]}', '{"en":"abc"}', "[]", '{"en":[1,2,3]}'])
    def test_a_line_that_says_it_wrongly_is_one_error(self, campus: Campus, after: str) -> None:
        campus.write("Lecture 1.en.vtt", vtt("one"))
        campus.push()
        [journal] = campus.folder.glob(".captionkit/runs/*/journal.jsonl")
        journal.write_text(re.sub(r'"after":\{.*?\}', f'"after":{after}', journal.read_text(), count=1))
        said = campus.shell("verify", campus.folder)
        assert said.code == ExitCode.DAMAGED, said.all
        assert "journal.jsonl, line" in said.err
        assert "after" in said.err
        said = restore(campus)
        assert said.code == ExitCode.STALE_OR_CONFLICT, said.all
        assert "that run could not read back what it did" in said.out
        assert "after" in said.err

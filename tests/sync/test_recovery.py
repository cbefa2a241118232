"""After a crash, a lost answer or a mistake: resume, restore, verify, history."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fakes.canvas import FakeCanvas
from fakes.clock import SimulatedClock
from teacher import COURSE, Teacher, media, options, srt, step, vtt

from captionkit.errors import ExitCode, LocalError, StaleError, UsageError
from captionkit.sync.decide import Do
from captionkit.sync.history import history, verify
from captionkit.sync.journal import read_past
from captionkit.sync.results import Ending
from captionkit.sync.run import Report, abandon, check_doubt
from captionkit.sync.store import FolderStore


class PowerCut(BaseException):
    """Ends the process where it stands; nothing of ours catches it."""


class Dying:
    """A store that dies at its n-th durable write: just before it, or just after."""

    def __init__(self, store: FolderStore, at: int, *, after: bool) -> None:
        self._store = store
        self._left = at
        self._after = after

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._store, name)
        if name not in ("save_manifest", "save_plan", "append_journal", "save_backup"):
            return method

        def write(*arguments: Any) -> None:
            if self._left < 0:
                raise PowerCut
            self._left -= 1
            if self._left < 0 and not self._after:
                raise PowerCut
            method(*arguments)
            if self._left < 0:
                raise PowerCut

        return write


def reopened(teacher: Teacher) -> Teacher:
    """The same folder and world, as a new process finds them."""
    return Teacher(teacher.folder, teacher.world, user=teacher.user, path=teacher.path, clock=teacher.clock)


def resume(teacher: Teacher) -> Report | None:
    """What `captionkit resume` does."""
    teacher = reopened(teacher)
    plan = teacher.workspace().resume()
    if plan is None:
        return None
    report = teacher.apply(plan)
    teacher.clock.sleep(300)
    return report


def restore(teacher: Teacher, run: str, **policy: Any) -> Report:
    workspace = teacher.workspace()
    report = workspace.apply(workspace.restore(run, options(**policy)))
    teacher.clock.sleep(300)
    return report


def fresh(folder: Path) -> Teacher:
    """Two lectures with captions, one language edited, one removed, one new, one held as SRT that must be remade."""
    clock = SimulatedClock()
    world = FakeCanvas(clock=clock)
    world.add_media(COURSE, "Lecture 1", media_id="m-1")
    world.add_media(COURSE, "Lecture 2", media_id="m-2")
    world.add_track("m-2", "en", srt("old two"))
    clock.sleep(300)
    teacher = Teacher(folder, world, clock=clock)
    for locale in ("de", "en", "fr"):
        teacher.write(f"m-1.{locale}.vtt", vtt(f"one {locale}"))
    teacher.write("m-2.en.srt", srt("old two"))
    teacher.push()
    teacher.write("m-1.en.vtt", vtt("one en, edited"))
    teacher.delete("m-1.fr.vtt")
    teacher.write("m-1.it.vtt", vtt("one it"))
    teacher.write("m-2.en.srt", srt("5, 6, 7"))
    return teacher


GOAL_1 = {"de": vtt("one de"), "en": vtt("one en, edited"), "it": vtt("one it")}


def at_goal(teacher: Teacher) -> bool:
    return teacher.on_canvas("m-1") == GOAL_1 and "\n5, 6, 7\n" in teacher.shown("m-2", "en")


def everything_is_safe(teacher: Teacher, before: dict[str, str]) -> None:
    """Every text that was in Canvas before is still there or in a backup."""
    kept = {row.content for m in ("m-1", "m-2") for row in teacher.world.tracks(m)} | set(teacher.backups().values())
    assert set(before.values()) <= kept


@pytest.mark.parametrize("after", [False, True], ids=["before the write", "after the write"])
def test_a_crash_at_any_durable_write_can_be_resumed(tmp_path: Path, after: bool) -> None:
    """Enumerated, not sampled: every write of the run, and each of those again at every write of the resumed run."""
    crashes = doubles = 0
    for first in range(1000):
        teacher = fresh(tmp_path / f"{first}-{after}")
        before = {row.id: row.content for m in ("m-1", "m-2") for row in teacher.world.tracks(m)}
        surveyed = teacher.survey(delete=True)
        teacher.store = Dying(teacher.store, first, after=after)  # type: ignore[assignment]
        try:
            teacher.apply(surveyed)
        except PowerCut:
            crashes += 1
        else:
            break
        teacher = reopened(teacher)
        everything_is_safe(teacher, before)
        if first % 5 == 0:  # the second crash: at a write of the resumed run that moves through it with `first`
            again = reopened(teacher)
            left = again.workspace().resume()
            if left is not None:
                again.store = Dying(again.store, first // 5, after=not after)  # type: ignore[assignment]
                try:
                    again.apply(left)
                except PowerCut:
                    doubles += 1
        report = resume(teacher)
        if report is not None:
            assert report.exit_code in (ExitCode.OK, ExitCode.OUTCOME_UNKNOWN, ExitCode.STALE_OR_CONFLICT), report
        everything_is_safe(teacher, before)
        teacher = reopened(teacher)
        teacher.push(delete=True)
        assert at_goal(teacher), (first, teacher.on_canvas("m-1"))
        assert not teacher.plan(delete=True).changing
    assert crashes > 20
    assert doubles > 2


class TestResume:
    def cut(self, teacher: Teacher, state: str) -> None:
        """Run until this state stands in the journal for m-1, then die."""
        surveyed = teacher.survey(delete=True)
        append = teacher.store.append_journal

        def dying(run: str, record: bytes) -> None:
            append(run, record)
            if f'"state":"{state}"'.encode() in record and b"m-1" in record:
                raise PowerCut

        teacher.store.append_journal = dying  # type: ignore[method-assign]
        with pytest.raises(PowerCut):
            teacher.apply(surveyed)

    @pytest.mark.parametrize("state", ["BACKED_UP", "SENT", "ACKED", "VERIFIED", "COMMITTED"])
    def test_it_goes_on_from_every_state(self, tmp_path: Path, state: str) -> None:
        teacher = fresh(tmp_path / "captions")
        self.cut(teacher, state)
        report = resume(teacher)
        assert report is not None
        assert report.exit_code is ExitCode.OK
        assert at_goal(reopened(teacher))

    def test_a_new_plan_waits_until_a_doubt_is_settled(self, tmp_path: Path) -> None:
        teacher = fresh(tmp_path / "captions")
        self.cut(teacher, "SENT")
        store = reopened(teacher).store
        with pytest.raises(StaleError, match="cut off"):
            check_doubt(store)
        assert abandon(store, teacher.clock)
        check_doubt(store)

    def test_somebody_elses_edit_after_the_crash_is_left_alone(self, tmp_path: Path) -> None:
        teacher = fresh(tmp_path / "captions")
        self.cut(teacher, "ACKED")
        english = next(row.id for row in teacher.world.tracks("m-1") if row.locale == "en")
        teacher.world.edit_track(english, vtt("Edited there"))
        report = resume(teacher)
        assert report is not None
        assert report.exit_code is ExitCode.OUTCOME_UNKNOWN
        assert teacher.on_canvas("m-1")["en"] == vtt("Edited there")

    def test_a_request_that_stopped_half_way_is_finished(self, tmp_path: Path) -> None:
        teacher = fresh(tmp_path / "captions")
        teacher.world.fault("partial", media="media_objects/m-1", step=2)
        self.cut(teacher, "ACKED")
        assert teacher.on_canvas("m-1") != GOAL_1
        report = resume(teacher)
        assert report is not None
        assert report.exit_code is ExitCode.OK
        assert at_goal(reopened(teacher))
        assert vtt("one fr") in teacher.backups().values()

    def test_the_first_backup_is_never_overwritten_by_a_later_round(self, tmp_path: Path) -> None:
        teacher = fresh(tmp_path / "captions")
        teacher.world.fault("partial", media="media_objects/m-1", step=2)
        self.cut(teacher, "ACKED")
        before = teacher.backups()
        resume(teacher)
        after = teacher.backups()
        assert before.items() <= after.items()
        assert len(after) > len(before)

    def test_a_torn_line_does_not_hide_the_next_one(self, tmp_path: Path) -> None:
        teacher = fresh(tmp_path / "captions")
        self.cut(teacher, "BACKED_UP")
        run = teacher.store.runs()[-1]
        journal = teacher.folder / ".captionkit" / "runs" / run / "journal.jsonl"
        with journal.open("ab") as file:
            file.write(b'{"state":"SENT","media":"media_obj')
        report = resume(teacher)
        assert report is not None
        assert report.exit_code is ExitCode.OK
        assert read_past(teacher.store, run).ended

    def test_every_prefix_of_a_journal_can_be_read(self, tmp_path: Path) -> None:
        teacher = fresh(tmp_path / "captions")
        teacher.push(delete=True)
        run = teacher.store.runs()[-1]
        journal = teacher.folder / ".captionkit" / "runs" / run / "journal.jsonl"
        whole = journal.read_bytes()
        for end in range(0, len(whole), 7):
            journal.write_bytes(whole[:end])
            past = read_past(teacher.store, run)
            assert not past.ended


class TestRestore:
    def pushed(self, tmp_path: Path) -> tuple[Teacher, str]:
        teacher = fresh(tmp_path / "captions")
        teacher.push(delete=True)
        return teacher, teacher.store.runs()[-1]

    def test_what_was_replaced_and_deleted_comes_back(self, tmp_path: Path) -> None:
        teacher, run = self.pushed(tmp_path)
        report = restore(teacher, run)
        assert report.exit_code is ExitCode.OK
        assert teacher.on_canvas("m-1") == {
            "de": vtt("one de"), "en": vtt("one en"), "fr": vtt("one fr"),
        }  # fmt: skip
        assert teacher.on_canvas("m-2") == {"en": srt("old two")}
        assert "old two" in teacher.shown("m-2", "en")

    def test_restoring_twice_changes_nothing_the_second_time(self, tmp_path: Path) -> None:
        teacher, run = self.pushed(tmp_path)
        restore(teacher, run)
        puts = teacher.puts()
        assert restore(teacher, run).run == ""
        assert teacher.puts() == puts

    def test_a_restore_can_itself_be_restored(self, tmp_path: Path) -> None:
        teacher, run = self.pushed(tmp_path)
        restore(teacher, run)
        report = restore(teacher, teacher.store.runs()[-1])
        assert report.exit_code is ExitCode.OK
        assert teacher.on_canvas("m-1")["en"] == vtt("one en, edited")

    def test_somebody_elses_later_edit_is_a_conflict(self, tmp_path: Path) -> None:
        teacher, run = self.pushed(tmp_path)
        english = next(row.id for row in teacher.world.tracks("m-1") if row.locale == "en")
        teacher.world.edit_track(english, vtt("Edited there"))
        report = restore(teacher, run)
        assert report.exit_code is ExitCode.STALE_OR_CONFLICT
        assert step(report.plan, "en", "m-1").do is Do.CONFLICT
        assert teacher.on_canvas("m-1")["en"] == vtt("Edited there")
        report = restore(teacher, run, on_conflict="local")
        assert teacher.on_canvas("m-1")["en"] == vtt("one en")
        assert vtt("Edited there") in teacher.backups().values()

    def test_the_next_push_does_not_undo_it_and_a_pull_brings_it(self, tmp_path: Path) -> None:
        teacher, run = self.pushed(tmp_path)
        restore(teacher, run)
        assert step(teacher.plan(), "en", "m-1").why == "remote-edit"
        assert not teacher.plan().changing
        teacher.pull()
        assert teacher.read("m-1.en.vtt") == vtt("one en")

    def test_what_the_run_made_and_somebody_edited_since_stays(self, tmp_path: Path) -> None:
        teacher, run = self.pushed(tmp_path)
        italian = next(row.id for row in teacher.world.tracks("m-1") if row.locale == "it")
        teacher.world.edit_track(italian, vtt("Edited there"))
        report = restore(teacher, run)
        assert step(report.plan, "it", "m-1").do is Do.CONFLICT
        assert teacher.on_canvas("m-1")["it"] == vtt("Edited there")

    def test_a_damaged_backup_is_not_restored(self, tmp_path: Path) -> None:
        teacher, run = self.pushed(tmp_path)
        saved = next(f for f in teacher.folder.glob(f".captionkit/runs/{run}/backup/**/*-en.vtt"))
        saved.write_bytes(saved.read_bytes().replace(b"one", b"two"))
        puts = teacher.puts()
        with pytest.raises(LocalError, match="not what was saved"):
            restore(teacher, run)
        assert teacher.puts() == puts

    def test_a_lost_track_list_of_a_backup_is_reported(self, tmp_path: Path) -> None:
        teacher, run = self.pushed(tmp_path)
        next(teacher.folder.glob(f".captionkit/runs/{run}/backup/*/tracks.json")).write_text("{", encoding="utf-8")
        with pytest.raises(LocalError, match="not whole"):
            restore(teacher, run)

    def test_a_run_that_is_not_there_is_reported(self, tmp_path: Path) -> None:
        teacher, _ = self.pushed(tmp_path)
        with pytest.raises(UsageError, match="no run"):
            restore(teacher, "20200101T000000000Z-00000000")
        with pytest.raises(UsageError, match="no run"):
            restore(teacher, "../..")

    def test_a_media_object_that_is_gone_stops_only_itself(self, tmp_path: Path) -> None:
        teacher, run = self.pushed(tmp_path)
        teacher.world.delete_files("m-1")
        report = restore(teacher, run)
        assert media(report.plan, "m-1").blocked
        assert teacher.on_canvas("m-2") == {"en": srt("old two")}

    def test_a_colleague_who_took_the_language_over_is_not_replaced(self, tmp_path: Path) -> None:
        teacher, run = self.pushed(tmp_path)
        teacher.world.add_track("m-1", "fr", vtt("Par un collègue"), user="2")
        teacher.clock.sleep(300)
        report = restore(teacher, run, on_conflict="local")
        assert step(report.plan, "fr", "m-1").why == "foreign-owner"
        assert teacher.on_canvas("m-1")["fr"] == vtt("Par un collègue")


class TestHistory:
    def test_it_lists_runs_newest_first_with_what_can_be_restored(self, tmp_path: Path) -> None:
        teacher = fresh(tmp_path / "captions")
        teacher.push(delete=True)
        teacher.pull()
        newest, oldest = history(teacher.store)[0], history(teacher.store)[-1]
        assert newest.restorable == 4
        assert newest.ended == "ended"
        assert newest.states == {"committed": 2}
        assert (newest.what, oldest.what, oldest.restorable) == ("push", "push", 3)

    def test_a_run_that_was_cut_off_says_so(self, tmp_path: Path) -> None:
        teacher = fresh(tmp_path / "captions")
        TestResume().cut(teacher, "SENT")
        assert history(teacher.store)[0].ended == "cut off"

    def test_verify_tells_every_kind_of_change_since(self, tmp_path: Path) -> None:
        teacher = fresh(tmp_path / "captions")
        teacher.push(delete=True)
        run = teacher.store.runs()[-1]
        assert all(finding.is_as_left for finding in verify(teacher.store, run, teacher.remote))
        rows = {row.locale: row.id for row in teacher.world.tracks("m-1")}
        teacher.world.edit_track(rows["en"], vtt("Edited there"))
        teacher.world.delete_track(rows["de"])
        teacher.world.delete_track(rows["it"])
        teacher.world.add_track("m-1", "it", vtt("one it"))
        teacher.world.add_track("m-1", "uk", vtt("uk"), user="2")
        lines = {line for finding in verify(teacher.store, run, teacher.remote) for line in finding.lines}
        assert lines == {
            "de is not there any more",
            "en was edited since",
            "it was deleted and made anew since",
            "uk was added since",
        }


def test_a_late_request_is_noticed_at_the_end(tmp_path: Path) -> None:
    """The first PUT gets no answer and lands after the second was verified and a colleague has edited."""
    teacher = fresh(tmp_path / "captions")
    teacher.delete("m-2.en.srt")
    teacher.world.fault("late", media="media_objects/m-1", late_by=5)
    report = teacher.push(delete=True)
    assert report.exit_code is ExitCode.OK
    assert teacher.on_canvas("m-1") == GOAL_1
    assert [result.ending for result in report.results] == [Ending.COMMITTED]

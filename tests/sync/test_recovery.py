"""After a crash, a lost answer or a mistake: resume, restore, verify, history."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from desk import COURSE, Desk, media, options, srt, step, vtt
from fakes.canvas import FakeCanvas
from fakes.clock import SimulatedClock

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


def reopened(desk: Desk) -> Desk:
    """The same folder and world, as a new process finds them."""
    return Desk(desk.folder, desk.world, user=desk.user, path=desk.path, clock=desk.clock)


def resume(desk: Desk) -> Report | None:
    """What `captionkit resume` does."""
    desk = reopened(desk)
    plan = desk.workspace().resume()
    if plan is None:
        return None
    report = desk.apply(plan)
    desk.clock.sleep(300)
    return report


def restore(desk: Desk, run: str, **policy: Any) -> Report:
    workspace = desk.workspace()
    report = workspace.apply(workspace.restore(run, options(**policy)))
    desk.clock.sleep(300)
    return report


def fresh(folder: Path) -> Desk:
    """Two lectures with captions, one language edited, one removed, one new, one held as SRT that must be remade."""
    clock = SimulatedClock()
    world = FakeCanvas(clock=clock)
    world.add_media(COURSE, "Lecture 1", media_id="m-1")
    world.add_media(COURSE, "Lecture 2", media_id="m-2")
    world.add_track("m-2", "en", srt("old two"))
    clock.sleep(300)
    desk = Desk(folder, world, clock=clock)
    for locale in ("de", "en", "fr"):
        desk.write(f"m-1.{locale}.vtt", vtt(f"one {locale}"))
    desk.write("m-2.en.srt", srt("old two"))
    desk.push()
    desk.write("m-1.en.vtt", vtt("one en, edited"))
    desk.delete("m-1.fr.vtt")
    desk.write("m-1.it.vtt", vtt("one it"))
    desk.write("m-2.en.srt", srt("5, 6, 7"))
    return desk


GOAL_1 = {"de": vtt("one de"), "en": vtt("one en, edited"), "it": vtt("one it")}


def at_goal(desk: Desk) -> bool:
    return desk.on_canvas("m-1") == GOAL_1 and "\n5, 6, 7\n" in desk.shown("m-2", "en")


def everything_is_safe(desk: Desk, before: dict[str, str]) -> None:
    """Every text that was in Canvas before is still there or in a backup."""
    kept = {row.content for m in ("m-1", "m-2") for row in desk.world.tracks(m)} | set(desk.backups().values())
    assert set(before.values()) <= kept


@pytest.mark.parametrize("after", [False, True], ids=["before the write", "after the write"])
def test_a_crash_at_any_durable_write_can_be_resumed(tmp_path: Path, after: bool) -> None:
    """Enumerated, not sampled: every write of the run, and each of those again at every write of the resumed run."""
    crashes = doubles = 0
    for first in range(1000):
        desk = fresh(tmp_path / f"{first}-{after}")
        before = {row.id: row.content for m in ("m-1", "m-2") for row in desk.world.tracks(m)}
        surveyed = desk.survey(delete=True)
        desk.store = Dying(desk.store, first, after=after)  # type: ignore[assignment]
        try:
            desk.apply(surveyed)
        except PowerCut:
            crashes += 1
        else:
            break
        desk = reopened(desk)
        everything_is_safe(desk, before)
        if first % 5 == 0:  # the second crash: at a write of the resumed run that moves through it with `first`
            again = reopened(desk)
            left = again.workspace().resume()
            if left is not None:
                again.store = Dying(again.store, first // 5, after=not after)  # type: ignore[assignment]
                try:
                    again.apply(left)
                except PowerCut:
                    doubles += 1
        report = resume(desk)
        if report is not None:
            assert report.exit_code in (ExitCode.OK, ExitCode.OUTCOME_UNKNOWN, ExitCode.STALE_OR_CONFLICT), report
        everything_is_safe(desk, before)
        desk = reopened(desk)
        desk.push(delete=True)
        assert at_goal(desk), (first, desk.on_canvas("m-1"))
        assert not desk.plan(delete=True).changing
    assert crashes > 20
    assert doubles > 2


class TestResume:
    def cut(self, desk: Desk, state: str) -> None:
        """Run until this state stands in the journal for m-1, then die."""
        surveyed = desk.survey(delete=True)
        append = desk.store.append_journal

        def dying(run: str, record: bytes) -> None:
            append(run, record)
            if f'"state":"{state}"'.encode() in record and b"m-1" in record:
                raise PowerCut

        desk.store.append_journal = dying  # type: ignore[method-assign]
        with pytest.raises(PowerCut):
            desk.apply(surveyed)

    @pytest.mark.parametrize("state", ["BACKED_UP", "SENT", "ACKED", "VERIFIED", "COMMITTED"])
    def test_it_goes_on_from_every_state(self, tmp_path: Path, state: str) -> None:
        desk = fresh(tmp_path / "captions")
        self.cut(desk, state)
        report = resume(desk)
        assert report is not None
        assert report.exit_code is ExitCode.OK
        assert at_goal(reopened(desk))

    def test_a_new_plan_waits_until_a_doubt_is_settled(self, tmp_path: Path) -> None:
        desk = fresh(tmp_path / "captions")
        self.cut(desk, "SENT")
        store = reopened(desk).store
        with pytest.raises(StaleError, match="cut off"):
            check_doubt(store)
        assert abandon(store, desk.clock)
        check_doubt(store)

    def test_somebody_elses_edit_after_the_crash_is_left_alone(self, tmp_path: Path) -> None:
        desk = fresh(tmp_path / "captions")
        self.cut(desk, "ACKED")
        english = next(row.id for row in desk.world.tracks("m-1") if row.locale == "en")
        desk.world.edit_track(english, vtt("Edited there"))
        report = resume(desk)
        assert report is not None
        assert report.exit_code is ExitCode.OUTCOME_UNKNOWN
        assert desk.on_canvas("m-1")["en"] == vtt("Edited there")

    def test_a_request_that_stopped_half_way_is_finished(self, tmp_path: Path) -> None:
        desk = fresh(tmp_path / "captions")
        desk.world.fault("partial", media="media_objects/m-1", step=2)
        self.cut(desk, "ACKED")
        assert desk.on_canvas("m-1") != GOAL_1
        report = resume(desk)
        assert report is not None
        assert report.exit_code is ExitCode.OK
        assert at_goal(reopened(desk))
        assert vtt("one fr") in desk.backups().values()

    def test_the_first_backup_is_never_overwritten_by_a_later_round(self, tmp_path: Path) -> None:
        desk = fresh(tmp_path / "captions")
        desk.world.fault("partial", media="media_objects/m-1", step=2)
        self.cut(desk, "ACKED")
        before = desk.backups()
        resume(desk)
        after = desk.backups()
        assert before.items() <= after.items()
        assert len(after) > len(before)

    def test_a_torn_line_does_not_hide_the_next_one(self, tmp_path: Path) -> None:
        desk = fresh(tmp_path / "captions")
        self.cut(desk, "BACKED_UP")
        run = desk.store.runs()[-1]
        journal = desk.folder / ".captionkit" / "runs" / run / "journal.jsonl"
        with journal.open("ab") as file:
            file.write(b'{"state":"SENT","media":"media_obj')
        report = resume(desk)
        assert report is not None
        assert report.exit_code is ExitCode.OK
        assert read_past(desk.store, run).ended

    def test_every_prefix_of_a_journal_can_be_read(self, tmp_path: Path) -> None:
        desk = fresh(tmp_path / "captions")
        desk.push(delete=True)
        run = desk.store.runs()[-1]
        journal = desk.folder / ".captionkit" / "runs" / run / "journal.jsonl"
        whole = journal.read_bytes()
        for end in range(0, len(whole), 7):
            journal.write_bytes(whole[:end])
            past = read_past(desk.store, run)
            assert not past.ended


class TestRestore:
    def pushed(self, tmp_path: Path) -> tuple[Desk, str]:
        desk = fresh(tmp_path / "captions")
        desk.push(delete=True)
        return desk, desk.store.runs()[-1]

    def test_what_was_replaced_and_deleted_comes_back(self, tmp_path: Path) -> None:
        desk, run = self.pushed(tmp_path)
        report = restore(desk, run)
        assert report.exit_code is ExitCode.OK
        assert desk.on_canvas("m-1") == {
            "de": vtt("one de"), "en": vtt("one en"), "fr": vtt("one fr"),
        }  # fmt: skip
        assert desk.on_canvas("m-2") == {"en": srt("old two")}
        assert "old two" in desk.shown("m-2", "en")

    def test_restoring_twice_changes_nothing_the_second_time(self, tmp_path: Path) -> None:
        desk, run = self.pushed(tmp_path)
        restore(desk, run)
        puts = desk.puts()
        assert restore(desk, run).run == ""
        assert desk.puts() == puts

    def test_a_restore_can_itself_be_restored(self, tmp_path: Path) -> None:
        desk, run = self.pushed(tmp_path)
        restore(desk, run)
        report = restore(desk, desk.store.runs()[-1])
        assert report.exit_code is ExitCode.OK
        assert desk.on_canvas("m-1")["en"] == vtt("one en, edited")

    def test_somebody_elses_later_edit_is_a_conflict(self, tmp_path: Path) -> None:
        desk, run = self.pushed(tmp_path)
        english = next(row.id for row in desk.world.tracks("m-1") if row.locale == "en")
        desk.world.edit_track(english, vtt("Edited there"))
        report = restore(desk, run)
        assert report.exit_code is ExitCode.STALE_OR_CONFLICT
        assert step(report.plan, "en", "m-1").do is Do.CONFLICT
        assert desk.on_canvas("m-1")["en"] == vtt("Edited there")
        report = restore(desk, run, on_conflict="local")
        assert desk.on_canvas("m-1")["en"] == vtt("one en")
        assert vtt("Edited there") in desk.backups().values()

    def test_the_next_push_does_not_undo_it_and_a_pull_brings_it(self, tmp_path: Path) -> None:
        desk, run = self.pushed(tmp_path)
        restore(desk, run)
        assert step(desk.plan(), "en", "m-1").why == "remote-edit"
        assert not desk.plan().changing
        desk.pull()
        assert desk.read("m-1.en.vtt") == vtt("one en")

    def test_what_the_run_made_and_somebody_edited_since_stays(self, tmp_path: Path) -> None:
        desk, run = self.pushed(tmp_path)
        italian = next(row.id for row in desk.world.tracks("m-1") if row.locale == "it")
        desk.world.edit_track(italian, vtt("Edited there"))
        report = restore(desk, run)
        assert step(report.plan, "it", "m-1").do is Do.CONFLICT
        assert desk.on_canvas("m-1")["it"] == vtt("Edited there")

    def test_a_damaged_backup_is_not_restored(self, tmp_path: Path) -> None:
        desk, run = self.pushed(tmp_path)
        saved = next(f for f in desk.folder.glob(f".captionkit/runs/{run}/backup/**/*-en.vtt"))
        saved.write_bytes(saved.read_bytes().replace(b"one", b"two"))
        puts = desk.puts()
        with pytest.raises(LocalError, match="not what was saved"):
            restore(desk, run)
        assert desk.puts() == puts

    def test_a_lost_track_list_of_a_backup_is_said(self, tmp_path: Path) -> None:
        desk, run = self.pushed(tmp_path)
        next(desk.folder.glob(f".captionkit/runs/{run}/backup/*/tracks.json")).write_text("{")
        with pytest.raises(LocalError, match="not whole"):
            restore(desk, run)

    def test_a_run_that_is_not_there_is_said(self, tmp_path: Path) -> None:
        desk, _ = self.pushed(tmp_path)
        with pytest.raises(UsageError, match="no run"):
            restore(desk, "20200101T000000000Z-00000000")
        with pytest.raises(UsageError, match="no run"):
            restore(desk, "../..")

    def test_a_media_object_that_is_gone_stops_only_itself(self, tmp_path: Path) -> None:
        desk, run = self.pushed(tmp_path)
        desk.world.delete_files("m-1")
        report = restore(desk, run)
        assert media(report.plan, "m-1").blocked
        assert desk.on_canvas("m-2") == {"en": srt("old two")}

    def test_a_colleague_who_took_the_language_over_is_not_replaced(self, tmp_path: Path) -> None:
        desk, run = self.pushed(tmp_path)
        desk.world.add_track("m-1", "fr", vtt("Par un collègue"), user="2")
        desk.clock.sleep(300)
        report = restore(desk, run, on_conflict="local")
        assert step(report.plan, "fr", "m-1").why == "foreign-owner"
        assert desk.on_canvas("m-1")["fr"] == vtt("Par un collègue")


class TestHistory:
    def test_it_lists_runs_newest_first_with_what_can_be_restored(self, tmp_path: Path) -> None:
        desk = fresh(tmp_path / "captions")
        desk.push(delete=True)
        desk.pull()
        newest, oldest = history(desk.store)[0], history(desk.store)[-1]
        assert newest.restorable == 4
        assert newest.ended == "ended"
        assert newest.states == {"committed": 2}
        assert (newest.what, oldest.what, oldest.restorable) == ("push", "push", 3)

    def test_a_run_that_was_cut_off_says_so(self, tmp_path: Path) -> None:
        desk = fresh(tmp_path / "captions")
        TestResume().cut(desk, "SENT")
        assert history(desk.store)[0].ended == "cut off"

    def test_verify_tells_every_kind_of_change_since(self, tmp_path: Path) -> None:
        desk = fresh(tmp_path / "captions")
        desk.push(delete=True)
        run = desk.store.runs()[-1]
        assert all(finding.is_as_left for finding in verify(desk.store, run, desk.remote))
        rows = {row.locale: row.id for row in desk.world.tracks("m-1")}
        desk.world.edit_track(rows["en"], vtt("Edited there"))
        desk.world.delete_track(rows["de"])
        desk.world.delete_track(rows["it"])
        desk.world.add_track("m-1", "it", vtt("one it"))
        desk.world.add_track("m-1", "uk", vtt("uk"), user="2")
        lines = {line for finding in verify(desk.store, run, desk.remote) for line in finding.lines}
        assert lines == {
            "de is not there any more",
            "en was edited since",
            "it was deleted and made anew since",
            "uk was added since",
        }


def test_a_late_request_is_noticed_at_the_end(tmp_path: Path) -> None:
    """The first PUT gets no answer and lands after the second was verified and a colleague has edited."""
    desk = fresh(tmp_path / "captions")
    desk.delete("m-2.en.srt")
    desk.world.fault("late", media="media_objects/m-1", late_by=5)
    report = desk.push(delete=True)
    assert report.exit_code is ExitCode.OK
    assert desk.on_canvas("m-1") == GOAL_1
    assert [result.ending for result in report.results] == [Ending.COMMITTED]

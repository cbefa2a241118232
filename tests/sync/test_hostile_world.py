"""The world turns against a run half way: Ctrl-C, a folder that is moved, a clock that goes back, a token that ends."""

from __future__ import annotations

import _thread
import os
import shutil
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from fakes.canvas import FakeCanvas
from sandbox_course import SandboxCourse
from teacher import COURSE, Teacher, vtt

from captionkit.clock import SystemClock
from captionkit.errors import ExitCode, LocalError, LockHeld, StaleError
from captionkit.remotes.canvas.model_remote import ModelRemote
from captionkit.sync.ports import MediaState, PutReply, TrackPut
from captionkit.sync.results import Ending
from captionkit.workspace import Event


class Stalling(ModelRemote):
    """A Canvas that does not answer its first read until it is let go, and counts what is sent to it."""

    def __init__(self, world: FakeCanvas) -> None:
        super().__init__(world, user_id="1", scope=COURSE, path="media_objects")
        self.asked, self.go_on = threading.Event(), threading.Event()
        self.sent = 0

    def read(self, media: str, *, fresh_listing: bool) -> MediaState:
        self.asked.set()
        assert self.go_on.wait(60)
        return super().read(media, fresh_listing=fresh_listing)

    def put_tracks(self, media: str, tracks: Sequence[TrackPut], **more: float) -> PutReply:
        self.sent += 1
        return super().put_tracks(media, tracks, **more)


def test_after_ctrl_c_in_python_no_thread_sends_anything_any_more(teacher: Teacher) -> None:
    """Whoever catches it goes on, with a new plan perhaps: nothing of the old run may come between."""
    teacher.write("m-1.en.vtt", vtt("One"))
    teacher.remote = remote = Stalling(teacher.world)
    workspace = teacher.workspace()
    plan = workspace.plan()

    def press() -> None:
        remote.asked.wait(60)
        _thread.interrupt_main()

    presser = threading.Thread(target=press)
    presser.start()
    with pytest.raises(KeyboardInterrupt):
        workspace.apply(plan)
    presser.join()
    before = {thread for thread in threading.enumerate() if thread.name.startswith("each ")}
    remote.go_on.set()
    for thread in before:
        thread.join(60)
    assert remote.sent == 0
    assert teacher.on_canvas("m-1") == {}
    report = workspace.apply(workspace.plan())
    assert report.exit_code is ExitCode.OK
    assert teacher.on_canvas("m-1") == {"en": vtt("One")}


def test_a_folder_that_is_moved_while_it_is_synced_is_not_made_anew_and_nothing_more_is_sent(
    teacher: Teacher, tmp_path: Path
) -> None:
    teacher.write("m-1.en.vtt", vtt("One"))
    moved = tmp_path / "moved"

    def move(event: Event) -> None:
        if event.state == "BACKED_UP" and not moved.exists():
            shutil.move(teacher.folder, moved)

    workspace = teacher.workspace(listen=move)
    report = workspace.apply(workspace.plan())
    assert report.exit_code is ExitCode.LOCAL_FAILED
    assert "the folder is not there any more" in report.local_failure
    assert not teacher.folder.exists()
    assert teacher.on_canvas("m-1") == {}


def test_a_clock_that_is_set_back_never_goes_back_for_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a wait until a second after an answer would last an hour, and an old look would count as new."""
    monkeypatch.setattr(SystemClock, "_latest", 0.0)
    monkeypatch.setattr(SystemClock, "_set_back", 0.0)
    wall = [2_000_000_000.0]
    monkeypatch.setattr(time, "time", lambda: wall[0])
    one, other = SystemClock(), SystemClock()
    before = one.now()
    wall[0] -= 3600.0
    assert one.now() == other.now() == before
    wall[0] += 10.0
    assert one.now() == other.now() == before + 10.0


@pytest.mark.parametrize("path", ["users/self", "media_objects$", "files$", "media_tracks$"])
def test_a_web_page_instead_of_data_changes_nothing_and_is_one_clear_error(course: SandboxCourse, path: str) -> None:
    course.add("Lecture 1", "en", vtt("Theirs"))
    course.write("Lecture 1.en.vtt", vtt("Mine"))
    course.sandbox.fault("login_page", path=path, times=0)
    result = course.push("--on-conflict", "local")
    assert result.code in (ExitCode.REMOTE_FAILED, ExitCode.GUARD_REFUSED), result.all
    assert "a login page instead of data" in result.err
    assert course.tracks("Lecture 1") == {"en": vtt("Theirs")}


@pytest.mark.parametrize("reads", (2, 5, 6, 8))
def test_a_token_that_ends_half_way_leaves_what_a_later_push_finishes(course: SandboxCourse, reads: int) -> None:
    for number in (1, 2, 3):
        course.add(f"Lecture {number}", "en", vtt("Theirs"))
        course.write(f"Lecture {number}.en.vtt", vtt("Mine"))
    course.sandbox.fault("status", status=401, nth=reads, times=0)
    result = course.push("--on-conflict", "local")
    assert result.code != ExitCode.OK
    assert "token" in result.all
    course.sandbox.clear_faults()
    course.sandbox.set(clock_skew_s=60.0)
    if course.shell("resume", course.folder, "--yes").code not in (ExitCode.OK, ExitCode.USAGE):
        pytest.fail("it cannot be resumed")
    assert course.push("--on-conflict", "local").code == ExitCode.OK
    assert [course.tracks(f"Lecture {number}") for number in (1, 2, 3)] == [{"en": vtt("Mine")}] * 3


def test_two_workspaces_on_one_folder_do_not_write_at_the_same_time(teacher: Teacher) -> None:
    """Each plans and applies in a thread of its own; the one that comes second is refused."""
    for number in (1, 2):
        teacher.write(f"m-{number}.en.vtt", vtt(f"{number}"))
    both, refused = threading.Barrier(2), list[str]()

    def sync() -> None:
        workspace = teacher.workspace()
        plan = workspace.plan()
        both.wait(60)
        try:
            assert all(one.ending is Ending.COMMITTED for one in workspace.apply(plan).results)
        except (LockHeld, StaleError) as error:
            refused.append(type(error).__name__)

    threads = [threading.Thread(target=sync) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(refused) == 1
    assert [teacher.on_canvas(f"m-{number}") for number in (1, 2)] == [{"en": vtt("1")}, {"en": vtt("2")}]


def test_a_run_for_which_the_disk_had_no_room_to_begin_is_none(
    teacher: Teacher, monkeypatch: pytest.MonkeyPatch
) -> None:
    teacher.write("m-1.en.vtt", vtt("One"))
    workspace = teacher.workspace()
    plan = workspace.plan()

    replace = os.replace

    def full(source: str, target: str) -> None:
        if os.fspath(target).endswith("plan.json"):
            raise OSError(28, "No space left on device")
        replace(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", full)
        with pytest.raises(LocalError, match="No space left on device"):
            workspace.apply(plan)
    assert list((teacher.folder / ".captionkit" / "runs").iterdir())
    assert workspace.history() == []
    assert workspace.resume() is None
    assert workspace.apply(workspace.plan()).exit_code is ExitCode.OK

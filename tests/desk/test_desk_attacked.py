"""The desk under those who mean it ill, and under those who do two things at once."""

from __future__ import annotations

import errno
import http.server
import itertools
import json
import os
import socketserver
import stat
import threading
import time
from pathlib import Path

import pytest
from desk_client import CUES, Client, served, something_going_on
from needs import links, permission_bits, posix_names
from sandbox_course import SandboxCourse, open_course

from captionkit.desk.gate import Gate
from captionkit.desk.job import Job, State
from captionkit.desk.server import Desk, _record_of, folder_or_last, open_desk
from captionkit.errors import LocalError
from captionkit.sync.plan import Plan
from captionkit.sync.store import FolderStore
from captionkit.workspace import Event, Options, Workspace
from captionkit.workspace.look import Look


def lecture(course: SandboxCourse, name: str, words: str) -> None:
    course.write(name, CUES.format(words))


def push(client: Client) -> str:
    client.get("changes?again=1")
    return client.post("send", plan=client.hidden("plan"))


# --- two things at once


def test_what_is_asked_while_something_else_goes_on_is_refused_in_words_and_can_be_asked_again(
    course: SandboxCourse, desk: Desk, client: Client
) -> None:
    lecture(course, "Lecture 1.en.srt", "English")
    push(client)
    lecture(course, "Lecture 2.en.srt", "English")
    client.get("changes?again=1")
    plan, sent = client.hidden("plan"), course.puts()
    asked = {
        "send": {"plan": plan},
        "verify": {"run": desk.session.workspace.history()[0].run},
        "evidence": {"require": "en", "standard": ""},
        "connect": {"address": "", "token": "other"},
    }
    with something_going_on(desk):
        for path, fields in asked.items():
            page = client.post(path, **fields)
            assert "omething else goes on at this desk: Something long" in page, path
            assert "Nothing was done" in page
        assert course.puts() == sent
    assert "read back and verified" in client.post("send", plan=plan)
    assert course.puts() == sent + 1


def test_a_double_click_without_a_script_does_each_thing_once(
    course: SandboxCourse, desk: Desk, client: Client
) -> None:
    lecture(course, "Lecture 1.en.srt", "English")
    lecture(course, "unplaced.en.srt", "English")
    push(client)
    run = desk.session.workspace.history()[0].run
    course.sandbox.set(latency_ms=20)

    def twice(path: str, **fields: str) -> set[str]:
        """Where both clicks lead to."""
        own = {"Origin": client.base}
        answers: list[str] = []

        def click() -> None:
            answer = client.session.post(client.root + path, data=fields, headers=own, timeout=20)
            assert answer.status_code == 200, answer.text
            answers.append(answer.url)

        first = threading.Thread(target=click)
        first.start()
        click()
        first.join()
        while desk.session.jobs.running:
            time.sleep(0.01)
        return set(answers)

    assert len(twice("verify", run=run)) == 1
    assert len(twice("evidence", require="en", standard="")) == 1
    client.get(f"undo?run={run}")
    assert len(twice("undo", run=run, plan=client.hidden("plan"))) == 1
    client.get("bring?again=1")
    twice("questions", **{"recording:unplaced": "leave out"})
    twice("again", then="history")
    assert [entry.what for entry in desk.session.workspace.history()] == ["restore", "push"]


def test_a_second_click_on_a_send_that_failed_shows_why_and_sends_nothing(
    course: SandboxCourse, desk: Desk, client: Client
) -> None:
    lecture(course, "Lecture 1.en.srt", "English")
    client.get("changes")
    plan = client.hidden("plan")
    with Workspace.open(course.folder) as other, other.hold("push"):
        assert "another captionkit works on this folder" in client.post("send", plan=plan)
    assert "another captionkit works on this folder" in client.post("send", plan=plan)  # it could be sent by now
    assert course.puts() == 0
    client.get(client.link("Changes"))
    assert "read back and verified" in client.post("send", plan=client.hidden("plan"))


def test_a_page_that_waits_for_what_another_page_reads_is_shown_itself_when_it_can_be(
    course: SandboxCourse, desk: Desk, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    lecture(course, "Lecture 1.en.srt", "English")
    monkeypatch.setattr("captionkit.desk.session.PATIENCE", 0.0)
    with something_going_on(desk):
        waits = client.session.get(client.root + "changes?page=1", timeout=20)
    assert f'data-then="{desk.gate.home}changes?page=1"' in waits.text
    assert "Nothing has been sent" in client.settle(waits)


def test_what_fails_slowly_is_told_to_the_page_that_waited_for_it(
    course: SandboxCourse, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    lecture(course, "Lecture 1.en.srt", "English")
    client.get()
    monkeypatch.setattr("captionkit.desk.session.PATIENCE", 0.0)
    with Workspace.open(course.folder) as other, other.hold("push"):
        page = client.post("again", then="changes")
        assert client.status == 409 and "another captionkit works on this folder" in page
    assert "Nothing has been sent" in client.get("changes")  # and nobody else
    course.sandbox.stop()
    assert "Check the network" in client.post("again", then="changes") and client.status == 409


def test_a_plan_of_one_course_is_not_sent_when_the_folder_is_another_courses_by_now(
    course: SandboxCourse, client: Client
) -> None:
    lecture(course, "Lecture 1.en.srt", "English")
    client.get("changes")
    course.configure(other=course.sandbox.add_course("Another"))
    page = client.post("send", plan=client.hidden("plan"))
    assert "course" in page and course.puts() == 0 and "verified" not in page


@pytest.mark.parametrize("writes", [0, 1, 2, 5, 9, 14])
def test_a_disk_that_becomes_full_in_a_send_stops_it_in_words_and_all_is_sent_when_there_is_room(
    course: SandboxCourse, client: Client, monkeypatch: pytest.MonkeyPatch, writes: int
) -> None:
    for title in course.media:
        lecture(course, f"{title}.en.srt", "English")
    client.get("changes")
    left, fsync = itertools.count(writes, -1), os.fsync

    def full(handle: int) -> None:
        if next(left) <= 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        fsync(handle)

    with monkeypatch.context() as disk:
        disk.setattr(os, "fsync", full)
        page = client.post("send", plan=client.hidden("plan"))
    assert "No space left" in page and ("full" in page or "room" in page)
    if "Go on" in client.get("history"):
        client.get("resume")
        client.post("resume", plan=client.hidden("plan"))
    else:
        push(client)
    assert [set(course.tracks(title)) for title in course.media] == [{"en"}] * 3
    assert "Nothing would be done" in client.get("changes?again=1")


def test_a_computer_that_slept_finds_its_desk_open_and_an_idle_one_ends(
    course: SandboxCourse, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Clock:
        """The computer's, which can be put on."""

        ahead, asked = 0.0, 0

        def monotonic(self) -> float:
            self.asked += 1
            return time.monotonic() + self.ahead

        def goes_by(self, seconds: float) -> None:
            self.ahead += seconds
            asked, until = self.asked, time.monotonic() + 20
            while self.asked < asked + 3 and thread.is_alive():
                assert time.monotonic() < until
                time.sleep(0.01)

    clock = Clock()
    monkeypatch.setattr("captionkit.desk.server.time", clock)
    monkeypatch.setattr("captionkit.desk.server._LOOK_EVERY", 0.01)
    desk = Desk(course.folder)
    thread = threading.Thread(target=desk.serve)
    thread.start()
    try:
        clock.goes_by(0)
        clock.goes_by(8 * 3600)
        assert thread.is_alive()
        for _ in range(40):
            clock.goes_by(50)
        thread.join(20)
        assert not thread.is_alive()
    finally:
        if thread.is_alive():
            desk.end()
            thread.join(20)


def test_a_folder_that_is_gone_is_no_folder_to_be_connected_anew(
    course: SandboxCourse, client: Client, tmp_path: Path
) -> None:
    lecture(course, "Lecture 1.en.srt", "English")
    client.get("changes")
    plan = client.hidden("plan")
    course.folder.rename(tmp_path / "moved")
    for path in ("", "recordings", "changes", "connect", "history"):
        page = client.get(path)
        assert client.status == 409 and "is not there any more" in page and "Nothing was changed" in page, path
    assert "is not there any more" in client.post("send", plan=plan)
    assert "is not there any more" in client.post("connect", address=f"{course.sandbox.url}/courses/1", token="x")
    assert not course.folder.exists() and course.puts() == 0
    (tmp_path / "moved").rename(course.folder)
    assert "1 caption track to send" in client.get()


def test_choices_count_though_a_plan_without_them_is_being_made(
    course: SandboxCourse, desk: Desk, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    lecture(course, "Lecture 1.en.srt", "Ours")
    course.add("Lecture 1", "en", CUES.format("Theirs"))
    client.get("changes")
    begun, make = threading.Event(), desk.session.workspace.plan

    def slow(options: Options, *, seen: Look) -> Plan:
        begun.set()
        time.sleep(0.5)
        return make(options, seen=seen)

    monkeypatch.setattr(desk.session.workspace, "plan", slow)
    desk.session.forget()
    looking = threading.Thread(target=client.session.get, args=(client.root + "changes",))
    looking.start()
    begun.wait(10)
    page = Client(desk).post("changes", on_conflict="local")
    looking.join()
    assert "Send 1 track" in page


def test_the_undoing_of_one_run_is_never_shown_as_that_of_another(
    course: SandboxCourse, desk: Desk, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in (1, 2):
        lecture(course, f"Lecture {number}.en.srt", "English")
        push(client)
    second, first = (entry.run for entry in desk.session.workspace.history())
    restore = desk.session.workspace.restore

    def slow(*asked: object) -> object:
        time.sleep(0.4)
        return restore(*asked)  # type: ignore[arg-type]

    monkeypatch.setattr(desk.session.workspace, "restore", slow)
    pages: dict[str, str] = {}

    def look(run: str) -> None:
        pages[run] = Client(desk).get(f"undo?run={run}")

    threads = [threading.Thread(target=look, args=(run,)) for run in (first, second)]
    for thread in threads:
        thread.start()
        time.sleep(0.1)
    for thread in threads:
        thread.join()
    assert "Lecture 1" in pages[first] and "Lecture 2" not in pages[first]
    assert "Lecture 2" in pages[second] and "Lecture 1" not in pages[second]


def test_a_form_waits_for_what_it_needs_and_loses_nothing(
    course: SandboxCourse, desk: Desk, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    lecture(course, "lec one.en.srt", "First")
    client.get("questions")
    desk.session.forget()  # as a correction in another tab does
    monkeypatch.setattr("captionkit.desk.session.PATIENCE", 0.01)
    course.sandbox.set(latency_ms=50)
    page = client.post("questions", **{"recording:lec one": course.media["Lecture 1"]})
    assert "1 answer saved" in page
    assert course.media["Lecture 1"] in (course.folder / "captionkit.toml").read_text(encoding="utf-8")


def test_a_desk_that_is_closed_ends_what_it_sends_after_what_is_in_hand(course: SandboxCourse) -> None:
    for title in course.media:
        lecture(course, f"{title}.en.srt", "English")
    course.sandbox.set(latency_ms=50)
    with served(course.folder) as desk:
        client = Client(desk)
        client.get("changes")
        own = {"Origin": client.base}
        client.session.post(client.root + "send", data={"plan": client.hidden("plan")}, headers=own, timeout=20)
    assert desk.session.jobs.running is None
    course.sandbox.set(latency_ms=0)
    with served(course.folder) as desk:
        assert "cut off" not in Client(desk).get("history")


def test_a_browser_is_sent_what_changed_and_not_everything_each_time() -> None:
    go_on = threading.Event()

    def work(job: Job) -> None:
        for number in range(2000):
            job.hear(Event("state", media=f"m{number}", title=f"Lecture {number}", state="SENT"))
            if number % 20 == 0:
                time.sleep(0.001)
        go_on.wait(10)

    job = Job(1, "Sending", work)
    job.start()
    states: list[State] = []
    for state in job.states(lambda: False):
        if state is not None:
            states.append(state)
            go_on.set()
    lines = [line for state in states for line in state["lines"]]
    assert len(states) < 20
    assert len(lines) == len({line[0] for line in lines}) == 2000
    assert states[-1]["finished"]


# --- no dead ends


def test_without_a_token_there_is_a_way_to_give_one(
    course: SandboxCourse, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CANVAS_API_TOKEN")
    page = client.get()
    assert "No token for" in page and client.link("Connect") == "connect"
    assert "`" not in page and "CANVAS_API" not in page


def test_a_token_that_is_refused_leaves_the_one_before_in_use(
    course: SandboxCourse, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = os.environ["CANVAS_API_TOKEN"]
    monkeypatch.delenv("CANVAS_API_TOKEN")
    assert "Connected" in client.post("connect", address="", token=token)
    before = (course.folder / "captionkit.toml").read_bytes()
    assert "does not accept the token" in client.post("connect", address="", token="wrong")
    assert (course.folder / "captionkit.toml").read_bytes() == before
    assert "3 recordings" in client.get()


def test_a_choice_that_has_become_pointless_is_dropped_and_said(course: SandboxCourse, client: Client) -> None:
    lecture(course, "Lecture 1.en.srt", "Ours")
    number = course.add("Lecture 1", "en", CUES.format("Theirs"))
    client.get("changes")
    client.post("changes", **{f"resolve {_key(client)}": "local"})
    assert "Send 1 track" in client.text
    course.sandbox.delete_track(number)
    course.add("Lecture 1", "en", CUES.format("Ours"))  # a colleague settled it in Canvas
    page = client.post("again", then="changes")
    assert client.status == 200 and "does not fit any more" in page


def _key(client: Client) -> str:
    return client.page.partition('name="resolve ')[2].partition('"')[0]


class PowerCut(BaseException):
    """Ends what works where it stands; nothing of ours catches it."""


@pytest.mark.parametrize("goes_on", [True, False])
def test_a_run_that_was_cut_off_stops_no_page_and_is_gone_on_with_or_given_up(
    course: SandboxCourse, client: Client, monkeypatch: pytest.MonkeyPatch, goes_on: bool
) -> None:
    for number in (1, 2):
        lecture(course, f"Lecture {number}.en.srt", "English")
    lecture(course, "unplaced.en.srt", "English")
    append = FolderStore.append_journal

    def dies(self: FolderStore, *said: object) -> None:
        if '"ACKED"' in str(said):
            raise PowerCut
        append(self, *said)  # type: ignore[arg-type]

    with monkeypatch.context() as at_that_moment, Workspace.open(course.folder) as workspace:
        plan = workspace.plan()
        at_that_moment.setattr(FolderStore, "append_journal", dies)
        with pytest.raises(PowerCut):
            workspace.apply(plan)
    page = client.get()
    assert client.status == 200 and "was cut off" in page and "1 question" in page
    assert "unplaced" in client.get("questions") and client.status == 200
    client.get("recordings")
    assert "Lecture 1.en.srt" in client.get(client.link("Lecture 1")) and "not compared" in client.text
    assert "Go on" in client.get("history") and "Give it up" in client.text
    if goes_on:
        client.get("resume")
        assert "done" in client.post("resume", plan=client.hidden("plan"))
        assert [set(course.tracks(f"Lecture {number}")) for number in (1, 2)] == [{"en"}, {"en"}]
    else:
        assert "Given up" in client.post("abandon")
    assert "Go on" not in client.get("history")
    assert "not compared" not in client.get("changes?again=1") and client.status == 200


def test_an_undoing_offers_to_bring_the_folder_in_step(course: SandboxCourse, desk: Desk, client: Client) -> None:
    course.add("Lecture 1", "en", CUES.format("Before"))
    client.get("bring")
    client.post("bring", plan=client.hidden("plan"))
    lecture(course, "Lecture 1.en.srt", "After")
    lecture(course, "Lecture 2.en.srt", "New")
    lecture(course, "Lecture 3.en.srt", "Mine")
    client.get("changes?again=1")
    push(client)
    client.get(f"undo?run={desk.session.workspace.history()[0].run}")
    (course.folder / "Lecture 3.en.srt").write_text(CUES.format("Mine, edited since"), encoding="utf-8")
    page = client.post("undo", plan=client.hidden("plan"), run=client.hidden("run"))
    assert "would send them again" in page
    page = client.get(client.link("Bring the folder in step"))
    assert "Nothing has been written" in page and "Bring 1 file and delete 1 file" in page
    client.post("bring", plan=client.hidden("plan"), after=client.hidden("after"))
    assert "Before" in (course.folder / "Lecture 1.en.srt").read_text(encoding="utf-8")
    assert not (course.folder / "Lecture 2.en.srt").exists()
    assert "edited since" in (course.folder / "Lecture 3.en.srt").read_text(encoding="utf-8")


def test_a_conflict_is_decided_where_it_is_met_also_when_bringing(course: SandboxCourse, client: Client) -> None:
    lecture(course, "Lecture 1.en.srt", "Ours")
    course.add("Lecture 1", "en", CUES.format("Theirs"))
    page = client.get("bring")
    assert "conflict" in page and "Conflicts: whose version counts?" in page
    client.post("bring/choices", on_conflict="remote")
    assert "Bring 1 file" in client.text
    client.post("bring", plan=client.hidden("plan"))
    assert "Theirs" in (course.folder / "Lecture 1.en.srt").read_text(encoding="utf-8")


def test_both_sides_of_a_conflict_are_seen_beside_each_other_before_it_is_decided(
    course: SandboxCourse, client: Client
) -> None:
    lecture(course, "Lecture 1.en.srt", "Ours <b>&")
    course.add("Lecture 1", "en", CUES.format("Theirs"))
    client.get("changes")
    address = client.link("Compare")
    answer = client.session.get(client.root + address, timeout=20)
    assert "Side by side" in answer.text and "<del>Theirs</del>" in answer.text and "<b>&" not in answer.text
    assert (
        "Lecture 1.en.srt in Canvas" in answer.text and "frame-ancestors" in answer.headers["Content-Security-Policy"]
    )
    client.get("recordings")
    client.get(client.link("Lecture 1"))
    assert client.link("Compare") == address
    assert course.puts() == 0
    assert "no such file any more" in client.get(address.replace("locale=en", "locale=fr"))
    for track in course.sandbox.tracks(course.media["Lecture 1"]):
        course.sandbox.delete_track(track["id"])
    client.post("again", then="")
    assert "has no such captions" in client.get(address)


def test_what_was_edited_since_is_undone_only_when_that_is_chosen(
    course: SandboxCourse, desk: Desk, client: Client
) -> None:
    course.add("Lecture 1", "en", CUES.format("Before"))
    client.get("bring")
    client.post("bring", plan=client.hidden("plan"))
    lecture(course, "Lecture 1.en.srt", "After")
    push(client)
    run = desk.session.workspace.history()[0].run
    course.sandbox.edit_track(course.sandbox.tracks(course.media["Lecture 1"])[0]["id"], CUES.format("Edited"))
    assert "changed in Canvas after that run" in client.get(f"undo?run={run}") and "Undo this now" not in client.text
    page = client.post("undo/choices", run=run, on_conflict="local")
    assert "Undo this now" in page
    client.post("undo", plan=client.hidden("plan"), run=run)
    assert "Before" in course.viewed("Lecture 1", "en")


def test_an_undoing_beyond_a_limit_is_allowed_where_it_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    titles = tuple(f"Talk {number:02}" for number in range(12))
    with open_course(tmp_path, monkeypatch, capsys, titles=titles) as course, served(course.folder) as desk:
        for title in titles:
            lecture(course, f"{title}.en.srt", title)
        client = Client(desk)
        push(client)
        run = desk.session.workspace.history()[0].run
        page = client.get(f"undo?run={run}")
        assert "the limit is 10" in page and "Undo this now" not in page and "--" not in page
        page = client.post("undo/choices", run=run, max_delete="12", allow="all-changed")
        assert "Undo this now" in page, page
        client.post("undo", run=run, plan=client.hidden("plan"))
        assert not any(course.tracks(title) for title in titles)


def test_what_is_otherwise_than_a_run_left_it_is_said_in_words(
    course: SandboxCourse, desk: Desk, client: Client
) -> None:
    lecture(course, "Lecture 1.en.srt", "English")
    push(client)
    run = desk.session.workspace.history()[0].run
    assert "still is as the run left it" in client.post("verify", run=run)
    course.add("Lecture 1", "fr", CUES.format("Le cours"))
    page = client.post("verify", run=run)
    assert "Lecture 1" in page and "fr was added since" in page and "Finding(" not in page


def test_many_questions_are_asked_a_few_at_a_time_and_those_answered_make_room(
    course: SandboxCourse, client: Client
) -> None:
    for number in range(60):
        lecture(course, f"zzz{number:02}.en.srt", "Words")
    page = client.get("questions")
    assert page.count("Which recording is") == 25 and "of 60" in page
    page = client.post("questions", **{f"recording:zzz{number:02}": "leave out" for number in range(25)})
    assert "25 answers saved" in page and "zzz25" in page and "of 35" in page
    assert client.get("questions?page=2").count("Which recording is") == 10


def test_a_page_that_is_not_there_any_more_shows_the_last_one(course: SandboxCourse, client: Client) -> None:
    lecture(course, "Lecture 1.en.srt", "English")
    assert "Nothing would be done" not in client.get("changes?page=99")
    assert "Lecture 1" in client.get("recordings?page=99")


def test_a_correction_asks_the_course_nothing(course: SandboxCourse, desk: Desk, client: Client) -> None:
    course.write("Lecture 1.en.srt", "1\n00:00:05,000 --> 00:00:01,000\nBackwards\n")
    client.get("recordings")
    until = time.monotonic() + 10
    while "Lecture 1" not in client.get("recordings?show=errors") and time.monotonic() < until:
        time.sleep(0.05)
    client.get(client.link("Lecture 1"))
    asked = sum(course.sandbox.counts.values())
    address = client.link("Correct")
    client.opened(address)
    assert client.correct(address, "1s", "4s", "Mine").status_code == 200
    client.get("recordings")
    while "being checked" in client.get("recordings?show=errors") and time.monotonic() < until:
        time.sleep(0.05)
    assert "0 recordings of 3" in client.text
    assert sum(course.sandbox.counts.values()) == asked


def test_a_recording_says_which_of_its_captions_are_only_in_canvas(course: SandboxCourse, client: Client) -> None:
    lecture(course, "Lecture 1.en.srt", "English")
    course.add("Lecture 1", "de", CUES.format("Deutsch"))
    push(client)
    client.get("recordings")
    page = client.get(client.link("Lecture 1"))
    assert "English (en) Lecture 1.en.srt there the same here and there" in page
    assert "German (de) – there only in Canvas: Bring takes it into the folder" in page
    assert f'href="{course.sandbox.url}/media_' in client.page and 'rel="noopener noreferrer"' in client.page


def test_a_send_that_left_a_conflict_says_so_and_where_it_is_decided(course: SandboxCourse, client: Client) -> None:
    lecture(course, "Lecture 1.en.srt", "Ours")
    lecture(course, "Lecture 2.en.srt", "Ours")
    lecture(course, "unplaced.en.srt", "Ours")
    course.add("Lecture 1", "en", CUES.format("Theirs"))
    page = push(client)
    assert "Sending: done" in page and "with remarks" not in page and "1 track of 1 recording sent" in page
    assert client.link("1 conflict left to decide") == "changes"
    assert client.link("1 file without a place") == "questions"


def test_automatic_captions_that_nobody_has_read_are_no_captions_in_a_language(
    course: SandboxCourse, client: Client
) -> None:
    course.add("Lecture 1", "en", CUES.format("English"))
    course.add("Lecture 2", "en", CUES.format("English"), asr=True)
    assert "2 recordings of 3" in client.get("recordings?lacks=en")
    assert "3 recordings of 3" in client.get("recordings?lacks=ar")
    assert '<option value="ar"' in client.page  # though nobody has it


def test_evidence_takes_the_table_of_what_needs_no_captions(course: SandboxCourse, client: Client) -> None:
    def make(table: str, standard: str = "") -> str:
        client.settle(
            client.session.post(
                client.root + "evidence",
                data={"require": "en", "standard": standard, "by": "Office"},
                files={"exceptions": ("<b>none.csv", table.encode())},
                headers={"Origin": client.base},
                timeout=20,
            )
        )
        return client.text

    assert "no standard that is known" in make("media,reason\n", standard="iso")
    assert "an exception needs a reason" in make("media,reason\nLecture 1,\n") and "<b>none" not in client.page
    assert "Made just now" in make("media,reason\nLecture 1,no speech\n")
    assert 'value="Office"' in client.page
    snapshot = client.session.get(client.root + "evidence/audit.json", timeout=20).json()
    assert "no speech" in json.dumps(snapshot)


# --- those who mean it ill


@permission_bits
def test_the_record_is_its_owners_alone_from_the_first_moment(
    course: SandboxCourse, monkeypatch: pytest.MonkeyPatch
) -> None:
    modes: list[tuple[str, int]] = []
    replace = os.replace

    def noted(old: str, new: str) -> None:
        modes.append((str(new), stat.S_IMODE(os.stat(old).st_mode)))
        replace(old, new)

    monkeypatch.setattr(os, "replace", noted)
    with served(course.folder):
        pass
    assert [mode for name, mode in modes if "desk-" in name and name.endswith(".json")] == [0o600]


class _Impostor(http.server.BaseHTTPRequestHandler):
    server: http.server.HTTPServer

    def do_POST(self) -> None:
        self.server.heard.append(str(self.headers))  # type: ignore[attr-defined]
        address = f"http://127.0.0.1:{self.server.server_port}/start/evil"
        self.send_response(200)
        self.end_headers()
        self.wfile.write(address.encode())

    def log_message(self, *about: object) -> None:
        pass


class _Garbage(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        self.request.sendall(b"\x00\xffSSH-2.0 hello\r\n\r\n")


def _record(desk: Desk) -> tuple[Path, dict[str, object]]:
    return desk._record, json.loads(desk._record.read_text(encoding="utf-8"))


def _left_behind(course: SandboxCourse, **changed: object) -> tuple[Path, dict[str, object]]:
    """The record of a desk that died, in which something stands."""
    with served(course.folder) as desk:
        file, record = _record(desk)
    record |= changed
    file.write_text(json.dumps(record), encoding="utf-8")
    file.chmod(0o600)
    return file, record


def test_another_program_at_the_port_of_a_dead_desk_learns_no_key_and_gets_no_browser(course: SandboxCourse) -> None:
    with http.server.HTTPServer(("127.0.0.1", 0), _Impostor) as server:
        server.heard = []  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        _, record = _left_behind(course, port=server.server_address[1])
        assert open_desk(course.folder) == ""
        assert server.heard and str(record["key"]) not in server.heard[0]  # type: ignore[attr-defined]
        server.shutdown()
    with socketserver.TCPServer(("127.0.0.1", 0), _Garbage) as garbage:
        threading.Thread(target=garbage.serve_forever, daemon=True).start()
        _left_behind(course, port=garbage.server_address[1])
        assert open_desk(course.folder) == ""
        garbage.shutdown()


@pytest.mark.parametrize(
    "record", [{"port": 10**9}, {"port": 0}, {"port": True}, {"key": "a\nb: c"}, {"key": ""}, {"key": 1}]
)
def test_a_record_that_somebody_wrote_is_no_desk(course: SandboxCourse, record: dict[str, object]) -> None:
    _left_behind(course, **record)
    assert open_desk(course.folder) == ""


def test_of_two_desks_for_a_folder_the_first_to_end_leaves_the_others_record(course: SandboxCourse) -> None:
    with served(course.folder) as last:
        with served(course.folder):
            pass
        assert open_desk(course.folder) == ""
        last._leave_word()
        with served(course.folder) as first:
            last._leave_word()
            assert first is not last
        assert open_desk(course.folder).startswith(f"http://{last.gate.host}/start/")


def test_a_port_that_another_program_has_is_refused_in_one_sentence(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    refused = pytest.raises(LocalError, match=r"cannot serve at port \d+: [A-Z]")
    with http.server.HTTPServer(("127.0.0.1", 0), _Impostor) as other, refused:
        Desk(tmp_path, other.server_address[1])
    assert capfd.readouterr() == ("", "")


def test_what_stands_behind_a_question_mark_is_not_the_file_that_is_meant(
    course: SandboxCourse, client: Client
) -> None:
    for number in (1, 2):
        lecture(course, f"Lecture {number}.en.srt", f"Words {number}")
        client.get("recordings?")
        client.get(client.link(f"Lecture {number}"))
    assert "Words 1" in client.session.get(client.root + "file/0/?number=1", timeout=20).text
    assert client.session.get(client.root + "file/0/delete?action=correct", timeout=20).status_code == 404


@posix_names
def test_a_name_that_is_no_text_breaks_no_page(course: SandboxCourse, client: Client) -> None:
    course.sandbox.add_media(course.id, "Bell \x07 and \x1b[2J escape", in_files=True)
    (course.folder / os.fsdecode(b"Lecture 1 \xff.en.srt")).write_text(CUES.format("Words"), encoding="utf-8")
    (course.folder / os.fsdecode(b"part\xff")).mkdir()
    (course.folder / os.fsdecode(b"part\xff") / "Lecture 2.en.srt").write_text(CUES.format("Words"), encoding="utf-8")
    for path in (
        "",
        "recordings",
        "questions",
        "changes",
        "bring",
        "history",
        "recording?media=%ff%00",
        "undo?run=%ff",
    ):
        client.get(path)
        assert client.status in (200, 404, 409), path
    with served(course.folder / os.fsdecode(b"part\xff")) as desk:
        assert "part?" in Client(desk).get("connect")


@links
def test_a_link_that_leads_out_of_the_folder_by_now_is_neither_shown_nor_written(
    course: SandboxCourse, client: Client, tmp_path: Path
) -> None:
    course.write("part/Lecture 1.en.srt", CUES.format("English"))
    client.get("recordings")
    client.get(client.link("Lecture 1"))
    address = client.link("Correct")
    client.opened(address)
    outside = tmp_path / "outside"
    (course.folder / "part").rename(outside)
    (course.folder / "part").symlink_to(outside, target_is_directory=True)
    answer = client.correct(address, "1s", "4s", "Mine")
    assert answer.status_code == 422 and "leads out of the folder" in answer.text
    assert "Mine" not in (outside / "Lecture 1.en.srt").read_text(encoding="utf-8")
    assert "leads out of the folder" in client.get(address)


@links
def test_a_link_to_what_is_no_recording_of_the_folder_is_not_played(
    course: SandboxCourse, client: Client, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.mp4"
    secret.write_bytes(b"a diary")
    for number in (1, 2):
        lecture(course, f"Lecture {number}.en.srt", "English")
    (course.folder / "Lecture 1.mp4").symlink_to(secret)
    (course.folder / "Lecture 2.mp4").write_bytes(b"a lecture")
    played = []
    for number in (1, 2):
        client.get("recordings")
        client.get(client.link(f"Lecture {number}"))
        played.append(client.session.get(f"{client.root}{client.link('Correct')}media", timeout=20).content)
    assert played == [b"", b"a lecture"]


def test_what_nobody_foresaw_is_said_on_a_page(
    course: SandboxCourse, desk: Desk, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.get()

    def full() -> object:
        raise OSError(28, "No space left on device", "history.json")

    monkeypatch.setattr(desk.session.workspace, "history", full)
    page = client.get("history")
    assert client.status == 500 and "No space left on device" in page and "has room" in page
    assert "Nothing here" in client.get("nowhere")
    assert "longer than a page can send" in client.post("connect", address="x" * 1_100_000)


def test_a_folder_that_cannot_be_one_is_refused_in_words(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("", encoding="utf-8")
    with served(file / "captions") as desk:
        client = Client(desk)
        page = client.post("connect", address="http://127.0.0.1:9/courses/1", token="x")
        assert client.status in (400, 500) and "Traceback" not in page and str(file) in page


@posix_names
def test_a_folder_whose_name_is_no_text_is_opened_and_remembered(tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"caf\xe9")
    folder.mkdir()
    assert folder_or_last(folder) == folder
    assert folder_or_last(None) == folder


def test_a_place_to_remember_that_cannot_be_written_stops_no_desk(tmp_path: Path, home: Path) -> None:
    from captionkit.credentials import config_folder

    (config_folder() / "desk-last-folder" / "in the way").mkdir(parents=True)
    assert folder_or_last(tmp_path) == tmp_path
    assert folder_or_last(None).name == "Captions"
    record = _record_of(tmp_path)
    record.mkdir()
    assert open_desk(tmp_path) == ""
    with served(tmp_path) as desk:
        assert "Connect" in Client(desk).get()
    assert record.is_dir()


def test_the_gate_takes_an_address_once_even_from_two_at_once() -> None:
    gate = Gate(80)
    code = gate.start_address().rpartition("/")[2]
    let_in: list[bool] = []
    threads = [threading.Thread(target=lambda: let_in.append(gate.enter(code))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert let_in.count(True) == 1

"""Everything that can go wrong on the wire, through the real HTTP stack: each ends in a stated exit code, nothing lost.

Lecture 1 has English that is to be replaced, Spanish that nobody mentions, and a colleague's Ukrainian.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sandbox_course import SandboxCourse
from teacher import vtt

from captionkit.errors import ExitCode
from captionkit.remotes.http import session as http_session
from captionkit.remotes.http.session import Limits

OLD, NEW, SPANISH, UKRAINIAN = vtt("Old"), vtt("New"), vtt("Hola"), vtt("Привіт")
TRACKS = r"media_tracks$"
LISTING = r"media_objects$"


@pytest.fixture(autouse=True, params=["auto", "media_objects"])
def lecture(course: SandboxCourse, request: pytest.FixtureRequest) -> Iterator[None]:
    course.configure(path=request.param)
    course.add("Lecture 1", "en", OLD)
    spanish = course.add("Lecture 1", "es", SPANISH)
    ukrainian = course.add("Lecture 1", "uk", UKRAINIAN, user="colleague")
    course.write("Lecture 1.en.vtt", NEW)
    yield
    now = {track["id"]: track["content"] for track in course.sandbox.tracks(course.media["Lecture 1"])}
    assert now[spanish] == SPANISH
    assert now[ukrainian] == UKRAINIAN
    assert OLD in [*now.values(), *course.saved()], "the old English is neither there nor saved"
    assert course.sandbox.faults_met() == [] or any(met for _, met in course.sandbox.faults_met()), (
        "the fault never struck"
    )


def push(course: SandboxCourse) -> tuple[int, str]:
    result = course.push("--on-conflict", "local")
    return result.code, result.all


class TestTheRequestThatWrites:
    @pytest.mark.parametrize(
        "action", ["drop_after", "cut", "bad_gateway_after", "error_after", "half_json", "not_a_list", "hang_up_after"]
    )
    def test_one_that_was_carried_out_is_looked_up_and_not_sent_again(self, course: SandboxCourse, action: str) -> None:
        course.sandbox.fault(action, method="PUT")
        assert push(course)[0] == ExitCode.OK
        assert course.puts() == 1
        assert course.tracks("Lecture 1")["en"] == NEW

    @pytest.mark.parametrize(
        "action", ["drop_before", "drop_during", "error_before", "unavailable", "login_page", "redirect", "throttled"]
    )
    def test_one_that_was_not_is_looked_up_and_sent_again(self, course: SandboxCourse, action: str) -> None:
        course.sandbox.fault(action, method="PUT", size=20)
        assert push(course)[0] == ExitCode.OK
        assert course.tracks("Lecture 1")["en"] == NEW

    @pytest.mark.parametrize(
        "action", ["drop_before", "drop_during", "error_before", "unavailable", "login_page", "redirect", "throttled"]
    )
    def test_one_that_never_comes_through_is_given_up_with_nothing_changed(
        self, course: SandboxCourse, action: str
    ) -> None:
        course.sandbox.fault(action, method="PUT", size=20, times=0)
        code, result = push(course)
        assert code == ExitCode.REMOTE_FAILED
        assert "Nothing was changed" in result
        assert "not known" not in result
        assert course.tracks("Lecture 1")["en"] == OLD
        course.sandbox.clear_faults()
        assert push(course)[0] == ExitCode.OK

    def test_one_whose_answer_comes_too_late(self, course: SandboxCourse, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(http_session, "Limits", lambda: Limits(read_timeout=0.3))
        course.sandbox.fault("slow", method="PUT", seconds=0.8)
        assert push(course)[0] == ExitCode.OK
        assert course.puts() == 1
        assert course.tracks("Lecture 1")["en"] == NEW

    def test_one_that_is_only_slow(self, course: SandboxCourse) -> None:
        course.sandbox.fault("slow", method="PUT", seconds=0.3)
        assert push(course)[0] == ExitCode.OK
        assert course.puts() == 1


class TestReadingBeforeAnythingIsWritten:
    @pytest.mark.parametrize("where", [LISTING, TRACKS, "users/self"])
    @pytest.mark.parametrize("action", ["drop_before", "drop_after", "cut", "bad_gateway_after", "error_before",
                                        "unavailable", "throttled"])  # fmt: skip
    def test_a_passing_trouble_costs_time_only(self, course: SandboxCourse, where: str, action: str) -> None:
        course.sandbox.fault(action, method="GET", path=where)
        assert push(course)[0] == ExitCode.OK
        assert course.tracks("Lecture 1")["en"] == NEW

    @pytest.mark.parametrize("where", [LISTING, TRACKS, "users/self"])
    @pytest.mark.parametrize(
        ("action", "words"),
        [
            ("drop_before", "the connection was lost before an answer came"),
            ("cut", "the connection was lost inside the answer"),
            ("half_json", "no whole JSON"),
            ("login_page", "a login page instead of data"),
            ("bad_gateway_after", "502"),
            ("redirect", "redirect to another address, http://elsewhere.invalid"),
        ],
    )
    def test_a_lasting_one_ends_it_before_anything_is_written(
        self, course: SandboxCourse, where: str, action: str, words: str
    ) -> None:
        course.sandbox.fault(action, method="GET", path=where, times=0)
        code, result = push(course)
        assert code == ExitCode.REMOTE_FAILED
        assert words in result
        assert course.puts() == 0
        assert course.tracks("Lecture 1")["en"] == OLD

    def test_a_listing_that_repeats_its_page(self, course: SandboxCourse) -> None:
        course.sandbox.fault("repeated_page", method="GET", path=LISTING)
        code, result = push(course)
        assert code == ExitCode.REMOTE_FAILED
        assert "the same page of a listing twice" in result
        assert course.puts() == 0

    def test_an_answer_that_comes_too_late_is_asked_for_again(
        self, course: SandboxCourse, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(http_session, "Limits", lambda: Limits(read_timeout=0.3))
        course.sandbox.fault("slow", method="GET", path=TRACKS, seconds=0.8)
        assert push(course)[0] == ExitCode.OK


class TestReadingBack:
    """The second look at the tracks is the one before the request, the third verifies it."""

    @pytest.mark.parametrize("action", ["drop_before", "cut", "half_json", "login_page", "error_before", "redirect"])
    def test_what_cannot_be_read_back_is_not_called_done_and_the_next_push_finds_out(
        self, course: SandboxCourse, action: str
    ) -> None:
        course.sandbox.fault(action, method="GET", path=TRACKS, nth=3, times=0)
        code, result = push(course)
        assert code == ExitCode.OUTCOME_UNKNOWN
        assert "the request was sent, and what it did could not be read back" in result
        course.sandbox.clear_faults()
        code, result = push(course)
        assert code == ExitCode.OK
        assert course.puts() == 1
        assert course.tracks("Lecture 1")["en"] == NEW

    @pytest.mark.parametrize("action", ["drop_before", "cut", "error_before", "throttled"])
    def test_a_passing_trouble_costs_time_only(self, course: SandboxCourse, action: str) -> None:
        course.sandbox.fault(action, method="GET", path=TRACKS, nth=3)
        assert push(course)[0] == ExitCode.OK
        assert course.puts() == 1


@pytest.mark.parametrize("action", ["drop_before", "drop_after", "error_after", "cut"])
def test_the_second_of_two_requests_that_is_lost_does_not_leave_the_track_deleted(
    course: SandboxCourse, action: str
) -> None:
    """English of Lecture 2 is held as SRT and made anew: deleted by the first request, made by the second."""
    first = course.add("Lecture 2", "en", "1\n00:00:01,000 --> 00:00:02,000\nOld\n")
    course.write("Lecture 2.en.srt", "1\n00:00:01,000 --> 00:00:02,000\n5, 6, 7\n")
    lecture = f"{course.media['Lecture 2']}|{course.sandbox.file_id(course.media['Lecture 2'])}"
    course.sandbox.fault(action, method="PUT", path=f"({lecture})/media_tracks", nth=2)
    assert push(course)[0] == ExitCode.OK
    assert "\n5, 6, 7\n" in course.viewed("Lecture 2", "en")
    assert first not in [track["id"] for track in course.sandbox.tracks(course.media["Lecture 2"])]

"""Requests are few, and Canvas's rate limit is not met in normal running."""

from __future__ import annotations

import pytest
from sandbox_course import SandboxCourse
from teacher import srt, vtt

from captionkit.errors import ExitCode


@pytest.fixture(autouse=True)
def a_look_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine a look is soon a second old, and is repeated before a request leaves."""
    monkeypatch.setattr("captionkit.sync.exchange.READ_AGAIN_AFTER", 60.0)


def library(course: SandboxCourse, media: int, locales: int = 2) -> list[str]:
    """Another course with this many media objects, made an hour ago, pulled into the folder; their titles."""
    big = course.sandbox.add_course("Big")
    course.sandbox.set(throttle=False, clock_skew_s=-3600.0)
    course.sandbox.seed(big, media, locales)
    course.sandbox.set(throttle=True, clock_skew_s=0.0)
    course.configure(big)
    assert course.shell("pull", course.folder).code == ExitCode.OK
    course.sandbox.fill_bucket(course.sandbox.tokens["teacher"], 0.0)
    course.sandbox.reset_log()
    return [f"Lecture {number + 1:05d}" for number in range(media)]


def requests(course: SandboxCourse) -> int:
    return sum(course.sandbox.counts.values())


@pytest.mark.parametrize(("media", "changed"), [(30, 0), (30, 30), (120, 1), (300, 20), (300, 60)])
def test_requests_are_at_most_a_hundredth_of_the_media_and_four_for_each_change(
    course: SandboxCourse, media: int, changed: int
) -> None:
    titles = library(course, media)
    for title in titles[:: max(1, media // max(changed, 1))][:changed]:
        course.write(f"{title}.en.srt", srt(f"{title}, edited"))
    result = course.push("--allow", "all-changed")
    assert result.code == ExitCode.OK, result.all
    assert course.puts() == changed
    assert requests(course) <= media / 100 + 4 * changed + 10, course.sandbox.counts
    assert "throttled" not in result.out
    assert f"{requests(course)} requests to Canvas" in result.out, "the summary counts them"


def test_new_captions_for_everything_keep_within_the_same_measure(course: SandboxCourse) -> None:
    titles = library(course, 150, 0)
    for title in titles:
        course.write(f"{title}.en.vtt", vtt(title))
    result = course.push()
    assert result.code == ExitCode.OK, result.all
    assert course.puts() == 150
    assert requests(course) <= 150 / 100 + 4 * 150 + 10
    assert "throttled" not in result.out


def test_first_contact_with_a_library_keeps_within_the_same_measure(course: SandboxCourse) -> None:
    """Everything is there already and equal: it is read once each, recorded, and nothing is sent."""
    titles = library(course, 60)
    (course.folder / ".captionkit" / "manifest.jsonl").unlink()
    result = course.push()
    assert result.code == ExitCode.OK, result.all
    assert course.puts() == 0
    assert requests(course) <= len(titles) / 100 + 4 * len(titles) + 10
    course.sandbox.reset_log()
    course.push()
    assert requests(course) <= len(titles) / 100 + 10


def test_a_full_bucket_costs_time_and_never_data(course: SandboxCourse) -> None:
    """Another program has used up the token's allowance: requests are refused until it has drained."""
    titles = library(course, 12)
    for title in titles:
        course.write(f"{title}.en.srt", srt(f"{title}, edited"))
    course.sandbox.set(outflow=3000.0)
    course.sandbox.fault("throttled", method="PUT", times=3)
    course.sandbox.fault("throttled", method="GET", path="media_tracks", nth=5, times=3)
    result = course.push("--allow", "all-changed")
    assert result.code == ExitCode.OK, result.all
    assert "of them throttled and repeated" in result.out
    edited = [track["content"] for track in course.sandbox.all_tracks() if "edited" in track["content"]]
    assert len(edited) == 12

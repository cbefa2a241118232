"""Requests are few, and Canvas's rate limit is not met in normal running."""

from __future__ import annotations

import pytest
from campus import Campus
from desk import srt, vtt

from captionkit.errors import ExitCode


def library(campus: Campus, media: int, locales: int = 2) -> list[str]:
    """Another course with this many media objects, made an hour ago, pulled into the folder; their titles."""
    course = campus.sandbox.add_course("Big")
    campus.sandbox.set(throttle=False, clock_skew_s=-3600.0)
    campus.sandbox.seed(course, media, locales)
    campus.sandbox.set(throttle=True, clock_skew_s=0.0)
    campus.configure(course)
    assert campus.shell("pull", campus.folder).code == ExitCode.OK
    campus.sandbox.fill_bucket(campus.sandbox.tokens["teacher"], 0.0)
    campus.sandbox.reset_log()
    return [f"Lecture {number + 1:05d}" for number in range(media)]


def requests(campus: Campus) -> int:
    return sum(campus.sandbox.counts.values())


@pytest.mark.parametrize(("media", "changed"), [(30, 0), (30, 30), (120, 1), (300, 20), (300, 60)])
def test_requests_are_at_most_a_hundredth_of_the_media_and_four_for_each_change(
    campus: Campus, media: int, changed: int
) -> None:
    titles = library(campus, media)
    for title in titles[:: max(1, media // max(changed, 1))][:changed]:
        campus.write(f"{title}.en.srt", srt(f"{title}, edited"))
    said = campus.push("--allow", "all-changed")
    assert said.code == ExitCode.OK, said.all
    assert campus.puts() == changed
    assert requests(campus) <= media / 100 + 4 * changed + 10, campus.sandbox.counts
    assert "throttled" not in said.out
    assert f"{requests(campus)} requests to Canvas" in said.out, "the summary counts them"


def test_new_captions_for_everything_keep_within_the_same_measure(campus: Campus) -> None:
    titles = library(campus, 150, 0)
    for title in titles:
        campus.write(f"{title}.en.vtt", vtt(title))
    said = campus.push()
    assert said.code == ExitCode.OK, said.all
    assert campus.puts() == 150
    assert requests(campus) <= 150 / 100 + 4 * 150 + 10
    assert "throttled" not in said.out


def test_first_contact_with_a_library_keeps_within_the_same_measure(campus: Campus) -> None:
    """Everything is there already and equal: it is read once each, recorded, and nothing is sent."""
    titles = library(campus, 60)
    (campus.folder / ".captionkit" / "manifest.jsonl").unlink()
    said = campus.push()
    assert said.code == ExitCode.OK, said.all
    assert campus.puts() == 0
    assert requests(campus) <= len(titles) / 100 + 4 * len(titles) + 10
    campus.sandbox.reset_log()
    campus.push()
    assert requests(campus) <= len(titles) / 100 + 10


def test_a_full_bucket_costs_time_and_never_data(campus: Campus) -> None:
    """Another program has used up the token's allowance: requests are refused until it has drained."""
    titles = library(campus, 12)
    for title in titles:
        campus.write(f"{title}.en.srt", srt(f"{title}, edited"))
    campus.sandbox.set(outflow=3000.0)
    campus.sandbox.fault("throttled", method="PUT", times=3)
    campus.sandbox.fault("throttled", method="GET", path="media_tracks", nth=5, times=3)
    said = campus.push("--allow", "all-changed")
    assert said.code == ExitCode.OK, said.all
    assert "of them throttled and repeated" in said.out
    edited = [track["content"] for track in campus.sandbox.all_tracks() if "edited" in track["content"]]
    assert len(edited) == 12

"""One audit against an earlier one. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from captionkit.auditing.coverage import Standing, standings
from captionkit.auditing.model import Audit, Recording, Track
from captionkit.auditing.totals import totals


class Change(NamedTuple):
    """What is otherwise than before.

    Attributes:
        kind: "new recording", "gone", "captions added", "captions removed", "captions changed", "status".
    """

    place: str
    media_id: str
    title: str
    kind: str
    says: str


class Point(NamedTuple):
    """Coverage at one time: for the chart over time.

    Attributes:
        languages: of each required language: captioned, due.
    """

    made_at: str
    languages: tuple[tuple[str, int, int], ...]


def changes(before: Audit, now: Audit) -> list[Change]:
    """What changed, in the order of the recordings now; what is gone comes last.

    Only places that both audits could look at count: a course that was not asked for this time is not gone.
    """
    seen_before = {place.key for place in before.places if not place.problem}
    seen_now = {place.key for place in now.places if not place.problem}
    both = seen_before & seen_now
    old = {(one.place, one.media_id): one for one in before.recordings}
    found: list[Change] = []
    for one in now.recordings:
        if one.place in both:
            found += _of_recording(old.pop((one.place, one.media_id), None), one, before, now)
    for one in old.values():
        if one.place in both:
            found.append(Change(one.place, one.media_id, one.title, "gone", "is not there any more"))
    return found


def _of_recording(was: Recording | None, one: Recording, before: Audit, now: Audit) -> Iterator[Change]:
    def change(kind: str, says: str) -> Change:
        return Change(one.place, one.media_id, one.title, kind, says)

    how = standings(one, now)
    if was is None:
        yield change("new recording", f"new: {', '.join(_says(x) for x in how)}")
        return
    if was.tracks is not None and one.tracks is not None:
        old, new = _by_locale(was), _by_locale(one)
        for locale in sorted(new.keys() - old.keys()):
            yield change("captions added", f"{locale} added ({new[locale].origin.value})")
        for locale in sorted(old.keys() - new.keys()):
            yield change("captions removed", f"{locale} removed")
        for locale in sorted(old.keys() & new.keys()):
            if _differs(old[locale], new[locale]):
                yield change("captions changed", f"{locale} changed")
    # By the same measure: another --require is no change in the world.
    for then, after in zip(standings(was, now), how, strict=True):
        if then.status is not after.status:
            name = f"{after.name} " if after.language else ""
            yield change("status", f"{name}was {then.status.value}, is {after.status.value}")


def _says(standing: Standing) -> str:
    return f"{standing.name} {standing.status.value}" if standing.language else standing.status.value


def _by_locale(recording: Recording) -> dict[str, Track]:
    return {track.locale: track for track in recording.tracks or ()}


def _differs(old: Track, new: Track) -> bool:
    if old.digest and new.digest:
        return old.digest != new.digest
    return bool(old.updated_at and new.updated_at and old.updated_at != new.updated_at)


def history(audits: list[Audit], measure: Audit) -> list[Point]:
    """Coverage of each audit by what one of them requires, oldest first."""
    points = []
    for audit in sorted(audits, key=lambda one: one.made_at):
        same = replace(audit, required=measure.required, least_coverage=measure.least_coverage)
        found = totals(same).whole.languages
        points.append(Point(audit.made_at, tuple((one.language, one.captioned, one.due) for one in found)))
    return points

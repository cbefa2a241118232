"""One audit against an earlier one. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from captionkit.audit.model import Audit, Recording, Track
from captionkit.audit.totals import status, totals


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
    """Coverage at one time: for the chart over time."""

    made_at: str
    captioned: int
    due: int
    share: float | None


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

    how = status(one, now.required)
    if was is None:
        yield change("new recording", f"new: {how.value}")
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
    then = status(was, now.required)
    if then is not how:
        yield change("status", f"was {then.value}, is {how.value}")


def _by_locale(recording: Recording) -> dict[str, Track]:
    return {track.locale: track for track in recording.tracks or ()}


def _differs(old: Track, new: Track) -> bool:
    if old.digest and new.digest:
        return old.digest != new.digest
    return bool(old.updated_at and new.updated_at and old.updated_at != new.updated_at)


def history(audits: list[Audit], required: tuple[str, ...]) -> list[Point]:
    """Coverage of each audit by one measure, oldest first."""
    points = []
    for audit in sorted(audits, key=lambda one: one.made_at):
        whole = totals(_measured(audit, required)).whole
        points.append(
            Point(audit.made_at, sum(n for s, n in whole.count.items() if s == "captioned"), whole.due, whole.share)
        )
    return points


def _measured(audit: Audit, required: tuple[str, ...]) -> Audit:
    from dataclasses import replace

    return replace(audit, required=required)

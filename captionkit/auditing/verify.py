"""A snapshot against what is there now: is each track still the same, byte for byte? Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from captionkit.auditing.model import Audit, Recording, Track


@dataclass(frozen=True, slots=True)
class Verified:
    """What became of the tracks of a snapshot.

    Attributes:
        same: how many tracks have the same bytes.
        otherwise: what is not as it was, a line each: changed, gone, new.
        unknown: tracks that could not be compared, a line each.
    """

    same: int
    otherwise: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def is_same(self) -> bool:
        return not self.otherwise and not self.unknown


def verify(kept: Audit, now: Audit) -> Verified:
    """Compare track by track. Places are matched by their order where a folder has another path now."""
    moved = _moved(kept, now)
    there = {(one.place, one.media_id): one for one in now.recordings}
    failed = {place.key for place in now.places if place.problem}
    same = 0
    otherwise: list[str] = []
    unknown: list[str] = []
    for one in kept.recordings:
        place = moved.get(one.place, one.place)
        found = there.pop((place, one.media_id), None)
        if place in failed:
            unknown.append(f"{one.title}: its place could not be looked at")
        elif found is None:
            otherwise.append(f"gone: {one.title}, with {len(one.tracks or ())} tracks")
        elif one.tracks is None or found.tracks is None:
            unknown.append(f"{one.title}: its captions could not be seen")
        else:
            same += _compare(one, found, otherwise, unknown)
    otherwise += [f"new: {one.title}, with {len(one.tracks or ())} tracks" for one in there.values()]
    return Verified(same, tuple(otherwise), tuple(unknown))


def _moved(kept: Audit, now: Audit) -> dict[str, str]:
    if len(kept.places) == len(now.places) == 1:
        return {kept.places[0].key: now.places[0].key}
    return {}


def _compare(kept: Recording, now: Recording, otherwise: list[str], unknown: list[str]) -> int:
    then, today = _tracks(kept), _tracks(now)
    same = 0
    for key, track in then.items():
        name = f"{kept.title}, {track.path or track.locale}"
        if key not in today:
            otherwise.append(f"gone: {name}")
        elif not track.digest or not today[key].digest:
            unknown.append(f"{name}: its text was not read")
        elif track.digest == today[key].digest:
            same += 1
        else:
            otherwise.append(f"changed: {name}")
    otherwise += [f"new: {kept.title}, {today[key].path or today[key].locale}" for key in today.keys() - then.keys()]
    return same


def _tracks(recording: Recording) -> dict[tuple[str, str], Track]:
    return {(track.locale, track.path): track for track in recording.tracks or ()}


def lines(found: Verified, kept: Audit, name: str, data: bytes) -> Iterator[str]:
    """What to print.

    Args:
        name, data: of the snapshot's file.
    """
    yield f"{name} of {kept.made_at[:16].replace('T', ' ')} UTC, {kept.source}"
    yield f"SHA-256 of the snapshot: {sha256(data).hexdigest()} (its page of evidence must name the same)"
    compared = found.same + sum(one.startswith(("changed", "gone")) for one in found.otherwise) + len(found.unknown)
    yield from (f"  {line}" for line in (*found.otherwise, *(f"not known: {one}" for one in found.unknown)))
    if found.is_same:
        yield f"All {found.same:,} tracks are the same, byte for byte." if found.same != 1 else "The track is the same."
    else:
        yield f"{found.same:,} of {compared:,} are the same, byte for byte."

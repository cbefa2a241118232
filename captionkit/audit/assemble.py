"""The whole audit from its parts: exceptions applied, and everything said that it cannot know. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from captionkit.audit.exceptions import Exemption, apply
from captionkit.audit.model import Audit, Origin, Place, Recording


def assemble(
    places: Sequence[Place],
    recordings: Sequence[Recording],
    *,
    source: str,
    made_at: str,
    tool: str,
    profiles: Sequence[str],
    required: Sequence[str] = (),
    user: str = "",
    exemptions: Sequence[Exemption] = (),
    limits: Sequence[str] = (),
) -> Audit:
    """The audit.

    Args:
        made_at: ISO time. limits: what is known beforehand not to be seen.
    """
    marked, notes = apply(list(exemptions), recordings, places, made_at[:10])
    return Audit(
        source=source,
        made_at=made_at,
        tool=tool,
        profiles=tuple(profiles),
        required=tuple(required),
        places=tuple(places),
        recordings=tuple(marked),
        user=user,
        limits=(*limits, *_unknown(places, marked), *notes),
    )


def _unknown(places: Sequence[Place], recordings: Sequence[Recording]) -> list[str]:
    said = [f"{place.name} could not be looked at: {place.problem}." for place in places if place.problem]
    said += [f"{place.name}: {note}" for place in places for note in place.notes]
    tracks = [track for one in recordings for track in one.tracks or ()]
    unseen = sum(one.tracks is None for one in recordings)
    if unseen:
        said.append(f"The captions of {_count(unseen, 'recording')} could not be seen; they do not count as captioned.")
    unread = sum(track.errors is None for track in tracks)
    if unread:
        said.append(
            f"The text of {_count(unread, 'track')} was not read: they count as captions, but were not checked."
        )
    unknown = sum(track.origin is Origin.UNKNOWN for track in tracks)
    if unknown:
        said.append(
            f"Who made {_count(unknown, 'track')} is unknown: nobody marks them, and their words show no sign of a "
            "machine. A good machine leaves none."
        )
    short = sum(one.duration_ms is None for one in recordings)
    if short:
        run = "runs" if short == 1 else "run"
        said.append(
            f"How long {_count(short, 'recording')} {run} is unknown, and so is how much of them is captioned; minutes "
            "count only the others. --durations FILE can say it."
        )
    said.append(
        "Whether captions say what is spoken cannot be seen without listening; these are signs, not a judgement."
    )
    dates = sorted({place.seen_at[:16] for place in places if place.seen_at})
    if dates and dates[0][:13] != dates[-1][:13]:
        said.append(f"The places were looked at from {dates[0]} to {dates[-1]} UTC.")
    return said


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"

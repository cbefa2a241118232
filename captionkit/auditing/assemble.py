"""The whole audit from its parts: exceptions applied, and everything named that it cannot know. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from captionkit.auditing.exceptions import Exemption, apply
from captionkit.auditing.judge import with_wrong_files
from captionkit.auditing.model import Audit, Origin, Place, Recording


def assemble(seen: Audit, exemptions: Sequence[Exemption] = ()) -> Audit:
    """The audit, of what was seen.

    Args:
        seen: its `limits` are what was known beforehand not to be seen.
    """
    marked, notes = apply(list(exemptions), with_wrong_files(seen.recordings), seen.places, seen.made_at[:10])
    return replace(seen, recordings=tuple(marked), limits=(*seen.limits, *_unknown(seen.places, marked), *notes))


def _unknown(places: Sequence[Place], recordings: Sequence[Recording]) -> list[str]:
    limits = [f"{place.name}: {note}" for place in places for note in place.notes]
    tracks = [track for one in recordings for track in one.tracks or ()]
    unknown = sum(track.origin is Origin.UNKNOWN for track in tracks)
    if unknown:
        limits.append(
            f"Who made {_count(unknown, 'track')} is unknown: nobody marks them, and their words show no sign of a "
            "machine. A good machine leaves none."
        )
    short = sum(one.duration_ms is None for one in recordings)
    if short:
        run = "runs" if short == 1 else "run"
        limits.append(
            f"How long {_count(short, 'recording')} {run} is unknown. Captions that end too early are not noticed "
            "there, and minutes count only the others. A table can give the lengths."
        )
    limits.append(
        "Whether captions say what is spoken cannot be seen without listening; these are signs, not a judgement."
    )
    dates = sorted({place.seen_at[:16] for place in places if place.seen_at})
    if dates and dates[0][:13] != dates[-1][:13]:
        limits.append(f"The places were looked at from {dates[0]} to {dates[-1]} UTC.")
    return limits


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"

"""What the sound of a recording says of its tracks, for `audit --sound`. Pure.

Captions that fit and are in time are as they were; what they leave out of the speech is not covered any more. Captions
that do not fit, or are off by more than a second, may be another recording's or another cut's: that is their status.
What cannot be known changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from captionkit.auditing.coverage import covers
from captionkit.auditing.model import Recording, Track

if TYPE_CHECKING:
    from captionkit.model import Document
    from captionkit.sound.verdict import Judgement

#: From a recording and captions of it a judgement, or in words why there is none.
Hear = Callable[[Path, "Document"], "Judgement | str"]

#: As for `captionkit.library.wrong_file`: a smaller offset is no other file's.
_LEAST_OFFSET_MS = 1000


def with_sound(
    track: Track, document: Document, found: Judgement | str, length_ms: int | None, recording: Path
) -> Track:
    """The track with what the sound says of it.

    Args:
        length_ms: of the recording; None where not known, and then the sound's. recording: where it lies.
    """
    if isinstance(found, str):
        return replace(track, sound=f"not compared: {found}")
    from captionkit.sound import show
    from captionkit.sound.findings import findings
    from captionkit.sound.places import moved
    from captionkit.sound.verdict import Verdict

    mend = show.mend_command(str(recording), document.path)
    codes = Counter(one.code for one in findings(document, found, recording=recording.name, mend=mend))
    track = replace(
        track,
        sound=show.in_short(found),
        warnings=(track.warnings or 0) + codes.total(),
        rules=dict(sorted((Counter(track.rules) + codes).items())),
    )
    if found.verdict is Verdict.CANNOT_TELL:
        return track
    if found.verdict is Verdict.FITS_NOT:
        return replace(track, wrong_file="they do not fit the sound of the recording")
    times = [(moved(found, cue.start), cue.duration) for cue in document.cues]
    shown = [(start, start + round(length * found.ratio)) for start, length in times if start is not None]
    is_far_off = found.ratio != 1 or any(abs(part.shift_ms) >= _LEAST_OFFSET_MS for part in found.parts)
    return replace(
        track,
        covered_ms=covers(
            ((max(0, start), end) for start, end in shown), length_ms or found.length_ms, found.uncaptioned
        ),
        uncaptioned_ms=found.uncaptioned_ms,
        wrong_file=f"by the sound they are this one's, {show.timing(found)}; mend it: {mend}" if is_far_off else "",
    )


def limits(recordings: Sequence[Recording]) -> list[str]:
    """The notes about listening: how much was compared, and of what nothing is known."""
    tracks = [track for one in recordings for track in one.tracks or () if track.sound]
    unsure = [f"{track.path} ({track.sound})" for track in tracks if track.sound.startswith(("cannot", "not compared"))]
    held = (
        f"{len(tracks)} tracks were held against the sound of their recordings: are they theirs, in time, and which "
        "speech has no captions? No word was recognised."
    )
    notes = [held]
    if unsure:
        more = f", and {len(unsure) - 5} more" if len(unsure) > 5 else ""
        notes.append(f"Of {len(unsure)} of these nothing can be told: {'; '.join(unsure[:5])}{more}.")
    return notes

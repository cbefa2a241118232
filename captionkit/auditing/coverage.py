"""How each recording stands in each required language by itself. Pure.

A recording has as many standings as languages are required, or one where any language does. Of several tracks in a
language the best counts. Nothing is averaged over languages, so that captions in one never hide the lack of another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from captionkit.auditing.model import Audit, Recording, Status, Track, Waiting
from captionkit.languages import display_name, serves

#: The language of a standing where captions in any language do.
ANY = ""
#: Nobody speaks all the time. A pause between captions counts as covered up to a tenth of the recording and this many
#: milliseconds: the stretch after which TIM012 calls a recording uncaptioned. In a short recording at least 2 seconds.
_LONGEST_PAUSE_MS, _SHORTEST_PAUSE_MS = 30_000, 2_000


@dataclass(frozen=True, slots=True)
class Standing:
    """One recording, one language.

    Attributes:
        track: by which it was judged; None where there is none.
        covered_ms: what viewers of this language can read, of a recording whose length is known. Captions that are
            damaged, in another language or by a machine cover nothing.
        share: covered part of the length, 0 to 1; None where not known.
        reason: why it stands like this; "" where there is nothing to add.
    """

    language: str
    status: Status
    track: Track | None = None
    covered_ms: int = 0
    share: float | None = None
    reason: str = ""

    @property
    def name(self) -> str:
        """The language for a person."""
        return language_name(self.language)


def language_name(language: str) -> str:
    return display_name(language) if language else "Any language"


def covers(cues: Iterable[tuple[int, int]], length_ms: int | None, uncaptioned: Iterable[tuple[int, int]] = ()) -> int:
    """Milliseconds of a recording that captions cover, short pauses between them and at both ends included.

    Args:
        cues: (start, end) of each. length_ms: of the recording; None where not known.
        uncaptioned: (start, end) of speech that was heard between captions, in their order: there is no pause then.
    """
    covered = list(_covered(cues, length_ms))
    total = sum(end - start for start, end in covered)
    for first, last in uncaptioned:
        total -= sum(max(0, min(end, last) - max(start, first)) for start, end in covered)
    return total


def _covered(cues: Iterable[tuple[int, int]], length_ms: int | None) -> Iterator[tuple[int, int]]:
    longest = _LONGEST_PAUSE_MS
    if length_ms:
        longest = min(longest, max(_SHORTEST_PAUSE_MS, length_ms // 10))
    reached = 0
    nothing = True
    for start, end in sorted(cues):
        if end <= start or end <= reached or (length_ms and start >= length_ms):
            continue
        end = min(end, length_ms) if length_ms else end
        start = max(start, reached)
        yield (reached if start - reached <= longest else start), end
        reached, nothing = end, False
    if length_ms and not nothing and 0 < length_ms - reached <= longest:
        yield reached, length_ms


def standings(recording: Recording, audit: Audit) -> tuple[Standing, ...]:
    """One for each required language, in their order."""
    return tuple(_standing(recording, language, audit.least_coverage) for language in audit.required or (ANY,))


def worst(found: Iterable[Standing]) -> Status:
    """Of the languages of one recording."""
    return max((one.status for one in found), key=list(Status).index)


def _standing(recording: Recording, language: str, least: float) -> Standing:
    if recording.exception:
        return Standing(language, Status.EXEMPT, reason=recording.exception)
    if recording.tracks is None:
        return Standing(language, Status.NOT_READ, reason="its captions could not be seen")
    candidates = [track for track in recording.tracks if language == ANY or serves(track.language, language)]
    found = [_by_track(track, recording, language, least) for track in candidates if track.is_captions]
    if found:
        return min(found, key=lambda one: (list(Status).index(one.status), -(one.share or 0)))
    if waiting := waiting_for(language, recording):
        return Standing(language, Status.NOT_CONVERTED, reason=f"captions exist: {waiting.what}")
    unnamed = next((f"{one.path} says no language" for one in recording.waiting if not one.language), "")
    other = next((f"a {track.kind} track only" for track in candidates if track.state in ("", "ready")), "")
    unfinished = next((track.state for track in candidates if track.state not in ("", "ready")), "")
    return Standing(language, Status.MISSING, reason=(unfinished and f"captions are {unfinished}") or other or unnamed)


def waiting_for(language: str, recording: Recording) -> Waiting | None:
    """The captions in this language that exist and are not converted."""
    those = (one for one in recording.waiting if language == ANY or (one.language and serves(one.language, language)))
    return next(those, None)


def _by_track(track: Track, recording: Recording, language: str, least: float) -> Standing:
    def stands(status: Status, reason: str = "") -> Standing:
        return Standing(language, status, track, share=track.coverage(recording.duration_ms), reason=reason)

    if track.errors is None:
        return stands(Status.NOT_READ, track.problem)
    if not track.cues:
        return stands(Status.DAMAGED, "there is no caption in it")
    if track.suspect:
        return stands(Status.WRONG_LANGUAGE, track.suspect)
    if track.wrong_file:
        return stands(Status.WRONG_FILE, track.wrong_file)
    if track.is_by_machine:  # whoever corrects it mends its errors, too
        return stands(Status.AUTOMATIC, track.origin_reason)
    if track.errors:
        return stands(Status.DAMAGED, f"{track.errors:,} error{'s' * (track.errors != 1)}")
    share = track.coverage(recording.duration_ms)
    length = recording.duration_ms or 0
    covered = min(track.covered_ms or 0, length)
    if share is None:
        return Standing(language, Status.CAPTIONED, track, reason="length unknown")
    if share < least:
        spoken = f", {_clock(track.uncaptioned_ms)} of speech without captions" if track.uncaptioned_ms else ""
        reason = f"{_clock(covered)} of {_clock(length)}{spoken}"
        return Standing(language, Status.PARTLY, track, covered, share, reason)
    return Standing(language, Status.CAPTIONED, track, covered, share)


def _clock(ms: int) -> str:
    seconds = ms // 1000
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"

"""Counts and minutes: how recordings stand in each required language. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from captionkit.auditing.coverage import ANY, Standing, standings, worst
from captionkit.auditing.model import Audit, Recording, Status


@dataclass(slots=True)
class LanguageCount:
    """One required language over some recordings.

    Attributes:
        language: "" where captions in any language do.
        count: recordings by status.
        covered_ms: what captions cover, of the recordings that are due and whose length is known. due_ms: their length.
        no_length: recordings due of unknown length; captioned_no_length: of these, those that count as captioned.
    """

    language: str
    count: Counter[Status] = field(default_factory=Counter)
    covered_ms: int = 0
    due_ms: int = 0
    no_length: int = 0
    captioned_no_length: int = 0

    def add(self, recording: Recording, standing: Standing) -> None:
        self.count[standing.status] += 1
        if standing.status is Status.EXEMPT:
            return
        if recording.duration_ms is None:
            self.no_length += 1
            self.captioned_no_length += standing.status is Status.CAPTIONED
        else:
            self.due_ms += recording.duration_ms
            self.covered_ms += standing.covered_ms

    @property
    def captioned(self) -> int:
        return self.count[Status.CAPTIONED]

    @property
    def due(self) -> int:
        """The recordings that need captions: all but the exempt."""
        return self.count.total() - self.count[Status.EXEMPT]

    @property
    def share(self) -> float | None:
        """Captioned of due, 0 to 1; None where nothing is due."""
        return self.captioned / self.due if self.due else None

    @property
    def minutes_share(self) -> float | None:
        return self.covered_ms / self.due_ms if self.due_ms else None


@dataclass(slots=True)
class Total:
    """Some recordings.

    Attributes:
        languages: one for each required language, in their order.
        count: recordings by their worst language. CAPTIONED are those that have every language.
        no_length: recordings whose length is not known.
    """

    languages: tuple[LanguageCount, ...]
    count: Counter[Status] = field(default_factory=Counter)
    no_length: int = 0

    @classmethod
    def of(cls, required: Sequence[str]) -> Total:
        return cls(tuple(LanguageCount(language) for language in required or (ANY,)))

    def add(self, recording: Recording, found: Sequence[Standing]) -> None:
        self.count[worst(found)] += 1
        self.no_length += recording.duration_ms is None
        for language, standing in zip(self.languages, found, strict=True):
            language.add(recording, standing)

    @property
    def all(self) -> int:
        return self.count.total()

    @property
    def due(self) -> int:
        """The recordings that need captions: all but the exempt."""
        return self.all - self.count[Status.EXEMPT]

    @property
    def complete(self) -> int:
        """The recordings that are captioned in every required language."""
        return self.count[Status.CAPTIONED]


@dataclass(frozen=True, slots=True)
class LanguageTotal:
    """One language that some recordings have, required or not.

    Attributes:
        recordings: that have a track in it. by_machine: of these, those that have it only by machine.
        ms: length of these recordings, as far as known.
    """

    language: str
    recordings: int
    by_machine: int
    ms: int


@dataclass(frozen=True, slots=True)
class Totals:
    """Everything counted: as a whole, by place (in the order of the audit), by language, by rule (most first).

    Attributes:
        standings: of each recording of the audit, in its order.
    """

    whole: Total
    places: dict[str, Total]
    languages: tuple[LanguageTotal, ...]
    rules: tuple[tuple[str, int, int], ...]  # code, findings, tracks
    tracks: int
    unread: int
    suspects: int
    standings: tuple[tuple[Standing, ...], ...]


def totals(audit: Audit) -> Totals:
    """Count an audit."""
    whole = Total.of(audit.required)
    places = {place.key: Total.of(audit.required) for place in audit.places}
    every = tuple(standings(recording, audit) for recording in audit.recordings)
    for recording, found in zip(audit.recordings, every, strict=True):
        whole.add(recording, found)
        places.setdefault(recording.place, Total.of(audit.required)).add(recording, found)
    findings: Counter[str] = Counter()
    tracks: Counter[str] = Counter()
    listed = [track for recording in audit.recordings for track in recording.tracks or ()]
    for track in listed:
        findings.update(track.rules)
        tracks.update(track.rules.keys())
    return Totals(
        whole,
        places,
        tuple(_languages(audit.recordings)),
        tuple((code, count, tracks[code]) for code, count in sorted(findings.items(), key=lambda x: (-x[1], x[0]))),
        len(listed),
        sum(track.errors is None for track in listed),
        sum(bool(track.suspect) for track in listed),
        every,
    )


def _languages(recordings: Iterable[Recording]) -> list[LanguageTotal]:
    have: dict[str, list[tuple[Recording, bool]]] = defaultdict(list)
    for recording in recordings:
        by_language: dict[str, bool] = {}
        for track in recording.tracks or ():
            if track.is_captions:
                by_language[track.language] = by_language.get(track.language, True) and track.is_by_machine
        for language, by_machine in by_language.items():
            have[language].append((recording, by_machine))
    found = [
        LanguageTotal(
            language, len(those), sum(by_machine for _, by_machine in those), sum(r.duration_ms or 0 for r, _ in those)
        )
        for language, those in have.items()
    ]
    return sorted(found, key=lambda one: (-one.recordings, one.language))

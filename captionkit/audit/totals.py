"""Counts and minutes: how recordings stand against what is required. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from captionkit.audit.model import Audit, Recording, Status, Track
from captionkit.languages import same_language


def tracks_in(recording: Recording, language: str) -> list[Track]:
    """The tracks that viewers who need this language can use."""
    return [t for t in recording.tracks or () if t.counts and same_language(t.language, language)]


def missing(recording: Recording, required: Sequence[str]) -> tuple[str, ...]:
    """The required languages that a recording lacks; () where its tracks could not be seen."""
    if recording.tracks is None:
        return ()
    return tuple(language for language in required if not tracks_in(recording, language))


def status(recording: Recording, required: Sequence[str]) -> Status:
    """How one recording stands."""
    if recording.exception:
        return Status.EXEMPT
    if recording.tracks is None:
        return Status.UNKNOWN
    usable = [track for track in recording.tracks if track.counts]
    if not usable:
        return Status.NONE
    if not required:
        return Status.AUTOMATIC if all(track.is_by_machine for track in usable) else Status.CAPTIONED
    if missing(recording, required):
        # Captions in other languages only are none of those that were asked for.
        return Status.INCOMPLETE if len(missing(recording, required)) < len(required) else Status.NONE
    if any(all(track.is_by_machine for track in tracks_in(recording, language)) for language in required):
        return Status.AUTOMATIC
    return Status.CAPTIONED


@dataclass(slots=True)
class Total:
    """How many recordings, and how long they run.

    Attributes:
        count: recordings by status. ms: their length by status, of those whose length is known.
        no_length: recordings whose length is not known.
    """

    count: Counter[Status] = field(default_factory=Counter)
    ms: Counter[Status] = field(default_factory=Counter)
    no_length: int = 0

    def add(self, recording: Recording, how: Status) -> None:
        self.count[how] += 1
        if recording.duration_ms is None:
            self.no_length += 1
        else:
            self.ms[how] += recording.duration_ms

    @property
    def all(self) -> int:
        return self.count.total()

    @property
    def due(self) -> int:
        """The recordings that need captions: all but the exempt."""
        return self.all - self.count[Status.EXEMPT]

    @property
    def share(self) -> float | None:
        """Captioned of due, 0 to 1; None where nothing is due. What is unknown does not count as captioned."""
        return self.count[Status.CAPTIONED] / self.due if self.due else None

    @property
    def minutes_due(self) -> float:
        return (self.ms.total() - self.ms[Status.EXEMPT]) / 60_000

    @property
    def minutes_share(self) -> float | None:
        due = self.ms.total() - self.ms[Status.EXEMPT]
        return self.ms[Status.CAPTIONED] / due if due else None


@dataclass(frozen=True, slots=True)
class LanguageTotal:
    """One language.

    Attributes:
        recordings: that have it, in a form that counts. by_machine: of these, those that have it only by machine.
        ms: length of these recordings, as far as known.
    """

    language: str
    recordings: int
    by_machine: int
    ms: int


@dataclass(frozen=True, slots=True)
class Totals:
    """Everything counted: as a whole, by place (in the order of the audit), by language, by rule (most first)."""

    whole: Total
    places: dict[str, Total]
    languages: tuple[LanguageTotal, ...]
    rules: tuple[tuple[str, int, int], ...]  # code, findings, tracks
    tracks: int
    unread: int
    suspects: int


def totals(audit: Audit) -> Totals:
    """Count an audit."""
    whole = Total()
    places = {place.key: Total() for place in audit.places}
    for recording in audit.recordings:
        how = status(recording, audit.required)
        whole.add(recording, how)
        places.setdefault(recording.place, Total()).add(recording, how)
    findings: Counter[str] = Counter()
    tracks: Counter[str] = Counter()
    every = [track for recording in audit.recordings for track in recording.tracks or ()]
    for track in every:
        findings.update(track.rules)
        tracks.update(track.rules.keys())
    return Totals(
        whole,
        places,
        tuple(_languages(audit.recordings)),
        tuple((code, count, tracks[code]) for code, count in sorted(findings.items(), key=lambda x: (-x[1], x[0]))),
        len(every),
        sum(track.errors is None for track in every),
        sum(bool(track.suspect) for track in every),
    )


def _languages(recordings: Iterable[Recording]) -> list[LanguageTotal]:
    have: dict[str, list[tuple[Recording, bool]]] = defaultdict(list)
    for recording in recordings:
        by_language: dict[str, bool] = {}
        for track in recording.tracks or ():
            if track.counts:
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

"""What a run wrote down while it worked: one JSON object a line, durable before the next thing happens.

A run that ended says so in its last line. One that did not was cut off, and the last state of each media object tells
how far it got. COMMITTED lines carry the tracks that were verified, so the manifest can be brought up to date from
the journal alone: the manifest is a checkpoint, the journal is the truth.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from captionkit.errors import DamagedFile, LocalError
from captionkit.records import RecordError, damaged_at, parse, read
from captionkit.sync.manifest import Manifest, ManifestBuilder
from captionkit.sync.ports import Clock, Store
from captionkit.sync.state import BaseTrack, canonical_json, check_names


class State(StrEnum):
    """How far a media object got; one that has no record was at most read. The last four end it without COMMITTED."""

    BACKED_UP = "BACKED_UP"
    SENT = "SENT"
    ACKED = "ACKED"
    VERIFIED = "VERIFIED"
    COMMITTED = "COMMITTED"
    CONVERGED = "CONVERGED"
    STALE = "STALE"
    REFUSED = "REFUSED"
    FOREIGN = "FOREIGN"
    FAILED = "FAILED"


#: What a request did is established, or it is established that this cannot be.
SETTLED = frozenset(State) - {State.BACKED_UP, State.SENT, State.ACKED}

STARTED, ENDED = "STARTED", "ENDED"


def stamp(seconds: float) -> str:
    """Seconds since the epoch as 2026-11-21T21:00:00.123Z."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class Journal:
    """The journal of one run, shared by its threads.

    Attributes:
        watch: gets the state and the media object of each record, when that is durable.
    """

    store: Store
    clock: Clock
    run: str
    watch: Callable[[str, str], None] = lambda state, media: None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _closed: threading.Event = field(default_factory=threading.Event)

    def write(self, state: State | str, media: str = "", **more: Any) -> None:
        """Make one record durable.

        Raises:
            LocalError: where the disk does not take it; the caller must not go on then.
        """
        record = {"at": stamp(self.clock.now()), "state": str(state), **more}
        if media:
            record["media"] = media
        line = canonical_json(record)
        with self._lock:
            if self._closed.is_set():
                raise LocalError("this run was stopped", where=self.run, unchanged="Nothing more was sent.")
            self.store.append_journal(self.run, line)
        self.watch(str(state), media)

    def close(self) -> None:
        """Take no more records. So a thread that is left of a run which was broken off cannot send anything: before a
        request leaves, it is written down."""
        with self._lock:
            self._closed.set()


@dataclass(frozen=True, slots=True)
class Past:
    """What a journal says of a run.

    Attributes:
        what: "push", "apply", "pull" or "restore".
        started_at: when, as text; "" where the journal is empty.
        rounds: how often it was started: once, and once more for each time it was resumed.
        last: the last record of each media object.
        sent: the media objects to which at least one request may have left. Not only the last state counts: a track
            that is made anew takes two requests, and after the first the object is neither as before nor as planned.
        committed: what the manifest is to say of each media object that was verified, with the serial it had then.
        left: media object -> locale -> kind, digest and id of the tracks that were there when it was verified.
        backups: media object -> the folder under `backup/` that holds what was there before the run touched it, and
            the digest of all of that; "" where the journal has none.
        omitted: media object -> locale -> id of the tracks that requests left out which may have been carried out.
        unanswered: media object -> when such a request last left that got no answer, in seconds since the epoch.
        originals: media objects that were proved to be reached by their original file when a request left.
        by: who ran it, as they are known to their computer; "" where the journal does not say.
        ended: whether the run came to its end, however it went.
        interrupted: whether the user stopped it before all was done.
        damage: lines that cannot be understood, one error each. What stood in them is not known.
    """

    run: str
    what: str
    started_at: str
    rounds: int
    last: Mapping[str, Mapping[str, Any]]
    sent: tuple[str, ...]
    committed: Mapping[str, tuple[int, tuple[BaseTrack, ...]]]
    left: Mapping[str, Mapping[str, tuple[str, str, str]]]
    backups: Mapping[str, tuple[str, str]]
    omitted: Mapping[str, Mapping[str, str]]
    unanswered: Mapping[str, float]
    originals: frozenset[str]
    ended: bool
    interrupted: bool
    by: str = ""
    damage: tuple[DamagedFile, ...] = ()

    @property
    def in_doubt(self) -> tuple[str, ...]:
        """Media objects to which a request may have been sent whose effect is not known."""
        # A damaged line may be the one that tells of a request, so then all counts that is not settled.
        perhaps = self.last if self.damage else self.sent
        return tuple(media for media in perhaps if self.last[media]["state"] not in SETTLED)

    @property
    def can_go_on(self) -> bool:
        """Whether there is something left that `resume` can do."""
        return not self.ended or self.interrupted or bool(self.in_doubt)


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a journal. Which of the later fields must be there depends on the state; see `_NEEDS`."""

    at: str
    state: str
    media: str = ""
    serial: int | None = None
    tracks: tuple[dict[str, Any], ...] | None = None
    folder: str | None = None
    snapshot: str | None = None
    what: str | None = None
    by: str | None = None
    interrupted: bool | None = None
    after: Mapping[str, tuple[str, str, str]] | None = None
    omits: Mapping[str, str] = field(default_factory=dict)
    outcome: str = ""
    original: bool = False
    abandoned: bool = False


#: What a line of a state cannot do without.
_NEEDS = {
    State.COMMITTED: ("media", "serial", "tracks"),
    State.VERIFIED: ("media", "after"),
    State.CONVERGED: ("media", "after"),
    State.SENT: ("media",),
    State.BACKED_UP: ("media", "folder"),
    STARTED: ("what",),
    ENDED: ("interrupted",),
}


def read_past(store: Store, run: str) -> Past:
    """Read one run's journal. A line that cannot be understood is in `Past.damage`, and costs what it says."""
    last: dict[str, Mapping[str, Any]] = {}
    committed: dict[str, tuple[int, tuple[BaseTrack, ...]]] = {}
    left: dict[str, Mapping[str, tuple[str, str, str]]] = {}
    backups: dict[str, tuple[str, str]] = {}
    sent: dict[str, None] = {}
    omitted: dict[str, dict[str, str]] = {}
    unanswered: dict[str, float] = {}
    originals: set[str] = set()
    was: dict[str, str] = {}
    what, by, started_at, rounds, ended, interrupted = "", "", "", 0, False, False
    damage: list[DamagedFile] = []
    torn: DamagedFile | None = None
    for number, text in enumerate(store.read_journal(run), start=1):
        try:
            with damaged_at(f".captionkit/runs/{run}/journal.jsonl, line {number}", "the journal of a run is damaged"):
                record = _torn_or_not(text)
                line = _understood(record) if record is not None else None
                tracks = tuple(BaseTrack.from_json(track) for track in (line and line.tracks) or ())
        except DamagedFile as error:
            damage += [torn] if torn else []
            torn = None
            damage.append(error)
            continue
        if line is None:
            torn = _torn(run, number)
            continue
        if torn:
            # What was being written when the power went is followed by the next beginning of the run, or its giving up.
            damage += [] if line.state == STARTED or line.abandoned else [torn]
            torn = None
        media, state = line.media, line.state
        if media:
            last[media] = record or {}
        if state == State.COMMITTED:
            committed[media] = (line.serial or 0, tracks)
        elif line.after is not None:
            left.setdefault(media, line.after)  # what a later round found may be of somebody else's making
        elif state == State.SENT:
            sent[media] = None
            originals |= {media} if line.original else set()
            was = omitted.get(media, {})
            omitted[media] = {**was, **line.omits}
            if line.omits:
                unanswered[media] = _seconds(line.at)
        elif state == State.ACKED and line.outcome != "ambiguous":
            if line.outcome in ("throttled", "refused"):
                omitted[media] = was
            unanswered.pop(media, None)
        elif state == State.BACKED_UP:
            backups.setdefault(media, (line.folder or "", line.snapshot or ""))
        elif state == STARTED:
            rounds += 1
            what = what or line.what or ""
            by = by or line.by or ""
            started_at = started_at or line.at
            ended = interrupted = False
        elif state == ENDED:
            ended, interrupted = True, bool(line.interrupted)
    return Past(
        run,
        what,
        started_at,
        rounds,
        last,
        tuple(sent),
        committed,
        left,
        backups,
        omitted,
        unanswered,
        frozenset(originals),
        ended,
        interrupted,
        by,
        tuple(damage),
    )


def _torn_or_not(text: bytes) -> dict[str, Any] | None:
    """The record of a line; None for one that is not whole, as a crash leaves it.

    Raises:
        RecordError: it is whole and no record.
    """
    if not text.rstrip().endswith(b"}"):
        return None
    return read(dict, parse(text))


def _torn(run: str, number: int) -> DamagedFile:
    where = f".captionkit/runs/{run}/journal.jsonl, line {number}"
    return DamagedFile("the journal of a run is damaged: this line is not whole", where=where)


def _understood(record: dict[str, Any]) -> _Line:
    line = read(_Line, record)
    for name in _NEEDS.get(line.state, ()):
        if getattr(line, name) in (None, ""):
            raise RecordError(f"{name} is missing")
    _seconds(line.at)
    if line.media:
        check_names(line.media)
    if line.state not in (*State, STARTED, ENDED):
        raise RecordError(f"state is none that captionkit knows: {line.state[:40]!r}")
    return line


def perhaps_on_their_way(store: Store, since: float) -> dict[str, tuple[float, Mapping[str, str]]]:
    """Requests of earlier runs that left tracks out and got no answer: media object -> when the last left, and what.

    Args:
        since: seconds since the epoch; what left earlier is not on its way any more.
    """
    found: dict[str, tuple[float, Mapping[str, str]]] = {}
    for run in sorted(store.runs(), reverse=True):
        past = read_past(store, run)
        for media, at in past.unanswered.items():
            if at >= since and media not in found:
                found[media] = (at, past.omitted[media])
        if past.last and all(_seconds(record["at"]) < since for record in past.last.values()):
            break
    return found


def _seconds(at: str) -> float:
    """A journal's time in seconds since the epoch."""
    try:
        return datetime.fromisoformat(at).timestamp()
    except (ValueError, OverflowError):
        raise RecordError(f"at is no time: {at[:40]!r}") from None


def unfinished(store: Store) -> list[Past]:
    """The runs that were cut off, oldest first. Only the newest runs can be: a run starts by looking for others."""
    found = []
    for run in sorted(store.runs(), reverse=True):
        past = read_past(store, run)
        if past.ended and past.what != "pull":
            break
        if not past.ended:
            found.append(past)
    return found[::-1]


def caught_up(manifest: Manifest, pasts: Iterable[Past]) -> Manifest:
    """The manifest with what cut-off runs had verified but not yet written into it."""
    recorded = ManifestBuilder(manifest)
    for past in pasts:
        for media, (serial, tracks) in sorted(past.committed.items(), key=lambda item: item[1][0]):
            if serial > recorded.serial:
                recorded.verified(media, tracks)
    return recorded.manifest() if recorded.serial > manifest.serial else manifest

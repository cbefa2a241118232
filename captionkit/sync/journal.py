"""What a run wrote down while it worked: one JSON object a line, durable before the next thing happens.

A run that ended says so in its last line. One that did not was cut off, and the last state of each media object tells
how far it got. COMMITTED lines carry the tracks that were verified, so the manifest can be brought up to date from
the journal alone: the manifest is a checkpoint, the journal is the truth.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from captionkit.sync.manifest import Manifest, ManifestBuilder
from captionkit.sync.ports import Clock, Store
from captionkit.sync.state import BaseTrack, canonical_json


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
    """The journal of one run, shared by its threads."""

    store: Store
    clock: Clock
    run: str
    _lock: threading.Lock = field(default_factory=threading.Lock)

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
            self.store.append_journal(self.run, line)


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
        committed: the tracks of each media object that was verified, with the serial the manifest had then.
        backups: media object -> the folder under `backup/` that holds what was there before the run touched it.
        ended: whether the run came to its end, however it went.
        interrupted: whether the user stopped it before all was done.
    """

    run: str
    what: str
    started_at: str
    rounds: int
    last: Mapping[str, Mapping[str, Any]]
    sent: tuple[str, ...]
    committed: Mapping[str, tuple[int, tuple[BaseTrack, ...]]]
    backups: Mapping[str, str]
    ended: bool
    interrupted: bool

    @property
    def in_doubt(self) -> tuple[str, ...]:
        """Media objects to which a request may have been sent whose effect is not known."""
        return tuple(media for media in self.sent if self.last[media]["state"] not in SETTLED)

    @property
    def can_go_on(self) -> bool:
        """Whether there is something left that `resume` can do."""
        return not self.ended or self.interrupted or bool(self.in_doubt)


def read_past(store: Store, run: str) -> Past:
    """Read one run's journal. Lines that are not whole, written while the power went, are passed over."""
    last: dict[str, Mapping[str, Any]] = {}
    committed: dict[str, tuple[int, tuple[BaseTrack, ...]]] = {}
    backups: dict[str, str] = {}
    sent: dict[str, None] = {}
    what, started_at, rounds, ended, interrupted = "", "", 0, False, False
    for line in store.read_journal(run):
        try:
            record = json.loads(line)
        except ValueError:
            continue
        media, state = record.get("media", ""), record["state"]
        if media:
            last[media] = record
        if state == State.COMMITTED:
            committed[media] = (record["serial"], tuple(BaseTrack.from_json(track) for track in record["tracks"]))
        elif state == State.SENT:
            sent[media] = None
        elif state == State.BACKED_UP:
            backups.setdefault(media, record["folder"])
        elif state == STARTED:
            rounds += 1
            what = what or record["what"]
            started_at = started_at or record["at"]
            ended = interrupted = False
        elif state == ENDED:
            ended, interrupted = True, record["interrupted"]
    return Past(run, what, started_at, rounds, last, tuple(sent), committed, backups, ended, interrupted)


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

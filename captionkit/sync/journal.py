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

from captionkit.sync.manifest import Manifest
from captionkit.sync.ports import Clock, Store
from captionkit.sync.state import BaseTrack, canonical_json


class State(StrEnum):
    """How far a media object got. The first five lead to COMMITTED; the last four end it without."""

    READ = "READ"
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


#: A request may have left and its effect is not established.
IN_DOUBT = frozenset({State.SENT, State.ACKED})

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
        last: the last record of each media object.
        committed: the tracks of each media object that was verified, with the serial the manifest had then.
        ended: whether the run came to its end, however it went.
    """

    run: str
    last: Mapping[str, Mapping[str, Any]]
    committed: Mapping[str, tuple[int, tuple[BaseTrack, ...]]]
    ended: bool

    @property
    def in_doubt(self) -> tuple[str, ...]:
        """Media objects to which a request may have been sent whose effect is not known."""
        return tuple(media for media, record in self.last.items() if record.get("state") in IN_DOUBT)


def read_past(store: Store, run: str) -> Past:
    """Read one run's journal, as far as it is whole."""
    last: dict[str, Mapping[str, Any]] = {}
    committed: dict[str, tuple[int, tuple[BaseTrack, ...]]] = {}
    ended = False
    for line in store.read_journal(run):
        record = json.loads(line)
        media, state = record.get("media", ""), record["state"]
        if media:
            last[media] = record
        if state == State.COMMITTED:
            committed[media] = (record["serial"], tuple(BaseTrack.from_json(track) for track in record["tracks"]))
        ended = ended or state == ENDED
    return Past(run, last, committed, ended)


def unfinished(store: Store) -> list[Past]:
    """The runs that were cut off, oldest first. Only the newest runs can be: a run starts by looking for others."""
    found = []
    for run in sorted(store.runs(), reverse=True):
        past = read_past(store, run)
        if past.ended:
            break
        found.append(past)
    return found[::-1]


def caught_up(manifest: Manifest, pasts: Iterable[Past]) -> Manifest:
    """The manifest with what cut-off runs had verified but not yet written into it."""
    for past in pasts:
        for media, (serial, tracks) in sorted(past.committed.items(), key=lambda item: item[1][0]):
            if serial > manifest.serial:
                manifest = manifest.with_media(media, tracks)
    return manifest

"""What earlier runs did, what can be brought back from them, and whether it is still as they left it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from captionkit.errors import CaptionkitError, DamagedFile, RemoteError
from captionkit.sync.journal import Past, State, read_past
from captionkit.sync.plan import MediaPlan, own_of
from captionkit.sync.ports import Remote, Store
from captionkit.sync.restore import UNDOABLE, read_run
from captionkit.sync.state import BaseTrack, merge_views


@dataclass(frozen=True, slots=True)
class Entry:
    """One run, for a list of them.

    Attributes:
        ended: "ended", "interrupted" or "cut off".
        states: how many media objects ended in which state.
        restorable: how many tracks can be brought back.
        damage: what of its files cannot be understood, one error each.
    """

    run: str
    what: str
    started_at: str
    ended: str
    states: Mapping[str, int]
    restorable: int
    damage: tuple[DamagedFile, ...] = ()


def history(store: Store) -> list[Entry]:
    """Every run of the folder, newest first."""
    entries = []
    for run in sorted(store.runs(), reverse=True):
        past = read_past(store, run)
        ended = "cut off" if not past.ended else "interrupted" if past.interrupted else "ended"
        states = Counter(str(record["state"]).lower() for record in past.last.values())
        restorable, damage = 0, past.damage
        if past.what != "pull":
            try:
                restorable = _restorable(store, past)
            except DamagedFile as error:
                damage = (*damage, error)
            except CaptionkitError:
                pass  # a run that got no further than its journal
        entries.append(Entry(run, past.what or "?", past.started_at, ended, states, restorable, damage))
    return entries


def _restorable(store: Store, past: Past) -> int:
    _, plan = read_run(store, past.run)
    return sum(step.do in UNDOABLE for media in plan.changing if media.media in past.backups for step in media.changes)


@dataclass(frozen=True, slots=True)
class Finding:
    """One media object of a run, looked at again."""

    media: str
    lines: tuple[str, ...]

    @property
    def is_as_left(self) -> bool:
        return not self.lines


def verify(store: Store, run: str, remote: Remote) -> Iterator[Finding]:
    """Whether each media object that a run verified is still as it left it: text, kind and id of every track.

    Raises:
        UsageError: where there is no such run.
    """
    past, plan = read_run(store, run)
    for media in plan.changing:
        if media.media not in past.committed:
            state = str(past.last.get(media.media, {}).get("state", "not started"))
            if state not in (State.COMMITTED, State.CONVERGED):
                yield Finding(media.media, (f"the run did not verify it: {state.lower()}",))
            continue
        _, left = past.committed[media.media]
        try:
            yield Finding(media.media, tuple(_drift(left, remote, media)))
        except RemoteError as error:
            yield Finding(media.media, (f"it cannot be read now: {error.message}",))


def _drift(left: tuple[BaseTrack, ...], remote: Remote, media: MediaPlan) -> Iterator[str]:
    now = own_of(media, merge_views(remote.read(media.media, fresh_listing=True)))
    was = {track.locale: track for track in left}
    for locale in sorted(was.keys() | now.keys()):
        if locale not in now:
            yield f"{locale} is not there any more"
        elif locale not in was:
            yield f"{locale} was added since"
        elif was[locale].id != now[locale].id:
            yield f"{locale} was deleted and made anew since"
        elif (was[locale].kind, was[locale].digest) != now[locale].seen:
            yield f"{locale} was edited since"

"""What is exchanged with the remote about one media object: it is read, saved, and sent one request at a time.

Nothing is sent before what is there was saved and the request was rehearsed on a model of the server, and nothing
without a line in the journal before it leaves. What a request is for, and what became of it, is for
`captionkit.sync.object_run` to know.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from captionkit.sync.backup import back_up
from captionkit.sync.decide import Do
from captionkit.sync.journal import Journal, State
from captionkit.sync.manifest import Manifest
from captionkit.sync.plan import MediaPlan, Plan
from captionkit.sync.ports import MediaState, Ports, PutReply
from captionkit.sync.rehearsal import rehearse
from captionkit.sync.request import Phase
from captionkit.sync.results import Ending
from captionkit.sync.state import Tracks, seen_of, snapshot_digest
from captionkit.sync.whose import Proofs

#: How often a PUT is sent for one phase, the first time included.
ATTEMPTS = 3
#: A first read older than this many seconds is repeated just before the PUT.
READ_AGAIN_AFTER = 1.0
#: Seconds for which the last look holds while the PUT waits for its turn under the rate limit; then it is not sent, and
#: we look again. At last it is sent all the same: a token that others use up must not keep us from ever finishing.
LOOK_HOLDS = 5.0


class Ended(Exception):
    """Leaves the state machine with a result."""

    def __init__(self, ending: Ending, message: str, *notes: str) -> None:
        super().__init__(message)
        self.ending = ending
        self.message = message
        self.notes = notes


@dataclass(frozen=True, slots=True)
class Means:
    """What an object's state machine works with.

    Attributes:
        manifest: what was known when the run began.
        round: 1, and one more for each time the run was resumed; keeps the backups of the rounds apart.
    """

    ports: Ports
    journal: Journal
    manifest: Manifest
    round: int = 1


class Exchange:
    """One media object, as it is read and written.

    Attributes:
        was_sent: whether a request has left. had_doubt: whether one got no answer.
    """

    def __init__(self, means: Means, plan: Plan, media: MediaPlan) -> None:
        self.means = means
        self.plan = plan
        self.media = media
        self._reply: PutReply | None = None
        self._state: MediaState | None = None
        self._window = 0.0
        self._backups = 0
        self._saved = 0
        self._puts = 0
        self._may_have_acted = False
        self._proofs = Proofs(media.media, means.manifest)
        self.was_sent = False
        self.had_doubt = False

    @property
    def _needs_listing(self) -> bool:
        """Whether a read has to see what the listing shows: by the media id, colleagues' tracks; by a file, what the
        original has, where something of this file is to go."""
        return not self._proofs.by_file or any(step.do in (Do.DELETE, Do.RECREATE) for step in self.media.changes)

    def _read(self, *, fresh_listing: bool) -> tuple[Tracks, float]:
        asked_at = self.means.ports.clock.now()
        state = self._state = self.means.ports.remote.read(self.media.media, fresh_listing=fresh_listing)
        self._proofs.look(state)
        tracks = self.means.manifest.read(state)
        return self._proofs.of(tracks), asked_at

    def _must_be_as_planned(self, tracks: Tracks) -> None:
        """What is to be deleted must not have become somebody else's either: the same words, uploaded by a colleague
        after the plan was made, are the colleague's."""
        self._must_be(tracks, self.media.before_seen)
        was = {track.locale: track.owner_id for track in self.media.before}
        going = [step.locale for step in self.media.changes if step.do in (Do.DELETE, Do.RECREATE)]
        me = self.plan.remote.user_id
        taken = [loc for loc in going if loc in tracks and tracks[loc].owner_id not in (None, me, was.get(loc))]
        if taken:
            self.means.journal.write(State.STALE, self.media.media, locales=taken)
            raise Ended(
                Ending.STALE,
                f"somebody else made {listing(taken)} anew in Canvas after the plan was made; left alone",
            )

    def _must_be(self, tracks: Tracks, expected: Mapping[str, tuple[str, str]]) -> None:
        if seen_of(tracks) != expected:
            moved = sorted({*expected, *tracks}, key=str)
            what = [loc for loc in moved if expected.get(loc) != (tracks[loc].seen if loc in tracks else None)]
            self.means.journal.write(State.STALE, self.media.media, locales=what)
            raise Ended(
                Ending.STALE,
                f"somebody changed {listing(what)} in Canvas after the plan was made; left alone",
            )

    def _put(self, phase: Phase, tracks: Tracks, asked_at: float) -> None:
        """Save what is there, look once more if the last look is old, and send the request once."""
        self._back_up(tracks)
        clock, media = self.means.ports.clock, self.media.media
        if clock.now() - asked_at > READ_AGAIN_AFTER:
            tracks, asked_at = self._read(fresh_listing=self._needs_listing)
            self._must_be(tracks, phase.before)
        self._must_not_reach_the_original(phase, tracks)
        self._rehearse(phase, tracks)
        named = [put.locale for put in phase.body]
        left_out = {locale: track.id for locale, track in tracks.items() if locale not in named}
        self._proofs.over = tracks
        self.means.journal.write(
            State.SENT, media, body_digest=phase.digest, locales=named, omits=left_out, original=self._proofs.original
        )
        self.was_sent = True
        self._puts += 1
        not_after = asked_at + LOOK_HOLDS if self._puts < ATTEMPTS else math.inf
        reply = self.means.ports.remote.put_tracks(media, phase.body, not_after=not_after)
        if reply.outcome != "throttled":
            self._may_have_acted = True
            self._window = max(self._window, reply.answered_at - asked_at)
        if reply.outcome not in ("throttled", "refused"):
            self._proofs.omitted |= left_out
        self._reply = reply
        self.had_doubt |= reply.outcome == "ambiguous"
        self.means.journal.write(
            State.ACKED,
            media,
            status=reply.status,
            outcome=reply.outcome,
            looked_at=asked_at,
            answered_at=reply.answered_at,
            server_date=reply.server_date,
        )

    def _must_not_reach_the_original(self, phase: Phase, tracks: Tracks) -> None:
        """A request that leaves out a track which is not proved to be this file's own may destroy the original's, and
        so may a second request that leaves out the same locale."""
        named = {put.locale for put in phase.body}
        left_out = {locale: track for locale, track in tracks.items() if locale not in named}
        reached = self._proofs.perhaps_the_originals(left_out)
        if reached:
            self.means.journal.write(State.STALE, self.media.media, locales=reached)
            raise Ended(
                Ending.STALE,
                f"{listing(reached)} is not proved to be this file's own: it may belong to the file in another course "
                "that this one was copied from, so it was left alone",
            )

    def _rehearse(self, phase: Phase, tracks: Tracks) -> None:
        assert self._state is not None
        wrong = rehearse(self.means.ports.model, self._state, phase, tracks, original=self._proofs.original)
        if wrong:
            self.means.journal.write(State.REFUSED, self.media.media, rehearsal=wrong)
            raise Ended(Ending.REFUSED, f"not sent, because in a rehearsal {wrong}. Nothing was changed")

    def _back_up(self, tracks: Tracks) -> None:
        """Save every track that is there, with what a restore needs to know of it."""
        self._backups += 1
        folder = self.media.media.replace("/", "_")
        if self._backups > 1 or self.means.round > 1:
            folder = f"{folder}/again-{self.means.round}-{self._backups}"
        saved = back_up(self.means.ports.store, self.means.journal.run, folder, self.media, tracks)
        if self._backups == 1:
            self._saved = saved
        self.means.journal.write(
            State.BACKED_UP, self.media.media, folder=folder, snapshot=snapshot_digest(seen_of(tracks))
        )


def listing(locales: list[str] | tuple[str, ...]) -> str:
    return ", ".join(locales) if locales else "something"

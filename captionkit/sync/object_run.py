"""Carrying out a plan for one media object, so that nothing is lost whatever happens in between.

Theory of operation. Canvas replaces all tracks of an object with one PUT, without a transaction and without a way to
say "only if nobody else wrote". So an object goes through the same states each time, each written to the journal
before the next begins:

    READ        what is there now. As the plan promises to leave it: CONVERGED, done. Not as the plan found it: STALE,
                left alone.
    BACKED_UP   everything that is there is on our disk. The request is rehearsed on a model of the server that holds
                just that; where the model does not end as the plan promises, nothing is sent: REFUSED.
    SENT        the request is about to leave. The transport never repeats it.
    ACKED       an answer came. It is not believed.
    VERIFIED    a fresh read shows what the plan promised, and players get the intended captions.
    COMMITTED   the manifest knows it.

By a file that is not proved to be the original, Canvas may show tracks that belong to another course's file, and a
request that leaves one of them out destroys it there. Nothing can be read that tells, so a locale is left out only
where a write has proved its track to be this file's own: the first request leaves nothing out and asks (`Phase.asks`).
Of no locale is a second such request sent while the first may still be on its way.

If the fresh read shows the state before, the request is sent again, at most twice, each time from READ. If it shows a
mixture, what is there is saved and the same request is sent again, because Canvas stops half way without undoing. If
it shows anything else, somebody else is writing: we stop, say so, and never repair.

`send` does the part up to ACKED and `settle` the rest, so that a run can send to several objects and then verify them.
An object is verified no sooner than a second after the answer. Canvas's times have whole seconds: a track read in the
second in which it was written could be written again in that second without a trace; read a second later, its id and
time say for good whether it still is what we verified.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from captionkit.conversion import viewer_digest
from captionkit.documents import loads
from captionkit.errors import GuardRefused, RemoteError, StaleError
from captionkit.sync.decide import Do
from captionkit.sync.exchange import ATTEMPTS, Ended, Exchange, Means, listing
from captionkit.sync.journal import State
from captionkit.sync.outcome import Effect, Seen, classify
from captionkit.sync.plan import MediaPlan, Plan
from captionkit.sync.ports import PutReply, TrackPut, Whose
from captionkit.sync.request import Phase, anew, phases
from captionkit.sync.results import Ending, Result, records
from captionkit.sync.state import (
    RemoteNow,
    Tracks,
    seen_of,
)
from captionkit.sync.texts import texts_of

#: Seconds from an answer to the read that verifies it: just over Canvas's clock tick.
VERIFY_AFTER = 1.05
#: Seconds before asking what an unanswered request did; it may still be on its way.
SETTLE_AFTER = 3.0
#: Seconds after which a request that got no answer is not on its way any more: ten times what web servers and proxies
#: let one take.
LATEST_ARRIVAL = 600.0


class ObjectRun(Exchange):
    """One media object on its way through the states. Used by one thread at a time."""

    def __init__(self, means: Means, plan: Plan, media: MediaPlan) -> None:
        super().__init__(means, plan, media)
        self._phases: tuple[Phase, ...] = ()
        self._first: Tracks = {}
        self._texts: Mapping[str, str] = {}

    def send(self, *, late: Mapping[str, str] | None = None, sent_at: float = 0.0) -> Result | None:
        """Everything up to and with the last PUT. A result where it ended before; None where `settle` must follow.

        Args:
            late: locale -> id of the tracks that a request of an earlier run left out, which may be on its way.
            sent_at: when that left, in seconds since the epoch.
        """
        self._proofs.omitted = dict(late or {})
        return self._ending(lambda: self._send(sent_at))

    def resume(
        self, *, in_doubt: bool, omitted: Mapping[str, str] | None = None, sent_at: float = 0.0, original: bool = False
    ) -> Result | None:
        """As `send`, for an object that an earlier round of the run may have sent something to.

        Args:
            in_doubt: whether a request may have left whose effect was not read back.
            omitted: locale -> id of the tracks that requests of earlier rounds left out.
            sent_at: when the last of these left that got no answer, in seconds since the epoch.
            original: whether it was proved by then that this is reached by its original file.
        """
        self._proofs.take_over(omitted or {}, original=original)
        return self._ending(lambda: self._resume(in_doubt=in_doubt, sent_at=sent_at))

    def settle(self) -> Result:
        """Verify, repeat where that is safe, and say what became of it."""
        result = self._ending(self._settle)
        assert result is not None
        return result

    # --- the states ---------------------------------------------------------------------------------------------

    def _send(self, sent_at: float) -> Result | None:
        self._texts = texts_of(self.media, self.means.ports.files, self.plan.contents)
        tracks, asked_at = self._read(fresh_listing=self._needs_listing)
        self._first = tracks
        if self._is_as_planned(tracks):
            return self._done(Ending.CONVERGED, tracks)
        self._must_be_as_planned(tracks)
        self._wait_for_the_late(tracks, sent_at)
        self._phases = self._phases_for(tracks)
        self._put(self._phases[0], tracks, asked_at)
        self._advance(self._phases)
        return None

    def _advance(self, rest: Sequence[Phase]) -> None:
        """From a request that was sent, the first of `rest`, to the last, whose effect `settle` verifies."""
        if rest[0].asks:
            self._phases = rest = (rest[0], *self._after(rest[0], self._answered(rest[0])))
        for done, following in pairwise(rest):
            self._verified(done)
            self._go_on(following)

    def _answered(self, phase: Phase) -> Tracks:
        """The tracks, once it is proved whose each is that was asked about. Only an answer proves it: where none came,
        what is there may have come by somebody else's hand."""
        for _ in range(ATTEMPTS):
            tracks = self._verified(phase)
            if all(tracks[locale].whose is Whose.OWN for locale in phase.asks if locale in tracks):
                return tracks
            self._go_on(phase)
        raise Ended(
            Ending.UNKNOWN,
            "whether some of these captions belong to another course was asked, and no answer came that tells. Nothing "
            "was deleted; to resume the run asks again",
        )

    def _after(self, asked: Phase, tracks: Tracks) -> tuple[Phase, ...]:
        """What is left to be done when it is known whose each track is. Where a copy got a track of its own for the new
        text, players get that already."""
        deleted = {step.locale for step in self.media.changes if step.do is Do.DELETE}
        sending = [
            step
            for step in self.media.changes
            if step.do is Do.RECREATE
            and not (step.locale in asked.in_place and _shows(tracks.get(step.locale), step.shown))
        ]
        return anew(asked.after, deleted, sending, self._texts, guard_locales=self._guards_locales)

    def _resume(self, *, in_doubt: bool, sent_at: float) -> Result | None:
        """Find out which request was the last that did something, and go on from there."""
        self._may_have_acted = in_doubt
        self._texts = texts_of(self.media, self.means.ports.files, self.plan.contents)
        tracks, _ = self._read(fresh_listing=self._needs_listing)
        self._first = tracks
        if self._is_as_planned(tracks):
            return self._done(Ending.CONVERGED, tracks)
        if not in_doubt:
            self._must_be_as_planned(tracks)
        self._wait_for_the_late(tracks, sent_at)
        own = seen_of(self._proofs.visible(tracks, self.media.after_seen))
        # What is proved by now may not have been when the earlier round began, which then has asked first.
        for asks_all in (False, True):
            self._phases = self._phases_for(tracks, asks_all=asks_all)
            found = [_effect(own, phase, self._phases[:n]) for n, phase in enumerate(self._phases)]
            if own == self.media.after_seen:
                found[-1] = Effect.FOREIGN  # players get something else: the track is still to be made anew
            reached = max((n for n, effect in enumerate(found) if effect is not Effect.FOREIGN), default=None)
            if reached is not None:
                break
        if reached is None:
            self.means.journal.write(State.FOREIGN, self.media.media)
            raise Ended(
                Ending.FOREIGN,
                "what is in Canvas now is neither what was there before our request nor what it was to lead to: "
                "somebody else wrote. Nothing was repaired; what was there before is in the run's backup",
            )
        rest = self._phases[reached + (found[reached] is Effect.APPLIED) :]
        if not rest:
            self._check_shown(tracks)
            return self._done(Ending.COMMITTED, tracks)
        if self._phases[0].asks & rest[0].omits:
            rest = self._phases  # what had been answered was not written down; asking again changes nothing
        self._go_on(rest[0])
        self._advance(rest)
        return None

    def _wait_for_the_late(self, tracks: Tracks, sent_at: float) -> None:
        """A request of an earlier round that leaves out what is still there may be on its way. Of a copy, a second one
        beside it would reach the original's track; so nothing is sent until it cannot arrive any more."""
        still = self._proofs.still_there({locale: track.id for locale, track in tracks.items()})
        if still and not self._proofs.original and self.means.ports.clock.now() - sent_at < LATEST_ARRIVAL:
            raise Ended(Ending.UNKNOWN, _late(still))
        self._proofs.did_not_act(still)

    @property
    def _guards_locales(self) -> bool:
        """By a file that may be a copy a request can reach the original's tracks, in another course: there what
        somebody adds meanwhile is always guarded."""
        return self.plan.policy.guard_locales or not self._proofs.original

    def _phases_for(self, tracks: Tracks, *, asks_all: bool = False) -> tuple[Phase, ...]:
        """The requests that lead from the plan's state before to the one after.

        Args:
            asks_all: ask about what is to be left out, whether it is proved or not.
        """
        visible = self._proofs.visible(tracks, self.media.after_seen)
        unproved = {locale for locale, track in visible.items() if asks_all or track.whose is not Whose.OWN}
        there = {track.digest: track.content for track in tracks.values() if track.content is not None}
        try:
            return phases(self.media, {**there, **self._texts}, unproved=unproved, guard_locales=self._guards_locales)
        except KeyError:
            self._must_be(tracks, self.media.before_seen)
            raise

    def _go_on(self, phase: Phase) -> None:
        """Send a request to an object that is half way. Giving up there would leave it half way, so what somebody has
        added or changed meanwhile is no reason to stop: it is named, and kept, also where we were to send or delete
        that locale. So is what shows again of the original file. Verifying says afterwards what was left."""
        tracks, asked_at = self._read(fresh_listing=self._needs_listing)
        visible = self._proofs.visible(tracks, phase.after)
        again = tracks.keys() - visible.keys()
        added = sorted((tracks.keys() - phase.before.keys() | again) - phase.after.keys())
        theirs = classify(seen_of(visible), phase.before, phase.after).strange
        ours = [put for put in phase.body if put.locale not in theirs]
        kept = sorted({*added, *theirs} - {put.locale for put in ours})
        body = (*(TrackPut(locale) for locale in kept), *ours)
        after = {locale: seen for locale, seen in phase.after.items() if locale not in theirs}
        after |= {locale: tracks[locale].seen for locale in (*added, *theirs) if locale in tracks}
        self._put(replace(phase, before=seen_of(tracks), after=after, body=body), tracks, asked_at)

    def recheck(self) -> str:
        """Look once more at an object for which a request got lost, since it may arrive late. What is wrong, or ""."""
        if not self.had_doubt:
            return ""
        try:
            tracks, _ = self._read(fresh_listing=False)
        except RemoteError:
            return ""
        last = self._phases[-1]
        promised = {locale: seen for locale, seen in last.after.items() if not seen[1].startswith("unseen:")}
        found = classify({loc: seen for loc, seen in seen_of(tracks).items() if loc in promised}, promised, promised)
        if found.effect is Effect.APPLIED:
            return ""
        return f"after it had been verified, {listing(sorted(promised))} changed again; the status shows how"

    def _settle(self) -> Result:
        return self._done(Ending.COMMITTED, self._verified(self._phases[-1]))

    def _verified(self, phase: Phase) -> Tracks:
        """The tracks as they are once `phase` has done what it promised.

        Raises:
            Ended: where it did not, and cannot be made to safely.
        """
        for attempt in range(1, ATTEMPTS + 1):
            reply = self._reply
            assert reply is not None
            self._wait_for_tick(reply)
            tracks = self._read_back(phase)
            found = classify(seen_of(self._proofs.visible(tracks, phase.after)), phase.before, phase.after)
            if found.effect is Effect.APPLIED:
                self._check_shown(tracks, phase.shown)
                return self._proofs.learn(reply, phase.body, tracks)
            if found.effect is Effect.FOREIGN:
                if not self._may_have_acted:
                    self._must_be(tracks, phase.before)
                self._must_show(found.strange, tracks)
                self.means.journal.write(State.FOREIGN, self.media.media, locales=list(found.strange))
                raise Ended(
                    Ending.FOREIGN,
                    f"after our request {listing(found.strange)} is neither as it was nor as it should be: somebody "
                    "else writes to this media. Nothing was repaired; what was there before is in the run's backup",
                )
            self._give_up_or_repeat(phase, reply, found.effect, attempt)
        raise AssertionError("unreachable: the last attempt ends above")

    def _must_show(self, locales: tuple[str, ...], tracks: Tracks) -> None:
        """A token without the right to include fields gets no text: that says nothing of who wrote it."""
        sent = {step.locale for step in self.media.changes}
        for locale in sent & set(locales):
            if locale in tracks and tracks[locale].stored_as == "unknown" and not tracks[locale].hidden:
                raise Ended(
                    Ending.UNKNOWN,
                    f"the request was sent, but Canvas leaves the text of {locale} out for this token, so what it "
                    'stored cannot be checked. Its developer key needs "Allow Include Parameters"',
                )

    def _give_up_or_repeat(self, phase: Phase, reply: PutReply, effect: Effect, attempt: int) -> None:
        half_way = effect is Effect.PARTIAL or phase is not self._phases[0]
        refused = reply.outcome == "refused"
        assert self._state is not None
        still = self._proofs.still_there({track.locale: track.id for track in self._state.tracks})
        if reply.outcome == "ambiguous" and still and not self._proofs.original:
            raise Ended(Ending.UNKNOWN, _late(still))
        self._proofs.did_not_act(still)
        if attempt == ATTEMPTS or (not half_way and reply.outcome in ("refused", "rejected")) or (half_way and refused):
            if half_way:
                # No closing state in the journal: `resume` can finish this.
                raise Ended(
                    Ending.UNKNOWN,
                    f"Canvas carried out only a part of what was asked ({reply.message}). What was there before is in "
                    "the run's backup; to resume the run tries to finish it, to restore it undoes it",
                )
            state, ending = (State.REFUSED, Ending.REFUSED) if refused else (State.FAILED, Ending.FAILED)
            self.means.journal.write(state, self.media.media, status=reply.status)
            raise Ended(ending, f"not carried out: {_sentence(reply.message)} Nothing was changed")
        if half_way:
            self._go_on(phase)
        else:
            tracks, asked_at = self._read(fresh_listing=self._needs_listing)
            self._must_be(tracks, phase.before)
            self._put(phase, tracks, asked_at)

    def _wait_for_tick(self, reply: PutReply) -> None:
        wait = SETTLE_AFTER if reply.outcome == "ambiguous" else VERIFY_AFTER
        if reply.outcome in ("throttled", "refused"):
            wait = 0.0
        remaining = reply.answered_at + wait - self.means.ports.clock.now()
        if remaining > 0:
            self.means.ports.clock.sleep(remaining)

    def _read_back(self, phase: Phase) -> Tracks:
        """What is there after our request. Failing to learn it leaves the outcome unknown, not failed."""
        some_hidden = any(digest.startswith("unseen:") for _, digest in phase.before.values())
        try:
            return self._read(fresh_listing=some_hidden or (self._proofs.by_file and self._needs_listing))[0]
        except RemoteError as error:
            raise Ended(
                Ending.UNKNOWN,
                f"the request was sent, and what it did could not be read back: {error.message}. "
                f"{error.hint or 'The next plan compares it afresh'}",
            ) from error

    def _is_as_planned(self, tracks: Tracks) -> bool:
        """Whether nothing is left to do. A stale copy may hold the planned text already, so that only what players get
        tells it from one that was made anew; where the plan knew it like that, there is everything to do."""
        seen = seen_of(self._proofs.visible(tracks, self.media.after_seen))
        if seen != self.media.after_seen:
            return False
        if seen != self.media.before_seen and not self._may_be_in_place(tracks):
            self._check_shown(tracks)
        return not _not_showing(self._to_show, tracks)

    def _may_be_in_place(self, tracks: Tracks) -> bool:
        """Whether a request of ours may have sent a text in place that is still to be made anew."""
        return self._may_have_acted and any(
            step.do is Do.RECREATE and step.locale in tracks for step in self.media.changes
        )

    @property
    def _to_show(self) -> dict[str, str]:
        """locale -> digest of what viewers must get in the end."""
        return {step.locale: step.shown for step in self.media.changes if step.do is not Do.DELETE}

    def _check_shown(self, tracks: Tracks, shown: Mapping[str, str] | None = None) -> None:
        """What counts is what players get, not what is stored."""
        locale = _not_showing(self._to_show if shown is None else shown, tracks)
        if locale:
            self.means.journal.write(State.FOREIGN, self.media.media, locales=[locale])
            raise Ended(
                Ending.UNKNOWN,
                f"Canvas stored the new {locale} captions, but players get something else from it",
            )

    # --- results ------------------------------------------------------------------------------------------------

    def _done(self, ending: Ending, tracks: Tracks) -> Result:
        visible = self._proofs.visible(tracks, self.media.after_seen)
        self.means.journal.write(
            State.CONVERGED if ending is Ending.CONVERGED else State.VERIFIED,
            self.media.media,
            after={locale: [track.kind, track.digest, track.id] for locale, track in tracks.items()},
        )
        base = self.means.manifest.of(self.media.media)
        return Result(
            self.media,
            ending,
            notes=(*self._notes(visible), *self._left(sorted(tracks.keys() - visible.keys()))),
            window=self._window,
            tracks=records(self.media, tracks, base, sent=ending is Ending.COMMITTED and not self.had_doubt),
        )

    def _left(self, locales: list[str]) -> list[str]:
        """What shows again of the file that this one was copied from."""
        deleted = {step.locale for step in self.media.changes if step.do is Do.DELETE}
        was = {track.locale: track.id for track in self.media.before}
        return [
            f"{locale} belongs to the file in another course that this one was copied from; it was left as it is"
            if locale in deleted and self._proofs.is_lent(was.get(locale, ""))
            else f"{locale}: this file's own track is gone, so Canvas shows the one of the file that it was copied "
            "from again"
            for locale in locales
        ]

    def _notes(self, tracks: Tracks) -> list[str]:
        """What somebody else did meanwhile that did not hurt, and what our own request has made of a copy."""
        notes = []
        remade = {step.locale for step in self.media.changes if step.do in (Do.RECREATE, Do.CREATE)}
        sent = {step.locale for step in self.media.changes if step.do is not Do.DELETE}
        phantoms = self._phases[-1].phantoms if self._phases else frozenset[str]()
        for locale, track in tracks.items():
            was = self._first.get(locale)
            if locale in phantoms and was is None:
                notes.append(f"{locale} appeared while we wrote; it was named to be kept, and it was")
            elif was is None and locale not in self.media.after_seen:
                notes.append(f"somebody added {locale} while we wrote; it is there and was left alone")
            elif was is not None and was.id != track.id:
                if locale in sent and self._proofs.is_lent(was.id):
                    notes.append(
                        f"this recording is a copy of another course's; it has captions of its own in {locale} now, "
                        "and those over there are untouched"
                    )
                elif locale not in remade and was.whose is not Whose.LOOSE:
                    notes.append(f"somebody deleted and made {locale} anew while we wrote")
        return notes

    def _ending(self, part: Callable[[], Result | None]) -> Result | None:
        result = self._ending_of(part)
        return replace(result, saved=self._saved) if result is not None else None

    def _ending_of(self, part: Callable[[], Result | None]) -> Result | None:
        try:
            return part()
        except Ended as ended:
            return Result(self.media, ended.ending, ended.message, ended.notes, self._window)
        except StaleError as error:
            if self._may_have_acted:
                # Not settled: `resume` goes on once the file is what it was.
                return Result(self.media, Ending.UNKNOWN, error.message, window=self._window)
            self.means.journal.write(State.STALE, self.media.media)
            return Result(self.media, Ending.STALE, error.message)
        except GuardRefused as error:
            return Result(self.media, Ending.REFUSED, error.message, window=self._window)
        except RemoteError as error:
            message = f"{error.message}. {error.hint}" if error.hint else error.message
            if self.was_sent or self._may_have_acted:
                return Result(self.media, Ending.UNKNOWN, message, window=self._window)
            self.means.journal.write(State.FAILED, self.media.media, error=type(error).__name__)
            return Result(self.media, Ending.FAILED, message, window=self._window)


def _effect(now: Seen, phase: Phase, earlier: Sequence[Phase]) -> Effect:
    """What a request of an earlier round did. It cannot have left where one before it has still something to delete:
    the request itself does not know that any more, so to its own eyes somebody would have added it."""
    to_go = {locale for one in earlier for locale in one.omits} - phase.after.keys()
    return Effect.FOREIGN if to_go & now.keys() else classify(now, phase.before, phase.after).effect


def _not_showing(wanted: Mapping[str, str], tracks: Tracks) -> str:
    """A locale from which players do not get what the request was to give them, or ""."""
    return next((locale for locale, shown in wanted.items() if not _shows(tracks.get(locale), shown)), "")


def _shows(track: RemoteNow | None, shown: str) -> bool:
    text = track.shown_text if track is not None else None
    return text is not None and viewer_digest(loads(text, "vtt")) == shown


def _late(locales: list[str]) -> str:
    """The message where a deletion may have been asked for and not have happened yet, in what may be a copy."""
    return (
        f"{listing(locales)} was to be deleted, and no answer came. The request may still be on its way, and a second "
        "one could delete the captions of the course that this one was copied from, so none was sent. "
        "to resume the run looks again; ten minutes after the request it goes on"
    )


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."

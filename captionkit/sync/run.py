"""Carrying out a whole plan: bindings first, then every media object, then what was done.

Theory of operation. Objects are taken in batches. The next batch is sent while the last one waits for Canvas's clock
to tick, and is verified after that, so waiting costs nothing but at the very end. A failure of one object ends that
object; a failure of our own disk ends the run, because nothing may be sent that cannot be written down first.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

from captionkit.errors import ExitCode, GuardRefused, LocalError, Remedy, RemoteError, StaleError, severest
from captionkit.sync.decide import Do, Way
from captionkit.sync.exchange import Means
from captionkit.sync.guards import LIFTABLE, refusals
from captionkit.sync.journal import ENDED, STARTED, Journal, Past, State, perhaps_on_their_way, unfinished
from captionkit.sync.manifest import Manifest, ManifestBuilder
from captionkit.sync.object_run import LATEST_ARRIVAL, SETTLE_AFTER, ObjectRun
from captionkit.sync.plan import PLAN_AGAIN, MediaPlan, Plan, called
from captionkit.sync.ports import Clock, Cost, Ports, Progress, RemoteIdentity, Store, by_file, say_nothing
from captionkit.sync.results import Ending, Result, records
from captionkit.sync.state import seen_of
from captionkit.threads import all_of

#: Objects that are sent before the ones before them are verified.
BATCH = 32
#: Threads; the remote's own governor decides how many requests are really in flight.
WORKERS = 8


@dataclass(frozen=True, slots=True)
class Order:
    """How a run is called, and who watches it.

    Attributes:
        run: a name for this run, new in this folder; that of `past` when resuming.
        what: "push", "apply", "pull" or "restore", for the journal.
        by: who is at the computer, for the journal.
        past: what an earlier round of this run did; None for a new run.
        stopped: asked before each object; True ends the run after what is in hand.
        watch: gets the state and the media object of each record of the journal. Called by several threads.
    """

    run: str
    what: str
    by: str = ""
    past: Past | None = None
    stopped: Callable[[], bool] = lambda: False
    progress: Progress = say_nothing
    watch: Callable[[str, str], None] = lambda state, media: None


@dataclass(frozen=True, slots=True, repr=False)
class Report:
    """What a run did.

    Attributes:
        run: its name under `.captionkit/runs`; "" where nothing was to be done, and so no run was made.
        results: one for each media object that was to change or to be recorded.
        interrupted: whether the user stopped it.
        forgotten: old runs that were removed after it, with what they had saved.
    """

    run: str
    plan: Plan
    results: tuple[Result, ...]
    manifest: Manifest
    cost: Cost
    interrupted: bool = False
    local_failure: str = ""
    forgotten: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """In one line what became of it: `<Report push 20261121T...: 3 committed, 1 stale>`."""
        counts = ", ".join(
            f"{n} {ending}" for ending, n in sorted(Counter(str(r.ending) for r in self.results).items())
        )
        return f"<Report {self.plan.what} {self.run or 'without a run'}: {counts or 'nothing done'}>"

    def ended(self, *endings: Ending) -> tuple[Result, ...]:
        return tuple(result for result in self.results if result.ending in endings)

    @property
    def exit_code(self) -> ExitCode:
        """One code for it all (guides/sync.md, section 9)."""
        if self.plan.way is Way.PULL:
            codes = [ExitCode.INTERRUPTED] if self.interrupted else []
            return severest([*codes, exit_code_of_pull(self.plan)])
        done = self.ended(Ending.COMMITTED, Ending.CONVERGED, Ending.RECORDED)
        not_done = self.ended(Ending.REFUSED, Ending.FAILED, Ending.NOT_STARTED)
        codes = []
        if self.interrupted:
            codes.append(ExitCode.INTERRUPTED)
        if self.ended(Ending.FOREIGN, Ending.UNKNOWN):
            codes.append(ExitCode.OUTCOME_UNKNOWN)
        if self.ended(Ending.STALE) or any(media.conflicts for media in self.plan.objects):
            codes.append(ExitCode.STALE_OR_CONFLICT)
        if self.local_failure:
            codes.append(ExitCode.LOCAL_FAILED)
        if not_done and not self.interrupted and done:
            codes.append(ExitCode.PARTIAL)
        elif self.ended(Ending.REFUSED, Ending.FAILED):
            codes.append(ExitCode.REMOTE_FAILED)
        return severest([*codes, *_codes_of_push(self.plan, anything_done=bool(self.ended(Ending.COMMITTED)))])


def exit_code_of(plan: Plan) -> ExitCode:
    """What carrying out this plan ends with, if all that it sends is taken."""
    if plan.way is Way.PULL:
        return exit_code_of_pull(plan)
    conflicts = any(media.conflicts for media in plan.objects)
    codes = _codes_of_push(plan, anything_done=bool(plan.changing))
    return severest([*codes, *([ExitCode.STALE_OR_CONFLICT] if conflicts else [])])


def _codes_of_push(plan: Plan, *, anything_done: bool) -> list[ExitCode]:
    """What the plan itself leaves undone."""
    codes = []
    refused = [step.why for media in plan.objects for step in media.refusals]
    blocked = any(media.blocked and not media.conflicts for media in plan.objects)
    if blocked or any(why not in ("bad-file", "held-back") for why in refused):
        codes.append(ExitCode.PARTIAL if anything_done else ExitCode.GUARD_REFUSED)
    if not {"bad-file", "held-back"}.isdisjoint(refused) or plan.unmatched or plan.unconverted or plan.removed_there:
        codes.append(ExitCode.FINDINGS)
    return codes


def exit_code_of_pull(plan: Plan) -> ExitCode:
    """What a pull that went like this ends with."""
    if plan.count(Do.CONFLICT):
        return ExitCode.STALE_OR_CONFLICT
    left = any(step.why in ("unreadable", "leads-out", "not-written") for _, step in plan.steps())
    return ExitCode.PARTIAL if left or plan.unmatched else ExitCode.OK


def check_bindings(plan: Plan, identity: RemoteIdentity, manifest: Manifest) -> None:
    """Refuse a plan that was made for another Canvas, user, folder, or for the state before another sync.

    Raises:
        StaleError: naming what does not fit. Nothing was sent.
    """
    check_same_place(plan, identity, manifest)
    if (plan.serial, plan.base_digest) != (manifest.serial, manifest.digest):
        raise StaleError(
            "another sync has run in this folder since the plan was made",
            unchanged="Nothing was sent to Canvas.",
            hint=PLAN_AGAIN,
            remedy=Remedy.PLAN_AGAIN,
        )


def check_same_place(plan: Plan, identity: RemoteIdentity, manifest: Manifest) -> None:
    """Refuse a plan that was made for another Canvas, user, course or folder.

    Raises:
        StaleError: naming what does not fit. Nothing was sent.
    """
    made_for = plan.remote
    for what, then, here in (
        ("Canvas site", made_for.base_url, identity.base_url),
        ("user", made_for.user_id, identity.user_id),
        ("course", made_for.scope, identity.scope),
        ("folder", plan.lineage, manifest.lineage),
    ):
        if then != here:
            raise StaleError(
                f"this plan was made for another {what} ({then}, here it is {here})",
                unchanged="Nothing was sent to Canvas.",
                hint=PLAN_AGAIN,
                remedy=Remedy.PLAN_AGAIN,
            )


def check_guards(plan: Plan, manifest: Manifest) -> None:
    """Refuse a plan that goes beyond a limit.

    Raises:
        GuardRefused: naming every limit. Nothing was sent.
    """
    ours = sum(track.is_ours for tracks in manifest.tracks.values() for track in tracks.values())
    found = refusals(plan, ours)
    if found:
        raise GuardRefused(
            "; ".join(refusal.message for refusal in found),
            unchanged="Nothing was sent to Canvas.",
            hint=" ".join(dict.fromkeys(refusal.hint for refusal in found if refusal.hint)),
            lifts={refusal.guard: refusal.limit for refusal in found if refusal.guard in ("max-delete", *LIFTABLE)},
        )


class _Run:
    """The state of a run that its threads share."""

    def __init__(self, manifest: Manifest, means: Means) -> None:
        self.recorded = ManifestBuilder(manifest)
        self.means = means
        self.results: list[Result] = []
        self._lock = threading.Lock()

    def take(self, result: Result) -> None:
        """Keep a result; what was verified goes into the journal and the manifest."""
        with self._lock:
            if result.tracks is not None:
                self.recorded.verified(result.media.media, result.tracks)
                self.means.journal.write(
                    State.COMMITTED,
                    result.media.media,
                    serial=self.recorded.serial,
                    tracks=[track.as_json() for track in result.tracks],
                )
            self.results.append(result)


def check_doubt(store: Store) -> None:
    """Refuse to plan anew while it is not known what an earlier run did.

    Raises:
        StaleError: naming the run and what to do.
    """
    for past in unfinished(store):
        if past.in_doubt:
            names = ", ".join(called(media) for media in past.in_doubt)
            raise StaleError(
                f"the run {past.run} was cut off, and what it did to {names} was not read back",
                unchanged="Nothing was sent to Canvas.",
                hint="To resume finds out and goes on; to abandon the run leaves it as it is.",
                remedy=Remedy.RESUME,
            )


def abandon(store: Store, clock: Clock) -> list[str]:
    """Give up the runs that were cut off: what they did is compared afresh. Returns their names."""
    runs = []
    for past in unfinished(store):
        Journal(store, clock, past.run).write(ENDED, interrupted=False, abandoned=True)
        runs.append(past.run)
    return runs


def carry_out(plan: Plan, ports: Ports, manifest: Manifest, order: Order) -> Report:
    """Do what the plan says and nothing else. The caller holds the folder's lock and has checked the bindings.

    Returns:
        What was done; look at `exit_code`. Errors of one object are in its result.

    Raises:
        GuardRefused: a limit is exceeded; nothing was sent.
        LocalError: the journal cannot even be started; nothing was sent.
    """
    remote, store, past, stopped = ports.remote, ports.store, order.past, order.stopped
    if past is None:
        check_guards(plan, manifest)
    manifest = manifest.with_gone(media.media for media in plan.gone)
    if not plan.changing and not plan.recording:
        remember_files(store, manifest)
        return Report("", plan, (), manifest, remote.cost())
    if store.load_manifest() != manifest.as_bytes():
        # The folder's name must be on disk before anything is done in that name, and so must the addresses of its
        # media: a run that is cut off goes on under those that it began with.
        store.save_manifest(manifest.as_bytes())
    journal = Journal(store, ports.clock, order.run, order.watch)
    means = Means(ports, journal, manifest, past.rounds + 1 if past else 1)
    if past is None:
        store.save_plan(order.run, plan.as_bytes())
    journal.write(STARTED, what=order.what, by=order.by, plan_id=plan.plan_id, serial=manifest.serial)
    state = _Run(manifest, means)
    work = _Work(plan, state, order)
    local_failure = ""
    # Anything but a failure of the disk leaves the journal without an end on purpose: the run can be resumed then.
    try:
        work.do()
    except LocalError as error:
        local_failure = str(error)
    except BaseException:
        journal.close()  # after Ctrl-C threads that wait for an answer are not waited for
        raise
    state.results += work.left_over()
    if not local_failure:
        left = any(result.ending is Ending.NOT_STARTED for result in state.results)
        local_failure = _close(store, journal, state, interrupted=stopped() and left)
    interrupted = stopped() and any(result.ending is Ending.NOT_STARTED for result in state.results)
    return Report(
        order.run, plan, tuple(state.results), state.recorded.manifest(), remote.cost(), interrupted, local_failure
    )


def still_to_do(plan: Plan, past: Past) -> Plan:
    """What of a plan is left for a run that goes on."""
    return replace(plan, objects=tuple(media for media in plan.objects if not _is_over(past, media)))


def _is_over(past: Past, media: MediaPlan) -> bool:
    """Whether an earlier round of a run has brought this object to an end, good or bad."""
    last = past.last.get(media.media)
    return last is not None and last["state"] in (*_OVER, State.COMMITTED)


def remember_files(store: Store, manifest: Manifest) -> None:
    """Keep what was found out about files where nothing else is to be recorded, so that it is not asked for again."""
    before = store.load_manifest()
    if before is not None and before != manifest.as_bytes():
        store.save_manifest(manifest.as_bytes())


class _Work:
    """The objects of a run on their way, several at a time."""

    def __init__(self, plan: Plan, state: _Run, order: Order) -> None:
        self._state = state
        self._past = order.past
        self._stopped = order.stopped
        self._progress = order.progress
        ports = state.means.ports
        self._late = perhaps_on_their_way(ports.store, ports.clock.now() - LATEST_ARRIVAL)
        self._changing = [media for media in plan.changing if not self._is_over(media)]
        self._recording = [media for media in plan.recording if not self._is_over(media)]
        self._objects = {media.media: ObjectRun(state.means, plan, media) for media in self._changing}

    def do(self) -> None:
        if self._past is not None and self._past.in_doubt:
            self._state.means.ports.clock.sleep(SETTLE_AFTER)  # a request that was cut off may still be on its way
        all_of(self._record, self._recording, workers=WORKERS)
        sent: list[ObjectRun] = []
        for start in range(0, len(self._changing), BATCH):
            before = sent
            batch = self._changing[start : start + BATCH]
            sent = [work for work in all_of(self._send, batch, workers=WORKERS) if work is not None]
            all_of(self._settle, before, workers=WORKERS)
        all_of(self._settle, sent, workers=WORKERS)
        self._recheck()

    def left_over(self) -> list[Result]:
        """What the run did not come to, because it was stopped or our disk failed."""
        finished = {result.media.media for result in self._state.results}
        left = []
        for media in (*self._recording, *self._changing):
            if media.media in finished:
                continue
            if media.media in self._objects and self._objects[media.media].was_sent:
                message = "the request was sent, and what it did was not read back any more; to resume does"
                left.append(Result(media, Ending.UNKNOWN, message))
            else:
                left.append(Result(media, Ending.NOT_STARTED, "its turn did not come; nothing was sent to it"))
        return left

    def _is_over(self, media: MediaPlan) -> bool:
        """Whether an earlier round has brought this object to an end, good or bad."""
        return self._past is not None and _is_over(self._past, media)

    def _record(self, media: MediaPlan) -> None:
        if not self._stopped():
            self._take(_recorded(media, self._state.means), "recorded")

    def _send(self, media: MediaPlan) -> ObjectRun | None:
        if self._stopped():
            return None
        work = self._objects[media.media]
        touched = self._past is not None and media.media in self._past.last
        if touched:
            assert self._past is not None
            result = work.resume(
                in_doubt=media.media in self._past.in_doubt,
                omitted=self._past.omitted.get(media.media),
                sent_at=self._past.unanswered.get(media.media, 0.0),
                original=media.media in self._past.originals,
            )
        else:
            sent_at, late = self._late.get(media.media, (0.0, {}))
            result = work.send(late=late, sent_at=sent_at)
        if result is None:
            return work
        self._take(result, "sent and verified")
        return None

    def _settle(self, work: ObjectRun) -> None:
        self._take(work.settle(), "sent and verified")

    def _take(self, result: Result, doing: str) -> None:
        self._state.take(result)
        self._progress(doing, len(self._state.results), len(self._recording) + len(self._changing))

    def _recheck(self) -> None:
        """A request that got no answer may arrive after all; look once more at the end."""
        for number, result in enumerate(self._state.results):
            work = self._objects.get(result.media.media)
            if work is None or result.ending is not Ending.COMMITTED:
                continue
            wrong = work.recheck()
            if wrong:
                self._state.results[number] = replace(result, ending=Ending.FOREIGN, message=wrong)


#: Endings that a resumed run leaves as they are.
_OVER = (State.STALE, State.REFUSED, State.FOREIGN, State.FAILED)


def _recorded(media: MediaPlan, means: Means) -> Result:
    """An object about which there is only something to remember."""
    try:
        tracks = means.manifest.read(means.ports.remote.read(media.media, fresh_listing=not by_file(media.media)))
    except RemoteError as error:
        return Result(media, Ending.FAILED, error.message)
    if seen_of(tracks) != media.before_seen:
        return Result(media, Ending.STALE, "it changed in Canvas after the plan was made; left alone")
    return Result(
        media,
        Ending.RECORDED,
        tracks=records(media, tracks, means.manifest.of(media.media), sent=False),
    )


def _close(store: Store, journal: Journal, state: _Run, *, interrupted: bool) -> str:
    """Write the manifest and the end of the journal; what speaks against it, or ""."""
    try:
        store.save_manifest(state.recorded.manifest().as_bytes())
        journal.write(ENDED, interrupted=interrupted)
    except LocalError as error:
        return str(error)
    return ""

"""The class `Workspace`; see `captionkit.workspace`."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Self

from captionkit.clock import SystemClock
from captionkit.config import Config
from captionkit.decoding import digest_of_file, encoding_named
from captionkit.errors import CaptionkitError, LeadsOutside, UsageError
from captionkit.library.match import Recordings
from captionkit.library.scan import Library
from captionkit.sync import bring as sync_bring
from captionkit.sync import history as sync_history
from captionkit.sync import run as sync_run
from captionkit.sync.decide import Policy, Way
from captionkit.sync.history import Entry, named_run
from captionkit.sync.journal import read_past, stamp, unfinished
from captionkit.sync.plan import Plan
from captionkit.sync.ports import Clock, Cost, Model, Ports, Remote
from captionkit.sync.restore import plan_restore
from captionkit.sync.run import Order, Report
from captionkit.sync.state import is_caption_path
from captionkit.sync.store import who_is_here
from captionkit.sync.survey import survey
from captionkit.workspace.checks import (
    check_nobody_works_here,
    check_resolved,
    check_same_way,
    fitting,
    named_tracks,
    without_refused,
)
from captionkit.workspace.events import Event, Listener
from captionkit.workspace.found import CaptionFile, Status, Verification, text_of
from captionkit.workspace.look import Look, library_of
from captionkit.workspace.looks import Looks
from captionkit.workspace.options import Options, policy_from
from captionkit.workspace.places import Connection, Folder, Home, is_same_place, model_for
from captionkit.workspace.questions import Question, answered, change, questions_of


class Workspace:
    """A folder of captions and the course that it belongs to; see the module. Made by `Workspace.open`.

    Args:
        connect: gives the remote, for what captionkit.toml says.
        model: makes a model of the server, on which each request is rehearsed; by default the service's own.
        listen: gets every `Event`.
    """

    def __init__(
        self,
        folder: Folder,
        connect: Callable[[Config, Home], Remote],
        *,
        clock: Clock | None = None,
        model: Model | None = None,
        listen: Listener | None = None,
        close: Callable[[], None] = lambda: None,
    ) -> None:
        self.folder = folder
        self._connect = connect
        self._clock = clock or SystemClock()
        self._model = model
        self._listen = listen
        self._close = close
        self._looks = Looks(folder, self._progress)
        self._holder: int | None = None
        self._has_applied = False
        self._listening = threading.RLock()
        self._answering = threading.Lock()

    @classmethod
    def open(
        cls, folder: str | Path, *, token: str = "", as_user_id: str = "", listen: Listener | None = None
    ) -> Workspace:
        """A folder with a captionkit.toml, and what that names. Nothing is read or sent before it is needed.

        Args:
            token: an access token; by default the one from the environment, the keyring or a private file.
            as_user_id: act as this user, where the token may.
            listen: gets every `Event`, from the threads that work, one at a time.
        """
        connection = Connection(token, as_user_id, lambda warning: workspace._warn(warning))
        workspace = cls(Folder(Path(folder)), connection.remote, listen=listen, close=connection.close)
        return workspace

    def close(self) -> None:
        """Give back the connection to the remote."""
        self._looks.forget_listing()
        self._close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Workspace {str(self.folder.path)!r}>"

    # --- looking

    @property
    def remote(self) -> Remote:
        """The remote that captionkit.toml names, connected."""
        return self._connect(self.folder.config(), self.folder.store)

    @property
    def service(self) -> str:
        """What a person calls the remote: "Canvas" or "Studio"."""
        return self.remote.identity().features.name

    def cost(self) -> Cost:
        """What the requests of this workspace took so far."""
        return self.remote.cost()

    def look(self, media: Iterable[str] = (), *, find: str = "folder") -> Look:
        """The folder and the listing of its remote as they are now; see `captionkit.workspace.look.look`."""
        if self._has_applied and not self.remote.identity().features.replace:
            self.close()  # what can only add was opened with what was recorded then
        self._has_applied = False
        seen = self._looks.look(self.remote, tuple(media), find)
        for damage in seen.damage:
            self._warn(damage)
        if seen.without_file_note:
            self._warn(seen.without_file_note)
        return seen

    def library(self) -> Library:
        """The caption files of the folder, as far as they are known without the remote, which is not asked."""
        return library_of(self.folder)

    def plan(self, options: Options = Options(), *, seen: Look | None = None) -> Plan:  # noqa: B008  frozen
        """What a push would do, track by track, and why. Nothing is sent.

        Args:
            seen: what `look` gave just now for the whole folder, so that the course is not listed again.

        Raises:
            GuardRefused: the folder is empty, or was synced with another course.
            StaleError: an earlier run was cut off, and what it did is not known.
            LockHeld: another captionkit is at work here.
            RemoteError: the remote cannot be read.
        """
        seen = self._look_first(options, seen)
        seen.refuse_empty()
        return self._surveyed(seen, options)

    def status(self, options: Options = Options()) -> Status:  # noqa: B008
        """How the folder and its remote stand to each other, whatever goes on or was cut off here."""
        seen = self.look(options.media)
        running = self.folder.store.held_by()
        return Status(self._surveyed(seen, options), running, () if running is not None else seen.unfinished)

    def pull(self, options: Options = Options()) -> Plan:  # noqa: B008
        """What a pull would do with the files of the folder, and why. Nothing is written; `apply` does that."""
        seen = self.look(options.media, find="all")
        policy = self._policy(seen, options)
        plan = sync_bring.plan_pull(
            self.remote, self.folder.store, seen.sides, policy, self._now(), progress=self._progress
        )
        return self._made(plan, seen, policy)

    def restore(self, run: str = "", options: Options = Options()) -> Plan:  # noqa: B008
        """What would undo an earlier run, as a plan like any other. The files of the folder stay; see `pull`.

        Args:
            run: its name or how that begins, or its day and time by the computer's clock: "yesterday", "2026-11-26".
                By default the last run that changed anything and is no undoing itself.

        Raises:
            UsageError: there is no such run, or nothing that it changed.
        """
        seen = self._look_first(options)
        entry = self.undoable(run)
        if entry is None:
            when = f" ({run})" if run else ""
            raise UsageError(f"no run of this folder changed anything{when}, so there is nothing to restore")
        if not any(past.run == entry.run for past in seen.unfinished):
            self._warn_of_damage(entry.run)
        policy = self._policy(seen, options)
        plan = plan_restore(entry.run, self.remote, self.folder.store, seen.sides, policy, self._now())
        return self._made(plan, seen, policy)

    def undoable(self, run: str = "") -> Entry | None:
        """The run that `restore` would undo; None where there is none."""
        # To undo an undoing is to be asked for by name: so the same command twice is the same as once.
        entry = named_run(
            self.history(), run, lambda entry: entry.restorable > 0 and entry.what != "restore", date.today()
        )
        if entry is not None and entry.what == "pull":
            raise UsageError(
                f"{entry.run} is a pull: it changed files of this folder and nothing in {self.service}",
                unchanged="Nothing was done.",
                hint=f"What it replaced or deleted there lies in {self.folder.backup_of(entry.run)}.",
            )
        return entry

    def resume(self) -> Plan | None:
        """What is left of the plan of a run that was cut off or interrupted, to be applied; None where nothing is.

        Raises:
            UsageError: that run was a pull, which goes on by itself.
            StaleError: it was made for another place.
        """
        found = sync_history.resumable(self.folder.store)
        if found is None:
            return None
        past, plan = found
        seen = self.look(find="none")
        sync_run.check_same_place(plan, seen.identity, seen.manifest)
        check_same_way(plan, seen)
        # The file does not say what the service can do.
        plan = replace(plan, remote=seen.identity, run=past.run, what="resume", created_at=self._now())
        left = sync_run.still_to_do(plan, past)
        self._looks.remember(left, seen)
        return left

    def cut_off(self) -> tuple[str, ...]:
        """The runs that were cut off, which `abandon` would give up."""
        return tuple(past.run for past in unfinished(self.folder.store))

    def abandon(self) -> tuple[str, ...]:
        """Give up the runs that were cut off: what they did is compared afresh. Their names."""
        with self.hold("resume"):
            seen = self.look(find="none")
            names = sync_run.abandon(self.folder.store, self._clock)
            self.folder.store.save_manifest(seen.manifest.as_bytes())
            return tuple(names)

    def history(self) -> list[Entry]:
        """Every run of the folder, newest first. Asks nothing of the remote."""
        entries = sync_history.history(self.folder.store)
        if entries and entries[0].ended == "cut off" and self.folder.store.held_by() is not None:
            entries[0] = replace(entries[0], ended="running")
        return entries

    def verify(self, run: str = "") -> Verification:
        """Read again what a run wrote: what was edited, deleted, added or made anew since.

        Args:
            run: as in `restore`; by default the last run that wrote.

        Raises:
            UsageError: there is no such run.
        """
        wrote = named_run(self.history(), run, lambda e: e.what != "pull" and "committed" in e.states, date.today())
        if wrote is None:
            when = f" ({run})" if run else ""
            hint = f"Looked in {self.folder.path}."
            raise UsageError(f"no run of this folder wrote anything to {self.service}{when}", hint=hint)
        self._warn_of_damage(wrote.run)
        return Verification(wrote.run, tuple(sync_history.verify(self.folder.store, wrote.run, self.remote)))

    # --- one file, one question

    def text_there(self, media: str, locale: str) -> str:
        """The captions of a recording as the remote has them now, as they were uploaded.

        Args:
            media: as `MediaPlan.media` and `Look.summaries` call it.

        Raises:
            UsageError: there is no such track, or its text is not shown to this user.
        """
        return text_of(self.remote.read(media, fresh_listing=False), locale, self.service)

    def read(self, path: str) -> CaptionFile:
        """A caption file of the folder as it is now.

        Args:
            path: relative to the folder, with "/" between the parts.

        Raises:
            LocalError: it is not there, cannot be read, or is no caption file of the folder.
        """
        if not is_caption_path(path):
            raise LeadsOutside("this is no caption file of the folder", where=path[:300], unchanged="It was not read.")
        data = self.folder.store.read_file(path)
        return CaptionFile(path, data, digest_of_file(data))

    def save(self, path: str, data: bytes, *, expected: str) -> CaptionFile:
        """Write a caption file of the folder, atomically, in the place of just the one that was read.

        Args:
            expected: `CaptionFile.digest` of what is to be replaced; "" for a file that is not there yet.

        Raises:
            StaleError: something else is there by now. It stays.
            LocalError: it cannot be written, or is no caption file of the folder.
        """
        self.folder.store.write_file(path, data, was=expected)
        return CaptionFile(path, data, digest_of_file(data))

    def questions(self) -> tuple[Question, ...]:
        """What of the folder a person has to settle: which recording files are for, which language they are in, which
        of several counts. Each can be answered."""
        return questions_of(self.look(find="none"))

    def answer(self, question: Question, choice: str) -> None:
        """Settle a question: write what was chosen into captionkit.toml. The next plan goes by it.

        Args:
            choice: one of `question.choices`; of a recording any other title or media id, of a language any other tag.

        Raises:
            UsageError: there is no such recording or language.
            ConfigError: captionkit.toml cannot be changed surely. It was not changed.
        """
        file = self.folder.config().file
        assert file is not None  # a workspace has one

        def recordings() -> Recordings:
            return Recordings((self._looks.last or self.look(find="none")).summaries)

        with self._answering:
            change(file, lambda text: answered(text, question, choice, recordings, str(file)))

    # --- doing

    def check(self, plan: Plan) -> None:
        """Whether a plan keeps within its limits; `apply` asks that, too.

        Raises:
            GuardRefused: naming every limit.
        """
        sync_run.check_guards(plan, self._look_for(plan).manifest)

    def rehearse(self, plan: Plan) -> Plan:
        """What `apply` would do with a plan by all that can be known before: refused as it would refuse it. Nothing is
        written or sent.

        Raises:
            StaleError, GuardRefused: as `apply`.
        """
        seen = self._look_for(plan)
        plan, _ = fitting(plan, seen, self.folder.store)
        if plan.what not in ("resume", "pull"):
            sync_run.check_guards(plan, seen.manifest)
        return plan

    def apply(self, plan: Plan, *, only: Iterable[str] = (), stopped: Callable[[], bool] = lambda: False) -> Report:
        """Do what a plan says and nothing else: of a push, a pull, an undoing, or what is left of a run.

        Nobody else works on the folder meanwhile. Each track is read and saved before it is changed, and read back.

        Args:
            only: media objects, as `plan.objects` calls them; by default all.
            stopped: asked again and again; True ends the run after what is in hand. `resume` goes on.

        Returns:
            What was done. What went wrong with one media object is in its result.

        Raises:
            UsageError: `only` names what is not in the plan. Nothing was done.
            StaleError: the folder, its manifest or the plan moved on. Nothing was done.
            GuardRefused: it goes beyond a limit. Nothing was done.
            LockHeld: another captionkit is at work here.
        """
        wanted = frozenset(only)
        if unknown := wanted - {media.media for media in plan.objects}:
            raise UsageError(
                f"nothing of the plan is about {', '.join(sorted(unknown))}", unchanged="Nothing was done."
            )
        if wanted:
            plan = replace(plan, objects=tuple(media for media in plan.objects if media.media in wanted))
        with self.hold(plan.what):
            report = self._apply(plan, stopped)
            self._has_applied = True
            if report.run:
                report = replace(report, forgotten=self.folder.forget_old_runs(self._clock.now(), self._warn))
        return report

    @contextlib.contextmanager
    def hold(self, what: str) -> Iterator[None]:
        """Be the only one who works on the folder, for more than one call: nobody else comes between plan and apply.

        Args:
            what: is shown to those who have to wait.

        Raises:
            LockHeld: another captionkit is at work here.
        """
        if self._holder == threading.get_ident():
            yield
            return
        self.folder.config()  # where this is no folder of captions, none is made of it
        with self.folder.store.lock(what):
            self._holder = threading.get_ident()
            try:
                yield
            finally:
                self._holder = None

    # --- inside

    def _apply(self, plan: Plan, stopped: Callable[[], bool]) -> Report:
        seen = self._look_for(plan)
        store = self.folder.store
        plan, past = fitting(plan, seen, store)
        titles = {media.media: media.title for media in plan.objects}

        def watch(state: str, media: str) -> None:
            if media:
                self._emit(Event("state", media=media, title=titles.get(media, ""), state=state))

        order = Order(
            past.run if past else store.new_run(plan.plan_id),
            "resume" if past else plan.what,
            who_is_here(),
            past,
            stopped,
            self._progress,
            watch,
        )
        ports = Ports(self.remote, store, store, self._clock, self._model or model_for(seen.config))
        if plan.way is Way.PULL:
            return sync_bring.bring(plan, ports, seen.manifest, order)
        return sync_run.carry_out(plan, ports, seen.manifest, order)

    def _look_first(self, options: Options, seen: Look | None = None) -> Look:
        """A look for a plan that is to be carried out.

        Args:
            seen: a look at everything, where there is one.

        Raises:
            LockHeld: another captionkit is at work here, and what it leaves is not known yet.
            StaleError: what an earlier run did is not known.
        """
        seen = self.look(options.media) if seen is None or options.media else seen
        if self._holder != threading.get_ident():
            check_nobody_works_here(self.folder.store, seen)
        sync_run.check_doubt(self.folder.store)
        return seen

    def _surveyed(self, seen: Look, options: Options) -> Plan:
        seen = seen.read_as(encoding_named(options.encoding)) if options.encoding else seen
        policy = self._policy(seen, options)
        plan = survey(
            self.remote,
            self.folder.store,
            seen.sides,
            policy,
            self._now(),
            show_unchanged=options.show_unchanged,
            progress=self._progress,
        )
        return self._made(without_refused(plan, seen, self.folder.store), seen, policy)

    def _made(self, plan: Plan, seen: Look, policy: Policy) -> Plan:
        check_resolved(policy, plan)
        self._looks.remember(plan, seen)
        return plan

    def _policy(self, seen: Look, options: Options) -> Policy:
        return policy_from(seen.config, seen.ours, replace(options, resolve=named_tracks(seen, options.resolve)))

    def _look_for(self, plan: Plan) -> Look:
        """The look that a plan was made from; a new one where somebody has synced since, or the folder is another
        course's now."""
        store = self.folder.store
        seen = self._looks.of(plan)
        runs = [past.run for past in unfinished(store)]
        if (
            seen is None
            or not is_same_place(seen.config, self.folder.config())
            or store.load_manifest() != seen.on_disk
            or runs != [past.run for past in seen.unfinished]
        ):
            seen = self.look(find="none" if plan.what == "resume" else "all" if plan.way is Way.PULL else "folder")
        if seen.on_disk is None:
            # A folder that was never synced has no name yet; its first plan gives it one.
            seen = replace(seen, manifest=replace(seen.manifest, lineage=plan.lineage))
        return seen

    def _warn_of_damage(self, run: str) -> None:
        for damage in read_past(self.folder.store, run).damage:
            self._warn(damage)

    def _warn(self, warning: str | CaptionkitError) -> None:
        self._emit(Event("note", text=warning) if isinstance(warning, str) else Event("damage", error=warning))

    def _progress(self, doing: str, done: int, total: int) -> None:
        self._emit(Event("progress", doing=doing, done=done, total=total))

    def _emit(self, event: Event) -> None:
        if self._listen is not None:
            with self._listening:
                self._listen(event)

    def _now(self) -> str:
        return stamp(self._clock.now())

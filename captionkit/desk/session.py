"""One folder at the desk: its workspace, what was last seen of it, and the work that goes on."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar, cast

from captionkit.config import Config
from captionkit.configuration import FILE_NAME
from captionkit.credentials import keep_token
from captionkit.desk.checks import Checks
from captionkit.desk.gate import Gate
from captionkit.desk.job import Busy, Job, Jobs, in_words
from captionkit.errors import CaptionkitError, ConfigError, RemoteError, WrongOption
from captionkit.files import lies_in
from captionkit.library.creating import canvas_toml, create
from captionkit.library.lengths import Lengths
from captionkit.library.local_file import LocalFile
from captionkit.library.scan import Library
from captionkit.preview.session import Session as Preview
from captionkit.remotes.canvas.addresses import place_of
from captionkit.sync.decide import Way
from captionkit.sync.plan import Plan
from captionkit.workspace import Options, Workspace
from captionkit.workspace.look import Look

if TYPE_CHECKING:
    from captionkit.desk.pages.others import Made

T = TypeVar("T")
#: Seconds that a page waits for something to be read before it shows how far that is.
PATIENCE = 1.5
#: The same for a page that has something to show without.
AT_ONCE = 0.3
#: Seconds for which a look at the course counts as one of just now, and for which a course that could not be reached is
#: not asked again by itself.
_JUST_NOW = 60.0


class Wait(Exception):
    """What a page is about is not there yet."""

    def __init__(self, job: Job) -> None:
        super().__init__(job.title)
        self.job = job


class _Failed(NamedTuple):
    """What could not be read, when it was tried."""

    error: CaptionkitError
    when: float


class _Glance(NamedTuple):
    """A look, after which forgetting it was made, and when."""

    seen: Look
    after: int
    when: float


class Session:
    """A folder, as long as the desk is open.

    Attributes:
        options: what the next plan of a push or a pull may do, as a person has chosen it. undoing: the same for the
            undoing of each run.
        note: what was just done, for the next page; it is shown once.
        evidence: what was asked for in the last report. reports: that were made last, by name.
        converted: what became of the files that were converted last.
        checks: how many errors the files have.
    """

    def __init__(self, folder: Path, gate: Gate) -> None:
        self.folder = folder
        self.gate = gate
        self.jobs = Jobs()
        self.options = {Way.PUSH: Options(), Way.PULL: Options()}
        self.undoing: dict[str, Options] = {}
        self.note = ""
        self.evidence: dict[str, str] = {}
        self.reports: dict[str, bytes] = {}
        self.converted: list[Made] = []
        self._workspace: Workspace | None = None
        self._kept: dict[str, object] = {}
        self._glance: _Glance | None = None
        self._paths: list[str] = []
        self._previews: dict[str, Preview] = {}
        self._looked = 0  # how often what was seen has been forgotten
        self._lock = threading.RLock()
        self.closed = threading.Event()
        self.checks = Checks(folder, self.closed)

    # --- the folder and its course

    @property
    def is_connected(self) -> bool:
        return (self.folder / FILE_NAME).is_file()

    @property
    def is_gone(self) -> bool:
        """Whether the folder was here and is not any more."""
        return self._workspace is not None and not self.folder.is_dir()

    @property
    def sign_in(self) -> str:
        """How a person signs in to what this folder belongs to, where no token is pasted."""
        service = self.config.service if self.is_connected else None
        if service is None or not service.signs_in:
            return ""
        return (
            f"{service.features.name} is signed in to once, in a terminal: captionkit login. It asks for what it "
            "needs, and what it gets renews itself."
        )

    @property
    def config(self) -> Config:
        return self.workspace.folder.config()

    @property
    def workspace(self) -> Workspace:
        with self._lock:
            if self._workspace is None:
                self._workspace = Workspace.open(self.folder, listen=self.jobs.hear)
            return self._workspace

    def connect(self, address: str, token: str) -> str:
        """Make this folder that of a course, and keep the token. Says what was done.

        Args:
            address: of the course, as the browser shows it.

        Raises:
            CaptionkitError: it is no such address, or Canvas does not take the token. Nothing is left behind.
        """
        if (busy := self.jobs.running) is not None:
            raise Busy(busy)
        if self.sign_in:
            raise ConfigError("no token is taken for this folder here", unchanged="It went nowhere.", hint=self.sign_in)
        with self._lock:
            made = False
            if self.is_connected and not address.strip():
                url = self.config.url
            else:
                place = place_of(address.strip())
                if not place.scope:
                    raise ConfigError(
                        "this is the address of a Canvas, and not of a course",
                        unchanged="Nothing was written.",
                        hint="Open the course in Canvas and copy the address: https://canvas.example.edu/courses/101",
                    )
                if not self.is_connected:
                    create(self.folder, canvas_toml(place.base_url, place.scope))
                    made = True
                elif (self.config.url, self.config.scope) != (place.base_url, place.scope):
                    raise ConfigError(
                        f"this folder belongs to {self.config.scope} on {self.config.url}",
                        unchanged="Nothing was changed.",
                        hint="Start the desk with another folder for another course.",
                    )
                url = place.base_url
            opened = Workspace.open(self.folder, token=token, listen=self.jobs.hear)
            try:
                opened.remote.identity()
            except CaptionkitError:
                opened.close()
                if made:
                    (self.folder / FILE_NAME).unlink(missing_ok=True)
                raise
            self.close()  # the one before, now that there is another
            self._workspace = opened
            if not token:
                return "Connected."
            try:
                keep_token(url, token)
            except ConfigError:
                return "Connected. This computer has no keyring, so the token is kept until the desk is closed."
            return "Connected. The token is in this computer's keyring."

    def close(self) -> None:
        """Give back the connection, and forget what was seen."""
        with self._lock:
            if self._workspace is not None:
                self._workspace.close()
            self._workspace = None
            self.forget()

    # --- what was seen

    def forget(self) -> None:
        """Something has changed: what was seen is read again when it is needed."""
        with self._lock:
            self._looked += 1
            self._kept = {}  # what is being read goes into the one before, which nobody asks any more

    def corrected(self, path: str) -> None:
        """A file was corrected: the course need not be looked at again for that, and which files there are neither."""
        with self._lock:
            self._looked += 1
            self._kept = {name: kept for name, kept in self._kept.items() if name in ("look", "library")}
            self.checks.forget(path)

    def seen(self, patience: float = PATIENCE) -> Look:
        """The folder and its course, as they were last seen."""
        return self._read("look", "Looking at the course", lambda job: self._look(), patience)

    def _look(self) -> Look:
        after, now = self._looked, time.monotonic()
        self._glance = _Glance(self.workspace.look(), after, now)
        return self._glance.seen

    def _just_seen(self) -> Look:
        """A look of just now: one that a page has made already, where nothing has changed since."""
        glance = self._glance
        if glance is None or glance.after != self._looked or time.monotonic() - glance.when > _JUST_NOW:
            return self._look()
        return glance.seen

    @property
    def library(self) -> Library:
        """What the folder holds, for which the course is not asked."""
        kept = self._kept
        if isinstance(seen := kept.get("look"), Look):
            return seen.library
        if not isinstance(kept.get("library"), Library):
            kept["library"] = self.workspace.library()
        return cast(Library, kept["library"])

    def plan(self, patience: float = PATIENCE) -> Plan:
        """What a push would do, with the options that are set."""
        return self._read("plan", "Comparing the folder with the course", self._planner(Way.PUSH), patience)

    def plan_or_error(self) -> tuple[Plan | None, CaptionkitError | None]:
        """The same for a page that is about something else, too: why there is none stands on it."""
        try:
            return self.plan(), None
        except CaptionkitError as error:
            return None, error

    def pull_plan(self, media: Iterable[str] = ()) -> Plan:
        """What a pull would do.

        Args:
            media: of these recordings alone, whose files also go where their tracks have gone: after an undoing.
        """
        media = tuple(media)
        name = f"pull {' '.join(media)}".strip()
        return self._read(name, "Comparing the course with the folder", self._planner(Way.PULL, media))

    def _planner(self, way: Way, media: tuple[str, ...] = ()) -> Callable[[Job], Plan]:
        """Makes a plan with the options as they are when that begins, whatever is chosen while it goes on.

        What was chosen about a track that nobody has to decide about any more is dropped, and a plan is made without.
        """

        def make(options: Options) -> Plan:
            if way is Way.PUSH:
                return self.workspace.plan(options, seen=self._just_seen())
            return self.workspace.pull(options)

        def work(job: Job) -> Plan:
            chosen = self.options[way]
            try:
                return make(replace(chosen, media=media, delete=True) if media else chosen)
            except WrongOption:
                if chosen == Options():
                    raise
                self.options[way] = Options()
                self.note = "What was chosen does not fit any more, so nothing is chosen now."
                return make(Options(media=media))

        return work

    def undo_plan(self, run: str) -> Plan:
        return self._read(
            f"undo {run}",
            "Reading what that run did",
            lambda job: self.workspace.restore(run, self.undoing.get(run, Options())),
        )

    def text_there(self, media: str, locale: str) -> str:
        """The captions of a recording as the course has them now."""
        return self._read(
            f"text {media} {locale}", "Reading the captions", lambda job: self.workspace.text_there(media, locale)
        )

    def resume_plan(self) -> Plan | None:
        return self._read("resume", "Reading what is left", lambda job: self.workspace.resume())

    def _read(self, name: str, title: str, work: Callable[[Job], T], patience: float = PATIENCE) -> T:
        """What `work` gives, kept until something changes. What went wrong is told once to whoever waited for it; that
        the course cannot be reached, for a while to everybody.

        Raises:
            Wait: it takes longer than a person likes to wait for a page.
        """
        until = time.monotonic() + patience
        while True:
            with self._lock:
                kept, about = self._kept, f"{name} {self._looked}"
                found = kept.get(name)
                if isinstance(found, _Failed):
                    is_old = time.monotonic() - found.when > _JUST_NOW
                    if is_old or not isinstance(found.error, RemoteError):
                        del kept[name]
                    if not is_old:
                        raise found.error.with_traceback(None)
                elif name in kept:
                    return cast(T, found)

            def work_and_keep(job: Job, kept: dict[str, object] = kept) -> None:
                try:
                    kept[name] = work(job)
                except Exception as error:
                    kept[name] = _Failed(in_words(error), time.monotonic())

            try:
                job = self.jobs.begin(title, work_and_keep, about=about, reads=True)
            except Busy as busy:
                job = busy.job
            if not job.wait(max(0.0, until - time.monotonic())):
                raise Wait(job)

    def apply(self, plan: Plan, title: str) -> Job:
        """Carry out a plan, once: the same plan again is the same job.

        Raises:
            Busy: something else goes on.
        """

        def work(job: Job) -> object:
            try:
                report = self.workspace.apply(plan, stopped=lambda: job.stopping)
            finally:
                self.forget()
            if plan.what == plan.way:
                self.options[plan.way] = Options()  # what was allowed was allowed once
            return report

        return self.jobs.begin(title, work, about=plan.plan_id, once=True, stoppable=True)

    def sent(self, plan_id: str) -> Job | None:
        """The job that carries out, carried out or could not carry out the plan of this id."""
        return self.jobs.about(plan_id)

    # --- files of the folder

    def files_of(self, seen: Look, media: str) -> tuple[LocalFile, ...]:
        return seen.local[media].files if media in seen.local else ()

    def _files(self) -> list[LocalFile]:
        """The caption files of the recordings; all, while it is not known which recordings there are."""
        if isinstance(seen := self._kept.get("look"), Look):
            return [file for media in seen.local.values() for file in media.files]
        return list(self.library.tracks)

    def number_of(self, path: str) -> int:
        """By which a page names a file: paths never stand in addresses."""
        with self._lock:
            if path not in self._paths:
                self._paths.append(path)
            return self._paths.index(path)

    def path_of(self, number: int) -> str | None:
        return self._paths[number] if 0 <= number < len(self._paths) else None

    def recording_of(self, path: str) -> Path | None:
        """The recording that lies beside a caption file, or elsewhere in the folder under the same name."""
        name = next((track.name for track in self.library.tracks if track.path == path), "")
        found = Lengths(self.library.recordings).file_of(name) if name else ""
        if not found or not lies_in(os.path.realpath(found), os.path.realpath(self.folder)):
            return None  # a link to what is no recording of this folder
        return Path(found)

    def preview(self, path: str, make: Callable[[], Preview]) -> Preview:
        """The page of a file; it remembers what was changed in it, to be undone."""
        with self._lock:
            if path not in self._previews:
                self._previews[path] = make()
            return self._previews[path]

    def check_in_background(self) -> int:
        """Check the files that were not checked yet. Says how many that are."""
        left = [file for file in self._files() if self.checks.errors_of(file) is None]
        if left and self.jobs.running is None:  # what a person waits for comes first
            self.checks.begin(left)
        return len(left)

    def with_errors(self) -> int:
        """How many files have errors, as far as they are checked."""
        return sum(bool(self.checks.errors_of(file)) for file in self._files())

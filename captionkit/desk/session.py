"""One folder at the desk: its workspace, what was last seen of it, and the work that goes on."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlencode

from captionkit.config import Config
from captionkit.configuration import FILE_NAME
from captionkit.credentials import keep_token
from captionkit.desk.gate import Gate
from captionkit.desk.job import Busy, Job, Jobs
from captionkit.documents import loads
from captionkit.errors import CaptionkitError, ConfigError, WrongOption
from captionkit.files import lies_in, read_file
from captionkit.library.creating import canvas_toml, create
from captionkit.library.lengths import Lengths
from captionkit.library.local_file import LocalFile
from captionkit.lint.checker import Checker
from captionkit.lint.configuration import read_settings
from captionkit.model import Severity
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


class Wait(Exception):
    """What a page is about is not there yet."""

    def __init__(self, job: Job) -> None:
        super().__init__(job.title)
        self.job = job


class Session:
    """A folder, as long as the desk is open.

    Attributes:
        options: what the next plan of a push or a pull may do, as a person has chosen it. undoing: the same for the
            undoing of each run.
        note: what was just done, for the next page; it is shown once.
        evidence: what was asked for in the last report. reports: that were made last, by name.
        converted: what became of the files that were converted last.
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
        self._last: Look | None = None  # it still says which files and recordings there are
        self._errors: dict[tuple[str, str], tuple[int, int]] = {}
        self._files: list[str] = []
        self._previews: dict[str, Preview] = {}
        self._looked = 0  # how often what was seen has been forgotten
        self._lock = threading.RLock()
        self._checking: threading.Thread | None = None
        self.closed = threading.Event()

    # --- the folder and its course

    @property
    def is_connected(self) -> bool:
        return (self.folder / FILE_NAME).is_file()

    @property
    def sign_in(self) -> str:
        """How a person signs in to what this folder belongs to, where no token is pasted."""
        service = self.config.service if self.is_connected else None
        return service.sign_in if service is not None else ""

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
            self._kept = {name: kept for name, kept in self._kept.items() if name == "look"}
            for key in [key for key in self._errors if key[0] == path]:
                del self._errors[key]

    def seen(self, then: str) -> Look:
        """The folder and its course, as they were last seen."""
        seen = self._last = self._read("look", "Looking at the course", lambda job: self.workspace.look(), then)
        return seen

    def plan(self, then: str = "changes") -> Plan:
        """What a push would do, with the options that are set."""
        return self._read("plan", "Comparing the folder with the course", self._planner(Way.PUSH), then)

    def plan_or_error(self, then: str) -> tuple[Plan | None, CaptionkitError | None]:
        """The same for a page that is about something else, too: why there is none stands on it."""
        try:
            return self.plan(then), None
        except CaptionkitError as error:
            return None, error

    def pull_plan(self, media: Iterable[str] = (), then: str = "bring") -> Plan:
        """What a pull would do.

        Args:
            media: of these recordings alone, whose files also go where their tracks have gone: after an undoing.
        """
        media = tuple(media)
        name = f"pull {' '.join(media)}".strip()
        return self._read(name, "Comparing the course with the folder", self._planner(Way.PULL, media), then)

    def _planner(self, way: Way, media: tuple[str, ...] = ()) -> Callable[[Job], Plan]:
        """Makes a plan with the options as they are now, whatever is chosen while it works.

        What was chosen about a track that nobody has to decide about any more is dropped, and a plan is made without.
        """
        options = self.options[way]
        if media:
            options = replace(options, media=media, delete=True)
        make = self.workspace.plan if way is Way.PUSH else self.workspace.pull

        def work(job: Job) -> Plan:
            try:
                return make(options)
            except WrongOption:
                if options == Options(media=media):
                    raise
                self.options[way] = Options()
                self.note = "What was chosen does not fit any more, so nothing is chosen now."
                return make(Options(media=media))

        return work

    def undo_plan(self, run: str) -> Plan:
        options = self.undoing.get(run, Options())
        work = lambda job: self.workspace.restore(run, options)  # noqa: E731
        return self._read(f"undo {run}", "Reading what that run did", work, f"undo?{urlencode({'run': run})}")

    def text_there(self, media: str, locale: str, then: str) -> str:
        """The captions of a recording as the course has them now."""
        work = lambda job: self.workspace.text_there(media, locale)  # noqa: E731
        return self._read(f"text {media} {locale}", "Reading the captions", work, then)

    def resume_plan(self) -> Plan | None:
        return self._read("resume", "Reading what is left", lambda job: self.workspace.resume(), "resume")

    def _read(self, name: str, title: str, work: Callable[[Job], T], then: str) -> T:
        """What `work` gives, kept until something changes.

        Raises:
            Wait: it takes longer than a person likes to wait for a page.
        """
        until = time.monotonic() + PATIENCE
        while True:
            with self._lock:
                kept, about = self._kept, f"{name} {self._looked}"
                if name in kept:
                    return kept[name]  # type: ignore[return-value]

            def work_and_keep(job: Job, kept: dict[str, object] = kept) -> None:
                kept[name] = work(job)

            try:
                job = self.jobs.begin(title, work_and_keep, then=then, about=about)
            except Busy as busy:
                job = busy.job
            if not job.wait(max(0.0, until - time.monotonic())):
                raise Wait(job)
            if job.about == about:
                if job.error is not None:
                    raise job.error
                return kept[name]  # type: ignore[return-value]

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
        """The job that carries out, or carried out, the plan of this id."""
        return self.jobs.about(plan_id)

    # --- files of the folder

    def files_of(self, seen: Look, media: str) -> tuple[LocalFile, ...]:
        return seen.local[media].files if media in seen.local else ()

    def number_of(self, path: str) -> int:
        """By which a page names a file: paths never stand in addresses."""
        with self._lock:
            if path not in self._files:
                self._files.append(path)
            return self._files.index(path)

    def path_of(self, number: int) -> str | None:
        return self._files[number] if 0 <= number < len(self._files) else None

    def checker(self, path: str) -> Checker:
        """The rules that this file is held against."""
        return Checker(read_settings(self.folder / path).settings)

    def recording_of(self, path: str) -> Path | None:
        """The recording that lies beside a caption file, or elsewhere in the folder under the same name."""
        if self._last is None:
            return None
        name = next((track.name for track in self._last.library.tracks if track.path == path), "")
        found = Lengths(self._last.library.recordings).file_of(name) if name else ""
        if not found or not lies_in(os.path.realpath(found), os.path.realpath(self.folder)):
            return None  # a link to what is no recording of this folder
        return Path(found)

    def preview(self, path: str, make: Callable[[], Preview]) -> Preview:
        """The page of a file; it remembers what was changed in it, to be undone."""
        with self._lock:
            if path not in self._previews:
                self._previews[path] = make()
            return self._previews[path]

    def counts(self) -> dict[tuple[str, str], tuple[int, int]]:
        """Errors and warnings of the files that were checked, as they are now."""
        seen = self._kept.get("look")
        files = [file for media in seen.local.values() for file in media.files] if isinstance(seen, Look) else []
        keys = [(file.path, file.local_digest) for file in files]
        return {key: self._errors[key] for key in keys if key in self._errors}

    def errors_of(self, file: LocalFile) -> tuple[int, int] | None:
        """How many errors and warnings a file has; None while that is not known."""
        return self._errors.get((file.path, file.local_digest))

    def check_in_background(self, seen: Look) -> int:
        """Check the files that were not checked yet. Says how many that are."""
        files = [file for media in seen.local.values() for file in media.files]
        left = [file for file in files if (file.path, file.local_digest) not in self._errors]
        with self._lock:
            if left and (self._checking is None or not self._checking.is_alive()):
                self._checking = threading.Thread(target=partial(self._check, left), name="desk-check", daemon=True)
                self._checking.start()
        return len(left)

    def _check(self, files: list[LocalFile]) -> None:
        checkers: dict[str, Checker] = {}  # by folder, each of which may have settings of its own
        for file in files:
            if self.closed.is_set():
                return
            try:
                place = file.path.rpartition("/")[0]
                if place not in checkers:
                    checkers[place] = self.checker(file.path)
                document = loads(read_file(file.location), path=file.path, encoding=file.encoding)
                found = checkers[place].check(document, file.path)
            except (CaptionkitError, OSError):
                counts = (1, 0)
            else:
                errors = sum(one.severity is Severity.ERROR for one in found)
                counts = (errors, sum(one.severity is Severity.WARNING for one in found))
            self._errors[file.path, file.local_digest] = counts

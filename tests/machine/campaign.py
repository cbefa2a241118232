"""A Canvas where everything goes wrong, and a notary who writes down what must never happen.

`Campaign` is one folder and one Canvas in memory with the real engine between them, colleagues who write at any moment,
faults on the wire and crashes at any durable write. A test or a script drives it by calling its moves in any order.
After every single statement that the server executes the notary looks, and after every move the invariants are held:

    I1  whatever a PUT of ours destroys was named by the plan and is in a durable backup, or was born in the window
        between our last look and the PUT.
    I2  what a run calls committed is there, as the plan promised.
    I3  after a crash anywhere, resuming gives the state before, the state planned, or a refusal, and I1 holds.
    I4  the manifest holds only what was really on the remote.
    I5  every PUT was announced in the journal before it left.
    I6  nothing is deleted without leave, and only what was ours, unless the folder was made the whole truth.
    I7  a text of somebody else that we have seen is not overwritten without the user's word.
    I8  no byte in the folder is replaced or removed that was not there when the pull was decided.
    I9  undoing a run removes only what that run made, as it left it.
    I10 no request of ours changes or destroys a track of the file in another course that one of ours was copied from.
"""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fakes.canvas import FakeCanvas
from fakes.clock import SimulatedClock
from fakes.faults import Moment

from captionkit.config import Config, KeepRuns
from captionkit.conversion import viewer_digest
from captionkit.decoding import digest_of_file
from captionkit.documents import loads
from captionkit.errors import CaptionkitError, GuardRefused, LocalError, RemoteError, StaleError, UsageError
from captionkit.library.local_file import LocalFile
from captionkit.library.scan import Library
from captionkit.remotes.canvas import SERVICE
from captionkit.remotes.canvas.model_remote import ModelRemote
from captionkit.remotes.canvas.model_rows import StoredTrack
from captionkit.sync.decide import Do
from captionkit.sync.journal import caught_up, unfinished
from captionkit.sync.manifest import Manifest, parse_manifest
from captionkit.sync.plan import Plan
from captionkit.sync.ports import MediaSummary, by_file
from captionkit.sync.restore import read_run
from captionkit.sync.results import Ending
from captionkit.sync.run import Report
from captionkit.sync.state import digest_of
from captionkit.workspace import Options, Workspace
from captionkit.workspace.places import Folder

COURSE, ORIGINAL = "courses/101", "courses/7"
#: What a recording of the course can be: an original; a copy that shows the original's tracks, whether it says who
#: uploaded it or not; a copy with tracks of its own, as newer servers import; a copy whose original was deleted.
SHAPES = ("original", "copy", "copy that shows a user", "import", "orphan")
MEDIA = ("m-1", "m-2")
LOCALES = ("de", "en", "fr", "uk")
PUT_FAULTS = (
    "throttled", "lost-request", "lost-answer", "partial", "refused", "rejected", "server-error", "gateway-error",
    "not-json", "late",
)  # fmt: skip
ME, COLLEAGUE = "1", "2"


class PowerCut(BaseException):
    """The process ends where it stands."""


class MemoryStore:
    """`Store` and `Files` in memory. What a write leaves is durable; `cuts_after` lets the process die at one."""

    def __init__(self) -> None:
        self.manifest: bytes | None = None
        self.plans: dict[str, bytes] = {}
        self.journals: dict[str, list[bytes]] = {}
        self.backups: dict[tuple[str, str], bytes] = {}
        self.files: dict[str, bytes] = {}
        self.newest = ""  # the run that wrote its journal last
        self.cuts_after: int | None = None
        self.writes = 0
        self._runs = 0

    def _write(self, change: Callable[[], None]) -> None:
        if self.cuts_after is not None and self.cuts_after <= 0:
            raise PowerCut
        if self.cuts_after is not None:
            self.cuts_after -= 1
        change()
        self.writes += 1

    def load_manifest(self) -> bytes | None:
        return self.manifest

    def save_manifest(self, data: bytes) -> None:
        self._write(lambda: setattr(self, "manifest", data))

    def save_plan(self, run: str, data: bytes) -> None:
        self._write(lambda: self.plans.__setitem__(run, data))

    def load_plan(self, run: str) -> bytes | None:
        return self.plans.get(run)

    def append_journal(self, run: str, record: bytes) -> None:
        self.newest = run
        self._write(lambda: self.journals.setdefault(run, []).append(record))

    def read_journal(self, run: str) -> list[bytes]:
        return self.journals.get(run, [])

    def newest_journal(self) -> list[bytes]:
        return self.journals[self.newest] if self.newest else []

    def save_backup(self, run: str, name: str, data: bytes) -> None:
        assert (run, name) not in self.backups, f"a backup is overwritten: {run} {name}"
        self._write(lambda: self.backups.__setitem__((run, name), data))

    def load_backup(self, run: str, name: str) -> bytes:
        if (run, name) not in self.backups:
            raise LocalError("not there", where=name)
        return self.backups[run, name]

    def backup_path(self, run: str, name: str) -> str:
        return f".captionkit/runs/{run}/backup/{name}"

    def runs(self) -> list[str]:
        return sorted({*self.plans, *self.journals})

    def new_run(self, plan_id: str) -> str:
        self._runs += 1
        return f"{self._runs:06d}"

    def new_lineage(self) -> str:
        return "lineage"

    def held_by(self) -> None:
        return None

    def lock(self, command: str) -> contextlib.AbstractContextManager[None]:
        return contextlib.nullcontext()

    def read_file(self, path: str) -> bytes:
        _, found, rest = path.partition(".captionkit/runs/")
        if found:
            run, _, name = rest.partition("/backup/")
            return self.load_backup(run, name)
        if path not in self.files:
            raise LocalError("not there", where=path)
        return self.files[path]

    def write_file(self, path: str, data: bytes, *, was: str) -> None:
        self._must_be(path, was)
        self._write(lambda: self.files.__setitem__(path, data))

    def remove_file(self, path: str, *, was: str) -> None:
        self._must_be(path, was)
        self._write(lambda: (self.files.pop(path), None)[1])

    def _must_be(self, path: str, was: str) -> None:
        if was != (digest_of_file(self.files[path]) if path in self.files else ""):
            raise StaleError("changed meanwhile", where=path)

    def exists(self, path: str) -> bool:
        return path in self.files


class MemoryFolder(Folder):
    """A folder in memory, whose files are called MEDIA_ID.LOCALE.EXTENSION."""

    def __init__(self, store: MemoryStore, config: Config) -> None:
        self.path = Path("captions")
        self.store: Any = store
        self.says = config

    def config(self) -> Config:
        return self.says

    def scan(self, config: Config, titles: object, recorded: object) -> Library:
        tracks = []
        for path, data in sorted(self.store.files.items()):
            media_id, locale, _ = path.split(".")
            tracks.append(LocalFile(locale, path, digest_of_file(data), name=media_id, language=locale, size=len(data)))
        return Library(self.path, tuple(tracks), ())


@dataclass
class Counts:
    """What a campaign went through."""

    runs: int = 0
    crashes: int = 0
    faults: int = 0
    foreign_writes: int = 0
    puts: int = 0
    born_in_window: int = 0
    lost: int = 0

    def __iadd__(self, other: Counts) -> Counts:
        for name in self.__dataclass_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        return self


@dataclass
class Notary:
    """Watches at the server itself, where the engine cannot deceive it: at every request, and at every statement."""

    world: FakeCanvas
    store: MemoryStore
    counts: Counts
    plans: list[Plan] = field(default_factory=list)
    in_window: list[Callable[[], str]] = field(default_factory=list)
    after_answer: list[tuple[str, Callable[[], str]]] = field(default_factory=list)  # media id, what is written to it
    ever: set[str] = field(default_factory=set)
    excused: set[str] = field(default_factory=set)
    _known: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    _elsewhere: dict[str, tuple[str, str]] = field(default_factory=dict)  # of the originals in another course

    def watch(self, moment: Moment) -> None:
        """Called by the world; whatever changed since the last look was done by a request of ours."""
        self.judge()
        if moment.request.user_id != ME or moment.request.method != "PUT":
            return
        if moment.when == "before":
            self.counts.puts += 1
            last = [line for line in self.store.newest_journal() if moment.request.media.encode() in line][-1:]
            assert last and b'"SENT"' in last[0], "I5: a PUT left before the journal said so"
            assert moment.request.body != [], "an empty list, which deletes everything, was sent"
            waiting, self.in_window[:] = list(self.in_window), []
            for write in waiting:
                self.excused.add(write())
                self.counts.born_in_window += 1
        elif moment.when == "after":
            # Only what is written to the object that was answered for: another one is on its way at the same time, and
            # for it this may be the window.
            ours = [one for one in self.after_answer if moment.request.media in self._addresses(one[0])]
            self.after_answer[:] = [one for one in self.after_answer if one not in ours]
            for _, write in ours:
                write()

    def judge(self) -> None:
        """I1, I6 and I7: every text that is gone was named by a plan and is saved, or was born in the window."""
        now = self._rows()
        for *_, late in self.world._late:
            # What an earlier request of ours brings when it lands at last is born in whatever window that falls into.
            assert isinstance(late.body, list)
            self.excused |= {element["content"] for element in late.body if "content" in element}
        texts = {text for text, _, _ in now.values()}
        saved = {data.decode() for data in self.store.backups.values()}
        for text, locale, media_id in self._known.values():
            if text in texts or text in self.excused or not text:
                continue
            assert locale in self._named(media_id), f"I1: {locale} of {media_id} was destroyed, which no plan named"
            self.counts.lost += text not in saved
            assert text in saved, f"I1: {locale} of {media_id} was destroyed and is in no backup"
            known = self._known_to_plans(media_id)
            assert digest_of(text) in known, f"I7: {locale} of {media_id} was written after the plan, and overwritten"
        self._known = now
        elsewhere = self._rows_elsewhere()
        for track_id, was in self._elsewhere.items():
            assert elsewhere.get(track_id) == was, f"I10: {was[0]} of another course was changed or destroyed"
        self._elsewhere = elsewhere

    def foreign(self, write: Callable[[], str]) -> str:
        """Let somebody else write; what that replaces is theirs to replace."""
        self.judge()
        text = write()
        if self.world._late:
            # A request of ours is still on its way and lands after this: no client can prevent that, nor see it.
            self.excused.add(text)
        self._known, self._elsewhere = self._rows(), self._rows_elsewhere()
        if self.world._late:
            # What it left out was ours when it was sent; that somebody has deleted that since, nobody can tell it.
            self._elsewhere = {}
        return text

    def _rows_elsewhere(self) -> dict[str, tuple[str, str]]:
        """The tracks of the originals in another course: by id, with locale and text."""
        homes = {file.id for file in self.world.files.values() if file.context == ORIGINAL}
        rows = (row for media_id in MEDIA for row in self.world.tracks(media_id) if row.attachment_id in homes)
        return {row.id: (row.locale, row.content) for row in rows}

    def _named(self, media_id: str) -> set[str]:
        """The locales that a plan of the last runs was to change."""
        addresses = self._addresses(media_id)
        return {s.locale for p in self.plans[-3:] for m in p.objects if m.media in addresses for s in m.changes}

    def _known_to_plans(self, media_id: str) -> set[str]:
        """The texts that a plan of the last runs knew of when it was made, or was to send."""
        addresses = self._addresses(media_id)
        ours = [m for p in self.plans[-3:] for m in p.objects if m.media in addresses]
        return {t.digest for m in ours for t in m.before} | {s.digest_after for m in ours for s in m.steps}

    def _rows(self) -> dict[str, tuple[str, str, str]]:
        rows = {r.id: (r.content, r.locale, media_id) for media_id in MEDIA for r in self.world.tracks(media_id)}
        self.ever |= {digest_of(text) for text, _, _ in rows.values()}
        return rows

    def _addresses(self, media_id: str) -> tuple[str, str]:
        return f"media_objects/{media_id}", f"media_attachments/{file_in_course(self.world, media_id)}"


def file_in_course(world: FakeCanvas, media_id: str) -> str:
    """The file by which the course has a recording."""
    return next(f.id for f in world.files.values() if f.media_id == media_id and f.context == COURSE)


class Campaign:
    """The moves. Every one may be called at any time; each holds the invariants before it returns.

    Args:
        path: how media objects are reached.
        shapes: what each recording is; see `SHAPES`.
        older: whether the server is of about 2022.
    """

    def __init__(
        self, path: str = "auto", *, shapes: tuple[str, ...] = ("original", "original"), older: bool = False
    ) -> None:
        self.clock = SimulatedClock()
        self.world = FakeCanvas(clock=self.clock)
        self.world.older = older
        self.shapes = dict(zip(MEDIA, shapes, strict=True))
        self._tabs: dict[str, list[str]] = {}
        for media_id, shape in self.shapes.items():
            self._make(media_id, shape)
        self.store = MemoryStore()
        self.way = path
        self.remote = ModelRemote(self.world, user_id=ME, scope=COURSE, path=path)
        self.counts = Counts()
        self.notary = Notary(self.world, self.store, self.counts)
        self.world.hooks.append(self.notary.watch)
        self._texts = 0
        self.clock.sleep(100)

    def _make(self, media_id: str, shape: str) -> None:
        if shape == "original":
            self.world.add_media(COURSE, media_id, media_id=media_id)
            return
        self.world.add_media(ORIGINAL, media_id, media_id=media_id)
        for number, locale in enumerate(("de", "en", "fr")):
            text = f"WEBVTT\n\n00:00:01.000 --> 00:00:02.000\noriginal {media_id} {locale}\n"
            if number == 1:  # stored as SRT, so that a later WebVTT would leave players with the old text
                text = f"1\n00:00:01,000 --> 00:00:02,000\noriginal {media_id} {locale}\n"
            self.world.add_track(media_id, locale, text, user=(ME, COLLEAGUE, None)[number])
        user = ME if shape == "copy that shows a user" else None
        self.world.add_copy(media_id, COURSE, user=user, own_tracks=shape == "import")
        if shape == "orphan":
            self.world.add_track(media_id, "en", "one of its own", user=ME, attachment_id=self._file(media_id))
            self.world.delete_original(media_id)

    def _file(self, media_id: str) -> str:
        return file_in_course(self.world, media_id)

    def shown(self, media_id: str) -> dict[str, StoredTrack]:
        """What the course shows of a recording, by locale: by the file its own and what it is lent; and what belongs to
        no file."""
        found = self.world.media[media_id]
        rows = {row.locale: row for row in self.world.in_scope(found) if self.shapes[media_id] == "original"}
        return rows | {row.locale: row for row in self.world._merged(found, self.world.files[self._file(media_id)])}

    # --- people

    def new_text(self, who: str, form: str = "vtt") -> str:
        """A caption file that no other is like, so that a lost one is seen."""
        self._texts += 1
        words = f"{who} {self._texts}"
        if form == "srt":
            return f"1\n00:00:01,000 --> 00:00:02,000\n{words}\n"
        if form == "garbled":  # what Canvas's conversion of SRT spoils, so that the track must be made anew
            return f"1\n00:00:01,000 --> 00:00:02,000\n5, {words}\n"
        return f"WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n{words}\n"

    def local_edit(self, media_id: str, locale: str, form: str) -> None:
        extension = "vtt" if form == "vtt" else "srt"
        for path in [p for p in self.store.files if p.startswith(f"{media_id}.{locale}.")]:
            del self.store.files[path]
        self.store.files[f"{media_id}.{locale}.{extension}"] = self.new_text("local", form).encode()

    def local_remove(self, media_id: str, locale: str) -> None:
        for path in [p for p in self.store.files if p.startswith(f"{media_id}.{locale}.")]:
            del self.store.files[path]

    def foreign_write(self, media_id: str, locale: str, form: str, user: str) -> str:
        """Somebody uploads in the browser: edits the track of that language, or adds one."""

        def write() -> str:
            text = self.new_text("foreign", form)
            row = self.shown(media_id).get(locale)
            if row is not None and row.attachment_id == self._file(media_id):
                self.world.edit_track(row.id, text)
            else:  # over a track that is lent this makes one of the copy's own
                self.world.add_track(media_id, locale, text, user=user, attachment_id=self._file(media_id))
            return text

        self.counts.foreign_writes += 1
        return self.notary.foreign(write)

    def foreign_remake(self, media_id: str, locale: str) -> str:
        """Somebody deletes a track and makes it anew."""
        self.foreign_delete(media_id, locale)
        return self.foreign_write(media_id, locale, "vtt", COLLEAGUE)

    def foreign_delete(self, media_id: str, locale: str) -> None:
        def delete() -> str:
            for row in self.world.tracks(media_id):
                if row.locale == locale and row.attachment_id == self._file(media_id):
                    self.world.delete_track(row.id)
            return ""

        self.counts.foreign_writes += 1
        self.notary.foreign(delete)

    def original_write(self, media_id: str, locale: str, form: str) -> str:
        """Somebody in the course that ours was copied from edits a track there, or adds one."""

        def write() -> str:
            text, home = self.new_text("original", form), self.world.media[media_id].attachment_id
            row = next((r for r in self.world.tracks(media_id) if (r.attachment_id, r.locale) == (home, locale)), None)
            if home is None or home == self._file(media_id):
                return ""
            if row is not None:
                self.world.edit_track(row.id, text)
            else:
                self.world.add_track(media_id, locale, text, user=COLLEAGUE)
            return text

        self.counts.foreign_writes += 1
        return self.notary.foreign(write)

    def open_tab(self, media_id: str) -> None:
        """A colleague opens Canvas's own page of a recording's captions, which knows the list as it is now."""
        self._tabs[media_id] = list(self.shown(media_id))

    def save_tab(self, media_id: str, locale: str) -> str:
        """They save something in a page that may be stale: what was added since is removed."""

        def write() -> str:
            text = self.new_text("stale tab")
            known = self._tabs.pop(media_id, list(self.shown(media_id)))
            address = f"media_attachments/{self._file(media_id)}"
            # What is lent, and not in the list, Canvas destroys in the other course: that is the colleague's doing.
            self.world.save_in_browser(COLLEAGUE, address, known, {locale: text})
            return text

        self.counts.foreign_writes += 1
        return self.notary.foreign(write)

    def save_tab_after_answer(self, media_id: str, locale: str) -> None:
        """As `save_tab`, but between the next PUT and the read that verifies it."""
        self.notary.after_answer.append((media_id, lambda: self.save_tab(media_id, locale)))

    def foreign_write_in_window(self, media_id: str, locale: str, form: str, user: str) -> None:
        """As `foreign_write`, but between our last look and the next PUT."""
        self.notary.in_window.append(lambda: self.foreign_write(media_id, locale, form, user))

    def foreign_write_after_answer(self, media_id: str, locale: str, form: str, user: str) -> None:
        """As `foreign_write`, but between the next PUT and the read that verifies it."""
        self.notary.after_answer.append((media_id, lambda: self.foreign_write(media_id, locale, form, user)))

    def fault(self, kind: str, skip: int, times: int, step: int, late_by: int) -> None:
        self.counts.faults += 1
        self.world.fault(kind, skip=skip, times=times, step=step, late_by=late_by)

    def pass_time(self, seconds: float) -> None:
        self.clock.sleep(seconds)

    # --- captionkit

    def workspace(self) -> Workspace:
        """The folder and its course, as a new process finds them."""
        config = Config(
            service=SERVICE, url=self.world.base_url, scope=COURSE, path=self.way, keep_runs=KeepRuns(days=None)
        )
        return Workspace(MemoryFolder(self.store, config), lambda config, store: self.remote, clock=self.clock)

    def push(
        self, *, delete: bool, mirror: bool, on_conflict: str, guard: bool, crash_after: int | None
    ) -> Report | None:
        def run() -> Report:
            workspace = self.workspace()
            plan = workspace.plan(Options(delete=delete, mirror=mirror, max_delete="99", on_conflict=on_conflict,
                                          guard_locales=guard, allow=("last-caption", "all-changed")))  # fmt: skip
            self._leave_is_heeded(plan)
            return self._apply(workspace, plan)

        return self._running(run, crash_after)

    def resume(self, *, crash_after: int | None = None) -> Report | None:
        def run() -> Report | None:
            workspace = self.workspace()
            pasts = unfinished(self.store)
            if not pasts:
                return None
            if pasts[-1].what == "pull":
                workspace.abandon()
                return None
            try:
                plan = workspace.resume()
            except StaleError:  # it was begun the other way, and is told to go back to that
                self.change_way()
                workspace = self.workspace()
                plan = workspace.resume()
            return self._apply(workspace, plan) if plan is not None else None

        return self._running(run, crash_after)

    def restore(self, *, on_conflict: str, crash_after: int | None) -> Report | None:
        def run() -> Report | None:
            runs = [run for run in self.store.runs() if run in self.store.plans]
            if not runs:
                return None
            workspace = self.workspace()
            plan = workspace.restore(runs[-1], Options(on_conflict=on_conflict))
            self._only_what_we_made_is_removed(plan, runs[-1], on_conflict)
            return self._apply(workspace, plan)

        return self._running(run, crash_after)

    def pull(
        self, *, on_conflict: str, crash_after: int | None, delete: bool = False, saved: tuple[str, str] | None = None
    ) -> None:
        """Bring what is there into the folder.

        Args:
            saved: media id and locale of a file that somebody saves after the pull was decided and before it is done.
        """
        editing: dict[str, bytes] = {}

        def run() -> None:
            workspace = self.workspace()
            plan = workspace.pull(Options(on_conflict=on_conflict, delete=delete))
            if saved is not None:
                self.local_edit(*saved, "vtt")
                editing.update((p, data) for p, data in self.store.files.items() if p.startswith(".".join(saved)))
            workspace.apply(plan)

        self._running(run, crash_after)
        for path, data in editing.items():
            assert self.store.files.get(path) == data, f"I8: {path} was saved after the pull was decided, and is gone"

    def change_way(self) -> None:
        """From now on media objects are reached the other of Canvas's two ways."""
        is_plain = set(self.shapes.values()) == {"original"}
        ways = ("media_objects", "auto") if is_plain else ("media_attachments", "auto")
        self.way = ways[0] if self.way == ways[1] else ways[1]
        self.remote = ModelRemote(self.world, user_id=ME, scope=COURSE, path=self.way)

    def settle_down(self) -> None:
        """When everybody leaves captionkit alone, it comes to rest, and everything is as the folder says."""
        self.world.faults.clear()
        self.notary.in_window.clear()
        self.notary.after_answer.clear()
        self.clock.sleep(100)
        for _ in range(3):
            self.remote.cost()
            list(self.remote.list_media())  # late requests land
        self.resume()
        if not self.store.files:
            return  # an empty folder is refused
        for _ in range(3):
            self.clock.sleep(10)
            self.push(delete=False, mirror=False, on_conflict="local", guard=False, crash_after=None)
        puts = self.counts.puts
        self.clock.sleep(10)
        report = self.push(delete=False, mirror=False, on_conflict="local", guard=False, crash_after=None)
        assert report is not None
        # A server of old does not delete a colleague's track, so it can never be made anew there.
        assert self.counts.puts == puts or self.world.older, "it never comes to rest"
        ids = {s.media: s.media_id for s in self.listing()}
        made_moves = {(ids[m.media], s.locale): s.why for m in report.plan.objects for s in m.steps}
        for path, data in self.store.files.items():
            media_id, locale, _ = path.split(".")
            if sum(other.startswith(f"{media_id}.{locale}.") for other in self.store.files) > 1:
                continue  # saved while another was pulled: which of the two counts, a person has to say
            shown = [row for row in self.shown(media_id).values() if row.locale == locale]
            why = made_moves.get((media_id, locale), "clean")
            if (
                why in ("clean", "both-same") and b"local" in data and not self.world.older
            ):  # what others uploaded, Canvas may have garbled
                words = data.decode().splitlines()[-1]
                assert len(shown) == 1, (path, why)
                got = shown[0].content if shown[0].webvtt_content is None else shown[0].webvtt_content
                assert words in got.splitlines(), (path, why, got)

    # --- inside

    @property
    def manifest(self) -> Manifest:
        manifest, summaries = self._as_reached_now()
        return manifest.addressed_as(summaries)

    def _as_reached_now(self) -> tuple[Manifest, list[MediaSummary]]:
        """What a listing would say of addresses, without a request: one more would let a late one land earlier."""
        reader = ModelRemote(self.world, user_id=ME, scope=COURSE, path=self.way)
        listed = [
            MediaSummary(f"media_objects/{media_id}", media_id, "", True, reader._listed(self.world.media[media_id]))
            for media_id in MEDIA
        ]
        manifest = Manifest("lineage", self.world.base_url, COURSE)
        if self.store.manifest is not None:
            manifest = caught_up(parse_manifest(self.store.manifest, "manifest"), unfinished(self.store))
        manifest = manifest.with_originals(listed)
        return manifest, list(reader.located(listed, manifest.files, MEDIA))

    def listing(self) -> tuple[MediaSummary, ...]:
        """The media objects as a command lists them, each as it is reached."""
        listed = tuple(self.remote.list_media())
        return self.remote.located(listed, self.manifest.files, {summary.media_id for summary in listed})

    def _apply(self, workspace: Workspace, plan: Plan) -> Report:
        self.notary.plans.append(plan)
        foreign_writes = self.counts.foreign_writes
        puts = {m.media: self._puts_to(m.media) for m in plan.objects}
        announced_before = {media: self._announced(media) for media in puts}
        report = workspace.apply(plan)
        for media, before in puts.items():
            announced = self._announced(media) - announced_before[media]
            assert self._puts_to(media) - before == announced, "I5: a PUT that no journal announced"
        if self.counts.foreign_writes == foreign_writes and not self.world._late:
            self._promises_are_kept(report)
        return report

    def _announced(self, media: str) -> int:
        """How many requests to it the journals tell of."""
        lines = (line for journal in self.store.journals.values() for line in journal)
        return sum(b'"SENT"' in line and media.encode() in line for line in lines)

    def _promises_are_kept(self, report: Report) -> None:
        """I2: what is called done is there, and players get it."""
        files = {f"media_attachments/{file.id}": file.media_id for file in self.world.files.values()}
        for result in report.ended(Ending.COMMITTED, Ending.CONVERGED):
            media = result.media.media
            rows = self.shown(files.get(media, media.rpartition("/")[2]))
            for step in result.media.changes:
                row = rows.get(step.locale)
                if by_file(media) and row is not None and step.do is Do.DELETE:
                    # Another course's shows where this file's own is gone.
                    row = row if f"media_attachments/{row.attachment_id}" == media else None
                assert (digest_of(row.content) if row else "") == step.digest_after, "I2: called done, and is not there"
                if row is not None:
                    got = row.content if row.webvtt_content is None else row.webvtt_content
                    assert viewer_digest(loads(got, "vtt")) == step.shown, "I2: called done, and players get another"

    def _puts_to(self, media: str) -> int:
        return sum(request.method == "PUT" and request.media == media for request in self.world.log)

    def _leave_is_heeded(self, plan: Plan) -> None:
        """I6, on the plan itself."""
        for media in plan.objects:
            base = self.manifest.of(media.media)
            for step in media.changes:
                if step.do is Do.DELETE:
                    assert plan.policy.delete or plan.policy.mirror, "I6: a deletion without leave"
                    ours = step.locale in base and base[step.locale].is_ours
                    assert ours or plan.policy.mirror, "I6: a deletion of what is not ours"
                was = base.get(step.locale)
                as_verified = was is not None and was.is_ours and was.digest == step.digest_before
                word = plan.policy.on_conflict == "local" or (step.do is Do.DELETE and plan.policy.mirror)
                assert step.do is Do.CREATE or as_verified or word, "I7: somebody else's text, without the user's word"

    def _only_what_we_made_is_removed(self, plan: Plan, run: str, on_conflict: str) -> None:
        """I9, on the plan itself."""
        _, undone = read_run(self.store, run)
        sent = {step.digest_after for media in undone.objects for step in media.changes}
        for _, step in plan.steps():
            if step.do is Do.DELETE and on_conflict != "local":
                assert step.digest_before in sent, "I9: undoing a run removes what that run did not make"

    def _running(self, run: Callable[[], Report | None], crash_after: int | None) -> Report | None:
        self.counts.runs += 1
        self.store.cuts_after = crash_after
        try:
            return run()
        except PowerCut:
            self.counts.crashes += 1
        except (GuardRefused, StaleError, RemoteError, LocalError, UsageError):
            pass  # said to the user; nothing was done, which the notary has seen
        except CaptionkitError:
            raise
        finally:
            self.store.cuts_after = None
            self._manifest_is_true()
        return None

    def _manifest_is_true(self) -> None:
        """I4: what the manifest says of a text was really on the remote at some time."""
        self.notary.judge()
        for tracks in self.manifest.tracks.values():
            for track in tracks.values():
                if not track.digest.startswith("unseen:"):
                    assert track.digest in self.notary.ever, "I4: the manifest holds what never was on the remote"


def drive(
    seed: int,
    most_steps: int,
    made_moves: list[tuple[str, dict[str, Any]]] | None = None,
    *,
    both_ways: bool = False,
    copies: bool = False,
) -> Counts:
    """One campaign, with moves drawn by this seed; the same seed gives the same campaign.

    Args:
        copies: the recordings have shapes (see `SHAPES`), people work in the course that they were copied from, and
            save pages that are stale.
        both_ways: whether the way in which media objects are reached changes, too.
        told: gets every move as it is made, so that a failure can be retold.
    """
    draw = random.Random(seed)
    made_moves = [] if made_moves is None else made_moves
    if copies:
        shapes = (draw.choice(SHAPES), draw.choice(SHAPES[1:]))
        campaign = Campaign(
            draw.choice(["auto", "auto", "media_attachments"]), shapes=shapes, older=draw.random() < 0.1
        )
        made_moves.append(("Campaign", {"path": campaign.way, "shapes": shapes, "older": campaign.world.older}))
    else:
        campaign = Campaign(draw.choice(["media_objects", "auto"]))

    def track() -> dict[str, Any]:
        return {"media_id": draw.choice(MEDIA), "locale": draw.choice(LOCALES)}

    def form() -> dict[str, Any]:
        return {"form": draw.choice(["vtt", "srt", "garbled"])}

    def user() -> dict[str, Any]:
        return {"user": draw.choice([ME, COLLEAGUE])}

    def policy() -> dict[str, Any]:
        crash = draw.choice([None, None, draw.randrange(26)])
        return {"on_conflict": draw.choice(["stop", "local", "remote"]), "crash_after": crash}

    def fault() -> dict[str, Any]:
        return {"kind": draw.choice(PUT_FAULTS), "skip": draw.randrange(3), "times": draw.randrange(1, 5),
                "step": draw.randrange(4), "late_by": draw.randrange(1, 7)}  # fmt: skip

    # With dice of its own, so that the campaigns that are remembered by their seed stay what they were.
    other_draw = random.Random(f"{seed} meanwhile")

    def meanwhile() -> dict[str, Any]:
        saved = other_draw.choice([None, (other_draw.choice(MEDIA), other_draw.choice(LOCALES))])
        return {"delete": other_draw.random() < 0.5, "saved": saved}

    def leave() -> dict[str, Any]:
        return {"delete": draw.random() < 0.5, "mirror": draw.random() < 0.3, "guard": draw.random() < 0.5}

    moves: list[tuple[str, Callable[[], dict[str, Any]]]] = [
        ("local_edit", lambda: {**track(), **form()}),
        ("local_edit", lambda: {**track(), **form()}),
        ("local_remove", track),
        ("foreign_write", lambda: {**track(), **form(), **user()}),
        ("foreign_delete", track),
        ("foreign_remake", track),
        ("foreign_write_in_window", lambda: {**track(), **form(), **user()}),
        ("foreign_write_after_answer", lambda: {**track(), **form(), **user()}),
        ("fault", fault),
        ("pass_time", lambda: {"seconds": draw.choice([0.1, 0.5, 1, 3, 60])}),
        ("push", lambda: {**leave(), **policy()}),
        ("push", lambda: {**leave(), **policy()}),
        ("resume", lambda: {"crash_after": policy()["crash_after"]}),
        ("restore", policy),
        ("pull", lambda: {**policy(), **meanwhile()}),
        *([("change_way", dict[str, Any])] if both_ways else []),
        *(
            [
                ("original_write", lambda: {**track(), **form()}),
                ("open_tab", lambda: {"media_id": draw.choice(MEDIA)}),
                ("save_tab", track),
                ("save_tab_after_answer", track),
                ("pass_time", lambda: {"seconds": 700}),
            ]
            if copies
            else []
        ),
    ]
    for _ in range(draw.randrange(3, most_steps)):
        name, make = draw.choice(moves)
        arguments = make()
        made_moves.append((name, arguments))
        getattr(campaign, name)(**arguments)
    made_moves.append(("settle_down", {}))
    campaign.settle_down()
    return campaign.counts

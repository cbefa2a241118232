"""A teacher who syncs: a folder on disk, a Canvas in memory, a clock that only the test moves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fakes.canvas import FakeCanvas
from fakes.clock import SimulatedClock

from captionkit.config import Config
from captionkit.remotes.canvas import SERVICE
from captionkit.remotes.canvas.model_remote import ModelRemote
from captionkit.sync.manifest import Manifest
from captionkit.sync.plan import MediaPlan, Plan, Step
from captionkit.sync.ports import MediaState, Remote
from captionkit.sync.run import Report
from captionkit.sync.store import FolderStore
from captionkit.workspace import Options, Workspace
from captionkit.workspace.events import Listener
from captionkit.workspace.places import Folder, Home

COURSE = "courses/101"


def vtt(text: str, start: int = 1) -> str:
    """A WebVTT file with one cue."""
    return f"WEBVTT\n\n00:00:{start:02d}.000 --> 00:00:{start + 1:02d}.000\n{text}\n"


def srt(text: str, start: int = 1) -> str:
    """An SRT file with one cue."""
    return f"1\n00:00:{start:02d},000 --> 00:00:{start + 1:02d},000\n{text}\n"


class ConfiguredFolder(Folder):
    """A folder whose captionkit.toml is written by a test."""

    def __init__(self, path: Path, store: FolderStore, says: dict[str, object]) -> None:
        super().__init__(path)
        self.store: Home = store
        self.says = says

    def config(self) -> Config:
        return Config(**self.says)  # type: ignore[arg-type]


@dataclass
class Teacher:
    """One person at work: `folder` is theirs, `world` is everybody's."""

    folder: Path
    world: FakeCanvas
    user: str = "1"
    path: str = "media_objects"
    clock: SimulatedClock = field(default_factory=SimulatedClock)

    def __post_init__(self) -> None:
        self.folder.mkdir(exist_ok=True)
        self.store = FolderStore(self.folder)
        self.remote = ModelRemote(self.world, user_id=self.user, scope=COURSE, path=self.path)
        self.says: dict[str, object] = {
            "url": self.world.base_url,
            "scope": COURSE,
            "path": self.path,
            "service": SERVICE,
        }

    def workspace(
        self, model: Callable[[MediaState], Remote] = SERVICE.model, listen: Listener | None = None
    ) -> Workspace:
        folder = ConfiguredFolder(self.folder, self.store, self.says)
        return Workspace(folder, lambda config, store: self.remote, clock=self.clock, model=model, listen=listen)

    # --- the folder

    def write(self, name: str, text: str | bytes) -> None:
        """Write `m-1.en.vtt`: the media id, the locale, the format, perhaps `cc` between."""
        (self.folder / name).write_bytes(text.encode() if isinstance(text, str) else text)

    def delete(self, name: str) -> None:
        (self.folder / name).unlink()

    def read(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8")

    def files(self) -> list[str]:
        return sorted(f.name for f in self.folder.iterdir() if f.is_file())

    # --- syncing

    @property
    def manifest(self) -> Manifest:
        return self.workspace().look(find="all").manifest

    def survey(self, *, named: tuple[str, ...] = (), **policy: Any) -> Plan:
        self.says |= {"kind": policy.pop("new_kind")} if "new_kind" in policy else {}
        return self.workspace().plan(options(named, show_unchanged=True, **policy))

    def plan(self, **policy: Any) -> Plan:
        return self.survey(**policy)

    def apply(
        self,
        plan: Plan,
        *,
        model: Callable[[MediaState], Remote] = SERVICE.model,
        stopped: Callable[[], bool] = lambda: False,
    ) -> Report:
        return self.workspace(model).apply(plan, stopped=stopped)

    def push(self, **policy: Any) -> Report:
        workspace = self.workspace()
        report = workspace.apply(workspace.plan(options(show_unchanged=True, **policy)))
        self.clock.sleep(300)
        return report

    def pull(self, **policy: Any) -> Plan:
        """What was done."""
        workspace = self.workspace()
        report = workspace.apply(workspace.pull(options(**policy)))
        self.clock.sleep(300)
        return report.plan

    # --- looking

    def on_canvas(self, media_id: str) -> dict[str, str]:
        """locale -> stored text, everybody's."""
        return {row.locale: row.content for row in self.world.tracks(media_id)}

    def shown(self, media_id: str, locale: str) -> str:
        """What players get."""
        row = next(row for row in self.world.tracks(media_id) if row.locale == locale)
        return row.content if row.webvtt_content is None else row.webvtt_content

    def puts(self) -> int:
        return self.world.count("PUT")

    def backups(self) -> dict[str, str]:
        """Every saved caption text, by its path under runs/<run>/backup."""
        home = self.folder / ".captionkit" / "runs"
        return {
            "/".join(file.relative_to(home).parts[2:]): file.read_text(encoding="utf-8")
            for file in sorted(home.glob("*/backup/**/*"))
            if file.suffix in (".vtt", ".srt")
        }


def options(named: tuple[str, ...] = (), **policy: Any) -> Options:
    if "max_delete" in policy:
        policy["max_delete"] = str(policy["max_delete"])
    return Options(media=named, **policy)


def step(plan: Plan, locale: str, media_id: str = "") -> Step:
    """The one step of a plan for this locale."""
    found = [s for m, s in plan.steps() if s.locale == locale and media_id in ("", m.media.rpartition("/")[2])]
    assert len(found) == 1, found
    return found[0]


def media(plan: Plan, media_id: str) -> MediaPlan:
    return next(m for m in plan.objects if m.media.endswith(f"/{media_id}"))

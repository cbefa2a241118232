"""A desk to sync from: a folder on disk, a Canvas in memory, a clock that only we move, a teacher who works there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from captionkit.remotes.canvas.model_remote import MemoryCanvas, MemoryRemote, SimulatedClock
from captionkit.sync.decide import Policy
from captionkit.sync.journal import Past, caught_up, stamp, unfinished
from captionkit.sync.manifest import Manifest, parse_manifest
from captionkit.sync.plan import MediaPlan, Plan, Step
from captionkit.sync.ports import MediaState, MediaSummary, Remote
from captionkit.sync.pull import Pulled, bring, look
from captionkit.sync.run import Report, carry_out
from captionkit.sync.state import LocalFile, LocalMedia
from captionkit.sync.store import FolderStore
from captionkit.sync.survey import Surveyed, survey
from captionkit.text import digest_of_file

COURSE = "courses/101"


def vtt(text: str, start: int = 1) -> str:
    """A WebVTT file with one cue."""
    return f"WEBVTT\n\n00:00:{start:02d}.000 --> 00:00:{start + 1:02d}.000\n{text}\n"


def srt(text: str, start: int = 1) -> str:
    """An SRT file with one cue."""
    return f"1\n00:00:{start:02d},000 --> 00:00:{start + 1:02d},000\n{text}\n"


def model_of(state: MediaState) -> Remote:
    path = state.media.partition("/")[0]
    return MemoryRemote(MemoryCanvas.holding(state, "me"), user_id="me", scope="courses/0", path=path)


@dataclass
class Desk:
    """One person at work: `folder` is theirs, `world` is everybody's."""

    folder: Path
    world: MemoryCanvas
    user: str = "1"
    path: str = "media_objects"
    clock: SimulatedClock = field(default_factory=SimulatedClock)

    def __post_init__(self) -> None:
        self.folder.mkdir(exist_ok=True)
        self.store = FolderStore(self.folder)
        self.remote = MemoryRemote(self.world, user_id=self.user, scope=COURSE, path=self.path)

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

    def local(self, named: tuple[str, ...] = (), incomplete: Mapping[str, str] | None = None) -> dict[str, LocalMedia]:
        """What the library would say of the folder; file names carry the media id."""
        found: dict[str, list[LocalFile]] = {}
        for name in self.files():
            media_id, locale, *flags, extension = name.split(".")
            if extension not in ("srt", "vtt"):
                continue
            kind = "captions" if "cc" in flags else None
            data = (self.folder / name).read_bytes()
            found.setdefault(self.address(media_id), []).append(LocalFile(locale, name, digest_of_file(data), kind))
        media = {*found, *(self.address(m) for m in named), *(self.address(m) for m in incomplete or {})}
        return {
            address: LocalMedia(
                address,
                address.rpartition("/")[2],
                tuple(found.get(address, ())),
                (incomplete or {}).get(address.rpartition("/")[2], ""),
                address.rpartition("/")[2] in named,
            )
            for address in media
        }

    def address(self, media_id: str) -> str:
        if self.path == "media_objects":
            return f"media_objects/{media_id}"
        return next(s.media for s in self.listing()[1] if s.media_id == media_id)

    # --- syncing

    @property
    def manifest(self) -> Manifest:
        return self._recorded() if self.path == "media_objects" else self.listing()[0]

    def _recorded(self) -> Manifest:
        data = self.store.load_manifest()
        if data is None:
            return Manifest("lineage-1", self.world.base_url, COURSE)
        return caught_up(parse_manifest(data, "manifest.jsonl"), unfinished(self.store))

    def listing(self) -> tuple[Manifest, tuple[MediaSummary, ...]]:
        """The manifest and the media objects, as a command opens them: each as it is reached."""
        manifest = self._recorded()
        listed = tuple(self.remote.list_media())
        manifest = manifest.with_originals(listed)
        summaries = self.remote.located(listed, manifest.files, {summary.media_id for summary in listed})
        return manifest.addressed_as(summaries), summaries

    def survey(
        self, *, named: tuple[str, ...] = (), incomplete: Mapping[str, str] | None = None, **policy: object
    ) -> Surveyed:
        manifest, summaries = self.listing()
        return survey(
            remote=self.remote,
            identity=self.remote.identity(),
            files=self.store,
            manifest=manifest,
            folder=self.local(named, incomplete),
            summaries=summaries,
            policy=Policy(**policy),  # type: ignore[arg-type]
            created_at=stamp(self.clock.now()),
            show_unchanged=True,
        )

    def plan(self, **policy: object) -> Plan:
        return self.survey(**policy).plan  # type: ignore[arg-type]

    def apply(
        self,
        surveyed: Surveyed | Plan,
        *,
        model: Callable[[MediaState], Remote] = model_of,
        past: Past | None = None,
        stopped: Callable[[], bool] = lambda: False,
    ) -> Report:
        plan = surveyed if isinstance(surveyed, Plan) else surveyed.plan
        return carry_out(
            plan,
            run=past.run if past else self.store.new_run(plan.plan_id),
            what="push",
            past=past,
            remote=self.remote,
            store=self.store,
            files=self.store,
            clock=self.clock,
            manifest=self.manifest,
            model=model,
            contents={} if isinstance(surveyed, Plan) else surveyed.contents,
            stopped=stopped,
        )

    def push(self, **policy: object) -> Report:
        report = self.apply(self.survey(**policy))  # type: ignore[arg-type]
        self.clock.sleep(300)
        return report

    def pull(self, *, restore: bool = False, **policy: object) -> Pulled:
        manifest, summaries = self.listing()
        found = look(
            remote=self.remote,
            files=self.store,
            manifest=manifest,
            folder=self.local(),
            summaries=summaries,
            name_for=lambda summary: summary.media_id,
            policy=Policy(**policy),  # type: ignore[arg-type]
            restore=restore,
        )
        done = bring(found, run=self.store.new_run("pull"), store=self.store, files=self.store, clock=self.clock)
        self.clock.sleep(300)
        return done

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


def step(plan: Plan, locale: str, media_id: str = "") -> Step:
    """The one step of a plan for this locale."""
    found = [s for m, s in plan.steps() if s.locale == locale and media_id in ("", m.media.rpartition("/")[2])]
    assert len(found) == 1, found
    return found[0]


def media(plan: Plan, media_id: str) -> MediaPlan:
    return next(m for m in plan.objects if m.media.endswith(f"/{media_id}"))

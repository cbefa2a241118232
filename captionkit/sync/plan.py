"""The plan: what a sync will do, written down before it does anything.

A plan is the only instruction that `apply` takes. It names every locale that was seen, the ones that stay included,
what each was (`before`) and what the whole object will be (`after`), and which folder, which Canvas and which user it
was made for. Its id is a digest over all of that, so a plan that was edited by hand is refused.

    {"format": "captionkit-plan/1", "tool": "captionkit 0.1.0", "created_at": "...Z", "plan_id": "sha256:...",
     "remote": {"kind", "base_url", "user_id", "scope"}, "base": {"lineage", "serial", "digest"},
     "policy": {...}, "objects": [...], "blocked": [...], "summary": {...}}

No text of a caption and no token is in it.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from captionkit import __version__
from captionkit.canvas_rules import DEFAULT_KIND
from captionkit.errors import Remedy, RemoteError, StaleError
from captionkit.records import RecordError, damaged_at, parse, read
from captionkit.sync.decide import CHANGES, FILE_CHANGES, Do, Policy, Way
from captionkit.sync.ports import RemoteIdentity, Whose
from captionkit.sync.state import (
    RemoteNow,
    Tracks,
    canonical_json,
    check_names,
    digest_of,
    is_caption_path,
    snapshot_digest,
)

FORMAT = "captionkit-plan/1"
_BACKUP = re.compile(r"\.captionkit/runs/[A-Za-z0-9-]+/backup/(?:[^/\0]+/)*[^/\0]+\.(?:srt|vtt)")
TOOL = f"captionkit {__version__}"
#: What to do about a plan that does not fit what is there.
PLAN_AGAIN = "Make a new plan and look at it again."


def called(media: str) -> str:
    """An address as a person reads it: the media id, or "file 123", since a number alone would say nothing."""
    path, _, name = media.rpartition("/")
    return f"file {name}" if path == "media_attachments" else name


@dataclass(frozen=True, slots=True, repr=False)
class Step:
    """What happens to one track.

    Attributes:
        why: a key of `decide.WHY`.
        digest_before, digest_after: of the stored content; "" where there is none.
        kind: the kind the track has afterwards; "" where it is gone.
        send_kind: the kind that the request names, None where it names none.
        path, local_digest: the file, and its bytes' digest at plan time; "" where there is none yet.
        old_path: the file that a pull puts another one of another format in the place of; "" for none.
        encoding: what the configuration said of a file that is not UTF-8; "" where it said nothing.
        send: "vtt" or "srt", how the file goes out.
        shown: digest of what viewers get afterwards; "" where the request does not decide that.
        size: bytes that are sent.
        held: the checks that hold it back, each of which a person may lift by name.
        note: for a person.
    """

    do: Do
    locale: str
    why: str
    digest_before: str = ""
    digest_after: str = ""
    kind: str = ""
    send_kind: str | None = None
    path: str = ""
    local_digest: str = ""
    encoding: str = ""
    send: str = ""
    shown: str = ""
    size: int = 0
    held: tuple[str, ...] = ()
    note: str = ""
    old_path: str = ""

    def __repr__(self) -> str:
        """`<Step create en: local-new [Lecture 1.en.vtt]>`"""
        return f"<Step {self.do} {self.locale}: {self.why}{f' [{self.path}]' if self.path else ''}>"

    def as_json(self) -> dict[str, Any]:
        pairs = {name: getattr(self, name) for name in self.__slots__}
        return {name: value for name, value in pairs.items() if value not in ("", None, 0, ())}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Step:
        """Raises RecordError for what is no step, or one that would send anything but captions of the folder."""
        step = read(cls, data)
        is_saved = step.send == "as-is" and _BACKUP.fullmatch(step.path) is not None and ".." not in step.path
        if step.path and not is_saved and (step.send == "as-is" or not is_caption_path(step.path)):
            raise RecordError(f"path is neither a caption file of the folder nor a backup: {step.path[:200]!r}")
        return step


#: What a plan file says of a track as it was when the plan was made.
_OF_A_TRACK = (
    "locale", "kind", "digest", "id", "updated_at", "stored_as", "owner_id", "hidden", "asr", "whose"
)  # fmt: skip


def _track_from_json(data: Mapping[str, Any]) -> RemoteNow:
    return read(RemoteNow, {"whose": Whose.UNKNOWN, **{name: data[name] for name in _OF_A_TRACK if name in data}})


@dataclass(frozen=True, slots=True, repr=False)
class MediaPlan:
    """What happens to one media object.

    Attributes:
        media: how it is addressed, "media_objects/m-abc".
        before: its tracks as they were, sorted by locale.
        steps: one a locale, sorted by locale.
        blocked: why nothing at all is done to this object, or "".
        gone: it was deleted in Canvas; a plan shows that once, and it is recorded.
    """

    media: str
    title: str
    before: tuple[RemoteNow, ...]
    steps: tuple[Step, ...]
    blocked: str = ""
    gone: bool = False

    def __repr__(self) -> str:
        """`<MediaPlan 'Lecture 1' (m-abc): create en, keep uk>`"""
        steps = ", ".join(f"{step.do} {step.locale}" for step in self.steps)
        state = "gone" if self.gone else f"blocked, {self.blocked}" if self.blocked else steps or "nothing"
        return f"<MediaPlan {self.title!r} ({called(self.media)}): {state}>"

    @property
    def before_seen(self) -> dict[str, tuple[str, str]]:
        return {track.locale: (track.kind, track.digest) for track in self.before}

    @property
    def after_seen(self) -> dict[str, tuple[str, str]]:
        """locale -> (kind, content digest) as it must be when this was done."""
        seen = self.before_seen
        for step in self.changes:
            seen.pop(step.locale, None)
            if step.do is not Do.DELETE:
                seen[step.locale] = (step.kind, step.digest_after)
        return seen

    @property
    def changes(self) -> tuple[Step, ...]:
        """The steps that need a request; none where the object is blocked."""
        return () if self.blocked else tuple(step for step in self.steps if step.do in CHANGES)

    @property
    def file_changes(self) -> tuple[Step, ...]:
        """The steps of a pull that write, remove or record something."""
        return tuple(step for step in self.steps if step.do in FILE_CHANGES or step.do is Do.ADOPT)

    def track(self, locale: str) -> RemoteNow | None:
        """This track as it was when the plan was made."""
        return next((track for track in self.before if track.locale == locale), None)

    @property
    def conflicts(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.do is Do.CONFLICT)

    @property
    def refusals(self) -> tuple[Step, ...]:
        """Steps that were wanted and cannot be done."""
        wanted_not_done = ("processing", "foreign-owner", "content-hidden", "bad-file", "colleagues-removed")
        return tuple(s for s in self.steps if s.do in (Do.MANUAL, Do.HOLD) or s.why in wanted_not_done)

    @property
    def is_recorded_only(self) -> bool:
        """Whether there is something to remember but nothing to send."""
        return (
            not self.blocked
            and not self.changes
            and any(step.do is Do.ADOPT or step.why == "both-gone" for step in self.steps)
        )

    def as_json(self) -> dict[str, Any]:
        return {
            "media": self.media,
            "title": self.title,
            "before": {
                "digest": snapshot_digest(self.before_seen),
                "tracks": [{name: getattr(track, name) for name in _OF_A_TRACK} for track in self.before],
            },
            "steps": [step.as_json() for step in self.steps],
            "after": {"digest": snapshot_digest(self.after_seen)},
            "blocked": self.blocked,
            "gone": self.gone,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> MediaPlan:
        """Raises RecordError for what is none."""
        record = read(_MediaRecord, data)
        media = cls(
            media=record.media,
            title=record.title,
            before=tuple(map(_track_from_json, record.before.tracks)),
            steps=tuple(Step.from_json(step) for step in record.steps),
            blocked=record.blocked,
            gone=record.gone,
        )
        for locale in (*(track.locale for track in media.before), *(step.locale for step in media.steps)):
            check_names(media.media, locale)
        return media


@dataclass(frozen=True, slots=True)
class _BeforeRecord:
    tracks: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class _MediaRecord:
    """A media object's part of a plan file."""

    media: str
    title: str
    before: _BeforeRecord
    steps: tuple[dict[str, Any], ...]
    blocked: str
    gone: bool = False


@dataclass(frozen=True, slots=True)
class _BaseRecord:
    lineage: str
    serial: int
    digest: str


@dataclass(frozen=True, slots=True)
class _SummaryRecord:
    unchanged: int
    media_only: int
    elsewhere: int = 0
    unread: int = 0
    gone_before: int = 0


@dataclass(frozen=True, slots=True)
class _RemoteRecord:
    kind: str
    base_url: str
    user_id: str
    scope: str


@dataclass(frozen=True, slots=True)
class _PlanRecord:
    """A plan file, but for what `parse_plan` checks first."""

    remote: _RemoteRecord
    base: _BaseRecord
    policy: Policy
    created_at: str
    objects: tuple[dict[str, Any], ...]
    unmatched: tuple[str, ...]
    summary: _SummaryRecord
    unconverted: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Made:
    """What a plan file says of itself."""

    format: str
    tool: str
    plan_id: str


def without_shown_again(media: MediaPlan, tracks: Tracks, shown_elsewhere: frozenset[str] | None) -> Tracks:
    """The tracks without those that show again since this file's own went, by what the plan deleted: Canvas lends a
    copied file the tracks of its original. They are there, but not because somebody else wrote."""
    deleted = {step.locale for step in media.changes if step.do is Do.DELETE}
    gone = {track.locale: track.id for track in media.before if track.locale in deleted}
    beneath = shown_elsewhere or frozenset()
    return {loc: t for loc, t in tracks.items() if gone.get(loc, t.id) == t.id or t.id not in beneath}


def unreadable(media: str, title: str, error: RemoteError) -> MediaPlan:
    """An object that is listed and still may not be read: it is left alone, and the others go on."""
    hint = f". {error.hint}" if error.hint else ""
    return MediaPlan(media, title, (), (), blocked=f"its captions cannot be read: {error.message}{hint}")


@dataclass(frozen=True, slots=True, repr=False)
class Plan:
    """A whole plan, of a push or of a pull.

    Attributes:
        objects: the media objects with something to do or to report; unchanged ones are only counted.
        unchanged: how many media objects are the same here and there.
        unmatched: names in the folder that no media object fits, each with why.
        unconverted: caption files of the folder in other formats, path -> what it is; they are not sent.
        media_only: how many media objects the folder says nothing about.
        elsewhere: tracks of the media objects that were looked at which are in Canvas only.
        unread: how many of these Canvas does not let us read.
        gone_before: how many recordings that the folder has files for were gone, and reported, before this plan.
        contents: texts that it would send, by digest, as far as they are kept. They are not part of the plan: what is
            missing is made again from the files.
        way: "pull" for one that changes the folder. Such a plan is not written to a file.
        run: the run that it goes on with, or undoes; "" for none.
        what: what it is made for, for the journal: "push", "pull", "restore", "resume"; "apply" for one from a file.
    """

    remote: RemoteIdentity
    lineage: str
    serial: int
    base_digest: str
    policy: Policy
    created_at: str
    objects: tuple[MediaPlan, ...]
    unchanged: int = 0
    unmatched: tuple[str, ...] = ()
    unconverted: Mapping[str, str] = field(default_factory=dict, hash=False)
    media_only: int = 0
    elsewhere: int = 0
    unread: int = 0
    gone_before: int = 0
    contents: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    way: Way = field(default=Way.PUSH, compare=False)
    run: str = field(default="", compare=False)
    what: str = field(default="push", compare=False)

    def __repr__(self) -> str:
        """In one line what it comes to: `<Plan push: 1 create, 2 keep; 1 media object unchanged>`."""
        counts = ", ".join(f"{n} {do}" for do, n in sorted(Counter(str(s.do) for _, s in self.steps()).items()))
        of = f" of {self.run}" if self.run else ""
        unchanged = f"{self.unchanged} media object{'s' * (self.unchanged != 1)} unchanged"
        return f"<Plan {self.what}{of}: {counts or 'nothing'}; {unchanged}>"

    def steps(self) -> Iterator[tuple[MediaPlan, Step]]:
        for media in self.objects:
            for step in media.steps:
                yield media, step

    @property
    def changing(self) -> tuple[MediaPlan, ...]:
        """The media objects that are changed: by a request, or by a pull in the folder."""
        if self.way is Way.PULL:
            return tuple(media for media in self.objects if media.file_changes)
        return tuple(media for media in self.objects if media.changes)

    @property
    def gone(self) -> tuple[MediaPlan, ...]:
        """The media objects that are not in Canvas any more, which was not reported yet."""
        return tuple(media for media in self.objects if media.gone)

    @property
    def removed_there(self) -> tuple[tuple[MediaPlan, Step], ...]:
        """Tracks that were deleted in Canvas since the last sync and are not sent again: differences that are left."""
        return tuple((media, step) for media, step in self.steps() if step.why == "remote-removal")

    @property
    def recording(self) -> tuple[MediaPlan, ...]:
        return tuple(media for media in self.objects if media.is_recorded_only)

    def count(self, do: Do) -> int:
        """How many tracks are to be created, updated ... Changes of a blocked object do not count."""
        if do in CHANGES and self.way is Way.PUSH:
            return sum(step.do is do for media in self.objects for step in media.changes)
        return sum(step.do is do for _, step in self.steps())

    @property
    def summary(self) -> dict[str, int]:
        counts = Counter({do.value: self.count(do) for do in Do if do not in FILE_CHANGES})
        return {
            **counts,
            "objects": len(self.objects),
            "changing": len(self.changing),
            "blocked": sum(bool(media.blocked) for media in self.objects),
            "refused": sum(len(media.refusals) for media in self.objects),
            "unchanged": self.unchanged,
            "unmatched": len(self.unmatched),
            "unconverted": len(self.unconverted),
            "media_only": self.media_only,
            "elsewhere": self.elsewhere,
            "unread": self.unread,
            "gone_before": self.gone_before,
        }

    @property
    def has_differences(self) -> bool:
        """Whether a push would have anything to do or to complain about."""
        settled = {Do.KEEP, Do.ADOPT}
        drift = ("remote-edit", "remote-removal", "removal-kept")
        return bool(self.unmatched or self.unconverted or any(media.gone for media in self.objects)) or any(
            (step.do not in settled and step.why != "both-gone") or step.why in drift for _, step in self.steps()
        )

    def body(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "tool": TOOL,
            "created_at": self.created_at,
            "remote": {name: getattr(self.remote, name) for name in _RemoteRecord.__slots__},
            "base": {"lineage": self.lineage, "serial": self.serial, "digest": self.base_digest},
            "policy": {
                "delete": self.policy.delete,
                "mirror": self.policy.mirror,
                "max_delete": self.policy.max_delete,
                "guard_locales": self.policy.guard_locales,
                "new_kind": self.policy.new_kind,
                "on_conflict": self.policy.on_conflict,
                "resolve": dict(self.policy.resolve),
                "protect": sorted(self.policy.protect),
                "allow": sorted(self.policy.allow),
            },
            "objects": [media.as_json() for media in self.objects],
            "unmatched": list(self.unmatched),
            **({"unconverted": dict(self.unconverted)} if self.unconverted else {}),
            "summary": self.summary,
        }

    @property
    def plan_id(self) -> str:
        return digest_of(canonical_json(self.body()))

    def as_bytes(self) -> bytes:
        """A plan of a push as a file: JSON with two-space indents, so that a person can read it and git can diff it."""
        whole = {**self.body(), "plan_id": self.plan_id}
        return json.dumps(whole, ensure_ascii=False, sort_keys=True, indent=2).encode() + b"\n"


def step_kind(send_kind: str | None, remote: RemoteNow | None) -> str:
    """The kind that a track has after it was sent: what was asked for, else what it had, else Canvas's default."""
    if send_kind:
        return send_kind
    return remote.kind if remote else DEFAULT_KIND


def parse_plan(data: bytes, where: str, *, any_version: bool = False) -> Plan:
    """Read a plan file.

    Args:
        any_version: take a plan that another version of captionkit made: to look at, not to carry out.

    Raises:
        DamagedFile: where it is no plan.
        StaleError: where it is of another version, or does not have the digest it claims to have.
    """
    unsent, remedy = "Nothing was sent to Canvas.", Remedy.PLAN_AGAIN
    refused = partial(StaleError, where=where, unchanged=unsent, hint=PLAN_AGAIN, remedy=remedy)
    with damaged_at(where, "this is no plan of captionkit's", PLAN_AGAIN):
        raw = read(dict, parse(data))
        made = read(_Made, raw)
        same_tool = any_version or made.tool.rpartition(".")[0] == TOOL.rpartition(".")[0]
        if made.format != FORMAT or not same_tool:
            raise refused(f"this plan was made by {made.tool[:80]}, this is {TOOL}")
        if _digest_of({name: value for name, value in raw.items() if name != "plan_id"}) != made.plan_id:
            raise refused("this plan was changed after it was made, so it is not carried out")
        record = read(_PlanRecord, raw)
        return Plan(
            remote=RemoteIdentity(*(getattr(record.remote, name) for name in _RemoteRecord.__slots__)),
            lineage=record.base.lineage,
            serial=record.base.serial,
            base_digest=record.base.digest,
            policy=record.policy,
            created_at=record.created_at,
            objects=tuple(MediaPlan.from_json(media) for media in record.objects),
            unmatched=record.unmatched,
            unconverted=record.unconverted,
            unchanged=record.summary.unchanged,
            media_only=record.summary.media_only,
            elsewhere=record.summary.elsewhere,
            unread=record.summary.unread,
            gone_before=record.summary.gone_before,
            what="apply",
        )


def _digest_of(raw: dict[str, Any]) -> str:
    try:
        return digest_of(canonical_json(raw))
    except (ValueError, RecursionError):
        raise RecordError("it holds what captionkit does not write") from None

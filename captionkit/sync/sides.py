"""The two sides that are compared, as they were found before anything is decided."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from captionkit.sync.decide import Policy
from captionkit.sync.manifest import Manifest
from captionkit.sync.plan import MediaPlan, Plan
from captionkit.sync.ports import MediaSummary, RemoteIdentity
from captionkit.sync.state import LocalMedia


@dataclass(frozen=True, slots=True)
class Sides:
    """A folder, what its manifest remembers, and the listing of its remote.

    Attributes:
        folder: the local files by media, as `LocalMedia.media` names it.
        only: the media objects that are looked at; None for all.
        unmatched: what the folder holds that fits no media object, a sentence each; goes into the plan as it is.
        unconverted: the caption files in other formats, path -> what it is; into the plan as it is.
        unread: of these, files that cannot be read.
        length_of: how long the recording of a media object runs in milliseconds, where the listing does not say; 0
            where it is not known.
        name_of: the file name, without language and extension, of a media object that the folder has no file for.
    """

    identity: RemoteIdentity
    manifest: Manifest
    folder: Mapping[str, LocalMedia]
    summaries: tuple[MediaSummary, ...]
    only: frozenset[str] | None = None
    unmatched: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    length_of: Callable[[str], int] = lambda media: 0
    name_of: Callable[[MediaSummary], str] = lambda summary: summary.media_id
    unconverted: Mapping[str, str] = field(default_factory=dict)

    def plan(self, policy: Policy, created_at: str, objects: Iterable[MediaPlan], **more: Any) -> Plan:
        """A plan for these sides."""
        return Plan(
            remote=self.identity,
            lineage=self.manifest.lineage,
            serial=self.manifest.serial,
            base_digest=self.manifest.digest,
            policy=policy,
            created_at=created_at,
            objects=tuple(objects),
            **more,
        )

    def wants(self, media: str) -> bool:
        """Whether this media object is looked at."""
        return self.only is None or media in self.only

"""What we last verified, kept in the folder as `.captionkit/manifest.jsonl`.

One JSON object a line: first a header, then a track a line, sorted. Lines, not one big object, because people keep
their caption folder in git: two clones that synced different lectures merge without hand work
(`.captionkit/.gitattributes` says `merge=union`). After such a merge a track may stand there twice, or the header: the
higher serial counts, and a track about which two lines disagree has no base, so it is compared afresh and never
overwritten on the strength of a stale record.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from captionkit.errors import LocalError
from captionkit.sync.state import BaseTrack, MediaBase, canonical_json, digest_of

FORMAT = "captionkit-manifest/1"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What both sides were when they last agreed.

    Attributes:
        lineage: made once for a folder; a plan made for another folder does not apply here.
        serial: counts verified changes; a plan made before the latest one does not apply any more.
        base_url, scope: the Canvas and the course that all of this is about.
    """

    lineage: str
    base_url: str
    scope: str
    serial: int = 0
    tracks: Mapping[str, MediaBase] = field(default_factory=dict)

    def of(self, media: str) -> MediaBase:
        return self.tracks.get(media, {})

    def with_media(self, media: str, tracks: Iterable[BaseTrack]) -> Manifest:
        """The manifest after one media object was verified: its tracks are now these, and no others."""
        now = dict(self.tracks)
        now[media] = {track.locale: track for track in tracks}
        if not now[media]:
            del now[media]
        return replace(self, serial=self.serial + 1, tracks=now)

    @property
    def digest(self) -> str:
        return digest_of(self.as_bytes())

    def as_bytes(self) -> bytes:
        header: dict[str, object] = {
            "format": FORMAT,
            "lineage": self.lineage,
            "serial": self.serial,
            "base_url": self.base_url,
            "scope": self.scope,
        }
        lines: list[dict[str, object]] = [header]
        lines += [tracks[locale].as_json() for _, tracks in sorted(self.tracks.items()) for locale in sorted(tracks)]
        return b"".join(canonical_json(line) + b"\n" for line in lines)


def parse_manifest(data: bytes, where: str) -> Manifest:
    """Read a manifest.

    Raises:
        LocalError: where it is no manifest of ours; nothing is repaired by guessing.
    """
    try:
        lines = [json.loads(line) for line in data.splitlines() if line.strip()]
        headers = [line for line in lines if "format" in line]
        if not headers or any(header["format"] != FORMAT for header in headers):
            raise ValueError("its format is not " + FORMAT)
        if len({(h["lineage"], h["base_url"], h["scope"]) for h in headers}) != 1:
            raise ValueError("it is about two different folders or Canvas sites")
        found: dict[str, dict[str, BaseTrack | None]] = {}
        for line in lines:
            if "format" in line:
                continue
            track = BaseTrack.from_json(line)
            of_media = found.setdefault(track.media, {})
            if of_media.get(track.locale, track) == track:
                of_media[track.locale] = track
            else:
                of_media[track.locale] = None
        header = max(headers, key=lambda h: int(h["serial"]))
        return Manifest(
            lineage=str(header["lineage"]),
            base_url=str(header["base_url"]),
            scope=str(header["scope"]),
            serial=int(header["serial"]),
            tracks={
                media: kept
                for media, tracks in found.items()
                if (kept := {locale: track for locale, track in tracks.items() if track})
            },
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise LocalError(
            f"the record of earlier syncs cannot be read: {error}",
            where=where,
            unchanged="Nothing was sent to Canvas and nothing was changed in the folder.",
            hint="Bring the file back from git or a backup. Without it every track counts as new: move it away, and "
            "captionkit compares the folder with Canvas afresh and asks before it replaces anything.",
        ) from error

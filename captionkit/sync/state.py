"""What the sync engine compares: tracks on disk, tracks on the remote, and what both were when they last agreed.

A track has two digests that are never compared with each other: `local_digest` is over the file's bytes, CRLF taken as
LF, `digest` over the exact text that Canvas stores. They differ because an SRT file goes out as WebVTT. "Changed here"
compares local with local, "changed there" remote with remote.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from captionkit.canvas_rules import is_converted, viewers_get
from captionkit.files import CAPTION_EXTENSIONS
from captionkit.library.local_file import LocalFile
from captionkit.records import RecordError, read
from captionkit.sync.ports import LeadsElsewhere, MediaState, RemoteTrack, Whose, by_file


def digest_of(data: str | bytes) -> str:
    """sha256 of the UTF-8 text or the bytes, as "sha256:<hex>"."""
    raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    return "sha256:" + hashlib.sha256(raw).hexdigest()


_ADDRESS = re.compile(r"[a-z_]{1,40}/[A-Za-z0-9][A-Za-z0-9._~-]{0,199}")
_LOCALE = re.compile(r"[A-Za-z0-9_-]{1,64}")


def is_address(text: str) -> bool:
    """Whether this can be the address of a media object, "media_objects/m-abc"; it becomes part of URLs and paths."""
    return _ADDRESS.fullmatch(text) is not None


def is_locale(text: str) -> bool:
    """Whether this can be the locale of a track; it becomes part of file names."""
    return _LOCALE.fullmatch(text) is not None


def is_caption_path(path: str) -> bool:
    """Whether this can be the path of a caption file in a folder: called like one, in no hidden folder, no way out."""
    steps = path.split("/")
    return (
        steps[-1].lower().endswith(CAPTION_EXTENSIONS)
        and not any(not step or step.startswith(".") for step in steps)
        and "\0" not in path
    )


def canonical_json(value: Any) -> bytes:
    """One spelling for one value: UTF-8, sorted keys, no spaces. What every digest of ours is taken over."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


@dataclass(frozen=True, slots=True)
class LocalMedia:
    """The folder's files for one media object.

    Attributes:
        incomplete: why the folder's view of it cannot be trusted to be whole (an unreadable file, two files for one
            language); nothing of it is deleted then. "" when it is whole.
        named: whether the user named this media object on the command line.
    """

    media: str
    name: str
    files: tuple[LocalFile, ...] = ()
    incomplete: str = ""
    named: bool = False


@dataclass(frozen=True, slots=True)
class RemoteNow:
    """One track of a media object as it is on the remote now.

    Attributes:
        digest: of the content; for a track whose content cannot be seen, a fingerprint of its id and time.
        stored_as: "vtt"; "srt" (Canvas shows its own conversion); "stale" (WebVTT was uploaded over SRT, and Canvas
            still shows the conversion of the old text); "unknown" where the server hides the content.
        owner_id: the user it belongs to; None where not known.
        hidden: seen only in the listing: it belongs to somebody else, and a PUT that does not name it deletes it.
        whose: whether it is proved to belong to the file by which it is reached. An id stays with its file for good.
        racy: whether it was written so lately before it was read that its time does not tell a later write.
        content: the text, None where unknown. shown_text: what players get.
    """

    locale: str
    kind: str
    digest: str
    id: str
    stored_as: str
    updated_at: str = ""
    created_at: str = field(default="", compare=False)
    owner_id: str | None = None
    hidden: bool = False
    asr: bool = False
    processing: bool = field(default=False, compare=False)
    whose: Whose = Whose.OWN
    racy: bool = field(default=False, compare=False)
    content: str | None = field(default=None, repr=False, compare=False)
    shown_text: str | None = field(default=None, repr=False, compare=False)

    @property
    def seen(self) -> tuple[str, str]:
        """What a PUT that keeps this track must not change."""
        return (self.kind, self.digest)

    def without_texts(self) -> RemoteNow:
        """As a plan remembers it."""
        return replace(self, content=None, shown_text=None)


Tracks = Mapping[str, RemoteNow]


def _from_list(track: RemoteTrack, state: MediaState) -> RemoteNow:
    processing = track.workflow_state == "processing"
    if track.content is None or not track.has_webvtt_content:
        stored_as, digest = "unknown", _fingerprint(track.id, track.updated_at)
    else:
        digest = digest_of(track.content)
        is_srt, is_fresh = is_converted(track.content), track.webvtt_content is None
        stored_as = "srt" if is_srt else "vtt" if is_fresh else "stale"
    known = stored_as != "unknown" and track.content is not None
    return RemoteNow(
        locale=track.locale,
        kind=track.kind,
        digest=digest,
        id=track.id,
        stored_as=stored_as,
        updated_at=track.updated_at,
        created_at=track.created_at,
        owner_id=track.user_id,
        asr=bool(track.asr),
        processing=processing,
        whose=Whose.UNKNOWN if by_file(state.media) else Whose.OWN,
        racy=_is_racy(track.updated_at, state.server_time),
        content=track.content if known else None,
        shown_text=viewers_get(track.content, track.webvtt_content) if known and track.content is not None else None,
    )


def _from_listing(track: RemoteTrack, server_time: float | None) -> RemoteNow:
    return RemoteNow(
        locale=track.locale,
        kind=track.kind,
        digest=_fingerprint(track.id, track.updated_at),
        id=track.id,
        stored_as="unknown",
        updated_at=track.updated_at,
        created_at=track.created_at,
        hidden=True,
        asr=bool(track.asr),
        processing=track.workflow_state == "processing",
        racy=_is_racy(track.updated_at, server_time),
    )


def _fingerprint(track_id: str, updated_at: str) -> str:
    return f"unseen:{track_id}@{updated_at}"


def merge_views(state: MediaState) -> dict[str, RemoteNow]:
    """Everything that is on a media object: the caller's tracks with content, everybody else's from the listing.

    On the media_objects path the track list shows the caller's own tracks, while a PUT deletes those of every user
    (canvas-lms, media_tracks_controller.rb). What only the listing shows is therefore `hidden`, and must be named.
    """
    tracks = {track.locale: replace(_from_list(track, state), whose=Whose.LOOSE) for track in state.loose}
    tracks |= {track.locale: _from_list(track, state) for track in state.tracks}
    for listed in state.listed or ():
        if listed.locale not in tracks:
            tracks[listed.locale] = _from_listing(listed, state.server_time)
    return dict(sorted(tracks.items()))


def tracks_of(state: MediaState, base: MediaBase) -> dict[str, RemoteNow]:
    """Everything that is on a media object, which must be the one that was recorded.

    A track stays with its file for good. So one that the file has shown, and that is now among those of the media
    object which the file does not show, says that the file shows another recording's.

    Args:
        base: what the file showed before.

    Raises:
        LeadsElsewhere: the file is that of another recording now.
    """
    tracks = merge_views(state)
    if by_file(state.media):
        lost = {track.id for track in tracks.values() if track.hidden or track.whose is Whose.LOOSE}
        if any(track.id in lost and track.was_shown_by_its_file for track in base.values()):
            raise LeadsElsewhere(state.media)
    return tracks


def snapshot_digest(seen: Mapping[str, tuple[str, str]]) -> str:
    """One digest for a whole media object: the ETag that Canvas does not have. `seen` is locale -> (kind, digest)."""
    return digest_of(canonical_json([[locale, *seen[locale]] for locale in sorted(seen)]))


def seen_of(tracks: Tracks) -> dict[str, tuple[str, str]]:
    return {locale: track.seen for locale, track in tracks.items()}


#: Seconds between a track's time and the server's clock from which on its time is trusted to tell every later write.
#: Canvas's times have whole seconds: what was written in the second in which it was read may be written again unseen.
#: git has the same trouble with file times and calls such an entry racily clean.
SETTLED_AFTER = 2.0


def _is_racy(updated_at: str, server_time: float | None) -> bool:
    try:
        return server_time is None or server_time - datetime.fromisoformat(updated_at).timestamp() < SETTLED_AFTER
    except ValueError:
        return True


@dataclass(frozen=True, slots=True)
class BaseTrack:
    """What a track was when we last verified it.

    Attributes:
        path, local_digest: the file it came from or went to; "" for a track that is not ours and was only seen.
        whose: what a write through the file has proved of the track with this id.
    """

    media: str
    locale: str
    kind: str
    digest: str
    id: str
    updated_at: str
    stored_as: str
    path: str = ""
    local_digest: str = ""
    whose: Whose = Whose.UNKNOWN

    @property
    def is_ours(self) -> bool:
        return bool(self.path)

    @property
    def was_shown_by_its_file(self) -> bool:
        """Whether it surely was; a record of when its media object was reached otherwise has neither proof nor time."""
        is_recorded_by_file = self.whose in (Whose.OWN, Whose.LENT) or (not self.whose and self.updated_at != "")
        return is_recorded_by_file and not self.digest.startswith("unseen:")

    def as_json(self) -> dict[str, object]:
        line: dict[str, object] = {
            "media": self.media,
            "locale": self.locale,
            "kind": self.kind,
            "digest": self.digest,
            "id": self.id,
            "updated_at": self.updated_at,
            "stored_as": self.stored_as,
        }
        if self.is_ours:
            line |= {"path": self.path, "local_digest": self.local_digest}
        if self.whose:
            line["whose"] = self.whose
        return line

    @classmethod
    def from_json(cls, line: Mapping[str, Any]) -> BaseTrack:
        """Raises RecordError for what is no record of a track."""
        track = read(cls, line)
        check_names(track.media, track.locale)
        if track.path and not is_caption_path(track.path):
            raise RecordError(f"path is no caption file of the folder: {track.path[:200]!r}")
        return track


def check_names(media: str, locale: str = "und") -> None:
    """Raises RecordError for what cannot be the names of a media object and a track."""
    if not is_address(media):
        raise RecordError(f"media is no address of a media object: {media[:100]!r}")
    if not is_locale(locale):
        raise RecordError(f"locale is none: {locale[:100]!r}")


def base_of(media: str, track: RemoteNow, file: LocalFile | None, *, settled: bool = False) -> BaseTrack:
    """The record of a track that was just verified.

    Args:
        settled: whether it is known for sure that nothing can be written any more in the second of its time. Otherwise
            a racy track is recorded without its time, so that it is read again next time.
    """
    return BaseTrack(
        media=media,
        locale=track.locale,
        kind=track.kind,
        digest=track.digest,
        id=track.id,
        updated_at="" if track.racy and not settled else track.updated_at,
        stored_as=track.stored_as,
        path=file.path if file else "",
        local_digest=file.local_digest if file else "",
        whose=track.whose if by_file(media) else Whose.UNKNOWN,
    )


MediaBase = Mapping[str, BaseTrack]


def is_as_listed(base: MediaBase, listed: Iterable[RemoteTrack]) -> bool:
    """Whether the listing shows just the tracks that we last verified: same locales, ids, kinds and times."""
    was = {(t.locale, t.id, t.kind, t.updated_at) for t in base.values()}
    return was == {(t.locale, t.id, t.kind, t.updated_at) for t in listed}


def as_last_seen(base: MediaBase) -> dict[str, RemoteNow]:
    """The tracks of a media object that did not change since we last verified it, without asking for them again."""
    return {
        locale: RemoteNow(
            locale=locale,
            kind=track.kind,
            digest=track.digest,
            id=track.id,
            stored_as=track.stored_as,
            updated_at=track.updated_at,
            hidden=track.digest.startswith("unseen:"),
            whose=track.whose if by_file(track.media) else Whose.OWN,
        )
        for locale, track in sorted(base.items())
    }


def with_proofs(tracks: Tracks, base: MediaBase, *, original: bool) -> dict[str, RemoteNow]:
    """The tracks with what earlier writes have proved of them.

    Args:
        original: whether the file by which they are reached is proved to be the original, which is lent nothing.
    """
    return {
        locale: replace(track, whose=Whose.OWN)
        if original and track.whose is not Whose.LOOSE
        else replace(track, whose=base[locale].whose)
        if not track.whose and locale in base and base[locale].id == track.id
        else track
        for locale, track in tracks.items()
    }

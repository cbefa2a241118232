"""A Canvas in memory: to test the sync engine against, and to rehearse a plan on before anything is sent.

Theory of operation. `MemoryCanvas` is the world: media objects, files (Canvas says attachments) and tracks, with what
Canvas does to them when it gets a replace-all PUT, the dangerous parts included: on the media_objects path it lists
only the caller's tracks but deletes everybody's; it deletes first and validates later, one statement at a time,
without a transaction around them; blank content keeps; a missing right answers 204; a copied file inherits the tracks
of its original and a PUT can destroy them there. `MemoryRemote` is one user's view of the world as a
`captionkit.sync.ports.Remote`; give two of them the same world to have two editors.

A PUT is a generator that yields after every statement that the server would commit, so a fault can stop it anywhere
and a hook can let somebody else write in between. It shares no code with the sandbox and opens no connection.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

from captionkit.errors import NotFound
from captionkit.remotes._memory_canvas import REHEARSAL_SCOPE, UNSEEN, MemoryCanvas
from captionkit.remotes._memory_faults import PUT_FAULTS, READ_FAULTS, Fault, Moment, Request
from captionkit.remotes._memory_rows import SimulatedClock, StoredMedia, StoredTrack
from captionkit.remotes._replacement import replacement
from captionkit.sync.ports import (
    Cost,
    ListedTrack,
    MediaFile,
    MediaState,
    MediaSummary,
    Origin,
    PutReply,
    RemoteIdentity,
    RemoteTrack,
    TrackPut,
)

__all__ = [
    "PUT_FAULTS",
    "READ_FAULTS",
    "REHEARSAL_SCOPE",
    "UNSEEN",
    "Fault",
    "MemoryCanvas",
    "MemoryRemote",
    "Moment",
    "Request",
    "SimulatedClock",
]

#: What a PUT's status says about what was done; anything else leaves it open (ports.PutReply).
_OUTCOMES = {204: "refused", 401: "refused", 403: "refused", 404: "refused", 400: "rejected", 422: "rejected",
             429: "throttled"}  # fmt: skip


class MemoryRemote:
    """One user's view of a `MemoryCanvas`; a `captionkit.sync.ports.Remote`.

    Args:
        world: shared by all who work on it.
        user_id: whom we act as.
        scope: "courses/101", "groups/7" or "users/self".
        path: "media_objects" or "media_attachments".
        allow_empty: let `put_tracks` send an empty list, which deletes every track of an object.
    """

    def __init__(
        self,
        world: MemoryCanvas,
        *,
        user_id: str = "1",
        scope: str = "courses/101",
        path: str = "media_objects",
        allow_empty: bool = False,
    ) -> None:
        if path not in ("media_objects", "media_attachments"):
            raise ValueError(f"no such path: {path!r}")
        self.world = world
        self._identity = RemoteIdentity("canvas", world.base_url, user_id, scope)
        self._path = path
        self._allow_empty = allow_empty
        self._requests: Counter[str] = Counter()
        self._throttled = 0

    def identity(self) -> RemoteIdentity:
        return self._identity

    def list_media(self) -> Iterator[MediaSummary]:
        self._requests["GET"] += 1
        who, scope = self._identity.user_id, self._identity.scope
        context = f"users/{who}" if scope == "users/self" else scope
        files = self.world.files_in(context)
        for found in self.world.list_media(who, scope):
            address = f"media_objects/{found.media_id}"
            tracks: tuple[ListedTrack, ...] | None = self._listed(found)
            by = None
            if self._path == "media_attachments":
                file = files.get(found.media_id) or files.get(found.old_media_id or "")
                # The listing shows the original's tracks, which are not those of a copy.
                tracks = tracks if file is not None and file.id == found.attachment_id else None
                if file is not None:
                    address = f"media_attachments/{file.id}"
                    by = MediaFile(file.id, Origin.COPY if tracks is None else Origin.OWN)
            can = (who, found.media_id) not in self.world.cannot_write
            yield MediaSummary(address, found.media_id, found.title, can, tracks, found.created_at, by)

    def located(
        self, summaries: Sequence[MediaSummary], known: Mapping[str, MediaFile], wanted: Collection[str]
    ) -> tuple[MediaSummary, ...]:
        """As they are: every one is addressed by its file from the start, or none is."""
        return tuple(summaries)

    def read(self, media: str, *, fresh_listing: bool) -> MediaState:
        self._requests["GET"] += 1
        who = self._identity.user_id
        with_content = self.world.show_content
        rows = sorted(self.world.list_tracks(who, media), key=lambda r: (r.locale, r.id))
        tracks = tuple(
            RemoteTrack(
                row.locale, row.kind, row.id, row.user_id,
                row.content if with_content else None, row.webvtt_content if with_content else None, with_content,
                row.updated_at if with_content else "", row.created_at if with_content else "", *self._state(row),
            )
            for row in rows
        )  # fmt: skip
        if not fresh_listing or media.startswith("media_attachments/"):
            path, _, file = media.partition("/")
            elsewhere = {row.id for row in rows if path == "media_attachments" and row.attachment_id != file}
            return MediaState(media, tracks, None, self.world.clock.now(), frozenset(elsewhere))
        self._requests["GET"] += 1
        for found in self.world.list_media(who, self._identity.scope):
            if media in (f"media_objects/{found.media_id}", f"media_objects/{found.old_media_id}"):
                return MediaState(media, tracks, self._listed(found), self.world.clock.now())
        raise NotFound("the media object is not in the listing any more", where=media, unchanged="Nothing was written.")

    def put_tracks(self, media: str, tracks: Sequence[TrackPut], *, not_after: float = math.inf) -> PutReply:
        body = replacement(media, tracks, allow_empty=self._allow_empty)
        self._requests["PUT"] += 1
        sent_at = self.world.clock.now()
        status, message = self.world.replace_tracks(self._identity.user_id, media, body)
        outcome = "acknowledged" if status == 200 and not message else _OUTCOMES.get(status, "ambiguous")
        self._throttled += outcome == "throttled"
        return PutReply(status, outcome, message or _SAYS.get(status, ""), sent_at, self.world.clock.now())

    def cost(self) -> Cost:
        return Cost(dict(self._requests), self._throttled)

    def _listed(self, found: StoredMedia) -> tuple[ListedTrack, ...]:
        return tuple(
            ListedTrack(row.locale, row.kind, row.id, row.updated_at, row.created_at, *self._state(row))
            for row in self.world.in_scope(found)
        )

    def _state(self, row: StoredTrack) -> tuple[str | None, bool | None]:
        return (row.workflow_state, row.asr) if self.world.newest else (None, None)


_SAYS = {200: "Canvas took the tracks.", 204: "Canvas answered 204: it refused without saying so."}

"""The model of Canvas as the sync engine sees it: to rehearse each request on before it is sent.

Theory of operation. `CanvasModel` is the world: media objects, files (Canvas says attachments) and tracks, with what
Canvas does to them when it gets a replace-all PUT, the dangerous parts included: on the media_objects path it lists
only the caller's tracks but deletes everybody's; it deletes first and validates later, one statement at a time,
without a transaction around them; blank content keeps; a missing right answers 204; a copied file inherits the tracks
of its original and a PUT can destroy them there. `ModelRemote` is one user's view of the world as a
`captionkit.sync.ports.Remote`; give two of them the same world to have two editors.
It shares no code with the sandbox and opens no connection.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from captionkit.errors import NotFound
from captionkit.remotes.canvas import FEATURES, KIND
from captionkit.remotes.canvas.model import REHEARSAL_SCOPE, CanvasModel
from captionkit.remotes.canvas.model_rows import StoredMedia, StoredTrack
from captionkit.remotes.canvas.replacement import replacement
from captionkit.sync.ports import (
    Cost,
    MediaFile,
    MediaState,
    MediaSummary,
    PutReply,
    RemoteIdentity,
    RemoteTrack,
    TrackPut,
    by_file,
)

#: What a PUT's status says about what was done; anything else leaves it open (ports.PutReply).
_OUTCOMES = {204: "refused", 401: "refused", 403: "refused", 404: "refused", 400: "rejected", 422: "rejected",
             429: "throttled"}  # fmt: skip


class ModelRemote:
    """One user's view of a `CanvasModel`; a `captionkit.sync.ports.Remote`.

    Args:
        world: shared by all who work on it.
        user_id: whom we act as.
        scope: "courses/101", "groups/7" or "users/self".
        path: "media_objects", "media_attachments", or "auto": by the file where there is one, as `located`.
        allow_empty: let `put_tracks` send an empty list, which deletes every track of an object.
    """

    def __init__(
        self,
        world: CanvasModel,
        *,
        user_id: str = "1",
        scope: str = "courses/101",
        path: str = "media_objects",
        allow_empty: bool = False,
    ) -> None:
        if path not in ("auto", "media_objects", "media_attachments"):
            raise ValueError(f"no such path: {path!r}")
        self.world = world
        self._identity = RemoteIdentity(KIND, world.base_url, user_id, scope, FEATURES)
        self._path = path
        self._allow_empty = allow_empty
        self._requests: Counter[str] = Counter()
        self._throttled = 0

    def identity(self) -> RemoteIdentity:
        return self._identity

    def list_media(self) -> Iterator[MediaSummary]:
        self._requests["GET"] += 1
        who = self._identity.user_id
        for found in self.world.list_media(who, self._identity.scope):
            can = (who, found.media_id) not in self.world.cannot_write
            address, tracks = f"media_objects/{found.media_id}", self._listed(found)
            yield MediaSummary(address, found.media_id, found.title, can, tracks, found.created_at)

    def located(
        self, summaries: Sequence[MediaSummary], known: Mapping[str, MediaFile], wanted: Collection[str]
    ) -> tuple[MediaSummary, ...]:
        if self._path == "media_objects":
            return tuple(summaries)
        everything = self._path == "media_attachments"
        files = {
            media_id: self._file_of(found)
            for media_id, found in self.world.media.items()
            if everything or media_id in wanted
        }
        found = ((s, known.get(s.media_id) or files.get(s.media_id)) for s in summaries)
        return tuple(s if f is None else replace(s, media=f"media_attachments/{f.id}", file=f) for s, f in found)

    def _file_of(self, found: StoredMedia) -> MediaFile | None:
        """The file of this scope; of several the oldest. Neither its user nor a time says whether it is a copy."""
        scope, who = self._identity.scope, self._identity.user_id
        files = self.world.files_in(f"users/{who}" if scope == "users/self" else scope)
        file = files.get(found.media_id) or files.get(found.old_media_id or "")
        return None if file is None else MediaFile(file.id)

    def read(self, media: str, *, fresh_listing: bool) -> MediaState:
        self._requests["GET"] += 1
        rows = self.world.list_tracks(self._identity.user_id, media)
        tracks, now = self._visible(rows), self.world.clock.now()
        if by_file(media):
            found = self.world.media[self.world.files[media.partition("/")[2]].media_id]
            in_scope = self.world.in_scope(found)
            shown = {row.locale for row in rows}
            # What belongs to no file the file does not show; the caller's own can be read by the media id.
            loose = [row for row in in_scope if row.locale not in shown]
            mine = self._visible([row for row in loose if row.user_id == self._identity.user_id])
            others = tuple(self._as_listed(row) for row in loose if row.user_id != self._identity.user_id)
            elsewhere = frozenset(row.id for row in in_scope)
            return MediaState(media, tracks, others or None, now, mine, elsewhere)
        if not fresh_listing:
            return MediaState(media, tracks, None, now)
        self._requests["GET"] += 1
        for found in self.world.list_media(self._identity.user_id, self._identity.scope):
            if media in (f"media_objects/{found.media_id}", f"media_objects/{found.old_media_id}"):
                return MediaState(media, tracks, self._listed(found), self.world.clock.now())
        raise NotFound("the media object is not in the listing any more", where=media, unchanged="Nothing was written.")

    def _visible(self, rows: Sequence[StoredTrack]) -> tuple[RemoteTrack, ...]:
        with_content = self.world.show_content
        return tuple(
            RemoteTrack(
                row.locale, row.kind, row.id, row.user_id,
                row.content if with_content else None, row.webvtt_content if with_content else None, with_content,
                row.updated_at if with_content else "", row.created_at if with_content else "", *self._state(row),
            )
            for row in sorted(rows, key=lambda r: (r.locale, r.id))
        )  # fmt: skip

    def put_tracks(self, media: str, tracks: Sequence[TrackPut], *, not_after: float = math.inf) -> PutReply:
        body = replacement(media, tracks, allow_empty=self._allow_empty)
        self._requests["PUT"] += 1
        sent_at = self.world.clock.now()
        with self.world.lock:
            status, message = self.world.replace_tracks(self._identity.user_id, media, body)
            ids = dict(self.world.answered) if status == 200 and not message else {}
        outcome = "acknowledged" if status == 200 and not message else _OUTCOMES.get(status, "ambiguous")
        self._throttled += outcome == "throttled"
        return PutReply(status, outcome, message or _SAYS.get(status, ""), sent_at, self.world.clock.now(), ids=ids)

    def cost(self) -> Cost:
        return Cost(dict(self._requests), self._throttled)

    def _listed(self, found: StoredMedia) -> tuple[RemoteTrack, ...]:
        return tuple(self._as_listed(row) for row in self.world.in_scope(found))

    def _as_listed(self, row: StoredTrack) -> RemoteTrack:
        return RemoteTrack(
            row.locale, row.kind, row.id, None, None, None, False, row.updated_at, row.created_at, *self._state(row)
        )

    def _state(self, row: StoredTrack) -> tuple[str | None, bool | None]:
        return (row.workflow_state, row.asr) if self.world.newest else (None, None)


def rehearsal(state: MediaState) -> ModelRemote:
    """A Canvas that holds one media object as it was just read."""
    path = state.media.partition("/")[0]
    return ModelRemote(CanvasModel.holding(state, "me"), user_id="me", scope=REHEARSAL_SCOPE, path=path)


_SAYS = {200: "Canvas took the tracks.", 204: "Canvas answered 204: it refused without saying so."}

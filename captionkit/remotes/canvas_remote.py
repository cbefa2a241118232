"""Canvas as the sync engine sees it: `captionkit.sync.ports.Remote` over `captionkit.remotes.canvas.Canvas`.

Theory of operation. On the media_objects path Canvas shows a caller only their own tracks, but deletes everybody's
that a PUT does not name; only the listing of media objects shows everybody's. So `read` with `fresh_listing` gets
both. The listing cannot be asked for one object, so we remember at which place each object stood (listed by time of
creation, new ones come last and move nothing) and ask for the one small page around it. If it is not there any more,
we take a larger page, search by title, and then list all again. On the media_attachments path the track list shows
everybody's by itself.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from captionkit.errors import NotFound, NotPermitted, RemoteError, UsageError
from captionkit.remotes._canvas_files import CourseFiles
from captionkit.remotes.canvas import PATHS, Canvas, MediaObject, User
from captionkit.sync.ports import (
    Cost,
    ListedTrack,
    MediaFile,
    MediaState,
    MediaSummary,
    Origin,
    PutReply,
    RemoteIdentity,
    TrackPut,
)

#: Objects asked for to find one again. Deletions before it move an object towards the front, and Canvas orders objects
#: of the same second as it likes (it has no tie-breaker), so the small page may miss it and the large one rarely does.
_SMALL_PAGE = 10
_LARGE_PAGE = 100

_LOOK_AGAIN = (
    'If the file was deleted and another has taken its place, set path = "media_attachments" under [canvas] in '
    "captionkit.toml for one run: all files are looked up again then."
)


class CanvasRemote:
    """A scope of a Canvas, for the sync engine. Its methods may be called from several threads.

    Args:
        canvas: where and as whom.
        scope: "courses/101", "groups/7" or "users/self".
        path: how tracks are addressed. "media_attachments" shows and replaces everybody's tracks, but needs the
            Files API to learn the files' ids; an object whose file is not found there is addressed by its media id.
            "auto" asks for the files only of the objects that `located` is to find, and remembers.
        allow_empty: let `put_tracks` send an empty list, which deletes every track of an object.
    """

    def __init__(
        self, canvas: Canvas, *, scope: str = "users/self", path: str = "media_objects", allow_empty: bool = False
    ) -> None:
        if path not in ("auto", *PATHS):
            raise UsageError(f"no path {path!r}; there are auto, {', '.join(PATHS)}")
        self.canvas = canvas
        self._scope = scope
        self._path = path
        self._allow_empty = allow_empty
        self._user: User | None = None
        self._lent: dict[str, frozenset[str]] = {}  # file that is or may be a copy -> ids of the original's tracks
        self._files = CourseFiles(canvas, scope)
        self._places: dict[str, tuple[int, str]] = {}  # media id -> place in the listing, title
        self._lock = threading.Lock()
        self._listing = threading.Lock()

    def identity(self) -> RemoteIdentity:
        """Whom we talk to; asks the server once."""
        with self._lock:
            if self._user is None:
                self._user = self.canvas.whoami()
            return RemoteIdentity("canvas", self.canvas.session.base_url, self._user.id, self._scope)

    def list_media(self) -> Iterator[MediaSummary]:
        """All media objects of the scope; 100 a request. On media_attachments the files are asked for as well."""
        summaries = (
            MediaSummary(
                f"media_objects/{found.media_id}", found.media_id, found.title, found.can_add_captions, found.tracks,
                found.created_at,
            )
            for found in self._list_all()
        )  # fmt: skip
        if self._path != "media_attachments":
            return summaries
        everything = tuple(summaries)
        return iter(self._by_file(everything, {}, {summary.media_id for summary in everything}))

    def located(
        self, summaries: Sequence[MediaSummary], known: Mapping[str, MediaFile], wanted: Collection[str]
    ) -> tuple[MediaSummary, ...]:
        """On the path "auto", those whose file is known or can be found are addressed by it."""
        return self._by_file(summaries, known, wanted) if self._path == "auto" else tuple(summaries)

    def _by_file(
        self, summaries: Sequence[MediaSummary], known: Mapping[str, MediaFile], wanted: Collection[str]
    ) -> tuple[MediaSummary, ...]:
        unknown = {s.media_id: s.title for s in summaries if s.media_id in wanted and s.media_id not in known}
        files = dict(known)
        if unknown:
            files |= self._files.of(unknown, listed=len(summaries))
        return tuple(
            self._addressed(summary, files[summary.media_id]) if summary.media_id in files else summary
            for summary in summaries
        )

    def _addressed(self, summary: MediaSummary, file: MediaFile) -> MediaSummary:
        media, tracks = f"media_attachments/{file.id}", summary.tracks
        listed = frozenset(track.id for track in tracks or ())
        if file.written in listed:
            file = replace(file, origin=Origin.OWN)
        if file.origin is not Origin.OWN:
            with self._lock:
                self._lent[media] = listed
        if file.origin is Origin.COPY or (file.origin is Origin.UNKNOWN and file.written):
            tracks = None  # the listing shows the tracks of the original, which are not those of the copy
        return replace(summary, media=media, tracks=tracks, file=file)

    def read(self, media: str, *, fresh_listing: bool) -> MediaState:
        """The tracks of one object with content and, where asked for and needed, everybody's as listed now.

        Which tracks of a copied file are inherited is known only of those that were `located`.

        Raises:
            NotFound: where the listing does not have the object any more.
        """
        try:
            found, server_time = self.canvas.list_tracks_timed(media)
        except (NotPermitted, NotFound) as error:
            if media.startswith("media_attachments/") and self._path == "auto":
                error.hint = _LOOK_AGAIN
            raise
        tracks = tuple(found)
        if not fresh_listing or media.startswith("media_attachments/"):
            with self._lock:
                lent = self._lent.get(media, frozenset())
            return MediaState(media, tracks, None, server_time, frozenset(track.id for track in tracks) & lent)
        return MediaState(media, tracks, self._listed(media.partition("/")[2]), server_time)

    def put_tracks(self, media: str, tracks: Sequence[TrackPut], *, not_after: float = math.inf) -> PutReply:
        """See `Canvas.replace_tracks`."""
        return self.canvas.replace_tracks(media, tracks, allow_empty=self._allow_empty, not_after=not_after)

    def cost(self) -> Cost:
        return self.canvas.session.governor.cost()

    def _list_all(self) -> Iterator[MediaObject]:
        for place, found in enumerate(self.canvas.list_media(self._scope, sort="created_at")):
            with self._lock:
                self._places[found.media_id] = (place, found.title)
            yield found

    def _listed(self, media_id: str) -> tuple[ListedTrack, ...]:
        """Everybody's tracks of one object, from the listing as it is now."""
        for found in self._looked_up(media_id):
            if found.media_id == media_id:
                if found.tracks is None:
                    break
                return found.tracks
        raise NotFound(
            "the media object is not in the listing any more, so other people's tracks of it cannot be seen",
            where=f"media_objects/{media_id}",
            unchanged="Nothing was written.",
            hint="It was deleted, moved, or belongs to another course; run `captionkit media list`.",
        )

    def _looked_up(self, media_id: str) -> Iterator[MediaObject]:
        """Where the object may be found, the cheapest first; each source is asked only if those before had it not."""
        known = self._place(media_id)
        if known is None:
            with self._listing:
                # Of several threads that know no place, one lists and the others then ask for their small pages.
                known = self._place(media_id)
                everything = list(self._list_all()) if known is None else []
            if known is None:
                yield from everything
                return
        place, title = known
        for size in (_SMALL_PAGE, _LARGE_PAGE):
            yield from self.canvas.media_page(self._scope, place // size + 1, size)
        if len(title) >= 2:
            yield from self._searched(title)
        yield from self._list_all()

    def _place(self, media_id: str) -> tuple[int, str] | None:
        with self._lock:
            return self._places.get(media_id)

    def _searched(self, title: str) -> list[MediaObject]:
        try:
            return self.canvas.media_page(self._scope, 1, 100, search_term=title)
        except RemoteError:
            return []  # only a shortcut: the whole listing comes next and says what is wrong

"""Canvas as the sync engine sees it: `captionkit.sync.ports.Remote` over `captionkit.remotes.canvas.Canvas`.

Theory of operation. On the media_objects path Canvas shows a caller only their own tracks, but deletes everybody's
that a PUT does not name; only the listing of media objects shows everybody's. So `read` with `fresh_listing` gets
both. The listing cannot be asked for one object, so we remember at which place each object stood (listed by time of
creation, new ones come last and move nothing) and ask for the one small page around it. If it is not there any more,
we take a larger page, search by title, and then list all again. On the media_attachments path the track list shows
everybody's by itself.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from datetime import datetime

from captionkit.errors import NotFound, RemoteError, UsageError
from captionkit.remotes.canvas import PATHS, Canvas, CanvasFile, MediaObject, User
from captionkit.sync.ports import Cost, ListedTrack, MediaState, MediaSummary, PutReply, RemoteIdentity, TrackPut

#: Objects asked for to find one again. Deletions before it move an object towards the front, and Canvas orders objects
#: of the same second as it likes (it has no tie-breaker), so the small page may miss it and the large one rarely does.
_SMALL_PAGE = 10
_LARGE_PAGE = 100
#: Seconds by which the clock of a file and that of its media object may differ and still be of one upload.
_SAME_UPLOAD_SECONDS = 5.0


class CanvasRemote:
    """A scope of a Canvas, for the sync engine. Its methods may be called from several threads.

    Args:
        canvas: where and as whom.
        scope: "courses/101", "groups/7" or "users/self".
        path: how tracks are addressed. "media_attachments" shows and replaces everybody's tracks, but needs the
            Files API to learn the files' ids; an object whose file is not found there is addressed by its media id.
        allow_empty: let `put_tracks` send an empty list, which deletes every track of an object.
    """

    def __init__(
        self, canvas: Canvas, *, scope: str = "users/self", path: str = "media_objects", allow_empty: bool = False
    ) -> None:
        if path not in PATHS:
            raise UsageError(f"no path {path!r}; there are {', '.join(PATHS)}")
        self.canvas = canvas
        self._scope = scope
        self._path = path
        self._allow_empty = allow_empty
        self._user: User | None = None
        self._copied: dict[str, frozenset[str]] = {}  # media that is a copy -> ids of the original's tracks
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
        """All media objects of the scope; 100 a request, and on media_attachments as many again for the files' ids."""
        files = self._files() if self._path == "media_attachments" else {}
        for found in self._list_all():
            file = files.get(found.media_id)
            media = f"media_attachments/{file.id}" if file is not None else f"media_objects/{found.media_id}"
            tracks = found.tracks
            if file is not None and not _is_original(file, found):
                # The listing shows the tracks of the original file; a copy in this course can have others.
                with self._lock:
                    self._copied[media] = frozenset(track.id for track in tracks or ())
                tracks = None
            yield MediaSummary(media, found.media_id, found.title, found.can_add_captions, tracks, found.created_at)

    def read(self, media: str, *, fresh_listing: bool) -> MediaState:
        """The tracks of one object with content and, where asked for and needed, everybody's as listed now.

        Which tracks of a copied file are inherited is known only after `list_media`.

        Raises:
            NotFound: where the listing does not have the object any more.
        """
        found, server_time = self.canvas.list_tracks_timed(media)
        tracks = tuple(found)
        if not fresh_listing or media.startswith("media_attachments/"):
            with self._lock:
                originals = self._copied.get(media, frozenset())
            inherited = frozenset(track.id for track in tracks) & originals
            return MediaState(media, tracks, None, server_time, inherited)
        return MediaState(media, tracks, self._listed(media.partition("/")[2]), server_time)

    def put_tracks(self, media: str, tracks: Sequence[TrackPut]) -> PutReply:
        """See `Canvas.replace_tracks`."""
        return self.canvas.replace_tracks(media, tracks, allow_empty=self._allow_empty)

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

    def _files(self) -> dict[str, CanvasFile]:
        """The file of each media id; of several copies in one place the oldest, which is the likeliest original."""
        files: dict[str, CanvasFile] = {}
        for file in self.canvas.list_files(self._scope):
            known = files.get(file.media_entry_id)
            if file.media_entry_id and (known is None or (len(file.id), file.id) < (len(known.id), known.id)):
                files[file.media_entry_id] = file
        return files


def _is_original(file: CanvasFile, media: MediaObject) -> bool:
    """Whether this is the file that the media object was made for, and no later copy of it.

    Canvas does not say. But the media object is made for a new upload and stays when the file is copied, so a file
    that is not younger than its media object is the original. A copy taken for an original would only make us miss
    that its own tracks changed, until they are next read; no write relies on it.
    """
    try:
        age = datetime.fromisoformat(file.created_at) - datetime.fromisoformat(media.created_at)
    except (ValueError, TypeError):
        return False
    return age.total_seconds() <= _SAME_UPLOAD_SECONDS

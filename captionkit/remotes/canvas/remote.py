"""Canvas as the sync engine sees it: `captionkit.sync.ports.Remote` over `captionkit.remotes.canvas.api.Canvas`.

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
from dataclasses import dataclass, replace

from captionkit.errors import NotFound, NotPermitted, RemoteError, UsageError
from captionkit.remotes.canvas import FEATURES, KIND
from captionkit.remotes.canvas.api import PATHS, Canvas, MediaObject, User
from captionkit.remotes.canvas.files import CourseFiles
from captionkit.sync.ports import (
    Cost,
    LeadsElsewhere,
    MediaFile,
    MediaState,
    MediaSummary,
    PutReply,
    RemoteIdentity,
    RemoteTrack,
    TrackPut,
    by_file,
)

#: Objects asked for to find one again. Deletions before it move an object towards the front, and Canvas orders objects
#: of the same second as it likes (it has no tie-breaker), so the small page may miss it and the large one rarely does.
_SMALL_PAGE = 10
_LARGE_PAGE = 100


@dataclass(frozen=True, slots=True)
class _Located:
    """A file by which a media object is reached, with what the listing showed of the object: the original's tracks.

    Attributes:
        original: whether the file is proved to be the original, so that these are the file's.
        listed: None where the listing left them out.
    """

    media_id: str
    original: bool
    listed: tuple[RemoteTrack, ...] | None

    def is_another(self, tracks: tuple[RemoteTrack, ...]) -> bool:
        """Whether what is proved to be the original shows nothing of what its media object has."""
        ids = {track.id for track in self.listed or ()}
        return self.original and bool(ids) and bool(tracks) and ids.isdisjoint(track.id for track in tracks)

    def besides(self, tracks: tuple[RemoteTrack, ...]) -> tuple[RemoteTrack, ...]:
        """What the media object has in languages that the file does not show. A file shows its own tracks and its
        original's, so these belong to no file, as servers of old made them."""
        shown = {track.locale for track in tracks}
        return tuple(track for track in self.listed or () if track.locale not in shown)


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
        self._by_media: dict[str, _Located] = {}  # "media_attachments/123" -> what is known of the file
        self._files = CourseFiles(canvas, scope)
        self._all_files: Mapping[str, MediaFile] | None = None
        self._places: dict[str, tuple[int, str]] = {}  # media id -> place in the listing, title
        self._lock = threading.Lock()
        self._listing = threading.Lock()

    def identity(self) -> RemoteIdentity:
        """Whom we talk to; asks the server once."""
        with self._lock:
            if self._user is None:
                self._user = self.canvas.whoami()
            return RemoteIdentity(KIND, self.canvas.session.base_url, self._user.id, self._scope, FEATURES)

    def list_media(self) -> Iterator[MediaSummary]:
        """All media objects of the scope, addressed by their media ids; 100 a request."""
        for found in self._list_all():
            media = f"media_objects/{found.media_id}"
            yield MediaSummary(
                media, found.media_id, found.title, found.can_add_captions, found.tracks, found.created_at
            )

    def located(
        self, summaries: Sequence[MediaSummary], known: Mapping[str, MediaFile], wanted: Collection[str]
    ) -> tuple[MediaSummary, ...]:
        """By the file where it is to be so: on the path "auto" where the file is known or, if wanted, can be found; on
        "media_attachments" wherever there is one, and each is looked up again."""
        if self._path == "media_objects":
            return tuple(summaries)
        files = dict(known)
        if self._path == "media_attachments":
            if self._all_files is None:
                self._all_files = self._files.of({s.media_id: s.title for s in summaries}, listed=len(summaries))
            files = {
                media_id: known[media_id] if media_id in known and known[media_id].id == file.id else file
                for media_id, file in self._all_files.items()
            }
        else:
            unknown = {s.media_id: s.title for s in summaries if s.media_id in wanted and s.media_id not in known}
            files |= self._files.of(unknown, listed=len(summaries)) if unknown else {}
        return tuple(
            self._addressed(summary, files[summary.media_id]) if summary.media_id in files else summary
            for summary in summaries
        )

    def _addressed(self, summary: MediaSummary, file: MediaFile) -> MediaSummary:
        media = f"media_attachments/{file.id}"
        with self._lock:
            self._by_media[media] = _Located(summary.media_id, file.original, summary.tracks)
        return replace(summary, media=media, file=file)

    def read(self, media: str, *, fresh_listing: bool) -> MediaState:
        """The tracks of one object with content and, where asked for and needed, everybody's as listed now.

        By a file, `fresh_listing` asks the listing again, after the tracks: what it shows then is the original's.

        Raises:
            NotFound: where the listing does not have the object any more, or a file leads to another recording.
        """
        try:
            found, server_time = self.canvas.list_tracks_timed(media)
        except (NotPermitted, NotFound) as error:
            if by_file(media) and self._path == "auto":
                error.hint = LeadsElsewhere(media).hint
            raise
        tracks = tuple(found)
        if not by_file(media):
            listed = self._listed(media.partition("/")[2]) if fresh_listing else None
            return MediaState(media, tracks, listed, server_time)
        with self._lock:
            about = self._by_media.get(media)
        if about is None and self._places:
            raise NotFound(
                "this file is not how its media object is reached now, so whose its tracks are is not known",
                where=media,
                unchanged="Nothing was written.",
                hint="Set `path` under [canvas] in captionkit.toml to what it was when this was written.",
            )
        if about is None:
            return MediaState(media, tracks, None, server_time)
        if fresh_listing or about.is_another(tracks) or about.besides(tracks):
            about = replace(about, listed=self._listed(about.media_id))
            with self._lock:
                self._by_media[media] = about
        if about.is_another(tracks):
            raise LeadsElsewhere(media)
        elsewhere = None if about.listed is None else frozenset(track.id for track in about.listed)
        besides = about.besides(tracks)
        ids = {track.id for track in besides}
        mine = self.canvas.list_tracks(f"media_objects/{about.media_id}") if besides else []
        loose = tuple(track for track in mine if track.id in ids)
        hidden = tuple(track for track in besides if track.id not in {t.id for t in loose})
        return MediaState(media, tracks, hidden or None, server_time, loose, elsewhere)

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

    def _listed(self, media_id: str) -> tuple[RemoteTrack, ...]:
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
            hint="It was deleted, moved, or belongs to another course. The list of media has those that are there.",
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

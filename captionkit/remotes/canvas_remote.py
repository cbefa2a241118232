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
from dataclasses import dataclass, replace

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
    RemoteTrack,
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


@dataclass(frozen=True, slots=True)
class _Located:
    """A file by which a media object is reached, with what the listing showed of the object: the original's tracks.

    Attributes:
        ids: of those tracks; None where the listing left them out.
        besides: those that the original does not show as its own: they belong to the object but to no file, as servers
            of old made them. None until the file was read first; what goes later is not among them.
    """

    media_id: str
    origin: Origin
    ids: frozenset[str] | None
    listed: tuple[ListedTrack, ...]
    besides: tuple[ListedTrack, ...] | None = None

    @property
    def is_copied(self) -> bool:
        return self.origin in (Origin.COPY, Origin.UNKNOWN)

    def listed_as(self, tracks: tuple[ListedTrack, ...]) -> _Located:
        """The same after the listing was asked again."""
        return replace(self, ids=frozenset(track.id for track in tracks), listed=tracks)

    def is_strange(self, tracks: tuple[RemoteTrack, ...]) -> bool:
        """Whether what should be the original shows nothing of what the original has, at the first look."""
        if self.besides is not None or self.is_copied or not self.ids:
            return False
        return bool(tracks) and self.ids.isdisjoint(track.id for track in tracks)

    def once_read(self, media: str, tracks: tuple[RemoteTrack, ...]) -> _Located:
        """What is known after the first read.

        Raises:
            NotFound: where the file shows other tracks than its media object has, and so belongs to another one.
        """
        if self.besides is not None or self.is_copied:
            return self
        if self.is_strange(tracks):
            if self.origin is Origin.LIKELY:
                return replace(self, origin=Origin.UNKNOWN)  # it has tracks of its own, so it is a copy after all
            raise NotFound(
                "this file shows other captions than its recording has: it leads to another recording now",
                where=media,
                unchanged="Nothing was written.",
                hint=_LOOK_AGAIN,
            )
        there = {track.id for track in tracks}
        return replace(self, besides=tuple(track for track in self.listed if track.id not in there))

    def state(self, media: str, tracks: tuple[RemoteTrack, ...], server_time: float | None) -> MediaState:
        """What the file shows, with whose each track is."""
        there = frozenset(track.id for track in tracks)
        lent = there if self.ids is None else there & self.ids
        doubtful = lent if self.origin in (Origin.UNKNOWN, Origin.LIKELY) else frozenset[str]()
        if self.is_copied:
            return MediaState(media, tracks, None, server_time, lent, doubtful, copied=True)
        return MediaState(media, tracks, self.besides or None, server_time, doubtful=doubtful)


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
        """On the path "auto", those whose file is known or can be found are addressed by it. On "media_attachments"
        they are already; what is known of the same file from earlier is added."""
        if self._path == "auto":
            return self._by_file(summaries, known, wanted)
        return tuple(self._with_what_is_known(summary, known.get(summary.media_id)) for summary in summaries)

    def _with_what_is_known(self, summary: MediaSummary, known: MediaFile | None) -> MediaSummary:
        if summary.file is None or known is None or known.id != summary.file.id:
            return summary
        with self._lock:
            about = self._by_media[summary.media]
        origin = Origin.OWN if known.origin is Origin.OWN else summary.file.origin
        tracks = None if about.ids is None else about.listed
        return self._addressed(replace(summary, tracks=tracks), replace(known, origin=origin))

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
        listed = None if tracks is None else frozenset(track.id for track in tracks)
        if listed is not None and file.written in listed:
            file = replace(file, origin=Origin.OWN)
        with self._lock:
            self._by_media[media] = _Located(summary.media_id, file.origin, listed, tracks or ())
        if file.origin is Origin.COPY or (file.origin is not Origin.OWN and file.written):
            tracks = None  # the listing shows the tracks of the original, which are not those of the copy
        return replace(summary, media=media, tracks=tracks, file=file)

    def read(self, media: str, *, fresh_listing: bool) -> MediaState:
        """The tracks of one object with content and, where asked for and needed, everybody's as listed now.

        Which tracks of a copied file are inherited is known only of those that were `located`. For such a file
        `fresh_listing` asks the listing again, after the tracks: what it shows then is the original's.

        Raises:
            NotFound: where the listing does not have the object any more, or a file leads to another recording.
        """
        try:
            found, server_time = self.canvas.list_tracks_timed(media)
        except (NotPermitted, NotFound) as error:
            if media.startswith("media_attachments/") and self._path == "auto":
                error.hint = _LOOK_AGAIN
            raise
        tracks = tuple(found)
        if not media.startswith("media_attachments/"):
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
        if about.is_strange(tracks):
            about = about.listed_as(self._listed(about.media_id))
        about = about.once_read(media, tracks)
        if fresh_listing and about.is_copied:
            about = about.listed_as(self._listed(about.media_id))
        with self._lock:
            self._by_media[media] = about
        return about.state(media, tracks, server_time)

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

"""Recordings of a Canvas, course by course.

Theory of operation. The listing of media objects shows every track of every user, 100 objects a request; the list of
files says by which file each object's tracks can be read whoever made them. So a course costs one request for its name,
one or more for each list, and one for each object that has tracks, which nothing in Canvas's API spares. Courses are
looked at side by side; how many requests that makes at once, and when to wait, the governor of the session decides.
A course that cannot be looked at is a row that says so, and stops no other. Nothing is written to Canvas.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from captionkit.auditing.gather import Gatherer, OnProgress, ignore_progress
from captionkit.auditing.judge import judge, tag_of, with_twins
from captionkit.auditing.model import Origin, Place, Recording, Track
from captionkit.errors import BadToken, CaptionkitError, NoConnection, RemoteError
from captionkit.remotes.canvas.addresses import OWN_FILES

if TYPE_CHECKING:
    from captionkit.auditing.progress import Progress
    from captionkit.lint.checker import Checker
    from captionkit.remotes.canvas.api import Canvas, MediaObject
    from captionkit.sync.ports import RemoteTrack

#: Said for every Canvas: what its API does not show.
OUT_OF_REACH = (
    "Recordings in Panopto, Kaltura, YuJa, Echo360 or Canvas Studio, and videos that pages embed from YouTube, Vimeo "
    "and the like, are no media objects of Canvas. They are not in this report."
)


class Collector(Gatherer):
    """Looks at courses, groups and one's own files.

    Args:
        canvas: where and as whom.
        checker: the rules.
        progress, now, on_progress: see `Gatherer`.
        contents: whether tracks are read; without, only that they are there is known.
        durations: lengths that are known otherwise, in milliseconds, by media id or title.
    """

    def __init__(
        self,
        canvas: Canvas,
        checker: Checker,
        progress: Progress,
        *,
        now: Callable[[], str],
        contents: bool = True,
        durations: Mapping[str, int] | None = None,
        on_progress: OnProgress = ignore_progress,
    ) -> None:
        super().__init__(progress, now=now, on_progress=on_progress)
        self._canvas = canvas
        self._checker = checker
        self._contents = contents
        self._durations = durations or {}

    def _place(self, key: str) -> tuple[Place, list[Recording]]:
        place = Place(key, key, seen_at=self.now())
        try:
            place = self._named(place)
            listed = list(self._canvas.list_media(key))
        except (BadToken, NoConnection):
            raise
        except CaptionkitError as error:
            return replace(place, problem=error.message), []
        files, notes = self._files(key) if any(media.tracks for media in listed) or not listed else ({}, [])
        recordings = []
        for media in listed:
            self.go_on()
            recordings.append(self._recording(key, media, files.get(media.media_id, "")))
        return replace(place, notes=tuple(notes)), recordings

    def _named(self, place: Place) -> Place:
        """The course's name, where Canvas tells it; the audit does not need it."""
        if place.key == OWN_FILES:
            return replace(place, name="My own files")
        answer = self._canvas.session.get(f"/api/v1/{place.key}", [("include[]", "term")])
        try:
            found = answer.json() if answer.status == 200 else None
        except RemoteError:
            found = None
        if not isinstance(found, dict):
            return place
        term = found.get("term")
        return replace(
            place,
            name=str(found.get("name") or place.key),
            sis_id=str(found.get("sis_course_id") or ""),
            term=str(term.get("name") or "") if isinstance(term, dict) else "",
        )

    def _files(self, key: str) -> tuple[dict[str, str], list[str]]:
        if not self._contents:
            return {}, []
        try:
            return {media_id: file.id for media_id, file in self._canvas.files_by_media(key).items()}, []
        except (BadToken, NoConnection):
            raise
        except CaptionkitError as error:
            return {}, [f"The list of files cannot be read ({error.message}), so only tracks of your own were checked."]

    def _recording(self, key: str, media: MediaObject, file: str) -> Recording:
        duration = self._durations.get(media.media_id, self._durations.get(media.title))
        tracks: tuple[Track, ...] | None
        if media.tracks is None:
            tracks = None
        elif not media.tracks or not self._contents:
            tracks = tuple(_as_listed(track) for track in media.tracks)
        else:
            tracks = self._read(media, file, duration)
        return Recording(
            place=key,
            media=f"media_attachments/{file}" if file else f"media_objects/{media.media_id}",
            media_id=media.media_id,
            title=media.title,
            type=media.media_type.partition("/")[0],
            created_at=media.created_at,
            duration_ms=duration,
            tracks=tracks,
            url=f"{self._canvas.session.base_url}/media_objects_iframe/{media.media_id}",
        )

    def _read(self, media: MediaObject, file: str, duration: int | None) -> tuple[Track, ...]:
        address = f"media_attachments/{file}" if file else f"media_objects/{media.media_id}"
        problem = "it belongs to somebody else, and Canvas shows its text only by the file"
        try:
            read = {track.locale: track for track in self._canvas.list_tracks(address)}
        except (BadToken, NoConnection):
            raise
        except CaptionkitError as error:
            read, problem = {}, error.message
        listed = {track.locale: track for track in media.tracks or ()}
        found = []
        for locale in sorted(read.keys() | listed.keys()):
            if locale in read:
                found.append(self._judged(read[locale], duration))
            else:
                found.append(replace(_as_listed(listed[locale]), problem=problem))
        return with_twins(found)

    def _judged(self, track: RemoteTrack, duration: int | None) -> Track:
        plain = Track(
            language=tag_of(track.locale), locale=track.locale, kind=track.kind, owner=track.user_id or "", id=track.id,
            created_at=track.created_at, updated_at=track.updated_at, state=track.workflow_state or "",
            origin=Origin.AUTOMATIC if track.asr else Origin.UNKNOWN,
            origin_reason="Canvas made it" if track.asr else "",
        )  # fmt: skip
        if track.content is None:
            return replace(plain, problem="Canvas does not show the text of tracks to this token")
        if not track.content and track.workflow_state in ("processing", "failed"):
            return replace(plain, problem=f"it is {track.workflow_state}")
        return judge(plain, track.content, self._checker, duration_ms=duration, asr=track.asr)


def _as_listed(track: RemoteTrack) -> Track:
    return Track(
        language=tag_of(track.locale), locale=track.locale, kind=track.kind, id=track.id,
        created_at=track.created_at, updated_at=track.updated_at, state=track.workflow_state or "",
        origin=Origin.AUTOMATIC if track.asr else Origin.UNKNOWN,
        origin_reason="Canvas made it" if track.asr else "", problem="its text was not read",
    )  # fmt: skip

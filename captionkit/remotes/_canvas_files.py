"""By which file of a course a media object is addressed, and whether that file is the original or a copy.

Theory of operation. Captions are best reached by the file: there Canvas shows everybody's tracks, and a course that
was copied has its own. Only the Files API says which file belongs to which media object. Asking for a few files by
name costs a request each, the whole list one for every 100 files; the cheaper way is taken, and what is found is
remembered in the folder's manifest.

Whether a file is a copy matters, because Canvas lends a copy the tracks of its original, and a PUT to the copy can
destroy them there. Canvas does not say it, and times do not tell: a copy is given the creation time of its original
(Attachment#clone_for takes over all attributes but the ids, the user, the folder and the state). What does tell:

- the user who uploaded it, whom a copy never has: the file is the original;
- a track that we wrote through the file, and that the listing shows: the original (`MediaFile.written`);
- a creation time before that of the course itself: it is a copy;
- a creation time after the last import into the course, where no blueprint copies files into it: likely the original.
  Likely only: files that were copied through the API alone (FoldersController#copy_file, #copy_folder), or by a
  blueprint that the course has left, leave no trace.

Where none of these holds, or Canvas does not let us look, it is not known, and the tracks are treated as lent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cached_property

from captionkit.errors import NotFound, NotPermitted, RemoteError
from captionkit.remotes._canvas_json import oldest_files
from captionkit.remotes.canvas import PER_PAGE, Canvas, CanvasFile
from captionkit.sync.ports import MediaFile, Origin


class CourseFiles:
    """The recordings among the files of a course, group or user."""

    def __init__(self, canvas: Canvas, scope: str) -> None:
        self._canvas = canvas
        self._scope = scope

    def of(self, titles: Mapping[str, str], *, listed: int) -> dict[str, MediaFile]:
        """The files of these media objects, by media id; nothing for those that have none which we may see.

        Args:
            titles: media id -> title.
            listed: how many media objects the whole scope has.
        """
        found: dict[str, CanvasFile] = {}
        try:
            if len(titles) * PER_PAGE < listed and all(len(title) >= 2 for title in titles.values()):
                for media_id, title in titles.items():
                    found |= _by_media(self._named(title), {media_id})
            if titles.keys() - found.keys():
                found |= _by_media(self._canvas.list_files(self._scope), titles.keys() - found.keys())
        except (NotPermitted, NotFound):
            pass  # without the list of files everything is addressed by its media id, as before there was one
        return {media_id: MediaFile(file.id, self._origin(file)) for media_id, file in found.items()}

    def _named(self, title: str) -> list[CanvasFile]:
        try:
            return self._canvas.files_page(self._scope, title)
        except RemoteError:
            return []  # only a shortcut: the whole list comes next and says what is wrong

    def _origin(self, file: CanvasFile) -> Origin:
        if file.user_id:
            return Origin.OWN
        made = _instant(file.created_at)
        if made is None:
            return Origin.UNKNOWN
        if self._course_made is not None and made < self._course_made:
            return Origin.COPY
        return Origin.LIKELY if self._last_import is not None and made > self._last_import else Origin.UNKNOWN

    @cached_property
    def _course_made(self) -> datetime | None:
        if not self._scope.startswith("courses/"):
            return None
        try:
            return _instant(self._canvas.course_created_at(self._scope))
        except RemoteError:
            return None  # a question that we can do without

    @cached_property
    def _last_import(self) -> datetime | None:
        """From when on no file can have been copied into the scope; None where that is not known."""
        try:
            if self._scope.startswith("courses/") and self._canvas.has_blueprint(self._scope):
                return None
            ends = [_instant(one.finished_at) for one in self._canvas.list_imports(self._scope)]
        except RemoteError:
            return None  # a question that we can do without
        known = [end for end in ends if end is not None]
        return max(known, default=_LONG_AGO) if len(known) == len(ends) else None


_LONG_AGO = datetime.fromisoformat("0001-01-01T00:00:00Z")


def _by_media(files: Iterable[CanvasFile], wanted: Iterable[str]) -> dict[str, CanvasFile]:
    of_interest = frozenset(wanted)
    return oldest_files(file for file in files if file.media_entry_id in of_interest)


def _instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None

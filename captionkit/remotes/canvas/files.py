"""By which file of a course a media object is addressed.

Theory of operation. Captions are best reached by the file: there Canvas shows everybody's tracks, and a course that
was copied has its own. Only the Files API says which file belongs to which media object. Asking for a few files by
name costs a request each, the whole list one for every 100 files; the cheaper way is taken, and what is found is
remembered in the folder's manifest.

Whether a file is the original or a copy, which shows the tracks of its original, is nothing that can be read: a copy
has its original's creation time and may show a user, and a recording that was made in the editor shows none. The sync
engine asks by writing (`captionkit.sync.object_run`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from captionkit.errors import NotFound, NotPermitted, RemoteError
from captionkit.remotes.canvas.api import PER_PAGE, Canvas, CanvasFile
from captionkit.remotes.canvas.json import oldest_files
from captionkit.sync.ports import MediaFile


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
        return {media_id: MediaFile(file.id) for media_id, file in found.items()}

    def _named(self, title: str) -> list[CanvasFile]:
        try:
            return self._canvas.files_page(self._scope, title)
        except RemoteError:
            return []  # only a shortcut: the whole list comes next and says what is wrong


def _by_media(files: Iterable[CanvasFile], wanted: Iterable[str]) -> dict[str, CanvasFile]:
    of_interest = frozenset(wanted)
    return oldest_files(file for file in files if file.media_entry_id in of_interest)

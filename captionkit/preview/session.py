"""Caption files that are shown, and corrected, while a server runs: the page is made from the files as they are."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from captionkit.documents import loads
from captionkit.files import read_file, unreadable
from captionkit.lint.checker import Checker
from captionkit.model import Document
from captionkit.preview.editing import Editor, digest_of
from captionkit.preview.lanes import Lane, lane
from captionkit.preview.page import Editable, Recording, preview_page
from captionkit.timecode import timecode


class Session:
    """A page about some caption files.

    Args:
        files: each with what it is checked for.
        recording: which the page plays; None for none.
        title: by default the recording's name, else the first file's.

    Attributes:
        editor: takes corrections of these files.
    """

    def __init__(
        self, files: Sequence[tuple[str, Checker]], recording: Recording | None = None, *, title: str = ""
    ) -> None:
        self._files = list(files)
        self._recording = recording
        self._title = title
        self.editor = Editor([(Path(name), partial(_document, name=name, checker=checker)) for name, checker in files])

    def page(self, back: str = "") -> str:
        """The page of the files as they are now.

        Args:
            back: an address that the page leads back to; "" for none.

        Raises:
            LocalError: one of them cannot be read.
        """
        read = [_read(name, checker) for name, checker in self._files]
        return preview_page(
            [one for one, _ in read],
            self._recording,
            title=self._title,
            editable=[one for _, one in read],
            undoable=self.editor.undoable,
            back=back,
        )


def lane_of(name: str, checker: Checker) -> Lane:
    """What the page shows of a file.

    Raises:
        LocalError: it cannot be read.
    """
    return _read(name, checker)[0]


def _read(name: str, checker: Checker) -> tuple[Lane, Editable]:
    try:
        data = read_file(name)
    except OSError as error:
        raise unreadable(name, error) from error
    document = _document(data, name, checker)
    cues = tuple((timecode(cue.start), timecode(cue.end), cue.text) for cue in document.cues)
    return lane(document, checker, name=name), Editable(digest_of(data), cues)


def _document(data: bytes, name: str, checker: Checker) -> Document:
    settings = checker.settings
    return loads(data, path=name, encoding=settings.encoding_of(name), language=settings.language)

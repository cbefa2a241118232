"""How many errors each caption file has, found out in the background: thousands of files take a while."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from pathlib import Path

from captionkit.documents import loads
from captionkit.errors import CaptionkitError
from captionkit.files import read_file
from captionkit.library.local_file import LocalFile
from captionkit.lint.checker import Checker
from captionkit.lint.configuration import read_settings
from captionkit.model import Severity


class Checks:
    """The checks of a folder's files, each as it was when the folder was looked at.

    Args:
        closed: when it is set, no more files are checked.
    """

    def __init__(self, folder: Path, closed: threading.Event) -> None:
        self._folder = folder
        self._closed = closed
        self._errors: dict[tuple[str, str], int] = {}
        self._working: threading.Thread | None = None
        self._lock = threading.Lock()

    def checker(self, path: str) -> Checker:
        """The rules that this file is held against."""
        return Checker(read_settings(self._folder / path).settings)

    def errors_of(self, file: LocalFile) -> int | None:
        """How many errors a file has; None while that is not known."""
        return self._errors.get((file.path, file.local_digest))

    def forget(self, path: str) -> None:
        """A file was changed."""
        for key in list(self._errors):  # at once, since others are added meanwhile
            if key[0] == path:
                del self._errors[key]

    def begin(self, files: Iterable[LocalFile]) -> None:
        """Check these in the background, unless that is done to others."""
        with self._lock:
            if self._working is None or not self._working.is_alive():
                self._working = threading.Thread(target=self._check, args=(files,), name="desk-check", daemon=True)
                self._working.start()

    def _check(self, files: Iterable[LocalFile]) -> None:
        checkers: dict[str, Checker] = {}  # by folder, each of which may have settings of its own
        for file in files:
            if self._closed.is_set():
                return
            try:
                place = file.path.rpartition("/")[0]
                if place not in checkers:
                    checkers[place] = self.checker(file.path)
                document = loads(read_file(file.location), path=file.path, encoding=file.encoding)
                found = checkers[place].check(document, file.path)
            except (CaptionkitError, OSError):
                errors = 1  # it cannot be read
            else:
                errors = sum(one.severity is Severity.ERROR for one in found)
            self._errors[file.path, file.local_digest] = errors

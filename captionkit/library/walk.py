"""Finding the caption and media files of a folder, in the same order everywhere. No file is opened."""

from __future__ import annotations

import os
import stat
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from captionkit.config import Config
from captionkit.errors import LocalError
from captionkit.files import CAPTION_EXTENSIONS, lies_in, reachable
from captionkit.library.globs import Glob
from captionkit.library.match import MEDIA_EXTENSIONS
from captionkit.library.others import is_candidate
from captionkit.library.problems import Problem


@dataclass(frozen=True, slots=True)
class Found:
    """A caption file, before its name is read."""

    path: str
    location: str
    size: int = 0
    mtime_ns: int = 0
    identity: tuple[int, int] = (0, 0)
    is_link: bool = False
    trouble: str = ""

    @property
    def folders(self) -> tuple[str, ...]:
        return tuple(self.path.split("/")[:-1])

    @property
    def stem(self) -> str:
        return self.path.rpartition("/")[2].rpartition(".")[0]


def is_skipped(name: str) -> bool:
    return name.startswith((".", "~$")) or name.endswith((".tmp", "~")) or name == "__MACOSX"


class Walk:
    """Finds caption and media files, in the same order everywhere.

    Attributes:
        others: files that are called as captions in other formats are.
    """

    def __init__(self, folder: Path, config: Config) -> None:
        self.folder = folder
        self.files: list[Found] = []
        self.media: dict[str, str] = {}
        self.problems: list[Problem] = []
        self.excluded: list[str] = []
        self.others: list[Found] = []
        self.unread_folders = False
        self._include = [Glob(glob) for glob in config.include]
        self._exclude = [Glob(glob) for glob in config.exclude]
        self._root = os.path.realpath(folder)
        self._links: list[tuple[str, str]] = []
        self._seen: set[tuple[int, int]] = set()

    def run(self) -> None:
        # Folders that are links come last, and only if they lead to what was not seen by then: so a link to a folder
        # that was, or around in a circle, neither doubles its files nor runs for ever.
        self._look_into(os.fspath(self.folder), "", is_root=True)
        while self._links:
            links, self._links = sorted(self._links), []
            for real, relative in links:
                self._look_into(real, relative)
        self.files.sort(key=lambda f: f.path)
        self.others.sort(key=lambda f: f.path)

    def _look_into(self, top: str, relative: str, *, is_root: bool = False) -> None:
        waiting = [(top, relative)]
        while waiting:
            real, relative = waiting.pop()
            real = reachable(real)
            if not is_root and self._leads_out(real):
                self._cannot_look_into(relative, "it is a link that leads out of the library, and is not followed")
                continue
            try:
                info = os.stat(real)  # noqa: PTH116  thirty thousand files: strings, not Path objects
                if info.st_ino:
                    identity = (info.st_dev, info.st_ino)
                    if identity in self._seen:
                        continue
                    self._seen.add(identity)
                with os.scandir(real) as listing:
                    entries = sorted(listing, key=lambda e: e.name)
            except OSError as error:
                if is_root:
                    raise _no_folder(self.folder, error) from error
                self._cannot_look_into(relative, error.strerror or str(error))
                continue
            is_root = False
            waiting += reversed([place for e in entries if (place := self._take(e, relative)) is not None])

    def _cannot_look_into(self, relative: str, why: str) -> None:
        self.unread_folders = True
        message = f"the folder cannot be looked into: {why}"
        hint = "Until it can be read, nothing is deleted anywhere, since its files may only be out of sight."
        self.problems.append(Problem("LIB001", message, hint, (relative or ".",)))

    def _leads_out(self, path: str) -> bool:
        """Whether this is a link to a place outside of the library: the folder may come from somebody else, and what
        is read here is sent. Windows junctions are seen only by where they lead."""
        real = os.path.realpath(path)
        return real != self._root and not lies_in(real, self._root)

    def _take(self, entry: os.DirEntry[str], above: str) -> tuple[str, str] | None:
        """Note one entry; a folder is returned to be looked into."""
        name = entry.name
        if is_skipped(name):
            return None
        relative = unicodedata.normalize("NFC", f"{above}/{name}" if above else name)
        try:
            if entry.is_dir():
                if entry.is_symlink():
                    self._links.append((entry.path, relative))
                    return None
                return entry.path, relative
        except OSError:
            pass  # a link around in a circle: reported below if it is called like a caption file
        stem, dot, extension = name.rpartition(".")
        extension = f"{dot}{extension}".lower()
        if extension in CAPTION_EXTENSIONS and stem:
            self._take_captions(entry, relative)
        elif extension in MEDIA_EXTENSIONS:
            self.media[relative] = entry.path
        elif is_candidate(name) and self._may_be_looked_at(entry, relative):
            self.others.append(Found(relative, entry.path))
        return None

    def _may_be_looked_at(self, entry: os.DirEntry[str], relative: str) -> bool:
        leads_out = entry.is_symlink() and self._leads_out(entry.path)
        return entry.is_file() and not leads_out and not self._is_left_out(relative)

    def _is_left_out(self, relative: str) -> bool:
        return bool(self._include and not _matches(self._include, relative)) or _matches(self._exclude, relative)

    def _take_captions(self, entry: os.DirEntry[str], relative: str) -> None:
        if self._is_left_out(relative):
            self.excluded.append(relative)
            return
        try:
            info = entry.stat()
        except OSError as error:
            what = (
                "is a link to a file that is not there" if entry.is_symlink() else f"cannot be read: {error.strerror}"
            )
            self.files.append(Found(relative, entry.path, trouble=what))
            return
        trouble = ""
        if entry.is_symlink() and self._leads_out(entry.path):
            trouble = "is a link that leads out of the library, and is not followed"
        elif not stat.S_ISREG(info.st_mode):
            trouble = "is called like a caption file and is no file"
        elif not os.access(reachable(entry.path), os.R_OK):
            trouble = "cannot be read: you have no permission"
        identity = (info.st_dev, info.st_ino)
        self.files.append(
            Found(relative, entry.path, info.st_size, info.st_mtime_ns, identity, entry.is_symlink(), trouble)
        )


def _no_folder(folder: Path, error: OSError) -> LocalError:
    return LocalError(
        f"the folder cannot be looked into: {error.strerror or error}",
        where=str(folder),
        hint="Check the name, and that you may read it.",
    )


def _matches(globs: list[Glob], path: str) -> bool:
    return any(glob.matches(path) for glob in globs)

"""How long the recordings run that lie in the folder beside their captions."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from captionkit.library.match import MEDIA_EXTENSIONS, title_key, without_extension
from captionkit.media_length import duration_ms


class Lengths:
    """Lengths by the name of a recording, each read when it is asked for.

    Args:
        recordings: the files, relative path to real path, as `captionkit.library.scan.Library.recordings` has them.
    """

    def __init__(self, recordings: Mapping[str, str]) -> None:
        self._files: dict[str, list[str]] = {}
        for relative, location in recordings.items():
            key = _key(relative)
            self._files.setdefault(key, []).append(location)

    def of(self, name: str) -> int:
        """Milliseconds; 0 where there is no such recording, it does not say, or two of this name say otherwise."""
        found = [duration_ms(Path(file)) or 0 for file in self._named(name)]
        return max(found) if found and max(found) - min(found) < 1000 else 0

    def file_of(self, name: str) -> str:
        """Where a recording of this name lies; "" where there is none."""
        return next(iter(self._named(name)), "")

    def _named(self, name: str) -> list[str]:
        files = self._files.get(_key(name), ()) if name else ()
        return [file for file in files if Path(file).is_file()]


def _key(path: str) -> str:
    return title_key(without_extension(os.path.basename(path)))  # noqa: PTH119  thousands of these


def lengths_beside(captions: Iterable[str]) -> Lengths:
    """The lengths of the recordings that lie beside these files, or in the folder above: `talk.mp4`, `en/talk.srt`."""
    folders = {os.path.dirname(path) for path in captions}  # noqa: PTH120  strings, for thousands of files
    folders |= {os.path.join(folder, os.pardir) for folder in folders}  # noqa: PTH118
    found: dict[str, str] = {}
    for folder in sorted(folders):
        with suppress(OSError), os.scandir(folder or os.curdir) as entries:
            for entry in entries:
                if os.path.splitext(entry.name)[1].lower() in MEDIA_EXTENSIONS:  # noqa: PTH122
                    found[os.path.realpath(entry.path)] = entry.path
    return Lengths(found)

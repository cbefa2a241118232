"""How long the recordings run that lie in the folder beside their captions."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from captionkit.library.match import title_key, without_extension
from captionkit.media_length import duration_ms


class Lengths:
    """Lengths by the name of a recording, each read when it is asked for.

    Args:
        recordings: the files, relative path to real path, as `captionkit.library.scan.Library.recordings` has them.
    """

    def __init__(self, recordings: Mapping[str, str]) -> None:
        self._files: dict[str, list[str]] = {}
        for relative, location in recordings.items():
            key = title_key(without_extension(relative.rpartition("/")[2]))
            self._files.setdefault(key, []).append(location)

    def of(self, name: str) -> int:
        """Milliseconds; 0 where there is no such recording, it does not say, or two of this name say otherwise."""
        files = self._files.get(title_key(without_extension(name.rpartition("/")[2])), ()) if name else ()
        found = [duration_ms(Path(file)) or 0 for file in files if Path(file).is_file()]
        return max(found) if found and max(found) - min(found) < 1000 else 0

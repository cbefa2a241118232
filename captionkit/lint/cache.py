"""What was found last time, so that an unchanged file is not read again.

One file for each set of settings in the user's cache folder ($CAPTIONKIT_CACHE_DIR, else $XDG_CACHE_HOME/captionkit,
else ~/.cache/captionkit; ~/Library/Caches and %LOCALAPPDATA% where those are the custom): nothing appears beside the
captions. A file is unchanged if its size, its time of change (in nanoseconds) and its inode are. A cache that cannot be
read or written, or is not as it was written, is as good as none: nothing here ever fails a check.
"""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import Any

from captionkit import __version__
from captionkit.errors import CaptionkitError
from captionkit.files import read_file
from captionkit.lint.run import Packed
from captionkit.lint.settings import Settings

#: Changes when the rules or this file's layout change in a way that `__version__` does not show.
_LAYOUT = 7

#: Bytes of the digest in front.
_DIGEST = 32

#: A file written this shortly before it was looked at may be written again within the clock's step.
_YOUNG_NS = 50_000_000


class Cache:
    """Findings by path, for one set of settings.

    Args:
        file: where it is kept.
        known: path -> [stamp, counts, rows, facts], the latter three as in `Packed`.
    """

    def __init__(self, file: Path, known: dict[str, Any]) -> None:
        self.file = file
        self._known = known
        self._stamps: dict[str, list[int] | None] = {}
        self._changed = False

    @classmethod
    def open(cls, settings: Settings) -> Cache:
        """The cache for these settings; an empty one where there is none."""
        import marshal
        from hashlib import sha256

        file = folder() / f"check-{settings.fingerprint()}-{_rules_stamp()}.bin"
        known: dict[str, Any] = {}
        # marshal builds no objects and runs no code, but takes damaged data badly. So it reads only what is whole and
        # ours: in the user's own folder, below its own digest.
        with contextlib.suppress(OSError, ValueError, EOFError, TypeError):
            data = read_file(file)
            if sha256(data[_DIGEST:]).digest() == data[:_DIGEST]:
                known = marshal.loads(data[_DIGEST:])
        return cls(file, known)

    def get(self, path: str) -> Packed | None:
        """The findings of a file that has not changed; None where that is not known."""
        entry = self._known.get(_key(path))
        stamp = self._stamps[path] = _stamp(path)
        if entry is None or stamp is None or entry[0] != stamp:
            return None
        return Packed(*entry[1:])

    def put(self, path: str, found: Packed) -> None:
        """Remember what was found, as of when `get` looked at the file."""
        stamp = self._stamps.get(path)
        if stamp is None or stamp != _stamp(path):
            return
        self._known[_key(path)] = [stamp, *found]
        self._changed = True

    def save(self) -> None:
        """Write it down."""
        import marshal
        from hashlib import sha256

        from captionkit.files import write_atomically

        if self._changed:
            with contextlib.suppress(OSError, CaptionkitError, ValueError):
                self.file.parent.mkdir(parents=True, exist_ok=True)
                data = marshal.dumps(self._known)
                write_atomically(self.file, sha256(data).digest() + data)


def folder() -> Path:
    """Where caches are kept."""
    chosen = os.environ.get("CAPTIONKIT_CACHE_DIR")
    if chosen:
        return Path(chosen)
    system: str = sys.platform  # the type checker looks at one platform at a time
    if system == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home())) / "captionkit" / "cache"
    if system == "darwin":
        return Path.home() / "Library" / "Caches" / "captionkit"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "captionkit"


def _key(path: str) -> str:
    return path if os.path.isabs(path) else os.path.abspath(path)  # noqa: PTH100, PTH117  thousands of these


def _stamp(path: str) -> list[int] | None:
    import time

    try:
        status = os.stat(path)  # noqa: PTH116
    except OSError:
        return None
    if abs(time.time_ns() - status.st_mtime_ns) < _YOUNG_NS:
        return None
    return [status.st_size, status.st_mtime_ns, status.st_ino]


def _rules_stamp() -> str:
    """Differs where the rules do: a checkout changes them without changing the version."""
    from hashlib import sha256

    here = Path(__file__).parent
    newest = max(
        file.stat().st_mtime_ns
        for place in (here, here / "rules", here.parent / "formats", here.parent / "markup")
        for file in place.glob("*.py")
    )
    return sha256(f"{__version__} {_LAYOUT} {sys.version_info[:2]} {newest}".encode()).hexdigest()[:12]

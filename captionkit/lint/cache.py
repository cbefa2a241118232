"""What was found last time, so that an unchanged file is not read again.

One SQLite file for each set of settings in the user's cache folder ($CAPTIONKIT_CACHE_DIR, else
$XDG_CACHE_HOME/captionkit, else ~/.cache/captionkit; ~/Library/Caches and %LOCALAPPDATA% where those are the custom):
nothing appears beside the captions. A file is unchanged if its size, its time of change (in nanoseconds) and its inode
are. A cache that cannot be read or written, or is not as it was written, is as good as none: nothing here ever fails a
check.
"""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from captionkit import __version__
from captionkit.lint.results import Packed
from captionkit.lint.settings import Settings

if TYPE_CHECKING:
    import sqlite3

#: Changes when the rules or this file's layout change in a way that `__version__` does not show.
_LAYOUT = 8

#: Bytes of the digest beside each file's findings.
_DIGEST = 16

#: So many files are written down together.
_TOGETHER = 500

#: A file written this shortly before it was looked at may be written again within the clock's step.
_YOUNG_NS = 50_000_000


class Cache:
    """Findings by path, for one set of settings: a table in a file, of which only what is asked for is in memory.

    Args:
        file: where it is kept.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self._stamps: dict[str, int | None] = {}
        self._unsaved = 0
        self._table: sqlite3.Connection | None = None

    @classmethod
    def open(cls, settings: Settings) -> Cache:
        """The cache for these settings; an empty one where there is none."""
        return cls(folder() / f"check-{settings.fingerprint()}-{_rules_stamp()}.db")

    def _rows(self, statement: str, *values: object, again: bool = True) -> list[Any]:
        """What the table answers; nothing where it is damaged, locked, or cannot be made."""
        try:
            import sqlite3
        except ImportError:  # a Python that was built without it
            return []
        try:
            if self._table is None:
                self.file.parent.mkdir(parents=True, exist_ok=True)
                self._table = sqlite3.connect(self.file, timeout=1, check_same_thread=False)
                # The worst that a power cut can do is to lose what can be found again.
                self._table.execute("pragma synchronous = off")
                self._table.execute(
                    "create table if not exists files (path blob primary key, stamp integer, digest blob, found blob)"
                    " without rowid"
                )
            return self._table.execute(statement, values).fetchall()
        except sqlite3.OperationalError:  # locked, full, not to be written
            return []
        except (sqlite3.DatabaseError, OSError):
            self.close()
            if again:
                with contextlib.suppress(OSError):
                    self.file.unlink()
                return self._rows(statement, *values, again=False)
            return []

    def knows(self, path: str) -> bool:
        """Whether the findings are known of a file that has not changed. Now is when `put` goes by."""
        stamp = _stamp(path)
        rows = self._rows("select stamp from files where path = ?", _key(path)) if stamp is not None else []
        if rows and rows[0][0] == stamp:
            return True
        self._stamps[path] = stamp
        return False

    def get(self, path: str) -> Packed | None:
        """The findings of a file that has not changed; None where that is not known."""
        import marshal
        from hashlib import blake2b

        stamp = _stamp(path)
        if stamp is None:
            return None
        rows = self._rows("select stamp, digest, found from files where path = ?", _key(path))
        # marshal builds no objects and runs no code, but takes damaged data badly. So it reads only what is whole and
        # ours: in the user's own folder, beside its own digest.
        for known, digest, found in rows:
            if known == stamp and isinstance(found, bytes) and blake2b(found, digest_size=_DIGEST).digest() == digest:
                with contextlib.suppress(ValueError, EOFError, TypeError):
                    return Packed(*marshal.loads(found))
        return None

    def put(self, path: str, found: Packed) -> None:
        """Remember what was found, as of when `knows` looked at the file."""
        import marshal
        from hashlib import blake2b

        stamp = self._stamps.pop(path, None)
        if stamp is None or stamp != _stamp(path):
            return
        data = marshal.dumps(tuple(found))
        digest = blake2b(data, digest_size=_DIGEST).digest()
        self._rows("insert or replace into files values (?, ?, ?, ?)", _key(path), stamp, digest, data)
        self._unsaved += 1
        if self._unsaved >= _TOGETHER:
            self.save()

    def save(self) -> None:
        """Write it down. Meanwhile nobody else can write."""
        self._unsaved = 0
        if self._table is not None:
            with contextlib.suppress(Exception):  # nothing here ever fails a check
                self._table.commit()

    def close(self) -> None:
        """Write it down, and let go of the file."""
        self.save()
        if self._table is not None:
            self._table.close()
        self._table = None

    def __del__(self) -> None:
        self.close()


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


def _key(path: str) -> bytes:
    return os.fsencode(path if os.path.isabs(path) else os.path.abspath(path))  # noqa: PTH100, PTH117  thousands of these


def _stamp(path: str) -> int | None:
    import time

    try:
        status = os.stat(path)  # noqa: PTH116
    except OSError:
        return None
    if abs(time.time_ns() - status.st_mtime_ns) < _YOUNG_NS:
        return None
    # Of whole numbers, and so the same in every process.
    return hash((status.st_size, status.st_mtime_ns, status.st_ino))


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

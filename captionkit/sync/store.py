"""The folder's `.captionkit/` on disk, and the caption files beside it. The only file of `sync` that touches the disk.

    .captionkit/manifest.jsonl        what was last verified; keep it in git with the captions
    .captionkit/manifest.prev.jsonl   the one before
    .captionkit/lock                  held by the captionkit that works here; the kernel frees it when that one dies
    .captionkit/runs/<name>/          plan.json, journal.jsonl, backup/...; not for git

Every write is durable when its method returns: files by temporary file, fsync and replace, the journal by append and
fsync.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import sys
import time
import unicodedata
import uuid
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from captionkit.errors import LocalError, LockHeld, StaleError
from captionkit.files import sync, sync_folder, write_atomically
from captionkit.sync.state import digest_of

_UNTOUCHED = "Nothing was sent to Canvas and nothing was changed."


class SystemClock:
    """The real time."""

    def now(self) -> float:
        return time.time()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class FolderStore:
    """`Store` and `Files` for a folder on disk.

    Args:
        folder: the caption folder; must exist.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / ".captionkit"
        self._journals: dict[str, int] = {}
        self._decomposed: dict[Path, dict[str, str]] = {}

    # --- Store --------------------------------------------------------------------------------------------------

    @property
    def manifest_path(self) -> Path:
        return self.home / "manifest.jsonl"

    def load_manifest(self) -> bytes | None:
        try:
            return self.manifest_path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _unreadable(self.manifest_path, error) from error

    def save_manifest(self, data: bytes) -> None:
        self._make_home()
        with contextlib.suppress(FileNotFoundError):
            write_atomically(self.home / "manifest.prev.jsonl", self.manifest_path.read_bytes())
        write_atomically(self.manifest_path, data)

    def save_plan(self, run: str, data: bytes) -> None:
        self._make_home()
        write_atomically(self._run_folder(run) / "plan.json", data)

    def append_journal(self, run: str, record: bytes) -> None:
        path = self.home / "runs" / run / "journal.jsonl"
        try:
            handle = self._journals.get(run)
            if handle is None:
                self._run_folder(run)
                flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0)
                handle = self._journals[run] = os.open(path, flags, 0o666)
                sync_folder(path.parent)
                if _is_torn(handle):
                    record = b"\n" + record
            line = record + b"\n"
            while line:
                line = line[os.write(handle, line) :]
            sync(handle)
        except OSError as error:
            raise LocalError(
                f"cannot write the journal: {error.strerror or error}",
                where=str(path),
                unchanged="Nothing more was sent to Canvas.",
                hint="Make room on the disk, then run `captionkit status` to see where things stand.",
            ) from error

    def read_journal(self, run: str) -> list[bytes]:
        path = self.home / "runs" / run / "journal.jsonl"
        try:
            lines = path.read_bytes().split(b"\n")
        except FileNotFoundError:
            return []
        except OSError as error:
            raise _unreadable(path, error) from error
        # What follows the last line feed was being written when the power went.
        return [line for line in lines[:-1] if line]

    def save_backup(self, run: str, name: str, data: bytes) -> None:
        path = self.home / "runs" / run / "backup" / name
        _make_folder(path.parent)
        write_atomically(path, data)

    def load_plan(self, run: str) -> bytes | None:
        try:
            return (self.home / "runs" / run / "plan.json").read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _unreadable(self.home / "runs" / run / "plan.json", error) from error

    def load_backup(self, run: str, name: str) -> bytes:
        return self.read_file(self.backup_path(run, name))

    def backup_path(self, run: str, name: str) -> str:
        return f".captionkit/runs/{run}/backup/{name}"

    def runs(self) -> list[str]:
        try:
            return sorted(entry.name for entry in (self.home / "runs").iterdir() if entry.is_dir())
        except FileNotFoundError:
            return []
        except OSError as error:
            raise _unreadable(self.home / "runs", error) from error

    # --- Files --------------------------------------------------------------------------------------------------

    def read_file(self, path: str) -> bytes:
        full = self._place(path)
        try:
            return full.read_bytes()
        except OSError as error:
            raise _unreadable(full, error) from error

    def write_file(self, path: str, data: bytes, *, was: str) -> None:
        full = self._place(path)
        _make_folder(full.parent)
        # Asked at the last moment: writing may take the disk seconds, in which somebody may save the file.
        write_atomically(full, data, before_replacing=lambda: self._must_be(full, was))

    def remove_file(self, path: str, *, was: str) -> None:
        full = self._place(path)
        self._must_be(full, was)
        try:
            full.unlink()
        except OSError as error:
            raise LocalError(f"cannot delete: {error.strerror or error}", where=str(full)) from error
        sync_folder(full.parent)

    def exists(self, path: str) -> bool:
        return os.path.lexists(self._place(path))

    def _place(self, path: str) -> Path:
        """Where the file of this path is, or would be.

        Paths have accents composed (NFC). On macOS, and in what was copied from there, names may have them decomposed,
        which other systems take for other names.
        """
        full = self.folder / path
        if path.isascii() or os.path.lexists(full):
            return full
        place = self.folder
        for part in PurePosixPath(path).parts:
            if not part.isascii() and not os.path.lexists(place / part):
                part = self._names_in(place).get(part, part)
            place /= part
        return place

    def _names_in(self, folder: Path) -> dict[str, str]:
        """The names in a folder that are not composed, by what they would be then. Listed once: folders are large."""
        names = self._decomposed.get(folder)
        if names is None:
            with contextlib.suppress(OSError):
                listed = [entry.name for entry in folder.iterdir()]
                names = {unicodedata.normalize("NFC", n): n for n in listed if not unicodedata.is_normalized("NFC", n)}
            names = self._decomposed[folder] = names or {}
        return names

    def _must_be(self, full: Path, was: str) -> None:
        """Refuse to replace a file that is not what the caller has seen: somebody saved it meanwhile."""
        try:
            now = digest_of(full.read_bytes())
        except FileNotFoundError:
            now = ""
        except OSError as error:
            raise _unreadable(full, error) from error
        if now != was:
            what = "was deleted" if not now else "was changed" if was else "has been made"
            raise StaleError(f"the file {what} while captionkit was at work", where=str(full), unchanged="It stays so.")

    # --- the rest -----------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def lock(self, command: str) -> Iterator[None]:
        """Be the only captionkit that works on this folder.

        Raises:
            LockHeld: naming who holds it.
        """
        from filelock import FileLock, Timeout

        self._make_home()
        holder = self.home / "lock.json"
        guard = FileLock(self.home / "lock")
        try:
            guard.acquire(timeout=0)
        except Timeout as error:
            raise LockHeld(
                f"another captionkit works on this folder{_who(holder)}",
                where=str(self.folder),
                unchanged=_UNTOUCHED,
                hint="Wait until it is done. The lock goes away by itself when that captionkit ends, however it ends.",
            ) from error
        except OSError as error:
            raise LocalError(
                f"cannot lock the folder: {error.strerror or error}", where=str(self.home), unchanged=_UNTOUCHED
            ) from error
        try:
            about = {"pid": os.getpid(), "host": socket.gethostname(), "command": command, "since": time.time()}
            write_atomically(holder, json.dumps(about).encode())
            yield
        finally:
            with contextlib.suppress(OSError):
                holder.unlink()
            for handle in self._journals.values():
                os.close(handle)
            self._journals.clear()
            guard.release()

    def new_lineage(self) -> str:
        """A name for this folder that no other folder has."""
        return str(uuid.uuid4())

    def new_run(self, plan_id: str) -> str:
        """A name for a run: when, to the millisecond, and of which plan. Sorts after every run before it."""
        ms = time.time_ns() // 1_000_000
        last = max(self.runs(), default="")
        while True:
            when = time.strftime("%Y%m%dT%H%M%S", time.gmtime(ms // 1000)) + f"{ms % 1000:03d}Z"
            if not last or when > last.partition("-")[0]:
                return f"{when}-{plan_id.removeprefix('sha256:')[:8]}"
            ms += 1

    def _run_folder(self, run: str) -> Path:
        folder = self.home / "runs" / run
        _make_folder(folder)
        return folder

    def _make_home(self) -> None:
        if self.home.is_dir():
            return
        _make_folder(self.home)
        write_atomically(self.home / ".gitignore", b"lock\nlock.json\nruns/\nmanifest.prev.jsonl\n")
        write_atomically(self.home / ".gitattributes", b"manifest.jsonl merge=union text eol=lf\n")
        if sys.platform == "win32":
            import ctypes

            ctypes.windll.kernel32.SetFileAttributesW(str(self.home), 2)  # hidden, as the dot says elsewhere


def _is_torn(handle: int) -> bool:
    """Whether the last line of a journal was being written when its writer died."""
    size = os.lseek(handle, 0, os.SEEK_END)
    if size == 0:
        return False
    os.lseek(handle, size - 1, os.SEEK_SET)
    return os.read(handle, 1) != b"\n"


def _make_folder(folder: Path) -> None:
    if folder.is_dir():
        return
    try:
        if not folder.parent.is_dir():
            _make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise LocalError(
            f"cannot make the folder: {error.strerror or error}",
            where=str(folder),
            unchanged="Nothing was sent to Canvas.",
            hint="Check that you may write there and that the disk is not full.",
        ) from error
    sync_folder(folder.parent)


def _unreadable(path: Path, error: OSError) -> LocalError:
    return LocalError(f"cannot read: {error.strerror or error}", where=str(path), unchanged=_UNTOUCHED)


def _who(holder: Path) -> str:
    try:
        about = json.loads(holder.read_text())
        since = time.strftime("%H:%M:%S", time.localtime(about["since"]))
        return f": `captionkit {about['command']}`, process {about['pid']} on {about['host']}, since {since}"
    except (OSError, ValueError, KeyError, TypeError):
        return ""

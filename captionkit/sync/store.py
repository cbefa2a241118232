"""The folder's `.captionkit/` on disk, and the caption files beside it. The only file of `sync` that touches the disk.

    .captionkit/manifest.jsonl        what was last verified; keep it in git with the captions
    .captionkit/manifest.prev.jsonl   the one before
    .captionkit/lock                  held by the captionkit that works here; the kernel frees it when that one dies
    .captionkit/runs/<name>/          plan.json, journal.jsonl, backup/...; not for git

Every write is durable when its method returns: files by temporary file, fsync and replace, the journal by append and
fsync.

No path leaves the folder, whoever calls: a caption file may be a link to another file of the folder, and nothing in
`.captionkit/` may be a link at all, since what is there is written over.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import socket
import sys
import time
import unicodedata
import uuid
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path, PurePosixPath

from captionkit.decoding import digest_of_file
from captionkit.errors import LeadsOutside, LocalError, LockHeld, StaleError
from captionkit.files import is_same_path, reachable, read_file, real_place, sync, sync_folder, why, write_atomically
from captionkit.sync.state import is_caption_path

_UNTOUCHED = "Nothing was sent to Canvas and nothing was changed."


#: How the folder of a run is called while it is being removed.
_REMOVED = ".removed-"


def who_is_here() -> str:
    """The name under which somebody is logged in to this computer, "" where it has none."""
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a container without an entry for its user; Windows without USERNAME
        return ""


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
        return _read(self._own("manifest.jsonl"))

    def save_manifest(self, data: bytes) -> None:
        self._make_home()
        before = _read(self._own("manifest.jsonl"))
        if before is not None:
            write_atomically(self._own("manifest.prev.jsonl"), before)
        write_atomically(self._own("manifest.jsonl"), data)

    def save_plan(self, run: str, data: bytes) -> None:
        self._make_home()
        write_atomically(self._of_run(run, "plan.json", make=True), data)

    def append_journal(self, run: str, record: bytes) -> None:
        path = self._of_run(run, "journal.jsonl", make=True)
        try:
            handle = self._journals.get(run)
            if handle is None:
                flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
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
                hint="Make room on the disk, then look at the status to see where things stand.",
            ) from error

    def read_journal(self, run: str) -> list[bytes]:
        lines = (_read(self._of_run(run, "journal.jsonl")) or b"").split(b"\n")
        # What follows the last line feed was being written when the power went.
        return [line for line in lines[:-1] if line]

    def save_backup(self, run: str, name: str, data: bytes) -> None:
        write_atomically(self._of_run(run, f"backup/{name}", make=True), data)

    def load_plan(self, run: str) -> bytes | None:
        return _read(self._of_run(run, "plan.json"))

    def load_backup(self, run: str, name: str) -> bytes:
        return self.read_file(self.backup_path(run, name))

    def backup_path(self, run: str, name: str) -> str:
        return f".captionkit/runs/{run}/backup/{name}"

    def runs(self) -> list[str]:
        folder = self._own("runs")
        try:
            # What is a link is no run of ours: `_of_run` would refuse it. What holds nothing was never begun: not even
            # its plan could be written.
            return sorted(
                entry.name
                for entry in folder.iterdir()
                if entry.is_dir() and _is_real(entry) and not entry.name.startswith(_REMOVED) and any(entry.iterdir())
            )
        except FileNotFoundError:
            return []
        except OSError as error:
            raise _unreadable(folder, error) from error

    def remove_run(self, run: str) -> None:
        """Remove a run and all that it saved. One that is half removed is no run any more.

        Raises:
            LocalError: the disk refuses.
        """
        place = self._own(f"runs/{run}")
        gone = place.with_name(_REMOVED + place.name)
        try:
            place.rename(gone)
            for folder in place.parent.glob(_REMOVED + "*"):
                shutil.rmtree(folder)
        except OSError as error:
            raise LocalError(
                f"cannot remove an old run: {error.strerror or error}",
                where=str(place),
                hint='If you want to keep them all: keep_runs = "all" under [sync] in captionkit.toml.',
            ) from error

    # --- Files --------------------------------------------------------------------------------------------------

    def read_file(self, path: str) -> bytes:
        data = _read(self._place(path))
        if data is None:
            raise LocalError("cannot read: there is no such file", where=str(self.folder / path), unchanged=_UNTOUCHED)
        return data

    def write_file(self, path: str, data: bytes, *, was: str) -> None:
        full = self._caption_place(path)
        self._make(full.parent)
        # Asked at the last moment: writing may take the disk seconds, in which somebody may save the file.
        write_atomically(full, data, before_replacing=lambda: self._must_be(full, was))

    def remove_file(self, path: str, *, was: str) -> None:
        self._must_be(self._caption_place(path), was)
        full = Path(reachable(str(self._named(path))))
        try:
            full.unlink()
        except OSError as error:
            raise LocalError(f"cannot delete: {why(error, full)}", where=str(full), unchanged="It is still there.",
                             hint="Check that no program has it open and that it is not marked as read-only."
                             ) from error  # fmt: skip
        sync_folder(full.parent)

    def exists(self, path: str) -> bool:
        self._place(path)
        return os.path.lexists(reachable(str(self._named(path))))

    def _caption_place(self, path: str) -> Path:
        """As `_place`, for a file that is changed: it is a caption file, and not one that programs are run from.

        Raises:
            LeadsOutside: it is anything else.
        """
        if not is_caption_path(path):
            raise LeadsOutside(
                "this is no caption file of the folder, so it is left alone", where=f"{self.folder}: {path[:300]!r}"
            )
        return self._place(path)

    def _place(self, path: str) -> Path:
        """Where the file of this path really is, or would be.

        Raises:
            LeadsOutside: that is not in the folder.
        """
        place = real_place(self.folder, path)
        if not path.isascii():
            place = real_place(self.folder, self._named(path).relative_to(self.folder).as_posix())
        return Path(reachable(place))

    def _named(self, path: str) -> Path:
        """The file of this path, which may be a link.

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
            now = digest_of_file(read_file(full))
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
        holder = self._own("lock.json")
        guard = FileLock(self._own("lock"))
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

    def held_by(self) -> str | None:
        """Who works on this folder, as words to follow "another captionkit works on this folder"; None for nobody.

        Looks and writes nothing.
        """
        lock, holder = self._own("lock"), self._own("lock.json")
        return _who(holder) if lock.is_file() and _is_locked(lock) else None

    def new_lineage(self) -> str:
        """A name for this folder that no other folder has; the same one each time, until a manifest keeps it."""
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"captionkit:{socket.gethostname()}:{os.path.realpath(self.folder)}"))

    def new_run(self, plan_id: str) -> str:
        """A name for a run: when, to the millisecond, and of which plan. Sorts after every run before it."""
        ms = max(time.time_ns() // 1_000_000, max(map(_ms_of, self.runs()), default=0) + 1)
        when = time.strftime("%Y%m%dT%H%M%S", time.gmtime(ms // 1000)) + f"{ms % 1000:03d}Z"
        return f"{when}-{plan_id.removeprefix('sha256:')[:8]}"

    def _own(self, name: str) -> Path:
        """A file or folder of ours below `.captionkit/`; "" for that folder itself.

        Raises:
            LeadsOutside: the name is no path below it, or a part of it is a link.
        """
        path = f".captionkit/{name}" if name else ".captionkit"
        place = self._place(path)
        if not is_same_path(place, Path(os.path.realpath(self.folder), *path.split("/"))):
            raise LeadsOutside(
                "this is a link, or lies behind one, and captionkit writes over what is there",
                where=str(self.folder / path),
                unchanged=_UNTOUCHED,
                hint="If you do not know why the link is there, delete it. captionkit makes what it needs.",
            )
        return place

    def _of_run(self, run: str, name: str, *, make: bool = False) -> Path:
        """A file of one run; its folder is made where `make`."""
        if "/" in run or os.sep in run:
            raise LeadsOutside("this is no name of a run", where=repr(run[:200]), unchanged=_UNTOUCHED)
        place = self._own(f"runs/{run}/{name}")
        if make:
            self._make(place.parent)
        return place

    def _make(self, folder: Path) -> None:
        """Make a folder in this one, which itself is never made anew: it was moved, or its drive is gone."""
        if not self.folder.is_dir():
            raise LocalError(
                "the folder is not there any more",
                where=str(self.folder),
                unchanged="Nothing more was sent to Canvas.",
                hint="It was moved, or its drive is gone. Once it is there again, the run can be resumed.",
            )
        _make_folder(folder)

    def _make_home(self) -> None:
        home = self._own("")
        if home.is_dir():
            return
        self._make(home)
        write_atomically(self._own(".gitignore"), b"lock\nlock.json\nruns/\nmanifest.prev.jsonl\n")
        write_atomically(self._own(".gitattributes"), b"manifest.jsonl merge=union text eol=lf\n")
        if sys.platform == "win32":
            import ctypes

            ctypes.windll.kernel32.SetFileAttributesW(str(home), 2)  # hidden, as the dot says elsewhere


def _ms_of(run: str) -> int:
    """When a run began, by its name, in milliseconds since the epoch; 0 where the name does not say."""
    found = re.fullmatch(r"(\d{8}T\d{6})(\d{3})Z-.*", run)
    try:
        began = datetime.strptime(f"{found[1]}+0000", "%Y%m%dT%H%M%S%z") if found else None
    except ValueError:
        return 0
    return 0 if began is None or began.year > 9000 else int(began.timestamp()) * 1000 + int(found[2] if found else 0)


def _is_real(folder: Path) -> bool:
    """Whether this is no link."""
    return is_same_path(os.path.realpath(folder), Path(os.path.realpath(folder.parent), folder.name))


def _is_locked(lock: Path) -> bool:
    """Whether a process holds this lock now. The file is only read."""
    try:
        handle = os.open(lock, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    except OSError:
        return False
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
            msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False


def _read(path: Path) -> bytes | None:
    """The bytes of a file, None where it is not there."""
    try:
        if path.exists() and not path.is_file():
            raise LocalError("this is no regular file, so it is not read", where=str(path), unchanged=_UNTOUCHED)
        return read_file(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unreadable(path, error) from error


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
            f"cannot make the folder: {why(error, folder)}",
            where=str(folder),
            unchanged="Nothing was sent to Canvas.",
            hint="Check that you may write there and that the disk is not full.",
        ) from error
    sync_folder(folder.parent)


def _unreadable(path: Path, error: OSError) -> LocalError:
    return LocalError(f"cannot read: {why(error, path)}", where=str(path), unchanged=_UNTOUCHED)


def _who(holder: Path) -> str:
    try:
        about = json.loads(holder.read_text(encoding="utf-8"))
        since = time.strftime("%H:%M:%S", time.localtime(about["since"]))
        return f": `captionkit {about['command']}`, process {about['pid']} on {about['host']}, since {since}"
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return ""

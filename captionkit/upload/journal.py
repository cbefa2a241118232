"""What an upload did, one JSON object a line, each durable before the next step.

    {"key": "9f…", "state": "begun", "media": "9001", "source": "lecture.mp4", "at": 1795300144.9}

`begun`: a place to send the file to was given; its address is a secret and is not here, so an upload that breaks off
now is sent anew, to a new place, and the old one is never completed and so never seen. `sent`: the host has the whole
file. `creating`: a request that makes a media from an address is about to leave. `created`: the media is there.
`caption`: one of its caption files is. `done`: everything is. `again`: the user wants it once more.

A torn last line, written while the power went, is passed over. No token, no signed address and no text of a caption
is ever written here.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from captionkit.errors import LocalError, LockHeld
from captionkit.files import sync, sync_folder

BEGUN, SENT, CREATING, CREATED, CAPTION, DONE, AGAIN = (
    "begun", "sent", "creating", "created", "caption", "done", "again",
)  # fmt: skip


@dataclass(slots=True)
class Past:
    """How far one item got.

    Attributes:
        state: the last one, "" for an item that is new.
        media_id: of the media, or of what will be one.
        at: when, seconds since the epoch. captions: languages that were sent and verified.
    """

    state: str = ""
    media_id: str = ""
    at: float = 0.0
    captions: set[str] = field(default_factory=set)


class UploadJournal:
    """A journal file. Its methods may be called from several threads.

    Args:
        path: the file; made with the first record.

    Raises:
        LocalError: it is there and cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle: int | None = None
        self._guard = threading.Lock()
        self._pasts: dict[str, Past] = {}

    @contextmanager
    def open(self) -> Iterator[UploadJournal]:
        """Read it, and keep it for this process alone.

        Raises:
            LockHeld: another captionkit uploads with it.
        """
        from filelock import FileLock, Timeout

        lock = FileLock(self.path.with_name(f"{self.path.name}.lock"))
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            lock.acquire(timeout=0)
        except Timeout:
            raise LockHeld(
                "another captionkit is uploading", where=str(self.path), unchanged="Nothing was sent.",
                hint="Wait until it is done, or give this one a journal of its own: --journal FILE",
            ) from None  # fmt: skip
        except OSError as error:
            raise self._failed(error) from None
        try:
            self._read()
            yield self
        finally:
            if self._handle is not None:
                os.close(self._handle)
                self._handle = None
            lock.release()

    def past(self, key: str) -> Past:
        """How far an item got."""
        with self._guard:
            return self._pasts.setdefault(key, Past())

    def write(self, key: str, state: str, **more: str) -> None:
        """Make one record durable.

        Raises:
            LocalError: the disk does not take it; nothing may be sent then.
        """
        record = {"key": key, "state": state, "at": round(time.time(), 3), **more}
        line = json.dumps(record, ensure_ascii=False, sort_keys=True).encode("utf-8", "surrogateescape") + b"\n"
        with self._guard:
            try:
                if self._handle is None:
                    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0)
                    self._handle = os.open(self.path, flags, 0o600)
                    sync_folder(self.path.parent)
                    if _is_torn(self._handle):
                        line = b"\n" + line
                while line:
                    line = line[os.write(self._handle, line) :]
                sync(self._handle)
            except OSError as error:
                raise self._failed(error) from None
            self._take(record)

    def _read(self) -> None:
        try:
            lines = self.path.read_bytes().split(b"\n")
        except FileNotFoundError:
            return
        except OSError as error:
            raise self._failed(error) from None
        for line in lines:
            try:
                record = json.loads(line)
                self._take(record)
            except (ValueError, KeyError, TypeError, AttributeError):
                continue  # torn, or not ours

    def _take(self, record: dict[str, object]) -> None:
        key, state = str(record["key"]), str(record["state"])
        if state == AGAIN:
            self._pasts[key] = Past()
            return
        past = self._pasts.setdefault(key, Past())
        at = record.get("at", 0.0)
        past.at = float(at) if isinstance(at, int | float) else 0.0
        past.media_id = str(record.get("media", past.media_id))
        if state == CAPTION:
            past.captions.add(str(record["language"]))
        else:
            past.state = state

    def _failed(self, error: OSError) -> LocalError:
        return LocalError(
            f"cannot use the journal of uploads: {error.strerror or error}", where=str(self.path),
            unchanged="Nothing more was sent.", hint="Make room on the disk, or give another one: --journal FILE",
        )  # fmt: skip


def _is_torn(handle: int) -> bool:
    """Whether the last line was being written when its writer died."""
    size = os.lseek(handle, 0, os.SEEK_END)
    if not size:
        return False
    os.lseek(handle, size - 1, os.SEEK_SET)
    return os.read(handle, 1) != b"\n"

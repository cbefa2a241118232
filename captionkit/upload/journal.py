"""What an upload did, one JSON object a line, each durable before the next step.

    {"key": "9f…", "state": "begun", "media": "9001", "source": "lecture.mp4", "at": 1795300144.9}

Each item has a key; what one record says of a media or a caption file, no other item may take for its own.

`begun`: a place to send the file to was given; its address is a secret and is not here, so an upload that breaks off
now is sent anew, to a new place, and the old one is never completed and so never seen. `sent`: the host has the whole
file. `creating`: a request that makes a media from an address is about to leave; `before` has what was there by that
title. `refused`: it was not made. `created`: the media is there. `adding`: a caption file is about to leave. `taken`:
Studio answered that it has it, with its id. `caption`: it was downloaded and compared. `done`: everything is. `again`:
the user wants it once more. `gone`: it is not there any more.

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
from captionkit.files import read_file, sync, sync_folder

BEGUN, SENT, CREATING, REFUSED, CREATED = "begun", "sent", "creating", "refused", "created"
ADDING, TAKEN, CAPTION, DONE, AGAIN, GONE = "adding", "taken", "caption", "done", "again", "gone"


@dataclass(slots=True)
class Past:
    """How far one item got.

    Attributes:
        state: the last one, "" for an item that is new.
        media_id: of the media, or of what will be one.
        at: when, seconds since the epoch.
        title: of a media that a request was to make. before: ids of what was there by that title.
        captions: languages that were sent and verified.
        adding: languages of which a caption file left and no answer is noted -> when.
        taken: languages -> the id of the caption file that Studio made.
    """

    state: str = ""
    media_id: str = ""
    at: float = 0.0
    title: str = ""
    before: frozenset[str] = frozenset()
    captions: set[str] = field(default_factory=set)
    adding: dict[str, float] = field(default_factory=dict)
    taken: dict[str, str] = field(default_factory=dict)


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

    def others(self, key: str) -> list[Past]:
        """How far all other items got."""
        with self._guard:
            return [past for other, past in self._pasts.items() if other != key]

    def write(self, key: str, state: str, **more: str | list[str]) -> None:
        """Make one record durable.

        Raises:
            LocalError: the disk does not take it; nothing may be sent then.
        """
        record: dict[str, object] = {"key": key, "state": state, "at": round(time.time(), 3), **more}
        line = json.dumps(record, sort_keys=True).encode() + b"\n"
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
            lines = read_file(self.path).split(b"\n")
        except FileNotFoundError:
            return
        except OSError as error:
            raise self._failed(error) from None
        for line in lines:
            try:
                record = json.loads(line)
                self._take(record)
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
                continue  # torn, or not ours

    def _take(self, record: dict[str, object]) -> None:
        key, state = str(record["key"]), str(record["state"])
        if state in (AGAIN, GONE):
            self._pasts[key] = Past()
            return
        past = self._pasts.setdefault(key, Past())
        at = record.get("at", 0.0)
        when = float(at) if isinstance(at, int | float) and 0 <= at < 1e12 else 0.0
        if state in (ADDING, TAKEN, REFUSED, CAPTION) and "language" in record:
            _take_caption(past, state, str(record["language"]), when, str(record.get("caption", "")))
            return
        past.state, past.at = state, when
        past.media_id = str(record.get("media", past.media_id))
        past.title = str(record.get("title", past.title))
        before = record.get("before")
        if isinstance(before, list):
            past.before = frozenset(map(str, before))

    def _failed(self, error: OSError) -> LocalError:
        return LocalError(
            f"cannot use the journal of uploads: {error.strerror or error}", where=str(self.path),
            unchanged="Nothing more was sent.", hint="Make room on the disk, or give another one: --journal FILE",
        )  # fmt: skip


def _take_caption(past: Past, state: str, language: str, at: float, caption: str) -> None:
    if state == ADDING:
        past.adding[language] = at
        return
    past.adding.pop(language, None)
    if caption:
        past.taken[language] = caption
    if state == CAPTION:
        past.captions.add(language)


def _is_torn(handle: int) -> bool:
    """Whether the last line was being written when its writer died."""
    size = os.lseek(handle, 0, os.SEEK_END)
    if not size:
        return False
    os.lseek(handle, size - 1, os.SEEK_SET)
    return os.read(handle, 1) != b"\n"

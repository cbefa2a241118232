"""What an upload did, one JSON object a line, each durable before the next step.

    {"key": "9f…", "state": "begun", "media": "9001", "source": "lecture.mp4", "at": 1795300144.9}

Each item has a key; what one record says of a media or a caption file, no other item may take for its own.

`begun`: a place to send the file to was given; its address is a secret and is not here, so an upload that breaks off
now is sent anew, to a new place, and the old one is never completed and so never seen. `sent`: the host has the whole
file. `creating`: a request that makes a media from an address is about to leave; `before` has what was there by that
title. `refused`: it was not made. `created`: the media is there. `adding`: a caption file is about to leave. `taken`:
Studio answered that it has it, with its id. `caption`: it was downloaded and compared. `done`: everything is. `again`:
the user wants it once more. `gone`: it is not there any more.

A line that is no JSON was torn while the power went, and is passed over; one that is JSON and no record is an error,
since what stands in it must not be done again. No token, no signed address and no text of a caption
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
from captionkit.records import NotJson, RecordError, damaged_at, numbered, parse, read

BEGUN, SENT, CREATING, REFUSED, CREATED = "begun", "sent", "creating", "refused", "created"
ADDING, TAKEN, CAPTION, DONE, AGAIN, GONE = "adding", "taken", "caption", "done", "again", "gone"


_STATES = frozenset({BEGUN, SENT, CREATING, REFUSED, CREATED, ADDING, TAKEN, CAPTION, DONE, AGAIN, GONE})


@dataclass(frozen=True, slots=True)
class _Record:
    """One line. `media` and `caption` are ids; `source` is for a person who reads the file."""

    key: str
    state: str
    at: float = 0.0
    media: str = ""
    source: str = ""
    title: str = ""
    before: frozenset[str] = frozenset()
    language: str = ""
    caption: str = ""


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
        DamagedFile: it holds something that is no record.
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
                hint="Wait until it is done, or give this one a journal of its own.",
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
        found = {"key": key, "state": state, "at": round(time.time(), 3), **more}
        line = json.dumps(found, sort_keys=True).encode() + b"\n"
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
            self._take(read(_Record, found))

    def _read(self) -> None:
        try:
            data = read_file(self.path)
        except FileNotFoundError:
            return
        except OSError as error:
            raise self._failed(error) from None
        hint = "Give another journal, or delete that line if what it says need not be known."
        for where, line in numbered(data, str(self.path)):
            with damaged_at(where, "the journal of uploads", hint):
                try:
                    record = read(_Record, parse(line))
                except NotJson:
                    continue
                if record.state not in _STATES:
                    raise RecordError(f"state is none that captionkit knows: {record.state[:40]!r}")
            self._take(record)

    def _take(self, record: _Record) -> None:
        if record.state in (AGAIN, GONE):
            self._pasts[record.key] = Past()
            return
        past = self._pasts.setdefault(record.key, Past())
        if record.language:
            _take_caption(past, record)
            return
        past.state, past.at = record.state, record.at
        past.media_id = record.media or past.media_id
        past.title = record.title or past.title
        past.before = record.before if record.state == CREATING else past.before

    def _failed(self, error: OSError) -> LocalError:
        return LocalError(
            f"cannot use the journal of uploads: {error.strerror or error}", where=str(self.path),
            unchanged="Nothing more was sent.", hint="Make room on the disk, or give another journal.",
        )  # fmt: skip


def _take_caption(past: Past, record: _Record) -> None:
    if record.state == ADDING:
        past.adding[record.language] = record.at
        return
    past.adding.pop(record.language, None)
    if record.caption:
        past.taken[record.language] = record.caption
    if record.state == CAPTION:
        past.captions.add(record.language)


def _is_torn(handle: int) -> bool:
    """Whether the last line was being written when its writer died."""
    size = os.lseek(handle, 0, os.SEEK_END)
    if not size:
        return False
    os.lseek(handle, size - 1, os.SEEK_SET)
    return os.read(handle, 1) != b"\n"

"""The stand-in's memory: one SQLite file (WAL), one connection, one lock.

A request holds the lock while it works, so two requests never interleave; the real server lets them, but what a client
can meet through that (somebody writes between its read and its PUT) is done with the fault "meanwhile" instead, where
it happens every time. Every statement commits by itself: the real server has no transaction around a bulk replace.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_SCHEMA = """
CREATE TABLE IF NOT EXISTS users (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, is_admin INTEGER NOT NULL DEFAULT 0,
  merged_into INTEGER);
CREATE TABLE IF NOT EXISTS tokens (
  token TEXT PRIMARY KEY, user_id INTEGER NOT NULL, scopes TEXT, allow_includes INTEGER NOT NULL DEFAULT 0,
  state TEXT NOT NULL DEFAULT 'active', expired_at TEXT);
CREATE TABLE IF NOT EXISTS courses (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, sis_id TEXT UNIQUE, blueprint_id INTEGER,
  created_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS imports (
  id INTEGER PRIMARY KEY AUTOINCREMENT, course_id INTEGER NOT NULL, source_id INTEGER NOT NULL,
  created_at TEXT NOT NULL, finished_at TEXT);
CREATE TABLE IF NOT EXISTS groups_ (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS members (
  context TEXT NOT NULL, user_id INTEGER NOT NULL, role TEXT NOT NULL, PRIMARY KEY (user_id, context)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS attachments (
  id INTEGER PRIMARY KEY AUTOINCREMENT, context TEXT NOT NULL, display_name TEXT NOT NULL,
  content_type TEXT NOT NULL, media_entry_id TEXT, user_id INTEGER, size INTEGER NOT NULL DEFAULT 1048576,
  deleted INTEGER NOT NULL DEFAULT 0, replacement_id INTEGER, locked INTEGER NOT NULL DEFAULT 0,
  hidden INTEGER NOT NULL DEFAULT 0, created_at TEXT NOT NULL, updated_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS submissions (attachment_id INTEGER PRIMARY KEY);
CREATE INDEX IF NOT EXISTS attachments_by_context ON attachments (context, deleted, media_entry_id);
CREATE INDEX IF NOT EXISTS attachments_by_entry ON attachments (media_entry_id);
CREATE TABLE IF NOT EXISTS media_objects (
  id INTEGER PRIMARY KEY AUTOINCREMENT, media_id TEXT NOT NULL, old_media_id TEXT, user_id INTEGER,
  attachment_id INTEGER, context TEXT NOT NULL, title TEXT, user_entered_title TEXT, sort_title TEXT NOT NULL,
  media_type TEXT, deleted INTEGER NOT NULL DEFAULT 0, viewer_restrictions TEXT NOT NULL DEFAULT '{}',
  auto_caption_status TEXT, created_at TEXT NOT NULL, updated_at TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS media_objects_by_media_id ON media_objects (media_id);
CREATE INDEX IF NOT EXISTS media_objects_by_old_media_id ON media_objects (old_media_id) WHERE old_media_id IS NOT NULL;
CREATE TABLE IF NOT EXISTS tracks (
  id INTEGER PRIMARY KEY AUTOINCREMENT, user_id INTEGER, media_object_id INTEGER NOT NULL, attachment_id INTEGER,
  locale TEXT, kind TEXT DEFAULT 'subtitles', content TEXT, webvtt_content TEXT, external_id TEXT,
  workflow_state TEXT NOT NULL DEFAULT 'ready', created_at TEXT NOT NULL, updated_at TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS tracks_by_media_object ON tracks (media_object_id, locale);
CREATE INDEX IF NOT EXISTS tracks_by_attachment ON tracks (attachment_id, locale);
"""

#: Where ids start, far apart, so that a client which mixes two kinds of id up finds nothing instead of something.
_FIRST_IDS = {"users": 1, "courses": 101, "groups_": 301, "attachments": 50001, "media_objects": 7001, "tracks": 1}


class Database:
    """A server's tables.

    Args:
        path: the file; its folder is made.
        schema: SQL that may be run again on a database that is already there.
        first_ids: table -> the first id it gives out.
        lasting: whether what is committed must survive a power cut; a throw-away sandbox need not wait for the disk.
        skew: called for the server's clock error, in seconds.

    Raises:
        OSError: if the file cannot be used.
    """

    def __init__(
        self, path: Path, schema: str, first_ids: dict[str, int], *, lasting: bool, skew: Callable[[], float]
    ) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.lock = threading.RLock()
        self._skew = skew
        self._db = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False, cached_statements=256)
        self._db.row_factory = sqlite3.Row
        try:
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute(f"PRAGMA synchronous = {'NORMAL' if lasting else 'OFF'}")
            self._db.executescript(schema)
            for table, first in first_ids.items():
                self._db.execute(
                    "INSERT INTO sqlite_sequence (name, seq) SELECT :table, :last WHERE NOT EXISTS "
                    "(SELECT 1 FROM sqlite_sequence WHERE name = :table)",
                    {"table": table, "last": first - 1},
                )
        except sqlite3.DatabaseError as error:
            self._db.close()
            raise OSError(None, f"not a database of the sandbox ({error})", str(path)) from None

    def close(self) -> None:
        with self.lock:
            self._db.close()

    def now(self) -> float:
        return time.time() + self._skew()

    def stamp(self) -> str:
        """Its time as the API writes it: ISO 8601, UTC, whole seconds, `Z` (guides/canvas-server.md, section 4)."""
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.now()))

    # Values are given in the order of the question marks, or by name (`:context`) where one is needed twice: numbered
    # marks (?1) are deprecated in some versions of the sqlite3 module.

    def all(self, sql: str, *values: Any, **named: Any) -> list[sqlite3.Row]:
        return self._db.execute(sql, named or values).fetchall()

    def one(self, sql: str, *values: Any, **named: Any) -> sqlite3.Row | None:
        row = self._db.execute(sql, named or values).fetchone()
        assert row is None or isinstance(row, sqlite3.Row)
        return row

    def run(self, sql: str, *values: Any) -> sqlite3.Cursor:
        return self._db.execute(sql, values)

    def insert(self, table: str, **columns: Any) -> int:
        names = ", ".join(columns)
        marks = ", ".join("?" * len(columns))
        row_id = self._db.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(columns.values())).lastrowid
        assert row_id is not None
        return row_id

    def many(self, sql: str, rows: Iterable[tuple[Any, ...]]) -> None:
        self._db.executemany(sql, rows)

    @contextmanager
    def together(self) -> Iterator[None]:
        """One transaction, for seeding."""
        with self.lock:
            self._db.execute("BEGIN")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")


class State(Database):
    """What the stand-in Canvas knows.

    Args:
        folder: where the file is kept.
    """

    def __init__(self, folder: Path, *, lasting: bool, skew: Callable[[], float] = lambda: 0.0) -> None:
        super().__init__(folder / "sandbox.sqlite3", _SCHEMA, _FIRST_IDS, lasting=lasting, skew=skew)
        #: Listings already put in order, so that ten thousand titles are not sorted again for every page of them.
        #: Whoever changes a media object or a file clears it.
        self.listing_orders: dict[tuple[Any, ...], list[int]] = {}

"""What the stand-in Studio knows."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from captionkit.sandbox.state import Database

_SCHEMA = """
CREATE TABLE IF NOT EXISTS users (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, email TEXT NOT NULL, is_admin INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS access_tokens (token TEXT PRIMARY KEY, user_id INTEGER NOT NULL, ends_at REAL);
CREATE TABLE IF NOT EXISTS refresh_tokens (token TEXT PRIMARY KEY, user_id INTEGER NOT NULL, used INTEGER DEFAULT 0);
CREATE TABLE IF NOT EXISTS codes (
  code TEXT PRIMARY KEY, user_id INTEGER NOT NULL, redirect_uri TEXT NOT NULL, used INTEGER DEFAULT 0);
CREATE TABLE IF NOT EXISTS collections (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, type TEXT NOT NULL, owner_id INTEGER, course_id INTEGER UNIQUE,
  created_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS permissions (
  collection_id INTEGER NOT NULL, user_id INTEGER NOT NULL, permission TEXT NOT NULL,
  PRIMARY KEY (collection_id, user_id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS media (
  id INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT, description TEXT, owner_id INTEGER NOT NULL,
  collection_id INTEGER NOT NULL, created_at TEXT NOT NULL, is_complete INTEGER NOT NULL DEFAULT 1,
  is_external INTEGER NOT NULL DEFAULT 0, url TEXT, size INTEGER, sha256 TEXT, source TEXT NOT NULL,
  auto_caption INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS media_by_collection ON media (collection_id, id);
CREATE TABLE IF NOT EXISTS uploads (key TEXT PRIMARY KEY, media_id INTEGER NOT NULL, ends_at REAL);
CREATE TABLE IF NOT EXISTS captions (
  id INTEGER PRIMARY KEY AUTOINCREMENT, media_id INTEGER NOT NULL, srclang TEXT NOT NULL, content BLOB NOT NULL,
  subtitle_format TEXT NOT NULL, status TEXT NOT NULL, provider TEXT, created_at TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS captions_by_media ON captions (media_id);
CREATE TABLE IF NOT EXISTS archived (media_id INTEGER PRIMARY KEY);
CREATE TABLE IF NOT EXISTS views (media_id INTEGER PRIMARY KEY, last_viewed TEXT, last_viewed_by_student TEXT);
CREATE TABLE IF NOT EXISTS members (
  group_id INTEGER NOT NULL, user_id INTEGER NOT NULL, PRIMARY KEY (group_id, user_id)) WITHOUT ROWID;
"""
_FIRST_IDS = {"users": 11, "collections": 401, "media": 9001, "captions": 60001}


class StudioState(Database):
    """The tables of the stand-in Studio.

    Args:
        folder: where the file is kept.
    """

    def __init__(self, folder: Path, *, lasting: bool, skew: Callable[[], float] = lambda: 0.0) -> None:
        super().__init__(folder / "studio.sqlite3", _SCHEMA, _FIRST_IDS, lasting=lasting, skew=skew)

    def stamp(self, ago: float = 0.0) -> str:
        """Milliseconds and `Z`, as in "2025-06-06T18:58:01.860Z"; of now, or of so many seconds ago."""
        now = self.now() - ago
        return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now)) + f".{int(now * 1000) % 1000:03d}Z"

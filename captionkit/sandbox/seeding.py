"""Many media objects at once, for tests of size."""

from __future__ import annotations

import hashlib

from captionkit.sandbox import conversion
from captionkit.sandbox.state import State
from captionkit.sandbox.titles import sort_key


def media_id_of(number: int) -> str:
    """A media id as Canvas makes them, the same for the same object in every sandbox."""
    digest = hashlib.sha256(f"media object {number}".encode()).digest()
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    return "m-" + "".join(alphabet[byte % 62] for byte in digest)


def seed_media(
    state: State, context: str, owner: int, titles: list[str], locales: tuple[str, ...], content: str
) -> list[str]:
    """A media object with its file for each title, and a track of `content` in each locale; their media ids."""
    now = state.stamp()
    first_media = _next_id(state, "media_objects")
    first_file = _next_id(state, "attachments")
    media_ids = [media_id_of(first_media + n) for n in range(len(titles))]
    state.many(
        "INSERT INTO attachments (id, context, display_name, content_type, media_entry_id, created_at, "
        "updated_at) VALUES (?, ?, ?, 'video/mp4', ?, ?, ?)",
        ((first_file + n, context, f"{titles[n]}.mp4", media_ids[n], now, now) for n in range(len(titles))),
    )
    state.many(
        "INSERT INTO media_objects (id, media_id, user_id, attachment_id, context, title, sort_title, "
        "media_type, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, 'video/mp4', ?, ?)",
        (
            (
                first_media + n,
                media_ids[n],
                owner,
                first_file + n,
                context,
                titles[n],
                sort_key(titles[n]),
                now,
                now,
            )
            for n in range(len(titles))
        ),
    )
    state.many(
        "INSERT INTO tracks (user_id, media_object_id, attachment_id, locale, content, webvtt_content, "
        "created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (owner, first_media + n, first_file + n, locale, text, conversion.webvtt_of(text), now, now)
            for n in range(len(titles))
            for locale in locales
            for text in [content.format(number=n + 1, locale=locale)]
        ),
    )
    return media_ids


def _next_id(state: State, table: str) -> int:
    row = state.one("SELECT seq + 1 AS next FROM sqlite_sequence WHERE name = ?", table)
    assert row is not None
    return int(row["next"])

"""Media objects come to be: by an uploader's POST (guides/canvas-server.md, section 1; undocumented), or by `World`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from captionkit.sandbox.answers import Answer
from captionkit.sandbox.call import Call
from captionkit.sandbox.seeding import media_id_of
from captionkit.sandbox.state import State
from captionkit.sandbox.titles import sort_key


def create_from_uploader(call: Call) -> Answer:
    """POST /api/v1/media_objects, what a browser sends when Kaltura has taken a recording."""
    given = call.form()
    context = given.get("context_code")
    kind, _, number = context.partition("_") if isinstance(context, str) else ("", "", "")
    table = {"course": "courses", "group": "groups_", "user": "users"}.get(kind)
    is_id = number.isascii() and number.isdecimal() and len(number) <= 18
    if table is None or not is_id or not call.state.one(f"SELECT 1 FROM {table} WHERE id = ?", int(number)):
        raise call.not_found()
    context = f"{kind}_{int(number)}"
    if not call.caller.may_read(context):
        raise call.unauthorized()
    media_id, media_type = given.get("id"), given.get("type")
    if not isinstance(media_id, str) or not media_id or not isinstance(media_type, str) or not media_type:
        raise call.broken()
    title = _text(given.get("title"))
    row = call.state.one(
        "SELECT id FROM media_objects WHERE media_id = ? AND media_type = ? AND context = ?",
        media_id,
        media_type,
        context,
    )
    if row is None:
        entered = _text(given.get("user_entered_title"))
        new = NewMedia(media_id, media_type=media_type, user_entered_title=entered)
        create_media(call.state, context, call.caller.user_id, title, new)
    elif title is not None:
        call.state.run(
            "UPDATE media_objects SET title = ?, user_id = ?, sort_title = ? WHERE id = ?",
            title,
            call.caller.user_id,
            sort_key(title),
            row["id"],
        )
        call.state.listing_orders.clear()
    made = call.state.one("SELECT * FROM media_objects WHERE media_id = ? ORDER BY id DESC", media_id)
    assert made is not None
    names = ("id", "media_id", "media_type", "title", "user_entered_title", "user_id", "attachment_id", "created_at")
    iframe = f"{call.base}/media_attachments_iframe/{made['attachment_id']}"
    return call.answer({"media_object": {name: made[name] for name in names}, "embedded_iframe_url": iframe})


@dataclass(frozen=True, slots=True)
class NewMedia:
    """What is known of a media object that is to be made; see `World.add_media`."""

    media_id: str | None = None
    old_media_id: str | None = None
    media_type: str | None = "video/mp4"
    filename: str | None = None
    user_entered_title: str | None = None
    with_file: bool = True
    in_files: bool = False
    created_at: str | None = None


def create_media(state: State, context: str, owner: int, title: str | None, new: NewMedia) -> str:
    """A media object and, unless asked otherwise, its file in the same context; the media id."""
    now = new.created_at or state.stamp()
    state.listing_orders.clear()
    number = state.insert(
        "media_objects",
        media_id=new.media_id or "",
        old_media_id=new.old_media_id,
        user_id=owner,
        context=context,
        title=title,
        user_entered_title=new.user_entered_title,
        sort_title=sort_key(new.user_entered_title or title or ""),
        media_type=new.media_type,
        created_at=now,
        updated_at=now,
    )
    media_id = new.media_id or media_id_of(number)
    name = new.filename or f"{title or 'untitled'}.mp4"
    file = None
    if new.with_file:
        uploader = owner if new.in_files else None
        file = create_file(state, context, name, new.media_type or "video/mp4", media_id, now, uploader)
    state.run("UPDATE media_objects SET media_id = ?, attachment_id = ? WHERE id = ?", media_id, file, number)
    return media_id


def create_file(
    state: State, context: str, name: str, content_type: str, entry: str | None, now: str, user: int | None = None
) -> int:
    """A file; its id."""
    return state.insert(
        "attachments",
        context=context,
        display_name=name,
        content_type=content_type,
        media_entry_id=entry,
        user_id=user,
        created_at=now,
        updated_at=now,
    )


def _text(value: Any) -> str | None:
    if not isinstance(value, str) or not value.strip():
        return None
    return value if len(value) <= 255 else value[:252] + "..."

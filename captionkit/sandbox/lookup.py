"""Finding the record that a path names. guides/canvas-server.md, section 2."""

from __future__ import annotations

from sqlite3 import Row

from captionkit.sandbox.call import Call
from captionkit.sandbox.state import State

#: A media object with what is needed to say what the caller may do with it.
MEDIA_OBJECT = """
SELECT mo.*, a.context AS attachment_context, a.locked AS locked
FROM media_objects mo LEFT JOIN attachments a ON a.id = mo.attachment_id
"""


def media_object(state: State, media_id: str) -> Row | None:
    """By Kaltura id or former Kaltura id, never by primary key; deleted ones are found as well."""
    return state.one(
        f"{MEDIA_OBJECT} WHERE mo.media_id = :name OR mo.old_media_id = :name ORDER BY mo.id LIMIT 1", name=media_id
    )


def named_media_object(call: Call) -> Row:
    found = media_object(call.state, call.args["media_object_id"])
    if found is None:
        raise call.unauthorized()
    return found


def named_attachment(call: Call) -> Row:
    """The file of a media_attachments path; what is not there is "unauthorized", not 404."""
    found = attachment(call.state, call.args["attachment_id"])
    if found is None or found["media_entry_id"] is None:
        raise call.unauthorized()
    return found


def attachment(state: State, attachment_id: str) -> Row | None:
    """By id; a deleted one gives way to its replacement."""
    if not attachment_id.isascii() or not attachment_id.isdecimal() or len(attachment_id) > 18:
        return None
    row = state.one("SELECT * FROM attachments WHERE id = ?", int(attachment_id))
    seen = set()
    while row is not None and row["deleted"]:
        if row["replacement_id"] is None or row["id"] in seen:
            return None
        seen.add(row["id"])
        row = state.one("SELECT * FROM attachments WHERE id = ?", row["replacement_id"])
    return row

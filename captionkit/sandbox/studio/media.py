"""Media, collections, courses and users of the stand-in Studio. guides/studio-server.md, sections 5 and 6."""

from __future__ import annotations

import re
import secrets
from sqlite3 import Row
from typing import Any
from urllib.parse import urlsplit

from captionkit.sandbox.answers import Answer, json_answer
from captionkit.sandbox.studio.call import StudioCall, created

_URL = re.compile(r"^https?:/?/")
_EXTERNAL_HOSTS = ("youtube.com", "youtu.be", "vimeo.com")


# Media


def search(call: StudioCall) -> Answer:
    """All that the caller may see; an admin sees everybody's. This is how a whole account is walked."""
    conditions, values = ["m.is_complete = 1"], list[Any]()
    if not call.user["is_admin"]:
        conditions.append(
            "(m.owner_id = ? OR m.collection_id IN (SELECT collection_id FROM permissions WHERE user_id = ?))"
        )
        values += [call.user["id"], call.user["id"]]
    for name, condition in _FILTERS.items():
        value = call.text(name)
        if value is not None:
            conditions.append(condition)
            values.append(call.number(value, name) if name.endswith("_size") else value)
    return _media_page(call, " AND ".join(conditions), values)


_FILTERS = {
    "title": "instr(lower(m.title), lower(?)) > 0",
    "min_size": "m.size >= ?",
    "max_size": "m.size <= ?",
    "start_date": "substr(m.created_at, 1, 10) >= ?",
    "end_date": "substr(m.created_at, 1, 10) <= ?",
    "owner": "u.email = ?",
    "source": "m.source = ?",
    "last_viewed_start_date": "substr(v.last_viewed, 1, 10) >= ?",
    "last_viewed_end_date": "substr(v.last_viewed, 1, 10) <= ?",
    "last_viewed_by_student_start_date": "substr(v.last_viewed_by_student, 1, 10) >= ?",
    "last_viewed_by_student_end_date": "substr(v.last_viewed_by_student, 1, 10) <= ?",
}


def show(call: StudioCall) -> Answer:
    media = named_media(call)
    data = _media_json(call, media)
    collection = call.state.one("SELECT * FROM collections WHERE id = ?", media["collection_id"])
    assert collection is not None
    return json_answer(200, {"media": data | {"collection": _collection_json(call, collection)}})


def delete(call: StudioCall) -> Answer:
    media = named_media(call, owner_only=True)
    answer = json_answer(200, {"media": _media_json(call, media)})
    call.state.run("DELETE FROM captions WHERE media_id = ?", media["id"])
    call.state.run("DELETE FROM media WHERE id = ?", media["id"])
    return answer


def archive(call: StudioCall) -> Answer:
    """POST /media/{id}/archive: it is in no listing any more."""
    media = named_media(call, owner_only=True)
    call.state.run("INSERT OR IGNORE INTO archived VALUES (?)", media["id"])
    return json_answer(200, {"media": _media_json(call, media)})


def unarchive(call: StudioCall) -> Answer:
    """POST /media/{id}/unarchive, into the collection that is named, or where it was."""
    media = named_media(call, owner_only=True)
    if call.params.get("collection_id") is not None:
        collection = _collection(call, call.params["collection_id"], missing=404, to_edit=True)
        call.state.run("UPDATE media SET collection_id = ? WHERE id = ?", collection["id"], media["id"])
    call.state.run("DELETE FROM archived WHERE media_id = ?", media["id"])
    return json_answer(200, {"media": _media_json(call, _media_row(call, media["id"]))})


def download(call: StudioCall) -> Answer:
    media = named_media(call, owner_only=call.switches.owner_only_captions)
    if media["is_external"]:
        raise call.refuse(422, "External media cannot be downloaded")
    return Answer(
        302, b"", [("Location", f"{call.upload_url}/originals/{media['id']}?Signature={secrets.token_hex(8)}")]
    )


def courses_of(call: StudioCall) -> Answer:
    media = named_media(call)
    rows = call.state.all("SELECT * FROM collections WHERE id = ? AND course_id IS NOT NULL", media["collection_id"])
    return json_answer(200, {"courses": [{"id": row["course_id"], "name": row["name"]} for row in rows]})


def create_from_url(call: StudioCall) -> Answer:
    """POST /media: into a collection, or into My Uploads of the caller or, for an admin, of somebody else."""
    if call.params.get("user_id") is not None and call.params.get("collection_id") is not None:
        raise call.refuse(422, "user_id and collection_id can not be sent together")
    owner = _on_behalf_of(call, missing=422)
    if call.params.get("collection_id") is not None:
        collection = _collection(call, call.params["collection_id"], missing=422, to_edit=True)
    else:
        collection = _library(call, owner)
    return _create(call, owner, collection)


def create_in_collection(call: StudioCall) -> Answer:
    """POST /collections/{id}/media."""
    collection = _collection(call, call.args["id"], missing=404, to_edit=True)
    return _create(call, _on_behalf_of(call, missing=422), collection)


def begin_upload(call: StudioCall) -> Answer:
    """POST /media/uploads; `collection_id` is not documented: whether it is heeded is a switch."""
    owner = _on_behalf_of(call, missing=404)
    collection = _library(call, owner)
    if call.params.get("collection_id") is not None and call.switches.upload_collection:
        collection = _collection(call, call.params["collection_id"], missing=404, to_edit=True)
    state = call.state
    media = state.insert(
        "media",
        owner_id=owner["id"],
        collection_id=collection["id"],
        created_at=state.stamp(),
        is_complete=0,
        source="upload",
    )
    key = secrets.token_hex(16)
    lifetime = call.switches.upload_url_lifetime_s
    state.insert("uploads", key=key, media_id=media, ends_at=state.now() + lifetime if lifetime else None)
    url = f"{call.upload_url}/originals/o-{media}?X-Signature={key}"
    return created({"upload": {"id": media, "url": url}})


def complete_upload(call: StudioCall) -> Answer:
    """POST /media/uploads/{id}/complete."""
    media_id = call.number(call.args["id"], "media_id")
    media = call.state.one("SELECT * FROM media WHERE id = ? AND source = 'upload'", media_id)
    if media is None:
        raise call.refuse(404, "The media was not found")
    if media["owner_id"] != call.user["id"] and not call.user["is_admin"]:
        raise call.refuse(403, "Forbidden")
    if media["is_complete"]:
        raise call.refuse(409, "This upload has already been completed")
    title = call.text("title")
    if title is None:
        raise call.refuse(400, "The title is missing")
    if media["size"] is None and not call.switches.completes_empty_uploads:
        raise call.refuse(422, "Nothing has been uploaded")
    _check_auto_caption(call)
    call.state.run(
        "UPDATE media SET title = ?, description = ?, auto_caption = ?, is_complete = 1, size = COALESCE(size, 0) "
        "WHERE id = ?",
        title,
        call.text("description"),
        int(call.flag("auto_caption")),
        media_id,
    )
    return json_answer(200, {"media": _media_json(call, _media_row(call, media_id))})


# Collections, courses, users


def list_collections(call: StudioCall) -> Answer:
    rows = call.state.all(
        "SELECT * FROM collections WHERE owner_id = :user OR id IN "
        "(SELECT collection_id FROM permissions WHERE user_id = :user) OR :is_admin ORDER BY id",
        user=call.user["id"],
        is_admin=call.user["is_admin"],
    )
    by_id = {row["id"]: row for row in rows}
    chosen, meta = call.page(list(by_id))
    return json_answer(200, {"collections": [_collection_json(call, by_id[i]) for i in chosen], "meta": meta})


def show_collection(call: StudioCall) -> Answer:
    row = _collection(call, call.args["id"], missing=404)
    return json_answer(200, {"collection": _collection_json(call, row)})


def create_collection(call: StudioCall) -> Answer:
    owner = _on_behalf_of(call, missing=422)
    now = call.state.stamp()
    new = call.state.insert("collections", name=call.text("name"), type="user", owner_id=owner["id"], created_at=now)
    row = call.state.one("SELECT * FROM collections WHERE id = ?", new)
    assert row is not None
    return created({"collection": _collection_json(call, row)})


def media_of_collection(call: StudioCall) -> Answer:
    row = _collection(call, call.args["id"], missing=404)
    return _media_page(call, "m.is_complete = 1 AND m.collection_id = ?", [row["id"]])


def show_course(call: StudioCall) -> Answer:
    """By the Canvas course id; `id` in the answer is the collection's."""
    course_id = call.number(call.args["id"], "course_id")
    row = call.state.one("SELECT * FROM collections WHERE course_id = ?", course_id)
    if row is None:
        raise call.refuse(404, "The course was not found")
    if not _may_see(call, row):
        raise call.refuse(403, "Forbidden")
    return json_answer(200, {"course": {"id": row["id"], "course_id": course_id, "name": row["name"]}})


def show_user(call: StudioCall) -> Answer:
    if call.args["id"] == "me" and call.switches.knows_users_me:
        return json_answer(200, {"user": _user_json(call.user)})
    row = call.state.one("SELECT * FROM users WHERE id = ?", call.number(call.args["id"], "user_id"))
    if row is None:
        raise call.refuse(404, "The user was not found")
    if row["id"] != call.user["id"] and not call.user["is_admin"]:
        raise call.refuse(403, "Forbidden")
    return json_answer(200, {"user": _user_json(row)})


def search_users(call: StudioCall) -> Answer:
    if not call.user["is_admin"]:
        raise call.refuse(403, "Forbidden")
    email, role = call.text("email"), call.text("role")
    if email is None and role is None:
        raise call.refuse(400, "email or role is missing")
    rows = call.state.all("SELECT * FROM users WHERE :email IS NULL OR email = :email ORDER BY id", email=email)
    by_id = {row["id"]: row for row in rows if role is None or role in _user_json(row)["role_names"]}
    chosen, meta = call.page(list(by_id))
    return json_answer(200, {"users": [_user_json(by_id[i]) for i in chosen], "meta": meta})


def media_of_user(call: StudioCall) -> Answer:
    return _media_page(call, "m.is_complete = 1 AND m.owner_id = ?", [_named_user(call)["id"]])


def library_of_user(call: StudioCall) -> Answer:
    return json_answer(200, {"collection": _collection_json(call, _library(call, _named_user(call)))})


def collections_of_user(call: StudioCall) -> Answer:
    rows = call.state.all("SELECT * FROM collections WHERE owner_id = ? ORDER BY id", _named_user(call)["id"])
    by_id = {row["id"]: row for row in rows}
    chosen, meta = call.page(list(by_id))
    return json_answer(200, {"collections": [_collection_json(call, by_id[i]) for i in chosen], "meta": meta})


def users_of_group(call: StudioCall) -> Answer:
    if not call.user["is_admin"]:
        raise call.refuse(403, "Forbidden")
    group = call.number(call.args["id"], "group_id")
    rows = call.state.all(
        "SELECT users.* FROM members JOIN users ON users.id = members.user_id WHERE group_id = ? ORDER BY users.id",
        group,
    )
    if not rows:
        raise call.refuse(404, "The group was not found")
    by_id = {row["id"]: row for row in rows}
    chosen, meta = call.page(list(by_id))
    return json_answer(200, {"users": [_user_json(by_id[i]) for i in chosen], "meta": meta})


# What they share


def named_media(call: StudioCall, *, owner_only: bool = False) -> Row:
    """The media of the path.

    Raises:
        Refusal: 422 for an id that is none, 404, or 403.
    """
    media = _media_row(call, call.number(call.args["id"], "media_id"))
    if call.user["is_admin"] or media["owner_id"] == call.user["id"]:
        return media
    member = call.state.one(
        "SELECT 1 FROM permissions WHERE collection_id = ? AND user_id = ?", media["collection_id"], call.user["id"]
    )
    if owner_only or member is None:
        raise call.refuse(403, "Forbidden")
    return media


def _named_user(call: StudioCall) -> Row:
    if call.args["id"] == "me" and call.switches.knows_users_me:
        return call.user
    row = call.state.one("SELECT * FROM users WHERE id = ?", call.number(call.args["id"], "user_id"))
    if row is None:
        raise call.refuse(404, "The user was not found")
    if row["id"] != call.user["id"] and not call.user["is_admin"]:
        raise call.refuse(403, "Forbidden")
    return row


def _media_row(call: StudioCall, media_id: int) -> Row:
    row = call.state.one("SELECT * FROM media WHERE id = ? AND is_complete = 1", media_id)
    if row is None:
        raise call.refuse(404, "The media was not found")
    return row


def _media_page(call: StudioCall, where: str, values: list[Any]) -> Answer:
    ids = [
        row["id"]
        for row in call.state.all(
            "SELECT m.id FROM media m JOIN users u ON u.id = m.owner_id LEFT JOIN views v ON v.media_id = m.id "
            f"WHERE {where} AND m.created_at <= ? AND m.id NOT IN (SELECT media_id FROM archived) ORDER BY m.id",
            *values,
            call.listed_until,
        )
    ]
    chosen, meta = call.page(ids)
    rows = call.state.all(f"SELECT * FROM media WHERE id IN ({','.join('?' * len(chosen))}) ORDER BY id", *chosen)
    return json_answer(200, {"media": [_media_json(call, row) for row in rows], "meta": meta})


def _create(call: StudioCall, owner: Row, collection: Row) -> Answer:
    url = call.text("url")
    is_external = call.flag("is_external")
    if url is None or not _URL.match(url):
        raise call.refuse(422, "url is invalid")
    host = urlsplit(url).hostname or ""
    if is_external and not any(host == name or host.endswith(f".{name}") for name in _EXTERNAL_HOSTS):
        raise call.refuse(422, "Only YouTube and Vimeo URLs are supported")
    title = call.text("title")
    if title is None and not is_external:
        raise call.refuse(422, "title is missing")
    _check_auto_caption(call)
    media = call.state.insert(
        "media",
        title=title or f"Video at {host}",
        description=call.text("description"),
        owner_id=owner["id"],
        collection_id=collection["id"],
        created_at=call.state.stamp(),
        is_external=int(is_external),
        url=url,
        size=None if is_external else 1_048_576,
        source="youtube" if "youtu" in host else "vimeo" if "vimeo" in host else "url",
        auto_caption=int(call.flag("auto_caption")),
    )
    return created({"media": _media_json(call, _media_row(call, media))})


def _check_auto_caption(call: StudioCall) -> None:
    if call.flag("auto_caption") and not call.switches.auto_caption:
        raise call.refuse(501, "Auto-captioning is not enabled for the account")


def _on_behalf_of(call: StudioCall, *, missing: int) -> Row:
    """The user that `user_id` names, for admins; the caller without one."""
    if call.params.get("user_id") is None:
        return call.user
    user_id = call.number(call.params["user_id"], "user_id")
    if user_id != call.user["id"] and not call.user["is_admin"]:
        raise call.refuse(403, "Forbidden")
    row = call.state.one("SELECT * FROM users WHERE id = ?", user_id)
    if row is None:
        raise call.refuse(missing, "The user was not found")
    return row


def _library(call: StudioCall, owner: Row) -> Row:
    row = call.state.one("SELECT * FROM collections WHERE owner_id = ? AND type = 'user' ORDER BY id", owner["id"])
    assert row is not None, "every user has a library"
    return row


def _collection(call: StudioCall, value: Any, *, missing: int, to_edit: bool = False) -> Row:
    row = call.state.one("SELECT * FROM collections WHERE id = ?", call.number(value, "collection_id"))
    if row is None:
        raise call.refuse(missing, "The collection was not found")
    if not _may_see(call, row, to_edit=to_edit):
        raise call.refuse(403, "Forbidden")
    return row


def _may_see(call: StudioCall, collection: Row, *, to_edit: bool = False) -> bool:
    if call.user["is_admin"] or collection["owner_id"] == call.user["id"]:
        return True
    row = call.state.one(
        "SELECT permission FROM permissions WHERE collection_id = ? AND user_id = ?", collection["id"], call.user["id"]
    )
    return row is not None and (not to_edit or row["permission"] == "edit")


def _media_json(call: StudioCall, media: Row) -> dict[str, Any]:
    owner = call.state.one("SELECT * FROM users WHERE id = ?", media["owner_id"])
    assert owner is not None
    views = call.state.one("SELECT * FROM views WHERE media_id = ?", media["id"])
    return {
        "id": media["id"],
        "title": media["title"],
        "description": media["description"],
        "duration": 3.042,
        "created_at": media["created_at"],
        "last_viewed": views and views["last_viewed"],
        "last_viewed_by_student": views and views["last_viewed_by_student"],
        "thumbnail_url": f"{call.upload_url}/thumbnails/{media['id']}.jpg",
        "transcoding_status": "transcoding_finished",
        "owner": {key: value for key, value in _user_json(owner).items() if key != "role_names"},
        "size": media["size"],
        "source": media["source"],
        "embed_id": f"embed-{media['id']}",
        "lti_launch_id": f"{media['id']:08x}-0000-4000-8000-000000000000-{media['id']}",
    }


def _collection_json(call: StudioCall, row: Row) -> dict[str, Any]:
    owner = call.state.one("SELECT * FROM users WHERE id = ?", row["owner_id"])
    name = row["name"] or (None if call.switches.null_collection_names else "")
    return {
        "id": row["id"],
        "name": name,
        "type": row["type"],
        "permission": "edit" if _may_see(call, row, to_edit=True) else "view",
        "owner": None if owner is None else _user_json(owner),
        "created_at": row["created_at"],
        "course_id": row["course_id"],
    }


def _user_json(row: Row) -> dict[str, Any]:
    name = row["name"].capitalize()
    data = {"id": row["id"], "full_name": f"{name} Sandbox", "display_name": name, "email": row["email"]}
    return data | {"role_names": ["Account Admin"] if row["is_admin"] else ["Instructor"]}

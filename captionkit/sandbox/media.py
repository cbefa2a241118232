"""Media objects: the six listings and the rename. guides/canvas-server.md, sections 8 and 10."""

from __future__ import annotations

import json
from sqlite3 import Row
from typing import Any
from urllib.parse import urlencode

from captionkit.sandbox.answers import Answer, Refusal, Words, json_answer
from captionkit.sandbox.call import Call
from captionkit.sandbox.lookup import MEDIA_OBJECT, attachment, media_object, named_attachment, named_media_object
from captionkit.sandbox.titles import sort_key

_MAX_LINK_BYTES = 6 * 1024
# What `sort` may name besides title; it goes into the query as a column, so an unknown one is a 500 on the server.
_COLUMNS = frozenset(
    {"id", "media_id", "old_media_id", "user_id", "attachment_id", "user_entered_title", "media_type", "created_at"}
) | {"updated_at"}

_FILES = (
    "SELECT media_entry_id FROM attachments WHERE context = :context AND deleted = 0 AND media_entry_id IS NOT NULL"
)


def list_of_user(call: Call) -> Answer:
    """Of the caller's own user files only; what they uploaded into a course is not here."""
    return _listing(call, f"user_{call.caller.user_id}", "/api/v1/media_attachments")


def list_of_course(call: Call) -> Answer:
    course_id = call.args["course_id"]
    row = call.state.one("SELECT id FROM courses WHERE id = ?", int(course_id)) if _is_id(course_id) else None
    if row is None:
        raise call.not_found()
    return _listing(call, f"course_{row['id']}", f"/api/v1/courses/{course_id}/media_attachments")


def list_of_group(call: Call) -> Answer:
    group_id = call.args["group_id"]
    row = call.state.one("SELECT id FROM groups_ WHERE id = ?", int(group_id)) if _is_id(group_id) else None
    if row is None:
        raise call.not_found()
    return _listing(call, f"group_{row['id']}", f"/api/v1/groups/{group_id}/media_attachments")


def rename_media_object(call: Call) -> Answer:
    media = named_media_object(call)
    if media["user_id"] != call.caller.user_id:
        raise call.unauthorized()
    return _rename(call, media)


def rename_attachment(call: Call) -> Answer:
    file = named_attachment(call)
    if not call.caller.may_edit(file["context"]):
        raise call.unauthorized()
    media = media_object(call.state, file["media_entry_id"])
    if media is None:
        raise call.broken()
    return _rename(call, media)


def request_captions(call: Call) -> Answer:
    """POST .../asr (section 9): an automatic track is begun; `Sandbox.finish_asr` ends it."""
    if call.switches.old_server or not call.switches.asr_requests:
        raise call.not_found()
    if call.path.startswith("/api/v1/media_attachments/"):
        file = attachment(call.state, call.args["id"])
        media = None if file is None else media_object(call.state, file["media_entry_id"] or "")
    else:
        media = media_object(call.state, call.args["id"])
    if media is None:
        raise Refusal(json_answer(422, {"error": "Media object not found or not yet processed"}))
    if not call.caller.may_caption(media):
        raise call.unauthorized()
    locale = call.form().get("locale")
    if not isinstance(locale, str) or not locale or not locale.replace("-", "").isalpha() or not locale.isascii():
        raise Refusal(json_answer(400, {"error": "Invalid or missing locale parameter"}))
    now = call.state.stamp()
    track_id = call.state.insert(
        "tracks",
        user_id=call.caller.user_id,
        media_object_id=media["id"],
        attachment_id=media["attachment_id"],
        locale=locale,
        kind="subtitles",
        content="",
        external_id=f"1_asr{media['id']}{locale}",
        workflow_state="processing",
        created_at=now,
        updated_at=now,
    )
    return call.answer({"id": track_id, "locale": locale, "workflow_state": "processing", "asr": True})


def _listing(call: Call, context: str, link_path: str) -> Answer:
    if not call.caller.may_read(context):
        raise call.unauthorized()
    ids = _ordered_ids(call, context)
    chosen, link = page_of(call, ids, link_path)
    excluded = call.params.get("exclude", [])
    # Both an Array and a String have include?, so `exclude=sources` without brackets works.
    with_sources = "sources" not in excluded
    marks = ",".join("?" * len(chosen))
    rows = {row["id"]: row for row in call.state.all(f"{MEDIA_OBJECT} WHERE mo.id IN ({marks})", *chosen)}
    tracks: dict[int, list[Row]] | None = None
    if "tracks" not in excluded:
        tracks = {media_id: [] for media_id in chosen}
        for track in call.state.all(
            f"SELECT t.* FROM tracks t JOIN media_objects mo ON mo.id = t.media_object_id WHERE mo.id IN ({marks}) "
            "AND (t.attachment_id IS NULL OR t.attachment_id = mo.attachment_id) ORDER BY t.locale, t.id",
            *chosen,
        ):
            tracks[track["media_object_id"]].append(track)
    call.cost += call.switches.row_cost * len(chosen)
    call.kaltura_calls = len(chosen) if with_sources else 0
    data = [
        _media_object_json(call, rows[i], with_sources=with_sources, tracks=None if tracks is None else tracks[i])
        for i in chosen
    ]
    return call.answer(data, ("Link", link))


def _ordered_ids(call: Call, context: str) -> list[int]:
    """The ids of the whole listing in its order."""
    direction = "DESC" if call.params.get("order") == "desc" else "ASC"
    sort = call.params.get("sort", "title")
    column = "sort_title" if sort == "title" else sort
    if not isinstance(column, str) or column not in _COLUMNS | {"sort_title"}:
        raise call.broken()
    term = call.params.get("search_term")
    if term is not None and len(str(term)) < 2:
        raise search_term_too_short(call.words)
    files = _FILES
    if not call.caller.may_edit(context) and call.state.one(
        f"SELECT 1 FROM attachments WHERE id IN (SELECT id FROM attachments WHERE context = :context AND hidden = 1) "
        f"AND media_entry_id IN ({_FILES})",
        context=context,
    ):
        if call.switches.hidden_file == "refuse":
            raise call.unauthorized()
        files += " AND hidden = 0"
    key = (context, column, direction, term, files)
    cached = call.state.listing_orders.get(key)
    if cached is not None and call.switches.stable_ties:
        return cached
    ties = "id" if call.switches.stable_ties else "random()"
    pattern = None if term is None else f"%{_escaped(str(term))}%"
    rows = call.state.all(
        f"SELECT id FROM media_objects WHERE (media_id IN ({files}) OR old_media_id IN ({files})) "
        f"AND (:pattern IS NULL OR title LIKE :pattern ESCAPE '\\') ORDER BY {column} {direction}, {ties}",
        context=context,
        pattern=pattern,
    )
    ids = [row["id"] for row in rows]
    # A track that is saved touches its media object, which this cache does not hear of.
    if column != "updated_at" and call.switches.stable_ties:
        call.state.listing_orders[key] = ids
    return ids


def page_of(call: Call, ids: list[int], link_path: str) -> tuple[list[int], str]:
    """One page, and its Link header. Beyond the end there is an empty page (section 10)."""
    per_page = min(max(_to_i(call.params.get("per_page", "10")), 1), 100)
    page = max(_to_i(call.params.get("page", "1")), 1)
    last = max(-(-len(ids) // per_page), 1)
    pages = {"current": page, "next": page + 1, "prev": page - 1, "first": 1, "last": last}
    if page >= last:
        del pages["next"]
    if page <= 1:
        del pages["prev"]
    kept = {k: v for k, v in call.params.items() if k not in ("page", "per_page", "access_token", "api_key")}
    # Sorted by name only: the values of a list keep their order.
    query = urlencode(sorted(_flat(kept), key=lambda pair: pair[0]))
    entries = {
        rel: f'<{call.base}{link_path}?{query}{"&" if query else ""}page={number}&per_page={per_page}>; rel="{rel}"'
        for rel, number in pages.items()
    }
    # Next is kept before all others where the header would grow too long.
    for rel in ("last", "first", "prev", "current"):
        if len(",".join(entries.values())) > _MAX_LINK_BYTES:
            entries.pop(rel, None)
    return ids[(page - 1) * per_page : page * per_page], ",".join(entries.values())


def search_term_too_short(words: Words) -> Refusal:
    fault = {"field": "search_term", "code": "invalid", "message": words("2 or more characters is required")}
    return Refusal(json_answer(400, {"errors": [fault]}))


def _media_object_json(call: Call, media: Row, *, with_sources: bool, tracks: list[Row] | None) -> dict[str, Any]:
    media_id = media["media_id"]
    data: dict[str, Any] = {
        "can_add_captions": call.caller.may_caption(media),
        "created_at": media["created_at"],
        "media_id": media_id,
        "media_type": media["media_type"],
        "title": media["user_entered_title"] or media["title"] or "Untitled",
        "embedded_iframe_url": f"{call.base}/media_objects_iframe/{media_id}",
    }
    if not call.switches.old_server:
        data["auto_caption_status"] = media["auto_caption_status"]
        data["viewer_restrictions"] = json.loads(media["viewer_restrictions"])
    if with_sources:
        data["media_sources"] = _sources(call, media)
    if tracks is not None:
        data["media_tracks"] = [_listed_track(call, media_id, track) for track in tracks]
    return data


def _listed_track(call: Call, media_id: str, track: Row) -> dict[str, Any]:
    data = {key: track[key] for key in ("kind", "created_at", "updated_at", "id", "locale")}
    if not call.switches.old_server:
        data |= {"workflow_state": track["workflow_state"], "asr": track["external_id"] is not None}
    return data | {"url": f"{call.base}/media_objects/{media_id}/media_tracks/{track['id']}"}


def _sources(call: Call, media: Row) -> list[dict[str, Any]] | None:
    """What Kaltura would tell; null for a media object of which it knows nothing yet."""
    if media["media_type"] is None:
        return None
    url = f"{call.base}/media_objects/{media['media_id']}/redirect?bitrate=391168"
    kaltura = {"height": "360", "width": "640", "content_type": "video/mp4", "containerFormat": "isom"}
    kaltura |= {"url": url, "bitrate": "391168", "size": "2048", "isOriginal": "0", "fileExt": "mp4"}
    return [kaltura | {"src": url, "label": f"{391168 // 1024} kbps"}]


def _rename(call: Call, media: Row) -> Answer:
    given = call.form()
    title = given.get("user_entered_title")
    if not isinstance(title, str) or not title.strip():
        message = call.words("The user_entered_title parameter must have a value")
        raise Refusal(json_answer(400, {"message": message}))
    if len(title) > 255:
        title = title[:252] + "..."
    restrictions = json.loads(media["viewer_restrictions"])
    if not call.switches.old_server and isinstance(given.get("viewer_restrictions"), dict):
        wanted = given["viewer_restrictions"]
        if "show_rolling_transcript" in wanted:
            if not isinstance(wanted["show_rolling_transcript"], bool):
                fault = {"field": "viewer_restrictions", "message": call.words("is invalid"), "error_code": "invalid"}
                raise Refusal(json_answer(422, {"errors": [fault]}))
            restrictions["show_rolling_transcript"] = wanted["show_rolling_transcript"]
    call.state.run(
        "UPDATE media_objects SET user_entered_title = ?, sort_title = ?, viewer_restrictions = ?, updated_at = ? "
        "WHERE id = ?",
        title,
        sort_key(title),
        json.dumps(restrictions),
        call.state.stamp(),
        media["id"],
    )
    call.state.listing_orders.clear()
    renamed = media_object(call.state, media["media_id"])
    assert renamed is not None
    return call.answer(_media_object_json(call, renamed, with_sources=False, tracks=None))


def _flat(params: dict[str, Any]) -> list[tuple[str, str]]:
    flat: list[tuple[str, str]] = []
    for key, value in params.items():
        if isinstance(value, list):
            flat += [(f"{key}[]", item) for item in value]
        elif isinstance(value, dict):
            flat += [(f"{key}[{inner}]", item) for inner, item in value.items()]
        else:
            flat.append((key, value))
    return flat


def _to_i(value: Any) -> int:
    """Ruby's String#to_i: the leading digits, else 0."""
    digits = ""
    for character in str(value).strip():
        if not (character.isascii() and character.isdigit()) or len(digits) > 9:
            break
        digits += character
    return int(digits or "0")


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 18


def _escaped(term: str) -> str:
    return term.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")

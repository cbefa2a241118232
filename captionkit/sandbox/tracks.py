"""The two track endpoints: the list, and the bulk replace. guides/canvas-server.md, sections 4 to 6.

Theory of operation. The replace is the heart of the stand-in, and every danger of the real one follows from its order:

1. the locales of the request are collected, before anything is looked at;
2. every existing track whose locale is not among them is deleted, of whichever user, each by itself and at once;
3. the elements are worked off in order: blank content is skipped, anything else is found or created, and saved;
4. a failure anywhere ends the request there, and nothing that was done is undone.

The list that a client sees on the media_objects path holds the caller's own tracks only; the deletion has no such
filter. On the media_attachments path of a copied file the deletion also takes the inherited rows, which are the
original's.
"""

from __future__ import annotations

import json
import re
from sqlite3 import Row
from typing import Any

from captionkit.sandbox import conversion
from captionkit.sandbox.answers import Answer, invalid, no_content
from captionkit.sandbox.call import Call, body_params, strict_json
from captionkit.sandbox.lookup import media_object, named_attachment, named_media_object

_INCLUDES = ("content", "webvtt_content", "updated_at", "created_at")
_KINDS = frozenset({"subtitles", "captions", "descriptions", "chapters", "metadata"})
_LOCALE = re.compile(r"[A-Za-z-]+")
TTML = re.compile(r"<tt\s+xml", re.IGNORECASE)
# Ruby's [[:space:]] is the White_Space property of Unicode; Python's isspace() has the information separators too.
_BLANK = re.compile(r"[\t\n\v\f\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*")


def list_on_media_object(call: Call) -> Answer:
    return _list(call, _own_tracks(call, named_media_object(call)))


def list_on_attachment(call: Call) -> Answer:
    attachment = named_attachment(call)
    if not call.caller.may_download(attachment):
        raise call.unauthorized()
    media = media_object(call.state, attachment["media_entry_id"])
    return _list(call, [] if media is None else _tracks_of_attachment(call, attachment, media))


def replace_on_media_object(call: Call) -> Answer:
    _parse_as_rails_does(call)
    media = named_media_object(call)
    _replace(call, media, None)
    return _list(call, _own_tracks(call, media))


def replace_on_attachment(call: Call) -> Answer:
    _parse_as_rails_does(call)
    attachment = named_attachment(call)
    if not call.caller.may_edit(attachment["context"]) or attachment["locked"]:
        raise call.unauthorized()
    media = media_object(call.state, attachment["media_entry_id"])
    if media is None:
        raise call.broken()
    _replace(call, media, attachment)
    return _list(call, _tracks_of_attachment(call, attachment, media))


# What is there


def _own_tracks(call: Call, media: Row) -> list[Row]:
    """The media_objects path: tracks in scope by the caller. Those of colleagues are invisible."""
    return call.state.all(
        "SELECT * FROM tracks WHERE media_object_id = ? AND (attachment_id IS NULL OR attachment_id IS ?) "
        "AND user_id = ? ORDER BY locale, id",
        media["id"],
        media["attachment_id"],
        call.caller.user_id,
    )


def tracks_in_scope(call: Call, media: Row) -> list[Row]:
    """The same of every user."""
    return call.state.all(
        "SELECT * FROM tracks WHERE media_object_id = ? AND (attachment_id IS NULL OR attachment_id IS ?) "
        "ORDER BY locale, id",
        media["id"],
        media["attachment_id"],
    )


def _tracks_of_attachment(call: Call, attachment: Row, media: Row) -> list[Row]:
    """The media_attachments path: the file's own tracks of every user, and the original's for locales it has not."""
    own = call.state.all("SELECT * FROM tracks WHERE attachment_id = ? ORDER BY locale, id", attachment["id"])
    found = {(t["locale"], t["media_object_id"]): t for t in reversed(own)}
    # Of the original itself this finds the same tracks again, and adds none.
    for track in call.state.all("SELECT * FROM tracks WHERE attachment_id = ? ORDER BY id", media["attachment_id"]):
        found.setdefault((track["locale"], track["media_object_id"]), track)
    if call.switches.attachment_track_order == "newest":
        return sorted(found.values(), key=lambda track: -int(track["id"]))
    return sorted(found.values(), key=lambda track: (track["locale"] or "", track["id"]))


def _list(call: Call, tracks: list[Row]) -> Answer:
    wanted = call.params.get("include", [])
    if isinstance(wanted, str):
        # `?include=content` without brackets: each on a String. On PUT everything is done by now (section 4).
        raise call.broken()
    included = [name for name in _INCLUDES if name in wanted]
    listed = []
    for track in tracks:
        data = {key: track[key] for key in ("id", "locale", "kind", "media_object_id", "user_id")}
        if not call.switches.old_server:
            data |= {"workflow_state": track["workflow_state"], "asr": track["external_id"] is not None}
        listed.append(data | {key: track[key] for key in included})
    return call.answer(listed)


# The bulk replace


def _parse_as_rails_does(call: Call) -> None:
    """The parameter parser runs before the action and refuses malformed JSON by itself, with 400."""
    body_params(call.body, call.content_type)


def _replace(call: Call, media: Row, attachment: Row | None) -> None:
    may = call.caller.may_caption(media) or (attachment is not None and call.switches.rights_by_file)
    file = media["attachment_id"] if attachment is None else attachment["id"]
    if not may or call.state.one("SELECT 1 FROM submissions WHERE attachment_id = ?", file):
        raise call.unauthorized() if call.switches.deletes_own_only else no_content()
    elements = _elements(call)
    locales = [_locale_of(call, element) for element in elements]
    existing = tracks_in_scope(call, media) if attachment is None else _tracks_of_attachment(call, attachment, media)
    for track in existing:
        is_spared = call.switches.deletes_own_only and track["user_id"] != call.caller.user_id
        if track["locale"] not in locales and not is_spared:
            if media["locked"]:
                raise call.broken()  # "cannot change column: captions - locked by Master Course"
            call.state.run("DELETE FROM tracks WHERE id = ?", track["id"])
            _touch(call, media)
    for element in elements:
        if not _is_blank(_value(element, "content")):
            if not isinstance(element, dict):
                raise call.broken()
            _save(call, media, attachment, element)


def _elements(call: Call) -> list[Any]:
    body = call.body
    if call.content_type.lower().startswith("application/x-www-form-urlencoded"):
        body = body if call.switches.form_body_readable else b""
    try:
        data = strict_json(body)
    except ValueError:
        raise call.broken() from None
    if data is None or data is False:
        return []
    if isinstance(data, dict):
        # An empty Hash maps to an empty list; the pairs of any other are arrays, and an Array takes no text as index.
        data = [list(pair) for pair in data.items()]
    if not isinstance(data, list):
        raise call.broken()
    return data


def _value(element: Any, key: str) -> Any:
    """Ruby's `element[key]`: on a String it is the key itself where the String contains it, else nil."""
    if isinstance(element, str):
        return key if key in element else None
    return element.get(key)


def _locale_of(call: Call, element: Any) -> Any:
    if not isinstance(element, (dict, str)):
        raise call.broken()
    return _value(element, "locale")


def _is_blank(value: Any) -> bool:
    """ActiveSupport's `blank?`."""
    if isinstance(value, str):
        return _BLANK.fullmatch(value) is not None
    return value is None or value is False or value == [] or value == {}


def _cast(value: Any) -> str | None:
    """What a text column makes of a JSON scalar."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "t" if value else "f"
    return json.dumps(value)


def _save(call: Call, media: Row, attachment: Row | None, element: dict[str, Any]) -> None:
    # The parameter filter lets scalars through and drops arrays and objects without a word.
    given: dict[str, Any] = {
        key: _cast(element[key])
        for key in ("kind", "locale", "content")
        if key in element and not isinstance(element[key], (list, dict))
    }
    if "\0" in (given.get("locale") or "") or not all(_is_utf8(value or "") for value in given.values()):
        raise call.broken()  # neither the query for the track nor a regular expression takes such text
    home = media["attachment_id"] if attachment is None else attachment["id"]
    found = _find(call, media, attachment, given.get("locale"))
    track: dict[str, Any] = (
        dict(found)
        if found is not None
        else {
            "user_id": call.caller.user_id,
            "locale": None,
            "kind": "subtitles",
            "content": None,
            "webvtt_content": None,
        }
    )
    before = dict(track)
    track |= given
    track["attachment_id"] = home
    _validate(call, media, track, changed=track["content"] != before["content"])
    if "\0" in (track["content"] or ""):
        raise call.broken()  # PostgreSQL takes no NUL, but that shows only when the record is saved
    _convert(call, track, changed=track["content"] != before["content"])
    now = call.state.stamp()
    if found is None:
        call.state.insert("tracks", **track, media_object_id=media["id"], created_at=now, updated_at=now)
    elif track != before:
        call.state.run(
            "UPDATE tracks SET locale = ?, kind = ?, content = ?, webvtt_content = ?, attachment_id = ?, "
            "updated_at = ? WHERE id = ?",
            *(track[key] for key in ("locale", "kind", "content", "webvtt_content", "attachment_id")),
            now,
            track["id"],
        )
    else:
        return
    _touch(call, media)


def _find(call: Call, media: Row, attachment: Row | None, locale: str | None) -> Row | None:
    """On the attachments path any user's track of this file; on the other the caller's own in scope (section 5, 7)."""
    if attachment is not None:
        return call.state.one(
            "SELECT * FROM tracks WHERE attachment_id = ? AND media_object_id = ? AND locale IS ? ORDER BY id",
            attachment["id"],
            media["id"],
            locale,
        )
    return call.state.one(
        "SELECT * FROM tracks WHERE media_object_id = ? AND (attachment_id IS NULL OR attachment_id IS ?) "
        "AND user_id = ? AND locale IS ? ORDER BY id",
        media["id"],
        media["attachment_id"],
        call.caller.user_id,
        locale,
    )


def _validate(call: Call, media: Row, track: dict[str, Any], *, changed: bool) -> None:
    faults = []
    if track["kind"] not in _KINDS:
        faults.append(("kind", "is not included in the list", "inclusion"))
    if _LOCALE.fullmatch(track["locale"] or "") is None:
        faults.append(("locale", "is invalid", "invalid"))
    # New servers take an automatic track without content while it is being made (section 6).
    waiting = track.get("external_id") is not None and track.get("workflow_state") in ("processing", "failed")
    if _is_blank(track["content"]) and (call.switches.old_server or not waiting):
        faults.append(("content", "can't be blank", "blank"))
    if track["attachment_id"] is not None and call.state.one(
        "SELECT 1 FROM tracks WHERE attachment_id = ? AND locale IS ? AND id IS NOT ?",
        track["attachment_id"],
        track["locale"],
        track.get("id"),
    ):
        faults.append(("locale", "has already been taken", "taken"))
    if TTML.search(track["content"] or ""):
        message = "TTML tracks are not allowed because they are susceptible to xss attacks"
        faults.append(("content", message, "invalid"))
    if media["locked"] and changed:
        faults.append(("base", "cannot change column(s): content - locked by Master Course", "invalid"))
    if faults:
        raise invalid(call.words, *faults)


def _convert(call: Call, track: dict[str, Any], *, changed: bool) -> None:
    """Fill `webvtt_content`; for content that says WEBVTT the column keeps what it had: the stale copy (section 7)."""
    content = track["content"] or ""
    if conversion.is_converted(content):
        if changed or track["webvtt_content"] is None:
            track["webvtt_content"] = conversion.webvtt_of(content)
    elif changed and call.switches.stale_column_fixed:
        track["webvtt_content"] = None


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _touch(call: Call, media: Row) -> None:
    call.state.run("UPDATE media_objects SET updated_at = ? WHERE id = ?", call.state.stamp(), media["id"])

"""The paths of the web interface: a single track at the URL that players load. A session's, not a token's (section 1).

`GET /media_objects/:id/media_tracks/:id` is what a viewer is shown: `webvtt_content` where there is one, else what was
uploaded. That is why a stale column is seen by viewers though the API shows the new content.
"""

from __future__ import annotations

from sqlite3 import Row

from captionkit.sandbox.answers import Answer, Words, html_answer, json_answer, unauthenticated
from captionkit.sandbox.call import Call
from captionkit.sandbox.lookup import attachment, media_object
from captionkit.sandbox.state import State
from captionkit.sandbox.tracks import TTML, tracks_in_scope


def no_session(words: Words, base: str, wants_json: bool) -> Answer:
    """What somebody without a session gets: the way to the login page; a client that asks for JSON gets 401."""
    if wants_json:
        return unauthenticated(words).answer
    return html_answer(302, "Redirect", "", ("Location", f"{base}/login"))


def show_track(call: Call) -> Answer:
    track = _track(call)
    if TTML.search(track["content"] or ""):
        return json_answer(422, {"errors": [{"field": "content", "message": call.words("is invalid")}]})
    return Answer(200, viewed(track).encode(), [("Content-Type", "text/plain; charset=utf-8")])


def delete_track(call: Call) -> Answer:
    track = _track(call)
    media = call.state.one("SELECT media_id FROM media_objects WHERE id = ?", track["media_object_id"])
    assert media is not None
    found = media_object(call.state, media["media_id"])
    if found is None or not call.caller.may_caption(found):
        raise call.unauthorized()
    call.state.run("DELETE FROM tracks WHERE id = ?", track["id"])
    return json_answer(200, {"media_id": media["media_id"]})


def viewed(track: Row) -> str:
    """What players receive."""
    return str(track["webvtt_content"] if track["webvtt_content"] is not None else track["content"] or "")


def session_user(state: State, cookie: str) -> str | None:
    """The token that stands behind a session cookie; a session of the sandbox is the user's token in a cookie."""
    for part in cookie.split(";"):
        name, _, value = part.strip().partition("=")
        if name == "_sandbox_session" and state.one("SELECT 1 FROM tokens WHERE token = ?", value):
            return value
    return None


def _track(call: Call) -> Row:
    wanted = call.args["track_id"]
    if not (wanted.isascii() and wanted.isdecimal()) or len(wanted) > 18:
        raise call.not_found()
    if "attachment_id" in call.args:
        file = attachment(call.state, call.args["attachment_id"])
        if file is None or not call.caller.may_download(file):
            raise call.unauthorized()
        media = media_object(call.state, file["media_entry_id"] or "")
        homes = {file["id"], None if media is None else media["attachment_id"]}
        row = call.state.one("SELECT * FROM tracks WHERE id = ?", int(wanted))
        if row is None or row["attachment_id"] not in homes:
            raise call.not_found()
        return row
    media = media_object(call.state, call.args["media_object_id"])
    if media is None:
        raise call.unauthorized()
    for row in tracks_in_scope(call, media):
        if row["id"] == int(wanted):
            return row
    raise call.not_found()

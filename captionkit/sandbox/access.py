"""Who is asking, and what they may do. guides/canvas-server.md, sections 3 and 11."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from sqlite3 import Row
from typing import Any

from captionkit.sandbox.answers import Refusal, Words, bad_token, json_answer, missing_scope, unauthenticated
from captionkit.sandbox.state import State

_BEARER = re.compile(r"Bearer (.+)", re.DOTALL)

#: Roles that hold manage_files_edit and manage_course_content_add/_delete; "reader" is a teacher without them.
EDITORS = frozenset({"teacher", "ta", "designer"})
ROLES = EDITORS | {"reader", "student", "observer"}


@dataclass(frozen=True, slots=True)
class Caller:
    """The user a request acts as.

    Attributes:
        roles: context ("course_101", "group_301") -> role.
        strips_includes: the token is scoped and its key does not allow include parameters (section 4).
    """

    user_id: int
    name: str
    is_admin: bool
    roles: dict[str, str] = field(default_factory=dict)
    strips_includes: bool = False

    def may_read(self, context: str) -> bool:
        return self.is_admin or context in self.roles or context == f"user_{self.user_id}"

    def may_edit(self, context: str) -> bool:
        return self.is_admin or self.roles.get(context) in EDITORS or context == f"user_{self.user_id}"

    def may_download(self, attachment: Row) -> bool:
        return self.may_edit(attachment["context"]) if attachment["hidden"] else self.may_read(attachment["context"])

    def may_caption(self, media_object: Row) -> bool:
        """`add_captions` and `delete_captions`: the attachment's `update` right if there is one (section 3).

        Args:
            media_object: a row of media_objects joined with `attachment_context`.
        """
        if media_object["attachment_context"] is not None:
            return self.may_edit(media_object["attachment_context"])
        return self.may_edit(media_object["context"]) or media_object["user_id"] == self.user_id


def token_of(headers: dict[str, Any], params: dict[str, Any]) -> str | None:
    """The token as sent. The word Bearer is case-sensitive (section 11)."""
    match = _BEARER.fullmatch(headers.get("HTTP_AUTHORIZATION", ""))
    if match:
        return match[1]
    token = params.get("access_token")
    return token if isinstance(token, str) and token else None


def caller_of(state: State, words: Words, token: str | None, scope: str, params: dict[str, Any]) -> Caller:
    """The caller behind a token, after masquerading.

    Args:
        scope: the scope that the route asks for, e.g. "url:GET|/api/v1/media_objects".

    Raises:
        Refusal: 401 in one of its forms.
    """
    if token is None:
        raise unauthenticated(words)
    row = state.one(
        "SELECT tokens.*, users.name, users.is_admin FROM tokens JOIN users ON users.id = tokens.user_id "
        "WHERE token = ?",
        token,
    )
    if row is None:
        raise bad_token(words)
    if row["state"] == "revoked":
        raise bad_token(words, "Revoked access token.")
    if row["state"] == "expired":
        raise bad_token(words, "Expired access token.", expired_at=row["expired_at"])
    if row["scopes"] is not None and scope not in json.loads(row["scopes"]):
        raise missing_scope(words)
    strips = row["scopes"] is not None and not row["allow_includes"]
    if params.get("as_user_id"):
        return _masquerade(state, row, str(params["as_user_id"]), strips)
    return known_caller(state, row["user_id"], row["name"], bool(row["is_admin"]), strips)


def known_caller(state: State, user_id: int, name: str, is_admin: bool, strips: bool = False) -> Caller:
    roles = {r["context"]: r["role"] for r in state.all("SELECT context, role FROM members WHERE user_id = ?", user_id)}
    return Caller(user_id, name, is_admin, roles, strips)


def _masquerade(state: State, token: Row, wanted: str, strips: bool) -> Caller:
    if wanted in ("self", str(token["user_id"])):
        return known_caller(state, token["user_id"], token["name"], bool(token["is_admin"]), strips)
    is_number = wanted.isascii() and wanted.isdecimal() and len(wanted) <= 18
    user = state.one("SELECT * FROM users WHERE id = ?", int(wanted)) if is_number else None
    # `errors` is a string here, unlike everywhere else (section 11).
    body: dict[str, Any] = {"errors": "Invalid as_user_id"}
    if user is None or not token["is_admin"]:
        raise Refusal(json_answer(401, body))
    if user["merged_into"] is not None:
        raise Refusal(json_answer(401, body | {"merged_into_user_id": user["merged_into"]}))
    return known_caller(state, user["id"], user["name"], bool(user["is_admin"]), strips)

"""Sign-in: the authorisation page, the token endpoint, and who a token belongs to. guides/studio-server.md, section 2.

Refresh tokens rotate: each works once, and using one twice ends in `invalid_grant`. That is what a client must store
atomically and refresh under a lock for.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
from html import escape
from sqlite3 import Row
from typing import Any
from urllib.parse import urlencode

from captionkit.sandbox.answers import Answer, html_answer, json_answer
from captionkit.sandbox.studio.state import StudioState
from captionkit.sandbox.studio.switches import StudioSwitches

CLIENT_ID = "sandbox-studio-client"
CLIENT_SECRET = "sandbox~studio~client~secret"
#: The redirect URI of a client that cannot be redirected to: the page shows the code, and the user pastes it.
OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"


def user_of(state: StudioState, authorization: str) -> Row | None:
    """The user behind `Bearer <token>`, None for a token that is unknown or over."""
    scheme, _, token = authorization.partition(" ")
    if scheme != "Bearer":
        return None
    return state.one(
        "SELECT users.* FROM access_tokens t JOIN users ON users.id = t.user_id "
        "WHERE t.token = ? AND (t.ends_at IS NULL OR t.ends_at > ?)",
        token,
        state.now(),
    )


def authorize(
    state: StudioState, switches: StudioSwitches, params: dict[str, Any], signed_in: int, own_url: str
) -> Answer:
    """The page where the user agrees. Here the user agrees at once. Of http addresses only its own is taken."""
    redirect = params.get("redirect_uri")
    if params.get("client_id") != CLIENT_ID or params.get("response_type") != "code" or not isinstance(redirect, str):
        return html_answer(400, "Invalid request", "<p>client_id, response_type or redirect_uri is wrong.</p>")
    is_out_of_band = redirect == OUT_OF_BAND and switches.takes_oob
    if not is_out_of_band and not redirect.startswith("https://") and redirect.rstrip("/") != own_url:
        return html_answer(400, "Invalid redirect URI", "<p>It must be https.</p>")
    code = new_code(state, signed_in, redirect)
    if is_out_of_band:
        return html_answer(200, "Authorisation code", f"<code>{escape(code)}</code>")
    query = {"code": code}
    if "state" in params and not switches.drops_state:
        query["state"] = str(params["state"])
    return Answer(302, b"", [("Location", f"{redirect}{'&' if '?' in redirect else '?'}{urlencode(query)}")])


def token(
    state: StudioState, switches: StudioSwitches, params: dict[str, Any], authorization: str, own_url: str
) -> Answer:
    """The token endpoint; client credentials come in the form or by HTTP Basic."""
    client_id, client_secret = _basic(authorization) or (params.get("client_id"), params.get("client_secret"))
    if client_id != CLIENT_ID or not hmac.compare_digest(str(client_secret), CLIENT_SECRET):
        return json_answer(401, {"error": "invalid_client"})
    match params.get("grant_type"):
        case "authorization_code":
            row = state.one("SELECT * FROM codes WHERE code = ? AND used = 0", str(params.get("code")))
            redirects = (row["redirect_uri"],) if row is not None and row["redirect_uri"] else (OUT_OF_BAND, own_url)
            if row is None or params.get("redirect_uri") not in redirects:
                return json_answer(400, {"error": "invalid_grant"})
            state.run("UPDATE codes SET used = 1 WHERE code = ?", row["code"])
            return json_answer(200, new_tokens(state, switches, row["user_id"]))
        case "refresh_token":
            row = state.one(
                "SELECT * FROM refresh_tokens WHERE token = ? AND used = 0", str(params.get("refresh_token"))
            )
            if row is None:
                return json_answer(400, {"error": "invalid_grant"})
            if not switches.rotates_refresh_tokens:
                return json_answer(200, new_tokens(state, switches, row["user_id"], keep=row["token"]))
            state.run("UPDATE refresh_tokens SET used = 1 WHERE token = ?", row["token"])
            return json_answer(200, new_tokens(state, switches, row["user_id"]))
    return json_answer(400, {"error": "unsupported_grant_type"})


def new_code(state: StudioState, user_id: int, redirect_uri: str) -> str:
    code = f"code~{secrets.token_hex(12)}"
    state.insert("codes", code=code, user_id=user_id, redirect_uri=redirect_uri)
    return code


def new_tokens(state: StudioState, switches: StudioSwitches, user_id: int, keep: str | None = None) -> dict[str, Any]:
    lifetime = switches.token_lifetime_s
    access = f"access~{secrets.token_hex(16)}"
    state.insert("access_tokens", token=access, user_id=user_id, ends_at=state.now() + lifetime if lifetime else None)
    if keep is None:
        keep = f"refresh~{secrets.token_hex(16)}"
        state.insert("refresh_tokens", token=keep, user_id=user_id)
    answer: dict[str, Any] = {"access_token": access, "token_type": "Bearer", "refresh_token": keep}
    if lifetime and switches.tells_expires_in:
        answer["expires_in"] = lifetime
    return answer


def _basic(authorization: str) -> tuple[str, str] | None:
    scheme, _, value = authorization.partition(" ")
    if scheme != "Basic":
        return None
    try:
        name, _, secret = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return name, secret

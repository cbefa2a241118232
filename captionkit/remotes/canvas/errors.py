"""What an answer of Canvas that is no success means, and how to say it to a person.

Pure: an answer goes in, an error comes out. Canvas translates its messages into the user's language, so nothing here
is decided by a message where a status, a header or a code can decide it; the messages are only passed on.
(lib/authentication_methods.rb, lib/api/errors.rb, application_controller.rb.)
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from captionkit.errors import BadToken, NotFound, NotPermitted, Rejected, RemoteError, Throttled, UnexpectedAnswer
from captionkit.remotes.http.session import Answer

NOTHING = "Nothing was written."
_LONGEST_MESSAGE = 300
_PLACE = re.compile(r"/(course|group)s/([0-9~]+)/")


def error_for(answer: Answer, redact: Callable[[str], str], *, unchanged: str = NOTHING) -> RemoteError:
    """The error that this answer stands for.

    Args:
        redact: takes secrets out of what the server says.
        unchanged: what to say about what was not done; "" where that is not known.
    """

    def made(kind: type[RemoteError], message: str, hint: str = "") -> RemoteError:
        return kind(message, where=answer.where, unchanged=unchanged, hint=hint, status=answer.status)

    body = _body(answer)
    complaint_texts = [redact(text)[:_LONGEST_MESSAGE] for text in complaints(body)]
    says = f" (Canvas says: {'; '.join(complaint_texts)})" if complaint_texts else ""
    if answer.is_throttle:
        return made(Throttled, "Canvas's rate limit refuses us", "Wait a minute, then try again.")
    if answer.status == 401:
        return _unauthorized(answer, body, says, made)
    if answer.status == 403 or answer.status == 204:
        if answer.looks_like_html:
            return made(NotPermitted, "something in front of Canvas refuses this request (403)", _ASK)
        if answer.status == 204:
            return made(NotPermitted, "Canvas refused without saying so (204): this user may not change it", _RIGHTS)
        return made(NotPermitted, f"not permitted, or not there: Canvas does not tell these apart{says}", _RIGHTS)
    if answer.status == 404:
        if body is None:
            return made(NotFound, "there is no Canvas API at this address", "Check CANVAS_API_URL.")
        place = _PLACE.search(answer.where)
        if place is not None:
            return made(NotFound, f"this Canvas has no {place[1]} {place[2]}", "Check the number, and CANVAS_API_URL.")
        return made(NotFound, f"Canvas knows nothing by this id{says}", "Check the id, and CANVAS_API_URL.")
    if any("Master Course" in text for text in complaint_texts):
        hint = "Ask whoever keeps the blueprint course to unlock the file, or to put the captions there."
        return made(Rejected, "a blueprint course locks this file, so its captions cannot be changed here", hint)
    if answer.status in (400, 422):
        return made(Rejected, f"Canvas does not take what was sent{says}", "")
    if answer.status == 413:
        return made(Rejected, "the server does not take that much at once (413)", "Make the caption files smaller.")
    if 200 <= answer.status < 300:
        return made(UnexpectedAnswer, f"the answer is not what was asked for (status {answer.status})", _ASK)
    return made(UnexpectedAnswer, f"the server answered with status {answer.status}{says}", _ASK)


_RIGHTS = "Ask for the right to manage this course's content and files, or check the id."
_ASK = "Check CANVAS_API_URL; if it is right, ask whoever runs this Canvas."


def _unauthorized(
    answer: Answer, body: Any, says: str, made: Callable[[type[RemoteError], str, str], RemoteError]
) -> RemoteError:
    """401 is used for a bad token, a missing scope, a refused masquerade and, by older servers, a missing right.

    Only the first comes with WWW-Authenticate, on old servers and new (canvasapi relies on it, too).
    """
    status = body.get("status") if isinstance(body, dict) else None
    if "www-authenticate" in answer.headers or status == "unauthenticated":
        errors = body.get("errors") if isinstance(body, dict) else None
        first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
        if "expired_at" in first:
            message = f"the token has expired, on {str(first['expired_at'])[:40]}"
        else:
            message = f"Canvas does not accept the token{says}"
        return made(BadToken, message, "Make a new one in Canvas under Account, Settings, New Access Token.")
    if isinstance(body, dict) and isinstance(body.get("errors"), str):
        return made(NotPermitted, f"Canvas does not let you act as that user{says}", "Check the id of that user.")
    if status == "unauthorized":
        return made(NotPermitted, f"not permitted, or not there: Canvas does not tell these apart{says}", _RIGHTS)
    if body is None:
        return made(BadToken, "the server asks for a login", "Check CANVAS_API_URL and the token.")
    return made(
        NotPermitted,
        f"the token's developer key does not allow this call{says}",
        "Its scopes must include media objects, media tracks and users/self; ask whoever manages developer keys.",
    )


def complaints(body: Any) -> list[str]:
    """What the server says is wrong, a sentence each, from any of the shapes that Canvas uses.

    A list of {message, field, error_code or code}, a mapping of fields to such lists, a mere text, or one message.
    """
    if not isinstance(body, dict):
        return []
    errors = body.get("errors", body.get("message", body.get("error")))
    if isinstance(errors, str):
        return [errors] if errors else []
    if isinstance(errors, dict):
        pairs = [(field, one) for field, many in errors.items() for one in (many if isinstance(many, list) else [many])]
    elif isinstance(errors, list):
        pairs = [("", one) for one in errors]
    else:
        return []
    return [text for field, one in pairs if (text := _complaint(field, one))]


def _complaint(field: str, one: Any) -> str:
    if isinstance(one, str):
        return f"{field} {one}".strip()
    if not isinstance(one, dict):
        return ""
    field = str(one.get("field") or field)
    code = one.get("error_code") or one.get("code") or one.get("type")
    message = str(one.get("message") or "")
    if code in message.split() or code == "internal_server_error":
        code = None
    return f"{field} {message}".strip() + (f" [{code}]" if code else "")


def _body(answer: Answer) -> Any:
    """The body as JSON, or None where it is none."""
    try:
        return json.loads(answer.body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None

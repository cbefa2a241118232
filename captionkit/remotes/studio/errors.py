"""What Studio's statuses mean, call by call, and what to do about each.

The table has every status that the documentation of a call names ("Media Upload" and the caption calls of Instructure's
public API). What it does not name is passed on as it is. The body of an error is JSON with a key `error`, a text or an
object; proxies in between answer HTML, which is not repeated.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from captionkit.errors import (
    AlreadyDone,
    BadToken,
    NotAvailable,
    NotFound,
    NotPermitted,
    Rejected,
    Remedy,
    RemoteError,
    Throttled,
    UnexpectedAnswer,
)
from captionkit.remotes.http.session import Answer

NOTHING = "Nothing was written."
_LONGEST_MESSAGE = 300
#: How deep a complaint is looked for in the lists and objects of an error's body.
_DEEPEST = 5


class Meaning(NamedTuple):
    """What one status of one call means."""

    error: type[RemoteError]
    message: str
    hint: str
    remedy: Remedy | None = None


_SIGN_IN = (
    "Studio's tokens last about two hours: put a fresh one into CAPTIONKIT_STUDIO_TOKEN, or sign in, which renews them "
    "by itself."
)
_ADMIN = "Ask a Studio administrator: a token acts as its user, and only an administrator may act for others."
_CAPTIONS_RIGHT = (
    "Only the owner of a media, or an account administrator, may see and add its captions: use such a person's token."
)
_NO_AUTO = Meaning(
    NotAvailable,
    "automatic captions were asked for, and this account does not have them",
    "Ask for none, or ask a Studio administrator to switch automatic captions on.",
)

#: What holds for every call.
ALWAYS: Mapping[int, Meaning] = {
    401: Meaning(
        BadToken, "Studio does not accept the token: it is missing, wrong, expired or revoked", _SIGN_IN, Remedy.SIGN_IN
    ),
    403: Meaning(NotPermitted, "Studio does not permit this to the user whose token it is", _ADMIN),
    404: Meaning(NotFound, "Studio does not know this call", "Check CAPTIONKIT_STUDIO_URL."),
    409: Meaning(AlreadyDone, "Studio says that this has been done already", ""),
    422: Meaning(Rejected, "Studio does not take what was sent", "Check the ids and the other values."),
    501: Meaning(NotAvailable, "this account of Studio does not have what was asked for", "Ask an administrator."),
}

_MEDIA_404 = Meaning(
    NotFound, "Studio has no media by this id", "A search by title finds the id of a media.", Remedy.FIND_MEDIA
)
_COLLECTION_404 = Meaning(
    NotFound,
    "Studio has no collection by this id",
    "The list of collections has the ids that you can use.",
    Remedy.LIST_COLLECTIONS,
)
_COLLECTION_422 = _COLLECTION_404._replace(error=Rejected, message="Studio does not take this collection id")

#: call -> status -> meaning, where it is more than what always holds.
CALLS: Mapping[str, Mapping[int, Meaning]] = {
    "create in collection": {
        403: Meaning(
            NotPermitted,
            "Studio does not permit this user to add media to the collection",
            "Ask the owner of the collection for the right to add media.",
        ),
        404: _COLLECTION_404,
        422: Meaning(
            Rejected,
            "Studio does not take these values for a new media",
            "Check {given}, and that anybody can open the address.",
        ),
        501: _NO_AUTO,
    },
    "create": {
        403: Meaning(NotPermitted, "Studio does not permit this user to create media there", _ADMIN),
        404: Meaning(NotFound, "Studio does not know what the new media was to belong to", "Check {given}."),
        422: Meaning(Rejected, "Studio does not take these values for a new media", "Check {given}."),
        501: _NO_AUTO,
    },
    "upload": {
        403: Meaning(
            NotPermitted, "Studio does not permit this user to upload", "Ask a Studio administrator for the right."
        ),
        422: Meaning(Rejected, "Studio does not take the request for an upload", "Try again later."),
    },
    "upload for a user": {
        403: Meaning(NotPermitted, "Studio does not permit this user to upload for that user", _ADMIN),
        404: Meaning(
            NotFound, "Studio has no user by this id", "Check the id, or name no user, to upload for yourself."
        ),
        422: Meaning(Rejected, "Studio does not take this user id", "Give the number of a Studio user, or none."),
    },
    "complete": {
        400: Meaning(Rejected, "Studio says that the title is missing", "Give it a title."),
        403: Meaning(
            NotPermitted,
            "Studio does not permit this user to complete the upload",
            "It was begun with another user's token: use that one, or upload again.",
        ),
        404: Meaning(NotFound, "Studio does not know this upload (any more)", "Upload it again.", Remedy.UPLOAD_AGAIN),
        409: Meaning(AlreadyDone, "this upload has been completed already", "There is nothing left to do."),
        501: _NO_AUTO,
    },
    "captions": {
        403: Meaning(NotPermitted, "Studio does not permit this user to see this media's captions", _CAPTIONS_RIGHT),
        404: _MEDIA_404,
        422: Meaning(Rejected, "Studio does not take this media id", "It is a number."),
    },
    "add caption": {
        403: Meaning(NotPermitted, "Studio does not permit this user to add captions to this media", _CAPTIONS_RIGHT),
        404: _MEDIA_404,
        422: Meaning(
            Rejected,
            "Studio does not take this caption file or its language",
            "If it is the language, say under [studio.locales] in captionkit.toml what Studio is to be told instead; "
            "or it has captions in this language already, which only Studio itself can replace.",
        ),
    },
    "caption": {
        403: Meaning(NotPermitted, "Studio does not permit this user to download this caption file", _CAPTIONS_RIGHT),
        404: Meaning(NotFound, "Studio has no such caption file (any more)", "List them again."),
        422: Meaning(Rejected, "Studio does not take this caption file id", "It is a number."),
    },
    "media": {404: _MEDIA_404, 422: Meaning(Rejected, "Studio does not take this media id", "It is a number.")},
    "change media": {
        403: Meaning(
            NotPermitted,
            "Studio does not permit this user to change this media",
            "Only its owner, or an account administrator, may.",
        ),
        404: _MEDIA_404,
    },
    "unarchive into": {
        403: Meaning(
            NotPermitted,
            "Studio does not permit this user to put this media into the collection",
            "Ask the owner of the collection for the right to add media.",
        ),
        404: Meaning(NotFound, "Studio does not know this media or this collection", "Check {given}."),
        422: Meaning(Rejected, "Studio does not take this media or this collection", "Check {given}."),
    },
    "collection": {404: _COLLECTION_404, 422: _COLLECTION_422},
    "course": {
        404: Meaning(
            NotFound,
            "Studio knows no course by this number",
            "It is the number in the address of the course in Canvas; Studio must have been opened there once.",
        )
    },
    "user": {404: Meaning(NotFound, "Studio has no user by this id", "Check the id.")},
    "group": {404: Meaning(NotFound, "Studio has no group by this id", "Check the id.")},
}


def error_for(
    answer: Answer, call: str, redact: Callable[[str], str], *, given: str = "what was given", unchanged: str = NOTHING
) -> RemoteError:
    """The error that stands for an answer which is not what was asked for.

    Args:
        call: a key of `CALLS`.
        redact: takes secrets out of what the server says.
        given: what a hint may ask to be checked: no more than what was sent.
        unchanged: what is known to have been left alone; "" where that is not known.
    """
    says = _says(answer, redact)
    if answer.is_throttle:
        return Throttled(
            f"Studio asks for fewer requests{says}", where=answer.where, unchanged=unchanged, status=answer.status,
            hint="Wait a minute, then try again.",
        )  # fmt: skip
    meaning = CALLS.get(call, {}).get(answer.status) or ALWAYS.get(answer.status)
    if meaning is None or (answer.looks_like_html and answer.status == 403):
        return UnexpectedAnswer(
            f"the answer is not what was asked for (status {answer.status}){says}", where=answer.where,
            unchanged=unchanged, status=answer.status,
            hint=f"Check {answer.service.setting}; if it is right, something in front of Studio may be answering.",
        )  # fmt: skip
    if meaning.error is NotFound and answer.looks_like_html:
        return NotFound(
            "there is no Studio API at this address", where=answer.where, unchanged=unchanged, status=404,
            hint=f"Check {answer.service.setting}: it is https://YOUR-SCHOOL.instructuremedia.com.",
        )  # fmt: skip
    return meaning.error(
        f"{meaning.message}{says}", where=answer.where, unchanged=unchanged, status=answer.status,
        hint=meaning.hint.replace("{given}", given), remedy=meaning.remedy,
    )  # fmt: skip


def _says(answer: Answer, redact: Callable[[str], str]) -> str:
    reason = complaint(answer.body)
    return f" (Studio says: {redact(reason)[:_LONGEST_MESSAGE]})" if reason else ""


def complaint(body: bytes) -> str:
    """What the server says is wrong; "" where it says nothing that can be understood."""
    try:
        found = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return ""
    if not isinstance(found, dict):
        return ""
    text = _text(found.get("error", found.get("errors", found.get("message"))))
    return text.encode("utf-8", "replace").decode()


def _text(found: Any, depth: int = 0) -> str:
    if isinstance(found, str):
        return found
    if depth > _DEEPEST:
        return ""
    if isinstance(found, list):
        return "; ".join(text for one in found if (text := _text(one, depth + 1)))
    if isinstance(found, dict):
        inner = found.get("message")
        if isinstance(inner, str):
            return _text(inner)
        return "; ".join(f"{key} {text}" for key, value in found.items() if (text := _text(value, depth + 1)))
    return ""

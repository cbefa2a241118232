"""Studio's JSON, read into types and believed only as far as it is well formed. Ids are always text.

Unknown keys are ignored and only the id of a thing is required: tenants differ, `provider` is not documented, names
and descriptions can be null. An id is a number, and a language is letters, digits and hyphens: both become parts of
addresses and file names. No text holds a lone surrogate or a NUL, and no number is infinite.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from captionkit.errors import OddAnswer
from captionkit.remotes.http.session import Answer
from captionkit.remotes.studio.errors import NOTHING

#: `provider` of captions that Instructure's media service made by machine.
MACHINE_PROVIDER = "notorious"
#: What Studio's own pages call the collection that a user's uploads are in; its name is "" or null.
MY_UPLOADS = "My Uploads"
_ID = re.compile(r"[0-9]{1,19}")
_LANGUAGE = re.compile(r"[A-Za-z0-9_-]{1,35}")
_UNWRITABLE = re.compile(r"[\x00\ud800-\udfff]")
#: More bytes or seconds than any recording has, and still exact as a float.
_LARGEST = 2**53


@dataclass(frozen=True, slots=True)
class Owner:
    """Who a media or a collection belongs to."""

    id: str = ""
    name: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Media:
    """A recording in Studio.

    Attributes:
        duration: seconds. size: bytes; 0 where not known.
        collection_id, collection_name: only where one media was asked for.
        last_viewed, last_viewed_by_student: when; "" for never, and where it is not known.
    """

    id: str
    title: str
    description: str = ""
    duration: float = 0.0
    created_at: str = ""
    transcoding_status: str = ""
    owner: Owner = Owner()
    size: int = 0
    source: str = ""
    embed_id: str = ""
    lti_launch_id: str = ""
    collection_id: str = ""
    collection_name: str = ""
    last_viewed: str = ""
    last_viewed_by_student: str = ""


@dataclass(frozen=True, slots=True)
class CaptionFile:
    """One caption file of a media.

    Attributes:
        srclang: the language as Studio has it. label: its name, made by Studio.
        status: free text: "published", "uploaded" and others; see `is_readable` for what we make of it.
        provider: "notorious" for machine captions; not documented, "" where not known.
    """

    id: str
    srclang: str
    status: str = ""
    label: str = ""
    subtitle_format: str = ""
    created_at: str = ""
    provider: str = ""

    @property
    def is_machine_made(self) -> bool:
        return self.provider == MACHINE_PROVIDER

    @property
    def is_in_the_making(self) -> bool:
        """Whether there is nothing to download yet (the states of a request for captions)."""
        return self.status in ("requested", "processing", "pending", "queued")


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection of media; `type` is "user" for somebody's own library, "course_wide" for a course."""

    id: str
    name: str
    type: str = ""
    permission: str = ""
    created_at: str = ""
    course_id: str = ""
    owner: Owner = Owner()


@dataclass(frozen=True, slots=True)
class Course:
    """A Canvas course as Studio knows it.

    Attributes:
        collection_id: of the course's collection. course_id: its number in Canvas.
    """

    collection_id: str
    course_id: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class User:
    """A user of Studio."""

    id: str
    name: str
    email: str = ""
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewUpload:
    """A place that a file can be sent to.

    Attributes:
        id: of the media that it will be.
        url: signed: whoever has it may write there. Never printed, logged, stored or raised.
    """

    id: str
    url: str = field(repr=False)


def media_of(found: Any, answer: Answer) -> Media:
    found = _object(found, answer, "media")
    return Media(
        _id(found, answer, "media"), _text(found, "title"), _text(found, "description"), _number(found, "duration"),
        _text(found, "created_at"), _text(found, "transcoding_status"), owner_of(found.get("owner")),
        int(_number(found, "size")), _text(found, "source"), _text(found, "embed_id"), _text(found, "lti_launch_id"),
        *_home(found.get("collection")), _text(found, "last_viewed"), _text(found, "last_viewed_by_student"),
    )  # fmt: skip


def _home(found: Any) -> tuple[str, str]:
    """Id and name of the collection that a media is in."""
    if not isinstance(found, dict):
        return "", ""
    return id_text(found.get("id")), _text(found, "name") or (MY_UPLOADS if found.get("type") == "user" else "")


def caption_of(found: Any, answer: Answer) -> CaptionFile:
    found = _object(found, answer, "caption file")
    if not _LANGUAGE.fullmatch(_text(found, "srclang")):
        number = id_text(found.get("id"))
        raise unexpected(answer, f"caption file {number or 'without an id'} has a language that is none")
    return CaptionFile(
        _id(found, answer, "caption file"), _text(found, "srclang"), _text(found, "status"), _text(found, "label"),
        _text(found, "subtitle_format"), _text(found, "created_at"), _text(found, "provider"),
    )  # fmt: skip


def collection_of(found: Any, answer: Answer) -> Collection:
    found = _object(found, answer, "collection")
    return Collection(
        _id(found, answer, "collection"), _text(found, "name"), _text(found, "type"), _text(found, "permission"),
        _text(found, "created_at"), id_text(found.get("course_id")), owner_of(found.get("owner")),
    )  # fmt: skip


def course_of(found: Any, answer: Answer) -> Course:
    found = _object(found, answer, "course")
    return Course(_id(found, answer, "course"), id_text(found.get("course_id")), _text(found, "name"))


def user_of(found: Any, answer: Answer) -> User:
    found = _object(found, answer, "user")
    roles = found.get("role_names")
    return User(
        _id(found, answer, "user"), _text(found, "display_name") or _text(found, "full_name"), _text(found, "email"),
        tuple(role for role in roles if isinstance(role, str)) if isinstance(roles, list) else (),
    )  # fmt: skip


def new_upload_of(found: Any, answer: Answer) -> NewUpload:
    found = _object(found, answer, "upload")
    url = _text(found, "url")
    if not url.lower().startswith(("https://", "http://")):
        raise unexpected(answer, "the address to upload to is missing")
    return NewUpload(_id(found, answer, "upload"), url)


def owner_of(found: Any) -> Owner:
    if not isinstance(found, dict):
        return Owner()
    name = _text(found, "display_name") or _text(found, "full_name")
    return Owner(id_text(found.get("id")), name, _text(found, "email"))


def id_text(value: Any) -> str:
    """An id as text; "" for what is none."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**19:
        return str(value)
    return value if isinstance(value, str) and _ID.fullmatch(value) else ""


def unexpected(answer: Answer, message: str) -> OddAnswer:
    return OddAnswer(
        message, where=answer.where, unchanged=NOTHING if answer.where.startswith("GET ") else "",
        status=answer.status,
        hint=f"Check {answer.service.setting}; if it is right, this Studio does not behave as its documentation says.",
    )  # fmt: skip


def _object(found: Any, answer: Answer, what: str) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise unexpected(answer, f"the answer holds no {what}")
    return found


def _id(found: dict[str, Any], answer: Answer, what: str) -> str:
    text = id_text(found.get("id"))
    if not text:
        raise unexpected(answer, f"a {what} without an id")
    return text


def _text(found: dict[str, Any], key: str) -> str:
    value = found.get(key)
    return _UNWRITABLE.sub("\ufffd", value) if isinstance(value, str) else ""


def _number(found: dict[str, Any], key: str) -> float:
    value = found.get(key)
    if not isinstance(value, int | float) or isinstance(value, bool):
        return 0.0
    return float(value) if 0 <= value <= _LARGEST else 0.0

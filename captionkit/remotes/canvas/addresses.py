"""How media objects, courses and groups are named: by people, and in Canvas's addresses."""

from __future__ import annotations

import re
from itertools import pairwise
from urllib.parse import quote, unquote, urlsplit

from captionkit.errors import UsageError

#: The two ways to a recording's tracks: by its media id, or by the id of a file that holds it.
PATHS = ("media_objects", "media_attachments")

_MEDIA_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,199}\Z")
_NUMBER = re.compile(r"[0-9]{1,30}(?:~[0-9]{1,30})?\Z")


def media_address(text: str, *, base_url: str = "") -> str:
    """What a person calls a media object, as "media_objects/m-abc" or "media_attachments/123".

    Takes a media id, a file's number, either of the two with its path, or an address copied from the browser: a media
    page, a file's page, or an embedded player.

    Args:
        base_url: where given, a pasted address must be of this Canvas.

    Raises:
        UsageError: for anything else.
    """
    text = text.strip()
    if "://" in text:
        parts = urlsplit(text)
        if base_url and (parts.hostname or "").lower() != (urlsplit(base_url).hostname or "").lower():
            raise UsageError(f"this address is not of {base_url}", where=parts.hostname or text[:100])
        text = unquote(parts.path)
    steps = [step for step in text.split("/") if step]
    for place, name in pairwise(steps):
        address = place.removesuffix("_iframe")
        if address == "media_objects" and _MEDIA_ID.match(name):
            return f"media_objects/{name}"
        if address in ("media_attachments", "files") and _NUMBER.match(name):
            return f"media_attachments/{name}"
    if steps == [text] and _NUMBER.match(text):
        return f"media_attachments/{text}"
    if steps == [text] and _MEDIA_ID.match(text) and set(text) & set("-_"):
        return f"media_objects/{text}"
    raise UsageError(
        f"{text[:100]!r} is no media object",
        hint="Give a media id (m-abc), media_objects/m-abc, media_attachments/123, or the address of its page.",
    )


def scope_of(*, course: str = "", group: str = "") -> str:
    """A course or group, by its number or a pasted address, as a scope; one's own files for neither.

    Raises:
        UsageError: for what is no number; Canvas does not take SIS ids here (Course.find on the plain id).
    """
    for kind, given in (("courses", course), ("groups", group)):
        if given:
            found = re.search(rf"(?:^|/){kind}/([0-9~]+)", given)
            number = found[1] if found else given.strip()
            if not _NUMBER.match(number):
                raise UsageError(
                    f"{given[:100]!r} is no {kind.removesuffix('s')} number",
                    hint=f"It is in the address of its page: /{kind}/NUMBER. SIS ids do not work in this API.",
                )
            return f"{kind}/{number}"
    return "users/self"


def scope_path(scope: str) -> str:
    """The scope as a part of an address.

    Raises:
        UsageError: for what is none, before it can become part of an address.
    """
    kind, _, number = scope.partition("/")
    if scope != "users/self" and not (kind in ("courses", "groups") and _NUMBER.match(number)):
        raise UsageError(f"no such scope: {scope!r}", hint="e.g. courses/101, groups/7 or users/self")
    return scope


def media_path(media: str) -> str:
    """The API's address of "media_objects/m-abc" or "media_attachments/123".

    Raises:
        UsageError: for anything else, before it can become part of an address.
    """
    path, _, name = media.partition("/")
    if path not in PATHS or not (_MEDIA_ID if path == "media_objects" else _NUMBER).match(name):
        raise UsageError(f"no such media object: {media[:100]!r}")
    return f"/api/v1/{path}/{quote(name, safe='~')}"

"""How media objects, courses and groups are named: by people, and in Canvas's addresses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import quote, unquote, urlsplit

from captionkit.address import base_url as address_of
from captionkit.address import wire_host
from captionkit.errors import ConfigError, UsageError

#: The two ways to a recording's tracks: by its media id, or by the id of a file that holds it.
PATHS = ("media_objects", "media_attachments")
#: The scope of one's own files, beside "courses/101" and "groups/7".
OWN_FILES = "users/self"

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
        if base_url and wire_host(parts.hostname or "") != urlsplit(base_url).hostname:
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


def page_of(base_url: str, address: str) -> str:
    """The page that plays what `media_address` names; "" for what is no such address."""
    path, _, name = address.partition("/")
    return f"{base_url}/{path}_iframe/{quote(name, safe='~')}" if path in PATHS and name else ""


@dataclass(frozen=True, slots=True)
class Place:
    """A Canvas and what in it a folder is compared with.

    Attributes:
        base_url: scheme, host and port, lower case, no path, no trailing slash.
        scope: "courses/101", "groups/7" or "users/self"; "" where the address says none.
    """

    base_url: str
    scope: str = ""


def place_of(text: str) -> Place:
    """Understand the address of a Canvas, or one copied from the browser: the course in it is taken, too.

    Raises:
        ConfigError: see `captionkit.address.base_url`; also where a course is named by something else than its number.
    """
    base = address_of(text)
    path = urlsplit(text if "://" in text else f"https://{text}").path
    found = re.match(r"/(?:api/v1/)?(courses|groups|users)/([^/]+)", path)
    if not found or (found[1] == "users" and found[2] != "self"):
        return Place(base)
    return Place(base, scope_named(found[1], found[2]))


def scope_named(kind: str, identifier: str) -> str:
    """The scope of a course, a group or one's own media: ("courses", "101") -> "courses/101".

    Args:
        kind: "courses", "groups" or "users".
        identifier: Canvas's number, also as `1~23`; a copied address; "self" for users. No SIS id: Canvas lists media
            objects by the number only (media_objects_controller.rb finds the course by its plain id).

    Raises:
        ConfigError: that is no id.
    """
    text = identifier.strip()
    one = kind.removesuffix("s")
    if "/" in text:
        place = place_of(text) if "://" in text else None
        scope = place.scope if place else _scope_in(text)
        if scope.startswith(f"{kind}/"):
            return scope
        raise ConfigError(f"the address {place.base_url if place else text[:100]}... names no {one}")
    if kind == "users":
        if text != "self":
            raise ConfigError(
                f'user must be "self", not {text!r}', hint="captionkit works with your own media, not another's."
            )
        return OWN_FILES
    if not _NUMBER.match(text):
        sis = " Canvas does not take SIS ids for media." if text.startswith("sis_") else ""
        raise ConfigError(
            f"{one} must be Canvas's number, not {text[:100]!r}",
            hint=f"It stands in the address of the {one}: https://canvas.example.edu/{kind}/101 -> 101.{sis}",
        )
    return f"{kind}/{text}"


def scope_of(*, course: str = "", group: str = "") -> str:
    """A course or group as a scope; see `scope_named`. One's own files for neither."""
    if course or group:
        return scope_named("courses", course) if course else scope_named("groups", group)
    return OWN_FILES


def scope_in_words(scope: str) -> str:
    """For a person: "course 101", "your own media"."""
    kind, _, number = scope.partition("/")
    return "your own media" if scope == OWN_FILES else f"{kind.removesuffix('s')} {number}"


def _scope_in(path: str) -> str:
    found = re.search(r"(?:^|/)((?:courses|groups)/[0-9]+(?:~[0-9]+)?)(?:/|$)", path)
    return found[1] if found else ""


def scope_path(scope: str) -> str:
    """The scope as a part of an address.

    Raises:
        UsageError: for what is none, before it can become part of an address.
    """
    kind, _, number = scope.partition("/")
    if scope != OWN_FILES and not (kind in ("courses", "groups") and _NUMBER.match(number)):
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

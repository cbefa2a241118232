"""What goes to Studio: ids, addresses, fields and bodies, checked before anything is sent. No I/O."""

from __future__ import annotations

import json
import re
from urllib.parse import urlsplit

from captionkit.address import shown_url
from captionkit.errors import UsageError
from captionkit.remotes.studio.errors import NOTHING

#: The pattern that the documentation gives for the address of a new media, with the slashes that a real one has.
_SOURCE_URL = re.compile(r"https?://[^\s/]+\S*\Z", re.IGNORECASE)
#: `is_external` is for these alone ("Only YouTube and Vimeo URLs are supported").
EXTERNAL_HOSTS = ("youtube.com", "youtu.be", "youtube-nocookie.com", "vimeo.com")


def numeric(text: str, what: str) -> str:
    """An id that may become part of an address.

    Raises:
        UsageError: Studio's ids are numbers.
    """
    if not re.fullmatch(r"[0-9]{1,19}", text.strip()):
        raise UsageError(f"{text[:60]!r} is no {what} id", hint="Studio's ids are numbers.", unchanged=NOTHING)
    return text.strip()


def day(text: str, name: str) -> str:
    """A date as Studio takes it; "" for none.

    Raises:
        UsageError: it is written in another way.
    """
    if text and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise UsageError(f"{name} is {text[:60]!r}", hint="Write it as YYYY-MM-DD.", unchanged=NOTHING)
    return text


def is_external_url(url: str) -> bool:
    """Whether this is an address at YouTube or Vimeo, which Studio can link to."""
    try:
        host = (urlsplit(url).hostname or "").lower()
    except ValueError:
        return False
    return any(host == known or host.endswith(f".{known}") for known in EXTERNAL_HOSTS)


def check_source_url(url: str, *, is_external: bool = False) -> None:
    """Refuse an address that Studio would refuse.

    Raises:
        UsageError: without what may be a secret in it.
    """
    shown = shown_url(url)
    if not _SOURCE_URL.match(url):
        raise UsageError(f"{shown!r} is no address that Studio can fetch", hint="It begins with http:// or https://.",
                         unchanged=NOTHING)  # fmt: skip
    if is_external and not is_external_url(url):
        raise UsageError(f"{shown!r} is neither YouTube nor Vimeo, and Studio can link to nothing else",
                         hint="Do not ask for a link: Studio then fetches a copy of the file.",
                         unchanged=NOTHING)  # fmt: skip


def new_media(
    url: str, title: str, description: str, auto_caption: bool, user_id: str, collection_id: str, is_external: bool
) -> dict[str, str | int | bool]:
    """The documented fields of a media that is made from an address.

    Raises:
        UsageError: what the documentation rules out.
    """
    check_source_url(url, is_external=is_external)
    if not title.strip() and not is_external:
        raise UsageError("a media needs a title; only a link to YouTube or Vimeo brings its own", unchanged=NOTHING)
    if user_id and collection_id:
        raise UsageError("a media goes to a user's library or to a collection, not to both", unchanged=NOTHING,
                         hint="Give the user or the collection.")  # fmt: skip
    asked: dict[str, str | int | bool] = {"url": url}
    if title.strip():
        asked["title"] = title
    if description:
        asked["description"] = description
    if user_id:
        asked["user_id"] = int(numeric(user_id, "user"))
    if collection_id:
        asked["collection_id"] = int(numeric(collection_id, "collection"))
    if auto_caption:
        asked["auto_caption"] = True
    if is_external:
        asked["is_external"] = True
    return asked


def json_bytes(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")

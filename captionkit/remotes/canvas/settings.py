"""The table [canvas] of captionkit.toml."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Any

from captionkit.canvas_rules import KINDS
from captionkit.configuration import Table
from captionkit.remotes.canvas.addresses import place_of, scope_named

#: How media objects are reached: by the file where there is one, always by the media id, always by the file.
WAYS = ("auto", "media_objects", "media_attachments")
_SCOPES = (("course", "courses"), ("group", "groups"), ("user", "users"))


def read_table(table: Table) -> dict[str, Any]:
    """The values that `captionkit.config.Config` takes from it.

    Raises:
        ConfigError: it says something impossible, or not which course.
    """
    if "url" not in table:
        raise table.error("[canvas] has no url", 'Write: url = "https://canvas.example.edu"')
    url = table.text("url")
    with table.at("url"):
        place = place_of(url)
    scopes = []
    for key, kind in _SCOPES:
        if key in table:
            identifier = table.number_or_text(key)
            with table.at(key):
                scopes.append(scope_named(kind, identifier))
    if not scopes and place.scope:
        scopes = [place.scope]
    hint = 'Write one of: course = 101, group = 7, user = "self"'
    if len(scopes) != 1:
        found = "names no course, group or user" if not scopes else f"names {' and '.join(scopes)} at once"
        raise table.error(f"[canvas] {found}; it must name exactly one", hint)
    if place.scope and place.scope != scopes[0]:
        raise table.error(f"canvas.url is the address of {place.scope}, but {scopes[0]} is named", hint)
    inner, locales = table.table("locales"), {}
    for tag, locale in inner.each_text().items():
        if not re.fullmatch(r"[A-Za-z-]+", locale):
            message = f"canvas.locales: {locale!r} is no locale that Canvas takes"
            raise table.error(message, "Only letters and hyphens are possible.")
        locales[inner.tag("", tag)] = locale
    return {
        "url": place.base_url,
        "scope": scopes[0],
        "path": table.text("path", WAYS[0], choices=WAYS),
        "kind": table.text("kind", choices=KINDS) or None,
        "locales": MappingProxyType(locales),
    }

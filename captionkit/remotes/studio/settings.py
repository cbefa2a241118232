"""The table [studio] of captionkit.toml."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from captionkit.address import base_url
from captionkit.configuration import Table
from captionkit.remotes.studio.oauth import EXAMPLE


class TagsAsTheyAre(Mapping[str, str]):
    """Language tag -> what Studio gets for it: what the user decided, else the tag. Studio has no list of its own."""

    def __init__(self, decided: Mapping[str, str]) -> None:
        self._decided = decided

    def __getitem__(self, tag: str) -> str:
        return self._decided.get(tag, tag)

    def __iter__(self) -> Iterator[str]:
        return iter(self._decided)

    def __len__(self) -> int:
        return 1 + len(self._decided)  # never empty: it has an answer for every tag


def read_table(table: Table) -> dict[str, Any]:
    """The values that `captionkit.config.Config` takes from it; the scope as "collections/12", "courses/101" (the
    number in Canvas) or "account".

    Raises:
        ConfigError: it says something impossible, or not whose media.
    """
    if "url" not in table:
        raise table.error("[studio] has no url", f'Write: url = "https://{EXAMPLE}"')
    url = table.text("url")
    with table.at("url"):
        base = base_url(url, of="Studio", example=EXAMPLE)
    scopes = []
    for key, kind in (("collection", "collections"), ("course", "courses")):
        if key in table:
            number = table.number_or_text(key)
            if not re.fullmatch(r"[0-9]{1,19}", number):
                raise table.error(f"studio.{key} must be a number, not {table.values[key]!r}")
            scopes.append(f"{kind}/{number}")
    scopes += ["account"] * table.flag("account")
    if len(scopes) != 1:
        found = "names no collection, course or account" if not scopes else f"names {' and '.join(scopes)} at once"
        hint = "Write one of: collection = 12, course = 101 (its number in Canvas), account = true"
        raise table.error(f"[studio] {found}; it must name exactly one", hint)
    inner, locales = table.table("locales"), {}
    for tag, locale in inner.each_text().items():
        if not re.fullmatch(r"[A-Za-z0-9-]{2,35}", locale):
            raise table.error(f"studio.locales: {locale!r} is no language", 'e.g. "pt-BR" = "pt"')
        locales[inner.tag("", tag)] = locale
    return {"url": base, "scope": scopes[0], "locales": TagsAsTheyAre(locales)}

"""How titles sort: as a person of no particular language would, by letters first, then accents, then case."""

from __future__ import annotations

import unicodedata


def sort_key(title: str) -> str:
    decomposed = unicodedata.normalize("NFKD", title.casefold())
    letters = "".join(c for c in decomposed if not unicodedata.combining(c))
    return f"{letters}\x01{title}"

"""The globs of a folder's configuration, as in a .gitignore, in time that grows with the path and not with its powers.

`*` and `?` stand for characters within a part of the path, `[a-z]` for one of them, and `**` as a part for any parts or
none. A glob without "/" fits at any depth. What fits a folder fits everything in it.

Theory of operation. `*a*a*a*b` as an ordinary expression tries every place of the first `a` with every place of the
second, and so on. But where a `*` ends at the first place that fits, what follows has the most room left, so no other
place need be tried: within a part each piece up to the next `*` is an atomic group, and the parts up to the next `**`
are looked for once, from the left.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator


class Glob:
    """One glob, ready to be held against paths with "/" between their parts."""

    def __init__(self, glob: str) -> None:
        glob = unicodedata.normalize("NFC", glob.replace("\\", "/")).strip()
        self._is_anchored = "/" in glob.rstrip("/")
        # The parts between one ** and the next, which have to follow each other.
        self._runs: list[list[re.Pattern[str]]] = [[]]
        parts = [part for part in glob.split("/") if part]
        for part in parts:
            if part.startswith("**"):
                self._runs.append([])
                part = part.lstrip("*") and "*" + part.lstrip("*")  # `week1/**.srt`: such a file at any depth
            if part:
                self._runs[-1].append(_part(part))
        #: At its end `**` is everything within the folder, and not the folder itself.
        self._is_within = len(parts) > 1 and set(parts[-1]) == {"*"} and len(parts[-1]) > 1

    def matches(self, path: str) -> bool:
        names = path.split("/")
        at = 0
        for number, run in enumerate(self._runs):
            starts = (at,) if number == 0 and self._is_anchored else range(at, len(names) - len(run) + 1)
            found = next((start for start in starts if _fits(run, names, start)), None)
            if found is None:
                return False
            at = found + len(run)
        return at < len(names) if self._is_within else True


def as_glob(path: str) -> str:
    """The glob that stands for this very path, as far as one can: a `*` in it stands for anything."""
    glob = path.replace("[", "[[]").replace("?", "[?]")
    return glob if "/" in glob else f"/{glob}"


def _fits(run: list[re.Pattern[str]], names: list[str], start: int) -> bool:
    return start + len(run) <= len(names) and all(
        part.fullmatch(name) for part, name in zip(run, names[start : start + len(run)], strict=True)
    )


def _part(glob: str) -> re.Pattern[str]:
    first, *rest = re.split(r"\*+", glob)
    try:
        pieces = ["".join(_characters(piece)) for piece in rest]
        middle = "".join([f"(?>.*?{piece})" for piece in pieces[:-1]])
        last = f".*{pieces[-1]}" if pieces else ""
        return re.compile("".join(_characters(first)) + middle + last, re.DOTALL)
    except re.error:
        return re.compile(re.escape(glob))


def _characters(piece: str) -> Iterator[str]:
    """One expression for each character that a piece without `*` stands for."""
    at = 0
    while at < len(piece):
        if piece[at] == "[" and (end := piece.find("]", at + 2)) > 0:
            inside = piece[at + 1 : end].replace("\\", r"\\").replace("[", r"\[")
            yield "[" + ("^" + inside[1:] if inside[0] in "!^" else inside) + "]"
            at = end + 1
        else:
            yield "." if piece[at] == "?" else re.escape(piece[at])
            at += 1

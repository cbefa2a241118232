"""Entries put under [media] into the text of a captionkit.toml, with everything else in it left as it is. Pure.

A TOML file that a person wrote has comments and an order that no reader keeps, so the text is changed line by line.
What came of it is read again: it must say what it said before, and the new entries, and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from captionkit.errors import ConfigError
from captionkit.library.questions import toml_key, toml_text
from captionkit.records import RecordError, parse_toml

_HEADER = re.compile(r"[ \t]*\[[ \t]*media[ \t]*\][ \t]*(?:#.*)?")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_ANY_HEADER = re.compile(r"[ \t]*\[")


def with_entries(text: str, entries: Mapping[str, tuple[str, str]], where: str = "captionkit.toml") -> str:
    """The text with these entries.

    Args:
        entries: name -> (address, title); the title becomes a comment.
        where: the file, for a message.

    Raises:
        ConfigError: the file is written in a way that cannot be changed surely; nothing is changed then.
    """
    try:
        before = parse_toml(text)
    except RecordError as error:
        raise ConfigError(f"is not valid TOML: {error}", where=where, unchanged="It was not changed.") from error
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = _LINE.findall(text)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += newline
    start = next((index for index, line in enumerate(lines) if _HEADER.fullmatch(line.rstrip("\r\n"))), None)
    if start is None:
        lines += [newline, f"[media]{newline}"] if lines else [f"[media]{newline}"]
        start = len(lines) - 1
    end = next((i for i in range(start + 1, len(lines)) if _ANY_HEADER.match(lines[i])), len(lines))
    last = start
    places: dict[str, int] = {}
    for index in range(start + 1, end):
        name = _name_in(lines[index])
        if name is not None:
            places[name] = index
        if lines[index].strip():
            last = index
    added = []
    for name, (address, title) in entries.items():
        line = f"{_line(name, address, title)}{newline}"
        if name in places:
            lines[places[name]] = line
        else:
            added.append(line)
    # Behind the last entry, and before the comment that belongs to the next table.
    at = max(places.values(), default=start) if places else last
    if not places and last != start:
        at = _end_of_own_comment(lines, start, last)
    lines[at + 1 : at + 1] = added
    changed = "".join(lines)
    _verify(before, changed, entries, where)
    return changed


def _end_of_own_comment(lines: list[str], start: int, last: int) -> int:
    """The last line of the comment right below the header: what a blank line sets off belongs to the next table."""
    at = start
    while at < last and lines[at + 1].strip():
        at += 1
    return at


def _name_in(line: str) -> str | None:
    """The key of a line that is one whole entry."""
    if not line.strip() or line.lstrip().startswith("#"):
        return None
    try:
        entry = parse_toml(line)
    except RecordError:
        return None
    return next(iter(entry)) if len(entry) == 1 and isinstance(next(iter(entry.values())), str) else None


def _line(name: str, address: str, title: str) -> str:
    comment = "".join(c for c in " ".join(title.split()) if c.isprintable())
    return f"{toml_key(name)} = {toml_text(address)}" + (f"  # {comment}" if comment else "")


def _verify(before: Mapping[str, object], changed: str, entries: Mapping[str, tuple[str, str]], where: str) -> None:
    table = before.get("media", {})
    try:
        after = parse_toml(changed)
    except RecordError:
        after = {}
    wanted = {**(table if isinstance(table, dict) else {}), **{name: entry[0] for name, entry in entries.items()}}
    if after != {**before, "media": wanted}:
        by_hand = "; ".join(_line(name, address, "") for name, (address, _) in list(entries.items())[:5])
        raise ConfigError(
            "[media] is written in a way that cannot be changed here",
            where=where,
            unchanged="It was not changed.",
            hint=f"Add by hand: {by_hand}",
        )

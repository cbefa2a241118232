"""Entries put into the text of a captionkit.toml, with everything else in it left as it is. Pure.

A TOML file that a person wrote has comments and an order that no reader keeps, so the text is changed line by line.
What came of it is read again: it must say what it said before, and the new entries, and nothing else.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from captionkit.errors import ConfigError
from captionkit.library.questions import toml_key, toml_text
from captionkit.records import RecordError, parse_toml

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_ANY_HEADER = re.compile(r"[ \t]*\[")


class Entry(NamedTuple):
    """What stands at a key: a text, or False; and a comment behind it, "" for none."""

    value: str | bool
    comment: str = ""


def with_entries(text: str, table: str, entries: Mapping[str, Entry], where: str = "captionkit.toml") -> str:
    """The text with these entries.

    Args:
        table: where they stand, "media" or "canvas.locales".
        where: the file, for a message.

    Raises:
        ConfigError: the file is written in a way that cannot be changed surely; nothing is changed then.
    """
    before = _read(text, where)
    lines, start = _with_table(text, table)
    newline = _newline(text)
    end = _end_of_table(lines, start)
    last = start
    places: dict[str, int] = {}
    for index in range(start + 1, end):
        name = _name_in(lines[index])
        if name is not None:
            places[name] = index
        if lines[index].strip():
            last = index
    added = []
    for name, entry in entries.items():
        line = f"{_line(name, entry)}{newline}"
        if name in places:
            lines[places[name]] = line
        else:
            added.append(line)
    # Behind the last entry, and before the comment that belongs to the next table.
    at = max(places.values(), default=start) if places else last
    if not places and last != start:
        at = _end_of_own_comment(lines, start, last)
    lines[at + 1 : at + 1] = added
    wanted = copy.deepcopy(before)
    _table_of(wanted, table).update({name: entry.value for name, entry in entries.items()})
    return _verified("".join(lines), wanted, table, [_line(name, entry) for name, entry in entries.items()], where)


def with_items(text: str, table: str, key: str, items: Iterable[str], where: str = "captionkit.toml") -> str:
    """The text with these in the list that stands at a key, besides those that are there.

    Raises:
        ConfigError: as in `with_entries`.
    """
    before = _read(text, where)
    wanted = copy.deepcopy(before)
    there = _table_of(wanted, table).setdefault(key, [])
    there = there if isinstance(there, list) else []
    new = [item for item in dict.fromkeys(items) if item not in there]
    if not new:
        return text
    there[:0] = new
    lines, start = _with_table(text, table)
    shown = ", ".join(map(toml_text, new))
    begins = re.compile(rf"([ \t]*{_key_pattern(key)}[ \t]*=[ \t]*\[)")
    for index in range(start + 1, _end_of_table(lines, start)):
        if found := begins.match(lines[index]):
            rest = lines[index][found.end() :]
            more = "" if rest.lstrip().startswith("]") else ", "
            lines[index] = f"{found[1]}{shown}{more}{rest.lstrip(' ') if more else rest}"
            break
    else:
        lines.insert(start + 1, f"{key} = [{shown}]{_newline(text)}")
    return _verified("".join(lines), wanted, table, [f"{key} = [{shown}]"], where)


def _read(text: str, where: str) -> dict[str, Any]:
    try:
        return parse_toml(text)
    except RecordError as error:
        raise ConfigError(f"is not valid TOML: {error}", where=where, unchanged="It was not changed.") from error


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _with_table(text: str, table: str) -> tuple[list[str], int]:
    """The lines, and in which of them the table begins; it is added where it is missing."""
    lines, newline = _LINE.findall(text), _newline(text)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += newline
    names = r"[ \t]*\.[ \t]*".join(map(_key_pattern, table.split(".")))
    header = re.compile(rf"[ \t]*\[[ \t]*{names}[ \t]*\][ \t]*(?:#.*)?")
    start = next((index for index, line in enumerate(lines) if header.fullmatch(line.rstrip("\r\n"))), None)
    if start is None:
        lines += [newline, f"[{table}]{newline}"] if lines else [f"[{table}]{newline}"]
        start = len(lines) - 1
    return lines, start


def _end_of_table(lines: list[str], start: int) -> int:
    return next((i for i in range(start + 1, len(lines)) if _ANY_HEADER.match(lines[i])), len(lines))


def _key_pattern(name: str) -> str:
    return rf"(?:{name}|\"{name}\"|'{name}')"


def _table_of(document: dict[str, Any], table: str) -> dict[str, Any]:
    """The table, which is made where it is missing; one of its own where something else stands there."""
    for name in table.split("."):
        inner = document.setdefault(name, {})
        document = inner if isinstance(inner, dict) else {}
    return document


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
    return next(iter(entry)) if len(entry) == 1 and isinstance(next(iter(entry.values())), str | bool) else None


def _line(name: str, entry: Entry) -> str:
    comment = "".join(c for c in " ".join(entry.comment.split()) if c.isprintable())
    value = toml_text(entry.value) if isinstance(entry.value, str) else str(entry.value).lower()
    return f"{toml_key(name)} = {value}" + (f"  # {comment}" if comment else "")


def _verified(changed: str, wanted: Mapping[str, Any], table: str, lines: list[str], where: str) -> str:
    try:
        after = parse_toml(changed)
    except RecordError:
        after = {}
    if after != wanted:
        raise ConfigError(
            f"[{table}] is written in a way that cannot be changed here",
            where=where,
            unchanged="It was not changed.",
            hint=f"Add by hand: {'; '.join(lines[:5])}",
        )
    return changed

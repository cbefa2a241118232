"""Recordings that need no captions, and why: a table that people keep in a spreadsheet. Pure.

    media,course,reason,until
    m-abc,,"archived 2023, four tests of 28 CFR 35 met",
    Lecture 9,101,"no speech",2027-04-26
    ,102,"course closed",

`media` is a media id, a title or a name in the folder; left out, the whole course is meant. `until` is a date (ISO)
from which the exception does not count any more. A row without a reason is refused: the reason is the
evidence.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from captionkit.auditing.model import Place, Recording
from captionkit.errors import ConfigError
from captionkit.library.match import title_key, without_extension

_COLUMNS = ("media", "course", "reason", "until")


@dataclass(frozen=True, slots=True)
class Exemption:
    """One row."""

    media: str
    course: str
    reason: str
    until: str
    line: int


def parse(data: bytes, where: str) -> list[Exemption]:
    """Read the table: CSV with a comma, a semicolon or a tab, as Excel writes it in different countries.

    Raises:
        ConfigError: naming the line.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError("the file is not UTF-8", where=where, hint="Save it as CSV UTF-8.") from error
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False)
    names = {str(name).strip().lower(): name for name in rows.fieldnames or () if name}
    if "reason" not in names or not names.keys() & {"media", "course"}:
        raise ConfigError("the first line must name the columns media, course, reason, until", where=where)
    found = []
    for row in rows:
        cells = {key: (row.get(names[key]) or "").strip() if key in names else "" for key in _COLUMNS}
        if not any(cells.values()):
            continue
        place = f"{where}, line {rows.line_num}"
        if not cells["reason"]:
            raise ConfigError("an exception needs a reason", where=place)
        if not cells["media"] and not cells["course"]:
            raise ConfigError("an exception needs a media object or a course", where=place)
        if cells["until"] and not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", cells["until"]):
            raise ConfigError(f"until is a date like 2027-04-26, not {cells['until']!r}", where=place)
        found.append(Exemption(**cells, line=rows.line_num))
    return found


def apply(
    exemptions: list[Exemption], recordings: Iterable[Recording], places: Iterable[Place], today: str
) -> tuple[list[Recording], list[str]]:
    """The recordings with their exceptions, and the notes about the table: rows that fit nothing or ran out.

    Args:
        today: ISO date.
    """
    by_place = {place.key: place for place in places}
    used: set[int] = set()
    marked = []
    notes = [f"The exception in line {e.line} ran out on {e.until}." for e in exemptions if _is_over(e, today)]
    for recording in recordings:
        for one in exemptions:
            if _fits(one, recording, by_place.get(recording.place)):
                used.add(one.line)
                if not _is_over(one, today):
                    recording = replace(recording, exception=one.reason, exception_until=one.until)
                    break
        marked.append(recording)
    notes += [
        f"The exception in line {e.line} ({e.media or e.course}) fits nothing."
        for e in exemptions
        if e.line not in used
    ]
    return marked, notes


def _is_over(one: Exemption, today: str) -> bool:
    return bool(one.until) and one.until <= today


def _fits(one: Exemption, recording: Recording, place: Place | None) -> bool:
    if one.course:
        keys = {recording.place, recording.place.rpartition("/")[2]} | ({place.sis_id, place.name} if place else set())
        if one.course not in keys - {""}:
            return False
    if not one.media:
        return True
    if one.media in (recording.media_id, recording.media):
        return True
    return title_key(without_extension(one.media)) == title_key(without_extension(recording.title))

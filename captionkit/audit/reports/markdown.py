"""The figures and what is missing, for an issue, a wiki or a mail."""

from __future__ import annotations

import re
from collections.abc import Iterable

from captionkit.audit.model import Audit, Status
from captionkit.audit.reports import Told
from captionkit.audit.reports._words import hours, percent
from captionkit.audit.totals import Total, missing, status
from captionkit.languages import display_name

_MOST = 200


def render(audit: Audit, told: Told) -> str:
    whole = told.totals.whole
    required = ", ".join(map(display_name, audit.required)) or "any language"
    share = f"**{whole.count[Status.CAPTIONED]} of {whole.due} recordings that need captions have them "
    share += f"({percent(whole.share)})**"
    if whole.minutes_due:
        share += f", {percent(whole.minutes_share)} of {hours(whole.minutes_due)}"
    share += f"; the length of {whole.no_length} is unknown." if whole.no_length else "."
    about = f"{_text(audit.source)}, {audit.made_at[:10]}. Required: {required}. Rules: {', '.join(audit.profiles)}. "
    lines = ["# Caption audit", "", about + f"{audit.tool}.", "", share, "", *_suspects(audit)]
    names = {place.key: place.name for place in audit.places}
    heads = ["Place", "Recordings", *(how.value for how in Status), "Share"]
    rows = [_row(names.get(key, key), total) for key, total in told.totals.places.items()]
    if len(rows) > 1:
        rows.append(_row("All", whole))
    lines += ["## By place", "", *_table(heads, rows), ""]
    if told.totals.languages:
        lines += ["## By language", "", *_table(
            ["Language", "Recordings", "Only by machine"],
            [[f"{display_name(x.language)} ({x.language})", str(x.recordings), str(x.by_machine)]
             for x in told.totals.languages]), ""]  # fmt: skip
    lacking = [one for one in audit.recordings
               if status(one, audit.required) not in (Status.CAPTIONED, Status.EXEMPT)]  # fmt: skip
    if lacking:
        rows = [[names.get(one.place, one.place), one.title, one.media_id, status(one, audit.required).value,
                 " ".join(missing(one, audit.required))] for one in lacking[:_MOST]]  # fmt: skip
        lines += ["## To do", "", *_table(["Place", "Title", "Media", "Status", "Missing"], rows), ""]
        if len(lacking) > _MOST:
            lines += [f"and {len(lacking) - _MOST} more.", ""]
    exempt = [one for one in audit.recordings if one.exception]
    if exempt:
        rows = [[names.get(o.place, o.place), o.title, o.exception, o.exception_until] for o in exempt]
        lines += ["## Exceptions", "", *_table(["Place", "Title", "Reason", "Until"], rows), ""]
    if told.totals.rules:
        top = [[code, str(count), str(tracks)] for code, count, tracks in told.totals.rules[:15]]
        lines += ["## Most frequent findings", "", *_table(["Rule", "Findings", "Tracks"], top), ""]
    if told.changes is not None:
        rows = [[names.get(c.place, c.place), c.title, c.says] for c in told.changes[:_MOST]]
        lines += [f"## Changes since {told.since[:10]}", ""]
        lines += [*_table(["Place", "Title", "Change"], rows), ""] if rows else ["None.", ""]
    lines += ["## What this report does not know", "", *[f"- {_text(limit)}" for limit in audit.limits]]
    return "\n".join(lines).rstrip() + "\n"


def _suspects(audit: Audit) -> list[str]:
    rows = [
        [recording.title, recording.media_id, track.locale, track.suspect]
        for recording in audit.recordings
        for track in recording.tracks or ()
        if track.suspect
    ]
    return ["## Check the language", "", *_table(["Title", "Media", "Track", "Why"], rows), ""] if rows else []


def _row(name: str, total: Total) -> list[str]:
    return [name, str(total.all), *(str(total.count[how]) for how in Status), percent(total.share)]


def _table(heads: list[str], rows: Iterable[list[str]]) -> list[str]:
    lines = ["| " + " | ".join(heads) + " |", "|" + " --- |" * len(heads)]
    return lines + ["| " + " | ".join(_text(cell) for cell in row) + " |" for row in rows]


def _text(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>|])", r"\\\1", " ".join(text.split()))

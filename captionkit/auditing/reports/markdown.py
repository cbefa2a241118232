"""The figures and what is missing, for an issue, a wiki or a mail."""

from __future__ import annotations

import re
from collections.abc import Iterable

from captionkit.auditing.coverage import language_name
from captionkit.auditing.model import Audit
from captionkit.auditing.reports import Figures
from captionkit.auditing.reports._words import headline, language_line, not_counted, percent
from captionkit.auditing.standards import STANDARDS
from captionkit.auditing.todo import tasks
from captionkit.auditing.totals import Total
from captionkit.languages import display_name

EXTENSIONS = (".md", ".markdown")

_MOST = 200


def render(audit: Audit, figures: Figures) -> str:
    whole = figures.totals.whole
    required = ", ".join(map(display_name, audit.required)) or "captions in any language"
    about = f"{_text(audit.source)}, {audit.made_at[:10]}. Required: {required}. Rules: {', '.join(audit.profiles)}. "
    lines = ["# Caption audit", "", about + f"{audit.tool}.", "", f"**{headline(whole)}**", ""]
    lines += [f"- {_text(language_line(one))}" for one in whole.languages]
    left_out = not_counted(audit, figures.totals)
    if left_out:
        lines += ["", "**Not counted:**", "", *[f"- {_text(line)}" for line in left_out]]
    lines += ["", *_to_do(audit, figures), *_suspects(audit)]
    names = {place.key: place.name for place in audit.places}
    heads = ["Place", "Recordings", "Need captions", *(language_name(one.language) for one in whole.languages)]
    rows = [_row(names.get(key, key), total) for key, total in figures.totals.places.items()]
    if len(rows) > 1:
        rows.append(_row("All", whole))
    lines += ["## By place", "", *_table(heads, rows), ""]
    if figures.totals.languages:
        lines += ["## By language", "", *_table(
            ["Language", "Recordings", "Only by machine"],
            [[f"{display_name(x.language)} ({x.language})", str(x.recordings), str(x.by_machine)]
             for x in figures.totals.languages]), ""]  # fmt: skip
    exempt = [one for one in audit.recordings if one.exception]
    if exempt:
        rows = [[names.get(o.place, o.place), o.title, o.exception, o.exception_until] for o in exempt]
        lines += ["## Exceptions", "", *_table(["Place", "Title", "Reason", "Until"], rows), ""]
    if figures.totals.rules:
        top = [[code, str(count), str(tracks)] for code, count, tracks in figures.totals.rules[:15]]
        lines += ["## Most frequent findings", "", *_table(["Rule", "Findings", "Tracks"], top), ""]
    if figures.changes is not None:
        rows = [[names.get(c.place, c.place), c.title, c.says] for c in figures.changes[:_MOST]]
        lines += [f"## Changes since {figures.since[:10]}", ""]
        lines += [*_table(["Place", "Title", "Change"], rows), ""] if rows else ["None.", ""]
    if audit.standard:
        standard = STANDARDS[audit.standard]
        lines += [f"## {standard.title}", "", f"{standard.source} ({standard.dated}). It asks for:", ""]
        lines += [f"- {_text(one)}" for one in standard.asks]
        lines += ["", "This audit cannot know:", "", *[f"- {_text(one)}" for one in standard.unknown], ""]
    lines += ["## What this report does not know", "", *[f"- {_text(limit)}" for limit in audit.limits]]
    return "\n".join(lines).rstrip() + "\n"


def _to_do(audit: Audit, figures: Figures) -> list[str]:
    found = tasks(audit, figures.totals.standings)
    if not found:
        return []
    names = {place.key: place.name for place in audit.places}
    rows = [
        [names.get(one.recording.place, one.recording.place), one.recording.title, one.recording.media_id,
         one.standing.name, one.standing.status.value, one.what]
        for one in found[:_MOST]
    ]  # fmt: skip
    lines = ["## To do", "", *_table(["Place", "Title", "Media", "Language", "Status", "What to do"], rows), ""]
    return [*lines, f"and {len(found) - _MOST:,} more.", ""] if len(found) > _MOST else lines


def _suspects(audit: Audit) -> list[str]:
    rows = [
        [recording.title, recording.media_id, track.locale, track.suspect]
        for recording in audit.recordings
        for track in recording.tracks or ()
        if track.suspect
    ]
    return ["## Check the language", "", *_table(["Title", "Media", "Track", "Why"], rows), ""] if rows else []


def _row(name: str, total: Total) -> list[str]:
    shares = [f"{one.captioned:,} ({percent(one.share)})" for one in total.languages]
    return [name, f"{total.all:,}", f"{total.due:,}", *shares]


def _table(heads: list[str], rows: Iterable[list[str]]) -> list[str]:
    lines = ["| " + " | ".join(heads) + " |", "|" + " --- |" * len(heads)]
    return lines + ["| " + " | ".join(_text(cell) for cell in row) + " |" for row in rows]


def _text(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>|])", r"\\\1", " ".join(text.split()))

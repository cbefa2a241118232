"""Everything, for machines and for a later `--earlier`."""

from __future__ import annotations

import json
from typing import Any

from captionkit.auditing.coverage import Standing, worst
from captionkit.auditing.model import Audit, Recording, Status
from captionkit.auditing.reports import Figures
from captionkit.auditing.reports._words import headline, not_counted
from captionkit.auditing.todo import what_to_do
from captionkit.auditing.totals import LanguageCount, Total

EXTENSIONS = (".json",)


def render(audit: Audit, figures: Figures) -> str:
    """The audit and what was counted, keys in a fixed order."""
    found = audit.as_json()
    for row, recording, those in zip(found["recordings"], audit.recordings, figures.totals.standings, strict=True):
        row["status"] = worst(those)
        row["languages"] = [_standing(one, recording) for one in those]
        row["missing"] = [one.language for one in those if one.status is Status.MISSING]
    found["headline"] = headline(figures.totals.whole)
    found["not_counted"] = not_counted(audit, figures.totals)
    found["totals"] = {
        "whole": _total(figures.totals.whole),
        "places": {key: _total(total) for key, total in figures.totals.places.items()},
        "languages": [
            {"language": x.language, "recordings": x.recordings, "by_machine": x.by_machine, "minutes": _minutes(x.ms)}
            for x in figures.totals.languages
        ],
        "rules": [{"code": code, "findings": count, "tracks": tracks} for code, count, tracks in figures.totals.rules],
        "tracks": figures.totals.tracks,
        "tracks_not_checked": figures.totals.unread,
    }
    if figures.changes is not None:
        found["since"] = figures.since
        found["changes"] = [change._asdict() for change in figures.changes]
    if figures.history:
        found["history"] = [
            {
                "made_at": point.made_at,
                "languages": [
                    {"language": tag, "captioned": captioned, "due": due} for tag, captioned, due in point.languages
                ],
            }
            for point in figures.history
        ]
    return json.dumps(found, indent=1, ensure_ascii=True) + "\n"


def _standing(one: Standing, recording: Recording) -> dict[str, Any]:
    return {
        "language": one.language,
        "status": one.status,
        "reason": one.reason,
        "covered_share": one.share,
        "what_to_do": what_to_do(one, recording),
    }


def _total(total: Total) -> dict[str, Any]:
    return {
        "recordings": total.all,
        "due": total.due,
        "captioned_in_every_language": total.complete,
        "length_unknown": total.no_length,
        "languages": [_language(one) for one in total.languages],
    }


def _language(one: LanguageCount) -> dict[str, Any]:
    return {
        "language": one.language,
        "due": one.due,
        **{how.value.replace(" ", "_"): one.count[how] for how in Status},
        "captioned_share": one.share,
        "minutes_due": _minutes(one.due_ms),
        "minutes_covered": _minutes(one.covered_ms),
        "length_unknown": one.no_length,
        "captioned_length_unknown": one.captioned_no_length,
    }


def _minutes(ms: int) -> float:
    return round(ms / 60_000, 2)

"""Everything, for machines and for a later `--since`."""

from __future__ import annotations

import json
from typing import Any

from captionkit.audit.model import Audit, Status
from captionkit.audit.reports import Told
from captionkit.audit.totals import Total, missing, status


def render(audit: Audit, told: Told) -> str:
    """The audit and what was counted, keys in a fixed order."""
    found = audit.as_json()
    for row, recording in zip(found["recordings"], audit.recordings, strict=True):
        row["status"] = status(recording, audit.required)
        row["missing"] = missing(recording, audit.required)
    found["totals"] = {
        "whole": _total(told.totals.whole),
        "places": {key: _total(total) for key, total in told.totals.places.items()},
        "languages": [
            {"language": x.language, "recordings": x.recordings, "by_machine": x.by_machine, "minutes": _minutes(x.ms)}
            for x in told.totals.languages
        ],
        "rules": [{"code": code, "findings": count, "tracks": tracks} for code, count, tracks in told.totals.rules],
        "tracks": told.totals.tracks,
        "tracks_not_checked": told.totals.unread,
    }
    if told.changes is not None:
        found["since"] = told.since
        found["changes"] = [change._asdict() for change in told.changes]
    if told.history:
        found["history"] = [point._asdict() for point in told.history]
    return json.dumps(found, indent=1, ensure_ascii=True) + "\n"


def _total(total: Total) -> dict[str, Any]:
    return {
        "recordings": total.all,
        "due": total.due,
        **{how.value.replace(" ", "_"): total.count[how] for how in Status},
        "captioned_share": total.share,
        "minutes": {how.value.replace(" ", "_"): _minutes(total.ms[how]) for how in Status if total.count[how]},
        "captioned_share_of_minutes": total.minutes_share,
        "length_unknown": total.no_length,
    }


def _minutes(ms: int) -> float:
    return round(ms / 60_000, 2)

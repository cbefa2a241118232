"""A row for each track, and one for each recording without: for Excel and its like.

With a byte order mark, because Excel takes UTF-8 for something else without it. Text that a spreadsheet would run as a
formula gets an apostrophe in front (OWASP, CSV injection): titles and names are other people's.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterator, Sequence

from captionkit.auditing.coverage import Standing, worst
from captionkit.auditing.model import Audit, Place, Recording, Status, Track
from captionkit.auditing.reports import Figures
from captionkit.auditing.todo import what_to_do
from captionkit.languages import display_name
from captionkit.spreadsheet import harmless

EXTENSIONS = (".csv",)

_HEADS = (
    "place_id", "place", "sis_id", "term", "media_id", "media", "title", "type", "created_at", "duration_s", "status",
    "languages", "missing", "to_do", "exception", "exception_until", "language", "language_name", "locale", "kind",
    "origin", "origin_reason", "owner", "format", "size_bytes", "track_created_at", "track_updated_at", "state", "cues",
    "captioned_s", "covered_s", "captions_end_s", "coverage_percent", "errors", "warnings", "infos", "rules", "sha256",
    "track_id", "problem", "language_doubt", "sound", "uncaptioned_s", "changes", "url", "last_viewed",
)  # fmt: skip


def render(audit: Audit, figures: Figures) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_HEADS)
    places = {place.key: place for place in audit.places}
    changed: dict[tuple[str, str], list[str]] = defaultdict(list)
    for change in figures.changes or ():
        changed[change.place, change.media_id].append(change.says)
    for recording, found in zip(audit.recordings, figures.totals.standings, strict=True):
        says = "; ".join(changed[recording.place, recording.media_id])
        for row in _rows(recording, places.get(recording.place), found, says):
            writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in row])
    for place in audit.places:
        if place.problem:
            row = [
                place.key,
                place.name,
                place.sis_id,
                place.term,
                *[""] * 6,
                Status.NOT_READ.value,
                *[""] * (len(_HEADS) - 11),
            ]
            row[_HEADS.index("problem")] = place.problem
            writer.writerow([harmless(str(cell)) for cell in row])
    return "\ufeff" + out.getvalue()


def _rows(recording: Recording, place: Place | None, found: Sequence[Standing], changes: str) -> Iterator[list[object]]:
    of_recording: list[object] = [
        recording.place,
        place.name if place else "",
        place.sis_id if place else "",
        place.term if place else "",
        recording.media_id,
        recording.media,
        recording.title,
        recording.type,
        recording.created_at,
        _seconds(recording.duration_ms),
        worst(found).value,
        "; ".join(f"{one.language}: {one.status.value}" for one in found if one.language),
        " ".join(one.language for one in found if one.status is Status.MISSING),
        " ".join(filter(None, (what_to_do(one, recording) for one in found))),
        recording.exception,
        recording.exception_until,
    ]
    for track in recording.tracks or (None,):
        cells = _track(track, recording) if track else [""] * 27
        yield [*of_recording, *cells, changes, recording.url, recording.last_viewed]


def _track(track: Track, recording: Recording) -> list[object]:
    share = track.coverage(recording.duration_ms)
    return [
        track.language, display_name(track.language), track.locale, track.kind, track.origin.value,
        track.origin_reason, track.owner, track.format, _known(track.size), track.created_at, track.updated_at,
        track.state, _known(track.cues), _seconds(track.captioned_ms), _seconds(track.covered_ms),
        _seconds(track.ends_ms),
        "unknown" if share is None else round(100 * share, 1), _known(track.errors), _known(track.warnings),
        _known(track.infos), " ".join(f"{code}:{count}" for code, count in track.rules.items()),
        track.digest.removeprefix("sha256:"), track.id, track.problem, track.suspect,
        track.sound, _seconds(track.uncaptioned_ms) if track.sound else "",
    ]  # fmt: skip


def _known(value: int | None) -> object:
    return "unknown" if value is None else value


def _seconds(ms: int | None) -> object:
    return "unknown" if ms is None else round(ms / 1000, 1)

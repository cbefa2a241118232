"""How reports say figures. Pure."""

from __future__ import annotations

from captionkit.audit.model import Recording, Track


def percent(share: float | None) -> str:
    """ "83 %"; "–" where there is nothing to count. Never 100 % or 0 % for what is only near it."""
    if share is None:
        return "–"
    shown = round(100 * share)
    if shown == 100 and share < 1:
        shown = 99
    if shown == 0 and share > 0:
        return "under 1 %"
    return f"{shown} %"


def hours(minutes: float) -> str:
    """Minutes as h:mm."""
    whole = round(minutes)
    return f"{whole // 60}:{whole % 60:02d} h"


def length(ms: int | None) -> str:
    """H:MM:SS, or "unknown"."""
    if ms is None:
        return "unknown"
    seconds = round(ms / 1000)
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def lint(track: Track) -> str:
    """ "2 errors, 1 warning"; "clean"; "not checked"."""
    if track.errors is None:
        return "not checked"
    parts = [f"{count} {word if count == 1 else word + 's'}"
             for count, word in ((track.errors, "error"), (track.warnings or 0, "warning")) if count]  # fmt: skip
    return ", ".join(parts) or "clean"


def coverage(track: Track, recording: Recording) -> str:
    share = track.coverage(recording.duration_ms)
    return "" if share is None else f"{round(100 * share)} % covered"

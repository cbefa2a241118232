"""How reports say figures. Pure."""

from __future__ import annotations

from captionkit.auditing.coverage import language_name
from captionkit.auditing.model import Audit, Origin, Recording, Status, Track
from captionkit.auditing.totals import LanguageCount, Total, Totals


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


_MADE_BY = {
    Origin.HUMAN: "made by a person",
    Origin.AUTOMATIC: "automatic",
    Origin.MACHINE_LIKE: "looks automatic",
    Origin.UNKNOWN: "who made it is unknown",
}


def made_by(track: Track) -> str:
    return _MADE_BY[track.origin]


def lint(track: Track) -> str:
    """ "2 errors, 1 warning"; "clean"; "not checked"."""
    if track.errors is None:
        return "not checked"
    parts = [f"{count:,} {word if count == 1 else word + 's'}"
             for count, word in ((track.errors, "error"), (track.warnings or 0, "warning")) if count]  # fmt: skip
    return ", ".join(parts) or "clean"


def coverage(track: Track, recording: Recording) -> str:
    share = track.coverage(recording.duration_ms)
    return "" if share is None else f"covers {percent(share)}"


def headline(whole: Total) -> str:
    """ "293 of 300 recordings have captions in English, 0 in Spanish, 0 in both." """
    if not whole.due:
        return "There is no recording that needs captions."
    first, *others = whole.languages
    of = f"{first.captioned:,} of {count(whole.due, 'recording')} "
    of += "has captions" if whole.due == 1 else "have captions"
    if not first.language:
        return f"{of}."
    parts = [f"{of} in {language_name(first.language)}"]
    parts += [f"{one.captioned:,} in {language_name(one.language)}" for one in others]
    if others:
        every = "both" if len(others) == 1 else f"all {len(whole.languages)}"
        parts.append(f"{whole.complete:,} in {every}")
    return f"{', '.join(parts)}."


def language_line(one: LanguageCount) -> str:
    """One required language in a sentence or two: "Spanish: 0 of 300 captioned (0 %), 300 missing." """
    parts = [f"{one.captioned:,} of {one.due:,} captioned ({percent(one.share)})"]
    parts += [f"{one.count[status]:,} {status.value}" for status in Status
              if one.count[status] and status is not Status.CAPTIONED]  # fmt: skip
    line = f"{language_name(one.language)}: {', '.join(parts)}."
    if one.due_ms:
        line += f" By time: {hours(one.covered_ms / 60_000)} of {hours(one.due_ms / 60_000)} covered"
        line += f" ({percent(one.minutes_share)})."
    if one.captioned_no_length:
        line += (
            f" Of {one.captioned_no_length:,} captioned the length is unknown, so they may be captioned in part only."
        )
    return line


def not_counted(audit: Audit, totals: Totals) -> list[str]:
    """Captions that are there, or may be, and do not count: what a reader must know before the figures."""
    lines = [f"{place.name} could not be looked at: {place.problem}." for place in audit.places if place.problem]
    lines += [f"{reason}." for place in audit.places for reason in place.left_out]
    unseen = sum(one.tracks is None for one in audit.recordings)
    if unseen:
        lines.append(f"The captions of {count(unseen, 'recording')} could not be seen.")
    if totals.unread:
        verb, them = ("was", "it") if totals.unread == 1 else ("were", "them")
        lines.append(f"{count(totals.unread, 'track')} {verb} not read, so nobody knows what is in {them}.")
    return lines


def count(number: int, thing: str) -> str:
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"

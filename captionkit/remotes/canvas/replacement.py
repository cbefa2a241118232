"""The array of a replace-all PUT, looked at once more before it leaves. Pure.

Canvas deletes first and validates later, so what it would refuse must never reach it: by then the tracks that were not
named are gone. The sync engine has its own guards; this is the last one, and the only one for other callers.
"""

from __future__ import annotations

from collections.abc import Sequence

from captionkit import canvas_rules
from captionkit.errors import GuardRefused
from captionkit.sync.ports import TrackPut


def replacement(media: str, tracks: Sequence[TrackPut], *, allow_empty: bool = False) -> list[dict[str, str]]:
    """The array as JSON values: only keys that Canvas takes, and only what it will not trip over midway.

    Args:
        allow_empty: that an empty array, which deletes everything, is meant.

    Raises:
        GuardRefused: naming the locale; nothing was sent.
    """
    if not tracks and not allow_empty:
        raise _refused(media, "an empty list would delete every track of this object, other people's included")
    seen: set[str] = set()
    for track in tracks:
        problem = _problem(track, seen)
        if problem:
            raise _refused(f"{media}/{track.locale}", problem)
        seen.add(track.locale)
    return [_element(track) for track in tracks]


def _problem(track: TrackPut, seen: set[str]) -> str:
    if problem := canvas_rules.locale_problem(track.locale):
        return problem
    if track.locale in seen:
        return "the same locale twice: only the last would be kept"
    if track.kind is not None and track.kind not in canvas_rules.KINDS:
        return f"no kind {track.kind!r}; there are {', '.join(canvas_rules.KINDS)}"
    if track.content is None:
        return ""
    if problem := next(canvas_rules.content_problems(track.content), ""):
        return f"the text cannot be sent: {problem}"
    if any("\ud800" <= character <= "\udfff" for character in track.content):
        return "the text cannot be sent: it holds half of a surrogate pair, which is no character"
    return ""


def _element(track: TrackPut) -> dict[str, str]:
    element = {"locale": track.locale}
    if track.content is not None:
        element["content"] = track.content
    if track.kind is not None:
        element["kind"] = track.kind
    return element


def _refused(where: str, message: str) -> GuardRefused:
    return GuardRefused(message, where=where, unchanged="Nothing was sent.")

"""Proving a request before it is sent: it is run on a model of the server, and must do what the plan promises there.

The model starts from what was just read and has Canvas's semantics, the dangerous ones included. So a trap that we
know of, or a mistake of our own in making the request, becomes a refusal with a reason instead of a lost caption.
"""

from __future__ import annotations

from dataclasses import replace

from captionkit.sync.ports import REHEARSED_ORIGINAL, MediaState, Model, Whose, by_file
from captionkit.sync.request import Phase
from captionkit.sync.state import Tracks, digest_of, merge_views


def rehearse(model: Model, state: MediaState, phase: Phase, tracks: Tracks, *, original: bool) -> str:
    """What would go wrong if this request were sent to the object in this state; "" where it does what it promises.

    Whether a file is a copy cannot be read, so by a file that is not proved to be an original it is rehearsed twice:
    as if the file were the original, and as if it were a copy whose original has a track in every language. There all
    that is not proved to be the file's own is the original's, and the request must leave every one of these alone.

    Args:
        tracks: as they were read, with what is proved of whose they are.
        original: whether the file is proved to be the original.
    """
    if not by_file(state.media) or original:
        return _rehearse(model, state, phase)
    lent = frozenset(track.id for track in tracks.values() if track.whose is not Whose.OWN)
    as_original = "" if any(t.whose is Whose.LENT for t in tracks.values()) else _rehearse(model, state, phase)
    return as_original or _rehearse(model, replace(state, lent=lent, copied=True), phase)


def _rehearse(model: Model, state: MediaState, phase: Phase) -> str:
    before = merge_views(state)
    rehearsed = model(state)
    others = rehearsed.read(REHEARSED_ORIGINAL, fresh_listing=False).tracks if state.copied else ()
    reply = rehearsed.put_tracks(state.media, phase.body)
    after = merge_views(rehearsed.read(state.media, fresh_listing=state.listed is not None))
    sent = {put.locale: put for put in phase.body if put.content is not None}
    lost = sorted(locale for locale in before if locale in phase.after and locale not in after)
    if lost:
        return f"Canvas would delete {', '.join(lost)}, which the plan keeps"
    if reply.outcome != "acknowledged":
        return f"Canvas would answer {reply.status}: {reply.message}"
    if state.copied:
        left = rehearsed.read(REHEARSED_ORIGINAL, fresh_listing=False).tracks
        harmed = sorted(track.locale for track in others if track not in left)
        if harmed:
            return f"Canvas would change {', '.join(harmed)} in the course that this file may have been copied from"
        theirs = {track.id for track in others}
        after = {loc: track for loc, track in after.items() if loc in phase.after or track.id not in theirs}
    for locale in sorted(after.keys() | phase.after.keys()):
        wrong = _wrong(locale, before, after, phase, sent[locale].content if locale in sent else None)
        if wrong:
            return wrong
    return ""


def _wrong(locale: str, before: Tracks, after: Tracks, phase: Phase, content: str | None) -> str:
    promised = locale in phase.after
    if not promised:
        return f"{locale} would still be there, which the plan deletes"
    if locale not in after:
        return f"{locale} would not be there, which the plan makes"
    track = after[locale]
    if content is None:
        was = before.get(locale)
        unchanged = was is not None and (was.id, was.kind, was.updated_at) == (track.id, track.kind, track.updated_at)
        return "" if unchanged else f"{locale} would be changed, which the plan keeps as it is"
    if (track.kind, track.digest) != phase.after[locale] or track.digest != digest_of(content):
        return f"{locale} would hold something else than the plan promises"
    if track.stored_as == "stale" and locale not in phase.in_place:
        return f"players would go on showing the old {locale} captions"
    return ""

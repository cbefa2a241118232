"""Proving a request before it is sent: it is run on a model of the server, and must do what the plan promises there.

The model starts from what was just read and has Canvas's semantics, the dangerous ones included. So a trap that we
know of, or a mistake of our own in making the request, becomes a refusal with a reason instead of a lost caption.
"""

from __future__ import annotations

from collections.abc import Callable

from captionkit.sync.ports import MediaState, Remote
from captionkit.sync.request import Phase
from captionkit.sync.state import Tracks, digest_of, merge_views

#: Makes a model of the server that holds one media object as it was just read.
Model = Callable[[MediaState], Remote]


def rehearse(model: Model, state: MediaState, phase: Phase) -> str:
    """What would go wrong if this request were sent to the object in this state; "" where it does what it promises."""
    before = merge_views(state)
    stage = model(state)
    reply = stage.put_tracks(state.media, phase.body)
    after = merge_views(stage.read(state.media, fresh_listing=state.listed is not None))
    sent = {put.locale: put for put in phase.body if put.content is not None}
    lost = sorted(locale for locale in before if locale in phase.after and locale not in after)
    if lost:
        return f"Canvas would delete {', '.join(lost)}, which the plan keeps"
    if reply.outcome != "acknowledged":
        return f"Canvas would answer {reply.status}: {reply.message}"
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
    if track.stored_as == "stale":
        return f"players would go on showing the old {locale} captions"
    return ""

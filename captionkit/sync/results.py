"""How a media object of a run ended, and what is to be recorded of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from captionkit.library.local_file import LocalFile
from captionkit.sync.decide import TAKEN_BACK, Do
from captionkit.sync.plan import MediaPlan
from captionkit.sync.state import BaseTrack, MediaBase, Tracks, base_of


class Ending(StrEnum):
    """How one media object ended."""

    COMMITTED = "committed"
    CONVERGED = "converged"
    RECORDED = "recorded"
    STALE = "stale"
    REFUSED = "refused"
    FAILED = "failed"
    FOREIGN = "foreign"
    UNKNOWN = "unknown"
    NOT_STARTED = "not started"


@dataclass(frozen=True, slots=True, repr=False)
class Result:
    """What became of one media object.

    Attributes:
        message: for a person; "" where all went as planned.
        notes: what else was seen, a sentence each.
        window: seconds between our last look before the PUT and its answer, in which an edit by somebody else to a
            track that we replaced could not be seen.
        tracks: what was verified, to be recorded; None where nothing is.
        saved: how many tracks were saved to disk before the first request.
    """

    media: MediaPlan
    ending: Ending
    message: str = ""
    notes: tuple[str, ...] = ()
    window: float = 0.0
    tracks: tuple[BaseTrack, ...] | None = None
    saved: int = 0

    def __repr__(self) -> str:
        """`<Result 'Lecture 1' refused: why>`"""
        return f"<Result {self.media.title!r} {self.ending}{f': {self.message}' if self.message else ''}>"


#: The record of a track that is gone stays, so that its file does not count as new and is not sent again.
_GONE_AND_KNOWN = TAKEN_BACK | {"remote-removal"}


def records(media: MediaPlan, tracks: Tracks, base: MediaBase, *, sent: bool) -> tuple[BaseTrack, ...]:
    """What the manifest is to say of a media object after its tracks were read.

    A track that the plan sent, adopted or found clean is ours and agrees now. One that drifted keeps its old record,
    so that it goes on being drift. Anything else is remembered as seen, which saves asking for it next time.

    Args:
        sent: whether `tracks` was surely read after Canvas's clock had ticked since our last request. Of a request
            that got no answer nobody knows when it was carried out.
    """
    steps = {step.locale: step for step in media.steps}
    ours = []
    for locale, track in sorted(tracks.items()):
        step = steps.get(locale)
        if step is None:
            continue
        was = base.get(locale)
        written = step in media.changes and step.why != "restore"
        if written or step.do is Do.ADOPT or step.why == "clean":
            file = LocalFile(locale, step.path, step.local_digest)
            ours.append(base_of(media.media, track, file, settled=written and sent))
        elif was is not None and was.is_ours:
            ours.append(was)
        else:
            ours.append(base_of(media.media, track, None))
    ours += [
        was
        for locale, was in sorted(base.items())
        if was.is_ours and locale not in tracks and locale in steps and steps[locale].why in _GONE_AND_KNOWN
    ]
    return tuple(ours)

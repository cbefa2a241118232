"""What a workspace tells while it works, and what it asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from captionkit.errors import CaptionkitError


@dataclass(frozen=True, slots=True, repr=False)
class Event:
    """Something that happened just now.

    Attributes:
        kind: "progress": `doing` has come to `done` of `total` (0 where nobody knows the total).
            "state": the media object `media`, called `title`, is in `state` now: BACKED_UP, SENT, ACKED, VERIFIED,
            COMMITTED, CONVERGED, STALE, REFUSED, FOREIGN or FAILED; what it says is on the disk already.
            "damage": `error` costs only what it is about. "note": `text` is for a person.
    """

    kind: str
    doing: str = ""
    done: int = 0
    total: int = 0
    media: str = ""
    title: str = ""
    state: str = ""
    error: CaptionkitError | None = None
    text: str = ""

    def __repr__(self) -> str:
        """`<Event state: 'Lecture 1' SENT>`"""
        says = {
            "progress": f"{self.doing} {self.done}" + (f" of {self.total}" if self.total else ""),
            "state": f"{self.title!r} {self.state}",
            "damage": str(self.error),
            "note": self.text,
        }
        return f"<Event {self.kind}: {says[self.kind]}>"


#: Gets every event. Called by several threads, one at a time; what it raises ends the call that it listens to.
Listener = Callable[[Event], None]

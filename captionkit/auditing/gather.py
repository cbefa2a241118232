"""Places side by side: what collecting from Canvas and from Studio share.

A place that cannot be looked at is a row that says so, and stops no other. What would fail for every place alike, a bad
token or no network, ends it all; what is done by then is kept.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from captionkit.auditing.model import Place, Recording
from captionkit.threads import each

if TYPE_CHECKING:
    from captionkit.auditing.progress import Progress

#: Called with: recordings so far, places done, places.
OnProgress = Callable[[int, int, int], None]


def ignore_progress(recordings: int, done: int, places: int) -> None:
    """For whoever does not want to know."""


class Gatherer(ABC):
    """Looks at places, several at once.

    Args:
        progress: what was seen before, and is not asked for again.
        now: gives the time as ISO text.
        on_progress: how far it is.
    """

    def __init__(
        self, progress: Progress, *, now: Callable[[], str], on_progress: OnProgress = ignore_progress
    ) -> None:
        self.now = now
        self._progress = progress
        self._on_progress = on_progress
        self._stop = threading.Event()
        self._keeping = threading.Lock()

    @abstractmethod
    def _place(self, key: str) -> tuple[Place, list[Recording]]:
        """Everything in one place. Raises only what would fail for every place alike."""

    def go_on(self) -> None:
        """Between two recordings: raises InterruptedError where the audit was stopped meanwhile."""
        if self._stop.is_set():
            raise InterruptedError

    def collect(self, places: Sequence[str], *, workers: int = 4) -> tuple[list[Place], list[Recording]]:
        """Everything in these places, in their order.

        Raises:
            BadToken, NoConnection: what is done is kept.
        """
        waiting = [key for key in places if key not in self._progress.done]
        with each(self._looked_at, waiting, workers=workers) as results:
            try:
                for _ in results:
                    with self._keeping:
                        known = [len(rows) for _, rows in self._progress.done.values()]
                    self._on_progress(sum(known), len(known), len(places))
            except BaseException:
                self._stop.set()
                raise
        found = [self._progress.done[key] for key in places]
        return [place for place, _ in found], [one for _, rows in found for one in rows]

    def _looked_at(self, key: str) -> None:
        """Look at one place; what is found is kept at once."""
        found = self._place(key)
        with self._keeping:
            self._progress.add(*found)

"""Waiting during an upload: between attempts, and never after the user has stopped it."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TypeVar

from captionkit.errors import NoConnection, OutcomeUnknown, Throttled
from captionkit.sync.ports import Clock

#: How often a step that is safe to repeat is taken, the first time included.
ATTEMPTS = 4

T = TypeVar("T")


class Stopped(Exception):
    """The user stopped the run."""


class Patience:
    """What the threads of a run wait by.

    Args:
        stopped: asked often; True raises `Stopped` from whatever waits.
    """

    def __init__(self, clock: Clock, stopped: Callable[[], bool], rng: random.Random) -> None:
        self.clock = clock
        self.stopped = stopped
        self._rng = rng

    def again(
        self, step: Callable[[], T], *, after: tuple[type[Exception], ...] = (OutcomeUnknown, NoConnection, Throttled)
    ) -> T:
        """Take a step until it has an answer, as far as it is safe to repeat it after one of these errors."""
        for attempt in range(ATTEMPTS):
            self.heed_stop()
            try:
                return step()
            except after:
                if attempt + 1 == ATTEMPTS:
                    raise
            self.pause(1.0 + self._rng.uniform(0.0, 2.0**attempt))
        raise AssertionError("unreachable: the last attempt returns or raises")

    def pause(self, seconds: float) -> None:
        until = self.clock.now() + seconds
        while (left := until - self.clock.now()) > 0:
            self.heed_stop()
            self.clock.sleep(min(left, 0.25))

    def heed_stop(self) -> None:
        if self.stopped():
            raise Stopped

"""The computer's clock, behind `captionkit.sync.ports.Clock`."""

from __future__ import annotations

import threading
import time
from typing import ClassVar


class SystemClock:
    """The real time, but that it never goes back while a program runs.

    A clock that is set back would make an old look count as new, and a wait for a second last an hour. So what it was
    set back by is added from then on, to all of these clocks alike.
    """

    _guard: ClassVar[threading.Lock] = threading.Lock()
    _latest: ClassVar[float] = 0.0
    _set_back: ClassVar[float] = 0.0

    def now(self) -> float:
        """Seconds since the epoch."""
        cls = SystemClock
        with cls._guard:
            now = time.time() + cls._set_back
            if now < cls._latest:
                cls._set_back += cls._latest - now
                now = cls._latest
            cls._latest = now
            return now

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

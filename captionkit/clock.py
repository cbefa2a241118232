"""The computer's clock, behind `captionkit.sync.ports.Clock`."""

from __future__ import annotations

import time


class SystemClock:
    """The real time."""

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

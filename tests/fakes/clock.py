"""A clock that only a test moves."""

from __future__ import annotations


class SimulatedClock:
    """Time that passes only when somebody sleeps. Starts on 2026-01-01."""

    def __init__(self, start: float = 1_767_225_600.0) -> None:
        self.time = start

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += max(0.0, seconds)

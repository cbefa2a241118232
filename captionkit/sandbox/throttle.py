"""Canvas's rate limit: a leaky bucket for each token. guides/canvas-server.md, section 12.

Every request pays `up_front_cost` while it runs and gets it back at its end, when its real cost is added; the bucket
leaks `outflow` a second. A request that finds the bucket at the high water mark, its own up-front cost included, is
refused. Thus some thirteen requests at once trip an empty bucket, however cheap they are.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from captionkit.sandbox.answers import Answer
from captionkit.sandbox.switches import Switches

_FORGET_AFTER_S = 3600


@dataclass(slots=True)
class _Bucket:
    count: float = 0.0
    touched: float = 0.0


class Throttle:
    """The buckets of all tokens."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._buckets: dict[str, _Bucket] = {}

    def admit(self, token: str, switches: Switches) -> float | None:
        """Pour the up-front cost in; the bucket's count, or None for a request that is refused (and pays nothing)."""
        count = self._pour(token, switches, switches.up_front_cost)
        return count if count < switches.hwm else None

    def settle(self, token: str, switches: Switches, cost: float) -> float:
        """Give the up-front cost back and add the real one; the bucket's count."""
        return self._pour(token, switches, cost - switches.up_front_cost)

    def fill(self, token: str, switches: Switches, count: float) -> None:
        """Set the bucket of a token, as if much had been asked before."""
        with self._lock:
            self._buckets[token] = _Bucket(min(max(count, 0.0), switches.maximum), time.monotonic())

    def level(self, token: str, switches: Switches) -> float:
        return self._pour(token, switches, 0.0)

    def _pour(self, token: str, switches: Switches, amount: float) -> float:
        now = time.monotonic()
        with self._lock:
            bucket = self._buckets.setdefault(token, _Bucket(0.0, now))
            idle = now - bucket.touched
            leaked = 0.0 if idle > _FORGET_AFTER_S else max(bucket.count - idle * switches.outflow, 0.0)
            bucket.count = min(max(leaked + amount, 0.0), switches.maximum)
            bucket.touched = now
            return bucket.count


def refusal(switches: Switches) -> Answer:
    """403 with this text in the source; the newest documentation says 429. No Retry-After in either."""
    status = 403 if switches.old_server else switches.throttle_status
    body = f"{status} Forbidden (Rate Limit Exceeded)\n".encode()
    return Answer(status, body, [("Content-Type", "text/plain; charset=utf-8")])

"""How many requests at once, and when: enough to be quick, never enough to meet Canvas's rate limit.

Theory of operation. Canvas keeps a leaky bucket per token (middleware/request_throttle.rb): it charges each request 50
when it comes in, gives that back when it is done and charges what it really cost, drains 10 a second, and refuses
requests above 600. Its answers say how much room was left (`X-Rate-Limit-Remaining`). So we start with 2 requests in
flight, let every few good answers add one up to 4, and before each request reckon the room there is now: what was last
reported, plus what has drained since, less 50 for each of our requests that the report did not know of yet. Where that
leaves less than a reserve, we wait until it has drained. So a normal run never meets the limit. If it is met all the
same (another program uses the same token), everybody here waits: half the requests in flight, and a pause that grows
at random, or as long as the server says.

No I/O here but through the clock. Safe to use from several threads.
"""

from __future__ import annotations

import random
import threading
from collections import Counter

from captionkit.sync.ports import Clock, Cost

#: request_throttle.rb: up_front_cost, outflow per second. Installations may change them.
UP_FRONT_COST = 50
OUTFLOW_PER_SECOND = 10
#: What we leave in the bucket for the person's own browser tab and for other programs with the same token.
RESERVE = 100
#: Canvas refuses the 12th or 13th simultaneous request of an empty bucket; stay well below.
HARD_CAP = 8
#: Longest single wait, in seconds, whatever the reckoning says: the report may be stale or another installation's.
LONGEST_WAIT = 60.0
#: Less than this many seconds is no wait: clocks are not that fine, and a float of the time of day hardly.
_TICK = 0.001
#: Seconds after which one that waits for room looks again: another's answer tells better than the reckoning.
_LOOK_AGAIN = 0.25


def full_jitter(attempt: int, *, base: float, cap: float, rng: random.Random) -> float:
    """Seconds to wait before attempt number `attempt` + 1: anything from 0 to base * 2**attempt, at most `cap`.

    Spreading over the whole range keeps several clients from coming back together (Brooker, "Exponential Backoff And
    Jitter", AWS Architecture Blog, 2015).
    """
    return rng.uniform(0.0, min(cap, base * 2.0 ** min(attempt, 30)))


class Governor:
    """Lets requests through. Call `acquire` before each request and `release` after it, whatever became of it.

    Args:
        clock: for waiting.
        most: how many requests at once when all goes well, 1 to 8.
        rng: for the jitter.
    """

    def __init__(self, clock: Clock, *, most: int = 4, rng: random.Random | None = None) -> None:
        self._clock = clock
        self._rng = rng or random.Random()
        self._most = max(1, min(most, HARD_CAP))
        self._limit = min(2, self._most)
        self._in_flight = 0  # those that have a turn, and of them those that were really sent
        self._sent = 0
        self._good_since_change = 0
        self._throttled_in_a_row = 0
        self._not_before = 0.0
        self._reported: tuple[float, float, int] | None = None  # room, when, our other requests that it knows of
        self._requests: Counter[str] = Counter()
        self._throttled = 0
        self._server_cost = 0.0
        self._turn = threading.Condition()

    @property
    def limit(self) -> int:
        """How many requests may be in flight now."""
        return self._limit

    def acquire(self, method: str) -> None:
        """Wait for a turn, and until the bucket has room."""
        with self._turn:
            while self._in_flight >= self._limit:
                self._turn.wait()
            self._in_flight += 1
            self._requests[method] += 1
        waited = 0.0
        try:
            # Again after each wait: the answer to another request may ask to wait longer, or that there is room.
            while (wait := self._claim(at_last=waited >= LONGEST_WAIT - _TICK)) > _TICK:
                pause = min(wait, _LOOK_AGAIN, LONGEST_WAIT - waited)
                self._clock.sleep(pause)
                waited += pause
        except BaseException:
            self._leave()
            raise

    def release(
        self,
        *,
        remaining: float | None = None,
        cost: float | None = None,
        throttled: bool = False,
        retry_after: float | None = None,
    ) -> None:
        """Take note of an answer.

        Args:
            remaining: `X-Rate-Limit-Remaining`. cost: `X-Request-Cost`. None where the answer had none or none came.
            throttled: whether the answer was the rate limit's refusal.
            retry_after: seconds, from `Retry-After`.
        """
        with self._turn:
            self._in_flight -= 1
            self._sent -= 1
            now = self._clock.now()
            if remaining is not None:
                self._reported = (remaining, now, self._sent)
            if cost is not None:
                self._server_cost += cost
            if throttled:
                self._slow_down(now, retry_after)
            elif remaining is not None or cost is not None:
                self._speed_up()
            self._turn.notify_all()

    def give_back(self, method: str) -> None:
        """Instead of `release`, for a turn that was not used: no request was sent."""
        with self._turn:
            self._in_flight -= 1
            self._sent -= 1
            self._requests[method] -= 1
            self._turn.notify_all()

    def cost(self) -> Cost:
        """What was spent so far."""
        with self._turn:
            return Cost(dict(self._requests), self._throttled, round(self._server_cost, 6))

    def _claim(self, *, at_last: bool) -> float:
        """Seconds that a request must still wait. 0 or less: none, and it counts as sent from now on.

        Those that wait here do not count: the server knows nothing of them, and each would hold up all the others.
        """
        with self._turn:
            now = self._clock.now()
            wait = self._not_before - now
            if self._reported is not None:
                room, when, known = self._reported
                room += OUTFLOW_PER_SECOND * max(0.0, now - when) - UP_FRONT_COST * max(0, self._sent + 1 - known)
                wait = max(wait, (RESERVE - room) / OUTFLOW_PER_SECOND)
            if wait <= _TICK or at_last:
                self._sent += 1
                return 0.0
            return wait

    def _slow_down(self, now: float, retry_after: float | None) -> None:
        self._throttled += 1
        pause = 1.0 + full_jitter(self._throttled_in_a_row, base=1.0, cap=20.0, rng=self._rng)
        if retry_after is not None:
            pause = max(pause, min(retry_after, LONGEST_WAIT))
        self._throttled_in_a_row += 1
        self._good_since_change = 0
        self._limit = max(1, self._limit // 2)
        self._not_before = max(self._not_before, now + pause)

    def _speed_up(self) -> None:
        self._throttled_in_a_row = 0
        self._good_since_change += 1
        if self._good_since_change >= 2 * self._limit and self._limit < self._most:
            self._limit += 1
            self._good_since_change = 0

    def _leave(self) -> None:
        with self._turn:
            self._in_flight -= 1
            self._turn.notify_all()

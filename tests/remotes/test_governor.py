"""The governor keeps requests below Canvas's rate limit, and slows down when it is met. Time is simulated."""

from __future__ import annotations

import random
import threading

import pytest
from fakes.clock import SimulatedClock
from hypothesis import given, settings
from hypothesis import strategies as st

from captionkit.remotes.http.governor import HARD_CAP, LONGEST_WAIT, Governor, full_jitter


def governor(most: int = 4) -> tuple[Governor, SimulatedClock]:
    clock = SimulatedClock()
    return Governor(clock, most=most, rng=random.Random(1)), clock


def turn(governor: Governor, **answer: float | bool) -> None:
    governor.acquire("GET")
    governor.release(**answer)  # type: ignore[arg-type]


def test_it_starts_with_two_at_once_and_grows_to_four() -> None:
    tested, _ = governor()
    limits = []
    for _ in range(40):
        limits.append(tested.limit)
        turn(tested, remaining=600.0, cost=0.1)
    assert (limits[0], limits[-1]) == (2, 4)
    assert limits == sorted(limits)


def test_it_never_goes_beyond_the_hard_cap_whatever_is_asked_for() -> None:
    tested, _ = governor(most=50)
    for _ in range(500):
        turn(tested, remaining=600.0)
    assert tested.limit == HARD_CAP


@pytest.mark.parametrize("most", [1, 0, -3])
def test_one_at_a_time_is_possible(most: int) -> None:
    tested, _ = governor(most=most)
    assert tested.limit == 1


def test_a_full_bucket_costs_no_wait() -> None:
    tested, clock = governor()
    start = clock.now()
    for _ in range(20):
        turn(tested, remaining=599.0, cost=0.05)
    assert clock.now() == start


def test_it_waits_until_the_bucket_has_drained_to_the_reserve() -> None:
    tested, clock = governor()
    turn(tested, remaining=80.0)
    start = clock.now()
    tested.acquire("GET")
    # 80 left, less 50 for the new request: 30; 70 short of the reserve of 100, at 10 a second.
    assert clock.now() - start == pytest.approx(7.0)
    tested.release()


def test_time_that_passes_by_itself_drains_the_bucket_too() -> None:
    tested, clock = governor()
    turn(tested, remaining=80.0)
    clock.sleep(6.0)
    start = clock.now()
    tested.acquire("GET")
    assert clock.now() - start == pytest.approx(1.0)
    tested.release()


def test_requests_that_the_report_knew_of_are_not_charged_twice() -> None:
    tested, clock = governor()
    start = clock.now()
    tested.acquire("GET")
    tested.acquire("GET")
    tested.release(remaining=150.0)  # the server has charged the other one already
    tested.acquire("GET")
    assert clock.now() == start
    tested.release()
    tested.release()


def test_a_throttle_halves_and_makes_everybody_wait() -> None:
    tested, clock = governor()
    for _ in range(40):
        turn(tested, remaining=600.0)
    assert tested.limit == 4
    turn(tested, throttled=True)
    assert tested.limit == 2
    start = clock.now()
    tested.acquire("GET")
    assert 1.0 <= clock.now() - start <= 21.0
    tested.release()


def test_throttles_in_a_row_reach_one_at_a_time_and_recover() -> None:
    tested, _ = governor()
    for _ in range(6):
        turn(tested, throttled=True)
    assert tested.limit == 1
    for _ in range(60):
        turn(tested, remaining=600.0)
    assert tested.limit == 4
    assert tested.cost().throttled == 6


def test_retry_after_is_honoured_up_to_a_limit() -> None:
    tested, clock = governor()
    turn(tested, throttled=True, retry_after=33.0)
    start = clock.now()
    tested.acquire("GET")
    assert clock.now() - start == pytest.approx(33.0)
    tested.release(throttled=True, retry_after=1e9)
    start = clock.now()
    tested.acquire("GET")
    assert clock.now() - start == pytest.approx(LONGEST_WAIT)
    tested.release()


def test_an_answer_without_the_headers_is_no_reason_to_speed_up() -> None:
    tested, _ = governor()
    for _ in range(50):
        turn(tested)
    assert tested.limit == 2


def test_it_counts_requests_by_method_and_sums_the_servers_cost() -> None:
    tested, _ = governor()
    for method, cost in (("GET", 0.25), ("GET", 0.5), ("PUT", 1.0)):
        tested.acquire(method)
        tested.release(remaining=600.0, cost=cost)
    assert tested.cost().requests == {"GET": 2, "PUT": 1}
    assert tested.cost().server_cost == 1.75


def test_an_interrupted_wait_gives_its_turn_back() -> None:
    class Interrupting(SimulatedClock):
        def sleep(self, seconds: float) -> None:
            raise KeyboardInterrupt

    tested = Governor(Interrupting(), most=1)
    turn(tested, remaining=-100.0)
    with pytest.raises(KeyboardInterrupt):
        tested.acquire("GET")
    assert tested._in_flight == 0


def test_no_more_than_the_limit_are_ever_in_flight() -> None:
    tested, _ = governor()
    in_flight, most, lock = 0, 0, threading.Lock()

    def work() -> None:
        nonlocal in_flight, most
        for _ in range(30):
            tested.acquire("GET")
            with lock:
                in_flight += 1
                most = max(most, in_flight)
            with lock:
                in_flight -= 1
            tested.release(remaining=600.0)

    threads = [threading.Thread(target=work) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most <= 4
    assert tested.cost().requests == {"GET": 300}


@settings(derandomize=True)
@given(st.integers(0, 2000), st.floats(0.1, 5), st.floats(0.1, 30), st.integers())
def test_jitter_stays_within_its_cap(attempt: int, base: float, cap: float, seed: int) -> None:
    wait = full_jitter(attempt, base=base, cap=cap, rng=random.Random(seed))
    assert 0 <= wait <= min(cap, base * 2.0 ** min(attempt, 30))


class Bucket:
    """Canvas's leaky bucket (request_throttle.rb), for one client whose requests take `seconds` each."""

    def __init__(self, clock: SimulatedClock) -> None:
        self.clock, self.count, self.touched = clock, 0.0, clock.now()

    def leak(self) -> None:
        now = self.clock.now()
        self.count = min(800.0, max(0.0, self.count - 10 * (now - self.touched)))
        self.touched = now


@settings(derandomize=True)
@given(st.lists(st.tuples(st.floats(0, 60), st.floats(0, 3)), min_size=1, max_size=60), st.floats(0, 590))
def test_a_single_client_is_never_throttled(requests: list[tuple[float, float]], filled: float) -> None:
    """Whatever its requests cost and however long they take, once the first answer has told where the bucket stands."""
    tested, clock = governor()
    bucket = Bucket(clock)
    bucket.count = min(filled, 500.0)
    for cost, seconds in requests:
        tested.acquire("GET")
        bucket.leak()
        assert bucket.count + 50 < 600, "throttled"
        clock.sleep(seconds)
        bucket.leak()
        bucket.count += cost
        tested.release(remaining=600 - bucket.count, cost=cost)


def test_a_wait_ends_as_soon_as_another_answer_tells_that_there_is_room() -> None:
    """What was reckoned may be far too little: by then the server had given back what it took for other requests."""
    slept = []

    class Clock(SimulatedClock):
        def sleep(self, seconds: float) -> None:
            slept.append(seconds)
            if len(slept) == 1:
                tested.release(remaining=590.0, cost=0.1)
            super().sleep(seconds)

    tested = Governor(Clock(), most=4)
    tested.acquire("GET")
    tested.acquire("GET")
    tested.release(remaining=60.0, cost=0.1)
    tested.acquire("GET")
    assert sum(slept) < 1.0


def test_those_that_wait_for_room_do_not_hold_up_each_other() -> None:
    """Only what was really sent takes room at the server: an interrupted wait leaves no trace of itself."""

    class Clock(SimulatedClock):
        def sleep(self, seconds: float) -> None:
            raise KeyboardInterrupt

    clock = Clock()
    governor = Governor(clock, most=4)
    governor.acquire("GET")
    governor.release(remaining=120.0, cost=0.1)
    with pytest.raises(KeyboardInterrupt):
        governor.acquire("GET")
    assert governor._sent == 0
    SimulatedClock.sleep(clock, 3.0)
    governor.acquire("GET")
    assert governor._sent == 1

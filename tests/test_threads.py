"""Work for several threads, and how it is left."""

from __future__ import annotations

import threading

import pytest

from captionkit.threads import each


class PowerCut(BaseException):
    """Ends a test's process where it stands."""


def test_results_come_in_the_order_of_the_items_whichever_is_ready_first() -> None:
    second = threading.Event()

    def work(number: int) -> int:
        if number == 1:
            assert second.wait(10)
        if number == 2:
            second.set()
        return number * 10

    with each(work, [1, 2, 3], workers=2) as results:
        assert list(results) == [10, 20, 30]
    with each(work, [], workers=2) as results:
        assert list(results) == []


def test_no_more_than_so_many_work_at_once() -> None:
    lock, now, most = threading.Lock(), 0, 0

    def work(number: int) -> None:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        threading.Event().wait(0.005)
        with lock:
            now -= 1

    with each(work, range(20), workers=3) as results:
        list(results)
    assert most == 3


@pytest.mark.parametrize("error", [ValueError, PowerCut, SystemExit])
def test_what_works_is_waited_for_before_an_error_leaves(error: type[BaseException]) -> None:
    """Else a run that died would go on writing to Canvas and to its journal beside the run that resumes it."""
    begun, go_on, done = threading.Event(), threading.Event(), threading.Event()

    def work(number: int) -> None:
        begun.set()
        go_on.wait(10)
        done.set()

    threading.Timer(0.05, go_on.set).start()
    with pytest.raises(error), each(work, [1], workers=2):
        assert begun.wait(10)
        raise error
    assert done.is_set()


def test_after_an_error_nothing_more_is_begun_and_it_is_raised() -> None:
    begun = list[int]()

    def work(number: int) -> None:
        begun.append(number)
        raise PowerCut

    with pytest.raises(PowerCut), each(work, range(100), workers=1) as results:
        list(results)
    assert begun == [0]


def test_ctrl_c_waits_for_nothing() -> None:
    begun, go_on, done = threading.Event(), threading.Event(), threading.Event()

    def work(number: int) -> None:
        begun.set()
        go_on.wait(10)
        done.set()

    with pytest.raises(KeyboardInterrupt), each(work, [1, 2], workers=1):
        assert begun.wait(10)
        raise KeyboardInterrupt
    assert not done.is_set()
    go_on.set()
    assert done.wait(10)
    assert all(thread.daemon for thread in threading.enumerate() if thread.name.startswith("each"))

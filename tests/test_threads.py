"""Threads of a pool that is left by an error."""

from __future__ import annotations

import threading

import pytest

from captionkit.threads import threads


class PowerCut(BaseException):
    """Ends a test's process where it stands."""


@pytest.mark.parametrize("error", [ValueError, PowerCut, SystemExit])
def test_what_works_is_waited_for_before_an_error_leaves_the_pool(error: type[BaseException]) -> None:
    """Else a run that died would go on writing to Canvas and to its journal beside the run that resumes it."""
    begun, go_on, done = threading.Event(), threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        go_on.wait(10)
        done.set()

    threading.Timer(0.05, go_on.set).start()
    with pytest.raises(error), threads(2, "test") as pool:
        pool.submit(work)
        assert begun.wait(10)
        raise error
    assert done.is_set()


def test_ctrl_c_waits_for_nothing() -> None:
    begun, go_on = threading.Event(), threading.Event()
    with pytest.raises(KeyboardInterrupt), threads(2, "test") as pool:
        pool.submit(lambda: (begun.set(), go_on.wait(10)))
        assert begun.wait(10)
        raise KeyboardInterrupt
    assert not go_on.is_set()
    go_on.set()

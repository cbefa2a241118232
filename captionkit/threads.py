"""Work in several threads, so that a person can stop it at any moment.

Python waits for the threads of a `ThreadPoolExecutor` wherever it leaves one, and a thread that waits for an answer
from the network waits for up to a minute. So Ctrl-C would seem to do nothing.
"""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

#: Seconds for which the main thread waits at a time. On Windows it does not hear of Ctrl-C while it waits.
LISTEN_AGAIN = 0.2


@contextlib.contextmanager
def threads(number: int, name: str) -> Iterator[ThreadPoolExecutor]:
    """So many threads. After an error those that work are waited for, after Ctrl-C they are not."""
    pool = ThreadPoolExecutor(number, thread_name_prefix=name)
    try:
        yield pool
    except BaseException as error:
        pool.shutdown(wait=not isinstance(error, KeyboardInterrupt), cancel_futures=True)
        raise
    pool.shutdown()


def in_order(pool: ThreadPoolExecutor, function: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
    """What `function` gives for each item, in the order of the items; all are begun at once.

    Raises:
        Exception: what the function raised, in its place.
    """
    waiting = deque(pool.submit(function, item) for item in items)

    def results() -> Iterator[R]:
        while waiting:
            future = waiting.popleft()
            while not future.done():
                wait([future], timeout=LISTEN_AGAIN)
            yield future.result()

    return results()

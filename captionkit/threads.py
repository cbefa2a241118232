"""Work for several threads at once, so that a person can stop it at any moment.

Not the pools of `concurrent.futures`: Python waits for their threads wherever it leaves one, and once more at its end,
and a thread that waits for an answer from the network waits for up to a minute. So Ctrl-C would seem to do nothing.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future

T = TypeVar("T")
R = TypeVar("R")

#: Seconds for which the main thread waits at a time. On Windows it does not hear of Ctrl-C while it waits.
LISTEN_AGAIN = 0.2


@contextlib.contextmanager
def each(function: Callable[[T], R], items: Sequence[T], *, workers: int) -> Iterator[Iterator[R]]:
    """What `function` gives for each item, in the order of the items, worked out a few at a time.

    When it is left by an error nothing more is begun, and what is in hand is waited for; after Ctrl-C it is not.

    Raises:
        BaseException: the first that the function raised, as soon as the results are asked for.
    """
    work = _Work(function, items)
    for _ in range(min(workers, len(items))):
        threading.Thread(target=work.go_on, name=f"each {function}", daemon=True).start()
    try:
        yield work.results()
    except BaseException as error:
        work.stop(wait=not isinstance(error, KeyboardInterrupt))
        raise
    work.stop(wait=True)


def all_of(function: Callable[[T], R], items: Sequence[T], *, workers: int) -> list[R]:
    """What `each` gives, when all of it is there."""
    with each(function, items, workers=workers) as results:
        return list(results)


def result_of(future: Future[R]) -> R:
    """What a process of a pool gave, waited for so that Ctrl-C is heard."""
    from concurrent.futures import wait

    while not future.done():
        wait([future], timeout=LISTEN_AGAIN)
    return future.result()


class _Work(Generic[T, R]):
    """What the threads share."""

    def __init__(self, function: Callable[[T], R], items: Sequence[T]) -> None:
        self._function = function
        self._items = items
        self._results: dict[int, R] = {}
        self._error: BaseException | None = None
        self._next = 0
        self._at_work = 0
        self._changed = threading.Condition()

    def go_on(self) -> None:
        """Do one item after the other, beside other threads."""
        while True:
            with self._changed:
                if self._next >= len(self._items) or self._error is not None:
                    return
                number = self._next
                self._next += 1
                self._at_work += 1
            try:
                result = self._function(self._items[number])
            except BaseException as error:
                with self._changed:
                    self._error = self._error or error
            else:
                with self._changed:
                    self._results[number] = result
            with self._changed:
                self._at_work -= 1
                self._changed.notify_all()

    def results(self) -> Iterator[R]:
        for number in range(len(self._items)):
            with self._changed:
                while number not in self._results:
                    if self._error is not None:
                        raise self._error
                    self._changed.wait(LISTEN_AGAIN)
                result = self._results.pop(number)
            yield result

    def stop(self, *, wait: bool) -> None:
        """Begin nothing more."""
        with self._changed:
            self._next = len(self._items)
            while wait and self._at_work:
                self._changed.wait(LISTEN_AGAIN)

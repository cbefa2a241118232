"""Work on many files in several processes: each result in the order of its file, and Ctrl-C ends all at once."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from captionkit.threads import result_of

if TYPE_CHECKING:
    from concurrent.futures import Future

T = TypeVar("T")
R = TypeVar("R")

#: Windows waits for no more processes than this at once.
MOST_WORKERS = 61
#: Pieces of work that are given out for each worker before the first is asked for.
_PIECES_AHEAD = 4
#: Files of a piece.
_MOST_FILES = 64


def cores() -> int:
    """How many processes can work at once here."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def workers_for(files: int, wanted: int, files_a_worker: int) -> int:
    """How many processes are worth it.

    Args:
        files: how many there are.
        wanted: the most that may be used; 0 for as many as there are cores.
        files_a_worker: how many cost what starting a process does.
    """
    return min(wanted or cores(), MOST_WORKERS, 1 + files // files_a_worker)


def in_processes(
    function: Callable[[Sequence[T]], R],
    items: Sequence[T],
    workers: int,
    start: Callable[..., None],
    arguments: tuple[Any, ...],
    warm_up: Callable[[], None] | None = None,
) -> Iterator[R]:
    """What a function gives for one piece of the items after the other.

    Args:
        start: called in each process first, with these arguments.
        warm_up: loads what the work needs, where processes are forked from here: then it is there already.
    """
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import active_children, get_start_method

    if warm_up is not None and get_start_method() == "fork":
        warm_up()
    size = max(1, min(_MOST_FILES, len(items) // (workers * 4)))
    pieces = iter([items[at : at + size] for at in range(0, len(items), size)])
    waiting: deque[Future[R]] = deque()
    with ProcessPoolExecutor(workers, initializer=_begin, initargs=(start, arguments)) as pool:
        try:
            with deaf_to_ctrl_c():
                # Enough that no worker waits, and no more: what nobody has looked at yet lies in memory.
                waiting.extend(pool.submit(function, piece) for piece in islice(pieces, workers * _PIECES_AHEAD))
            while waiting:
                result = result_of(waiting.popleft())
                waiting.extend(pool.submit(function, piece) for piece in islice(pieces, 1))
                yield result
        except BaseException:
            # Ctrl-C, or nobody wants the rest: nor what the workers still have in hand.
            pool.shutdown(wait=False, cancel_futures=True)
            workers_left = active_children()
            for worker in workers_left:
                worker.terminate()
            for worker in workers_left:
                worker.join(1)
            raise


def _begin(start: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    gc.disable()  # a worker lives for one run and makes no cycles
    start(*arguments)


@contextmanager
def deaf_to_ctrl_c() -> Iterator[None]:
    """Processes that are started meanwhile do not hear Ctrl-C, which a terminal sends to all: this one ends them."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    _windows_ignores_ctrl_c(True)
    try:
        yield
    finally:
        _windows_ignores_ctrl_c(False)
        signal.signal(signal.SIGINT, before)


def _windows_ignores_ctrl_c(on: bool) -> None:
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.kernel32.SetConsoleCtrlHandler(None, on)

"""Give parts out to Dask, and hear what they came to.

`dask` is a cluster of processes on this computer, `dask://HOST:8786` (or `tls://`) one that runs already. No more parts
are given out than its workers need to be busy. A worker that is lost costs the time of its parts: Dask gives them to
another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from time import monotonic, sleep
from typing import Any
from uuid import uuid4

from captionkit.errors import RemoteError, UsageError
from captionkit.scale.manifest import Stamp
from captionkit.scale.stores import needs
from captionkit.scale.work import Done, Task, WorkerDiffers, differs, do, require_same

#: Seconds to wait for the first worker.
_PATIENCE = 60
#: Seconds between two looks at what is done.
_LOOK_AGAIN = 0.02
#: Parts that are given out for each worker.
_AHEAD = 2


class Lost(Exception):
    """A part could not be done, and not because of what is in the way of all."""


@contextmanager
def cluster(engine: str, workers: int, stamp: Stamp) -> Iterator[Any]:
    """A client of the cluster, whose workers are as this process.

    Args:
        engine: "dask", or the address of a scheduler.
        workers: processes on this computer; 0 for one a core.

    Raises:
        UsageError: there is no such engine, or Dask is not installed.
        RemoteError: nobody answers there.
        WorkerDiffers
    """
    scheme, _, address = engine.partition("://")
    if scheme not in ("dask", "tls") or (scheme == "tls" and not address):
        raise UsageError(f"there is no engine {engine!r}", hint="There are dask and dask://HOST:8786.")
    import logging

    # Before Dask is loaded: what it says of workers that come and go is not for this command's user.
    needs("dask").config.set({"logging.distributed": "critical", "distributed.admin.tick.limit": "1h"})
    distributed = needs("distributed")
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    local = None
    try:
        if address:
            where = f"{'tls' if scheme == 'tls' else 'tcp'}://{address}"
            client = distributed.Client(where, timeout=_PATIENCE, set_as_default=False)
        else:
            from importlib.util import find_spec

            from captionkit.processes import cores, deaf_to_ctrl_c

            with deaf_to_ctrl_c():
                local = distributed.LocalCluster(
                    n_workers=workers or cores(), threads_per_worker=1, processes=True,
                    dashboard_address="127.0.0.1:0", silence_logs=logging.CRITICAL,
                    # Whoever reaches its port can run code, other users of this computer too, unless it asks for a key.
                    security=find_spec("cryptography") is not None or None,
                )  # fmt: skip
            client = distributed.Client(local, set_as_default=False)
        client.wait_for_workers(1, timeout=_PATIENCE)
        _require_same(client, stamp)
    except (OSError, TimeoutError) as error:
        if local is not None:
            local.close()
        raise RemoteError(
            "no Dask scheduler with a worker answers there", where=engine, unchanged="Nothing was read.",
            hint=f"Is it running? ({type(error).__name__})",
        ) from None  # fmt: skip
    try:
        yield client
    finally:
        client.close()
        if local is not None:
            local.close()


def _require_same(client: Any, stamp: Stamp) -> None:
    for address, answer in client.run(require_same, stamp, on_error="return").items():
        if isinstance(answer, WorkerDiffers):
            raise answer
        if isinstance(answer, Exception):
            raise differs(f"{address}: {type(answer).__name__}: is captionkit installed there?")


def give_out(client: Any, tasks: Iterable[Task]) -> Iterator[tuple[Task, Done | Lost]]:
    """What each task came to, as they are done. More tasks are taken only as fast as they are done.

    Raises:
        CaptionkitError: what stands in the way of all.
    """
    distributed = needs("distributed")
    left = iter(tasks)
    run = uuid4().hex  # the scheduler keeps what has a key for a while, and another run may have the same parts
    given: dict[str, Task] = {}
    done = distributed.as_completed(loop=client.loop)

    def give(more: int) -> None:
        for task in islice(left, max(more, 1)):
            key = f"captionkit-{run}-{task.part.name}"
            given[key] = task
            done.add(client.submit(do, task, key=key, pure=False, retries=1))

    give(_AHEAD * _threads(client))
    while given:
        _wait(client, done)
        future = next(done)
        task = given.pop(future.key)
        try:
            outcome: Done | Lost = future.result()
        except Exception as error:
            outcome = _lost(error)
        future.release()
        yield task, outcome
        give(_AHEAD * _threads(client) - len(given))


def _wait(client: Any, done: Any) -> None:
    """Wait until a task is done. A cluster grows and shrinks, but one that stays without a worker does nothing.

    Raises:
        RemoteError: it does.
    """
    asked = had_workers = monotonic()
    while not done.has_ready():
        sleep(_LOOK_AGAIN)
        now = monotonic()
        if now - asked < 1:
            continue
        asked = now
        if _threads(client):
            had_workers = now
        elif now - had_workers > _PATIENCE:
            raise RemoteError(
                "there is no Dask worker any more", unchanged="The parts that are done stand.",
                hint="Start workers, and go on with --resume.",
            )  # fmt: skip


def _threads(client: Any) -> int:
    try:
        return sum(client.nthreads().values())
    except Exception as error:
        raise _gone() from error


def _gone() -> RemoteError:
    return RemoteError(
        "the Dask scheduler is gone", unchanged="The parts that are done stand.", hint="Go on with --resume."
    )


def _lost(error: Exception) -> Lost:
    """What became of a part, where that concerns this part alone.

    Raises:
        CaptionkitError: it concerns all.
    """
    from captionkit.errors import CaptionkitError

    if isinstance(error, CaptionkitError):
        raise error
    if isinstance(error, ImportError):
        raise differs(f"{type(error).__name__}: is captionkit[scale] installed there?") from None
    if type(error).__name__ in ("CancelledError", "FutureCancelledError", "CommClosedError"):
        raise _gone() from None
    if type(error).__name__ == "KilledWorker":
        return Lost("it ended the process that worked on it, again and again")
    return Lost(f"captionkit itself failed here: {type(error).__name__}: {error}")

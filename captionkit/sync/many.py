"""Getting a whole library's new files ready on all processors.

Reading, converting and cross-checking a file is a millisecond or many of pure Python, so a first push of thousands is
spread over processes. They get the files' bytes and give back texts; they touch neither disk nor network. No more
batches are on their way than there is work for, so that a large library does not fill the memory.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Generator, Iterable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context

from captionkit.decoding import digest_of_file
from captionkit.documents import loads
from captionkit.library.local_file import LocalFile
from captionkit.sync.decide import Policy
from captionkit.sync.features import Features
from captionkit.sync.ports import Files
from captionkit.sync.publishable import Claim, judged
from captionkit.sync.upload import Prepared, prepare
from captionkit.threads import result_of

#: Fewer files than this are sooner done here than processes are started.
WORTH_IT = 1500
#: The same in bytes: about two seconds of work.
WORTH_IT_BYTES = 6_000_000
#: Files in a batch of work.
BATCH = 64

Job = tuple[LocalFile, bytes, Claim]


def prepare_one(file: LocalFile, data: bytes, *, srt_only: bool) -> Prepared:
    """A file's bytes ready to be sent, or why they are not."""
    document = loads(data, path=file.path, encoding=file.encoding)
    if digest_of_file(data) != file.local_digest:
        return Prepared(file, document, "", "", problem="it changed while it was being read")
    return prepare(document, file, srt_only=srt_only)


def prepare_new(
    files: Files, new: Sequence[tuple[LocalFile, Claim]], *, srt_only: bool, allow: frozenset[str] = frozenset()
) -> Generator[Prepared, None, None]:
    """These files, judged and ready to be sent where there is nothing yet, in their order, without their documents.

    Args:
        new: each with what its track will claim to be.
        allow: see `captionkit.sync.publishable.judged`.

    Raises:
        LocalError: where one cannot be read.
    """

    def job(file: LocalFile, claim: Claim) -> Job:
        return (file, files.read_file(file.path), claim)

    worth = max(len(new) // (WORTH_IT // 2), sum(file.size for file, _ in new) // (WORTH_IT_BYTES // 2))
    workers = min(8, os.cpu_count() or 1, worth)
    if workers < 2:
        for file, claim in new:
            yield from _prepare_batch([job(file, claim)], srt_only, allow)
        return
    batches = ([job(*one) for one in new[at : at + BATCH]] for at in range(0, len(new), BATCH))
    # Not forked: this process may have threads, and what they hold would be held for ever in the child.
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        waiting: deque[Future[list[Prepared]]] = deque()
        try:
            for batch in batches:
                waiting.append(pool.submit(_prepare_batch, batch, srt_only, allow))
                if len(waiting) > 3 * workers:
                    yield from result_of(waiting.popleft())
            while waiting:
                yield from result_of(waiting.popleft())
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _prepare_batch(jobs: Sequence[Job], srt_only: bool, allow: frozenset[str]) -> list[Prepared]:
    return [
        judged(prepare_one(file, data, srt_only=srt_only), claim, allow).without_documents()
        for file, data, claim in jobs
    ]


class Ready:
    """New files that are got ready ahead where there are many, asked for in the order in which they were named."""

    def __init__(self, new: Iterable[tuple[LocalFile, Claim]], files: Files, can: Features, policy: Policy) -> None:
        new = list(new)
        if len(new) < WORTH_IT and sum(file.size for file, _ in new) < WORTH_IT_BYTES:
            new = []
        self._paths = {file.path for file, _ in new}
        self._prepared = prepare_new(files, new, srt_only=can.srt_only, allow=policy.allow)
        self._waiting: dict[str, Prepared] = {}

    def close(self) -> None:
        self._prepared.close()

    def take(self, local: LocalFile) -> Prepared | None:
        """This file, if it is one of them."""
        if local.path not in self._paths:
            return None
        while local.path not in self._waiting:
            prepared = next(self._prepared)
            self._waiting[prepared.file.path] = prepared
        return self._waiting.pop(local.path)

"""Where files lie: object storage or a folder. Listed as a stream, read and written whole.

`s3://`, `gs://`, `az://` (and `abfs://`) are read with obstore, a path with the operating system, any other scheme with
fsspec, where that knows it. Credentials are those of the process that reads: its environment, its role, its files. An
address has none in it, is refused where it has, and is all that is ever sent to a worker.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache
from itertools import islice
from typing import Any, Protocol
from urllib.parse import urlsplit

from captionkit.errors import RemoteError, UsageError
from captionkit.scale.check import Unread
from captionkit.scale.parts import Entry
from captionkit.threads import result_of

#: The endings of captions.
CAPTIONS = (".srt", ".vtt", ".webvtt")
#: A larger object is no captions, and would fill a worker's memory.
MOST_BYTES = 64 << 20
#: How it begins what is written of a file that could not be read, but perhaps can be another time.
UNREAD = "cannot read: "
#: The same of one whose conversion could not be written.
UNWRITTEN = "cannot write: "
#: Requests under way at once in one worker.
CONCURRENT = 24
#: Objects that one request after the other is made for, before somebody else is told of them: telling costs time, too.
_TOGETHER = 4

#: Schemes that obstore reads.
_OBSTORE = {"s3", "s3a", "gs", "az", "azure", "abfs", "abfss"}


class NoAccess(RemoteError):
    """The credentials are missing, wrong or have expired: no other file can be read or written either."""


class Store(Protocol):
    """A place for files, by names with forward slashes below its address."""

    address: str

    def list(self, below: str = "", endings: tuple[str, ...] = ()) -> Iterator[Entry]:
        """The files below a folder, as they come. Hidden ones are left out."""
        ...

    def get(self, path: str) -> bytes:
        """All of a file.

        Raises:
            OSError: not there, no permission, or no answer; in our words.
            NoAccess
        """
        ...

    def put(self, path: str, data: bytes) -> None:
        """Write a file, whole or not at all.

        Raises:
            CaptionkitError: it could not be written.
        """
        ...

    def put_pieces(self, path: str, pieces: Iterable[bytes]) -> None:
        """Write a file of any size from its pieces, whole or not at all.

        Raises:
            CaptionkitError: it could not be written.
        """
        ...

    def put_new(self, path: str, data: bytes) -> bool:
        """Write a file that is not there yet; False where it is.

        Raises:
            CaptionkitError: it could not be written.
        """
        ...

    def delete(self, path: str) -> None:
        """Take a file away, where it is there.

        Raises:
            CaptionkitError: it could not be taken away.
        """
        ...


def is_address(text: str) -> bool:
    """Whether this is an address and no path; `C:\\captions` is a path."""
    return "://" in text


def address_of(text: str) -> str:
    """An address that may be sent and written down, or the whole path of a folder.

    Raises:
        UsageError: it has a password, a key or a signature in it.
    """
    if not is_address(text):
        return os.path.abspath(text)  # noqa: PTH100  not followed: as the user named it
    try:
        split = urlsplit(text)
    except ValueError:
        raise UsageError("this is no address", where=text[:100]) from None
    if "@" in split.netloc and split.scheme not in ("abfs", "abfss"):
        raise UsageError(
            "the address has a name or a password in it",
            unchanged="Nothing was read.",
            hint="Credentials belong into the environment of each worker (AWS_ACCESS_KEY_ID ...), never an address.",
        )
    if split.query or split.fragment:
        raise UsageError(
            "the address has more in it than a bucket and a path",
            unchanged="Nothing was read.",
            hint="A signature belongs into the environment of each worker (AZURE_STORAGE_SAS_TOKEN ...).",
        )
    if not {".", ".."}.isdisjoint(split.path.split("/")):
        raise UsageError("the address has . or .. in it", where=text, unchanged="Nothing was read.")
    return text.rstrip("/")


def open_store(address: str) -> Store:
    """The store at an address, opened once in each process.

    Raises:
        UsageError: nothing here reads such addresses.
    """
    return _opened(address_of(address))


@lru_cache(maxsize=16)
def _opened(address: str) -> Store:
    scheme = urlsplit(address).scheme if is_address(address) else ""
    if not scheme:
        from captionkit.scale.folder_store import FolderStore

        return FolderStore(address)
    if scheme in _OBSTORE:
        from captionkit.scale.object_store import ObjectStore

        return ObjectStore(address)
    from captionkit.scale.fsspec_store import FsspecStore

    return FsspecStore(address, scheme)


def needs(module: str) -> Any:
    """A module that comes with `captionkit[scale]`.

    Raises:
        UsageError: it is not installed.
    """
    from importlib import import_module

    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise UsageError(
            f"{(error.name or module).partition('.')[0]} is not installed here, and this needs it",
            hint='pip install "captionkit[scale]"',
        ) from None


def read_part(address: str, entries: Iterable[Entry]) -> Iterator[tuple[str, bytes | Unread]]:
    """Path and bytes of each of these files, in their order: many are asked for at once.

    Args:
        address: what they were listed from.
    """
    store = open_store(address)

    def read(entry: Entry) -> bytes | Unread:
        if entry.size > MOST_BYTES:
            return Unread(f"it has {entry.size:,} bytes, and captions have at most {MOST_BYTES:,}")
        try:
            return store.get(entry.path)
        except OSError as error:
            return Unread(f"{UNREAD}{error}")

    def read_some(some: tuple[Entry, ...]) -> list[tuple[str, bytes | Unread]]:
        return [(entry.path, read(entry)) for entry in some]

    waiting: deque[Future[list[tuple[str, bytes | Unread]]]] = deque()
    left = iter(entries)
    together = iter(lambda: tuple(islice(left, _TOGETHER)), ())
    with ThreadPoolExecutor(CONCURRENT, "captionkit-read") as pool:
        try:
            waiting.extend(pool.submit(read_some, some) for some in islice(together, CONCURRENT))
            while waiting:
                yield from result_of(waiting.popleft())
                waiting.extend(pool.submit(read_some, some) for some in islice(together, 1))
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def shown(source: str, path: str) -> str:
    """What a file is called in reports, from what the user called the archive."""
    if not path:
        return source
    if is_address(source):
        return f"{source.rstrip('/')}/{path}"
    return os.path.join(source, *path.split("/"))  # noqa: PTH118


def captions(store: Store, exclude: Sequence[str], source: str) -> Iterator[Entry]:
    """The caption files of a store but for those that are left out."""
    from captionkit.lint.settings import matches

    for entry in store.list(endings=CAPTIONS):
        if not any(matches(shown(source, entry.path), glob) for glob in exclude):
            yield entry

"""Where files lie: object storage or a folder. Listed as a stream, read and written whole.

`s3://`, `gs://`, `az://` (and `abfs://`) are read with obstore, a path with the operating system, any other scheme with
fsspec, where that knows it. Credentials are those of the process that reads: its environment, its role, its files. An
address has none in it, is refused where it has, and is all that is ever sent to a worker. What a server says of an
error may name a key, so it is put in our words.
"""

from __future__ import annotations

import os
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache
from itertools import islice
from typing import Any, Protocol
from urllib.parse import quote, urlsplit

from captionkit.errors import LocalError, RemoteError, UsageError
from captionkit.scale.check import Unread
from captionkit.scale.parts import Entry
from captionkit.terminal import clean_line
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
#: Times that fsspec is asked again, with pauses that double from half a second; obstore has its own.
_TRIES = 5

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
        return _Folder(address)
    return _Obstore(address) if scheme in _OBSTORE else _Fsspec(address, scheme)


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


def _is_hidden(path: str) -> bool:
    return path.startswith(".") or "/." in path


class _Folder:
    """A folder of this computer, or one that all workers see."""

    def __init__(self, address: str) -> None:
        self.address = address

    def list(self, below: str = "", endings: tuple[str, ...] = ()) -> Iterator[Entry]:
        yield from self._below(below.strip("/"), endings)

    def _below(self, folder: str, endings: tuple[str, ...]) -> Iterator[Entry]:
        try:
            found = sorted(os.scandir(self._place(folder)), key=lambda entry: entry.name)
        except FileNotFoundError:
            return
        except OSError as error:
            raise LocalError(f"cannot list: {error.strerror or error}", where=self._place(folder)) from error
        for entry in found:
            path = f"{folder}/{entry.name}" if folder else entry.name
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from self._below(path, endings)
            elif entry.name.lower().endswith(endings or "") and (entry.is_file() or not os.path.exists(entry.path)):  # noqa: PTH110
                try:
                    status = entry.stat()
                except OSError:
                    yield Entry(path)  # an error when it is read
                    continue
                yield Entry(path, status.st_size, f"{status.st_mtime_ns:x}-{status.st_size:x}")

    def _place(self, path: str) -> str:
        if not path:
            return self.address
        from captionkit.files import reachable, real_place

        real_place(self.address, path)
        return reachable(os.path.join(self.address, *path.split("/")))  # noqa: PTH118

    def get(self, path: str) -> bytes:
        from captionkit.files import read_file

        place = os.path.join(self.address, *path.split("/"))  # noqa: PTH118
        try:
            return read_file(place)
        except LocalError as error:
            raise OSError(error.message) from error
        except OSError as error:
            raise type(error)(error.strerror or str(error)) from error

    def put(self, path: str, data: bytes) -> None:
        self.put_pieces(path, (data,))

    def put_pieces(
        self, path: str, pieces: Iterable[bytes], before_replacing: Callable[[], None] | None = None
    ) -> None:
        from captionkit.files import write_atomically

        place = self._place(path)
        try:
            os.makedirs(os.path.dirname(place), exist_ok=True)  # noqa: PTH103, PTH120
        except OSError as error:
            raise LocalError(f"cannot make the folder: {error.strerror or error}", where=self.address) from error
        write_atomically(place, pieces, within=self.address, durable=False, before_replacing=before_replacing)

    def put_new(self, path: str, data: bytes) -> bool:
        place = self._place(path)

        def refuse() -> None:
            if os.path.lexists(place):
                raise _IsThere

        try:
            refuse()
            self.put_pieces(path, (data,), refuse)
        except _IsThere:
            return False
        return True

    def delete(self, path: str) -> None:
        try:
            os.unlink(self._place(path))  # noqa: PTH108
        except FileNotFoundError:
            return
        except OSError as error:
            raise LocalError(f"cannot delete: {error.strerror or error}", where=self._place(path)) from error


class _IsThere(Exception):
    """What is to be written anew is there."""


class _Obstore:
    """Amazon S3 and what speaks as it does, Google Cloud Storage, Azure Blob Storage. Retries are obstore's own: 503
    and lost connections cost time."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._calls = needs("obstore")
        wrong = self._calls.exceptions
        self._in_words = (
            (FileNotFoundError, "it is not there"),
            (wrong.NotFoundError, "it is not there"),
            (wrong.PermissionDeniedError, "no permission"),
            (wrong.UnauthenticatedError, _WRONG),
        )
        self._exists = wrong.AlreadyExistsError
        scheme, _, rest = address.partition("://")
        try:
            # A name is what it is: "%20" in it is no blank.
            self._store = needs("obstore.store").from_url(f"{scheme}://{quote(rest, safe='/:@')}")
        except Exception as error:
            raise self._failed("open", "", error) from None

    def _failed(self, what: str, path: str, error: Exception) -> RemoteError:
        where = f"{self.address}/{path}" if path else self.address
        name = _UNREADABLE_NAME.search(str(error)) if type(error).__name__ == "InvalidPathError" else None
        if name:
            return RemoteError(
                f"cannot {what}: there is an object here whose name cannot be used: {clean_line(name[1])}",
                where=where, unchanged="Nothing was left out in silence.",
                hint="A part of a name is neither empty nor . or .. and has no control characters: rename that object, "
                "or name a folder that it is not in.",
            )  # fmt: skip
        why = self._why(error)
        return (NoAccess if why in (_MISSING, _WRONG, _EXPIRED) else RemoteError)(
            f"cannot {what}: {why}",
            where=where,
            hint="Look at the address, and at the credentials in the environment of who reads it.",
        )

    def _why(self, error: Exception) -> str:
        text = str(error)
        code = _CODE.search(text)
        if code and code[1] in _CODES:
            return _CODES[code[1]]
        if _NO_CREDENTIALS.search(text):
            return _MISSING
        found = [words for kind, words in self._in_words if isinstance(error, kind)]
        return found[0] if found else "the store did not answer, or with an error"

    def list(self, below: str = "", endings: tuple[str, ...] = ()) -> Iterator[Entry]:
        try:
            for found in self._calls.list(self._store, below or None, chunk_size=1000):
                for one in found:
                    path = one["path"]
                    if path.lower().endswith(endings or "") and not _is_hidden(path):
                        yield Entry(path, one["size"], (one["e_tag"] or "").strip('"'))
        except FileNotFoundError:
            return
        except Exception as error:
            if isinstance(error, RemoteError):
                raise
            raise self._failed("list", below, error) from None

    def get(self, path: str) -> bytes:
        try:
            found = self._calls.get(self._store, path)
            data = bytes(found.bytes())
        except Exception as error:
            why = self._why(error)
            if why in (_MISSING, _WRONG, _EXPIRED):
                raise self._failed("read", path, error) from None
            kinds = {"it is not there": FileNotFoundError, "no permission": PermissionError}
            raise kinds.get(why, OSError)(why) from None
        is_packed = found.attributes.get("Content-Encoding") == "gzip" and data.startswith(b"\x1f\x8b")
        return _unpacked(data) if is_packed else data

    def put(self, path: str, data: bytes) -> None:
        try:
            self._calls.put(self._store, path, data)
        except Exception as error:
            raise self._failed("write", path, error) from None

    def put_pieces(self, path: str, pieces: Iterable[bytes]) -> None:
        writer = None
        for piece in pieces:
            try:
                writer = writer or self._calls.open_writer(self._store, path)
                writer.write(piece)
            except Exception as error:
                raise self._failed("write", path, error) from None
        if writer is None:
            return self.put(path, b"")
        try:
            # Only now there is such an object; where a piece could not be made there is none.
            writer.close()
        except Exception as error:
            raise self._failed("write", path, error) from None
        return None

    def put_new(self, path: str, data: bytes) -> bool:
        try:
            self._calls.put(self._store, path, data, mode="create")
        except self._exists:
            return False
        except Exception as error:
            raise self._failed("write", path, error) from None
        return True

    def delete(self, path: str) -> None:
        try:
            self._calls.delete(self._store, path)
        except FileNotFoundError:
            return
        except Exception as error:
            raise self._failed("delete", path, error) from None


_MISSING, _WRONG = "there are no credentials", "the credentials are wrong"
_EXPIRED = "the credentials have expired"
#: What servers call what is wrong, and how we say it. Nothing else of their answers is passed on.
_CODES = {
    "NoSuchBucket": "there is no such bucket",
    "ContainerNotFound": "there is no such container",
    "InvalidAccessKeyId": _WRONG,
    "SignatureDoesNotMatch": _WRONG,
    "AuthenticationFailed": _WRONG,
    "InvalidToken": _WRONG,
    "ExpiredToken": _EXPIRED,
    "AccessDenied": "no permission",
    "SlowDown": "the store is busy, and stayed so",
}
_CODE = re.compile(r"<Code>(\w+)</Code>")
#: Where a machine of a cloud would be given credentials: asked last, when the environment has none.
_NO_CREDENTIALS = re.compile(r"performing \w+ http://(?:169\.254\.|metadata)")
_UNREADABLE_NAME = re.compile(r'Path "(.*?)"(?: contained|: Enc)', re.DOTALL)


def _unpacked(data: bytes) -> bytes:
    """What was compressed for the web.

    Raises:
        OSError
    """
    import gzip
    import zlib
    from io import BytesIO

    try:
        with gzip.open(BytesIO(data)) as file:
            unpacked = file.read(MOST_BYTES + 1)
    except (OSError, EOFError, zlib.error):
        raise OSError("it is compressed, and damaged") from None
    if len(unpacked) > MOST_BYTES:
        raise OSError(f"it is compressed, and has more than {MOST_BYTES:,} bytes")
    return unpacked


class _Fsspec:
    """Whatever fsspec knows: sftp, hdfs, memory, webdav ..."""

    def __init__(self, address: str, scheme: str) -> None:
        self.address = address
        try:
            self._files, self._root = needs("fsspec").core.url_to_fs(address)
        except (ImportError, ValueError):
            raise UsageError(
                f"nothing here reads {scheme}:// addresses",
                where=address,
                hint=f"s3://, gs://, az:// and paths are read; fsspec reads others where its package for {scheme} is "
                "installed.",
            ) from None
        self._root = self._root.rstrip("/")

    def _again(self, what: str, call: Callable[[], Any]) -> Any:
        import time

        for tried in range(1, _TRIES + 1):
            try:
                return call()
            except FileNotFoundError:
                raise FileNotFoundError("it is not there") from None
            except PermissionError:
                raise PermissionError("no permission") from None
            except Exception as error:
                if tried == _TRIES:
                    raise OSError(f"cannot {what}: {type(error).__name__}") from None
                time.sleep(0.25 * 2**tried)
        raise AssertionError

    def _place(self, path: str) -> str:
        return f"{self._root}/{path}" if path else self._root

    def list(self, below: str = "", endings: tuple[str, ...] = ()) -> Iterator[Entry]:
        start = len(self._root) + 1 if self._root else 0
        try:
            for folder, folders, files in self._files.walk(self._place(below), detail=True, maxdepth=None):
                for hidden in [name for name in folders if name.startswith(".")]:
                    del folders[hidden]
                for name, one in sorted(files.items()):
                    path = f"{folder}/{name}"[start:] if folder else name
                    if name.lower().endswith(endings or "") and not name.startswith("."):
                        tag = next((str(one[key]) for key in ("ETag", "etag", "mtime", "created") if one.get(key)), "")
                        yield Entry(path.lstrip("/"), int(one.get("size") or 0), tag.strip('"'))
        except FileNotFoundError:
            return
        except OSError as error:
            raise RemoteError(f"cannot list: {type(error).__name__}", where=self.address) from None

    def get(self, path: str) -> bytes:
        return bytes(self._again("read", lambda: self._files.cat_file(self._place(path))))

    def put(self, path: str, data: bytes) -> None:
        place = self._place(path)

        def write() -> None:
            self._files.makedirs(place.rpartition("/")[0], exist_ok=True)
            self._files.pipe_file(place, data)

        try:
            self._again("write", write)
        except OSError as error:
            raise RemoteError(str(error), where=f"{self.address}/{path}") from None

    def put_pieces(self, path: str, pieces: Iterable[bytes]) -> None:
        self.put(path, b"".join(pieces))

    def put_new(self, path: str, data: bytes) -> bool:
        if self._files.exists(self._place(path)):
            return False
        self.put(path, data)
        return True

    def delete(self, path: str) -> None:
        try:
            self._again("delete", lambda: self._files.rm_file(self._place(path)))
        except FileNotFoundError:
            return
        except OSError as error:
            raise RemoteError(str(error), where=f"{self.address}/{path}") from None


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

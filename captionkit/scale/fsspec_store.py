"""Any other place that fsspec knows, as a store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from captionkit.errors import RemoteError, UsageError
from captionkit.scale.parts import Entry
from captionkit.scale.stores import needs

#: Times that fsspec is asked again, with pauses that double from half a second; obstore has its own.
_TRIES = 5


class FsspecStore:
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

"""A folder as a store."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator

from captionkit.errors import LocalError
from captionkit.scale.parts import Entry


class FolderStore:
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

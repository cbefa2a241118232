"""How a stand-in server begins and ends: a folder for its state, the sockets, and all of it given back."""

from __future__ import annotations

import tempfile
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from captionkit.sandbox.base_app import BaseApp
from captionkit.sandbox.state import Database
from captionkit.sandbox.wire import Wire


class Lifetime:
    """A running stand-in server; use it as a context manager.

    Args:
        data: folder for the database, kept afterwards; None takes a temporary one.
        name: what a temporary folder begins with.
    """

    _database: Database

    def _begin(self, data: Path | str | None, name: str) -> None:
        self._temporary = None if data is not None else tempfile.TemporaryDirectory(prefix=name)
        self.folder = Path(self._temporary.name if self._temporary is not None else str(data))
        self._stopping = threading.Event()
        self._wires: list[Wire] = []
        self._apps: list[BaseApp] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        bugs = [bug for app in self._apps for bug in app.bugs]
        if kind is None and bugs:
            raise RuntimeError(f"the sandbox itself failed:\n{bugs[0]}")

    def stop(self) -> None:
        """Close all connections, wait for the threads, close the database. May be called twice."""
        if self._stopping.is_set():
            return
        self._stopping.set()
        for wire in self._wires:
            wire.stop()
        self._database.close()
        if self._temporary is not None:
            self._temporary.cleanup()

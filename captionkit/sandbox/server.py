"""The sandbox as a whole: database, application, HTTP server, and the operations that fill it."""

from __future__ import annotations

import tempfile
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from captionkit.sandbox.app import App
from captionkit.sandbox.controls import Controls
from captionkit.sandbox.state import State
from captionkit.sandbox.switches import Switches
from captionkit.sandbox.wire import Wire
from captionkit.sandbox.world import World


class Sandbox(World, Controls):
    """A running stand-in Canvas; use it as a context manager.

    Args:
        data: folder for the database, kept afterwards; None takes a temporary one.
        switches: how the server is to behave.
        port: 0 takes a free one.

    Attributes:
        url: what a client is given as the address of Canvas, e.g. "http://127.0.0.1:40123".

    Raises:
        OSError: if the port is taken or the folder cannot be written.
    """

    def __init__(self, data: Path | str | None = None, switches: Switches | None = None, port: int = 0) -> None:
        self._temporary = None if data is not None else tempfile.TemporaryDirectory(prefix="captionkit-sandbox-")
        folder = Path(self._temporary.name if self._temporary is not None else str(data))
        self._stopping = threading.Event()
        state = State(folder, lasting=data is not None, skew=lambda: self._app.switches.clock_skew_s)
        self._app = self._base_app = App(state, self._stopping)
        if switches is not None:
            self._app.switches = switches
        try:
            super().__init__(state)
            self._app.operations = self._operations()
            self._wire = Wire(self._app, port, state.now)
        except BaseException:
            state.close()
            if self._temporary is not None:
                self._temporary.cleanup()
            raise
        self.port = self._wire.port
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        if kind is None and self._app.bugs:
            raise RuntimeError(f"the sandbox itself failed:\n{self._app.bugs[0]}")

    def stop(self) -> None:
        """Close all connections, wait for the threads, close the database. May be called twice."""
        if self._stopping.is_set():
            return
        self._stopping.set()
        self._wire.stop()
        self._state.close()
        if self._temporary is not None:
            self._temporary.cleanup()

    @property
    def tokens(self) -> dict[str, str]:
        """The token of each user by name."""
        return {user["name"]: user["token"] for user in self.users()}

    @property
    def switches(self) -> Switches:
        return self._app.switches

    def set(self, **switches: Any) -> dict[str, Any]:
        """Change switches while it runs; all of them as they are now."""
        self._app.switches = self._app.switches.with_changes(**switches)
        return self._app.switches.as_dict()

    def fill_bucket(self, token: str, count: float) -> None:
        """Set a token's throttle bucket, as if much had been asked before."""
        self._app.throttle.fill(token, self._app.switches, count)

    def bucket(self, token: str) -> float:
        """What is in a token's throttle bucket now."""
        return self._app.throttle.level(token, self._app.switches)

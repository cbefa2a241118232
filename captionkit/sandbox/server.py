"""The sandbox as a whole: database, application, HTTP server, and the operations that fill it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from captionkit.sandbox.app import App
from captionkit.sandbox.controls import Controls
from captionkit.sandbox.lifetime import Lifetime
from captionkit.sandbox.state import State
from captionkit.sandbox.switches import Switches
from captionkit.sandbox.wire import Wire
from captionkit.sandbox.world import World


class Sandbox(Lifetime, World, Controls):
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
        self._begin(data, "captionkit-sandbox-")
        state = State(self.folder, lasting=data is not None, skew=lambda: self._app.switches.clock_skew_s)
        self._database = state
        self._app = self._base_app = App(state, self._stopping)
        self._apps = [self._app]
        if switches is not None:
            self._app.switches = switches
        try:
            super().__init__(state)
            self._app.operations = self._operations()
            self._wires.append(Wire(self._app, port, state.now))
        except BaseException:
            self.stop()
            raise
        self.port = self._wires[0].port
        self.url = f"http://127.0.0.1:{self.port}"

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

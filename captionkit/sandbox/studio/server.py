"""The stand-in Studio as a whole: database, API host, upload host, and the operations that fill it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from captionkit.sandbox.controls import Controls
from captionkit.sandbox.lifetime import Lifetime
from captionkit.sandbox.studio import oauth
from captionkit.sandbox.studio.app import StudioApp
from captionkit.sandbox.studio.state import StudioState
from captionkit.sandbox.studio.switches import StudioSwitches
from captionkit.sandbox.studio.upload_host import UploadHost
from captionkit.sandbox.studio.world import StudioWorld
from captionkit.sandbox.wire import Wire


class Uploads(Controls):
    """Log and faults of the upload host."""

    def __init__(self, host: UploadHost) -> None:
        self._base_app = self._host = host

    @property
    def leaked_tokens(self) -> int:
        """Requests to this host that carried an Authorization header. There should be none."""
        return self._host.leaked_tokens


class Studio(Lifetime, StudioWorld, Controls):
    """A running stand-in Studio; use it as a context manager.

    Args:
        data: folder for the database, kept afterwards; None takes a temporary one.
        switches: how the server is to behave.
        port, upload_port: 0 takes a free one.

    Attributes:
        url: the API host, e.g. "http://127.0.0.1:40123"; the API is below `/api/public/v1`.
        upload_url: the host that upload URLs point to.
        uploads: log and faults of the upload host.
        client_id, client_secret: of the OAuth client.

    Raises:
        OSError: if a port is taken or the folder cannot be written.
    """

    client_id = oauth.CLIENT_ID
    client_secret = oauth.CLIENT_SECRET

    def __init__(
        self,
        data: Path | str | None = None,
        switches: StudioSwitches | None = None,
        port: int = 0,
        upload_port: int = 0,
    ) -> None:
        self._begin(data, "captionkit-studio-")
        self._database = state = StudioState(self.folder, lasting=data is not None)
        self._app = self._base_app = StudioApp(state, self._stopping)
        host = UploadHost(state, self._stopping, self.folder)
        self.uploads = Uploads(host)
        self._apps = [self._app, host]
        try:
            super().__init__(state)
            self._host = host
            self._switch_to(switches or StudioSwitches())
            self._app.signed_in = self._user("teacher")
            self._app.operations = self._operations()
            self._wires.append(Wire(host, upload_port, state.now, streamed=True))
            self._app.upload_url = self.upload_url = f"http://127.0.0.1:{self._wires[0].port}"
            self._wires.append(Wire(self._app, port, state.now))
        except BaseException:
            self.stop()
            raise
        self.port = self._wires[1].port
        self.url = f"http://127.0.0.1:{self.port}"

    @property
    def tokens(self) -> dict[str, str]:
        """An access token of each user by name; they do not end by themselves."""
        return {user["name"]: user["token"] for user in self.users()}

    @property
    def switches(self) -> StudioSwitches:
        return self._app.switches

    def set(self, **switches: Any) -> dict[str, Any]:
        """Change switches while it runs; all of them as they are now."""
        self._switch_to(self._app.switches.with_changes(**switches))
        return self._app.switches.as_dict()

    def sign_in_as(self, user: str) -> None:
        """Who is signed in at the authorisation page."""
        with self._state.lock:
            self._app.signed_in = self._user(user)

    def upload_fault(self, action: str, **rule: Any) -> None:
        """Let a fault happen at the upload host; "drop_during" with `size` cuts an upload after so many bytes."""
        self.uploads.fault(action, **rule)

    def _switch_to(self, switches: StudioSwitches) -> None:
        self._app.switches = self._host.switches = switches

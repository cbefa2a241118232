"""The host that upload URLs point to: somebody else's storage. guides/studio-server.md, section 6.

It knows nothing of users: the URL is the permission. A bearer token sent here is a leak, and is refused as S3 does.
The body is read as it arrives and never held, so a file of any size can be sent.
"""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path
from typing import Any

from captionkit.sandbox.answers import Answer
from captionkit.sandbox.base_app import BaseApp, Request
from captionkit.sandbox.studio.state import StudioState
from captionkit.sandbox.studio.switches import StudioSwitches

_PIECE = 1 << 20


class UploadHost(BaseApp):
    """The upload host.

    Args:
        folder: where uploads are kept, if they are.
        switches: asks for the settings as they are now.
    """

    SECRETS = frozenset({"X-Signature", "Signature"})

    def __init__(self, state: StudioState, stopping: threading.Event, folder: Path) -> None:
        super().__init__(state, stopping)
        self.switches = StudioSwitches()
        self.leaked_tokens = 0
        self._state = state
        self._folder = folder

    def body_of(self, environ: dict[str, Any]) -> bytes:
        # Not read here: it may be larger than memory.
        return b""

    def execute(self, environ: dict[str, Any], entry: Request, params: dict[str, Any]) -> Answer:
        try:
            return self._put(environ, entry, params)
        except ConnectionError:
            return Answer(0, cut_at=-1)  # the client hung up in the middle of the file
        except Exception:
            return self.bug()

    def _put(self, environ: dict[str, Any], entry: Request, params: dict[str, Any]) -> Answer:
        if environ.get("HTTP_AUTHORIZATION"):
            self.leaked_tokens += 1
            return _xml(400, "InvalidArgument", "Only one auth mechanism allowed")
        with self._state.lock:
            upload = self._state.one("SELECT * FROM uploads WHERE key = ?", str(params.get("X-Signature")))
        if upload is None or entry.path != f"/originals/o-{upload['media_id']}":
            return _xml(403, "SignatureDoesNotMatch", "The request signature does not match")
        if upload["ends_at"] is not None and upload["ends_at"] <= self._state.now():
            return _xml(403, "AccessDenied", "Request has expired")
        if entry.method != "PUT":
            return _xml(405, "MethodNotAllowed", "The specified method is not allowed")
        if not environ.get("CONTENT_LENGTH", "").isdecimal():
            return _xml(411, "MissingContentLength", "You must provide the Content-Length HTTP header.")
        size, digest = self._receive(environ["wsgi.input"], upload["media_id"])
        if size != int(environ["CONTENT_LENGTH"]):
            return Answer(0, cut_at=-1)  # the client went away; half a file is none
        entry.query = entry.query | {"bytes": size}
        with self._state.lock:
            self._state.run(
                "UPDATE media SET size = ?, sha256 = ? WHERE id = ? AND is_complete = 0",
                size,
                digest,
                upload["media_id"],
            )
        return Answer(200, b"", [("ETag", f'"{digest[:32]}"')])

    def _receive(self, source: Any, media_id: int) -> tuple[int, str]:
        size, digest = 0, hashlib.sha256()
        target = (self._folder / f"upload-{media_id}").open("wb") if self.switches.keeps_uploads else None
        try:
            while piece := source.read(_PIECE):
                size += len(piece)
                digest.update(piece)
                if target is not None:
                    target.write(piece)
        finally:
            if target is not None:
                target.close()
        return size, digest.hexdigest()


def _xml(status: int, code: str, message: str) -> Answer:
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>'
    return Answer(status, body.encode(), [("Content-Type", "application/xml")])

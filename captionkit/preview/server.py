"""A page and a recording, served to this computer alone.

For recordings that are too large to stand within a page. Nothing but these two things is served, at an address that
nobody else can guess, to requests that name the loopback (so no web page that the browser shows meanwhile can reach it
by a name of its own: DNS rebinding). Parts of the recording are served as browsers ask for them (RFC 9110, 14).
"""

from __future__ import annotations

import re
import secrets
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mimetypes import guess_type
from pathlib import Path

from captionkit.files import open_to_read

_PIECE = 256 * 1024
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


class PreviewServer(ThreadingHTTPServer):
    """Serves until `shutdown`.

    Args:
        page: the whole page.
        recording: what the page calls "media"; None for none.
        port: 0 for any that is free.

    Attributes:
        url: where the page is.

    Raises:
        OSError: if the port is taken.
    """

    daemon_threads = True

    def __init__(self, page: str, recording: Path | None = None, port: int = 0) -> None:
        self.page = page.encode()
        self.recording = recording
        self.secret = secrets.token_urlsafe(12)
        super().__init__(("127.0.0.1", port), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}/{self.secret}/"

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that hangs up in the middle of a video is no error."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "captionkit"
    sys_version = ""
    server: PreviewServer

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def log_message(self, format: str, *args: object) -> None:
        """Silent: the address is a secret, and nobody watches."""

    def _answer(self, with_body: bool) -> None:
        host = self.headers.get("Host", "").rpartition(":")[0]
        if host not in ("127.0.0.1", "localhost"):
            self._refuse(HTTPStatus.FORBIDDEN)
            return
        prefix = f"/{self.server.secret}/"
        path = self.path.partition("?")[0]
        if path == prefix:
            self._head(HTTPStatus.OK, "text/html; charset=utf-8", len(self.server.page))
            if with_body:
                self.wfile.write(self.server.page)
        elif path == f"{prefix}media" and self.server.recording is not None:
            self._recording(self.server.recording, with_body)
        else:
            self._refuse(HTTPStatus.NOT_FOUND)

    def _recording(self, path: Path, with_body: bool) -> None:
        try:
            file = open_to_read(path)
        except OSError:
            self._refuse(HTTPStatus.NOT_FOUND)
            return
        with file:
            size = path.stat().st_size
            kind = guess_type(path.name)[0] or "application/octet-stream"
            wanted = _RANGE.fullmatch(self.headers.get("Range", "").strip())
            first, last = 0, size - 1
            if wanted and (wanted[1] or wanted[2]):
                if wanted[1]:
                    first = int(wanted[1])
                    last = min(int(wanted[2]), size - 1) if wanted[2] else size - 1
                else:
                    first = max(0, size - int(wanted[2]))
                if first > last:
                    self.send_response(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
                    self.send_header("Content-Range", f"bytes */{size}")
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                self._head(HTTPStatus.PARTIAL_CONTENT, kind, last - first + 1, f"bytes {first}-{last}/{size}")
            else:
                self._head(HTTPStatus.OK, kind, size)
            if not with_body:
                return
            file.seek(first)
            left = last - first + 1
            with suppress(ConnectionError):
                while left > 0 and (piece := file.read(min(_PIECE, left))):
                    self.wfile.write(piece)
                    left -= len(piece)

    def _head(self, status: HTTPStatus, kind: str, length: int, part: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(length))
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        if part:
            self.send_header("Content-Range", part)
        self.end_headers()

    def _refuse(self, status: HTTPStatus) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

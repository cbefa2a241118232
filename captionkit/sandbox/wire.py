"""The HTTP server: HTTP/1.1 with keep-alive on the loopback, a thread for each connection, stopped without a trace.

werkzeug's own development server closes every connection after one request; clients of the real Canvas keep theirs,
and a stand-in that never does would hide what goes wrong when a kept one is cut. So the standard library's server
carries the bytes and werkzeug reads and routes the request.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from collections.abc import Callable
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import Any, ClassVar, cast
from urllib.parse import unquote_to_bytes

from captionkit.sandbox.answers import Answer

Environ = dict[str, Any]


class Wire:
    """Serve `answer` on 127.0.0.1.

    Args:
        answer: called in the connection's thread with a WSGI environ whose `wsgi.input` is the request body.
        port: 0 takes a free one.
        clock: seconds since the epoch, for the Date header.
        streamed: whether the body is handed over as it arrives instead of read to its end first.

    Raises:
        OSError: if the port is taken.
    """

    def __init__(
        self, answer: Callable[[Environ], Answer], port: int, clock: Callable[[], float], *, streamed: bool = False
    ) -> None:
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.answer = answer
        self._server.clock = clock
        self._server.streamed = streamed
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, name=f"sandbox-{self.port}", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Close every connection and wait for its thread."""
        self._server.shutdown()
        self._thread.join()
        self._server.hang_up()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    answer: Callable[[Environ], Answer]
    clock: Callable[[], float]
    streamed: bool

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._guard = threading.Lock()
        self._open: dict[threading.Thread, socket.socket] = {}

    def server_bind(self) -> None:
        # Not HTTPServer's, which asks the name service for its own host name: slow, and nothing here needs it.
        if os.name == "posix":
            # Elsewhere this would let two servers share one port.
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = "localhost", self.server_address[1]

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        me = threading.current_thread()
        with self._guard:
            self._open[me] = request
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._guard:
                self._open.pop(me, None)

    def hang_up(self) -> None:
        with self._guard:
            still_open = dict(self._open)
        for connection in still_open.values():
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
                if os.name != "posix":
                    # There that does not wake who waits for the rest of a request. `close` would wait for its readers.
                    socket.close(connection.detach())
        for thread in still_open:
            thread.join(timeout=5)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is everyday life here; it is not worth a traceback on standard error."""
        import sys

        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # An answer leaves in one piece; else its second packet would wait 40 ms for the first one's acknowledgement.
    wbufsize = -1
    disable_nagle_algorithm = True
    _BODILESS: ClassVar[frozenset[int]] = frozenset({204, 304})

    def handle_expect_100(self) -> bool:
        # The base class leaves "100 Continue" in the buffer, and a client that waits for it waits on.
        super().handle_expect_100()
        self.wfile.flush()
        return True

    def _serve(self) -> None:
        server = cast(_Server, self.server)
        body = self._body()
        environ = self._environ(body)
        if not server.streamed:
            environ["wsgi.input"] = BytesIO(body.read())
            if not body.complete:
                # The client went away in the middle of its request; the real server never sees such a one.
                self.close_connection = True
                return
        answer = server.answer(environ)
        if answer.cut_at is not None and answer.cut_at < 0:
            self.close_connection = True
            return
        with contextlib.suppress(OSError):
            while body.read(65536):
                pass
        self.send_response_only(answer.status)
        self.send_header("Date", formatdate(server.clock(), usegmt=True))
        for name, value in answer.headers:
            self.send_header(name, value)
        if answer.status not in self._BODILESS:
            self.send_header("Content-Length", str(len(answer.body)))
        if answer.cut_at is not None:
            self.close_connection = True
        elif self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD" and answer.status not in self._BODILESS:
            self.wfile.write(answer.body[: answer.cut_at])
        self.wfile.flush()

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _serve  # noqa: N815

    def _body(self) -> Any:
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            return _Chunks(self.rfile)
        length = self.headers.get("Content-Length", "0")
        return _Limited(self.rfile, int(length) if length.isdecimal() else 0)

    def _environ(self, body: Any) -> Environ:
        path, _, query = self.path.partition("?")
        environ: Environ = {
            "REQUEST_METHOD": "GET" if self.command == "HEAD" else self.command,
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query,
            "SCRIPT_NAME": "",
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": str(cast(_Server, self.server).server_port),
            "SERVER_PROTOCOL": self.request_version,
            "REMOTE_ADDR": self.client_address[0],
            "wsgi.url_scheme": "http",
            "wsgi.input": body,
            "wsgi.input_terminated": True,
            "sandbox.raw_path": path,
        }
        for name, value in self.headers.items():
            key = name.upper().replace("-", "_")
            environ[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = value
        return environ

    def log_message(self, format: str, *args: Any) -> None:
        """Silent: the request log is kept by the application, without tokens."""


class _Limited:
    """The body of a request with Content-Length."""

    def __init__(self, source: Any, length: int) -> None:
        self._source = source
        self._left = length
        self._ended = False

    @property
    def complete(self) -> bool:
        return not self._left

    def read(self, size: int = -1) -> bytes:
        wanted = self._left if size < 0 else min(size, self._left)
        data: bytes = self._source.read(wanted) if wanted and not self._ended else b""
        self._left -= len(data)
        self._ended = len(data) < wanted
        return data


class _Chunks:
    """The body of a request with Transfer-Encoding: chunked."""

    def __init__(self, source: Any) -> None:
        self._source = source
        self._left = 0
        self._ended = False
        self.complete = False

    def read(self, size: int = -1) -> bytes:
        parts = []
        while size != 0 and not self._ended:
            if not self._left:
                self._next_chunk()
                continue
            data = self._source.read(self._left if size < 0 else min(size, self._left))
            self._ended = not data
            self._left -= len(data)
            size -= len(data) if size > 0 else 0
            parts.append(data)
            if not self._left:
                self._source.readline()  # the line end behind the chunk
        return b"".join(parts)

    def _next_chunk(self) -> None:
        try:
            self._left = int(self._source.readline().split(b";")[0], 16)
        except ValueError:
            self._ended = True
            return
        if not self._left:
            self._ended = self.complete = True
            while self._source.readline().strip():
                pass

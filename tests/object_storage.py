"""A stand-in for S3 that can be told to fail."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable
from typing import Any

#: What must never travel, nor be written down.
SECRET = "wJalr-this-is-the-secret-key"
KEY_ID = "AKIATESTKEYID"


class ObjectStorage:
    """moto behind a door that answers with a fault where it was told to.

    Attributes:
        faults: a part of the request's path -> the answers that it is given first: statuses, or status and code.
        changes: a part of the request's path -> what happens before the first answer to it.
        asked: the requests that came.
        broken: the traceback of each that moto itself failed at.
    """

    def __init__(self) -> None:
        from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
        from werkzeug.serving import WSGIRequestHandler, make_server

        class Quiet(WSGIRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_request(self, *_: Any) -> None:
                pass

        self.faults: dict[str, list[int | tuple[int, str]]] = {}
        self.changes: dict[str, Callable[[], object]] = {}
        self.asked: list[str] = []
        self.broken: list[str] = []
        self._app = DomainDispatcherApplication(create_backend_app)
        # Made before anybody asks: moto imports half of itself for it, and two threads would get in each other's way.
        self._app.get_application({"PATH_INFO": "/bucket/object"})
        self._server = make_server("127.0.0.1", 0, self._answer, threaded=True, request_handler=Quiet)
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def _answer(self, environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        path = environ["PATH_INFO"]
        self.asked.append(f"{environ['REQUEST_METHOD']} {path}")
        if environ["REQUEST_METHOD"] == "GET":
            for part in [part for part in self.changes if part in path]:
                self.changes.pop(part)()
            for part, answers in self.faults.items():
                if part in path and answers:
                    answer = answers.pop(0)
                    status, code = answer if isinstance(answer, tuple) else (answer, "")
                    body = f"<Error><Code>{code}</Code><Message>{SECRET}</Message></Error>".encode() if code else b""
                    start(f"{status} Fault", [("Content-Type", "application/xml"), ("Content-Length", str(len(body)))])
                    return [body]
        try:
            return self._app(environ, start)
        except Exception:
            self.broken.append(traceback.format_exc())
            raise

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

"""What every stand-in server does before it looks at a request: log it, and let faults happen."""

from __future__ import annotations

import re
import sys
import threading
import time
import traceback
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from captionkit.sandbox import control
from captionkit.sandbox.answers import Answer, Words, broken
from captionkit.sandbox.call import query_params
from captionkit.sandbox.faults import Faults
from captionkit.sandbox.state import Database


@dataclass(slots=True)
class Request:
    """One line of the request log. No token, and no header that could hold one.

    Attributes:
        status: what the client got; 0 where the connection was closed without an answer.
        fault: the fault that it met, if any.
        seconds: from the request's last byte to the answer's first.
    """

    number: int
    method: str
    path: str
    query: dict[str, Any]
    body: bytes
    user: str
    status: int = 0
    fault: str = ""
    seconds: float = 0.0
    at: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {"body": self.body.decode("utf-8", "replace")}


class BaseApp:
    """A stand-in server, without the sockets.

    Args:
        database: for its clock.
        stopping: set when the server goes down; every wait ends then.
    """

    #: Parameters that are secrets: they are never in the log.
    SECRETS = frozenset({"access_token"})

    def __init__(self, database: Database, stopping: threading.Event) -> None:
        self.faults = Faults(stopping.wait)
        self.operations: dict[str, Callable[..., Any]] = {}
        # The last ones only, since bodies are kept with them; the counts are of all.
        self._log: deque[Request] = deque(maxlen=20_000)
        self._counts = Counter[str]()
        self.bugs: list[str] = []
        self._sleep = stopping.wait
        self._clock = database.now
        self._logged = 0
        self._log_lock = threading.Lock()

    def __call__(self, environ: dict[str, Any]) -> Answer:
        method, path = environ["REQUEST_METHOD"], path_of(environ)
        if path == "/sandbox" or path.startswith("/sandbox/"):
            return control.answer(self.operations, environ, method, path)
        started = time.monotonic()
        params = query_params(environ["QUERY_STRING"])
        shown = {key: value for key, value in params.items() if key not in self.SECRETS}
        entry = Request(0, method, path, shown, self.body_of(environ), "", at=self._clock())
        with self._log_lock:
            self._logged += 1
            entry.number = self._logged
            self._log.append(entry)
            self._counts[method] += 1
        try:
            answer = self._with_faults(environ, entry, params)
        except Exception:
            answer = self.bug()
        answer.headers.append(("X-Request-Context-Id", f"sandbox-{entry.number}"))
        entry.status = answer.status
        entry.seconds = time.monotonic() - started
        return answer

    def logged(self) -> list[Request]:
        """The request log as it is now."""
        with self._log_lock:
            return list(self._log)

    def counts(self) -> dict[str, int]:
        """Requests by method since the log was last forgotten."""
        with self._log_lock:
            return dict(self._counts)

    def forget(self) -> None:
        """Empty the log and the counts."""
        with self._log_lock:
            self._log.clear()
            self._counts.clear()

    def body_of(self, environ: dict[str, Any]) -> bytes:
        """The body for the log and the handlers."""
        body: bytes = environ["wsgi.input"].read()
        return body

    def execute(self, environ: dict[str, Any], entry: Request, params: dict[str, Any]) -> Answer:
        """Do what was asked."""
        raise NotImplementedError

    def throttled(self) -> Answer:
        """The answer of the fault "throttled"."""
        return Answer(429)

    def bug(self) -> Answer:
        """A fault of the sandbox must not pass for one of the many ways in which the real server says 500."""
        self.bugs.append(traceback.format_exc())
        sys.stderr.write(self.bugs[-1])
        return broken(Words("en")).answer

    def _with_faults(self, environ: dict[str, Any], entry: Request, params: dict[str, Any]) -> Answer:
        rule = self.faults.rule_for(entry.method, entry.path)
        if rule is None:
            return self.execute(environ, entry, params)
        entry.fault = rule.action
        if rule.action == "drop_during":
            left = rule.size
            while left > 0 and (piece := environ["wsgi.input"].read(min(left, 1 << 16))):
                left -= len(piece)
        url = f"{base_of(environ)}{entry.path}?{environ['QUERY_STRING']}"
        return self.faults.around(rule, url, self.throttled, lambda: self.execute(environ, entry, params))


def path_of(environ: dict[str, Any]) -> str:
    """The path as Rails reads it: slashes squeezed, none at the end, UTF-8."""
    raw: str = environ["PATH_INFO"]
    path = re.sub(r"/+", "/", raw.encode("latin-1").decode("utf-8", "replace"))
    return path.rstrip("/") or "/"


def base_of(environ: dict[str, Any]) -> str:
    return f"http://{environ.get('HTTP_HOST') or '127.0.0.1:' + environ['SERVER_PORT']}"

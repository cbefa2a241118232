"""From a request to its answer: latency, faults, throttle, sign-in, route, handler; and the request log.

The order is the real server's: the throttle stands before the application and knows a request by its token alone, then
comes the token, then the record, then what the caller may do with it.
"""

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

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule

from captionkit.sandbox import browser, control, files, media, tracks
from captionkit.sandbox.access import caller_of, token_of
from captionkit.sandbox.answers import Answer, Refusal, Words, broken, html_answer, login_page, not_found
from captionkit.sandbox.call import Call, query_params
from captionkit.sandbox.faults import Faults
from captionkit.sandbox.state import State
from captionkit.sandbox.switches import Switches
from captionkit.sandbox.throttle import Throttle, refusal

_API = "/api/v1"
_ROUTES: list[tuple[str, str, Callable[[Call], Answer]]] = [
    ("GET", f"{_API}/media_objects/:media_object_id/media_tracks", tracks.list_on_media_object),
    ("PUT", f"{_API}/media_objects/:media_object_id/media_tracks", tracks.replace_on_media_object),
    ("GET", f"{_API}/media_attachments/:attachment_id/media_tracks", tracks.list_on_attachment),
    ("PUT", f"{_API}/media_attachments/:attachment_id/media_tracks", tracks.replace_on_attachment),
    *(
        route
        for name in ("media_objects", "media_attachments")
        for route in (
            ("GET", f"{_API}/{name}", media.list_of_user),
            ("GET", f"{_API}/courses/:course_id/{name}", media.list_of_course),
            ("GET", f"{_API}/groups/:group_id/{name}", media.list_of_group),
        )
    ),
    ("PUT", f"{_API}/media_objects/:media_object_id", media.rename_media_object),
    ("PUT", f"{_API}/media_attachments/:attachment_id", media.rename_attachment),
    ("POST", f"{_API}/media_objects/:id/asr", media.request_captions),
    ("POST", f"{_API}/media_attachments/:id/asr", media.request_captions),
    ("GET", f"{_API}/users/:id", files.show_user),
    ("GET", f"{_API}/courses/:id", files.show_course),
    ("GET", f"{_API}/courses/:course_id/files", files.list_files),
    ("GET", f"{_API}/courses/:course_id/files/:id", files.show_file),
    ("GET", f"{_API}/files/:id", files.show_file),
    ("GET", "/media_objects/:media_object_id/media_tracks/:track_id", browser.show_track),
    ("GET", "/media_attachments/:attachment_id/media_tracks/:track_id", browser.show_track),
    ("DELETE", "/media_objects/:media_object_id/media_tracks/:track_id", browser.delete_track),
    ("DELETE", "/media_attachments/:attachment_id/media_tracks/:track_id", browser.delete_track),
]
_MAP = Map(
    [Rule(re.sub(r":(\w+)", r"<\1>", path), methods=[method], endpoint=(path, do)) for method, path, do in _ROUTES],
    strict_slashes=False,
    merge_slashes=False,
)
_STRING_IDS = "application/json+canvas-string-ids"


@dataclass(slots=True)
class Request:
    """One line of the request log. No token, and no header that could hold one.

    Attributes:
        status: what the client got; 0 where the connection was closed without an answer.
        fault: the staged fault that it met, if any.
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


class App:
    """The stand-in Canvas, without the sockets."""

    def __init__(self, state: State, stopping: threading.Event) -> None:
        self.state = state
        self.switches = Switches()
        self.throttle = Throttle()
        self.faults = Faults(stopping.wait)
        self.operations: dict[str, Callable[..., Any]] = {}
        self.log: deque[Request] = deque(maxlen=200_000)
        self.bugs: list[str] = []
        self._sleep = stopping.wait
        self._numbers = Counter[str]()
        self._log_lock = threading.Lock()

    def __call__(self, environ: dict[str, Any]) -> Answer:
        method, path = environ["REQUEST_METHOD"], _path(environ)
        if path == "/sandbox" or path.startswith("/sandbox/"):
            return control.answer(self.operations, environ, method, path)
        started = time.monotonic()
        params = query_params(environ["QUERY_STRING"])
        token = token_of(environ, params)
        shown = {key: value for key, value in params.items() if key != "access_token"}
        entry = Request(0, method, path, shown, environ["wsgi.input"].read(), "", at=self.state.now())
        with self._log_lock:
            self._numbers["requests"] += 1
            entry.number = self._numbers["requests"]
            self.log.append(entry)
        answer = self._with_faults(environ, entry, params, token)
        answer.headers.append(("X-Request-Context-Id", f"sandbox-{entry.number}"))
        entry.status = answer.status
        entry.seconds = time.monotonic() - started
        return answer

    def _with_faults(
        self, environ: dict[str, Any], entry: Request, params: dict[str, Any], token: str | None
    ) -> Answer:
        def execute() -> Answer:
            return self._throttled(environ, entry, params, token)

        rule = self.faults.rule_for(entry.method, entry.path)
        if rule is None:
            return execute()
        entry.fault = rule.action
        url = f"{_base(environ)}{entry.path}?{environ['QUERY_STRING']}"
        return self.faults.around(rule, url, lambda: refusal(self.switches), execute)

    def _throttled(self, environ: dict[str, Any], entry: Request, params: dict[str, Any], token: str | None) -> Answer:
        switches = self.switches
        if token is None:
            return self._safely(environ, entry, params, token)[0]
        if self.throttle.admit(token, switches) is None and switches.throttle:
            level = self.throttle.level(token, switches)
            self.throttle.settle(token, switches, 0.0)
            answer = refusal(switches)
            answer.headers.append(("X-Rate-Limit-Remaining", repr(switches.hwm - level)))
            return answer
        cost = 0.0
        try:
            answer, cost = self._safely(environ, entry, params, token)
        finally:
            level = self.throttle.settle(token, switches, cost)
        answer.headers += [("X-Request-Cost", repr(cost)), ("X-Rate-Limit-Remaining", repr(switches.hwm - level))]
        return answer

    def _safely(
        self, environ: dict[str, Any], entry: Request, params: dict[str, Any], token: str | None
    ) -> tuple[Answer, float]:
        if self.switches.latency_ms:
            # Here, not before the throttle: a slow request occupies its bucket for as long as it takes.
            self._sleep(self.switches.latency_ms / 1000)
        try:
            with self.state.lock:
                answer, cost, kaltura_calls = self._routed(environ, entry, params, token)
            if kaltura_calls and self.switches.kaltura_ms:
                self._sleep(kaltura_calls * self.switches.kaltura_ms / 1000)
            return answer, cost
        except Refusal as refused:
            return refused.answer, self.switches.request_cost
        except Exception:
            # A fault of the sandbox must not pass for one of Canvas's many ways to say 500.
            self.bugs.append(traceback.format_exc())
            print(self.bugs[-1], file=sys.stderr)
            return broken(Words("en")).answer, self.switches.request_cost

    def _routed(
        self, environ: dict[str, Any], entry: Request, params: dict[str, Any], token: str | None
    ) -> tuple[Answer, float, int]:
        words = Words(self.switches.language)
        if entry.path in ("/login", "/login/canvas"):
            return login_page(), 0.0, 0
        try:
            (rule_path, handler), args = _MAP.bind("sandbox").match(entry.path, entry.method)
        except HTTPException:
            if entry.path.startswith("/api/"):
                raise not_found(words) from None
            return html_answer(404, "Page Not Found", "<p>There is no such page.</p>"), 0.0, 0
        accept = environ.get("HTTP_ACCEPT", "")
        if not rule_path.startswith("/api/") and not self.switches.token_opens_track_url:
            token = browser.session_user(self.state, environ.get("HTTP_COOKIE", ""))
            if token is None:
                return browser.no_session(words, _base(environ), "json" in accept), 0.0, 0
        caller = caller_of(self.state, words, token, f"url:{entry.method}|{rule_path}", params)
        entry.user = caller.name
        if caller.strips_includes:
            params = params | {"include": []}
        call = Call(
            state=self.state,
            switches=self.switches,
            words=words,
            caller=caller,
            base=_base(environ),
            path=entry.path,
            params=params,
            args=dict(args),
            body=entry.body,
            content_type=environ.get("CONTENT_TYPE", ""),
            string_ids=self.switches.string_ids and _STRING_IDS in accept,
            cost=self.switches.request_cost,
        )
        answer = handler(call)
        return answer, call.cost, call.kaltura_calls


def _path(environ: dict[str, Any]) -> str:
    """The path as Rails reads it: slashes squeezed, none at the end, UTF-8."""
    raw: str = environ["PATH_INFO"]
    path = re.sub(r"/+", "/", raw.encode("latin-1").decode("utf-8", "replace"))
    return path.rstrip("/") or "/"


def _base(environ: dict[str, Any]) -> str:
    return f"http://{environ.get('HTTP_HOST') or '127.0.0.1:' + environ['SERVER_PORT']}"

"""The stand-in Canvas: from a request to its answer, through latency, throttle, sign-in, route and handler.

The order is the real server's: the throttle stands before the application and knows a request by its token alone, then
comes the token, then the record, then what the caller may do with it.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule

from captionkit.sandbox import browser, creation, files, media, tracks
from captionkit.sandbox.access import caller_of, token_of
from captionkit.sandbox.answers import Answer, Refusal, Words, html_answer, login_page, not_found
from captionkit.sandbox.base_app import BaseApp, Request, base_of
from captionkit.sandbox.call import Call
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
    ("POST", f"{_API}/media_objects", creation.create_from_uploader),
    ("POST", f"{_API}/media_attachments", creation.create_from_uploader),
    ("PUT", f"{_API}/media_objects/:media_object_id", media.rename_media_object),
    ("PUT", f"{_API}/media_attachments/:attachment_id", media.rename_attachment),
    ("POST", f"{_API}/media_objects/:id/asr", media.request_captions),
    ("POST", f"{_API}/media_attachments/:id/asr", media.request_captions),
    ("GET", f"{_API}/users/:id", files.show_user),
    ("GET", f"{_API}/courses/:id", files.show_course),
    ("GET", f"{_API}/courses/:course_id/content_migrations", files.list_imports),
    ("GET", f"{_API}/courses/:course_id/blueprint_subscriptions", files.list_blueprint_subscriptions),
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


class App(BaseApp):
    """The stand-in Canvas."""

    def __init__(self, state: State, stopping: threading.Event) -> None:
        super().__init__(state, stopping)
        self.state = state
        self.switches = Switches()
        self.throttle = Throttle()

    def throttled(self) -> Answer:
        return refusal(self.switches)

    def execute(self, environ: dict[str, Any], entry: Request, params: dict[str, Any]) -> Answer:
        token = token_of(environ, params)
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
            return self.bug(), self.switches.request_cost

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
                return browser.no_session(words, base_of(environ), "json" in accept), 0.0, 0
        caller = caller_of(self.state, words, token, f"url:{entry.method}|{rule_path}", params)
        entry.user = caller.name
        if caller.strips_includes:
            params = params | {"include": []}
        call = Call(
            state=self.state,
            switches=self.switches,
            words=words,
            caller=caller,
            base=base_of(environ),
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

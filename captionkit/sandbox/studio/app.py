"""The API host of the stand-in Studio: from a request to its answer."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from io import BytesIO
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.formparser import parse_form_data
from werkzeug.routing import Map, Rule

from captionkit.sandbox.answers import Answer, Refusal, json_answer
from captionkit.sandbox.base_app import BaseApp, Request, base_of
from captionkit.sandbox.call import rails_params
from captionkit.sandbox.studio import captions, media, oauth
from captionkit.sandbox.studio.call import StudioCall, refusal
from captionkit.sandbox.studio.state import StudioState
from captionkit.sandbox.studio.switches import StudioSwitches


def _ping(call: StudioCall) -> Answer:
    return Answer(200, b"pong", [("Content-Type", "text/plain; charset=utf-8")])


_API = "/api/public/v1"
_ROUTES: list[tuple[str, str, Callable[[StudioCall], Answer]]] = [
    ("GET", "/ping", _ping),
    ("GET", "/media/search", media.search),
    ("POST", "/media", media.create_from_url),
    ("POST", "/media/uploads", media.begin_upload),
    ("POST", "/media/uploads/<id>/complete", media.complete_upload),
    ("GET", "/media/<id>", media.show),
    ("DELETE", "/media/<id>", media.delete),
    ("POST", "/media/<id>/archive", media.archive),
    ("POST", "/media/<id>/unarchive", media.unarchive),
    ("GET", "/media/<id>/courses", media.courses_of),
    ("GET", "/media/<id>/download", media.download),
    ("GET", "/media/<id>/caption_files", captions.list_captions),
    ("POST", "/media/<id>/caption_files", captions.add_caption),
    ("GET", "/caption_files/<caption_id>/download", captions.download_caption),
    ("GET", "/collections", media.list_collections),
    ("POST", "/collections", media.create_collection),
    ("GET", "/collections/<id>", media.show_collection),
    ("GET", "/collections/<id>/media", media.media_of_collection),
    ("POST", "/collections/<id>/media", media.create_in_collection),
    ("GET", "/courses/<id>", media.show_course),
    ("GET", "/users/search", media.search_users),
    ("GET", "/users/<id>", media.show_user),
    ("GET", "/users/<id>/media", media.media_of_user),
    ("GET", "/users/<id>/library", media.library_of_user),
    ("GET", "/users/<id>/collections", media.collections_of_user),
    ("GET", "/groups/<id>/users", media.users_of_group),
]
_MAP = Map(
    [Rule(f"{_API}{path}", methods=[method], endpoint=do) for method, path, do in _ROUTES],
    strict_slashes=False,
    merge_slashes=False,
)


class StudioApp(BaseApp):
    """The API host."""

    SECRETS = frozenset({"access_token", "code", "refresh_token", "client_secret", "state"})

    def __init__(self, state: StudioState, stopping: threading.Event) -> None:
        super().__init__(state, stopping)
        self.switches = StudioSwitches()
        self.upload_url = ""
        self.signed_in = 0
        self._state = state

    def throttled(self) -> Answer:
        return json_answer(429, {"error": "Too many requests"}, ("Retry-After", "1"))

    def execute(self, environ: dict[str, Any], entry: Request, params: dict[str, Any]) -> Answer:
        if self.switches.latency_ms:
            self._sleep(self.switches.latency_ms / 1000)
        body, is_oauth = entry.body, entry.path.startswith("/api/public/oauth/")
        if is_oauth:
            # Codes, refresh tokens and the client's secret stand in these bodies: not in the log.
            entry.body = b""
        try:
            given, files = _body_of(environ, body)
            with self._state.lock:
                if is_oauth:
                    return self._sign_in(environ, entry, params | given)
                return self._routed(environ, entry, params | given, files)
        except Refusal as refused:
            return refused.answer
        except ValueError:
            return refusal(self.switches, 400, "The body could not be read").answer
        except Exception:
            return self.bug()

    def _sign_in(self, environ: dict[str, Any], entry: Request, params: dict[str, Any]) -> Answer:
        match entry.method, entry.path:
            case "GET", "/api/public/oauth/authorize":
                return oauth.authorize(self._state, self.switches, params, self.signed_in, base_of(environ))
            case "POST", "/api/public/oauth/token":
                client = environ.get("HTTP_AUTHORIZATION", "")
                return oauth.token(self._state, self.switches, params, client, base_of(environ))
        return json_answer(404, {"error": "Not found"})

    def _routed(
        self, environ: dict[str, Any], entry: Request, params: dict[str, Any], files: dict[str, bytes]
    ) -> Answer:
        if entry.path == "/":
            return Answer(200, b"Studio", [("Content-Type", "text/html; charset=utf-8")])
        if entry.path == "/api/public/apidocs":
            return json_answer(200, _described())
        user = oauth.user_of(self._state, environ.get("HTTP_AUTHORIZATION", ""))
        if user is None:
            raise refusal(self.switches, 401, "Authorization information is missing or invalid")
        entry.user = user["name"]
        try:
            handler, args = _MAP.bind("studio").match(entry.path, entry.method)
        except HTTPException:
            raise refusal(self.switches, 404, "Not found") from None
        answer: Answer = handler(
            StudioCall(
                state=self._state,
                switches=self.switches,
                user=user,
                base=base_of(environ),
                upload_url=self.upload_url,
                params=params,
                files=files,
                args=dict(args),
            )
        )
        return answer


def _body_of(environ: dict[str, Any], body: bytes) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Parameters and files of a JSON, form or multipart body.

    Raises:
        ValueError: for JSON that is none.
    """
    content_type = environ.get("CONTENT_TYPE", "").lower()
    if "json" in content_type and body.strip():
        data = json.loads(body)
        if not isinstance(data, dict):
            raise ValueError("not an object")
        return data, {}
    if content_type.startswith(("application/x-www-form-urlencoded", "multipart/form-data")):
        copy = environ | {"wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))}
        # In memory: caption files are small, and a temporary file would have to be closed by hand.
        _, form, files = parse_form_data(copy, stream_factory=lambda *_, **__: BytesIO())
        return rails_params(list(form.items(multi=True))), {name: file.read() for name, file in files.items()}
    return {}, {}


def _described() -> dict[str, Any]:
    """The Swagger 2.0 document that Instructure's own client loads, of what is served here."""
    paths: dict[str, dict[str, Any]] = {}
    for method, path, do in _ROUTES:
        names = re.findall(r"<(\w+)>", path)
        answer = {
            "summary": (do.__doc__ or do.__name__.strip("_").replace("_", " ")).strip().partition("\n")[0],
            "parameters": [{"name": name, "in": "path", "required": True, "type": "integer"} for name in names],
            "responses": {"200": {"description": "Success"}},
        }
        paths.setdefault(re.sub(r"<(\w+)>", r"{\1}", path), {})[method.lower()] = answer
    return {"swagger": "2.0", "info": {"title": "Sandbox", "version": "v1"}, "basePath": _API, "paths": paths}

"""The control endpoint: every operation of the world by `POST /sandbox/<operation>`, for those who are not in Python.

It asks for no token, so it listens to this machine only, and not to web pages that happen to be open on it: a request
with an Origin, or to another host name than the loopback's, is refused.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from captionkit.sandbox.answers import Answer, json_answer

_OURS = frozenset({"127.0.0.1", "localhost", "::1"})


def answer(operations: Mapping[str, Callable[..., Any]], environ: dict[str, Any], method: str, path: str) -> Answer:
    """Run one operation; 200 `{"result": ...}`, or 400 `{"error": "..."}` that says what was wrong with the call."""
    host = urlsplit(f"//{environ.get('HTTP_HOST', '127.0.0.1')}").hostname
    if environ.get("REMOTE_ADDR") != "127.0.0.1" or host not in _OURS or "HTTP_ORIGIN" in environ:
        return json_answer(403, {"error": "the control endpoint answers to this machine only, and to no web page"})
    name = path.removeprefix("/sandbox").strip("/")
    if not name:
        answer = json.dumps({"operations": {key: _explained(value) for key, value in operations.items()}}, indent=2)
        return Answer(200, answer.encode(), [("Content-Type", "application/json; charset=utf-8")])
    if name not in operations:
        return json_answer(404, {"error": f"no operation is called {name!r}; GET /sandbox lists them"})
    if method not in ("POST", "GET"):
        return json_answer(405, {"error": "POST an operation with its arguments as a JSON object"})
    try:
        body = environ["wsgi.input"].read()
        arguments = json.loads(body) if body.strip() else {}
        if not isinstance(arguments, dict):
            raise TypeError("the arguments of an operation are a JSON object")
        bound = inspect.signature(operations[name]).bind(**arguments)
        return json_answer(200, {"result": operations[name](*bound.args, **bound.kwargs)})
    except Exception as error:
        # Whatever an operation does not like about its arguments is the caller's to hear: a name that is taken, a
        # regular expression that is none.
        return json_answer(400, {"error": str(error) or type(error).__name__})


def _explained(operation: Callable[..., Any]) -> str:
    text = (inspect.getdoc(operation) or "").partition("\n")[0]
    return f"{inspect.signature(operation)} {text}".replace("'", "").strip()

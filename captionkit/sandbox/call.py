"""One request as a handler sees it, and the parameters of Rails."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from captionkit.sandbox.access import Caller
from captionkit.sandbox.answers import Answer, Refusal, Words, broken, json_answer, not_found, unauthorized
from captionkit.sandbox.state import State
from captionkit.sandbox.switches import Switches


@dataclass(slots=True)
class Call:
    """One request.

    Attributes:
        base: scheme and host as the client wrote them, for the URLs in answers.
        params: query parameters in Rails's shape; with `include` already stripped where the token says so.
        body: the raw request body.
        string_ids: the client asked for ids as strings.
        cost: the request's price in the throttle's units; handlers add to it.
        kaltura_calls: how often the real server would have asked Kaltura, which takes its time.
    """

    state: State
    switches: Switches
    words: Words
    caller: Caller
    base: str
    path: str
    params: dict[str, Any]
    args: dict[str, str]
    body: bytes
    content_type: str
    string_ids: bool
    cost: float
    kaltura_calls: int = 0

    def answer(self, data: Any, *headers: tuple[str, str]) -> Answer:
        return json_answer(200, _with_string_ids(data) if self.string_ids else data, *headers)

    def unauthorized(self) -> Refusal:
        return unauthorized(self.words, self.switches.old_server)

    def not_found(self) -> Refusal:
        return not_found(self.words)

    def broken(self) -> Refusal:
        return broken(self.words)

    def form(self) -> dict[str, Any]:
        """The parameters of query and body together; the body wins, as in Rails."""
        return self.params | body_params(self.body, self.content_type)


def rails_params(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """`a=1` is text, `a[]=1` a list, `a[b]=1` a dict; of two that do not fit together the later wins."""
    params: dict[str, Any] = {}
    for key, value in pairs:
        name, bracket, inner = key.partition("[")
        if not bracket or not inner.endswith("]"):
            params[key] = value
        elif inner == "]":
            values = params.setdefault(name, [])
            if isinstance(values, list):
                values.append(value)
            else:
                params[name] = [value]
        else:
            members = params.setdefault(name, {})
            if not isinstance(members, dict):
                params[name] = members = {}
            members[inner[:-1]] = value
    return params


def query_params(query: str) -> dict[str, Any]:
    return rails_params(parse_qsl(query, keep_blank_values=True))


def body_params(body: bytes, content_type: str) -> dict[str, Any]:
    """What Rails's parameter parser makes of the body; an array comes as `_json`.

    Raises:
        Refusal: 400, for JSON that is none (section 5).
    """
    if "json" in content_type.lower() and body:
        try:
            data = strict_json(body)
        except ValueError:
            raise Refusal(json_answer(400, {"status": 400, "error": "Bad Request"})) from None
        return data if isinstance(data, dict) else {"_json": data}
    if content_type.lower().startswith("application/x-www-form-urlencoded"):
        return rails_params(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    return {}


def strict_json(body: bytes) -> Any:
    """JSON as Ruby reads it: UTF-8 without byte order mark, no NaN.

    Raises:
        ValueError: if it is not that.
    """
    return json.loads(body.decode("utf-8"), parse_constant=_refuse)


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _with_string_ids(data: Any) -> Any:
    if isinstance(data, list):
        return [_with_string_ids(item) for item in data]
    if isinstance(data, dict):
        return {
            key: str(value)
            if (key == "id" or key.endswith("_id")) and isinstance(value, int)
            else _with_string_ids(value)
            for key, value in data.items()
        }
    return data

"""A running sandbox, and a client of it that knows nothing: http.client and JSON."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

pytest.importorskip("werkzeug", reason="needs captionkit[sandbox]")

from captionkit.sandbox import Sandbox


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes
    links: dict[str, str] = field(default_factory=dict)

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Asker:
    """Sends one request at a time over one kept connection."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.connection = http.client.HTTPConnection("127.0.0.1", sandbox.port, timeout=10)

    def __call__(
        self,
        method: str,
        path: str,
        data: Any = ...,
        *,
        body: bytes | None = None,
        token: str | None = "teacher",
        headers: dict[str, str] | None = None,
    ) -> Reply:
        sent = {"Content-Type": "application/json"} if method in ("PUT", "POST") else {}
        if token is not None:
            sent["Authorization"] = f"Bearer {self.sandbox.tokens.get(token, token)}"
        sent |= headers or {}
        payload = body if data is ... else json.dumps(data).encode()
        self.connection.request(method, path, payload, {key: value for key, value in sent.items() if value})
        answer = self.connection.getresponse()
        links = {}
        for entry in (answer.headers.get("Link") or "").split(",<"):
            url, _, rel = entry.partition(">; rel=")
            if rel:
                links[rel.strip('"')] = url.lstrip("<").partition(self.sandbox.url)[2]
        return Reply(answer.status, dict(answer.headers.items()), answer.read(), links)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def course(sandbox: Sandbox) -> int:
    return sandbox.add_course("Film studies")


@pytest.fixture
def media(sandbox: Sandbox, course: int) -> str:
    return sandbox.add_media(course, "Lecture 1")


@pytest.fixture
def ask(sandbox: Sandbox) -> Iterator[Asker]:
    asker = Asker(sandbox)
    yield asker
    asker.connection.close()


@pytest.fixture
def locales(sandbox: Sandbox, media: str) -> Callable[[], list[str]]:
    """The locales that are truly there."""
    return lambda: [track["locale"] for track in sandbox.tracks(media)]

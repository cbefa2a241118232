"""An answer of a server, or the lack of one, and how far either can be believed. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from captionkit.errors import NoConnection, OddAnswer, UnexpectedAnswer
from captionkit.records import NotJson, RecordError, parse


@dataclass(frozen=True, slots=True)
class Service:
    """What a service is called in messages, and the setting that holds its address."""

    name: str
    setting: str


CANVAS = Service("Canvas", "CANVAS_API_URL")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server sent back, read whole.

    Attributes:
        where: method and path, for messages; no query, so no secret.
        headers: names in lower case.
        sent_at, answered_at: seconds since the epoch by our clock.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    url: str = field(repr=False)
    where: str = ""
    sent_at: float = 0.0
    answered_at: float = 0.0
    service: Service = CANVAS

    @property
    def text(self) -> str:
        """The body as far as it is text, for looking at, never for using."""
        return self.body.decode("utf-8", "replace")

    @property
    def server_time(self) -> float | None:
        """The Date header as seconds since the epoch; None where there is none that can be read."""
        from email.utils import parsedate_to_datetime

        try:
            return parsedate_to_datetime(self.headers.get("date", "")).timestamp()
        except (TypeError, ValueError):
            return None

    @property
    def looks_like_html(self) -> bool:
        start = self.body[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
        return start.startswith((b"<!doctype", b"<html", b"<head", b"<body")) or (
            "html" in self.headers.get("content-type", "").lower() and not start.startswith((b"{", b"["))
        )

    @property
    def is_throttle(self) -> bool:
        """Whether this is the rate limit's refusal: 429, or 403 with the text that older servers send."""
        return self.status == 429 or (self.status == 403 and b"Rate Limit Exceeded" in self.body[:500])

    def json(self) -> Any:
        """The body as JSON.

        Raises:
            UnexpectedAnswer: for HTML, for half of something, for bytes that are no UTF-8; an `OddAnswer` for JSON
                that nobody sends.
        """
        if self.looks_like_html:
            raise UnexpectedAnswer(
                _html_message(self), where=self.where, unchanged="Nothing was written.",
                hint=f"Check that the address is that of {self.service.name} itself, and that no login page stands in "
                "between.",
                status=self.status,
            )  # fmt: skip
        try:
            # JSON is UTF-8 whatever the header says (RFC 8259, 8.1); a charset that says otherwise is a proxy's guess.
            return parse(self.body)
        except RecordError as error:
            why = str(error).partition(":")[0].replace("it is no JSON", "it is no whole JSON")
            kind = UnexpectedAnswer if isinstance(error, NotJson) else OddAnswer
        raise kind(
            f"{why.replace('it', 'the answer', 1)} ({len(self.body)} bytes)", where=self.where,
            unchanged="Nothing was written.",
            hint=f"Try again; if it stays so, something between here and {self.service.name} changes or cuts its "
            "answers.",
            status=self.status,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """A request that got no whole answer.

    Attributes:
        error: what to raise for it.
        sent: False only where it is certain that no byte of the request left this computer's connection.
        retriable: whether trying again can help.
    """

    error: NoConnection | UnexpectedAnswer
    sent: bool
    retriable: bool
    sent_at: float = 0.0
    answered_at: float = 0.0


def _html_message(answer: Answer) -> str:
    page = answer.text[:200_000].lower()
    if 'type="password"' in page or "/login" in page or "sign in" in page or "log in" in page:
        return "the server answered with a login page instead of data"
    return f"the server answered with a web page (status {answer.status}) instead of data"

"""What went wrong between us and a server, in words, and whether a request may have been sent. No I/O."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from captionkit.errors import Throttled, UnexpectedAnswer
from captionkit.remotes.http.answer import Answer

if TYPE_CHECKING:
    import requests


@dataclass(frozen=True, slots=True)
class Problem:
    """What a failure of the connection means.

    Attributes:
        sent: False only where it is certain that nothing was sent. retriable: whether trying again can help.
    """

    message: str
    sent: bool
    retriable: bool
    hint: str = "Check the network connection, and try again."


def connection_problem(error: requests.exceptions.RequestException, url: str, setting: str) -> Problem:
    """What a failure of requests means: in words, and for what may have been sent."""
    import requests
    import urllib3

    host = urlsplit(url).netloc
    reason = getattr(error.args[0], "reason", None) if error.args else None
    if isinstance(error, requests.exceptions.SSLError):
        return Problem(
            f"the certificate of {host} cannot be verified, or TLS failed", True, False,
            "If your institution uses a certificate authority of its own, point REQUESTS_CA_BUNDLE at its file.",
        )  # fmt: skip
    if isinstance(error, requests.exceptions.ProxyError):
        return Problem(f"the proxy on the way to {host} cannot be used", True, True, "Check HTTPS_PROXY and NO_PROXY.")
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return Problem(f"{host} did not take the connection in time", False, True)
    if isinstance(reason, urllib3.exceptions.NameResolutionError):
        return Problem(
            f"there is no server named {urlsplit(url).hostname}, or no network", False, True,
            f"Check the network connection and {setting}.",
        )  # fmt: skip
    if isinstance(reason, urllib3.exceptions.NewConnectionError):
        return Problem(f"{host} refuses the connection", False, True, f"Check {setting}, and that the server runs.")
    if isinstance(error, requests.exceptions.Timeout):
        return Problem(f"{host} did not answer in time", True, True)
    if isinstance(error, requests.exceptions.ContentDecodingError):
        return Problem("the answer is compressed in a way that cannot be undone", True, True)
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return Problem("the connection was lost inside the answer", True, True)
    if isinstance(error, requests.exceptions.InvalidURL | requests.exceptions.InvalidSchema):
        return Problem(f"{host} is no address that can be used", True, False, f"Check {setting}.")
    return Problem("the connection was lost before an answer came", True, True)


def throttled(answer: Answer) -> Throttled:
    return Throttled(
        f"{answer.service.name}'s rate limit refuses us, and went on to",
        where=answer.where, unchanged="Nothing was written.",
        hint="Wait a minute; is another program using the same token?", status=answer.status,
    )  # fmt: skip


def server_failed(answer: Answer, redact: Any) -> UnexpectedAnswer:
    report = re.search(r'"error_report_id"\s*:\s*(\d+)', answer.text[:2000])
    name = answer.service.name
    report_number = f"; {name}'s error report is number {report[1]}" if report else ""
    return UnexpectedAnswer(
        redact(f"the server failed with status {answer.status}{report_number}"), where=answer.where,
        unchanged="Nothing was written.", hint=f"Try again later; if it stays so, tell whoever runs this {name}.",
        status=answer.status,
    )  # fmt: skip

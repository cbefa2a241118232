"""Who may ask the desk for anything.

Theory of operation. The desk listens on the loopback alone, where every program and every web page on this computer can
knock. A page in the browser may not read answers of another origin, but it can send forms and reach a server under a
name of its own (DNS rebinding). So a request counts only if it

- names our very address and port as its host,
- is below a secret path, which nobody can guess: no cookie, since ports share them,
- and, where it changes anything, was sent by our own page: the browser says so in `Sec-Fetch-Site` or `Origin`.

The secret path is handed to the browser by a start address with a code that counts once, and for a minute: the address
that opens the browser stands in the list of processes for a moment, and in no history that is of use to anybody.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

#: Seconds for which a start address counts.
START_WITHIN = 60.0


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, as far as it matters here.

    Attributes:
        headers: by their names in small letters.
    """

    method: str
    path: str
    headers: Mapping[str, str]


class Gate:
    """What the desk at this port lets in.

    Attributes:
        secret: the first part of every path.
        key: with which another start of the desk asks for a new start address.
    """

    def __init__(self, port: int, now: Callable[[], float] = time.monotonic) -> None:
        self.host = f"127.0.0.1:{port}"
        self.secret = secrets.token_urlsafe(24)
        self.key = secrets.token_urlsafe(24)
        self._now = now
        self._codes: dict[str, float] = {}
        self._lock = threading.Lock()

    @property
    def home(self) -> str:
        """The path of the first page."""
        return f"/{self.secret}/"

    def start_address(self) -> str:
        """An address that leads to the first page, once and within a minute."""
        code = secrets.token_urlsafe(24)
        with self._lock:
            self._codes[code] = self._now()
        return f"http://{self.host}/start/{code}"

    def enter(self, code: str) -> bool:
        """Whether this is a start code that still counts; it does not count again."""
        with self._lock:
            made = self._codes.pop(code, None)
        return made is not None and self._now() - made <= START_WITHIN

    def refusal(self, asked: Asked) -> str:
        """Why the request is not answered, in words; "" where it is."""
        return next((reason for refuses, reason in _RULES if refuses(self, asked)), "")

    def is_below(self, path: str) -> bool:
        """Whether the path begins with our secret."""
        first = path.split("/", 2)[1] if path.count("/") >= 2 else ""
        return secrets.compare_digest(first.encode(), self.secret.encode())


def _another_host(gate: Gate, asked: Asked) -> bool:
    return asked.headers.get("host", "") != gate.host


def _not_below(gate: Gate, asked: Asked) -> bool:
    return not (asked.path.startswith("/start/") and asked.method == "GET") and not gate.is_below(asked.path)


def _from_elsewhere(gate: Gate, asked: Asked) -> bool:
    """Whether a change is asked for by anything but a page of ours. A browser that says nothing is not believed."""
    if asked.method in ("GET", "HEAD"):
        return False
    site, origin = asked.headers.get("sec-fetch-site", ""), asked.headers.get("origin", "")
    if site and site != "same-origin":
        return True
    if origin and origin != f"http://{gate.host}":
        return True
    return not (site or origin)


#: Asked in this order.
_RULES: tuple[tuple[Callable[[Gate, Asked], bool], str], ...] = (
    (_another_host, "This address is not the desk's."),
    (_not_below, "This address leads nowhere. Look for the window of the desk, or start it again."),
    (_from_elsewhere, "This was not asked for by a page of the desk, so nothing was done."),
)

#: What each page says to the browser: nothing from anywhere else, and in no other page.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "media-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
#: For a page that is whole in itself and says in its own policy which style and script are its own.
WHOLE_PAGE = {**HEADERS, "Content-Security-Policy": "frame-ancestors 'none'"}

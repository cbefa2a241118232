"""One kept-alive HTTP session that carries a token and may be trusted with captions.

Theory of operation. A read may be sent again, so `get` does, with growing random pauses, until it has an answer worth
having or patience ends. A write may not: `put_once` sends it once and tells what came back, or how far it got, and
leaves it to the caller to look at what was done. The token goes to one origin only: no redirect, no paging link and no
.netrc can change that. What an answer holds is not believed until it has been read whole, within a limit, as UTF-8
JSON. Nothing that is raised here holds the token or a signed address.

A service whose tokens expire gives a `renew`: on a 401 it is asked once for another token, and the request, which did
nothing, is sent once more.

This module knows HTTP and nothing of Canvas but its rate limit's words; `canvas.py` knows what the answers mean.
"""

from __future__ import annotations

import math
import random
import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from captionkit import __version__
from captionkit.address import is_loopback_url
from captionkit.clock import SystemClock
from captionkit.credentials import Token
from captionkit.errors import ConfigError, NoConnection, RemoteError, UnexpectedAnswer
from captionkit.remotes.http.answer import CANVAS, Answer, NoAnswer, Service
from captionkit.remotes.http.governor import HARD_CAP, LONGEST_WAIT, Governor, full_jitter
from captionkit.remotes.http.problems import Problem, connection_problem, server_failed, throttled
from captionkit.sync.ports import Clock

if TYPE_CHECKING:
    import requests

Parameters = Sequence[tuple[str, str]]

__all__ = [
    "CANVAS",
    "Answer",
    "Limits",
    "NoAnswer",
    "Parameters",
    "Problem",
    "Service",
    "Session",
    "connection_problem",
]

_REDIRECTS = (301, 302, 303, 307, 308)

_SECRET_PARAMETER = re.compile(
    r"((?:access_token|token|verifier|sf_verifier|api_key|signature|sig|policy|key-pair-id|x-amz-[a-z-]+|ks|jwt|code|"
    r"client_secret|refresh_token|password)=)[^&\s\"'<>]+",
    re.IGNORECASE,
)
#: The user name and password of an address.
_PASSWORD = re.compile(r"(?<=://)[^\s/@\"'<>]{1,1000}@")
_BEARER = re.compile(r"(bearer\s+)[^\s\"',]+", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how often is waited for an answer, and for how much.

    Attributes:
        connect_timeout, read_timeout: seconds.
        patience: seconds from the first attempt of a read after which no other is made.
        largest_answer: bytes. A listing of 100 objects is some 100 KB and a caption file rarely over 300 KB; this is
            far from both.
        longest_exchange: seconds that one answer may take as a whole, however it drips.
    """

    connect_timeout: float = 10.0
    read_timeout: float = 60.0
    patience: float = 180.0
    retries: int = 5
    largest_answer: int = 64 * 2**20
    longest_exchange: float = 300.0


class Session:
    """HTTP to one origin, as one person.

    Args:
        base_url: scheme, host and port, as from `captionkit.credentials.canvas_url`.
        token: sent as a bearer token to that origin only.
        clock, governor, rng: for tests; by default the computer's.
        limits: how long and how often is waited, and for how much.
        service: for messages.
        renew: given the token that got a 401, finds another one, or None where there is none.
    """

    def __init__(
        self,
        base_url: str,
        token: Token,
        *,
        clock: Clock | None = None,
        governor: Governor | None = None,
        rng: random.Random | None = None,
        limits: Limits | None = None,
        service: Service = CANVAS,
        renew: Callable[[Token], Token | None] | None = None,
    ) -> None:
        if urlsplit(base_url).scheme != "https" and not is_loopback_url(base_url):
            raise ConfigError(f"{base_url} would get the token unencrypted", unchanged="Nothing was sent.")
        self.base_url = base_url.rstrip("/")
        self.clock: Clock = clock or SystemClock()
        self._rng = rng or random.Random()
        self.governor = governor or Governor(self.clock, rng=self._rng)
        self.service = service
        self._token = token
        self._spent: list[Token] = []
        self._renew = renew
        self._limits = limits or Limits()
        self._reached = False
        self._requests: requests.Session | None = None
        self._opening = threading.Lock()

    def close(self) -> None:
        if self._requests is not None:
            self._requests.close()
            self._requests = None

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def get(self, path: str, parameters: Parameters = ()) -> Answer:
        """Read, again where that can help; any answer that is neither 5xx nor the rate limit's is returned.

        Args:
            path: from the root, or a whole address at the same origin (a paging link), which is taken as it stands.

        Raises:
            NoConnection, Throttled, UnexpectedAnswer: after patience ran out.
        """
        started = self.clock.now()
        attempt = 0
        while True:
            outcome = self._follow("GET", self._address(path), parameters)
            if isinstance(outcome, NoAnswer):
                failure: RemoteError = outcome.error
                again = outcome.retriable and (self._reached or outcome.sent)
            elif outcome.is_throttle:
                failure, again = throttled(outcome), True
            elif outcome.status >= 500:
                failure, again = server_failed(outcome, self.redact), True
            else:
                return outcome
            # 0.5 s at least, so that five retries are worth something; the governor waits by itself when throttled.
            pause = 0.5 + full_jitter(attempt, base=1.0, cap=19.5, rng=self._rng)
            if isinstance(outcome, Answer) and not outcome.is_throttle:
                asked = _seconds(outcome.headers.get("retry-after"), self.clock.now())  # of a 503, say
                pause = max(pause, min(asked or 0.0, LONGEST_WAIT))
            attempt += 1
            too_long = self.clock.now() + pause - started > self._limits.patience
            if not again or attempt > self._limits.retries or too_long:
                raise failure
            self.clock.sleep(pause)

    def put_once(
        self, path: str, parameters: Parameters, body: bytes, content_type: str, *, not_after: float = math.inf
    ) -> Answer | NoAnswer:
        """Send a write exactly once and say what came of it; raises nothing once it may have been sent.

        Args:
            not_after: do not send it any more if its turn comes later than this, in seconds since the epoch.
        """
        return self._send("PUT", self._address(path), parameters, body, content_type, not_after=not_after)

    def post_once(self, path: str, parameters: Parameters, body: bytes, content_type: str) -> Answer | NoAnswer:
        """As `put_once`, with POST."""
        return self._send("POST", self._address(path), parameters, body, content_type)

    def delete_once(self, path: str) -> Answer | NoAnswer:
        """As `put_once`, with DELETE and no body."""
        return self._send("DELETE", self._address(path), ())

    def redact(self, text: str) -> str:
        """`text` without the token, passwords and signatures in addresses, and what could move a terminal's cursor."""
        for token in (self._token, *self._spent):
            if token.reveal():
                text = text.replace(token.reveal(), "(hidden)")
        text = _PASSWORD.sub("(hidden)@", text)
        return _CONTROL.sub(" ", _BEARER.sub(r"\1(hidden)", _SECRET_PARAMETER.sub(r"\1(hidden)", text)))

    def is_ours(self, url: str) -> bool:
        """Whether this address is at the origin that the token belongs to."""
        return _origin(url) == _origin(self.base_url)

    def _address(self, path: str) -> str:
        if "://" not in path:
            return self.base_url + path
        if not self.is_ours(path):
            raise UnexpectedAnswer(
                f"the server sent us on to another host, {_origin(path)[1] or 'which it does not name'}",
                where=self.base_url, unchanged="The token was not sent there.",
                hint=f"Set {self.service.setting} to the address that {self.service.name} itself uses.",
            )  # fmt: skip
        return path

    def _follow(self, method: str, url: str, parameters: Parameters) -> Answer | NoAnswer:
        """Send a read and follow redirects, at this origin only."""
        answer = self._send(method, url, parameters)
        for _ in range(5):
            if isinstance(answer, NoAnswer) or answer.status not in _REDIRECTS:
                return answer
            target = _joined(url, answer.headers.get("location", ""))
            if not self.is_ours(target):
                scheme, host, _port = _origin(target)
                if not host:
                    raise UnexpectedAnswer(
                        "the server redirects to an address that cannot be used", where=answer.where,
                        unchanged="The token was not sent there.", status=answer.status,
                    )  # fmt: skip
                raise UnexpectedAnswer(
                    f"{self.base_url} answers with a redirect to another address, {scheme}://{host}",
                    where=answer.where, unchanged="The token was not sent there.", status=answer.status,
                    hint=f"If that is your {self.service.name}, set {self.service.setting} to {scheme}://{host}.",
                )  # fmt: skip
            url = target
            answer = self._send(method, url, ())
        if isinstance(answer, NoAnswer):
            return answer
        raise UnexpectedAnswer(
            "the server redirects in a circle", where=answer.where, unchanged="Nothing was written.",
            hint=f"Check {self.service.setting}.", status=answer.status,
        )  # fmt: skip

    def _send(
        self,
        method: str,
        url: str,
        parameters: Parameters,
        body: bytes | None = None,
        content_type: str = "",
        *,
        not_after: float = math.inf,
    ) -> Answer | NoAnswer:
        token = self._token
        answer = self._send_once(method, url, parameters, body, content_type, not_after)
        if isinstance(answer, Answer) and answer.status == 401 and self._renew is not None:
            fresh = self._renew(token)
            if fresh is not None and fresh.reveal() != token.reveal():
                if token.reveal() not in [spent.reveal() for spent in self._spent]:
                    self._spent.append(token)
                self._token = fresh
                answer = self._send_once(method, url, parameters, body, content_type, not_after)
        return answer

    def _send_once(
        self, method: str, url: str, parameters: Parameters, body: bytes | None, content_type: str, not_after: float
    ) -> Answer | NoAnswer:
        session = self._session()
        headers = {"Content-Type": content_type} if content_type else {}
        where = f"{method} {urlsplit(url).path}"
        self.governor.acquire(method)
        answer: Answer | NoAnswer | None = None
        sent_at = self.clock.now()
        if sent_at > not_after:
            self.governor.give_back(method)
            error = NoConnection("its turn came too late, after a wait for the rate limit", where=where)
            return NoAnswer(error, False, False, sent_at, sent_at)
        try:
            answer = self._exchange(session, method, url, parameters, body, headers, where, sent_at)
        finally:
            # Ctrl-C must not leave the governor waiting for a request that is no more.
            self._report(answer)
        if isinstance(answer, Answer):
            self._reached = True
        return answer

    def _exchange(
        self, session: requests.Session, method: str, url: str, parameters: Parameters, body: bytes | None,
        headers: dict[str, str], where: str, sent_at: float,
    ) -> Answer | NoAnswer:  # fmt: skip
        import requests
        import urllib3

        try:
            # As one string: requests would keep only the last of two parameters with one name if it got a dict.
            with session.request(
                method, url, params=list(parameters) or None, data=body, headers=headers,
                timeout=(self._limits.connect_timeout, self._limits.read_timeout), allow_redirects=False, stream=True,
            ) as response:  # fmt: skip
                content = bytearray()
                for piece in response.iter_content(8192):
                    content += piece
                    if len(content) > self._limits.largest_answer:
                        error = UnexpectedAnswer(
                            f"the answer is longer than {self._limits.largest_answer >> 20} MB", where=where,
                            unchanged="Nothing was written." if method == "GET" else "", status=response.status_code,
                            hint=f"Check that the address is that of {self.service.name} itself.",
                        )  # fmt: skip
                        return NoAnswer(error, True, False, sent_at, self.clock.now())
                named = {name.lower(): value for name, value in response.headers.items()}
                return Answer(
                    response.status_code, named, bytes(content), response.url, where, sent_at, self.clock.now(),
                    self.service,
                )  # fmt: skip
        except requests.exceptions.RequestException as error:
            problem = connection_problem(error, url, self.service.setting)
        except urllib3.exceptions.HTTPError as error:
            problem = Problem(f"the answer cannot be read ({type(error).__name__})", True, True)
        except (UnicodeError, ValueError) as error:
            problem = Problem(f"the answer cannot be used ({type(error).__name__})", True, False, "Check the address.")
        except OSError as error:
            # requests raises this itself for a certificate bundle that is not there.
            problem = Problem(str(error.strerror or error), True, False, "Check REQUESTS_CA_BUNDLE.")
        message = NoConnection(
            self.redact(problem.message), where=where, hint=problem.hint,
            unchanged="Nothing was written." if method == "GET" or not problem.sent else "",
        )  # fmt: skip
        return NoAnswer(message, problem.sent, problem.retriable, sent_at, self.clock.now())

    def _report(self, answer: Answer | NoAnswer | None) -> None:
        if not isinstance(answer, Answer):
            self.governor.release()
            return
        headers = answer.headers
        self.governor.release(
            remaining=_number(headers.get("x-rate-limit-remaining")),
            cost=_number(headers.get("x-request-cost")),
            throttled=answer.is_throttle,
            retry_after=_seconds(headers.get("retry-after"), self.clock.now()),
        )

    def _session(self) -> requests.Session:
        with self._opening:
            if self._requests is None:
                self._requests = self._open()
            return self._requests

    def _open(self) -> requests.Session:
        from captionkit.remotes.http.transport import open_session

        session = open_session(
            self.base_url,
            authorization=lambda: f"Bearer {self._token.reveal()}",
            longest_exchange=self._limits.longest_exchange,
            pool_connections=1,
            pool_maxsize=HARD_CAP,
        )
        session.headers.update(
            {
                "User-Agent": f"captionkit/{__version__}",
                "Accept": "application/json",
                "Accept-Encoding": "gzip, deflate",
            }
        )
        return session


def _joined(url: str, target: str) -> str:
    try:
        return urljoin(url, target)
    except ValueError:
        return ""


def _origin(url: str) -> tuple[str, str, int]:
    """Scheme, host (with the port, if it is not the usual one) and port; a broken address is nobody's."""
    try:
        parts = urlsplit(url)
        usual = {"http": 80, "https": 443}.get(parts.scheme.lower(), 0)
        port = parts.port or usual
        if parts.username is not None:
            return "", "", 0
    except ValueError:
        return "", "", 0
    host = (parts.hostname or "").lower()
    return parts.scheme.lower(), host if port == usual else f"{host}:{port}", port


def _number(text: str | None) -> float | None:
    try:
        number = float(text) if text is not None else None
    except ValueError:
        return None
    return number if number is not None and abs(number) < 1e9 else None


def _seconds(text: str | None, now: float) -> float | None:
    """A Retry-After: seconds, or a date (RFC 9110, 10.2.3)."""
    if not text:
        return None
    number = _number(text)
    if number is not None:
        return max(0.0, number)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now)
    except (TypeError, ValueError, OverflowError):
        return None

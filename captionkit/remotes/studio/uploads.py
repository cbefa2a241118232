"""Sending a file to a signed address: one streamed PUT, in constant memory, again from its start where that can help.

Theory of operation. The address is a secret of its own and belongs to another host than the API, so the API's session
is not used here: no Authorization goes out (the real host refuses it), no cookie, no .netrc entry. The body is a file
object that knows its length, so the request has a Content-Length and is never chunked, which a presigned PUT does not
take. A connection that is lost, or a 5xx, means that the host has not kept anything: the whole file is sent again, from
its first byte. 403 means that the address is not valid any more, and the caller gets a new one. Success is 200.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from captionkit.address import is_loopback_url
from captionkit.clock import SystemClock
from captionkit.errors import CaptionkitError, LocalError, NoConnection, Rejected, RemoteError, UnexpectedAnswer
from captionkit.files import open_to_read
from captionkit.remotes.http.governor import full_jitter
from captionkit.remotes.http.session import connection_problem
from captionkit.sync.ports import Clock

if TYPE_CHECKING:
    import requests

ATTEMPTS = 5
#: Seconds for a connection, and for the host to take the next piece.
CONNECT_TIMEOUT = 30.0
#: Seconds for the answer after the last byte: the host first puts the file away.
READ_TIMEOUT = 300.0
#: Bytes that are read and sent at once: larger than the library's 16 KiB, which cost a gigabyte 65,536 turns.
BLOCK = 1 << 18
_GOOD = (200, 201)
_WHERE = "the upload host"


class AddressExpired(RemoteError):
    """The signed address is not valid any more; a new one may be."""


class Stopped(CaptionkitError):
    """The user stopped it in the middle of a file."""


class FileBody:
    """A file as the body of a request: knows its length, reports what is taken, stops where `stopped` says so.

    Args:
        size: as it was when the upload was decided on. sent: called with the bytes sent so far of this attempt.
        stopped: asked before each block.
    """

    def __init__(
        self, file: Any, size: int, sent: Callable[[int], None], stopped: Callable[[], bool] = lambda: False
    ) -> None:
        self._file = file
        self._size = size
        self._sent = sent
        self._stopped = stopped
        self._taken = 0

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[bytes]:
        # requests asks for this to see a stream in it; what is sent is read with `read`.
        while block := self.read(BLOCK):
            yield block

    def read(self, size: int = -1) -> bytes:
        if self._stopped():
            raise Stopped("stopped", unchanged="The file was not sent whole, and nothing was made of it.")
        left = self._size - self._taken
        block: bytes = self._file.read(left if size < 0 else min(size, left))
        if len(block) < (left if size < 0 else min(size, left)):
            raise LocalError("the file became shorter while it was being sent", unchanged="Nothing was made of it.")
        self._taken += len(block)
        self._sent(self._taken)
        return block


def put_file(
    url: str,
    path: Path,
    *,
    sent: Callable[[int], None] = lambda taken: None,
    stopped: Callable[[], bool] = lambda: False,
    clock: Clock | None = None,
    rng: random.Random | None = None,
    attempts: int = ATTEMPTS,
) -> None:
    """Send a file to a signed address. When this returns, the host has all of it.

    Args:
        url: signed; is never in a message.
        sent: called with the bytes that this attempt has sent so far; falls back to 0 when it is begun again.
        stopped: asked before each block.

    Raises:
        AddressExpired: 403; get a new address.
        NoConnection, UnexpectedAnswer, Rejected: after `attempts`; the host has nothing.
        LocalError: the file cannot be read, is empty, or changed while it was sent.
        Stopped: `stopped` gave True.
    """
    clock = clock or SystemClock()
    rng = rng or random.Random()
    if not _is_safe(url, after=url):
        raise UnexpectedAnswer("the address to upload to is not encrypted, or is none", where=_WHERE,
                               unchanged="Nothing was sent.", hint="Tell whoever runs this Studio.")  # fmt: skip
    try:
        with open_to_read(path) as file, _session(url) as session:
            before = os.fstat(file.fileno())
            if not before.st_size:
                raise LocalError("the file is empty", where=str(path), unchanged="Nothing was sent.")
            for attempt in range(attempts):
                failure = _attempt(session, url, file, before.st_size, sent, stopped)
                if failure is None:
                    break
                if attempt + 1 == attempts or isinstance(failure, AddressExpired | Rejected):
                    raise failure
                sent(0)
                _pause(1.0 + full_jitter(attempt, base=1.0, cap=30.0, rng=rng), clock, stopped)
            after = os.fstat(file.fileno())
    except OSError as error:
        raise LocalError(
            f"cannot be read: {error.strerror or error}", where=str(path), unchanged="Nothing was made of it."
        ) from None
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise LocalError(
            "the file was changed while it was being sent", where=str(path), unchanged="Nothing was made of it.",
            hint="Wait until the program that writes it is done, then upload it again.",
        )  # fmt: skip


def _attempt(
    session: requests.Session, url: str, file: Any, size: int, sent: Callable[[int], None], stopped: Callable[[], bool]
) -> RemoteError | None:
    """Send it once; None where the host has it."""
    import requests
    import urllib3

    for _ in range(4):
        file.seek(0)
        body = FileBody(file, size, sent, stopped)
        try:
            with session.put(
                url, data=body, timeout=(CONNECT_TIMEOUT, READ_TIMEOUT), allow_redirects=False, stream=True
            ) as response:
                status = response.status_code
                location = response.headers.get("Location", "")
                answer = response.raw.read(2000, decode_content=True) or b""
        except requests.exceptions.RequestException as error:
            problem = connection_problem(error, url, "the network")
            # Not `from error`: what hangs on it holds the signed address.
            return NoConnection(problem.message, where=_WHERE, hint="Check the network connection, and try again.")
        except urllib3.exceptions.HTTPError as error:
            return NoConnection(f"the answer cannot be read ({type(error).__name__})", where=_WHERE)
        except (UnicodeError, ValueError) as error:
            return Rejected(f"the address to upload to cannot be used ({type(error).__name__})", where=_WHERE)
        if status not in (307, 308):
            break
        # A bucket that is new, or in another region, sends on; the signature is in the address, and stays good.
        before, url = url, _joined(url, location)
        if not _is_safe(url, after=before):
            return Rejected("the upload host sends us on to an address that is not encrypted, or is none", where=_WHERE)
    if status in _GOOD:
        return None
    return _refusal(status, bytes(answer))


def _is_safe(url: str, *, after: str) -> bool:
    """Whether a file may be sent there: encrypted, or on this computer where the address before it is, too."""
    try:
        parts = urlsplit(url)
        if not parts.hostname:
            return False
        return parts.scheme == "https" or (parts.scheme == "http" and is_loopback_url(url) and is_loopback_url(after))
    except ValueError:
        return False


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        return ""


def _refusal(status: int, answer: bytes) -> RemoteError:
    import re

    # S3 says what is wrong in XML; its code has no secret in it, the rest of it may.
    code = re.search(rb"<Code>([A-Za-z]{1,60})</Code>", answer)
    reason = f", {code[1].decode()}" if code else ""
    unchanged = "The file was not kept there."
    if status == 403:
        return AddressExpired(
            f"the upload host does not take the signed address (any more){reason}", where=_WHERE, unchanged=unchanged,
            hint="Run the same command again.", status=status,
        )  # fmt: skip
    if status >= 500 or status in (408, 429):
        return UnexpectedAnswer(
            f"the upload host failed with status {status}{reason}", where=_WHERE, unchanged=unchanged,
            hint="Run the same command again later.", status=status,
        )  # fmt: skip
    hint = "The file may be too large for one upload; 5 GB is a usual limit." if status in (400, 413) else ""
    return Rejected(
        f"the upload host refuses the file with status {status}{reason}", where=_WHERE, unchanged=unchanged, hint=hint,
        status=status,
    )  # fmt: skip


def _pause(seconds: float, clock: Clock, stopped: Callable[[], bool]) -> None:
    until = clock.now() + seconds
    while (left := until - clock.now()) > 0:
        if stopped():
            raise Stopped("stopped", unchanged="The file was not sent whole, and nothing was made of it.")
        clock.sleep(min(left, 0.25))


def _session(url: str) -> requests.Session:
    from captionkit.remotes.http.transport import open_session

    return open_session(url, blocksize=BLOCK)

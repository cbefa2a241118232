"""The desk's server on this computer, one for each folder: started, found again by a second start, ended when idle.

A second start finds the first by a record that only its owner can read: a port and a key. Neither shows the other the
key, since a program of somebody else may listen at the port of a desk that has died: what is asked, and the address
that is answered, each come with what only those who know the key can make of them (HMAC).
"""

from __future__ import annotations

import hmac
import json
import os
import secrets
import socket
import threading
import time
from collections.abc import Iterable
from contextlib import closing, suppress
from hashlib import sha256
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, Any

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from captionkit.credentials import config_folder
from captionkit.desk.app import App
from captionkit.desk.gate import Gate
from captionkit.desk.session import Session
from captionkit.errors import CaptionkitError, ConfigError, LocalError
from captionkit.files import read_file, write_atomically
from captionkit.records import RecordError, parse
from captionkit.secret_store import read_private

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse

#: Seconds without a request after which the desk ends; an open page asks every few minutes.
IDLE = 1800.0
#: Seconds between two looks whether it is idle; and how many more have gone by when the computer slept.
_LOOK_EVERY, _SLEPT = 5.0, 60.0
_LONGEST_RECORD = 1000
#: Seconds that what is being sent has to come to an end, when the desk is closed.
_LAST_WAIT = 120.0


class _Quiet(WSGIRequestHandler):
    """The addresses are secrets, and nobody reads a log."""

    def log(self, type: str, message: str, *args: object) -> None:
        """Nothing."""

    def log_error(self, format: str, *args: object) -> None:
        """A browser that hangs up is no error."""


class Desk:
    """A desk that serves until `end`.

    Args:
        folder: of the captions; it is made when it is connected.
        port: 0 for any that is free.

    Raises:
        LocalError: the port is taken.
    """

    def __init__(self, folder: Path, port: int = 0) -> None:
        with closing(_listening(port)) as listening:
            self._server: BaseWSGIServer = make_server(
                "127.0.0.1", port, _nowhere, threaded=True, request_handler=_Quiet, fd=listening.fileno()
            )
        self.gate = Gate(self._server.port)
        self.session = Session(folder, self.gate)
        self.app = App(self.session)
        self._server.app = self._let_in
        self._record = _record_of(folder)
        self._leave_word()

    def serve(self) -> None:
        """Serve until `end`, or until nobody has asked for anything for half an hour."""
        watch = threading.Thread(target=self._end_when_idle, name="desk-idle", daemon=True)
        watch.start()
        try:
            self._server.serve_forever(poll_interval=0.1)
        finally:
            self.session.closed.set()
            self._take_word_back()
            self._server.server_close()
            self._end_work()
            self.session.close()

    def _end_work(self) -> None:
        """What is being sent is not torn off: it ends after what is in hand."""
        if (job := self.session.jobs.running) is not None:
            job.stop()
            job.wait(_LAST_WAIT if job.stoppable else 0.0)

    def end(self) -> None:
        self.session.closed.set()
        self._server.shutdown()

    def _end_when_idle(self) -> None:
        before = time.monotonic()
        while not self.session.closed.wait(_LOOK_EVERY):
            now = time.monotonic()
            if now - before > _SLEPT:  # the pages could not ask, either
                self.app.last_asked = now
            before = now
            if now - self.app.last_asked > IDLE and self.session.jobs.running is None:
                self.end()

    def _let_in(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """The application; and, for another start of the desk that knows the key, a new start address."""
        if environ.get("PATH_INFO") == "/again" and environ.get("REQUEST_METHOD") == "POST":
            given, proof = environ.get("HTTP_X_CAPTIONKIT_ASK", ""), environ.get("HTTP_X_CAPTIONKIT_PROOF", "")
            is_it = hmac.compare_digest(proof.encode(), _proof(self.gate.key, "asks", given).encode())
            is_it = is_it and environ.get("HTTP_HOST") == self.gate.host
            start_response("200 OK" if is_it else "403 Forbidden", [("Content-Type", "text/plain")])
            address = self.gate.start_address() if is_it else ""
            return [f"{address} {_proof(self.gate.key, given, address)}".encode() if is_it else b""]
        return self.app(environ, start_response)

    def _leave_word(self) -> None:
        """Where another start of the desk for this folder finds this one; nobody else can read it."""
        self._word = json.dumps({"port": self._server.port, "key": self.gate.key}).encode()
        with suppress(OSError, CaptionkitError):  # without it a second start opens a desk of its own
            self._record.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(self._record, self._word, mode=0o600, within=self._record.parent)

    def _take_word_back(self) -> None:
        """Unless another desk for this folder, begun at the same moment, has left its own there."""
        with suppress(OSError, CaptionkitError):
            if read_file(self._record) == self._word:
                self._record.unlink(missing_ok=True)


def _proof(key: str, *said: str) -> str:
    """What only somebody who knows the key can make of what is said."""
    return hmac.new(key.encode(), "\n".join(said).encode(), "sha256").hexdigest()


def _listening(port: int) -> socket.socket:
    """A socket of our own: Windows would let another program take part in a port, unless it is asked not to.

    Raises:
        LocalError: the port is taken.
    """
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        alone = getattr(socket, "SO_EXCLUSIVEADDRUSE", socket.SO_REUSEADDR)  # only Windows has the first
        made.setsockopt(socket.SOL_SOCKET, alone, 1)
        made.bind(("127.0.0.1", port))
        made.listen()
    except OSError as error:
        made.close()
        raise LocalError(f"cannot serve at port {port}: {error.strerror}", hint="Leave out --port.") from None
    return made


def _nowhere(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    return []


def open_desk(folder: Path) -> str:
    """A start address of the desk that is open for this folder already; "" where none is."""
    try:
        data = read_private(
            _record_of(folder), what="the desk's record", longest=_LONGEST_RECORD, again="start it again"
        )
        record = parse(data)
    except (FileNotFoundError, ConfigError, RecordError):
        return ""
    port, key = (record.get("port"), record.get("key")) if isinstance(record, dict) else (0, "")
    if not isinstance(port, int) or not isinstance(key, str) or not 0 < port < 65536 or not key:
        return ""
    connection, asks = HTTPConnection("127.0.0.1", port, timeout=3), secrets.token_urlsafe(24)
    try:
        headers = {"X-Captionkit-Ask": asks, "X-Captionkit-Proof": _proof(key, "asks", asks)}
        connection.request("POST", "/again", headers=headers)
        address, _, proof = connection.getresponse().read(500).decode("ascii", "replace").partition(" ")
    except (OSError, HTTPException):
        return ""
    finally:
        connection.close()
    is_it = hmac.compare_digest(proof.encode(), _proof(key, asks, address).encode())
    return address if is_it and address.startswith(f"http://127.0.0.1:{port}/start/") else ""


def _record_of(folder: Path) -> Path:
    name = sha256(os.path.normcase(folder.resolve()).encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return config_folder() / f"desk-{name}.json"


def folder_or_last(folder: Path | None) -> Path:
    """The folder that is meant, which is remembered: the one that is named; else this one, if it is a folder of
    captions; else the last one; else `Captions` in the user's own folder."""
    from captionkit.configuration import FILE_NAME

    word = config_folder() / "desk-last-folder"
    if folder is None and (Path.cwd() / FILE_NAME).is_file():
        folder = Path.cwd()
    if folder is None:
        with suppress(OSError, ValueError, CaptionkitError):
            last = Path(os.fsdecode(read_file(word)))
            folder = last if last.is_dir() else None
    found = (folder or Path.home() / "Captions").absolute()
    with suppress(OSError, CaptionkitError):  # it is asked for by name next time
        word.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(word, os.fsencode(found))
    return found

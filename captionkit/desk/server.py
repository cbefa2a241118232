"""The desk's server on this computer, one for each folder: started, found again by a second start, ended when idle."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from hashlib import sha256
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from captionkit.credentials import config_folder
from captionkit.desk.app import App
from captionkit.desk.gate import Gate
from captionkit.desk.session import Session
from captionkit.errors import ConfigError, LocalError
from captionkit.files import read_file, write_atomically
from captionkit.records import RecordError, parse
from captionkit.secret_store import read_private

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse

#: Seconds without a request after which the desk ends; an open page asks every few minutes.
IDLE = 1800.0
_LONGEST_RECORD = 1000


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
        try:
            self._server: BaseWSGIServer = make_server(
                "127.0.0.1", port, _nowhere, threaded=True, request_handler=_Quiet
            )
        except (OSError, SystemExit) as error:
            raise LocalError(f"cannot serve at port {port}: {error}", hint="Leave out --port.") from None
        self._server.daemon_threads = True  # type: ignore[attr-defined]
        self.gate = Gate(self._server.server_port)
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
            self._server.serve_forever(poll_interval=0.2)
        finally:
            self.session.closed.set()
            self._record.unlink(missing_ok=True)
            self._server.server_close()
            self.session.close()

    def end(self) -> None:
        self.session.closed.set()
        self._server.shutdown()

    def _end_when_idle(self) -> None:
        while not self.session.closed.wait(5.0):
            if time.monotonic() - self.app.last_asked > IDLE and self.session.jobs.running is None:
                self.end()

    def _let_in(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """The application; and, for another start of the desk that knows the key, a new start address."""
        if environ.get("PATH_INFO") == "/again" and environ.get("REQUEST_METHOD") == "POST":
            is_it = environ.get("HTTP_X_CAPTIONKIT_KEY") == self.gate.key and environ.get("HTTP_HOST") == self.gate.host
            start_response("200 OK" if is_it else "403 Forbidden", [("Content-Type", "text/plain")])
            return [self.gate.start_address().encode() if is_it else b""]
        return self.app(environ, start_response)

    def _leave_word(self) -> None:
        """Where another start of the desk for this folder finds this one; nobody else can read it."""
        self._record.parent.mkdir(parents=True, exist_ok=True)
        word = json.dumps({"port": self._server.server_port, "key": self.gate.key}).encode()
        write_atomically(self._record, word)
        os.chmod(self._record, 0o600)  # noqa: PTH101


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
    if (
        not isinstance(record, dict)
        or not isinstance(record.get("port"), int)
        or not isinstance(record.get("key"), str)
    ):
        return ""
    connection = HTTPConnection("127.0.0.1", record["port"], timeout=3)
    try:
        connection.request("POST", "/again", headers={"X-Captionkit-Key": record["key"]})
        answer = connection.getresponse()
        address = answer.read(500).decode("ascii", "replace")
    except OSError:
        return ""
    finally:
        connection.close()
    expected = f"http://127.0.0.1:{record['port']}/start/"
    return address if answer.status == 200 and address.startswith(expected) else ""


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
        with suppress(OSError, UnicodeDecodeError):
            last = Path(read_file(word).decode("utf-8"))
            folder = last if last.is_dir() else None
    found = (folder or Path.home() / "Captions").absolute()
    with suppress(OSError):
        word.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(word, str(found).encode("utf-8"))
    return found

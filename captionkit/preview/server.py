"""A page and a recording, served to this computer alone, and corrections taken from that page.

Nothing but these two things is served, at an address that nobody else can guess, to requests that name the loopback and
our port (so no web page that the browser shows meanwhile can reach it by a name of its own: DNS rebinding). Parts of
the recording are served as browsers ask for them (RFC 9110, 14).

A correction is taken only from our own page: the browser says in `Origin` which page asks, and in `Sec-Fetch-Site` that
it is of the same origin; JSON as content type is nothing that a form of another page can send.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mimetypes import guess_type
from pathlib import Path

from captionkit.errors import CaptionkitError, StaleError
from captionkit.files import open_to_read
from captionkit.preview.editing import Correction, Editor, Typed
from captionkit.records import RecordError, parse

_PIECE = 256 * 1024
#: A correction is a cue, or the two that one is split into.
_MOST_CUES = 2
_LONGEST_REQUEST = 256 * 1024
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


class PreviewServer(ThreadingHTTPServer):
    """Serves until `shutdown`.

    Args:
        page: the whole page, or what makes it anew for each request.
        recording: what the page calls "media"; None for none.
        editor: takes corrections; None where nothing can be corrected.
        port: 0 for any that is free.

    Attributes:
        url: where the page is.

    Raises:
        OSError: if the port is taken.
    """

    daemon_threads = True

    def __init__(
        self,
        page: str | Callable[[], str],
        recording: Path | None = None,
        port: int = 0,
        editor: Editor | None = None,
    ) -> None:
        self.page = page
        self.editor = editor
        self.recording = recording
        self.secret = secrets.token_urlsafe(12)
        super().__init__(("127.0.0.1", port), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}/{self.secret}/"

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that hangs up in the middle of a video is no error."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "captionkit"
    sys_version = ""
    server: PreviewServer

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def log_message(self, format: str, *args: object) -> None:
        """Silent: the address is a secret, and nobody watches."""

    def do_POST(self) -> None:
        try:
            length = int(self.headers.get("Content-Length", ""))
        except ValueError:
            length = -1
        if not 0 <= length <= _LONGEST_REQUEST:
            self.close_connection = True  # what was not read would be taken for the next request
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return
        body = self.rfile.read(length)
        if not self._is_for_us() or not self._is_from_our_page():
            self._refuse(HTTPStatus.FORBIDDEN)
            return
        editor = self.server.editor
        action = self._action()
        if editor is None or action not in ("correct", "undo"):
            self._refuse(HTTPStatus.NOT_FOUND)
            return
        status, answer = answer_to_correction(editor, action, body)
        self._head(status, "application/json", len(answer))
        self.wfile.write(answer)

    def _is_for_us(self) -> bool:
        """Whether the request names this computer and our port."""
        port = self.server.server_port
        return self.headers.get("Host", "") in (f"127.0.0.1:{port}", f"localhost:{port}")

    def _is_from_our_page(self) -> bool:
        """Whether the browser says that the page that asks is ours."""
        return (
            self.headers.get("Origin", "") == f"http://{self.headers.get('Host', '')}"
            and self.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
            and self.headers.get_content_type() == "application/json"
        )

    def _action(self) -> str | None:
        """What is asked for below the secret address: "" for the page; None for an address that is not ours."""
        parts = self.path.partition("?")[0].split("/", 2)
        is_ours = len(parts) == 3 and secrets.compare_digest(parts[1].encode(), self.server.secret.encode())
        return parts[2] if is_ours else None

    def _answer(self, with_body: bool) -> None:
        if not self._is_for_us():
            self._refuse(HTTPStatus.FORBIDDEN)
            return
        action = self._action()
        if action == "":
            self._page(with_body)
        elif action == "media" and self.server.recording is not None:
            self._recording(self.server.recording, with_body)
        else:
            self._refuse(HTTPStatus.NOT_FOUND)

    def _page(self, with_body: bool) -> None:
        made = self.server.page
        try:
            page = (made if isinstance(made, str) else made()).encode()
        except CaptionkitError as error:
            self._say(HTTPStatus.INTERNAL_SERVER_ERROR, _in_words(error))
            return
        self._head(HTTPStatus.OK, "text/html; charset=utf-8", len(page))
        if with_body:
            self.wfile.write(page)

    def _say(self, status: HTTPStatus, message: str) -> None:
        data = json.dumps({"message": message}).encode()
        self._head(status, "application/json", len(data))
        self.wfile.write(data)

    def _recording(self, path: Path, with_body: bool) -> None:
        try:
            file = open_to_read(path)
        except OSError:
            self._refuse(HTTPStatus.NOT_FOUND)
            return
        with file:
            size = path.stat().st_size
            kind = guess_type(path.name)[0] or "application/octet-stream"
            first, last, is_part = wanted_part(self.headers.get("Range", ""), size)
            if is_part:
                if first > last:
                    self.send_response(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
                    self.send_header("Content-Range", f"bytes */{size}")
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                self._head(HTTPStatus.PARTIAL_CONTENT, kind, last - first + 1, f"bytes {first}-{last}/{size}")
            else:
                self._head(HTTPStatus.OK, kind, size)
            if not with_body:
                return
            file.seek(first)
            left = last - first + 1
            with suppress(ConnectionError):
                while left > 0 and (piece := file.read(min(_PIECE, left))):
                    self.wfile.write(piece)
                    left -= len(piece)

    def _head(self, status: HTTPStatus, kind: str, length: int, part: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(length))
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        if part:
            self.send_header("Content-Range", part)
        self.end_headers()

    def _refuse(self, status: HTTPStatus) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()


def wanted_part(header: str, size: int) -> tuple[int, int, bool]:
    """The first and the last byte that a Range header asks for, and whether that is a part (RFC 9110, 14.2). The first
    is behind the last where there is no such part."""
    wanted = _RANGE.fullmatch(header.strip())
    if not wanted or not (wanted[1] or wanted[2]):
        return 0, size - 1, False
    if not wanted[1]:
        return max(0, size - int(wanted[2])), size - 1, True
    return int(wanted[1]), min(int(wanted[2]), size - 1) if wanted[2] else size - 1, True


def answer_to_correction(editor: Editor, action: str, body: bytes) -> tuple[HTTPStatus, bytes]:
    """What the page's script is answered: the status, and JSON with a message for the person.

    Args:
        action: "correct" with a correction as JSON, or "undo".
    """
    try:
        status, said = HTTPStatus.OK, editor.undo() if action == "undo" else editor.correct(_correction(body))
    except RecordError:
        status, said = HTTPStatus.BAD_REQUEST, "This is no correction."
    except StaleError as error:
        status, said = HTTPStatus.CONFLICT, _in_words(error)
    except CaptionkitError as error:
        status, said = HTTPStatus.UNPROCESSABLE_ENTITY, _in_words(error)
    return status, json.dumps({"message": said}).encode()


def _correction(body: bytes) -> Correction:
    """What the page asks for.

    Raises:
        RecordError: it is no correction.
    """
    value = parse(body)
    kinds = {"file": int, "cue": int, "replaces": int, "digest": str, "cues": list}
    if not isinstance(value, dict) or {name: type(one) for name, one in value.items()} != kinds:
        raise RecordError("it is no correction")
    cues = value["cues"]
    if len(cues) > _MOST_CUES or not all(
        isinstance(cue, list) and len(cue) == 3 and all(isinstance(part, str) for part in cue) for cue in cues
    ):
        raise RecordError("these are no cues")
    return Correction(**{**value, "cues": tuple(Typed(*cue) for cue in cues)})


def _in_words(error: CaptionkitError) -> str:
    parts = (f"{error.where}: {error.message}" if error.where else error.message, error.unchanged, error.hint)
    text = " ".join(f"{part.rstrip('.')}." for part in parts if part)
    return text[:1].upper() + text[1:] if not error.where else text

"""Correct: a caption file beside its recording, in the page of `captionkit preview`; each change is saved at once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from mimetypes import guess_type
from pathlib import Path

from markupsafe import Markup
from werkzeug.wrappers import Request, Response

from captionkit.desk.gate import HEADERS, WHOLE_PAGE
from captionkit.desk.pages import Page
from captionkit.desk.session import Session
from captionkit.errors import LeadsOutside
from captionkit.files import open_to_read, real_place
from captionkit.media_length import duration_ms
from captionkit.preview import Recording
from captionkit.preview.server import answer_to_correction, wanted_part
from captionkit.preview.session import Session as Preview

_PIECE = 256 * 1024
_SOUND = frozenset({".mp3", ".m4a", ".aac", ".wav", ".ogg", ".oga", ".opus", ".flac"})


def show(session: Session, request: Request) -> Page | Response:
    path = session.path_of(request.args.get("number", -1, type=int))
    if path is None:
        return Page("Nothing here", Markup("<p>There is no such file.</p>"), "recordings", 404)
    _must_lie_in_the_folder(session, path)
    made = _preview(session, path).page(back=session.gate.home + "recordings")
    return Response(made.encode("utf-8", "replace"), content_type="text/html; charset=utf-8", headers=WHOLE_PAGE)


def _must_lie_in_the_folder(session: Session, path: str) -> None:
    """A link may have been put there since the folder was looked at.

    Raises:
        LeadsOutside: it, or a folder above it, leads out of the folder.
    """
    real_place(session.folder, path)


def _preview(session: Session, path: str) -> Preview:
    """The page of a file; the one that was made before, since it knows what can be undone."""

    def make() -> Preview:
        file = session.recording_of(path)
        recording = None
        if file is not None:
            recording = Recording("media", file.name, file.suffix.lower() in _SOUND, duration_ms(file) or 0)
        name = str(session.folder / path)
        return Preview([(name, session.checks.checker(path))], recording, title=path)

    return session.preview(path, make)


def correct(session: Session, request: Request) -> Response:
    """Take a correction from the page's script."""
    path = session.path_of(request.args.get("number", -1, type=int))
    if path is None or request.mimetype != "application/json":
        return Response(status=404)
    action = request.args["action"]
    if action not in ("correct", "undo"):
        return Response(status=404)
    try:
        _must_lie_in_the_folder(session, path)
    except LeadsOutside as error:
        said = json.dumps({"message": str(error)})
        return Response(said, 422, mimetype="application/json", headers=HEADERS)
    status, answer = answer_to_correction(_preview(session, path).editor, action, request.get_data())
    session.corrected(path)
    return Response(answer, status, mimetype="application/json", headers=HEADERS)


def media(session: Session, request: Request) -> Response:
    """The recording beside the file, a part of it if only that is asked for."""
    path = session.path_of(request.args.get("number", -1, type=int))
    file = session.recording_of(path) if path is not None else None
    if file is None:
        return Response(status=404)
    try:
        size = file.stat().st_size
    except OSError:
        return Response(status=404)
    first, last, is_part = wanted_part(request.headers.get("Range", ""), size)
    status = 206 if is_part else 200
    if is_part and first > last:
        return Response(status=416, headers={**HEADERS, "Content-Range": f"bytes */{size}"})
    headers = {**HEADERS, "Accept-Ranges": "bytes", "Content-Length": str(last - first + 1)}
    if status == 206:
        headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    kind = guess_type(file.name)[0] or "application/octet-stream"
    return Response(_pieces(file, first, last + 1 - first), status, content_type=kind, headers=headers)


def _pieces(file: Path, start: int, left: int) -> Iterator[bytes]:
    with open_to_read(file) as opened:
        opened.seek(start)
        while left > 0 and (piece := opened.read(min(_PIECE, left))):
            yield piece
            left -= len(piece)


ROUTES = {("GET", "file"): show, ("GET", "file/media"): media, ("POST", "file/correct"): correct}

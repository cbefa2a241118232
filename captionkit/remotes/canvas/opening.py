"""Opening Canvas, with the token from where tokens are kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from captionkit.clock import SystemClock
from captionkit.credentials import canvas_url, checked_token, find_token
from captionkit.remotes.canvas.api import Canvas
from captionkit.remotes.canvas.remote import CanvasRemote
from captionkit.remotes.http.governor import HARD_CAP, Governor
from captionkit.remotes.http.session import Session
from captionkit.remotes.service import Opening


@contextmanager
def open_canvas(
    url: str = "", as_user_id: str = "", *, configured: str = "", parallel: int = 4, token: str = ""
) -> Iterator[Canvas]:
    """A Canvas to talk to.

    Args:
        url: from the command line. configured: from the folder's captionkit.toml.
        parallel: how many requests at once, at most 8.
        token: instead of the one from where tokens are kept.
    """
    base = canvas_url(url, configured=configured)
    secret = checked_token(token, "the token that was passed") if token else find_token(base, typed=url).token
    clock = SystemClock()
    with Session(base, secret, clock=clock, governor=Governor(clock, most=parallel)) as session:
        yield Canvas(session, as_user_id=as_user_id)


@contextmanager
def open_remote(opening: Opening) -> Iterator[CanvasRemote]:
    """The Canvas of a folder."""
    config = opening.config
    with open_canvas("", opening.as_user_id, configured=config.url, parallel=HARD_CAP, token=opening.token) as canvas:
        yield CanvasRemote(canvas, scope=config.scope, path=config.path)
        opening.damaged(canvas.odd)

"""The pages of the desk. Each module of this folder has

    ROUTES = {("GET", "recordings"): show, ("POST", "questions"): answer, ...}

from method and path below the secret to a function of the session and the request. It gives a `Page`, a `See` (after
every change: the next page), or a response of its own. The folder is the list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from markupsafe import Markup
from werkzeug.wrappers import Request, Response

from captionkit.desk.session import Session


class Page(NamedTuple):
    """A page as a module of this folder gives it.

    Attributes:
        here: which place of the head it is; "-" for none, None where there is no head.
        refresh: seconds after which a browser without script asks again; 0 for never.
    """

    title: str
    body: Markup
    here: str | None = "-"
    status: int = 200
    refresh: int = 0


class See(NamedTuple):
    """Where to look next, below the secret, and what was done."""

    path: str
    note: str = ""


View = Callable[[Session, Request], Page | See | Response]


@cache
def routes() -> Mapping[tuple[str, str], View]:
    """All of them."""
    found: dict[tuple[str, str], View] = {}
    for file in sorted(Path(__file__).parent.glob("[!_]*.py")):
        found.update(import_module(f"{__name__}.{file.stem}").ROUTES)
    return found

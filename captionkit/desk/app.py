"""The desk as a WSGI application: who is let in, which page is meant, and what a page says when something fails.

Every change is a form that ends in a redirect, so that going back and loading again does nothing twice, and all of it
works without a script. The addresses below the secret are the paths of `captionkit.desk.pages`, but for these:

    file/3/ , file/3/correct     a caption file, by the number that this desk gave it
    job/2 , job/2/events         a piece of work
    evidence/report.html         a report that was made

Nothing but a page answers: what a module of pages raises is said in words there. A form is never answered by "wait":
what it needs to be read is read first, since what a person has filled in would be lost otherwise.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING
from urllib.parse import quote

from markupsafe import Markup
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request, Response

from captionkit.desk import html
from captionkit.desk.gate import HEADERS, Asked
from captionkit.desk.job import Busy, in_words
from captionkit.desk.pages import Page, See, View, routes
from captionkit.desk.pages.job import running
from captionkit.desk.session import Session, Wait
from captionkit.desk.users import is_another_users
from captionkit.errors import CaptionkitError, LocalError
from captionkit.pages import BASE

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

#: A form of a page: bytes.
_LONGEST_REQUEST = 1024 * 1024
#: Seconds that a form waits for what it needs to be read.
_PATIENCE_OF_A_FORM = 300.0
_ASSETS = {"desk.css": "text/css; charset=utf-8", "desk.js": "text/javascript; charset=utf-8"}
#: (address below the secret, path in `pages.routes`, names of what the address says)
_ADDRESSES = (
    (re.compile(r"file/(\d+)/"), "file", ("number",)),
    (re.compile(r"file/(\d+)/media"), "file/media", ("number",)),
    (re.compile(r"file/(\d+)/(\w+)"), "file/correct", ("number", "action")),
    (re.compile(r"job/(\d+)"), "job", ("number",)),
    (re.compile(r"job/(\d+)/(?:events)"), "job/events", ("number",)),
    (re.compile(r"job/(\d+)/(?:stop)"), "job/stop", ("number",)),
    (re.compile(r"evidence/([\w.]+)"), "evidence/report", ("name",)),
)


@cache
def asset(name: str) -> bytes:
    made = (files("captionkit.desk") / "assets" / name).read_bytes()
    return BASE.encode() + made if name == "desk.css" else made


class App:
    """Answers the requests of one session.

    Attributes:
        last_asked: when somebody asked for something, by `time.monotonic`.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.last_asked = time.monotonic()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        request.max_content_length = request.max_form_memory_size = _LONGEST_REQUEST
        try:
            answer = self._answer(request)
        finally:
            request.close()  # of a file that was sent
        return answer(environ, start_response)

    def _answer(self, request: Request) -> Response:
        gate = self.session.gate
        asked = Asked(request.method, request.path, {name.lower(): value for name, value in request.headers})
        if reason := gate.refusal(asked):
            return Response(f"{reason}\n", 403, content_type="text/plain; charset=utf-8", headers=HEADERS)
        self.last_asked = time.monotonic()
        if request.path.startswith("/start/"):
            said = "This address was used already, or is more than a minute old. Start the desk again.\n"
            if is_another_users(int(request.environ["REMOTE_PORT"]), int(request.environ["SERVER_PORT"])):
                said = "Another user of this computer asks for this. It is answered to the one who started the desk.\n"
            elif gate.enter(request.path.removeprefix("/start/")):
                return _to(gate.home)
            return Response(said, 403, content_type="text/plain; charset=utf-8", headers=HEADERS)
        path = request.path.removeprefix(gate.home)
        if path in _ASSETS:
            return Response(asset(path), content_type=_ASSETS[path], headers=HEADERS)
        return self._page(request, path)

    def _page(self, request: Request, path: str) -> Response:
        session = self.session
        for pattern, route, names in _ADDRESSES:
            if found := pattern.fullmatch(path):
                named = zip(names, found.groups(), strict=True)
                request.args = ImmutableMultiDict([*named, *request.args.items(multi=True)])  # the first one counts
                path = route
                break
        method = "GET" if request.method == "HEAD" else request.method
        view = routes().get((method, path))
        try:
            if view is None:
                return self._shown(Page("Nothing here", Markup("<p>This address leads nowhere.</p>"), "-", 404))
            if session.is_gone:
                raise _folder_is_gone(session)
            if not session.is_connected and path != "connect":
                return _to(session.gate.home + "connect")
            answer = _when_it_is_read(view, session, request)
        except Wait as wait:
            again = request.full_path.rstrip("?") if request.method == "GET" else ""
            answer = running(session, wait.job, again)
        except CaptionkitError as error:
            answer = Page("That did not work", html.error(session.gate.home, error), "-", 409)
        except HTTPException as error:
            too_long = "This is longer than a page can send. Nothing was done."
            said = too_long if error.code == 413 else "The browser asked for something that is no page."
            answer = Page("That did not work", html.lines([said]), "-", error.code or 400)
        except Exception as error:
            answer = Page("That did not work", html.error(session.gate.home, in_words(error)), "-", 500)
        if isinstance(answer, See):
            session.note = answer.note or session.note
            return _to(session.gate.home + answer.path)
        return self._shown(answer) if isinstance(answer, Page) else answer

    def _shown(self, page: Page) -> Response:
        session = self.session
        note = ""
        if not page.refresh:  # a page that says "wait" goes by too quickly to be read
            note, session.note = session.note, ""
        job = session.jobs.running
        busy = None
        if job is not None and not page.refresh:  # else the page shows it
            busy = Markup('<p class="busy">{}: {}</p>').format(
                html.link(f"{session.gate.home}job/{job.number}", job.title), job.doing or "at work"
            )
        made = html.page(session.gate.home, page.title, page.body, here=page.here, busy=busy, refresh=page.refresh,
                         note=note, is_refused=page.status == 400)  # fmt: skip
        whole = made.encode("utf-8", "replace")  # half of a surrogate pair in a title or a file name has no UTF-8
        return Response(whole, page.status, content_type="text/html; charset=utf-8", headers=HEADERS)


def _when_it_is_read(view: View, session: Session, request: Request) -> Page | See | Response:
    """What a view answers; that of a form when what it needs has been read.

    Raises:
        Wait: it takes longer than a person likes to wait for a page.
        Busy: something goes on that a form would have to wait for.
    """
    until = time.monotonic() + _PATIENCE_OF_A_FORM
    while True:
        try:
            return view(session, request)
        except Wait as wait:
            if request.method == "GET":
                raise
            if not wait.job.reads:
                raise Busy(wait.job) from None
            if not wait.job.wait(until - time.monotonic()):
                raise


def _folder_is_gone(session: Session) -> LocalError:
    return LocalError(
        f"the folder {session.folder} is not there any more",
        unchanged="Nothing was changed.",
        hint="It may have been moved or renamed, or its drive is not connected. Put it back and load this page again; "
        "or close this page and start the desk with the folder where it is now.",
    )


def _to(path: str) -> Response:
    return Response("", 303, headers={**HEADERS, "Location": quote(path, safe="/?&=%", errors="replace")})

"""Connect: two pasted texts, the address of the course and a token."""

from __future__ import annotations

from urllib.parse import urlsplit

from markupsafe import Markup
from werkzeug.wrappers import Request

from captionkit.desk import html
from captionkit.desk.pages import Page, See
from captionkit.desk.session import Session
from captionkit.errors import CaptionkitError, Remedy

_ABOUT = (
    "The desk compares them with the recordings of one course. Connecting only reads: nothing is sent or changed there "
    "before you say so under Changes."
)


def show(session: Session, request: Request, failed: CaptionkitError | None = None) -> Page:
    if failed is not None and failed.remedy is Remedy.RECONNECT:
        failed.remedy = None  # which is done on this very page
    address = request.form.get("address", "")
    if not address and session.is_connected:
        config = session.config
        address = f"{config.url}/{config.scope}"
    if session.sign_in:
        said = [f"The captions are in the folder {session.folder}, for {session.config.url}.", session.sign_in]
        body = Markup("{}{}").format(html.error(session.gate.home, failed) if failed else "", html.lines(said))
        return Page("Connect", body, "-", 400 if failed else 200)
    host = urlsplit(session.config.url).netloc if session.is_connected else ""
    where = f"The token goes to {host} and to no other address." if host else ""
    body = Markup("{}<p>The captions are in the folder <code>{}</code>.</p>{}{}").format(
        html.error(session.gate.home, failed) if failed else "",
        session.folder,
        html.lines([_ABOUT, where]),
        html.form(
            session.gate.home + "connect",
            html.joined(
                [
                    html.field(
                        "Address of the course",
                        "address",
                        address,
                        kind="url",
                        more=Markup("required"),
                        hint="Open the course in Canvas and copy the address from the browser: "
                        "https://canvas.example.edu/courses/101",
                    ),
                    html.field(
                        "Token",
                        "token",
                        kind="password",
                        more=Markup('autocomplete="off"'),
                        hint="In Canvas: Account, Settings, New Access Token. It goes into this computer's "
                        "keyring and to no other address. Leave it empty if it is there already.",
                    ),
                ]
            ),
            "Connect",
        ),
    )
    return Page("Connect", body, "-" if session.is_connected else None, 400 if failed else 200)


def connect(session: Session, request: Request) -> Page | See:
    try:
        note = session.connect(request.form.get("address", ""), request.form.get("token", "").strip())
    except CaptionkitError as failed:
        return show(session, request, failed)
    return See("", note)


ROUTES = {("GET", "connect"): show, ("POST", "connect"): connect}

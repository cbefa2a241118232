"""Compare: a file beside the track that the course has in its language, in the page of `captionkit preview`."""

from __future__ import annotations

from urllib.parse import urlencode

from markupsafe import Markup
from werkzeug.wrappers import Request, Response

from captionkit.desk.gate import WHOLE_PAGE
from captionkit.desk.pages import Page
from captionkit.desk.session import Session
from captionkit.documents import loads
from captionkit.files import real_place
from captionkit.preview import preview_page
from captionkit.preview.lanes import lane
from captionkit.preview.session import lane_of


def show(session: Session, request: Request) -> Page | Response:
    media, locale = request.args.get("media", ""), request.args.get("locale", "")
    seen = session.seen()
    file = next((file for file in session.files_of(seen, media) if file.locale == locale), None)
    if file is None:
        return Page("Nothing here", Markup("<p>The folder has no such file any more.</p>"), "recordings", 404)
    service = seen.config.features.name
    text = session.text_there(media, locale)
    place, checker = real_place(session.folder, file.path), session.checks.checker(file.path)
    ours = lane_of(place, checker)._replace(name=f"{file.path} in the folder")
    theirs = lane(loads(text), checker, name=f"{file.path} in {service}")._replace(language=ours.language)
    back = f"{session.gate.home}recording?{urlencode({'media': media}, errors='replace')}"
    made = preview_page([theirs, ours], title=file.path, back=back)
    return Response(made.encode("utf-8", "replace"), content_type="text/html; charset=utf-8", headers=WHOLE_PAGE)


ROUTES = {("GET", "compare"): show}

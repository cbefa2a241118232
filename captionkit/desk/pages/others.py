"""Files in other formats: what vendors deliver, and the button that converts what can be read."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup
from werkzeug.wrappers import Request

from captionkit.desk import html
from captionkit.desk.job import Job
from captionkit.desk.pages import Page, See
from captionkit.desk.session import Session
from captionkit.desk.words import plural
from captionkit.documents import to_bytes
from captionkit.errors import CaptionkitError
from captionkit.foreign import import_captions
from captionkit.library.others import Other
from captionkit.library.scan import others_in
from captionkit.workspace import Event


@dataclass(frozen=True, slots=True)
class Made:
    """What became of one file: what was written, or why nothing was; and what is lost."""

    path: str
    what: str
    lost: str = ""


def show(session: Session, request: Request) -> Page:
    root = session.gate.home
    waiting = others_in(session.library)
    read = [other for other in waiting if other.is_read]
    made = [(one.path, one.what, one.lost or "nothing") for one in session.converted]
    body = Markup("{}{}{}{}{}").format(
        html.table("Converted just now", ("File", "What was done", "Lost"), made) if made else "",
        Markup("<p>The files stay as they are. What was written beside them stands under {} now.</p>").format(
            html.link(root + "changes", "Changes")
        )
        if made
        else "",
        html.lines(["Canvas takes SRT and WebVTT only. What a file holds that WebVTT cannot say is named."]),
        html.button(root + "others", f"Convert {plural(len(read), 'file')} to WebVTT", strong=True) if read else "",
        html.table("Not converted", ("File", "What it is"), ((one.path, one.what) for one in waiting),
                   empty="No file waits to be converted."),
    )  # fmt: skip
    return Page("Files in other formats", body)


def convert(session: Session, request: Request) -> See:
    """Convert each file that can be read, beside itself; nothing is overwritten, and one bad file stops no other."""
    read = [other for other in others_in(session.library) if other.is_read]

    def work(job: Job) -> None:
        session.converted = []
        for number, other in enumerate(read):
            job.hear(Event("progress", doing="Converting", done=number, total=len(read)))
            if job.stopping:
                break
            session.converted.append(_one(session, other))
        session.forget()

    return See(f"job/{session.jobs.begin('Converting', work, then='others', stoppable=True).number}")


def _one(session: Session, other: Other) -> Made:
    target = f"{other.path.rpartition('.')[0]}.vtt"
    try:
        converted = import_captions(other.location, language=other.language)
        session.workspace.save(target, to_bytes(converted.document), expected="")
    except CaptionkitError as error:
        return Made(other.path, f"not converted: {error.message}")
    return Made(other.path, f"written: {target}", converted.summary() if converted.losses else "")


ROUTES = {("GET", "others"): show, ("POST", "others"): convert}

"""Overview: what there is to do, each with where it is done."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup
from werkzeug.wrappers import Request

from captionkit.config import Config
from captionkit.desk import html
from captionkit.desk.pages import Page, See
from captionkit.desk.pages.job import AGAIN, progress
from captionkit.desk.session import AT_ONCE, Session, Wait
from captionkit.desk.words import plural
from captionkit.errors import CaptionkitError
from captionkit.library.scan import Library, others_in
from captionkit.sync.decide import Do
from captionkit.sync.plan import Plan
from captionkit.workspace.look import Look
from captionkit.workspace.questions import questions_of


def show(session: Session, request: Request) -> Page | See:
    """What is known stands here at once, and the rest when the course has been read."""
    if not session.is_connected:
        return See("connect")
    root = session.gate.home
    seen = plan = failed = job = None
    try:
        seen = session.seen(AT_ONCE)
        plan = session.plan(AT_ONCE) if seen.library.tracks or seen.library.problems else None
    except Wait as wait:
        job = wait.job
    except CaptionkitError as error:
        failed = error
    library = session.library
    left = session.check_in_background()
    to_do = list(_to_do(session, library, seen, plan))
    body = Markup("{}{}{}{}<p>{}</p>{}").format(
        html.error(root, failed) if failed else "",
        progress(session, job, root, is_part=True) if job else "",
        Markup("<h2>To do</h2>{}").format(html.items(to_do)) if to_do else "",
        html.lines(_facts(session, library, seen, left, is_settled=not (to_do or failed or job))),
        html.button(root + "again", "Look again", {"then": ""}) if job is None else "",
        _about_folder(session, session.config, root),
    )
    return Page("Overview", body, "", refresh=AGAIN if job else 0)


def _facts(session: Session, library: Library, seen: Look | None, left: int, *, is_settled: bool) -> Iterator[str]:
    """Sentences about what there is.

    Args:
        left: files that are not checked yet. is_settled: whether there is nothing to do.
    """
    service = session.config.features.name
    in_doubt = {path for problem in library.stopped for path in problem.paths}
    files = plural(len({*in_doubt, *(track.path for track in library.tracks)}), "caption file")
    if is_settled and library.tracks:
        yield f"Nothing to do: the folder and {service} agree."
    if seen is None:
        yield f"{files} in the folder. What {service} has is not known now; files can be corrected all the same."
    else:
        yield f"{plural(len(seen.summaries), 'recording')} in {service}, {files} in the folder."
    if left:
        yield f"{plural(left, 'file is', 'files are')} still being checked."


def _about_folder(session: Session, config: Config, root: str) -> Markup:
    return Markup('<p class="hint">The folder {}, for {}/{}. {}</p>').format(
        session.folder, config.url, config.scope, html.link(root + "connect", "Give another token")
    )


def _to_do(session: Session, library: Library, seen: Look | None, plan: Plan | None) -> Iterator[Markup]:
    """What there is to do, as far as it is known, each a link to where it is done."""
    root, service = session.gate.home, session.config.features.name
    if waiting := len(others_in(library)):
        yield html.link(root + "others", f"{plural(waiting, 'file')} in other formats to convert")
    if not library.tracks and not library.problems and not waiting:
        yield Markup("The folder has no captions yet. Put them into it, or {}.").format(
            html.link(root + "bring", f"bring what {service} has")
        )
    questions = len(questions_of(seen)) if seen else 0
    broken = session.with_errors()
    if any(entry.ended == "cut off" for entry in session.workspace.history()[:1]):
        yield html.link(root + "history", "The last run was cut off: see what it did, and go on")
    if questions:
        yield html.link(root + "questions", f"{plural(questions, 'question')} to answer")
    if plan is not None:
        yield from _of_plan(plan, root, service)
    if broken:
        yield html.link(root + "recordings?show=errors", f"{plural(broken, 'file')} with errors")


def _of_plan(plan: Plan, root: str, service: str) -> Iterator[Markup]:
    changes = sum(plan.count(do) for do in (Do.CREATE, Do.UPDATE, Do.RECREATE, Do.DELETE))
    conflicts, held = plan.count(Do.CONFLICT), plan.count(Do.HOLD)
    theirs = sum(step.why in ("remote-edit", "remote-new", "unmanaged") for _, step in plan.steps())
    if conflicts:
        yield html.link(root + "changes", f"{plural(conflicts, 'conflict')} to decide")
    if changes:
        yield html.link(root + "changes", f"{plural(changes, 'caption track')} to send")
    if held:
        yield html.link(root + "changes", f"{plural(held, 'caption track')} held back")
    if theirs:
        yield html.link(root + "bring", f"{plural(theirs, 'caption track')} in {service} that the folder has not")


def look_again(session: Session, request: Request) -> See:
    session.forget()
    return See(request.form.get("then", ""), "Looked again.")


ROUTES = {("GET", ""): show, ("POST", "again"): look_again}

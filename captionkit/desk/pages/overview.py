"""Overview: what there is to do, each with where it is done."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup
from werkzeug.wrappers import Request

from captionkit.config import Config
from captionkit.desk import html
from captionkit.desk.pages import Page, See
from captionkit.desk.session import Session
from captionkit.desk.words import plural
from captionkit.library.scan import others_in
from captionkit.sync.decide import Do
from captionkit.sync.plan import Plan
from captionkit.workspace.questions import questions_of


def show(session: Session, request: Request) -> Page | See:
    if not session.is_connected:
        return See("connect")
    seen, root = session.seen(""), session.gate.home
    waiting, service = len(others_in(seen.library)), seen.config.features.name
    others = html.link(root + "others", f"{plural(waiting, 'file')} in other formats to convert")
    if not seen.library.tracks and not seen.library.problems and not waiting:
        empty = Markup("<p>The folder {} has no captions yet. Put them into it, or {}.</p><p>{} in {}.</p>{}")
        bring = html.link(root + "bring", f"bring what {service} has")
        recordings = plural(len(seen.summaries), "recording")
        body = empty.format(session.folder, bring, recordings, service, _about_folder(session, seen.config, root))
        return Page("Overview", body, "")
    to_do = [others] if waiting else []
    failed = None
    if seen.library.tracks or seen.library.problems:
        plan, failed = session.plan_or_error("")
        to_do += _to_do(session, plan, len(questions_of(seen)), root, service)
    left = session.check_in_background(seen)
    files = sum(len(media.files) for media in seen.local.values())
    recordings = plural(len(seen.summaries), "recording")
    facts = [
        f"{recordings} in {service}, {plural(files, 'caption file')} in the folder.",
        f"{plural(left, 'file is', 'files are')} still being checked." if left else "",
    ]
    agree = "" if failed else Markup("<p>Nothing to do: the folder and {} agree.</p>").format(service)
    body = Markup("{}{}{}<p>{}</p>{}").format(
        html.error(root, failed) if failed else "",
        html.items(to_do) if to_do else agree,
        html.lines(facts),
        html.button(root + "again", "Look again", {"then": ""}),
        _about_folder(session, seen.config, root),
    )
    return Page("Overview", body, "")


def _about_folder(session: Session, config: Config, root: str) -> Markup:
    return Markup('<p class="hint">The folder {}, for {}/{}. {}</p>').format(
        session.folder, config.url, config.scope, html.link(root + "connect", "Another token")
    )


def _to_do(session: Session, plan: Plan | None, questions: int, root: str, service: str) -> Iterator[Markup]:
    broken = sum(bool(counts[0]) for counts in session.counts().values())
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
    return See(request.form.get("then", ""))


ROUTES = {("GET", ""): show, ("POST", "again"): look_again}

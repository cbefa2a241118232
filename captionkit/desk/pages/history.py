"""History: what was done here, and by whom; undo it, see whether it still is so, go on with what was cut off."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

from markupsafe import Markup
from werkzeug.wrappers import Request

from captionkit.desk import html
from captionkit.desk.pages import Page, See
from captionkit.desk.pages.changes import plan_table, steps_of
from captionkit.desk.session import Session
from captionkit.desk.words import WORDS, plural
from captionkit.errors import Remedy, StaleError
from captionkit.sync.plan import Plan
from captionkit.sync.show import summary_lines
from captionkit.workspace import Entry

#: Runs that are listed.
_LISTED = 200
_WHAT = {"push": "sent", "apply": "sent", "pull": "brought", "restore": "undone", "resume": "went on"}


def show(session: Session, request: Request) -> Page:
    root = session.gate.home
    entries = session.workspace.history()
    rows = [
        (
            entry.when,
            _WHAT.get(entry.what, entry.what),
            entry.who,
            entry.ended,
            plural(entry.restorable, "track"),
            html.joined(_acts(root, entry), " "),
        )
        for entry in entries[:_LISTED]
    ]
    heads = ("When", "What", "Who", "How it ended", "Changed in Canvas", "Do")
    more = f"{len(entries) - _LISTED} older ones are not shown." if len(entries) > _LISTED else ""
    body = Markup("{}{}").format(html.table("What was done", heads, rows, empty="Nothing was done here yet."),
                                 html.lines([more]))  # fmt: skip
    return Page("History", body, "history")


def _acts(root: str, entry: Entry) -> Iterator[Markup]:
    if entry.ended in ("cut off", "interrupted"):
        yield html.link(root + "resume", "Go on")
    if entry.restorable and entry.what != "pull":
        yield html.link(f"{root}undo?run={entry.run}", "Undo…")
        yield html.button(root + "verify", "Still so?", {"run": entry.run})


def undo(session: Session, request: Request) -> Page:
    """The plan that undoes a run."""
    run = request.args.get("run", "")
    return _planned(session, request, session.undo_plan(run), ("undo", "Undo", "Undo this now"), {"run": run})


def undo_now(session: Session, request: Request) -> See:
    run = request.form.get("run", "")
    return _carried_out(session, request, "restore", "Undoing", lambda: session.undo_plan(run))


def resume(session: Session, request: Request) -> Page | See:
    """What is left of a run that was cut off."""
    plan = session.resume_plan()
    if plan is None:
        return See("history", "Nothing is left to go on with.")
    return _planned(session, request, plan, ("resume", "Go on", "Go on now"), {})


def resume_now(session: Session, request: Request) -> See:
    return _carried_out(session, request, "resume", "Going on", session.resume_plan)


def _planned(
    session: Session, request: Request, plan: Plan, words: tuple[str, str, str], hidden: dict[str, str]
) -> Page:
    """A plan, and the button that carries it out.

    Args:
        words: the path of the page, its title, and what the button says.
    """
    root, (path, title, act) = session.gate.home, words
    page = max(1, request.args.get("page", 1, type=int))
    acts = html.button(root + path, act, {"plan": plan.created_at, **hidden}, strong=True) if plan.changing else ""
    body = Markup("{}{}{}<p>{}</p>").format(
        html.lines([*summary_lines(plan, WORDS), "Nothing has been done yet."]),
        acts,
        plan_table(root, plan, list(steps_of(plan)), page, f"{path}?{urlencode(hidden)}&"),
        html.link(root + "history", "Back to History"),
    )
    return Page(title, body, "history")


def _carried_out(session: Session, request: Request, what: str, title: str, plan_of: object) -> See:
    wanted = request.form.get("plan", "")
    if (job := session.sent_at(what, wanted)) is None:
        assert callable(plan_of)
        plan = plan_of()
        if plan is None or plan.created_at != wanted:
            raise StaleError("this is not what the page showed", unchanged="Nothing was done.",
                             remedy=Remedy.PLAN_AGAIN)  # fmt: skip
        job = session.apply(plan, title)
    return See(f"job/{job.number}")


def verify(session: Session, request: Request) -> See:
    run = request.form.get("run", "")
    job = session.jobs.begin("Reading it again", lambda job: session.workspace.verify(run))
    return See(f"job/{job.number}")


ROUTES = {
    ("GET", "history"): show,
    ("GET", "undo"): undo,
    ("POST", "undo"): undo_now,
    ("GET", "resume"): resume,
    ("POST", "resume"): resume_now,
    ("POST", "verify"): verify,
}

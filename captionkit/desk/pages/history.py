"""History: what was done here, and by whom; undo it, see whether it still is so, go on with what was cut off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import urlencode

from markupsafe import Markup
from werkzeug.wrappers import Request

from captionkit.desk import html
from captionkit.desk.job import Job
from captionkit.desk.pages import Page, See
from captionkit.desk.pages.changes import choices, options_of, page_of, plan_table, refusal, steps_of
from captionkit.desk.session import Session
from captionkit.desk.words import plural, summary
from captionkit.errors import GuardRefused, StaleError
from captionkit.sync.plan import Plan
from captionkit.workspace import Entry, Options

#: Runs that are listed.
_LISTED = 200
_WHAT = {"push": "sent", "apply": "sent", "pull": "brought", "restore": "undone", "resume": "went on"}


def show(session: Session, request: Request) -> Page:
    root = session.gate.home
    entries = session.workspace.history()
    newest = entries[0].run if entries else ""
    rows = [
        (
            entry.when,
            _WHAT.get(entry.what, entry.what),
            entry.who,
            entry.ended,
            plural(entry.restorable, "track"),
            html.joined(_acts(root, entry, newest=entry.run == newest), " "),
        )
        for entry in entries[:_LISTED]
    ]
    heads = ("When", "What", "Who", "How it ended", f"Changed in {session.config.features.name}", "What you can do")
    more = f"{len(entries) - _LISTED} older ones are not shown." if len(entries) > _LISTED else ""
    body = Markup("{}{}").format(html.table("What was done", heads, rows, empty="Nothing was done here yet."),
                                 html.lines([more]))  # fmt: skip
    return Page("History", body, "history")


def _acts(root: str, entry: Entry, *, newest: bool) -> Iterator[Markup]:
    if entry.what != "pull" and (entry.ended == "cut off" or (newest and entry.ended == "interrupted")):
        yield html.link(root + "resume", "Go on")
    if entry.ended == "cut off":
        yield html.button(root + "abandon", "Give it up")
    if entry.restorable and entry.what != "pull":
        yield html.link(f"{root}undo?run={entry.run}", "Undo…")
        yield html.button(root + "verify", "Check that it still is so", {"run": entry.run})


def undo(session: Session, request: Request) -> Page:
    """The plan that undoes a run."""
    run = request.args.get("run", "")
    plan, root = session.undo_plan(run), session.gate.home
    refused = refusal(session, plan)
    decided = choices(plan, refused, session.undoing.get(run, Options()), root + "undo/choices",
                      html.hidden_fields({"run": run}))  # fmt: skip
    return _planned(session, request, plan, ("undo", "Undo", "Undo this now"), {"run": run}, refused, decided)


def undo_choices(session: Session, request: Request) -> See:
    run = request.form.get("run", "")
    session.undoing[run] = options_of(request, session.undoing.get(run, Options()))
    session.forget()
    return See(f"undo?{urlencode({'run': run})}", "Compared again.")


def undo_now(session: Session, request: Request) -> See:
    run = request.form.get("run", "")
    return _carried_out(session, request, "Undoing", lambda: session.undo_plan(run))


def resume(session: Session, request: Request) -> Page | See:
    """What is left of a run that was cut off."""
    plan = session.resume_plan()
    if plan is None:
        return See("history", "Nothing is left to go on with.")
    return _planned(session, request, plan, ("resume", "Go on", "Go on now"), {}, refusal(session, plan))


def resume_now(session: Session, request: Request) -> See:
    return _carried_out(session, request, "Going on", session.resume_plan)


def abandon(session: Session, request: Request) -> See:
    """Leave what was cut off as it is; the next look compares afresh."""

    def work(job: Job) -> None:
        names = session.workspace.abandon()
        session.forget()
        session.note = "Given up. The next look compares afresh." if names else "There is nothing to give up."

    return See(f"job/{session.jobs.begin('Giving up what was cut off', work, then='history').number}")


def _planned(
    session: Session, request: Request, plan: Plan, words: tuple[str, str, str], hidden: dict[str, str],
    refused: GuardRefused | None, decided: Markup | str = "",
) -> Page:  # fmt: skip
    """A plan, and the button that carries it out.

    Args:
        words: the path of the page, its title, and what the button says.
    """
    root, (path, title, act) = session.gate.home, words
    can = refused is None and (plan.changing or plan.what == "resume")  # what was done already is recorded then
    acts = html.button(root + path, act, {"plan": plan.plan_id, **hidden}, strong=True) if can else ""
    body = Markup("{}{}{}{}{}<p>{}</p>").format(
        html.lines([*summary(plan), "Nothing has been done yet."]),
        html.error(root, refused) if refused else "",
        acts,
        plan_table(root, plan, list(steps_of(plan)), page_of(request), f"{path}?{urlencode(hidden)}&"),
        decided,
        html.link(root + "history", "Back to History"),
    )
    return Page(title, body, "history")


def _carried_out(session: Session, request: Request, title: str, plan_of: Callable[[], Plan | None]) -> See:
    wanted = request.form.get("plan", "")
    if (job := session.sent(wanted)) is None:
        plan = plan_of()
        if plan is None or plan.plan_id != wanted:
            raise StaleError("this is not what the page showed", unchanged="Nothing was done.",
                             hint="Look at it again under History.")  # fmt: skip
        job = session.apply(plan, title)
    return See(f"job/{job.number}")


def verify(session: Session, request: Request) -> See:
    run = request.form.get("run", "")
    job = session.jobs.begin("Reading it again", lambda job: session.workspace.verify(run), about=f"verify {run}")
    return See(f"job/{job.number}")


ROUTES = {
    ("GET", "history"): show,
    ("GET", "undo"): undo,
    ("POST", "undo"): undo_now,
    ("POST", "undo/choices"): undo_choices,
    ("GET", "resume"): resume,
    ("POST", "resume"): resume_now,
    ("POST", "abandon"): abandon,
    ("POST", "verify"): verify,
}

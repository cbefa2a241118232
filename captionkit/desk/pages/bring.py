"""Bring: what Canvas has and the folder has not, as a plan first; after an undoing for its recordings alone."""

from __future__ import annotations

from markupsafe import Markup
from werkzeug.wrappers import Request

from captionkit.desk import html
from captionkit.desk.pages import Page, See
from captionkit.desk.pages.changes import choices, options_of, page_of, plan_table, steps_of
from captionkit.desk.session import Session
from captionkit.desk.words import plural, summary
from captionkit.errors import CaptionkitError, Remedy, StaleError
from captionkit.sync.decide import Do, Way
from captionkit.sync.plan import Plan
from captionkit.sync.run import Report

_SAFE = "Nothing has been written. What is replaced in the folder is saved first; the course stays as it is."


def show(session: Session, request: Request) -> Page:
    after = request.args.get("after", 0, type=int)
    plan, root = _plan(session, after), session.gate.home
    path = f"bring?after={after}&" if after else "bring?"
    also = html.hidden_fields({"after": str(after)}) if after else Markup("")
    hidden = {"plan": plan.plan_id, **({"after": str(after)} if after else {})}
    about = "Only the recordings that were undone, so that the folder says the same as before." if after else ""
    body = Markup("{}{}{}{}<p>{}</p>").format(
        html.lines([about, *summary(plan), _SAFE]),
        html.button(root + "bring", _about(plan), hidden, strong=True) if plan.changing else "",
        plan_table(root, plan, list(steps_of(plan)), page_of(request), path),
        choices(plan, None, session.options[Way.PULL], root + "bring/choices", also),
        html.button(root + "again", "Look again", {"then": path.rstrip("?&")}),
    )
    return Page(f"Bring from {plan.remote.features.name}", body, "bring")


def _about(plan: Plan) -> str:
    """What the button does: "Bring 2 files and delete 1 file"."""
    written, removed = plan.count(Do.WRITE) + plan.count(Do.REPLACE), plan.count(Do.REMOVE)
    acts = [f"bring {plural(written, 'file')}"] if written else []
    acts += [f"delete {plural(removed, 'file')}"] if removed else []
    text = " and ".join(acts) or "bring"
    return text[:1].upper() + text[1:]


def _plan(session: Session, after: int) -> Plan:
    """What a pull would do.

    Args:
        after: the job that undid a run, whose recordings alone are meant; 0 for all.
    """
    if not after:
        return session.pull_plan()
    job = session.jobs.get(after)
    if job is None or not isinstance(job.result, Report):
        raise CaptionkitError("that undoing is not known here any more", unchanged="Nothing was written.")
    return session.pull_plan(media.media for media in job.result.plan.changing)


def decide(session: Session, request: Request) -> See:
    session.options[Way.PULL] = options_of(request, session.options[Way.PULL])
    session.forget()
    after = request.form.get("after", 0, type=int)
    return See(f"bring?after={after}" if after else "bring", "Compared again.")


def bring(session: Session, request: Request) -> See:
    """Carry out the plan that was on the page.

    Raises:
        StaleError: it is not the plan that was shown.
    """
    wanted = request.form.get("plan", "")
    if (job := session.sent(wanted)) is None:
        plan = _plan(session, request.form.get("after", 0, type=int))
        if plan.plan_id != wanted:
            raise StaleError("this is not what the page showed", unchanged="Nothing was written.",
                             remedy=Remedy.PLAN_AGAIN)  # fmt: skip
        job = session.apply(plan, "Bringing")
    return See(f"job/{job.number}")


ROUTES = {("GET", "bring"): show, ("POST", "bring"): bring, ("POST", "bring/choices"): decide}

"""Bring: what Canvas has and the folder has not, as a plan first."""

from __future__ import annotations

from markupsafe import Markup
from werkzeug.wrappers import Request

from captionkit.desk import html
from captionkit.desk.pages import Page, See
from captionkit.desk.pages.changes import plan_table, steps_of
from captionkit.desk.session import Session
from captionkit.desk.words import plural
from captionkit.errors import Remedy, StaleError
from captionkit.sync.decide import FILE_CHANGES


def show(session: Session, request: Request) -> Page:
    plan, root = session.pull_plan(), session.gate.home
    written = sum(step.do in FILE_CHANGES for _, step in plan.steps())
    bring = html.button(root + "bring", f"Bring {plural(written, 'file')}", {"plan": plan.created_at}, strong=True)
    body = Markup("<p>{}</p>{}{}<p>{}</p>").format(
        "Nothing has been written. What is replaced is saved first.",
        bring if plan.changing else "",
        plan_table(root, plan, list(steps_of(plan)), max(1, request.args.get("page", 1, type=int)), "bring?"),
        html.button(root + "again", "Look again", {"then": "bring"}),
    )
    return Page("Bring from Canvas", body, "bring")


def bring(session: Session, request: Request) -> See:
    """Carry out the plan that was on the page.

    Raises:
        StaleError: it is not the plan that was shown.
    """
    wanted = request.form.get("plan", "")
    if (job := session.sent_at("pull", wanted)) is None:
        plan = session.pull_plan()
        if plan.created_at != wanted:
            raise StaleError("this is not what the page showed", unchanged="Nothing was written.",
                             remedy=Remedy.PLAN_AGAIN)  # fmt: skip
        job = session.apply(plan, "Bringing")
    return See(f"job/{job.number}")


ROUTES = {("GET", "bring"): show, ("POST", "bring"): bring}

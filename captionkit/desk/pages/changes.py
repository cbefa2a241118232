"""Changes: what a push would do to each track and why, what would not be sent and why, and the button that sends it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import quote

from markupsafe import Markup
from werkzeug.wrappers import Request

from captionkit.desk import html
from captionkit.desk.pages import Page, See
from captionkit.desk.session import Session
from captionkit.desk.words import DOES, WORDS, called, is_worth_saying, plural
from captionkit.errors import CaptionkitError, GuardRefused, Remedy
from captionkit.languages import display_name
from captionkit.library.mapping import UNSETTLED
from captionkit.sync.decide import Do, Way
from captionkit.sync.plan import MediaPlan, Plan, Step
from captionkit.sync.show import summary_lines, why
from captionkit.workspace import Options

#: Recordings on a page.
_ON_A_PAGE = 50
_SIDES = (("stop", "decide each one by itself"), ("local", "the folder's version"), ("remote", "Canvas's version"))


def show(session: Session, request: Request) -> Page | See:
    if request.args.get("again"):
        session.forget()
        return See("changes")
    plan, root = session.plan("changes"), session.gate.home
    refused = _refusal(session, plan)
    hidden = {"plan": plan.plan_id}
    changing = sum(len(media.changes) for media in plan.changing)
    about = f"Send {plural(changing, 'track')} of {plural(len(plan.changing), 'recording')}"
    send = html.button(root + "send", about, hidden, strong=True) if plan.changing and refused is None else ""
    page = max(1, request.args.get("page", 1, type=int))
    rows = [(media, step) for media in _sorted(plan) for step in media.steps if is_worth_saying(step)]
    body = Markup("{}{}{}{}{}<p>{}</p>").format(
        html.lines([*summary_lines(plan, WORDS), "Nothing has been sent."]),
        html.error(root, refused) if refused else "",
        send,
        plan_table(root, plan, rows, page, "changes?"),
        _choices(session, plan, refused, root),
        html.button(root + "again", "Look again", {"then": "changes"}),
    )
    return Page("Changes", body, "changes")


def _sorted(plan: Plan) -> Sequence[MediaPlan]:
    """First what has to be decided, then what is held back, then what is sent, then the rest."""

    def rank(media: MediaPlan) -> int:
        dos = {step.do for step in media.steps}
        return 0 if media.conflicts else 1 if Do.HOLD in dos or media.blocked else 2 if media.changes else 3

    return sorted(plan.objects, key=lambda media: (rank(media), called(media).casefold()))


def plan_table(root: str, plan: Plan, rows: Sequence[tuple[MediaPlan, Step]], page: int, path: str) -> Markup:
    """The steps of a plan, and what of the folder was not used.

    Args:
        path: the address of the page that it is on, to which `page=2` can be added.
    """
    last = -(-len(rows) // _ON_A_PAGE)
    cells = []
    for media, step in rows[(page - 1) * _ON_A_PAGE : page * _ON_A_PAGE]:
        blocked = media.blocked if media.blocked and media.blocked != "conflict" else ""
        reason = f"nothing is done here: {blocked}" if blocked else why(step, plan, WORDS)
        address = f"{root}recording?media={quote(media.media, safe='')}"
        cells.append((html.link(address, called(media)), display_name(step.locale), _does(step), reason))
    pages = [html.link(f"{root}{path}page={number}", number) for number in range(1, last + 1)] if last > 1 else []
    unused = Markup("")
    if plan.unmatched:
        said = (one.partition(UNSETTLED)[0].strip() for one in plan.unmatched)
        unused = Markup("<h2>In the folder, and not used</h2>{}<p>{}</p>").format(
            html.items(said), html.link(root + "questions", "Questions")
        )
    if plan.unconverted:
        unused += Markup("<h2>Captions in other formats, not converted</h2>{}<p>{}</p>").format(
            html.items(f"{path}: {what}" for path, what in plan.unconverted.items()),
            "They are not sent. In a terminal: captionkit convert, with the name of this folder and --from other.",
        )
    return Markup("{}{}{}").format(
        html.table("What is done to each track", ("Recording", "Language", "What", "Why"), cells,
                   empty="Nothing would be done."),
        Markup('<p class="pages">Pages: {}</p>').format(html.joined(pages, " ")) if pages else "",
        unused,
    )  # fmt: skip


def _does(step: Step) -> Markup:
    kind = {Do.CONFLICT: "warning", Do.HOLD: "warning", Do.DELETE: "error", Do.REMOVE: "error"}.get(step.do, "")
    return Markup('<span class="nowrap {}">{}</span>').format(kind, DOES[step.do])


def _refusal(session: Session, plan: Plan) -> GuardRefused | None:
    try:
        session.workspace.check(plan)
    except GuardRefused as refused:
        refused.remedy = None  # it is lifted on this very page
        return refused
    return None


def _choices(session: Session, plan: Plan, refused: GuardRefused | None, root: str) -> Markup:
    """What a person may decide about the plan; saving it makes the plan anew."""
    options, parts = session.options, list[Markup]()
    conflicts = [(media, step) for media in plan.objects for step in media.conflicts]
    if conflicts:
        parts.append(
            html.radios("Conflicts: whose version counts?", "on_conflict", _SIDES, options.on_conflict or "stop")
        )
        for media, step in conflicts[:_ON_A_PAGE]:
            key = f"{media.media.rpartition('/')[2]}/{step.locale}"
            legend = f"{called(media)}, {display_name(step.locale)}"
            parts.append(html.radios(legend, f"resolve {key}", _SIDES[1:], dict(options.resolve).get(key)))
    held = sorted({check for _, step in plan.steps() for check in step.held} | set(options.allow))
    ticks = [html.tick("allow", check, f"send all the same what is held back for: {check}",
                       ticked=check in options.allow) for check in held]  # fmt: skip
    if refused is not None:
        ticks += [
            html.tick("allow", name, f"allow this once: {name}", ticked=name in options.allow)
            for name in refused.lifts if name not in held and name != "max-delete"
        ]  # fmt: skip
    if any(step.why in ("removal-kept", "local-removal") for _, step in plan.steps()) or options.delete:
        ticks.append(
            html.tick("delete", "yes", "delete tracks whose file left the folder", ticked=bool(options.delete))
        )
    deletes = plan.count(Do.DELETE)
    if (refused is not None and "max-delete" in refused.lifts) or options.max_delete:
        ticks.append(html.tick("max_delete", str(deletes), f"yes, {plural(deletes, 'track')} may be deleted",
                               ticked=options.max_delete is not None))  # fmt: skip
    if ticks:
        parts.append(Markup("<fieldset><legend>Allow</legend>{}</fieldset>").format(html.joined(ticks)))
    if not parts:
        return Markup("")
    return Markup('<section aria-labelledby="decide"><h2 id="decide">Decide</h2>{}</section>').format(
        html.form(root + "changes", html.joined(parts), "Compare again with this", strong=False)
    )


def decide(session: Session, request: Request) -> See:
    """Take the choices; the next look at the changes makes the plan anew."""
    form = request.form
    side = form.get("on_conflict", session.options.on_conflict or "stop")
    resolve = {
        name.removeprefix("resolve "): value
        for name, value in form.items()
        if name.startswith("resolve ") and value in ("local", "remote")
    }
    session.options = Options(
        delete=True if form.get("delete") else None,
        max_delete=form.get("max_delete") or None,
        on_conflict=side if side in ("local", "remote") else None,
        resolve={**session.options.resolve, **resolve},
        allow=tuple(form.getlist("allow")),
    )
    session.forget()
    return See("changes", "Compared again.")


def send(session: Session, request: Request) -> See:
    """Carry out the plan that was on the page, once.

    Raises:
        CaptionkitError: it is not the plan that was shown.
    """
    wanted = request.form.get("plan", "")
    if (job := session.sent(wanted)) is not None:
        return See(f"job/{job.number}")
    plan = session.plan("changes")
    if plan.plan_id != wanted or plan.way is not Way.PUSH:
        raise CaptionkitError(
            "the changes are not those that the page showed",
            unchanged="Nothing was sent.",
            remedy=Remedy.PLAN_AGAIN,
        )
    session.workspace.check(plan)
    job = session.apply(plan, "Sending")
    session.options = Options()
    return See(f"job/{job.number}")


def steps_of(plan: Plan) -> Iterator[tuple[MediaPlan, Step]]:
    """What a plan does, without what stays as it is."""
    return ((media, step) for media, step in plan.steps() if step.why != "clean")


ROUTES = {("GET", "changes"): show, ("POST", "changes"): decide, ("POST", "send"): send}

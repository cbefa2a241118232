"""Changes: what a push would do to each track and why, what would not be sent and why, and the button that sends it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import quote

from markupsafe import Markup
from werkzeug.wrappers import Request

from captionkit.desk import html
from captionkit.desk.pages import Page, See
from captionkit.desk.session import Session
from captionkit.desk.words import DOES, called, is_worth_saying, plural, reason, summary
from captionkit.errors import CaptionkitError, GuardRefused, Remedy
from captionkit.languages import display_name
from captionkit.library.mapping import UNSETTLED
from captionkit.sync.decide import Do, Way
from captionkit.sync.plan import MediaPlan, Plan, Step
from captionkit.workspace import Options

#: Tracks on a page.
_ON_A_PAGE = 50
#: What of both sides is worth a look, beside each other.
_COMPARED = frozenset({Do.CONFLICT, Do.UPDATE, Do.RECREATE, Do.REPLACE})
_SENT = frozenset({Do.CREATE, Do.UPDATE, Do.RECREATE})


def show(session: Session, request: Request) -> Page | See:
    if request.args.get("again"):
        session.forget()
        return See("changes")
    plan, root = session.plan(), session.gate.home
    refused = refusal(session, plan)
    send = html.button(root + "send", _about(plan), {"plan": plan.plan_id}, strong=True)
    rows = [(media, step) for media in _sorted(plan) for step in media.steps if is_worth_saying(step)]
    body = Markup("{}{}{}{}{}<p>{}</p>").format(
        html.lines([*summary(plan), "Nothing has been sent."]),
        html.error(root, refused) if refused else "",
        send if plan.changing and refused is None else "",
        plan_table(root, plan, rows, page_of(request), "changes?"),
        choices(plan, refused, session.options[Way.PUSH], root + "changes"),
        html.button(root + "again", "Look again", {"then": "changes"}),
    )
    return Page("Changes", body, "changes")


def _about(plan: Plan) -> str:
    """What the button does: "Send 2 tracks and delete 1 track of 3 recordings"."""
    sent, deleted = sum(plan.count(do) for do in _SENT), plan.count(Do.DELETE)
    acts = [f"send {plural(sent, 'track')}"] if sent else []
    acts += [f"delete {plural(deleted, 'track')}"] if deleted else []
    text = f"{' and '.join(acts) or 'send'} of {plural(len(plan.changing), 'recording')}"
    return text[:1].upper() + text[1:]


def page_of(request: Request) -> int:
    """Which page of several is asked for, from 1."""
    return max(1, request.args.get("page", 1, type=int))


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
    page = min(page, max(last, 1))
    cells = []
    for media, step in rows[(page - 1) * _ON_A_PAGE : page * _ON_A_PAGE]:
        blocked = media.blocked if media.blocked and media.blocked != "conflict" else ""
        because: object = f"nothing is done here: {blocked}" if blocked else reason(step, plan)
        address = f"{root}recording?media={quote(media.media, safe='')}"
        if step.do in _COMPARED and step.path:
            because = Markup("{} {}").format(because, comparison(root, media.media, step.locale))
        cells.append((html.link(address, called(media)), display_name(step.locale), _does(step), because))
    pages = [
        html.link(f"{root}{path}page={number}", number)
        if number != page
        else Markup("<strong>{}</strong>").format(page)
        for number in range(1, last + 1)
    ]
    unused = Markup("")
    if plan.unmatched:
        said = (one.partition(UNSETTLED)[0].strip() for one in plan.unmatched)
        unused = Markup("<h2>In the folder, and not used</h2>{}<p>{}</p>").format(
            html.items(said), html.link(root + "questions", "Questions")
        )
    if plan.unconverted:
        unused += Markup("<h2>Captions in other formats, not converted</h2>{}<p>They are not sent. {}</p>").format(
            html.items(f"{path}: {what}" for path, what in plan.unconverted.items()),
            html.link(root + "others", "Convert them"),
        )
    return Markup("{}{}{}").format(
        html.table("What would be done to each track", ("Recording", "Language", "What", "Why"), cells,
                   empty="Nothing would be done."),
        Markup('<p class="pages">Pages: {}</p>').format(html.joined(pages, " ")) if last > 1 else "",
        unused,
    )  # fmt: skip


def comparison(root: str, media: str, locale: str) -> Markup:
    """A link to the captions on both sides, one beside the other."""
    return html.link(f"{root}compare?media={quote(media, safe='')}&locale={quote(locale, safe='')}", "Compare")


def _does(step: Step) -> Markup:
    kind = {Do.CONFLICT: "warning", Do.HOLD: "warning", Do.DELETE: "error", Do.REMOVE: "error"}.get(step.do, "")
    return Markup('<span class="nowrap {}">{}</span>').format(kind, DOES[step.do])


def refusal(session: Session, plan: Plan) -> GuardRefused | None:
    """Why the plan as it is would not be carried out."""
    try:
        session.workspace.check(plan)
    except GuardRefused as refused:
        refused.remedy = None  # it is lifted on this very page
        return refused
    return None


def choices(
    plan: Plan, refused: GuardRefused | None, options: Options, address: str, hidden: Markup | str = ""
) -> Markup:
    """What a person may decide about a plan; saving it makes the plan anew.

    Args:
        options: what was decided so far.
        address: of the form. hidden: what else it says.
    """
    service = plan.remote.features.name
    sides = [("local", "the folder's version"), ("remote", f"{service}'s version")]
    if plan.what == "restore":
        sides[0] = ("local", "the version from before that run")
    parts = list[Markup]()
    conflicts = [(media, step) for media in plan.objects for step in media.conflicts]
    if conflicts or options.on_conflict:
        all_of_them = [("stop", "decide each one by itself"), *sides]
        parts.append(
            html.radios("Conflicts: whose version counts?", "on_conflict", all_of_them, options.on_conflict or "stop")
        )
    for media, step in conflicts[:_ON_A_PAGE]:
        key = f"{media.media.rpartition('/')[2]}/{step.locale}"
        legend = f"{called(media)}, {display_name(step.locale)}"
        parts.append(html.radios(legend, f"resolve {key}", sides, dict(options.resolve).get(key)))
    if len(conflicts) > _ON_A_PAGE:
        left = plural(len(conflicts) - _ON_A_PAGE, "more conflict")
        parts.append(html.lines([f"{left} can be decided when these are."]))
    if ticks := list(_ticks(plan, refused, options)):
        parts.append(Markup("<fieldset><legend>Allow</legend>{}</fieldset>").format(html.joined(ticks)))
    if not parts:
        return Markup("")
    return Markup('<section aria-labelledby="decide"><h2 id="decide">Decide</h2><p>{}</p>{}</section>').format(
        "Choosing does nothing yet: you see first what would be done.",
        html.form(address, html.joined([hidden, *parts]), "Use these choices", strong=False),
    )


def _ticks(plan: Plan, refused: GuardRefused | None, options: Options) -> Iterator[Markup]:
    """What may be allowed, as far as the plan asks for it."""
    whys = {step.why for _, step in plan.steps()}
    lifts = refused.lifts if refused is not None else {}
    held = {check for _, step in plan.steps() for check in step.held}
    for name in sorted({*held, *lifts, *options.allow} - {"max-delete"}):
        said = _ALLOWS.get(name, f"send all the same what is held back for: {name}")
        yield html.tick("allow", name, said, ticked=name in options.allow)
    if plan.way is Way.PUSH and plan.what == "push" and (whys & {"removal-kept", "local-removal"} or options.delete):
        yield html.tick("delete", "yes", "delete tracks whose file left the folder", ticked=bool(options.delete))
    if plan.way is Way.PULL and (whys & {"remote-removal-kept", "remote-removal"} or options.delete):
        said = f"delete files whose track was deleted in {plan.remote.features.name}"
        yield html.tick("delete", "yes", said, ticked=bool(options.delete))
    if plan.way is Way.PULL and ("local-removal" in whys or options.restore):
        yield html.tick("restore", "yes", "bring back files that were removed here", ticked=options.restore)
    if "max-delete" in lifts or options.max_delete:
        deletes = plan.count(Do.DELETE)
        yield html.tick("max_delete", str(deletes), f"yes, {plural(deletes, 'track')} may be deleted",
                        ticked=options.max_delete is not None)  # fmt: skip


#: What lifting each limit and check means; see `captionkit.sync.guards` and `captionkit.sync.publishable`.
_ALLOWS = {
    "conflict-markers": "send files with the marks of a merge in them",
    "encoding": "send files whose letters may be wrong",
    "hidden-words": "send files with words that no viewer would see",
    "findings": "send files with errors",
    "language": "send files that seem to be in another language than they say",
    "length": "send files that do not fit the length of their recording",
    "same-words": "send files with the same words as another recording's",
    "times": "send files with the times of another recording's",
    "last-caption": "a recording may be left without any captions",
    "protected-locale": "a language that captionkit.toml protects may be deleted",
    "foreign-owner": "tracks that somebody else made may be deleted",
    "all-changed": "yes, all of them are to change at once",
}


def options_of(request: Request, before: Options) -> Options:
    """What a person has decided, with what was decided before about single tracks."""
    form = request.form
    side = form.get("on_conflict", before.on_conflict or "stop")
    resolve = {
        name.removeprefix("resolve "): value
        for name, value in form.items()
        if name.startswith("resolve ") and value in ("local", "remote")
    }
    return Options(
        delete=True if form.get("delete") else None,
        max_delete=form.get("max_delete") or None,
        on_conflict=side if side in ("local", "remote") else None,
        resolve={**before.resolve, **resolve},
        allow=tuple(form.getlist("allow")),
        restore=bool(form.get("restore")),
    )


def decide(session: Session, request: Request) -> See:
    """Take the choices; the next look at the changes makes the plan anew."""
    session.options[Way.PUSH] = options_of(request, session.options[Way.PUSH])
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
    plan = session.plan()
    if plan.plan_id != wanted or plan.way is not Way.PUSH:
        raise CaptionkitError(
            "the changes are not those that the page showed",
            unchanged="Nothing was sent.",
            remedy=Remedy.PLAN_AGAIN,
        )
    session.workspace.check(plan)
    return See(f"job/{session.apply(plan, 'Sending').number}")


def steps_of(plan: Plan) -> Iterator[tuple[MediaPlan, Step]]:
    """What a plan does, without what stays as it is."""
    return ((media, step) for media, step in plan.steps() if step.why != "clean")


ROUTES = {("GET", "changes"): show, ("POST", "changes"): decide, ("POST", "send"): send}

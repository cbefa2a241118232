"""Questions: what a person has to settle, each with its choices and reasons."""

from __future__ import annotations

from markupsafe import Markup
from werkzeug.wrappers import Request

from captionkit.desk import html
from captionkit.desk.pages import Page, See
from captionkit.desk.pages.changes import page_of
from captionkit.desk.session import Session
from captionkit.desk.words import plural
from captionkit.errors import CaptionkitError
from captionkit.sync.decide import Do
from captionkit.workspace import Question
from captionkit.workspace.questions import questions_of

#: Questions on a page; when they are answered, the next ones stand there.
_ON_A_PAGE = 25
#: Stands for an answer that is not among the choices.
_OTHER = "other"


def show(session: Session, request: Request, failed: CaptionkitError | None = None) -> Page:
    seen, root = session.seen(), session.gate.home
    asked = questions_of(seen)
    plan, _ = session.plan_or_error() if seen.library.tracks else (None, None)
    conflicts = plan.count(Do.CONFLICT) if plan is not None else 0
    start = _ON_A_PAGE * (page_of(request) - 1)
    start = start if start < len(asked) else 0
    shown = asked[start : start + _ON_A_PAGE]
    titles = sorted({media.title for media in seen.summaries}, key=str.casefold)
    listed = Markup('<datalist id="titles">{}</datalist>').format(
        html.joined(Markup('<option value="{}">').format(title) for title in titles)
    )
    parts = [_question(one) for one in shown]
    far = f"Questions {start + 1} to {start + len(shown)} of {len(asked):,}." if len(shown) < len(asked) else ""
    later = html.link(f"{root}questions?page={page_of(request) + 1}", "Leave these for later")
    to_decide = html.link(root + "changes", f"{plural(conflicts, 'conflict')} to decide")
    body = Markup("{}{}{}{}{}").format(
        html.error(root, failed) if failed else "",
        Markup('<p class="pages">{} {}</p>').format(far, later if start + len(shown) < len(asked) else "")
        if far
        else "",
        html.form(root + "questions", html.joined([listed, *parts]), "Save the answers") if asked else "",
        Markup("<p>{}</p>").format(to_decide) if conflicts else "",
        "" if asked or conflicts else Markup("<p>No questions: every file has its place.</p>"),
    )
    return Page("Questions", body, "questions", 400 if failed else 200)


_ASKED = {
    "recording": "Which recording is {} for?",
    "language": "Which language is {} in?",
    "locale": "By which language is Canvas to keep {}?",
    "keep": "Which of these files counts?",
}
#: What else can be answered, where the choices are not all: (label, what it is called for a screen reader)
_ELSE = {
    "recording": ("another one, by its title:", "Title of the recording that {} is for"),
    "language": ("another one, by its tag (such as pt-BR):", "Language tag of {}"),
}


def _question(one: Question) -> Markup:
    about = one.name or ", ".join(one.paths)
    options: list[tuple[str, object]] = [(value, title or value) for value, title in one.choices.items()]
    elsewhere = Markup("")
    if one.kind in _ELSE:
        label, called = _ELSE[one.kind]
        options.append((_OTHER, label))
        titles = Markup(' list="titles"') if one.kind == "recording" else ""
        elsewhere = Markup('<p><input name="other {}"{} aria-label="{}" size="40"></p>').format(
            one.id, titles, called.format(about)
        )
    legend = Markup(_ASKED[one.kind]).format(Markup("<strong>{}</strong>").format(about))
    files = html.quiet(f"Files: {', '.join(one.paths)}")
    reason = html.quiet(f"{one.reason[:1].upper()}{one.reason[1:]}")
    return html.radios(legend, one.id, options, rest=Markup("{}<p>{}</p><p>{}</p>").format(elsewhere, reason, files))


def answer(session: Session, request: Request) -> Page | See:
    saved = 0
    try:
        for one in questions_of(session.seen()):
            chosen, typed = request.form.get(one.id, ""), request.form.get(f"other {one.id}", "").strip()
            if chosen == _OTHER or (not chosen and typed):
                chosen = typed
            if chosen:
                session.workspace.answer(one, chosen)
                saved += 1
    except CaptionkitError as failed:
        session.forget()
        return show(session, request, failed)
    session.forget()
    return See("questions", f"{plural(saved, 'answer')} saved." if saved else session.note or "Nothing was chosen.")


ROUTES = {("GET", "questions"): show, ("POST", "questions"): answer}

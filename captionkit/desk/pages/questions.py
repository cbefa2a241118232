"""Questions: what a person has to settle, each with its choices and reasons."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from markupsafe import Markup
from werkzeug.wrappers import Request

from captionkit.canvas_locales import PICKER_LOCALES
from captionkit.desk import html
from captionkit.desk.pages import Page, See
from captionkit.desk.pages.changes import page_of
from captionkit.desk.session import Session
from captionkit.desk.words import plural
from captionkit.errors import CaptionkitError
from captionkit.languages import display_name
from captionkit.sync.decide import Do
from captionkit.workspace import Question
from captionkit.workspace.questions import questions_of

#: Questions on a page; when they are answered, the next ones stand there.
_ON_A_PAGE = 25
#: Stands for an answer that is not among the choices.
_OTHER = "other"


def show(session: Session, request: Request, failed: CaptionkitError | None = None, at: str = "") -> Page:
    """The questions, each with what was answered to it already where an answer was not taken.

    Args:
        failed: why. at: the question that it was given to.
    """
    seen, root = session.seen(), session.gate.home
    asked = questions_of(seen)
    plan, _ = session.plan_or_error() if seen.library.tracks else (None, None)
    conflicts = plan.count(Do.CONFLICT) if plan is not None else 0
    start = _ON_A_PAGE * (page_of(request) - 1)
    start = start if start < len(asked) else 0
    shown = asked[start : start + _ON_A_PAGE]
    titles = ((media.title, "") for media in seen.summaries)
    languages = ((display_name(tag), tag) for tag in PICKER_LOCALES)
    lists = [_offered("titles", titles), _offered("languages", languages)]
    parts = [_question(one, request, failed if one.id == at else None) for one in shown]
    far = f"Questions {start + 1} to {start + len(shown)} of {len(asked):,}." if len(shown) < len(asked) else ""
    later = html.link(f"{root}questions?page={page_of(request) + 1}", "Leave these for later")
    to_decide = html.link(root + "changes", f"{plural(conflicts, 'conflict')} to decide")
    about = (
        "Your answers are kept in captionkit.toml in the folder. Nothing is sent. What you leave open is asked again."
    )
    body = Markup("{}{}{}{}{}{}").format(
        html.error(root, failed) if failed else "",
        html.lines([about]) if asked else "",
        Markup('<p class="pages">{} {}</p>').format(far, later if start + len(shown) < len(asked) else "")
        if far
        else "",
        html.form(root + "questions", html.joined([*lists, *parts]), "Save the answers") if asked else "",
        Markup("<p>{}</p>").format(to_decide) if conflicts else "",
        "" if asked or conflicts else Markup("<p>No questions: every file has its place.</p>"),
    )
    return Page("Questions", body, "questions", 400 if failed else 200)


def _offered(key: str, values: Iterable[tuple[str, str]]) -> Markup:
    """What a field offers to be typed, with what else it is called."""
    options = sorted(set(values), key=lambda one: one[0].casefold())
    return Markup('<datalist id="{}">{}</datalist>').format(
        key, html.joined(Markup('<option value="{}">{}</option>').format(*one) for one in options)
    )


_ASKED = {
    "recording": "Which recording is {} for?",
    "language": "Which language is {} in?",
    "locale": "By which language is Canvas to keep {}?",
    "keep": "Which of these files counts?",
}


class _Else(NamedTuple):
    """What else can be answered, where the choices are not all.

    Attributes:
        label: of the choice. called: what the field is called for a screen reader. offers: which list it offers.
    """

    label: str
    called: str
    offers: str


_ELSE = {
    "recording": _Else("another one, by its title:", "Title of the recording that {} is for", "titles"),
    "language": _Else("another one, such as French or pt-BR:", "Language of {}", "languages"),
}


def _question(one: Question, request: Request, failed: CaptionkitError | None) -> Markup:
    about = one.name or ", ".join(one.paths)
    options: list[tuple[str, object]] = [(value, title or value) for value, title in one.choices.items()]
    chosen, typed = _given(one, request)
    elsewhere = Markup("")
    if one.kind in _ELSE:
        label, called, offers = _ELSE[one.kind]
        options.append((_OTHER, label))
        elsewhere = Markup('<p><input name="other {}" value="{}" list="{}" aria-label="{}" size="40"{}></p>').format(
            one.id, typed, offers, called.format(about), Markup(' aria-invalid="true"') if failed else ""
        )
    legend = Markup(_ASKED[one.kind]).format(Markup("<strong>{}</strong>").format(about))
    said = [f"{one.reason[:1].upper()}{one.reason[1:]}", f"Files: {', '.join(one.paths)}"]
    wrong = Markup('<p class="error">{}</p>').format(failed.message) if failed else Markup("")
    return html.radios(legend, one.id, options, chosen, about=html.lines(said), rest=elsewhere + wrong)


def _given(one: Question, request: Request) -> tuple[str, str]:
    """What was chosen, and what was typed."""
    return request.form.get(one.id, ""), request.form.get(f"other {one.id}", "").strip()


def answer(session: Session, request: Request) -> Page | See:
    saved, at = 0, ""
    try:
        for one in questions_of(session.seen()):
            at = one.id
            chosen, typed = _given(one, request)
            if chosen == _OTHER or (not chosen and typed):
                chosen = _tag_of(typed) if one.kind == "language" else typed
            if chosen:
                session.workspace.answer(one, chosen)
                saved += 1
    except CaptionkitError as failed:
        session.forget()
        return show(session, request, failed, at)
    session.forget()
    return See("questions", f"{plural(saved, 'answer')} saved." if saved else session.note or "Nothing was chosen.")


def _tag_of(typed: str) -> str:
    """The tag of a language that was typed by its name; what was typed where it is none."""
    names = {display_name(tag).casefold(): tag for tag in PICKER_LOCALES}
    return names.get(typed.casefold(), typed)


ROUTES = {("GET", "questions"): show, ("POST", "questions"): answer}

"""Questions: what a person has to settle, each with its choices and reasons."""

from __future__ import annotations

from markupsafe import Markup
from werkzeug.wrappers import Request

from captionkit.desk import html
from captionkit.desk.pages import Page, See
from captionkit.desk.session import Session
from captionkit.desk.words import plural
from captionkit.errors import CaptionkitError
from captionkit.sync.decide import Do
from captionkit.workspace import Question
from captionkit.workspace.questions import questions_of

#: Stands for an answer that is not among the choices.
_OTHER = "other"


def show(session: Session, request: Request, failed: CaptionkitError | None = None) -> Page:
    seen, root = session.seen("questions"), session.gate.home
    asked = questions_of(seen)
    files = [one for one in asked if one.choices or one.kind == "recording"]
    by_hand = [one for one in asked if one not in files]
    titles = sorted(
        {media.media_id: media.title for media in seen.summaries}.items(), key=lambda one: one[1].casefold()
    )
    listed = Markup('<datalist id="titles">{}</datalist>').format(
        html.joined(Markup('<option value="{}">{}</option>').format(title, media_id) for media_id, title in titles)
    )
    parts = [_question(one) for one in files]
    body = Markup("{}{}{}{}{}").format(
        html.error(root, failed) if failed else "",
        html.form(root + "questions", html.joined([listed, *parts]), "Save the answers") if files else "",
        Markup("<h2>Files that need another name</h2>{}").format(
            html.items(Markup("<strong>{}</strong>: {}").format(", ".join(one.paths), one.reason) for one in by_hand)
        )
        if by_hand
        else "",
        Markup("<p>{}</p>").format(html.link(root + "changes", plural(conflicts, "conflict") + " to decide"))
        if (conflicts := session.plan("questions").count(Do.CONFLICT))
        else "",
        "" if asked or conflicts else Markup("<p>No questions: every file has its place.</p>"),
    )
    return Page("Questions", body, "questions", 400 if failed else 200)


def _question(one: Question) -> Markup:
    options: list[tuple[str, object]] = [(value, title or value) for value, title in one.choices.items()]
    legend = Markup("Which recording is <strong>{}</strong> for?").format(one.name)
    if one.kind != "recording":
        legend = Markup("What is <strong>{}</strong>?").format(", ".join(one.paths))
    elsewhere = Markup("")
    if one.kind == "recording":
        options.append((_OTHER, "another one, by its title:"))
        elsewhere = Markup(
            '<input name="other {0}" list="titles" aria-label="Title of the recording that {1} is for" size="40">'
        ).format(one.id, one.name)
    files = html.quiet(f"Files: {', '.join(one.paths)}")
    return Markup('<div class="question">{}{}<p>{}</p><p class="hint" dir="auto">{}</p></div>').format(
        html.radios(legend, one.id, options), elsewhere, files, one.reason
    )


def answer(session: Session, request: Request) -> Page | See:
    seen = session.seen("questions")
    by_title = {media.title.casefold(): media.media_id for media in seen.summaries}
    by_id = {media.media_id for media in seen.summaries}
    saved = 0
    try:
        for one in questions_of(seen):
            chosen = request.form.get(one.id, "")
            typed = request.form.get(f"other {one.id}", "").strip()
            if chosen == _OTHER or (not chosen and typed):
                chosen = typed if typed in by_id else by_title.get(typed.casefold(), "")
                if not chosen:
                    raise CaptionkitError(
                        f"there is no recording called {typed!r}", where=one.name, unchanged="It was not settled."
                    )
            if chosen:
                session.workspace.answer(one, chosen)
                saved += 1
    except CaptionkitError as failed:
        session.forget()
        return show(session, request, failed)
    session.forget()
    return See("questions", f"{plural(saved, 'answer')} saved." if saved else "Nothing was chosen.")


ROUTES = {("GET", "questions"): show, ("POST", "questions"): answer}

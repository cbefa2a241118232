"""Recordings: which there are, which lack what; and one of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import quote, urlencode

from markupsafe import Markup
from werkzeug.wrappers import Request

from captionkit.canvas_locales import PICKER_LOCALES
from captionkit.desk import html
from captionkit.desk.pages import Page
from captionkit.desk.pages.changes import comparison
from captionkit.desk.pages.job import AGAIN, progress
from captionkit.desk.session import AT_ONCE, Session, Wait
from captionkit.desk.words import DOES, plural, reason
from captionkit.errors import CaptionkitError
from captionkit.languages import display_name, same_language
from captionkit.library.local_file import LocalFile
from captionkit.remotes.canvas.addresses import page_of as page_of_media
from captionkit.sync.decide import Do
from captionkit.sync.plan import Plan, Step
from captionkit.sync.ports import MediaSummary
from captionkit.workspace.look import Look

#: Recordings on a page.
_ON_A_PAGE = 100
_SHOW = (
    ("", "all"),
    ("automatic", "with automatic captions only"),
    ("errors", "with errors"),
    ("none", "without any"),
)


def show(session: Session, request: Request) -> Page:
    try:
        seen = session.seen(AT_ONCE)
    except Wait as wait:
        return _of_folder(session, progress(session, wait.job, session.gate.home + "recordings", is_part=True), AGAIN)
    except CaptionkitError as failed:
        return _of_folder(session, html.error(session.gate.home, failed))
    unchecked = session.check_in_background()
    lacks, wanted = request.args.get("lacks", ""), request.args.get("show", "")
    text = request.args.get("q", "").strip()
    found = [
        media for media in seen.summaries
        if (not lacks or not _has(seen, media, lacks))
        and (not text or text.casefold() in media.title.casefold())
        and (not wanted or _is(session, seen, media, wanted))
    ]  # fmt: skip
    page = max(1, min(request.args.get("page", 1, type=int), -(-len(found) // _ON_A_PAGE) or 1))
    languages = sorted({tag for media in seen.summaries for tag in _languages(seen, media)}, key=display_name)
    others = sorted({*PICKER_LOCALES, lacks} - {*languages, ""}, key=display_name)
    chosen = [("", "any language"), *((tag, f"{display_name(tag)} ({tag})") for tag in [*languages, *others])]
    inside = html.joined(
        [
            html.field("Title", "q", text, kind="search"),
            html.choice("Lacks captions in", "lacks", chosen, lacks),
            html.choice("Show", "show", _SHOW, wanted),
        ]
    )
    root = session.gate.home
    rows = (_row(session, seen, media, root) for media in found[(page - 1) * _ON_A_PAGE : page * _ON_A_PAGE])
    service = seen.config.features.name
    body = Markup('<div class="filters">{}</div><p role="status">{}</p>{}{}').format(
        html.form(root + "recordings", inside, "Show", method="get", strong=False),
        f"{plural(len(found), 'recording')} of {len(seen.summaries):,}."
        + (f" {plural(unchecked, 'file is', 'files are')} still being checked." if unchecked else ""),
        html.table(
            "Recordings", ("Recording", f"In {service}", "In the folder", "Errors"), rows, empty="No such recording."
        ),
        _pages(root, page, -(-len(found) // _ON_A_PAGE), {"q": text, "lacks": lacks, "show": wanted}),
    )
    return Page("Recordings", body, "recordings")


def _of_folder(session: Session, why: Markup, refresh: int = 0) -> Page:
    """The caption files of the folder, which can be corrected while it is not known what the course has.

    Args:
        why: it is not known.
    """
    service = session.config.features.name
    session.check_in_background()
    files: dict[str, list[LocalFile]] = {}
    for file in session.library.tracks:
        files.setdefault(file.name, []).append(file)
    rows = [
        (name, html.joined([_correct(session, file) for file in those], " "), _errors(session, those))
        for name, those in sorted(files.items())
    ]
    body = Markup("{}{}{}").format(
        why,
        html.lines([f"What {service} has is not known now. The files of the folder can be corrected all the same."]),
        html.table("Files of the folder", ("Recording", "Correct", "Errors"), rows, empty="There are no captions."),
    )
    return Page("Recordings", body, "recordings", refresh=refresh)


def _correct(session: Session, file: LocalFile) -> Markup:
    """A link to where a file is corrected, called by its language."""
    hidden = Markup('<span class="hidden-text">Correct {} </span>').format(file.name)
    return html.link(f"{session.gate.home}file/{session.number_of(file.path)}/",
                     Markup("{}{}").format(hidden, display_name(file.locale)))  # fmt: skip


def _errors(session: Session, files: Sequence[LocalFile]) -> object:
    """How many errors files have together."""
    counts = [session.checks.errors_of(file) for file in files]
    return sum(count or 0 for count in counts) or ("not checked yet" if None in counts else "–")


def _pages(root: str, page: int, last: int, chosen: dict[str, str]) -> Markup:
    if last < 2:
        return Markup("")
    ends = [(page - 1, "Page before"), (page + 1, "Next page")]
    links = [
        html.link(f"{root}recordings?{urlencode({**chosen, 'page': number})}", name)
        for number, name in ends
        if 1 <= number <= last
    ]
    return Markup('<p class="pages">Page {} of {}. {}</p>').format(page, last, html.joined(links, " "))


def _row(session: Session, seen: Look, media: MediaSummary, root: str) -> tuple[object, ...]:
    files = session.files_of(seen, media.media)
    here = ", ".join(sorted(display_name(file.locale) for file in files))
    return (
        html.link(f"{root}recording?media={quote(media.media, safe='')}", media.title or media.media_id),
        _there(media),
        here or "–",
        _errors(session, files),
    )


def _there(media: MediaSummary) -> str:
    if media.tracks is None:
        return "not listed"
    return ", ".join(f"{display_name(t.locale)}{' (automatic)' if t.asr else ''}" for t in media.tracks) or "–"


def _languages(seen: Look, media: MediaSummary) -> Iterator[str]:
    yield from (track.locale for track in media.tracks or ())
    if media.media in seen.local:
        yield from (file.locale for file in seen.local[media.media].files)


def _has(seen: Look, media: MediaSummary, language: str) -> bool:
    """Whether it has captions in this language, here or there. Automatic ones, which nobody has read, do not count."""
    files = seen.local[media.media].files if media.media in seen.local else ()
    tags = [*(file.locale for file in files), *(track.locale for track in media.tracks or () if not track.asr)]
    return any(same_language(tag, language) for tag in tags)


def _is(session: Session, seen: Look, media: MediaSummary, wanted: str) -> bool:
    files = session.files_of(seen, media.media)
    if wanted == "automatic":
        return bool(media.tracks) and all(track.asr for track in media.tracks or ()) and not files
    if wanted == "errors":
        return any(session.checks.errors_of(file) for file in files)
    return not files and not media.tracks


def one(session: Session, request: Request) -> Page:
    """A recording: its tracks on both sides, what would be done, and what can be done."""
    media, root = request.args.get("media", ""), session.gate.home
    seen = session.seen()
    summary = next((one for one in seen.summaries if one.media == media), None)
    if summary is None:
        body = Markup("<p>{} lists no such recording any more.</p>").format(seen.config.features.name)
        return Page("No such recording", body, "recordings", 404)
    plan, failed = session.plan_or_error()
    planned = next((one for one in plan.objects if one.media == media), None) if plan is not None else None
    steps = {step.locale: step for step in planned.steps} if planned else {}
    files = {file.locale: file for file in session.files_of(seen, media)}
    there = {track.locale: track for track in summary.tracks or ()}
    service = seen.config.features.name
    rows = []
    for locale in sorted({*files, *there, *steps}):
        file, step = files.get(locale), steps.get(locale)
        number = session.checks.errors_of(file) if file else None
        errors = f", {plural(number, 'error')}" if number else ""
        act: object = "–"
        if file:
            address = f"{root}file/{session.number_of(file.path)}/"
            act = html.link(address, Markup('Correct <span class="hidden-text">{}</span>').format(file.path))
        if file and locale in there and step is not None:
            act = Markup("{} {}").format(act, comparison(root, media, locale))
        rows.append(
            (
                f"{display_name(locale)} ({locale})",
                f"{file.path}{errors}" if file else "–",
                "–" if locale not in there else "automatic" if there[locale].asr else "there",
                _would_be(step, plan) if step and plan else _as_it_is(plan, file, service),
                act,
            )
        )
    heads = ("Language", "File", f"In {service}", "What would be done, and why", "What you can do")
    blocked = planned.blocked if planned and planned.blocked and planned.blocked != "conflict" else ""
    body = Markup("{}{}{}<p>{}</p>").format(
        html.error(root, failed) if failed else "",
        html.lines([f"Nothing is done here: {blocked}"] if blocked else []),
        html.table("Captions of this recording", heads, rows, empty="There are no captions for this recording."),
        html.joined(_next(root, seen, media), " "),
    )
    return Page(summary.title or summary.media_id, body, "recordings")


def _would_be(step: Step, plan: Plan) -> str:
    """What would be done to a track, and why."""
    return reason(step, plan) if step.do is Do.KEEP else f"{DOES[step.do]}: {reason(step, plan)}"


def _as_it_is(plan: Plan | None, file: LocalFile | None, service: str) -> str:
    """What a plan says nothing about."""
    if plan is None:
        return "not compared"
    return "the same here and there" if file is not None else f"only in {service}: Bring takes it into the folder"


def _next(root: str, seen: Look, media: str) -> Iterator[Markup]:
    if address := page_of_media(seen.config.url, media):
        service = Markup('<a href="{}" target="_blank" rel="noopener noreferrer">Watch in {} (a new tab)</a>')
        yield service.format(address, seen.config.features.name)
    yield html.link(root + "changes", "All changes")
    yield html.link(root + "recordings", "All recordings")


ROUTES = {("GET", "recordings"): show, ("GET", "recording"): one}

"""Evidence: the audit of this course, to look at, to print, to open in Excel."""

from __future__ import annotations

from importlib.util import find_spec

from markupsafe import Markup
from werkzeug.wrappers import Request, Response

from captionkit.auditing.exceptions import parse
from captionkit.auditing.reports import Figures, load
from captionkit.auditing.standards import STANDARDS
from captionkit.auditing.totals import totals
from captionkit.desk import html
from captionkit.desk.gate import HEADERS, WHOLE_PAGE
from captionkit.desk.job import Job
from captionkit.desk.pages import Page, See
from captionkit.desk.session import Session
from captionkit.errors import CaptionkitError, ConfigError
from captionkit.languages import canonical, is_known
from captionkit.workspace.evidence import audit_of

#: name in the address -> (report, type of its content)
_FORMS = {
    "report.html": ("html", "text/html; charset=utf-8"),
    "evidence.html": ("evidence", "text/html; charset=utf-8"),
    "recordings.xlsx": ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "recordings.csv": ("csv", "text/csv; charset=utf-8"),
    "audit.json": ("json", "application/json"),
}
_NAMES = {
    "report.html": "The report, to look at and to filter",
    "evidence.html": "One page of evidence, to print",
    "recordings.xlsx": "A workbook for Excel",
    "recordings.csv": "A table (CSV)",
    "audit.json": "The snapshot, to compare with later",
}


def show(session: Session, request: Request, failed: CaptionkitError | None = None) -> Page:
    root, asked = session.gate.home, {**session.evidence, **request.form}
    standards = [("", "none"), *((key, standard.title) for key, standard in STANDARDS.items())]
    inside = html.joined(
        [
            html.field("Languages that every recording must have", "require", asked.get("require", "en"),
                       hint="Their tags, with commas between: en, es"),
            html.choice("Standard", "standard", standards, asked.get("standard", "ada-title-ii")),
            html.field("Handed in by", "by", asked.get("by", "")),
            html.field("Recordings that need no captions", "exceptions", kind="file", more=Markup('accept=".csv"'),
                       hint="If there are any: a table saved as CSV UTF-8 with the columns media, course, reason and "
                       "until."),
        ]
    )  # fmt: skip
    made = [html.link(f"{root}evidence/{name}", _NAMES[name]) for name in _NAMES if name in session.reports]
    body = Markup("{}{}{}{}").format(
        html.error(root, failed) if failed else "",
        html.lines(["A report of which recordings of this course have captions, as they are now. Nothing is changed."]),
        Markup("<h2>Made just now</h2>{}").format(html.items(made)) if made else "",
        html.form(root + "evidence", inside, "Make the report", has_file=True),
    )
    return Page("Evidence", body, "evidence", 400 if failed else 200)


def make(session: Session, request: Request) -> Page | See:
    tags = [tag.strip() for tag in request.form.get("require", "").split(",") if tag.strip()]
    unknown = next((tag for tag in tags if not is_known(tag)), None)
    if unknown is not None:
        return show(session, request, CaptionkitError(f"{unknown!r} is no language tag", hint="For instance en, es."))
    standard, by = request.form.get("standard", ""), request.form.get("by", "").strip()
    if standard and standard not in STANDARDS:
        return show(session, request, CaptionkitError(f"{standard!r} is no standard that is known here"))
    try:
        given = request.files.get("exceptions")
        exemptions = parse(given.read(), given.filename) if given is not None and given.filename else []
    except ConfigError as failed:
        return show(session, request, failed)
    session.evidence = {"require": ", ".join(tags), "standard": standard, "by": by}

    def work(job: Job) -> None:
        audit = audit_of(
            session.workspace,
            required=[canonical(tag) for tag in tags],
            standard=standard,
            exemptions=exemptions,
            listen=session.jobs.hear,
        )
        figures = Figures(totals(audit), by=by)
        session.reports = {
            name: _as_bytes(load(form)(audit, figures))
            for name, (form, _) in _FORMS.items()
            if form != "xlsx" or find_spec("xlsxwriter") is not None
        }

    job = session.jobs.begin("Making the report", work, then="evidence")
    return See(f"job/{job.number}")


def _as_bytes(made: str | bytes) -> bytes:
    return made if isinstance(made, bytes) else made.encode("utf-8")


def report(session: Session, request: Request) -> Response:
    name = request.args.get("name", "")
    if name not in session.reports:
        return Response("There is no such report.", 404, headers=HEADERS)
    _, kind = _FORMS[name]
    headers = dict(WHOLE_PAGE if kind.startswith("text/html") else HEADERS)
    if not kind.startswith("text/html"):
        headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return Response(session.reports[name], content_type=kind, headers=headers)


ROUTES = {("GET", "evidence"): show, ("POST", "evidence"): make, ("GET", "evidence/report"): report}

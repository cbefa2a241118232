"""A piece of work while it goes on: how far it is, a line a recording, Stop; and what came of it."""

from __future__ import annotations

import json
from collections.abc import Iterator

from markupsafe import Markup
from werkzeug.wrappers import Request, Response

from captionkit.desk import html
from captionkit.desk.gate import HEADERS
from captionkit.desk.job import Job
from captionkit.desk.pages import Page, See
from captionkit.desk.session import Session
from captionkit.desk.words import WORDS, called, in_recordings, plural
from captionkit.sync.decide import Do, Way
from captionkit.sync.results import Ending, Result
from captionkit.sync.run import Report
from captionkit.sync.show import report_lines
from captionkit.workspace import Verification

#: Seconds after which a browser without script asks again.
AGAIN = 2
_ENDINGS = {
    Ending.COMMITTED: "done",
    Ending.CONVERGED: "done already",
    Ending.RECORDED: "recorded",
    Ending.STALE: "left: changed meanwhile",
    Ending.REFUSED: "refused",
    Ending.FAILED: "failed, nothing changed",
    Ending.FOREIGN: "somebody else wrote at the same time",
    Ending.UNKNOWN: "the outcome is unknown",
    Ending.NOT_STARTED: "not started",
}


def show(session: Session, request: Request) -> Page | See:
    job = session.jobs.get(request.args.get("number", 0, type=int))
    if job is None:
        return Page("Nothing here", Markup("<p>There is no such work.</p>"), "-", 404)
    if job.finished and job.error is None and job.then:
        return See(job.then)
    return running(session, job) if not job.finished else ended(session, job)


def running(session: Session, job: Job, again: str = "") -> Page:
    """How far it is. The script keeps it up to date; without, the page asks again.

    Args:
        again: the address of the page that waits for it; "" where the job's own page is it.
    """
    return Page(job.title, progress(session, job, again), "-", refresh=AGAIN)


def progress(session: Session, job: Job, again: str = "", *, is_part: bool = False) -> Markup:
    """The part of a page that says how far a job is.

    Args:
        again: as in `running`. is_part: whether the page has something to read already, and stays when it is complete.
    """
    root = session.gate.home
    far = f"{job.done:,} of {job.total:,}" if job.total else f"{job.done:,}" if job.done else ""
    bar = Markup('<progress id="bar" max="{}" value="{}" aria-label="How far it is"></progress>').format(
        job.total or 1, job.done if job.total else 0
    )
    stop = html.button(f"{root}job/{job.number}/stop", "Stop after what is in hand") if job.stoppable else ""
    stopping = "Stopping after what is in hand." if job.stopping else ""
    rows = [(title or media, said) for media, title, said in job.state()["lines"]]
    recordings = html.table("Recordings", ("Recording", "How far"), rows, empty="")
    stop = "" if job.stopping else stop
    return Markup(
        '<div id="job" data-events="{0}job/{1}/events" data-then="{2}"{3}><p id="doing" role="status">{4} {5}</p>{6}'
        '<p id="stopping">{7}</p>{8}<div id="lines">{9}</div></div>'
    ).format(
        root,
        job.number,
        again or f"{root}job/{job.number}",
        Markup(" data-part") if is_part else "",
        job.doing or job.title,
        far,
        bar,
        stopping,
        stop,
        recordings,
    )


def ended(session: Session, job: Job) -> Page:
    """What came of it, and what can be done now."""
    root = session.gate.home
    parts: list[Markup] = []
    title = f"{job.title}: ended"
    if job.error is not None:
        parts.append(html.error(root, job.error))
        title = f"{job.title}: not done"
    elif isinstance(job.result, Report):
        title = _title(job, job.result)
        parts.append(_report(session, job, job.result))
    elif isinstance(job.result, Verification):
        title = "As the run left it?"
        parts.append(_verified(job.result))
    notes = html.lines(job.notes)
    after = html.joined([html.link(root, "Overview"), html.link(root + "changes", "Changes"),
                         html.link(root + "history", "History")], " ")  # fmt: skip
    return Page(title, Markup("{}{}<p>{}</p>").format(html.joined(parts), notes, after), "-")


def _title(job: Job, report: Report) -> str:
    if report.interrupted:
        return f"{job.title}: stopped"
    good = {Ending.COMMITTED, Ending.CONVERGED, Ending.RECORDED}
    is_good = all(result.ending in good for result in report.results) and not report.local_failure
    return f"{job.title}: done" if is_good else f"{job.title}: done, with remarks"


def _report(session: Session, job: Job, report: Report) -> Markup:
    root = session.gate.home
    lines = report_lines(report, WORDS, backup="the copies of this run, which Undo brings back", each=False)
    *said, _ = map(in_recordings, lines)  # the last one is the number of requests
    rows = [(called(one.media), _ENDINGS[one.ending], html.lines(_why(one))) for one in report.results]
    acts = []
    if conflicts := report.plan.count(Do.CONFLICT):
        acts.append(html.link(root + "changes", f"{plural(conflicts, 'conflict')} left to decide"))
    if report.plan.unmatched:
        acts.append(html.link(root + "questions", f"{plural(len(report.plan.unmatched), 'file')} without a place"))
    if report.ended(Ending.NOT_STARTED):
        acts.append(html.link(root + "resume", "Go on where this stopped"))
    undoes = report.plan.what == "restore"
    if undoes and report.results:
        acts.append(html.link(f"{root}bring?after={job.number}", "Bring the folder in step, too…"))
    if report.run and report.ended(Ending.COMMITTED) and report.plan.way is Way.PUSH:
        acts.append(html.link(f"{root}undo?run={report.run}", "Undo this…"))
    kept = "The files of the folder are as they were: the next look at the changes would send them again."
    return Markup("{}{}<p>{}</p>").format(
        html.lines([*said, kept] if undoes else said),
        html.table("What became of each recording", ("Recording", "What", "More about it"), rows, empty=""),
        html.joined(acts, " · "),
    )


def _why(result: Result) -> Iterator[str]:
    """What there is to say about the end of a recording's part."""
    yield in_recordings(result.message).replace("to resume does", "“Go on” under History does")
    yield from map(in_recordings, result.notes)


def _verified(found: Verification) -> Markup:
    if not found.differing:
        return Markup("<p>Everything still is as the run left it.</p>")
    rows = [(one.title or one.media, html.joined(one.lines, Markup("<br>"))) for one in found.differing]
    return html.table("Not as the run left them", ("Recording", "What is otherwise"), rows)


def events(session: Session, request: Request) -> Response:
    """The states of a job as server-sent events, until it is finished."""
    job = session.jobs.get(request.args.get("number", 0, type=int))
    if job is None:
        return Response(status=404)

    def stream() -> Iterator[bytes]:
        for state in job.states(session.closed.is_set):
            yield b": still there\n\n" if state is None else b"data: " + json.dumps(state).encode() + b"\n\n"

    return Response(stream(), mimetype="text/event-stream", headers=HEADERS, direct_passthrough=True)


def stop(session: Session, request: Request) -> See:
    number = request.args.get("number", 0, type=int)
    if (job := session.jobs.get(number)) is not None:
        job.stop()
    return See(f"job/{number}")


ROUTES = {("GET", "job"): show, ("GET", "job/events"): events, ("POST", "job/stop"): stop}

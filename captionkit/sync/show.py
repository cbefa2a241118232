"""A plan and its results as a person reads them: plain lines, no colour needed, every reason in words.

What a person can do about it is worded by the front end, which has options or buttons for it: see `Words`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from captionkit.library.others import listed
from captionkit.sync.decide import WHY, Do, Way
from captionkit.sync.plan import MediaPlan, Plan, Step, called
from captionkit.sync.ports import Cost
from captionkit.sync.results import Ending, Result
from captionkit.sync.run import Report

#: The sign is for the eye, the word is for everyone.
SIGNS = {
    Do.CREATE: "+ create",
    Do.UPDATE: "~ update",
    Do.RECREATE: "~ recreate",
    Do.DELETE: "- delete",
    Do.KEEP: "= keep",
    Do.ADOPT: "= record",
    Do.SKIP: ". skip",
    Do.HOLD: "! not sent",
    Do.MANUAL: "! manual",
    Do.CONFLICT: "! conflict",
    Do.WRITE: "+ write",
    Do.REPLACE: "~ replace",
    Do.REMOVE: "- delete",
}

_FORMS = {"vtt": "as WebVTT", "srt": "as SRT", "as-is": "as it was saved"}

#: So many of a kind are shown one by one.
_FEW = 3
#: So many differences that are left are named.
_MANY = 20
#: An exposure window longer than this many seconds is worth a line (guides/sync.md, section 6).
WINDOW_WORTH_A_NOTE = 2.0


@dataclass(frozen=True, slots=True)
class Words:
    """How a front end says what a person can do.

    Attributes:
        advice: about a step of a plan of this way; "" for nothing.
        settle: how the conflicts of a media object are decided.
        lift: how checks that hold something back are lifted, by their names.
        all_held: how all that is held back is shown.
        resume: how a run that was interrupted goes on.
        ask: how what is not used is settled, "" for nothing more than stands there.
        convert: how these files, in formats that are not sent, are converted; "" for nothing.
    """

    advice: Callable[[Way, Step], str] = lambda way, step: ""
    settle: Callable[[MediaPlan], str] = lambda media: "somebody has to choose whose version counts"
    lift: Callable[[tuple[str, ...]], str] = lambda checks: f"after lifting {', '.join(checks)}"
    all_held: str = "a plan shows them"
    resume: str = "To resume goes on where this stopped; another push compares afresh first."
    ask: str = ""
    convert: Callable[[Sequence[str]], str] = lambda paths: ""


NO_WORDS = Words()


def plan_lines(plan: Plan, words: Words = NO_WORDS, *, done: bool = False) -> Iterator[str]:
    """The whole plan: each media object with something to do or to report, each of its languages, what happens and why.

    Args:
        done: it is what was done.
    """
    if plan.way is Way.PUSH:
        yield f"{plan.remote.base_url}, {plan.remote.scope}, as user {plan.remote.user_id}"
    for media in plan.objects:
        if plan.way is Way.PUSH or any(step.why != "clean" for step in media.steps):
            yield ""
            yield from _media_lines(media, plan, words)
    if plan.unmatched:
        yield ""
        yield "In the folder, and not used:"
        yield from (f"  {line}" for line in plan.unmatched)
        if words.ask and plan.way is Way.PUSH:  # what a pull does not use are files that cannot be read
            yield f"  {words.ask}"
    if plan.unconverted:
        yield ""
        yield from listed([f"{path}: {what}" for path, what in plan.unconverted.items()],
                          words.convert(list(plan.unconverted)))  # fmt: skip
    yield ""
    yield from summary_lines(plan, words, done=done)


def _media_lines(media: MediaPlan, plan: Plan, words: Words) -> Iterator[str]:
    service = plan.remote.features.name
    yield f"{media.title or media.media}  ({called(media.media)})"
    if media.gone:
        yield (
            f"  . gone  {service} does not list this recording any more: it was deleted or moved, or you may not see "
            "it now. This is said once"
        )
    if media.blocked:
        yield f"  nothing is done here: {words.settle(media) if media.blocked == 'conflict' else media.blocked}"
    steps = [step for step in media.steps if plan.way is Way.PUSH or step.why != "clean"]
    width = max((len(step.locale) for step in steps), default=0)
    for step in steps:
        yield f"  {SIGNS[step.do]:<10}  {step.locale:<{width}}  {why(step, plan, words)}"


def why(step: Step, plan: Plan, words: Words = NO_WORDS) -> str:
    """The reason of a step in words, with what can be done about it."""
    service = plan.remote.features.name
    text, advice = _named(WHY.get(step.why, step.why), service), words.advice(plan.way, step)
    if advice:
        text += f" ({advice})"
    if step.do is Do.RECREATE:
        text += f"; {service} would go on showing the old text, so the track is deleted and made anew"
    if step.size:
        text += f" [{step.path}, sent {_FORMS.get(step.send, 'as SRT')}, {_size(step.size)}]"
    elif step.path and step.why != "clean":
        text += f" [{step.path}]"
    if step.held:
        return f"{text} ({', '.join(step.held)}): {step.note}"
    return f"{text}: {step.note}" if step.note else text


def summary_lines(plan: Plan, words: Words = NO_WORDS, *, done: bool = False) -> Iterator[str]:
    """What the plan comes to, in numbers."""
    count = plan.count
    if plan.way is Way.PULL:
        yield _pull_summary(plan, done=done)
        return
    parts = [
        f"{count(Do.CREATE)} to create",
        f"{count(Do.UPDATE) + count(Do.RECREATE)} to update",
        f"{count(Do.DELETE)} to delete",
        f"{count(Do.KEEP) + count(Do.ADOPT)} kept",
    ]
    if count(Do.CONFLICT):
        parts.append(_plural(count(Do.CONFLICT), "conflict"))
    if count(Do.MANUAL):
        parts.append(f"{count(Do.MANUAL)} to do by hand in {plan.remote.features.name}")
    if count(Do.HOLD):
        parts.append(f"{count(Do.HOLD)} held back")
    theirs = _kept_as_somebody_elses(plan)
    refused = sum(len(media.refusals) for media in plan.objects) - count(Do.MANUAL) - count(Do.HOLD) - theirs
    if refused:
        parts.append(f"{refused} that cannot be sent")
    yield ", ".join(parts) + "."
    if count(Do.HOLD):
        checks = dict.fromkeys(check for _, step in plan.steps() for check in step.held)
        lifted = words.lift(tuple(checks))
        yield f"Held back is what viewers should not get as it is. Mend it, or send it all the same {lifted}."
    about = [f"{_plural(plan.unchanged, 'media object')} unchanged"]
    if plan.media_only:
        about.append(f"{_plural(plan.media_only, 'recording')} in {plan.remote.features.name} that no file here is for")
    if plan.gone_before:
        gone = f"gone from {plan.remote.features.name} that files here are for"
        about.append(f"{_plural(plan.gone_before, 'recording')} {gone}")
    if plan.unmatched:
        about.append(_plural(len(plan.unmatched), *_NOT_USED))
    if plan.unconverted:
        about.append(_plural(len(plan.unconverted), *_NOT_CONVERTED))
    yield ", ".join(about) + "."


def report_lines(
    report: Report, words: Words = NO_WORDS, *, backup: str = "the run's backup", each: bool = True
) -> Iterator[str]:
    """What a run did, what it did not, and what it cost.

    Args:
        backup: where the run saved what it replaced, as a person finds it.
        each: whether what became of each media object is said here.
    """
    if not report.run:
        yield _nothing_sent(report.plan)
    not_started = report.ended(Ending.NOT_STARTED)
    for result in report.results if each else ():
        if result.ending is not Ending.NOT_STARTED or len(not_started) <= _FEW:
            yield from _result_lines(result)
    if each and len(not_started) > _FEW:
        names = ", ".join(result.media.title or called(result.media.media) for result in not_started[:_FEW])
        yield f"NOT STARTED: {names} and {len(not_started) - _FEW} more: {not_started[0].message}"
    done = report.ended(Ending.COMMITTED)
    if report.run:
        tracks = sum(len(result.media.changes) for result in done)
        parts = [f"{_plural(tracks, 'track')} of {_plural(len(done), 'media object')} sent, read back and verified"]
        for ending, words_of_it in (
            (Ending.CONVERGED, "already as planned"),
            (Ending.RECORDED, "equal and now recorded"),
            (Ending.STALE, "left alone because they changed meanwhile"),
            (Ending.REFUSED, f"refused by {report.plan.remote.features.name}"),
            (Ending.FAILED, "failed, nothing changed"),
            (Ending.FOREIGN, "written to by somebody else at the same time"),
            (Ending.UNKNOWN, "with an unknown outcome"),
            (Ending.NOT_STARTED, "not started"),
        ):
            number = len(report.ended(ending))
            if number:
                parts.append(f"{number} {words_of_it}")
        yield ", ".join(parts) + "."
    saved = sum(result.saved for result in report.results)
    held = [(media, step) for media, step in report.plan.steps() if step.do is Do.HOLD]
    for media, step in held[:_FEW]:
        yield f"NOT SENT: {step.locale} of {media.title or called(media.media)}: {step.note}"
    if len(held) > _FEW:
        yield f"NOT SENT: {len(held) - _FEW} more that are held back; {words.all_held}."
    if saved:
        yield f"Saved before anything was replaced: {_plural(saved, 'track')} in {backup}"
    yield from _removed_lines(report.plan)
    if report.local_failure:
        yield f"error: {' '.join(report.local_failure.split())}"
    if not_started:
        yield words.resume
    yield cost_line(report.cost, report.plan.remote.features.name)


def _nothing_sent(plan: Plan) -> str:
    service = plan.remote.features.name
    held = plan.count(Do.HOLD)
    theirs = _kept_as_somebody_elses(plan)
    refused = sum(len(media.refusals) for media in plan.objects) - plan.count(Do.MANUAL) - held - theirs
    blocked = sum(bool(media.blocked) and not media.conflicts for media in plan.objects)
    reasons = [
        _plural(number, *words)
        for number, words in (
            (plan.count(Do.CONFLICT), ("conflict",)),
            (held, ("track held back", "tracks held back")),
            (refused, ("track that cannot be sent", "tracks that cannot be sent")),
            (theirs, ("track kept that somebody else made", "tracks kept that somebody else made")),
            (blocked, ("media object that cannot be changed", "media objects that cannot be changed")),
            (
                plan.count(Do.MANUAL),
                (f"track to be done by hand in {service}", f"tracks to be done by hand in {service}"),
            ),
            *((sum(step.why in whys for _, step in plan.steps()), words) for whys, words in _left_as_it_is(service)),
            (len(plan.gone), (f"recording that is gone from {service}", f"recordings that are gone from {service}")),
            (len(plan.unmatched), _NOT_USED),
            (len(plan.unconverted), _NOT_CONVERTED),
        )
        if number
    ]
    if not reasons and any(step.why in ("restored", "not-restored") for _, step in plan.steps()):
        return "Nothing to restore: everything that the run changed is as it was before. No request changed anything."
    if not reasons and plan.gone_before:
        gone = _plural(plan.gone_before, "recording is", "recordings are")
        return (
            f"Nothing to send: {gone} gone from {service}, with captions in this folder; of the others {service} has "
            "what the folder has. No request changed anything."
        )
    if not reasons and not plan.elsewhere:
        return f"Nothing to send: {service} has just what this folder has. No request changed anything."
    if not reasons:
        besides = f"{service} has what this folder has, and besides {_plural(plan.elsewhere, 'track')}"
        unread = (
            f", {'' if plan.unread == plan.elsewhere else f'{plan.unread} of them '}made by colleagues, whose text "
            f"{service} does not show you"
            if plan.unread
            else " (pull brings what is not here)"
        )
        return f"Nothing to send: {besides}{unread}. No request changed anything."
    return f"Nothing was sent: {', '.join(reasons)}. No request changed anything."


def _kept_as_somebody_elses(plan: Plan) -> int:
    """Tracks that were to be deleted, and are kept because somebody else made them."""
    return sum(step.why == "colleagues-removed" for _, step in plan.steps())


def _removed_lines(plan: Plan) -> Iterator[str]:
    """The differences that are left because somebody deleted a track: what a scheduled job has to tell of."""
    removed = plan.removed_there
    if removed:
        service = plan.remote.features.name
        shown = ", ".join(f"{step.locale} of {media.title or called(media.media)}" for media, step in removed[:_MANY])
        more = f" and {len(removed) - _MANY} more" if len(removed) > _MANY else ""
        verb = "was" if len(removed) == 1 else "were"
        yield f"{_plural(len(removed), 'difference')} left: {shown}{more} {verb} deleted in {service}"


_NOT_CONVERTED = ("caption file in another format", "caption files in other formats")
_NOT_USED = ("thing in the folder that was not used", "things in the folder that were not used")


def _left_as_it_is(service: str) -> tuple[tuple[frozenset[str], tuple[str, str]], ...]:
    """What a push leaves alone on purpose: reasons, and what one such track and several are called."""
    stays = {"removal-kept", "removal-incomplete", "removal-unnamed", "not-askable"}
    return (
        (frozenset({"remote-edit"}), (f"track edited in {service}", f"tracks edited in {service}")),
        (frozenset({"remote-removal"}), (f"track deleted in {service}", f"tracks deleted in {service}")),
        (frozenset(stays), ("track that stays without a file here", "tracks that stay without files here")),
        (frozenset({"resolved-remote"}), ("track left as you chose", "tracks left as you chose")),
    )


def _result_lines(result: Result) -> Iterator[str]:
    name = f"{result.media.title or result.media.media}  ({called(result.media.media)})"
    if result.message:
        yield f"{name}: {result.ending.upper()}: {result.message}"
    for note in result.notes:
        yield f"{name}: note: {note}"
    if result.window > WINDOW_WORTH_A_NOTE:
        yield (
            f"{name}: note: {result.window:.1f} seconds passed between our last look and Canvas's answer; an edit by "
            "somebody else to a track we replaced within them would not be seen"
        )


def _pull_summary(plan: Plan, *, done: bool) -> str:
    count = plan.count
    parts = [
        f"{count(Do.WRITE) + count(Do.REPLACE)} {'written' if done else 'to write'}",
        f"{count(Do.REMOVE)} {'deleted' if done else 'to delete'}",
        f"{count(Do.KEEP) + count(Do.ADOPT)} kept",
    ]
    if count(Do.CONFLICT):
        parts.append(_plural(count(Do.CONFLICT), "conflict"))
    if count(Do.SKIP):
        parts.append(f"{count(Do.SKIP)} that cannot be brought")
    return ", ".join(parts) + f"; {_plural(plan.unchanged, 'media object')} unchanged."


def _named(text: str, service: str) -> str:
    """One of our own sentences with the service's name in it; never a title or a file name."""
    return text.replace("Canvas", service)


def cost_line(cost: Cost, service: str = "Canvas") -> str:
    """How many requests it took."""
    total = sum(cost.requests.values())
    kinds = ", ".join(f"{number} {method}" for method, number in sorted(cost.requests.items()))
    line = f"{_plural(total, 'request')} to {service} ({kinds})" if total else f"No request to {service}"
    if cost.throttled:
        line += f", {cost.throttled} of them throttled and repeated"
    return line + "."


def plan_events(plan: Plan, words: Words = NO_WORDS) -> Iterator[Mapping[str, object]]:
    """The plan for machines, one object for each track."""
    for media in plan.gone:
        yield {"event": "gone", "media": media.media, "title": media.title}
    for media, step in plan.steps():
        about = {"media": media.media, "title": media.title}
        if plan.way is Way.PULL:
            do = "delete" if step.do is Do.REMOVE else str(step.do)
            more = {"locale": step.locale, "do": do, "why": step.why, "path": step.path, "note": step.note}
            yield {"event": "track", **about, **more}
        else:
            yield {"event": "step", **about, **step.as_json(), "says": why(step, plan, words)}
    if plan.way is Way.PULL:
        yield {"event": "pull", "run": plan.run, "unchanged": plan.unchanged}
    else:
        yield {"event": "plan", "plan_id": plan.plan_id, "summary": plan.summary, **_unused(plan, words)}


def _unused(plan: Plan, words: Words) -> dict[str, object]:
    """What of the folder is not sent."""
    return {
        "unmatched": list(plan.unmatched),
        "unconverted": dict(plan.unconverted),
        "convert": words.convert(list(plan.unconverted)),
    }


def report_events(report: Report) -> Iterator[Mapping[str, object]]:
    """What a run did for machines, one object for each media object, and one for the whole."""
    for result in report.results:
        yield {
            "event": "result",
            "media": result.media.media,
            "title": result.media.title,
            "ending": str(result.ending),
            "message": result.message,
            "notes": list(result.notes),
            "window_ms": round(result.window * 1000),
        }
    yield {
        "event": "run",
        "run": report.run,
        "exit_code": int(report.exit_code),
        "requests": dict(report.cost.requests),
        "throttled": report.cost.throttled,
        "interrupted": report.interrupted,
        "deleted_there": [{"media": m.media, "locale": s.locale} for m, s in report.plan.removed_there],
    }


def _plural(number: int, one: str, many: str = "") -> str:
    return f"{number} {one}" if number == 1 else f"{number} {many or one + 's'}"


def _size(size: int) -> str:
    return f"{size} bytes" if size < 1000 else f"{size / 1000:.1f} kB"

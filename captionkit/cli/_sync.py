"""A plan made, shown, asked about, carried out and told of: what the sync commands have in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from captionkit.cli._output import confirm, echo, somebody_can_answer
from captionkit.cli._terminal import interruptible, print_events, print_lines, progress_line
from captionkit.errors import StaleError, UsageError
from captionkit.sync.decide import NOTHING_TO_DECIDE, TAKEN_BACK, Do, Policy

if TYPE_CHECKING:
    from captionkit.cli._workspace import Workspace
    from captionkit.sync.journal import Past
    from captionkit.sync.plan import Plan
    from captionkit.sync.survey import Surveyed


def named_tracks(work: Workspace, policy: Policy) -> Policy:
    """The policy with what `--resolve` names as media ids: a title or a name in the folder will do, too.

    Raises:
        UsageError: where it names no media object, or several.
    """
    from captionkit.cli._workspace import is_meant
    from captionkit.library.match import title_key

    resolve = {}
    for key, side in policy.resolve.items():
        text, _, locale = key.rpartition("/")
        wanted = title_key(text)
        fits = {s.media for s in work.summaries if is_meant(text, s)}
        fits = fits or {s.media for s in work.summaries if title_key(s.title) == wanted}
        fits = fits or {media for media, local in work.local.items() if title_key(local.name) == wanted}
        if len(fits) != 1:
            raise UsageError(
                f"--resolve {key}={side}: {len(fits) or 'no'} media objects have this id, title or name",
                unchanged="Nothing was done.",
                hint="`captionkit status` shows the media ids.",
            )
        resolve[f"{fits.pop().rpartition('/')[2]}/{locale}"] = side
    return replace(policy, resolve=resolve)


def check_same_way(plan: Plan, work: Workspace) -> None:
    """Refuse to do by the media id what was planned by the file, or the other way: they do not show the same.

    Raises:
        StaleError: naming the first media object that is reached otherwise now.
    """
    from captionkit.sync.ports import by_file

    for media in plan.changing:
        now = work.manifest.summary_of(media.media, work.summaries)
        if now is None and by_file(media.media) and work.config.path == "media_objects":
            # A plan records nothing but itself, so whose file it was is not known here; the title is.
            now = next((summary for summary in work.summaries if summary.title == media.title), None)
        if now is not None and now.media != media.media:
            raise StaleError(
                f"this was planned for {media.media}, and {media.title} is reached as {now.media} now",
                unchanged="Nothing was sent to Canvas.",
                hint="Set `path` under [canvas] in captionkit.toml to what it was, or make a new plan.",
            )


def check_still_removed(plan: Plan, work: Workspace) -> None:
    """Refuse to delete in Canvas what a plan found removed from the folder, where the file is back.

    Raises:
        StaleError: naming the first such file.
    """
    for media in plan.changing:
        local = work.local.get(media.media)
        files = {file.locale: file.path for file in local.files} if local is not None else {}
        for step in media.changes:
            if step.do is Do.DELETE and step.why not in TAKEN_BACK and step.locale in files:
                raise StaleError(
                    f"{files[step.locale]} is in the folder now, and was not when this plan was made, which deletes "
                    f"{step.locale} of {media.title}",
                    unchanged="Nothing was sent to Canvas.",
                    hint="Make a new plan with `captionkit plan FOLDER --out plan.json` and look at it again.",
                )


def check_resolved(policy: Policy, tracks: Iterable[tuple[str, str, str]]) -> None:
    """Refuse a `--resolve` for a track about which there is nothing to decide: it would be without effect.

    Args:
        tracks: (media, locale, why) of everything that was looked at.

    Raises:
        UsageError: naming it.
    """
    open_ones = {
        f"{media.rpartition('/')[2]}/{locale}" for media, locale, why in tracks if why not in NOTHING_TO_DECIDE
    }
    for key, side in policy.resolve.items():
        if key not in open_ones:
            raise UsageError(
                f"--resolve {key}={side}: there is nothing to decide about this track",
                unchanged="Nothing was done.",
                hint="`captionkit status` shows the tracks that differ.",
            )


def make_plan(work: Workspace, policy: Policy, *, show_unchanged: bool = False, quiet: bool = False) -> Surveyed:
    """Compare the folder with the remote."""
    import time

    from captionkit.library.lengths import Lengths
    from captionkit.sync.journal import stamp
    from captionkit.sync.survey import survey

    policy = named_tracks(work, policy)
    lengths = Lengths(work.library.recordings)
    surveyed = survey(
        remote=work.remote,
        identity=work.identity,
        files=work.store,
        manifest=work.manifest,
        folder=work.local,
        summaries=work.summaries,
        policy=policy,
        created_at=stamp(time.time()),
        unmatched=work.unmatched if work.only is None else (),
        only=work.only,
        show_unchanged=show_unchanged,
        length_of=lambda media: lengths.of(work.local[media].name) if media in work.local else 0,
        progress=progress_line(quiet=quiet),
    )
    check_resolved(policy, ((media.media, step.locale, step.why) for media, step in surveyed.plan.steps()))
    return surveyed


def ask_and_carry_out(work: Workspace, surveyed: Surveyed, *, what: str, yes: bool, as_json: bool) -> int:
    """Show a plan, ask, carry it out, and say what was done. Returns the exit code."""
    ask_first(work, surveyed.plan, yes=yes, as_json=as_json)
    code = carry_out_and_tell(work, surveyed.plan, what=what, contents=surveyed.contents, as_json=as_json)
    if what == "restore" and surveyed.plan.changing and not as_json:
        echo(
            "The files in the folder are as they were. `captionkit pull` brings what came back into it; with "
            "--delete it also removes the files of captions that are gone again."
        )
    return code


def ask_first(work: Workspace, plan: Plan, *, yes: bool, as_json: bool) -> None:
    """Show a plan, and ask whether it is to be carried out.

    Raises:
        GuardRefused: it goes beyond a limit.
        UsageError: nobody can be asked.
    """
    from captionkit.sync.run import check_guards
    from captionkit.sync.show import plan_events, plan_lines

    if as_json:
        print_events(plan_events(plan))
    else:
        print_lines(plan_lines(plan))
    check_guards(plan, work.manifest)
    if plan.changing and not yes:
        _ask(len(plan.changing), work.service)


def carry_out_and_tell(
    work: Workspace,
    plan: Plan,
    *,
    what: str,
    as_json: bool,
    contents: Mapping[str, str] | None = None,
    past: Past | None = None,
) -> int:
    """Carry out a plan, interruptible and with progress, and say what was done. Returns the exit code."""
    from captionkit.sync.run import carry_out
    from captionkit.sync.show import report_events, report_lines
    from captionkit.sync.store import SystemClock, who_is_here

    with interruptible() as stopped:
        report = carry_out(
            plan,
            run=past.run if past else work.store.new_run(plan.plan_id),
            what=what,
            remote=work.remote,
            store=work.store,
            files=work.store,
            clock=SystemClock(),
            manifest=work.manifest,
            model=work.model,
            contents=contents,
            past=past,
            by=who_is_here(),
            stopped=stopped,
            progress=progress_line(quiet=as_json),
        )
    if as_json:
        print_events(report_events(report))
    else:
        echo()
        print_lines(report_lines(report, backup=str(work.store.home / "runs" / report.run / "backup")))
    if report.run:
        forget_old_runs(work, as_json=as_json)
    return report.exit_code


def forget_old_runs(work: Workspace, *, as_json: bool) -> None:
    """Remove the runs that captionkit.toml does not want kept, and say so. It never costs a command its success."""
    import time

    from captionkit.errors import LocalError
    from captionkit.sync.history import outlived

    keep = work.config.keep_runs
    removed = []
    try:
        for run in outlived(work.store, number=keep.number, days=keep.days, now=time.time()):
            work.store.remove_run(run)
            removed.append(run)
    except LocalError as error:
        for line in error.lines():
            echo(line.replace("error:", "note:", 1), err=True)
    if removed and as_json:
        print_events([{"event": "runs-removed", "runs": removed, "keep_runs": str(keep)}])
    elif removed:
        what = "1 old run" if len(removed) == 1 else f"{len(removed)} old runs"
        echo(
            f"Removed {what} with what they had saved, the newest {removed[-1]} (keep_runs in captionkit.toml: {keep})."
        )


def _ask(objects: int, service: str) -> None:
    if not somebody_can_answer():
        raise UsageError(
            "nobody can be asked here whether to go on",
            unchanged=f"Nothing was sent to {service}.",
            hint="Look at the plan above, then add --yes.",
        )
    confirm(f"\nSend this to {objects} media object{'s' * (objects != 1)} in {service}?")

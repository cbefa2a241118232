"""`captionkit push`: plan, show, ask, carry out, say what was done."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from captionkit.cli._sync import folder_argument, policy_options, sync_options
from captionkit.errors import UsageError


@click.command(name="push")
@folder_argument
@click.option("-y", "--yes", is_flag=True, help="Do not ask; for scripts and scheduled jobs.")
@policy_options
@sync_options
def command(folder: Path, yes: bool, media: tuple[str, ...], as_user_id: str, as_json: bool, **policy: object) -> int:
    """Bring Canvas in step with FOLDER: show the plan, ask, do it, read it back.

    Every track that is to stay is named, nothing is deleted without --delete or --mirror, and whatever is replaced
    is saved first under FOLDER/.captionkit/runs.

    \b
    Exit codes:
      0 done, or nothing to do        1 some files could not be used
      3 conflict, or changed meanwhile; those media untouched
      4 a safety limit refused it     5 some done, the rest not
      6 the outcome is unknown        7 Canvas failed before anything was written
      8 the disk failed               130 interrupted
    """
    from captionkit.cli._sync import (
        interruptible,
        make_plan,
        model_of_canvas,
        open_workspace,
        policy_from,
        print_events,
        print_lines,
        progress_line,
    )
    from captionkit.sync.run import carry_out, check_guards
    from captionkit.sync.show import plan_events, plan_lines, report_events, report_lines
    from captionkit.sync.store import SystemClock

    if as_json and not yes:
        raise UsageError("--json needs --yes, since nobody can be asked", unchanged="Nothing was done.")
    with open_workspace(folder, media=media, as_user_id=as_user_id, lock="push", quiet=as_json) as work:
        work.refuse_empty()
        rules = policy_from(work.config, work.ours, **policy)  # type: ignore[arg-type]
        surveyed = make_plan(work, rules, quiet=as_json)
        plan = surveyed.plan
        if as_json:
            print_events(plan_events(plan))
        else:
            print_lines(plan_lines(plan))
        check_guards(plan, work.manifest)
        if plan.changing and not yes:
            _ask(len(plan.changing))
        with interruptible() as stopped:
            report = carry_out(
                plan,
                run=work.store.new_run(plan.plan_id),
                remote=work.remote,
                store=work.store,
                files=work.store,
                clock=SystemClock(),
                manifest=work.manifest,
                model=model_of_canvas,
                contents=surveyed.contents,
                stopped=stopped,
                progress=progress_line(quiet=as_json),
            )
        if as_json:
            print_events(report_events(report))
        else:
            click.echo()
            print_lines(report_lines(report))
    return report.exit_code


def _ask(objects: int) -> None:
    if not sys.stdin.isatty():
        raise UsageError(
            "nobody can be asked here whether to go on",
            unchanged="Nothing was sent to Canvas.",
            hint="Look at the plan above, then add --yes.",
        )
    click.confirm(f"\nSend this to {objects} media object{'s' * (objects != 1)} in Canvas?", abort=True)

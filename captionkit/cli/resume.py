"""`captionkit resume`: find out what a run that was cut off did, and go on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from captionkit.cli._options import FOLDER
from captionkit.cli._output import echo
from captionkit.cli._paths import PathArgument
from captionkit.errors import ExitCode, UsageError


@click.command(name="resume")
@click.argument("folder", cls=PathArgument, type=FOLDER, default=".", required=False)
@click.option("--abandon", is_flag=True, help="Do not go on: leave everything as it is, and compare afresh next time.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask; for scripts and scheduled jobs.")
@click.option("--as-user-id", default="", metavar="ID", help="Act as this user; must be the user of the run.")
@click.option("--json", "as_json", is_flag=True, help="Print events for machines, a JSON object a line.")
def command(folder: Path, abandon: bool, yes: bool, as_user_id: str, as_json: bool) -> int:
    """Go on with the last run of FOLDER if it was cut off or interrupted: show what is left of its plan, ask, do it.

    What its last requests did is read from Canvas first; what was done is recorded, what was half done is finished,
    what somebody else has changed meanwhile is left alone.
    """
    from captionkit.cli._sync import ask_first, carry_out_and_tell, check_same_way
    from captionkit.cli._terminal import print_events
    from captionkit.cli._workspace import open_workspace
    from captionkit.sync import run as sync_run
    from captionkit.sync.journal import read_past, unfinished
    from captionkit.sync.restore import read_run
    from captionkit.sync.store import SystemClock

    if as_json and not yes and not abandon:
        raise UsageError("--json needs --yes, since nobody can be asked", unchanged="Nothing was done.")
    with open_workspace(folder, as_user_id=as_user_id, lock="resume", quiet=as_json, find="none") as work:
        if abandon:
            names = sync_run.abandon(work.store, SystemClock())
            says = f"Given up: {', '.join(names)}." if names else "There is no run that was cut off."
            print_events([{"event": "abandoned", "runs": names, "says": says}]) if as_json else echo(says)
            work.store.save_manifest(work.manifest.as_bytes())
            return ExitCode.OK
        cut_off = unfinished(work.store)
        runs = [past.run for past in cut_off] or work.store.runs()[-1:]
        pasts = [past for past in (read_past(work.store, run) for run in runs) if past.can_go_on]
        if not pasts:
            says = "There is nothing to resume: the last run finished."
            print_events([{"event": "nothing", "says": says}]) if as_json else echo(says)
            return ExitCode.OK
        past = pasts[-1]
        if past.what == "pull":
            raise UsageError(
                f"the run {past.run} was a pull", hint="Run `captionkit pull` again: it goes on by itself."
            )
        past, plan = read_run(work.store, past.run)
        sync_run.check_same_place(plan, work.identity, work.manifest)
        check_same_way(plan, work)
        plan = replace(plan, remote=work.identity)  # the file does not say what the service can do
        ask_first(work, sync_run.still_to_do(plan, past), yes=yes, as_json=as_json)
        return carry_out_and_tell(work, plan, what="resume", past=past, as_json=as_json)

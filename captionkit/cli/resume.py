"""`captionkit resume`: find out what a run that was cut off did, and go on."""

from __future__ import annotations

from pathlib import Path

import click

from captionkit.cli._grammar import dry_run_option
from captionkit.cli._options import FOLDER
from captionkit.cli._output import echo
from captionkit.cli._paths import PathArgument
from captionkit.errors import ExitCode


@click.command(name="resume")
@click.argument("folder", cls=PathArgument, type=FOLDER, default=".", required=False)
@click.option("--abandon", is_flag=True, help="Do not go on: leave everything as it is, and compare afresh next time.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask; for scripts and scheduled jobs.")
@dry_run_option("Only show what is left to do.")
@click.option("--as-user-id", default="", metavar="ID", help="Act as this user; must be the user of the run.")
@click.option("--json", "as_json", is_flag=True, help="Print events for machines, a JSON object a line.")
def command(folder: Path, abandon: bool, yes: bool, dry_run: bool, as_user_id: str, as_json: bool) -> int:
    """Go on with the last run of FOLDER if it was cut off or interrupted: show what is left of its plan, ask, do it.

    What its last requests did is read from Canvas first; what was done is recorded, what was half done is finished,
    what somebody else has changed meanwhile is left alone.

    \b
    Examples:
      captionkit resume captions --dry-run
      captionkit resume captions
    """
    from captionkit.cli._sync import ask_and_apply, opened, refuse_json_without_yes, show_only
    from captionkit.cli._terminal import print_events

    refuse_json_without_yes(as_json, yes, abandon, dry_run)
    with opened(folder, as_user_id, quiet=as_json, hold="" if dry_run else "resume") as workspace:
        if abandon:
            names = workspace.cut_off() if dry_run else workspace.abandon()
            says = (
                f"{'Would give' if dry_run else 'Given'} up: {', '.join(names)}."
                if names
                else "There is no run that was cut off."
            )
            print_events([{"event": "abandoned", "runs": list(names), "says": says}]) if as_json else echo(says)
            return ExitCode.OK
        plan = workspace.resume()
        if plan is None:
            says = "There is nothing to resume: the last run finished."
            print_events([{"event": "nothing", "says": says}]) if as_json else echo(says)
            return ExitCode.OK
        if dry_run:
            return show_only(workspace, plan, as_json=as_json)
        return ask_and_apply(workspace, plan, yes=yes, as_json=as_json)

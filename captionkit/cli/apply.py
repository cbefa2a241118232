"""`captionkit apply`: carry out a plan that was written and looked at before, and nothing else."""

from __future__ import annotations

from pathlib import Path

import click

from captionkit.cli._grammar import dry_run_option, json_option
from captionkit.cli._options import FOLDER
from captionkit.cli._paths import PathArgument
from captionkit.files import read_file, read_standard_input, unreadable


@click.command(name="apply")
@click.argument("plan_file", cls=PathArgument, metavar="PLAN", type=click.Path(dir_okay=False, path_type=Path))
@click.argument("folder", cls=PathArgument, type=FOLDER, default=".", required=False)
@click.option("--as-user-id", default="", metavar="ID", help="Act as this user; must be the user of the plan.")
@dry_run_option("Only show the plan, and whether it would be refused.")
@json_option("Print events for machines, a JSON object a line.")
def command(plan_file: Path, folder: Path, as_user_id: str, dry_run: bool, as_json: bool) -> int:
    """Do what PLAN says, for FOLDER. Refuses if Canvas, the folder, the files or the plan itself moved on.

    What the plan holds back stays unsent; to lift a check, make the plan anew with --allow.

    PLAN is a file that `captionkit plan -o` wrote, or - for standard input.

    \b
    Example:
      captionkit plan captions -o plan.json
      captionkit apply plan.json captions
    """
    from captionkit.cli._sync import apply_and_report, opened, show_only
    from captionkit.sync.plan import parse_plan

    try:
        data = read_standard_input() if str(plan_file) == "-" else read_file(plan_file)
    except OSError as error:
        raise unreadable(plan_file, error, unchanged="Nothing was sent.") from error
    plan = parse_plan(data, str(plan_file))
    with opened(folder, as_user_id, quiet=as_json, hold="" if dry_run else "apply") as workspace:
        if dry_run:
            return show_only(workspace, plan, as_json=as_json)
        return apply_and_report(workspace, plan, as_json=as_json)

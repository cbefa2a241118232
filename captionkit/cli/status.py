"""`captionkit status`: how a folder and its Canvas course stand to each other, in short."""

from __future__ import annotations

from pathlib import Path

import click

from captionkit.cli._options import folder_argument, sync_options
from captionkit.cli._output import echo
from captionkit.errors import ExitCode


@click.command(name="status")
@folder_argument
@sync_options
def command(folder: Path, media: tuple[str, ...], as_user_id: str, as_json: bool) -> int:
    """Show what differs between FOLDER and Canvas. Changes nothing, and asks as little of Canvas as it can."""
    from captionkit.cli._options import policy_from
    from captionkit.cli._sync import make_plan
    from captionkit.cli._terminal import print_events, print_lines
    from captionkit.cli._workspace import open_workspace
    from captionkit.sync.journal import unfinished
    from captionkit.sync.show import cost_line, plan_events, plan_lines

    with open_workspace(folder, media=media, as_user_id=as_user_id, quiet=as_json) as work:
        plan = make_plan(work, policy_from(work.config, work.ours), quiet=as_json).plan
        if as_json:
            print_events(plan_events(plan))
            return ExitCode.OK
        print_lines(plan_lines(plan))
        running = work.store.held_by()
        if running is not None:
            echo(f"Another captionkit works on this folder{running}, so this changes while you read it.")
        for past in unfinished(work.store) if running is None else ():
            doubt = (
                f"; {len(past.in_doubt)} media objects were in doubt and are compared afresh" if past.in_doubt else ""
            )
            echo(f"The run {past.run} was cut off{doubt}.")
        print_lines([cost_line(work.remote.cost(), work.service)])
    return ExitCode.OK

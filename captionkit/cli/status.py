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
    """Show what differs between FOLDER and Canvas. Changes nothing, and asks as little of Canvas as it can.

    \b
    Examples:
      captionkit status captions
      captionkit status captions --media "Lecture 1" --json
    """
    from captionkit.cli._options import options_from
    from captionkit.cli._sync import opened, show_plan
    from captionkit.cli._terminal import print_lines
    from captionkit.sync.show import cost_line

    with opened(folder, as_user_id, quiet=as_json) as workspace:
        status = workspace.status(options_from(media))
        show_plan(status.plan, folder, as_json=as_json)
        if as_json:
            return ExitCode.OK
        if status.running is not None:
            echo(f"Another captionkit works on this folder{status.running}, so this changes while you read it.")
        for past in status.cut_off:
            doubt = (
                f"; {len(past.in_doubt)} media objects were in doubt and are compared afresh" if past.in_doubt else ""
            )
            echo(f"The run {past.run} was cut off{doubt}.")
        print_lines([cost_line(workspace.cost(), workspace.service)])
    return ExitCode.OK

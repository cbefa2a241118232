"""`captionkit verify`: whether Canvas still is as a run left it."""

from __future__ import annotations

from pathlib import Path

import click

from captionkit.cli._options import FOLDER
from captionkit.cli._output import echo
from captionkit.cli._paths import PathArgument
from captionkit.errors import ExitCode


@click.command(name="verify")
@click.argument("folder", cls=PathArgument, type=FOLDER)
@click.argument("run", required=False, default="")
@click.option("--as-user-id", default="", metavar="ID", help="Act as this user, where your token may.")
@click.option("--json", "as_json", is_flag=True, help="Print events for machines, a JSON object a line.")
def command(folder: Path, run: str, as_user_id: str, as_json: bool) -> int:
    """Read again every media object that RUN of FOLDER wrote (by default the last run that wrote).

    RUN is its name, or its day, as `captionkit restore` takes it. Says what was edited, deleted, added or made anew
    since. Ends with 1 if anything was.

    \b
    Examples:
      captionkit verify captions
      captionkit verify captions yesterday
    """
    from captionkit.cli._sync import opened
    from captionkit.cli._terminal import print_events

    with opened(folder, as_user_id, quiet=as_json) as workspace:
        found = workspace.verify(run)
        if as_json:
            print_events(
                {"event": "media", "media": finding.media, "differences": list(finding.lines)}
                for finding in found.findings
            )
        else:
            for finding in found.differing:
                for line in finding.lines:
                    echo(f"{finding.title}: {line}")
            same = len(found.findings) - len(found.differing)
            echo(f"{same} of {len(found.findings)} media objects are as the run {found.run} left them.")
    return ExitCode.FINDINGS if found.differing else ExitCode.OK

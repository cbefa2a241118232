"""`captionkit verify`: whether Canvas still is as a run left it."""

from __future__ import annotations

from pathlib import Path

import click

from captionkit.cli._options import FOLDER
from captionkit.cli._output import echo
from captionkit.cli._paths import PathArgument
from captionkit.errors import ExitCode, UsageError


@click.command(name="verify")
@click.argument("folder", cls=PathArgument, type=FOLDER)
@click.argument("run", required=False, default="")
@click.option("--as-user-id", default="", metavar="ID", help="Act as this user, where your token may.")
@click.option("--json", "as_json", is_flag=True, help="Print events for machines, a JSON object a line.")
def command(folder: Path, run: str, as_user_id: str, as_json: bool) -> int:
    """Read again every media object that RUN of FOLDER wrote (by default the last run that wrote).

    RUN is its name, or its day, as `captionkit restore` takes it. Says what was edited, deleted, added or made anew
    since. Ends with 1 if anything was.
    """
    from datetime import date

    from captionkit.cli._terminal import print_events, tell_damage
    from captionkit.cli._workspace import open_workspace
    from captionkit.sync.history import history, named_run, verify
    from captionkit.sync.journal import read_past

    with open_workspace(folder, as_user_id=as_user_id, quiet=as_json) as work:
        wrote = named_run(
            history(work.store), run, lambda e: e.what != "pull" and "committed" in e.states, date.today()
        )
        if wrote is None:
            when = f" ({run})" if run else ""
            raise UsageError(f"no run of this folder wrote anything to Canvas{when}", hint=f"Looked in {folder}.")
        run = wrote.run
        tell_damage(read_past(work.store, run).damage)
        findings = list(verify(work.store, run, work.remote))
        if as_json:
            print_events({"event": "media", "media": f.media, "differences": list(f.lines)} for f in findings)
        else:
            for finding in findings:
                for line in finding.lines:
                    about = work.manifest.summary_of(finding.media, work.summaries)
                    echo(f"{about.title if about is not None else finding.title}: {line}")
            same = sum(finding.is_as_left for finding in findings)
            echo(f"{same} of {len(findings)} media objects are as the run {run} left them.")
    return ExitCode.OK if all(finding.is_as_left for finding in findings) else ExitCode.FINDINGS

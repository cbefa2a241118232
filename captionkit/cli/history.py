"""`captionkit history`: the runs of a folder, and what can be brought back from them."""

from __future__ import annotations

from pathlib import Path

import click

from captionkit.cli._options import FOLDER
from captionkit.cli._output import echo
from captionkit.cli._paths import PathArgument
from captionkit.errors import ExitCode, NoSuchFile


@click.command(name="history")
@click.argument("folder", cls=PathArgument, type=FOLDER, default=".", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(folder: Path, as_json: bool) -> int:
    """List what captionkit did with FOLDER, newest first: when (in your own time), who, what became of it, and how many
    tracks it changed in Canvas, which `captionkit restore` brings back.

    \b
    Example:
      captionkit history captions
    """
    from captionkit.cli._remote import counted, print_json, print_table
    from captionkit.cli._terminal import print_damage
    from captionkit.workspace import Workspace

    if not folder.is_dir():
        raise NoSuchFile(str(folder), what="folder", hint="Give the folder that holds the captions.")
    entries = Workspace.open(folder).history()
    print_damage(damage for entry in entries for damage in entry.damage)
    if as_json:
        print_json(
            [
                {
                    "run": entry.run,
                    "what": entry.what,
                    "started_at": entry.started_at,
                    "by": entry.by,
                    "user_id": entry.user_id,
                    "ended": entry.ended,
                    "media": dict(entry.states),
                    "restorable_tracks": entry.restorable,
                }
                for entry in entries
            ]
        )
        return ExitCode.OK
    if not entries:
        echo("Nothing was pushed, pulled or restored in this folder yet.")
        return ExitCode.OK
    rows = [
        (
            entry.when,
            entry.who,
            entry.what,
            "finished" if entry.ended == "ended" else entry.ended,
            ", ".join(f"{number} {state}" for state, number in sorted(entry.states.items())) or "nothing done",
            f"{entry.restorable}" if entry.restorable else "-",
            entry.run,
        )
        for entry in entries
    ]
    print_table(("WHEN", "WHO", "WHAT", "OUTCOME", "MEDIA OBJECTS", "TRACKS CHANGED", "RUN"), rows)
    if any(entry.ended == "cut off" for entry in entries[:1]):
        echo(f"The last run was cut off: captionkit resume {folder}", err=True)
    if any(entry.restorable for entry in entries):
        echo(f"{counted(len(entries), 'run')}. To undo one: captionkit restore {folder} RUN, or its day", err=True)
    return ExitCode.OK

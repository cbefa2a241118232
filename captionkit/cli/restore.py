"""`captionkit restore`: undo an earlier run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from captionkit.cli._grammar import dry_run_option, old_names
from captionkit.cli._options import FOLDER, plan_file_options
from captionkit.cli._output import echo
from captionkit.cli._paths import PathArgument
from captionkit.errors import ExitCode
from captionkit.sync.guards import LIFTABLE

if TYPE_CHECKING:
    from captionkit.sync.plan import Plan
    from captionkit.workspace import Workspace


@click.command(name="restore", context_settings=old_names(out="output"))
@click.argument("folder", cls=PathArgument, type=FOLDER)
@click.argument("run", required=False, default="")
@plan_file_options(
    "Write the plan to this file and do nothing yet; `captionkit apply` carries it out. - is standard output."
)
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@dry_run_option("Only show what would be restored.")
@click.option("--files", is_flag=True, help="Bring the files in FOLDER in step, too, without asking.")
@click.option("--on-conflict", type=click.Choice(["stop", "local", "remote"]), default="stop", help="For tracks "
              "that changed since that run: leave the media alone, or take the saved one or Canvas's.")  # fmt: skip
@click.option("--resolve", multiple=True, metavar="MEDIA/LANG=local|remote", help="The same for one track. Repeatable.")
@click.option("--max-delete", metavar="N", help="Refuse a plan that deletes more tracks than this, a number or a "
              "percentage (default: captionkit.toml, else 10).")  # fmt: skip
@click.option("--allow", multiple=True, type=click.Choice(LIFTABLE), help="Lift one safety limit. Repeatable.")
@click.option("--media", multiple=True, metavar="MEDIA", help="Only this media object. Repeatable.")
@click.option("--as-user-id", default="", metavar="ID", help="Act as this user, where your token may.")
@click.option("--json", "as_json", is_flag=True, help="Print events for machines, a JSON object a line.")
def command(
    folder: Path,
    run: str,
    out: Path | None,
    force: bool,
    yes: bool,
    dry_run: bool,
    files: bool,
    on_conflict: str,
    resolve: tuple[str, ...],
    max_delete: str | None,
    allow: tuple[str, ...],
    media: tuple[str, ...],
    as_user_id: str,
    as_json: bool,
) -> int:
    """Undo in Canvas what RUN of FOLDER did there (by default the last push or apply that changed anything).

    Each media object becomes again what it was before that run: what was replaced or deleted comes back, what was made
    is removed, if nobody has changed it since. Shows a plan first, like push. The files in FOLDER stay as they are,
    unless you say yes to bringing them in step, too. Tracks that had been deleted get new ids and belong to you.

    RUN is the name of a run or its beginning, or its day and time by your own clock: yesterday, 2026-11-26,
    "2026-11-26 14:05". The name of a restore brings back what that one took away.

    \b
    Examples:
      captionkit history captions
      captionkit restore captions yesterday
      captionkit restore captions 20261121T221532504Z-94123280
    """
    from captionkit.cli._options import options_from
    from captionkit.cli._sync import (
        STDOUT,
        ask_and_apply,
        opened,
        plan_place,
        refuse_json_without_yes,
        show_only,
        write_plan,
    )
    from captionkit.cli._terminal import print_events

    place = plan_place(out, force=force)
    refuse_json_without_yes(as_json, yes, dry_run)
    options = options_from(media, resolve, on_conflict=on_conflict, max_delete=max_delete, allow=allow)
    with opened(folder, as_user_id, quiet=as_json, hold="" if dry_run else "restore") as workspace:
        entry = workspace.undoable(run)
        if entry is None:
            when = f" ({run})" if run else ""
            nothing = f"No run of this folder changed anything in Canvas{when}, so there is nothing to restore."
            print_events([{"event": "nothing", "says": nothing}]) if as_json else echo(nothing)
            return ExitCode.OK
        if not as_json:
            echo(f"Undoing {entry}", err=place == STDOUT)
        plan = workspace.restore(run, options)
        if dry_run:
            return show_only(workspace, plan, as_json=as_json)
        if place is not None:
            write_plan(plan, place, folder, quiet=False)
            return ExitCode.OK
        code = ask_and_apply(workspace, plan, yes=yes, as_json=as_json)
        if plan.changing and not as_json:
            _files_too(workspace, plan, files=files, yes=yes)
        return code


def _files_too(workspace: Workspace, plan: Plan, *, files: bool, yes: bool) -> None:
    """Bring the files of the folder in step with what was restored, where that is wanted; else say so."""
    from captionkit.cli._options import options_from
    from captionkit.cli._output import agrees, somebody_can_answer
    from captionkit.cli._sync import show_plan

    brought = workspace.pull(options_from(tuple(media.media for media in plan.changing), delete=True))
    if not brought.changing:
        return
    asks = not files and not yes and somebody_can_answer()
    if files or asks:
        echo("\nThe files in the folder:")
        show_plan(brought, workspace.folder.path, as_json=False)
    if files or (asks and agrees("\nBring the folder in step, too?")):
        report = workspace.apply(brought)
        echo(
            f"{len(report.results)} media objects brought into the folder; what was replaced lies in the run's backup."
        )
        return
    echo(
        "The files in the folder are as they were. `captionkit pull` brings what came back into it; with "
        "--delete it also removes the files of captions that are gone again."
    )

"""`captionkit pull`: bring the tracks that are in Canvas into the folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from captionkit.cli._grammar import dry_run_option
from captionkit.cli._options import folder_argument, sync_options


@click.command(name="pull")
@folder_argument
@dry_run_option("Only show what would be written.")
@click.option("--delete", is_flag=True, help="Delete files whose track was deleted in Canvas (saved first).")
@click.option("--restore", is_flag=True, help="Bring back files that were removed here and are still in Canvas.")
@click.option("--on-conflict", type=click.Choice(["stop", "local", "remote"]), help="Whose version counts where both "
              "changed; stop (the default) leaves the file alone.")  # fmt: skip
@click.option("--resolve", multiple=True, metavar="MEDIA/LANG=local|remote", help="The same for one track. Repeatable.")
@sync_options
def command(
    folder: Path,
    dry_run: bool,
    delete: bool,
    restore: bool,
    on_conflict: str | None,
    resolve: tuple[str, ...],
    media: tuple[str, ...],
    as_user_id: str,
    as_json: bool,
) -> int:
    """Bring the caption tracks of the course into FOLDER, and record them, so that later pushes know what was there.

    New files are called TITLE.LANG.vtt (or .srt). A file that you edited is not overwritten; what is replaced or
    deleted is saved first under FOLDER/.captionkit/runs.

    \b
    Examples:
      captionkit pull captions --dry-run
      captionkit pull captions
    """
    from captionkit.cli._options import options_from
    from captionkit.cli._sync import opened, report_old_runs
    from captionkit.cli._terminal import interruptible, print_events, print_lines
    from captionkit.cli._words import WORDS
    from captionkit.sync.run import exit_code_of_pull
    from captionkit.sync.show import cost_line, plan_events, plan_lines

    options = options_from(media, resolve, delete=delete, restore=restore, on_conflict=on_conflict)
    with opened(folder, as_user_id, quiet=as_json, hold="" if dry_run else "pull") as workspace:
        plan, report = workspace.pull(options), None
        if not dry_run:
            with interruptible() as stopped:
                report = workspace.apply(plan, stopped=stopped)
            plan = replace(report.plan, run=report.run)
        if as_json:
            print_events(plan_events(plan, WORDS))
        else:
            print_lines(plan_lines(plan, WORDS, done=not dry_run))
            print_lines([cost_line(workspace.cost(), workspace.service)])
        if report is None:
            return exit_code_of_pull(plan)
        report_old_runs(workspace, report, as_json=as_json)
        return report.exit_code

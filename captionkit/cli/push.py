"""`captionkit push`: plan, show, ask, carry out, say what was done."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from captionkit.cli._captions import encoding_option
from captionkit.cli._grammar import dry_run_option
from captionkit.cli._options import folder_argument, policy_options, sync_options


@click.command(name="push")
@folder_argument
@click.option("-y", "--yes", is_flag=True, help="Do not ask; for scripts and scheduled jobs.")
@dry_run_option("Only show what would be sent.")
@policy_options
@encoding_option
@sync_options
def command(
    folder: Path, yes: bool, dry_run: bool, media: tuple[str, ...], as_user_id: str, as_json: bool, **policy: Any
) -> int:
    """Bring Canvas in step with FOLDER: show the plan, ask, do it, read it back.

    Every track that is to stay is named, nothing is deleted without --delete or --mirror, and whatever is replaced
    is saved first under FOLDER/.captionkit/runs. What viewers should not get as it is (marks of a merge, the wrong
    language, another lecture's words ...) is held back, with the reason; --allow lifts one check by name.

    \b
    Examples:
      captionkit push captions
      captionkit push captions --delete --dry-run
      captionkit push captions --yes --json              (in a scheduled job)

    \b
    Exit codes:
      0 done, or nothing to do
      1 differences left: files that could not be used or were held back, tracks that somebody deleted in Canvas
      3 conflict, or changed meanwhile; those media untouched
      4 a safety limit refused it     5 some done, the rest not
      6 the outcome is unknown        7 Canvas failed before anything was written
      8 the disk failed               130 interrupted
    """
    from captionkit.cli._options import options_from
    from captionkit.cli._sync import ask_and_apply, opened, refuse_json_without_yes, show_only

    refuse_json_without_yes(as_json, yes, dry_run)
    options = options_from(media, **policy)
    with opened(folder, as_user_id, quiet=as_json, hold="" if dry_run else "push") as workspace:
        if dry_run:
            return show_only(workspace, workspace.plan(options), as_json=as_json)
        return ask_and_apply(workspace, workspace.plan(options), yes=yes, as_json=as_json)

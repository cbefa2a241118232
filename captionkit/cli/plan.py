"""`captionkit plan`: what a push would do, and nothing done."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from captionkit.cli._captions import encoding_option
from captionkit.cli._grammar import old_names
from captionkit.cli._options import folder_argument, plan_file_options, policy_options, sync_options
from captionkit.errors import ExitCode


@click.command(name="plan", context_settings=old_names(out="output"))
@folder_argument
@plan_file_options("Write the plan to this file, for `captionkit apply`; - is standard output.")
@click.option("--check", is_flag=True, help="End with 1 if a push would have anything to do or to complain about.")
@click.option("--all", "show_unchanged", is_flag=True, help="Show media that are the same here and there, too.")
@policy_options
@encoding_option
@sync_options
def command(
    folder: Path,
    out: Path | None,
    force: bool,
    check: bool,
    show_unchanged: bool,
    media: tuple[str, ...],
    as_user_id: str,
    as_json: bool,
    **policy: Any,
) -> int:
    """Compare FOLDER with Canvas and show what a push would do to each track, and why. Writes nothing but -o.

    What viewers should not get as it is (marks of a merge, the wrong language, another lecture's words ...) is shown as
    "not sent", with the reason; --allow lifts one check by name, and the plan remembers it.

    \b
    Examples:
      captionkit plan captions
      captionkit plan captions --delete -o plan.json        (then: captionkit apply plan.json)
      captionkit plan captions --check                      (in a scheduled job: 1 = there are differences)
    """
    from captionkit.cli._options import options_from
    from captionkit.cli._sync import STDOUT, opened, plan_place, show_plan, write_plan
    from captionkit.cli._terminal import print_lines
    from captionkit.sync.show import cost_line

    place = plan_place(out, force=force)
    options = options_from(media, show_unchanged=show_unchanged, **policy)
    with opened(folder, as_user_id, quiet=as_json) as workspace:
        plan = workspace.plan(options)
        if as_json or place != STDOUT:
            show_plan(plan, folder, as_json=as_json)
        if not as_json and place != STDOUT:
            print_lines([cost_line(workspace.cost(), workspace.service)])
        workspace.check(plan)
        if place is not None:
            write_plan(plan, place, folder, quiet=as_json)
    return ExitCode.FINDINGS if check and plan.has_differences else ExitCode.OK

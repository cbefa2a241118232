"""`captionkit doctor`: say what is wrong with the set-up, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from captionkit.cli._output import echo
from captionkit.cli._paths import PathArgument
from captionkit.cli._remedies import in_commands
from captionkit.errors import CaptionkitError, ExitCode, severest
from captionkit.terminal import clean_line

if TYPE_CHECKING:
    from captionkit.doctor import Check


@click.command("doctor")
@click.argument(
    "folder", cls=PathArgument, type=click.Path(file_okay=False, path_type=Path), default=None, required=False
)
@click.option("--course", metavar="ID", default="", help="Look at this course instead of the folder's.")
@click.option("--group", metavar="ID", default="", help="Look at this group.")
@click.option("--mine", is_flag=True, help="Look at the media in your own files.")
@click.option("--url", default="", metavar="URL", help="The address of Canvas; by default captionkit.toml's or "
              "CANVAS_API_URL.")  # fmt: skip
@click.option("--as-user-id", default="", metavar="ID", help="Act as this user, where your token may.")
@click.option("--offline", is_flag=True, help="Ask Canvas nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    folder: Path | None, course: str, group: str, mine: bool, url: str, as_user_id: str, offline: bool, as_json: bool
) -> int:
    """Check the set-up: the installation, FOLDER (by default this one, if it has a captionkit.toml), the address, the
    token and what it may see, the clock.

    Changes nothing. Exit code 0: nothing is wrong, though there may be warnings; otherwise that of the worst problem.

    \b
    Examples:
      captionkit doctor captions
      captionkit doctor --url https://canvas.example.edu --course 101
    """
    from captionkit.cli._remote import print_json
    from captionkit.doctor import State

    checks = []
    for check in _checks(folder, course, group, mine, url, as_user_id, offline):
        checks.append(check)
        if not as_json:
            echo(f"{check.state.value:8} {clean_line(check.topic)}: {clean_line(check.says)}.")
            hint = in_commands(check.error).hint if check.error else check.hint
            if hint:
                echo(f"         {clean_line(hint)}")
    if as_json:
        print_json([check.as_json() for check in checks])
    else:
        bad = sum(check.state is State.PROBLEM for check in checks)
        doubtful = sum(check.state is State.WARNING for check in checks)
        words = [f"{count} {word if count == 1 else word + 's'}" for count, word in
                 ((bad, "problem"), (doubtful, "warning")) if count]  # fmt: skip
        echo(f"\n{' and '.join(words)}." if words else "\nNothing is wrong.")
    return severest([check.exit_code for check in checks if check.state is State.PROBLEM] or [ExitCode.OK])


def _checks(
    folder: Path | None, course: str, group: str, mine: bool, url: str, as_user_id: str, offline: bool
) -> Iterator[Check]:
    from captionkit import config as folders
    from captionkit.configuration import FILE_NAME
    from captionkit.doctor import Check, State, check_folder, check_installation, problem
    from captionkit.remotes import canvas
    from captionkit.remotes.canvas.addresses import scope_of
    from captionkit.remotes.service import Question

    yield from check_installation()
    config = folders.DEFAULTS
    if folder is not None or Path(FILE_NAME).is_file():
        folder = folder or Path()
        try:
            config = folders.for_folder(folder)
        except CaptionkitError as error:
            yield problem("settings", error)
        else:
            yield from check_folder(folder, config)
    else:
        yield Check("folder", State.UNKNOWN, "this is no caption folder, so only the rest was looked at",
                    "captionkit init FOLDER --url URL --course ID makes one.")  # fmt: skip
    # The options are about Canvas, and a folder that belongs nowhere yet is most likely for it.
    service = canvas.SERVICE if url or course or group or mine else config.service or canvas.SERVICE
    try:
        scope = scope_of(course=course, group=group) if course or group or mine else config.scope
    except CaptionkitError as error:
        yield problem("course", error)
        return
    configured = config.url if service is config.service else ""
    yield from service.check(Question(configured, url, scope, as_user_id, offline))

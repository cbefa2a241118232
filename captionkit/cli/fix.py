"""`captionkit fix`: the short form of `check --fix`."""

from __future__ import annotations

from typing import Any

import click

from captionkit.cli._check_options import OLD_NAMES, check_options
from captionkit.cli.check import run_check


@click.command(context_settings=OLD_NAMES)
@check_options
def command(**options: Any) -> int:
    """Mend caption files in place, without changing what any player shows: short for `check --fix`.

    With --restore also what some players drop or show as text (a wrong arrow, a missing hour, a bare `<`), with
    --unsafe-fixes times, lines and markup too; --diff shows what would change and changes nothing. What people say is
    never changed. What is left is reported as by `check`; the exit code is 1 if it is at or above --fail-level.

    \b
    Examples:
      captionkit fix lecture.en.srt --diff
      captionkit fix captions/ --restore --dry-run
      captionkit fix captions/ --show-fixes
    """
    options["fix"] = True
    return run_check(**options)

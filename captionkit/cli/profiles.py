"""`captionkit profiles`: the list of profiles."""

from __future__ import annotations

import click

from captionkit.cli._output import echo, echo_data


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As data, with every limit and its source.")
def command(as_json: bool) -> None:
    """List the named sets of rules and limits.

    \b
    Example:
      captionkit profiles
    """
    from captionkit.lint import explaining

    if as_json:
        from json import dumps

        from captionkit.lint.profiles import PROFILES

        echo_data(
            dumps([explaining.profile_as_dict(p) for p in PROFILES.values()], ensure_ascii=False, indent=1) + "\n"
        )
    else:
        echo(explaining.profiles_as_text())

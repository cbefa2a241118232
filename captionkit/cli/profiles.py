"""`captionkit profiles`: the list of profiles."""

from __future__ import annotations

import click


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As data, with every limit and its source.")
def command(as_json: bool) -> None:
    """List the named sets of rules and limits."""
    from captionkit.lint import explaining

    if as_json:
        from json import dumps

        from captionkit.lint.profiles import PROFILES

        click.echo(dumps([explaining.profile_as_dict(p) for p in PROFILES.values()], ensure_ascii=False, indent=1))
    else:
        click.echo(explaining.profiles_as_text())

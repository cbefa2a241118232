"""`captionkit rules`: the list of rules."""

from __future__ import annotations

import click

from captionkit.cli._output import echo, echo_data


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As data, with explanations and examples.")
@click.option("--markdown", "as_markdown", is_flag=True, help="As tables for a document.")
def command(as_json: bool, as_markdown: bool) -> None:
    """List all rules with their severity, whether they are on by default, and how they can be mended.

    \b
    Examples:
      captionkit rules
      captionkit rules --json
    """
    from captionkit.lint import explaining

    if as_json:
        from json import dumps

        from captionkit.lint.rule import rules

        echo_data(
            dumps([explaining.rule_as_dict(rule) for rule in rules().values()], ensure_ascii=False, indent=1) + "\n"
        )
    elif as_markdown:
        echo(explaining.rules_as_markdown())
    else:
        echo(explaining.rules_as_text())

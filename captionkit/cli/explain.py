"""`captionkit explain`: the documentation of a rule or a profile."""

from __future__ import annotations

import click

from captionkit.cli._output import echo, echo_data


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="CODE|PROFILE...")
@click.option("--json", "as_json", is_flag=True, help="A rule as data.")
def command(names: tuple[str, ...], as_json: bool) -> None:
    """Tell what a rule finds, why it matters and what to do; or a profile's limits and where they come from.

    \b
    Examples:
      captionkit explain TIM001
      captionkit explain netflix-en
    """
    from captionkit.lint import explaining

    if as_json:
        from json import dumps

        from captionkit.lint.profiles import ALIASES, PROFILES, find
        from captionkit.lint.rule import rules

        found = []
        for name in names:
            if name.upper() in rules():
                found.append(explaining.rule_as_dict(rules()[name.upper()]))
            elif name in PROFILES or name in ALIASES:
                found.append(explaining.profile_as_dict(find(name)))
            else:
                explaining.explain(name)
        echo_data(dumps(found if len(found) != 1 else found[0], ensure_ascii=False, indent=2) + "\n")
        return
    echo("\n\n".join(explaining.explain(name) for name in names))

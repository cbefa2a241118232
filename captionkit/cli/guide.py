"""`captionkit guide`: the guides, in the terminal."""

from __future__ import annotations

import click

from captionkit.cli._output import echo


@click.command()
@click.argument("name", required=False)
def command(name: str | None) -> None:
    """Read a guide: how to do a thing, how captionkit decides, what the services really do. Without NAME, list them.

    \b
    Examples:
      captionkit guide
      captionkit guide accessibility-team
      captionkit guide configuration | less
    """
    from captionkit import guides

    if name:
        echo(guides.text(name.removesuffix(".md")), nl=False)
        return
    width = max(map(len, guides.names()))
    echo("\n".join(f"{one:{width}}  {guides.title(one)}" for one in guides.names()))

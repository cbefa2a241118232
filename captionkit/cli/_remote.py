"""What the commands about Canvas share: the options that say where and as whom, the session, and plain tables."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from captionkit.cli._output import echo, echo_data
from captionkit.terminal import clean_line

if TYPE_CHECKING:
    from captionkit.remotes.canvas.api import Canvas

F = TypeVar("F", bound=Callable[..., Any])


def remote_options(function: F) -> F:
    """Add `--url` and `--as-user-id` to a command."""
    function = click.option(
        "--as-user-id", default="", metavar="ID", help="Act as this user, where your token may (masquerading)."
    )(function)
    return click.option("--url", default="", metavar="URL", help="The address of Canvas; by default CANVAS_API_URL.")(
        function
    )


@contextlib.contextmanager
def open_canvas(url: str, as_user_id: str, *, configured: str = "", parallel: int = 4) -> Iterator[Canvas]:
    """A Canvas to talk to, with the token from where tokens are kept.

    Args:
        url: from `--url`. configured: from the folder's captionkit.toml.
        parallel: how many requests at once, at most 8.
    """
    from captionkit.cli._terminal import print_damage
    from captionkit.remotes.canvas.opening import open_canvas

    with open_canvas(url, as_user_id, configured=configured, parallel=parallel) as canvas:
        yield canvas
        print_damage(canvas.odd)


def print_json(value: object) -> None:
    """Print a value as JSON."""
    echo_data(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def print_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print columns with two spaces between, no lines drawn, so that a screen reader reads a row as a row."""
    shown = [[clean_line(cell) or "-" for cell in row] for row in rows]
    table = [list(heads), *shown]
    widths = [max(_width(row[i]) for row in table) for i in range(len(heads))]
    for row in table:
        cells = [cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)]
        echo("  ".join(cells).rstrip())


def counted(number: int, thing: str) -> str:
    """ "1 track", "2 tracks"."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _width(text: str) -> int:
    """How many columns of a terminal this takes: none for a combining mark, two for a wide character."""
    if text.isascii():
        return len(text)
    import unicodedata

    return sum(
        0 if unicodedata.combining(c) or unicodedata.category(c) in ("Mn", "Me", "Cf")
        else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )  # fmt: skip

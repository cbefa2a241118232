"""What the commands about Studio share: the session with a token that renews itself, and where Studio is."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, TypeVar

import click

from captionkit.cli._output import echo
from captionkit.terminal import clean_line

if TYPE_CHECKING:
    from captionkit.remotes.studio.api import InstructureMedia

F = TypeVar("F", bound=Callable[..., Any])


def studio_option(function: F) -> F:
    """Add `--url` to a command."""
    text = "The address of Studio; by default CAPTIONKIT_STUDIO_URL, or where you signed in last."
    return click.option("--url", "studio_url", default="", metavar="URL", help=text)(function)


def open_studio(url: str, *, configured: str = "", parallel: int = 4) -> AbstractContextManager[InstructureMedia]:
    """A Studio to talk to, as who is signed in.

    Args:
        url: from the command line. configured: from the folder's captionkit.toml.
        parallel: how many requests at once.
    """
    from captionkit.remotes.studio.opening import open_studio

    return open_studio(url, configured=configured, parallel=parallel, warn=warner())


def warner() -> Callable[[str], None]:
    """Warns on standard error, of the same thing once."""
    warned = set[str]()

    def warn(message: str) -> None:
        if message not in warned:
            warned.add(message)
            echo(clean_line(f"warning: {message}"), err=True)

    return warn

"""What the commands about Studio share: the session with a token that renews itself, and where Studio is."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

import click

from captionkit.cli._output import echo
from captionkit.terminal import clean_line

if TYPE_CHECKING:
    from captionkit.remotes.studio.api import InstructureMedia

F = TypeVar("F", bound=Callable[..., Any])


def studio_option(function: F) -> F:
    """Add `--studio` to a command."""
    text = "The address of Studio; by default CAPTIONKIT_STUDIO_URL, or where you signed in last."
    return click.option("--studio", "studio_url", default="", metavar="URL", help=text)(function)


@contextlib.contextmanager
def open_studio(url: str, *, configured: str = "", parallel: int = 4) -> Iterator[InstructureMedia]:
    """A Studio to talk to, as who is signed in.

    Args:
        url: from the command line. configured: from the folder's captionkit.toml.
        parallel: how many requests at once.
    """
    from captionkit.remotes.http.governor import Governor
    from captionkit.remotes.http.session import Session, SystemClock
    from captionkit.remotes.studio.api import STUDIO, InstructureMedia
    from captionkit.remotes.studio.oauth import find_sign_in, studio_url

    base = studio_url(url, configured=configured)
    clock = SystemClock()
    signed_in = find_sign_in(base, typed=url, clock=clock)
    renew = signed_in.renewal.renew if signed_in.renewal else None
    governor = Governor(clock, most=parallel)
    with Session(base, signed_in.token, clock=clock, governor=governor, service=STUDIO, renew=renew) as session:
        yield InstructureMedia(session, warn=_warner())


def _warner() -> Callable[[str], None]:
    """Warns on standard error, of the same thing once."""

    told = set[str]()

    def warn(message: str) -> None:
        if message not in told:
            told.add(message)
            echo(clean_line(f"warning: {message}"), err=True)

    return warn

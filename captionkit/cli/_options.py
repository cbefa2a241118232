"""The options of the sync commands, and the policy they make."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from captionkit.cli._grammar import json_option
from captionkit.cli._paths import PathArgument
from captionkit.sync.guards import LIFTABLE
from captionkit.sync.publishable import NAMES

if TYPE_CHECKING:
    from captionkit.workspace import Options

F = TypeVar("F", bound=Callable[..., Any])

FOLDER = click.Path(file_okay=False, path_type=Path)


def folder_argument(function: F) -> F:
    return click.argument("folder", cls=PathArgument, type=FOLDER, default=".", required=False)(function)


def plan_file_options(says: str) -> Callable[[F], F]:
    """`-o` for the plan, and `--force`.

    Args:
        says: what is written to it, and what that is for.
    """

    def add(function: F) -> F:
        function = click.option("--force", is_flag=True, help="Overwrite the file if it is there.")(function)
        path = click.Path(dir_okay=False, path_type=Path)
        return click.option("-o", "--output", "out", type=path, help=says)(function)

    return add


def policy_options(function: F) -> F:
    """The options that say what a push may do."""
    options = [
        click.option("--delete/--no-delete", default=None, help="Delete tracks that captionkit put there and whose "
                     "file left the folder. Without it they stay."),
        click.option("--mirror", is_flag=True, help="The folder is the whole truth for the media it has files for: "
                     "delete every other track of theirs, within the limits."),
        click.option("--max-delete", metavar="N", help="Refuse a plan that deletes more tracks than this, a number or "
                     "a percentage (default: captionkit.toml, else 10)."),
        click.option("--on-conflict", type=click.Choice(["stop", "local", "remote"]), help="Whose version counts where "
                     "both changed; stop (the default) leaves such media alone."),
        click.option("--resolve", multiple=True, metavar="MEDIA/LANG=local|remote", help="The same for one track, "
                     "e.g. m-abc/en=local. Repeatable."),
        allow_option("Lift one safety limit, or one check of what is sent", (*LIFTABLE, *NAMES)),
        click.option("--guard-locales", is_flag=True, help="Name every language that Canvas offers in each request, "
                     "so that one which a colleague adds in that very moment is kept. For shared courses."),
    ]  # fmt: skip
    for option in reversed(options):
        function = option(function)
    return function


def allow_option(what: str, names: Iterable[str]) -> Callable[[F], F]:
    """`--allow NAME`. The names are checked where they are used, for an answer that names the nearest."""
    return click.option("--allow", multiple=True, metavar="NAME", help=f"{what}: {', '.join(names)}. Repeatable.")


def sync_options(function: F) -> F:
    """The options of every sync command."""
    options = [
        click.option("--media", "media", multiple=True, metavar="MEDIA", help="Only this media object: its id, title "
                     "or name in the folder. Repeatable."),
        click.option("--as-user-id", default="", metavar="ID", help="Act as this user, where your token may "
                     "(masquerading): shows and replaces that user's tracks."),
        json_option("Print events for machines, a JSON object a line."),
    ]  # fmt: skip
    for option in reversed(options):
        function = option(function)
    return function


def options_from(
    media: tuple[str, ...] = (), resolve: tuple[str, ...] = (), *, show_unchanged: bool = False, **given: Any
) -> Options:
    """The options of a command as `Workspace` takes them."""
    from captionkit.workspace import Options

    resolved = {key: side for key, _, side in (text.rpartition("=") for text in resolve)}
    return Options(media=media, resolve=resolved, show_unchanged=show_unchanged, **given)

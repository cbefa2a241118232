"""One word for one thing in every command: how what several commands take is called, and what it was called before.

    -o, --output       where something is written           --since, --until   times
    --output-format    the form of a report                 --url              the address of a service
    --to, --from       formats                              --json             what a program reads
    --dry-run          say what would be done, do nothing

A test walks over all commands and holds them to it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def old_names(**names: str) -> dict[str, Any]:
    """The `context_settings` of a command whose options had other names: scripts with those go on working.

    Args:
        names: an old name, without hyphens before it and with `_` for those within -> today's.
    """
    return {"token_normalize_func": lambda token: names.get(token.replace("-", "_"), token)}


def json_option(says: str = "Print JSON.") -> Callable[[F], F]:
    """`--json`, as `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help=says)


def dry_run_option(says: str = "Only say what would be done; nothing is changed.") -> Callable[[F], F]:
    """`--dry-run`, as `dry_run`."""
    return click.option("--dry-run", is_flag=True, help=says)

"""Path arguments: on Windows the program itself expands wildcards, which every other shell does before it starts."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from captionkit.errors import NoSuchFile, UsageError
from captionkit.files import is_there, reachable, root_of_any_depth
from captionkit.patterns import pattern

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


_WILDCARD = pattern(r"[*?]")


class PathArgument(click.Argument):
    """An argument that names files or folders. Options are not expanded, nor any other argument."""

    def type_cast_value(self, ctx: click.Context, value: Any) -> Any:
        if os.name == "nt" and value:
            value = _typed(value) if isinstance(value, str) else [_typed(one) for one in value]
            value = _one(value) if isinstance(value, str) else expanded(value)
        return super().type_cast_value(ctx, value)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        return super().shell_complete(ctx, incomplete) or [CompletionItem(incomplete, type="file")]


class NamedFile(click.Path):
    """A file that is to be read: an option or argument with it refuses a name that leads nowhere."""

    what = "file"

    def __init__(self) -> None:
        from pathlib import Path

        super().__init__(dir_okay=self.what == "folder", file_okay=self.what == "file", path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not is_there(value):
            raise NoSuchFile(str(value), what=self.what, hint="Check the name.")
        return super().convert(reachable(os.fspath(value)), param, ctx)


class NamedFolder(NamedFile):
    what = "folder"


def expanded(paths: Iterable[str]) -> list[str]:
    """The paths, with what `*`, `?` and `**` stand for in place of each pattern that fits anything, sorted.

    No name on Windows may hold an asterisk or a question mark, so nothing else is taken for a pattern: brackets, as in
    `Lecture [1].srt`, are letters like any other.
    """
    found: list[str] = []
    for path in paths:
        found += _fitting(path) or [path]
    return found


def _fitting(given: str) -> list[str]:
    drive, path = os.path.splitdrive(given)
    first = _WILDCARD.search(path)
    if first is None:
        return []
    from glob import glob

    # What stands before the first wildcard is a folder, and what is found below it may lie deep.
    folder = drive + path[: max(path.rfind(slash, 0, first.start()) for slash in ("/", os.sep)) + 1]
    names = given[len(folder) :].replace("/", os.sep).replace("[", "[[]")
    return sorted(
        [folder + name for name in glob(names, root_dir=root_of_any_depth(folder or os.curdir), recursive=True)]
    )


def _one(path: str) -> str:
    found = _fitting(path)
    if len(found) > 1:
        raise UsageError(
            f"{path} fits {len(found)} names, and one is wanted here", unchanged="Nothing was written.",
            hint=f"Name one of them, such as {found[0]}."
        )  # fmt: skip
    return found[0] if found else path


def _typed(path: str) -> str:
    r"""What was meant: in `"C:\My captions\"` Windows takes the last quote for a letter of the name, and PowerShell
    leaves the `~` of `~\captions` to the program."""
    path = path[:-1] + "\\" if path.endswith('"') else path
    return path if is_there(path) else os.path.expanduser(path)

"""The guides: one Markdown file each, in this folder, read by `captionkit guide` and on the web."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from captionkit.errors import UsageError


@cache
def names() -> tuple[str, ...]:
    """The names of the guides, in the order of the alphabet."""
    return tuple(sorted(one.name[:-3] for one in files(__package__).iterdir() if one.name.endswith(".md")))


def text(name: str) -> str:
    """The guide of this name, as Markdown.

    Raises:
        UsageError: there is none.
    """
    if name not in names():
        from captionkit.configuration import nearest

        near = nearest(name, names())
        hint = f"Did you mean {near!r}?" if near else "`captionkit guide` lists them."
        raise UsageError(f"there is no guide {name!r}", hint=hint)
    return (files(__package__) / f"{name}.md").read_text(encoding="utf-8")


def title(name: str) -> str:
    """The heading of the guide."""
    return text(name).partition("\n")[0].removeprefix("# ")

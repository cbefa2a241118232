"""The caption formats. Each is a module of this folder; `base` says how to add one."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from captionkit.errors import UsageError
from captionkit.formats.base import Format


@cache
def formats() -> dict[str, Format]:
    """All formats by name, found by looking into this folder."""
    found: dict[str, Format] = {}
    for module in iter_modules(__path__):
        candidate = getattr(import_module(f"{__name__}.{module.name}"), "FORMAT", None)
        if isinstance(candidate, Format):
            found[candidate.name] = candidate
    return found


def by_name(name: str) -> Format:
    """The format of this name.

    Raises:
        UsageError: naming the formats there are.
    """
    try:
        return formats()[name]
    except KeyError:
        known = ", ".join(repr(known) for known in sorted(formats()))
        raise UsageError(f"{name!r} is no caption format", hint=f"The formats are {known}.") from None


def by_extension(extension: str) -> Format | None:
    """The format whose files end so (".srt", in any case), or None."""
    extension = extension.lower()
    return next((each for each in formats().values() if extension in each.extensions), None)

"""Places that have recordings with caption tracks, each behind `captionkit.sync.ports.Remote`, and the way to them.

A new one is a folder here that exports one `SERVICE` (`captionkit.remotes.service`) and is named nowhere else;
`tests/contracts/test_remote.py` is what it must do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from captionkit.remotes.service import Service


def services() -> dict[str, Service]:
    """Every service there is, by its table of captionkit.toml."""
    from importlib import import_module
    from pkgutil import iter_modules

    found = [import_module(f"{__name__}.{one.name}") for one in iter_modules(__path__) if one.ispkg]
    return {module.SERVICE.table: module.SERVICE for module in found if hasattr(module, "SERVICE")}

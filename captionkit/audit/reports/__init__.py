"""Ways to write an audit down. Each module has one public name, `render(audit, told) -> str`, and is called as
`--output-format` names it; the folder is the list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import cast

from captionkit.audit.changes import Change, Point
from captionkit.audit.model import Audit
from captionkit.audit.totals import Totals


@dataclass(frozen=True, slots=True)
class Told:
    """What was worked out of an audit, and is the same for every report.

    Attributes:
        changes: against the latest earlier audit; None where there was none to compare with.
        since: when that was made. history: coverage over time, this audit last; empty without earlier ones.
    """

    totals: Totals
    changes: Sequence[Change] | None = None
    since: str = ""
    history: Sequence[Point] = ()


def names() -> list[str]:
    """The reports there are."""
    return sorted(f.stem for f in Path(__file__).parent.glob("[!_]*.py"))


def load(name: str) -> Callable[[Audit, Told], str]:
    """The report of that name; the caller has asked `names`."""
    return cast("Callable[[Audit, Told], str]", import_module(f"captionkit.audit.reports.{name}").render)

"""Ways to write an audit down. Each is a module of this folder, called as `--output-format` names it; the folder is the
list. A module has

    render(audit, figures) -> str | bytes
    EXTENSIONS = (".html", ".htm")         of the names of files that it writes; the first one is the usual one
    ASKED_FOR = True                       where another report is the usual one for these names; optional
    NEEDS = ("xlsxwriter", "office")       a package that need not be installed, and the extra that brings it; optional
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

from captionkit.auditing.changes import Change, Point
from captionkit.auditing.model import Audit
from captionkit.auditing.totals import Totals
from captionkit.errors import UsageError


@dataclass(frozen=True, slots=True)
class Figures:
    """What was worked out of an audit, and is the same for every report.

    Attributes:
        changes: against the latest earlier audit; None where there was none to compare with.
        since: when that was made. history: coverage over time, this audit last; empty without earlier ones.
        by: who hands the report in; "" where nobody says.
        snapshot: name and SHA-256 of the file that holds the whole audit; "" for none.
    """

    totals: Totals
    changes: Sequence[Change] | None = None
    since: str = ""
    history: Sequence[Point] = ()
    by: str = ""
    snapshot: tuple[str, str] = ("", "")


def names() -> list[str]:
    """The reports there are."""
    return sorted(f.stem for f in Path(__file__).parent.glob("[!_]*.py"))


def by_extension() -> dict[str, str]:
    """Extension of a file's name -> the reports that can be written to it, the usual one first."""
    found: dict[str, str] = {}
    for name in sorted(names(), key=lambda name: (hasattr(_module(name), "ASKED_FOR"), name)):
        for extension in _module(name).EXTENSIONS:
            found[extension] = f"{found[extension]} {name}" if extension in found else name
    return found


def _module(name: str) -> Any:
    return import_module(f"{__name__}.{name}")


def load(name: str) -> Callable[[Audit, Figures], str | bytes]:
    """The report of that name; the caller has asked `names`.

    Raises:
        UsageError: what it needs is not installed.
    """
    module = _module(name)
    package, extra = getattr(module, "NEEDS", ("", ""))
    if package and find_spec(package) is None:
        raise UsageError(
            f"{name} reports need {package}, which is not installed",
            unchanged="Nothing was written.",
            hint=f'Install it with: python -m pip install "captionkit[{extra}]"',
        )
    return cast("Callable[[Audit, Figures], str | bytes]", module.render)

"""An audit for Python: what was found, in a sentence, and as a report in any of the forms there are."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from captionkit.auditing.model import Audit, Recording
from captionkit.auditing.totals import Totals, totals


@dataclass(frozen=True, slots=True)
class AuditReport:
    """Which recordings have captions; see `captionkit.auditing.model.Audit` for everything that it knows."""

    audit: Audit

    @property
    def recordings(self) -> Sequence[Recording]:
        return self.audit.recordings

    @property
    def totals(self) -> Totals:
        """Counts and minutes, by place and language."""
        return totals(self.audit)

    @property
    def is_complete(self) -> bool:
        """Whether every recording that needs captions has them, in each language that is required."""
        whole = self.totals.whole
        return whole.complete >= whole.due

    def summary(self) -> str:
        """ "293 of 300 recordings have captions in English, 0 in Spanish, 0 in both." And a line for what is there
        and was not counted."""
        from captionkit.auditing.reports._words import headline, not_counted

        found = self.totals
        return "\n".join([headline(found.whole), *(f"Not counted: {line}" for line in not_counted(self.audit, found))])

    def write(self, path: str | os.PathLike[str]) -> None:
        """Write the report to a file, whole or not at all: .html, .xlsx, .csv, .json or .md.

        Raises:
            UsageError: nothing writes such a file, or what it needs is not installed.
            LocalError: it cannot be written.
        """
        from captionkit.auditing.reports import Figures, by_extension, load
        from captionkit.errors import UsageError
        from captionkit.files import write_atomically

        forms = by_extension()
        form = forms.get(Path(path).suffix.lower(), "").partition(" ")[0]
        if not form:
            raise UsageError(
                f"an audit cannot be written as {Path(path).suffix or 'a file without an extension'}",
                where=str(path),
                unchanged="Nothing was written.",
                hint=f"Names may end in {', '.join(forms)}.",
            )
        made = load(form)(self.audit, Figures(self.totals))
        write_atomically(os.fspath(path), made if isinstance(made, bytes) else made.encode("utf-8", "replace"))

    def __repr__(self) -> str:
        """`<AuditReport captions: 1 of 2 recordings have captions.>`"""
        first, *more = self.summary().split("\n")
        return f"<AuditReport {self.audit.source}: {first}{' ...' * bool(more)}>"

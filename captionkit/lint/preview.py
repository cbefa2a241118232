"""What mending one finding would change, as lines to show beside it: the block as it stands and as it would be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from captionkit.lint.mend import Patient, fixes, kinds_wanted
from captionkit.lint.rule import Fix as Kind
from captionkit.lint.rule import rules

if TYPE_CHECKING:
    from captionkit.lint.engine import Checker
    from captionkit.model import Diagnostic, Document

#: A fix that changes more lines than this says only how many.
MOST_LINES = 12


def preview(document: Document, checker: Checker, one: Diagnostic) -> list[str]:
    """A small diff (`- old`, `+ new`); empty where nothing can be mended or only bytes would change."""
    from difflib import unified_diff

    from captionkit.documents import dumps
    from captionkit.errors import CaptionkitError

    rule = rules().get(one.code)
    kind = rule.fix_of(one.message) if rule else Kind.NONE
    if kind not in (Kind.SAFE, Kind.RESTORES, Kind.UNSAFE):
        return []
    kinds = kinds_wanted(restore=kind is Kind.RESTORES, unsafe=kind is Kind.UNSAFE)
    subject = checker.subject(document, one.path)
    before = dumps(document)
    for fix in fixes():
        if one.code not in fix.codes or fix.kind not in kinds:
            continue
        try:
            mended = fix.function(Patient(document, subject, [one], kinds))
            after = before if mended is None else dumps(mended)
        except CaptionkitError:
            continue
        if after == before:
            continue
        old, new = (text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n") for text in (before, after))
        lines = list(unified_diff(old, new, n=0, lineterm=""))[2:]
        changed = [line for line in lines if not line.startswith("@@")]
        if len(changed) > MOST_LINES:
            return [f"{len(changed)} lines change"]
        return [f"{line[0]} {line[1:]}" for line in changed]
    return []

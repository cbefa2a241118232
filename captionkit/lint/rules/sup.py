"""SUP: comments that switch rules off. The engine finds these, once it knows which findings the comments hid."""

from __future__ import annotations

from captionkit.lint.context import Context
from captionkit.lint.edits import FixTask
from captionkit.lint.examples import vtt
from captionkit.lint.rule import INFO, NONE, SAFE, WARNING, Fix, Words, example, fixes, row
from captionkit.model import Diagnostic, Document, Note

ORDER = 25
_OVERLAP = ("00:01.000 --> 00:04.000\nHello there.", "00:03.000 --> 00:06.000\nHow are you?")
_USED = vtt(_OVERLAP[0], "NOTE captionkit: ignore TIM003 -- both speak at once", _OVERLAP[1])


@row("SUP001", severity=WARNING, fix=SAFE)
@example(vtt("NOTE captionkit: ignore TIM003 -- both speak at once", "1-3 Hello there."), _USED)
def unused_suppression() -> None:
    """A comment hides nothing any more.

    The fault was mended; the comment would hide the next one. The fix removes it.
    """


def _removal_takes(context: Context, one: Diagnostic) -> Fix:
    """A comment that names more than one code, or has more lines than one, is left to a person."""
    text = context.once(_notes).get(one.line, "\n")
    return NONE if "\n" in text or "," in text.split("--")[0] else SAFE


def _notes(context: Context) -> dict[int, str]:
    return {note.line: note.text.strip() for note in context.document.notes}


@fixes("SUP001", fix=SAFE, words=Words.REMOVED, takes=_removal_takes)
def without_unused_comments(task: FixTask) -> Document | None:
    """Remove comments that hide nothing."""
    lines = {one.line for one in task.findings}
    blocks = [block for block in task.document.blocks if not (type(block) is Note and block.line in lines)]
    return task.document.with_blocks(blocks)


@row("SUP002", severity=WARNING)
@example(vtt("NOTE captionkit: ignore XYZ123 -- no such rule", "1-3 Hello there."), _USED)
def unknown_code_in_suppression() -> None:
    """A comment names a code that no rule has.

    It does nothing. `captionkit rules` lists the codes.
    """


@row("SUP004", severity=INFO)
@example(vtt("NOTE captionkit: ignore VTT107 -- never shown on purpose", "3-1 Hello there."), _USED)
def renamed_code_in_suppression() -> None:
    """A comment names a code by the name it had in an earlier version.

    It still works. Write the new name, so that the next reader finds it.
    """


@row("SUP003", severity=INFO)
@example(vtt(_OVERLAP[0], "NOTE captionkit: ignore -- both speak at once", _OVERLAP[1]), _USED)
def blanket_suppression() -> None:
    """A comment switches off all rules.

    It hides faults that nobody has seen yet. Name the codes that are meant.
    """

"""What fixing one finding would change, as lines to show beside it: the blocks as they stand and as they would be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from captionkit.decoding import one_line_end
from captionkit.lint.edits import FixTask, fixes_wanted
from captionkit.model import Cue, Document, Fix, Header, Source

if TYPE_CHECKING:
    from captionkit.lint.checker import Checker
    from captionkit.lint.context import Context
    from captionkit.model import Block, Diagnostic, Edit

#: A fix that changes more lines than this says only how many.
MOST_LINES = 12

#: Fixes are tried out and shown for so many findings; after that a person reads `--diff`, not this.
MOST_TRIED = 200

#: A fix looks at a whole file, so in large files fewer are tried: as many as look at so many characters in all.
MOST_CHARACTERS = 20_000_000


class Previews:
    """Tries the fixes of findings out, file by file.

    Args:
        checker: whose limits the fixes keep to.
        load: gives the document of a path as it stands; None where it cannot be had.
    """

    def __init__(self, checker: Checker, load: Callable[[str], Document | None]) -> None:
        self._checker = checker
        self._load = load
        self._path: str | None = None
        self._document: Document | None = None
        self._context: Context | None = None
        self._edits: dict[Diagnostic, Edit | None] = {}
        self._findings = MOST_TRIED
        self._characters = MOST_CHARACTERS

    def __call__(self, one: Diagnostic) -> list[str]:
        """A small diff (`- old`, `+ new`); empty where nothing can be fixed, or only bytes would change."""
        if one.fix in (Fix.HINT, Fix.NONE) or self._findings <= 0 or self._characters <= 0 or not one.path:
            return []
        if one.path != self._path:
            self._path, self._document = one.path, self._load(one.path)
            self._context, self._edits = None, {}
            if self._document:
                self._context = self._checker.context(self._document, one.path)
                found = self._checker.check(self._document, one.path, self._context, each=True)
                self._edits = {each._replace(edit=None): each.edit for each in found}
        edit = one.edit or self._edits.get(one)
        if self._document is None or self._context is None or edit is None:
            return []
        self._findings -= 1
        source = self._document.source
        self._characters -= len(source.text) if source else 0
        return _preview(self._document, self._context, one._replace(edit=edit), edit)


def _preview(document: Document, context: Context, one: Diagnostic, edit: Edit) -> list[str]:
    from captionkit.errors import CaptionkitError

    allowed = fixes_wanted(restore=one.fix is Fix.RESTORES, unsafe=one.fix is Fix.UNSAFE)
    for step in edit.steps:
        try:
            fixed = step.function(FixTask(document, context, [one], allowed))
            lines = [] if fixed is None else changed_lines(document, fixed)
        except CaptionkitError:
            continue
        if lines:
            return lines if len(lines) <= MOST_LINES else [f"{len(lines)} lines change"]
    return []


def changed_lines(document: Document, fixed: Document) -> list[str]:
    """The lines that are no longer there (`- old`) and those that are new (`+ new`)."""
    from captionkit.documents import dumps
    from captionkit.line_diff import runs

    before, after = _around_the_change(document, fixed)
    old, new = (_lines(dumps(each)) for each in (before, after))
    lines: list[str] = []
    for run in runs(old, new):
        if not run.same:
            lines += [f"- {line}" for line in old[run.begin : run.end]]
            lines += [f"+ {line}" for line in new[run.other_begin : run.other_end]]
    return lines


def _lines(text: str) -> list[str]:
    return one_line_end(text).rstrip("\n").split("\n")


def _around_the_change(document: Document, fixed: Document) -> tuple[Document, Document]:
    """Both documents from the first block that differs to the last, with the header and a block on each side.

    Only these are then written and compared. A document that was read anew shares no block and is taken whole, and so
    is one that begins with another block.
    """
    old, new, source = document.blocks, fixed.blocks, document.source
    if source is None or fixed.source is not source or old is not source.blocks or old[:1] != new[:1]:
        return document, fixed
    head = tail = 0
    shorter = min(len(old), len(new))
    while head < shorter and old[head] is new[head]:
        head += 1
    while tail < shorter - head and old[-1 - tail] is new[-1 - tail]:
        tail += 1
    head, tail = max(head - 1, 0), max(tail - 1, 0)
    starts = [*source.starts[head : len(old) - tail + 1], *([len(source.text)] if not tail else [])]
    text = source.text[starts[0] : starts[-1]]
    kept, made = list(old[head : len(old) - tail]), _with_numbers(fixed, head, len(new) - tail)
    header = old[0] if head and type(old[0]) is Header else None
    above = source.text[: source.starts[1]] if header else ""
    places = [0] if header else []
    places += [len(above) + start - starts[0] for start in starts[:-1]]
    part = Source(above + text, tuple([header, *kept] if header else kept), places)
    first = replace(document, blocks=part.blocks, source=part)
    return first, first.with_blocks([header, *made] if header else made)


def _with_numbers(fixed: Document, first: int, end: int) -> list[Block]:
    """The blocks from `first` to `end`, new cues of a numbered SRT file with the number that the whole file gives."""
    blocks = list(fixed.blocks[first:end])
    source = fixed.source
    assert source is not None
    old = {id(block) for block in source.blocks}
    if fixed.format != "srt" or all(id(block) in old for block in blocks):
        return blocks
    if any(type(block) is Cue and block.identifier for block in source.blocks):
        number = sum([type(block) is Cue for block in fixed.blocks[:first]])
        for place, block in enumerate(blocks):
            number += type(block) is Cue
            if type(block) is Cue and id(block) not in old and not block.identifier:
                blocks[place] = block._replace(identifier=str(number))
    return blocks

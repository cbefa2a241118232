"""What fixes share: the task that each gets, and the ways to edit a document."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from captionkit.documents import loads
from captionkit.lint.context import Context
from captionkit.lint.rule import FIXED
from captionkit.model import Block, Cue, Diagnostic, Document, Fix
from captionkit.patterns import pattern


class FixTask(NamedTuple):
    """What a fix gets.

    Attributes:
        document: as it stands now.
        context: the same with the profile's limits.
        findings: those with the fix's codes.
        allowed: which kinds of fixes are wanted, for edits that are safe in one case and not in another.
    """

    document: Document
    context: Context
    findings: list[Diagnostic]
    allowed: tuple[Fix, ...]

    @property
    def unsafe(self) -> bool:
        return Fix.UNSAFE in self.allowed

    def indices(self) -> list[int]:
        """The cues that the findings are about, each once, in file order."""
        return sorted(
            {one.cue - 1 for one in self.findings if one.cue is not None and 0 < one.cue <= len(self.context.cues)}
        )


def fixes_wanted(*, restore: bool = False, unsafe: bool = False) -> tuple[Fix, ...]:
    """The kinds of fixes that these options want: each holds the ones before it."""
    return (Fix.SAFE, *((Fix.RESTORES,) if restore or unsafe else ()), *((Fix.UNSAFE,) if unsafe else ()))


#: A cue in place of the old one, several, or none. A cue is a tuple too, so it is looked at first.
Change = Cue | list[Cue] | None


def with_cues_changed(document: Document, changes: Mapping[int, Change]) -> Document | None:
    """The document with some cues replaced, removed (None) or divided; None where nothing is to change.

    Args:
        changes: by the cue's index.
    """
    if not changes:
        return None
    blocks: list[Block] = []
    number = -1
    for block in document.blocks:
        if type(block) is not Cue:
            blocks.append(block)
            continue
        number += 1
        if number not in changes:
            blocks.append(block)
            continue
        change = changes[number]
        if change is None:
            continue
        if isinstance(change, Cue):
            blocks.append(change)
        else:
            blocks.extend(change)
    return document.with_blocks(blocks)


def rewritten(cue: Cue) -> Cue:
    """The same cue as one that was read from no file: all of it is then written in the format's canonical way."""
    return cue._replace(line=0, timing_line=0)


def with_texts_changed(task: FixTask, change: Callable[[str], str], *, everywhere: bool = False) -> Document | None:
    """The document with the text of the cues that the findings are about changed."""
    cues = task.context.cues
    chosen = range(len(cues)) if everywhere else task.indices()
    changes: dict[int, Change] = {}
    for index in chosen:
        text = change(cues[index].text)
        if text != cues[index].text:
            changes[index] = cues[index]._replace(text=text)
    return with_cues_changed(task.document, changes)


def with_spans_replaced(task: FixTask) -> Document | None:
    """The document with the characters that the findings name replaced, where these are not replaced already."""
    cues = task.context.cues
    spans: dict[int, list[tuple[int, int, str]]] = {}
    for one in task.findings:
        if one.cue and one.edit:
            spans.setdefault(one.cue - 1, []).extend(one.edit.spans)
    return with_cues_changed(
        task.document,
        {index: cues[index]._replace(text=replaced(cues[index].text, own)) for index, own in spans.items()},
    )


def replaced(text: str, spans: Sequence[tuple[int, int, str]]) -> str:
    """The text with each of these spans, from and to, replaced; of two that overlap the first counts."""
    parts: list[str] = []
    reached = 0
    for start, end, instead in sorted(spans):
        if start >= reached:
            parts += [text[reached:start], instead]
            reached = end
    return "".join([*parts, text[reached:]])


def with_words(cue: Cue, words: str) -> Cue:
    """The cue with words from its timing line, which no player shows, where they are shown."""
    if not words:
        return cue
    settings = cue.settings[: cue.settings.rindex(words)].strip()
    return cue._replace(settings=settings, text=f"{words}\n{cue.text}" if cue.text else words)


def reread(document: Document, text: str, *, encoding: str = "", bom: bool | None = None) -> Document:
    """The document that this text makes, in the same format."""
    # A mark that stands there a second time is no mark of the file.
    made = loads(f"\ufeff{text}" if text.startswith("\ufeff") else text, document.format, path=document.path)
    return replace(
        made,
        encoding=encoding or document.encoding,
        bom=document.bom if bom is None else bom,
        encoding_is_guess=document.encoding_is_guess,
        source=replace(made.source, data=None) if made.source else None,
    )


def source_text(document: Document) -> str:
    """The text as it stands."""
    from captionkit.documents import dumps

    return dumps(document)


#: What is put right in a cue that is written anew, whatever it is written anew for.
_PUT_RIGHT = frozenset(
    (
        *("SRT002", "SRT012", "SRT016", "SRT017", "SRT018", "SRT020", "SRT024"),
        *("TIM020", "TIM021", "TIM022", "TIM023", "VTT103"),
    )
)


def read_in_two_ways(context: Context, allowed: Sequence[Fix]) -> frozenset[int]:
    """The cues, by index, that some players do not tell from the one above or cannot read, unless that is to be fixed
    too: their numbers are text to these players, and a blank line more makes two cues of one.

    Args:
        allowed: which kinds of fixes are wanted.
    """
    higher = tuple([fix for fix in (Fix.RESTORES, Fix.UNSAFE) if fix not in allowed])
    return context.once(_read_in_two_ways, higher) if higher else frozenset()


def _read_in_two_ways(context: Context, higher: Sequence[Fix]) -> frozenset[int]:
    document = context.document
    found: set[int] = set(context.once(_beside_white_lines))
    without_blank_line: set[int] = set()
    with_mark: set[int] = set()
    for one in document.diagnostics:
        if one.code == "ENC015" and Fix.RESTORES in higher:
            without_blank_line.add(one.line)
        elif one.code == "ENC016" and Fix.RESTORES in higher:
            with_mark.add(one.line)
        elif one.code == "VTT003" and Fix.RESTORES in higher:
            found.add(0)
        elif one.code in _PUT_RIGHT and one.cue is not None and one.fix in higher:
            found.add(one.cue - 1)
    for index, cue in enumerate(context.cues if with_mark else ()):
        if cue.line in with_mark or cue.timing_line in with_mark:
            found.add(index)
    for index, cue in enumerate(context.cues if without_blank_line else ()):
        if cue.line in without_blank_line or cue.timing_line in without_blank_line:
            found.update((index - 1, index))  # the blank line would be written with either
    return frozenset(found.intersection(range(len(context.cues))))


def least_fix(works: Callable[[Sequence[Fix]], bool]) -> Fix:
    """The least kind of fix with which something works; NONE where none does."""
    return next((fix for reach, fix in enumerate(FIXED, 1) if works(FIXED[:reach])), Fix.NONE)


#: The cues, by index, that a fix leaves as they are while these kinds of fixes are wanted.
Left = Callable[[Context, tuple[Fix, ...]], frozenset[int]]


def takes_of(left: Left) -> Callable[[Context, Diagnostic], Fix]:
    """What it takes for a fix that leaves some cues: the least kind with which the cue of a finding is none of them."""

    def takes(context: Context, one: Diagnostic) -> Fix:
        index = one.cue - 1 if one.cue else context.cue_above(one.line)
        known = context.once(_left_by_reach, left)
        for reach, fix in enumerate(FIXED):
            if reach == len(known):
                known.append(left(context, FIXED[: reach + 1]))
            if index not in known[reach]:
                return fix
        return Fix.NONE

    return takes


def _left_by_reach(context: Context, left: Left) -> list[frozenset[int]]:
    return []


#: What it takes to write the cue anew that a finding is about: its number, its timing line, its blank line.
head_takes = takes_of(read_in_two_ways)

#: VLC and ffmpeg end no cue at a line of spaces, so the blank line that a writer puts there makes two cues of one.
_WHITE_LINE = pattern(r"(?:\n|\r)[ \t]+(?:\r|\n)")


def _beside_white_lines(context: Context) -> frozenset[int]:
    """The cues that a line of spaces ends or divides, and those below one."""
    source = context.document.source
    if source is None or not any(start in source.text for start in ("\n ", "\n\t", "\r ", "\r\t")):
        return frozenset()
    if not _WHITE_LINE.search(source.text):
        return frozenset()
    found: set[int] = set()
    number = -1
    edges = [*source.starts, len(source.text)]
    for block, start, end in zip(source.blocks, edges, edges[1:], strict=False):
        number += type(block) is Cue
        if _WHITE_LINE.search(source.text, max(start - 1, 0), end):
            found.update((number, number + 1))
    return frozenset(found)

"""Mend what rules find, and refuse what would change what a viewer sees.

How to add a fix: write a function in a file of `captionkit/lint/fixes/` with `@mends("TIM003", safe=False)` above it.
It
gets a `Patient` and gives the mended document, or None where there is nothing it can do. A file's `ORDER` says when its
fixes run: the bytes before the structure, the structure before the times, the times before the lines.

Theory of operation. A fix changes blocks; what it does not touch is written back as it stood. After each fix the
document
is written to bytes and read again, because only what a reader makes of a file counts. A safe fix is then held to its
word: every cue that was shown must be shown at the same time, in the same place and style, with the same words; cues
may
be added only if their words already stood in the file where no reader found them. An unsafe fix may change times, lines
and markup, but not the words, unless it says so (removing credits). What does not hold is thrown away and reported.
This goes on until nothing changes any more, so mending a mended file does nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from captionkit.documents import loads, to_bytes
from captionkit.errors import CaptionkitError
from captionkit.lint.engine import Checker
from captionkit.lint.patterns import pattern
from captionkit.lint.subject import Subject
from captionkit.model import Block, Cue, Diagnostic, Document, Stray

#: More rounds than any file has needed; a fix that undoes another one would go round for ever.
MOST_ROUNDS = 20


class Patient(NamedTuple):
    """What a fix gets.

    Attributes:
        document: as it stands now.
        subject: the same with the profile's limits.
        findings: those with the fix's codes.
        unsafe: whether unsafe changes are wanted, for fixes that are safe in one case and not in another.
    """

    document: Document
    subject: Subject
    findings: list[Diagnostic]
    unsafe: bool

    def indices(self) -> list[int]:
        """The cues that the findings are about, each once, in file order."""
        return sorted(
            {one.cue - 1 for one in self.findings if one.cue is not None and 0 < one.cue <= len(self.subject.cues)}
        )


class Fix(NamedTuple):
    """One fix."""

    codes: tuple[str, ...]
    safe: bool
    removes_words: bool
    function: Callable[[Patient], Document | None]


@dataclass(slots=True)
class Mended:
    """What came of it.

    Attributes:
        document: the mended document, read back.
        data: its bytes.
        fixed: how many findings of each code are gone.
        refused: what was thrown away, and why.
        remaining: the findings that are left.
    """

    document: Document
    data: bytes
    fixed: dict[str, int] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    remaining: list[Diagnostic] = field(default_factory=list)


def mends(
    *codes: str, safe: bool, removes_words: bool = False
) -> Callable[[Callable[[Patient], Document | None]], Callable[[Patient], Document | None]]:
    """Make the function below this the fix for these codes.

    Args:
        safe: whether what a viewer sees stays the same.
        removes_words: whether words go that nobody says (credits, repetitions, markup that was shown as text).
    """

    def declare(function: Callable[[Patient], Document | None]) -> Callable[[Patient], Document | None]:
        _DECLARED.append(Fix(codes, safe, removes_words, function))
        return function

    return declare


_DECLARED: list[Fix] = []


@cache
def fixes() -> tuple[Fix, ...]:
    """All fixes in the order in which they run."""
    modules = [
        import_module(f"captionkit.lint.fixes.{file.stem}")
        for file in sorted((Path(__file__).parent / "fixes").glob("[!_]*.py"))
    ]
    order = {module.__name__: module.ORDER for module in modules}
    return tuple(sorted(_DECLARED, key=lambda one: order[one.function.__module__]))


def mend(document: Document, checker: Checker, *, unsafe: bool = False, path: str = "") -> Mended:
    """Mend a document.

    Args:
        document: what was read.
        checker: which findings count; the fixes keep to its profile.
        unsafe: whether times, lines and markup may change.
        path: the name to report.
    """
    state = _State(checker, unsafe, path, document, to_bytes(document))
    result = Mended(document, state.data)
    found = checker.check(document, path)
    for _ in range(MOST_ROUNDS):
        changed = False
        for fix in fixes():
            mine = [one for one in found if one.code in fix.codes] if fix.safe or unsafe else []
            if mine and state.refused_at.get(fix) != state.data and _tried(state, fix, mine):
                found = checker.check(state.document, path)
                _count(result.fixed, mine, found)
                changed = True
        if not changed:
            break
    result.document, result.data, result.remaining = state.document, state.data, found
    result.refused = list(state.refusals)
    return result


@dataclass(slots=True)
class _State:
    """Where mending stands.

    Attributes:
        refused_at: what the file was when a fix was refused: it is tried again when the file has become another one.
        refusals: why, each once.
    """

    checker: Checker
    unsafe: bool
    path: str
    document: Document
    data: bytes
    refused_at: dict[Fix, bytes] = field(default_factory=dict)
    refusals: dict[str, None] = field(default_factory=dict)


#: How often the findings are halved to find the one that a fix must not touch: 64 parts.
_MOST_HALVINGS = 6


def _tried(state: _State, fix: Fix, mine: list[Diagnostic], halvings: int = _MOST_HALVINGS) -> bool:
    """Run one fix; where it does harm, run it for a part of its findings. Whether anything was changed."""
    problem = _attempt(state, fix, mine)
    if problem is None:
        return True
    if not problem:
        return False
    if len(mine) > 1 and halvings:
        half = len(mine) // 2
        parts = [_tried(state, fix, part, halvings - 1) for part in (mine[half:], mine[:half])]
        if any(parts):
            return True
    else:
        state.refusals.setdefault(f"{', '.join(sorted({one.code for one in mine}))}: {problem}")
    state.refused_at[fix] = state.data
    return False


def _attempt(state: _State, fix: Fix, mine: list[Diagnostic]) -> str | None:
    """Run one fix and read what it made: None where it is taken, "" where nothing changes, else why it is refused."""
    document = state.document
    mended = fix.function(Patient(document, state.checker.subject(document, state.path), mine, state.unsafe))
    if mended is None or mended is document:
        return ""
    try:
        data = to_bytes(mended)
    except CaptionkitError as error:
        return error.message
    data = _one_end(data, state.data, mended.newline.encode())
    if data == state.data:
        return ""
    again = loads(data, path=document.path) if document.path else loads(data, document.format)
    if again.format != document.format:
        again = replace(loads(data, document.format), path=document.path)
    problem = _harm(document, again, fix)
    if not problem:
        state.document, state.data = again, data
        return None
    return problem


def _one_end(data: bytes, before: bytes, newline: bytes) -> bytes:
    """Take away the blank line that the writer puts after a new last block, where there was none before."""
    if not before.endswith(newline * 2):
        while data.endswith(newline * 2) and len(newline) < len(data):
            data = data[: -len(newline)]
    return data


def _count(fixed: dict[str, int], mine: Sequence[Diagnostic], left: Iterable[Diagnostic]) -> None:
    codes = [one.code for one in left]
    for code in {one.code for one in mine}:
        gone = sum(1 for one in mine if one.code == code) - codes.count(code)
        if gone > 0:
            fixed[code] = fixed.get(code, 0) + gone


def _harm(before: Document, after: Document, fix: Fix) -> str:
    """Why this change must not be made; "" where it may."""
    if fix.safe:
        return harm_to_viewers(before, after)
    if not fix.removes_words and _words_changed(before, after):
        return "it would change the words, so it was left alone"
    return ""


_INVISIBLE = pattern("[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u200b\u2060\ufeff]")


def harm_to_viewers(before: Document, after: Document) -> str:
    """What a viewer would no longer see, or see anew without its words having stood in the file; "" for nothing."""
    from captionkit.conversion.shown import shown

    def keys(document: Document) -> set[tuple[int, int, str, str]]:
        return {(c.start, c.end, _shown_form(c.styled), c.settings) for c in shown(document)}

    were, are = keys(before), keys(after)
    lost = were - are
    if lost:
        start, _, text, _ = min(lost)
        from captionkit.model import timecode

        return f"what is shown at {timecode(start)} ({text[:40]!r}) would change, so it was left alone"
    hidden = " ".join(block.text for block in before.blocks if type(block) is Stray)
    hidden_words = set(_WORD.findall(_INVISIBLE.sub("", hidden)))
    for _, _, text, _ in are - were:
        if not set(_WORD.findall(re.sub("<[^>]*>|&[a-z]+;", " ", text))) <= hidden_words:
            return f"{text[:40]!r} would be shown that was not shown before, so it was left alone"
    return ""


_WORD = pattern(r"\w+")
_EDGES = pattern(r"(?:(?<![ \u00a0])[ \u00a0]++)?\n[ \u00a0]*+")


def _shown_form(styled: str) -> str:
    """Text without what has no ink: characters of no width, and spaces at the edge of a line."""
    return _EDGES.sub("\n", _INVISIBLE.sub("", styled)).strip(" \u00a0\n")


def _words_changed(before: Document, after: Document) -> bool:
    """Whether words are lost or new: those shown, in the order in which they are shown, and those outside of cues."""
    were, are = _shown_words(before), _shown_words(after)
    if were == are:
        return False
    outside_before, outside_after = _other_words(before), _other_words(after)
    if outside_before == outside_after:
        return True
    # Text came in from outside: nothing may be lost, and nothing be shown that stood nowhere.
    names = Counter(_WORD.findall(" ".join([block.identifier for block in after.blocks if type(block) is Cue])))
    lost = Counter(were) + outside_before - Counter(are) - outside_after - names
    new = Counter(are) - Counter(were) - outside_before
    return bool(lost.keys() - {"STYLE", "REGION"}) or bool(new)


def _shown_words(document: Document) -> list[str]:
    from captionkit.markup import visible_text

    cues = sorted((block for block in document.blocks if type(block) is Cue), key=lambda cue: cue.start)
    return _WORD.findall(" ".join([visible_text(cue.text, document.format) for cue in cues]))


def _other_words(document: Document) -> Counter[str]:
    return Counter(_WORD.findall(" ".join([block.text for block in document.blocks if type(block) is not Cue])))


# What fixes share

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
    """The same cue as a new object: it is then written in the format's canonical way."""
    return Cue(*cue)


def with_texts_changed(patient: Patient, change: Callable[[str], str], *, everywhere: bool = False) -> Document | None:
    """The document with the text of the cues that the findings are about changed."""
    cues = patient.subject.cues
    chosen = range(len(cues)) if everywhere else patient.indices()
    changes: dict[int, Change] = {}
    for index in chosen:
        text = change(cues[index].text)
        if text != cues[index].text:
            changes[index] = cues[index]._replace(text=text)
    return with_cues_changed(patient.document, changes)


def reread(document: Document, text: str, *, encoding: str = "", bom: bool | None = None) -> Document:
    """The document that this text makes, in the same format."""
    made = loads(text, document.format, path=document.path)
    return replace(
        made, encoding=encoding or document.encoding, bom=document.bom if bom is None else bom,
        source=replace(made.source, data=None) if made.source else None,
    )  # fmt: skip


def source_text(document: Document) -> str:
    """The text as it stands."""
    from captionkit.documents import dumps

    return dumps(document)

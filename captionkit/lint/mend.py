"""Mend what rules find, and refuse what would change what a viewer sees.

How to add a fix: write a function in a file of `captionkit/lint/fixes/` with `@mends("TIM003", kind=UNSAFE)` above it.
It gets a `Patient` and gives the mended document, or None where there is nothing it can do. A file's `ORDER` says when
its fixes run: the bytes before the structure, the structure before the times, the times before the lines.

Theory of operation. A fix changes blocks; what it does not touch is written back as it stood. After each fix the
document is written to bytes and read again, because only what a reader makes of a file counts. Then it is held to its
word. A safe fix changes nothing that any player shows: every cue is shown at the same time, in the same place and
style, with the same words. One that restores only adds: what is shown stays, and words that stood in the file and were
dropped by some players come to it. An unsafe fix may change times, lines and markup. No fix takes, doubles or moves
words, unless its rule's documentation says which (credits, lines that roll up, letters in the wrong encoding), none
makes text of a timing line, and while an encoding is a guess only unsafe fixes touch the text. What does not hold is
thrown away and reported. This goes on until nothing changes any more, so mending a mended file does nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from captionkit.documents import loads, to_bytes
from captionkit.errors import CaptionkitError
from captionkit.lint.engine import Checker
from captionkit.lint.rule import Fix as Kind
from captionkit.lint.rule import rules
from captionkit.lint.subject import Subject
from captionkit.model import Block, Cue, Diagnostic, Document
from captionkit.patterns import pattern
from captionkit.timecode import timecode

#: More rounds than any file has needed; a fix that undoes another one would go round for ever.
MOST_ROUNDS = 20


class Patient(NamedTuple):
    """What a fix gets.

    Attributes:
        document: as it stands now.
        subject: the same with the profile's limits.
        findings: those with the fix's codes.
        kinds: which kinds of changes are wanted, for fixes that are safe in one case and not in another.
    """

    document: Document
    subject: Subject
    findings: list[Diagnostic]
    kinds: tuple[Kind, ...]

    @property
    def unsafe(self) -> bool:
        return Kind.UNSAFE in self.kinds

    @property
    def held(self) -> frozenset[int]:
        """The cues that must stay as they stand, by index."""
        return held_cues(self.document, self.kinds)

    def indices(self) -> list[int]:
        """The cues that the findings are about, each once, in file order."""
        return sorted(
            {one.cue - 1 for one in self.findings if one.cue is not None and 0 < one.cue <= len(self.subject.cues)}
        )


class Words(Enum):
    """What a fix does to the words."""

    KEPT = "kept"  # the same words in the file's order; what stood outside of cues may come in
    SORTED = "sorted"  # the same cues in another order
    REMOVED = "removed"  # some go, as the rule's documentation says
    REWRITTEN = "rewritten"  # letters change, as the rule's documentation says


class Fix(NamedTuple):
    """One fix."""

    codes: tuple[str, ...]
    kind: Kind
    words: Words
    function: Callable[[Patient], Document | None]


def kinds_wanted(*, restore: bool = False, unsafe: bool = False) -> tuple[Kind, ...]:
    """The kinds of fixes that these options want: each holds the ones before it."""
    return (Kind.SAFE, *((Kind.RESTORES,) if restore or unsafe else ()), *((Kind.UNSAFE,) if unsafe else ()))


@dataclass(slots=True)
class Mended:
    """What came of it.

    Attributes:
        document: the mended document, read back.
        data: its bytes.
        fixed: how many findings of each code that were there before are gone.
        refused: what was thrown away, and why.
        remaining: the findings that are left.
        applied: the codes whose fixes changed something, those of faults that another fix brought up included.
    """

    document: Document
    data: bytes
    fixed: dict[str, int] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    remaining: list[Diagnostic] = field(default_factory=list)
    applied: set[str] = field(default_factory=set)


_FixFunction = Callable[[Patient], Document | None]


def mends(*codes: str, kind: Kind, words: Words = Words.KEPT) -> Callable[[_FixFunction], _FixFunction]:
    """Make the function below this the fix for these codes.

    Args:
        kind: SAFE, RESTORES or UNSAFE.
        words: what it does to the words.
    """

    def declare(function: _FixFunction) -> _FixFunction:
        _DECLARED.append(Fix(codes, kind, words, function))
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


def mend(
    document: Document, checker: Checker, *, restore: bool = False, unsafe: bool = False, path: str = ""
) -> Mended:
    """Mend a document.

    Args:
        document: what was read.
        checker: which findings count; the fixes keep to its profile.
        restore: whether what some players drop or show as text is to be brought back.
        unsafe: whether that, and times, lines and markup may change.
        path: the name to report.
    """
    kinds = kinds_wanted(restore=restore, unsafe=unsafe)
    state = _State(checker, kinds, path, document, to_bytes(document), held_cues(document, kinds))
    before = found = checker.check(document, path, each=True)
    applied: set[str] = set()
    for _ in range(MOST_ROUNDS):
        changed = False
        for fix in fixes():
            mine = _its_findings(fix, found, state) if fix.kind in kinds else []
            if mine and state.refused_at.get(fix) != state.data and _tried(state, fix, mine):
                found = checker.check(state.document, path, each=True)
                applied.update(one.code for one in mine)
                changed = True
        if not changed:
            break
    were, are = (Counter([one.code for one in findings]) for findings in (before, found))
    return Mended(state.document, state.data, dict(were - are), list(state.refusals), found, applied)


@dataclass(slots=True)
class _State:
    """Where mending stands.

    Attributes:
        held: the cues that must stay as they stand, by index.
        refused_at: what the file was when a fix was refused: it is tried again when the file has become another one.
        refusals: why, each once.
    """

    checker: Checker
    kinds: tuple[Kind, ...]
    path: str
    document: Document
    data: bytes
    held: frozenset[int] = frozenset()
    refused_at: dict[Fix, bytes] = field(default_factory=dict)
    refusals: dict[str, None] = field(default_factory=dict)


def _its_findings(fix: Fix, found: Sequence[Diagnostic], state: _State) -> list[Diagnostic]:
    """The findings that a fix may mend: not those about cues that it must not write anew."""
    mine = [one for one in found if one.code in fix.codes]
    if not mine or fix.kind is Kind.UNSAFE:
        return mine
    every = rules()
    mine = [one for one in mine if one.code not in every or every[one.code].fix_of(one.message) in state.kinds]
    held = state.held
    free = [one for one in mine if one.cue is None or one.cue - 1 not in held] if held else mine
    if len(free) < len(mine):
        left = {one.code for one in mine} - {one.code for one in free} or {one.code for one in mine}
        state.refusals.setdefault(f"{', '.join(sorted(left))}: {_HELD}")
    return free


_HELD = (
    "some stand in cues whose number, times or blank line players read in different ways, and mending them would write "
    "those anew; --restore or --unsafe-fixes mends both"
)


#: What a writer puts right in a cue that it writes anew, whatever it is written anew for.
_OF_THE_WRITER = frozenset(
    (
        *("SRT002", "SRT012", "SRT016", "SRT017", "SRT018", "SRT020", "SRT024"),
        *("TIM020", "TIM021", "TIM022", "TIM023", "VTT103"),
    )
)


def held_cues(document: Document, kinds: Sequence[Kind]) -> frozenset[int]:
    """The cues, by index, that fixes of these kinds must leave as they stand: the writer would put right what is not
    theirs to mend."""
    higher = [kind for kind in (Kind.RESTORES, Kind.UNSAFE) if kind not in kinds]
    if not higher:
        return frozenset()
    every = rules()
    held: set[int] = set(_beside_white_lines(document))
    without_blank_line: set[int] = set()
    for one in document.diagnostics:
        if one.code == "ENC015" and Kind.RESTORES in higher:
            without_blank_line.add(one.line)
        elif one.code == "VTT003" and Kind.RESTORES in higher:
            held.add(0)
        elif one.code in _OF_THE_WRITER and one.cue is not None and every[one.code].fix_of(one.message) in higher:
            held.add(one.cue - 1)
    for index, cue in enumerate(document.cues if without_blank_line else ()):
        if cue.line in without_blank_line or cue.timing_line in without_blank_line:
            held.update((index - 1, index))  # the blank line would be written with either
    return frozenset(held)


#: VLC does not end a cue at a line of spaces, so the blank line that a writer puts there makes two cues of one.
_WHITE_LINE = pattern(r"(?:\n|\r)[ \t]+(?:\r|\n)")


def _beside_white_lines(document: Document) -> Iterator[int]:
    """The cues of SRT that a line of spaces ends or divides, and those below."""
    source = document.source
    if document.format != "srt" or source is None or not _WHITE_LINE.search(source.text):
        return
    number = -1
    edges = [*source.starts, len(source.text)]
    for block, start, end in zip(source.blocks, edges, edges[1:], strict=False):
        number += type(block) is Cue
        if type(block) is Cue and _WHITE_LINE.search(source.text, max(start - 1, 0), end):
            yield from (number, number + 1)


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
    mended = fix.function(Patient(document, state.checker.subject(document, state.path), mine, state.kinds))
    if mended is None or mended is document:
        return ""
    if not _leaves_held_cues(document, mended, state.held):
        return "it would write a cue anew whose times players read in different ways, so it was left alone"
    try:
        data = to_bytes(mended)
    except CaptionkitError as error:
        return error.message
    data = _one_end(data, state.data, mended.newline.encode())
    if data == state.data:
        return ""
    again = _read_again(data, mended, document.format)
    problem = _harm(document, again, fix)
    if not problem:
        state.document, state.data, state.held = again, data, held_cues(again, state.kinds)
        return None
    return problem


def _read_again(data: bytes, mended: Document, format: str) -> Document:
    """What a reader makes of the mended bytes, in the encoding that they were written in."""
    encoding, is_guess, path = mended.encoding, mended.encoding_is_guess, mended.path
    known = "" if encoding == "utf-8" else encoding
    again = loads(data, None if path else format, path=path, encoding=known, encoding_is_guess=is_guess)
    if again.format == format:
        return again
    return replace(loads(data, format, encoding=known, encoding_is_guess=is_guess), path=path)


def _leaves_held_cues(before: Document, after: Document, held: frozenset[int]) -> bool:
    if not held or after.source is not before.source:
        return True
    kept = {id(block) for block in after.blocks}
    return all(id(cue) in kept for index, cue in enumerate(before.cues) if index in held)


def _one_end(data: bytes, before: bytes, newline: bytes) -> bytes:
    """Take away the blank line that the writer puts after a new last block, where there was none before."""
    if not before.endswith(newline * 2):
        while data.endswith(newline * 2) and len(newline) < len(data):
            data = data[: -len(newline)]
    return data


# What must not happen


def _harm(before: Document, after: Document, fix: Fix) -> str:
    """Why this change must not be made; "" where it may."""
    if fix.kind is not Kind.UNSAFE:
        if is_guessed(before) and _texts(before) != _texts(after):
            return "the encoding of the file is a guess, so its text was left alone"
        if not _keeps_mangled(before, after):
            return "it would cut letters that were read in a wrong encoding (ENC006), so it was left alone"
        problem = harm_to_viewers(before, after) if fix.kind is Kind.SAFE else _harm_to_restored(before, after)
        if problem:
            return problem
    if fix.words is not Words.REWRITTEN and _timing_lines(after) > _timing_lines(before):
        return "it would show a timing line as text, so it was left alone"
    if _words_harmed(before, after, fix.words):
        return "it would change the words, so it was left alone"
    return ""


def _keeps_mangled(before: Document, after: Document) -> bool:
    """Whether letters that were read in a wrong encoding can still be brought back: some of them look like blanks."""
    from captionkit.lint.rules.enc import mangled_in

    texts, mended = _texts(before), _texts(after)
    return texts == mended or sorted(mangled_in(texts)) == sorted(mangled_in(mended))


def is_guessed(document: Document) -> bool:
    """Whether the encoding is a guess, or some bytes have no meaning in it: letters may be others than they seem."""
    return document.encoding_is_guess or (document.source is not None and document.source.data is not None)


def _texts(document: Document) -> list[str]:
    return sorted(block.text for block in document.blocks)


def _timing_lines(document: Document) -> int:
    """How many lines of text look like timing lines."""
    from captionkit.formats._timing import lacks_arrow, recognise

    return sum(
        1
        for cue in document.cues
        if ":" in cue.text or "-->" in cue.text
        for line in cue.text.split("\n")
        if "-->" in line or (":" in line and (recognise(line) is not None or lacks_arrow(line)))
    )


_INVISIBLE = pattern("[\u0000-\u0009\u000b-\u001f\u007f\u00ad\u200b\u2060\ufeff]")


def harm_to_viewers(before: Document, after: Document) -> str:
    """What a viewer would no longer see, or see anew; "" for nothing."""
    were, are = _shown_forms(before), _shown_forms(after)
    if were == are:
        return ""
    lost = were - are
    if lost:
        start, _, text, _ = min(lost)
        return f"what is shown at {timecode(start)} ({text[:40]!r}) would change, so it was left alone"
    start, _, text, _ = min(are - were)
    return f"{text[:40]!r} would be shown at {timecode(start)} that was not shown before, so it was left alone"


def _shown_forms(document: Document) -> Counter[tuple[int, int, str, str]]:
    from captionkit.conversion.viewer import shown

    return Counter([(c.start, c.end, _shown_form(c.styled), c.settings) for c in shown(document)])


def _harm_to_restored(before: Document, after: Document) -> str:
    """What would no longer be shown, though only more is to be shown; "" for nothing."""
    times = Counter([cue[:2] for cue in before.cues]) - Counter([cue[:2] for cue in after.cues])
    return f"the cue at {timecode(min(times)[0])} would change its time, so it was left alone" if times else ""


_WORD = pattern(r"\w+")
_EDGES = pattern(r"(?:(?<![ \u00a0])[ \u00a0]++)?\n[ \u00a0]*+")


def _shown_form(styled: str) -> str:
    """Text without what has no ink: characters of no width, and spaces at the edge of a line."""
    return _EDGES.sub("\n", _INVISIBLE.sub("", styled)).strip(" \u00a0\n")


def _words_harmed(before: Document, after: Document, allowed: Words) -> bool:
    """Whether words are taken, doubled, moved or made up beyond what is allowed.

    Words are compared in the order of the file, since nothing else tells what was said when the times are wrong.
    """
    were, are = _shown_words(before), _shown_words(after)
    if were == are or allowed is Words.REWRITTEN:
        return allowed is not Words.REMOVED and _stray_words_lost(before, after, are)
    if allowed is Words.SORTED:
        return Counter(were) != Counter(are)
    if allowed is Words.REMOVED:
        return not _is_within(are, were)
    if "".join(were) == "".join(are):
        return False  # a script without spaces, broken elsewhere
    # Text came in from outside of the cues: nothing may be lost or moved, and nothing shown that stood nowhere.
    came_in = _hidden_words(before) - _hidden_words(after)
    # By letters, since a word may have been cut in two by what was hidden in it.
    return (
        not _is_within("".join(were), "".join(are))
        or bool(Counter(are) - Counter(were) - came_in)
        or _stray_words_lost(before, after, are)
    )


def _is_within(some: Sequence[str], others: Sequence[str]) -> bool:
    """Whether these stand among those, in the same order."""
    rest = iter(others)
    return all(one in rest for one in some)


def _stray_words_lost(before: Document, after: Document, shown: Sequence[str]) -> bool:
    """Whether words of blocks that are nothing are gone, and neither shown now nor anywhere else in the file."""
    strays = [block.text for block in before.strays]
    if not strays or strays == [block.text for block in after.strays]:
        return False
    lost = Counter(_WORD.findall(" ".join(strays))) - _other_words(after)
    lost -= Counter(shown) - Counter(_shown_words(before))
    lost -= Counter(_WORD.findall(" ".join([cue.identifier for cue in after.cues])))
    return any(not word.isdecimal() and word.upper() not in _NO_SPEECH for word in lost)


#: What stands in the first line of blocks and files and is no speech.
_NO_SPEECH = frozenset(("STYLE", "REGION", "WEBVTT", "WEB", "VTT", "FILE"))


def _shown_words(document: Document) -> list[str]:
    from captionkit.markup import visible_text

    shown = [visible_text(cue.text, document.format) if _HAS_MARKUP(cue.text) else cue.text for cue in document.cues]
    return _WORD.findall("\n".join(shown))


_HAS_MARKUP = pattern("[<&{]").search


def _hidden_words(document: Document) -> Counter[str]:
    """The words of the file that no cue shows: blocks that are no cues, what stands in tags and on timing lines."""
    hidden = _other_words(document)
    for cue in document.cues:
        hidden.update(_WORD.findall(cue.settings))
        if "<" in cue.text:
            hidden.update(_WORD.findall(cue.text))
            hidden.subtract(_WORD.findall(_visible(cue, document.format)))
    return +hidden


def _visible(cue: Cue, format: str) -> str:
    from captionkit.markup import visible_text

    return visible_text(cue.text, format)


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


def with_words(cue: Cue, words: str) -> Cue:
    """The cue with words from its timing line, which no player shows, where they are shown."""
    if not words:
        return cue
    settings = cue.settings[: cue.settings.rindex(words)].strip()
    return cue._replace(settings=settings, text=f"{words}\n{cue.text}" if cue.text else words)


def reread(document: Document, text: str, *, encoding: str = "", bom: bool | None = None) -> Document:
    """The document that this text makes, in the same format."""
    made = loads(text, document.format, path=document.path)
    return replace(
        made, encoding=encoding or document.encoding, bom=document.bom if bom is None else bom,
        encoding_is_guess=document.encoding_is_guess,
        source=replace(made.source, data=None) if made.source else None,
    )  # fmt: skip


def source_text(document: Document) -> str:
    """The text as it stands."""
    from captionkit.documents import dumps

    return dumps(document)

"""Fix what rules find, and refuse what would change what a viewer sees.

Theory of operation. An edit changes blocks; what it does not touch is written back as it stood. After each edit the
document is written to bytes and read again, because only what a reader makes of a file counts. Then it is held to its
word. A safe fix changes nothing that any player shows: every cue is shown at the same time, in the same place and
style, with the same words. One that restores only adds: what is shown stays, and words that stood in the file and were
dropped by some players come to it. An unsafe fix may change times, lines and markup. No fix takes, doubles or moves
words, unless its rule's documentation says which (credits, lines that roll up, letters in the wrong encoding), none
makes text of a timing line, and while an encoding is a guess only unsafe fixes touch the text. What does not hold is
thrown away and reported. This goes on until nothing changes any more, so fixing a fixed file does nothing.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from captionkit.documents import loads, to_bytes
from captionkit.errors import CaptionkitError
from captionkit.lint.checker import Checker
from captionkit.lint.context import Context, is_guessed
from captionkit.lint.edits import FixTask, fixes_wanted
from captionkit.lint.rule import FIXED, FixStep, Words, steps
from captionkit.model import Cue, Diagnostic, Document, Fix
from captionkit.patterns import pattern
from captionkit.timecode import timecode

#: More rounds than any file has needed; a fix that undoes another one would go round for ever.
MOST_ROUNDS = 20


@dataclass(slots=True, repr=False)
class Fixed:
    """What came of it.

    Attributes:
        document: the fixed document, read back.
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

    def __repr__(self) -> str:
        """`<Fixed srt: 3 of TIM001, 1 of TXT006 fixed; 2 findings left>`"""
        fixed = ", ".join(f"{number:,} of {code}" for code, number in self.fixed.items()) or "nothing"
        left = len(self.remaining)
        parts = [f"{fixed} fixed", f"{left:,} finding{'' if left == 1 else 's'} left"]
        return f"<Fixed {self.document.format}: {'; '.join(parts)}>"


def fix_document(
    document: Document, checker: Checker, *, restore: bool = False, unsafe: bool = False, path: str = ""
) -> Fixed:
    """Fix a document.

    Args:
        document: what was read.
        checker: which findings count; the fixes keep to its profile.
        restore: whether what some players drop or show as text is to be brought back.
        unsafe: whether that, and times, lines and markup may change.
        path: the name to report.
    """
    allowed = fixes_wanted(restore=restore, unsafe=unsafe)
    state = _State(checker, allowed, path, document, to_bytes(document))
    before = found = state.check()
    applied: set[str] = set()
    for _ in range(MOST_ROUNDS):
        changed = False
        waiting = _by_step(found, allowed)
        for step in steps():
            mine = waiting.get(step)
            if mine and state.refused_at.get(step) != state.data and _tried(state, step, mine):
                found = state.check()
                waiting = _by_step(found, allowed)
                applied.update(one.code for one in mine)
                changed = True
        if not changed:
            break
    were, are = (Counter([one.code for one in findings]) for findings in (before, found))
    return Fixed(state.document, state.data, dict(were - are), list(state.refusals), found, applied)


def _by_step(found: Sequence[Diagnostic], allowed: Sequence[Fix]) -> dict[FixStep, list[Diagnostic]]:
    """The findings that may be fixed, by what fixes them."""
    waiting: dict[FixStep, list[Diagnostic]] = {}
    for one in found:
        if one.edit and one.fix in allowed:
            for step in one.edit.steps:
                waiting.setdefault(step, []).append(one)
    return waiting


@dataclass(slots=True)
class _State:
    """Where fixing stands.

    Attributes:
        context: the document as the rules see it.
        refused_at: what the file was when a fix was refused: it is tried again when the file has become another one.
        refusals: why, each once.
    """

    checker: Checker
    allowed: tuple[Fix, ...]
    path: str
    document: Document
    data: bytes
    context: Context = field(init=False)
    refused_at: dict[FixStep, bytes] = field(default_factory=dict)
    refusals: dict[str, None] = field(default_factory=dict)

    def check(self) -> list[Diagnostic]:
        """All that is wrong with the document as it stands now, also where a report would stop."""
        self.context = self.checker.context(self.document, self.path)
        self.context.most_a_cue = sys.maxsize
        return self.checker.check(self.document, self.path, self.context, each=True)


#: How often the findings are halved to find the one that a fix must not touch: 64 parts.
_MOST_HALVINGS = 6


def _tried(state: _State, step: FixStep, mine: list[Diagnostic], halvings: int = _MOST_HALVINGS) -> bool:
    """Run one fix; where it does harm, run it for a part of its findings. Whether anything was changed."""
    problem = _attempt(state, step, mine)
    if problem is None:
        return True
    if not problem:
        return False
    if len(mine) > 1 and halvings:
        half = len(mine) // 2
        parts = [_tried(state, step, part, halvings - 1) for part in (mine[half:], mine[:half])]
        if any(parts):
            return True
    else:
        state.refusals.setdefault(f"{', '.join(sorted({one.code for one in mine}))}: {problem}")
    state.refused_at[step] = state.data
    return False


def _attempt(state: _State, step: FixStep, mine: list[Diagnostic]) -> str | None:
    """Run one fix and read what it made: None where it is taken, "" where nothing changes, else why it is refused."""
    document = state.document
    fixed = step.function(FixTask(document, state.context, mine, state.allowed))
    if fixed is None or fixed is document:
        return ""
    try:
        data = to_bytes(fixed)
    except CaptionkitError as error:
        return error.message
    data = _one_end(data, state.data, fixed.newline.encode())
    if data == state.data:
        return ""
    again = _read_again(data, fixed, document.format)
    problem = _harm(document, again, max([step.fix, *(one.fix for one in mine)], key=FIXED.index), step.words)
    if not problem:
        state.document, state.data = again, data
        return None
    return problem


def _read_again(data: bytes, fixed: Document, format: str) -> Document:
    """What a reader makes of the fixed bytes, in the encoding that they were written in."""
    encoding, is_guess, path = fixed.encoding, fixed.encoding_is_guess, fixed.path
    known = "" if encoding == "utf-8" else encoding
    again = loads(data, None if path else format, path=path, encoding=known, encoding_is_guess=is_guess)
    if again.format == format:
        return again
    return replace(loads(data, format, encoding=known, encoding_is_guess=is_guess), path=path)


def _one_end(data: bytes, before: bytes, newline: bytes) -> bytes:
    """Take away the blank line that the writer puts after a new last block, where there was none before."""
    if not before.endswith(newline * 2):
        while data.endswith(newline * 2) and len(newline) < len(data):
            data = data[: -len(newline)]
    return data


# What must not happen


def _harm(before: Document, after: Document, fix: Fix, words: Words) -> str:
    """Why this change must not be made; "" where it may."""
    if fix is not Fix.UNSAFE:
        if is_guessed(before) and _texts(before) != _texts(after):
            return "the encoding of the file is a guess, so its text was left alone"
        if not _keeps_mangled(before, after):
            return "it would cut letters that were read in a wrong encoding (ENC006), so it was left alone"
        problem = harm_to_viewers(before, after) if fix is Fix.SAFE else _harm_to_restored(before, after)
        if problem:
            return problem
    if words is not Words.REWRITTEN and _timing_lines(after) > _timing_lines(before):
        return "it would show a timing line as text, so it was left alone"
    if _words_harmed(before, after, words):
        return "it would change the words, so it was left alone"
    return ""


def _keeps_mangled(before: Document, after: Document) -> bool:
    """Whether letters that were read in a wrong encoding can still be brought back: some of them look like blanks."""
    from captionkit.lint.rules.enc_text import mangled_in

    were, are = _texts(before), _texts(after)
    return were == are or sorted(mangled_in(were)) == sorted(mangled_in(are))


def _texts(document: Document) -> list[str]:
    return sorted(block.text for block in document.blocks)


def _timing_lines(document: Document) -> int:
    """How many lines of text look like timing lines."""
    from captionkit.formats.timing_line import lacks_arrow, recognise

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
    were, are = _rendered_cues(before), _rendered_cues(after)
    if were == are:
        return ""
    lost = were - are
    if lost:
        start, _, text, _ = min(lost)
        return f"what is shown at {timecode(start)} ({text[:40]!r}) would change, so it was left alone"
    start, _, text, _ = min(are - were)
    return f"{text[:40]!r} would be shown at {timecode(start)} that was not shown before, so it was left alone"


def _rendered_cues(document: Document) -> Counter[tuple[int, int, str, str]]:
    from captionkit.conversion.viewer import rendered

    return Counter([(c.start, c.end, _without_blanks(c.styled), c.settings) for c in rendered(document)])


def _harm_to_restored(before: Document, after: Document) -> str:
    """What would no longer be shown, though only more is to be shown; "" for nothing."""
    times = Counter([cue[:2] for cue in before.cues]) - Counter([cue[:2] for cue in after.cues])
    return f"the cue at {timecode(min(times)[0])} would change its time, so it was left alone" if times else ""


_WORD = pattern(r"\w+")
_EDGES = pattern(r"(?:(?<![ \u00a0])[ \u00a0]++)?\n[ \u00a0]*+")


def _without_blanks(styled: str) -> str:
    """Text without what has no ink: characters of no width, and spaces at the edge of a line."""
    return _EDGES.sub("\n", _INVISIBLE.sub("", styled)).strip(" \u00a0\n")


def _words_harmed(before: Document, after: Document, allowed: Words) -> bool:
    """Whether words are taken, doubled, moved or made up beyond what is allowed.

    Words are compared in the order of the file, since nothing else tells what was said when the times are wrong.
    """
    were, are = _visible_words(before), _visible_words(after)
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
    lost -= Counter(shown) - Counter(_visible_words(before))
    lost -= _written_words(after) - _written_words(before)
    return any(not word.isdecimal() and word.upper() not in _NO_SPEECH for word in lost)


#: What stands in the first line of blocks and files and is no speech.
_NO_SPEECH = frozenset(("STYLE", "REGION", "WEBVTT", "WEB", "VTT", "FILE"))


def _visible_words(document: Document) -> list[str]:
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


def _written_words(document: Document) -> Counter[str]:
    """The words of the cues as they are written, markup, settings and identifiers too."""
    return Counter(_WORD.findall(" ".join([f"{cue.identifier} {cue.settings} {cue.text}" for cue in document.cues])))


def _visible(cue: Cue, format: str) -> str:
    from captionkit.markup import visible_text

    return visible_text(cue.text, format)


def _other_words(document: Document) -> Counter[str]:
    return Counter(_WORD.findall(" ".join([block.text for block in document.blocks if type(block) is not Cue])))

"""Whether viewers should get what a file would send them: a table of checks.

Theory of operation. A file that can be sent may still be the wrong one: with the marks of a merge, in another language
than its name says, another lecture's. Each check of `CHECKS` looks at the file, at the text that would go out in its
place, and at what the track claims to be, and says what speaks against it, a sentence each. A track with a reason is
held back, and the others go on. A person lifts one check by name: `--allow language`.

Only what goes out is judged: a fault of the file that our writer puts right is no reason, and a track that is there
already and stays as it is, is not looked at. `same-words` and `times` compare whole recordings, so they come last
(`captionkit.library.wrong_file`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import TYPE_CHECKING, NamedTuple

from captionkit.errors import UsageError
from captionkit.library.wrong_file import Facts, Track, against_length, facts_of, suspicions
from captionkit.model import Cue, Diagnostic, Document, Severity
from captionkit.timecode import timecode

if TYPE_CHECKING:
    from captionkit.lint.checker import Checker
    from captionkit.lint.context import Context
    from captionkit.sync.upload import Prepared

#: Mangled letters are no accident from so many places on, in at least one of so many cues.
LEAST_MANGLED, MANGLED_CUES = 3, 10
#: A longer text of one cue is none that a person reads; what is wrong with its tags, `check` finds.
_LONGEST_TEXT = 10_000

_LETTERS = re.compile(r"[^\W\d_]")

#: Rules that have a check of their own here: about the language, about the file, about the length.
_OF_LANGUAGE = frozenset({"LNG008", "A11006"})
_OF_OTHER_CHECKS = frozenset({"ENC001", "ENC010", "ENC020", "TIM010"})


#: What mends a finding, by the worst kind of fix that is needed.
_MENDED_BY = {
    "restores": "a fix that restores mends that",
    "unsafe": "an unsafe fix mends that",
    "hint": "a check shows where",
    "none": "a check shows where",
}


class Claim(NamedTuple):
    """What a track says of itself.

    Attributes:
        language: BCP 47, or what the service gets for it.
        kind: captions, subtitles, descriptions, chapters or metadata; "" where not known.
        length_ms: of its recording; 0 where not known.
    """

    language: str
    kind: str = ""
    length_ms: int = 0


class Reason(NamedTuple):
    """What speaks against publishing a track: the check that a person may lift, and a sentence."""

    check: str
    message: str


@dataclass(frozen=True)
class _Candidate:
    """A track that is to be judged.

    Attributes:
        file: what was read. sent: what viewers would get, read again.
    """

    file: Document
    sent: Context
    claim: Claim

    @cached_property
    def errors(self) -> list[Diagnostic]:
        """Errors in the text to be sent that change what a viewer gets.

        Not those in a cue without a letter or digit, where nobody loses a word.
        """
        found = _checker(self.claim.kind).check(self.sent.document, context=self.sent)
        return [one for one in found if one.cue is None or any(map(str.isalnum, self.sent.texts[one.cue - 1]))]


Check = Callable[[_Candidate], Iterator[str]]


def judged(prepared: Prepared, claim: Claim, allow: frozenset[str] = frozenset()) -> Prepared:
    """The same, with the reasons against sending it, and what is compared with other tracks.

    Args:
        allow: checks that a person has lifted.
    """
    from captionkit.lint.context import Context

    if prepared.problem or prepared.sent is None:
        return replace(prepared, reasons=())
    context = Context(prepared.sent, kind=claim.kind, language=claim.language)
    candidate = _Candidate(prepared.document, context, claim)
    reasons: list[Reason] = []
    for name, check in CHECKS.items():
        if name not in allow:
            reasons += [Reason(name, message) for message in check(candidate)]
        if reasons and name == "conflict-markers":
            break  # the rest only follows from it
    return replace(prepared, reasons=tuple(reasons), facts=facts_of_track(prepared.document, claim.kind, allow))


def facts_of_track(document: Document, kind: str, allow: frozenset[str]) -> Facts:
    """What is compared with other tracks, without what a person has lifted or what says nothing for this kind."""
    facts = facts_of(document)
    if kind == "metadata" or SAME_WORDS in allow:
        facts = facts._replace(words="")
    if kind in ("metadata", "chapters", "descriptions") or TIMES in allow:
        facts = facts._replace(starts=())
    if "length" in allow:
        facts = facts._replace(end=0)
    return facts


def _conflict_markers(candidate: _Candidate) -> Iterator[str]:
    from captionkit.lint.rules.enc_text import marker_lines

    source = candidate.file.source
    found = marker_lines(source.text) if source is not None else []
    if found:
        lines = ", ".join(str(line) for line, _ in found[:3])
        yield f"a merge left its marks in line {lines}: {found[0][1][:40]}"


def _doubtful_encoding(candidate: _Candidate) -> Iterator[str]:
    """Letters that are wrong, or may be, since the encoding was mistaken or is a guess; or lost: broken bytes, NUL."""
    file = candidate.file
    found = [one for one in file.diagnostics if one.code in ("ENC001", "ENC004")]
    is_broken = file.source is not None and ("\ufffd" in file.source.text or "\0" in file.source.text)
    if found and (file.encoding_is_guess or is_broken):
        hint = " ([encodings] in captionkit.toml names the right one)" if file.encoding_is_guess else ""
        yield f"{found[-1].message.rstrip('.')}{hint}"
    yield from _mangled_letters(candidate)


def _mangled_letters(candidate: _Candidate) -> Iterator[str]:
    """`Ã©` for `é` throughout: the encoding was mistaken before the file came here. One such sequence may be meant."""
    from captionkit.lint.rules.enc_text import mojibake

    places = list(mojibake(candidate.sent))
    cues = {place.cue for place in places}
    if len(places) >= LEAST_MANGLED and len(cues) * MANGLED_CUES >= len(candidate.sent.texts):
        more = f"{len(cues)} of {len(candidate.sent.texts)} cues have such letters"
        yield f"{places[0].message}; {more} ({_MENDED_BY['unsafe']})"


def _hidden_words(candidate: _Candidate) -> Iterator[str]:
    """Words in the file that no viewer would see: in no cue that can be read, or in one beside its text."""
    file = candidate.file
    hidden = [(stray.line, stray.text) for stray in file.strays if _LETTERS.search(stray.text)]
    hidden += _beside_the_text(file.cues) if file.format == "srt" else _behind_a_bracket(file.cues)
    if hidden:
        line, text = min(hidden)
        words = " ".join(text.split())
        more = f", and {len(hidden) - 1} more such places" if len(hidden) > 1 else ""
        shown = f"{words[:60]}…" if len(words) > 60 else words
        yield f"no viewer would see what stands in line {line}: {shown!r}{more}"


def _beside_the_text(cues: Sequence[Cue]) -> list[tuple[int, str]]:
    """The words that stand in place of an SRT cue's number or behind its times, each with its line."""
    from captionkit.conversion.hidden import words_on_timing_line

    named = [
        (cue.line, cue.identifier) for cue in cues if not cue.identifier.isdecimal() and _LETTERS.search(cue.identifier)
    ]
    if len(named) * 2 >= len(cues):
        named = []  # that is how the cues of this file are called
    return named + [
        (cue.timing_line, cue.settings) for cue in cues if cue.settings and words_on_timing_line(cue.settings)
    ]


def _behind_a_bracket(cues: Sequence[Cue]) -> list[tuple[int, str]]:
    """The WebVTT cues in which words stand behind a `<` that players take for a tag, each with its line."""
    from captionkit.conversion.hidden import Hidden
    from captionkit.markup import webvtt

    found = []
    for cue in cues:
        if "<" in cue.text and len(cue.text) < _LONGEST_TEXT:
            lost: list[tuple[str, str]] = []
            webvtt.parse(cue.text, Hidden(cue.text, lost))
            if any(kind == "hidden words" for kind, _ in lost):
                found.append((cue.timing_line + 1, cue.text))
    return found


def _findings(candidate: _Candidate) -> Iterator[str]:
    """What `check` calls an error in the text that would be sent."""
    from captionkit.model import Fix

    found = [one for one in candidate.errors if one.code not in _OF_LANGUAGE]
    if found:
        first, more = found[0], len(found) - 1
        place = "" if first.cue is None else f" in cue {first.cue} ({timecode(first.time or 0)})"
        also = f", and {more} more error{'s' * (more != 1)}" if more else ""
        hint = _MENDED_BY[max((one.fix for one in found), key=list(Fix).index)]
        yield f"{first.code}{place}: {first.message.rstrip('.')}{also} ({hint})"


def _language(candidate: _Candidate) -> Iterator[str]:
    """Words or letters of another language than the track's."""
    yield from [one.message.rstrip(".") for one in candidate.errors if one.code in _OF_LANGUAGE][:1]


def _length(candidate: _Candidate) -> Iterator[str]:
    found = against_length(max(candidate.sent.ends, default=0), candidate.claim.length_ms)
    if found:
        yield f"{found}: possibly another lecture's"


#: Name -> check, in the order in which they are asked.
CHECKS: Mapping[str, Check] = {
    "conflict-markers": _conflict_markers,
    "encoding": _doubtful_encoding,
    "hidden-words": _hidden_words,
    "findings": _findings,
    "language": _language,
    "length": _length,
}
SAME_WORDS, TIMES = "same-words", "times"
#: What a person may lift with --allow.
NAMES = (*CHECKS, SAME_WORDS, TIMES)


def reasons_by_comparison(tracks: Sequence[Track]) -> dict[int, tuple[Reason, ...]]:
    """What speaks against tracks beside each other: index -> reasons. Not the length, which each is asked by itself."""
    return {
        index: tuple(Reason(one.check, one.message) for one in found if one.check != "length")
        for index, found in suspicions(tracks).items()
        if any(one.check != "length" for one in found)
    }


def allowed(names: Iterable[str], known: Iterable[str]) -> frozenset[str]:
    """The names, if each is known.

    Raises:
        UsageError: naming the one that is not, and the nearest that is.
    """
    from difflib import get_close_matches

    names, known = tuple(names), tuple(known)
    for name in names:
        if name not in known:
            near = get_close_matches(name.lower(), known, n=1, cutoff=0.5)
            raise UsageError(
                f"there is no check or limit called {name!r} that could be allowed",
                unchanged="Nothing was done.",
                hint=f"Did you mean {near[0]}?" if near else f"Known: {', '.join(known)}.",
            )
    return frozenset(names)


@cache
def _checker(kind: str) -> Checker:
    """The rules of the default profile whose findings are errors, for tracks of this kind.

    But those that a safe fix mends, a bare `&` for one: before and after it every player shows the same, and so the
    fault is no reason why nobody should see the captions.
    """
    from captionkit.lint.checker import Checker
    from captionkit.lint.rule import Fix
    from captionkit.lint.settings import Settings

    usual = Checker(Settings(kind=kind))
    errors = {
        code
        for code, rule in usual.enabled.items()
        if usual.severity[code] is Severity.ERROR and rule.fix is not Fix.SAFE
    }
    return Checker(Settings(kind=kind, select=tuple(sorted(errors - _OF_OTHER_CHECKS))))

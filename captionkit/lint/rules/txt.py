"""TXT: the words. Words that are said are never changed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache

from captionkit.lint.context import Context
from captionkit.lint.edits import FixTask, with_cues_changed
from captionkit.lint.examples import SENTENCES, spoken, vtt
from captionkit.lint.rule import INFO, SAFE, UNSAFE, WARNING, Finding, example, fixes, rule
from captionkit.lint.rules.srt import words_of_settings
from captionkit.lint.rules.txt_letters import mostly_has_case
from captionkit.lint.rules.vtt_tags import no_tags
from captionkit.model import Cue, Document
from captionkit.patterns import pattern

ORDER = 40
_GOOD = spoken("Hello there.")


@rule("TXT001", WARNING, UNSAFE)
@example(vtt("1-3 Hello there.", "00:04.000 --> 00:06.000"), _GOOD)
def empty_cue(context: Context) -> Iterator[Finding]:
    """A cue has no text that can be seen.

    Editors leave them behind; some players show an empty box, some readers lose the cue after it. The fix removes it.
    """
    if all(map(str.strip, context.visible)) and not context.has_odd_characters:
        return
    for index, text in enumerate(context.visible):
        if not text.strip(" \t\n\u00a0\u200b\ufeff"):
            yield context.on_cue(index, "shows nothing")


@fixes("TXT001", fix=UNSAFE)
def without_empty_cues(task: FixTask) -> Document | None:
    cues = task.context.cues
    empty = [index for index in task.indices() if not _holds_words(cues[index], task.context.format)]
    return with_cues_changed(task.document, dict.fromkeys(empty))


def _holds_words(cue: Cue, format: str) -> bool:
    """Whether words stand in a cue that shows nothing: on its timing line, or behind a `<` that begins no tag."""
    return bool(words_of_settings(cue.settings)) or (format == "vtt" and bool(no_tags(cue.text)))


_EDGE_SPACE = pattern(r"(?m)^[ \t\u00a0]+(?=\S)|(?<=\S)[ \t\u00a0]+$")
_SPACES = (" ", "\t", "\u00a0")


# A line of spaces alone holds a place (it may stand for a blank line): LAY008 is about those.
@rule("TXT002", INFO, SAFE)
@example(spoken("Hello there. "), _GOOD)
def space_at_line_edge(context: Context) -> Iterator[Finding]:
    """A line begins or ends with a space.

    It moves centred text off the centre in players that keep spaces. The fix removes it.
    """
    if context.has_edge_space:
        for index, raw in enumerate(context.texts):
            if (
                raw.startswith(_SPACES)
                or raw.endswith(_SPACES)
                or ("\n" in raw and (" \n" in raw or "\n " in raw or "\t" in raw or "\u00a0" in raw))
            ):
                for match in _EDGE_SPACE.finditer(raw):
                    yield context.in_text(index, *match.span(), "a space at the edge of the line", instead="")


# Two spaces in front, so that the search runs at the speed of looking for them.
_DOUBLE_SPACE = pattern(r"  (?<!   )[ \t]*+(?=\S)")
_DOUBLE_TAB = pattern(r"(?<![ \t])[ \t]{2,}+(?=\S)")


@rule("TXT003", INFO, SAFE)
@example(spoken("Hello  there."), _GOOD)
def double_space(context: Context) -> Iterator[Finding]:
    """Two spaces stand in a row.

    WebVTT shows them as one, other players do not. The fix leaves one.
    """
    has_tab = "\t" in context.signs
    if has_tab or "  " in context.all_text:
        for index, at, match in context.search(_DOUBLE_TAB if has_tab else _DOUBLE_SPACE):
            if at and not context.texts[index][at - 1].isspace():
                length = len(match[0])
                yield context.in_text(index, at, at + length, f"{length} spaces in a row", instead=" ")


_BEFORE_MARK = pattern(r" [,;:!?.](?<=[^\W_]..)(?=[\s\"'”’»)]|$)", re.MULTILINE)
_BEFORE_MARK_IN_FRENCH = pattern(r" [,.](?<=[^\W_]..)(?=[\s\"'”’»)]|$)", re.MULTILINE)


@rule("TXT004", INFO, UNSAFE, needs=",;:!?.")
@example(spoken("Hello there !"), spoken("Hello there!"))
def space_before_punctuation(context: Context) -> Iterator[Finding]:
    """A space stands before a comma, full stop, question or exclamation mark.

    The mark may land alone on the next line. In French a space before `; : ! ?` is right and not reported. The fix
    removes it.
    """
    if b" ." in context.marks_as_stops:
        before = _BEFORE_MARK_IN_FRENCH if context.language[:2].lower() == "fr" else _BEFORE_MARK
        yield from context.matches(before, lambda match: f"a space before {match[0][1]!r}", lambda match: match[0][1])


@rule("TXT008", WARNING)
@example(spoken(*[text.rstrip(".").lower() for text in SENTENCES * 2]), spoken(*SENTENCES))
def looks_like_raw_speech_recognition(context: Context) -> Iterator[Finding]:
    """The text has next to no punctuation and no capital letters.

    It comes from speech recognition and nobody has read it: where sentences end cannot be seen, and the words are
    usually wrong in places. Captions that nobody has reviewed are not taken as captions by W3C's accessibility
    initiative.
    """
    text = context.all_visible
    if len(context.cues) < 10 or text[:200].upper() == text[:200]:
        return
    marks = 0
    for mark in ".,?!" if text.isascii() else ".,?!。，、？！।؟،":
        marks += text.count(mark)
        if marks * 400 >= len(text):
            return  # far more often than not: the letters need not be counted
    letters = sum(map(str.isalpha, text))
    capitals = sum(1 for char in text if char.isupper())
    if letters >= 100 and marks * 400 < letters and mostly_has_case(text) and capitals * 100 < letters:
        yield context.on_file(
            f"{marks} punctuation marks and {capitals} capitals in {letters:,} letters",
            "Have somebody read it against the recording.",
        )


#: Characters of a cue in which brackets are counted; more than this nobody reads.
_LONGEST_SENTENCE = 1000
_PAIRS = {"(": ")", "[": "]", "{": "}", "“": "”", "«": "»", "（": "）", "「": "」", "『": "』"}


@rule("TXT012", WARNING, needs="()[]{}&“”«»（）「」『』")
@example(spoken("And so [music plays on."), spoken("And so [music plays] on."))
def unbalanced_brackets(context: Context) -> Iterator[Finding]:
    """A bracket is opened and never closed, or closed and never opened.

    A reader cannot tell a sound from speech. Brackets that run over a few cues are followed; list numbers such as `1)`
    and smileys are not counted.
    """
    text = context.all_visible
    for opening, closing in _PAIRS.items():
        if opening not in text and closing not in text:
            continue
        if text.count(opening) == text.count(closing) and opening != "“":
            continue
        yield from _unbalanced(context, opening, closing)


def _unbalanced(context: Context, opening: str, closing: str) -> Iterator[Finding]:
    if opening in "“«" and (
        closing in "“" or context.language[:2].lower() in ("de", "da", "cs", "sv", "fi", "pl", "bg")
    ):
        return  # these languages use the same marks the other way round
    open_since: list[int] = []
    for index, shown in enumerate(context.visible):
        if opening not in shown and closing not in shown:
            continue
        line = re.sub(r"(?:^|\s)[\w.]{1,3}\)|[:;]-?[()]|\\[({\[]", " ", shown) if opening == "(" else shown
        for char in line[:_LONGEST_SENTENCE]:
            if char == opening:
                open_since.append(index)
            elif char == closing:
                if open_since:
                    open_since.pop()
                else:
                    yield context.on_cue(index, f"{closing!r} closes nothing")
        if open_since and index - open_since[0] > 4:
            yield context.on_cue(open_since.pop(0), f"{opening!r} is not closed")
    for index in open_since:
        yield context.on_cue(index, f"{opening!r} is not closed")


_HASH_MUSIC = pattern(r"(?m)^([ \t]*)#([ \t]+\S.*\S[ \t]+)#([ \t]*)$")


@rule("TXT013", INFO, UNSAFE, needs="#")
@example(spoken("# Happy birthday to you #"), spoken("♪ Happy birthday to you ♪"))
def hash_for_music(context: Context) -> Iterator[Finding]:
    """Song is marked with `#`.

    Teletext had no note sign. Viewers know ♪, and screen readers say "number". The fix writes ♪.
    """
    return context.matches(
        _HASH_MUSIC, "sung text is marked with ♪ today", lambda match: f"{match[1]}♪{match[2]}♪{match[3]}"
    )


_SPEAKER = pattern(r"[ \t]*(?:>>[ \t]*|-[ \t]*)?([^\W\d_][\w.'’ -]{0,28}[\w.)]):(?=[ \t\n]|$)")

#: Characters before the colon: spaces, `>>` or a dash, and the name.
_LONGEST_NAME = 60


def speakers(context: Context) -> Counter[str]:
    """The names that stand before a colon at the beginning of a line, or in a voice tag, and how often."""
    found: Counter[str] = Counter()
    text = context.all_visible
    colon = text.find(":")
    while colon >= 0:
        begin = text.rfind("\n", max(colon - _LONGEST_NAME, 0), colon) + 1
        name = _SPEAKER.match(text, begin) if begin or colon < _LONGEST_NAME else None
        if name and name.end() > colon:  # else it is the one before an earlier colon of the line
            found[name[1].strip()] += 1
        colon = text.find(":", colon + 1)
    if "<v" in context.all_text:
        found.update(
            match[1].strip() for _, _, match in context.search(re.compile(r"<v(?:\.[^\s<>]*+)?[ \t]++([^<>]++)>"))
        )
    return found


@rule("TXT014", INFO)
@example(
    spoken("Professor: Hello there.", "PROFESSOR: Let us begin.", "Professor: So be it."),
    spoken("Professor: Hello there.", "Professor: Let us begin."),
)
def inconsistent_speaker_label(context: Context) -> Iterator[Finding]:
    """The same speaker is written in two ways: `Professor`, `PROFESSOR`.

    Readers may take them for two people.
    """
    names = speakers(context)
    by_key: dict[str, list[str]] = {}
    for name in names:
        by_key.setdefault(re.sub(r"[\s.]+", " ", name).strip().casefold(), []).append(name)
    for spellings in by_key.values():
        if len(spellings) > 1:
            usual = max(spellings, key=lambda name: names[name])
            for name in spellings:
                if name != usual:
                    index = next((i for i, text in enumerate(context.texts) if f"{name}" in text), 0)
                    yield context.on_cue(index, f"the speaker is {name!r} here and {usual!r} elsewhere")


@rule("TXT017", INFO)
@example(spoken("We look at the the first."), spoken("We look at the first."))
def repeated_word(context: Context) -> Iterator[Finding]:
    """A short function word stands twice in a row: `the the`.

    It may have been said; more often it is a slip of the keyboard or of speech recognition. English only. Never
    changed.
    """
    if context.language[:2].lower() not in ("", "en"):
        return
    if _twice_in_bytes().search(context.lower_bytes.replace(b"\n", b" ")):
        yield from context.matches(_TWICE, lambda match: f"{match[1]!r} stands twice")


_TWICE = pattern(r"\b(the|a|an|of|to|and|is|in|for|with)[ \t]+\1\b(?![.'’-])", re.IGNORECASE)


@cache
def _twice_in_bytes() -> re.Pattern[bytes]:
    """Of a text without line ends: with the one space in front the words are looked for fast."""
    return re.compile(rb" (the|a|an|of|to|and|is|in|for|with) \1 ")


@rule("TXT018", INFO, needs=".", default=False)
@example(spoken("And so.... we go."), spoken("And so... we go."))
def dots_for_ellipsis(context: Context) -> Iterator[Finding]:
    """Two, four or more dots in a row.

    An ellipsis is three dots or the sign …; anything else is read as a slip.
    """
    return context.matches(
        re.compile(r"(?<!\.)(?:\.{2}|\.{4,})(?![./])"), lambda match: f"{len(match[0])} dots in a row"
    )


#: A tag that is closed at once.
EMPTY_SPAN = pattern(r"<([ibucs])(?:\.[^\s<>]*)?></\1>", re.IGNORECASE)


@rule("TXT022", INFO, SAFE, needs="<")
@example(spoken("Hello <i></i>there."), _GOOD)
def empty_span(context: Context) -> Iterator[Finding]:
    """A tag is opened and closed at once.

    It does nothing. The fix removes it.
    """
    return context.matches(EMPTY_SPAN, "{} holds nothing", "")

"""Fixes of white space and of cues that nobody says. Words that are said are never changed."""

from __future__ import annotations

import re

from captionkit.lint.mend import Change, Patient, Words, mends, with_cues_changed, with_texts_changed
from captionkit.lint.rule import SAFE, UNSAFE
from captionkit.lint.rules.srt import words_of_settings
from captionkit.lint.rules.txt import (
    _BEFORE_MARK,
    _DOUBLE_SPACE,
    _INVISIBLE,
    WRONG_END,
    hallucinations,
    highlights,
    repeats,
    rolling,
    service_credits,
    without_mark,
)
from captionkit.lint.rules.vtt_text import no_tags
from captionkit.markup import visible_text
from captionkit.model import Cue, Document

ORDER = 40


@mends("TXT002", kind=SAFE)
def without_edge_spaces(patient: Patient) -> Document | None:
    def trimmed(text: str) -> str:
        # A line of spaces alone holds a place (it may stand for a blank line): LAY008 is about those.
        return "\n".join(line.strip(" \t\u00a0") or line for line in text.split("\n"))

    return with_texts_changed(patient, trimmed)


@mends("TXT003", kind=SAFE)
def single_spaces(patient: Patient) -> Document | None:
    return with_texts_changed(patient, lambda text: _DOUBLE_SPACE.sub(" ", text))


@mends("TXT015", kind=SAFE)
def without_invisibles(patient: Patient) -> Document | None:
    return with_texts_changed(patient, lambda text: _INVISIBLE.sub("", text))


@mends("TXT004", kind=UNSAFE)
def no_space_before_marks(patient: Patient) -> Document | None:
    french = patient.subject.language[:2].lower() == "fr"

    def closed_up(match: re.Match[str]) -> str:
        before = match.string[match.start() - 1] if match.start() else ""
        return match[0][1:] if before.isalnum() else match[0]

    def mended(text: str) -> str:
        for mark, pattern in _BEFORE_MARK.items():
            if not (french and mark in ";:!?"):
                text = pattern.sub(closed_up, text)
        return text

    return with_texts_changed(patient, mended)


@mends("TXT001", kind=UNSAFE)
def without_empty_cues(patient: Patient) -> Document | None:
    cues = patient.subject.cues
    empty = [index for index in patient.indices() if not _holds_words(cues[index], patient.subject.format)]
    return with_cues_changed(patient.document, dict.fromkeys(empty))


def _holds_words(cue: Cue, format: str) -> bool:
    """Whether words stand in a cue that shows nothing: on its timing line, or behind a `<` that begins no tag."""
    return bool(words_of_settings(cue.settings)) or (format == "vtt" and bool(no_tags(cue.text)))


@mends("TXT005", kind=UNSAFE, words=Words.REMOVED)
def said_once(patient: Patient) -> Document | None:
    """Keep the first of a run, held as long as the profile allows within the time of all."""
    subject = patient.subject
    cues = subject.cues
    most = subject.limit("max_duration")
    changes: dict[int, Change] = {}
    for first, count in repeats(subject):
        cue = cues[first]
        last = max(one.end for one in cues[first : first + count])
        longest = cue.start + int(most.value if most else _USUAL_MOST_MS)
        changes[first] = cue._replace(end=max(cue.end, min(last, longest)))
        changes.update(dict.fromkeys(range(first + 1, first + count)))
    return with_cues_changed(patient.document, changes)


#: How long a cue is shown at most where the profile does not say.
_USUAL_MOST_MS = 7000


@mends("TXT006", kind=UNSAFE, words=Words.REMOVED)
def unrolled(patient: Patient) -> Document | None:
    """Leave each line where it first appears; a cue that shows nothing new goes, and what it held is shown longer."""
    cues = patient.subject.cues
    changes: dict[int, Change] = {}
    kept = -1  # the last cue that stays
    rolled = rolling(patient.subject)
    for index, cue in enumerate(cues):
        lines, characters = rolled.get(index, (0, 0))
        text = _without_repeated(cue.text, patient.subject.format, lines, characters) if index in rolled else cue.text
        if text is None:
            text = cue.text
        if index in rolled and not text and kept >= 0:
            changes[index] = None
            before = changes.get(kept)
            before = before if isinstance(before, Cue) else cues[kept]
            changes[kept] = before._replace(end=max(before.end, cue.end))
            continue
        if text != cue.text:
            changes[index] = cue._replace(text=text)
        kept = index
    return with_cues_changed(patient.document, changes)


_TAGS = re.compile(r"<(/?)([A-Za-z]+)[^<>]*>")


def _without_repeated(raw: str, format: str, lines: int, characters: int) -> str | None:
    """Raw text without its first lines that show something, and without what the line after them begins with; tags
    that they open stay open. None where markup stands in between."""
    rest = raw.split("\n")
    dropped: list[str] = []
    while rest and (lines or not visible_text(rest[0], format).strip()):
        lines -= bool(visible_text(rest[0], format).strip())
        dropped.append(rest.pop(0))
    if characters and rest:
        if not rest[0].isprintable() or visible_text(rest[0], format) != rest[0]:
            return None
        rest[0] = rest[0].lstrip()[characters:].lstrip()
    rest = [line for line in rest if visible_text(line, format).strip()]
    if not rest:
        return ""
    opened: list[re.Match[str]] = []
    for tag in _TAGS.finditer("\n".join(dropped)):
        if not tag[1]:
            opened.append(tag)
        elif opened and opened[-1][2] == tag[2]:
            opened.pop()
    return "".join([tag[0] for tag in opened]) + "\n".join(rest)


@mends("TXT020", kind=UNSAFE, words=Words.REMOVED)
def phrases_once(patient: Patient) -> Document | None:
    """Show each phrase once, over the time of all its words, without the mark."""
    subject = patient.subject
    cues = subject.cues
    found = highlights(subject)
    changes: dict[int, Change] = {}
    for first, count in found:
        end = max(cue.end for cue in cues[first : first + count])
        changes[first] = cues[first]._replace(text=without_mark(cues[first].text), end=end)
        changes.update(dict.fromkeys(range(first + 1, first + count)))
    if 2 * len(changes) >= len(cues):
        for index, cue in enumerate(cues):  # phrases of one word: the mark is on all of them
            if index not in changes and len(subject.visible[index].split()) == 1:
                changes[index] = cue._replace(text=without_mark(cue.text))
    return with_cues_changed(patient.document, changes)


@mends("TXT010", kind=UNSAFE, words=Words.REMOVED)
def without_credits(patient: Patient) -> Document | None:
    return with_cues_changed(patient.document, dict.fromkeys(service_credits(patient.subject)))


@mends("TXT011", kind=UNSAFE, words=Words.REMOVED)
def without_hallucinations(patient: Patient) -> Document | None:
    return with_cues_changed(patient.document, dict.fromkeys(hallucinations(patient.subject)))


@mends("TXT013", kind=UNSAFE)
def note_signs(patient: Patient) -> Document | None:
    return with_texts_changed(
        patient, lambda text: re.sub(r"(?m)^([ \t]*)#([ \t]+\S.*\S[ \t]+)#([ \t]*)$", r"\1♪\2♪\3", text)
    )


@mends("TXT021", kind=UNSAFE)
def punctuation_at_the_end(patient: Patient) -> Document | None:
    """Put the marks at the end of the line, a dash at its beginning, and direction marks around."""

    def mended(match: re.Match[str]) -> str:
        before, marks, words, dash, after = match.groups("")
        words = words.strip()
        if not words or words[-1] in ".,!?:;\u060c\u061b\u061f\u2026":
            return match[0]
        start = "" if "\u202b" in before or "\u2067" in before else "\u200f"
        return f"{before}{start}{'- ' if dash.strip() else ''}{words}{marks}{start}{after}"

    return with_texts_changed(patient, lambda text: WRONG_END.sub(mended, text))

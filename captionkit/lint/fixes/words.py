"""Fixes of white space and of cues that nobody says. Words that are said are never changed."""

from __future__ import annotations

import re

from captionkit.lint.mend import Change, Patient, Words, mends, with_cues_changed, with_texts_changed
from captionkit.lint.rule import SAFE, UNSAFE
from captionkit.lint.rules.txt import (
    _BEFORE_MARK,
    _DOUBLE_SPACE,
    _INVISIBLE,
    hallucinations,
    repeats,
    rolling,
    service_credits,
)
from captionkit.model import Document

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
    return with_cues_changed(patient.document, dict.fromkeys(patient.indices()))


@mends("TXT005", kind=UNSAFE, words=Words.REMOVED)
def said_once(patient: Patient) -> Document | None:
    """Keep the first of a run, held over the time of all."""
    cues = patient.subject.cues
    changes: dict[int, Change] = {}
    for first, count in repeats(patient.subject):
        end = max(cue.end for cue in cues[first : first + count])
        changes[first] = cues[first]._replace(end=end)
        changes.update(dict.fromkeys(range(first + 1, first + count)))
    return with_cues_changed(patient.document, changes)


@mends("TXT006", kind=UNSAFE, words=Words.REMOVED)
def unrolled(patient: Patient) -> Document | None:
    """Leave each line where it first appears."""
    cues = patient.subject.cues
    changes: dict[int, Change] = {}
    for index in rolling(patient.subject):
        _head, newline, rest = cues[index].text.partition("\n")
        if newline and rest.strip():
            changes[index] = cues[index]._replace(text=rest)
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

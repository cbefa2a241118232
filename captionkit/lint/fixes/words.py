"""Fixes of white space and of cues that nobody says. Words that are said are never changed."""

from __future__ import annotations

import re

from captionkit.lint.mend import Patient, mends, with_cues_changed, with_texts_changed
from captionkit.lint.rules.txt import _BEFORE_MARK, _DOUBLE_SPACE, _INVISIBLE, credits, hallucinations, repeats, rolling
from captionkit.model import Cue, Document

ORDER = 40


@mends("TXT002", safe=True)
def without_edge_spaces(patient: Patient) -> Document | None:
    def trimmed(text: str) -> str:
        # A line of spaces alone holds a place (it may stand for a blank line): LAY008 is about those.
        return "\n".join(line.strip(" \t\u00a0") or line for line in text.split("\n"))

    return with_texts_changed(patient, trimmed)


@mends("TXT003", safe=True)
def single_spaces(patient: Patient) -> Document | None:
    return with_texts_changed(patient, lambda text: _DOUBLE_SPACE.sub(" ", text))


@mends("TXT015", safe=True)
def without_invisibles(patient: Patient) -> Document | None:
    return with_texts_changed(patient, lambda text: _INVISIBLE.sub("", text))


@mends("TXT004", safe=False)
def no_space_before_marks(patient: Patient) -> Document | None:
    french = patient.subject.language[:2].lower() == "fr"

    def mended(text: str) -> str:
        for mark, pattern in _BEFORE_MARK.items():
            if not (french and mark in ";:!?"):
                text = pattern.sub(lambda match, mark=mark: mark if match.start() and match.string[match.start() - 1].isalnum() else match[0], text)
        return text

    return with_texts_changed(patient, mended)


@mends("TXT001", safe=False)
def without_empty_cues(patient: Patient) -> Document | None:
    return with_cues_changed(patient.document, {index: None for index in patient.indices()})


@mends("TXT005", safe=False, removes_words=True)
def said_once(patient: Patient) -> Document | None:
    """Keep the first of a run, held over the time of all."""
    cues = patient.subject.cues
    changes: dict[int, Cue | None | list[Cue]] = {}
    for first, count in repeats(patient.subject):
        end = max(cue.end for cue in cues[first : first + count])
        changes[first] = cues[first]._replace(end=end)
        changes.update({index: None for index in range(first + 1, first + count)})
    return with_cues_changed(patient.document, dict(changes))


@mends("TXT006", safe=False, removes_words=True)
def unrolled(patient: Patient) -> Document | None:
    """Leave each line where it first appears."""
    cues = patient.subject.cues
    changes: dict[int, Cue | None | list[Cue]] = {}
    for index in rolling(patient.subject):
        head, newline, rest = cues[index].text.partition("\n")
        if newline and rest.strip():
            changes[index] = cues[index]._replace(text=rest)
    return with_cues_changed(patient.document, dict(changes))


@mends("TXT010", safe=False, removes_words=True)
def without_credits(patient: Patient) -> Document | None:
    return with_cues_changed(patient.document, {index: None for index in credits(patient.subject)})


@mends("TXT011", safe=False, removes_words=True)
def without_hallucinations(patient: Patient) -> Document | None:
    return with_cues_changed(patient.document, {index: None for index in hallucinations(patient.subject)})


@mends("TXT013", safe=False)
def note_signs(patient: Patient) -> Document | None:
    return with_texts_changed(patient, lambda text: re.sub(r"(?m)^([ \t]*)#([ \t]+\S.*\S[ \t]+)#([ \t]*)$", r"\1♪\2♪\3", text))

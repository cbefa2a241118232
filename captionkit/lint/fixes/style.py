"""Fixes of house style. The words stay; marks, brackets and line breaks change, so all but tabs are unsafe."""

from __future__ import annotations

import re

from captionkit.lint.mend import Patient, Words, mends, with_texts_changed
from captionkit.lint.rule import SAFE, UNSAFE
from captionkit.lint.rules.sty import (
    DOUBLED,
    MISSING_SPACE,
    ROUND_SOUND,
    SECOND_SPEAKER,
    SINGLE_DASH,
    THREE_DOTS,
)
from captionkit.lint.rules.txt import EMPTY_SPAN, in_one_script
from captionkit.model import Document

ORDER = 45


@mends("STY003", kind=UNSAFE)
def without_dash(patient: Patient) -> Document | None:
    return with_texts_changed(patient, lambda text: SINGLE_DASH.sub("", text))


@mends("STY004", kind=UNSAFE)
def square_brackets(patient: Patient) -> Document | None:
    return with_texts_changed(patient, lambda text: ROUND_SOUND.sub(r"\1[\2]", text))


@mends("STY005", kind=UNSAFE)
def ellipsis_sign(patient: Patient) -> Document | None:
    return with_texts_changed(patient, lambda text: THREE_DOTS.sub("…", text))


@mends("STY008", kind=UNSAFE)
def space_after_marks(patient: Patient) -> Document | None:
    return with_texts_changed(patient, lambda text: MISSING_SPACE.sub(r"\1 ", text))


@mends("STY009", kind=UNSAFE)
def one_mark(patient: Patient) -> Document | None:
    """Leave one of marks that are the same, and the later of a full stop and a comma."""

    def mended(match: re.Match[str]) -> str:
        return match[1] or match[2] or ""

    return with_texts_changed(patient, lambda text: DOUBLED.sub(mended, text))


@mends("STY011", kind=UNSAFE)
def line_for_each_speaker(patient: Patient) -> Document | None:
    return with_texts_changed(patient, lambda text: re.sub(r"[ \t]+\n", "\n", SECOND_SPEAKER.sub("\n", text)))


@mends("STY012", kind=SAFE)
def spaces_for_tabs(patient: Patient) -> Document | None:
    return with_texts_changed(patient, lambda text: text.replace("\t", " "))


@mends("TXT022", kind=SAFE)
def without_empty_spans(patient: Patient) -> Document | None:
    return with_texts_changed(patient, lambda text: EMPTY_SPAN.sub("", text))


@mends("TXT023", kind=UNSAFE, words=Words.REWRITTEN)
def words_in_one_script(patient: Patient) -> Document | None:
    return with_texts_changed(patient, in_one_script)

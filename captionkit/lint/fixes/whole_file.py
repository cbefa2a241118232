"""Fixes of bytes and of the file as a whole. They work on the text and read it again."""

from __future__ import annotations

import re
from dataclasses import replace

from captionkit.lint.mend import Patient, Words, mends, reread, source_text, with_texts_changed
from captionkit.lint.rule import RESTORES, SAFE, UNSAFE
from captionkit.lint.rules.enc import _C1, _MOJIBAKE, TURKISH, as_windows, bidi_imbalance, page_of, unmangled
from captionkit.model import Document
from captionkit.text import one_line_end
from captionkit.timing import without_inner_headers

ORDER = 10


@mends("VTT024", kind=UNSAFE, words=Words.REMOVED)
def segments_in_their_places(patient: Patient) -> Document | None:
    """Take out the headers of segments that were run together, and move the cues to where these say."""
    return without_inner_headers(patient.document)


@mends("ENC001", kind=SAFE)
def to_utf8(patient: Patient) -> Document | None:
    """Write the file as UTF-8. Safe where a byte order mark says what it was; a guess needs --unsafe-fixes."""
    document = patient.document
    if document.encoding == "utf-8" or (document.encoding_is_guess and not patient.unsafe):
        return None
    if document.source and document.source.data is not None:
        return None  # some of its bytes have no meaning: rewriting would lose them
    return replace(reread(document, source_text(document)), encoding="utf-8", bom=False, encoding_is_guess=False)


@mends("ENC002", kind=SAFE)
def without_bom(patient: Patient) -> Document | None:
    document = patient.document
    if document.encoding != "utf-8" or (document.source and document.source.data is not None):
        return None
    cues = patient.subject.cues
    if document.format == "srt" and cues and not cues[0].identifier and RESTORES not in patient.kinds:
        return None  # right before a timing line it hides the cue, once Canvas has converted the file
    return replace(document, bom=False)


@mends("ENC016", kind=SAFE)
def without_further_marks(patient: Patient) -> Document | None:
    return reread(patient.document, re.sub("(?:\\A|(?<=[\r\n]))\ufeff+", "", source_text(patient.document)))


@mends("ENC003", kind=SAFE)
def same_line_ends(patient: Patient) -> Document | None:
    document = patient.document
    newline = "\r\n" if document.newline == "\r\n" else "\n"
    return reread(document, one_line_end(source_text(document), newline))


@mends("ENC009", kind=SAFE)
def final_newline(patient: Patient) -> Document | None:
    text = source_text(patient.document)
    if text.endswith(("\n", "\r")):
        return None
    return reread(patient.document, text + patient.document.newline)


@mends("ENC004", kind=UNSAFE, words=Words.REWRITTEN)
def without_nul(patient: Patient) -> Document | None:
    return reread(patient.document, source_text(patient.document).replace("\0", ""))


@mends("ENC007", kind=SAFE)
def without_controls(patient: Patient) -> Document | None:
    text = source_text(patient.document)
    return reread(patient.document, re.sub("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]", "", text))


@mends("ENC006", kind=UNSAFE, words=Words.REWRITTEN)
def unmangle(patient: Patient) -> Document | None:
    is_turkish = patient.subject.language[:2].lower() == "tr"

    def repaired(match: re.Match[str]) -> str:
        made = unmangled(match[0])
        return made if made is not None and (made.isprintable() or made == "\u00a0") else match[0]

    page = page_of(patient.subject.all_text)
    if page is not None:
        return with_texts_changed(
            patient,
            lambda text: page.any.sub(lambda match: unmangled(match[0], page.codec) or match[0], text),
        )

    def mended(text: str) -> str:
        text = _MOJIBAKE.sub(repaired, text)
        text = _C1.sub(lambda match: as_windows(match[0]) or match[0], text)
        return text.translate(TURKISH) if is_turkish else text

    return with_texts_changed(patient, mended)


@mends("ENC008", kind=UNSAFE)
def balance_directions(patient: Patient) -> Document | None:
    def balanced(text: str) -> str:
        stray, missing = bidi_imbalance(text)
        kept = "".join(char for at, char in enumerate(text) if at not in stray)
        return kept + missing

    return with_texts_changed(patient, balanced)


@mends("ENC013", kind=UNSAFE)
def real_line_breaks(patient: Patient) -> Document | None:
    return with_texts_changed(patient, lambda text: re.sub("[\u2028\u2029]", "\n", text))


@mends("VTT001", kind=RESTORES)
def add_signature(patient: Patient) -> Document | None:
    document = patient.document
    end = document.newline
    return reread(document, f"WEBVTT{end}{end}" + source_text(document).lstrip("\r\n"))


@mends("VTT002", kind=RESTORES)
def mend_signature(patient: Patient) -> Document | None:
    """Put WEBVTT where something near it stands; what follows it in the line stays behind a space."""
    document = patient.document
    text = source_text(document).lstrip("\ufeff \t\r\n")
    match = re.match(r"web[ _-]?vtt(?:[ \t]+file)?[ \t]*[:;,.-]*[ \t]*([^\r\n]*)", text, re.IGNORECASE)
    if match is None:
        return None
    rest = f" {match[1].strip()}" if match[1].strip() else ""
    return reread(document, f"WEBVTT{rest}{text[match.end() :]}")


@mends("VTT003", kind=RESTORES)
def blank_line_after_header(patient: Patient) -> Document | None:
    """Put the blank line where the reader saw that it is missing."""
    document = patient.document
    lines = re.split(r"(?<=\n)|(?<=\r)(?!\r?\n)", source_text(document))
    at = patient.findings[0].line - 1
    if not 0 < at < len(lines) or not lines[at - 1].strip():
        return None
    lines.insert(at, document.newline)
    return reread(document, "".join(lines))


@mends("VTT004", "VTT005", kind=UNSAFE)
def plain_header(patient: Patient) -> Document | None:
    document = patient.document
    header = document.header
    if header is None:
        return None
    lines = header.text.split("\n")
    doomed = {one.line - header.line for one in patient.findings}
    kept = [line for number, line in enumerate(lines) if number == 0 or number not in doomed]
    changed = header._replace(text="\n".join(kept))
    return document.with_blocks([changed if block is header else block for block in document.blocks])

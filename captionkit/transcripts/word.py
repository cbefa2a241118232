"""Paragraphs to a Word document, by python-docx (MIT licence), which comes with `captionkit[office]`.

The document is one that assistive technology can use: the title is a Heading 1 and stands in the properties too, the
language of the text is declared for the whole document, so that a screen reader speaks it, and who speaks is a style of
its own, which a person can change in one place.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from captionkit.errors import UsageError
from captionkit.transcripts.paragraphs import Paragraph
from captionkit.transcripts.writers import About, clock

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

#: What XML 1.0 cannot hold, and so no Word document either.
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_RIGHT_TO_LEFT = frozenset({"ar", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi", "ckb"})
#: Which of the three fonts of a text Word takes for a language, and with it which attribute says the language.
_EAST_ASIAN = frozenset({"ja", "ko", "yue", "zh"})
#: The core properties get one date for all, so that the same captions give the same file.
_EPOCH = datetime(2000, 1, 1)


def write_word(paragraphs: Sequence[Paragraph], about: About) -> bytes:
    """The transcript as a .docx file.

    Raises:
        UsageError: python-docx is not installed.
    """
    try:
        from docx import Document
        from docx.enum.style import WD_STYLE_TYPE
    except ImportError:
        raise UsageError(
            "Word documents need python-docx, which is not installed",
            unchanged="Nothing was written.",
            hint='Install it with: python -m pip install "captionkit[office]"',
        ) from None
    document = Document()
    title = _clean(" ".join(about.title.split())) or "Transcript"
    _declare(document, about.language)
    properties = document.core_properties
    properties.title, properties.author, properties.comments = title[:255], "captionkit", ""
    properties.created = properties.modified = _EPOCH
    if about.language:
        properties.language = about.language
    speaker_style = document.styles.add_style("Speaker", WD_STYLE_TYPE.CHARACTER)
    speaker_style.font.bold = True
    sound_style = document.styles.add_style("Sound", WD_STYLE_TYPE.CHARACTER)
    sound_style.font.italic = True
    is_right_to_left = about.language.partition("-")[0].lower() in _RIGHT_TO_LEFT
    added = [document.add_heading(title, level=1)]
    for one in paragraphs:
        paragraph = document.add_paragraph()
        added.append(paragraph)
        if about.timestamps:
            paragraph.add_run(f"[{clock(one.start)}] ")
        if one.speaker:
            paragraph.add_run(f"{_clean(one.speaker)}:", style=speaker_style)
            paragraph.add_run(" ")
        elif one.turn:
            paragraph.add_run("– ")
        paragraph.add_run(_clean(one.text), style=sound_style if one.is_sound else None)
    if not paragraphs:
        document.add_paragraph("The captions say nothing.")
    if is_right_to_left:
        for paragraph in added:
            _right_to_left(paragraph)
    target = BytesIO()
    document.save(target)
    return _undated(target)


def _undated(package: BytesIO) -> bytes:
    """The same package without the time at which it was made, so that nothing differs where no caption did."""
    target = BytesIO()
    with ZipFile(package) as made, ZipFile(target, "w", ZIP_DEFLATED) as same:
        for entry in made.infolist():
            same.writestr(ZipInfo(entry.filename), made.read(entry), ZIP_DEFLATED)
    return target.getvalue()


def _clean(text: str) -> str:
    return _NOT_IN_XML.sub("", text)


def _declare(document: WordDocument, language: str) -> None:
    """Say the language of the whole text in docDefaults (ECMA-376 part 1, 17.3.2.20)."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    defaults = document.styles.element.find(qn("w:docDefaults"))
    assert defaults is not None, "python-docx's own template has no docDefaults"
    run = defaults.find(f"{qn('w:rPrDefault')}/{qn('w:rPr')}")
    assert run is not None, "python-docx's own template has no default run"
    for old in run.findall(qn("w:lang")):
        run.remove(old)
    declared: Any = OxmlElement("w:lang")
    primary = language.partition("-")[0].lower()
    tag = language or "und"
    declared.set(qn("w:val"), tag)
    if primary in _EAST_ASIAN:
        declared.set(qn("w:eastAsia"), tag)
    if primary in _RIGHT_TO_LEFT:
        declared.set(qn("w:bidi"), tag)
    run.append(declared)


def _right_to_left(paragraph: Any) -> None:
    from docx.oxml import OxmlElement

    paragraph._p.get_or_add_pPr().append(OxmlElement("w:bidi"))
    for run in paragraph.runs:
        run.font.rtl = True

"""SRT in one spelling, for a service that takes nothing else and may write what it is sent anew.

Two texts with the same cues become the same text: LF, numbered from 1, no byte order mark, no blank lines in a cue. So
what was sent can be compared with what is read back whatever the service made of line ends and numbers, and a digest
means cues, not bytes.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import NamedTuple

from captionkit.conversion import convert
from captionkit.decoding import one_line_end
from captionkit.documents import dumps
from captionkit.model import Cue, Document

_BLANK_LINES = re.compile(r"\n[ \t]*(?=\n)")
_POSITION = re.compile(r"^\{\\an[1-9]\}")


class PlainSrt(NamedTuple):
    """The text, and what of the document it does not keep, in words; "" where it keeps all."""

    text: str
    losses: str


def plain_srt(document: Document) -> PlainSrt:
    """The document as SRT in its one spelling. Never raises because of what is in it.

    A position that stood in WebVTT settings is left out: SRT says it as `{\\an8}`, which web players show as it stands.
    """
    converted = convert(document, "srt")
    cues = [
        block._replace(identifier="", text=_unbroken(block.text))
        for block in converted.document.blocks
        if type(block) is Cue and block.text.strip()
    ]
    losses = [converted.summary()] if converted.losses else []
    if document.format != "srt":
        placed = sum(1 for cue in cues if _POSITION.match(cue.text))
        cues = [cue._replace(text=_POSITION.sub("", cue.text)) for cue in cues]
        if placed:
            losses.append(f"{placed} position{'s' * (placed != 1)} not kept")
    plain = replace(
        converted.document, blocks=tuple(cues), source=None, encoding="utf-8", bom=False, newline="\n"
    )  # fmt: skip
    text = one_line_end(dumps(plain)).rstrip("\n")
    return PlainSrt(text + "\n" if text else "", ", ".join(losses))


def _unbroken(text: str) -> str:
    return _BLANK_LINES.sub("", one_line_end(text).strip("\n"))

"""TTML, in all its names: DFXP, IMSC, EBU-TT-D, SMPTE-TT, iTT.

Theory of operation. Bytes become text here, so that what is looked through is what the parser gets. Declarations of
document types and entities are refused. The tree is made in the shape that ttconv knows: today's namespaces, each time
as plain seconds, every p in a div. Where ttconv only logs what it cannot read, it is looked at before. What its model
has no place for goes through it under a key in `xml:lang`.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from fractions import Fraction

from ttconv.imsc import reader

from captionkit import decoding
from captionkit.foreign import timed
from captionkit.foreign.reading import Reading


def read(data: bytes, reading: Reading) -> None:
    """Read TTML."""
    text = _text(data, reading)
    if match := re.search(r"<!(?:DOCTYPE|ENTITY)", text, re.IGNORECASE):
        raise reading.error(
            "it declares a document type or entities, which captions do not need and attacks are made of",
            "If you trust the file, delete what stands between <! and > at its top in a text editor.",
            line=text.count("\n", 0, match.start()) + 1,
        )
    root = ET.fromstring(text)
    document = reader.to_model(ET.ElementTree(root))
    if document is None:
        raise reading.error("its outermost element is not tt of TTML")
    timed.captions(document, reading, lambda language: timed.Origin(), Fraction(0))


_DECLARED = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")
_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")


def _text(data: bytes, reading: Reading) -> str:
    """The file as text, without its XML declaration."""
    declared = _DECLARED.search(data[:400])
    named = reading.options.encoding or (declared[1].decode("ascii") if declared else "")
    text = decoding.decode(data, named).text
    return _DECLARATION.sub("", text, count=1)

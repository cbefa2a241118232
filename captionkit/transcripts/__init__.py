"""A transcript of captions: what was said, as a text to read, instead of two lines at a time.

    spoken        cues -> pieces of speech and sound, without what roll-up captions say twice
    paragraphs    pieces -> paragraphs, by speaker, pause and length
    writers       paragraphs -> text, Markdown or accessible HTML
    word          paragraphs -> a Word document
    targets       caption files -> the names of their transcripts

WCAG 1.2.1 asks for a text alternative of audio that has no picture; for video it is what people search, print, quote.
"""

from __future__ import annotations

from captionkit.model import Document
from captionkit.transcripts.paragraphs import Paragraph, Settings, paragraphs
from captionkit.transcripts.spoken import Piece, pieces
from captionkit.transcripts.writers import FORMATS, write

__all__ = ["FORMATS", "Paragraph", "Piece", "Settings", "transcript", "write"]


def transcript(document: Document, settings: Settings | None = None) -> list[Paragraph]:
    """The paragraphs of a transcript.

    Args:
        document: captions of either format.
        settings: when a new paragraph begins; by default as `Settings` says.
    """
    return paragraphs(pieces(document), settings or Settings())

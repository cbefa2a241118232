"""A transcript for Python: its paragraphs, as a text, and as a file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from captionkit.transcripts.paragraphs import Paragraph
from captionkit.transcripts.writers import About, write

if TYPE_CHECKING:
    from captionkit.model import Document

#: Which form the name of a file asks for.
BY_EXTENSION = {".txt": "text", ".md": "markdown", ".markdown": "markdown", ".html": "html", ".htm": "html",
                ".docx": "docx"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was said, in paragraphs: a sequence of them, with a title and a language around it.

    Attributes:
        title: of the recording, as the name of the file has it; "" where there is none.
        language: BCP 47; "" where not known.
    """

    paragraphs: tuple[Paragraph, ...]
    title: str = ""
    language: str = ""

    @property
    def text(self) -> str:
        """The paragraphs as plain text, one empty line between two."""
        return write(self.paragraphs, "text")

    def write(self, path: str | os.PathLike[str], *, timestamps: bool = False) -> None:
        """Write it to a file, whole or not at all: .txt, .md, .html or .docx (which needs captionkit[office]).

        Raises:
            UsageError: nothing writes such a file.
            LocalError: it cannot be written.
        """
        from captionkit.errors import UsageError
        from captionkit.files import write_atomically

        form = BY_EXTENSION.get(Path(path).suffix.lower())
        if form is None:
            raise UsageError(
                f"a transcript cannot be written as {Path(path).suffix or 'a file without an extension'}",
                where=str(path),
                unchanged="Nothing was written.",
                hint=f"Names may end in {', '.join(BY_EXTENSION)}.",
            )
        write_atomically(os.fspath(path), rendered(self.paragraphs, form, About(self.title, self.language, timestamps)))

    def __iter__(self) -> Iterator[Paragraph]:
        return iter(self.paragraphs)

    def __len__(self) -> int:
        return len(self.paragraphs)

    def __getitem__(self, place: int) -> Paragraph:
        return self.paragraphs[place]

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        """`<Transcript 'lecture 1' en: 12 paragraphs>`"""
        about = " ".join(filter(None, (repr(self.title) if self.title else "", self.language)))
        number = len(self.paragraphs)
        return f"<Transcript{f' {about}' * bool(about)}: {number:,} paragraph{'' if number == 1 else 's'}>"


def rendered(paragraphs: tuple[Paragraph, ...] | list[Paragraph], form: str, about: About) -> bytes:
    """The bytes of a file: "text", "markdown", "html" or "docx"."""
    if form == "docx":
        from captionkit.transcripts.word import write_word

        return write_word(paragraphs, about)
    return write(paragraphs, form, about).encode("utf-8", "replace")


def title_of(name: str) -> str:
    """The name without extension and language: `lecture 1.en.vtt` is the transcript of lecture 1."""
    from captionkit.languages import FLAGS, Language, parse_token

    stem = Path(name).stem
    while True:
        rest, dot, token = stem.rpartition(".")
        if not dot or not rest or not (token.lower() in FLAGS or isinstance(parse_token(token), Language)):
            return stem
        stem = rest


def language_of(document: Document, name: str) -> str:
    """BCP 47, as the name of the file says it or its header; "" where neither does."""
    from captionkit.lint.context import Context

    return Context(document, name=name).language

"""Corrections that a person makes in the page, saved to the caption file.

Theory of operation. The page says which cue it means, what the file was when it saw it (a digest of the bytes), and the
new times and text. The file is read again: if it is another one by now, nothing is written and the person's words stay
in the page. Otherwise just that cue is replaced; every other byte stays, as the document model has it. What would be
written is read back first: it must hold the same cues, and this one as it was meant, or nothing is written. Each change
is kept, to be undone while the file still is as that change left it.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from captionkit.documents import to_bytes
from captionkit.errors import CaptionkitError, ContentError, LocalError, StaleError, UsageError
from captionkit.files import read_file, write_atomically
from captionkit.model import Document
from captionkit.timecode import parse_time, timecode

#: What a person can see of a cue; a longer text was not typed.
_LONGEST = 10_000
_EMPTY_LINE = re.compile(r"\n[ \t]*\n")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


class Correction(NamedTuple):
    """What the page asks for.

    Attributes:
        file: which of the files, from 0. cue: which cue, from 0.
        digest: of the file when the page saw it.
        begins, ends: as a person writes times. text: as it stands in the file, markup and all.
    """

    file: int
    cue: int
    digest: str
    begins: str
    ends: str
    text: str


class _Change(NamedTuple):
    file: int
    before: bytes
    after: bytes
    what: str


#: Reads the bytes of a file as a document, in the encoding that the configuration says.
Read = Callable[[bytes], Document]


class Editor:
    """The caption files of a page.

    Args:
        files: each with how it is read.
    """

    def __init__(self, files: Sequence[tuple[Path, Read]]) -> None:
        self._files = list(files)
        self._changes: list[_Change] = []
        self._lock = threading.Lock()

    @property
    def undoable(self) -> str:
        """What the next `undo` takes back, in words; "" for nothing."""
        return self._changes[-1].what if self._changes else ""

    def correct(self, wanted: Correction) -> str:
        """Replace one cue, and say what was done.

        Raises:
            UsageError: the times or the text cannot be those of a cue.
            StaleError: the file has changed since the page saw it.
            ContentError: its encoding has no bytes for a character.
            LocalError: it cannot be read or written.
        """
        with self._lock:
            path, read = self._file(wanted.file)
            before = _bytes_of(path)
            if digest_of(before) != wanted.digest:
                raise StaleError(
                    "this file was changed by another program since the page was made",
                    where=path.name,
                    unchanged="Nothing was written, and your words are still here.",
                    hint="Show the file as it is now, and save again if your correction still fits.",
                )
            document = read(before)
            after = _corrected(document, read, wanted, path.name)
            if after == before:
                return "Nothing differs from the file."
            write_atomically(path, after)
            what = f"cue {wanted.cue + 1} of {path.name}"
            self._changes.append(_Change(wanted.file, before, after, what))
            return f"Saved: {what}."

    def undo(self) -> str:
        """Take the last change back, and say so.

        Raises:
            UsageError: there is none.
            StaleError: the file has changed since.
            LocalError: it cannot be read or written.
        """
        with self._lock:
            if not self._changes:
                raise UsageError("there is nothing to undo", unchanged="Nothing was written.")
            last = self._changes[-1]
            path, _ = self._file(last.file)
            if _bytes_of(path) != last.after:
                raise StaleError(
                    "this file was changed by another program since you saved it",
                    where=path.name,
                    unchanged="Nothing was written.",
                    hint="What was there before can only be typed again.",
                )
            write_atomically(path, last.before)
            self._changes.pop()
            return f"Undone: {last.what} is as it was before."

    def _file(self, number: int) -> tuple[Path, Read]:
        if not 0 <= number < len(self._files):
            raise UsageError("there is no such file in this page", unchanged="Nothing was written.")
        return self._files[number]


def digest_of(data: bytes) -> str:
    """By which a page knows a file again."""
    return sha256(data).hexdigest()


def _bytes_of(path: Path) -> bytes:
    try:
        return read_file(path)
    except OSError as error:
        raise LocalError(
            f"cannot read: {error.strerror or error}", where=path.name, unchanged="Nothing was written."
        ) from error


def _corrected(document: Document, read: Read, wanted: Correction, name: str) -> bytes:
    """The file with the cue replaced, held against what was meant by reading it again."""
    if not 0 <= wanted.cue < len(document.cues):
        raise UsageError("there is no such cue in the file", where=name, unchanged="Nothing was written.")
    if document.source is not None and document.source.data is not None:
        raise UsageError(
            f"some bytes of this file are no text in {document.encoding}, and would be lost by writing it",
            where=name,
            unchanged="Nothing was written.",
            hint=f"`captionkit check {name}` shows where; name the right encoding with --encoding.",
        )
    old = document.cues[wanted.cue]
    new = old._replace(
        start=_time(wanted.begins, "begins", old.start),
        end=_time(wanted.ends, "ends", old.end),
        text=_text(wanted.text),
    )
    if _EMPTY_LINE.search(new.text) and not _EMPTY_LINE.search(old.text):
        raise UsageError("an empty line ends a cue", unchanged="Nothing was written.", hint="Leave it out.")
    if new.end <= new.start:
        raise UsageError("the cue must end after it begins", unchanged="Nothing was written.")
    blocks = tuple(new if block is old else block for block in document.blocks)
    try:
        data = to_bytes(replace(document, blocks=blocks))
    except ContentError as error:
        error.hint = "Write it otherwise, or convert the file to UTF-8 first."
        raise
    meant = [cue.content for cue in document.cues]
    meant[wanted.cue] = new.content
    if [cue.content for cue in read(data).cues] != meant:
        raise UsageError(
            "a player would not read this back as it stands here",
            unchanged="Nothing was written.",
            hint="Leave out empty lines, lines with an arrow (-->), and lines that look like a number and a time.",
        )
    return data


def _time(written: str, which: str, before: int) -> int:
    """Milliseconds; those of before where nobody changed what the page showed of them."""
    if written.strip() == timecode(before):
        return before
    try:
        found = parse_time(written)
    except CaptionkitError:
        raise UsageError(
            f"{written.strip()[:40]!r} is no time ({which})",
            unchanged="Nothing was written.",
            hint="Write it like 00:01:30.500 or 1:30.5.",
        ) from None
    if found < 0:
        raise UsageError(f"the cue {which} before 0", unchanged="Nothing was written.")
    return found


def _text(written: str) -> str:
    text = written.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    if not text.strip():
        raise UsageError("a cue without text shows nothing", unchanged="Nothing was written.")
    if len(text) > _LONGEST:
        raise UsageError(f"this is longer than {_LONGEST} characters", unchanged="Nothing was written.")
    if _CONTROL.search(text):
        raise UsageError("there is a control character in the text", unchanged="Nothing was written.")
    return text

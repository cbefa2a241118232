"""Corrections that a person makes in the page, saved to the caption file.

Theory of operation. The page says which cues it means, what the file was when it saw it (a digest of the bytes), and
what stands in their place: one cue for one is a correction, one for none an insertion, none for one a deletion, two for
one a cue that is split, one for two a pair that is joined. The file is read again: if it is another one by now, nothing
is written and the person's words stay in the page. Otherwise just these cues are replaced; every other byte stays, as
the document model has it, but for the numbers of an SRT file that counted from 1 and goes on doing so. What would be
written is read back first: it must hold the same cues, and these as they were meant, or nothing is written. Each change
is kept, to be undone while the file still is as that change left it.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from captionkit.documents import to_bytes
from captionkit.errors import CaptionkitError, ContentError, LocalError, StaleError, UsageError
from captionkit.files import read_file, write_atomically
from captionkit.model import Cue, Document
from captionkit.timecode import parse_time, timecode

#: What a person can see of a cue; a longer text was not typed.
_LONGEST = 10_000
_EMPTY_LINE = re.compile(r"\n[ \t]*\n")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


class Typed(NamedTuple):
    """A cue as a person types it.

    Attributes:
        begins, ends: as a person writes times. text: as it stands in the file, markup and all.
    """

    begins: str
    ends: str
    text: str


class Correction(NamedTuple):
    """What the page asks for.

    Attributes:
        file: which of the files, from 0.
        cue: the first cue that is meant, from 0. replaces: how many; 0 puts the new ones before it.
        digest: of the file when the page saw it.
        cues: what stands in their place.
    """

    file: int
    cue: int
    replaces: int
    digest: str
    cues: tuple[Typed, ...]


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
        """Put the new cues in the place of the old ones, and say what was done.

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
            what = f"{_what(wanted)} of {path.name}"
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
            return f"Undone: {last.what}."

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
    """The file with the cues replaced, held against what was meant by reading it again."""
    cues = list(document.cues)
    first, last = wanted.cue, wanted.cue + wanted.replaces
    if not 0 <= first <= last <= len(cues) or not (wanted.replaces or wanted.cues):
        raise UsageError("there is no such cue in the file", where=name, unchanged="Nothing was written.")
    if document.source is not None and document.source.data is not None:
        raise UsageError(
            f"some bytes of this file are no text in {document.encoding}, and would be lost by writing it",
            where=name,
            unchanged="Nothing was written.",
            hint=f"`captionkit check {name}` shows where; name the right encoding with --encoding.",
        )
    old = cues[first:last]
    new = [_cue(typed, old[min(place, len(old) - 1)] if old else None, place < len(old), wanted.cues, place)
           for place, typed in enumerate(wanted.cues)]  # fmt: skip
    cues[first:last] = new
    changed = document.with_cues(cues)
    try:
        data = to_bytes(changed)
    except ContentError as error:
        error.hint = "Write it otherwise, or convert the file to UTF-8 first."
        raise
    if [cue.content for cue in read(data).cues] != [cue.content for cue in changed.cues]:
        raise UsageError(
            "a player would not read this back as it stands here",
            unchanged="Nothing was written.",
            hint="Leave out empty lines, lines with an arrow (-->), and lines that look like a number and a time.",
        )
    return data


def _what(wanted: Correction) -> str:
    """What is done, in words."""
    number, now = wanted.cue + 1, len(wanted.cues)
    return {
        (1, 1): f"cue {number}",
        (0, 1): f"a new cue {number}",
        (1, 0): f"cue {number} deleted",
        (1, 2): f"cue {number} split",
        (2, 1): f"cues {number} and {number + 1} joined",
    }.get((wanted.replaces, now), f"{wanted.replaces} cues from {number} on, {now} in their place")


def _cue(typed: Typed, old: Cue | None, keeps: bool, all_typed: Sequence[Typed], place: int) -> Cue:
    """The cue that is meant.

    Args:
        old: the one whose place it takes, whose settings it has; None for a new one.
        keeps: whether it has that one's identifier, too.
    """
    is_only = len(all_typed) == 1
    new = Cue(
        _time(typed.begins, "begins", old.start if old and place == 0 else None),
        _time(typed.ends, "ends", old.end if old and is_only else None),
        _text(typed.text),
        old.identifier if old and keeps else "",
        old.settings if old else "",
    )
    if _EMPTY_LINE.search(new.text) and not (old and _EMPTY_LINE.search(old.text)):
        raise UsageError("an empty line ends a cue", unchanged="Nothing was written.", hint="Leave it out.")
    if new.end <= new.start:
        raise UsageError("the cue must end after it begins", unchanged="Nothing was written.")
    return old._replace(start=new.start, end=new.end, text=new.text) if old and keeps else new


def _time(written: str, which: str, before: int | None) -> int:
    """Milliseconds; those of before where nobody changed what the page showed of them."""
    if before is not None and written.strip() == timecode(before):
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

"""A listing in parts: what one task checks.

A part is called by a digest of its files' names, sizes and tags. So a part that is done is known by its name, whatever
else changed in the archive; and where parts end depends on the names alone, so that one file more or less changes one
part and not all that follow. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import NamedTuple
from zlib import crc32

#: Files a part: at least so many, at most twice as many.
PART_FILES = 1_000


class Entry(NamedTuple):
    """One file of a listing.

    Attributes:
        path: below what is listed, with forward slashes.
        size: in bytes.
        tag: differs where the content does: the ETag of an object store.
    """

    path: str
    size: int = 0
    tag: str = ""


class Part(NamedTuple):
    """Some files that are checked together.

    Attributes:
        place: where it stands in the listing; a half of a part has the part's place and 0 or 1.
        entries: its files.
        name: a digest of them.
    """

    place: tuple[int, ...]
    entries: tuple[Entry, ...]
    name: str

    def halves(self) -> tuple[Part, Part]:
        """This part in two, where there are two files or more."""
        middle = len(self.entries) // 2
        return part_of((*self.place, 0), self.entries[:middle]), part_of((*self.place, 1), self.entries[middle:])


def part_of(place: tuple[int, ...], entries: Iterable[Entry]) -> Part:
    entries = tuple(entries)
    digest = sha256()
    for one in entries:
        digest.update(f"{one.path}\0{one.size}\0{one.tag}\n".encode("utf-8", "surrogatepass"))
    return Part(place, entries, digest.hexdigest()[:20])


def parts(entries: Iterable[Entry], least: int = PART_FILES) -> Iterator[Part]:
    """The listing in parts of `least` to twice as many files, in its order; the last may have fewer.

    Args:
        entries: as they come; no more than one part of them is held.
    """
    count, waiting = 0, []
    for entry in entries:
        waiting.append(entry)
        is_cut = crc32(entry.path.encode("utf-8", "surrogatepass")) % max(1, least // 2) == 0
        if (len(waiting) >= least and is_cut) or len(waiting) >= 2 * least:
            yield part_of((count,), waiting)
            count, waiting = count + 1, []
    if waiting:
        yield part_of((count,), waiting)


def remaining(part: Part, done: frozenset[str]) -> tuple[list[Part], list[Part]]:
    """What is to be done of a part and what is done, where some parts are done. A part whose task killed its worker
    has been done in halves."""
    if part.name in done:
        return [], [part]
    if not done or len(part.entries) < 2:
        return [part], []
    todo, finished = [], []
    for half in part.halves():
        left, made = remaining(half, done)
        todo += left
        finished += made
    return (todo, finished) if finished else ([part], [])

"""Captions moved to where they are said: shifted, stretched, or in parts. Only times change, where they must. Pure."""

from __future__ import annotations

import operator
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from captionkit.errors import ContentError
from captionkit.model import Cue, Document
from captionkit.sound.verdict import Judgement, Part, Verdict, is_small
from captionkit.timecode import timecode
from captionkit.timing import retime_each


class Aligned(NamedTuple):
    """The document in time.

    Attributes:
        moved: how many cues have other times now. kept: how many were in time and are as they were.
        gone: the cues that are left out: their words are not in the recording.
    """

    document: Document
    moved: int
    kept: int
    gone: tuple[Cue, ...]


def align(document: Document, found: Judgement, *, drop: bool = False) -> Aligned:
    """Move captions to where they are said. A part that is in time stays as it is.

    Args:
        found: what `judge` says of this document.
        drop: leave out cues that have no place in the recording, instead of refusing.

    Raises:
        ContentError: the verdict is not "fits", or cues have no place and `drop` is not set.
    """
    if found.verdict is not Verdict.FITS:
        why = f": {found.reason}" if found.reason else ""
        raise ContentError(
            f"it is not known where these captions belong ({found.verdict}{why})", where=document.path,
            unchanged="Nothing was written.", hint="Captions are moved only where they fit the sound.",
        )  # fmt: skip
    if found.is_in_time:
        return Aligned(document, 0, len(document.cues), ())
    gone = tuple([cue for cue in document.cues if _has_no_place(cue, found)])
    if gone and not drop:
        cues = "1 cue has" if len(gone) == 1 else f"{len(gone)} cues have"
        raise ContentError(
            f"{cues} no place in the recording, the first being the one at {timecode(gone[0].start)}: what it says was "
            "cut out",
            where=f"{document.path}:{gone[0].line}" if document.path else "", unchanged="Nothing was written.",
            hint="Look at them, and leave them out with --drop.",
        )  # fmt: skip
    if gone:
        left_out = set(map(id, gone))
        document = document.with_blocks([block for block in document.blocks if id(block) not in left_out])

    def mapping(cue: Cue) -> tuple[Fraction, int] | None:
        part = part_of(cue, found)
        assert part is not None
        return None if found.ratio == 1 and is_small(part.shift_ms) else (found.ratio, part.shift_ms)

    aligned = _apart(document, retime_each(document, mapping))
    kept = sum([old is new for old, new in zip(document.cues, aligned.cues, strict=True)])
    return Aligned(aligned, len(aligned.cues) - kept, kept, gone)


def part_of(cue: Cue, found: Judgement) -> Part | None:
    """The part that a cue belongs to by its start; None where that was cut out."""
    return next((part for part in found.parts if part.start <= cue.start < part.end), None)


def _has_no_place(cue: Cue, found: Judgement) -> bool:
    """Whether what a cue says was cut out of the recording, or stands before its beginning."""
    part = part_of(cue, found)
    return part is None or (not is_small(part.shift_ms) and max(cue.start, cue.end) * found.ratio + part.shift_ms <= 0)


def _apart(before: Document, after: Document) -> Document:
    """The cues after moving, none reaching into the next one that did not before: where parts meet, one may."""
    cues = list(after.cues)
    for index, ((old, following), (new, next_one)) in enumerate(
        zip(pairwise(before.cues), pairwise(after.cues), strict=True)
    ):
        if old.end <= following.start and new.start < next_one.start < new.end:
            cues[index] = new._replace(end=next_one.start)
    return after if all(map(operator.is_, cues, after.cues)) else after.with_cues(cues)

"""What a conversion could not keep, said one by one and counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import NamedTuple

from captionkit.model import Document

#: Every kind of loss: how one is called, how several are, in the order in which a summary tells them.
KINDS = {
    "cue setting": "cue settings",
    "STYLE block": "STYLE blocks",
    "REGION block": "REGION blocks",
    "NOTE block": "NOTE blocks",
    "header line": "header lines",
    "cue identifier": "cue identifiers",
    "hidden words": "hidden texts",
    "text on a timing line": "texts on timing lines",
    "decoration": "decorations",
    "voice": "voices",
    "class": "classes",
    "language": "languages",
    "ruby annotation": "ruby annotations",
    "inline timestamp": "inline timestamps",
    "literal tag": "literal tags",
    "font attribute": "font attributes",
    "override tag": "override tags",
    "negative time": "negative times",
    "row of blank lines": "rows of blank lines",
    "stray text": "stray texts",
    "caption without time": "captions without time",
    "unreadable time": "unreadable times",
    "unreadable code": "unreadable codes",
    "channel": "channels",
    "animation": "animations",
    "picture": "pictures",
    "position": "positions",
    "drawing": "drawings",
    "comment": "comments",
    "layer": "layers",
    "unreadable line": "unreadable lines",
}


#: How one is called where the kind is no word for it.
_ONE = {"hidden words": "hidden text"}


class Loss(NamedTuple):
    """One thing of the source that the target does not say.

    Attributes:
        kind: one of `KINDS`.
        message: what it was and what became of it, for a person.
        line: its line in the source, or that of its cue; 0 where the source was not read from text.
        cue: the cue's number in the file, from 1; None for what belongs to no cue.
        time: the cue's start in milliseconds; None for what belongs to no cue.
    """

    kind: str
    message: str
    line: int = 0
    cue: int | None = None
    time: int | None = None

    def __str__(self) -> str:
        place = f"line {self.line}: " if self.line else ""
        return f"{place}{self.kind}: {self.message}"


@dataclass(frozen=True, slots=True)
class Converted:
    """A document in the format asked for, and what it does not keep of the source.

    Attributes:
        remarks: what was mended or assumed in reading a file of another format, a sentence each.
    """

    document: Document
    losses: tuple[Loss, ...] = ()
    remarks: tuple[str, ...] = ()

    def summary(self) -> str:
        """The losses counted, as in "3 cue settings, 1 STYLE block not kept", or "nothing is lost"."""
        counts = Counter([loss.kind for loss in self.losses])
        told = [
            f"{counts[kind]} {_ONE.get(kind, kind) if counts[kind] == 1 else KINDS[kind]}"
            for kind in KINDS
            if counts[kind]
        ]
        return f"{', '.join(told)} not kept" if told else "nothing is lost"

    def __repr__(self) -> str:
        """`<Converted vtt: 75 cues; 3 cue settings not kept>`"""
        cues = len(self.document.cues)
        return f"<Converted {self.document.format}: {cues:,} cue{'' if cues == 1 else 's'}; {self.summary()}>"

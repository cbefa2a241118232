"""Cues that stand in another order than their times: which of the two is wrong? Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from captionkit.model import Cue

#: A cue that its time puts so far from all others has a wrong time, and so has one that finds so much of the room that
#: it needs where it stands.
_FAR_MS = 10_000
_ROOM = 0.6


def is_order_wrong(cues: Sequence[Cue]) -> bool:
    """Whether the order is wrong and not a time: sorting around a wrong time would put words where nobody said them.

    A cue that alone breaks the order is out of place if it fits where its time puts it, and not where it stands.
    """
    order = sorted(range(len(cues)), key=lambda index: cues[index].start)
    place = {index: at for at, index in enumerate(order)}
    for index, (above, below) in enumerate(pairwise(cues)):
        if above.start <= below.start:
            continue
        if any(cue.end < cue.start for cue in cues[max(index - 1, 0) : index + 3]):
            return False
        for lone in (index, index + 1):
            before = cues[lone - 1] if lone else None
            after = cues[lone + 1] if lone + 1 < len(cues) else None
            if before and after and before.start > after.start:
                continue  # without it the order would still be broken here
            cue = cues[lone]
            at = place[lone]
            neighbours = [cues[order[n]] for n in (at - 1, at + 1) if 0 <= n < len(order)]
            if any(other.start < cue.end and cue.start < other.end for other in neighbours):
                return False
            if min(max(other.start - cue.end, cue.start - other.end) for other in neighbours) > _FAR_MS:
                return False
            if before and after and after.start - before.end >= _ROOM * cue.duration:
                return False
    return True

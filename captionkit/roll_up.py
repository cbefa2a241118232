"""Captions that roll up, saved as cues: each line is shown two or three times while it moves up. Pure.

Live captioning and YouTube's automatic captions come so. A cue begins with what the one before it ends with; the last
of those lines may have grown; and a cue that shows nothing new may only hold what is there.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice, pairwise
from typing import NamedTuple

from captionkit.model import Cue, Document

#: Of a caption that rolls up, the next one follows at once. YouTube leaves 10 ms.
AT_ONCE_MS = 200

#: No captions roll up more lines than this.
_MOST_LINES = 10

#: Nobody speaks faster than this; reading aloud is at about 15.
MOST_SPOKEN_CPS = 40


class Shown(NamedTuple):
    """What a cue shows: its times in milliseconds, and its lines that are not empty, without markup."""

    start: int
    end: int
    lines: Sequence[str]


def repeated(above: Shown, cue: Shown) -> tuple[int, int]:
    """How much of what a cue shows was shown just before: whole lines, and characters of the line after them.

    The last k lines of the cue before are the first k of this one; or they are so but for the last, which has grown.
    """
    if cue.start - above.end > AT_ONCE_MS:
        return 0, 0
    before, lines = above.lines, cue.lines
    for count in range(min(len(before), len(lines), _MOST_LINES), 0, -1):
        tail, head = before[-count:], lines[:count]
        if tail == head:
            return count, 0
        if tail[:-1] == head[:-1] and head[-1].startswith(tail[-1] + " "):
            return count - 1, len(tail[-1])
    return 0, 0


def has_grown(above: Shown, cue: Shown) -> bool:
    """Whether a cue shows just what the one above shows and more words at the end of its last line."""
    lines, characters = repeated(above, cue)
    return characters > 0 and lines + 1 == len(above.lines) == len(cue.lines)


def is_too_fast(cue: Shown) -> bool:
    """Whether nobody can say this in the time that it is shown."""
    return sum(map(len, cue.lines)) * 1000 > MOST_SPOKEN_CPS * (cue.end - cue.start)


def rolling(shown: Sequence[Shown]) -> dict[int, tuple[int, int]]:
    """The cues that repeat what the one before shows, and how much of it.

    A cue that shows nothing new may say it again: it counts where nobody can have said it in its time, or where the
    next one repeats it and goes on.
    """
    found: dict[int, tuple[int, int]] = {}
    for index, (above, cue) in enumerate(pairwise(shown), 1):
        if not cue.lines or not above.lines:
            continue
        lines, characters = repeated(above, cue)
        if not lines and not characters:
            continue
        if lines == len(cue.lines) and not is_too_fast(cue):
            following = shown[index + 1] if index + 1 < len(shown) else None
            if following is None or len(following.lines) <= len(cue.lines) or not repeated(cue, following)[0]:
                continue
        found[index] = lines, characters
    return found


def is_rolled_up(rolled: int, cues: int) -> bool:
    """Whether so many repetitions among so many cues are no accident: at least three, and a third of all."""
    return rolled >= 3 and rolled * 3 >= cues


#: Captions that roll up do so from the beginning.
_FIRST = 40


def begins_rolled_up(document: Document) -> bool:
    """Whether the first cues of a document roll up."""
    from captionkit.markup import visible_text

    cues = list(islice((block for block in document.blocks if type(block) is Cue), _FIRST))
    if len(cues) < 4:
        return False
    texts = [cue.text for cue in cues]
    if "<" in "".join(texts):
        texts = [visible_text(text, document.format) for text in texts]
    # What is repeated begins a line above, so at least its first word stands there: a look at that spares most files.
    firsts = [words[0] if (words := text.split(None, 1)) else "\n\n" for text in texts]
    likely = sum([first in above for first, above in zip(firsts[1:], texts, strict=False)])
    if not is_rolled_up(likely, len(texts)):
        return False
    shown = [
        Shown(cue.start, cue.end, [tidy for line in text.split("\n") if (tidy := line.strip())])
        for cue, text in zip(cues, texts, strict=True)
    ]
    return is_rolled_up(len(rolling(shown)), len(shown))

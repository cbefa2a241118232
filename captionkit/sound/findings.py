"""What the sound says against a file of captions, as the rules SND001 to SND006 report it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from captionkit.lint.rule import Heard
from captionkit.sound import show
from captionkit.sound.places import moved
from captionkit.sound.verdict import Verdict, is_small
from captionkit.timecode import timecode

if TYPE_CHECKING:
    from captionkit.model import Document
    from captionkit.sound.verdict import Judgement


def findings(document: Document, found: Judgement, *, recording: str, mend: str) -> Iterator[Heard]:
    """The findings of one file; none where nothing can be told.

    Args:
        recording: its name. mend: the command that moves the captions.
    """
    top = next((cue.timing_line for cue in document.cues), 0)
    if found.verdict is Verdict.FITS_NOT:
        yield Heard(
            "SND004",
            f"the captions do not fit the sound of {recording}: they are probably another recording's",
            top,
            f"{show.confidence(found)}. Look at both.",
        )
    if found.verdict is not Verdict.FITS:
        return
    hint = f"Mend it: {mend}"
    if found.ratio != 1:
        yield Heard("SND002", f"the captions are {show.timing(found)}; they were {show.rates(found.ratio)}", top, hint)
    elif len(found.parts) == 1 and not is_small(found.parts[0].shift_ms):
        yield Heard("SND001", f"the captions are {show.timing(found)}", top, hint)
    for before, part in pairwise(found.parts):
        first = next((cue.timing_line for cue in document.cues if cue.start >= part.start), 0)
        yield Heard("SND003", f"the recording was cut: {show.part_line(part, before)}", first, hint)
    for start, end in found.uncaptioned:
        following = (cue for cue in document.cues if (at := moved(found, cue.start)) is not None and at >= start)
        line = next((cue.timing_line for cue in following), 0)
        span = f"from {timecode(start)[:8]} to {timecode(end)[:8]} ({show.seconds(end - start)})"
        yield Heard("SND005", f"somebody speaks {span} and there are no captions", line)
    for index in found.silent:
        cue = document.cues[index]
        yield Heard("SND006", f"cue {index + 1} ({timecode(cue.start)}) is shown while nobody speaks", cue.timing_line)

"""Where speech has no captions and captions have no speech, once the captions are in time."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from captionkit.sound.detectors import STEPS
from captionkit.sound.signals import spoken_in

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from captionkit.model import Document
    from captionkit.sound.speech import Speech
    from captionkit.sound.verdict import Judgement

#: Speech within so many milliseconds of a cue belongs to it: people and programs set begins and ends no better.
_AROUND_MS = 700
#: Of a stretch without captions: how long speech lasts in it, and how much of that somebody speaks. Of 160 holes of 5
#: to 15 seconds 156 were found so, and none where there was none in 40 hours (bench_sound.py, November 2026).
_LEAST_HOLE_MS, _LEAST_SPEECH_MS = 3000, 2500
#: Two stretches with so little between them are one.
_JOINED_MS = 3000
#: A cue is taken to say its text at this many characters a second at the slowest, and so many milliseconds more: what
#: stays on the screen for longer captions nothing any more.
_SLOWEST_CPS, _LINGERS_MS = 7, 3000
#: Around a cue over silence nobody speaks for so long either, nor could it be speech with this probability of 255.
_SILENCE_AROUND_MS, _PERHAPS_SPEECH = 500, 64
_SHORTEST_SILENT_MS = 500


def moved(about: Judgement, ms: int) -> int | None:
    """When a moment of the captions is in the recording; None where it is in none of its parts."""
    for part in about.parts:
        if part.start <= ms < part.end:
            return round(ms * about.ratio + part.shift_ms)
    return None


def uncaptioned(document: Document, about: Judgement, speech: Speech) -> Iterator[tuple[int, int]]:
    """Speech without captions: from when to when in the recording."""
    import numpy as np

    speaks = speech.probability >= 128
    free = np.ones(len(speaks), dtype=np.bool_)
    for start, end in _shown(document):
        at = moved(about, start)
        if at is not None:
            low, high = at - _AROUND_MS, at + round((end - start) * about.ratio) + _AROUND_MS
            free[max(0, low * STEPS // 1000) : max(0, high * STEPS // 1000)] = False
    heard = speaks & free
    for begin, end in _runs(heard, _JOINED_MS * STEPS // 1000):
        spoken = int(heard[begin:end].sum()) * 1000 // STEPS
        if end - begin >= _LEAST_HOLE_MS * STEPS // 1000 and spoken >= _LEAST_SPEECH_MS:
            yield begin * 1000 // STEPS, end * 1000 // STEPS


def _shown(document: Document) -> Iterator[tuple[int, int]]:
    """From when to when each cue stands for what is heard: a sound while it is shown, words as long as they take."""
    spoken = spoken_in(document)
    takes = {
        (round(start), round(end)): min(end, start + 1000 * characters / _SLOWEST_CPS + _LINGERS_MS)
        for start, end, characters in zip(spoken.starts, spoken.ends, spoken.characters, strict=True)
    }
    for cue in document.cues:
        if cue.end > cue.start and cue.text.strip():
            yield cue.start, round(takes.get((cue.start, cue.end), cue.end))


def _runs(heard: NDArray[np.bool_], joined: int) -> Iterator[tuple[int, int]]:
    """The stretches of speech, those that lie close together as one."""
    import numpy as np

    edges = np.flatnonzero(np.diff(np.concatenate(([False], heard, [False])).astype(np.int8))).reshape(-1, 2)
    begin = end = -1
    for first, behind in edges.tolist():
        if begin >= 0 and first - end <= joined:
            end = behind
            continue
        if begin >= 0:
            yield begin, end
        begin, end = first, behind
    if begin >= 0:
        yield begin, end


def silent(document: Document, about: Judgement, speech: Speech) -> Iterator[int]:
    """The cues of speech that are shown while nobody speaks, by their places in the document."""
    import numpy as np

    perhaps = np.concatenate(([0], np.cumsum(speech.probability >= _PERHAPS_SPEECH)))
    spoken = spoken_in(document)
    times = {(round(start), round(end)) for start, end in zip(spoken.starts, spoken.ends, strict=True)}
    for index, cue in enumerate(document.cues):
        if (cue.start, cue.end) not in times or cue.duration < _SHORTEST_SILENT_MS:
            continue
        at = moved(about, cue.start)
        if at is None:
            continue
        low = max(0, at - _SILENCE_AROUND_MS) * STEPS // 1000
        high = (at + round(cue.duration * Fraction(about.ratio)) + _SILENCE_AROUND_MS) * STEPS // 1000
        if low < len(speech.probability) and perhaps[min(high, len(perhaps) - 1)] == perhaps[low]:
            yield index


def beyond(document: Document, about: Judgement) -> Iterator[int]:
    """The cues that begin after the end of the recording, by their places in the document."""
    for index, cue in enumerate(document.cues):
        if (at := moved(about, cue.start)) is not None and at >= about.length_ms:
            yield index

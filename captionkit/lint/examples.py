"""Caption files in short, for the examples of the rules.

vtt("1-3 Hello there.", "4-6 How are you?")      from one second to three, and so on
vtt("STYLE\\n::cue(i) { color: red }", "1-3 Hello there.")      what does not begin so stands as it is
spoken("Hello there.", "How are you?")           in WebVTT, four seconds each, one right after the other
"""

from __future__ import annotations

import re

from captionkit.timecode import timecode

_TIMES = re.compile(r"(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?) ")


def vtt(*blocks: str) -> str:
    """WebVTT from blocks: signature and blank lines added."""
    return "WEBVTT\n\n" + "\n".join(f"{_timed(block, '.')}\n" for block in blocks)


def srt(*cues: str, first: int = 1) -> str:
    """SRT from cues, numbered from `first`."""
    return "\n".join(f"{number}\n{_timed(cue, ',')}\n" for number, cue in enumerate(cues, first))


def spoken(*texts: str) -> str:
    """WebVTT of these texts, four seconds each, one right after the other."""
    return vtt(*[f"{4 * n + 1}-{4 * n + 5} {text}" for n, text in enumerate(texts)])


def _timed(block: str, point: str) -> str:
    """A block with its times as the format writes them; WebVTT without hours."""
    times = _TIMES.match(block)
    if times is None:
        return block
    start, end = (timecode(round(float(seconds) * 1000)).replace(".", point) for seconds in times.groups())
    if point == ".":
        start, end = start.removeprefix("00:"), end.removeprefix("00:")
    return f"{start} --> {end}\n{block[times.end() :]}"


GOOD = vtt("1-3 Hello there.")
GOOD_SRT = srt("1-3 Hello there.")
TWO = vtt("1-3 Hello there.", "4-6 How are you?")
TWO_SRT = srt("1-3 Hello there.", "4-6 How are you?")
SENTENCES = (
    "We look at the first.",
    "Then at the second.",
    "The third is harder.",
    "It takes its time.",
    "Now to the rest.",
)

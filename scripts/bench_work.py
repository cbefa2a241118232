"""The part of `bench.py` that counts: lines of Python executed for each cue of an ordinary lecture.

No other work on the machine changes a count, so the suite holds these rows to their limits. A reader that does anything
for each cue in Python, and not for a column of them, is seen here at once.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from types import FrameType
from typing import Any

from captionkit import convert, dumps, loads

#: Lines of Python for each cue, at most.
LIMITS = {"read SRT": 6.0, "read WebVTT": 6.0, "SRT to WebVTT": 20.0}
_CUES = 800


@dataclass
class Count:
    """What one task takes for each cue, once and with twice as many cues."""

    task: str
    lines_a_cue: float
    lines_a_cue_of_twice_as_many: float
    limit: float

    @property
    def is_met(self) -> bool:
        return max(self.lines_a_cue, self.lines_a_cue_of_twice_as_many) <= self.limit


def lines_executed(work: Callable[[], object]) -> int:
    """How many lines of this package are executed, each time around a loop counted."""
    count = 0

    def in_frame(frame: FrameType, event: str, argument: object) -> Callable[[FrameType, str, Any], Any]:
        nonlocal count
        count += event == "line"
        return in_frame

    def on_call(frame: FrameType, event: str, argument: object) -> Callable[[FrameType, str, Any], Any] | None:
        return in_frame if "captionkit" in frame.f_code.co_filename else None

    before = sys.gettrace()
    sys.settrace(on_call)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def counts() -> list[Count]:
    """Every row."""
    srt = {times: _lecture(times * _CUES) for times in (1, 2)}
    vtt = {times: dumps(convert(loads(text, "srt"), "vtt").document) for times, text in srt.items()}
    tasks: dict[str, tuple[dict[int, str], Callable[[str], Any]]] = {
        "read SRT": (srt, lambda text: loads(text, "srt")),
        "read WebVTT": (vtt, lambda text: loads(text, "vtt")),
        "SRT to WebVTT": (srt, lambda text: dumps(convert(loads(text, "srt"), "vtt").document)),
    }
    found = []
    for task, (texts, work) in tasks.items():
        work(texts[2])  # what is loaded or remembered only once is none of the work
        once, twice = (lines_executed(partial(work, texts[times])) / (times * _CUES) for times in (1, 2))
        found.append(Count(task, once, twice, LIMITS[task]))
    return found


def _lecture(cues: int) -> str:
    """Ordinary cues of one or two lines, 4 seconds each."""
    return "".join(
        f"{n}\n{_clock(n * 4)},120 --> {_clock(n * 4 + 3)},880\nWhat line {n} of the lecture says\n"
        f"{'and goes on with' + chr(10) if n % 3 == 0 else ''}\n"
        for n in range(1, cues + 1)
    )


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"

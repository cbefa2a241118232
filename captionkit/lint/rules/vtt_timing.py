"""VTT101 to VTT109: the timing line of a WebVTT cue."""

from __future__ import annotations

from collections.abc import Iterator

from captionkit.lint.rule import ERROR, RESTORES, UNSAFE, Finding, rule, vtt_example
from captionkit.lint.subject import Subject

_GOOD = vtt_example("00:01.000 --> 00:03.000\nHello there.")
_TWO = vtt_example("00:01.000 --> 00:03.000\nHello there.", "00:04.000 --> 00:06.000\nHow are you?")
_TIMINGS = "https://www.w3.org/TR/webvtt1/#webvtt-timestamp"


def _bad(line: str) -> str:
    """A good cue, so that the file has one, and one with this timing line."""
    return vtt_example("00:01.000 --> 00:03.000\nHello there.", f"{line}\nHow are you?")


def _nothing() -> Iterator[Finding]:
    return iter(())


@rule("VTT101", "malformed-timestamp", ERROR, reader=True, source=_TIMINGS, bad=_bad("00:04.000 --> later"), good=_TWO)
def malformed_timestamp(subject: Subject) -> Iterator[Finding]:
    """A timing line cannot be read.

    Browsers drop the cue. What was meant cannot be guessed: type the times.
    """
    return _nothing()


@rule(
    "VTT102",
    "comma-decimal",
    ERROR,
    fix=RESTORES,
    reader=True,
    source=_TIMINGS,
    bad=_bad("00:00:04,000 --> 00:00:06,000"),
    good=_TWO,
)
def comma_decimal(subject: Subject) -> Iterator[Finding]:
    """The times have a comma where WebVTT has a dot.

    It is the SRT way; browsers drop the cue.
    """
    return _nothing()


@rule(
    "VTT103",
    "wrong-digit-count",
    ERROR,
    fix=RESTORES,
    unsafe_if="players read that in different ways",
    reader=True,
    source=_TIMINGS,
    bad=_bad("0:4.000 --> 0:6.000"),
    good=_TWO,
)
def wrong_digit_count(subject: Subject) -> Iterator[Finding]:
    """Hours, minutes, seconds or milliseconds have too few or too many digits.

    WebVTT wants at least two digits for hours, two for minutes and seconds, three for milliseconds. Browsers drop the
    cue or take the time differently. The fix writes the time as the reader understood it; a fraction of one or two
    digits is read in two ways (`.5` as 5 or as 500 milliseconds), so mending that is unsafe.
    """
    return _nothing()


@rule(
    "VTT109",
    "frame-timecode",
    ERROR,
    fix=UNSAFE,
    reader=True,
    source=_TIMINGS,
    bad=_bad("00:00:04:00 --> 00:00:06:12"),
    good=_TWO,
)
def frame_timecode(subject: Subject) -> Iterator[Finding]:
    """The times count frames (hh:mm:ss:ff), as broadcast formats do.

    Browsers drop the cue. The fix needs the frame rate (`--fps`).
    """
    return _nothing()

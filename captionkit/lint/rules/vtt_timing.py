"""VTT101 to VTT110: the timing line of a WebVTT cue."""

from __future__ import annotations

from collections.abc import Iterator

from captionkit.lint.rule import ERROR, SAFE, UNSAFE, Finding, rule, vtt_example
from captionkit.lint.rules.tim import backward_cues
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
    fix=SAFE,
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
    fix=SAFE,
    reader=True,
    source=_TIMINGS,
    bad=_bad("0:4.000 --> 0:6.000"),
    good=_TWO,
)
def wrong_digit_count(subject: Subject) -> Iterator[Finding]:
    """Hours, minutes, seconds or milliseconds have too few or too many digits.

    WebVTT wants at least two digits for hours, two for minutes and seconds, three for milliseconds. Browsers drop the
    cue or take the time differently. The fix writes the time as the reader understood it.
    """
    return _nothing()


@rule(
    "VTT104",
    "minutes-or-seconds-over-59",
    ERROR,
    fix=UNSAFE,
    reader=True,
    source=_TIMINGS,
    bad=_bad("00:04.000 --> 00:66.000"),
    good=_TWO,
)
def minutes_or_seconds_over_59(subject: Subject) -> Iterator[Finding]:
    """Minutes or seconds are over 59.

    Browsers drop the cue. The fix carries them over, which may not be what was meant.
    """
    return _nothing()


@rule(
    "VTT105",
    "arrow-spacing",
    ERROR,
    fix=SAFE,
    reader=True,
    source="https://www.w3.org/TR/webvtt1/#webvtt-cue-timings",
    bad=_bad("00:04.000-->00:06.000"),
    good=_TWO,
)
def arrow_spacing(subject: Subject) -> Iterator[Finding]:
    """The arrow, or the settings after the end time, lack the space that belongs there.

    Browsers forgive it, the syntax does not, and other players skip the cue.
    """
    return _nothing()


@rule(
    "VTT106",
    "wrong-arrow",
    ERROR,
    fix=SAFE,
    reader=True,
    source="https://www.w3.org/TR/webvtt1/#webvtt-cue-timings",
    bad=_bad("00:04.000 -> 00:06.000"),
    good=_TWO,
)
def wrong_arrow(subject: Subject) -> Iterator[Finding]:
    """The arrow between the times is not `-->`.

    To a browser the block is text without a time, and it drops it.
    """
    return _nothing()


@rule(
    "VTT107",
    "end-not-after-start",
    ERROR,
    fix=UNSAFE,
    source="https://www.w3.org/TR/webvtt1/#webvtt-cue-timings",
    bad=vtt_example("00:03.000 --> 00:01.000\nHello there."),
    good=_GOOD,
)
def end_not_after_start(subject: Subject) -> Iterator[Finding]:
    """A cue does not end after it starts.

    It is never shown, and the specification forbids it. The fix swaps the times where the cue then fits between its
    neighbours, and gives a cue of no length the time up to the next one.
    """
    if subject.format != "vtt":
        return
    for index, cue in enumerate(subject.cues):
        if cue[1] < cue[0]:
            yield subject.on_cue(index, f"ends {cue[0] - cue[1]} ms before it starts, so it is never shown")
        elif cue[1] == cue[0]:
            yield subject.on_cue(index, "is shown for 0 ms, that is, never")


@rule(
    "VTT108",
    "start-before-previous-start",
    ERROR,
    fix=SAFE,
    source="https://www.w3.org/TR/webvtt1/#webvtt-cue-timings",
    bad=vtt_example("00:04.000 --> 00:06.000\nHow are you?", "00:01.000 --> 00:03.000\nHello there."),
    good=_TWO,
)
def start_before_previous_start(subject: Subject) -> Iterator[Finding]:
    """A cue starts before the cue above it.

    The specification wants cues sorted by their start; players that read on as they play never show it. The fix sorts
    them; what is shown when stays the same.
    """
    if subject.format == "vtt":
        yield from backward_cues(subject)


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


@rule(
    "VTT110",
    "negative-time",
    ERROR,
    fix=UNSAFE,
    reader=True,
    source=_TIMINGS,
    bad=_bad("-00:00:01.000 --> 00:06.000"),
    good=_TWO,
)
def negative_time(subject: Subject) -> Iterator[Finding]:
    """A time has a minus sign.

    The file was shifted too far; browsers drop the cue. The fix starts it at 0.
    """
    return _nothing()

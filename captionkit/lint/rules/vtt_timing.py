"""VTT101 to VTT109: the timing line of a WebVTT cue."""

from __future__ import annotations

from captionkit.formats.timing_line import Clock, recognise
from captionkit.lint.edits import FixTask, rewritten
from captionkit.lint.examples import TWO, vtt
from captionkit.lint.rule import RESTORES, UNSAFE, example, fixes, row
from captionkit.lint.rules.srt import UNSAFE_TIMES
from captionkit.model import Block, Cue, Document, Stray

ORDER = 20
_TIMINGS = "https://www.w3.org/TR/webvtt1/#webvtt-timestamp"


def _bad(line: str) -> str:
    """A good cue, so that the file has one, and one with this timing line."""
    return vtt("1-3 Hello there.", f"{line}\nHow are you?")


@row("VTT101", source=_TIMINGS)
@example(_bad("00:04.000 --> later"), TWO)
def malformed_timestamp() -> None:
    """A timing line cannot be read.

    Browsers drop the cue. What was meant cannot be guessed: type the times.
    """


@row("VTT102", source=_TIMINGS)
@example(_bad("00:00:04,000 --> 00:00:06,000"), TWO)
def comma_decimal() -> None:
    """The times have a comma where WebVTT has a dot.

    It is the SRT way; browsers drop the cue.
    """


@row("VTT103", source=_TIMINGS)
@example(_bad("0:4.000 --> 0:6.000"), TWO)
def wrong_digit_count() -> None:
    """Hours, minutes, seconds or milliseconds have too few or too many digits.

    WebVTT wants at least two digits for hours, two for minutes and seconds, three for milliseconds. Browsers drop the
    cue or take the time differently. The fix writes the time as the reader understood it; a fraction of one or two
    digits is read in two ways (`.5` as 5 or as 500 milliseconds), so mending that is unsafe.
    """


@row("VTT109", source=_TIMINGS)
@example(_bad("00:00:04:00 --> 00:00:06:12"), TWO)
def frame_timecode() -> None:
    """The times count frames (hh:mm:ss:ff), as broadcast formats do.

    Browsers drop the cue. The fix needs the frame rate (`--fps`).
    """


@fixes("VTT102", "VTT103", "TIM021", "TIM022", fix=RESTORES)
@fixes("TIM020", "TIM023", "VTT103", "VTT109", fix=UNSAFE)
def readable_times(task: FixTask) -> Document | None:
    """Write the timing line of cues, and of blocks that are no cue only for their timing line, in the right way."""
    document = task.document
    if document.format != "vtt":
        return None
    wanted = {one.line: one.code for one in task.findings}
    blocks: list[Block] = []
    changed = False
    for block in document.blocks:
        if type(block) is Cue and wanted.keys() & {block.line, block.timing_line}:
            blocks.append(rewritten(block))
            changed = True
        elif type(block) is Stray:
            cue = _revived(block, task, wanted)
            blocks.append(cue or block)
            changed = changed or cue is not None
        else:
            blocks.append(block)
    return document.with_blocks(blocks) if changed else None


def _revived(stray: Stray, task: FixTask, wanted: dict[int, str]) -> Cue | None:
    lines = stray.text.split("\n")
    for at in range(min(2, len(lines))):
        timing = recognise(lines[at])
        if timing is None:
            continue
        codes = {wanted[line] for line in range(stray.line, stray.line + at + 1) if line in wanted}
        clocks = (timing.start, timing.end)
        guessed = codes & set(UNSAFE_TIMES) or any(_is_guess(clock) for clock in clocks)
        if not codes or (guessed and not task.unsafe):
            return None
        start, end = (_ms(clock, task.context.fps) for clock in clocks)
        text = "\n".join(lines[at + 1 :])
        return Cue(start, end, text, lines[0] if at else "", timing.settings)
    return None


def _ms(clock: Clock, fps: float) -> int:
    if clock.separator in (":", ";") and len(clock.fraction) == 2:
        whole = (int(clock.hours or 0) * 60 + int(clock.minutes)) * 60 + int(clock.seconds)
        return round(whole * 1000 + int(clock.fraction) * 1000 / fps)
    return 0 if clock.sign == "-" else clock.ms


def _is_guess(clock: Clock) -> bool:
    """Whether the fraction can be read in two ways: `,5` is 5 ms to some and 500 ms to others."""
    return clock.sign == "-" or clock.separator in (":", ";") or len(clock.fraction) in (1, 2)

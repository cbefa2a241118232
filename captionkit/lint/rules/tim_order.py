"""TIM004, TIM005 and TIM020 to TIM023: the order of the cues, and how their times are written."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from captionkit.lint.context import Context
from captionkit.lint.edits import FixTask, least_fix, read_in_two_ways, with_cues_changed
from captionkit.lint.examples import GOOD_SRT, TWO, TWO_SRT, srt, vtt
from captionkit.lint.rule import ERROR, NONE, SAFE, UNSAFE, WARNING, Finding, Fix, Words, example, fixes, row, rule
from captionkit.model import Block, Cue, Diagnostic, Document, Note
from captionkit.order import is_order_wrong

ORDER = 24


@rule("TIM004", ERROR, SAFE)
@example("1\n00:00:04,000 --> 00:00:06,000\nHow are you?\n\n2\n00:00:01,000 --> 00:00:03,000\nHello there.\n", TWO_SRT)
def out_of_order(context: Context) -> Iterator[Finding]:
    """A cue starts before the cue above it.

    Players that read on as they play never show it, and WebVTT forbids it. The fix sorts the cues by their start; what
    is shown when stays the same. Where the file's own order has room for the cue it is rather its time that is wrong:
    then the words stay in their order, and a person has to look.
    """
    if context.is_in_order:
        return
    found = [index for index, (before, start) in enumerate(pairwise(context.starts), 1) if start < before]
    wrong_time = "" if is_order_wrong(context.cues) else "; a time may be wrong rather than the order"
    for index in found:
        by = context.starts[index - 1] - context.starts[index]
        fix = NONE if wrong_time else None
        yield context.on_cue(index, f"starts {by} ms before the cue above it{wrong_time}", fix=fix)


def _sorting_takes(context: Context, one: Diagnostic) -> Fix:
    """Some players read no further than a block that is none, and end a block at an arrow in its text."""
    if context.has_strays or (context.format == "vtt" and context.once(_has_arrow)):
        return UNSAFE
    return least_fix(lambda allowed: not read_in_two_ways(context, allowed))


def _has_arrow(context: Context) -> bool:
    return "-->" in context.all_text


@fixes("TIM004", fix=SAFE, words=Words.SORTED, takes=_sorting_takes, keeps_text=True)
def sorted_by_start(task: FixTask) -> Document | None:
    """Sort the cues by their start, each with the comments right above it; equal starts stay in order."""
    head: list[Block] = []
    groups: list[tuple[int, list[Block]]] = []
    pending: list[Block] = []
    for block in task.document.blocks:
        if type(block) is Cue:
            groups.append((block.start, [*pending, block]))
            pending = []
        elif type(block) is Note and groups:
            pending.append(block)
        elif groups:
            groups[-1][1].extend([*pending, block])
            pending = []
        else:
            head.append(block)
    order = sorted(groups, key=lambda group: group[0])
    return task.document.with_blocks([*head, *(block for _, group in order for block in group), *pending])


def doubtful(context: Context) -> frozenset[int]:
    """The cues on both sides of a step back in time that may be a wrong time: what is done to the times there would
    make an order of it that nobody meant."""
    starts = context.starts
    if context.is_in_order or is_order_wrong(context.cues):
        return frozenset()
    back = [index for index in range(1, len(starts)) if starts[index] < starts[index - 1]]
    return frozenset(place for index in back for place in (index - 1, index))


@rule("TIM005", WARNING, UNSAFE)
@example(vtt("1-3 Hello there.", "1-3 Hello there."))
def duplicate_cue(context: Context) -> Iterator[Finding]:
    """The same words stand in the file twice for the same time.

    A player that takes it at its word shows the line twice. The fix keeps the first, so what is shown changes.
    """
    for index, first in duplicates(context):
        yield context.on_cue(index, f"says the same at the same time as cue {first + 1}")


@fixes("TIM005", fix=UNSAFE, words=Words.REMOVED)
def without_duplicates(task: FixTask) -> Document | None:
    return with_cues_changed(task.document, {index: None for index, _ in duplicates(task.context)})


def duplicates(context: Context) -> Iterator[tuple[int, int]]:
    """Cues that repeat an earlier one exactly, settings included: its index and the earlier one's."""
    cues = context.cues
    if not context.shares_starts:
        return
    seen: dict[tuple[int, int, str, str], int] = {}
    for index, cue in enumerate(cues):
        key = (cue.start, cue.end, cue.text, cue.settings)
        first = seen.setdefault(key, index)
        if first != index and cue.text.strip():
            yield index, first


_TIMINGS = "https://www.w3.org/TR/webvtt1/#webvtt-cue-timings"


@row("TIM020", source=_TIMINGS)
@example(srt("00:00:59,000 --> 00:00:63,000\nHello there."))
def minutes_or_seconds_over_59() -> None:
    """Minutes or seconds are over 59.

    Browsers drop the cue; of the readers of SRT some add, some reject it. The fix carries them over, which may not be
    what was meant.
    """


@row("TIM021", source=_TIMINGS)
@example(GOOD_SRT.replace(" --> ", "-->"))
def arrow_spacing() -> None:
    """The arrow between the times does not have exactly one space on each side, or the settings follow without one.

    Browsers and ffmpeg forgive it; VLC drops the cue where a space is missing, and WebVTT's syntax forbids it.
    """


@row("TIM022", source=_TIMINGS)
@example(vtt("1-3 Hello there.", "00:04.000 -> 00:06.000\nHow are you?"), TWO)
def wrong_arrow() -> None:
    """The arrow between the times is not `-->`.

    Word processors and speech engines write `->`, `–>` or `=>`. No player reads that: the block is text without a time,
    and is dropped or shown with its times.
    """


@row("TIM023", source=_TIMINGS)
@example(GOOD_SRT.replace("00:00:01", "-00:00:01"))
def negative_time() -> None:
    """A time has a minus sign.

    The file was shifted too far; no player shows the cue. The fix starts it at 0, if it ends later.
    """


@fixes("TIM023", fix=UNSAFE)
def from_zero(task: FixTask) -> Document | None:
    if task.document.format != "srt":
        return None
    cues = task.context.cues
    return with_cues_changed(
        task.document,
        {i: cues[i]._replace(start=max(cues[i].start, 0)) for i in task.indices() if cues[i].end > 0},
    )

"""TIM010 to TIM019: times that cannot be right for the media."""

from __future__ import annotations

from collections.abc import Iterator

from captionkit.lint.context import Context
from captionkit.lint.edits import FixTask, with_cues_changed
from captionkit.lint.examples import TWO, vtt
from captionkit.lint.profiles import number
from captionkit.lint.rule import ERROR, INFO, NONE, UNSAFE, WARNING, Finding, example, fixes, rule
from captionkit.lint.rules._room import LEAST_KEPT_MS
from captionkit.model import Document
from captionkit.timecode import timecode

ORDER = 50
_HOUR = 3_600_000


@rule("TIM010", ERROR, UNSAFE)
@example(TWO, vtt("1-3 Hello there.", "4-5 How are you?"), arguments={"duration": 5.0})
def past_media_end(context: Context) -> Iterator[Finding]:
    """A cue is shown after the end of the media.

    It belongs to another video, or the times have drifted. Needs `--duration`. All that begins after the end is one
    finding. The fix ends the cue with the media where it has started before.
    """
    media = context.duration_ms
    if not media:
        return
    after = [index for index, start in enumerate(context.starts) if start >= media]
    for index, end in enumerate(context.ends):
        if end > media + 500 and context.starts[index] < media:
            yield context.on_cue(index, f"ends {end - media} ms after the media ({timecode(media)})")
    if after:
        first = min(after, key=lambda index: context.starts[index])
        others = f", and so do {len(after) - 1:,} more, the last until" if len(after) > 1 else " and ends at"
        end = max(context.ends[index] for index in after)
        message = f"begins after the end of the media ({timecode(media)}){others} {timecode(end)}"
        yield context.on_cue(first, message, fix=NONE)


@fixes("TIM010", fix=UNSAFE)
def clamped(task: FixTask) -> Document | None:
    """End with the media what starts before its end."""
    context = task.context
    media = context.duration_ms
    cues = context.cues
    return with_cues_changed(
        task.document,
        {i: cues[i]._replace(end=media) for i in task.indices() if media - cues[i].start >= LEAST_KEPT_MS},
    )


@rule("TIM011", WARNING, UNSAFE)
@example(vtt("01:00:01.000 --> 01:00:03.000\nHello there."))
def broadcast_offset(context: Context) -> Iterator[Finding]:
    """The first cue comes an hour in, or just before: the times are those of a broadcast tape.

    Programmes on tape begin at 01:00:00 or 10:00:00 (09:59 with the leader). Against a file that begins at 0 nothing is
    ever shown. The fix moves all cues to the front by whole hours.
    """
    start = min(context.starts, default=0)
    if context.duration_ms and start < context.duration_ms:
        return
    if start >= _HOUR or _HOUR - 60_000 <= start < _HOUR:
        index = context.starts.index(start)
        yield context.on_cue(index, f"is the first cue, at {timecode(start)}: the times look like those of a tape")


@fixes("TIM011", fix=UNSAFE)
def from_the_tape(task: FixTask) -> Document | None:
    """Move all cues to the front by whole hours."""
    cues = task.context.cues
    hours = min(cue.start for cue in cues) // 3_600_000 * 3_600_000
    if not hours:
        return None
    return with_cues_changed(
        task.document, {i: c._replace(start=c.start - hours, end=c.end - hours) for i, c in enumerate(cues)}
    )


@rule("TIM012", INFO, default=False)
@example(vtt("1-3 [music] BOB: Hello there.", "50-52 BOB: How are you?"), TWO)
def long_uncaptioned_stretch(context: Context) -> Iterator[Finding]:
    """For a long time there is no cue.

    Nobody speaks, or captions are missing: a viewer who cannot hear does not know which. Say it (`[music]`,
    `[students work in silence]`). The length is the option `max_uncaptioned` in seconds, 30 unless set (house).
    """
    longest = _seconds(context, "max_uncaptioned", 30.0)
    reached = -1
    before = -1
    for index in context.shown_order:
        start, end = context.starts[index], context.ends[index]
        if before >= 0 and start - reached > longest:
            yield context.on_cue(
                index,
                f"comes after {number((start - reached) / 1000)} s without captions "
                f"(more than {number(longest / 1000)} s)",
            )
        if end > reached:
            reached, before = end, index


def _seconds(context: Context, name: str, otherwise: float) -> float:
    """An option in seconds, as milliseconds."""
    given = context.options.get(name, otherwise)
    return float(given if isinstance(given, (int, float)) else otherwise) * 1000


@rule("TIM013", WARNING, default=False)
@example(TWO, vtt("1-3 Hello there.", "94-99 Goodbye."), arguments={"duration": 100.0})
def ends_well_before_media(context: Context) -> Iterator[Finding]:
    """The last cue ends before 95 % of the media have passed.

    The file may be cut off or belong to an earlier version of the video. Needs `--duration`. The share is ours (house);
    no standard states one.
    """
    media, last = context.duration_ms, max(context.ends, default=0)
    if media and 0 < last < media * 0.95:
        index = context.ends.index(last)
        yield context.on_cue(
            index, f"is the last cue and ends at {number(100 * last / media)} % of the media ({timecode(media)})"
        )


@rule("TIM014", WARNING, default=False)
@example(vtt("121-123 Hello there."))
def starts_late(context: Context) -> Iterator[Finding]:
    """The first cue comes late.

    The beginning may be missing, or all times may be off. The option `starts_late` says how late in seconds; 60 unless
    set (house).
    """
    start = min(context.starts, default=0)
    latest = _seconds(context, "starts_late", 60.0)
    if latest < start < _HOUR - 60_000:
        yield context.on_cue(context.starts.index(start), f"is the first cue, at {timecode(start)}")


#: How much longer captions get when they were made for one frame rate and are shown at another.
_DRIFTS = (
    (25 / 24, "25 and 24"),
    (25 / 23.976, "25 and 23.976"),
    (24 / 23.976, "24 and 23.976"),
    (30 / 29.97, "30 and 29.97"),
)


@rule("TIM015", WARNING, UNSAFE)
@example(
    vtt("1-3 Hello there.", "01:02:27.000 --> 01:02:30.000\nGoodbye."),
    vtt("1-3 Hello there.", "3567-3570 Goodbye."),
    arguments={"duration": 3600.0},
)
def linear_drift(context: Context) -> Iterator[Finding]:
    """The last cue ends after the media by just the share that a mix-up of frame rates makes.

    Captions made for 24 frames a second and shown at 25 run 4.1 % too long. Needs `--duration`. `captionkit retime`
    mends it; the fix does the same.
    """
    found = drift(context)
    if found:
        ratio, rates, index = found
        yield context.on_cue(
            index,
            f"is the last cue and {number((ratio - 1) * 100)} % past the end of the media: the "
            f"frame rates {rates} were mixed up",
            "captionkit retime mends it.",
        )


@fixes("TIM015", fix=UNSAFE)
def retimed(task: FixTask) -> Document | None:
    """Undo the mix-up of frame rates."""
    found = drift(task.context)
    if found is None:
        return None
    ratio = found[0]
    return with_cues_changed(
        task.document,
        {
            i: c._replace(start=round(c.start / ratio), end=round(c.end / ratio))
            for i, c in enumerate(task.context.cues)
        },
    )


def drift(context: Context) -> tuple[float, str, int] | None:
    """By how much the times are too long, which frame rates explain it, and the last cue; None where nothing does."""
    media = context.duration_ms
    last = max(context.ends, default=0) if media else 0
    if media < 60_000 or last <= media + 500:
        return None
    near = min(_DRIFTS, key=lambda one: abs(last / media - one[0]))
    # The last word is seldom at the very end: take 1 % of 4.1 % either way.
    if abs(last / media - near[0]) <= (near[0] - 1) * 0.25:
        return near[0], near[1], context.ends.index(last)
    return None


@rule("TIM016", ERROR)
@example(vtt("25:00:01.000 --> 25:00:03.000\nHello there."))
def implausible_time(context: Context) -> Iterator[Finding]:
    """A cue stands more than 24 hours in.

    A digit too many, or milliseconds written as seconds. No lecture is that long.
    """
    day = 24 * _HOUR
    if max(max(context.starts, default=0), max(context.ends, default=0)) > day:
        for index, latest in enumerate(map(max, context.starts, context.ends)):
            if latest > day:
                yield context.on_cue(index, f"is shown at {timecode(latest)}, more than a day in")


@rule("TIM017", WARNING)
@example(vtt("1-150 Hello there."))
def implausible_duration(context: Context) -> Iterator[Finding]:
    """A cue is shown for more than two minutes.

    Its end time is wrong: it hides or pushes up everything that is said meanwhile. Two minutes is ours (house); the
    profiles' own limits are TIM009.
    """
    if context.longest > 120_000:
        for index, duration in enumerate(context.durations):
            if duration > 120_000:
                yield context.on_cue(index, f"is shown for {number(duration / 1000)} s")


@rule("TIM019", INFO, default=False)
@example(vtt(*[f"00:{n * 3:02d}.000 --> 00:{n * 3 + 3:02d}.000\nCue {n} of these." for n in range(12)]), TWO)
def constant_pace(context: Context) -> Iterator[Finding]:
    """Ten cues in a row have exactly the same length and touch.

    Nobody speaks like that: the text was spread over the time by a machine and is not in sync.
    """
    run = 1
    for index in range(1, len(context.cues)):
        before, cue = context.cues[index - 1], context.cues[index]
        if cue.duration == before.duration and cue.start == before.end and cue.duration > 0:
            run += 1
            if run == 10:
                yield context.on_cue(index - 9, f"begins ten cues of exactly {cue.duration} ms each without a pause")
        else:
            run = 1

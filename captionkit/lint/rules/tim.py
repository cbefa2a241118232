"""TIM: when cues are shown, and how their times are written."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from captionkit.lint.profiles import number
from captionkit.lint.rule import (
    ERROR,
    INFO,
    RESTORES,
    SAFE,
    UNSAFE,
    WARNING,
    Finding,
    rule,
    srt_example,
    vtt_example,
)
from captionkit.lint.subject import Subject
from captionkit.order import is_order_wrong
from captionkit.timecode import timecode

_GOOD = vtt_example("00:01.000 --> 00:03.000\nHello there.")
_GOOD_SRT = srt_example("00:01,000 --> 00:03,000\nHello there.")
_TWO = vtt_example("00:01.000 --> 00:03.000\nHello there.", "00:04.000 --> 00:06.000\nHow are you?")

#: A limit in frames never falls on a whole millisecond: Subtitle Edit allows 7007 ms for 7 s at 23.976.
TOLERANCE_MS = 1

_HOUR = 3_600_000


@rule(
    "TIM001",
    "end-before-start",
    ERROR,
    fix=UNSAFE,
    file="lecture.en.srt",
    bad=srt_example("00:03,000 --> 00:01,000\nHello there."),
    good=_GOOD_SRT,
)
def end_before_start(subject: Subject) -> Iterator[Finding]:
    """A cue ends before it starts.

    It is never shown, and WebVTT forbids it. Where one moment is wrong that ends one cue and starts the next, the fix
    puts it between them, by the length of their text; else it swaps the two times where the cue then fits between its
    neighbours. What it cannot be sure of it leaves.
    """
    for index, cue in enumerate(subject.cues):
        if cue[1] < cue[0]:
            yield subject.on_cue(index, f"ends {cue[0] - cue[1]} ms before it starts, so it is never shown")


@rule(
    "TIM002",
    "zero-duration",
    ERROR,
    fix=UNSAFE,
    file="lecture.en.srt",
    bad=srt_example("00:01,000 --> 00:01,000\nHello there."),
    good=_GOOD_SRT,
)
def zero_duration(subject: Subject) -> Iterator[Finding]:
    """A cue ends at the moment it starts.

    It is never shown, and WebVTT forbids it. The fix gives it time up to the next cue, as far as there is any.
    """
    for index, cue in enumerate(subject.cues):
        if cue[1] == cue[0]:
            yield subject.on_cue(index, "is shown for 0 ms, that is, never")


def overlaps(subject: Subject) -> Iterator[tuple[int, int, int]]:
    """Cues that start while another is still shown: the later one's index, the earlier one's, by how many ms."""
    ends = subject.ends
    starts = subject.starts
    order = subject.shown_order
    last = -1
    for index in order:
        if ends[index] <= starts[index]:
            continue
        if last >= 0 and starts[index] < ends[last]:
            yield index, last, min(ends[last], ends[index]) - starts[index]
        if last < 0 or ends[index] > ends[last]:
            last = index


@rule(
    "TIM003",
    "overlap",
    WARNING,
    fix=UNSAFE,
    bad=vtt_example("00:01.000 --> 00:04.000\nHello there.", "00:03.000 --> 00:06.000\nHow are you?"),
    good=_TWO,
)
def overlap(subject: Subject) -> Iterator[Finding]:
    """A cue starts while another one is still shown.

    WebVTT allows it and shows both, one above the other; SRT players differ, and one of the two may be hidden. Meant
    for two people who speak at once; elsewhere it is a mistake in the times. The fix ends the earlier cue when the
    later begins, unless both say something that has to be seen together (same start).
    """
    starts = subject.starts
    ends = subject.ends
    if all(end <= start for end, start in zip(ends, starts[1:], strict=False)):
        return
    for index, other, by in overlaps(subject):
        yield subject.on_cue(index, f"starts {by} ms before {subject.says_when(other)} ends")


@rule(
    "TIM004",
    "out-of-order",
    ERROR,
    fix=SAFE,
    unsafe_if="a time may be wrong",
    file="lecture.en.srt",
    bad="1\n00:00:04,000 --> 00:00:06,000\nHow are you?\n\n2\n00:00:01,000 --> 00:00:03,000\nHello there.\n",
    good="1\n00:00:01,000 --> 00:00:03,000\nHello there.\n\n2\n00:00:04,000 --> 00:00:06,000\nHow are you?\n",
)
def out_of_order(subject: Subject) -> Iterator[Finding]:
    """A cue starts before the cue above it.

    Players that read on as they play never show it, and WebVTT forbids it. The fix sorts the cues by their start; what
    is shown when stays the same. Where the file's own order has room for the cue it is rather its time that is wrong:
    then the words stay in their order, and a person has to look.
    """
    found = [index for index, (before, start) in enumerate(pairwise(subject.starts), 1) if start < before]
    wrong_time = "" if not found or is_order_wrong(subject.cues) else "; a time may be wrong rather than the order"
    for index in found:
        by = subject.starts[index - 1] - subject.starts[index]
        yield subject.on_cue(index, f"starts {by} ms before the cue above it{wrong_time}")


def doubtful(subject: Subject) -> frozenset[int]:
    """The cues on both sides of a step back in time that may be a wrong time: what is done to the times there would
    make an order of it that nobody meant."""
    starts = subject.starts
    back = [index for index in range(1, len(starts)) if starts[index] < starts[index - 1]]
    if not back or is_order_wrong(subject.cues):
        return frozenset()
    return frozenset(place for index in back for place in (index - 1, index))


@rule(
    "TIM005",
    "duplicate-cue",
    WARNING,
    fix=UNSAFE,
    bad=vtt_example("00:01.000 --> 00:03.000\nHello there.", "00:01.000 --> 00:03.000\nHello there."),
    good=_GOOD,
)
def duplicate_cue(subject: Subject) -> Iterator[Finding]:
    """The same words stand in the file twice for the same time.

    A player that takes it at its word shows the line twice. The fix keeps the first, so what is shown changes.
    """
    for index, first in duplicates(subject):
        yield subject.on_cue(index, f"says the same at the same time as cue {first + 1}")


def duplicates(subject: Subject) -> Iterator[tuple[int, int]]:
    """Cues that repeat an earlier one exactly, settings included: its index and the earlier one's."""
    cues = subject.cues
    if len(set(subject.starts)) == len(cues):
        return
    seen: dict[tuple[int, int, str, str], int] = {}
    for index, cue in enumerate(cues):
        key = (cue.start, cue.end, cue.text, cue.settings)
        first = seen.setdefault(key, index)
        if first != index and cue.text.strip():
            yield index, first


def least_gap_ms(subject: Subject) -> tuple[float, str, bool] | None:
    """The least gap between cues in ms, how the profile says it, and whether touching cues are fine."""
    frames = subject.limit("min_gap_frames")
    plain = subject.limit("min_gap")
    found = []
    if frames:
        ms = frames.value * 1000 / subject.fps
        found.append(
            (
                ms,
                f"{number(frames.value)} frames at {number(subject.fps)} fps = {number(ms)} ms ({frames.profile})",
                frames.zero_ok,
            )
        )
    if plain:
        found.append((plain.value, plain.says(), plain.zero_ok))
    return max(found) if found else None


@rule(
    "TIM006",
    "gap-too-small",
    INFO,
    fix=UNSAFE,
    limits=("min_gap", "min_gap_frames"),
    bad=vtt_example("00:01.000 --> 00:03.000\nHello there.", "00:03.040 --> 00:06.000\nHow are you?"),
    good=_TWO,
)
def gap_too_small(subject: Subject) -> Iterator[Finding]:
    """The pause between two cues is shorter than the profile wants.

    Without a pause the eye does not notice that the text has changed; a pause of a few frames flickers. Some profiles
    take cues that touch, others do not. The fix ends the earlier cue a little earlier.
    """
    limit = least_gap_ms(subject)
    if not limit:
        return
    least, says, zero_ok = limit
    low = 0 if zero_ok else -1
    high = least - TOLERANCE_MS
    ends, starts = subject.ends, subject.starts
    if subject.shown_order[-1:] == [len(starts) - 1]:
        small = [i for i, (end, start) in enumerate(zip(ends, starts[1:], strict=False)) if low < start - end < high]
        for index in small:
            gap = starts[index + 1] - ends[index]
            yield subject.on_cue(index + 1, f"starts {gap} ms after the cue before it, the least is {says}")


@rule(
    "TIM007",
    "flicker-gap",
    WARNING,
    fix=UNSAFE,
    default=False,
    profile="netflix-en",
    limits=("flicker_gap",),
    bad=vtt_example("00:01.000 --> 00:03.000\nHello there.", "00:03.250 --> 00:06.000\nHow are you?"),
    good=_TWO,
)
def flicker_gap(subject: Subject) -> Iterator[Finding]:
    """The pause between two cues is too long to be none and too short to be one.

    The screen goes empty for an instant. Netflix wants gaps of 3 to 11 frames (at 24 fps) closed to 2. The fix holds
    the earlier cue until then.
    """
    limit = subject.limit("flicker_gap")
    least = least_gap_ms(subject)
    if limit:
        low = (least[0] if least else 0) + TOLERANCE_MS
        for index, (end, start) in enumerate(zip(subject.ends, subject.starts[1:], strict=False), 1):
            if low < start - end < limit.value - TOLERANCE_MS:
                close = f"close it to {number(least[0])} ms or " if least else ""
                yield subject.on_cue(index, f"comes after a gap of {start - end} ms; {close}make it {limit.says()}")


@rule(
    "TIM008",
    "too-short",
    WARNING,
    fix=UNSAFE,
    limits=("min_duration",),
    bad=vtt_example("00:01.000 --> 00:01.500\nHello."),
    good=vtt_example("00:01.000 --> 00:02.000\nHello."),
)
def too_short(subject: Subject) -> Iterator[Finding]:
    """A cue is shown for too short a time.

    The eye needs most of a second to find new text. The fix holds the cue longer, as far as the next one leaves room,
    or joins it to the sentence it belongs to. Where it flashes what its neighbour shows and nobody can have said it in
    that time, the two become one, with their words once.
    """
    limit = subject.limit("min_duration")
    if limit:
        least = limit.value - TOLERANCE_MS
        for index in [i for i, cue in enumerate(subject.cues) if 0 < cue[1] - cue[0] < least]:
            yield subject.on_cue(index, f"is shown for {subject.cues[index].duration} ms, the least is {limit.says()}")


@rule(
    "TIM009",
    "too-long",
    WARNING,
    fix=UNSAFE,
    limits=("max_duration",),
    bad=vtt_example("00:01.000 --> 00:11.000\nHello there."),
    good=_GOOD,
)
def too_long(subject: Subject) -> Iterator[Finding]:
    """A cue is shown for too long a time.

    People read it twice and wonder whether the captions have stopped. The fix splits a cue with enough text into
    several, and otherwise ends it sooner.
    """
    limit = subject.limit("max_duration")
    if limit:
        most = limit.value + max(TOLERANCE_MS, limit.value / 1000)
        for index in [i for i, cue in enumerate(subject.cues) if cue[1] - cue[0] > most]:
            yield subject.on_cue(index, f"is shown for {subject.cues[index].duration} ms, the most is {limit.says()}")


@rule(
    "TIM010",
    "past-media-end",
    ERROR,
    fix=UNSAFE,
    context={"duration": 5.0},
    bad=_TWO,
    good=vtt_example("00:01.000 --> 00:03.000\nHello there.", "00:04.000 --> 00:05.000\nHow are you?"),
)
def past_media_end(subject: Subject) -> Iterator[Finding]:
    """A cue is shown after the end of the media.

    It belongs to another video, or the times have drifted. Needs `--duration`. The fix ends the cue with the media
    where it has started before.
    """
    media = subject.duration_ms
    if media:
        for index, end in enumerate(subject.ends):
            if end > media + 500 or subject.starts[index] >= media:
                yield subject.on_cue(index, f"ends {end - media} ms after the media ({timecode(media)})")


@rule(
    "TIM011",
    "broadcast-offset",
    WARNING,
    fix=UNSAFE,
    bad=vtt_example("01:00:01.000 --> 01:00:03.000\nHello there."),
    good=_GOOD,
)
def broadcast_offset(subject: Subject) -> Iterator[Finding]:
    """The first cue comes an hour in, or just before: the times are those of a broadcast tape.

    Programmes on tape begin at 01:00:00 or 10:00:00 (09:59 with the leader). Against a file that begins at 0 nothing is
    ever shown. The fix moves all cues to the front by whole hours.
    """
    start = min(subject.starts, default=0)
    if subject.duration_ms and start < subject.duration_ms:
        return
    if start >= _HOUR or _HOUR - 60_000 <= start < _HOUR:
        index = subject.starts.index(start)
        yield subject.on_cue(index, f"is the first cue, at {timecode(start)}: the times look like those of a tape")


@rule(
    "TIM012",
    "long-uncaptioned-stretch",
    INFO,
    default=False,
    profile="wcag",
    bad=vtt_example("00:01.000 --> 00:03.000\n[music] BOB: Hello there.", "00:50.000 --> 00:52.000\nBOB: How are you?"),
    good=_TWO,
    context={"select": "TIM012"},
)
def long_uncaptioned_stretch(subject: Subject) -> Iterator[Finding]:
    """For a long time there is no cue.

    Nobody speaks, or captions are missing: a viewer who cannot hear does not know which. Say it (`[music]`,
    `[students work in silence]`). The length is the option `max_uncaptioned` in seconds, 30 unless set (house).
    """
    longest = _seconds(subject, "max_uncaptioned", 30.0)
    reached = -1
    before = -1
    for index in subject.shown_order:
        start, end = subject.starts[index], subject.ends[index]
        if before >= 0 and start - reached > longest:
            yield subject.on_cue(
                index,
                f"comes after {number((start - reached) / 1000)} s without captions "
                f"(more than {number(longest / 1000)} s)",
            )
        if end > reached:
            reached, before = end, index


def _seconds(subject: Subject, name: str, otherwise: float) -> float:
    """An option in seconds, as milliseconds."""
    given = subject.options.get(name, otherwise)
    return float(given if isinstance(given, (int, float)) else otherwise) * 1000


@rule(
    "TIM013",
    "ends-well-before-media",
    WARNING,
    default=False,
    profile="wcag",
    context={"duration": 100.0, "select": "TIM013"},
    bad=_TWO,
    good=vtt_example("00:01.000 --> 00:03.000\nHello there.", "01:34.000 --> 01:39.000\nGoodbye."),
)
def ends_well_before_media(subject: Subject) -> Iterator[Finding]:
    """The last cue ends before 95 % of the media have passed.

    The file may be cut off or belong to an earlier version of the video. Needs `--duration`. The share is ours (house);
    no standard states one.
    """
    media, last = subject.duration_ms, max(subject.ends, default=0)
    if media and 0 < last < media * 0.95:
        index = subject.ends.index(last)
        yield subject.on_cue(
            index, f"is the last cue and ends at {number(100 * last / media)} % of the media ({timecode(media)})"
        )


@rule(
    "TIM014",
    "starts-late",
    WARNING,
    default=False,
    profile="wcag",
    context={"select": "TIM014"},
    bad=vtt_example("02:01.000 --> 02:03.000\nHello there."),
    good=_GOOD,
)
def starts_late(subject: Subject) -> Iterator[Finding]:
    """The first cue comes late.

    The beginning may be missing, or all times may be off. The option `starts_late` says how late in seconds; 60 unless
    set (house).
    """
    start = min(subject.starts, default=0)
    latest = _seconds(subject, "starts_late", 60.0)
    if latest < start < _HOUR - 60_000:
        yield subject.on_cue(subject.starts.index(start), f"is the first cue, at {timecode(start)}")


#: How much longer captions get when they were made for one frame rate and are shown at another.
_DRIFTS = (
    (25 / 24, "25 and 24"),
    (25 / 23.976, "25 and 23.976"),
    (24 / 23.976, "24 and 23.976"),
    (30 / 29.97, "30 and 29.97"),
)


@rule(
    "TIM015",
    "linear-drift",
    WARNING,
    fix=UNSAFE,
    context={"duration": 3600.0},
    bad=vtt_example("00:01.000 --> 00:03.000\nHello there.", "01:02:27.000 --> 01:02:30.000\nGoodbye."),
    good=vtt_example("00:01.000 --> 00:03.000\nHello there.", "59:27.000 --> 59:30.000\nGoodbye."),
)
def linear_drift(subject: Subject) -> Iterator[Finding]:
    """The last cue ends after the media by just the share that a mix-up of frame rates makes.

    Captions made for 24 frames a second and shown at 25 run 4.1 % too long. Needs `--duration`. `captionkit retime`
    mends it; the fix does the same.
    """
    found = drift(subject)
    if found:
        ratio, rates, index = found
        yield subject.on_cue(
            index,
            f"is the last cue and {number((ratio - 1) * 100)} % past the end of the media: the "
            f"frame rates {rates} were mixed up",
            "captionkit retime mends it.",
        )


def drift(subject: Subject) -> tuple[float, str, int] | None:
    """By how much the times are too long, which frame rates explain it, and the last cue; None where nothing does."""
    media = subject.duration_ms
    last = max(subject.ends, default=0) if media else 0
    if media < 60_000 or last <= media + 500:
        return None
    near = min(_DRIFTS, key=lambda one: abs(last / media - one[0]))
    # The last word is seldom at the very end: take 1 % of 4.1 % either way.
    if abs(last / media - near[0]) <= (near[0] - 1) * 0.25:
        return near[0], near[1], subject.ends.index(last)
    return None


@rule("TIM016", "implausible-time", ERROR, bad=vtt_example("25:00:01.000 --> 25:00:03.000\nHello there."), good=_GOOD)
def implausible_time(subject: Subject) -> Iterator[Finding]:
    """A cue stands more than 24 hours in.

    A digit too many, or milliseconds written as seconds. No lecture is that long.
    """
    for index, cue in enumerate(subject.cues):
        if cue[0] > 24 * _HOUR or cue[1] > 24 * _HOUR:
            yield subject.on_cue(index, f"is shown at {timecode(max(cue[0], cue[1]))}, more than a day in")


@rule("TIM017", "implausible-duration", WARNING, bad=vtt_example("00:01.000 --> 02:30.000\nHello there."), good=_GOOD)
def implausible_duration(subject: Subject) -> Iterator[Finding]:
    """A cue is shown for more than two minutes.

    Its end time is wrong: it hides or pushes up everything that is said meanwhile. Two minutes is ours (house); the
    profiles' own limits are TIM009.
    """
    for index, cue in enumerate(subject.cues):
        if cue[1] - cue[0] > 120_000:
            yield subject.on_cue(index, f"is shown for {number((cue[1] - cue[0]) / 1000)} s")


@rule(
    "TIM019",
    "constant-pace",
    INFO,
    default=False,
    context={"select": "TIM019"},
    bad=vtt_example(*[f"00:{n * 3:02d}.000 --> 00:{n * 3 + 3:02d}.000\nCue {n} of these." for n in range(12)]),
    good=_TWO,
)
def constant_pace(subject: Subject) -> Iterator[Finding]:
    """Ten cues in a row have exactly the same length and touch.

    Nobody speaks like that: the text was spread over the time by a machine and is not in sync.
    """
    run = 1
    for index in range(1, len(subject.cues)):
        before, cue = subject.cues[index - 1], subject.cues[index]
        if cue.duration == before.duration and cue.start == before.end and cue.duration > 0:
            run += 1
            if run == 10:
                yield subject.on_cue(index - 9, f"begins ten cues of exactly {cue.duration} ms each without a pause")
        else:
            run = 1


_ONE_SRT = srt_example("00:01,000 --> 00:03,000\nHello there.")
_TIMINGS = "https://www.w3.org/TR/webvtt1/#webvtt-cue-timings"


@rule(
    "TIM020",
    "minutes-or-seconds-over-59",
    ERROR,
    fix=UNSAFE,
    reader=True,
    source=_TIMINGS,
    file="lecture.en.srt",
    bad=srt_example("00:59,000 --> 00:63,000\nHello there."),
    good=_GOOD_SRT,
)
def minutes_or_seconds_over_59(subject: Subject) -> Iterator[Finding]:
    """Minutes or seconds are over 59.

    Browsers drop the cue; of the readers of SRT some add, some reject it. The fix carries them over, which may not be
    what was meant.
    """
    return iter(())


@rule(
    "TIM021",
    "arrow-spacing",
    WARNING,
    fix=RESTORES,
    reader=True,
    source=_TIMINGS,
    file="lecture.en.srt",
    bad=_ONE_SRT.replace(" --> ", "-->"),
    good=_GOOD_SRT,
)
def arrow_spacing(subject: Subject) -> Iterator[Finding]:
    """The arrow between the times does not have exactly one space on each side, or the settings follow without one.

    Browsers and ffmpeg forgive it; VLC drops the cue where a space is missing, and WebVTT's syntax forbids it.
    """
    return iter(())


@rule(
    "TIM022",
    "wrong-arrow",
    ERROR,
    fix=RESTORES,
    reader=True,
    source=_TIMINGS,
    bad=vtt_example("00:01.000 --> 00:03.000\nHello there.", "00:04.000 -> 00:06.000\nHow are you?"),
    good=_TWO,
)
def wrong_arrow(subject: Subject) -> Iterator[Finding]:
    """The arrow between the times is not `-->`.

    Word processors and speech engines write `->`, `–>` or `=>`. No player reads that: the block is text without a time,
    and is dropped or shown with its times.
    """
    return iter(())


@rule(
    "TIM023",
    "negative-time",
    ERROR,
    fix=UNSAFE,
    reader=True,
    source=_TIMINGS,
    file="lecture.en.srt",
    bad=_ONE_SRT.replace("00:00:01", "-00:00:01"),
    good=_GOOD_SRT,
)
def negative_time(subject: Subject) -> Iterator[Finding]:
    """A time has a minus sign.

    The file was shifted too far; no player shows the cue. The fix starts it at 0, if it ends later.
    """
    return iter(())


def shared_times(subject: Subject) -> list[tuple[int, int]]:
    """Runs of cues that have one time, though they were said one after the other: the first's index and how many.

    Two that speak at once share a time too, and so do two languages in one file: pairs that are most of the file, lines
    of a dialogue and texts in different scripts are no such runs.
    """
    starts, ends = subject.starts, subject.ends
    if len(set(starts)) == len(starts):
        return []
    runs: list[tuple[int, int]] = []
    first = paired = 0
    for index in range(1, len(starts) + 1):
        if index < len(starts) and starts[index] == starts[first] and ends[index] == ends[first]:
            continue
        paired += 2 * (index - first == 2)
        if index - first > 1 and ends[first] > starts[first] and _one_after_the_other(subject, range(first, index)):
            runs.append((first, index - first))
        first = index
    return [run for run in runs if run[1] > 2] if 5 * paired >= 4 * len(starts) else runs


def _one_after_the_other(subject: Subject, indices: range) -> bool:
    from captionkit.lint.phrases import is_dialogue

    texts = [subject.visible[index] for index in indices]
    return (
        len({subject.cues[index].settings for index in indices}) == 1
        and len({" ".join(text.split()) for text in texts}) == len(texts)
        and all(text.strip() and not is_dialogue([text.strip()]) and not text.startswith("{") for text in texts)
        and len({text.isascii() for text in texts}) == 1
    )


@rule(
    "TIM024",
    "shared-time",
    WARNING,
    fix=UNSAFE,
    file="lecture.en.srt",
    bad=srt_example(
        "00:01,000 --> 00:07,000\nWe look at the first.",
        "00:01,000 --> 00:07,000\nThen at the second one.",
        "00:01,000 --> 00:07,000\nAnd so on.",
    ),
    good=srt_example(
        "00:01,000 --> 00:03,000\nWe look at the first.",
        "00:03,000 --> 00:05,500\nThen at the second one.",
        "00:05,500 --> 00:07,000\nAnd so on.",
    ),
)
def shared_time(subject: Subject) -> Iterator[Finding]:
    """Cues that were said one after the other have one and the same time.

    Speech recognition that could not tell when each was said writes so (WhisperX does); players show all of them at
    once, or one of them. The fix gives each its share of the time, by the length of its text.
    """
    for first, count in shared_times(subject):
        for index in range(first + 1, first + count):
            yield subject.on_cue(index, f"has the very time of {subject.says_when(first)}")

"""TIM: how long cues are shown, and the time between them.

All fixes here are unsafe, since they change when something is shown; each keeps to the neighbours (`_room`). What does
not fit between its neighbours stays as it is and goes on being reported: that is for a person to decide."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import accumulate, pairwise

from captionkit.lint.context import Context
from captionkit.lint.edits import Change, FixTask, with_cues_changed
from captionkit.lint.examples import TWO, srt, vtt
from captionkit.lint.profiles import number
from captionkit.lint.rule import ERROR, INFO, NONE, UNSAFE, WARNING, Finding, Fix, Words, example, fixes, rule
from captionkit.lint.rules._lines import divided
from captionkit.lint.rules._room import LEAST_KEPT_MS, Room, certain, least_gap_ms, needed_ms
from captionkit.lint.rules.tim_order import doubtful
from captionkit.model import Cue, Diagnostic, Document
from captionkit.roll_up import AT_ONCE_MS, Shown, is_too_fast

ORDER = 50

#: A limit in frames never falls on a whole millisecond: Subtitle Edit allows 7007 ms for 7 s at 23.976.
TOLERANCE_MS = 1
_HOUR = 3_600_000


@rule("TIM001", ERROR, UNSAFE)
@example(srt("3-1 Hello there."))
def end_before_start(context: Context) -> Iterator[Finding]:
    """A cue ends before it starts.

    It is never shown, and WebVTT forbids it. Where one moment is wrong that ends one cue and starts the next, the fix
    puts it between them, by the length of their text; else it swaps the two times where the cue then fits between its
    neighbours. What it cannot be sure of it leaves.
    """
    if context.shortest < 0:
        for index, duration in enumerate(context.durations):
            if duration < 0:
                yield context.on_cue(index, f"ends {-duration} ms before it starts, so it is never shown")


@rule("TIM002", ERROR, UNSAFE)
@example(srt("1-1 Hello there."))
def zero_duration(context: Context) -> Iterator[Finding]:
    """A cue ends at the moment it starts.

    It is never shown, and WebVTT forbids it. The fix gives it time up to the next cue, as far as there is any.
    """
    if context.shortest <= 0:
        for index, duration in enumerate(context.durations):
            if not duration:
                yield context.on_cue(index, "is shown for 0 ms, that is, never")


_Changes = dict[int, Change]


@fixes("TIM001", "TIM002", fix=UNSAFE)
def forward(task: FixTask) -> Document | None:
    """Mend the wrong time of a cue that ends before it starts, and give a cue of no length the time up to the next."""
    context = task.context
    room = Room(context)
    starts, ends = list(context.starts), list(context.ends)
    for index in task.indices():
        if ends[index] < starts[index]:
            _turn(context, index, starts, ends)
        else:
            end = min(starts[index] + max(needed_ms(context, index), LEAST_KEPT_MS), room.latest_end(index))
            if end > starts[index]:
                ends[index] = room.settled_end(index, end)
    return with_cues_changed(
        task.document,
        {
            index: cue._replace(start=starts[index], end=ends[index])
            for index, cue in enumerate(context.cues)
            if (cue.start, cue.end) != (starts[index], ends[index])
        },
    )


def _turn(context: Context, index: int, starts: list[int], ends: list[int]) -> None:
    """Mend the times of a cue that ends before it starts, if its neighbours say which of the two is wrong."""
    start, end = starts[index], ends[index]
    has_next = index + 1 < len(starts)
    before = ends[index - 1] if index else 0
    following = starts[index + 1] if has_next else None
    if before <= end and (following is None or start <= following):
        starts[index], ends[index] = end, start
    elif index and before == start and starts[index - 1] < end <= (end if following is None else following):
        # One moment ends the cue before and starts this one, and it is wrong.
        starts[index] = ends[index - 1] = _between(context, index - 1, starts[index - 1], end)
    elif following == end and start < ends[index + 1] and before <= start:
        ends[index] = starts[index + 1] = _between(context, index, start, ends[index + 1])
    elif before <= end and following is not None and end <= following < start:
        starts[index] = before if before < end else start
    elif following is not None and before <= start < following:
        ends[index] = min(following, start + max(needed_ms(context, index), LEAST_KEPT_MS))


def _between(context: Context, index: int, start: int, end: int) -> int:
    """The moment between a cue and the next that gives each its share of this time, by the length of its text."""
    one, other = (max(1, context.lengths[n]) for n in (index, index + 1))
    return start + (end - start) * one // (one + other)


def overlaps(context: Context) -> Iterator[tuple[int, int, int]]:
    """Cues that start while another is still shown: the later one's index, the earlier one's, by how many ms."""
    ends = context.ends
    starts = context.starts
    order = context.shown_order
    last = -1
    for index in order:
        if ends[index] <= starts[index]:
            continue
        if last >= 0 and starts[index] < ends[last]:
            yield index, last, min(ends[last], ends[index]) - starts[index]
        if last < 0 or ends[index] > ends[last]:
            last = index


@rule("TIM003", WARNING, UNSAFE)
@example(vtt("1-4 Hello there.", "3-6 How are you?"), TWO)
def overlap(context: Context) -> Iterator[Finding]:
    """A cue starts while another one is still shown.

    WebVTT allows it and shows both, one above the other; SRT players differ, and one of the two may be hidden. Meant
    for two people who speak at once; elsewhere it is a mistake in the times. The fix ends the earlier cue when the
    later begins, unless both say something that has to be seen together (same start).
    """
    if min(context.gaps, default=0) < 0:
        name = ""
        last = -1
        for index, other, by in overlaps(context):
            if other != last:
                last, name = other, context.name_of(other)
            yield context.on_cue(index, f"starts {by} ms before {name} ends")


@fixes("TIM003", fix=UNSAFE)
def trimmed(task: FixTask) -> Document | None:
    """End the earlier of two overlapping cues when the later begins."""
    context = task.context
    room = Room(context)
    changes: _Changes = {}
    unsure = doubtful(context)
    for index, other, _ in overlaps(context):
        if index in unsure or other in unsure:
            continue
        cue, start = context.cues[other], context.starts[index]
        end = start if room.zero_ok else start - room.gap
        if start > cue.start and end - cue.start >= LEAST_KEPT_MS and end < context.ends[other]:
            kept = changes.get(other)
            if not (type(kept) is Cue and kept.end <= end):
                changes[other] = cue._replace(end=end)
    return with_cues_changed(task.document, changes)


def small_gaps(context: Context) -> list[tuple[int, float]]:
    """The cues that come too soon after the one before, by the profile, and after how many ms."""
    limit = least_gap_ms(context)
    if not limit or (context.cues and context.shown_order[-1] != len(context.cues) - 1):
        return []
    low, high = 0 if limit[2] else -1, limit[0] - TOLERANCE_MS
    return [(index, gap) for index, gap in enumerate(context.gaps, 1) if low < gap < high]


@rule("TIM006", INFO, UNSAFE, limits=("min_gap", "min_gap_frames"), figures=small_gaps)
@example(vtt("1-3 Hello there.", "3.04-6 How are you?"), TWO)
def gap_too_small(context: Context) -> Iterator[Finding]:
    """The pause between two cues is shorter than the profile wants.

    Without a pause the eye does not notice that the text has changed; a pause of a few frames flickers. Some profiles
    take cues that touch, others do not. The fix ends the earlier cue a little earlier.
    """
    limit = least_gap_ms(context)
    least = limit[1] if limit else ""
    return context.beyond("", small_gaps(context), f"starts {{}} ms after the cue before it, the least is {least}")


@fixes("TIM006", fix=UNSAFE)
def gapped(task: FixTask) -> Document | None:
    """Close a gap that is too short where the profile takes touching cues, else end the earlier cue sooner."""
    context = task.context
    room = Room(context)
    changes: _Changes = {}
    for index in certain(task):
        if index == 0:
            continue
        before, start = context.cues[index - 1], context.starts[index]
        end = start if room.zero_ok else start - room.gap
        if end - before.start >= LEAST_KEPT_MS and end != before.end:
            changes[index - 1] = before._replace(end=end)
    return with_cues_changed(task.document, changes)


def too_short_durations(context: Context) -> list[tuple[int, float]]:
    """The cues that are shown for too short a time, and how many ms that is."""
    limit = context.limit("min_duration")
    least = limit.value - TOLERANCE_MS if limit else 0
    if context.shortest >= least:
        return []
    return [(index, duration) for index, duration in enumerate(context.durations) if 0 < duration < least]


@rule("TIM007", WARNING, UNSAFE, default=False, limits=("flicker_gap",))
@example(vtt("1-3 Hello there.", "3.25-6 How are you?"), TWO, profile="netflix-en")
def flicker_gap(context: Context) -> Iterator[Finding]:
    """The pause between two cues is too long to be none and too short to be one.

    The screen goes empty for an instant. Netflix wants gaps of 3 to 11 frames (at 24 fps) closed to 2. The fix holds
    the earlier cue until then.
    """
    limit = context.limit("flicker_gap")
    least = least_gap_ms(context)
    if limit:
        low = (least[0] if least else 0) + TOLERANCE_MS
        close = f"close it to {number(least[0])} ms or " if least else ""
        gaps = [(index, gap) for index, gap in enumerate(context.gaps, 1) if low < gap < limit.value - TOLERANCE_MS]
        yield from context.beyond("flicker_gap", gaps, f"comes after a gap of {{}} ms; {close}make it {{limit}}")


@fixes("TIM007", fix=UNSAFE)
def without_flicker(task: FixTask) -> Document | None:
    """Hold the earlier cue until the least gap before the later one."""
    context = task.context
    room = Room(context)
    changes: _Changes = {}
    for index in certain(task):
        before = context.cues[index - 1]
        end = context.starts[index] - (0 if room.zero_ok else room.gap)
        most = context.limit("max_duration")
        if index and end > before.end and not (most and end - before.start > most.value):
            changes[index - 1] = before._replace(end=end)
    return with_cues_changed(task.document, changes)


@rule("TIM008", WARNING, UNSAFE, limits=("min_duration",), figures=too_short_durations)
@example(vtt("1-1.5 Hello."), vtt("1-2 Hello."))
def too_short(context: Context) -> Iterator[Finding]:
    """A cue is shown for too short a time.

    The eye needs most of a second to find new text. The fix holds the cue longer, as far as the next one leaves room,
    or joins it to the sentence it belongs to. Where it flashes what its neighbour shows and nobody can have said it in
    that time, the two become one, with their words once.
    """
    return context.beyond("min_duration", too_short_durations(context), "is shown for {} ms, the least is {limit}")


def _joined(task: FixTask, join: Callable[[Context, int, int], Cue | None]) -> Document | None:
    """The document with each cue that is too short made one with a neighbour, where there is one to join it with."""
    context = task.context
    changes: _Changes = {}
    for index in task.indices():
        for first in (index - 1, index):
            second = first + 1
            if first < 0 or second >= len(context.cues) or first in changes or second in changes:
                continue
            together = join(context, index, first)
            if together is not None:
                changes[first], changes[second] = together, None
                break
    return with_cues_changed(task.document, changes)


@fixes("TIM008", fix=UNSAFE, words=Words.REMOVED)
def without_flashes(task: FixTask) -> Document | None:
    """Make one cue of two that follow at once and show the same, where nobody can have said it in the time of one."""
    return _joined(task, _as_one_cue)


def _as_one_cue(context: Context, short: int, first: int) -> Cue | None:
    one, other, cue = context.cues[first], context.cues[first + 1], context.cues[short]
    shown = [" ".join(context.visible[n].split()) for n in (first, first + 1)]
    if shown[0] != shown[1] or one.settings != other.settings or not 0 <= other.start - one.end <= AT_ONCE_MS:
        return None
    is_flash = is_too_fast(Shown(cue.start, cue.end, shown[:1]))
    return one._replace(end=max(one.end, other.end)) if is_flash else None


def _holding_takes(context: Context, one: Diagnostic) -> Fix:
    """What is read too fast up to the next cue cannot be held; what is too short may be joined to a neighbour."""
    index = (one.cue or 0) - 1
    has_room = index not in context.once(doubtful) and _held_end(context, index) > context.ends[index]
    return UNSAFE if has_room or one.code == "TIM008" else NONE


@fixes("TIM008", "SPD001", "SPD002", "SPD004", fix=UNSAFE, takes=_holding_takes)
def held(task: FixTask) -> Document | None:
    """Hold a cue longer, as long as it needs and as far as there is room."""
    cues = task.context.cues
    ends = {index: _held_end(task.context, index) for index in certain(task)}
    changes: _Changes = {index: cues[index]._replace(end=end) for index, end in ends.items() if end > cues[index].end}
    return with_cues_changed(task.document, changes)


def _held_end(context: Context, index: int) -> int:
    """Until when a cue is to be held; its own end where there is no room, or no need."""
    room, end = context.once(Room), context.ends[index]
    latest = max(room.latest_end(index), end)
    needed = min(context.starts[index] + needed_ms(context, index), latest)
    return min(room.settled_end(index, max(needed, end)), latest)


@fixes("TIM008", fix=UNSAFE)
def merged(task: FixTask) -> Document | None:
    """Merge a cue that has no room with the one it belongs to: touching, not a new sentence, and both fit together."""
    return _joined(task, lambda context, _, first: _together(context, first, first + 1))


def _together(context: Context, first: int, second: int) -> Cue | None:
    """The two cues as one, or None where they do not belong together or do not fit."""
    from captionkit.lint import line_breaks
    from captionkit.lint.rules._lines import cut, wrapped

    one, other = context.cues[first], context.cues[second]
    text = context.visible[first].rstrip()
    if (
        not 0 <= other.start - one.end <= _MERGE_GAP_MS
        or one.settings != other.settings
        or not text
        or _says_the_same(context.visible[first], context.visible[second])
        or "<" in one.text + other.text
    ):
        return None
    if (
        line_breaks.break_cost(
            text.split()[-1], (context.visible[second].split() or ["x"])[0], context.language or "en"
        )
        == 0.0
    ):
        return None
    if line_breaks.is_dialogue(text.split("\n")) or line_breaks.is_dialogue(context.visible[second].split("\n")):
        return None
    most = context.limit("max_duration")
    if most and other.end - one.start > most.value:
        return None
    words, glue = cut(f"{one.text}\n{other.text}")
    if not glue and any(line[-1:].isalnum() for line in [*one.text.split("\n"), *other.text.split("\n")[:-1]]):
        return None
    joined = wrapped(context, words, glue)
    if joined is None:
        return None
    cps = context.limit("max_cps")
    if cps and sum(map(len, words)) + len(words) > cps.value * (other.end - one.start) / 1000:
        return None
    return one._replace(end=other.end, text=joined)


def _says_the_same(one: str, other: str) -> bool:
    """Whether one of two texts stands at the edge of the other: then a line is shown again, not said again."""
    shorter, longer = sorted([" ".join(one.split()).casefold(), " ".join(other.split()).casefold()], key=len)
    return longer.startswith(shorter) or longer.endswith(shorter)


def too_long_durations(context: Context) -> list[tuple[int, float]]:
    """The cues that are shown for too long a time, and how many ms that is."""
    limit = context.limit("max_duration")
    most = limit.value + max(TOLERANCE_MS, limit.value / 1000) if limit else 0
    if not limit or context.longest <= most:
        return []
    return [(index, duration) for index, duration in enumerate(context.durations) if duration > most]


@rule("TIM009", WARNING, UNSAFE, limits=("max_duration",), figures=too_long_durations)
@example(vtt("1-11 Hello there."))
def too_long(context: Context) -> Iterator[Finding]:
    """A cue is shown for too long a time.

    People read it twice and wonder whether the captions have stopped. The fix splits a cue with enough text into
    several, and otherwise ends it sooner.
    """
    return context.beyond("max_duration", too_long_durations(context), "is shown for {} ms, the most is {limit}")


#: Two cues further apart than this are not read as one.
_MERGE_GAP_MS = 300


@fixes("TIM009", fix=UNSAFE)
def shortened(task: FixTask) -> Document | None:
    """Divide a cue that has text enough for two; end one that has not."""
    context = task.context
    most = context.limit("max_duration")
    if not most:
        return None
    changes: _Changes = {}
    for index in certain(task):
        cue = context.cues[index]
        parts = divided(context, index, -int(-cue.duration // most.value))
        if parts:
            changes[index] = parts
        elif needed_ms(context, index) <= most.value + TOLERANCE_MS:
            changes[index] = cue._replace(end=cue.start + int(most.value))
    return with_cues_changed(task.document, changes)


def shared_times(context: Context) -> list[tuple[int, int]]:
    """Runs of cues that have one time, though they were said one after the other: the first's index and how many.

    Two that speak at once share a time too, and so do two languages in one file: pairs that are most of the file, lines
    of a dialogue and texts in different scripts are no such runs.
    """
    starts, ends = context.starts, context.ends
    if not context.shares_starts:
        return []
    runs: list[tuple[int, int]] = []
    first = paired = 0
    for index in range(1, len(starts) + 1):
        if index < len(starts) and starts[index] == starts[first] and ends[index] == ends[first]:
            continue
        paired += 2 * (index - first == 2)
        if index - first > 1 and ends[first] > starts[first] and _one_after_the_other(context, range(first, index)):
            runs.append((first, index - first))
        first = index
    return [run for run in runs if run[1] > 2] if 5 * paired >= 4 * len(starts) else runs


def _one_after_the_other(context: Context, indices: range) -> bool:
    from captionkit.lint.line_breaks import is_dialogue

    texts = [context.visible[index] for index in indices]
    return (
        len({context.cues[index].settings for index in indices}) == 1
        and len({" ".join(text.split()) for text in texts}) == len(texts)
        and all(text.strip() and not is_dialogue([text.strip()]) and not text.startswith("{") for text in texts)
        and len({text.isascii() for text in texts}) == 1
    )


@rule("TIM024", WARNING, UNSAFE)
@example(
    srt("1-7 We look at the first.", "1-7 Then at the second one.", "1-7 And so on."),
    srt("1-3 We look at the first.", "3-5.5 Then at the second one.", "5.5-7 And so on."),
)
def shared_time(context: Context) -> Iterator[Finding]:
    """Cues that were said one after the other have one and the same time.

    Speech recognition that could not tell when each was said writes so (WhisperX does); players show all of them at
    once, or one of them. The fix gives each its share of the time, by the length of its text.
    """
    for first, count in shared_times(context):
        for index in range(first + 1, first + count):
            yield context.on_cue(index, f"has the very time of {context.name_of(first)}")


@fixes("TIM024", fix=UNSAFE)
def shared(task: FixTask) -> Document | None:
    """Give each of the cues that have one time its share of it, by the length of its text."""
    context = task.context
    changes: _Changes = {}
    for first, count in shared_times(context):
        start, end = context.starts[first], context.ends[first]
        sizes = [max(1, context.lengths[index]) for index in range(first, first + count)]
        edges = [start + (end - start) * done // sum(sizes) for done in accumulate(sizes, initial=0)]
        if min(after - before for before, after in pairwise(edges)) < LEAST_KEPT_MS:
            continue
        for index, (before, after) in enumerate(pairwise(edges), first):
            changes[index] = context.cues[index]._replace(start=before, end=after)
    return with_cues_changed(task.document, changes)

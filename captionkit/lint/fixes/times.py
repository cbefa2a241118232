"""Fixes of times. All are unsafe, since they change when something is shown; each keeps to the neighbours.

Theory of operation. A cue may be held until the next one starts, less the gap that the profile wants; it may be ended
earlier as long as it keeps enough time to be read. What does not fit between its neighbours is left as it is and goes
on being reported: that is for a person to decide.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate, pairwise

from captionkit.lint.fixes.layout import divided
from captionkit.lint.mend import Change, Patient, Words, mends, with_cues_changed
from captionkit.lint.rule import UNSAFE
from captionkit.lint.rules.spd import read_length
from captionkit.lint.rules.tim import TOLERANCE_MS, doubtful, drift, least_gap_ms, overlaps, shared_times
from captionkit.lint.subject import Subject
from captionkit.model import Cue, Document
from captionkit.roll_up import AT_ONCE_MS, Shown, is_too_fast

ORDER = 50

#: A cue is never cut below this, whatever the profile says: half a second is what the eye needs to see that it changed.
LEAST_KEPT_MS = 500

_Changes = dict[int, Change]


class Room:
    """Where each cue may begin and end without touching its neighbours."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.starts = subject.sorted_starts
        gap = least_gap_ms(subject)
        self.gap = -int(-gap[0] // 1) if gap else 0
        self.zero_ok = gap[2] if gap else True

    def next_start(self, index: int) -> int | None:
        """The first start after this cue's own; None for the last."""
        at = bisect_right(self.starts, self.subject.starts[index])
        return self.starts[at] if at < len(self.starts) else None

    def latest_end(self, index: int) -> int:
        """How long this cue may be held."""
        following = self.next_start(index)
        ends = [self.subject.duration_ms] if self.subject.duration_ms else []
        if following is not None:
            ends.append(following if self.zero_ok else following - self.gap)
        most = self.subject.limit("max_duration")
        if most:
            ends.append(int(self.subject.starts[index] + most.value))
        return min(ends) if ends else self.subject.ends[index] + 60_000

    def settled_end(self, index: int, end: int) -> int:
        """The end, moved on to the next cue where a gap too short to be one would be left."""
        following = self.next_start(index)
        if self.zero_ok and following is not None and 0 < following - end < self.gap:
            return following
        return end


def certain(patient: Patient) -> list[int]:
    """The cues that the findings are about, without those whose own times may be wrong."""
    unsure = doubtful(patient.subject)
    return [index for index in patient.indices() if index not in unsure]


def needed_ms(subject: Subject, index: int) -> int:
    """How long this cue should be shown by the profile's limits."""
    needed = 0.0
    least = subject.limit("min_duration")
    if least:
        needed = least.value
    cps = subject.limit("max_cps")
    if cps:
        per_second = cps.for_language(subject.language) if cps.languages else cps.value
        needed = max(needed, read_length(subject, cps)[index] * 1000 / per_second)
    wpm = subject.limit("max_wpm")
    if wpm and subject.words[index] > 2:
        needed = max(needed, subject.words[index] * 60_000 / wpm.for_language(subject.language))
    word_time = subject.limit("min_word_time")
    if word_time:
        needed = max(needed, subject.words[index] * word_time.value)
    return -int(-needed // 1)


@mends("TIM001", "TIM002", kind=UNSAFE)
def forward(patient: Patient) -> Document | None:
    """Mend the wrong time of a cue that ends before it starts, and give a cue of no length the time up to the next."""
    subject = patient.subject
    room = Room(subject)
    starts, ends = list(subject.starts), list(subject.ends)
    for index in patient.indices():
        if ends[index] < starts[index]:
            _turn(subject, index, starts, ends)
        else:
            end = min(starts[index] + max(needed_ms(subject, index), LEAST_KEPT_MS), room.latest_end(index))
            if end > starts[index]:
                ends[index] = room.settled_end(index, end)
    return with_cues_changed(
        patient.document,
        {
            index: cue._replace(start=starts[index], end=ends[index])
            for index, cue in enumerate(subject.cues)
            if (cue.start, cue.end) != (starts[index], ends[index])
        },
    )


def _turn(subject: Subject, index: int, starts: list[int], ends: list[int]) -> None:
    """Mend the times of a cue that ends before it starts, if its neighbours say which of the two is wrong."""
    start, end = starts[index], ends[index]
    has_next = index + 1 < len(starts)
    before = ends[index - 1] if index else 0
    following = starts[index + 1] if has_next else None
    if before <= end and (following is None or start <= following):
        starts[index], ends[index] = end, start
    elif index and before == start and starts[index - 1] < end <= (end if following is None else following):
        # One moment ends the cue before and starts this one, and it is wrong.
        starts[index] = ends[index - 1] = _between(subject, index - 1, starts[index - 1], end)
    elif following == end and start < ends[index + 1] and before <= start:
        ends[index] = starts[index + 1] = _between(subject, index, start, ends[index + 1])
    elif before <= end and following is not None and end <= following < start:
        starts[index] = before if before < end else start
    elif following is not None and before <= start < following:
        ends[index] = min(following, start + max(needed_ms(subject, index), LEAST_KEPT_MS))


def _between(subject: Subject, index: int, start: int, end: int) -> int:
    """The moment between a cue and the next that gives each its share of this time, by the length of its text."""
    one, other = (max(1, subject.lengths[n]) for n in (index, index + 1))
    return start + (end - start) * one // (one + other)


@mends("TIM024", kind=UNSAFE)
def shared(patient: Patient) -> Document | None:
    """Give each of the cues that have one time its share of it, by the length of its text."""
    subject = patient.subject
    changes: _Changes = {}
    for first, count in shared_times(subject):
        start, end = subject.starts[first], subject.ends[first]
        sizes = [max(1, subject.lengths[index]) for index in range(first, first + count)]
        edges = [start + (end - start) * done // sum(sizes) for done in accumulate(sizes, initial=0)]
        if min(after - before for before, after in pairwise(edges)) < LEAST_KEPT_MS:
            continue
        for index, (before, after) in enumerate(pairwise(edges), first):
            changes[index] = subject.cues[index]._replace(start=before, end=after)
    return with_cues_changed(patient.document, changes)


@mends("TIM003", kind=UNSAFE)
def trimmed(patient: Patient) -> Document | None:
    """End the earlier of two overlapping cues when the later begins."""
    subject = patient.subject
    room = Room(subject)
    changes: _Changes = {}
    unsure = doubtful(subject)
    for index, other, _ in overlaps(subject):
        if index in unsure or other in unsure:
            continue
        cue, start = subject.cues[other], subject.starts[index]
        end = start if room.zero_ok else start - room.gap
        if start > cue.start and end - cue.start >= LEAST_KEPT_MS and end < subject.ends[other]:
            kept = changes.get(other)
            if not (type(kept) is Cue and kept.end <= end):
                changes[other] = cue._replace(end=end)
    return with_cues_changed(patient.document, changes)


@mends("TIM006", kind=UNSAFE)
def gapped(patient: Patient) -> Document | None:
    """Close a gap that is too short where the profile takes touching cues, else end the earlier cue sooner."""
    subject = patient.subject
    room = Room(subject)
    changes: _Changes = {}
    for index in certain(patient):
        if index == 0:
            continue
        before, start = subject.cues[index - 1], subject.starts[index]
        end = start if room.zero_ok else start - room.gap
        if end - before.start >= LEAST_KEPT_MS and end != before.end:
            changes[index - 1] = before._replace(end=end)
    return with_cues_changed(patient.document, changes)


@mends("TIM007", kind=UNSAFE)
def without_flicker(patient: Patient) -> Document | None:
    """Hold the earlier cue until the least gap before the later one."""
    subject = patient.subject
    room = Room(subject)
    changes: _Changes = {}
    for index in certain(patient):
        before = subject.cues[index - 1]
        end = subject.starts[index] - (0 if room.zero_ok else room.gap)
        most = subject.limit("max_duration")
        if index and end > before.end and not (most and end - before.start > most.value):
            changes[index - 1] = before._replace(end=end)
    return with_cues_changed(patient.document, changes)


@mends("TIM008", kind=UNSAFE, words=Words.REMOVED)
def without_flashes(patient: Patient) -> Document | None:
    """Make one cue of two that follow at once and show the same, where nobody can have said it in the time of one."""
    subject = patient.subject
    cues = subject.cues
    changes: _Changes = {}
    for index in patient.indices():
        for first in (index - 1, index):
            second = first + 1
            if first < 0 or second >= len(cues) or first in changes or second in changes:
                continue
            one, other = cues[first], cues[second]
            shown = [" ".join(subject.visible[n].split()) for n in (first, second)]
            if (
                shown[0] == shown[1]
                and one.settings == other.settings
                and 0 <= other.start - one.end <= AT_ONCE_MS
                and is_too_fast(Shown(cues[index].start, cues[index].end, shown[:1]))
            ):
                changes[first], changes[second] = one._replace(end=max(one.end, other.end)), None
                break
    return with_cues_changed(patient.document, changes)


@mends("TIM008", "SPD001", "SPD002", "SPD004", kind=UNSAFE)
def held(patient: Patient) -> Document | None:
    """Hold a cue longer, as long as it needs and as far as there is room."""
    subject = patient.subject
    room = Room(subject)
    changes: _Changes = {}
    for index in certain(patient):
        cue = subject.cues[index]
        end = min(cue.start + needed_ms(subject, index), room.latest_end(index))
        end = min(room.settled_end(index, max(end, cue.end)), max(room.latest_end(index), cue.end))
        if end > cue.end:
            changes[index] = cue._replace(end=end)
    return with_cues_changed(patient.document, changes)


@mends("TIM008", kind=UNSAFE)
def merged(patient: Patient) -> Document | None:
    """Merge a cue that has no room with the one it belongs to: touching, not a new sentence, and both fit together."""
    subject = patient.subject
    cues = subject.cues
    changes: _Changes = {}
    for index in patient.indices():
        for first in (index - 1, index):
            second = first + 1
            if first < 0 or second >= len(cues) or first in changes or second in changes:
                continue
            together = _together(subject, first, second)
            if together is not None:
                changes[first], changes[second] = together, None
                break
    return with_cues_changed(patient.document, changes)


#: Two cues further apart than this are not read as one.
_MERGE_GAP_MS = 300


def _together(subject: Subject, first: int, second: int) -> Cue | None:
    """The two cues as one, or None where they do not belong together or do not fit."""
    from captionkit.lint import phrases
    from captionkit.lint.fixes.layout import cut, wrapped

    one, other = subject.cues[first], subject.cues[second]
    text = subject.visible[first].rstrip()
    if (
        not 0 <= other.start - one.end <= _MERGE_GAP_MS
        or one.settings != other.settings
        or not text
        or _says_the_same(subject.visible[first], subject.visible[second])
        or "<" in one.text + other.text
    ):
        return None
    if (
        phrases.break_cost(text.split()[-1], (subject.visible[second].split() or ["x"])[0], subject.language or "en")
        == 0.0
    ):
        return None
    if phrases.is_dialogue(text.split("\n")) or phrases.is_dialogue(subject.visible[second].split("\n")):
        return None
    most = subject.limit("max_duration")
    if most and other.end - one.start > most.value:
        return None
    words, glue = cut(f"{one.text}\n{other.text}")
    if not glue and any(line[-1:].isalnum() for line in [*one.text.split("\n"), *other.text.split("\n")[:-1]]):
        return None
    joined = wrapped(subject, words, glue)
    if joined is None:
        return None
    cps = subject.limit("max_cps")
    if cps and sum(map(len, words)) + len(words) > cps.value * (other.end - one.start) / 1000:
        return None
    return one._replace(end=other.end, text=joined)


def _says_the_same(one: str, other: str) -> bool:
    """Whether one of two texts stands at the edge of the other: then a line is shown again, not said again."""
    shorter, longer = sorted([" ".join(one.split()).casefold(), " ".join(other.split()).casefold()], key=len)
    return longer.startswith(shorter) or longer.endswith(shorter)


@mends("TIM009", kind=UNSAFE)
def shortened(patient: Patient) -> Document | None:
    """Divide a cue that has text enough for two; end one that has not."""
    subject = patient.subject
    most = subject.limit("max_duration")
    if not most:
        return None
    changes: _Changes = {}
    for index in certain(patient):
        cue = subject.cues[index]
        parts = divided(subject, index, -int(-cue.duration // most.value))
        if parts:
            changes[index] = parts
        elif needed_ms(subject, index) <= most.value + TOLERANCE_MS:
            changes[index] = cue._replace(end=cue.start + int(most.value))
    return with_cues_changed(patient.document, changes)


@mends("TIM010", kind=UNSAFE)
def clamped(patient: Patient) -> Document | None:
    """End with the media what starts before its end."""
    subject = patient.subject
    media = subject.duration_ms
    cues = subject.cues
    return with_cues_changed(
        patient.document,
        {i: cues[i]._replace(end=media) for i in patient.indices() if media - cues[i].start >= LEAST_KEPT_MS},
    )


@mends("TIM011", kind=UNSAFE)
def from_the_tape(patient: Patient) -> Document | None:
    """Move all cues to the front by whole hours."""
    cues = patient.subject.cues
    hours = min(cue.start for cue in cues) // 3_600_000 * 3_600_000
    if not hours:
        return None
    return with_cues_changed(
        patient.document, {i: c._replace(start=c.start - hours, end=c.end - hours) for i, c in enumerate(cues)}
    )


@mends("TIM015", kind=UNSAFE)
def retimed(patient: Patient) -> Document | None:
    """Undo the mix-up of frame rates."""
    found = drift(patient.subject)
    if found is None:
        return None
    ratio = found[0]
    return with_cues_changed(
        patient.document,
        {
            i: c._replace(start=round(c.start / ratio), end=round(c.end / ratio))
            for i, c in enumerate(patient.subject.cues)
        },
    )

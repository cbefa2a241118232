"""How long a cue may and should be shown.

A cue may be held until the next one starts, less the gap that the profile wants; it may end earlier as long as it keeps
enough time to be read."""

from __future__ import annotations

from bisect import bisect_right

from captionkit.lint.context import Context
from captionkit.lint.edits import FixTask
from captionkit.lint.profiles import Limit, number
from captionkit.lint.rules.tim_order import doubtful


def read_length(context: Context, limit: Limit) -> list[float] | list[int]:
    """The characters of each cue as this limit counts them: full-width ones as 1 and others as 0.5 where the standard
    for that language does, without spaces where the configuration says so."""
    if context.options.get("cps_count") == "no-spaces":
        return context.lengths_without_spaces
    if limit.languages and context.language[:2].lower() in ("ja", "ko", "zh"):
        return context.widths
    return context.lengths


def least_gap_ms(context: Context) -> tuple[float, str, bool] | None:
    """The least gap between cues in ms, how the profile says it, and whether touching cues are fine."""
    frames = context.limit("min_gap_frames")
    plain = context.limit("min_gap")
    found = []
    if frames:
        ms = frames.value * 1000 / context.fps
        found.append(
            (
                ms,
                f"{number(frames.value)} frames at {number(context.fps)} fps = {number(ms)} ms ({frames.profile})",
                frames.zero_ok,
            )
        )
    if plain:
        found.append((plain.value, plain.says(), plain.zero_ok))
    return max(found) if found else None


#: A cue is never cut below this, whatever the profile says: half a second is what the eye needs to see that it changed.
LEAST_KEPT_MS = 500


class Room:
    """Where each cue may begin and end without touching its neighbours."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.starts = context.sorted_starts
        gap = least_gap_ms(context)
        self.gap = -int(-gap[0] // 1) if gap else 0
        self.zero_ok = gap[2] if gap else True

    def next_start(self, index: int) -> int | None:
        """The first start after this cue's own; None for the last."""
        at = bisect_right(self.starts, self.context.starts[index])
        return self.starts[at] if at < len(self.starts) else None

    def latest_end(self, index: int) -> int:
        """How long this cue may be held."""
        following = self.next_start(index)
        ends = [self.context.duration_ms] if self.context.duration_ms else []
        if following is not None:
            ends.append(following if self.zero_ok else following - self.gap)
        most = self.context.limit("max_duration")
        if most:
            ends.append(int(self.context.starts[index] + most.value))
        return min(ends) if ends else self.context.ends[index] + 60_000

    def settled_end(self, index: int, end: int) -> int:
        """The end, moved on to the next cue where a gap too short to be one would be left."""
        following = self.next_start(index)
        if self.zero_ok and following is not None and 0 < following - end < self.gap:
            return following
        return end


def certain(task: FixTask) -> list[int]:
    """The cues that the findings are about, without those whose own times may be wrong."""
    unsure = doubtful(task.context)
    return [index for index in task.indices() if index not in unsure]


def needed_ms(context: Context, index: int) -> int:
    """How long this cue should be shown by the profile's limits."""
    needed = 0.0
    least = context.limit("min_duration")
    if least:
        needed = least.value
    cps = context.limit("max_cps")
    if cps:
        per_second = cps.for_language(context.language) if cps.languages else cps.value
        needed = max(needed, read_length(context, cps)[index] * 1000 / per_second)
    wpm = context.limit("max_wpm")
    if wpm and context.words[index] > 2:
        needed = max(needed, context.words[index] * 60_000 / wpm.for_language(context.language))
    word_time = context.limit("min_word_time")
    if word_time:
        needed = max(needed, context.words[index] * word_time.value)
    return -int(-needed // 1)

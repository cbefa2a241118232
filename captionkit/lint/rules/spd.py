"""SPD: how fast a viewer must read. Every limit comes from the profile; most standards state none."""

from __future__ import annotations

from collections.abc import Iterator

from captionkit.lint.context import Context
from captionkit.lint.examples import vtt
from captionkit.lint.profiles import number
from captionkit.lint.rule import INFO, UNSAFE, WARNING, Finding, example, rule
from captionkit.lint.rules._room import read_length

_BAD = vtt("1-2 When the last one leaves the company.")
_GOOD = vtt("1-5 When the last one leaves the company.")


def speeds(context: Context, name: str) -> list[tuple[int, float]]:
    """The cues above this limit of characters a second: their indices and speeds."""
    limit = context.limit(name)
    if not limit:
        return []
    per_ms = limit.for_language(context.language) / 1000
    lengths = read_length(context, limit)
    # Two more milliseconds on the clock: frame-based times never fall on a whole one.
    return [
        (index, length * 1000 / duration)
        for index, (duration, length) in enumerate(zip(context.durations, lengths, strict=True))
        if length > per_ms * (duration + 2) and duration > 0
    ]


def _too_fast(context: Context, name: str) -> Iterator[Finding]:
    return context.beyond(name, speeds(context, name), "{:.1f} characters/s, the most is {limit}")


@rule("SPD001", WARNING, UNSAFE, limits=("max_cps",), figures=lambda context: speeds(context, "max_cps"))
@example(_BAD, _GOOD)
def too_many_characters_a_second(context: Context) -> Iterator[Finding]:
    """A cue must be read faster than the profile allows, counted in characters.

    Visible characters, spaces and punctuation included, tags and line breaks not, accents with their letter. The fix
    holds the cue longer where the next one leaves room; words are never cut.
    """
    return _too_fast(context, "max_cps")


@rule("SPD002", WARNING, UNSAFE, limits=("max_wpm",))
@example(vtt("1-2.5 Here we go to see it all."), vtt("1-5 Here we go to see it all."), profile="dcmp-upper")
def too_many_words_a_minute(context: Context) -> Iterator[Finding]:
    """A cue must be read faster than the profile allows, counted in words.

    Speaker names and sounds count, each word once (DCMP). Languages written without spaces are not counted. The fix
    holds the cue longer where the next one leaves room.
    """
    return _too_wordy(context, "max_wpm")


def _too_wordy(context: Context, name: str) -> Iterator[Finding]:
    limit = context.limit(name)
    if not limit or context.language[:2].lower() in ("ja", "zh", "th", "lo", "km", "my"):
        return
    most = limit.for_language(context.language)
    for index, (cue, words) in enumerate(zip(context.cues, context.words, strict=True)):
        duration = cue[1] - cue[0]
        # A word or two say nothing about speed: "Yes." in half a second is no 120 words a minute.
        if words > 2 and duration > 0 and words * 60_000 > most * (duration + 2):
            yield context.on_cue(
                index, f"{number(words * 60_000 / duration)} words/min, the most is {limit.says(most)}"
            )


@rule("SPD003", INFO, limits=("optimal_cps", "optimal_wpm"))
@example(vtt("1-3 When the last one leaves the company."), _GOOD, profile="subtitle-edit")
def faster_than_comfortable(context: Context) -> Iterator[Finding]:
    """A cue can be read, but not comfortably: above the profile's optimum, below its limit.

    Only a few profiles state an optimum.
    """
    for name, worst, find in (("optimal_cps", "max_cps", _too_fast), ("optimal_wpm", "max_wpm", _too_wordy)):
        if context.limit(name):
            worse = {one.cue for one in find(context, worst)}
            for one in find(context, name):
                if one.cue not in worse:
                    yield one._replace(message=one.message.replace("the most is", "comfortable are"))


@rule("SPD004", WARNING, UNSAFE, default=False, limits=("min_word_time",))
@example(
    vtt("1-2 One two three four five."),
    vtt("1-3 One two three four five."),
    arguments={"ignore": "SPD002,SPD003"},
    profile="bbc",
)
def too_short_for_its_words(context: Context) -> Iterator[Finding]:
    """A cue is shown for less time than its words need.

    The BBC asks for 0.3 seconds a word. The fix holds the cue longer where the next one leaves room.
    """
    limit = context.limit("min_word_time")
    if limit:
        for index, (cue, words) in enumerate(zip(context.cues, context.words, strict=True)):
            if 0 < cue.duration < words * limit.value - 1:
                yield context.on_cue(index, f"{words} words in {cue.duration} ms, the least is {limit.says()}")


@rule("SPD005", INFO, default=False)
@example(
    vtt("1-6 Yes.", "6-7 When the last one leaves the company."),
    vtt("1-2 Yes.", "2-7 When the last one leaves the company."),
)
def speed_jumps(context: Context) -> Iterator[Finding]:
    """A cue must be read more than eight times as fast as the one before it, which it follows without a pause.

    The border between the two stands in the wrong place. Eight times is ours (house).
    """
    for index in range(1, len(context.cues)):
        before, cue = context.cues[index - 1], context.cues[index]
        if before.duration <= 0 or cue.duration <= 0 or cue.start - before.end > 200:
            continue
        slow, fast = context.lengths[index - 1] / before.duration, context.lengths[index] / cue.duration
        if slow > 0 and fast > 8 * slow and fast > 0.015:
            yield context.on_cue(
                index, f"reads at {number(fast * 1000)} characters/s right after {number(slow * 1000)}"
            )

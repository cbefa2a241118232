"""Twice the text is twice the work, for every command and for texts that are made to hurt.

Counted are the lines of Python that are executed, which no other work on the machine changes. What C does within one
line (a search, a slice) is not seen here: `scripts/fuzz.py --only growth` measures the time of every command for every
kind of text.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from bench_work import lines_executed
from fuzzing._commands import COMMANDS, Workplace, workplace
from fuzzing._texts import KINDS

#: Twice the text may be this many times the work; a square is four times.
MOST_GROWTH = 2.3
#: The same without what a command does for any text: less of it is a square, so there may be more noise.
MOST_GROWTH_ALONE = 3.0
#: Enough that what is done for a fixed number of findings at most is not taken for growth.
SIZE = 6_000

WORK = ["check for all rules", "fix all rules", "fix --diff", "convert", "merge", "diff", "transcript as HTML"]
TEXTS = [
    "ordinary cues", "empty cues", "the same cue again and again", "cues in reverse", "rolled up cues",
    "settings that are wrong", "tags of every order", "restore notes", "suppressions", "regions", "styles",
    "stray blocks", "broken arrows", "no blank lines", "one setting again", "notes of captionkit", "cue lines",
    "only arrows under numbers",
]  # fmt: skip


@pytest.fixture(scope="module")
def place() -> Iterator[Workplace]:
    with workplace() as made:
        for command in WORK:  # what is loaded or remembered only once is none of the work
            made.run(COMMANDS[command], KINDS["ordinary cues"](SIZE, "vtt"), "vtt")
        yield made


@pytest.mark.parametrize("kind", TEXTS)
@pytest.mark.parametrize("command", WORK)
def test_twice_the_text_is_twice_the_work(command: str, kind: str, place: Workplace) -> None:
    format = ("srt", "vtt")[(WORK.index(command) + TEXTS.index(kind)) % 2]  # noqa: A001  as everywhere
    counts = []
    for size in (SIZE, 2 * SIZE, 4 * SIZE):
        text = KINDS[kind](size, format)
        counts.append(lines_executed(lambda text=text: place.run(COMMANDS[command], text, format)))  # type: ignore[misc]
    first, second = counts[1] - counts[0], counts[2] - counts[1]
    assert counts[2] <= counts[1] * MOST_GROWTH, counts
    assert second <= max(first, counts[1] // 4) * MOST_GROWTH_ALONE, counts

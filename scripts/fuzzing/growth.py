"""Twice the text may take twice the time: every command, every kind of hostile text, both formats."""

from __future__ import annotations

import random
from contextlib import ExitStack
from itertools import product
from pathlib import Path

from fuzzing._commands import COMMANDS, Workplace, workplace
from fuzzing._texts import KINDS, Kind

#: Twice the size may take this many times as long.
MOST_GROWTH = 2.3

#: A size counts when a command takes this long for it: less is mostly the start, and the clock's noise.
LEAST_SECONDS = 0.15

_FIRST_SIZE = 8_000
_LARGEST_SIZE = 1_000_000


class Target:
    """Doubles one kind of text over one command a step, in an order by chance."""

    def __init__(self, chance: random.Random, corpus: Path) -> None:
        self._rounds = [*product(COMMANDS, KINDS, ("srt", "vtt"))]
        chance.shuffle(self._rounds)
        self._number = 0
        self._evidence = b""
        self._open = ExitStack()
        self._place: Workplace | None = None

    def step(self) -> None:
        if self._place is None:
            self._place = self._open.enter_context(workplace())
        command, kind, written_as = self._rounds[self._number % len(self._rounds)]
        self._number += 1
        self._evidence = KINDS[kind](_FIRST_SIZE, written_as).encode("utf-8", "surrogatepass")
        problem = growth(self._place, COMMANDS[command], KINDS[kind], written_as)
        assert not problem, f"{command}, {kind}, {written_as}: {problem}"

    def evidence(self) -> bytes:
        return self._evidence

    def done(self) -> str:
        return f"{self._number} of {len(self._rounds)} pairs of a command and a hostile kind doubled"


def growth(place: Workplace, command: str, make: Kind, format: str) -> str:
    """What is wrong with how the time of a command grows; "" for nothing.

    The size is doubled until the command takes long enough to be measured, so a command that takes the square of the
    size is found out before it takes minutes.
    """
    size = _FIRST_SIZE
    spent = place.seconds(command, make(size, format), format)
    while size < _LARGEST_SIZE:
        twice = place.seconds(command, make(2 * size, format), format)
        if spent >= LEAST_SECONDS / 2.5 and twice > spent * MOST_GROWTH:
            # Measured again: the best of several is what the command needs, the rest is the machine's other work.
            small = min(spent, *(place.seconds(command, make(size, format), format) for _ in range(2)))
            large = min(twice, *(place.seconds(command, make(2 * size, format), format) for _ in range(2)))
            if large > small * MOST_GROWTH:
                return f"{size:,} characters take {small:.3f} s, twice as many {large:.3f} s"
        if twice >= LEAST_SECONDS:
            return ""
        size, spent = 2 * size, twice
    return ""

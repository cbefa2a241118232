"""The difference of two texts: what `patch` would make of it, and what it costs."""

from __future__ import annotations

import re
from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from captionkit.line_diff import runs, unified


def patched(old: list[str], diff: list[str]) -> list[str]:
    """What `patch` makes of the old lines, or an AssertionError where it would refuse."""
    made: list[str] = []
    at = 0
    lines = iter(diff[2:])
    for line in lines:
        head = re.fullmatch(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@", line)
        if head:
            begin = int(head[1]) - (head[2] != "0")
            made += old[at:begin]
            at = begin
            assert len(made) == int(head[3]) - (head[4] != "0")
        elif line[0] == "+":
            made.append(line[1:])
        else:
            assert old[at] == line[1:]
            if line[0] == " ":
                made.append(line[1:])
            at += 1
    return made + old[at:]


_LINES = st.lists(st.sampled_from(["", "a", "b", "c", "00:01 --> 00:02", "d"]), max_size=40)


@given(_LINES, _LINES, st.integers(0, 3))
@settings(max_examples=500, deadline=None)
def test_the_diff_makes_the_new_text_of_the_old(old: list[str], new: list[str], context: int) -> None:
    diff = unified(old, new, "a", "b", context)
    assert patched(old, diff) == new
    assert bool(diff) == (old != new)


def test_only_what_changed_is_in_the_diff() -> None:
    old = [line for n in range(100) for line in (str(n), f"00:{n:02} --> 00:{n:02}", "the same words", "")]
    new = [*old[:202], "other words", *old[203:320], "one line more", *old[320:]]
    changes = [line for line in unified(old, new, "a", "b")[2:] if line[0] in "+-"]
    assert changes == ["-the same words", "+other words", "+one line more"]


class Line:
    """A line that counts how often it is looked at."""

    looks = 0

    def __init__(self, text: str) -> None:
        self.text = text

    def __eq__(self, other: object) -> bool:
        Line.looks += 1
        return isinstance(other, Line) and self.text == other.text

    def __hash__(self) -> int:
        Line.looks += 1
        return hash(self.text)


def test_twice_the_lines_cost_twice_the_comparisons() -> None:
    kinds: dict[str, tuple[Callable[[int], list[str]], Callable[[int], list[str]]]] = {
        "all equal": (lambda n: ["a"] * n, lambda n: ["a", "b"] * n),
        "in reverse": (lambda n: [str(i) for i in range(n)], lambda n: [str(n - i) for i in range(n)]),
        "every third changed": (
            lambda n: [str(i) for i in range(n)],
            lambda n: [f"{i}{'x' * (i % 3 == 0)}" for i in range(n)],
        ),
        "equal in threes": (lambda n: ["a", "b", ""] * n, lambda n: ["a", "", "b"] * n),
    }
    for name, (old, new) in kinds.items():
        counts = []
        for size in (1_000, 2_000):
            Line.looks = 0
            runs([Line(text) for text in old(size)], [Line(text) for text in new(size)])
            counts.append(Line.looks)
        assert counts[1] <= 2.1 * counts[0], name

"""Where lines are broken."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from captionkit.lint.line_breaks import break_cost, is_dialogue, leaning_words, split_point, wrap


def broken(text: str, most: int = 42, lines: int = 2, language: str = "en") -> list[str] | None:
    words = text.split()
    breaks = wrap(words, most, lines, language)
    if breaks is None:
        return None
    edges = [0, *breaks, len(words)]
    return [" ".join(words[a:b]) for a, b in pairwise(edges)]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("We look at the first example and then we go on to the second", "We look at the first example"),
        ("The model was trained on a set of a million words from books", "The model was trained on a set"),
        ("Now you know what it does. Let us look at how it does it then", "Now you know what it does."),
        ("It was written by Ada Lovelace in the year eighteen forty-three", "It was written by Ada Lovelace"),
    ],
)
def test_a_phrase_stays_together(text: str, first: str) -> None:
    lines = broken(text)
    assert lines is not None and lines[0] == first


def test_a_german_article_stays_with_its_noun() -> None:
    lines = broken("Wir sehen jetzt gemeinsam wie die Maschine das alles aus den Daten lernt", language="de")
    assert lines is not None
    assert lines[0].split()[-1].strip(",").lower() not in leaning_words("de")


def test_what_fits_in_one_line_stays_in_one() -> None:
    assert broken("Hello there.") == ["Hello there."]


def test_what_does_not_fit_is_not_squeezed_in() -> None:
    assert broken("word " * 40) is None
    assert broken("x" * 50) is None


words = st.lists(st.text("abcdefg,.", min_size=1, max_size=12), min_size=1, max_size=14)


@given(words, st.integers(8, 45), st.integers(1, 3))
def test_lines_hold_all_words_in_order_and_are_never_too_long(given_words: list[str], most: int, lines: int) -> None:
    made = broken(" ".join(given_words), most, lines)
    if made is not None:
        assert " ".join(made).split() == given_words
        assert len(made) <= lines
        assert all(len(line) <= most for line in made)


@given(words)
def test_a_text_that_fits_is_always_broken(given_words: list[str]) -> None:
    assert broken(" ".join(given_words), 200, 1) is not None


@given(words)
def test_a_split_leaves_words_on_both_sides(given_words: list[str]) -> None:
    at = split_point(given_words)
    assert at == 0 if len(given_words) < 2 else 0 < at < len(given_words)


def test_a_break_costs_least_after_a_sentence_and_most_after_an_article() -> None:
    assert (
        break_cost("end.", "Then") < break_cost("first,", "then") < break_cost("word", "and") < break_cost("one", "two")
    )
    assert break_cost("one", "two") < break_cost("the", "word")


@pytest.mark.parametrize(
    ("lines", "answer"),
    [
        (["- Hello.", "- Hi."], True),
        ([">> Hello", "there"], False),
        (["BOB: Hello.", "EVE: Hi."], True),
        (["We look at", "the first"], False),
        (["[music]", "Hello."], False),
        (["Hello.", "[music]"], True),
    ],
)
def test_lines_of_two_speakers_are_known(lines: list[str], answer: bool) -> None:
    assert is_dialogue(lines) is answer

"""Counting what a person takes for one character."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from captionkit.lint.graphemes import is_plain, length, width


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("Hello there.", 12),
        ("two\nlines", 8),
        ("é", 1),
        ("e\u0301", 1),
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467", 1),
        ("\U0001f44d\U0001f3fd", 1),
        ("\U0001f1e9\U0001f1ea\U0001f1eb\U0001f1f7", 2),
        ("❤\ufe0f", 1),
        ("각", 1),
        ("\u1100\u1161\u11a8", 1),
        ("नमस्ते", 4),
        ("a\u200bb", 2),
        ("\u202bשלום\u202c", 4),
        ("\ufeffa", 1),
        ("日本語", 3),
        ("a\u00a0b", 3),
        ("\x07a", 1),
    ],
)
def test_length_counts_grapheme_clusters_that_are_seen(text: str, count: int) -> None:
    assert length(text) == count


def test_width_takes_full_width_as_one_and_others_as_a_half() -> None:
    assert width("日本語") == 3
    assert width("abcd") == 2
    assert width("日a") == 1.5


@given(st.text(st.characters(max_codepoint=0x2FFF)))
def test_plain_text_is_as_long_as_python_says(text: str) -> None:
    if is_plain(text):
        assert length(text) == len(text) - text.count("\n")


@given(st.text(), st.text())
def test_length_never_counts_more_than_there_is(one: str, other: str) -> None:
    assert 0 <= length(one + other) <= length(one) + length(other) <= len(one) + len(other)


def test_a_tab_is_shown_as_a_space_in_every_text() -> None:
    assert length("a\tb") == length("é\tb") == length("\U0001f468\u200d\U0001f467\tb") == 3

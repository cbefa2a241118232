"""Entries put into a captionkit.toml that a person wrote."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from captionkit.errors import ConfigError
from captionkit.library.entries import Entry, with_entries, with_items

WRITTEN = """# ours
[canvas]
url = "https://c.example"  # the new one
course = 1

# On the left the NAME.
[media]
# "Lecture 1" = "m-4"
"old" = "m-1"    # keep
'Lecture 2' = 'm-2'

# What a word means.
[languages]
se = "sv"
"""


def test_comments_and_order_stay_and_only_the_entries_change() -> None:
    changed = with_entries(
        WRITTEN, "media", {"Lecture 2": Entry("m-9", "Lecture 2: Cells"), "x y": Entry("m-3", "X\nY")}
    )
    assert changed == WRITTEN.replace(
        "'Lecture 2' = 'm-2'\n", '"Lecture 2" = "m-9"  # Lecture 2: Cells\n"x y" = "m-3"  # X Y\n'
    )


def test_a_table_of_comments_only_takes_them_below_its_own() -> None:
    text = '[media]\n# "a" = "b"\n\n# next\n[files]\n'
    assert with_entries(text, "media", {"n": Entry("m-1")}) == '[media]\n# "a" = "b"\nn = "m-1"\n\n# next\n[files]\n'


@pytest.mark.parametrize("text", ["", "[canvas]\nurl = 'x'", "[canvas]\r\nurl = 'x'\r\n"])
def test_a_table_that_is_missing_is_added(text: str) -> None:
    changed = with_entries(text, "media", {"n": Entry("m-1", "T")})
    assert changed.startswith(text) and tomllib.loads(changed)["media"] == {"n": "m-1"}
    assert ("\r\n" in text) == ("\r\n[media]\r\n" in changed)


@pytest.mark.parametrize(
    "text",
    ["media = { a = 'm-1' }\n", "media.a = 'm-1'\n", "[media]\n'n' = '''\nm-1'''\n", "[media]\na = [\n[1]]\n", "["],
)
def test_what_cannot_be_changed_surely_is_not_changed(text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        with_entries(text, "media", {"n": Entry("m-1", "T")})
    assert "not changed" in caught.value.unchanged


@settings(deadline=None, derandomize=True)
@given(st.dictionaries(st.text(st.characters(codec="utf-8"), min_size=1), st.text("m-1é\"'\\", min_size=1), max_size=5))
def test_any_name_and_address_can_be_written(entries: dict[str, str]) -> None:
    wanted = {name: Entry(value, f"# {name}") for name, value in entries.items()}
    once = with_entries(WRITTEN, "media", wanted)
    assert tomllib.loads(once)["media"] == {"old": "m-1", "Lecture 2": "m-2", **entries}
    assert with_entries(once, "media", wanted) == once


def test_a_word_that_is_no_language_and_a_table_within_a_table() -> None:
    changed = with_entries(WRITTEN, "languages", {"se": Entry(False), "a/*.srt": Entry("fr")})
    assert changed == WRITTEN.replace('se = "sv"\n', 'se = false\n"a/*.srt" = "fr"\n')
    changed = with_entries(WRITTEN, "canvas.locales", {"pt-BR": Entry("pt")})
    assert changed == WRITTEN + '\n[canvas.locales]\npt-BR = "pt"\n'
    assert with_entries(changed, "canvas.locales", {"pt-BR": Entry("pt")}) == changed


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", '[files]\nexclude = ["/a [1].srt"]\n'),
        ("[files]\n# exclude = []\n", '[files]\nexclude = ["/a [1].srt"]\n# exclude = []\n'),
        ("[files]\nexclude = []  # none\n", '[files]\nexclude = ["/a [1].srt"]  # none\n'),
        ('[files]\nexclude = ["x", "y"]\n', '[files]\nexclude = ["/a [1].srt", "x", "y"]\n'),
        (
            '[files]\r\nexclude = [\r\n  "x", # why\r\n]\r\n',
            '[files]\r\nexclude = ["/a [1].srt", \r\n  "x", # why\r\n]\r\n',
        ),
    ],
)
def test_a_list_keeps_what_is_in_it_and_gets_each_once(before: str, after: str) -> None:
    assert with_items(before, "files", "exclude", ["/a [1].srt"]) == after
    assert with_items(after, "files", "exclude", ["/a [1].srt"]) == after


def test_a_list_that_cannot_be_changed_surely_is_not_changed() -> None:
    for text in ("files.exclude = ['x']\n", "[files]\nexclude = 'x'\n", "files = { exclude = [] }\n"):
        with pytest.raises(ConfigError):
            with_items(text, "files", "exclude", ["y"])

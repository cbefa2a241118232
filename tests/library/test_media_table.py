"""Entries put into a captionkit.toml that a person wrote."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from captionkit.errors import ConfigError
from captionkit.library.media_table import with_entries

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
    changed = with_entries(WRITTEN, {"Lecture 2": ("m-9", "Lecture 2: Cells"), "x y": ("m-3", "X\nY")})
    assert changed == WRITTEN.replace(
        "'Lecture 2' = 'm-2'\n", '"Lecture 2" = "m-9"  # Lecture 2: Cells\n"x y" = "m-3"  # X Y\n'
    )


def test_a_table_of_comments_only_takes_them_below_its_own() -> None:
    text = '[media]\n# "a" = "b"\n\n# next\n[files]\n'
    assert with_entries(text, {"n": ("m-1", "")}) == '[media]\n# "a" = "b"\nn = "m-1"\n\n# next\n[files]\n'


@pytest.mark.parametrize("text", ["", "[canvas]\nurl = 'x'", "[canvas]\r\nurl = 'x'\r\n"])
def test_a_table_that_is_missing_is_added(text: str) -> None:
    changed = with_entries(text, {"n": ("m-1", "T")})
    assert changed.startswith(text) and tomllib.loads(changed)["media"] == {"n": "m-1"}
    assert ("\r\n" in text) == ("\r\n[media]\r\n" in changed)


@pytest.mark.parametrize(
    "text",
    ["media = { a = 'm-1' }\n", "media.a = 'm-1'\n", "[media]\n'n' = '''\nm-1'''\n", "[media]\na = [\n[1]]\n", "["],
)
def test_what_cannot_be_changed_surely_is_not_changed(text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        with_entries(text, {"n": ("m-1", "T")})
    assert "not changed" in caught.value.unchanged


@settings(deadline=None, derandomize=True)
@given(st.dictionaries(st.text(st.characters(codec="utf-8"), min_size=1), st.text("m-1é\"'\\", min_size=1), max_size=5))
def test_any_name_and_address_can_be_written(entries: dict[str, str]) -> None:
    wanted = {name: (value, f"# {name}") for name, value in entries.items()}
    once = with_entries(WRITTEN, wanted)
    assert tomllib.loads(once)["media"] == {"old": "m-1", "Lecture 2": "m-2", **entries}
    assert with_entries(once, wanted) == once

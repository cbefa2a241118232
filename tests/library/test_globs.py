"""The globs of a folder's configuration: what they fit, and how long that takes."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from captionkit.library.globs import Glob
from captionkit.lint.settings import matches


@pytest.mark.parametrize(
    ("glob", "fits", "not_"),
    [
        ("*.srt", ["a.srt", "x/y/a.srt", "a.srt/b.vtt"], ["a.vtt"]),
        ("drafts", ["drafts/a.srt", "x/drafts/y/a.srt"], ["draft/a.srt", "a/drafts2.srt"]),
        ("drafts/", ["drafts/a.srt", "x/drafts/a.srt"], ["draft/a.srt"]),
        ("/drafts", ["drafts/a.srt"], ["x/drafts/a.srt"]),
        ("a/*.srt", ["a/b.srt"], ["a/b/c.srt", "x/a/b.srt"]),
        ("a/**/c.srt", ["a/c.srt", "a/b/c.srt", "a/b/b/c.srt"], ["c.srt", "b/a/c.srt"]),
        ("**/c.srt", ["c.srt", "a/b/c.srt"], ["ac.srt"]),
        ("a/**", ["a/b.srt", "a/b/c.srt"], ["a", "b/a/c.srt"]),
        ("**", ["a", "a/b"], []),
        ("a/**.srt", ["a/b.srt", "a/b/c.srt"], ["a/b.vtt", "b.srt"]),
        ("**/a/**/b/**/c", ["a/b/c", "x/a/a/b/y/c/z"], ["a/c/b"]),
        ("lecture ?.en.srt", ["lecture 1.en.srt"], ["lecture 10.en.srt"]),
        ("[!a-c]*.srt", ["d.srt", "x/e.srt"], ["a.srt"]),
        ("a*a", ["aa", "aba"], ["a", "ab"]),
        ("[z-a].srt", ["[z-a].srt"], ["z.srt"]),
        ("Café.srt", ["Café.srt"], []),
    ],
)
def test_what_a_glob_fits(glob: str, fits: list[str], not_: list[str]) -> None:
    assert [path for path in fits if not Glob(glob).matches(path)] == []
    assert [path for path in not_ if Glob(glob).matches(path)] == []


def _by_backtracking(glob: str, path: str) -> bool:
    """The same as an ordinary expression, which may take for ever."""
    anchored = "/" in glob.rstrip("/")
    out, at = "" if anchored else "(?:.*/)?", 0
    glob = glob.strip("/")
    while at < len(glob):
        if glob.startswith("**/", at):
            out, at = out + "(?:[^/]+/)*", at + 3
        elif glob.startswith("**", at):
            out, at = out + ".*", at + 2
        else:
            out, at = out + {"*": "[^/]*", "?": "[^/]"}.get(glob[at], re.escape(glob[at])), at + 1
    return re.fullmatch(f"{out}(?:/.*)?", path) is not None


_PART = st.one_of(st.text("ab*?", min_size=1, max_size=5).filter(lambda part: "**" not in part), st.just("**"))
_PATH = st.lists(st.text("ab", min_size=1, max_size=4), min_size=1, max_size=6).map("/".join)


@given(st.lists(_PART, min_size=1, max_size=5).map("/".join), _PATH)
@settings(max_examples=300, deadline=None)
@example("a*a", "a")
@example("**/a/**/a", "a/b/a")
def test_a_glob_fits_what_trying_every_way_would_fit(glob: str, path: str) -> None:
    assert Glob(glob).matches(path) == _by_backtracking(glob, path)


@pytest.mark.parametrize(
    ("glob", "path"),
    [
        ("*a" * 30 + "*b", "a" * 2_000),
        ("**/" * 30 + "b", "/".join(["a"] * 1_000)),
        ("**/a/" * 30 + "b", "/".join(["a"] * 1_000)),
        ("**/*a*a*a*b/" * 10 + "c", "/".join(["a" * 20] * 100)),
        ("?*" * 30 + "b", "a" * 2_000),
        ("[a-z]*" * 30 + "b", "a" * 2_000),
    ],
)
def test_no_glob_takes_for_ever(glob: str, path: str) -> None:
    """Trying every way would take longer than the universe is old; so a second would show a wrong turn."""
    assert not Glob(glob).matches(path)
    assert not matches(path, glob)

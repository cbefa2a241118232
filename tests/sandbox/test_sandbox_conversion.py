"""guides/canvas-server.md, section 7: what the server makes of SRT, in its own words and over real HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from captionkit.sandbox import Sandbox

Asker = Callable[..., Any]

ARROW = "00:00:01.000 --> 00:00:02.000\n"
VECTORS = [
    (
        "1\r\n00:00:00,000 --> 00:00:01,251\r\nThis is the content\r\n",
        "WEBVTT\n\n1\n00:00:00.000 --> 00:00:01.251\nThis is the content",
    ),
    ("one track mind", "WEBVTT\n\none track mind"),
    ("1\n0:00:01,000 --> 0:00:02,500\nHi", "WEBVTT\n\n1\n00:00:01.000 --> 0:00:02,500\nHi"),
    ("1\n00:00:1,000 --> 00:00:2,000\nHi", "WEBVTT\n\n1\n00:00:01.000 --> 00:00:02.000\nHi"),
    ("1\n0:1:2,500 --> 00:00:03,000\nHi", "WEBVTT\n\n1\n00:1:02,500 --> 00:00:03.000\nHi"),
    ("1\n00:01,000 --> 00:02,000\nHi", "WEBVTT\n\n1\n00:01,000 --> 00:02,000\nHi"),
    ("1\n00:00:01,00 --> 00:00:02,5\nHi", "WEBVTT\n\n1\n00:00:01,00 --> 00:00:02,5\nHi"),
    (f"1\n{ARROW}4:3, not 16:9", f"WEBVTT\n\n1\n{ARROW}04:3, not 16:9"),
    (f"1\n{ARROW}5, 6, 7", f"WEBVTT\n\n1\n{ARROW}05, 6, 7"),
    (f"1\n{ARROW}Genesis 1:1, 2:1:3", f"WEBVTT\n\n1\n{ARROW}Genesis 1:01, 2:01:3"),
    (f"1\n{ARROW}at 12:34:56,789", f"WEBVTT\n\n1\n{ARROW}at 12:34:56.789"),
    ("\ufeff1\n00:00:01,000 --> 00:00:02,000\nHi", f"WEBVTT\n\n\ufeff1\n{ARROW}Hi"),
    ("1\r00:00:01,000 --> 00:00:02,000\rHi\r", "WEBVTT\n\n1\r00:00:01.000 --> 00:00:02.000\rHi"),
    ("WEBVTT\n\n00:01.000 --> 00:02.000\nHi\n", None),
    ("1\n00:00:01,000 --> 00:00:02,000\nWe explain WEBVTT\n", None),
]


@pytest.mark.parametrize(("content", "webvtt"), VECTORS)
def test_webvtt_content_is_what_the_guide_says(ask: Asker, media: str, content: str, webvtt: str | None) -> None:
    path = f"/api/v1/media_objects/{media}/media_tracks?include[]=content&include[]=webvtt_content"
    (track,) = ask("PUT", path, [{"locale": "en", "content": content}]).json
    assert (track["content"], track["webvtt_content"]) == (content, webvtt)


def test_players_get_the_content_where_nothing_was_converted(sandbox: Sandbox, ask: Asker, media: str) -> None:
    content = "1\n00:00:01,000 --> 00:00:02,000\nWe explain WEBVTT\n"
    (track,) = ask("PUT", f"/api/v1/media_objects/{media}/media_tracks", [{"locale": "en", "content": content}]).json
    assert sandbox.viewed(track["id"]) == content


def test_ends_are_stripped_as_ruby_does() -> None:
    from captionkit.sandbox.conversion import webvtt_of

    assert webvtt_of("a \t\v\f\r\n\0") == "WEBVTT\n\na"
    assert webvtt_of("a\xa0\u3000") == "WEBVTT\n\na\xa0\u3000"
    assert webvtt_of("") == "WEBVTT"

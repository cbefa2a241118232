"""What Canvas accepts as a caption track, and what it makes of it.

Facts about the server that both the linter and the sync engine need (instructure/canvas-lms, app/models/media_track.rb,
2024, and app/controllers/media_tracks_controller.rb). Pure: text in, text out.

The one that matters most: Canvas stores what it is sent and, when that text does not say WEBVTT anywhere, also stores
its own conversion of it, which is what players show. The conversion is three regular expressions over the whole text,
words included, so `5, 6, 7` becomes `05, 6, 7` in front of students. And when a track that was SRT is replaced by
WebVTT, the old conversion stays where it is and players go on showing it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

#: A track's locale must match this, whole (MediaTrack validation): no digits, no underscore, so `es-419` is refused.
LOCALE_PATTERN = re.compile(r"\A[A-Za-z-]+\Z")

#: The kinds that MediaTrack's inclusion validation lists. The database default is "subtitles".
KINDS = ("subtitles", "captions", "descriptions", "chapters", "metadata")
DEFAULT_KIND = "subtitles"

#: Bytes of a file that Canvas's own upload form accepts (packages/canvas-media, CC_FILE_MAX_BYTES); the API takes more.
PICKER_MAX_BYTES = 295_000

_TTML = re.compile(r"<tt\s+xml", re.IGNORECASE)
_LONE_DIGIT = re.compile(r"(:|^)([0-9])(,|:)", re.MULTILINE)
_COMMA_TIME = re.compile(r"([0-9]{2}:[0-9]{2}:[0-9]{2})(,)([0-9]{3})")


def is_converted(content: str) -> bool:
    """Whether Canvas would convert this text, that is, treats it as SRT."""
    return "WEBVTT" not in content


def canvas_webvtt(content: str) -> str | None:
    """The `webvtt_content` that Canvas computes when a track with this content is saved.

    Returns:
        The converted text, or None where the content says WEBVTT and Canvas leaves the column as it was (null for a
        new track).
    """
    if not is_converted(content):
        return None
    text = _LONE_DIGIT.sub(r"\g<1>0\2\3", content)
    text = _COMMA_TIME.sub(r"\1.\3", text)
    text = text.replace("\r\n", "\n")
    # Ruby's String#strip: ASCII white space and NUL.
    return f"WEBVTT\n\n{text}".strip("\0\t\n\v\f\r ")


def viewers_get(content: str, webvtt_content: str | None) -> str:
    """The text that Canvas hands to players for a track with these two columns."""
    return content if webvtt_content is None else webvtt_content


def is_blank(content: str) -> bool:
    """Whether Canvas takes this content for "not given" and keeps the track as it is (Rails' blank?)."""
    return not content.strip()


def content_problems(content: str) -> Iterator[str]:
    """Why Canvas would refuse this content or silently not store it, a sentence each; none where it takes it."""
    if is_blank(content):
        yield 'it is blank, which Canvas reads as "keep what is there"'
    if _TTML.search(content):
        yield "it contains `<tt xml`, which Canvas refuses as TTML"
    if "\0" in content:
        yield "it contains a NUL character, on which Canvas fails"


def locale_problem(locale: str) -> str:
    """Why Canvas would refuse this locale; "" for one that it takes."""
    if LOCALE_PATTERN.match(locale):
        return ""
    return f"Canvas takes only letters and hyphens as a locale, so {locale!r} is refused"

"""What Canvas makes of an upload for its players, mistakes and all: guides/canvas-server.md, section 7."""

from __future__ import annotations

import re

# `\d` of Ruby is ASCII only, and its `^` is the start of every line after LF.
_LONE_DIGIT = re.compile(r"(:|^)([0-9])(,|:)", re.MULTILINE)
_COMMA_TIME = re.compile(r"([0-9]{2}:[0-9]{2}:[0-9]{2})(,)([0-9]{3})")
_RUBY_STRIP = "\0\t\n\v\f\r "


def is_converted(content: str) -> bool:
    """Whether the server converts this text: it does not look at the start, but for the word anywhere."""
    return "WEBVTT" not in content


def webvtt_of(content: str) -> str:
    """The `webvtt_content` column for content that `is_converted`."""
    text = _LONE_DIGIT.sub(r"\g<1>0\2\3", content)
    text = _COMMA_TIME.sub(r"\1.\3", text)
    text = text.replace("\r\n", "\n")
    return f"WEBVTT\n\n{text}".strip(_RUBY_STRIP)

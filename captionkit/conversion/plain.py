"""Cue text that is the same in SRT and WebVTT, or nearly."""

from __future__ import annotations

from captionkit.patterns import pattern

#: Words with at most plain tags around some of them, which are the same in both languages.
#: No group within the repetition: Python 3.11 may fail on one within a possessive repetition (CPython issue 101955).
SIMPLE = pattern(r"(?:[^<&{\\]++|<i>[^<&{\\]++</i>|<b>[^<&{\\]++</b>|<u>[^<&{\\]++</u>)*+")
#: Payloads to remember; they are forgotten together, since which come again is not known.
MOST_REMEMBERED = 1024
_BLANKS = (" ", "\t", "\n")
TIME = pattern("[0-9][ \t]*[:：﹕∶ː]")


def is_plain(text: str) -> bool:
    """Whether this WebVTT text is the same text in SRT. Words with a time in them may look like a timing line there."""
    return not (
        "<" in text
        or "&" in text
        or "{" in text
        or "\\" in text
        or may_have_a_timing_line(text)
        or has_blank_lines(text)
    )


def may_have_a_timing_line(text: str) -> bool:
    """Whether a time stands in these words, which an SRT reader may then take for a timing line."""
    return (":" in text or not text.isascii()) and TIME.search(text) is not None


def has_blank_lines(text: str) -> bool:
    """Whether the last line is blank, or one of several of white space of any kind, which many readers take for it."""
    return ends_with_a_blank_line(text) or ("\n" in text and not all(map(str.strip, text.split("\n"))))


def ends_with_a_blank_line(text: str) -> bool:
    """Whether the last line is blank: no SRT reader can tell it from the blank lines between cues."""
    return text[-1:] in _BLANKS and text != "" and not text[text.rfind("\n") + 1 :].strip(" \t")

"""Cue text: what its tags and escapes mean, and what a viewer sees of it.

Theory of operation. Cue text is a tree: italics within a voice within a class. Here the tree is kept as the flat row
of its events (`Start`, `Text`, `Stamp`, `End`), always balanced: every `Start` or `Font` has its `End`. A flat row
cannot overflow the stack, however deep a hostile file nests its tags, and reading, writing and mapping it are each one
loop. The two languages have a file each, with the same two functions:

    webvtt.parse(text) -> events      webvtt.write(events) -> text        WebVTT, section 6.4 and section 3.4
    subrip.parse(text) -> SubRipText  subrip.write(...) -> text           SRT, as ffmpeg and VLC read it
"""

from __future__ import annotations

from captionkit.markup.events import End, Event, Font, Stamp, Start, Text

__all__ = ["End", "Event", "Font", "Stamp", "Start", "Text", "visible_text"]


def visible_text(text: str, format: str) -> str:
    """The words a viewer sees of this cue text: without tags, with escapes resolved, lines joined by LF.

    Args:
        text: the raw payload of a cue.
        format: "srt" or "vtt". An SRT `&amp;` stays as it stands, because no player resolves it.
    """
    if format == "vtt":
        if "<" not in text and "&" not in text:
            return text
        from captionkit.markup.webvtt import visible

        return visible(text)
    if "<" not in text and "{" not in text and "\\" not in text:
        return text
    from captionkit.markup.subrip import visible as visible_subrip

    return visible_subrip(text)

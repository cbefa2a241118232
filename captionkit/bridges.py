"""Documents as the objects of the libraries people already use, and back.

    subtitles = captionkit.to_pysrt(document)        # pysrt.SubRipFile
    captions = captionkit.to_webvtt_py(document)     # webvtt.WebVTT

A document in the other format is converted first; `convert` says what that loses.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from captionkit.api import Captions, captions_of
from captionkit.conversion import convert
from captionkit.documents import dumps
from captionkit.errors import UsageError
from captionkit.model import Block, Cue, Document, Header, Note, Region, Style
from captionkit.timecode import timecode

if TYPE_CHECKING:
    import pysrt
    import webvtt


def to_pysrt(captions: Captions) -> pysrt.SubRipFile:
    """The cues as a `pysrt.SubRipFile`.

    Raises:
        UsageError: if pysrt is not installed.
    """
    pysrt = _pysrt()
    document = captions_of(captions)
    converted = convert(document, "srt").document if document.format != "srt" else document
    file = pysrt.SubRipFile(eol=document.newline, encoding="utf-8", path=document.path or None)
    for place, cue in enumerate(converted.cues, 1):
        index = cue.identifier.strip() or place
        file.append(
            pysrt.SubRipItem(index, _to_time(pysrt, cue.start), _to_time(pysrt, cue.end), cue.text, cue.settings)
        )
    return file


def from_pysrt(file: pysrt.SubRipFile) -> Document:
    """The items of a `pysrt.SubRipFile` as an SRT document."""
    if not hasattr(file, "path") or isinstance(file, os.PathLike):
        raise _no_object(file, "pysrt.SubRipFile")
    cues = [
        Cue(item.start.ordinal, item.end.ordinal, item.text.strip("\r\n"), str(item.index), item.position.strip())
        for item in file
    ]
    return Document("srt", tuple(cues), path=str(file.path or ""))


def to_webvtt_py(captions: Captions) -> webvtt.WebVTT:
    """The cues, style sheets, regions, comments and header as a `webvtt.WebVTT`.

    Raises:
        UsageError: if webvtt-py is not installed.
    """
    try:
        import webvtt
    except ImportError:
        raise _missing("webvtt-py", "webvtt-py") from None
    document = captions_of(captions)
    converted = convert(document, "vtt").document if document.format != "vtt" else document
    return webvtt.from_string(dumps(converted))


def from_webvtt_py(captions: webvtt.WebVTT) -> Document:
    """A `webvtt.WebVTT` as a WebVTT document: its header, regions, styles, comments and captions."""
    if not hasattr(captions, "header_comments"):
        raise _no_object(captions, "webvtt.WebVTT")
    first = " ".join(["WEBVTT", *([text] if (text := getattr(captions, "header_text", "")) else [])])
    blocks: list[Block] = [Header("\n".join([first, *getattr(captions, "metadata", [])]))]
    blocks += map(_note, captions.header_comments)
    for region in getattr(captions, "regions", []):
        blocks += map(_note, region.comments)
        blocks.append(Region("\n".join(region)))
    for style in captions.styles:
        blocks += map(_note, style.comments)
        blocks.append(Style(style.text))
    for caption in captions.captions:
        blocks += map(_note, caption.comments)
        start, end = (_to_ms(time) for time in (caption.start, caption.end))
        settings = str(getattr(caption, "settings", "") or "")
        blocks.append(Cue(start, end, caption.raw_text, caption.identifier or "", settings))
    blocks += map(_note, captions.footer_comments)
    return Document("vtt", tuple(blocks))


def _note(comment: str) -> Note:
    return Note(f"NOTE\n{comment}" if "\n" in comment else f"NOTE {comment}")


def _to_ms(timestamp: str) -> int:
    from captionkit.markup.webvtt import parse_timestamp

    ms = parse_timestamp(timestamp)
    if ms is None:
        raise UsageError(f"{timestamp!r} is not a WebVTT timestamp such as {timecode(0)}")
    return ms


def _to_time(pysrt: Any, ms: int) -> Any:
    return pysrt.SubRipTime(milliseconds=ms)


def _pysrt() -> Any:
    try:
        import pysrt
    except ImportError:
        raise _missing("pysrt", "pysrt") from None
    return pysrt


def _no_object(given: object, wanted: str) -> UsageError:
    return UsageError(
        f"a {wanted} is needed, not {type(given).__name__}", hint="captionkit.load(path) makes a document of a file."
    )


def _missing(name: str, requirement: str) -> UsageError:
    return UsageError(f"{name} is not installed", hint=f'Install it: pip install "{requirement}"')

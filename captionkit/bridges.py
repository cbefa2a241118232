"""Documents as the objects of the libraries people already use, and back.

    subtitles = captionkit.to_pysrt(document)        # pysrt.SubRipFile
    captions = captionkit.to_webvtt_py(document)     # webvtt.WebVTT

A document in the other format is converted first; `convert` says what that loses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from captionkit.conversion import convert
from captionkit.errors import UsageError
from captionkit.model import Block, Cue, Document, Header, Note, Region, Style
from captionkit.timecode import timecode

if TYPE_CHECKING:
    import pysrt
    import webvtt


def to_pysrt(document: Document) -> pysrt.SubRipFile:
    """The cues as a `pysrt.SubRipFile`.

    Raises:
        UsageError: if pysrt is not installed.
    """
    pysrt = _pysrt()
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
    cues = [
        Cue(item.start.ordinal, item.end.ordinal, item.text.strip("\r\n"), str(item.index), item.position.strip())
        for item in file
    ]
    return Document("srt", tuple(cues), path=str(file.path or ""))


def to_webvtt_py(document: Document) -> webvtt.WebVTT:
    """The cues, style sheets, regions, comments and header as a `webvtt.WebVTT`.

    Raises:
        UsageError: if webvtt-py is not installed.
    """
    try:
        import webvtt
    except ImportError:
        raise _missing("webvtt-py", "webvtt-py") from None
    converted = convert(document, "vtt").document if document.format != "vtt" else document
    from captionkit.documents import dumps

    return webvtt.from_string(dumps(converted))


def from_webvtt_py(captions: webvtt.WebVTT) -> Document:
    """A `webvtt.WebVTT` as a WebVTT document: its header, regions, styles, comments and captions."""
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


def _missing(name: str, requirement: str) -> UsageError:
    return UsageError(f"{name} is not installed", hint=f'Install it: pip install "{requirement}"')

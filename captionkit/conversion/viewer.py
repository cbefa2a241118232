"""What a browser shows of a document: two files that differ only in how they are written show the same."""

from __future__ import annotations

import re
from typing import NamedTuple

from captionkit.markup import webvtt
from captionkit.markup.events import End, Event, Start, Text
from captionkit.model import Block, Cue, Document, Region, Style

_SPACES = re.compile("[ \t\f]+")
_SPACES_AT_A_BREAK = re.compile("(?:(?<![ \t\f])[ \t\f]++)?\n[ \t\f]*+")


class RenderedCue(NamedTuple):
    """One cue as a viewer meets it.

    Attributes:
        start, end: milliseconds.
        text: the words, as the page would give them to a screen reader.
        styled: the words with their markup in one canonical spelling of WebVTT.
        settings: the cue settings that have an effect, in one canonical order; "" for a cue at the usual place.
    """

    start: int
    end: int
    text: str
    styled: str
    settings: str


def rendered(document: Document) -> tuple[RenderedCue, ...]:
    """What a browser shows of the document, cue by cue in file order.

    WebVTT is taken as the specification renders it; SRT as our own conversion to WebVTT is rendered. Identifiers,
    comments, line ends and the spelling of tags, escapes and settings do not count. White space is collapsed as
    the `white-space: pre-line` of cues does (section 7.2).
    """
    return tuple([_cue(block, set()) for block in _as_webvtt(document) if type(block) is Cue])


def viewer_digest(document: Document) -> str:
    """A digest of what viewers see, "sha256:" and 64 hexadecimal digits: equal if and only if the same is shown.

    Cues, and the style sheets and regions that they are shown with, count in their order.
    """
    import hashlib

    blocks = _as_webvtt(document)
    regions = {_region_id(block.text) for block in blocks if type(block) is Region}
    digest = hashlib.sha256()
    by_identifier = any("#" in block.text for block in blocks if type(block) is Style)
    for block in blocks:
        if type(block) is Cue:
            start, end, _, styled, settings = _cue(block, regions)
            identifier = block.identifier if by_identifier else ""  # ::cue(#intro) styles by identifier
            record: tuple[object, ...] = ("cue", start, end, styled, settings, identifier)
        elif type(block) is Style:
            record = ("style", " ".join(block.text.split()))
        elif type(block) is Region:
            record = ("region", " ".join(sorted(block.text.split())))
        else:
            continue
        digest.update(repr(record).encode("utf-8", "surrogatepass"))
    return f"sha256:{digest.hexdigest()}"


def _as_webvtt(document: Document) -> tuple[Block, ...] | list[Block]:
    if document.format == "vtt":
        return document.blocks
    from captionkit.conversion.srt_to_webvtt import convert

    return convert(document, carry=False)[0]


def _cue(cue: Cue, regions: set[str]) -> RenderedCue:
    text = cue.text.replace("\0", "\ufffd") if "\0" in cue.text else cue.text
    if "<" in text or "&" in text:
        events = _canonical(webvtt.parse(text))
        words = _collapsed("".join([event.value for event in events if type(event) is Text]))
        styled = _collapsed(webvtt.write(events))
    else:
        words = styled = _collapsed(text)
        if "-->" in styled:  # only in a document made by hand
            styled = styled.replace("-->", "--&gt;")
    return RenderedCue(
        cue.start, cue.end, words, styled, _settings(cue.settings, words, regions) if cue.settings else ""
    )


def _collapsed(text: str) -> str:
    if "  " in text or "\t" in text or "\f" in text or " \n" in text or "\n " in text or text != text.strip(" "):
        text = _SPACES_AT_A_BREAK.sub("\n", _SPACES.sub(" ", text)).strip(" ")
    if "\n" in text:
        text = _EMPTY_LINE.sub("", text)
    return text.strip("\n")


#: A line of what shows nothing but takes a line: no-break spaces, and what conversion puts on a blank line of SRT.
_EMPTY_LINE = re.compile("(?m)^[\u00a0\u200c]+$")


def _canonical(events: list[Event]) -> list[Event]:
    """One spelling of markup that looks the same: no span without words, none cut in two, no italics within italics.

    Classes stand on a span of their own: `<i.yellow>` is `<c.yellow><i>`.
    """
    kept: list[Event] = []
    closed: list[Start] = []  # the spans of the End events at the end of `kept`
    spans: list[list[Start]] = []  # what each open span of `events` became
    depth = {"i": 0, "b": 0, "u": 0}
    for event in events:
        if type(event) is Start:
            parts = _parts(event, depth)
            for part in parts:
                if closed and closed[-1] == part and part.name in _MERGEABLE:
                    closed.pop()
                    kept.pop()
                else:
                    closed.clear()
                    kept.append(part)
            spans.append(parts)
        elif type(event) is End:
            if event.name in depth:
                depth[event.name] -= 1
            for part in reversed(spans.pop()):
                if kept[-1] is part:
                    kept.pop()
                else:
                    closed.append(part)
                    kept.append(End(part.name))
        else:
            closed.clear()
            kept.append(event)
    return kept


_MERGEABLE = frozenset("cibu")


def _parts(span: Start, depth: dict[str, int]) -> list[Start]:
    if span.name not in _MERGEABLE:
        return [span]
    parts = [Start("c", span.classes)] if span.classes else []
    if span.name in depth:
        if not depth[span.name]:
            parts.append(Start(span.name))
        depth[span.name] += 1
    return parts


def _region_id(settings: str) -> str:
    return next((token[3:] for token in reversed(settings.split()) if token.startswith("id:")), "")


def _settings(text: str, words: str, regions: set[str]) -> str:
    """The settings that have an effect, computed as section 6.1 computes them: start is left where words run so."""
    from captionkit.formats.webvtt import parse_settings

    found, _ = parse_settings(text)
    align, position, position_align = found.align, found.position, found.position_align
    if align in ("start", "end") and (direction := _direction(words)):
        align = "left" if (align == "start") == (direction == "ltr") else "right"
    if position is None:
        position = {"left": 0, "right": 100, "center": 50}.get(align)
    if position_align == "auto":
        position_align = {"left": "line-left", "right": "line-right", "center": "center"}.get(align, "auto")
    said: list[str] = []
    if found.vertical:
        said.append(f"vertical:{found.vertical}")
    if found.line is not None and (found.line, found.snap) != (-1, True):
        line_align = "" if found.line_align == "start" else f",{found.line_align}"
        said.append(f"line:{found.line:g}{'' if found.snap else '%'}{line_align}")
    if (align, position, position_align) != ("center", 50, "center"):
        said.append(f"position:{'auto' if position is None else f'{position:g}%'},{position_align} align:{align}")
    if found.size != 100:
        said.append(f"size:{found.size:g}%")
    if found.region and found.region in regions:
        said.append(f"region:{found.region}")
    return " ".join(said)


def _direction(words: str) -> str:
    """Which way all the words run, "ltr" or "rtl"; "" where they run both ways, line by line."""
    if words.isascii():
        return "ltr"
    from unicodedata import bidirectional

    kinds = set(map(bidirectional, words))
    is_rtl = not kinds.isdisjoint(("R", "AL"))
    return ("" if "L" in kinds else "rtl") if is_rtl else "ltr"

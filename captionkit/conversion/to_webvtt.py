"""SRT to WebVTT.

Theory of operation. A cue of plain words needs only its times written anew. One with markup is read as a player would
read it (`markup.subrip`) and its events are written as WebVTT; placement becomes cue settings, colours become classes.
Then the cue is converted back, in the mind: if that gives the cue it was, nothing more is needed; if not, a NOTE that
no browser shows carries what is missing (`conversion.carried`). So the way back is the same document, and most files
carry no note at all.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from captionkit.conversion import carried, colours, placement, to_subrip
from captionkit.conversion.losses import Loss
from captionkit.markup import webvtt
from captionkit.markup.events import End, Event, Font, Start
from captionkit.markup.references import escape
from captionkit.markup.subrip import parse
from captionkit.model import Block, Cue, Document, Header, Stray

#: Recognised markup; without any, a text only needs its escapes.
_MARKUP = re.compile(r"</?(?:[ibus]|font|br)[\s/>]|\{\\", re.IGNORECASE)
_BLOCK_WORDS = ("NOTE", "STYLE", "REGION", "WEBVTT")


class Payload(NamedTuple):
    """What a cue says in WebVTT.

    Attributes:
        rules: the classes it needs a style sheet for, and their declarations.
        lost: (kind, message) of each thing that WebVTT does not show.
    """

    text: str
    settings: str
    rules: dict[str, str]
    lost: tuple[tuple[str, str], ...]


def convert(document: Document, *, carry: bool = True) -> tuple[list[Block], list[Loss]]:
    """The blocks of the document as WebVTT, and what they do not keep.

    Args:
        carry: whether notes may be written for the way back.
    """
    blocks: list[Block] = []
    losses: list[Loss] = []
    rules: dict[str, str] = {}
    classes = colours.Classes(())
    identifiers: set[str] = set()
    frame: tuple[int, int] | None = None
    number = 0
    has_unnumbered = False
    for block in document.blocks:
        if type(block) is not Cue:
            if type(block) is Stray and block.text.strip():
                if carry:
                    blocks.append(carried.note({"stray": block.text}))
                else:
                    losses.append(Loss("stray text", "text that is no cue", block.line))
            continue
        number += 1
        start, end, text, identifier, settings = block.content
        said: dict[str, Any] = {}
        if is_plain(text) and not settings:
            shown, places = text, ""
        else:
            if frame is None and settings:
                boxes = [placement.coordinates(cue.settings) for cue in document.cues if cue.settings]
                frame = placement.frame_of(filter(None, boxes))
            shown, places, own_rules, lost = payload(text, settings, frame)
            if not own_rules.keys() <= rules.keys():
                rules |= own_rules
                classes = colours.Classes([colours.style(rules)])
            losses += [Loss(kind, message, block.timing_line, number, start) for kind, message in lost]
            if carry:
                if to_subrip.payload(shown, places, classes).text != text:
                    said["text"] = text
                if settings:
                    said["settings"] = settings
        if start < 0 or end < 0:
            message = "a time before 0 became 0"
            losses.append(Loss("negative time", message, block.timing_line, number, start))
            said |= {"start": start, "end": end}
            start, end = max(start, 0), max(end, 0)
        name = identifier.strip(" \t")
        if name in identifiers or "-->" in name or "\0" in name or name.startswith(_BLOCK_WORDS):
            name = ""
        elif name:
            identifiers.add(name)
        if carry and not identifier:
            has_unnumbered = True
        elif carry and (name != identifier or not is_number(name)):
            said["number"] = identifier
        if said and carry:
            blocks.append(carried.note({"for": carried.check(shown, places), **said}))
        blocks.append(Cue(start, end, shown, name, places))

    head: list[Block] = [Header("WEBVTT")]
    if carry and (about := _about(document, has_unnumbered)):
        head.append(carried.note({"file": about}))
    if rules:
        head.append(colours.style(rules))
    return head + blocks, losses


def is_number(identifier: str) -> bool:
    """Whether this is what SRT calls a number."""
    return identifier.isascii() and identifier.isdigit()


def _about(document: Document, has_unnumbered: bool) -> dict[str, Any]:
    """What the file as a whole has that WebVTT lacks: a byte order mark, another Unicode encoding, cues without number.

    A legacy encoding is not carried: the text may by then hold what it cannot write.
    """
    about: dict[str, Any] = {}
    if document.bom:
        about["bom"] = True
        if document.encoding.lower().startswith(("utf-16", "utf_16", "utf-32", "utf_32")):
            about["encoding"] = document.encoding
    if has_unnumbered:
        about["unnumbered"] = True
    return about


def is_plain(text: str) -> bool:
    """Whether this SRT text is the same text in WebVTT."""
    return not (
        "<" in text
        or "&" in text
        or "{" in text
        or "-->" in text
        or "\n\n" in text
        or "\0" in text
        or "\r" in text
        or text[:1] == "\n"
        or text[-1:] == "\n"
    )


def payload(text: str, settings: str, frame: tuple[int, int] | None = None) -> Payload:
    """The text and the place of an SRT cue in WebVTT.

    Args:
        settings: what stands after the end time: coordinates, or WebVTT cue settings, or anything.
        frame: the picture that coordinates are pixels of; by default the one that these alone suggest.
    """
    rules: dict[str, str] = {}
    lost: list[tuple[str, str]] = []
    places = _settings_of(settings, frame)
    if ("<" in text or "{" in text) and _MARKUP.search(text):
        read = parse(text)
        if not places and read.point:
            places = placement.point_settings(read.point, read.anchor)
        elif not places and read.anchor:
            places = placement.ANCHOR_SETTINGS[read.anchor]
        lost += [("override tag", f"{{{tag}}} has no WebVTT form") for tag in read.ignored]
        text = webvtt.write(_events(read.events, rules, lost))
    else:
        text = escape(text)
    return Payload(_without_blank_lines(text), places, rules, tuple(lost))


def _settings_of(settings: str, frame: tuple[int, int] | None) -> str:
    if not settings:
        return ""
    if box := placement.coordinates(settings):
        return placement.box_settings(box, frame or placement.frame_of([box]))
    from captionkit.formats.webvtt import parse_settings

    # An SRT file with WebVTT settings: SRT players pass over them, but they are what the author wanted.
    return settings if ":" in settings and not parse_settings(settings)[1] else ""


def _events(events: list[Event], rules: dict[str, str], lost: list[tuple[str, str]]) -> list[Event]:
    """The same events in the names of WebVTT; adds to `rules` and `lost`."""
    mapped: list[Event] = []
    open_fonts: list[bool] = []
    for event in events:
        if type(event) is Font:
            lost += [
                ("font attribute", f'<font {name}="{value}"> has no WebVTT form')
                for name, value in (("face", event.face), ("size", event.size))
                if value
            ]
            open_fonts.append(bool(event.color))
            if event.color:
                name = colours.class_of(event.color)
                mapped.append(Start("c", (name,)))
                if css := colours.css_of(event.color):
                    rules[name] = css
        elif type(event) is End and event.name == "font":
            if open_fonts.pop():
                mapped.append(End("c"))
        elif type(event) is Start and event.name == "s":
            rules[colours.STRIKE] = colours.STRIKE_CSS
            mapped.append(Start("c", (colours.STRIKE,)))
        elif type(event) is End and event.name == "s":
            mapped.append(End("c"))
        else:
            mapped.append(event)
    return mapped


def _without_blank_lines(text: str) -> str:
    """A blank line would end the cue (section 4.2), so one within the text becomes a line with a no-break space.

    At the top and at the bottom no player shows one, so there it is left out. Browsers show a NUL as U+FFFD.
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        text = text.replace("\0", "\ufffd")
    text = text.strip("\n")
    if "\n\n" in text:
        text = "\n".join([line or "&nbsp;" for line in text.split("\n")])
    return text

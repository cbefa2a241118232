"""SRT to WebVTT.

Theory of operation. A cue of plain words needs only its times written anew. One with markup is read as a player would
read it (`markup.subrip`) and its events are written as WebVTT; placement becomes cue settings, colours become classes.
Then the cue is converted back, in the mind: if that gives the cue it was, nothing more is needed; if not, a NOTE that
no browser shows carries what is missing (`conversion.carried`). So the way back is the same document, and most files
carry no note at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from captionkit.conversion import carried, colours, placement, to_subrip
from captionkit.conversion.losses import Loss
from captionkit.markup import webvtt
from captionkit.markup.events import End, Event, Font, Start
from captionkit.markup.references import escape
from captionkit.markup.subrip import GUARD, parse
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
    rendering = Rendering(carry)
    if any(block.settings for block in document.blocks if type(block) is Cue):
        boxes = [placement.coordinates(cue.settings) for cue in document.cues if cue.settings]
        rendering.frame = placement.frame_of(filter(None, boxes))
    blocks = rendering.blocks(document.blocks)
    return rendering.head(document.bom, document.encoding) + blocks, rendering.losses


class Rendering:
    """A file on its way to WebVTT: what its cues so far need at the top of it, and what they lost.

    Attributes:
        carry: whether notes may be written for the way back.
        frame: the picture that coordinates are pixels of.
        cues: how many there were so far.
        identifiers: those in use; WebVTT wants them unique (section 4.1).
    """

    def __init__(self, carry: bool) -> None:
        self.carry = carry
        self.frame: tuple[int, int] | None = None
        self.cues = 0
        self.identifiers: set[str] = set()
        self.losses: list[Loss] = []
        self._rules: dict[str, str] = {}
        self._classes = colours.Classes(())
        self._has_unnumbered = False

    def blocks(self, source: Iterable[Block]) -> list[Block]:
        """These blocks of an SRT file as blocks of a WebVTT file, notes for the way back among them."""
        blocks: list[Block] = []
        for block in source:
            if type(block) is Cue:
                self.cues += 1
                start, end, text, identifier, settings, _, _ = block
                said: dict[str, Any] = {}
                if settings or not is_plain(text):
                    text, places = self._render(block, said)
                else:
                    places = ""
                if start < 0 or end < 0:
                    self._lose("negative time", "a time before 0 became 0", block)
                    said |= {"start": start, "end": end}
                    start, end = max(start, 0), max(end, 0)
                name = self._identify(identifier, said)
                if said and self.carry:
                    blocks.append(carried.note({"for": carried.check(text, places), **said}))
                blocks.append(Cue(start, end, text, name, places))
            elif type(block) is Stray and block.text.strip():
                if self.carry:
                    blocks.append(carried.note({"stray": block.text}))
                else:
                    self._lose("stray text", "text that is no cue", block)
        return blocks

    def _render(self, cue: Cue, said: dict[str, Any]) -> tuple[str, str]:
        """The text and the settings of a cue; adds to `said` what they do not give back."""
        shown, places, rules, lost = payload(cue.text, cue.settings, self.frame)
        fresh = {name: css for name, css in rules.items() if name not in self._rules}
        if fresh:
            self._rules |= fresh
            self._classes.learn(colours.style(fresh))
        for kind, message in lost:
            self._lose(kind, message, cue)
        if self.carry and to_subrip.payload(shown, places, self._classes).text != cue.text:
            said["text"] = cue.text
        if cue.settings:
            said["settings"] = cue.settings
        return shown, places

    def _identify(self, identifier: str, said: dict[str, Any]) -> str:
        """The identifier of a cue in WebVTT; adds to `said` what the way back would not make of it."""
        name = identifier.strip(" \t")
        if name in self.identifiers or "-->" in name or "\0" in name or name.startswith(_BLOCK_WORDS):
            name = ""
        elif name:
            self.identifiers.add(name)
        if not identifier:
            self._has_unnumbered = True
        elif name != identifier or not is_number(name):
            said["number"] = identifier
        return name

    def _lose(self, kind: str, message: str, block: Cue | Stray) -> None:
        if type(block) is Cue:
            self.losses.append(Loss(kind, message, block.timing_line, self.cues, block.start))
        else:
            self.losses.append(Loss(kind, message, block.line))

    def head(self, bom: bool, encoding: str) -> list[Block]:
        """What stands above the blocks: header, what is carried of the file as a whole, style sheet.

        Carried are a byte order mark, another Unicode encoding, and that cues had no number. A legacy encoding is not:
        the text may by then hold what it cannot write.
        """
        head: list[Block] = [Header("WEBVTT")]
        about: dict[str, Any] = {}
        if bom:
            about["bom"] = True
            if encoding.lower().startswith(("utf-16", "utf_16", "utf-32", "utf_32")):
                about["encoding"] = encoding
        if self._has_unnumbered:
            about["unnumbered"] = True
        if about and self.carry:
            head.append(carried.note({"file": about}))
        if self._rules:
            head.append(colours.style(self._rules))
        return head


def is_number(identifier: str) -> bool:
    """Whether this is what SRT calls a number."""
    return identifier.isascii() and identifier.isdigit()


def is_plain(text: str) -> bool:
    """Whether this SRT text is the same text in WebVTT, and again in SRT."""
    return not (
        "<" in text
        or "&" in text
        or "{" in text
        or "-->" in text
        or "\n\n" in text
        or "\0" in text
        or "\r" in text
        or GUARD in text
        or text[:1] == "\n"
        or to_subrip.ends_with_a_blank_line(text)
        or to_subrip.has_a_blank_line(text)
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
    if to_subrip.SIMPLE.fullmatch(text):
        text = escape(text) if "<" not in text else text.replace("-->", "--&gt;")
    elif ("<" in text or "{" in text) and _MARKUP.search(text):
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
                rules[name] = colours.css_of(event.color)
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
    """A blank line would end the cue (section 4.2), so one within the text becomes a line with a no-break space, and
    so does the line that stands for one in SRT.

    At the top and at the bottom no player shows one, so there it is left out. Browsers show a NUL as U+FFFD.
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        text = text.replace("\0", "\ufffd")
    text = text.strip("\n")
    if "\n\n" in text or GUARD in text:
        text = "\n".join([line if line and line != GUARD else "&nbsp;" for line in text.split("\n")])
    return text

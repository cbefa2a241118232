"""SRT to WebVTT.

Theory of operation. A cue of plain words needs only its times written anew. One with markup is read as a player would
read it (`markup.subrip`) and its events are written as WebVTT; placement becomes cue settings, colours become classes.
Then the cue is converted back, in the mind: if that gives the cue it was, nothing more is needed; if not, a NOTE that
no browser shows carries what is missing (`conversion.restore_notes`). So the way back is the same document, and most
files carry no note at all.

Markup is mostly written in one way: an anchor in front, plain tags and colours around words. `_usual` makes WebVTT of
such text without taking it apart, and it is known to come back as it was. What is left is rendered once for all cues
that say the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from captionkit.conversion import colours, placement, restore_notes, webvtt_to_srt
from captionkit.conversion.hidden import is_header, shortened, words_on_timing_line
from captionkit.conversion.losses import Loss
from captionkit.decoding import one_line_end
from captionkit.markup import webvtt
from captionkit.markup.events import End, Event, Font, Start
from captionkit.markup.references import escape
from captionkit.markup.subrip import GUARD, parse
from captionkit.model import Block, Cue, Document, Header, Stray
from captionkit.patterns import pattern

#: Recognised markup; without any, a text only needs its escapes.
_MARKUP = pattern(r"<[ \t]*/?[ \t]*[a-z]|\{[\\/a-z]|\\[Nh]", re.IGNORECASE)
_WORDS = r"[^<{\\]++"
#: What makes a text another one in WebVTT; and a blank line in texts that each stand on lines of their own.
_MARKS = ("<", "&", "{", "\\N", "\\h", "-->", "\0", "\r", GUARD)
_BLANK_LINE = pattern(r"\n[^\S\n]*+\n")
_SPANS = f"{_WORDS}|<i>{_WORDS}</i>|<b>{_WORDS}</b>|<u>{_WORDS}</u>"
_USUAL = pattern(rf'(?:\{{\\an([13-9])\}})?((?:{_SPANS}|<font color="#[0-9a-f]{{6}}">(?:{_SPANS})++</font>)++)')
_USUAL_FONT = pattern('<font color="(#[0-9a-f]{6})">')
#: More blank lines in a row than any screen has room for; a line of a WebVTT cue is 5.33 % of its height (section 7.2).
_MOST_BLANK_LINES = 24
_MANY_BLANK_LINES = pattern(rf"\n(?:{GUARD}?\n){{{_MOST_BLANK_LINES + 1},}}+")
_BLOCK_WORDS = ("NOTE", "STYLE", "REGION", "WEBVTT")


class Payload(NamedTuple):
    """What a cue says in WebVTT.

    Attributes:
        rules: the classes it needs a style sheet for, and their declarations.
        lost: (kind, message) of each thing that WebVTT does not show.
        is_exact: whether it is known that converting it back gives the very text; False where that is to be tried.
    """

    text: str
    settings: str
    rules: dict[str, str]
    lost: tuple[tuple[str, str], ...] = ()
    is_exact: bool = False


class Rendered(NamedTuple):
    """A payload in its file: all its rules are known there, and it was tried whether it comes back as it was."""

    text: str
    settings: str
    lost: tuple[tuple[str, str], ...]
    comes_back: bool


def convert(document: Document, *, carry: bool = True) -> tuple[list[Block], list[Loss]]:
    """The blocks of the document as WebVTT, and what they do not keep.

    Args:
        carry: whether notes may be written for the way back.
    """
    rendering = Rendering(carry)
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
        self._remembered: dict[tuple[str, str], Rendered] = {}

    def blocks(self, source: Sequence[Block]) -> list[Block]:
        """These blocks of an SRT file as blocks of a WebVTT file, notes for the way back among them.

        All texts are looked at together for what may matter; a cue in which nothing does is handed on as it is.
        """
        cues = [block for block in source if type(block) is Cue]
        starts, ends, texts, numbers, settings, _, _ = zip(*cues, strict=True) if cues else [()] * 7
        joined = "\n".join(["", *filter(None, texts), ""])
        # One character is looked for much faster than two.
        marks = [mark for mark in _MARKS if mark[0] in joined and mark[-1] in joined and mark in joined]
        marked = {text for mark in marks for text in texts if mark in text}
        has_blank_lines = _BLANK_LINE.search(joined) is not None
        if any(settings):
            self.frame = placement.frame_of(filter(None, map(placement.coordinates, settings)))
        elif not (marked or has_blank_lines or len(cues) < len(source)) and self._are_plain(starts, ends, numbers):
            self.cues += len(cues)
            return cues
        identifiers = self.identifiers
        blocks: list[Block] = []
        for block in source:
            if type(block) is Cue:
                self.cues += 1
                start, end, text, identifier, settings, _, _ = block
                is_plain = not (settings or text in marked or (has_blank_lines and webvtt_to_srt.has_blank_lines(text)))
                if is_plain and start >= 0 <= end and is_number(identifier) and identifier not in identifiers:
                    identifiers.add(identifier)
                    blocks.append(block)
                    continue
                said: dict[str, Any] = {}
                places = ""
                if settings and (words := words_on_timing_line(settings)):
                    message = f"{words!r} stands behind the times: nobody sees it"
                    self._lose("text on a timing line", message, block.timing_line, start)
                if not is_plain:
                    text, places = self.render(text, settings, said, block.timing_line, start)
                if start < 0 or end < 0:
                    self._lose("negative time", "a time before 0 became 0", block.timing_line, start)
                    said |= {"start": start, "end": end}
                    start, end = max(start, 0), max(end, 0)
                name = self.identify(identifier, said)
                if said and self.carry:
                    blocks.append(restore_notes.note({"for": restore_notes.check(text, places), **said}))
                blocks.append(Cue(start, end, text, name, places))
            elif type(block) is Stray and block.text.strip():
                if not is_header(block.text):
                    message = f"{shortened(block.text)!r} is no cue: nobody sees it"
                    self.losses.append(Loss("stray text", message, block.line))
                if self.carry:
                    blocks.append(restore_notes.note({"stray": block.text}))
        return blocks

    def _are_plain(self, starts: Sequence[int], ends: Sequence[int], numbers: Sequence[str]) -> bool:
        """Whether these times and numbers of cues are as WebVTT takes them; if so, the numbers are used."""
        fresh = set(numbers)
        if (
            min(starts, default=0) < 0
            or min(ends, default=0) < 0
            or "" in fresh
            or len(fresh) < len(numbers)
            or not is_number("".join(numbers))
            or not fresh.isdisjoint(self.identifiers)
        ):
            return False
        self.identifiers |= fresh
        return True

    def render(self, text: str, settings: str, said: dict[str, Any], line: int, start: int) -> tuple[str, str]:
        """The text and the settings of a cue in WebVTT; adds to `said` what they do not give back.

        Args:
            line, start: its timing line and its start, for losses.
        """
        key = text, settings
        rendered = self._remembered.get(key)
        if rendered is None:
            if len(self._remembered) == webvtt_to_srt.MOST_REMEMBERED:
                self._remembered.clear()
            rendered = self._remembered[key] = self._rendered(text, settings)
        for kind, message in rendered.lost:
            self._lose(kind, message, line, start)
        if self.carry and not rendered.comes_back:
            said["text"] = text
        if settings:
            said["settings"] = settings
        return rendered.text, rendered.settings

    def _rendered(self, text: str, settings: str) -> Rendered:
        shown, places, rules, lost, is_exact = payload(text, settings, self.frame)
        fresh = {name: css for name, css in rules.items() if name not in self._rules}
        if fresh:
            self._rules |= fresh
            self._classes.learn(colours.style(fresh))
        is_same = is_exact or not self.carry or webvtt_to_srt.payload(shown, places, self._classes).text == text
        return Rendered(shown, places, lost, is_same)

    def identify(self, identifier: str, said: dict[str, Any]) -> str:
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

    def _lose(self, kind: str, message: str, line: int, start: int) -> None:
        """Something of the cue that was counted last."""
        self.losses.append(Loss(kind, message, line, self.cues, start))

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
            head.append(restore_notes.note({"file": about}))
        if self._rules:
            head.append(colours.style(self._rules))
        return head


def is_number(identifier: str) -> bool:
    """Whether this is what SRT calls a number."""
    return identifier.isascii() and identifier.isdigit()


def payload(text: str, settings: str, frame: tuple[int, int] | None = None) -> Payload:
    """The text and the place of an SRT cue in WebVTT.

    Args:
        settings: what stands after the end time: coordinates, or WebVTT cue settings, or anything.
        frame: the picture that coordinates are pixels of; by default the one that these alone suggest.
    """
    if not settings and (usual := _usual(text)):
        return usual
    rules: dict[str, str] = {}
    lost: list[tuple[str, str]] = []
    places = _settings_of(settings, frame)
    is_exact = False
    if webvtt_to_srt.SIMPLE.fullmatch(text):
        text = escape(text) if "<" not in text else text.replace("-->", "--&gt;")
    elif ("<" in text or "{" in text or "\\" in text) and _MARKUP.search(text):
        read = parse(text)
        if not places and read.point:
            places = placement.point_settings(read.point, read.anchor)
        elif not places and read.anchor:
            places = placement.ANCHOR_SETTINGS[read.anchor]
        lost += [("override tag", f"{{{tag}}} has no WebVTT form") for tag in read.ignored]
        text = webvtt.write(_events(read.events, rules, lost))
    else:
        is_exact = not places and _is_ordinary(text)
        text = escape(text)
    return Payload(_without_blank_lines(text, lost), places, rules, tuple(lost), is_exact)


def _usual(text: str) -> Payload | None:
    """The payload of a text whose markup is what programs write, and which therefore comes back as it was."""
    match = _USUAL.fullmatch(text)
    if match is None or not _is_ordinary(match[2]):
        return None
    anchor, shown = match[1], match[2]
    rules: dict[str, str] = {}
    if "&" in shown:
        shown = shown.replace("&", "&amp;")
    if "<font" in shown:
        names = {color: colours.class_of(color) for color in _USUAL_FONT.findall(shown)}
        rules = {name: colours.css_of(color) for color, name in names.items()}
        shown = _USUAL_FONT.sub(lambda font: f"<c.{names[font[1]]}>", shown).replace("</font>", "</c>")
    return Payload(shown, placement.ANCHOR_SETTINGS[int(anchor)] if anchor else "", rules, (), True)


def _is_ordinary(text: str) -> bool:
    """Whether there is nothing in the text but its markup that WebVTT, or SRT again, would take for something else."""
    return not (
        "-->" in text
        or "\n\n" in text
        or "\0" in text
        or "\r" in text
        or GUARD in text
        or text[:1] == "\n"
        or webvtt_to_srt.may_have_a_timing_line(text)
        or webvtt_to_srt.has_blank_lines(text)
    )


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


def _without_blank_lines(text: str, lost: list[tuple[str, str]]) -> str:
    """A blank line would end the cue (section 4.2), so one within the text becomes a line with a no-break space, and
    so does the line that stands for one in SRT. Adds to `lost` those for which no screen has room.

    At the top and at the bottom no player shows one, so there it is left out. Browsers show a NUL as U+FFFD.
    """
    if "\r" in text:
        text = one_line_end(text)
    if "\0" in text:
        text = text.replace("\0", "\ufffd")
    text = text.strip("\n")
    if "\n\n" in text or GUARD in text:
        text = _MANY_BLANK_LINES.sub(lambda run: _as_many_as_fit(run, lost), text)
        text = "\n".join([line if line and line != GUARD else "&nbsp;" for line in text.split("\n")])
    return text


def _as_many_as_fit(run: re.Match[str], lost: list[tuple[str, str]]) -> str:
    lines = run[0].count("\n") - 1
    lost.append(
        ("row of blank lines", f"of {lines} blank lines in a row {_MOST_BLANK_LINES} are kept, which fill any screen")
    )
    return "\n" * (_MOST_BLANK_LINES + 1)

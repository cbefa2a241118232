"""The text of an SRT cue in WebVTT.

Markup is mostly written in one way: an anchor in front, plain tags and colours around words. `_usual` makes WebVTT of
such text without taking it apart, and it is known to come back as it was. Other markup is read as a player would read
it (`markup.subrip`), and its events are written as WebVTT.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from captionkit.conversion import colours, placement
from captionkit.conversion.plain import SIMPLE, has_blank_lines, may_have_a_timing_line
from captionkit.decoding import one_line_end
from captionkit.markup import webvtt
from captionkit.markup.events import End, Event, Font, Start
from captionkit.markup.references import escape
from captionkit.markup.subrip import GUARD, parse
from captionkit.patterns import pattern

#: Recognised markup; without any, a text only needs its escapes.
_MARKUP = pattern(r"<[ \t]*/?[ \t]*[a-z]|\{[\\/a-z]|\\[Nh]", re.IGNORECASE)
_WORDS = r"[^<{\\]++"
_SPANS = f"{_WORDS}|<i>{_WORDS}</i>|<b>{_WORDS}</b>|<u>{_WORDS}</u>"
_USUAL = pattern(rf'(?:\{{\\an([13-9])\}})?((?:{_SPANS}|<font color="#[0-9a-f]{{6}}">(?:{_SPANS})++</font>)++)')
_USUAL_FONT = pattern('<font color="(#[0-9a-f]{6})">')
#: More blank lines in a row than any screen has room for; a line of a WebVTT cue is 5.33 % of its height (section 7.2).
_MOST_BLANK_LINES = 24
_MANY_BLANK_LINES = pattern(rf"\n(?:{GUARD}?\n){{{_MOST_BLANK_LINES + 1},}}+")


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
    if SIMPLE.fullmatch(text):
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
        or may_have_a_timing_line(text)
        or has_blank_lines(text)
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

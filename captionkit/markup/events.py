"""The parts of marked-up cue text, in the order in which they stand."""

from __future__ import annotations

from typing import NamedTuple


class Text(NamedTuple):
    """Words, as a viewer sees them."""

    value: str


class Start(NamedTuple):
    """The beginning of a span.

    Attributes:
        name: in WebVTT c, i, b, u, ruby, rt, v or lang; in SRT i, b, u or s.
        classes: the classes of a WebVTT span, without the dots.
        annotation: the speaker of a v, the language tag of a lang.
    """

    name: str
    classes: tuple[str, ...] = ()
    annotation: str = ""


class Font(NamedTuple):
    """The beginning of an SRT font span. An attribute that is not given is "".

    Attributes:
        color: "#rrggbb", or the name of a colour in lower case.
        face: the name of the font.
        size: as it stands; players do not agree on its unit.
    """

    color: str = ""
    face: str = ""
    size: str = ""


class End(NamedTuple):
    """The end of the innermost open span; `name` is "font" for a Font."""

    name: str


class Stamp(NamedTuple):
    """A WebVTT timestamp within the text: what follows it appears at this time, in milliseconds."""

    ms: int


Event = Text | Start | Font | End | Stamp

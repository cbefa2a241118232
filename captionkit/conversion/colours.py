"""Font colours of SRT against the classes and style sheets of WebVTT."""

from __future__ import annotations

import re
from collections.abc import Iterable

from captionkit.markup.subrip import parse_colour
from captionkit.markup.webvtt import COLOURS
from captionkit.model import Style
from captionkit.patterns import pattern

STRIKE = "strike"
STRIKE_CSS = "text-decoration: line-through"
_CLASS_OF = {value: name for name, value in COLOURS.items()}
_COMMENT = pattern(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_SELECTOR = pattern(r"::cue\(\s*c?\.([A-Za-z_][\w-]*)\s*\)")
_RGB = pattern(r"rgb\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*\)", re.IGNORECASE)


def class_of(color: str) -> str:
    """The class that stands for a colour: one of WebVTT's own eight, or one that `style` defines."""
    if color in _CLASS_OF:
        return _CLASS_OF[color]
    return f"c-{color[1:]}" if color.startswith("#") else color


def css_of(color: str) -> str:
    """What the class declares. WebVTT's own eight (section 5.1) are declared too: not every player knows them."""
    return f"color: {color}"


def style(rules: dict[str, str]) -> Style:
    """The style sheet of these classes: name -> declarations."""
    return Style("\n".join([f"::cue(.{name}) {{ {css} }}" for name, css in rules.items()]))


#: A declaration that asks for what is so anyway.
_USUAL = "usual"
#: What declarations mean in the names of SRT.
_SPANS = {
    ("font-style", "italic"): "i", ("font-style", "oblique"): "i", ("font-style", "normal"): _USUAL,
    **dict.fromkeys([("font-weight", value) for value in ("bold", "bolder", "600", "700", "800", "900")], "b"),
    **dict.fromkeys([("font-weight", value) for value in ("normal", "400")], _USUAL),
    ("text-decoration", "underline"): "u", ("text-decoration-line", "underline"): "u",
    ("text-decoration", "line-through"): "s", ("text-decoration-line", "line-through"): "s",
    ("text-decoration", "none"): _USUAL,
}  # fmt: skip


class Classes:
    """What the classes of a WebVTT file mean in the terms of SRT: a colour, italics, bold, underlined, struck out.

    Args:
        styles: the style sheets of the file; WebVTT's own colours are known without one.
    """

    def __init__(self, styles: Iterable[Style]) -> None:
        self.colour = dict(COLOURS)
        self.spans: dict[str, set[str]] = {}
        self.not_understood = [block for block in styles if not self.learn(block)]

    def learn(self, block: Style) -> bool:
        """Take in one more style sheet; whether all that it says was understood."""
        is_whole = True
        # Cut at the braces and not by one expression, so that a hostile sheet costs no more than its length.
        *rules, rest = _COMMENT.sub(" ", block.text).split("}")
        for rule in rules:
            selectors, brace, declarations = rule.partition("{")
            matches = [_SELECTOR.fullmatch(selector.strip()) for selector in selectors.split(",")]
            meaning = [self._meaning(declaration) for declaration in declarations.split(";") if declaration.strip()]
            if not brace or not all(matches) or not all(meaning):
                is_whole = False
            for match in filter(None, matches):
                for value in filter(None, meaning):
                    if value in ("i", "b", "u", "s"):
                        self.spans.setdefault(match[1], set()).add(value)
                    elif value != _USUAL:
                        self.colour[match[1]] = value
        return is_whole and not rest.strip()

    @staticmethod
    def _meaning(declaration: str) -> str:
        name, _, value = declaration.partition(":")
        name, value = name.strip().lower(), value.strip().lower()
        if name == "color":
            if match := _RGB.fullmatch(value):
                return "#" + "".join([f"{min(int(part), 255):02x}" for part in match.groups()])
            return parse_colour(value) if value[:1] == "#" or value.isalpha() else ""
        return _SPANS.get((name, value), "")

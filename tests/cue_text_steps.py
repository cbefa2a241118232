"""The cue text parsing rules of the WebVTT specification (6.4), step by step and character by character.

Written to be compared with the text of the specification and not to be fast: the judge of `captionkit.markup.webvtt`.
Character references are resolved by the state machine of HTML (13.2.5.72 to 13.2.5.80) over Python's copy of its table.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html.entities import html5

from captionkit.markup import End, Event, Stamp, Start, Text

_WINDOWS_1252 = {
    0x80: "\u20ac", 0x82: "\u201a", 0x83: "\u0192", 0x84: "\u201e", 0x85: "\u2026", 0x86: "\u2020", 0x87: "\u2021",
    0x88: "\u02c6", 0x89: "\u2030", 0x8A: "\u0160", 0x8B: "\u2039", 0x8C: "\u0152", 0x8E: "\u017d", 0x91: "\u2018",
    0x92: "\u2019", 0x93: "\u201c", 0x94: "\u201d", 0x95: "\u2022", 0x96: "\u2013", 0x97: "\u2014", 0x98: "\u02dc",
    0x99: "\u2122", 0x9A: "\u0161", 0x9B: "\u203a", 0x9C: "\u0153", 0x9E: "\u017e", 0x9F: "\u0178",
}  # fmt: skip
_LONGEST_NAME = max(map(len, html5))


def character_reference(text: str, position: int) -> tuple[str, int] | None:
    """Consume a character reference whose `&` stands before `position`; (characters, new position) or None."""
    if text[position : position + 1] == "#":
        return _numeric(text, position + 1)
    for length in range(_LONGEST_NAME, 0, -1):
        name = text[position : position + length]
        if len(name) == length and name in html5:
            return html5[name], position + length
    return None


def _numeric(text: str, position: int) -> tuple[str, int] | None:
    digits = "0123456789"
    base = 10
    if text[position : position + 1] in ("x", "X"):
        digits, base, position = "0123456789abcdefABCDEF", 16, position + 1
    code, any_digit = 0, False
    while position < len(text) and text[position] in digits:
        code, any_digit, position = min(code * base + int(text[position], base), 0x110000), True, position + 1
    if not any_digit:
        return None
    if text[position : position + 1] == ";":
        position += 1
    if code == 0 or code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        return "\ufffd", position
    return _WINDOWS_1252.get(code, chr(code)), position


@dataclass
class Token:
    kind: str
    value: str
    classes: list[str] = field(default_factory=list)
    annotation: str = ""


def next_token(text: str, position: int) -> tuple[Token, int]:
    """The WebVTT cue text tokenizer, 6.4.1."""
    state, result, buffer = "data", "", ""
    classes: list[str] = []
    while True:
        c = text[position] if position < len(text) else None
        if state == "data":
            if c == "&":
                found = character_reference(text, position + 1)
                result, position = (result + "&", position + 1) if found is None else (result + found[0], found[1])
                continue
            if c == "<":
                if result:
                    return Token("string", result), position
                state = "tag"
            elif c is None:
                return Token("string", result), position
            else:
                result += c
        elif state == "tag":
            if c in ("\t", "\n", "\f", " "):
                state = "annotation"
            elif c == ".":
                state = "class"
            elif c == "/":
                state = "end tag"
            elif c is not None and c in "0123456789":
                result, state = c, "timestamp"
            elif c == ">":
                return Token("start", ""), position + 1
            elif c is None:
                return Token("start", ""), position
            else:
                result, state = c, "start tag"
        elif state == "start tag":
            if c in ("\t", "\f", " "):
                state = "annotation"
            elif c == "\n":
                buffer, state = c, "annotation"
            elif c == ".":
                state = "class"
            elif c == ">":
                return Token("start", result), position + 1
            elif c is None:
                return Token("start", result), position
            else:
                result += c
        elif state == "class":
            if c in ("\t", "\f", " "):
                classes.append(buffer)
                buffer, state = "", "annotation"
            elif c == "\n":
                classes.append(buffer)
                buffer, state = c, "annotation"
            elif c == ".":
                classes.append(buffer)
                buffer = ""
            elif c == ">" or c is None:
                classes.append(buffer)
                return Token("start", result, classes), position + (c is not None)
            else:
                buffer += c
        elif state == "annotation":
            if c == "&":
                found = None if text[position + 1 : position + 2] == ">" else character_reference(text, position + 1)
                # A reference never reaches over a ">": no name and no number has one.
                buffer, position = (buffer + "&", position + 1) if found is None else (buffer + found[0], found[1])
                continue
            if c == ">" or c is None:
                words = [word for word in _split(buffer) if word]
                return Token("start", result, classes, " ".join(words)), position + (c is not None)
            buffer += c
        elif state == "end tag":
            if c == ">" or c is None:
                return Token("end", result), position + (c is not None)
            result += c
        else:
            if c == ">" or c is None:
                return Token("timestamp", result), position + (c is not None)
            result += c
        position += 1


def _split(text: str) -> list[str]:
    for space in "\t\n\f\r":
        text = text.replace(space, " ")
    return text.split(" ")


def timestamp(text: str) -> int | None:
    """Collect a WebVTT timestamp (6.3), which must be the whole text."""
    digits = "0123456789"
    position = 0

    def collect() -> str:
        nonlocal position
        start = position
        while position < len(text) and text[position] in digits:
            position += 1
        return text[start:position]

    def skip(character: str) -> bool:
        nonlocal position
        position += 1
        return text[position - 1 : position] == character

    units = "minutes"
    first = collect()
    if not first:
        return None
    if len(first) != 2 or int(first) > 59:
        units = "hours"
    if not skip(":"):
        return None
    second = collect()
    if len(second) != 2:
        return None
    if units == "hours" or text[position : position + 1] == ":":
        if not skip(":"):
            return None
        third = collect()
        if len(third) != 2:
            return None
        hours, minutes, seconds = int(first), int(second), int(third)
    else:
        hours, minutes, seconds = 0, int(first), int(second)
    if not skip("."):
        return None
    fourth = collect()
    if len(fourth) != 3 or minutes > 59 or seconds > 59 or position < len(text):
        return None
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + int(fourth)


def parse(text: str) -> list[Event]:
    """The WebVTT cue text parsing rules, 6.4, with the tree written down as it is walked."""
    events: list[Event] = []
    stack: list[str] = []
    position = 0
    while position < len(text):
        token, position = next_token(text, position)
        current = stack[-1] if stack else ""
        if token.kind == "string":
            if events and isinstance(events[-1], Text):
                events[-1] = Text(events[-1].value + token.value)
            elif token.value:
                events.append(Text(token.value))
        elif token.kind == "timestamp":
            if (ms := timestamp(token.value)) is not None:
                events.append(Stamp(ms))
        elif token.kind == "start":
            name = token.value
            if name in ("c", "i", "b", "u", "ruby", "v", "lang") or (name == "rt" and current == "ruby"):
                annotation = token.annotation if name in ("v", "lang") else ""
                events.append(Start(name, tuple(filter(None, token.classes)), annotation))
                stack.append(name)
        elif token.value and token.value == current:
            events.append(End(stack.pop()))
        elif token.value == "ruby" and current == "rt":
            events += [End(stack.pop()), End(stack.pop())]
    while stack:
        events.append(End(stack.pop()))
    return events

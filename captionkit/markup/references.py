"""Character references (`&amp;`), as HTML resolves them in text.

WebVTT section 6.4.2 asks for the HTML algorithm with its whole table, so a reference may lack its semicolon where the
table has such an entry (`&amp`, also in front of other letters: `&notit;` is `¬it;`). `html.unescape` is near, but it
drops control characters and noncharacters that the algorithm keeps (HTML 13.2.5.80), hence our own.
"""

from __future__ import annotations

import re

from captionkit.patterns import pattern

REFERENCE = pattern(r"&(?:#(?:[xX]([0-9A-Fa-f]+)|([0-9]+));?|([A-Za-z][A-Za-z0-9]*;?))")
_COMMON = {"amp;": "&", "lt;": "<", "gt;": ">", "nbsp;": "\u00a0", "lrm;": "\u200e", "rlm;": "\u200f", "quot;": '"'}
#: The same as they stand in a text; `&amp;` is last, because what it stands for may look like another.
_USUAL = tuple([(f"&{name}", character) for name, character in reversed(_COMMON.items())])
_LONGEST_WITHOUT_SEMICOLON = 6  # "Ccedil", "thorn" ...: the longest names in HTML's table that need no semicolon


def unescape(text: str) -> str:
    """The text with every character reference resolved; what is no reference stays as it stands."""
    if "&" not in text:
        return text
    if text.count("&") != sum([text.count(reference) for reference, _ in _USUAL]):
        return REFERENCE.sub(_resolve, text)
    # Each `&` belongs to one of these, so they can be replaced one after the other.
    for reference, character in _USUAL:
        text = text.replace(reference, character)
    return text


def escape(text: str) -> str:
    """The text as WebVTT cue text: `&`, `<`, and the `>` of an arrow, which would end the cue (section 4.2.2)."""
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    if "-->" in text:
        text = text.replace("-->", "--&gt;")
    return text


def escape_annotation(text: str) -> str:
    """The text as the annotation of a tag, where a `>` would end the tag and `--` before it would make an arrow."""
    text = text.replace("&", "&amp;").replace(">", "&gt;")
    return f"{text[:-1]}&#45;" if text.endswith("--") else text


def _resolve(match: re.Match[str]) -> str:
    hexadecimal, decimal, name = match.groups()
    if name is None:
        digits, base = (hexadecimal, 16) if hexadecimal else (decimal, 10)
        digits = digits.lstrip("0")
        # More digits than the last code point has: out of range, and no need to count how far.
        return _character(int(digits or "0", base)) if len(digits) < 9 else "\ufffd"
    if name in _COMMON:
        return _COMMON[name]
    from html.entities import html5  # 2,231 entries; most files never get here

    if name in html5:
        return html5[name]
    for length in range(min(len(name), _LONGEST_WITHOUT_SEMICOLON), 1, -1):
        if (prefix := name[:length]) in html5:
            return html5[prefix] + name[length:]
    return match.group()


def _character(code: int) -> str:
    """HTML 13.2.5.80: null, surrogates and what is out of range become U+FFFD; 80 to 9F are read as windows-1252."""
    if code == 0 or code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        return "\ufffd"
    if 0x80 <= code <= 0x9F:
        return bytes([code]).decode("cp1252", "ignore") or chr(code)
    return chr(code)

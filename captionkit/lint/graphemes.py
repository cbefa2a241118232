"""Counting characters and words the way caption standards do. Pure.

What a person takes for one character may be several code points: a letter with its accents, a flag, a family emoji, a
Korean syllable in parts. Standards limit what is read, so extended grapheme clusters are counted (Unicode Annex 29),
and what has no width at all (control characters, zero-width spaces, direction marks) is not. Spaces and punctuation
count, line breaks do not.
"""

from __future__ import annotations

import unicodedata

from captionkit.patterns import pattern

# Scripts whose common letters are one code point a character and have no zero-width members here: most files end here.
_OWN = (
    r"\n\x20-\x7e\xa0-\xac\xae-\u02ff\u0370-\u0482\u048a-\u0590\u05d0-\u05ea\u060c\u061b\u061f-\u064a\u0660-\u066f"
    r"\u0671-\u06d3\u0904-\u0939\u0e01-\u0e30\u10a0-\u10ff\u1e00-\u1fff\u2010-\u2027\u2030-\u205e\u20a0-\u20bf"
    r"\u2190-\u2319\u3000-\u3029\u3030-\u3098\u309b-\ua4cf\uac00-\ud7a3\uff01-\uff9d"
)
_PLAIN = pattern(f"[{_OWN}]*")
_OTHER = pattern(f"[^{_OWN}]")
#: A text with more kinds of marks than this is counted character by character.
_MOST_MARKS = 16
_REGIONAL = range(0x1F1E6, 0x1F200)
_ZWJ = "\u200d"


def is_plain(text: str) -> bool:
    """Whether every code point of this text is a character of its own."""
    return _PLAIN.fullmatch(text) is not None


def marks_in(text: str) -> tuple[str, ...] | None:
    """The characters of a text that count as none, where each of the others counts as one whatever stands beside it;
    None where that is not so: in flags, in emoji that are joined, in Korean syllables in parts."""
    others = set(_OTHER.findall(text))
    kinds = {character: _kind(character) for character in others}
    if not {"shown", "extend", "skip"}.issuperset(kinds.values()):
        return None
    marks = tuple(character for character, kind in kinds.items() if kind != "shown")
    return marks if len(marks) <= _MOST_MARKS else None


def length(text: str) -> int:
    """Visible characters: grapheme clusters, without line breaks and without what has no width."""
    if text.isascii() and text.isprintable():
        return len(text)
    if is_plain(text):
        return len(text) - text.count("\n")
    count = 0
    joined = False  # the character before was a zero-width joiner after something shown
    flag_open = False
    hangul_open = False
    for character in text:
        kind = _kind(character)
        if kind == "skip":
            continue
        if kind == "joiner":
            joined = count > 0
            continue
        if kind == "extend":
            continue
        if kind == "regional":
            if not flag_open:
                count += 1
            flag_open = not flag_open
            joined = hangul_open = False
            continue
        flag_open = False
        if kind == "hangul-tail" and hangul_open:
            continue
        if not joined:
            count += 1
        hangul_open = kind == "hangul-lead" or "\uac00" <= character <= "\ud7a3"
        joined = False
    return count


def width(text: str) -> float:
    """Visible characters where a full-width one counts 1 and any other 0.5: the Chinese, Japanese, Korean way."""
    return sum(map(_WIDTHS.__getitem__, text), 0.0)


class _Widths(dict[str, float]):
    """The width of each character, worked out when it is first met."""

    def __missing__(self, character: str) -> float:
        if _kind(character) in ("skip", "joiner", "extend"):
            width = 0.0
        else:
            width = 1.0 if unicodedata.east_asian_width(character) in "WF" else 0.5
        self[character] = width
        return width


_WIDTHS = _Widths()


_KINDS: dict[str, str] = {}


def _kind(character: str) -> str:
    kind = _KINDS.get(character)
    if kind is None:
        kind = _KINDS[character] = _classify(character)
    return kind


def _classify(character: str) -> str:
    if character == _ZWJ:
        return "joiner"
    if character == "\t":
        return "shown"  # as a space
    point = ord(character)
    if point in _REGIONAL:
        return "regional"
    if 0x1F3FB <= point <= 0x1F3FF or 0xFE00 <= point <= 0xFE0F or 0xE0020 <= point <= 0xE007F:
        return "extend"
    if 0x1160 <= point <= 0x11FF:
        return "hangul-tail"
    if 0x1100 <= point <= 0x115F:
        return "hangul-lead"
    category = unicodedata.category(character)
    if category in ("Mn", "Me", "Mc"):
        # Spacing marks (Mc) belong to their letter in Indic scripts: UAX 29, SpacingMark.
        return "extend"
    if category in ("Cc", "Cf", "Zl", "Zp"):
        return "skip"
    return "shown"

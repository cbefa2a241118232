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
_PLAIN = pattern(
    r"[\n\x20-\x7e\xa0-\xac\xae-\u02ff\u0370-\u0482\u048a-\u0590\u10a0-\u10ff\u1e00-\u1fff\u2010-\u2027\u2030-\u205e"
    r"\u20a0-\u20bf\u2190-\u2319\u3000-\u3029\u3030-\u3098\u309b-\ua4cf\uac00-\ud7a3\uff01-\uff9d]*"
)
_REGIONAL = range(0x1F1E6, 0x1F200)
_ZWJ = "\u200d"


def is_plain(text: str) -> bool:
    """Whether every code point of this text is a character of its own."""
    return _PLAIN.fullmatch(text) is not None


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
    total = 0.0
    for character in text:
        if _kind(character) in ("skip", "joiner", "extend"):
            continue
        total += 1.0 if unicodedata.east_asian_width(character) in "WF" else 0.5
    return total


_KINDS: dict[str, str] = {}


def _kind(character: str) -> str:
    kind = _KINDS.get(character)
    if kind is None:
        kind = _KINDS[character] = _classify(character)
    return kind


def _classify(character: str) -> str:
    if character == _ZWJ:
        return "joiner"
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

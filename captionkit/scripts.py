"""What scripts do that is not said by Unicode's categories. Pure."""

from __future__ import annotations


def is_unspaced(character: str) -> bool:
    """Whether the character is of a script without spaces: Chinese, Japanese, Thai, Lao, Khmer, Burmese."""
    point = ord(character)
    return (
        (0x2E80 <= point <= 0x9FFF and point != 0x3000)
        or 0x0E00 <= point <= 0x0EFF
        or 0x1000 <= point <= 0x109F
        or 0x1780 <= point <= 0x17FF
        or 0xF900 <= point <= 0xFAFF
        or 0xFF00 <= point <= 0xFF65
        or 0x20000 <= point <= 0x3FFFF
    )

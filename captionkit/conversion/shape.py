"""Texts that differ in their words alone: what markup becomes is worked out once for all of them.

Theory of operation. A file writes its markup in a few ways, and uses each again and again: `<I>words</I>`, or
`{\\an8}<font color=red>words</font>`. What becomes of the tags does not depend on the words between them, as long as
these are only words. So a text is cut at its tags and line ends; each stretch of words is replaced by a mark; what is
left is the shape. The shape is rendered as if it were a text, and the words go to where the marks went.
"""

from __future__ import annotations

import re
from typing import NamedTuple

#: Stands for words. For private use: it means nothing, and nothing in either format looks at it.
_MARK = "\ue000"
_TAGS = re.compile(r"(<[^<>]*>|\{[^{}]*\}|\n)")
#: What is not only words; a bracket outside of a tag is not either.
_ODD = re.compile("[<>{}\r\0\u200c\ue000]")


#: Texts longer than this are no captions, and what has their shape will hardly come again.
_LONGEST = 1000


class Shape(NamedTuple):
    """A text without its words.

    Attributes:
        text: with a mark for each stretch of words. Stretches of nothing but white space stand as they stood.
        words: in order.
    """

    text: str
    words: list[str]


def shape_of(text: str) -> Shape | None:
    """The shape of a text; None for one in which more than its tags may mean something."""
    if len(text) > _LONGEST:
        return None
    parts = _TAGS.split(text)
    stretches = parts[::2]
    if _ODD.search("".join(stretches)):
        return None
    words = [stretch for stretch in stretches if stretch.strip()]
    parts[::2] = [_MARK if stretch.strip() else stretch for stretch in stretches]
    return Shape("".join(parts), words)


def filled(rendered: str, words: list[str]) -> str:
    """What was rendered of a shape, with words for its marks."""
    parts = rendered.split(_MARK)
    pieces = [""] * (2 * len(parts) - 1)
    pieces[::2] = parts
    pieces[1::2] = words
    return "".join(pieces)

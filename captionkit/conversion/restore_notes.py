"""What WebVTT cannot say of an SRT file, carried through it in NOTE blocks so that the way back can restore it.

    NOTE captionkit {"for": "9d2f01aa", "text": "{\\\\an8}<I>Hello</I>"}

A note stands right before the cue it is about; one about the whole file has the key "file". Browsers skip notes. What a
note says of a cue's text and place holds only while the cue is still the one that the conversion wrote, which `for`
tells: the CRC-32 of the cue's text and settings. A person may edit the file in between, and the edit must win.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from captionkit.model import Note

_MARK = "NOTE captionkit {"
# An arrow would make a cue of the note; the others end a line for some readers though not for WebVTT.
_UNSAFE = (("-->", "--\\u003e"), ("\u2028", "\\u2028"), ("\u2029", "\\u2029"), ("\x85", "\\u0085"), ("\x7f", "\\u007f"))


def note(said: dict[str, Any]) -> Note:
    """A note that carries this."""
    return Note(text_of(said))


def text_of(said: dict[str, Any]) -> str:
    """The text of a note that carries this, one line."""
    text = _encoder()(said)
    for unsafe, escaped in _UNSAFE:
        if unsafe in text:
            text = text.replace(unsafe, escaped)
    return f"NOTE captionkit {text}"


@cache
def _encoder() -> Callable[[dict[str, Any]], str]:
    from json.encoder import JSONEncoder, encode_basestring

    whole = JSONEncoder(ensure_ascii=False).encode

    def encode(said: dict[str, Any]) -> str:
        """The same as `whole`, at a third of the cost where all that is said is text, as it mostly is."""
        if set(map(type, said.values())) == {str}:
            return "{" + ", ".join([f'"{key}": {encode_basestring(value)}' for key, value in said.items()]) + "}"
        return whole(said)

    return encode


def content_of(block: Note) -> dict[str, Any] | None:
    """What the note carries; None for a note of somebody else, or one that no longer reads."""
    if not block.text.startswith(_MARK):
        return None
    import json

    try:
        said = json.loads(block.text.removeprefix("NOTE captionkit "))
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def check(text: str, settings: str) -> str:
    """The check that ties a note to what its cue says."""
    import zlib

    said = f"{settings}\n{text}"
    return f"{zlib.crc32(said.encode('utf-8', 'surrogatepass')):08x}"

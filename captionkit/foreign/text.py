"""Bytes of other formats to text with LF line ends, in the encoding that a person names or the bytes show. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import TYPE_CHECKING, NamedTuple

from captionkit import decoding
from captionkit.languages import language_of_name

if TYPE_CHECKING:
    from captionkit.foreign.reading import Reading


def decoded(data: bytes, reading: Reading) -> str:
    """The text of a file; where its encoding is a guess, that is remarked."""
    options = reading.options
    found = decoding.decode(data, options.encoding, lambda: options.language or language_of_name(options.path))
    if found.is_guess:
        said = next((one.message for one in found.diagnostics if one.code == "ENC001"), "The encoding is a guess.")
        reading.remark(f"{said} If letters are wrong, name another one: --encoding.")
    return decoding.flatten(found.text).text


def shortened(text: str) -> str:
    """The text in one line of at most 40 characters, to be named in a message."""
    text = " ".join(text.split())
    return text if len(text) <= 40 else f"{text[:39]}…"


def counted(number: int, thing: str) -> str:
    """ "1 line", "1,200 lines"."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


_ATTRIBUTE = re.compile(r"""(?<![A-Za-z-])([A-Za-z][A-Za-z-]*+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+))""")


def attributes(text: str) -> dict[str, str]:
    """What stands in a tag behind its name, names in lower case."""
    return {m[1].lower(): unescape(m[2] or m[3] or m[4] or "") for m in _ATTRIBUTE.finditer(text)}


_DECLARES = re.compile(r"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def refuse_entities(text: str, reading: Reading) -> None:
    """Raise where XML declares a document type or entities."""
    if match := _DECLARES.search(text):
        raise reading.error(
            "it declares a document type or entities, which captions do not need and attacks are made of",
            "If you trust the file, delete what stands between <! and > at its top in a text editor.",
            line=text.count("\n", 0, match.start()) + 1,
        )


class Tag(NamedTuple):
    """A tag: its name in lower case, whether it ends something, and what else stands in it; where it begins."""

    name: str
    ends: bool
    rest: str
    start: int


_TAG = re.compile(r"<!--|<(/?)([A-Za-z][A-Za-z0-9]*)([^<>]*)>")


def pieces(text: str, at: int = 0) -> Iterator[str | Tag]:
    """Words and tags in turn, from this place on, without comments. What looks like no tag is words."""
    while match := _TAG.search(text, at):
        if match.start() > at:
            yield text[at : match.start()]
        at = match.end()
        if match[2] is None:
            closed = text.find("-->", at)
            at = closed + 3 if closed >= 0 else len(text)
        else:
            yield Tag(match[2].lower(), bool(match[1]), match[3], match.start())
    if at < len(text):
        yield text[at:]

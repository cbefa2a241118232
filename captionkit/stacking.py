"""Cues with the same times as one: two languages, or two lines, that are to be seen together. Pure."""

from __future__ import annotations

import re

from captionkit.model import Block, Cue, Document

_TAG = re.compile(r"<(/?)([A-Za-z]+)(?:[.\s][^<>]*)?>")
_PLACE = re.compile(r"\{\\an?\d+\}")


def stack(document: Document) -> Document:
    """The document with each run of cues that have the same times as one cue, their texts below each other.

    Texts that are the same stand there once. Cues that are shown at different places (other settings, another
    `{\\an8}`) stay apart: one cue has one place.
    """
    blocks: list[Block] = []
    texts: dict[tuple[int, int, str, str], dict[str, None]] = {}
    places: dict[tuple[int, int, str, str], int] = {}
    for block in document.blocks:
        if type(block) is Cue and block.text:
            place = _PLACE.match(block.text)
            key = (block.start, block.end, block.settings, place[0] if place else "")
            if key in places:
                texts[key][block.text[place.end() :] if place else block.text] = None
                continue
            places[key], texts[key] = len(blocks), {block.text: None}
        blocks.append(block)
    for key, at in places.items():
        first = blocks[at]
        if len(texts[key]) > 1 and type(first) is Cue:
            *above, last = texts[key]
            blocks[at] = first._replace(text="\n".join([*map(_closed, above), last]))
    made = document.with_blocks(blocks)
    return _numbered(made) if document.format == "srt" else made


def _closed(text: str) -> str:
    """The text with what is open at its end closed, so that it does not reach into the text below."""
    open_tags: list[str] = []
    for match in _TAG.finditer(text) if "<" in text else ():
        if not match[1]:
            open_tags.append(match[2])
        elif match[2] in open_tags:
            while open_tags.pop() != match[2]:
                pass
    return text + "".join([f"</{name}>" for name in reversed(open_tags)])


def _numbered(document: Document) -> Document:
    return document.with_cues(
        [
            cue if cue.identifier == str(number) else cue._replace(identifier=str(number))
            for number, cue in enumerate(document.cues, 1)
        ]
    )

"""Which captions of a TTML file are in which language, and which of them a person means."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping

from captionkit.foreign.ttml_times import TT

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def languages_spoken(body: ET.Element, language: str) -> Iterator[tuple[ET.Element, str]]:
    """Each div and p with the language that it, or a div around it, says; a div of several has none of its own."""
    stack = [(body, body.get(XML_LANG, language))]
    while stack:
        element, own = stack.pop()
        for child in element:
            if child.tag == f"{TT}div":
                stack.append((child, child.get(XML_LANG, own)))
            elif child.tag == f"{TT}p":
                yield child, own


def stand_for_each_other(by_caption: Mapping[ET.Element, str]) -> bool:
    """Whether captions in one language begin when and where those in another do: a viewer is to see one of them."""
    begins: dict[str, set[tuple[str, str]]] = {}
    for p, language in by_caption.items():
        if "begin" in p.attrib:
            begins.setdefault(language, set()).add((p.attrib["begin"], p.get("region", "")))
    sets = sorted(begins.values(), key=len)
    return len(sets) > 1 and 2 * len(sets[0] & set().union(*sets[1:])) >= len(sets[0])


def matching(wanted: str, languages: list[str]) -> str:
    """The language among these that a person means: the very tag, else one that begins so, or the other way round."""
    plain = wanted.lower().replace("_", "-")
    for same in (
        lambda tag: tag == plain,
        lambda tag: tag.startswith(f"{plain}-"),
        lambda tag: plain.startswith(f"{tag}-"),
        lambda tag: tag.partition("-")[0] == plain.partition("-")[0],
    ):
        if found := [language for language in languages if same(language.lower())]:
            return found[0]
    return ""

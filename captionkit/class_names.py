"""The classes of WebVTT files that become one file: the same name may mean another look in each.

What a file's style sheets declare for a class is its meaning; a class that a file uses and does not declare means what
players make of it. Where a name means something else already, the later file's class gets another name, in its style
sheets and in its cues.
"""

from __future__ import annotations

import re

from captionkit.model import Cue, Document, Style
from captionkit.patterns import pattern

_RULE = pattern(r"([^{}]*)\{([^{}]*)\}")
_COMMENT = pattern(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_SELECTOR = pattern(r"::cue\(([^()]*)\)")
_CLASS = pattern(r"\.(-?[A-Za-z_][\w-]*)")
_TAG = pattern(r"<(?!/)[^\s<>]*\.[^<>]*>")


def meanings(document: Document) -> dict[str, str]:
    """The classes that a file declares or uses, and what they mean: its declarations; "" for none."""
    found: dict[str, list[str]] = {}
    for cue in document.cues:
        if "<" in cue.text:
            for tag in _TAG.findall(cue.text):
                for name in _CLASS.findall(re.split(r"[\s>]", tag, maxsplit=1)[0]):
                    found.setdefault(name, [])
    for block in document.styles:
        for selectors, declarations in _RULE.findall(_COMMENT.sub(" ", block.text)):
            rules = "; ".join(sorted("".join(one.split()).lower() for one in declarations.split(";") if one.strip()))
            for selector in _SELECTOR.findall(selectors):
                for name in _CLASS.findall(selector):
                    found.setdefault(name, []).append(f"{_CLASS.sub('.', selector).strip()}{{{rules}}}")
    return {name: " ".join(sorted(rules)) for name, rules in found.items()}


def for_all_cues(block: Style) -> str:
    """What a style sheet says of every cue, or of cues by their tags: it would change another file's cues as well."""
    rules = []
    for selectors, declarations in _RULE.findall(_COMMENT.sub(" ", block.text)):
        for selector in selectors.split(","):
            within = _SELECTOR.search(selector)
            if "::cue" in selector and "::cue-region" not in selector and not (within and _CLASS.search(within[1])):
                rules.append(f"{' '.join(selector.split())} {{{' '.join(declarations.split())}}}")
    return "; ".join(rules)


def clashes(own: dict[str, str], taken: dict[str, str]) -> dict[str, str]:
    """The classes that need another name, and which; adds what these names mean to `taken`."""
    renamed: dict[str, str] = {}
    for name, meaning in own.items():
        fresh, number = name, 2
        while taken.setdefault(fresh, meaning) != meaning or (fresh != name and fresh in own):
            fresh, number = f"{name}-{number}", number + 1
        if fresh != name:
            renamed[name] = fresh
    return renamed


def renamed_style(block: Style, renamed: dict[str, str]) -> Style:
    """The style sheet with other names for these classes."""
    if not renamed:
        return block
    return block._replace(text=_SELECTOR.sub(lambda match: _with_names(match[0], renamed), block.text))


def renamed_cue(cue: Cue, renamed: dict[str, str]) -> Cue:
    """The cue with other names for these classes."""
    if not renamed or "<" not in cue.text:
        return cue

    def tag(match: re.Match[str]) -> str:
        head = re.match(r"<[^\s>]*", match[0])
        end = head.end() if head else 0
        return _with_names(match[0][:end], renamed) + match[0][end:]

    text = _TAG.sub(tag, cue.text)
    return cue if text == cue.text else cue._replace(text=text)


def _with_names(text: str, renamed: dict[str, str]) -> str:
    return _CLASS.sub(lambda match: f".{renamed.get(match[1], match[1])}", text)

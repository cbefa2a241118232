"""Comments that switch rules off, in the file itself. WebVTT only: SRT has no comments.

    NOTE captionkit: ignore TIM003 -- two people talk at once      the next cue
    NOTE captionkit: ignore TIM003, SPD                            several rules, or whole families
    NOTE captionkit: ignore-file LAY001                            the whole file
    NOTE captionkit: off TIM003                                    from here ...
    NOTE captionkit: on TIM003                                     ... to here

Without codes all rules are meant (SUP003 says so). What stands after `--` is the reason, for the next reader. A comment
that switches off nothing is reported (SUP001), and so is a code that does not exist (SUP002).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from captionkit.lint.patterns import pattern
from captionkit.lint.rule import Finding, Rule
from captionkit.lint.settings import longest_prefix
from captionkit.model import Cue, Diagnostic, Document, Note

_COMMENT = pattern(r"^(?:NOTE[ \t]+)?captionkit:[ \t]*(ignore-file|ignore|off|on)\b([^\n\r]*)", re.MULTILINE)


class Suppression(NamedTuple):
    """One comment, as far as one code of it goes.

    Attributes:
        prefix: the code or family; "ALL" where the comment names none.
        first, last: the lines it covers.
        line: where the comment stands.
    """

    prefix: str
    first: int
    last: int
    line: int


class Suppressions:
    """The comments of one file, and which of them were needed."""

    def __init__(self, entries: list[Suppression]) -> None:
        self.entries = entries
        self.used: set[Suppression] = set()

    def covers(self, one: Diagnostic) -> bool:
        """Whether a comment switches this finding off; remembers which one did."""
        covering = [
            entry
            for entry in self.entries
            if (entry.prefix == "ALL" or one.code.startswith(entry.prefix))
            and (entry.first <= one.line <= entry.last or entry.first == 0)
        ]
        self.used.update(covering)
        return bool(covering)

    def findings(self, every: Mapping[str, Rule], enabled: Mapping[str, Rule]) -> dict[str, list[Finding]]:
        """What is wrong with the comments themselves, by code."""
        found: dict[str, list[Finding]] = {"SUP001": [], "SUP002": [], "SUP003": []}
        for entry in self.entries:
            if entry.prefix == "ALL":
                found["SUP003"].append(
                    Finding(
                        "this comment names no code, so it would hide faults nobody has seen yet",
                        entry.line, 1, hint="Name the codes: NOTE captionkit: ignore TIM003 -- reason",
                    )
                )  # fmt: skip
            elif not any(code.startswith(entry.prefix) for code in every):
                found["SUP002"].append(
                    Finding(f"no rule begins with {entry.prefix}", entry.line, 1, hint="`captionkit rules` lists them.")
                )
                continue
            # A rule that is off cannot be hidden, so a comment about it may be needed when it is on.
            if entry not in self.used and any(longest_prefix(code, (entry.prefix,)) >= 0 for code in enabled):
                what = "anything" if entry.prefix == "ALL" else entry.prefix
                found["SUP001"].append(
                    Finding(f"this comment no longer hides {what}", entry.line, 1, hint="Remove it.")
                )
        return found


def read_suppressions(document: Document) -> Suppressions:
    """All comments of a document that switch rules off."""
    entries: list[Suppression] = []
    open_since: dict[str, int] = {}
    blocks = document.blocks
    end = max((getattr(block, "line", 0) for block in blocks), default=0) + 1_000_000
    for at, block in enumerate(blocks):
        if type(block) is not Note or "captionkit:" not in block.text:
            continue
        for match in _COMMENT.finditer(block.text):
            line = block.line + block.text.count("\n", 0, match.start())
            for prefix in _codes(match[2]):
                if match[1] == "ignore":
                    cue = next((later for later in blocks[at + 1 :] if type(later) is Cue), None)
                    first, last = (cue.line, cue.last_line) if cue else (line, line)
                    entries.append(Suppression(prefix, first, last, line))
                elif match[1] == "ignore-file":
                    entries.append(Suppression(prefix, 0, end, line))
                elif match[1] == "off":
                    open_since.setdefault(prefix, line)
                elif prefix == "ALL":
                    entries += [Suppression(p, first, line, first) for p, first in open_since.items()]
                    open_since.clear()
                elif prefix in open_since:
                    first = open_since.pop(prefix)
                    entries.append(Suppression(prefix, first, line, first))
    entries += [Suppression(prefix, first, end, first) for prefix, first in open_since.items()]
    return Suppressions(entries)


def _codes(rest: str) -> list[str]:
    named = rest.split("--", 1)[0]
    return [word for word in re.split(r"[\s,]+", named) if word] or ["ALL"]

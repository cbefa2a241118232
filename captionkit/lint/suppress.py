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
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter
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
    """The comments of one file, and which of them were needed.

    The lines that the comments of one code cover are the same or apart: `ignore` covers one cue, `off` goes to the next
    `on`. So the comments that cover a finding are looked up by its code and its line, not one after the other.
    """

    def __init__(self, entries: list[Suppression]) -> None:
        self.entries = entries
        self._used: set[tuple[str, int, int]] = set()
        spans: dict[tuple[str, bool], set[tuple[int, int]]] = {}
        for prefix, first, last, line in entries:
            is_run = first == line < last  # of `off`; one of `ignore` with no cue after it is its own line
            spans.setdefault((prefix, is_run), set()).add((first, last))
        self._spans = {key: sorted(found) for key, found in spans.items()}

    def covers(self, one: Diagnostic) -> bool:
        """Whether a comment switches this finding off; remembers which ones did."""
        covering = [
            (prefix, *span)
            for prefix in ("ALL", *(one.code[: length + 1] for length in range(len(one.code))))
            for is_run in (False, True)
            for span in _around(self._spans.get((prefix, is_run), ()), one.line)
        ]
        self._used.update(covering)
        return bool(covering)

    def _is_used(self, entry: Suppression) -> bool:
        return entry[:3] in self._used

    def findings(self, every: Mapping[str, Rule], enabled: Mapping[str, Rule]) -> dict[str, list[Finding]]:
        """What is wrong with the comments themselves, by code."""
        found: dict[str, list[Finding]] = {"SUP001": [], "SUP002": [], "SUP003": []}
        prefixes = {entry.prefix for entry in self.entries}
        unknown = {prefix for prefix in prefixes if not any(code.startswith(prefix) for code in every)}
        of_use = {prefix for prefix in prefixes if any(longest_prefix(code, (prefix,)) >= 0 for code in enabled)}
        for entry in self.entries:
            if entry.prefix == "ALL":
                found["SUP003"].append(
                    Finding(
                        "this comment names no code, so it would hide faults nobody has seen yet",
                        entry.line, 1, hint="Name the codes: NOTE captionkit: ignore TIM003 -- reason",
                    )
                )  # fmt: skip
            elif entry.prefix in unknown:
                found["SUP002"].append(
                    Finding(f"no rule begins with {entry.prefix}", entry.line, 1, hint="`captionkit rules` lists them.")
                )
                continue
            # A rule that is off cannot be hidden, so a comment about it may be needed when it is on.
            if not self._is_used(entry) and entry.prefix in of_use:
                what = "anything" if entry.prefix == "ALL" else entry.prefix
                found["SUP001"].append(
                    Finding(f"this comment no longer hides {what}", entry.line, 1, hint="Remove it.")
                )
        return found


def _around(spans: Sequence[tuple[int, int]], line: int) -> Iterator[tuple[int, int]]:
    """The spans that cover this line, of spans that are apart but for those that cover the whole file."""
    if spans and spans[0][0] == 0:
        yield spans[0]
    place = bisect_right(spans, line, key=itemgetter(0)) - 1
    if place >= 0 and spans[place][0] > 0 and line <= spans[place][1]:
        yield spans[place]


def read_suppressions(document: Document) -> Suppressions:
    """All comments of a document that switch rules off."""
    entries: list[Suppression] = []
    open_since: dict[str, int] = {}
    blocks = document.blocks
    end = max((getattr(block, "line", 0) for block in blocks), default=0) + 1_000_000
    cue: Cue | None = None
    cue_after: list[Cue | None] = []
    for block in reversed(blocks):
        cue_after.append(cue)
        cue = block if type(block) is Cue else cue
    cue_after.reverse()
    for block, cue in zip(blocks, cue_after, strict=True):
        if type(block) is not Note or "captionkit:" not in block.text:
            continue
        line, counted = block.line, 0
        for match in _COMMENT.finditer(block.text):
            line += block.text.count("\n", counted, match.start())
            counted = match.start()
            for prefix in _codes(match[2]):
                if match[1] == "ignore":
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

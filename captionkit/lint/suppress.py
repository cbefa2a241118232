"""Comments that switch rules off, in the file itself. WebVTT only: SRT has no comments.

    NOTE captionkit: ignore TIM003 -- two people talk at once      the next cue
    NOTE captionkit: ignore TIM003, SPD                            several rules, or whole families
    NOTE captionkit: ignore-file LAY001                            the whole file
    NOTE captionkit: off TIM003                                    from here ...
    NOTE captionkit: on TIM003                                     ... to here
    NOTE captionkit: off VTT, then on VTT201                       all but one: the last comment about a code counts

Without codes all rules are meant (SUP003 says so). What stands after `--` is the reason, for the next reader. A comment
that switches off nothing is reported (SUP001), and so is a code that does not exist (SUP002).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter
from typing import NamedTuple

from captionkit.lint.rule import RENAMED, Finding, Rule, current
from captionkit.lint.settings import longest_prefix
from captionkit.model import Cue, Diagnostic, Document, Note
from captionkit.patterns import pattern

_COMMENT = pattern(r"^(?:NOTE[ \t]+)?captionkit:[ \t]*(ignore-file|ignore|off|on)\b([^\n\r]*)", re.MULTILINE)


class Suppression(NamedTuple):
    """One comment, as far as one code of it goes.

    Attributes:
        prefix: the code or family; "ALL" where the comment names none.
        first, last: the lines it covers; of `off` and `on` the line of the comment.
        line: where the comment stands.
        given: the code as the comment names it.
    """

    prefix: str
    first: int
    last: int
    line: int
    given: str


class Suppressions:
    """The comments of one file, and which of them were needed.

    The lines that the comments of one code cover are the same or apart, since `ignore` covers one cue; and of the
    comments that switch off or on the last one above a finding counts. So the comments that cover a finding are looked
    up by its code and its line, not one after the other.

    Args:
        entries: the comments that cover a cue or the file.
        switches: the comments that switch off (True) or on, by line.
    """

    def __init__(self, entries: list[Suppression], switches: list[tuple[bool, Suppression]]) -> None:
        self.entries = entries
        self.switches = switches
        self._used: set[tuple[str, int, int]] = set()
        spans: dict[str, set[tuple[int, int]]] = {}
        for entry in entries:
            spans.setdefault(entry.prefix, set()).add((entry.first, entry.last))
        self._spans = {key: sorted(found) for key, found in spans.items()}
        self._by_code: dict[str, tuple[list[int], list[tuple[bool, Suppression]]]] = {}

    def covers(self, one: Diagnostic) -> bool:
        """Whether a comment switches this finding off; remembers which ones did."""
        covering = [
            (prefix, *span)
            for prefix in ("ALL", *(one.code[: length + 1] for length in range(len(one.code))))
            for span in _around(self._spans.get(prefix, ()), one.line)
        ]
        lines, switches = self._switches_about(one.code)
        at = bisect_right(lines, one.line)
        if at and switches[at - 1][0]:
            covering.append(switches[at - 1][1][:3])
        self._used.update(covering)
        return bool(covering)

    def _switches_about(self, code: str) -> tuple[list[int], list[tuple[bool, Suppression]]]:
        if code not in self._by_code:
            about = [one for one in self.switches if one[1].prefix == "ALL" or code.startswith(one[1].prefix)]
            self._by_code[code] = ([entry.line for _, entry in about], about)
        return self._by_code[code]

    def findings(self, every: Mapping[str, Rule], enabled: Mapping[str, Rule]) -> dict[str, list[Finding]]:
        """What is wrong with the comments themselves, by code."""
        found: dict[str, list[Finding]] = {"SUP001": [], "SUP002": [], "SUP003": [], "SUP004": []}
        hiding = [*self.entries, *(entry for is_off, entry in self.switches if is_off)]
        prefixes = {entry.prefix for entry in hiding}
        unknown = {prefix for prefix in prefixes if not any(code.startswith(prefix) for code in every)}
        # A rule that is off cannot be hidden, so a comment about it may be needed when it is on.
        of_use = {prefix for prefix in prefixes if any(longest_prefix(code, (prefix,)) >= 0 for code in enabled)}
        used = {(entry.line, entry.given) for entry in hiding if entry[:3] in self._used}
        for entry in {(entry.line, entry.given): entry for entry in hiding}.values():
            if entry.prefix == "ALL":
                message = "this comment names no code, so it would hide faults nobody has seen yet"
                hint = "Name the codes: NOTE captionkit: ignore TIM003 -- reason"
                found["SUP003"].append(Finding(message, entry.line, 1, hint=hint))
            elif entry.prefix in unknown:
                found["SUP002"].append(
                    Finding(f"no rule begins with {entry.prefix}", entry.line, 1, hint="`captionkit rules` lists them.")
                )
                continue
            if entry.prefix in of_use and (entry.line, entry.given) not in used:
                what = "anything" if entry.prefix == "ALL" else entry.given
                found["SUP001"].append(
                    Finding(f"this comment no longer hides {what}", entry.line, 1, hint="Remove it.")
                )
        what = "this comment switches on what nothing above it switched off"
        found["SUP001"] += [Finding(what, line, 1, hint="Remove it.") for line in self._idle_switches()]
        named = [*self.entries, *(entry for _, entry in self.switches)]
        for line, given in dict.fromkeys([(one.line, one.given) for one in named if one.given in RENAMED]):
            found["SUP004"].append(Finding(f"{given} is called {' and '.join(RENAMED[given])} now", line, 1))
        return found

    def _idle_switches(self) -> list[int]:
        """The lines of comments that switch on what is not off."""
        off: set[str] = set()
        idle: dict[int, None] = {}
        for is_off, (prefix, *_, line, _given) in self.switches:
            if is_off:
                off.add(prefix)
                continue
            inside = off if prefix == "ALL" else {one for one in off if one.startswith(prefix)}
            if not inside and not any(prefix.startswith(one) or one == "ALL" for one in off):
                idle[line] = None
            off = off - inside
        return list(idle)


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
    switches: list[tuple[bool, Suppression]] = []
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
            for prefix, given in _codes(match[2]):
                if match[1] == "ignore":
                    first, last = (cue.line, cue.last_line) if cue else (line, line)
                    entries.append(Suppression(prefix, first, last, line, given))
                elif match[1] == "ignore-file":
                    entries.append(Suppression(prefix, 0, end, line, given))
                else:
                    switches.append((match[1] == "off", Suppression(prefix, line, line, line, given)))
    return Suppressions(entries, switches)


def _codes(rest: str) -> list[tuple[str, str]]:
    """The codes that a comment names, as they are called now and as it names them."""
    named = [word for word in re.split(r"[\s,]+", rest.split("--", 1)[0]) if word] or ["ALL"]
    return [(now, given) for given in named for now in current((given,))]

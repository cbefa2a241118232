"""What a rule is, and how the rules are found.

How to add a rule: write one function in its family's file in `captionkit/lint/rules/`, with `@rule(...)` and
`@example(bad, good)` above it. Its name, with hyphens, is the rule's. The docstring is what `captionkit explain CODE`
prints: what it finds, why that matters, what to do. The examples are printed beside it and are its tests: the bad one
must make exactly this rule fire, the good one nothing at all. A new family is a new file in that folder; nothing lists
them.

How to add its fix: where characters of the cue's text become others, the finding says which (`spans=`) and the rule
what kind of fix that is (`fix=`). Any other fix is a function below the rule with `@fixes("TIM003", fix=UNSAFE)` above
it: it gets a `captionkit.lint.edits.FixTask` and gives the edited document, or None where there is nothing it can do.
The file's `ORDER` says when its fixes run: the bytes before the structure, the structure before the times, the times
before the lines. `captionkit.lint.fixing` says what no fix may do.

A rule's function takes a `Context` (one file, with what many rules need worked out once) and yields what the context's
`on_cue`, `in_text`, `on_line` and `on_file` return. It loops itself: a rule is called once a file, not once a cue.

Some faults only the reader can see (a missing blank line, a comma where a dot belongs), and what is wrong with
suppressions only the checker: such a rule is a `@row(...)` over a function that has documentation and no more.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from captionkit.findings import ERROR, HINT, INFO, NONE, READER_CODES, RESTORES, SAFE, UNSAFE, WARNING
from captionkit.library.wrong_file import NO_FACTS, Facts
from captionkit.lint.examples import GOOD, GOOD_SRT
from captionkit.model import Diagnostic, Document, Edit, Fix, Severity

if TYPE_CHECKING:
    from captionkit.lint.context import Context
    from captionkit.lint.edits import FixTask

__all__ = [
    "ERROR",
    "FAMILIES",
    "FIXED",
    "HINT",
    "INFO",
    "NONE",
    "RENAMED",
    "RESTORES",
    "SAFE",
    "UNSAFE",
    "WARNING",
    "Finding",
    "Fix",
    "FixStep",
    "Heard",
    "InFolder",
    "Rule",
    "Words",
    "current",
    "edit_of",
    "example",
    "fixes",
    "row",
    "rule",
    "rules",
    "steps",
]


class Finding(NamedTuple):
    """What a rule says about one place; the engine adds the code, the severity, the cue's number and time."""

    message: str
    line: int = 0
    column: int = 0
    end_line: int = 0
    end_column: int = 0
    cue: int | None = None  # the index of the cue, from 0
    hint: str = ""
    fix: Fix | None = None  # what may be done about it, where that is not what the rule says
    spans: tuple[tuple[int, int, str], ...] = ()  # of the cue's text: from, to, and what is to stand there


class Words(Enum):
    """What a fix does to the words."""

    KEPT = "kept"  # the same words in the file's order; what stood outside of cues may come in
    SORTED = "sorted"  # the same cues in another order
    REMOVED = "removed"  # some go, as the rule's documentation says
    REWRITTEN = "rewritten"  # letters change, as the rule's documentation says


@dataclass(frozen=True, eq=False, slots=True)
class FixStep:
    """One way to edit a document so that findings go.

    Attributes:
        codes: of the findings that it is for.
        fix: what kind of fix it is.
        words: what it does to the words.
        function: makes the edited document; None where there is nothing it can do.
        takes: what mending this very finding takes: more than `fix`, or NONE where it cannot be done.
        keeps_text: whether it leaves the text of all blocks as it is.
        order: when it runs among the others.
    """

    codes: tuple[str, ...]
    fix: Fix
    words: Words
    function: Callable[[FixTask], Document | None]
    takes: Callable[[Context, Diagnostic], Fix] | None = None
    keeps_text: bool = False
    order: int = 0


class Heard(NamedTuple):
    """What the sound of the recording beside a file says against it; `captionkit.sound.findings` makes them.

    Attributes:
        code: of the rule. line: of the cue that it is about; 0 for the file.
    """

    code: str
    message: str
    line: int = 0
    hint: str = ""


class InFolder(NamedTuple):
    """A file as a rule about folders sees it.

    Attributes:
        facts: what is compared of its content, where that was read.
        length_ms: of the recording beside it; 0 where not known.
        heard: what its sound says, where somebody listened to it.
    """

    path: str
    facts: Facts = NO_FACTS
    length_ms: int = 0
    heard: tuple[Heard, ...] = ()


#: The kinds of fixes that the program can make, each reaching further than the one before.
FIXED = (SAFE, RESTORES, UNSAFE)


#: A rule about files yields findings; one about folders yields pairs of a path and a finding.
RuleFunction = TypeVar("RuleFunction", bound=Callable[..., Iterable[Any]])


#: A file, or the files of a rule about folders.
Example = str | bytes | tuple[InFolder, ...]


class Rule(NamedTuple):
    """One rule.

    Attributes:
        code: three letters for the family, three digits. Never used again for something else.
        name: the same in words, with hyphens.
        severity: how bad it is, where no profile says otherwise.
        needs: characters of which the text of the cues must hold one for the rule to find anything; "" for none.
        default: whether it is on in the profiles that do not name it.
        documentation: what it finds, why that matters, what to do.
        fix: what may be done about its findings, where a finding does not say otherwise.
        words: what the fix does to the words, where the findings say what is to stand in the text.
        folder: whether it looks at all files together, not at one.
        kind: the one kind of track it is about ("chapters"); "" for all.
        profile: the profile under which `bad` and `good` are to be checked.
        file: the name of the file that `bad` and `good` stand for.
        arguments: further arguments of `captionkit.check` for the examples (language, duration, ...).
        limits: the names of the profile limits it holds a file to.
        figures: of a rule with a limit, what its findings measure: pairs of a cue's index and a figure.
        source: where the rule comes from, in words or as an address.
        bad, good: the examples; a folder rule has a tuple of files instead.
        good_file: the name of the file that `good` stands for, where it is another.
        function: what finds it; None where the reader or the checker does.
    """

    code: str
    name: str
    documentation: str
    severity: Severity
    fix: Fix
    file: str
    bad: Example
    good: Example
    good_file: str
    default: bool = True
    words: Words = Words.KEPT
    needs: str = ""
    folder: bool = False
    kind: str = ""
    profile: str = "default"
    arguments: Mapping[str, Any] = {}
    limits: tuple[str, ...] = ()
    figures: Callable[[Any], Sequence[tuple[int, float]]] | None = None
    source: str = ""
    function: Callable[[Any], Iterable[Any]] | None = None

    @property
    def family(self) -> str:
        return self.code[:3]

    @property
    def explanation(self) -> str:
        """The documentation, as a person reads it."""
        from inspect import cleandoc

        return cleandoc(self.documentation)

    @property
    def summary(self) -> str:
        """The first sentence of the documentation."""
        return " ".join(self.explanation.split("\n\n", 1)[0].split())


def rule(code: str, severity: Severity, fix: Fix = NONE, **about: Any) -> Callable[[RuleFunction], RuleFunction]:
    """Make the function below this a rule. The arguments are those of `Rule`."""

    def declare(function: RuleFunction) -> RuleFunction:
        _declare(code, severity, fix, function, function=function, **about)
        return function

    return declare


def row(code: str, **about: Any) -> Callable[[_Documented], _Documented]:
    """Make a rule of the name and documentation of the function below this: by itself one whose findings the reader
    makes, with the severity and the fix of `READER_CODES`. The arguments are those of `Rule`."""
    severity, fix = READER_CODES.get(code, (None, NONE))
    severity = about.pop("severity", severity)
    assert severity is not None, f"{code} has no severity"
    fix = about.pop("fix", fix)

    def declare(documented: _Documented) -> _Documented:
        _declare(code, severity, fix, documented, **about)
        return documented

    return declare


def example(bad: Example, good: Example = "", **about: Any) -> Callable[[_Documented], _Documented]:
    """Give the rule below its examples; `good` is by itself one ordinary cue. The arguments are those of `Rule`."""

    def declare(documented: _Documented) -> _Documented:
        _EXAMPLES[documented] = {"bad": bad, "good": good, **about}
        return documented

    return declare


_Documented = TypeVar("_Documented", bound=Callable[..., Any])
_EXAMPLES: dict[Callable[..., Any], dict[str, Any]] = {}


def _declare(code: str, severity: Severity, fix: Fix, documented: Callable[..., Any], **about: Any) -> None:
    """Add a rule with what is usual where its declaration does not say otherwise."""
    about |= _EXAMPLES[documented]
    about.setdefault("file", _usual_file(code, about["bad"]))
    about.setdefault("good_file", about["file"])
    about["good"] = about["good"] or (GOOD_SRT if about["file"].endswith(".srt") else GOOD)
    if not about.get("default", True) and "profile" not in about:
        about["arguments"] = {"select": code, **about.get("arguments", {})}
    name, documentation = documented.__name__.replace("_", "-"), documented.__doc__ or ""
    _DECLARED.append(Rule(code, name, documentation, severity, fix, **about))


def _usual_file(code: str, bad: Example) -> str:
    is_srt = code.startswith("SRT") or (isinstance(bad, str) and _NUMBERED.match(bad) and not code.startswith("VTT"))
    return "lecture.en.srt" if is_srt else "lecture.en.vtt"


_NUMBERED = re.compile(r"\ufeff?\d+[\r\n]")
_DECLARED: list[Rule] = []
_STEPS: list[FixStep] = []

_FixFunction = TypeVar("_FixFunction", bound=Callable[[Any], Document | None])


def fixes(
    *codes: str,
    fix: Fix,
    words: Words = Words.KEPT,
    takes: Callable[[Context, Diagnostic], Fix] | None = None,
    keeps_text: bool = False,
) -> Callable[[_FixFunction], _FixFunction]:
    """Make the function below this the fix for these codes. The arguments are those of `FixStep`."""

    def declare(function: _FixFunction) -> _FixFunction:
        order = sys.modules[function.__module__].ORDER
        _STEPS.append(FixStep(codes, fix, words, function, takes, keeps_text, order))
        return function

    return declare


@cache
def steps() -> tuple[FixStep, ...]:
    """What fixes, in the order in which it is done: below the rules, and for the rules whose findings say it."""
    from captionkit.lint.edits import with_spans_replaced

    below = {code for step in _STEPS for code in step.codes}
    found = [*_STEPS]
    for one in rules().values():
        if one.fix in FIXED and one.code not in below and one.function:
            order = sys.modules[one.function.__module__].ORDER
            found += [FixStep((one.code,), fix, one.words, with_spans_replaced, order=order) for fix in FIXED]
    return tuple(sorted(found, key=lambda step: step.order))


@cache
def edit_of(code: str, fix: Fix) -> Edit | None:
    """What mends a finding of this rule with this kind of fix."""
    if fix not in FIXED:
        return None
    from captionkit.lint.edits import with_spans_replaced

    own = [step for step in steps() if code in step.codes]
    if own and own[0].function is with_spans_replaced:
        return Edit(tuple([step for step in own if step.fix is fix]))
    reached = FIXED[: FIXED.index(fix) + 1]
    return Edit(tuple([step for step in own if step.fix in reached]))


@cache
def rules() -> Mapping[str, Rule]:
    """All rules by code, in the order of the codes. Loads the families the first time."""
    for file in sorted((Path(__file__).parent / "rules").glob("[!_]*.py")):
        import_module(f"captionkit.lint.rules.{file.stem}")
    found: dict[str, Rule] = {}
    for one in sorted(_DECLARED, key=lambda r: r.code):
        if one.code in found:
            raise AssertionError(f"two rules are called {one.code}")
        found[one.code] = one
    return found


#: Codes of earlier versions, and what they are called now.
RENAMED = {
    "SRT013": ("TIM020",),
    "SRT014": ("TIM021",),
    "SRT015": ("TIM022",),
    "SRT019": ("TIM023",),
    "SRT021": ("ENC015",),
    "VTT010": ("ENC015",),
    "VTT104": ("TIM020",),
    "VTT105": ("TIM021",),
    "VTT106": ("TIM022",),
    "VTT107": ("TIM001", "TIM002"),
    "VTT108": ("TIM004",),
    "VTT110": ("TIM023",),
    "VTT215": ("TXT022",),
}


def current(codes: Iterable[str]) -> tuple[str, ...]:
    """These codes and prefixes as they are called now."""
    return tuple([new for code in codes for new in RENAMED.get(code, (code,))])


#: What each family is about; `captionkit rules` prints it.
FAMILIES = {
    "ENC": "bytes, encoding and the file as a whole",
    "VTT": "WebVTT: structure, times, cue settings and cue text",
    "SRT": "SubRip: numbers, times, blank lines and markup",
    "TIM": "when cues are shown, and how their times are written",
    "SPD": "how fast a viewer must read",
    "LAY": "lines: how long, how many, how broken",
    "TXT": "the words",
    "STY": "house style: dashes, sounds, numbers, punctuation; off unless asked for",
    "A11": "accessibility: what captions owe to people who cannot hear",
    "LNG": "languages and file names",
    "CVS": "readiness for Canvas",
    "SND": "captions against the sound of the recording beside them; with --sound",
    "SUP": "comments that switch rules off",
}

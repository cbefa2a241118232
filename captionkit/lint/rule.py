"""What a rule is, and how the rules are found.

How to add a rule: write one function in its family's file in `captionkit/lint/rules/`, with `@rule(...)` above it. The
docstring is what `captionkit explain CODE` prints: what it finds, why that matters, what to do. `bad` and `good` are
printed beside it and are its tests: `bad` must make exactly this rule fire under the rule's natural profile, `good`
nothing at all. A new family is a new file in that folder; nothing lists them.

A rule's function takes a `Subject` (one file, with what many rules need worked out once) and yields what the subject's
`on_cue`, `in_text`, `on_line` and `on_file` return. It loops itself: a rule is called once a file, not once a cue.

Some faults only the reader can see (a missing blank line, a comma where a dot belongs): it reports them with the codes
declared here as `reader=True`, and the function is only the place of their documentation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from functools import cache
from importlib import import_module
from pathlib import Path
from re import search
from typing import Any, NamedTuple, TypeVar

from captionkit.model import Severity

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO


class Fix(StrEnum):
    """What `--fix` may do about a finding."""

    SAFE = "safe"  # what any player shows at any time stays the same
    RESTORES = "restores"  # what some players drop or show as text is shown as the file means it: with --restore
    UNSAFE = "unsafe"  # times, places or what is shown may change: only with --unsafe-fixes
    HINT = "hint"  # we can say what to do, a person must do it
    NONE = "none"


SAFE, RESTORES, UNSAFE, HINT, NONE = Fix.SAFE, Fix.RESTORES, Fix.UNSAFE, Fix.HINT, Fix.NONE


class Finding(NamedTuple):
    """What a rule says about one place; the engine adds the code, the severity, the cue's number and time."""

    message: str
    line: int = 0
    column: int = 0
    end_line: int = 0
    end_column: int = 0
    cue: int | None = None  # the index of the cue, from 0
    hint: str = ""


#: A rule about files yields findings; one about folders yields pairs of a path and a finding.
RuleFunction = TypeVar("RuleFunction", bound=Callable[..., Iterable[Any]])


class Rule(NamedTuple):
    """One rule.

    Attributes:
        code: three letters for the family, three digits. Never used again for something else.
        name: the same in words, with hyphens.
        severity: how bad it is, where no profile says otherwise.
        default: whether it is on in the profiles that do not name it.
        fix: what `--fix` may do.
        unsafe_if: a regular expression: where a finding's message has it, its fix is unsafe whatever `fix` says.
        reader: whether the finding is made by the reader of the format.
        folder: whether it looks at all files together, not at one.
        kind: the one kind of track it is about ("chapters"); "" for all.
        profile: the profile under which `bad` and `good` are to be checked.
        file: the name of the file that `bad` and `good` stand for.
        context: further arguments of `captionkit.check` for the examples (language, duration, ...).
        limits: the names of the profile limits it holds a file to.
        source: where the rule comes from, in words or as an address.
        bad, good: the examples; a folder rule has a tuple of file names instead.
        good_file: the name of the file that `good` stands for, where it is another.
        function: what finds it.
    """

    code: str
    name: str
    severity: Severity
    default: bool
    fix: Fix
    unsafe_if: str
    reader: bool
    folder: bool
    kind: str
    profile: str
    file: str
    context: Mapping[str, Any]
    limits: tuple[str, ...]
    source: str
    bad: str | bytes | tuple[str, ...]
    good: str | bytes | tuple[str, ...]
    good_file: str
    function: Callable[[Any], Iterable[Any]]

    def fix_of(self, message: str) -> Fix:
        """What `--fix` may do about the finding with this message."""
        return UNSAFE if self.unsafe_if and search(self.unsafe_if, message) else self.fix

    @property
    def family(self) -> str:
        return self.code[:3]

    @property
    def explanation(self) -> str:
        """The documentation, as a person reads it."""
        from inspect import cleandoc

        return cleandoc(self.function.__doc__ or "")

    @property
    def summary(self) -> str:
        """The first sentence of the documentation."""
        return " ".join(self.explanation.split("\n\n", 1)[0].split())


def rule(
    code: str,
    name: str,
    severity: Severity,
    *,
    bad: str | bytes | tuple[str, ...],
    good: str | bytes | tuple[str, ...],
    default: bool = True,
    fix: Fix = NONE,
    unsafe_if: str = "",
    reader: bool = False,
    folder: bool = False,
    kind: str = "",
    profile: str = "default",
    file: str = "",
    context: Mapping[str, Any] | None = None,
    limits: tuple[str, ...] = (),
    source: str = "",
    good_file: str = "",
) -> Callable[[RuleFunction], RuleFunction]:
    """Make the function below this a rule. The arguments are those of `Rule`."""

    def declare(function: RuleFunction) -> RuleFunction:
        where = file or ("lecture.en.srt" if code.startswith("SRT") else "lecture.en.vtt")
        made = Rule(
            code, name, severity, default, fix, unsafe_if, reader, folder, kind, profile, where, context or {}, limits,
            source, bad, good, good_file or where, function,
        )  # fmt: skip
        _DECLARED.append(made)
        return function

    return declare


_DECLARED: list[Rule] = []


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
    "SUP": "comments that switch rules off",
}


def srt_example(*cues: str, first: int = 0) -> str:
    """SRT from `MM:SS,mmm --> MM:SS,mmm` lines with text below: for examples, numbers added."""
    return "\n".join(
        f"{number}\n00:{cue.replace('--> ', '--> 00:', 1)}\n" for number, cue in enumerate(cues, first or 1)
    )


def vtt_example(*blocks: str) -> str:
    """WebVTT from blocks: for examples, signature and blank lines added."""
    return "WEBVTT\n\n" + "\n".join(f"{block}\n" for block in blocks)

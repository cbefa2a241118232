"""SUP: comments that switch rules off. The engine finds these, once it knows which findings the comments hid."""

from __future__ import annotations

from collections.abc import Iterator

from captionkit.lint.rule import INFO, SAFE, WARNING, Finding, rule, vtt_example
from captionkit.lint.subject import Subject

_OVERLAP = ("00:01.000 --> 00:04.000\nHello there.", "00:03.000 --> 00:06.000\nHow are you?")
_USED = vtt_example(_OVERLAP[0], "NOTE captionkit: ignore TIM003 -- both speak at once", _OVERLAP[1])


@rule(
    "SUP001",
    "unused-suppression",
    WARNING,
    fix=SAFE,
    good=_USED,
    bad=vtt_example("NOTE captionkit: ignore TIM003 -- both speak at once", "00:01.000 --> 00:03.000\nHello there."),
)
def unused_suppression(subject: Subject) -> Iterator[Finding]:
    """A comment hides nothing any more.

    The fault was mended; the comment would hide the next one. The fix removes it.
    """
    return iter(())


@rule(
    "SUP002",
    "unknown-code-in-suppression",
    WARNING,
    good=_USED,
    bad=vtt_example("NOTE captionkit: ignore XYZ123 -- no such rule", "00:01.000 --> 00:03.000\nHello there."),
)
def unknown_code_in_suppression(subject: Subject) -> Iterator[Finding]:
    """A comment names a code that no rule has.

    It does nothing. `captionkit rules` lists the codes.
    """
    return iter(())


@rule(
    "SUP004",
    "renamed-code-in-suppression",
    INFO,
    good=_USED,
    bad=vtt_example(
        "NOTE captionkit: ignore VTT107 -- never shown on purpose", "00:03.000 --> 00:01.000\nHello there."
    ),
)
def renamed_code_in_suppression(subject: Subject) -> Iterator[Finding]:
    """A comment names a code by the name it had in an earlier version.

    It still works. Write the new name, so that the next reader finds it.
    """
    return iter(())


@rule(
    "SUP003",
    "blanket-suppression",
    INFO,
    good=_USED,
    bad=vtt_example(_OVERLAP[0], "NOTE captionkit: ignore -- both speak at once", _OVERLAP[1]),
)
def blanket_suppression(subject: Subject) -> Iterator[Finding]:
    """A comment switches off all rules.

    It hides faults that nobody has seen yet. Name the codes that are meant.
    """
    return iter(())

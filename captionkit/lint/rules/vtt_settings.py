"""VTT120 to VTT133: where a cue is shown. The parser of `captionkit.formats` says what is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from captionkit.lint.context import Context
from captionkit.lint.edits import Change, FixTask, head_takes, read_in_two_ways, with_cues_changed, with_words
from captionkit.lint.rule import ERROR, SAFE, UNSAFE, WARNING, Finding, Fix, fixes, row, vtt_example
from captionkit.lint.rules.srt import words_of_settings
from captionkit.model import Diagnostic, Document, Severity

#: When the fixes below run: bytes first, then timing lines, blocks, order, markup, words, times and lines.
ORDER = 30

_SETTINGS = "https://www.w3.org/TR/webvtt1/#webvtt-cue-settings"


def _cue(settings: str) -> str:
    return vtt_example(f"00:01.000 --> 00:03.000 {settings}\nHello there.")


def _wrong(context: Context, code: str) -> Iterator[Finding]:
    for index, problem in context.settings_problems.get(code, ()):
        yield context.in_settings(index, problem.token, problem.message)


def _setting(
    code: str, name: str, documentation: str, *, bad: str, good: str, severity: Severity = ERROR, fix: Fix = UNSAFE
) -> None:
    """A rule about settings that `captionkit.formats.cue_settings` knows to be wrong, with those of its examples."""

    def found(context: Context) -> Iterator[Finding]:
        return _wrong(context, code)

    about = {"severity": severity, "fix": fix, "source": _SETTINGS, "function": found}
    row(code, name, documentation, bad=_cue(bad), good=_cue(good), **about)


_setting(
    "VTT120",
    "unknown-setting",
    """There is no cue setting of that name.

Browsers step over it, so what it was to do is not done. The fix removes it.
""",
    bad="colour:red",
    good="align:start",
    severity=WARNING,
)


_setting(
    "VTT121",
    "duplicate-setting",
    """A setting stands twice.

The last one counts in a browser; others take the first. The fix keeps the last.
""",
    bad="align:start align:end",
    good="align:end",
)


_setting(
    "VTT122",
    "malformed-setting",
    """Something after the end time is no setting: settings are written `name:value`.

Browsers step over it. The fix moves words into the text, since often the cue's first line has slipped up, and
removes anything else.
""",
    bad="start",
    good="align:start",
)


_setting(
    "VTT123",
    "percentage-out-of-range",
    """A percentage is above 100, or is no percentage.

Browsers ignore the setting and put the cue at its usual place. The fix removes it.
""",
    bad="size:120%",
    good="size:80%",
)


_setting(
    "VTT124",
    "bad-vertical",
    """`vertical` is neither `rl` nor `lr`.

The text is then written horizontally. The fix removes the setting.
""",
    bad="vertical:tb",
    good="vertical:rl",
)


_setting(
    "VTT125",
    "bad-line",
    """`line` is neither a whole number nor a percentage.

Browsers take decimals, although the syntax has none, and ignore anything else: the cue may cover what it was to
keep free. The fix rounds a decimal and removes anything else.
""",
    bad="line:top",
    good="line:0",
)


_setting(
    "VTT126",
    "bad-line-align",
    """The alignment after `line` is none of `start`, `center`, `end`.

Browsers then ignore the whole setting. The fix removes it.
""",
    bad="line:50%,middle",
    good="line:50%,center",
)


_setting(
    "VTT127",
    "bad-position",
    """`position` is no percentage.

Browsers ignore it. The fix removes the setting.
""",
    bad="position:left",
    good="position:10%",
)


_setting(
    "VTT128",
    "bad-position-align",
    """The alignment after `position` is none of `line-left`, `center`, `line-right`.

Earlier drafts had `start`, `middle` and `end`; today's browsers ignore the whole setting. The fix writes what the
draft meant, which makes the setting work: the cue moves to where its author put it.
""",
    bad="position:10%,start",
    good="position:10%,line-left",
)


_setting(
    "VTT129",
    "bad-align",
    """`align` is none of `start`, `center`, `end`, `left`, `right`.

`align:middle` is from an earlier draft and still in vendors' files. Browsers ignore it and centre the text, so the
fix, `align:center`, changes nothing on the screen; any other value is removed only with --unsafe-fixes.
""",
    bad="align:middle",
    good="align:center",
    fix=SAFE,
)


_SAFE_ALIGN = {"align:middle": "align:center"}

_POSITION_ALIGN = {"start": "line-left", "middle": "center", "end": "line-right"}


def unescaped(reference: str) -> str:
    from html import unescape  # brings a table of 2,231 names, which most files never need

    return unescape(reference)


def _align_takes(context: Context, one: Diagnostic) -> Fix:
    """Any other value is removed, which is unsafe."""
    settings = context.cues[(one.cue or 0) - 1].settings.split()
    return head_takes(context, one) if "align:middle" in settings else UNSAFE


@fixes("VTT129", fix=SAFE, takes=_align_takes, keeps_text=True)
def legacy_align(task: FixTask) -> Document | None:
    """`align:middle` is centred by every browser, because it is ignored: the name for that is `align:center`."""
    return _with_settings(task, lambda tokens: [_SAFE_ALIGN.get(token, token) for token in tokens])


_setting(
    "VTT132",
    "space-in-setting",
    """A space stands after the colon of a setting.

Browsers see two words that mean nothing. The fix removes the space, which makes the setting work.
""",
    bad="align: center",
    good="align:center",
)


_setting(
    "VTT133",
    "setting-in-capitals",
    """A setting's name has capital letters.

Upper and lower case count; browsers ignore it. The fix writes it small, which makes the setting work.
""",
    bad="Align:start",
    good="align:start",
)


def _with_settings(task: FixTask, change: Callable[[list[str]], list[str]]) -> Document | None:
    cues = task.context.cues
    changes: dict[int, Change] = {}
    unsure = read_in_two_ways(task.context, task.allowed)
    for index in [index for index in task.indices() if index not in unsure]:
        tokens = cues[index].settings.split()
        changed = change(tokens)
        if changed != tokens:
            changes[index] = cues[index]._replace(settings=" ".join(changed))
    return with_cues_changed(task.document, changes)


@fixes(
    "VTT120",
    "VTT121",
    "VTT122",
    "VTT123",
    "VTT124",
    "VTT125",
    "VTT126",
    "VTT127",
    "VTT128",
    "VTT129",
    "VTT132",
    "VTT133",
    fix=UNSAFE,
)
def right_settings(task: FixTask) -> Document | None:
    """Give each wrong setting the one meaning it can have had, and remove it where it had none; words that stand there
    go to the text."""
    cues = task.context.cues
    changes: dict[int, Change] = {}
    for index in task.indices():
        cue = with_words(cues[index], words_of_settings(cues[index].settings))
        cue = cue._replace(settings=" ".join(_right(cue.settings.split())))
        if cue != cues[index]:
            changes[index] = cue
    return with_cues_changed(task.document, changes)


def _right(tokens: list[str]) -> list[str]:
    from captionkit.formats.webvtt import parse_settings

    joined: list[str] = []
    for token in tokens:
        if joined and joined[-1].endswith(":") and ":" not in token:
            joined[-1] += token  # `align: center`
        else:
            joined.append(token)
    kept: dict[str, str] = {}
    for token in joined:
        name, _, value = token.partition(":")
        token = _right_value(name.lower(), value)
        if not parse_settings(token)[1]:
            kept.pop(name.lower(), None)
            kept[name.lower()] = token
    return list(kept.values())


def _right_value(name: str, value: str) -> str:
    if name == "position" and "," in value:
        where, _, align = value.partition(",")
        value = f"{where},{_POSITION_ALIGN.get(align, align)}"
    elif name == "align" and value == "middle":
        value = "center"
    elif name == "line" and re.fullmatch(r"-?\d{1,6}\.\d+", value):
        value = str(round(float(value)))
    elif name in ("vertical", "align") and value.lower() != value:
        value = value.lower()
    return f"{name}:{value}"

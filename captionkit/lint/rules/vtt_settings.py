"""VTT120 to VTT133: where a cue is shown. The parser of `captionkit.formats` says what is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from captionkit.lint.context import Context
from captionkit.lint.edits import Change, FixTask, head_takes, read_in_two_ways, with_cues_changed, with_words
from captionkit.lint.examples import vtt
from captionkit.lint.rule import ERROR, SAFE, UNSAFE, WARNING, Finding, Fix, example, fixes, row
from captionkit.lint.rules.srt import words_of_settings
from captionkit.model import Diagnostic, Document, Severity

ORDER = 30
_SETTINGS = "https://www.w3.org/TR/webvtt1/#webvtt-cue-settings"


def _cue(settings: str) -> str:
    return vtt(f"00:01.000 --> 00:03.000 {settings}\nHello there.")


def _wrong(context: Context, code: str) -> Iterator[Finding]:
    for index, problem in context.settings_problems.get(code, ()):
        yield context.in_settings(index, problem.token, problem.message)


def _setting(
    code: str, bad: str, good: str, severity: Severity = ERROR, fix: Fix = UNSAFE
) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """A rule about settings that `captionkit.formats.cue_settings` knows to be wrong, with those of its examples."""

    def found(context: Context) -> Iterator[Finding]:
        return _wrong(context, code)

    def declare(documented: Callable[[], None]) -> Callable[[], None]:
        declared = row(code, severity=severity, fix=fix, source=_SETTINGS, function=found)
        return declared(example(_cue(bad), _cue(good))(documented))

    return declare


@_setting("VTT120", "colour:red", "align:start", severity=WARNING)
def unknown_setting() -> None:
    """There is no cue setting of that name.

    Browsers step over it, so what it was to do is not done. The fix removes it.
    """


@_setting("VTT121", "align:start align:end", "align:end")
def duplicate_setting() -> None:
    """A setting stands twice.

    The last one counts in a browser; others take the first. The fix keeps the last.
    """


@_setting("VTT122", "start", "align:start")
def malformed_setting() -> None:
    """Something after the end time is no setting: settings are written `name:value`.

    Browsers step over it. The fix moves words into the text, since often the cue's first line has slipped up, and
    removes anything else.
    """


@_setting("VTT123", "size:120%", "size:80%")
def percentage_out_of_range() -> None:
    """A percentage is above 100, or is no percentage.

    Browsers ignore the setting and put the cue at its usual place. The fix removes it.
    """


@_setting("VTT124", "vertical:tb", "vertical:rl")
def bad_vertical() -> None:
    """`vertical` is neither `rl` nor `lr`.

    The text is then written horizontally. The fix removes the setting.
    """


@_setting("VTT125", "line:top", "line:0")
def bad_line() -> None:
    """`line` is neither a whole number nor a percentage.

    Browsers take decimals, although the syntax has none, and ignore anything else: the cue may cover what it was to
    keep free. The fix rounds a decimal and removes anything else.
    """


@_setting("VTT126", "line:50%,middle", "line:50%,center")
def bad_line_align() -> None:
    """The alignment after `line` is none of `start`, `center`, `end`.

    Browsers then ignore the whole setting. The fix removes it.
    """


@_setting("VTT127", "position:left", "position:10%")
def bad_position() -> None:
    """`position` is no percentage.

    Browsers ignore it. The fix removes the setting.
    """


@_setting("VTT128", "position:10%,start", "position:10%,line-left")
def bad_position_align() -> None:
    """The alignment after `position` is none of `line-left`, `center`, `line-right`.

    Earlier drafts had `start`, `middle` and `end`; today's browsers ignore the whole setting. The fix writes what the
    draft meant, which makes the setting work: the cue moves to where its author put it.
    """


@_setting("VTT129", "align:middle", "align:center", fix=SAFE)
def bad_align() -> None:
    """`align` is none of `start`, `center`, `end`, `left`, `right`.

    `align:middle` is from an earlier draft and still in vendors' files. Browsers ignore it and centre the text, so the
    fix, `align:center`, changes nothing on the screen; any other value is removed only with --unsafe-fixes.
    """


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


@_setting("VTT132", "align: center", "align:center")
def space_in_setting() -> None:
    """A space stands after the colon of a setting.

    Browsers see two words that mean nothing. The fix removes the space, which makes the setting work.
    """


@_setting("VTT133", "Align:start", "align:start")
def setting_in_capitals() -> None:
    """A setting's name has capital letters.

    Upper and lower case count; browsers ignore it. The fix writes it small, which makes the setting work.
    """


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

"""`captionkit diff`: what changed between two caption files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from captionkit.cli._captions import STANDARD, count, encoding_option, read
from captionkit.cli._output import echo, echo_data
from captionkit.cli._paths import PathArgument
from captionkit.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from captionkit.difference import Change, Difference

_SIGNS = {"added": "+", "removed": "-"}
_KINDS = ("moved", "reworded", "restyled", "added", "removed")


@click.command("diff")
@click.argument("old", cls=PathArgument, metavar="A")
@click.argument("new", cls=PathArgument, metavar="B")
@encoding_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("-s", "--summary", is_flag=True, help="Print only the counts and the drift.")
def command(old: str, new: str, encoding: str, as_json: bool, summary: bool) -> int:
    """Compare two files cue by cue, by what viewers see: moved, reworded, restyled, added and removed cues.

    The files may be of different formats; one may be - for standard input. Also told is how far the timing drifts,
    and by what ratio. Exit codes: 0 viewers see the same; 1 they do not; 2 usage.

    \b
    Examples:
      captionkit diff vendor.en.srt corrected.en.srt
      captionkit diff lecture.en.srt lecture.en.vtt --summary
    """
    if old == new == STANDARD:
        raise UsageError("standard input can be read only once")
    from captionkit.difference import diff

    difference = diff(read(old, encoding), read(new, encoding))
    if as_json:
        _print_json(difference)
    else:
        _print(difference, old, new, summary)
    return ExitCode.FINDINGS if difference.changes else ExitCode.OK


def _print(difference: Difference, old: str, new: str, summary: bool) -> None:
    if not difference.changes:
        echo(f"Viewers see the same: {count(difference.matched, 'cue')}.")
        return
    if not summary:
        echo(f"--- {old}\n+++ {new}")
        for change in difference.changes:
            for line in _lines(change):
                echo(line)
    counts = [f"{difference.count(kind)} {kind}" for kind in _KINDS if difference.count(kind)]
    same = difference.matched - sum(
        [change.old is not None and change.new is not None for change in difference.changes]
    )
    echo(", ".join([*counts, f"{same} the same"]) + ".")
    if difference.count("moved"):
        echo(_drift(difference))


def _lines(change: Change) -> list[str]:
    from captionkit.timecode import timecode

    seen = change.after or change.before
    assert seen is not None
    number = f"{change.old or ''}{' -> ' if change.old and change.new != change.old and change.new else ''}" + (
        f"{change.new}" if change.new and change.new != change.old else ""
    )
    lines = [f"{_SIGNS.get(change.kinds[0], '~')} cue {number} at {timecode(seen.start)}: {', '.join(change.kinds)}"]
    if change.before is None or change.after is None:
        return [*lines, *[f"    {line}" for line in seen.text.split("\n")]]
    if "moved" in change.kinds:
        by_start, by_end = change.after.start - change.before.start, change.after.end - change.before.end
        lines.append(f"    start {_seconds(by_start)}, end {_seconds(by_end)}")
    if "reworded" in change.kinds:
        lines += [f"    - {line}" for line in change.before.text.split("\n")]
        lines += [f"    + {line}" for line in change.after.text.split("\n")]
    if "restyled" in change.kinds:
        for sign, cue in (("-", change.before), ("+", change.after)):
            styled = cue.styled.replace("\n", " / ")
            lines.append(f"    {sign} {styled}" + (f"  [{cue.settings}]" if cue.settings else ""))
    return lines


def _seconds(ms: int) -> str:
    return f"{ms / 1000:+.3f} s"


def _drift(difference: Difference) -> str:
    from captionkit.difference import cause_of

    drift = difference.drift
    assert drift is not None
    if drift.first_ms == drift.last_ms and drift.largest_error_ms < 1:
        return f"Timing: all start {_seconds(drift.first_ms)}." if drift.first_ms else "Timing: no drift."
    cause = cause_of(drift.ratio)
    return (
        f"Timing: {_seconds(drift.first_ms)} at the first cue, {_seconds(drift.last_ms)} at the last; "
        f"ratio {drift.ratio:.6f}{f' ({cause})' if cause else ''}, "
        f"at most {drift.largest_error_ms / 1000:.3f} s off that line."
    )


def _print_json(difference: Difference) -> None:
    import json

    changes = [
        {
            "kinds": list(change.kinds),
            "old": change.old,
            "new": change.new,
            "before": change.before._asdict() if change.before else None,
            "after": change.after._asdict() if change.after else None,
        }
        for change in difference.changes
    ]
    drift = difference.drift._asdict() if difference.drift else None
    counts = {kind: difference.count(kind) for kind in _KINDS}
    result = {"matched": difference.matched, "counts": counts, "drift": drift, "changes": changes}
    echo_data(json.dumps(result, ensure_ascii=False, indent=2) + "\n")

"""What the default profile says once a file: how fast, how long and how dense captions are.

These limits are a matter of house style, and a lecture breaks one of them in every third cue. A list of all of them
hides what breaks the file. So each is one finding that counts the cues; a profile that is named shows each at its
place, and so does a rule that is selected by its code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from captionkit.lint.context import Context
from captionkit.lint.profiles import number
from captionkit.lint.rule import Rule
from captionkit.lint.settings import Settings, longest_prefix
from captionkit.model import Diagnostic, Severity

#: Reading speed, line length, gaps and durations.
SUMMED = ("SPD", "LAY", "TIM006", "TIM007", "TIM008", "TIM009")
#: How cues are said to break each limit.
_BREAKS = {
    "max_cps": "above {} characters a second",
    "optimal_cps": "above {} characters a second",
    "max_wpm": "above {} words a minute",
    "optimal_wpm": "above {} words a minute",
    "max_line_chars": "with a line above {} characters",
    "max_lines": "with more than {} lines",
    "max_cue_chars": "above {} characters",
    "min_duration": "shown for less than {} ms",
    "max_duration": "shown for more than {} ms",
    "min_gap": "less than {} ms after the one before",
    "min_gap_frames": "less than {} frames after the one before",
    "flicker_gap": "less than {} ms after the one before",
    "min_word_time": "with less than {} ms for a word",
    "min_balance": "with lines of very different length",
}


def is_summed(code: str, settings: Settings) -> bool:
    """Whether this rule's findings are reported as one a file: under the default profile, where nobody asked for it."""
    return (
        settings.profiles == ("default",)
        and not settings.each
        and longest_prefix(code, SUMMED) > 0
        and longest_prefix(code, (*settings.select, *settings.extend_select)) < 0
    )


def summed(found: list[Diagnostic], rules: Mapping[str, Rule], context: Context, path: str) -> list[Diagnostic]:
    """The findings with those of each of these rules as one, where there are several.

    Args:
        rules: by code, those that are summed.
    """
    by_code: dict[str, list[Diagnostic]] = {}
    for one in found:
        if one[0] in rules:
            by_code.setdefault(one[0], []).append(one)
    several = {code: ones for code, ones in by_code.items() if len(ones) > 1}
    if not several:
        return found
    kept = [one for one in found if one.code not in several]
    for code, ones in several.items():
        rule, cues = rules[code], {one.cue for one in ones}
        figures = [pair for pair in rule.figures(context) if pair[0] + 1 in cues] if rule.figures else []
        figures = figures or [(one.cue - 1, 0.0) for one in ones if one.cue]
        kept.append(counted(rule, ones[0].severity, figures, context, path))
    return kept


def counted(
    rule: Rule, severity: Severity, figures: Sequence[tuple[int, float]], context: Context, path: str
) -> Diagnostic:
    """`323 of 400 cues above 20 characters a second, median 23`. A rule with a limit says the figure first."""
    name = next((name for name in rule.limits if name in context.limits), "")
    count = len({index for index, _ in figures})
    what, middle = rule.name, ""
    if name in _BREAKS:
        what = _BREAKS[name].format(number(context.limits[name].for_language(context.language)))
        if rule.figures:
            middle = f", median {number(_median([figure for _, figure in figures]))}"
    message = f"{count:,} of {len(context.cues):,} cues {what}{middle}; --profile dcmp shows each"
    return Diagnostic(rule.code, severity, message, path=path, fix=rule.fix)


def _median(figures: Sequence[float]) -> float:
    """As `statistics.median`, whose module takes longer to load than a file takes to check."""
    ordered, half = sorted(figures), len(figures) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2

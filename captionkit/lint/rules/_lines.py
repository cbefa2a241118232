"""Lines and cues of a better size.

A cue's text is cut into words, a tag staying with the word it touches, and `captionkit.lint.line_breaks` finds the best
breaks. Lines that different people speak are never run together. What does not fit the profile's lines is divided into
cues that share the time by the length of their text; what cannot be divided is left, and goes on being reported."""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections.abc import Callable, Sequence

from captionkit.lint import line_breaks
from captionkit.lint.context import Context
from captionkit.lint.graphemes import length, width
from captionkit.lint.profiles import Limit
from captionkit.markup import visible_text
from captionkit.model import Cue
from captionkit.patterns import pattern
from captionkit.scripts import is_unspaced


def line_limit(context: Context) -> tuple[Limit, float] | None:
    """The longest line the profile allows in this language."""
    limit = context.limit("max_line_chars")
    return (limit, limit.for_language(context.language) if limit.languages else limit.value) if limit else None


def line_measure(context: Context, limit: Limit) -> Callable[[str], float]:
    """What says how long a line is as this limit counts it."""
    if limit.languages and context.language[:2].lower() in ("ja", "ko", "zh"):
        return width
    return len if context.is_plain else context.length


def line_length(line: str, context: Context, limit: Limit) -> float:
    """A line's length as this limit counts it."""
    return line_measure(context, limit)(line)


_WORDS = pattern(r"(?:<[^<>]*>|\{\\[^{}]*\}|[^\s<{]|[<{])+")
_TAG = pattern(r"<(/?)([A-Za-z]++)([^<>]*+)>")
_OVERRIDE = pattern(r"\{\\an?\d+\}")
_TIMESTAMP = pattern(r"<\d")

#: A longer text is no caption; dividing it in two would not make it one.
_LONGEST_TEXT = 4000

#: Without a limit of the profile lines are broken at what most standards take.
_USUAL_CHARS = 42
_USUAL_LINES = 2

#: In a script without spaces: what stands up to a mark, with the marks. A word has no edge that could be seen.
_CLAUSES = pattern("[^，。、；：！？…]+[，。、；：！？…」』》）”’]*|[，。、；：！？…]+")


def cut(text: str) -> tuple[list[str], str]:
    """What lines are made of, and what stands between: words and spaces, or clauses and nothing."""
    lines = text.split("\n")
    letters = [] if text.isascii() or " " in text or "<" in text else [char for char in text if char.isalpha()]
    if letters and 2 * sum(map(is_unspaced, letters)) > len(letters):
        return [clause for line in lines for clause in _CLAUSES.findall(line)], ""
    return _WORDS.findall(text), " "


def wrapped(context: Context, words: Sequence[str], glue: str = " ") -> str | None:
    """These words in as few lines as the profile allows, at the best places; None where they do not fit."""
    limit = context.limit("max_line_chars")
    lines = context.limit("max_lines")
    most = (limit.for_language(context.language) if limit.languages else limit.value) if limit else _USUAL_CHARS
    language = context.language or "en"

    def measure(text: str) -> float:
        shown = visible_text(text, context.format) if "<" in text or "&" in text or "{" in text else text
        return line_length(shown, context, limit) if limit else length(shown)

    breaks = line_breaks.wrap(words, most, int(lines.value) if lines else _USUAL_LINES, language, measure, glue)
    if breaks is None:
        return None
    edges = [0, *breaks, len(words)]
    return "\n".join(glue.join(words[a:b]) for a, b in itertools.pairwise(edges))


def rewrapped(context: Context, index: int) -> str | None:
    """A cue's text with its lines broken anew; None where it does not fit or its breaks mean something."""
    text = context.texts[index]
    if len(text) > _LONGEST_TEXT:
        return None
    lines = context.visible[index].split("\n")
    if len(lines) > 1 and line_breaks.is_dialogue(lines):
        return None
    words, glue = cut(text)
    if not words or (not glue and any(line[-1:].isalnum() for line in text.split("\n")[:-1])):
        return None  # a break within a clause stays: whether it parts a word cannot be seen
    return wrapped(context, words, glue)


def divided(context: Context, index: int, count: int) -> list[Cue] | None:
    """A cue as two or more, at the best places, sharing the time by the length of the text.

    Returns:
        None where there is too little text, too little time, a timestamp inside that ties words to times, or another
        cue at the same time, whose words would come in between.
    """
    cue = context.cues[index]
    starts = context.sorted_starts
    if bisect_left(starts, cue.end) - bisect_left(starts, cue.start) > 1:
        return None
    if _TIMESTAMP.search(cue.text) or cue.duration <= 0 or count < 2:
        return None
    lines = context.texts[index].split("\n")
    if len(lines) > 1 and line_breaks.is_dialogue(context.visible[index].split("\n")):
        return _by_speaker(context, cue, lines)
    if len(cue.text) > _LONGEST_TEXT:
        return None
    words, glue = cut(cue.text)
    parts = _in_parts(words, min(count, 6), context.language or "en")
    if parts is None:
        return None
    texts = [wrapped(context, part, glue) or glue.join(part) for part in _with_tags(parts)]
    return _timed(context, cue, texts)


def _by_speaker(context: Context, cue: Cue, lines: list[str]) -> list[Cue] | None:
    """Divide before the line where another person begins to speak, nearest the middle."""
    if "<" in cue.text:
        return None
    starts = [n for n in range(1, len(lines)) if line_breaks.is_dialogue([lines[n]])]
    if not starts:
        return None
    at = min(starts, key=lambda n: abs(n - len(lines) / 2))
    return _timed(context, cue, ["\n".join(lines[:at]), "\n".join(lines[at:])])


def _in_parts(words: list[str], count: int, language: str) -> list[list[str]] | None:
    """The words in so many parts, each of two words or more."""
    if len(words) < 2 * count:
        return None
    if count == 1:
        return [words]
    half = count // 2
    if count == 2:
        at = line_breaks.split_point(words, language)
    else:
        wanted = sum(map(len, words)) * half / count
        reached, at = 0, 0
        while at < len(words) - 1 and reached < wanted:
            reached += len(words[at])
            at += 1
        near = range(max(2, at - 3), min(len(words) - 2, at + 3) + 1)
        at = min(
            near, key=lambda n: line_breaks.break_cost(words[n - 1], words[n], language) + abs(n - at) * 0.1, default=at
        )
    first, second = _in_parts(words[:at], half, language), _in_parts(words[at:], count - half, language)
    return [*first, *second] if first and second else None


def _with_tags(parts: list[list[str]]) -> list[list[str]]:
    """Close at the end of each part what is open, open it again in the next, and repeat {\\an8}."""
    made: list[list[str]] = []
    open_tags: list[tuple[str, str]] = []  # as it stands, and its name
    override = _OVERRIDE.match(parts[0][0])
    for number, part in enumerate(parts):
        words = list(part)
        words[0] = (override[0] if override and number else "") + "".join([tag for tag, _ in open_tags]) + words[0]
        for match in _TAG.finditer(" ".join(part)):
            if not match[1]:
                open_tags.append((match[0], match[2]))
            elif open_tags and open_tags[-1][1].lower() == match[2].lower():
                open_tags.pop()
        words[-1] += "".join([f"</{name}>" for _, name in reversed(open_tags)])
        made.append(words)
    return made


def _timed(context: Context, cue: Cue, texts: list[str]) -> list[Cue] | None:
    """The parts with their shares of the cue's time; None where one would be too short to be read."""
    from captionkit.lint.rules._room import LEAST_KEPT_MS, Room

    sizes = [max(1, length(visible_text(text, context.format))) for text in texts]
    room = Room(context)
    gap = 0 if room.zero_ok else room.gap
    free = cue.duration - gap * (len(texts) - 1)
    least = context.limit("min_duration")
    floor = min(least.value if least else LEAST_KEPT_MS, cue.duration / len(texts))
    cues: list[Cue] = []
    start = cue.start
    done = 0
    for number, text in enumerate(texts):
        done += sizes[number]
        end = cue.end if number + 1 == len(texts) else cue.start + round(free * done / sum(sizes)) + gap * number
        if end - start < max(LEAST_KEPT_MS, floor * 0.9):
            return None
        identifier = cue.identifier if number == 0 or cue.identifier.isdecimal() else ""
        cues.append(Cue(start, end, text, identifier, cue.settings))
        start = end + gap
    return cues

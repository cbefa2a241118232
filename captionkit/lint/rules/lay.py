"""LAY: lines: how long, how many, how broken."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate

from captionkit.lint.context import Context
from captionkit.lint.edits import FixTask, with_cues_changed
from captionkit.lint.examples import vtt
from captionkit.lint.graphemes import length, width
from captionkit.lint.profiles import number
from captionkit.lint.rule import INFO, UNSAFE, WARNING, Finding, example, fixes, rule
from captionkit.lint.rules._lines import divided, line_length, line_limit, line_measure, rewrapped
from captionkit.lint.rules.tim import _Changes
from captionkit.markup import visible_text
from captionkit.model import Document
from captionkit.patterns import pattern

ORDER = 60


def _cue(text: str, seconds: int = 6) -> str:
    return vtt(f"00:01.000 --> 00:0{1 + seconds}.000\n{text}")


_GOOD = _cue("We look at the first example\nand then at the second one.")


def long_lines(context: Context) -> list[tuple[int, int, float]]:
    """The lines that are longer than the profile allows: the cue's index, which of its lines, and how long."""
    found = line_limit(context)
    if not found:
        return []
    limit, most = found
    measure = line_measure(context, limit)
    counts = measure is not width and context.countable is not None
    lines = context.countable_lines if counts else context.shown_lines
    long: list[tuple[int, float]] = [(place, size) for place, size in enumerate(map(len, lines)) if size > most]
    if long and not counts:
        long = [(place, size) for place, _ in long if (size := measure(lines[place])) > most]
    if not long:
        return []
    begins = list(accumulate([breaks + 2 for breaks in context.breaks], initial=0))
    return [(index := bisect_right(begins, place) - 1, place - begins[index], size) for place, size in long]


@rule(
    "LAY001",
    WARNING,
    UNSAFE,
    limits=("max_line_chars",),
    figures=lambda context: [(index, long) for index, _, long in long_lines(context)],
)
@example(_cue("We look at the first example and then at the second one."), _GOOD)
def line_too_long(context: Context) -> Iterator[Finding]:
    """A line has more characters than the profile allows.

    The player breaks it where it likes, or it runs out of the picture on a telephone. The fix breaks it anew, at
    phrases; words stay as they are.
    """
    found = line_limit(context)
    if found:
        says = f"characters in a line, the most is {found[0].says(found[1])}"
        for index, line, long in long_lines(context):
            yield context.on_text_line(index, line, f"{number(long)} {says}")


def many_lines(context: Context) -> list[tuple[int, float]]:
    """The cues with more lines than the profile allows, and how many they have."""
    limit = context.limit("max_lines")
    if not limit or max(context.breaks, default=0) < limit.value:
        return []
    many = [index for index, breaks in enumerate(context.breaks) if breaks >= limit.value]
    counts = [(index, sum(1 for line in context.visible[index].split("\n") if line.strip())) for index in many]
    return [(index, count) for index, count in counts if count > limit.value]


@rule("LAY002", WARNING, UNSAFE, limits=("max_lines",), figures=many_lines)
@example(_cue("We look at this,\nand at that,\nand at the rest."), _GOOD)
def too_many_lines(context: Context) -> Iterator[Finding]:
    """A cue has more lines than the profile allows.

    It covers the slides. The fix breaks the lines anew where they then fit, and otherwise splits the cue in two at a
    phrase, sharing the time by the length of the text.
    """
    return context.beyond("max_lines", many_lines(context), "{} lines, the most is {limit}")


@rule("LAY003", INFO, UNSAFE, default=False, limits=("max_cue_chars",))
@example(
    _cue("We look at the first example of the two\nand then we take our time to go through it all once"),
    _GOOD,
    arguments={"select": "LAY003"},
    profile="ted",
)
def cue_too_long(context: Context) -> Iterator[Finding]:
    """A cue has more characters than the profile allows.

    The fix splits it in two at a phrase and shares the time by the length of the text.
    """
    limit = context.limit("max_cue_chars")
    if limit:
        long = [(index, length) for index, length in enumerate(context.lengths) if length > limit.value]
        yield from context.beyond("max_cue_chars", long, "{} characters, the most is {limit}")


@fixes("LAY003", fix=UNSAFE)
def shorter_cues(task: FixTask) -> Document | None:
    context = task.context
    found = {index: divided(context, index, 2) for index in task.indices()}
    return with_cues_changed(task.document, {index: parts for index, parts in found.items() if parts})


@rule("LAY004", INFO, UNSAFE, default=False, limits=("min_balance",))
@example(_cue("We look at the first example and then\nrest."), _GOOD, profile="ted")
def unbalanced_lines(context: Context) -> Iterator[Finding]:
    """One of two lines is much shorter than the other.

    The eye has to travel. Lines that two people speak are left alone. The fix breaks them anew.
    """
    from captionkit.lint import line_breaks

    limit = context.limit("min_balance")
    if limit:
        for index, text in enumerate(context.visible):
            lines = text.split("\n")
            if len(lines) == 2 and not line_breaks.is_dialogue(lines):
                short, long = sorted(length(line) for line in lines)
                if long > 20 and short < long * limit.value:
                    yield context.on_cue(
                        index, f"{short} and {long} characters, the shorter must have {limit.says()} of the longer"
                    )


@rule("LAY005", INFO, UNSAFE, default=False, limits=("max_line_chars",))
@example(_cue("We look\nat both."), _cue("We look at both."), profile="netflix-en")
def needless_break(context: Context) -> Iterator[Finding]:
    """Two lines would fit into one.

    One line covers less of the picture and is read faster. Lines that two people speak are left alone. The fix joins
    them.
    """
    from captionkit.lint import line_breaks

    found = line_limit(context)
    if found:
        limit, most = found
        for index, text in enumerate(context.visible):
            if "\n" in text and len(text) <= most * 2:
                lines = text.split("\n")
                if not line_breaks.is_dialogue(lines) and line_length(" ".join(lines), context, limit) <= most:
                    yield context.on_cue(index, f"these {len(lines)} lines fit into one of {limit.says(most)}")


@rule("LAY006", INFO, UNSAFE, default=False, source="DCMP Captioning Key, Text; BBC 1.2, line breaks")
@example(_cue("We look at the first example of the\ngroup and then at the second one."), _GOOD)
def weak_break(context: Context) -> Iterator[Finding]:
    """A line ends with a word that belongs to what follows: an article, a preposition, a conjunction.

    Phrases are read as one; a break inside one makes the reader go back. English, German, French and Spanish only. The
    fix breaks the lines anew, at phrases.
    """
    from captionkit.lint import line_breaks

    words = line_breaks.leaning_words(context.language or "en")
    if not words:
        return
    for index, text in enumerate(context.visible):
        if "\n" in text:
            for line_number, line in enumerate(text.split("\n")[:-1]):
                last = line_breaks.last_word(line)
                if last in words:
                    yield context.on_text_line(
                        index, line_number, f"the line ends with {last!r}, which belongs to what follows"
                    )


@fixes("LAY001", "LAY002", "LAY004", "LAY005", "LAY006", fix=UNSAFE)
def better_lines(task: FixTask) -> Document | None:
    """Break the lines anew; divide the cue where they do not fit."""
    context = task.context
    changes: _Changes = {}
    needs_room = {one.cue - 1 for one in task.findings if one.cue and one.code in ("LAY001", "LAY002")}
    for index in task.indices():
        text = rewrapped(context, index)
        if text is not None:
            if text != context.texts[index]:
                changes[index] = context.cues[index]._replace(text=text)
        elif index in needs_room:
            parts = divided(context, index, 2)
            if parts:
                changes[index] = parts
    return with_cues_changed(task.document, changes)


_SPLIT_WORD = pattern(r"[^\W\d_]-\n[^\W\d_]")


@rule("LAY007", INFO, default=False, source="BBC 1.2: never within a word")
@example(_cue("We look at the first exam-\nple of two."), _GOOD)
def word_split(context: Context) -> Iterator[Finding]:
    """A word is divided at the end of a line.

    Readers of captions do not expect it. A word that has a hyphen of its own may be meant, so there is no fix.
    """
    if "-\n" in context.all_visible:
        for index, _, match in context.search_visible(_SPLIT_WORD):
            yield context.on_cue(index, f"a word is divided at the line's end ({match[0][0]}-/{match[0][-1]})")


@rule("LAY008", INFO, UNSAFE)
@example(_cue("We look at both.\n&nbsp;\nThen we go on."), _GOOD)
def blank_looking_line(context: Context) -> Iterator[Finding]:
    """A line of a cue has nothing but spaces in it.

    It is shown as an empty line that covers the picture. The fix removes it.
    """
    if any(map(str.isspace, context.shown_lines)):
        for index, text in enumerate(context.visible):
            if "\n" in text and text.strip() and any(line and not line.strip() for line in text.split("\n")):
                yield context.on_cue(index, "one of its lines is empty to the eye")


@fixes("LAY008", fix=UNSAFE)
def without_empty_lines(task: FixTask) -> Document | None:
    cues = task.context.cues
    changes: _Changes = {}
    for index in task.indices():
        lines = [line for line in cues[index].text.split("\n") if visible_text(line, task.context.format).strip()]
        if lines:
            changes[index] = cues[index]._replace(text="\n".join(lines))
    return with_cues_changed(task.document, changes)

"""LAY: lines: how long, how many, how broken."""

from __future__ import annotations

from collections.abc import Iterator

from captionkit.lint.counting import length, width
from captionkit.lint.profiles import Limit, number
from captionkit.lint.rule import INFO, UNSAFE, WARNING, Finding, rule, vtt_example
from captionkit.lint.subject import Subject
from captionkit.patterns import pattern

_NEW = tuple.__new__


def _cue(text: str, seconds: int = 6) -> str:
    return vtt_example(f"00:01.000 --> 00:0{1 + seconds}.000\n{text}")


_GOOD = _cue("We look at the first example\nand then at the second one.")


def line_limit(subject: Subject) -> tuple[Limit, float] | None:
    """The longest line the profile allows in this language."""
    limit = subject.limit("max_line_chars")
    return (limit, limit.for_language(subject.language) if limit.languages else limit.value) if limit else None


def line_length(line: str, subject: Subject, limit: Limit) -> float:
    """A line's length as this limit counts it."""
    if limit.languages and subject.language[:2].lower() in ("ja", "ko", "zh"):
        return width(line)
    return length(line)


@rule(
    "LAY001",
    "line-too-long",
    WARNING,
    fix=UNSAFE,
    limits=("max_line_chars",),
    bad=_cue("We look at the first example and then at the second one."),
    good=_GOOD,
)
def line_too_long(subject: Subject) -> Iterator[Finding]:
    """A line has more characters than the profile allows.

    The player breaks it where it likes, or it runs out of the picture on a telephone. The fix breaks it anew, at
    phrases; words stay as they are.
    """
    found = line_limit(subject)
    if not found:
        return
    limit, most = found
    plain = subject.is_plain and not (limit.languages and subject.language[:2].lower() in ("ja", "ko", "zh"))
    says = f"characters in a line, the most is {limit.says(most)}"
    for index in [i for i, text in enumerate(subject.visible) if len(text) > most]:
        for number_of_line, line in enumerate(subject.visible[index].split("\n")):
            if len(line) > most:
                long = len(line) if plain else line_length(line, subject, limit)
                if long > most:
                    yield _on_text_line(subject, index, number_of_line, f"{long if plain else number(long)} {says}")


def _on_text_line(subject: Subject, index: int, line: int, message: str) -> Finding:
    """A finding about one of the lines of a cue's text, as it stands in the file."""
    first = subject.cues[index][6]
    if not first:
        return _NEW(Finding, (message, 0, 0, 0, 0, index, ""))
    lines = subject.text_lines(index)
    end = len(lines[line]) + 1 if line < len(lines) else 1
    line += first + 1
    return _NEW(Finding, (message, line, 1, line, end, index, ""))


@rule(
    "LAY002",
    "too-many-lines",
    WARNING,
    fix=UNSAFE,
    limits=("max_lines",),
    bad=_cue("We look at this,\nand at that,\nand at the rest."),
    good=_GOOD,
)
def too_many_lines(subject: Subject) -> Iterator[Finding]:
    """A cue has more lines than the profile allows.

    It covers the slides. The fix breaks the lines anew where they then fit, and otherwise splits the cue in two at a
    phrase, sharing the time by the length of the text.
    """
    limit = subject.limit("max_lines")
    if limit:
        breaks = limit.value - 1
        for index in [i for i, text in enumerate(subject.visible) if "\n" in text and text.count("\n") > breaks]:
            shown = [line for line in subject.visible[index].split("\n") if line.strip()]
            if len(shown) > limit.value:
                yield subject.on_cue(index, f"{len(shown)} lines, the most is {limit.says()}")


@rule(
    "LAY003",
    "cue-too-long",
    INFO,
    fix=UNSAFE,
    default=False,
    limits=("max_cue_chars",),
    profile="ted",
    bad=_cue("We look at the first example of the two\nand then we take our time to go through it all once"),
    good=_GOOD,
    context={"select": "LAY003"},
)
def cue_too_long(subject: Subject) -> Iterator[Finding]:
    """A cue has more characters than the profile allows.

    The fix splits it in two at a phrase and shares the time by the length of the text.
    """
    limit = subject.limit("max_cue_chars")
    if limit:
        for index, long in enumerate(subject.lengths):
            if long > limit.value:
                yield subject.on_cue(index, f"{long} characters, the most is {limit.says()}")


@rule(
    "LAY004",
    "unbalanced-lines",
    INFO,
    fix=UNSAFE,
    default=False,
    limits=("min_balance",),
    profile="ted",
    bad=_cue("We look at the first example and then\nrest."),
    good=_GOOD,
)
def unbalanced_lines(subject: Subject) -> Iterator[Finding]:
    """One of two lines is much shorter than the other.

    The eye has to travel. Lines that two people speak are left alone. The fix breaks them anew.
    """
    from captionkit.lint import phrases

    limit = subject.limit("min_balance")
    if limit:
        for index, text in enumerate(subject.visible):
            lines = text.split("\n")
            if len(lines) == 2 and not phrases.is_dialogue(lines):
                short, long = sorted(length(line) for line in lines)
                if long > 20 and short < long * limit.value:
                    yield subject.on_cue(
                        index, f"{short} and {long} characters, the shorter must have {limit.says()} of the longer"
                    )


@rule(
    "LAY005",
    "needless-break",
    INFO,
    fix=UNSAFE,
    default=False,
    limits=("max_line_chars",),
    profile="netflix-en",
    bad=_cue("We look\nat both."),
    good=_cue("We look at both."),
)
def needless_break(subject: Subject) -> Iterator[Finding]:
    """Two lines would fit into one.

    One line covers less of the picture and is read faster. Lines that two people speak are left alone. The fix joins
    them.
    """
    from captionkit.lint import phrases

    found = line_limit(subject)
    if found:
        limit, most = found
        for index, text in enumerate(subject.visible):
            if "\n" in text and len(text) <= most * 2:
                lines = text.split("\n")
                if not phrases.is_dialogue(lines) and line_length(" ".join(lines), subject, limit) <= most:
                    yield subject.on_cue(index, f"these {len(lines)} lines fit into one of {limit.says(most)}")


@rule(
    "LAY006",
    "weak-break",
    INFO,
    fix=UNSAFE,
    default=False,
    context={"select": "LAY006"},
    source="DCMP Captioning Key, Text; BBC 1.2, line breaks",
    bad=_cue("We look at the first example of the\ngroup and then at the second one."),
    good=_GOOD,
)
def weak_break(subject: Subject) -> Iterator[Finding]:
    """A line ends with a word that belongs to what follows: an article, a preposition, a conjunction.

    Phrases are read as one; a break inside one makes the reader go back. English, German, French and Spanish only. The
    fix breaks the lines anew, at phrases.
    """
    from captionkit.lint import phrases

    words = phrases.leaning_words(subject.language or "en")
    if not words:
        return
    for index, text in enumerate(subject.visible):
        if "\n" in text:
            for line_number, line in enumerate(text.split("\n")[:-1]):
                last = phrases.last_word(line)
                if last in words:
                    yield _on_text_line(
                        subject, index, line_number, f"the line ends with {last!r}, which belongs to what follows"
                    )


_SPLIT_WORD = pattern(r"[^\W\d_]-\n[^\W\d_]")


@rule(
    "LAY007",
    "word-split",
    INFO,
    default=False,
    profile="bbc",
    context={"select": "LAY007"},
    source="BBC 1.2: never within a word",
    bad=_cue("We look at the first exam-\nple of two."),
    good=_GOOD,
)
def word_split(subject: Subject) -> Iterator[Finding]:
    """A word is divided at the end of a line.

    Readers of captions do not expect it. A word that has a hyphen of its own may be meant, so there is no fix.
    """
    if "-\n" in subject.all_visible:
        for index, _, match in subject.search_visible(_SPLIT_WORD):
            yield subject.on_cue(index, f"a word is divided at the line's end ({match[0][0]}-/{match[0][-1]})")


_BLANK_LINE = pattern(r"\n[^\S\n]+(?=\n)")


@rule(
    "LAY008", "blank-looking-line", INFO, fix=UNSAFE, bad=_cue("We look at both.\n&nbsp;\nThen we go on."), good=_GOOD
)
def blank_looking_line(subject: Subject) -> Iterator[Finding]:
    """A line of a cue has nothing but spaces in it.

    It is shown as an empty line that covers the picture. The fix removes it.
    """
    # The first cue's first line and the last one's last have no line end on one side.
    if (subject.has_edge_space or subject.visible is not subject.texts) and _BLANK_LINE.search(
        f"\n{subject.all_visible}\n"
    ):
        for index, text in enumerate(subject.visible):
            if "\n" in text and text.strip() and any(line and not line.strip() for line in text.split("\n")):
                yield subject.on_cue(index, "one of its lines is empty to the eye")

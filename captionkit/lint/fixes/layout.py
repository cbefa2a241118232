"""Fixes of lines: break them anew at phrases, and divide cues that have too much in them.

A cue's text is cut into words, a tag staying with the word it touches, and `captionkit.lint.phrases` finds the best
breaks.
Lines that different people speak are never run together. What does not fit the profile's lines is divided into cues
that share the time by the length of their text; what cannot be divided is left, and goes on being reported.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections.abc import Sequence

from captionkit.lint import phrases
from captionkit.lint.counting import length
from captionkit.lint.mend import Change, Patient, mends, with_cues_changed
from captionkit.lint.rule import UNSAFE
from captionkit.lint.rules.lay import line_length
from captionkit.lint.subject import Subject
from captionkit.markup import visible_text
from captionkit.model import Cue, Document
from captionkit.patterns import pattern
from captionkit.scripts import is_unspaced

ORDER = 60

_WORDS = pattern(r"(?:<[^<>]*>|\{\\[^{}]*\}|[^\s<{]|[<{])+")
_TAG = pattern(r"<(/?)([A-Za-z]++)([^<>]*+)>")
_OVERRIDE = pattern(r"\{\\an?\d+\}")
_TIMESTAMP = pattern(r"<\d")

#: A longer text is no caption; dividing it in two would not make it one.
_LONGEST_TEXT = 4000

#: Without a limit of the profile lines are broken at what most standards take.
_USUAL_CHARS = 42
_USUAL_LINES = 2

_Changes = dict[int, Change]


#: In a script without spaces: what stands up to a mark, with the marks. A word has no edge that could be seen.
_CLAUSES = pattern("[^，。、；：！？…]+[，。、；：！？…」』》）”’]*|[，。、；：！？…]+")


def cut(text: str) -> tuple[list[str], str]:
    """What lines are made of, and what stands between: words and spaces, or clauses and nothing."""
    lines = text.split("\n")
    letters = [] if text.isascii() or " " in text or "<" in text else [char for char in text if char.isalpha()]
    if letters and 2 * sum(map(is_unspaced, letters)) > len(letters):
        return [clause for line in lines for clause in _CLAUSES.findall(line)], ""
    return _WORDS.findall(text), " "


def wrapped(subject: Subject, words: Sequence[str], glue: str = " ") -> str | None:
    """These words in as few lines as the profile allows, at the best places; None where they do not fit."""
    limit = subject.limit("max_line_chars")
    lines = subject.limit("max_lines")
    most = (limit.for_language(subject.language) if limit.languages else limit.value) if limit else _USUAL_CHARS
    language = subject.language or "en"

    def measure(text: str) -> float:
        shown = visible_text(text, subject.format) if "<" in text or "&" in text or "{" in text else text
        return line_length(shown, subject, limit) if limit else length(shown)

    breaks = phrases.wrap(words, most, int(lines.value) if lines else _USUAL_LINES, language, measure, glue)
    if breaks is None:
        return None
    edges = [0, *breaks, len(words)]
    return "\n".join(glue.join(words[a:b]) for a, b in itertools.pairwise(edges))


def rewrapped(subject: Subject, index: int) -> str | None:
    """A cue's text with its lines broken anew; None where it does not fit or its breaks mean something."""
    text = subject.texts[index]
    if len(text) > _LONGEST_TEXT:
        return None
    lines = subject.visible[index].split("\n")
    if len(lines) > 1 and phrases.is_dialogue(lines):
        return None
    words, glue = cut(text)
    if not words or (not glue and any(line[-1:].isalnum() for line in text.split("\n")[:-1])):
        return None  # a break within a clause stays: whether it parts a word cannot be seen
    return wrapped(subject, words, glue)


@mends("LAY001", "LAY002", "LAY004", "LAY005", "LAY006", kind=UNSAFE)
def better_lines(patient: Patient) -> Document | None:
    """Break the lines anew; divide the cue where they do not fit."""
    subject = patient.subject
    changes: _Changes = {}
    needs_room = {one.cue - 1 for one in patient.findings if one.cue and one.code in ("LAY001", "LAY002")}
    for index in patient.indices():
        text = rewrapped(subject, index)
        if text is not None:
            if text != subject.texts[index] and _is_better(subject, index, text):
                changes[index] = subject.cues[index]._replace(text=text)
        elif index in needs_room:
            parts = divided(subject, index, 2)
            if parts:
                changes[index] = parts
    return with_cues_changed(patient.document, changes)


def _is_better(subject: Subject, index: int, text: str) -> bool:
    """Whether the new lines are worth the change: a break that is as bad as the old one is left."""
    return text.split("\n") != subject.texts[index].split("\n")


@mends("LAY003", kind=UNSAFE)
def shorter_cues(patient: Patient) -> Document | None:
    subject = patient.subject
    found = {index: divided(subject, index, 2) for index in patient.indices()}
    return with_cues_changed(patient.document, {index: parts for index, parts in found.items() if parts})


@mends("LAY008", kind=UNSAFE)
def without_empty_lines(patient: Patient) -> Document | None:
    cues = patient.subject.cues
    changes: _Changes = {}
    for index in patient.indices():
        lines = [line for line in cues[index].text.split("\n") if visible_text(line, patient.subject.format).strip()]
        if lines:
            changes[index] = cues[index]._replace(text="\n".join(lines))
    return with_cues_changed(patient.document, changes)


def divided(subject: Subject, index: int, count: int) -> list[Cue] | None:
    """A cue as two or more, at the best places, sharing the time by the length of the text.

    Returns:
        None where there is too little text, too little time, a timestamp inside that ties words to times, or another
        cue at the same time, whose words would come in between.
    """
    cue = subject.cues[index]
    starts = subject.sorted_starts
    if bisect_left(starts, cue.end) - bisect_left(starts, cue.start) > 1:
        return None
    if _TIMESTAMP.search(cue.text) or cue.duration <= 0 or count < 2:
        return None
    lines = subject.texts[index].split("\n")
    if len(lines) > 1 and phrases.is_dialogue(subject.visible[index].split("\n")):
        return _by_speaker(subject, cue, lines)
    if len(cue.text) > _LONGEST_TEXT:
        return None
    words, glue = cut(cue.text)
    pieces = _pieces(words, min(count, 6), subject.language or "en")
    if pieces is None:
        return None
    texts = [wrapped(subject, piece, glue) or glue.join(piece) for piece in _with_tags(pieces)]
    return _timed(subject, cue, texts)


def _by_speaker(subject: Subject, cue: Cue, lines: list[str]) -> list[Cue] | None:
    """Divide before the line where another person begins to speak, nearest the middle."""
    if "<" in cue.text:
        return None
    starts = [n for n in range(1, len(lines)) if phrases.is_dialogue([lines[n]])]
    if not starts:
        return None
    at = min(starts, key=lambda n: abs(n - len(lines) / 2))
    return _timed(subject, cue, ["\n".join(lines[:at]), "\n".join(lines[at:])])


def _pieces(words: list[str], count: int, language: str) -> list[list[str]] | None:
    """The words in so many parts, each of two words or more."""
    if len(words) < 2 * count:
        return None
    if count == 1:
        return [words]
    half = count // 2
    if count == 2:
        at = phrases.split_point(words, language)
    else:
        wanted = sum(map(len, words)) * half / count
        reached, at = 0, 0
        while at < len(words) - 1 and reached < wanted:
            reached += len(words[at])
            at += 1
        near = range(max(2, at - 3), min(len(words) - 2, at + 3) + 1)
        at = min(
            near, key=lambda n: phrases.break_cost(words[n - 1], words[n], language) + abs(n - at) * 0.1, default=at
        )
    first, second = _pieces(words[:at], half, language), _pieces(words[at:], count - half, language)
    return [*first, *second] if first and second else None


def _with_tags(pieces: list[list[str]]) -> list[list[str]]:
    """Close at the end of each piece what is open, open it again in the next, and repeat {\\an8}."""
    made: list[list[str]] = []
    open_tags: list[tuple[str, str]] = []  # as it stands, and its name
    override = _OVERRIDE.match(pieces[0][0])
    for number, piece in enumerate(pieces):
        words = list(piece)
        words[0] = (override[0] if override and number else "") + "".join([tag for tag, _ in open_tags]) + words[0]
        for match in _TAG.finditer(" ".join(piece)):
            if not match[1]:
                open_tags.append((match[0], match[2]))
            elif open_tags and open_tags[-1][1].lower() == match[2].lower():
                open_tags.pop()
        words[-1] += "".join([f"</{name}>" for _, name in reversed(open_tags)])
        made.append(words)
    return made


def _timed(subject: Subject, cue: Cue, texts: list[str]) -> list[Cue] | None:
    """The parts with their shares of the cue's time; None where one would be too short to be read."""
    from captionkit.lint.fixes.times import LEAST_KEPT_MS, Room

    sizes = [max(1, length(visible_text(text, subject.format))) for text in texts]
    room = Room(subject)
    gap = 0 if room.zero_ok else room.gap
    free = cue.duration - gap * (len(texts) - 1)
    least = subject.limit("min_duration")
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

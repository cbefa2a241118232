"""TXT005, TXT006 and TXT020: words that are shown again though nobody says them again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from operator import contains

from captionkit import roll_up
from captionkit.lint.context import Context
from captionkit.lint.edits import Change, FixTask, with_cues_changed
from captionkit.lint.examples import SENTENCES, spoken
from captionkit.lint.rule import UNSAFE, WARNING, Finding, Words, example, fixes, rule
from captionkit.markup import visible_text
from captionkit.model import Cue, Document
from captionkit.patterns import pattern

ORDER = 40


@rule("TXT005", WARNING, UNSAFE)
@example(spoken("All right then.", "All right then.", "All right then."), spoken(*SENTENCES))
def repeated_cue(context: Context) -> Iterator[Finding]:
    """Three or more cues in a row say the same.

    Speech recognition that has lost the thread repeats itself (Whisper does so in silence and music). Listen to the
    place. The fix keeps the first and holds it longer, up to the longest time that the profile allows a cue.
    """
    for first, count in repeats(context):
        yield context.on_cue(first, f"is said {count} times in a row")


@fixes("TXT005", fix=UNSAFE, words=Words.REMOVED)
def said_once(task: FixTask) -> Document | None:
    """Keep the first of a run, held as long as the profile allows within the time of all."""
    context = task.context
    cues = context.cues
    most = context.limit("max_duration")
    changes: dict[int, Change] = {}
    for first, count in repeats(context):
        cue = cues[first]
        last = max(one.end for one in cues[first : first + count])
        longest = cue.start + int(most.value if most else _USUAL_MOST_MS)
        changes[first] = cue._replace(end=max(cue.end, min(last, longest)))
        changes.update(dict.fromkeys(range(first + 1, first + count)))
    return with_cues_changed(task.document, changes)


#: How long a cue is shown at most where the profile does not say.
_USUAL_MOST_MS = 7000


def repeats(context: Context) -> Iterator[tuple[int, int]]:
    """Runs of three or more cues with the same words: the first's index and how many."""
    texts = context.visible
    if not context.repeats_itself:
        return
    other: set[int] | None = None  # cues that repeat what is shown before for another reason
    first = 0
    for index in range(1, len(texts) + 1):
        if index < len(texts) and texts[index] == texts[first]:
            continue
        if index - first >= 3 and len(texts[first].strip()) > 3 and any(map(str.isalpha, texts[first])):
            if other is None:
                other = {*rolling(context), *(begin + 1 for begin, _ in highlights(context))}
            if other.isdisjoint(range(first + 1, index)):
                yield first, index - first
        first = index


@rule("TXT006", WARNING, UNSAFE)
@example(
    spoken(
        "and so we begin",
        "and so we begin\nwith the first",
        "with the first\nof the examples",
        "of the examples\nthat we have",
    ),
    spoken(*SENTENCES),
)
def rolling_duplicate(context: Context) -> Iterator[Finding]:
    """Cue after cue begins with the line the one before ended with: captions that roll up, saved as cues.

    YouTube's automatic captions come so. Every line is shown twice and read twice, and a screen reader says it twice.
    Reported once a file, where it begins. The fix leaves each line once; the words that were repeated go.
    """
    rolled = list(rolling(context))
    if rolled:
        yield context.on_cue(
            rolled[0], f"repeats the line before it, as do {len(rolled) - 1} other cues of {len(context.cues)}"
        )


@fixes("TXT006", fix=UNSAFE, words=Words.REMOVED)
def unrolled(task: FixTask) -> Document | None:
    """Leave each line where it first appears; a cue that shows nothing new goes, and what it held is shown longer."""
    cues = task.context.cues
    changes: dict[int, Change] = {}
    kept = -1  # the last cue that stays
    rolled = rolling(task.context)
    for index, cue in enumerate(cues):
        lines, characters = rolled.get(index, (0, 0))
        text = _without_repeated(cue.text, task.context.format, lines, characters) if index in rolled else cue.text
        if text is None:
            text = cue.text
        if index in rolled and not text and kept >= 0:
            changes[index] = None
            before = changes.get(kept)
            before = before if isinstance(before, Cue) else cues[kept]
            changes[kept] = before._replace(end=max(before.end, cue.end))
            continue
        if text != cue.text:
            changes[index] = cue._replace(text=text)
        kept = index
    return with_cues_changed(task.document, changes)


def _without_repeated(raw: str, format: str, lines: int, characters: int) -> str | None:
    """Raw text without its first lines that show something, and without what the line after them begins with; tags
    that they open stay open. None where markup stands in between."""
    rest = raw.split("\n")
    dropped: list[str] = []
    while rest and (lines or not visible_text(rest[0], format).strip()):
        lines -= bool(visible_text(rest[0], format).strip())
        dropped.append(rest.pop(0))
    if characters and rest:
        if not rest[0].isprintable() or visible_text(rest[0], format) != rest[0]:
            return None
        rest[0] = rest[0].lstrip()[characters:].lstrip()
    rest = [line for line in rest if visible_text(line, format).strip()]
    if not rest:
        return ""
    opened: list[re.Match[str]] = []
    for tag in _TAGS.finditer("\n".join(dropped)):
        if not tag[1]:
            opened.append(tag)
        elif opened and opened[-1][2] == tag[2]:
            opened.pop()
    return "".join([tag[0] for tag in opened]) + "\n".join(rest)


def rolling(context: Context) -> dict[int, tuple[int, int]]:
    """The cues that repeat what the one before shows, by index, with how many lines and characters of the line after
    them they repeat; none where the file as a whole does not roll up."""
    texts = context.visible
    # Most cues do not begin with anything that stands in the one before: a few characters tell.
    if len(texts) < 4 or 3 * sum(map(contains, texts, [cue.lstrip()[:4].rstrip() for cue in texts[1:]])) < len(texts):
        return {}
    shown = [
        roll_up.Shown(start, end, [tidy for line in text.split("\n") if (tidy := line.strip())])
        for start, end, text in zip(context.starts, context.ends, context.visible, strict=True)
    ]
    rolled = roll_up.rolling(shown)
    for first, count in highlights(context):
        for index in range(first, first + count):
            rolled.pop(index, None)
    return rolled if roll_up.is_rolled_up(len(rolled), len(shown)) else {}


# A mark on one word: what programs that light up the word that is being said write.
_MARKED = pattern(r"<(u|b|i|font|c)(?:[. ][^<>]*)?>([^<>]*)</\1>")


def highlights(context: Context) -> list[tuple[int, int]]:
    """Runs of cues that show the same phrase while a mark moves through its words: the first's index and how many."""
    texts, raws = context.visible, context.texts
    if texts is raws or not context.repeats_itself:
        return []
    found: list[tuple[int, int]] = []
    first = 0
    for index in range(1, len(texts) + 1):
        if (
            index < len(texts)
            and texts[index] == texts[first]
            and context.starts[index] - context.ends[index - 1] <= _PHRASE_GAP_MS
        ):
            continue
        if index - first >= 2 and _mark_moves(raws[first:index]):
            found.append((first, index - first))
        first = index
    return found


#: Between two words of a phrase nobody pauses longer.
_PHRASE_GAP_MS = 1000


def _mark_moves(raws: Sequence[str]) -> bool:
    """Whether at most one part of each of these is marked, and it is not the same in all."""
    places = set()
    for raw in raws:
        marked = list(_MARKED.finditer(raw))
        if len(marked) > 1 or ("<" in raw and not marked):
            return False
        places.add(marked[0].span(2) if marked else None)
        if marked and len(marked[0][2].split()) > 1:
            return False
    return len(places) > 1


def without_mark(raw: str) -> str:
    """The phrase without the mark on one of its words."""
    return _MARKED.sub(r"\2", raw)


@rule("TXT020", WARNING, UNSAFE, needs="<&{")
@example(
    spoken("<u>We</u> look at it.", "We <u>look</u> at it.", "We look <u>at</u> it.", "We look at <u>it.</u>"),
    spoken("We look at it."),
)
def word_highlight(context: Context) -> Iterator[Finding]:
    """The same phrase is shown again and again while a mark moves through its words.

    Whisper and its like write such files to light up each word as it is said. As captions they flicker, and a screen
    reader says the phrase once for each word. The fix shows each phrase once, over the time of all, and takes the mark
    off; the words that were repeated go. Reported once a file, where it begins.
    """
    found = highlights(context)
    if found:
        count = sum(count for _, count in found)
        yield context.on_cue(
            found[0][0], f"shows a phrase again for each of its words, as do {count - 1} of {len(context.cues)} cues"
        )


_TAGS = re.compile(r"<(/?)([A-Za-z]+)[^<>]*>")


@fixes("TXT020", fix=UNSAFE, words=Words.REMOVED)
def phrases_once(task: FixTask) -> Document | None:
    """Show each phrase once, over the time of all its words, without the mark."""
    context = task.context
    cues = context.cues
    found = highlights(context)
    changes: dict[int, Change] = {}
    for first, count in found:
        end = max(cue.end for cue in cues[first : first + count])
        changes[first] = cues[first]._replace(text=without_mark(cues[first].text), end=end)
        changes.update(dict.fromkeys(range(first + 1, first + count)))
    if 2 * len(changes) >= len(cues):
        for index, cue in enumerate(cues):  # phrases of one word: the mark is on all of them
            if index not in changes and len(context.visible[index].split()) == 1:
                changes[index] = cue._replace(text=without_mark(cue.text))
    return with_cues_changed(task.document, changes)

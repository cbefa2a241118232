"""Where a sentence may be broken: what the rules about lines and the fixes that break lines share. Pure.

Theory of operation. Every space in a text is a possible break with a cost: little after a full stop, some after a comma
or before a conjunction, much after a word that leans on what follows (an article, a preposition), and very much between
the parts of a name or a number and its unit. The cheapest set of breaks is found by looking at every way to fill the
lines, from the end to the front (dynamic programming, as TeX breaks paragraphs), so a good break early is not paid for
by a bad one late.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

from captionkit.patterns import pattern

#: Words that belong to what follows them: articles, prepositions, conjunctions, possessives and weak pronouns.
_LEANING = {
    "en": (
        "a an the and or but nor so yet of to in on at by for with from into onto about over under after "
        "before between through during without within against among as than that which who whose if because "
        "while when where although my your his her its our their this these those no every each i we you he "
        "she they it is are was were be been am will would can could shall should may might must do does did "
        "have has had not very mr mrs ms dr"
    ),
    "de": (
        "der die das den dem des ein eine einen einem einer eines und oder aber denn sondern von zu zum zur "
        "in im an am auf bei mit nach aus für über unter durch ohne gegen um als wie dass ob weil wenn "
        "während obwohl mein dein sein ihr unser euer kein keine nicht sehr herr frau dr ich du er sie es wir"
    ),
    "fr": (
        "le la les un une des du de d au aux et ou mais donc or ni car à en dans sur sous par pour avec sans "
        "chez entre vers que qui dont où si comme quand parce mon ma mes ton ta tes son sa ses notre votre "
        "leur ce cet cette ces ne je tu il elle on nous vous ils elles très m mme"
    ),
    "es": (
        "el la los las un una unos unas y e o u pero ni de del a al en con por para sin sobre entre desde "
        "hasta que quien cual si como cuando porque aunque mi tu su mis tus sus nuestro este esta estos estas "
        "ese esa no muy se me te le lo nos sr sra dr"
    ),
}
#: Words before which a break is good, because a new clause begins.
_OPENING = {
    "en": "and or but because which who that when where while if so although since unless until than then",
    "de": "und oder aber weil dass wenn während obwohl denn sondern damit",
    "fr": "et ou mais parce que qui quand lorsque puisque donc car",
    "es": "y o pero porque que quien cuando aunque mientras si",
}
_WORD = pattern(r"[^\W_]+(?:['’\-][^\W_]+)*")
_ENDS_SENTENCE = pattern(r"[.!?…。！？][\"'”’»)\]]*$")
_ENDS_CLAUSE = pattern(r"[,;:—–、，][\"'”’»)\]]*$")
_DIALOGUE = pattern(r"^\s*(?:[-–—‐]|>>|[A-Z][A-Z .'’-]{1,30}:|\[|\(|♪)")


@cache
def leaning_words(language: str) -> frozenset[str]:
    """The words of a language that belong to what follows; none for a language that is not known."""
    return frozenset(_LEANING.get(language.split("-")[0].lower(), "").split())


@cache
def _opening_words(language: str) -> frozenset[str]:
    return frozenset(_OPENING.get(language.split("-")[0].lower(), "").split())


def last_word(line: str) -> str:
    """The last word of a line in small letters, if nothing but spaces follows it; "" otherwise."""
    words = _WORD.findall(line)
    return words[-1].lower() if words and line.rstrip().endswith(words[-1]) else ""


def is_dialogue(lines: Sequence[str]) -> bool:
    """Whether the lines are spoken by different people, or are sounds or songs: then the breaks mean something."""
    return sum(1 for line in lines if _DIALOGUE.match(line)) >= (2 if len(lines) > 1 else 1) or any(
        _DIALOGUE.match(line) for line in lines[1:]
    )


def break_cost(before: str, after: str, language: str = "en") -> float:
    """How bad it is to break between these two words: 0 at the end of a sentence, 1 for an ordinary space."""
    if _ENDS_SENTENCE.search(before):
        return 0.0
    if _ENDS_CLAUSE.search(before):
        return 0.15
    first = _WORD.match(after)
    if last_word(before) in leaning_words(language):
        return 2.5
    if first and first[0].lower() in _opening_words(language):
        return 0.3
    if first and first[0].lower() in leaning_words(language):
        return 0.6
    if before[:1].isupper() and after[:1].isupper():
        return 2.0  # the parts of a name
    if before[-1:].isdigit():
        return 2.0  # a number and its unit
    return 1.0


def wrap(
    words: Sequence[str],
    most: float,
    lines: int,
    language: str = "en",
    measure: Callable[[str], float] = len,
    glue: str = " ",
) -> list[int] | None:
    """Break words into at most so many lines, as few as possible, at the best places.

    Args:
        words: in order, without spaces.
        most: the longest line.
        lines: how many there may be.
        measure: how long a text is.
        glue: what stands between two words of a line.

    Returns:
        Before which word each line but the first begins; None where the words do not fit.
    """
    space = measure(glue)
    if len(words) > most * lines:
        return None
    sizes = [measure(word) for word in words]
    if sum(sizes) + space * (len(words) - lines) > most * lines:
        return None
    for count in range(1, lines + 1):
        found = _best(words, sizes, space, most, count, language)
        if found is not None:
            return found
    return None


def _best(
    words: Sequence[str], sizes: Sequence[float], space: float, most: float, count: int, language: str
) -> list[int] | None:
    """The best way to make exactly `count` lines."""
    total = len(words)
    if count > total:
        return None
    ideal = (sum(sizes) + space * (total - count)) / count
    # best[i] for the lines so far: the cost and the breaks of the cheapest way to put the words from i on.
    best: dict[int, tuple[float, list[int]]] = {total: (0.0, [])}
    for line in range(count, 0, -1):
        current: dict[int, tuple[float, list[int]]] = {}
        for start in range(line - 1, total) if line > 1 else (0,):
            size = -space
            for end in range(start, total):
                size += sizes[end] + space
                if size > most:
                    break
                rest = best.get(end + 1)
                if rest is None:
                    continue
                cost = 4.0 * ((size - ideal) / max(ideal, 1)) ** 2 + rest[0]
                if end + 1 < total:
                    cost += break_cost(words[end], words[end + 1], language)
                    # Of two equal ways the one with the longer second line: it hides less of the picture's middle.
                    cost += 0.05 if rest[1] == [] and size > ideal else 0.0
                if start not in current or cost < current[start][0]:
                    current[start] = (cost, [end + 1, *rest[1]] if end + 1 < total else [])
        best = current
    return best[0][1] if 0 in best else None


def split_point(words: Sequence[str], language: str = "en", measure: Callable[[str], float] = len) -> int:
    """Before which word a text is best divided in two of about the same length; 0 where it has one word."""
    if len(words) < 2:
        return 0
    total = sum(measure(word) for word in words)
    reached = 0.0
    best, cheapest = 0, float("inf")
    for index in range(1, len(words)):
        reached += measure(words[index - 1])
        cost = break_cost(words[index - 1], words[index], language) + 6.0 * (reached / total - 0.5) ** 2
        if cost < cheapest:
            best, cheapest = index, cost
    return best

"""What a name may mean that is no recording's title: a vendor's `AST_998877_BIO101-Lec03_Photosynthesis_final`.

Theory of operation. Names and titles become words and numbers: without case, accents and punctuation, numbers without
leading zeros, `lec` as lecture, `two` and `II` as 2; what vendors and software add (job numbers, `captions_final`,
`1080p`) is left out. A word counts by how few titles have it, so that "lecture" says little and "photosynthesis" much;
rapidfuzz (MIT licence) finds the same word with a slip of the pen in it. The rating is how much of the title stands in
the name and of the name in the title, whatever their order.

Numbers are no words: lecture 3 is never lecture 4, however alike the rest is, nor is week 3 lecture 2 week 2 lecture 3.

A guess is clear only if it rates well, the next one rates clearly worse, and no other name fits the same recording
better. It stays a guess: nothing is sent on one until a person has confirmed it. Pure.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple, Protocol

#: From 0 to 100: what a guess must reach to be clear, by how much it must lead, and what is worth showing at all.
CLEAR, MARGIN, SHOWN = 70, 12, 35
_MOST_SHOWN = 5
#: How many titles are rated for a name, and how many are looked up for the letter groups that a name has.
_RATED, _LOOKED_UP = 40, 3000


class Titled(Protocol):
    """What is needed of a media object."""

    @property
    def media(self) -> str: ...
    @property
    def media_id(self) -> str: ...
    @property
    def title(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Candidate:
    """A recording that a name may mean.

    Attributes:
        score: 0 to 100.
        why: what they have in common and what not, for a person.
    """

    media: str
    media_id: str
    title: str
    score: int
    why: str


@dataclass(frozen=True, slots=True)
class Guess:
    """What a name may mean.

    Attributes:
        candidates: the likeliest first; perhaps none.
        is_clear: whether the first one fits, and fits clearly better than all others.
        why: how sure that is, for a person.
    """

    name: str
    candidates: tuple[Candidate, ...]
    is_clear: bool
    why: str


def guesses(
    names: Iterable[str], media: Collection[Titled], taken: Mapping[str, str] | None = None
) -> dict[str, Guess]:
    """What each of these names may mean.

    Args:
        names: those that fit no title.
        media: all recordings of the scope.
        taken: media -> the name that surely means it; another name for the same recording is no clear guess.
    """
    names = sorted(set(names))
    if not names:
        return {}
    titles = _Titles(media, names)
    found = {name: titles.guess(name) for name in names}
    return _without_rivals(found, {name: titles.read(name) for name in names}, taken or {})


# --- words and numbers ------------------------------------------------------------------------------------------------

_SAME_WORD = {
    "lec": "lecture", "lect": "lecture", "wk": "week", "mod": "module", "ch": "chapter", "chap": "chapter",
    "pt": "part", "vid": "video", "ep": "episode", "sess": "session", "intro": "introduction", "tut": "tutorial",
    "sec": "section", "sect": "section", "vorl": "vorlesung", "lekt": "lektion", "sem": "semester",
}  # fmt: skip
_NUMBER_WORDS = dict(
    zip(
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"],
        map(str, range(1, 13)),
        strict=True,
    )
)
#: Not i, v and x, which are words and marks as well.
_ROMAN = {"ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9", "xi": "11", "xii": "12"}
#: What vendors, recorders and people add to the name of a file. No part of it, unless a title has the word too.
_ADDED = frozenset(
    (  # noqa: SIM905  one word a line would be two pages
     "caption captions captioned captioning subtitle subtitles subs cc sdh srt vtt webvtt transcript transcribed "
     "transcription final finished edit edited approved reviewed corrected checked draft copy version export exported "
     "download downloaded recording recorded video audio file hd sd uhd mp4 m4v mov media human machine auto default "
     "play rev verbit cielo ast automaticsync captionsync otter trint sonix zoom panopto kaltura yuja temi gmt "
     "happyscribe amara youtube studio").split()
)  # fmt: skip
_VENDORS_AND_FORMATS = re.compile(
    r"(?i)(?<![a-z0-9])(?:3\s?play(?:\s?media)?|cielo24|echo360|[0-9]{3,4}[pi]|h\.?26[45]|mp[34]|m4[av])(?![a-z0-9])"
)
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]{2})")
_TOKEN = re.compile(r"[^\W\d_]+|[0-9]+")
#: W2L3 is week 2, lecture 3.
_LETTER_OF = {"w": "week", "l": "lecture", "m": "module"}
_LETTERED = re.compile(r"(?<![^\W\d_])[wlm](?=[0-9])")
#: A number of so many digits is a date or somebody's job number.
_LONG_NUMBER = 5


class _Words(NamedTuple):
    """A name or title as it is compared.

    Attributes:
        words: each once, in order.
        numbers: (the word before, "" for none; the number), in order.
    """

    words: tuple[str, ...]
    numbers: tuple[tuple[str, str], ...]

    @property
    def key(self) -> str:
        """What it says, whatever the order."""
        return " ".join((*sorted(self.words), *(number for _, number in self.numbers)))


@lru_cache(maxsize=65_536)
def _tokens(text: str) -> tuple[str, ...]:
    text = _HUMP.sub(" ", _VENDORS_AND_FORMATS.sub(" ", unicodedata.normalize("NFKC", text)))
    plain = "".join(c for c in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(c))
    plain = _LETTERED.sub(lambda letter: f" {_LETTER_OF[letter[0]]} ", unicodedata.normalize("NFC", plain))
    return tuple(map(_same, _TOKEN.findall(plain)))


def _same(token: str) -> str:
    if token.isdecimal():
        return token.lstrip("0") or "0"
    return _SAME_WORD.get(token) or _NUMBER_WORDS.get(token) or _ROMAN.get(token) or token


def _words(tokens: Iterable[str], leave_out: Collection[str] = frozenset(), known: Collection[str] = ()) -> _Words:
    """The tokens sorted out; `known` are those of titles, which are never left out."""
    words: dict[str, None] = {}
    numbers = []
    before = ""
    for token in tokens:
        is_number = token.isdecimal()
        if token not in known and (token in leave_out or (is_number and len(token) >= _LONG_NUMBER)):
            before = ""
        elif is_number:
            numbers.append((before, token))
            before = ""
        else:
            words[token] = None
            before = token
    return _Words(tuple(words), tuple(numbers))


def _agree(name: _Words, title: _Words) -> bool:
    """Whether the numbers of both can be those of one recording."""
    ours, theirs = [n for _, n in name.numbers], [n for _, n in title.numbers]
    if not ours or not theirs:
        return True
    labelled = dict(pair for pair in name.numbers if pair[0])
    if any(labelled.get(label, number) != number for label, number in title.numbers if label):
        return False
    fewer, more = sorted((ours, theirs), key=len)
    if Counter(fewer) - Counter(more):
        return False
    if all(label and label in labelled for label, _ in title.numbers) and len(labelled) == len(ours):
        return True
    rest = iter(more)  # without words that say which number is which, their order does
    return all(number in rest for number in fewer)


# --- rating -----------------------------------------------------------------------------------------------------------


class _Titles:
    """The titles of a scope, by their words and by their groups of three letters."""

    def __init__(self, media: Collection[Titled], names: Sequence[str]) -> None:
        from captionkit.library.match import without_extension

        self._bare = without_extension
        # The order of a listing must not decide between two that fit alike.
        self._media = sorted({one.media: one for one in media}.values(), key=lambda one: (one.title, one.media))
        tokens = [_tokens(without_extension(one.title.strip())) for one in self._media]
        self._known = frozenset(token for one in tokens for token in one)
        counted = Counter(token for one in tokens for token in set(one))
        in_names = Counter(token for name in names for token in set(_tokens(without_extension(name))))
        # What stands in nearly every name and in no title is the course's or the vendor's.
        usual = {token for token, number in in_names.items() if number >= 3 and number * 2 > len(names)}
        self._leave_out = _ADDED | (usual - self._known)
        self._weight = {token: math.log(1 + len(tokens) / number) for token, number in counted.items()}
        self._most = math.log(1 + max(len(tokens), 2))
        self._titles = [_words(one) for one in tokens]
        self._groups: dict[str, list[int]] = defaultdict(list)
        for index, title in enumerate(self._titles):
            for group in _groups(title):
                self._groups[group].append(index)

    def read(self, name: str) -> _Words:
        tokens = _tokens(self._bare(name))
        found = _words(tokens, self._leave_out, self._known)
        return found if found.words or found.numbers else _words(tokens)

    def guess(self, name: str) -> Guess:
        wanted = self.read(name)
        rated = [(*self._rated(wanted, self._titles[index]), index) for index in self._like(wanted)]
        rated = sorted((one for one in rated if one[0] >= SHOWN), key=lambda one: (-one[0], one[2]))
        candidates = tuple(
            Candidate(self._media[index].media, self._media[index].media_id, self._media[index].title, score, why)
            for score, why, index in rated[:_MOST_SHOWN]
        )
        if not candidates:
            return Guess(name, (), False, "no title is like it")
        best = candidates[0]
        if best.score < CLEAR:
            return Guess(name, candidates, False, f"no title fits well; of the likeliest, {best.why}")
        if len(candidates) > 1 and best.score - candidates[1].score < MARGIN:
            close = sum(best.score - one.score < MARGIN for one in candidates)
            return Guess(name, candidates, False, f"{close} titles fit about as well")
        return Guess(name, candidates, True, best.why)

    def _like(self, wanted: _Words) -> list[int]:
        """The titles worth rating: those with the most groups of letters in common, the rarest groups first."""
        common: Counter[int] = Counter()
        seen = 0
        for indices in sorted((self._groups[g] for g in _groups(wanted) if g in self._groups), key=len):
            seen += len(indices)
            if seen > _LOOKED_UP and common:
                break
            common.update(indices[:_LOOKED_UP])
        return [index for index, _ in sorted(common.items(), key=lambda pair: (-pair[1], pair[0]))[:_RATED]]

    def _rated(self, name: _Words, title: _Words) -> tuple[int, str]:
        if not _agree(name, title):
            return 0, ""
        ours, theirs = [n for _, n in name.numbers], [n for _, n in title.numbers]
        numbers = Counter(ours) & Counter(theirs)
        pairs = _same_words(name.words, title.words, self._known)
        in_name = {word: alike for word, (_, alike) in pairs.items()}
        in_title = dict(pairs.values())
        common = sum(self._weight_of(number) * count for number, count in numbers.items())
        of_name = common + sum(self._weight_of(word) * alike for word, alike in in_name.items())
        of_title = common + sum(self._weight_of(word) * alike for word, alike in in_title.items())
        all_name = sum(map(self._weight_of, (*name.words, *ours)))
        all_title = sum(map(self._weight_of, (*title.words, *theirs)))
        share_of_name, share_of_title = of_name / all_name if all_name else 0, of_title / all_title if all_title else 0
        score = 100 * (share_of_name + share_of_title) / 2
        if "".join(name.words) == "".join(title.words) != "" and ours == theirs:
            score = max(score, 98)  # `photo synthesis`, `photosynthesis`
        return round(min(score, 100)), _in_words(name, title, in_name, in_title, numbers)

    def _weight_of(self, token: str) -> float:
        # What no title has is more likely added to the name than left out of all titles.
        return self._weight.get(token, 0.6 * self._most)


#: How alike two words must be to be one with a slip of the pen, and how long: a letter in five, two in ten.
_SLIP, _LONG_WORD = 0.8, 5


def _same_words(name: Sequence[str], title: Sequence[str], known: Collection[str]) -> dict[str, tuple[str, float]]:
    """Word of the name -> (that of the title, how alike they are, up to 1).

    A word that stands in some title is no slip: meiosis is not mitosis.
    """
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    pairs = {word: (word, 1.0) for word in name if word in title}
    left = [word for word in title if word not in pairs and len(word) >= _LONG_WORD]
    for word in name:
        if word in known or len(word) < _LONG_WORD or not left:
            continue
        found = process.extractOne(word, left, scorer=OSA.normalized_similarity, score_cutoff=_SLIP)
        if found is not None:
            pairs[word] = (str(found[0]), float(found[1]))
            left.remove(found[0])
    return pairs


def _in_words(
    name: _Words,
    title: _Words,
    in_name: Mapping[str, float],
    in_title: Mapping[str, float],
    numbers: Mapping[str, int],
) -> str:
    only_name = [w for w in name.words if w not in in_name] + [n for _, n in name.numbers if n not in numbers]
    only_title = [w for w in title.words if w not in in_title] + [n for _, n in title.numbers if n not in numbers]
    if not only_name and not only_title:
        slips = [word for word, alike in in_name.items() if alike < 1]
        misspelt = f", but for the spelling of {', '.join(slips)}" if slips else ""
        return f"the same words and numbers{misspelt}"
    both = ", ".join([*(w for w in name.words if w in in_name), *numbers])
    parts = [f"both have {both}" if both else "letters in common"]
    if only_name:
        parts.append(f"only the file {', '.join(only_name)}")
    if only_title:
        parts.append(f"only the title {', '.join(only_title)}")
    return "; ".join(parts)


def _groups(words: _Words) -> set[str]:
    """Groups of three letters, and numbers as they are: 1 is not 10."""
    padded = f" {' '.join(words.words)} "
    return {padded[i : i + 3] for i in range(len(padded) - 2)} | {number for _, number in words.numbers}


def _without_rivals(
    found: Mapping[str, Guess], words: Mapping[str, _Words], taken: Mapping[str, str]
) -> dict[str, Guess]:
    """The guesses, those not clear any more whose recording another name means as well or better."""
    best: dict[str, list[Guess]] = defaultdict(list)
    for guess in found.values():
        if guess.is_clear:
            best[guess.candidates[0].media].append(guess)
    settled = dict(found)
    for media, those in best.items():
        if media in taken:
            why = f"{taken[media]!r} means that recording already"
            settled |= {guess.name: replace(guess, is_clear=False, why=why) for guess in those}
            continue
        top = max(guess.candidates[0].score for guess in those)
        leaders = {words[guess.name].key for guess in those if top - guess.candidates[0].score < MARGIN}
        for guess in those:
            others = [one.name for one in those if words[one.name].key != words[guess.name].key]
            if others and (len(leaders) > 1 or words[guess.name].key not in leaders):
                settled[guess.name] = replace(guess, is_clear=False, why=f"{others[0]!r} may mean that recording too")
    return settled

"""Captions that may be another lecture's: what shows when all tracks of a library are looked at together. Pure.

Theory of operation. A wrong file is well formed; only its company gives it away. (1) The same words stand under two
recordings, or under two languages of one. (2) Translations are timed after the same speech, so most cues of two
languages begin together. Where they do not, and would if one were moved, that offset is shown; where one ends long
before the other, that is shown. Captions that were timed independently begin together now and then: that is no evidence
for anything, and nothing is shown. (3) They end long before or after the recording.

Whose captions they may be is looked up by their times, which are to the millisecond those of another recording's
captions, or by the length of the recordings, where just one fits. What is found is a reason to look, not a proof.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import islice, pairwise, takewhile
from statistics import median
from typing import NamedTuple

from captionkit.markup import visible_text
from captionkit.model import Document
from captionkit.timecode import timecode

#: Captions may run on for so much after the recording: a last cue is often held, and Whisper rounds up to 30 seconds.
RUNS_ON_MS = 30_000
#: Captions that end before half of the recording and leave more than this uncovered are another recording's, or a part.
MISSING_MS = 10 * 60_000
#: Fewer letters and digits than this say the same by chance: "[Music]", "Welcome to this course".
LEAST_LETTERS = 50
#: So many cues from the beginning are compared by their times; fewer than the second number say nothing.
_FIRST, _LEAST_CUES = 64, 12
#: The best of a thousand offsets brings some cues together by chance; so many, it does not.
_LEAST_MOVED = 16
#: Cues that begin so near to each other begin together: translators and tools move them by some frames.
_TOGETHER_MS = 300
#: The share of cues that begin together from which two tracks are timed alike; are so but for an offset (more, since
#: the best of all offsets is tried); are the same.
_ALIKE, _MOVED, _SAME = 0.5, 0.75, 0.8
_SAME_MS = 40
#: Whose captions they may be is looked up for so many; where more are wrong, that is not what helps.
_MOST_NAMED = 1_000
#: A smaller offset is no other file's.
_LEAST_OFFSET_MS = 1000
#: Tracks of one recording end within this, or within a tenth of their length, of each other.
_ENDS_MS = 60_000

_SOUNDS = re.compile(r"\[[^\[\]]*\]|\([^()]*\)|♪")
_NO_LETTER = re.compile(r"[\W_]+")


class Facts(NamedTuple):
    """What is compared of a caption file.

    Attributes:
        words: digest of its letters and digits, whatever its times, markup and punctuation; "" for too few.
        starts: of the first cues, sorted, in milliseconds.
        end: of the last cue.
    """

    words: str = ""
    starts: tuple[int, ...] = ()
    end: int = 0


#: Of captions that are not compared.
NO_FACTS = Facts()


class Track(NamedTuple):
    """Captions and what they claim to be.

    Attributes:
        recording: tells one recording from another.
        title: of the recording, for a person. name: of the track, for a person: a file, or a language.
        language: BCP 47.
        length_ms: of the recording; 0 where not known.
    """

    recording: str
    title: str
    name: str
    language: str
    facts: Facts
    length_ms: int = 0


class Suspicion(NamedTuple):
    """What speaks against a track: "same-words", "times" or "length", and a sentence."""

    check: str
    message: str


def facts_of(document: Document) -> Facts:
    """What is compared of a document."""
    starts = sorted(cue.start for cue in document.cues)[:_FIRST]
    text = " ".join(
        [
            visible_text(cue.text, document.format)
            if "<" in cue.text or "&" in cue.text or "{" in cue.text
            else cue.text
            for cue in document.cues
        ]
    )
    if "[" in text or "(" in text or "♪" in text:
        text = _SOUNDS.sub(" ", text)
    letters = _NO_LETTER.sub("", text.casefold())
    words = ""
    if len(letters) >= LEAST_LETTERS:
        from hashlib import sha256

        words = sha256(letters.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return Facts(words, tuple(starts), max((cue.end for cue in document.cues), default=0))


def suspicions(tracks: Sequence[Track]) -> dict[int, tuple[Suspicion, ...]]:
    """Which of the tracks may be another lecture's, and why: index -> what speaks against it. In time and memory that
    grow with the number of tracks."""
    return dict(_Library(tracks).suspicions())


def likelier(tracks: Sequence[Track], wanted: Iterable[int]) -> dict[int, str]:
    """Whose these of the tracks may be, in words; those of which nothing shows it are left out."""
    return _Library(tracks).likelier(list(wanted))


def against_length(end: int, length: int) -> str:
    """How the end of captions disagrees with the length of their recording; "" where it does not, or is not known."""
    if not length:
        return ""
    if end > length + RUNS_ON_MS:
        return f"they end at {timecode(end)}, and the recording at {timecode(length)}"
    if end * 2 < length and length - end > MISSING_MS:
        return f"they end at {timecode(end)} already, and the recording at {timecode(length)}"
    return ""


class _Shared:
    """Tracks with the same words, asked for each of them: so it is counted once, and an archive in which thousands are
    alike takes no longer for that.

    Attributes:
        languages: of each recording, how many tracks are in which language.
    """

    def __init__(self, tracks: Sequence[Track]) -> None:
        self.languages: dict[str, Counter[str]] = defaultdict(Counter)
        recordings: dict[str, set[str]] = defaultdict(set)  # label -> where it stands
        for track in tracks:
            self.languages[track.recording][track.language] += 1
            recordings[f"{track.title} ({track.name})"].add(track.recording)
        self._labels = sorted(recordings)
        self._recordings = recordings
        self._only_in = Counter(next(iter(those)) for those in recordings.values() if len(those) == 1)

    def elsewhere(self, recording: str) -> tuple[str, int]:
        """What the first track of another recording is called, and how many are."""
        first = next((label for label in self._labels if self._recordings[label] != {recording}), "")
        return first, len(self._labels) - self._only_in[recording]


class _Library:
    """All tracks, by what they have in common."""

    def __init__(self, tracks: Sequence[Track]) -> None:
        self._tracks = tracks
        self._by_words: dict[str, list[int]] = defaultdict(list)
        self._shared: dict[str, _Shared] = {}
        self._by_recording: dict[str, list[int]] = defaultdict(list)
        for index, track in enumerate(tracks):
            self._by_recording[track.recording].append(index)
            if track.facts.words:
                self._by_words[track.facts.words].append(index)

    def suspicions(self) -> Iterator[tuple[int, tuple[Suspicion, ...]]]:
        """What speaks against each track against which anything speaks."""
        others = {}
        for index, track in enumerate(self._tracks):
            times, length = list(self._times(index, track)), against_length(track.facts.end, track.length_ms)
            if times or length:
                others[index] = times, length
        likelier = self.likelier(list(islice(others, _MOST_NAMED)))
        for index, track in enumerate(self._tracks):
            found = list(self._same_words(index, track))
            times, length = others.get(index, ([], ""))
            whose = likelier.get(index, "")
            for sentence, moved in times:
                found.append(Suspicion("times", sentence if moved and not whose else f"{sentence}: {_possibly(whose)}"))
            if length:
                found.append(Suspicion("length", f"{length}: {_possibly(whose)}"))
            if found:
                yield index, tuple(found)

    def _same_words(self, index: int, track: Track) -> Iterator[Suspicion]:
        words = track.facts.words
        if len(self._by_words.get(words, ())) < 2:
            return
        if words not in self._shared:
            self._shared[words] = _Shared([self._tracks[other] for other in self._by_words[words]])
        shared = self._shared[words]
        first, number = shared.elsewhere(track.recording)
        if number:
            more = f" and {number - 1} more" if number > 1 else ""
            yield Suspicion(
                "same-words",
                f"possibly another lecture's: the words are those of another recording, {first}{more}",
            )
        here = shared.languages[track.recording]
        if here.total() < 2:
            return
        from captionkit.language_check import alike
        from captionkit.languages import display_name

        besides = sorted(language for language, many in here.items() if many > (language == track.language))
        others = [other for other in besides if other and track.language and not alike(track.language, other)]
        if others:
            names = " and ".join(map(display_name, others))
            yield Suspicion("same-words", f"has the same words as the {names} track")

    def _times(self, index: int, track: Track) -> Iterator[tuple[str, bool]]:
        """How its times disagree with the other languages, a sentence each, and whether it only is to be moved.

        Where several agree with each other, they are right, and only the odd one is reported.
        """
        others = [self._tracks[other] for other in self._by_recording[track.recording] if other != index]
        disagreements = [one for other in others if (one := _disagreement(track, other))]
        if len(disagreements) * 2 > len(others):
            yield disagreements[0]

    def likelier(self, wanted: Sequence[int]) -> dict[int, str]:
        """What shows whose these captions may be; those of which nothing does are left out."""
        by_times = self._timed_like(wanted)
        lengths = self._lengths() if len(by_times) < len(wanted) else []
        found = {}
        for index in wanted:
            if index in by_times:
                found[index] = f"its times are those of {by_times[index]}"
                continue
            track = self._tracks[index]
            # What fits lies together in the order of the lengths, and only whether it is one matters.
            first = bisect_left(lengths, (track.facts.end - RUNS_ON_MS, "", ""))
            near = takewhile(partial(_is_near, track.facts.end), islice(lengths, first, None))
            fitting = list(islice((one for one in near if one[1] != track.recording), 2))
            if len(fitting) == 1:
                length, _, title = fitting[0]
                found[index] = f"it fits the length of {title} ({timecode(length)})"
        return found

    def _lengths(self) -> list[tuple[int, str, str]]:
        """Length, recording and title of the recordings whose length is known, sorted."""
        found = {one.recording: (one.length_ms, one.recording, one.title) for one in self._tracks if one.length_ms}
        return sorted(found.values())

    def _timed_like(self, wanted: Sequence[int]) -> dict[int, str]:
        """The track that has the most times in common with each of these, in one walk over all."""
        near: dict[int, list[tuple[int, int]]] = defaultdict(list)
        least: dict[int, float] = {}
        for index in wanted:
            starts = self._tracks[index].facts.starts
            if is_irregular(starts):
                least[index] = _SAME * len(starts)
                for number, start in enumerate(starts):
                    for place in range(start // _SAME_MS - 1, start // _SAME_MS + 2):
                        near[place].append((index, number))
        best: dict[int, tuple[int, str]] = {}
        recordings = {index: self._tracks[index].recording for index in least}
        for other in self._tracks if near else ():
            places = {start // _SAME_MS for start in other.facts.starts}
            common = Counter([index for index, _ in set().union(*(near.get(place, ()) for place in places))])
            for index, number in common.items():
                is_best = number >= least[index] and number > best.get(index, (0, ""))[0]
                if is_best and recordings[index] != other.recording and is_irregular(other.facts.starts):
                    best[index] = number, f"{other.title} ({other.name})"
        return {index: name for index, (_, name) in best.items()}


def _disagreement(track: Track, other: Track) -> tuple[str, bool] | None:
    if not track.facts.starts or not other.facts.starts:
        return None
    from captionkit.languages import display_name

    name = display_name(other.language) if other.language else other.name
    offset = offset_between(track.facts.starts, other.facts.starts)
    if offset:
        return f"all start {abs(offset) / 1000:.1f} s {'later' if offset > 0 else 'earlier'} than {name}", True
    end, theirs = track.facts.end, other.facts.end
    # Where the length of the recording is known, it says more.
    if end and theirs and not track.length_ms and abs(end - theirs) > max(_ENDS_MS, max(end, theirs) // 10):
        return f"they end at {timecode(end)}, and {name} at {timecode(theirs)}", False
    return None


def _possibly(likelier: str) -> str:
    return f"possibly another lecture's{f'; {likelier}' if likelier else ''}"


def _is_near(end: int, one: tuple[int, str, str]) -> bool:
    return _fits(end, one[0])


def _fits(end: int, length: int) -> bool:
    """Whether captions that end there may be those of a recording of this length."""
    return bool(length) and -RUNS_ON_MS <= length - end <= max(_ENDS_MS, length // 50)


def is_irregular(starts: Sequence[int]) -> bool:
    """Whether these times are like a finger print. Captions cut every five seconds are alike in all lectures."""
    if len(starts) < _LEAST_CUES:
        return False
    gaps = [after - before for before, after in pairwise(starts)]
    return len(set(gaps)) * 2 >= len(gaps)


def offset_between(one: Sequence[int], other: Sequence[int]) -> int:
    """By how many milliseconds all of the first begin later than the second; 0 where they begin together, or where
    no offset explains the difference."""
    if one == other:
        return 0
    if len(one) > len(other):
        return -offset_between(other, one)
    # Only the first cues are compared, and those of the one may go on where those of the other do no more.
    within = [start for start in one if start <= other[-1] + _TOGETHER_MS] if other else []
    is_alike = len(within) >= _LEAST_CUES and _together(within, other, 0) >= _ALIKE * len(within)
    if is_alike or not (is_irregular(one) and is_irregular(other)):
        return 0
    counted: Counter[int] = Counter()
    for start in one:
        counted.update({(start - theirs) // _TOGETHER_MS for theirs in other})
    (peak, _), *_ = counted.most_common(1)
    near = [start - theirs for start in one for theirs in other if abs((start - theirs) // _TOGETHER_MS - peak) <= 1]
    offset = round(median(near))
    within = [start for start in one if start - offset <= other[-1] + _TOGETHER_MS]
    is_moved = len(within) >= _LEAST_MOVED and _together(within, other, offset) >= _MOVED * len(within)
    return offset if is_moved and abs(offset) >= _LEAST_OFFSET_MS else 0


def _together(one: Sequence[int], other: Sequence[int], offset: int) -> int:
    """How many of the first begin with one of the second, which is moved by the offset. Both are sorted."""
    count = at = 0
    for start in one:
        earliest = start - offset - _TOGETHER_MS
        while at < len(other) and other[at] < earliest:
            at += 1
        count += at < len(other) and other[at] <= earliest + 2 * _TOGETHER_MS
    return count

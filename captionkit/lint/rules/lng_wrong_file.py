"""LNG009 to LNG011: captions that may be another recording's, which shows when all files are looked at together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import overload

from captionkit.library.wrong_file import Facts, Track, suspicions
from captionkit.lint.rule import WARNING, Finding, InFolder, example, rule
from captionkit.lint.rules.lng import split_path

_STARTS = tuple(1000 + n * 3000 + n * n * 131 % 1400 for n in range(20))
_ENGLISH = Facts("one lecture's", _STARTS, 61_000)
_OTHER = Facts("another's", _STARTS, 61_000)
_FRENCH = Facts("one lecture's in French", tuple(start + 40 for start in _STARTS), 61_000)
_LATER = Facts("one lecture's in French", tuple(start + 12_000 for start in _STARTS), 73_000)


@rule("LNG009", WARNING, folder=True)
@example(
    (InFolder("week1.en.srt", _ENGLISH), InFolder("week2.en.srt", _ENGLISH)),
    (InFolder("week1.en.srt", _ENGLISH), InFolder("week2.en.srt", _OTHER)),
)
def words_of_another_recording(files: Sequence[InFolder]) -> Iterator[tuple[str, Finding]]:
    """The same words stand under two recordings, or under two languages of one: one of the files is the wrong one.

    Whoever watches that recording reads what is not said. Look which recording they are of, and ask for the other's.
    """
    yield from _found(files, "same-words")


@rule("LNG010", WARNING, folder=True)
@example(
    (InFolder("week1.en.srt", _ENGLISH), InFolder("week1.fr.srt", _LATER)),
    (InFolder("week1.en.srt", _ENGLISH), InFolder("week1.fr.srt", _FRENCH)),
)
def times_unlike_other_languages(files: Sequence[InFolder]) -> Iterator[tuple[str, Finding]]:
    """The cues of a recording begin later or earlier in one language than in the others, or end at another time.

    Either they were made for another cut of the recording, and `captionkit shift` mends that, or they are another
    recording's; where one fits better, it is named.
    """
    yield from _found(files, "times")


@rule("LNG011", WARNING, folder=True)
@example((InFolder("week1.en.srt", _ENGLISH, 3_600_000),), (InFolder("week1.en.srt", _ENGLISH, 61_000),))
def length_unlike_recording(files: Sequence[InFolder]) -> Iterator[tuple[str, Finding]]:
    """Captions end long before or after the recording that lies beside them.

    They may be another recording's, or a part of them is missing. The length is read from the media file of the same
    name, in the same folder or the one above.
    """
    yield from _found(files, "length")


def _found(files: Sequence[InFolder], check: str) -> Iterator[tuple[str, Finding]]:
    # A list may be another one by the next call; what holds all files of a library is not, and is large.
    for path, one, message in _suspicions(tuple(files) if isinstance(files, list) else files):
        if one == check:
            yield path, Finding(message)


@lru_cache(maxsize=1)
def _suspicions(files: Sequence[InFolder]) -> tuple[tuple[str, str, str], ...]:
    """Path, check and sentence of everything that is found; asked for by each rule."""
    found = suspicions(_Tracks(files))
    return tuple((files[index].path, one.check, one.message) for index, those in found.items() for one in those)


class _Tracks(Sequence[Track]):
    """The files as tracks, each made anew when it is asked for: there may be a hundred thousand."""

    def __init__(self, files: Sequence[InFolder]) -> None:
        self._files = files
        names: dict[str, str] = {}
        self._names = [
            (names.setdefault(recording, recording), names.setdefault(language, language))
            for recording, language in (split_path(file.path) for file in files)
        ]

    def __len__(self) -> int:
        return len(self._files)

    @overload
    def __getitem__(self, at: int) -> Track: ...

    @overload
    def __getitem__(self, at: slice) -> list[Track]: ...

    def __getitem__(self, at: int | slice) -> Track | list[Track]:
        if isinstance(at, slice):
            return [self[one] for one in range(*at.indices(len(self)))]
        file, (recording, language) = self._files[at], self._names[at]
        return Track(recording, recording.rpartition("/")[2], file.path, language, file.facts, file.length_ms)

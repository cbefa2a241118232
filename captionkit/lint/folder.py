"""All files of a library together: what is known of each in a few hundred bytes, and what only shows so."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import overload

from captionkit.library.wrong_file import Facts
from captionkit.lint.checker import Checker
from captionkit.lint.results import FileResult
from captionkit.lint.rule import Heard, InFolder
from captionkit.lint.settings import Settings
from captionkit.model import Diagnostic

#: From a file and the recording beside it, what its sound says against it.
Listen = Callable[[str, str], tuple[Heard, ...]]


class FolderFiles(Sequence[InFolder]):
    """The files as the rules about folders see them. Each is made anew when it is asked for: a hundred thousand lists
    of sixty-four times are held as numbers of four bytes."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        self._words: list[str] = []
        self._starts: list[Sequence[int]] = []
        self._ends: list[int] = []
        self._lengths: Sequence[int] = ()
        self._heard: dict[int, tuple[Heard, ...]] = {}

    def add(self, path: str, facts: Facts) -> None:
        self.paths.append(path)
        self._words.append(facts.words)
        self._starts.append(_compact(facts.starts))
        self._ends.append(facts.end)

    def measure(self, listen: Listen | None = None) -> None:
        """Find out how long the recordings are that lie beside them, and listen to each of these where asked to."""
        from captionkit.library.lengths import lengths_beside
        from captionkit.lint.rules.lng import split_path

        lengths = lengths_beside(self.paths)
        self._lengths = array("q", [lengths.of(split_path(path)[0]) for path in self.paths])
        if listen is not None:
            found = ((at, path, lengths.file_of(split_path(path)[0])) for at, path in enumerate(self.paths))
            self._heard = {at: listen(path, recording) for at, path, recording in found if recording}

    def __len__(self) -> int:
        return len(self.paths)

    @overload
    def __getitem__(self, at: int) -> InFolder: ...

    @overload
    def __getitem__(self, at: slice) -> list[InFolder]: ...

    def __getitem__(self, at: int | slice) -> InFolder | list[InFolder]:
        if isinstance(at, slice):
            return [self[one] for one in range(*at.indices(len(self)))]
        facts = Facts(self._words[at], tuple(self._starts[at]), self._ends[at])
        length = self._lengths[at] if self._lengths else 0
        return InFolder(self.paths[at], facts, length, self._heard.get(at, ()))


def _compact(starts: tuple[int, ...]) -> Sequence[int]:
    for size in "iq":
        try:
            return array(size, starts)
        except OverflowError:
            continue
    return starts


def with_folder_rules(
    results: Iterable[FileResult], settings: Settings, listen: Listen | None = None
) -> Iterator[FileResult]:
    """The results, then what only shows when all files are looked at together, and beside their recordings.

    Args:
        listen: listens to those.
    """
    checker = Checker(settings)
    if not checker.compares_files:
        yield from results
        return
    files = FolderFiles()
    for result in results:
        if result.path != "-":
            files.add(result.path, result.facts)
        yield result
    files.measure(listen)
    yield from of_folder(files, checker)


def of_folder(files: FolderFiles, checker: Checker) -> Iterator[FileResult]:
    """What the rules about folders find, as additions to the results of the files."""
    found: dict[str, list[Diagnostic]] = {}
    for one in checker.check_folder(files):
        found.setdefault(one.path, []).append(one)
    for path, diagnostics in found.items():
        result = FileResult(path, diagnostics)
        result.adds = True
        yield result

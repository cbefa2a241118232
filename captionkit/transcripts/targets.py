"""Which caption files of folders get a transcript, and what each is called. Pure but for looking into folders."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path, PurePath
from typing import NamedTuple

from captionkit.errors import LocalError, NoSuchFile
from captionkit.files import is_folder, reachable


class Source(NamedTuple):
    """A caption file.

    Attributes:
        path: as it is named to a person. location: where it is read from.
        place: of its transcript below the folder of the output, without an extension.
    """

    path: str
    location: str
    place: PurePath


def sources(given: Sequence[str]) -> list[Source]:
    """The caption files that are meant: those that are named, and all in the folders that are, with their subfolders.

    Raises:
        LocalError: a folder cannot be looked into, or none of those that are named holds captions.
    """
    found: list[Source] = []
    for name in given:
        path = Path(name)
        if is_folder(path):
            found += _captions_in(path)
        elif name != "-" and not os.path.lexists(reachable(name)):
            raise NoSuchFile(name, what="file or folder", unchanged="Nothing was written.", hint="Check the name.")
        else:
            found.append(Source(name, name, PurePath(path.stem)))
    if not found:
        raise LocalError(
            "there are no caption files in it",
            where=", ".join(given),
            unchanged="Nothing was written.",
            hint="captionkit reads .srt and .vtt.",
        )
    return found


def _captions_in(folder: Path) -> list[Source]:
    """Those that a sync of this folder would look at."""
    from captionkit.config import DEFAULTS, load
    from captionkit.configuration import FILE_NAME
    from captionkit.library.walk import Walk

    file = folder / FILE_NAME
    walk = Walk(folder, load(file) if file.is_file() else DEFAULTS)
    walk.run()
    return [
        Source(str(folder / one.path), one.location, PurePath(one.path).with_suffix(""))
        for one in walk.files
        if not one.trouble
    ]


def places(found: Sequence[Source], extension: str) -> list[PurePath]:
    """Where each transcript goes. What would be one file is told apart by the format of its captions, then by a number.

    Names that differ in case alone are one file on Windows and macOS, so they count as one here.
    """
    groups: dict[str, list[int]] = defaultdict(list)
    for index, source in enumerate(found):
        groups[_key(source.place)].append(index)
    taken: set[str] = {key for key, group in groups.items() if len(group) == 1}
    named: dict[int, PurePath] = {}
    for group in groups.values():
        for index in group:
            place = found[index].place
            if len(group) > 1:
                place = _untaken(place, PurePath(found[index].path).suffix[1:].lower(), taken)
                taken.add(_key(place))
            named[index] = place.with_name(place.name + extension)
    return [named[index] for index in range(len(found))]


def _untaken(place: PurePath, extension: str, taken: set[str]) -> PurePath:
    """The name with the extension of its captions, `lecture.en (srt)`; with a number where that is taken too."""
    number = 1
    while True:
        mark = extension if number == 1 else f"{extension} {number}"
        other = place.with_name(f"{place.name} ({mark})")
        if _key(other) not in taken:
            return other
        number += 1


def _key(place: PurePath) -> str:
    from unicodedata import normalize

    return normalize("NFC", place.as_posix()).casefold()

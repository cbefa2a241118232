"""One file, or many, from their bytes: pure, and made for being sent to other processes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from captionkit.documents import loads
from captionkit.lint.checker import Checker
from captionkit.lint.results import FileResult, Totals
from captionkit.lint.run import checked
from captionkit.lint.settings import Settings
from captionkit.model import Document


class Unread(str):
    """Why a file could not be read, in place of its bytes."""

    __slots__ = ()


class Partition(NamedTuple):
    """What was found in some files.

    Attributes:
        results: of each file, in their order.
        totals: what they come to; those of several partitions add up in any order.
    """

    results: list[FileResult]
    totals: Totals


def check_bytes(path: str, data: bytes | Unread, settings: Settings) -> FileResult:
    """Check one file.

    Args:
        path: what it is called: in the findings, and for rules and settings that go by names.
        data: its bytes, or why there are none.
        settings: what to check. The rules are chosen once in each process for each settings.

    Returns:
        The findings, whatever the bytes are. What cannot be read, and a rule that raises, is the result's error.

    Raises:
        UsageError: the settings name a rule or a profile that does not exist.
    """
    if isinstance(data, Unread):
        return FileResult(path, [], str(data))
    checker = _checker(settings)

    def read() -> Document:
        return loads(data, path=path, encoding=settings.encoding_of(path), language=settings.language)

    return checked(path, read, checker)


def check_partition(files: Iterable[tuple[str, bytes | Unread]], settings: Settings) -> Partition:
    """Check some files. The rules about folders are not among what is checked: they want the names of all.

    Args:
        files: path and bytes of each, as they come.
        settings: what to check.

    Raises:
        UsageError: the settings name a rule or a profile that does not exist.
    """
    totals = Totals()
    results = []
    for path, data in files:
        result = check_bytes(path, data, settings)
        totals.add(result)
        packed = result.packed  # a tenth of the memory, and of what is sent
        results.append(FileResult(path, packed, result.error))
    return Partition(results, totals)


_CHECKERS: dict[str, Checker] = {}
#: Those of the call before, which mostly are those of this one.
_LATEST: dict[str, tuple[Settings, Checker]] = {}
#: A process that serves many runs keeps the rules of the latest.
_MOST_CHECKERS = 8


def _checker(settings: Settings) -> Checker:
    known = _LATEST.get("")
    if known is not None and known[0] is settings:
        return known[1]
    key = settings.fingerprint()
    if key not in _CHECKERS:
        if len(_CHECKERS) >= _MOST_CHECKERS:
            _CHECKERS.clear()
        _CHECKERS[key] = Checker(settings)
    _LATEST[""] = settings, _CHECKERS[key]
    return _CHECKERS[key]

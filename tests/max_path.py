"""The longest path of Windows, for tests under Wine, which knows none.

Without the prefix `\\\\?\\` and without a setting that only administrators can make, Windows takes paths of up to 259
characters, and 247 for a new folder; more is "not found". Python tells hooks of most of its calls; of `os.stat` and its
kin it does not, and they are replaced.
"""

from __future__ import annotations

import contextlib
import errno
import ntpath
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

#: The calls that Python tells of, with the places of their paths, and the longest that they take.
_CALLS = {
    "open": ((0,), 259), "os.listdir": ((0,), 257), "os.scandir": ((0,), 257), "os.mkdir": ((0,), 247),
    "os.rename": ((0, 1), 259), "os.remove": ((0,), 259), "os.rmdir": ((0,), 259), "os.chmod": ((0,), 259),
    "os.utime": ((0,), 259),
}  # fmt: skip
_holds = False
_is_hooked = False


def _refuse(path: object, longest: int) -> None:
    if isinstance(path, str | os.PathLike):
        name = os.fsdecode(path)
        if not name.startswith("\\\\?\\") and len(os.path.abspath(name)) > longest:
            raise FileNotFoundError(errno.ENOENT, "The system cannot find the path specified", name, 3)


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if _holds and event in _CALLS:
        places, longest = _CALLS[event]
        for place in places:
            _refuse(arguments[place], longest)


def _refusing(call: Callable[..., Any]) -> Callable[..., Any]:
    def limited(path: Any, *arguments: Any, **more: Any) -> Any:
        _refuse(path, 259)
        return call(path, *arguments, **more)

    return limited


def _final_name(call: Callable[[str], str]) -> Callable[[str], str]:
    """Where a file really is: of long paths Wine 8 does not say (error 234), and Windows does."""

    def limited(path: str) -> str:
        _refuse(path, 259)
        try:
            return call(path)
        except OSError as error:
            if getattr(error, "winerror", 0) != 234:
                raise
            return path

    return limited


@contextlib.contextmanager
def limited() -> Iterator[None]:
    """Windows as it is out of the box."""
    global _holds, _is_hooked
    if not _is_hooked:
        sys.addaudithook(_hook)
        _is_hooked = True
    replaced: list[tuple[Any, str, Callable[..., Any]]] = [
        (os, "stat", _refusing(os.stat)),
        (os, "lstat", _refusing(os.lstat)),
        (ntpath, "_getfinalpathname", _final_name(getattr(ntpath, "_getfinalpathname"))),  # noqa: B009  only there
    ]
    kept = [(module, name, getattr(module, name)) for module, name, _ in replaced]
    for module, name, call in replaced:
        setattr(module, name, call)
    _holds = True
    try:
        yield
    finally:
        _holds = False
        for module, name, call in kept:
            setattr(module, name, call)

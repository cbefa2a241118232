"""Regular expressions that are compiled when they are first used.

The rules and the readers have hundreds of patterns, and most files need few of them: a rule looks for a character
first. Compiling them all would cost more than checking one file does.
"""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast


class _Lazy:
    """Stands for a pattern until one of its methods is asked for."""

    def __init__(self, pattern: str | bytes, flags: int) -> None:
        self.pattern = pattern
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)  # Python asks what a class holds whether it is abstract, and needs no pattern
        compiled = re.compile(self.pattern, self._flags)
        for method in ("finditer", "search", "match", "fullmatch", "sub", "split", "findall", "groups"):
            setattr(self, method, getattr(compiled, method))
        return getattr(compiled, name)


def pattern(source: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """A pattern that behaves as `re.compile` gives it, and is compiled on first use."""
    return cast("re.Pattern[AnyStr]", _Lazy(source, flags))

"""Regular expressions that are compiled when they are first used.

The rules and the readers have hundreds of patterns, and most files need few of them: a rule looks for a character
first. Compiling them all would cost more than checking one file does.
"""

from __future__ import annotations

import re
from typing import Any, cast


class _Lazy:
    """Stands for a pattern until one of its methods is asked for."""

    def __init__(self, pattern: str, flags: int) -> None:
        self._source = (pattern, flags)

    def __getattr__(self, name: str) -> Any:
        compiled = re.compile(*self._source)
        for method in ("finditer", "search", "match", "fullmatch", "sub", "split", "findall", "groups"):
            setattr(self, method, getattr(compiled, method))
        return getattr(compiled, name)


def pattern(source: str, flags: int = 0) -> re.Pattern[str]:
    """A pattern that behaves as `re.compile` gives it, and is compiled on first use."""
    return cast("re.Pattern[str]", _Lazy(source, flags))

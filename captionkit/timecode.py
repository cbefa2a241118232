"""Hours, minutes, seconds and milliseconds, as text and as whole milliseconds.

A file of captions has hundreds of times, most of them in a second that another time stands in too. So what is worked
out for one is remembered.
"""

from __future__ import annotations

#: Hundred hours and more of different seconds; then the memory begins again.
_MOST_REMEMBERED = 400_000


class _Seconds(dict[str, int]):
    """HH:MM:SS or MM:SS -> milliseconds. The text must be of that shape."""

    def __missing__(self, text: str) -> int:
        if len(self) >= _MOST_REMEMBERED:
            self.clear()
        seconds = 0
        for part in text.split(":"):
            seconds = seconds * 60 + int(part)
        self[text] = ms = seconds * 1000
        return ms


class _Fractions(dict[str, int]):
    """Three digits below a separator (",250", ".250") -> milliseconds; there are two thousand."""

    def __missing__(self, text: str) -> int:
        self[text] = ms = int(text[1:])
        return ms


SECONDS = _Seconds()
FRACTIONS = _Fractions()

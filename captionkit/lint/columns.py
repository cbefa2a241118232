"""A document in columns: the starts of all cues, their texts in one string, their lengths.

Each is worked out when it is first asked for.

A lecture has hundreds of cues and there are more than a hundred rules; asking each rule about each cue would cost more
than reading the file did. So a rule gets whole columns (`starts`, `durations`, `gaps`, `visible`) and the figures that
rules share (`shortest`, `is_in_order`), and loops over cues only where one of them can be wrong. The rules about
characters say which they need: `signs` is one look over the text of all cues, and a rule whose characters are not there
is not called.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import eq, le, sub
from typing import Any, Generic, TypeVar

from captionkit.lint import graphemes
from captionkit.model import Cue, Document, Stray
from captionkit.patterns import pattern

#: Between two cues in `all_text`: line ends on both sides, so that ^ and $ hold at a cue's edge and no match reaches
#: over.
BETWEEN = "\n\0\n"
#: No width, directions, line separators, private use, and the mark of a lost character.
_ODD = pattern("[\u00ad\u200b\u2028-\u202e\u2060\u2066-\u2069\ue000-\uf8ff\ufeff\ufffd]")

_Value = TypeVar("_Value")


class lazy(Generic[_Value]):  # noqa: N801  it is used as a decorator
    """A property that is worked out when it is first asked for. `functools.cached_property` takes a lock each time
    before Python 3.12, which costs more than most of these do."""

    def __init__(self, function: Callable[[Any], _Value]) -> None:
        self._function = function
        self._name = function.__name__
        self.__doc__ = function.__doc__

    def __get__(self, context: Any, owner: type | None = None) -> _Value:
        value = context.__dict__[self._name] = self._function(context)
        return value


class Columns:
    """A document with its columns."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.format = document.format
        self.cues: list[Cue] = [block for block in document.blocks if type(block) is Cue]

    @lazy
    def has_strays(self) -> bool:
        """Whether some block is nothing that the format knows."""
        return Stray in map(type, self.document.blocks)

    @lazy
    def has_doubled_ends(self) -> bool:
        """Whether a line ends with CR CR LF, which is one line end that was written twice, and a blank line to players:
        what is written anew has one."""
        source = self.document.source
        return source is not None and "\r\r\n" in source.text

    @lazy
    def _columns(self) -> Sequence[tuple[Any, ...]]:
        return tuple(zip(*self.cues, strict=True)) or ((),) * len(Cue._fields)

    @lazy
    def starts(self) -> Sequence[int]:
        return self._columns[0]

    @lazy
    def sorted_starts(self) -> Sequence[int]:
        return self.starts if self.is_in_order else sorted(self.starts)

    @lazy
    def ends(self) -> Sequence[int]:
        return self._columns[1]

    @lazy
    def texts(self) -> Sequence[str]:
        return self._columns[2]

    @lazy
    def durations(self) -> list[int]:
        return list(map(sub, self.ends, self.starts))

    @lazy
    def shortest(self) -> int:
        """The least of the durations; 0 without cues."""
        return min(self.durations, default=0)

    @lazy
    def longest(self) -> int:
        """The greatest of the durations; 0 without cues."""
        return max(self.durations, default=0)

    @lazy
    def gaps(self) -> list[int]:
        """From the end of each cue but the last to the start of the next in the file; below 0 where they overlap."""
        return list(map(sub, self.starts[1:], self.ends))

    @lazy
    def is_in_order(self) -> bool:
        """Whether no cue starts before the one above it."""
        return all(map(le, self.starts, self.starts[1:]))

    @lazy
    def shares_starts(self) -> bool:
        """Whether a cue starts when the one above it does, or two do anywhere in a file that is out of order."""
        return 0 in map(sub, self.starts, self.starts[1:]) or not (
            self.is_in_order or len(set(self.starts)) == len(self.starts)
        )

    @lazy
    def all_text(self) -> str:
        """The raw text of all cues in one string."""
        return BETWEEN.join(self.texts)

    @lazy
    def data(self) -> bytes:
        """`all_text` in UTF-8: whether some byte is in it is known at once."""
        return self.all_text.encode("utf-8", "surrogatepass")

    @lazy
    def signs(self) -> frozenset[str]:
        """The signs of ASCII that the text holds: all but letters, digits, spaces and line ends."""
        return frozenset(self.data.translate(None, _NO_SIGNS).decode("ascii"))

    @lazy
    def foreign(self) -> str:
        """The characters of `all_text` beyond ASCII, in their order: where a rule looks for such characters, it looks
        through these first."""
        return "" if self.all_text.isascii() else _beyond_ascii(self.data)

    def holds(self, characters: str) -> bool:
        """Whether the raw text holds one of these signs, or of these characters beyond ASCII."""
        if not self.signs.isdisjoint(characters):
            return True
        return not characters.isascii() and any(not char.isascii() and char in self.foreign for char in characters)

    @lazy
    def marks_as_stops(self) -> bytes:
        """`data` with a full stop for each of `, ; : ! ?`: one look finds what stands before or after any of them."""
        return self.data.translate(_MARKS_AS_STOPS)

    def may_have(self, lead_bytes: bytes) -> bool:
        """Whether the text holds characters that begin with one of these bytes in UTF-8."""
        data = self.data
        return any(byte in data for byte in lead_bytes)

    @lazy
    def lower_bytes(self) -> bytes:
        """What a viewer sees of all cues in UTF-8, with A to Z in small letters: fast to look through for words."""
        data = self.data if self.visible is self.texts else self.all_visible.encode("utf-8", "surrogatepass")
        return data.lower()

    @lazy
    def visible(self) -> Sequence[str]:
        """What a viewer sees of each cue: no tags, references resolved, lines kept."""
        if self.signs.isdisjoint("<&{"):
            return self.texts
        from captionkit.markup import visible_text

        kind = self.format
        return [visible_text(raw, kind) if "<" in raw or "&" in raw or "{" in raw else raw for raw in self.texts]

    @lazy
    def all_visible(self) -> str:
        return self.all_text if self.visible is self.texts else BETWEEN.join(self.visible)

    @lazy
    def repeats_itself(self) -> bool:
        """Whether a cue shows what the one above it shows."""
        return any(map(eq, self.visible, self.visible[1:]))

    @lazy
    def breaks(self) -> list[int]:
        """How often the line breaks in each cue, as a viewer sees it."""
        return [text.count("\n") for text in self.visible]

    @lazy
    def is_plain(self) -> bool:
        """Whether every visible character takes one place and is one character: then len() counts them."""
        return self._marks == ()

    @lazy
    def _marks(self) -> tuple[str, ...] | None:
        """The visible characters that count as none; None where characters have to be counted one by one."""
        text = self.all_visible
        if text.isascii():
            return ()
        shown = self.foreign if self.visible is self.texts else _beyond_ascii(text.encode("utf-8", "surrogatepass"))
        return graphemes.marks_in(shown)

    def length(self, text: str) -> int:
        """The characters of a visible text as a viewer counts them, line breaks not counted."""
        marks = self._marks
        if marks is None:
            return graphemes.length(text)
        for mark in marks:
            text = text.replace(mark, "")
        return len(text) - text.count("\n")

    @lazy
    def countable(self) -> str | None:
        """`all_visible` without the characters that count as none, for len(); None where that does not count right."""
        if self._marks is None:
            return None
        text = self.all_visible
        for mark in self._marks:
            text = text.replace(mark, "")
        return text

    @lazy
    def shown_lines(self) -> list[str]:
        """The lines of `all_visible`, with one between two cues."""
        return self.all_visible.split("\n")

    @lazy
    def countable_lines(self) -> list[str]:
        """The lines of `countable`, in the same places."""
        return self.shown_lines if self.is_plain or self.countable is None else self.countable.split("\n")

    @lazy
    def has_odd_characters(self) -> bool:
        """Whether the text holds any of the characters that several rules look for: one pass for all of them."""
        return bool(self.foreign) and self.may_have(b"\xc2\xe2\xee\xef") and _ODD.search(self.foreign) is not None

    @lazy
    def has_edge_space(self) -> bool:
        """Whether a line may begin or end with a space."""
        data = self.data
        spaces = [b" "] + [b"\t"] * ("\t" in self.signs) + [b"\xc2\xa0"] * ("\u00a0" in self.foreign)
        return (
            self.all_text[:1].isspace()
            or self.all_text[-1:].isspace()
            or any(space + b"\n" in data or b"\n" + space in data for space in spaces)
        )

    @lazy
    def lengths(self) -> list[int]:
        """The visible characters of each cue, line breaks not counted."""
        texts: Sequence[str] = self.visible
        if not self.is_plain:
            texts = self.countable.split(BETWEEN) if self.countable else ()
        if len(texts) != len(self.cues):
            return list(map(self.length, self.visible))
        return list(map(sub, map(len, texts), self.breaks))

    @lazy
    def lengths_without_spaces(self) -> list[int]:
        """The visible characters of each cue, spaces and line breaks not counted."""
        return [self.length("".join(text.split())) for text in self.visible]

    @lazy
    def widths(self) -> list[float]:
        """The visible characters of each cue, full-width ones as 1 and others as 0.5."""
        return [graphemes.width(text) for text in self.visible]

    @lazy
    def words(self) -> list[int]:
        """The words of each cue. Speaker names and sounds count, each word once (DCMP Captioning Key)."""
        return [len(text.split()) for text in self.visible]

    @lazy
    def shown_order(self) -> Sequence[int]:
        """The cues' indices by start: the order in which a viewer meets them."""
        starts = self.starts
        return range(len(starts)) if self.is_in_order else sorted(range(len(starts)), key=starts.__getitem__)

    @lazy
    def apart(self) -> set[int]:
        """The cues before or after a pause of five seconds or more."""
        pauses = (
            [index for index, gap in enumerate(self.gaps) if gap > 4999] if max(self.gaps, default=0) > 4999 else []
        )
        found = {index for pause in pauses for index in (pause, pause + 1)}
        if self.starts and self.starts[0] >= 5000:
            found.add(0)
        return found


#: All but the signs of ASCII: letters, digits, what stands between cues and lines, spaces, and bytes beyond ASCII.
_NO_SIGNS = bytes(byte for byte in range(256) if byte in (0, 10, 32) or byte > 127 or chr(byte).isalnum())
_MARKS_AS_STOPS = bytes.maketrans(b",;:!?", b".....")
#: Printable ASCII, and what stands between cues and lines.
_USUAL = bytes([0, 10, *range(32, 127)])


def _beyond_ascii(data: bytes) -> str:
    return data.translate(None, _USUAL).decode("utf-8", "surrogatepass")

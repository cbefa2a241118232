"""SRT text to WebVTT text without a document between: the fast way for files as most are.

Theory of operation. A number alone below a blank line, with a plain timing line below it, begins a cue whatever stands
before it. So the text is cut there, and each piece is looked at by itself. A piece that is one cue of plain words is
WebVTT once the two commas in its timing line are dots. A piece that is one cue with markup has its text rendered as the
careful way does it. Any other piece (blank lines within the text, something like a second timing line, anything odd) is
read and converted the careful way, as a small file of its own. So an odd spot costs only itself.

The careful way is `loads`, `convert`, `dumps`. Both give the same text; a property test over both holds that.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import accumulate, compress, count, repeat
from operator import add, contains, ne
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from captionkit.conversion.losses import Loss
    from captionkit.conversion.to_webvtt import Rendering
    from captionkit.model import Block

# All else of the project is imported where an odd piece needs it: a clean file is converted without, and that is
# half the time of the command on one lecture.


class _Patterns:
    """How cues begin in a file, by the character before the milliseconds and the digits of the hours.

    Exactly what the writer writes, so that nothing but a comma or one missing digit is to be changed.
    """

    def __init__(self, separator: str, is_short: bool) -> None:
        hours = "[0-9]" if is_short else "(?:[0-9]{2}|[1-9][0-9]{2,7})"
        time = rf"{hours}:[0-5][0-9]:[0-5][0-9]{re.escape(separator)}[0-9]{{3}}"
        self.cut = re.compile(rf"\n\n(?=[0-9]+\n{time} --> {time}\n)")
        # Also where only the blank line is missing: below words, which a digit at the end of a line may not be.
        self.cut_or_run_on = re.compile(rf"(\n\n|(?<=[^\d\s])\n(?=[0-9]{{1,9}}\n))(?=[0-9]+\n{time} --> {time}\n)")
        self.first = re.compile(rf"[0-9]+(?:\r\n?|\n){time} --> {time}[\r\n]")
        self.piece = re.compile(rf"([0-9]+)\n{time} --> {time}\n")
        self.has_commas = separator == ","
        self.is_short = is_short

    def is_empty_cue(self, piece: str) -> bool:
        """Whether a piece is one cue without a text, and perhaps blank lines."""
        return self.piece.fullmatch(piece.rstrip("\n") + "\n") is not None

    def written(self, pieces: list[str]) -> list[str]:
        """All pieces as WebVTT, as if none were odd."""
        if self.has_commas:
            pieces = list(map(str.replace, pieces, repeat(","), repeat("."), repeat(2)))
        if self.is_short:
            pieces = list(map(str.replace, pieces, repeat("\n"), repeat("\n0"), repeat(1)))
            pieces = list(map(str.replace, pieces, repeat(" --> "), repeat(" --> 0"), repeat(1)))
        return pieces[:]


@cache
def _patterns(separator: str, is_short: bool) -> _Patterns:
    return _Patterns(separator, is_short)


#: SRT's own times first; the others are common in SRT files that once were something else.
_KINDS = ((",", False), (".", False), (".", True), (",", True))


#: A line that may be a timing line, as `formats._timing` has it; a test holds the two together.
_MAY_BE_TIMING = re.compile(r"^[^\w\n]*+\d++[^\w\n:：]*+[:：]", re.MULTILINE)
_BLANK_LINE = re.compile(r"\n[^\S\n]++(?:\n|\Z)")
_MARKUP = "<&{\0\u200c"
_LOOKS_LIKE_A_COLON = ("：", "﹕", "∶", "ː")
#: What `Rendering.head` says of a byte order mark; a test holds the two together.
_BOM_NOTE = 'NOTE captionkit {"file": {"bom": true}}'
_COLONS_OF_A_TIMING_LINE = 4


class Quick(NamedTuple):
    """A whole file as WebVTT text, what that does not keep, and how many cues it has."""

    text: str
    losses: tuple[Loss, ...]
    cues: int


def srt_bytes_to_webvtt(data: bytes, *, carry: bool = True) -> Quick | None:
    """The bytes of a file named .srt as WebVTT text; None for any that only the careful way can do.

    That the first line is a number and the second a timing line of SRT makes it SRT, whoever sniffs at it.
    """
    bom = data.startswith(b"\xef\xbb\xbf")
    try:
        text = data[3:].decode() if bom else data.decode()
    except UnicodeDecodeError:
        return None
    is_srt = any(_patterns(*kind).first.match(text) for kind in _KINDS)
    return srt_to_webvtt(text, bom=bom, carry=carry) if is_srt else None


def srt_to_webvtt(text: str, *, bom: bool = False, encoding: str = "utf-8", carry: bool = True) -> Quick | None:
    """The SRT text as WebVTT text, and what it does not keep; None for a text that only the careful way can do.

    Args:
        text: a whole SRT file, without a byte order mark.
        bom, encoding: of that file; the WebVTT is UTF-8 without one.
        carry: whether notes may be written for the way back.
    """
    newline = "\n" if "\r" not in text else "\r\n" if "\n" in text else "\r"
    if newline != "\n":
        if text.count(newline) != max(text.count("\n"), text.count("\r")):
            return None
        text = text.replace(newline, "\n")
    # Coordinates are pixels of a picture that only all of them together tell.
    if "X1" in text or "x1" in text:
        return None
    kind = next((kind for kind in _KINDS if _patterns(*kind).piece.match(text)), _KINDS[0])
    patterns = _patterns(*kind)
    pieces = patterns.cut.split(text)
    gaps = [2] * len(pieces)  # line ends behind each piece
    if text.count("-->") != len(pieces):
        parts = patterns.cut_or_run_on.split(text)
        pieces, gaps = parts[::2], [*map(len, parts[1::2]), 2]
    pieces[-1] = pieces[-1].rstrip("\n")
    identifiers = [piece[: piece.find("\n")] for piece in pieces]
    colons = [colon for colon in _LOOKS_LIKE_A_COLON if colon in text]
    for place in compress(count(), map(ne, gaps, repeat(2))):
        # The number is one only if the cue above has a number, and not if it may be that cue's whole text.
        if not patterns.piece.match(pieces[place]) or not _is_one_cue(pieces[place], place, colons, patterns):
            return None
    # All pieces at once, as if none were odd; then the odd ones again, each by itself.
    written = patterns.written(pieces)
    has_twins = len(set(identifiers)) < len(identifiers)
    odd = _odd(text, pieces, gaps, identifiers if has_twins else [], colons, patterns)
    if odd and not has_twins:
        odd = _really_odd(odd, pieces, written, colons, patterns)
    if not odd and encoding == "utf-8":
        result = "\n\n".join(["WEBVTT", *([_BOM_NOTE] if bom and carry else []), *written, ""])
        return Quick(result.replace("\n", newline), (), len(pieces))
    from captionkit.conversion.to_webvtt import Rendering

    rendering = Rendering(carry)
    read = {place: _read(pieces[place]) for place in odd if not _is_one_cue(pieces[place], place, colons, patterns)}
    # Identifiers of cues that do not begin their piece may be those of other pieces.
    within = {name for place, blocks in read.items() for name in _names(blocks, identifiers[place])}
    if not within.isdisjoint(identifiers):
        has_twins = True
        again = {place for place, identifier in enumerate(identifiers) if identifier in within}.difference(odd)
        for place in again:
            written[place] = patterns.written([pieces[place]])[0]  # escapes may have been put into it
        odd = sorted([*odd, *again])
    line, last = 1, 0
    for place in odd:
        if has_twins:
            rendering.identifiers.update(identifiers[last:place])
        rendering.cues += place - last
        line += sum(map(str.count, pieces[last:place], repeat("\n"))) + sum(gaps[last:place])
        if place in read:
            written[place] = _carefully(read[place], rendering, line)
        else:
            written[place] = rendering.cue_text(*_parts(written[place]), line)
        line += pieces[place].count("\n") + gaps[place]
        last = place + 1
    result = "\n\n".join([_write(rendering.head(bom, encoding)), *filter(None, written), ""])
    rendering.cues += len(pieces) - last
    return Quick(result.replace("\n", newline), tuple(rendering.losses), rendering.cues)


def _odd(
    text: str, pieces: list[str], gaps: list[int], identifiers: list[str], colons: list[str], patterns: _Patterns
) -> list[int]:
    """The places of the pieces that are more than a cue of plain words, in order.

    Args:
        gaps: how many line ends stand behind each.
        identifiers: those of the pieces where any stands twice; none otherwise.
        colons: the characters in the text that a timing line may have for a colon.
    """
    odd: set[int] = set()
    if not patterns.piece.match(pieces[0]):
        odd.add(0)
    # Every piece has one in its timing line, but for a first piece that begins otherwise.
    if odd or text.count("-->") != len(pieces):
        odd.update(compress(count(), map(ne, map(str.count, pieces, repeat("-->")), repeat(1))))
    odd.update(compress(count(), map(ne, map(str.count, pieces, repeat(":")), repeat(_COLONS_OF_A_TIMING_LINE))))
    ends_blank = compress(count(), map(str.endswith, pieces, repeat((" ", "\t", "\n"))))
    odd.update([place for place in ends_blank if _ends_with_a_blank_line(pieces[place])])
    blank_lines = [match.start() for match in _BLANK_LINE.finditer(text)]
    if blank_lines:
        from bisect import bisect_right

        begins = list(accumulate(map(add, map(len, pieces), gaps), initial=0))
        odd.update([bisect_right(begins, place) - 1 for place in blank_lines])
        odd.discard(len(pieces))
    for mark in ("\n\n", *colons, *[character for character in _MARKUP if character in text]):
        odd.update(compress(count(), map(contains, pieces, repeat(mark))))
    seen: set[str] = set()
    for place, identifier in enumerate(identifiers):
        if identifier in seen:
            odd.add(place)
        seen.add(identifier)
    return sorted(odd)


def _is_one_cue(piece: str, place: int, colons: list[str], patterns: _Patterns) -> bool:
    """Whether there is nothing in a piece but one cue and its text, or one cue without.

    Args:
        colons: the characters in the whole text that a timing line may have for a colon.
    """
    if "\n\n" in piece or _ends_with_a_blank_line(piece):
        return patterns.is_empty_cue(piece)
    if not place and not patterns.piece.match(piece):
        return False
    if piece.count(":") == _COLONS_OF_A_TIMING_LINE and not (colons and any(colon in piece for colon in colons)):
        return True
    text = piece.find("\n", piece.find("\n") + 1) + 1
    return not _MAY_BE_TIMING.search(piece, text)


def _really_odd(
    odd: list[int], pieces: list[str], written: list[str], colons: list[str], patterns: _Patterns
) -> list[int]:
    """Those of the odd places whose pieces need rendering or reading; the others are put into `written` here."""
    left: list[int] = []
    for place in odd:
        easily = _easily(pieces[place], written[place], place, colons, patterns)
        if easily is None:
            left.append(place)
        else:
            written[place] = easily
    return left


def _easily(piece: str, written: str, place: int, colons: list[str], patterns: _Patterns) -> str | None:
    """A piece as WebVTT that is one cue without markup after all: only a colon, a `{` or an `&`, or no text.

    Args:
        written: the piece as WebVTT, as if it were not odd.
    """
    if (
        "<" in piece
        or "{\\" in piece
        or "\0" in piece
        or "\u200c" in piece
        or piece.count("-->") != 1
        or not _is_one_cue(piece, place, colons, patterns)
        or _BLANK_LINE.search(piece)
    ):
        return None
    written = written.rstrip("\n")
    return written.replace("&", "&amp;") if "&" in written else written


def _ends_with_a_blank_line(piece: str) -> bool:
    return not piece[piece.rfind("\n") + 1 :].strip(" \t")


def _parts(written: str) -> tuple[str, str, str]:
    """The identifier, the timing line and the text of one cue as WebVTT."""
    identifier, timing, text = f"{written}\n".split("\n", 2)
    return identifier, timing, text.rstrip("\n")


def _read(piece: str) -> tuple[Block, ...]:
    """A piece that is anything else, read as a file of its own."""
    from captionkit.formats.srt import FORMAT

    return FORMAT.read(piece + "\n").blocks


def _names(blocks: tuple[Block, ...], first: str) -> list[str]:
    """The identifiers of these cues, but for the first if it is the one given."""
    from captionkit.model import Cue

    names = [block.identifier.strip(" \t") for block in blocks if type(block) is Cue]
    return names[1:] if names[:1] == [first] else names


def _carefully(blocks: tuple[Block, ...], rendering: Rendering, line: int) -> str:
    """The blocks of a piece that begins in this line."""
    before = len(rendering.losses)
    written = _write(rendering.blocks(blocks))
    for place in range(before, len(rendering.losses)):
        loss = rendering.losses[place]
        rendering.losses[place] = loss._replace(line=loss.line + line - 1)
    return written


def _write(blocks: list[Block]) -> str:
    """The blocks as they stand in a file, without the blank line after the last."""
    if not blocks:
        return ""
    from captionkit.formats.webvtt import block_text

    return "\n\n".join(map(block_text, blocks))

"""The second reader: what we write is read again by somebody else's reader, which must see the same cues.

SRT is read by pysrt, or by webvtt-py where somebody has uninstalled it (it is GPL); WebVTT by webvtt-py.
Compared are the number of cues, their times to the millisecond, and the words a viewer sees.

Readers differ over what is out of the ordinary: markup, escapes, settings, stray blanks, odd line ends. A WebVTT that
has nothing but plain cues is read by the one regular expression that recognises it, in a tenth of the time of
webvtt-py; it is a second reading all the same, and shares nothing with ours.

A second reader has faults of its own. Those named here, and no others, are not held against the file; each is one
function, with its reason. Everything else is a disagreement, and what was about to be written is not written.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from captionkit.decoding import one_line_end
from captionkit.errors import CrosscheckFailed
from captionkit.markup import visible_text
from captionkit.model import Cue, Document
from captionkit.timecode import timecode

_Reading = list[tuple[int, int, str]]  # start, end, raw text


class Disagreement(NamedTuple):
    """One point on which the two readings differ.

    Attributes:
        what: "cues" (their number), "start", "end" or "words".
        ours, theirs: the two readings of it, as a person reads them.
        cue: the cue's number in the file, from 1; for "cues" the first one that only one of the readers has.
        line: the line of the cue in the text; 0 where only the second reader sees a cue.
        time: its start in milliseconds, as we read it; None where only the second reader sees a cue.
    """

    what: str
    ours: str
    theirs: str
    cue: int
    line: int = 0
    time: int | None = None


def reader_for(format: str) -> str:
    """The name of the second reader of this format: "pysrt" or "webvtt-py"."""
    if format == "srt":
        from importlib.util import find_spec

        if find_spec("pysrt"):
            return "pysrt"
    return "webvtt-py"


def crosscheck(text: str, format: str) -> list[Disagreement]:
    """Read `text` with our reader and the second one, and say where they differ.

    Args:
        text: a whole file, as it is written.
        format: "srt" or "vtt".

    Returns:
        The disagreements in file order; where the numbers of cues differ, up to the first cue that does not match.
    """
    from captionkit.documents import loads

    return compare(loads(text, format).cues, text, format)


def compare(cues: tuple[Cue, ...], text: str, format: str) -> list[Disagreement]:
    """The same, where our reading of the text, or what it was written from, is at hand."""
    reader = reader_for(format)
    ours: list[tuple[Cue, str]] = []
    for cue in cues:
        expected = _expected(cue, reader, format)
        if expected is not None:
            ours.append((cue, expected))
    theirs = _READERS[reader](text, format)
    if theirs == [(cue.start, cue.end, raw) for cue, raw in ours]:
        return []
    numbers = {id(cue): number for number, cue in enumerate(cues, 1)}
    found: list[Disagreement] = []
    for (cue, raw), (start, end, their_raw) in zip(ours, theirs, strict=False):
        number = numbers[id(cue)]
        place = (number, cue.line, cue.start)
        for what, our_time, their_time in (("start", cue.start, start), ("end", cue.end, end)):
            if our_time != their_time and not (our_time < 0 and reader == "pysrt"):  # pysrt reads -00 as 0
                found.append(Disagreement(what, timecode(our_time), timecode(their_time), *place))
        our_words, their_words = _words(raw, reader, format), _words(their_raw, reader, format)
        if our_words != their_words:
            found.append(Disagreement("words", our_words, their_words, *place))
        if found and len(ours) != len(theirs):
            break
    if len(ours) != len(theirs):
        odd = found[0].cue if found else min(len(ours), len(theirs)) + 1
        line, time = (cues[odd - 1].line, cues[odd - 1].start) if odd <= len(cues) else (0, None)
        found.insert(0, Disagreement("cues", str(len(ours)), str(len(theirs)), odd, line, time))
    return found


def verify(document: Document | str, format: str = "") -> None:
    """Refuse what the second reader does not read as we do.

    Args:
        document: a document about to be written, or its text.
        format: of a text, "srt" or "vtt".

    Raises:
        CrosscheckFailed: with the place and both readings of the first disagreement.
    """
    path, kind = "", format
    if isinstance(document, Document):
        from captionkit.documents import dumps

        path, kind, text = document.path, document.format, dumps(document)
        if misread := _not_as_meant(document, text):
            raise _failed("our own reader does not read what was meant", misread, path, 0)
        found = crosscheck(text, kind)
    else:
        found = crosscheck(document, format)
    if found:
        what = "number of cues" if found[0].what == "cues" else found[0].what
        raise _failed(f"{reader_for(kind)} does not read the same {what}", found[0], path, len(found) - 1)


def _failed(problem: str, first: Disagreement, path: str, more: int) -> CrosscheckFailed:
    place = f"cue {first.cue}" + (f" at {timecode(first.time)}" if first.time is not None else "")
    return CrosscheckFailed(
        f"{problem}, {place}: {first.ours!r} here, {first.theirs!r} there" + (f" ({more} more)" if more else ""),
        where=":".join([part for part in (path, str(first.line) if first.line else "") if part]),
        unchanged="Nothing was written.",
        hint="Please report this file to the authors of captionkit; without --crosscheck it is written as it is.",
    )


def _not_as_meant(document: Document, text: str) -> Disagreement | None:
    """The first point where reading what is to be written does not give the cues that were meant."""
    from captionkit.documents import loads

    meant, read = document.cues, loads(text, document.format).cues
    if len(meant) != len(read):
        return Disagreement("cues", str(len(meant)), str(len(read)), min(len(meant), len(read)) + 1)
    for number, (a, b) in enumerate(zip(meant, read, strict=True), 1):
        if (a.start, a.end) != (b.start, b.end):
            ours, theirs = (f"{timecode(cue.start)} --> {timecode(cue.end)}" for cue in (a, b))
            return Disagreement("start", ours, theirs, number, b.line, b.start)
        # Blank lines at the end of a text cannot be told from those between cues.
        if a.text.rstrip("\n") != b.text:
            return Disagreement("words", a.text, b.text, number, b.line, b.start)
    return None


# What a second reader is known to do differently ----------------------------------------------------------------------


def _expected(cue: Cue, reader: str, format: str) -> str | None:
    """The raw text that the reader should give for this cue; None for a cue that it is known not to give at all."""
    if format == "vtt":
        return cue.text
    if reader == "webvtt-py":
        # Its SRT reader drops cues without text or without a number, and knows no negative times.
        number = cue.identifier.strip()
        if not cue.text.strip() or not number.isdigit() or cue.start < 0 or cue.end < 0:
            return None
        return cue.text
    # pysrt ends a cue at the first line that is blank or only white space (its issue 71), and skips what follows.
    lines = cue.text.split("\n")
    return "\n".join(lines[: next((at for at, line in enumerate(lines) if not line.strip()), len(lines))])


def _words(raw: str, reader: str, format: str) -> str:
    """The words as both readers can give them."""
    words = visible_text(raw, format)
    if "\0" in words:
        words = words.replace("\0", "\ufffd")  # WebVTT 6.1 reads a NUL so; webvtt-py leaves it
    if reader == "pysrt":
        return "\n".join([line.rstrip() for line in words.split("\n")])  # it strips the end of every line
    if format == "srt":
        return "\n".join([line for line in words.split("\n") if line.strip()])  # it leaves out blank lines within a cue
    return words


def _read_with_pysrt(text: str, format: str) -> _Reading:
    import pysrt

    # Given lines and not a string, because it would cut a string at U+2028 and its like too (its issue 87).
    flat = one_line_end(text)
    items = pysrt.SubRipFile.stream(flat.splitlines(keepends=True) if _is_simple(flat) else _lines(flat))
    return [(item.start.ordinal, item.end.ordinal, item.text) for item in items]


def _is_simple(text: str) -> bool:
    return text.isascii() and not any(each in text for each in "\x0b\x0c\x1c\x1d\x1e")


def _lines(text: str) -> list[str]:
    return [f"{line}\n" for line in text.split("\n")]


def _read_with_webvtt_py(text: str, format: str) -> _Reading:
    import io

    import webvtt

    try:
        captions = webvtt.from_buffer(io.StringIO(text, newline=""), format=format).captions
    except webvtt.errors.MalformedFileError:
        return []  # it wants cues, and a first line that is a number
    return [(_ms(caption.start), _ms(caption.end), caption.raw_text) for caption in captions]


#: A line of words without markup, escapes, controls, or white space at its ends.
_LINE = r"[^\s&<>][^\x00-\x1f\x7f-\x9f\u2028\u2029&<>]*(?<!\s)\n"
_CUE = rf"(?:\d+\n)?(\d\d):([0-5]\d):([0-5]\d)\.(\d{{3}}) --> (\d\d):([0-5]\d):([0-5]\d)\.(\d{{3}})\n((?:{_LINE})+)"
_PLAIN_CUE = re.compile(_CUE)
#: A whole WebVTT of such cues, with nothing between them.
_PLAIN = re.compile(rf"WEBVTT\n(?:\n{_CUE})+\n?")


def _read_like_webvtt_py(text: str, format: str) -> _Reading:
    is_plain = format == "vtt" and _PLAIN.fullmatch(text)
    return _read_plain(text) if is_plain else _read_with_webvtt_py(text, format)


def _read_plain(text: str) -> _Reading:
    """A text that `_PLAIN` matches. A line of digits may be the number of a cue only where a time stamp follows."""
    found = []
    for h, m, s, ms, to_h, to_m, to_s, to_ms, words in _PLAIN_CUE.findall(text):
        start = (int(h) * 3600 + int(m) * 60 + int(s)) * 1000 + int(ms)
        end = (int(to_h) * 3600 + int(to_m) * 60 + int(to_s)) * 1000 + int(to_ms)
        found.append((start, end, words[:-1]))
    return found


def _ms(timestamp: str) -> int:
    hours, minutes, rest = timestamp.split(":")
    seconds, ms = rest.split(".")
    return ((int(hours) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int(ms)


_READERS = {"pysrt": _read_with_pysrt, "webvtt-py": _read_like_webvtt_py}

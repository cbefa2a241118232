"""Which formats are read, by which function, and what that needs."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from importlib import import_module
from typing import NamedTuple, cast

from captionkit.conversion.losses import Converted
from captionkit.errors import CaptionkitError, ContentError, UsageError
from captionkit.foreign import sniff
from captionkit.foreign.reading import MOST_BYTES, Options, Reading
from captionkit.foreign.sniff import Kind

#: A reader puts what it finds in the bytes into the Reading.
Read = Callable[[bytes, Reading], None]


class Row(NamedTuple):
    """A format that can be read.

    Attributes:
        kind: what `sniff` calls it.
        extensions: what its files are usually called. A file is known by its content; a name only says where to look.
        module: of `captionkit.foreign`, with the function.
        function: `(data, reading) -> None`.
        library: the package that it needs; "" for none.
        marks: what stands once in each caption, to count them without reading the file, for a list; the first that
            stands there at all counts.
    """

    kind: Kind
    extensions: tuple[str, ...]
    module: str
    function: str
    library: str = ""
    marks: tuple[bytes, ...] = ()

    def count(self, data: bytes) -> int:
        """About how many captions these bytes hold; the file is not read for it, which may take long."""
        if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            data = data.decode("utf-16", "ignore").encode()
        data = data.replace(b"\r", b"\n")
        counts = (len(re.findall(mark, data, re.IGNORECASE | re.MULTILINE)) for mark in self.marks)
        return next(filter(None, counts), 0)

    def reader(self) -> Read:
        """The function, imported now; ImportError where its library is not installed."""
        return cast("Read", getattr(import_module(f"captionkit.foreign.{self.module}"), self.function))


TABLE = (
    # Blocks of 128 bytes below a head of 1,024; most captions fill one.
    Row(sniff.EBU_STL, (".stl",), "ebu_stl", "read", "ttconv", marks=(rb"(?:\A[\s\S]{1024})?[\s\S]{128}",)),
    # The code that shows a caption, or else the one that rolls one up; codes that control stand twice.
    Row(sniff.SCC, (".scc",), "scc", "read", "ttconv", marks=(rb"942f(?:\s+942f)?", rb"94ad(?:\s+94ad)?")),
    Row(sniff.TTML, (".ttml", ".dfxp", ".itt", ".xml"), "ttml", "read", "ttconv", marks=(rb"<(?:\w{1,20}:)?p[\s>]",)),
    Row(sniff.ASS, (".ass", ".ssa"), "substation", "read", "pysubs2", marks=(rb"^\s*dialogue\s*:",)),
    Row(sniff.SAMI, (".smi", ".sami"), "simple", "read_sami",
        marks=(rb"<sync\b[^>]*>(?:\s|<(?!sync|/body|/sami)[^>]*>)*+(?!&nbsp;)[^\s<]",)),
    Row(sniff.MICRODVD, (".sub", ".txt"), "simple", "read_microdvd",
        marks=(rb"^\s*\{-?\d+\}\{-?\d*\}(?![\d.,]+\s*$)",)),
    Row(sniff.MPL2, (".mpl", ".txt"), "simple", "read_mpl2", marks=(rb"^\s*\[-?\d+\]\[-?\d*\]",)),
    Row(sniff.SBV, (".sbv",), "simple", "read_sbv", marks=(rb"^\d+:\d\d:\d\d\.\d+,\d+:\d\d:\d\d\.\d+",)),
    Row(sniff.WHISPER, (".json",), "whisper", "read",
        marks=(rb'(?:\A\s*\{\s*"text"\s*:\s*"(?:[^"\\]|\\.)*+"[\s\S]*?)?"text"\s*:',)),
    Row(sniff.JSON3, (".json3", ".json"), "youtube", "read_json3",
        marks=(rb'"segs"\s*:\s*\[\s*\{\s*"utf8"\s*:\s*"(?!\\n")',)),
    Row(sniff.TIMEDTEXT, (".srv3", ".srv2", ".srv1", ".ytt", ".xml"), "youtube", "read_xml",
        marks=(rb"<(?:p|text)\b[^>]*>(?!\s*</)",)),
)  # fmt: skip

#: What files of these formats are called. A name like `.json` or `.txt` says little: what is in it counts.
EXTENSIONS = tuple(dict.fromkeys([extension for row in TABLE for extension in row.extensions]))

#: The extra that brings all libraries of the table.
EXTRA = "formats"


def row_of(data: bytes) -> Row | None:
    """The row for what these bytes are; None where they are something else, or are not known."""
    kind = sniff.sniff(data)
    return next((row for row in TABLE if row.kind is kind), None)


def read(
    data: bytes,
    kind: str = "",
    *,
    fps: float | Fraction | str | None = None,
    language: str = "",
    start_timecode: str = "",
    encoding: str = "",
    path: str = "",
    strict: bool = False,
) -> Converted:
    """The captions in these bytes; see `captionkit.import_captions`."""
    options = Options(
        frame_rate(fps) if fps is not None else None, language,
        timecode(start_timecode) if start_timecode else None, _encoding(encoding), path,
    )  # fmt: skip
    row = _row(data, kind, path)
    reading = Reading(row.kind, options)
    if len(data) > MOST_BYTES:
        raise reading.error(f"it has {len(data):,} bytes, and captions have at most {MOST_BYTES:,}")
    try:
        reader = row.reader()
    except ImportError:
        raise ContentError(
            f"{row.kind.title} is read with {row.library}, which is not installed",
            where=path,
            unchanged="Nothing was written.",
            hint=f'Install it with: python -m pip install "captionkit[{EXTRA}]"',
        ) from None
    try:
        with _quiet(row.library):
            reader(data, reading)
        converted = reading.converted()
    except CaptionkitError:
        raise
    except Exception as error:  # the libraries raise whatever they meet
        raise reading.error(f"{row.library or row.module} gave up ({type(error).__name__}: {error})") from error
    if strict and converted.losses:
        from captionkit.conversion import lossy

        raise lossy(converted, path)
    return converted


def _row(data: bytes, kind: str, path: str) -> Row:
    names = {row.kind.name: row for row in TABLE}
    if kind:
        if kind not in names:
            raise UsageError(f"there is no format {kind!r} that is read", hint=f"There are {', '.join(sorted(names))}.")
        return names[kind]
    row = row_of(data)
    if row is None:
        found = sniff.sniff(data)
        raise ContentError(
            found.sentence if found else "this is no format of captions that is known",
            where=path,
            unchanged="Nothing was written.",
            hint=f"What can be read: {', '.join(sorted(names))}; SRT and WebVTT as they are.",
        )
    return row


_RATIO = re.compile(r"(\d{1,7}(?:\.\d{1,6})?)(?:/(\d{1,7}))?")
#: What 23.976, 29.97 and 59.94 stand for.
_NTSC = {round(Fraction(base * 1000, 1001), places): Fraction(base * 1000, 1001)
         for base in (24, 30, 48, 60, 120) for places in (2, 3)}  # fmt: skip


def frame_rate(fps: float | Fraction | str) -> Fraction:
    """Frames a second as a person gives them: 25, 29.97 (which is 30000/1001), "30000/1001".

    Raises:
        UsageError: if that is no frame rate from 1 to 1000.
    """
    match = _RATIO.fullmatch(f"{fps}".strip())
    if match and (match[2] is None or int(match[2])):
        rate = Fraction(match[1]) / int(match[2] or 1)
        rate = _NTSC.get(rate, rate)
        if 1 <= rate <= 1000:
            return rate
    raise UsageError(f"{str(fps)!r} is not a frame rate", hint="Write frames a second: 25, 29.97 or 30000/1001.")


_TIMECODE = re.compile(r"(\d{1,2}):([0-5]?\d):([0-5]?\d)(?:[:;.](\d{1,3}))?")


def timecode(text: str) -> tuple[int, int, int, int]:
    """(hours, minutes, seconds, frames) of a time code: 10:00:00:00.

    Raises:
        UsageError: if it is none.
    """
    match = _TIMECODE.fullmatch(text.strip())
    if match is None:
        raise UsageError(f"{text!r} is not a time code", hint="Write hours, minutes, seconds and frames: 10:00:00:00.")
    hours, minutes, seconds, frames = match.groups(default="0")
    return int(hours), int(minutes), int(seconds), int(frames)


def _encoding(name: str) -> str:
    if not name:
        return ""
    from captionkit.decoding import encoding_named

    return encoding_named(name)


@contextmanager
def _quiet(library: str) -> Iterator[None]:
    """Keep a library from printing what it logs: readers check for themselves, and say it in the house's words."""
    logger = logging.getLogger(library or "captionkit.foreign")
    was, logger.disabled = logger.propagate, False
    handler = logging.NullHandler()
    logger.addHandler(handler)
    logger.propagate = False
    try:
        yield
    finally:
        logger.propagate = was
        logger.removeHandler(handler)

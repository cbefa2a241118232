"""Which formats are read, by which function, and what that needs.

It loads next to nothing: every command that looks into a folder asks it what files of these formats are called.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple, cast

from captionkit.foreign import sniff
from captionkit.foreign.sniff import Kind

if TYPE_CHECKING:
    from captionkit.foreign.reading import Reading

    #: A reader puts what it finds in the bytes into the Reading.
    Read = Callable[[bytes, Reading], None]


class Option(NamedTuple):
    """An option of `captionkit convert` for what a file does not say itself.

    Attributes:
        text: as it is written, with a word in capital letters to be replaced.
        meaning: of that word.
        holds_for_all: whether it may be given for a whole folder.
    """

    text: str
    meaning: str
    holds_for_all: bool


FPS = Option("--fps RATE", "the frame rate of the video", True)  # files that state one keep it
LANGUAGE = Option("--language TAG", "one of its languages", False)


def _nothing(_data: bytes) -> Option | None:
    return None


def _rate_unless(says: bytes) -> Callable[[bytes], Option | None]:
    """What files need that count frames: a frame rate, unless they begin so."""
    return lambda data: None if re.match(says, data) else FPS


def _language_of(says: bytes) -> Callable[[bytes], Option | None]:
    """What files need that are in several languages, each of which is said so."""
    return lambda data: LANGUAGE if len({name.lower() for name in re.findall(says, data, re.IGNORECASE)}) > 1 else None


def _plain(data: bytes) -> bytes:
    """Text as UTF-8, if its byte order mark says that it is something else."""
    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    return data.decode("utf-16", "ignore").encode() if wide else data.removeprefix(b"\xef\xbb\xbf")


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
        missing: from the beginning of a file to the option without which it cannot be converted, as far as that is
            easily seen; see `asks`.
    """

    kind: Kind
    extensions: tuple[str, ...]
    module: str
    function: str
    library: str = ""
    marks: tuple[bytes, ...] = ()
    missing: Callable[[bytes], Option | None] = _nothing

    def count(self, data: bytes) -> int:
        """About how many captions these bytes hold; the file is not read for it, which may take long."""
        data = _plain(data).replace(b"\r", b"\n")
        counts = (len(re.findall(mark, data, re.IGNORECASE | re.MULTILINE)) for mark in self.marks)
        return next(filter(None, counts), 0)

    def asks(self, data: bytes) -> Option | None:
        """The option without which a file that begins so cannot be converted; None for none."""
        return self.missing(_plain(data))

    def reader(self) -> Read:
        """The function, imported now; ImportError where its library is not installed."""
        return cast("Read", getattr(import_module(f"captionkit.foreign.{self.module}"), self.function))


TABLE = (
    # Blocks of 128 bytes below a head of 1,024; most captions fill one.
    Row(sniff.EBU_STL, (".stl",), "ebu_stl", "read", "ttconv", marks=(rb"(?:\A[\s\S]{1024})?[\s\S]{128}",),
        missing=_rate_unless(rb"...STL(?:23|24|25|30|50)\.01")),
    # The code that shows a caption, or else the one that rolls one up; codes that control stand twice.
    Row(sniff.SCC, (".scc",), "scc", "read", marks=(rb"942f(?:\s+942f)?", rb"94ad(?:\s+94ad)?")),
    Row(sniff.TTML, (".ttml", ".dfxp", ".itt", ".xml"), "ttml", "read", "ttconv", marks=(rb"<(?:\w{1,20}:)?p[\s>]",),
        missing=_language_of(rb"<(?:\w{1,20}:)?div\s[^<>]*\bxml:lang\s*=\s*[\"']([\w-]+)")),
    Row(sniff.ASS, (".ass", ".ssa"), "substation", "read", "pysubs2", marks=(rb"^\s*dialogue\s*:",)),
    Row(sniff.SAMI, (".smi", ".sami"), "sami", "read",
        marks=(rb"<sync\b[^>]*>(?:\s|<(?!sync|/body|/sami)[^>]*>)*+(?!&nbsp;)[^\s<]",),
        missing=_language_of(rb"<p\s[^<>]*\bclass\s*=\s*[\"']?([\w-]+)")),
    Row(sniff.MICRODVD, (".sub", ".txt"), "simple", "read_microdvd",
        marks=(rb"^\s*\{-?\d+\}\{-?\d*\}(?![\d.,]+\s*$)",),
        missing=_rate_unless(rb"\s*\{([01])\}\{\1\}\s*\d+(?:[.,]\d+)?\s*[\r\n]")),
    Row(sniff.MPL2, (".mpl", ".txt"), "simple", "read_mpl2", marks=(rb"^\s*\[-?\d+\]\[-?\d*\]",)),
    Row(sniff.SBV, (".sbv",), "simple", "read_sbv", marks=(rb"^\d+:\d\d:\d\d\.\d+,\d+:\d\d:\d\d\.\d+",)),
    Row(sniff.SUBVIEWER, (".sub",), "simple", "read_subviewer", marks=(rb"^\d+:\d\d:\d\d[.,]\d+,\d+:\d\d:\d\d",)),
    Row(sniff.WHISPER, (".json",), "whisper", "read",
        marks=(rb'(?:\A\s*\{\s*"text"\s*:\s*"(?:[^"\\]|\\.)*+"[\s\S]*?)?"text"\s*:',)),
    Row(sniff.SERVICE, (".json",), "whisper", "read", marks=(rb'"(?:nBest|offsetMilliseconds)"\s*:',)),
    Row(sniff.TSV, (".tsv",), "simple", "read_tsv", marks=(rb"^\d+\t\d+\t",)),
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

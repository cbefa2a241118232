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
    Row(sniff.SCC, (".scc",), "scc", "read", marks=(rb"942f(?:\s+942f)?", rb"94ad(?:\s+94ad)?")),
    Row(sniff.TTML, (".ttml", ".dfxp", ".itt", ".xml"), "ttml", "read", "ttconv", marks=(rb"<(?:\w{1,20}:)?p[\s>]",)),
    Row(sniff.ASS, (".ass", ".ssa"), "substation", "read", "pysubs2", marks=(rb"^\s*dialogue\s*:",)),
    Row(sniff.SAMI, (".smi", ".sami"), "sami", "read",
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

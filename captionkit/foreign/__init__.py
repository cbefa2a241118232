"""Captions in other formats than SRT and WebVTT: what they are, and reading them as WebVTT.

    captionkit.import_captions("lecture.dfxp")                  # -> Converted: document (WebVTT), losses, remarks
    captionkit.import_captions(data, fps=25, language="fr")     # bytes, and what the file itself does not say

Theory of operation. `sniff` says from the bytes what a file is. `table` has one row for each kind that can be read: its
extensions, the function that reads it, and the library that this needs. A reader is `read(data, reading)`: it puts
captions, losses and remarks into a `reading.Reading`, which does what is the same for all formats: escapes and tags,
classes of colours, order, ends that a file leaves open, bounds, and the error where no captions are left. The libraries
come with the extra `captionkit[formats]` and are imported only when such a file is read. Whatever goes wrong in a
reader or its library is a `ContentError` here.

    sniff.py      bytes -> Kind          table.py   the rows          reading.py   what all readers share
    importing.py  what holds for all: bounds, errors, what was said of the file
    timed.py      ttconv's model -> captions (timed_places.py, placing.py: where they stand); ttml.py and ebu_stl.py
                  make that model
    line21.py     a decoder of CEA-608; scc.py feeds it
    xml_tree.py   bytes -> a tree, mended, within bounds; ttml_shape.py (ttml_times.py, ttml_timeline.py) makes it fit
    text.py       bytes -> text, and tags in it; substation.py, sami.py, simple.py, whisper.py (with services.py) and
                  youtube.py read that

To add a format: one function `read(data: bytes, reading: Reading) -> None` and one row in `table`.

Other formats are read and never written: ttconv, pysubs2, pycaption and Subtitle Edit do that well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fractions import Fraction
    from pathlib import Path

    from captionkit.conversion.losses import Converted

__all__ = ["import_captions"]


def import_captions(
    source: str | Path | bytes,
    kind: str = "",
    *,
    fps: float | Fraction | str | None = None,
    language: str = "",
    start_timecode: str = "",
    encoding: str = "",
    path: str = "",
    strict: bool = False,
) -> Converted:
    """Read captions of another format (TTML, SCC, EBU STL, SubStation, SAMI ...) as a WebVTT document.

    Args:
        source: a file, or its bytes.
        kind: the format, by its name in `captionkit.foreign.table`; "" to find out from the content.
        fps: frames a second, where the file counts frames and does not say how many make a second: 25, "30000/1001".
            What a file states itself counts, and that is remarked.
        language: BCP 47: which captions to take where the file has them in several languages.
        start_timecode: the time code at which the video begins, HH:MM:SS:FF, where times do not begin at zero.
        encoding: of text that does not say its own, any name of it; "" to find out.
        path: what to call the file in messages, where `source` is bytes.
        strict: refuse where something would be lost.

    Returns:
        The document, what it could not keep of the file, and remarks: what was mended or assumed in reading it.

    Raises:
        LocalError: if the file cannot be read.
        ContentError: if these are no captions that can be read, or none are left, or the library is not installed.
        LossyConversion: with strict, naming each loss.
        UsageError: for a frame rate, time code, encoding or kind that is none.
    """
    from captionkit.foreign.importing import read

    if isinstance(source, bytes):
        data = source
    else:
        from captionkit.files import bytes_of

        data, path = bytes_of(source), str(source)
    return read(
        data, kind, fps=fps, language=language, start_timecode=start_timecode, encoding=encoding, path=path,
        strict=strict,
    )  # fmt: skip

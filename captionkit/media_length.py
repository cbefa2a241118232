"""How long a recording runs, read from the few bytes that say so: MP4 and its kin, Matroska and WebM, WAV.

Nothing is decoded and no tool is called. What these containers do not say, or other files, is None: not known.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from captionkit.errors import LocalError
from captionkit.files import open_to_read

#: Nobody records longer; what says so is broken.
_LONGEST_MS = 200 * 3_600_000
_MOST_BOXES = 10_000


def duration_ms(path: Path) -> int | None:
    """Milliseconds, or None where the file does not say, is of another kind, or cannot be read."""
    try:
        with open_to_read(path) as file:
            start = file.read(12)
            if start[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"):
                found = _mp4(file)
            elif start[:4] == b"\x1aE\xdf\xa3":
                found = _matroska(file)
            elif start[:4] == b"RIFF" and start[8:12] == b"WAVE":
                found = _wave(file)
            else:
                found = None
    except (LocalError, OSError, struct.error, ValueError, OverflowError):
        return None
    return round(found) if found is not None and 0 < found < _LONGEST_MS else None


def _atoms(file: BinaryIO, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """The boxes of an ISO base media file (ISO/IEC 14496-12, 4.2): name, where its content begins and ends."""
    for _ in range(_MOST_BOXES):
        if at + 8 > end:
            return
        file.seek(at)
        size, name = struct.unpack(">I4s", file.read(8))
        head = 8
        if size == 1:
            (size,) = struct.unpack(">Q", file.read(8))
            head = 16
        elif size == 0:
            size = end - at
        if size < head:
            return
        yield name, at + head, min(at + size, end)
        at += size


def _mp4(file: BinaryIO) -> float | None:
    file.seek(0, 2)
    whole = file.tell()
    for name, begins, ends in _atoms(file, 0, whole):
        if name != b"moov":
            continue
        for inner, at, _ in _atoms(file, begins, ends):
            if inner == b"mvhd":  # 8.2.2: version, flags, two dates, timescale, duration
                file.seek(at)
                version = file.read(4)[0]
                layout = ">QQIQ" if version == 1 else ">IIII"
                _, _, scale, length = struct.unpack(layout, file.read(struct.calcsize(layout)))
                return 1000 * length / scale if scale else None
    return None


def _number(file: BinaryIO, keep_marker: bool) -> tuple[int, int]:
    """An EBML number of variable length (RFC 8794, 4): value and how many bytes it took."""
    first = file.read(1)
    if not first or first[0] == 0:
        raise ValueError("no EBML number")
    length = 9 - first[0].bit_length()
    value = first[0] if keep_marker else first[0] & (0xFF >> length)
    for byte in file.read(length - 1):
        value = value << 8 | byte
    return value, length


def _elements(file: BinaryIO, at: int, end: int) -> Iterator[tuple[int, int, int]]:
    for _ in range(_MOST_BOXES):
        if at >= end:
            return
        file.seek(at)
        name, one = _number(file, True)
        size, two = _number(file, False)
        begins = at + one + two
        unknown = size == (1 << (7 * two)) - 1
        ends = end if unknown else min(begins + size, end)
        yield name, begins, ends
        at = ends


def _matroska(file: BinaryIO) -> float | None:
    """Segment, Info, Duration in units of TimestampScale nanoseconds (RFC 9559, 5.1.2)."""
    file.seek(0, 2)
    for name, begins, ends in _elements(file, 0, file.tell()):
        if name != 0x18538067:
            continue
        for inner, at, to in _elements(file, begins, ends):
            if inner == 0x1549A966:
                scale, length = 1_000_000, None
                for field, where, until in _elements(file, at, to):
                    file.seek(where)
                    raw = file.read(until - where)
                    if field == 0x2AD7B1:
                        scale = int.from_bytes(raw, "big")
                    elif field == 0x4489:
                        (length,) = struct.unpack(">f" if len(raw) == 4 else ">d", raw)
                return length * scale / 1_000_000 if length is not None else None
    return None


def _wave(file: BinaryIO) -> float | None:
    rate = 0
    at = 12
    for _ in range(_MOST_BOXES):
        file.seek(at)
        head = file.read(8)
        if len(head) < 8:
            return None
        name, size = struct.unpack("<4sI", head)
        if name == b"fmt ":
            (rate,) = struct.unpack("<8xI", file.read(12))  # bytes a second
        elif name == b"data":
            return 1000 * size / rate if rate else None
        at += 8 + size + size % 2
    return None

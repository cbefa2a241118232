"""Reading bytes by the table: what holds for every format, whatever its reader or its library does."""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction

from captionkit.conversion.losses import Converted
from captionkit.errors import CaptionkitError, ContentError, UsageError
from captionkit.foreign import sniff
from captionkit.foreign.reading import MOST_BYTES, Options, Reading
from captionkit.foreign.table import EXTRA, TABLE, Row, row_of
from captionkit.formats.base import collector_paused


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
        with _quiet(row.library), collector_paused(len(data)):
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
    """Keep a library from printing what it logs and warns of: readers check for themselves, and say it."""
    logger = logging.getLogger(library or "captionkit.foreign")
    was, logger.disabled = logger.propagate, False
    handler = logging.NullHandler()
    logger.addHandler(handler)
    logger.propagate = False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.propagate = was
        logger.removeHandler(handler)

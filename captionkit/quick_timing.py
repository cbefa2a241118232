"""Other times in the text of a file, without a document: the fast way of `captionkit shift` and `retime`.

Theory of operation. Most files are a row of plain cues with one blank line between them, and a cue with other times is
the same text but for its timing line. So such a file is cut at its blank lines, each timing line is written anew, and
all is put together again. Any file in which there is something else, be it only a spare blank or a time within the
text, is left to the careful way, which is `loads`, `timing.shift`, `to_bytes`. Both give the same bytes; a property
test over both holds that.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

_MARK = b"\xef\xbb\xbf"
_SIGNATURE = re.compile(r"WEBVTT(?:[ \t][^\n]*)?(?:\n[^\n]+)*")
_FIRST_OF_SRT = re.compile(r"[0-9]+\n[0-9]{2}:")
#: Times within a WebVTT text move with it; section 4.2.2.
_STAMP = re.compile(r"<[0-9]")
# What SRT readers take for blank lines, and characters that a timing line may have for a colon: not plain.
_WHITE_LINE = re.compile(r"\n[^\S\n]++(?:\n|\Z)")
_LOOKS_LIKE_A_COLON = ("：", "﹕", "∶", "ː")
_COLONS_OF_A_TIMING_LINE = 4


@cache
def _cue(format: str) -> re.Pattern[str]:
    """The beginning of a plain cue; its groups: what stands above the times, eight numbers, what stands behind them."""
    if format == "srt":
        time = "([0-9]{2}):([0-5][0-9]):([0-5][0-9]),([0-9]{3})"
        return re.compile(rf"([0-9]{{1,9}}\n){time} --> {time}()(?=\n|\Z)")
    time = r"(?:([0-9]{2}):)?([0-5][0-9]):([0-5][0-9])\.([0-9]{3})"
    return re.compile(rf"((?:[^\n]+\n)?){time} --> {time}((?: [^ \t\f\n](?:[^\n]*[^ \t\f\n])?)?)(?=\n|\Z)")


def retimed(
    data: bytes, change: Callable[[int], int], since: int | None = None, until: int | None = None
) -> tuple[bytes, str] | None:
    """The bytes of a caption file with its times mapped, and its format; None for what only the careful way can do.

    Args:
        change: maps a time in milliseconds.
        since, until: only cues that start at or after `since` and before `until`.
    """
    bom = data.startswith(_MARK)
    try:
        text = data[len(_MARK) :].decode() if bom else data.decode()
    except UnicodeDecodeError:
        return None
    has_crlf = "\r" in text
    if has_crlf:
        if not text.count("\r\n") == text.count("\n") == text.count("\r"):
            return None
        text = text.replace("\r\n", "\n")
    found = "srt" if _FIRST_OF_SRT.match(text) else "vtt"
    if "\0" in text or (_srt_is_odd(text) if found == "srt" else _STAMP.search(text)):
        return None
    result = _retimed(text, found, change, since, until)
    if result is None:
        return None
    return (_MARK if bom else b"") + (result.replace("\n", "\r\n") if has_crlf else result).encode(), found


def _srt_is_odd(text: str) -> bool:
    return _WHITE_LINE.search(text) is not None or any(colon in text for colon in _LOOKS_LIKE_A_COLON)


def _retimed(text: str, format: str, change: Callable[[int], int], since: int | None, until: int | None) -> str | None:
    body = text.rstrip("\n")
    pieces = body.split("\n\n")
    is_vtt = format == "vtt"
    if is_vtt and (not _SIGNATURE.fullmatch(pieces[0]) or "-->" in pieces[0]):
        return None
    point = "." if is_vtt else ","
    cues = 0
    added_at_0 = 0  # how many more cues begin at 0 than did, of which the careful way has something to say
    is_changed = False
    for place in range(is_vtt, len(pieces)):
        piece = pieces[place]
        is_changed = False
        if is_vtt and "-->" not in piece and piece[:1] not in ("", "\n"):
            continue  # a comment, a style sheet, a region
        match = _match(piece, format)
        if match is None:
            return None
        cues += 1
        above, *times, behind = match.groups("0")
        start, end = _ms(*times[:4]), _ms(*times[4:])
        if (since is not None and start < since) or (until is not None and start >= until):
            continue
        new_start, new_end = change(start), change(end)
        if new_start < 0 or new_end <= 0:
            return None
        added_at_0 += (new_start == 0) - (start == 0)
        timing = f"{_written(new_start, point)} --> {_written(new_end, point)}"
        pieces[place] = f"{above}{timing}{behind}{piece[match.end() :]}"
        is_changed = True
    if added_at_0 > 0 or not cues:
        return None
    # A cue that was written anew has a blank line after it, the last one too.
    return "\n\n".join(pieces) + ("\n\n" if is_changed else text[len(body) :])


def _match(piece: str, format: str) -> re.Match[str] | None:
    """The beginning of a piece that is one plain cue."""
    if piece.count("-->") != 1 or (format == "srt" and piece.count(":") != _COLONS_OF_A_TIMING_LINE):
        return None
    return _cue(format).match(piece)


def _ms(hours: str, minutes: str, seconds: str, ms: str) -> int:
    return ((int(hours) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int(ms)


def _written(ms: int, separator: str) -> str:
    """The same as `model.timecode`, which would have to be loaded; a test holds the two together."""
    seconds, ms = divmod(ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}{separator}{ms:03d}"

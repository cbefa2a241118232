"""Where a cue stands: the anchors, points and coordinates of SRT against the cue settings of WebVTT.

An anchor is a key of a numeric keypad: 1 bottom left, 2 bottom centre (where captions stand anyway), 9 top right.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from captionkit.patterns import pattern

if TYPE_CHECKING:
    from captionkit.formats.webvtt import CueSettings

# `position` says what `align` alone implies (WebVTT 6.1, "computed position"), for players that do not compute it.
_ACROSS = {1: "position:0% align:left", 2: "", 3: "position:100% align:right"}
_DOWN = {0: "", 1: "line:50%,center", 2: "line:0"}
ANCHOR_SETTINGS = {n: f"{_DOWN[(n - 1) // 3]} {_ACROSS[(n - 1) % 3 + 1]}".strip() for n in range(1, 10)}

_COORDINATES = pattern(r"X1:(\d{1,6})\s+X2:(\d{1,6})\s+Y1:(\d{1,6})\s+Y2:(\d{1,6})", re.IGNORECASE)
#: SRT coordinates are pixels of a picture that the file does not name. ffmpeg (libavcodec/srtdec.c) takes it for NTSC
#: DVD; a file with larger numbers was made on the smallest of these that holds them.
_FRAMES = ((720, 480), (720, 576), (1280, 720), (1920, 1080), (3840, 2160), (999_999, 999_999))
#: The script plane of `{\\pos}` where a file says nothing of it, as SRT never does (ASS; ffmpeg, libass).
SCRIPT_PLANE = (384, 288)

Coordinates = tuple[int, int, int, int]


def coordinates(settings: str) -> Coordinates | None:
    """(x1, x2, y1, y2) of `X1:40 X2:600 Y1:20 Y2:50`; None for anything else, and for four zeros, which say nothing."""
    match = _COORDINATES.fullmatch(settings)
    if match is None:
        return None
    x1, x2, y1, y2 = map(int, match.groups())
    return (x1, x2, y1, y2) if x2 or y2 or x1 or y1 else None


def frame_of(boxes: Iterable[Coordinates]) -> tuple[int, int]:
    """The picture that all these coordinates were most likely made on, as (width, height) in pixels."""
    width = height = 0
    for x1, x2, y1, y2 in boxes:
        width, height = max(width, x1, x2), max(height, y1, y2)
    return next(frame for frame in _FRAMES if width <= frame[0] and height <= frame[1])


def box_settings(box: Coordinates, frame: tuple[int, int]) -> str:
    """Cue settings that put the text over this box: centred on it, its first line at the top of it."""
    x1, x2, y1, y2 = box
    top, middle = min(y1, y2 or y1), (x1 + max(x2, x1)) / 2
    return f"line:{_percent(top, frame[1])} position:{_percent(middle, frame[0])}"


def point_settings(point: tuple[float, float], anchor: int, plane: tuple[float, float] = SCRIPT_PLANE) -> str:
    """Cue settings that put this anchor of the text (0 counts as 2) at this point of the script plane."""
    row, column = divmod((anchor or 2) - 1, 3)
    x, y = _percent(point[0], plane[0]), _percent(point[1], plane[1])
    line_align = (",end", ",center", "")[row]
    position_align, align = ((",line-left", " align:left"), ("", ""), (",line-right", " align:right"))[column]
    return f"line:{y}{line_align} position:{x}{position_align}{align}"


def _percent(part: float, whole: float) -> str:
    return f"{min(max(round(part / whole * 100, 2), 0), 100):g}%"


def anchor_of(settings: CueSettings, first_strong_is_rtl: bool) -> tuple[int, bool, bool]:
    """The anchor nearest to where WebVTT puts the cue, and whether it is the very place.

    Args:
        settings: effective settings, without vertical text and without a region.
        first_strong_is_rtl: whether the text reads from right to left, which is what "start" and "end" hang on.

    Returns:
        (anchor, whether the height is exact, whether the place across is exact).
    """
    align = settings.align
    if align in ("start", "end"):
        align = "left" if (align == "start") != first_strong_is_rtl else "right"
    position = settings.position
    if position is None:
        position = {"left": 0, "right": 100}.get(align, 50)
    box_align = settings.position_align
    if box_align == "auto":
        box_align = {"left": "line-left", "right": "line-right"}.get(align, "center")
    exact = {"left": (0, "line-left"), "right": (100, "line-right"), "center": (50, "center")}[align]
    across_is_exact = (position, box_align) == exact
    if align == "center" and not across_is_exact:
        column = 0 if position < 33 else 2 if position > 67 else 1
    else:
        column = ("left", "center", "right").index(align)

    line = settings.line
    if line is None:
        row, down_is_exact = 0, True
    elif settings.snap:
        # Line numbers count lines from the top, negative ones from the bottom, which is -1.
        row, down_is_exact = (2 if 0 <= line <= 6 else 0), line in (0, -1)
    else:
        row = 2 if line < 33 else 0 if line > 67 else 1
        down_is_exact = (line, settings.line_align) in ((0, "start"), (50, "center"), (100, "end"))
    return row * 3 + column + 1, down_is_exact, across_is_exact

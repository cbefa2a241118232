"""Boxes on the screen as WebVTT cue settings. Pure.

Captions that stand where captions stand anyway, in the lower fifth and centred, need no settings: players then keep
them clear of their controls and of each other.
"""

from __future__ import annotations

from typing import NamedTuple

#: The lower edge of captions that stand where they usually do, in percent from the top: SCC's last row but two.
_USUAL_BOTTOM = 75
#: How far from the middle captions are taken for centred, in percent of the width.
_NEAR_MIDDLE = 3

#: A box that is as wide as this part of the room it has needs no size: lines break as they would.
_NEARLY = 0.9


class Box(NamedTuple):
    """Where words stand, in percent of the picture, from its left and top edges."""

    x: float = 0.0
    y: float = 0.0
    width: float = 100.0
    height: float = 100.0


def box_settings(box: Box, across: str, down: str, vertical: str = "") -> str:
    """Cue settings for words in a box.

    Args:
        across: "left", "center" or "right": where each line stands in the box; in vertical text top, middle, bottom.
        down: "before", "center" or "after": at which edge of the box the lines are.
        vertical: "rl" or "lr" where lines are columns, from the right or from the left; "" otherwise.
    """
    if vertical:
        box = Box(box.y, box.x, box.height, box.width)  # along a line, and across lines
    settings = [f"vertical:{vertical}"] if vertical else []
    begins_far = vertical == "rl"  # the first column is at the far edge
    edge = {"before": "after", "after": "before"}.get(down, down) if begins_far else down
    if edge == "center":
        line = f"line:{_percent(box.y + box.height / 2)},center"
    elif edge == "after":
        line = f"line:{_percent(box.y + box.height)},end"
    else:
        line = f"line:{_percent(box.y)}"
    if vertical or edge != "after" or box.y + box.height < _USUAL_BOTTOM:
        settings.append(line)
    settings += box_across(box, across)
    if settings and box.width < _NEARLY * _room(box, across):
        settings.append(f"size:{_percent(box.width)}")
    return " ".join(settings)


def _room(box: Box, across: str) -> float:
    """How wide WebVTT lets a cue in this place be, where it says no size (7.1, step 7)."""
    middle = box.x + box.width / 2
    sizes = {"left": 100 - box.x, "right": box.x + box.width}
    return sizes.get(across, 2 * min(middle, 100 - middle))


def box_across(box: Box, across: str) -> list[str]:
    """The settings that put lines to the left, the middle or the right of a box."""
    if across == "center":
        middle = box.x + box.width / 2
        settings = [] if abs(middle - 50) <= _NEAR_MIDDLE else [f"position:{_percent(middle)}"]
    elif across == "right":
        settings = [f"position:{_percent(box.x + box.width)},line-right", "align:right"]
    else:
        settings = [f"position:{_percent(box.x)},line-left", "align:left"]
    return settings


def _percent(value: float) -> str:
    return f"{min(max(round(value, 2), 0), 100):g}%"

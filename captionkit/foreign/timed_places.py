"""Where ttconv's model puts a p, as cue settings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ttconv import model
from ttconv.style_properties import (
    DisplayAlignType,
    LengthType,
    PositionType,
    StyleProperties,
    WritingModeType,
)

from captionkit.foreign.placing import Box, box_settings

_UNITS = LengthType.Units
_VERTICAL = {WritingModeType.tbrl: "rl", WritingModeType.tblr: "lr"}


class Places:
    """The regions of one document."""

    def __init__(self, document: model.ContentDocument) -> None:
        self._document = document
        self._known: dict[Any, str] = {}

    def settings(self, chain: Sequence[Any], region: Any, across: str) -> str:
        """Cue settings for a p.

        Args:
            chain: all elements from the body down to the p.
            across: left, center, right; "" where nothing says it.
        """
        placed = next((each for each in reversed(chain) if self._has_place(each)), region)
        if placed is None:
            return f"align:{across}" if across in ("left", "right") else ""
        # Most captions stand in one of a few regions.
        key = (id(placed), id(region), across)
        if key not in self._known:
            self._known[key] = self._settings(placed, region, across)
        return self._known[key]

    def _settings(self, placed: Any, region: Any, across: str) -> str:
        layout = region if region is not None else placed
        down = layout.get_style(StyleProperties.DisplayAlign)
        writing = layout.get_style(StyleProperties.WritingMode)
        if down is None and writing is None and not self._has_place(placed):
            return f"align:{across}" if across in ("left", "right") else ""
        down = down or self._document.get_initial_value(StyleProperties.DisplayAlign) or DisplayAlignType.before
        return box_settings(self._box(placed), across or "left", down.value, _VERTICAL.get(writing, ""))

    @staticmethod
    def _has_place(element: Any) -> bool:
        return any(
            element.get_style(style) is not None
            for style in (StyleProperties.Origin, StyleProperties.Extent, StyleProperties.Position)
        )

    def _box(self, element: Any) -> Box:
        origin = element.get_style(StyleProperties.Origin)
        extent = element.get_style(StyleProperties.Extent)
        position = element.get_style(StyleProperties.Position)
        width = self._percent(extent.width, is_across=True) if extent else 100.0
        height = self._percent(extent.height, is_across=False) if extent else 100.0
        x = y = 0.0
        if position:
            x = self._offset(position.h_offset, width, True, position.h_edge is PositionType.HEdge.right)
            y = self._offset(position.v_offset, height, False, position.v_edge is PositionType.VEdge.bottom)
        elif origin:
            x = self._percent(origin.x, is_across=True)
            y = self._percent(origin.y, is_across=False)
        return Box(x, y, width, height)

    def _offset(self, length: Any, size: float, is_across: bool, is_from_far_edge: bool) -> float:
        """As in CSS: of the space that is left, where it is a percentage."""
        room = 100.0 - size
        offset = room * length.value / 100 if length.units is _UNITS.pct else self._percent(length, is_across=is_across)
        return float(room - offset if is_from_far_edge else offset)

    def _percent(self, length: Any, *, is_across: bool) -> float:
        """A length in percent of the picture's width or height."""
        document, value = self._document, float(length.value)
        cells, pixels = document.get_cell_resolution(), document.get_px_resolution()
        if length.units is _UNITS.px:
            return value * 100 / float(pixels.width if is_across else pixels.height)
        if length.units in (_UNITS.c, _UNITS.em):
            return value * 100 / float(cells.columns if is_across else cells.rows)
        return value

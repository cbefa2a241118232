"""TTML, in all its names: DFXP, IMSC, EBU-TT-D, SMPTE-TT, iTT.

`xml_tree` makes a tree of the bytes, `ttml_shape` gives it the shape that ttconv knows, ttconv makes its model of it,
and `timed` walks that.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from fractions import Fraction

from ttconv.imsc import reader

from captionkit.foreign import timed, xml_tree
from captionkit.foreign.reading import Reading
from captionkit.foreign.ttml_shape import Shape


def read(data: bytes, reading: Reading) -> None:
    """Read TTML."""
    shape = Shape(xml_tree.parse(xml_tree.text_of(data, reading), reading), reading)
    shape.fit()
    document = reader.to_model(ET.ElementTree(shape.root))
    label = reading.options.start_timecode
    origin = shape.times.labelled(label, drop=shape.times.drop) if label else Fraction(0)
    timed.captions(document, reading, shape.origins.get, lambda seconds: seconds - origin)

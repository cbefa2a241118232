"""Our WebVTT reader against the specification's own steps."""

from __future__ import annotations

import webvtt_spec
from caption_texts import vtt_texts
from hypothesis import given
from hypothesis import strategies as st

from captionkit.decoding import flatten
from captionkit.formats import webvtt
from captionkit.model import Cue, Region, Style
from captionkit.timecode import MOST_HOURS

DIRECTIONS = {"": "horizontal", "rl": "growing left", "lr": "growing right"}


@given(text=vtt_texts)
def test_the_same_cues_styles_and_regions_as_the_specification(text: str) -> None:
    expected = webvtt_spec.parse(text)
    blocks = webvtt.read(flatten(text).text).blocks
    cues = [block for block in blocks if type(block) is Cue]
    most = (MOST_HOURS + 1) * 3_600_000
    assert [(cue.identifier, cue.start, cue.end, cue.text) for cue in cues] == [
        (cue.identifier, min(cue.start, most), min(cue.end, most), cue.text) for cue in expected.cues
    ]
    assert [block.text for block in blocks if type(block) is Style] == expected.stylesheets
    regions = [webvtt.parse_region(block.text)[0] for block in blocks if type(block) is Region]
    assert [
        (region.id, region.width, region.lines, region.region_anchor, region.viewport_anchor, region.scroll or "none")
        for region in regions
    ] == [
        (region.identifier, region.width, region.lines, region.anchor, region.viewport_anchor, region.scroll)
        for region in expected.regions
    ]


values = st.sampled_from(
    ["0", "-1", "5", "1.5", "100%", "101%", "33.3%", "50%,start", "50%,center", "50%,line-left", "1,end", "%", "1,",
     "rl", "lr", "RL", "start", "middle", "center", "left", "a", "", "-", "--1", "1-", ".5%", "5.%", "1.2.3", "٣", ":"]
)  # fmt: skip
names = st.sampled_from(["vertical", "line", "position", "size", "align", "region", "Line", "x", ""])
settings = st.lists(st.tuples(names, st.sampled_from([":", ": ", "", "::"]), values).map("".join), max_size=6).flatmap(
    lambda tokens: st.sampled_from([" ", "\t", "  ", "\f"]).map(lambda space: space.join(tokens))
)


@given(text=settings)
def test_the_same_settings_as_the_specification(text: str) -> None:
    region = webvtt_spec.SpecRegion(identifier="a")
    expected = webvtt_spec.SpecCue(identifier="")
    webvtt_spec.parse_cue_settings(text, [region], expected)
    ours, _ = webvtt.parse_settings(text)
    assert DIRECTIONS[ours.vertical] == expected.direction
    assert (ours.line, ours.line_align, ours.snap) == (expected.line, expected.line_align, expected.snap)
    assert (ours.position, ours.position_align) == (expected.position, expected.position_align)
    assert (ours.size, ours.align) == (expected.size, expected.align)
    assert (ours.region if ours.region == "a" else None) == expected.region


region_values = st.sampled_from(["a", "50%", "101%", "3", "-3", "3.0", "0%,100%", "5%", "5%,", "up", "Up", "1%,2%,3%"])
region_names = st.sampled_from(["id", "width", "lines", "regionanchor", "viewportanchor", "scroll", "ID"])


@given(tokens=st.lists(st.tuples(region_names, region_values).map(":".join), max_size=8))
def test_the_same_region_as_the_specification(tokens: list[str]) -> None:
    expected = webvtt_spec.SpecRegion()
    webvtt_spec.collect_region_settings("\n".join(tokens), expected)
    ours, _ = webvtt.parse_region("\n".join(tokens))
    assert (ours.id, ours.width, ours.lines) == (expected.identifier, expected.width, expected.lines)
    assert (ours.region_anchor, ours.viewport_anchor) == (expected.anchor, expected.viewport_anchor)
    assert (ours.scroll or "none") == expected.scroll

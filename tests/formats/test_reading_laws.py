"""Laws that hold for every text, in both formats."""

from __future__ import annotations

from itertools import pairwise
from types import ModuleType

import pytest
from caption_texts import texts, vtt_texts
from hypothesis import given, settings
from hypothesis import strategies as st

from captionkit.decoding import flatten
from captionkit.documents import dumps, loads
from captionkit.findings import READER_CODES
from captionkit.formats import base, srt, webvtt
from captionkit.formats.base import Reading
from captionkit.model import Cue, Stray

FORMATS = pytest.mark.parametrize("module", [srt, webvtt], ids=["srt", "vtt"])
any_text = st.one_of(texts, vtt_texts)


def content(reading: Reading) -> tuple[object, ...]:
    return reading.blocks, list(reading.starts), reading.diagnostics


@FORMATS
@given(text=any_text)
def test_where_a_long_text_is_cut_does_not_matter(module: ModuleType, text: str) -> None:
    flat = flatten(text * 3).text
    whole = content(module.read(flat))
    for size in (1, 60):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(base, "SLAB", size)
            assert content(module.read(flat)) == whole


@FORMATS
@given(text=any_text)
def test_the_blocks_tile_the_text_and_each_stands_where_it_says(module: ModuleType, text: str) -> None:
    flat = flatten(text).text
    reading = module.read(flat)
    starts = list(reading.starts)
    assert starts[:1] == ([0] if flat else [])
    assert all(a < b for a, b in pairwise([*starts, len(flat)]))
    for place, (block, start) in enumerate(zip(reading.blocks, starts, strict=True)):
        end = starts[place + 1] if place + 1 < len(starts) else len(flat)
        piece = flat[start:end].replace("\0", "\ufffd")
        assert block.text.replace("\0", "\ufffd") in piece
        if place:
            assert flat[start - 1] == "\n"
            assert block.line == flat.count("\n", 0, start) + 1


@FORMATS
@given(text=any_text)
def test_the_lines_of_a_cue_are_those_that_an_editor_shows(module: ModuleType, text: str) -> None:
    flat = flatten(text).text
    lines = flat.replace("\0", "\ufffd" if module is webvtt else "\0").split("\n")
    for block in module.read(flat).blocks:
        if type(block) is Cue:
            assert block.line <= block.timing_line
            below = lines[block.timing_line : block.timing_line + block.text.count("\n") + 1]
            assert not block.text or "\n".join(below) == block.text
            assert block.identifier in lines[block.line - 1]


@FORMATS
@given(text=any_text)
def test_every_finding_has_a_known_code_and_a_place_in_the_file(module: ModuleType, text: str) -> None:
    flat = flatten(text).text
    lines = flat.split("\n")
    for found in module.read(flat).diagnostics:
        assert READER_CODES[found.code][0] is found.severity
        assert 1 <= found.line <= len(lines)
        assert 0 <= found.column <= len(lines[found.line - 1]) + 1
        assert found.message.endswith((".", "'"))


@pytest.mark.parametrize("name", ["srt", "vtt"])
@given(text=any_text)
def test_an_untouched_document_is_the_same_text(name: str, text: str) -> None:
    document = loads(text, name)
    assert document.source is not None
    assert dumps(document) == text.removeprefix("\ufeff")


@pytest.mark.parametrize("name", ["srt", "vtt"])
@given(text=any_text)
def test_the_pieces_of_the_source_are_the_source(name: str, text: str) -> None:
    source = loads(text, name).source
    assert source is not None
    assert "".join(source.text[a:b] for a, b in pairwise([*source.starts, len(source.text)])) == source.text


@pytest.mark.parametrize("name", ["srt", "vtt"])
@given(text=any_text)
def test_cues_that_are_written_anew_read_back_the_same(name: str, text: str) -> None:
    document = loads(text, name)
    again = loads(dumps(document.with_cues([Cue(*cue) for cue in document.cues])), name)
    # SRT writes a number where a cue of a numbered file has none.
    kept = [(cue.start, cue.end, cue.text, cue.settings) for cue in document.cues]
    assert [(cue.start, cue.end, cue.text, cue.settings) for cue in again.cues] == kept


@pytest.mark.parametrize("name", ["srt", "vtt"])
@given(text=any_text)
def test_writing_what_was_written_changes_nothing(name: str, text: str) -> None:
    document = loads(text, name)
    once = dumps(document.with_cues([Cue(*cue) for cue in document.cues]))
    again = loads(once, name)
    assert dumps(again.with_cues([Cue(*cue) for cue in again.cues])) == once


@pytest.mark.parametrize("name", ["srt", "vtt"])
@given(text=any_text, place=st.integers(0, 400))
def test_a_text_cut_at_any_point_still_reads(name: str, text: str, place: int) -> None:
    cut = text[: place % (len(text) + 1)]
    assert dumps(loads(cut, name)) == cut.removeprefix("\ufeff")


@given(
    cues=st.lists(
        st.builds(
            Cue,
            st.integers(0, 400_000_000),
            st.integers(0, 400_000_000),
            texts,
            st.sampled_from(["", "1", "a b", "x --> y", "NOTE", "STYLE", "two\nlines"]),
            st.sampled_from(["", "align:left", "line:0 -->", "a\nb"]),
        ),
        min_size=1,
        max_size=5,
    ),
    name=st.sampled_from(["srt", "vtt"]),
)
def test_no_cue_is_ever_written_as_two_or_as_none(cues: list[Cue], name: str) -> None:
    from captionkit.model import Document

    written = dumps(Document(name, tuple(cues)))
    assert [(cue.start, cue.end) for cue in loads(written, name).cues] == [(cue.start, cue.end) for cue in cues]


#: What a file may be full of: each is a whole number of blocks.
MONOTONOUS = [
    "00:00:01,000 --> 00:00:02,000\n",
    "00:00:01,000 --> 00:00:02,000\na\n\n",
    "1\n00:00:01,000 --> 00:00:02,000\na\n\n",
    "1\n0:00:01.000 --> 00:00:02,000\na\n\n",
    "0:00:01.000,0:00:02.000\na\n\n",
    "1\n00:00:01,000 --> 00:00:02,000\n\n",
    "1\n00:00:01,000 --> 00:00:02,000\na\n\n\n",
    "1\n00:00:0x,000 --> 00:00:02,000\n\n",
    "1\n-->\n\n",
    "-->\n",
    "x --> y\n\n",
    "00:00:01.000 --> 00:00:02.000\na\n\n",
    "7\n\n",
    "a\n\n",
]


@FORMATS
@settings(max_examples=60)
@given(runs=st.lists(st.tuples(st.sampled_from(MONOTONOUS), st.sampled_from([1, 2, 3, 60, 110, 300])), max_size=4))
def test_what_is_the_same_a_hundred_times_is_read_like_the_first(
    module: ModuleType, runs: list[tuple[str, int]]
) -> None:
    text = ("WEBVTT\n\n" if module is webvtt else "") + "".join(block * times for block, times in runs)
    reading = module.read(text)
    starts = [*reading.starts, len(text)]
    assert "".join(text[a:b] for a, b in pairwise(starts)) == text
    found = list(reading.diagnostics)
    assert found == sorted(found, key=lambda each: (each.line, each.column, each.code))


@FORMATS
def test_each_timing_line_that_cannot_be_read_is_one_block_and_one_error(module: ModuleType) -> None:
    top, comma = ("WEBVTT\n\n", ".") if module is webvtt else ("", ",")
    cue = f"1\n00:00:01{comma}000 --> 00:00:02{comma}000\na\n\n"
    reading = module.read(top + cue + "1\n-->\n\n" * 150 + cue)
    lines = [each.line for each in reading.diagnostics if each.code in ("SRT010", "VTT101")]
    first = 6 + (2 if top else 0)
    assert lines == list(range(first, first + 450, 3))
    assert [block.line + 1 for block in reading.blocks if type(block) is Stray] == lines

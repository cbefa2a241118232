"""What every caption format must do; a new module in `captionkit/formats` is taken up by itself."""

from __future__ import annotations

import pytest
from caption_texts import texts
from hypothesis import given

from captionkit.decoding import flatten
from captionkit.errors import UsageError
from captionkit.findings import READER_CODES
from captionkit.formats import by_extension, by_name, formats
from captionkit.formats.base import Format, Likeness
from captionkit.model import Cue, Document

EACH = pytest.mark.parametrize("each", formats().values(), ids=list(formats()))
CUES = (Cue(0, 1500, "One"), Cue(1500, 2500, "Two\nlines & <i>more</i>"), Cue(3_600_000, 3_601_000, ""))


def test_the_formats_are_found_by_looking_into_the_folder() -> None:
    assert set(formats()) == {"srt", "vtt"}


@EACH
def test_a_format_is_found_by_its_name_and_by_each_of_its_extensions(each: Format) -> None:
    assert by_name(each.name) is each
    for extension in each.extensions:
        assert extension.startswith(".")
        assert by_extension(extension.upper()) is each


def test_an_unknown_name_is_reported_with_the_names_there_are() -> None:
    with pytest.raises(UsageError, match="'srt', 'vtt'"):
        by_name("ttml")
    assert by_extension(".ttml") is None


@EACH
def test_what_a_format_writes_it_reads_back_as_the_same_cues_and_without_a_finding(each: Format) -> None:
    reading = each.read(each.write(Document(each.name, CUES)))
    cues = [block for block in reading.blocks if type(block) is Cue]
    assert [(cue.start, cue.end, cue.text) for cue in cues] == [(cue.start, cue.end, cue.text) for cue in CUES]
    assert not reading.diagnostics


@EACH
def test_what_a_format_writes_it_recognises(each: Format) -> None:
    text = each.write(Document(each.name, CUES))
    assert each.sniff(text) >= Likeness.LIKELY
    assert all(other.sniff(text) < each.sniff(text) for other in formats().values() if other is not each)


@EACH
@given(text=texts)
def test_reading_never_raises_and_covers_the_text(each: Format, text: str) -> None:
    flat = flatten(text).text
    reading = each.read(flat)
    assert list(reading.starts[:1]) == ([0] if flat else [])
    assert len(reading.starts) == len(reading.blocks)
    assert {found.code for found in reading.diagnostics} <= set(READER_CODES)
    assert each.sniff(flat) in Likeness


@EACH
def test_line_ends_are_the_documents(each: Format) -> None:
    text = each.write(Document(each.name, CUES, newline="\r\n"))
    assert text.count("\r\n") == text.count("\n") == each.write(Document(each.name, CUES)).count("\n")

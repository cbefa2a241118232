from __future__ import annotations

import cue_text_steps
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from captionkit.markup import End, Font, Stamp, Start, Text, visible_text
from captionkit.markup.references import escape, unescape
from captionkit.markup.webvtt import parse, parse_timestamp, write

PIECES = [
    "<", ">", "&", "/", ".", ";", "#", " ", "\n", "\t", "-", "--", "-->", "i", "b", "u", "c", "v", "rt", "ruby", "lang",
    "<i>", "</i>", "<b>", "</b>", "<c.a.b>", "</c>", "<v Bob>", "</v>", "<ruby>", "<rt>", "</rt>", "</ruby>",
    "<lang en>", "</lang>", "<00:01.000>", "<1:00:01.000>", "<99:00.000>", "&amp;", "&amp", "&lt;",
    "&notit;", "&not",
    "&#65", "&#x41;", "&#128;", "&#0;", "&#xD800;", "&#99999999999;", "&nbsp;", "&copy",
    "&CounterClockwiseContourIntegral;",
    "word", "é", "漢", "0", "59", "100",
]  # fmt: skip
cue_texts = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=30).map("".join)


@given(cue_texts)
@example("&am<b>p;")
@example("<v a-&#45;>x")
@example("<ruby>a<rt>b</ruby>c</rt>")
@example("<i\nx>")
@example("<c.>")
@example("<>a</>b")
def test_parse_builds_what_the_steps_of_the_specification_build(text: str) -> None:
    assert parse(text) == cue_text_steps.parse(text)


@given(cue_texts)
def test_what_is_written_reads_as_what_was_written(text: str) -> None:
    events = parse(text)
    assert parse(write(events)) == events


@given(cue_texts)
def test_nothing_written_ends_a_cue(text: str) -> None:
    assert "-->" not in write(parse(text))


@given(cue_texts)
def test_visible_text_is_the_text_of_the_tree(text: str) -> None:
    assert visible_text(text, "vtt") == "".join([event.value for event in parse(text) if isinstance(event, Text)])


@given(st.text())
def test_escaped_words_read_as_the_words(words: str) -> None:
    assert unescape(escape(words)) == words
    assert "".join([event.value for event in parse(escape(words)) if isinstance(event, Text)]) == words


@given(st.from_regex(r"[0-9]{0,3}:?[0-9]{0,3}:?[0-9]{1,3}\.?[0-9]{0,4}", fullmatch=True))
def test_timestamps_are_those_of_the_specification(text: str) -> None:
    assert parse_timestamp(text) == cue_text_steps.timestamp(text)


def test_an_arrow_made_of_two_texts_is_escaped() -> None:
    assert write([Text("-"), Font("red"), Text("->"), End("font")]) == "--&gt;"


def test_spans_keep_classes_and_annotations() -> None:
    assert parse("<v.loud.x  Bob &amp;\tAl >Hi</v>") == [Start("v", ("loud", "x"), "Bob & Al"), Text("Hi"), End("v")]


def test_an_annotation_where_none_belongs_is_dropped() -> None:
    assert parse("<i x>a</i>") == [Start("i"), Text("a"), End("i")]


def test_inline_timestamps_are_milliseconds() -> None:
    assert parse("<01:02:03.004>") == [Stamp(3723004)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<foo>a", [("unknown-tag", 0)]),
        ("a</i>", [("stray-end-tag", 1)]),
        ("x<i>a", [("unclosed-tag", 1)]),
        ("<v Bob>a", []),
        ("x<v Bob>a", [("unclosed-tag", 1)]),
        ("<i", [("cut-tag", 0), ("unclosed-tag", 0)]),
        ("<1:2>", [("bad-timestamp", 0)]),
        ("<i x>a</i>", [("annotation-not-allowed", 0)]),
        ("<v>a</v>", [("annotation-missing", 0)]),
        ("<rt>a", [("rt-outside-ruby", 0)]),
        ("<ruby>a<rt>b</ruby>", []),
    ],
)
def test_what_authors_must_not_write_is_reported_with_its_place(text: str, expected: list[tuple[str, int]]) -> None:
    found: list[tuple[str, int]] = []
    parse(text, lambda kind, offset, tag: found.append((kind, offset)))
    assert found == expected


@pytest.mark.parametrize("piece", ["<i>", "</i>", "<b><i></b>", "<", "&", "&#", "<c.", "x<foo>", "<v "])
def test_a_hostile_text_is_read_to_its_end(piece: str) -> None:
    events = parse(piece * 50_000)
    assert sum(isinstance(event, Start) for event in events) == sum(isinstance(event, End) for event in events)

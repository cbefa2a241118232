from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from captionkit.markup import End, Event, Font, Start, Text, visible_text
from captionkit.markup.subrip import GUARD, guard, parse, parse_colour, visible, write

PIECES = [
    "<", ">", "{", "}", "\\", "/", " ", "\n", "=", '"', "<i>", "</i>", "<I>", "</I>", "<b>", "</b>", "<u>", "<s>",
    "</s>", "<br>", "<br/>", "<foo>", "</foo>", '<font color="red">', "<font color=#ff0>", "<font size=20 face='A B'>",
    "</font>", "{\\an8}", "{\\a6}", "{\\i1}", "{\\i0}", "{\\b1\\i1}", "{\\c&H0000FF&}", "{\\c}", "{\\r}",
    "{\\pos(10,20)}",
    "{\\fad(1,2)}", "{\\fs20}", "{\\fnArial}", "word", "&amp;", "é",
]  # fmt: skip
cue_texts = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=30).map("".join)


@given(cue_texts)
def test_visible_text_is_the_text_of_the_events(text: str) -> None:
    words = "".join([event.value for event in parse(text).events if isinstance(event, Text)])
    assert visible_text(text, "srt") == words


@given(cue_texts)
def test_the_events_are_balanced_and_rightly_nested(text: str) -> None:
    open_spans = []
    for event in parse(text).events:
        if isinstance(event, Start):
            open_spans.append(event.name)
        elif isinstance(event, Font):
            open_spans.append("font")
        elif isinstance(event, End):
            assert open_spans.pop() == event.name
    assert open_spans == []


@given(cue_texts)
def test_what_is_written_shows_the_same_words_and_styles(text: str) -> None:
    events = parse(text).events
    assert _without_guards(parse(write(events)).events) == _without_guards(events)


def _without_guards(events: list[Event]) -> list[Event]:
    return [Text(event.value.replace(GUARD, "")) if isinstance(event, Text) else event for event in events]


@given(st.lists(st.sampled_from(PIECES), max_size=20).map("".join))
def test_guarded_words_are_shown_as_they_stand(words: str) -> None:
    assert visible_text(guard(words), "srt").replace(GUARD, "") == words


@pytest.mark.parametrize("number", range(1, 10))
def test_the_nine_anchors_are_those_of_the_keypad(number: int) -> None:
    assert parse(f"{{\\an{number}}}x").anchor == number


@pytest.mark.parametrize(("old", "anchor"), [(1, 1), (2, 2), (3, 3), (5, 7), (6, 8), (7, 9), (9, 4), (10, 5), (11, 6)])
def test_the_old_alignments_have_their_anchor(old: int, anchor: int) -> None:
    assert parse(f"{{\\a{old}}}x").anchor == anchor


def test_the_first_anchor_holds() -> None:
    assert parse("{\\an8}a{\\an1}b").anchor == 8


def test_overrides_switch_styles_and_are_never_shown() -> None:
    assert parse("{\\i1}a{\\i0}b{\\b1}c").events == [
        *(Start("i"), Text("a"), End("i")),
        Text("b"),
        *(Start("b"), Text("c"), End("b")),
    ]


def test_ass_colours_are_blue_green_red() -> None:
    assert parse("{\\c&H00FF8040&}x").events[0] == Font("#4080ff")


def test_unknown_tags_and_entities_are_words() -> None:
    assert parse("<foo> &amp; </bar>").events == [Text("<foo> &amp; </bar>")]


def test_an_unclosed_tag_holds_to_the_end_and_a_stray_end_tag_is_not_shown() -> None:
    assert parse("</b>a<i>b").events == [Text("a"), Start("i"), Text("b"), End("i")]


def test_wrongly_nested_tags_come_out_rightly_nested() -> None:
    assert write(parse("<b>a<i>b</b>c</i>").events) == "<b>a<i>b</i></b><i>c</i>"


def test_unknown_overrides_are_told() -> None:
    assert parse("{\\fad(100,200)\\an8}x").ignored == ("\\fad(100,200)",)


@pytest.mark.parametrize(
    ("written", "colour"),
    [("#FF8000", "#ff8000"), ("ff8000", "#ff8000"), ("#f80", "#ff8800"), ("Yellow", "yellow"), ("1", ""), ("", "")],
)
def test_colours_have_one_spelling(written: str, colour: str) -> None:
    assert parse_colour(written) == colour


@pytest.mark.parametrize(
    "piece", ["<i>", "<b><i></b>", "<font color=red>", "{\\i1}x", "<", "{\\", "x<br>", "<font a", "{\\b1}x{\\i1}y</b>"]
)
def test_a_hostile_text_is_read_to_its_end(piece: str) -> None:
    text = piece * 20_000
    assert visible_text(text, "srt") == "".join(
        [event.value for event in parse(text).events if isinstance(event, Text)]
    )


@pytest.mark.parametrize("text", ["<ı>", "</ı>", "<ſ>x</ſ>", "<ſ/>", "<ı x>", "{\\ı1}"])
def test_letters_that_unicode_takes_for_others_make_no_tag(text: str) -> None:
    shown = "" if text[0] == "{" else text
    assert visible(text) == shown
    assert "".join([event.value for event in parse(text).events if type(event) is Text]) == shown
    assert guard(text) == text or text[0] == "{"


@given(st.lists(st.sampled_from(["<i>", "<I>", "<b>", "<u>", "</i>", "</b>", "</U>", "</s>", "x"]), max_size=14))
def test_plain_tags_in_a_row_mean_what_they_mean_one_by_one(tags: list[str]) -> None:
    # A tag with a space in it is never taken together with others.
    apart = "".join([tag.replace(">", " >") if tag != "x" else tag for tag in tags])
    assert parse("".join(tags)) == parse(apart)

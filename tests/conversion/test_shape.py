"""Rendering texts of one shape once gives what rendering each by itself gives."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from captionkit.conversion import colours, convert, convert_text, shown, to_subrip, to_webvtt
from captionkit.conversion.shape import filled, shape_of
from captionkit.conversion.to_webvtt import payload
from captionkit.documents import dumps, loads
from captionkit.model import Cue, Document

PARTS = [
    "<i>", "</i>", "<I>", "</I>", "<b>", "</b>", "<u>", "<font color=red>", '<font color="#12ab34" size=3>', "</font>",
    "{\\an8}", "{\\an2}", "{\\i1}", "{\\i0}", "{\\fad(1,2)}", "{\\pos(1,2)}", "<br>", "<foo>", "<v Ann>", "</v>",
    "<c.red.x>", "</c>", "<ruby>", "<rt>", "</rt>", "</ruby>", "\n", "\n", "\n\n", " ", "\u00a0", "\u2028", "&",
    "&amp;",
    "nbsp;", "<", ">", "{", "}", "-", "--", "-->", "12", ":30", "10:30", "word", "two words", "אב", "\u200c", "\ue000",
    "\0", "NOTE",
]  # fmt: skip
texts = st.lists(st.sampled_from(PARTS), max_size=9).map("".join)
SETTINGS = st.sampled_from(
    ["", "", "", "line:0", "align:start", "align:end line:0", "position:10%", "vertical:rl", "x"]
)
WORDS = st.sampled_from(["word", "two words", " spaced", "a & b", "&lt;", "é\u2028ü", "1984", "- you"])
SPANS = st.tuples(st.sampled_from(["{}", "<i>{}</i>", "<b>{}</b>", "<u>{}</u>"]), WORDS).map(
    lambda p: p[0].format(p[1])
)
FONTS = st.tuples(st.sampled_from(["#ff0000", "#12ab34", "#ffff00"]), st.lists(SPANS, min_size=1, max_size=3)).map(
    lambda parts: f'<font color="{parts[0]}">{"".join(parts[1])}</font>'
)
usual_texts = st.tuples(
    st.sampled_from(["", "", "{\\an1}", "{\\an5}", "{\\an8}", "{\\an9}"]),
    st.lists(SPANS | FONTS | st.just("\n"), min_size=1, max_size=5).map("".join),
).map("".join)


@given(texts)
def test_a_shape_with_its_words_is_the_text(text: str) -> None:
    if shape := shape_of(text):
        assert filled(shape.text, shape.words) == text


@pytest.mark.parametrize("text", ["a < b", "a > b", "{", "a\ue000", "a\u200cb", "\0", "\r", "<i", "x}"])
def test_text_that_may_mean_something_has_no_shape(text: str) -> None:
    assert shape_of(text) is None


def converted(written: list[Cue], source: str, target: str, carry: bool) -> object:
    made = convert(Document(source, tuple(written)), target, carry=carry)
    return made.document.blocks, made.losses


def test_texts_of_one_shape_are_rendered_once(monkeypatch: pytest.MonkeyPatch) -> None:
    rendered = []
    monkeypatch.setattr(to_webvtt, "payload", lambda *given: rendered.append(given) or payload(*given))
    written = [Cue(0, 1, f"<I>{word}</I>") for word in ("one", "two, three", "& four")]
    cues = convert(Document("srt", tuple(written)), "vtt").document.cues
    assert [cue.text for cue in cues] == ["<i>one</i>", "<i>two, three</i>", "<i>&amp; four</i>"]
    assert len(rendered) == 1


@given(st.lists(st.tuples(texts, SETTINGS), min_size=1, max_size=4), st.booleans(), st.sampled_from(["srt", "vtt"]))
@example([("a--<foo>", ""), ("a--{\\an8}>", "")], True, "srt")
@example([("{\\an8}a\n{\\i0}\nb", "")], True, "srt")
@example([("&{\\i0}amp;", ""), ("1{\\i0}:30", "")], True, "srt")
@example([("<v Ann>word", "align:start"), ("<v Ann>אב", "align:start")], True, "vtt")
def test_by_shape_or_each_by_itself_the_result_is_the_same(
    said: list[tuple[str, str]], carry: bool, source: str
) -> None:
    target = "vtt" if source == "srt" else "srt"
    written = [Cue(1000, 2000, text, str(n), settings) for n, (text, settings) in enumerate(said, 1)]
    by_shape = converted(written, source, target, carry)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(to_webvtt, "shape_of", lambda text: None)
        patch.setattr(to_subrip, "shape_of", lambda text: None)
        assert by_shape == converted(written, source, target, carry)


@given(usual_texts)
@example('{\\an8}<i>a</i>\n<font color="#ff0000">b & <b>c</b></font>')
def test_what_is_said_to_come_back_exactly_does(text: str) -> None:
    made = payload(text, "")
    classes = colours.Classes([colours.style(made.rules)] if made.rules else [])
    back = to_subrip.payload(made.text, made.settings, classes)
    if made.is_exact:
        assert back == (text, ())


def seen(payload: str) -> object:
    return shown(Document("vtt", (Cue(0, 1, payload),)))


@given(usual_texts.map(lambda text: text.replace("\n", "")).filter(lambda text: text[-1:] not in ("", "}")))
def test_usual_markup_is_shown_as_taking_it_apart_shows_it(text: str) -> None:
    made = payload(text, "")
    assert made.is_exact
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(to_webvtt, "_usual", lambda text: None)
        carefully = payload(text, "")
    for name in ("settings", "rules", "lost"):
        assert getattr(made, name) == getattr(carefully, name)
    # Two spans in a row that say the same may have become one there, which looks the same.
    assert seen(made.text) == seen(carefully.text)


def test_more_blank_lines_than_a_screen_has_are_left_out_named_and_come_back() -> None:
    document = loads("1\n00:00:01,000 --> 00:00:02,000\na" + "\n" * 1000 + "b\n", "srt")
    made = convert(document, "vtt")
    (cue,) = made.document.cues
    assert cue.text == "a\n" + "&nbsp;\n" * 24 + "b"
    assert made.summary() == "1 row of blank lines not kept"
    assert made.losses[0].message.startswith("of 999 blank lines in a row 24 are kept")
    assert convert(loads(dumps(made.document)), "srt").document.cues[0].text == document.cues[0].text


@pytest.mark.parametrize("lines", [1, 2, 23, 24])
def test_blank_lines_that_fit_a_screen_are_all_shown(lines: int) -> None:
    made = convert(loads("1\n00:00:01,000 --> 00:00:02,000\na" + "\n" * (lines + 1) + "b\n", "srt"), "vtt")
    assert made.document.cues[0].text == "a\n" + "&nbsp;\n" * lines + "b"
    assert made.losses == ()


def test_a_number_that_comes_again_within_an_odd_piece_is_an_identifier_once() -> None:
    cue = "00:00:01,000 --> 00:00:02,000\na"
    text = f"1\n{cue}\n2\n{cue}\n\n2\n{cue}\n\n3\n{cue}\n"
    assert convert_text(text, "srt", "vtt")[0] == dumps(convert(loads(text, "srt"), "vtt").document)
    assert convert_text(text, "srt", "vtt", carry=False)[0].count("\n\n2\n") == 1

"""What a viewer does not see is a loss, and what players read as markup is read so."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from captionkit import convert
from captionkit.cli.frame import run
from captionkit.conversion.speakers import WAYS
from captionkit.documents import dumps, loads
from captionkit.errors import LossyConversion
from captionkit.markup import visible_text
from captionkit.model import Document


def vtt(text: str, top: str = "") -> Document:
    return loads(f"WEBVTT\n\n{top}00:01.000 --> 00:09.000\n{text}\n", "vtt")


def srt(text: str, behind: str = "") -> Document:
    return loads(f"1\n00:00:01,000 --> 00:00:09,000{behind}\n{text}\n", "srt")


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("The tag <table> makes a table.", "<table>"),
        ("Use List<String> here", "<String>"),
        ("Map<String, Integer> it", "<String, Integer>"),
        ("if a<b and c>d then", "<b and c>"),
        ("<laughs> That is funny", "<laughs>"),
        ("<inaudible>", "<inaudible>"),
        ("<Ana Ruiz> Hello", "<Ana Ruiz>"),
        ("x<3 hearts", "<3 hearts"),
        ("mail <ana@uni.edu> now", "<ana@uni.edu>"),
        ("< Where are you?\n< Home.", "< Where are you? / < Home."),
        ("<Really? yes", "<Really? yes"),
        ("#include <stdio.h>", "<stdio.h>"),
        ("<i>see <foo></i>", "<foo>"),
        ("done </end> here", "</end>"),
    ],
)
def test_words_that_webvtt_swallows_are_a_loss_with_their_place(text: str, hidden: str) -> None:
    converted = convert(vtt(text), "srt")
    [loss] = [loss for loss in converted.losses if loss.kind == "hidden words"]
    assert hidden in loss.message and (loss.line, loss.cue, loss.time) == (3, 1, 1000)
    with pytest.raises(LossyConversion, match="hidden text"):
        convert(vtt(text), "srt", strict=True)


@pytest.mark.parametrize("text", ['<font color="red">x</font>', "<em>x</em>", "one<br>two", "<I>x</I>", "<p>x</p>"])
def test_markup_without_effect_is_a_decoration_and_no_words(text: str) -> None:
    kinds = {loss.kind for loss in convert(vtt(text), "srt").losses}
    assert kinds == {"decoration"}


@pytest.mark.parametrize(
    "text", ["<i>x</i>", "<b>x", "<v Bob>x</v>", "<c.yellow>x</c>", "a &lt;b&gt; c", '<i class="x">x</i>']
)
def test_what_is_shown_is_no_hidden_word(text: str) -> None:
    assert not {"hidden words", "decoration"} & {loss.kind for loss in convert(vtt(text), "srt").losses}


@pytest.mark.parametrize(
    ("behind", "is_lost"),
    [
        (" Hello everyone", True),
        (" position:50% and welcome", True),
        ("\tHello: you", True),
        (" align:start", False),
        (" X1:40 X2:600 Y1:20 Y2:50", False),
        (" line:0 position:10%", False),
        (" }", False),
    ],
)
def test_words_on_a_timing_line_are_a_loss_with_notes_and_without(behind: str, is_lost: bool) -> None:
    for carry in (True, False):
        converted = convert(srt("to the course", behind), "vtt", carry=carry)
        lost = [loss for loss in converted.losses if loss.kind == "text on a timing line"]
        assert bool(lost) is is_lost
        assert all((loss.line, loss.cue) == (2, 1) and behind.strip() in loss.message for loss in lost)


def test_text_that_is_no_cue_is_a_loss_even_where_a_note_carries_it() -> None:
    text = "1\n00:00:0l,000 --> 00:00:02,000\nlost words\n\n2\n00:00:03,000 --> 00:00:04,000\nHi\n"
    for carry in (True, False):
        assert convert(loads(text), "vtt", carry=carry).summary() == "1 stray text not kept"
    back = convert(convert(loads(text), "vtt").document, "srt").document
    assert "lost words" in dumps(back)


def test_a_webvtt_header_in_an_srt_file_says_nothing_that_could_be_lost() -> None:
    text = "WEBVTT\n\n1\n00:00:01,000 --> 00:00:02,000\nHi\n"
    assert convert(loads(text, "srt"), "vtt").losses == ()


@pytest.mark.parametrize(
    ("text", "webvtt", "words"),
    [
        ("<em>x</em> y", "<i>x</i> y", "x y"),
        ("<strong>x</strong>", "<b>x</b>", "x"),
        ("<span style='color:red'>x</span>", "x", "x"),
        ("H<sub>2</sub>O", "H2O", "H2O"),
        ("<strike>x</strike>", "<c.strike>x</c>", "x"),
        ("<P>x</P>", "x", "x"),
        ("< i>x</ i>", "<i>x</i>", "x"),
        ("<i>x</ i>", "<i>x</i>", "x"),
        ("< B >x< /B >", "<b>x</b>", "x"),
        ("one\\Ntwo", "one\ntwo", "one\ntwo"),
        ("one\\htwo", "one\u00a0two", "one\u00a0two"),
        ("{y:i}x", "<i>x</i>", "x"),
        ("{Y:i,b}x", "<i><b>x</b></i>", "x"),
        ("{c:$0000ff}x", "x", "x"),
        ("{i}x{/i} y", "<i>x</i> y", "x y"),
        ("<em>x", "&lt;em>x", "<em>x"),
        ("x</em>", "x&lt;/em>", "x</em>"),
        ("a < b > c", "a &lt; b > c", "a < b > c"),
        ("<laughs>x</laughs>", "&lt;laughs>x&lt;/laughs>", "<laughs>x</laughs>"),
        ("\\n and \\x", "\\n and \\x", "\\n and \\x"),
        ("{not markup} {}", "{not markup} {}", "{not markup} {}"),
    ],
)
def test_srt_markup_is_read_as_players_read_it(text: str, webvtt: str, words: str) -> None:
    converted = convert(srt(text), "vtt").document
    assert converted.cues[0].text == webvtt
    assert visible_text(text, "srt") == words
    back = convert(loads(dumps(converted)), "srt").document
    assert back.cues[0].text == text, "the way back restores it"


@given(st.text(st.sampled_from("<>/ibemspanB \\Nh{}yY:,x\n"), max_size=40))
def test_what_srt_shows_is_what_the_webvtt_made_of_it_shows(text: str) -> None:
    document = srt("." + text + ".")
    for cue, made in zip(document.cues, convert(document, "vtt", carry=False).document.cues, strict=True):
        shown = visible_text(cue.text, "srt").replace("\u00a0", " ").split()
        assert visible_text(made.text, "vtt").replace("\u00a0", " ").split() == shown


@given(st.text(st.sampled_from("<>/ibem \\Nh{}y:an8x\n"), max_size=40))
def test_words_of_webvtt_are_never_markup_in_srt(text: str) -> None:
    from captionkit.markup.references import escape

    words = f".{text}.".replace("{\\an8}", "")
    made = convert(vtt(escape(words).replace("\n\n", "\n")), "srt").document
    for cue in made.cues:
        assert visible_text(cue.text, "srt").replace("\u200c", "").split() == words.split()


def test_an_anchor_in_webvtt_is_a_place_in_srt() -> None:
    assert convert(vtt("{\\an8}Up here"), "srt").document.cues[0].text == "{\\an8}Up here"


@pytest.mark.parametrize(
    ("css", "text"),
    [
        ("font-style: italic", "<i>x</i>"),
        ("font-weight: bold", "<b>x</b>"),
        ("font-weight:700;font-style:oblique", "<i><b>x</b></i>"),
        ("text-decoration: underline", "<u>x</u>"),
        ("text-decoration: line-through", "<s>x</s>"),
        ("color: #ff0000; font-style: italic", '<font color="#ff0000"><i>x</i></font>'),
    ],
)
def test_classes_that_a_style_sheet_makes_italic_are_italic_in_srt(css: str, text: str) -> None:
    for selector in (".loud", "c.loud"):
        document = vtt("<c.loud>x</c>", f"STYLE\n::cue({selector}) {{ {css} }}\n\n")
        converted = convert(document, "srt")
        assert converted.document.cues[0].text == text
        assert not converted.losses


def test_convert_writes_lf() -> None:
    for newline in ("\r\n", "\r", "\r\r\n"):
        for source in (srt("Hi"), vtt("Hi")):
            document = loads(dumps(source).replace("\n", newline), source.format)
            for target in ("srt", "vtt"):
                assert "\r" not in dumps(convert(document, target).document)


# Speakers -----------------------------------------------------------------------------------------------------------

MEETING = (
    "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ruiz, Ana>Good morning and\nwelcome.</v>\n\n"
    "00:03.000 --> 00:04.000\n<v Lee &amp; Co>Hi.</v> <v Ruiz, Ana>Hi.</v>\n\n"
    "00:05.000 --> 00:06.000\n<v.loud Ruiz, Ana>So: here we <i>go</i>\n"
)
LABELLED = [
    "Ruiz, Ana: Good morning and\nwelcome.",
    "Lee & Co: Hi.\nRuiz, Ana: Hi.",
    "Ruiz, Ana: So: here we <i>go</i>",
]


@pytest.mark.parametrize("way", ["keep", "labels"])
def test_voices_become_labels_in_srt_and_come_back(way: str) -> None:
    converted = convert(loads(MEETING), "srt", speakers=way)
    assert [cue.text for cue in converted.document.cues] == LABELLED
    assert "voice" not in {loss.kind for loss in converted.losses}
    back = convert(loads(dumps(converted.document)), "vtt", speakers="keep").document
    assert [cue.text for cue in back.cues] == [
        "<v Ruiz, Ana>Good morning and\nwelcome.",
        "<v Lee &amp; Co>Hi.</v>\n<v Ruiz, Ana>Hi.</v>",
        "<v Ruiz, Ana>So: here we <i>go</i>",
    ]


def test_voices_can_be_dropped_and_are_named_as_lost_where_nobody_says_so() -> None:
    dropped = convert(loads(MEETING), "srt", speakers="drop")
    assert dropped.document.cues[1].text == "Hi. Hi."
    assert "voice" not in {loss.kind for loss in dropped.losses}
    assert "4 voices" in convert(loads(MEETING), "srt").summary()


def test_another_speaker_is_a_dash() -> None:
    document = loads("WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ana>Hi.</v> <v ->Yes?</v>\n")
    assert convert(document, "srt", speakers="labels").document.cues[0].text == "Ana: Hi.\n- Yes?"


def test_within_webvtt_labels_take_the_place_of_voices() -> None:
    assert (
        convert(loads(MEETING), "vtt", speakers="labels").document.cues[1].text == "Lee &amp; Co: Hi.\nRuiz, Ana: Hi."
    )
    assert convert(loads(MEETING), "vtt", speakers="drop").document.cues[1].text == "Hi. Hi."
    assert convert(loads(MEETING), "vtt", speakers="keep").document.cues == loads(MEETING).cues


@pytest.mark.parametrize(
    "text", ["Note: this is new.", "See https://x.org", "At 10:30: lunch", "Remember this: bees dance", "x: y"]
)
def test_a_colon_alone_makes_no_speaker(text: str) -> None:
    cues = "".join(f"{n}\n00:00:0{n},000 --> 00:00:0{n},900\n{text if n == 2 else 'words'}\n\n" for n in (1, 2, 3))
    assert convert(loads(cues), "vtt", speakers="keep").document.cues[1].text == text


@given(
    st.lists(st.sampled_from(["<v Ana>", "</v>", "Hi ", "<i>", "</i>", "\n", "<v Bo B>", "&amp;", "Ana: "]), max_size=9)
)
def test_no_way_with_speakers_loses_words(parts: list[str]) -> None:
    document = vtt("." + "".join(parts).replace("\n\n", "\n").strip("\n") + ".")

    def said(made: Document, format: str) -> list[str]:
        shown = [visible_text(cue.text, format) for cue in made.cues]
        return ["".join(text.replace("\u200c", "").replace("Ana:", "").replace("Bo B:", "").split()) for text in shown]

    for way in WAYS:
        for target in ("srt", "vtt"):
            made = convert(document, target, speakers=way).document
            assert said(made, target) == said(document, "vtt")


def test_the_command_takes_speakers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.vtt").write_text(MEETING, encoding="utf-8")
    assert run(["convert", "a.vtt", "--speakers", "labels", "-o", "-"]) == 0
    assert "\nLee & Co: Hi.\nRuiz, Ana: Hi.\n" in capsys.readouterr().out
    assert run(["convert", "a.vtt", "-o", "-"]) == 0
    assert "--speakers labels keeps who speaks" in capsys.readouterr().err
    assert run(["convert", "a.vtt", "--speakers", "all", "-o", "-"]) == 2

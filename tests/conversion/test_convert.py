from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import captionkit
from captionkit.conversion import KINDS, convert, rendered, viewer_digest
from captionkit.documents import dumps, loads, to_bytes
from captionkit.errors import LossyConversion, UsageError
from captionkit.model import Cue, Document, Note


def vtt(*blocks: str) -> Document:
    return loads("\n\n".join(["WEBVTT", *blocks]) + "\n", "vtt")


def one(payload: str, settings: str = "", *head: str) -> Document:
    return vtt(*head, f"00:00:01.000 --> 00:00:02.000 {settings}\n{payload}")


PIECES = [
    "<c.red>", "<c.yellow.red>", "</c>", "<i.lime>", "<v Bob>", "</v>",
    "<i>", "</i>", "<B>", "</b>", "<u>x</u>", "<s>y</s>",
    '<font color="#ff8000">', "</font>", "<font color=red>",
    "{\\an8}", "{\\an1}", "{\\i1}", "{\\i0}", "{\\fad(1,2)}", "{\\pos(1,2)}", "&", "&amp;", "<", ">",
    "-->", "\n", "\n\n",
    "word", " ", "00:00:01,000", "<foo>", "\0", "é", "漢字", "{", "}", "&nbsp;", "\u00a0", "1", "NOTE", "\u2028",
]  # fmt: skip
texts = st.lists(st.sampled_from(PIECES) | st.text(st.characters(codec="utf-8"), max_size=4), max_size=12).map("".join)
identifiers = st.sampled_from(["1", "2", "7", "", "a", " 3", "NOTE", "-->", "007"])
coordinates = st.sampled_from(["", "X1:1 X2:2 Y1:3 Y2:4", "line:0", "odd", "X1:0 X2:0 Y1:0 Y2:0"])
times = st.integers(-5_000, 400_000_000)
cues = st.builds(Cue, times, times, texts.map(lambda text: text.replace("\r", "")), identifiers, coordinates)


@given(st.lists(cues, max_size=5))
def test_srt_comes_back_from_webvtt_as_it_was(written: list[Cue]) -> None:
    document = Document("srt", tuple(written))
    back = convert(convert(document, "vtt").document, "srt")
    assert [cue.content for cue in back.document.cues] == [cue.content for cue in written]
    assert back.losses == ()


@given(st.lists(cues, max_size=5))
def test_srt_comes_back_from_a_written_webvtt_file_as_it_was(written: list[Cue]) -> None:
    document = Document("srt", tuple(written))
    back = convert(loads(dumps(convert(document, "vtt").document), "vtt"), "srt")
    assert [cue.content for cue in back.document.cues] == [cue.content for cue in written]


@given(st.lists(cues, max_size=5))
def test_viewers_see_the_same_of_an_srt_and_of_the_webvtt_made_of_it(written: list[Cue]) -> None:
    document = Document("srt", tuple(written))
    for carry in (True, False):
        webvtt = loads(dumps(convert(document, "vtt", carry=carry).document), "vtt")
        assert rendered(webvtt) == rendered(document)
        assert viewer_digest(webvtt) == viewer_digest(document)


@given(st.lists(cues, min_size=1, max_size=5))
def test_the_second_conversion_changes_nothing_more(written: list[Cue]) -> None:
    first = convert(Document("srt", tuple(written)), "vtt").document
    again = convert(convert(first, "srt").document, "vtt").document
    assert dumps(again) == dumps(first)


@given(texts.filter(lambda text: text.strip() and "-->" not in text))
def test_webvtt_comes_back_from_srt_as_viewers_saw_it_or_a_loss_is_named(text: str) -> None:
    payload = "\n".join([line for line in text.replace("\r", "\n").split("\n") if line.strip()])
    document = Document("vtt", (Cue(1000, 2000, payload),))
    converted = convert(document, "srt")
    back = convert(converted.document, "vtt").document
    if not converted.losses:
        assert rendered(back) == rendered(document)


def test_a_copy_in_the_same_format_is_written_anew_without_loss() -> None:
    document = loads(b"\xef\xbb\xbf1\r\n0:0:1.5 --> 0:0:2\r\nHi\r\n", "srt")
    copy = convert(document, "srt")
    assert to_bytes(copy.document) == b"1\n00:00:01,500 --> 00:00:02,000\nHi\n\n"
    assert copy.losses == ()


def test_an_edit_of_the_webvtt_wins_over_what_was_carried() -> None:
    document = loads("1\n00:00:01,000 --> 00:00:02,000\n<I>Hi</I>\n", "srt")
    webvtt = convert(document, "vtt").document
    assert [type(block) for block in webvtt.blocks][1] is Note
    edited = webvtt.with_cues([cue._replace(text="<i>Hello</i>") for cue in webvtt.cues])
    assert convert(edited, "srt").document.cues[0].text == "<i>Hello</i>"
    moved = webvtt.with_cues([cue._replace(start=1500) for cue in webvtt.cues])
    assert convert(moved, "srt").document.cues[0].content == (1500, 2000, "<I>Hi</I>", "1", "")


def test_a_carried_time_before_zero_holds_only_until_the_cue_is_moved() -> None:
    document = loads("1\n-00:00:01,000 --> 00:00:02,000\nHi\n", "srt")
    converted = convert(document, "vtt")
    assert converted.summary() == "1 negative time not kept"
    assert convert(converted.document, "srt").document.cues[0].start == -1000
    moved = converted.document.with_cues([cue._replace(start=500) for cue in converted.document.cues])
    assert convert(moved, "srt").document.cues[0].start == 500


@pytest.mark.parametrize(
    "note", ["{", "{}", "[]", '{"for": 1}', '{"file": 3}',
             '{"file": {"bom": "x", "encoding": "zip"}}', '{"text": 5}', "{" * 9000]
)  # fmt: skip
def test_a_note_that_somebody_broke_is_harmless(note: str) -> None:
    document = vtt(f"NOTE captionkit {note}", "1\n00:00:01.000 --> 00:00:02.000\nHi")
    converted = convert(document, "srt").document
    assert [cue.content for cue in converted.cues] == [(1000, 2000, "Hi", "1", "")]
    assert (converted.bom, converted.encoding) == (False, "utf-8")


def test_stray_text_of_an_srt_comes_back() -> None:
    document = loads("Translated by Ana\n\n1\n00:00:01,000 --> 00:00:02,000\nHi\n", "srt")
    back = convert(loads(dumps(convert(document, "vtt").document)), "srt").document
    assert dumps(back).startswith("Translated by Ana\n\n1\n00:00:01,000")


def test_without_notes_only_the_webvtt_is_written() -> None:
    document = loads("1\n00:00:01,000 --> 00:00:02,000\n<I>Hi</I>\n", "srt")
    assert dumps(convert(document, "vtt", carry=False).document) == (
        "WEBVTT\n\n1\n00:00:01.000 --> 00:00:02.000\n<i>Hi</i>\n\n"
    )


@pytest.mark.parametrize(
    ("payload", "settings", "srt", "summary"),
    [
        ("Hi", "", "Hi", ""),
        ("Hi", "line:0", "{\\an8}Hi", ""),
        ("Hi", "line:0%", "{\\an8}Hi", ""),
        ("Hi", "align:left", "{\\an1}Hi", ""),
        ("Hi", "align:start", "{\\an1}Hi", ""),
        ("שלום", "align:start", "{\\an3}שלום", ""),
        ("Hi", "position:100% align:right line:0", "{\\an9}Hi", ""),
        ("Hi", "line:50%,center", "{\\an5}Hi", ""),
        ("Hi", "align:center size:100% position:50% line:-1", "Hi", ""),
        ("Hi", "line:10%", "{\\an8}Hi", "1 cue setting not kept"),
        ("Hi", "line:90% position:10% align:start size:35%", "{\\an1}Hi", "4 cue settings not kept"),
        ("Hi", "line:0 size:50%", "{\\an8}Hi", "1 cue setting not kept"),
        ("Hi", "vertical:rl line:0", "Hi", "2 cue settings not kept"),
        ("Hi", "nonsense:1", "Hi", "1 cue setting not kept"),
        ("<v Bob>Hi", "", "Hi", "1 voice not kept"),
        ("<v.red Bob>Hi", "", '<font color="#ff0000">Hi</font>', "1 voice not kept"),
        ("<c.yellow.bg_blue>Hi</c>", "", '<font color="#ffff00">Hi</font>', "1 class not kept"),
        ("<i.loud>Hi</i>", "", "<i>Hi</i>", "1 class not kept"),
        ("<ruby>漢<rt>kan</rt></ruby>", "", "漢(kan)", "1 ruby annotation not kept"),
        ("a <00:00:01.500>b", "", "a b", "1 inline timestamp not kept"),
        ("<lang fr>oui</lang>", "", "oui", "1 language not kept"),
        ("a &amp; b &lt; c&nbsp;d", "", "a & b < c\u00a0d", ""),
        ("&lt;i&gt;", "", "<\u200ci>", "1 literal tag not kept"),
        ("{\\an8}", "", "{\\an8}", "1 override tag not kept"),
        ("00:00:01,000 --&gt; 00:00:02,000", "", "\u200c00:00:01,000 --> 00:00:02,000", "1 literal tag not kept"),
        ("<v Bob>\nHi", "", "Hi", "1 voice not kept"),
        ("Hi\n  \n ", "", "Hi", ""),
        ("Hi\n \nyou\n&nbsp;\ntoo", "", "Hi\n\u200c\nyou\n\u200c\ntoo", ""),
        ("Hi\n<v Bob>\nyou", "", "Hi\n\u200c\nyou", "1 voice not kept"),
    ],
)
def test_webvtt_becomes_what_srt_can_say(payload: str, settings: str, srt: str, summary: str) -> None:
    converted = convert(one(payload, settings), "srt")
    assert converted.document.cues[0].text == srt
    assert converted.summary() == (summary or "nothing is lost")
    assert [cue.text for cue in loads(dumps(converted.document), "srt").cues] == [srt]


def test_colours_of_a_style_sheet_become_font_colours() -> None:
    document = one(
        "<c.warn>a</c> <c.gone>b</c>",
        "",
        "STYLE\n::cue(.warn) { color: rgb(255, 0, 16) }\n::cue(c.gone){text-decoration:line-through}",
    )
    converted = convert(document, "srt")
    assert converted.document.cues[0].text == '<font color="#ff0010">a</font> <s>b</s>'
    assert converted.summary() == "nothing is lost"


def test_every_loss_is_named_with_its_place_and_counted() -> None:
    document = loads(
        "WEBVTT - Lecture\nKind: captions\n\nSTYLE\n::cue { color: red }\n\nREGION\nid:a\n\nNOTE by Ana\n\n"
        "intro\n00:01.000 --> 00:02.000 line:10% size:50%\n<v Bob>Hi\n\n00:03.000 --> 00:04.000 position:10%\nyou\n",
        "vtt",
    )
    converted = convert(document, "srt")
    assert converted.summary() == (
        "3 cue settings, 1 STYLE block, 1 REGION block, 1 NOTE block, 2 header lines, 1 cue identifier, 1 voice "
        "not kept"
    )
    assert [(loss.kind, loss.line, loss.cue) for loss in converted.losses] == [
        ("header line", 1, None),
        ("header line", 2, None),
        ("STYLE block", 4, None),
        ("REGION block", 7, None),
        ("NOTE block", 10, None),
        ("cue identifier", 12, 1),
        ("cue setting", 13, 1),
        ("cue setting", 13, 1),
        ("voice", 13, 1),
        ("cue setting", 16, 2),
    ]
    assert all(loss.kind in KINDS for loss in converted.losses)


def test_numbers_are_kept_if_every_cue_has_one_and_counted_anew_otherwise() -> None:
    cue = "00:00:0{0}.000 --> 00:00:0{0}.500\nx"
    assert [
        c.identifier for c in convert(vtt("10\n" + cue.format(1), "20\n" + cue.format(2)), "srt").document.cues
    ] == ["10", "20"]
    converted = convert(vtt("a\n" + cue.format(1), cue.format(2), "3\n" + cue.format(3)), "srt")
    assert [c.identifier for c in converted.document.cues] == ["1", "2", "3"]
    assert converted.summary() == "1 cue identifier not kept"


def test_strict_refuses_a_lossy_conversion_and_names_the_losses() -> None:
    with pytest.raises(LossyConversion, match=r"1 voice not kept") as refused:
        convert(one("<v Bob>Hi"), "srt", strict=True)
    assert "line 3" in refused.value.hint
    assert convert(one("Hi"), "srt", strict=True).losses == ()


def test_an_unknown_format_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="'ass'"):
        captionkit.convert(one("Hi"), "ass")


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (one("a &amp; b"), one("a & b")),
        (one("<i>a</i>"), one("<i >a")),
        (one("a  b "), one("a b")),
        (one("a", "line:0 align:center"), one("a", "line:0.0")),
        (one("a", "align:middle"), one("a")),
        (one("a", "align:start"), one("a", "position:0% align:left")),
        (one("אב", "align:end line:-1"), one("אב", "position:0%,line-left align:left")),
        (one("a\n \nb"), one("a\n&nbsp;\nb")),
        (one("a", "region:none"), one("a")),
        (one("<i>a<i>b</i></i>"), one("<i>a</i><i>b</i>")),
        (one("<i.x>a</i>"), one("<c.x><i>a</i></c>")),
        (one("a<b></b>"), one("<c>a</c>")),
        (one("a", "", "NOTE x"), one("a")),
        (vtt("7\n00:00:01.000 --> 00:00:02.000\na"), one("a")),
        (replace(one("a"), newline="\r\n"), one("a")),
    ],
)
def test_what_viewers_cannot_tell_apart_has_one_digest(a: Document, b: Document) -> None:
    assert viewer_digest(a) == viewer_digest(b)


@pytest.mark.parametrize(
    "other",
    [
        one("b"), one("<i>a</i>"), one("a", "line:0"), one("a", "align:left"), vtt(),
        one("a", "", "STYLE\n::cue { color: red }"), vtt("00:00:01.001 --> 00:00:02.000\na"), one("a\nb"),
    ],
)  # fmt: skip
def test_what_viewers_can_tell_apart_has_another_digest(other: Document) -> None:
    assert viewer_digest(other) != viewer_digest(one("a"))


def test_digests_say_what_they_are() -> None:
    assert viewer_digest(one("a")).startswith("sha256:")
    assert len(viewer_digest(one("a"))) == 71

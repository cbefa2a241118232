"""SAMI, MicroDVD, MPL2 and SBV read as WebVTT."""

from __future__ import annotations

import pytest
from deliveries import SUBVIEWER

import captionkit
from captionkit.conversion import Converted
from captionkit.errors import ContentError


def shown(converted: Converted) -> list[tuple[int, int, str]]:
    return [(cue.start, cue.end, cue.text) for cue in converted.document.cues]


# --- MicroDVD ---------------------------------------------------------------------------------------------------------


def test_frames_become_times_by_the_rate_that_is_given_or_that_the_file_says() -> None:
    data = b"{25}{50}Hello|there\n{100}{110}Bye\n"
    expected = [(1000, 2000, "Hello\nthere"), (4000, 4400, "Bye")]
    assert shown(captionkit.import_captions(data, fps=25)) == expected
    assert shown(captionkit.import_captions(b"{1}{1}25.000\n" + data)) == expected
    assert shown(captionkit.import_captions(b"{0}{0}25,0\r\n" + data)) == expected
    ntsc = captionkit.import_captions(b"{24}{240}x\n", fps="23.976")
    assert shown(ntsc) == [(1001, 10010, "x")]


def test_a_frame_rate_is_never_assumed() -> None:
    with pytest.raises(ContentError, match="how many make a second") as caught:
        captionkit.import_captions(b"{25}{50}Hello\n", path="a.sub")
    assert "--fps" in caught.value.hint
    with pytest.raises(ContentError, match="how many make a second"):
        captionkit.import_captions(b"{1}{1}nan\n{25}{50}Hello\n")


def test_a_rate_that_the_file_states_counts_against_the_given_one_and_that_is_said() -> None:
    converted = captionkit.import_captions(b"{1}{1}25\n{25}{50}x\n", fps=30)
    assert shown(converted) == [(1000, 2000, "x")]
    assert "25 frames a second; the given 30 was not used" in converted.remarks[0]
    assert "retime --from-fps 25 --to-fps 30" in converted.remarks[0]  # makes 833 ms of the 1,000: frame 25 of 30


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("{y:i}a|b", "<i>a</i>\nb"),
        ("{Y:i}a|b", "<i>a\nb</i>"),
        ("{Y:b,u}a", "<b><u>a</u></b>"),
        ("{c:$0000ff}a", "<c.red>a</c>"),
        ("{C:$ffffff}a", "a"),
        ("/a", "<i>a</i>"),
        ("a & <b> {c}", "a &amp; &lt;b> {c}"),
        ("{H:windows-1250}a", "a"),
    ],
)
def test_codes_of_microdvd(text: str, cue: str) -> None:
    converted = captionkit.import_captions(f"{{25}}{{50}}{text}\n".encode(), fps=25)
    assert shown(converted) == [(1000, 2000, cue)]
    assert not converted.losses


def test_an_open_end_is_where_the_next_begins_and_what_has_no_form_is_named() -> None:
    data = b"{25}{}a\n{50}{75}{s:20}b\nrubbish\n{P:0}\n"
    converted = captionkit.import_captions(data, fps=25)
    assert shown(converted) == [(1000, 2000, "a"), (2000, 3000, "b")]
    assert sorted([(loss.kind, loss.line) for loss in converted.losses]) == [
        ("font attribute", 2), ("unreadable line", 3), ("unreadable line", 4),
    ]  # fmt: skip
    assert any("do not say when they end" in said for said in converted.remarks)


def test_frames_before_the_beginning() -> None:
    converted = captionkit.import_captions(b"{-50}{-25}a\n{-25}{25}b\n{50}{75}c\n", fps=25)
    assert shown(converted) == [(0, 1000, "b"), (2000, 3000, "c")]
    assert [loss.kind for loss in converted.losses] == ["negative time", "negative time"]


# --- MPL2, SBV --------------------------------------------------------------------------------------------------------


def test_mpl2_counts_tenths_of_seconds_and_needs_no_rate() -> None:
    data = b"[10][35]/Hello|there\n[40][]\\_Bye\n"
    assert shown(captionkit.import_captions(data)) == [
        (1000, 3500, "<i>Hello</i>\nthere"), (4000, 9000, "<b><u>Bye</u></b>"),
    ]  # fmt: skip


def test_sbv_is_read_by_the_reader_of_srt() -> None:
    data = b"0:00:00.599,0:00:04.160\n>> ANA: Hi & <i>you</i>\nagain\n\n0:00:04.160,0:00:06.000\nBob[br]Li\n"
    assert shown(captionkit.import_captions(data)) == [
        (599, 4160, ">> ANA: Hi &amp; <i>you</i>\nagain"), (4160, 6000, "Bob\nLi"),
    ]  # fmt: skip


def test_subviewer_is_sbv_below_lines_about_it() -> None:
    data = SUBVIEWER.replace("[TITLE]", "[TITLE]Bees").replace("[SUBTITLE]", "[SUBTITLE]\n[COLF]&HFFFFFF,[SIZE]18")
    data = data.replace("00:00:02.00\nHello", "00:00:02.50\n<i>Hello</i>[br]there")
    converted = captionkit.import_captions(data.encode())
    assert shown(converted) == [(1000, 2500, "<i>Hello</i>\nthere"), (3000, 4000, "Bye")]
    assert [(loss.kind, loss.line) for loss in converted.losses] == [("header line", 2), ("font attribute", 8)]
    assert not captionkit.import_captions(SUBVIEWER.encode()).losses


# --- SAMI -------------------------------------------------------------------------------------------------------------

TOP = """<SAMI>
<HEAD><TITLE>x</TITLE><STYLE TYPE="text/css"><!--
P { text-align:center; color:white; }
.KRCC { Name:Korean; lang:ko-KR; SAMIType:CC; }
.ENCC { Name:English; lang:en-US; SAMIType:CC; }
--></STYLE></HEAD>
<BODY>
"""


def sami(body: str, **given: str) -> Converted:
    return captionkit.import_captions(f"{TOP}{body}</BODY></SAMI>\n".encode(), path="a.smi", **given)  # type: ignore[arg-type]


def test_a_caption_ends_where_the_next_sync_begins_a_blank_one_too() -> None:
    converted = sami(
        "<SYNC Start=1000><P Class=ENCC>One<br>two\n<SYNC Start=3000><P Class=ENCC>&nbsp;\n"
        "<SYNC Start=9000><P Class=ENCC>Three\n<SYNC Start=60000><P Class=ENCC>Four\n"
        "<SYNC Start=61000><P Class=ENCC>&nbsp;\n"
    )
    assert shown(converted) == [(1000, 3000, "One\ntwo"), (9000, 60000, "Three"), (60000, 61000, "Four")]
    assert (converted.losses, converted.remarks) == ((), ())
    assert "Language: en-US" in captionkit.dumps(converted.document)


def test_the_last_caption_without_an_end_is_said() -> None:
    converted = sami("<SYNC Start=1000><P Class=ENCC>One")
    assert shown(converted) == [(1000, 6000, "One")]
    assert "do not say when they end" in converted.remarks[0]


BOTH = (
    "<SYNC Start=1000><P Class=KRCC>하나<P Class=ENCC>One\n"
    "<SYNC Start=2000><P Class=KRCC>&nbsp;\n<SYNC Start=2500><P Class=ENCC>&nbsp;\n"
)


@pytest.mark.parametrize(("wanted", "cue"), [
    ("en", (1000, 2500, "One")), ("en-US", (1000, 2500, "One")), ("ENCC", (1000, 2500, "One")),
    ("ko", (1000, 2000, "하나")), ("Korean", (1000, 2000, "하나")),
])  # fmt: skip
def test_of_several_languages_the_one_that_is_asked_for_is_taken(wanted: str, cue: tuple[int, int, str]) -> None:
    converted = sami(BOTH, language=wanted)
    assert shown(converted) == [cue]
    assert "other languages" in converted.remarks[0]


def test_another_language_than_the_one_it_has_is_refused() -> None:
    body = "<SYNC Start=1000><P Class=ENCC>One<SYNC Start=2000><P Class=ENCC>&nbsp;"
    with pytest.raises(ContentError, match="only, and 'fr' was asked for"):
        sami(body, language="fr")
    assert shown(sami(body, language="en")) == [(1000, 2000, "One")]


@pytest.mark.parametrize("wanted", ["", "fr"])
def test_of_several_languages_none_is_guessed(wanted: str) -> None:
    with pytest.raises(ContentError, match="several languages") as caught:
        sami(BOTH, language=wanted)
    assert "--language ko-KR or --language en-US" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("a &amp; &lt;b&gt; 5 < 6", "a &amp; &lt;b> 5 &lt; 6"),
        ("<i>a</i> <B>b</B> <u>c</u>", "<i>a</i> <b>b</b> <u>c</u>"),
        ('<font color="#ff0000">a</font>b', "<c.red>a</c>b"),
        ("<font color=FFFF00>a<font color=lime>b</font>c</font>d", "<c.yellow>a</c><c.lime>b</c><c.yellow>c</c>d"),
        ('<span style="color: blue">a</span>', "<c.blue>a</c>"),
        ("a\n   b<br/>\n c", "a b\nc"),
        ("<!-- not shown -->a", "a"),
        ("<ruby>漢<rt>かん</rt></ruby>字", "<ruby>漢<rt>かん</rt></ruby>字"),
        ("<i>open<br>still", "<i>open\nstill</i>"),
    ],
)
def test_the_tags_of_sami(text: str, cue: str) -> None:
    converted = sami(f"<SYNC Start=1000><P Class=ENCC>{text}\n<SYNC Start=2000><P Class=ENCC>&nbsp;")
    assert shown(converted) == [(1000, 2000, cue)]
    assert not converted.losses


def test_who_speaks_in_sami() -> None:
    body = "<SYNC Start=1000><P Class=ENCC ID=Source>Ana<P Class=ENCC>Hi<SYNC Start=2000><P Class=ENCC>&nbsp;"
    assert shown(sami(body)) == [(1000, 2000, "<v Ana>Hi</v>")]


def test_what_sami_loses_is_named_with_its_line() -> None:
    body = (
        "<SYNC Start=1000><P Class=ENCC><font face=Arial size=3>a</font> <co>b\n"
        "<SYNC Start=x><P Class=ENCC>gone\n<SYNC Start=2000><P Class=ENCC>&nbsp;\n"
    )
    converted = sami(body)
    assert shown(converted) == [(1000, 2000, "a b")]
    assert sorted((loss.kind, loss.line) for loss in converted.losses) == [
        ("font attribute", 8), ("font attribute", 8), ("literal tag", 8), ("unreadable line", 9),
    ]  # fmt: skip


def test_sami_without_classes_and_in_the_wrong_order() -> None:
    body = b"<SAMI><BODY><SYNC Start=3000><P>b<SYNC Start=1000>a</SYNC><SYNC Start=4000>&nbsp;</BODY></SAMI>"
    assert shown(captionkit.import_captions(body)) == [(1000, 3000, "a"), (3000, 4000, "b")]


@pytest.mark.parametrize("data", [b"<SAMI><BODY></BODY></SAMI>", b"[10][20] \n", b"{1}{1}25\n{1}{2}\n"])
def test_without_words_there_is_an_error(data: bytes) -> None:
    with pytest.raises(ContentError, match="no captions are left"):
        captionkit.import_captions(data)

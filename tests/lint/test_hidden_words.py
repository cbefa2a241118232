"""Words that no viewer sees, or sees as something else, and what brings them back."""

from __future__ import annotations

from typing import Any

import pytest

from captionkit.documents import loads
from captionkit.lint import check, settings_for
from captionkit.lint.checker import Checker
from captionkit.lint.fixing import Fixed, fix_document
from captionkit.lint.rule import Fix


def vtt(*texts: str, settings: str = "") -> str:
    cues = [
        f"00:00:{4 * n + 1:02d}.000 --> 00:00:{4 * n + 4:02d}.000{settings}\n{text}\n" for n, text in enumerate(texts)
    ]
    return "WEBVTT\n\n" + "\n".join(cues)


def mended(text: str, name: str = "a.en.vtt", **how: Any) -> Fixed:
    kinds = {key: how.pop(key) for key in ("restore", "unsafe") if key in how}
    return fix_document(loads(text, path=name), Checker(settings_for(**how)), path=name, **kinds)


def text_after(text: str, **how: Any) -> str:
    return mended(vtt(text), **how).document.cues[0].text


def codes(text: str, name: str = "a.en.vtt", **how: Any) -> list[str]:
    return [one.code for one in check(loads(text, path=name), **how)]


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("The <table> element holds rows.", "The &lt;table> element holds rows."),
        ("A Map<Key, Value> maps keys.", "A Map&lt;Key, Value> maps keys."),
        ("if x<b and y>z then go", "if x&lt;b and y>z then go"),
        ("<laughter> Very good.", "&lt;laughter> Very good."),
        ("<crosstalk>", "&lt;crosstalk>"),
        ("<Dr. Meyer> Welcome back", "&lt;Dr. Meyer> Welcome back"),
        ("I <3 statistics", "I &lt;3 statistics"),
        ("write to <help@uni.edu> today", "write to &lt;help@uni.edu> today"),
        ("< Who is there?\n< Me.", "&lt; Who is there?\n&lt; Me."),
        ("<Really? I see", "&lt;Really? I see"),
        ("<- Yes\n<<", "&lt;- Yes\n&lt;&lt;"),
        ("the end <", "the end &lt;"),
        ("p<i at the end", "p&lt;i at the end"),
        ("The <p> tag is a paragraph", "The &lt;p> tag is a paragraph"),
        ("The </html> ends it", "The &lt;/html> ends it"),
    ],
)
def test_a_bracket_that_begins_no_tag_is_escaped_so_that_its_words_are_shown(raw: str, shown: str) -> None:
    assert "VTT202" in codes(vtt(raw))
    assert text_after(raw) == raw  # not by the safe fix: players show something else afterwards
    assert text_after(raw, restore=True) == shown
    assert text_after(raw, unsafe=True, ignore="LAY,TXT009") == shown


@pytest.mark.parametrize(
    ("raw", "after"),
    [
        ('<font color="red">Hello</font> there.', "Hello there."),
        ("<p>Hello</p>", "Hello"),
        ("<strong>Hello</strong> there.", "<b>Hello</b> there."),
        ("Hello<br>there.", "Hello\nthere."),
        ("<i>Hello</i> <v Bob>there</v>", "<i>Hello</i> <v Bob>there</v>"),
        ("<i loud>Hello</i> there.", "<i>Hello</i> there."),
    ],
)
def test_what_is_markup_is_no_words(raw: str, after: str) -> None:
    assert "VTT202" not in codes(vtt(raw))
    assert text_after(raw, unsafe=True, ignore="LAY") == after


def test_a_cue_whose_words_are_hidden_is_never_removed_as_empty() -> None:
    assert len(mended(vtt("<applause>"), unsafe=True, ignore="VTT202").document.cues) == 1


@pytest.mark.parametrize(
    ("raw", "after"),
    [
        ("x &amp y & z", "x &amp; y &amp; z"),
        ("&ampersand & more", "&amp;ersand &amp; more"),
        ("AT&T R&D &unknown; Q&A", "AT&amp;T R&amp;D &unknown; Q&amp;A"),
        ("a & b &amp; c", "a &amp; b &amp; c"),
        ("&copy 2024 & so on", "&copy 2024 &amp; so on"),
    ],
)
def test_each_ampersand_that_is_shown_as_one_is_escaped_and_no_other_blocks_it(raw: str, after: str) -> None:
    assert text_after(raw) == after


def test_a_reference_that_html_does_not_have_is_written_as_the_text_that_it_is() -> None:
    assert text_after("Tom &jerry; run", restore=True) == "Tom &amp;jerry; run"


def test_words_on_an_srt_timing_line_go_to_the_text() -> None:
    text = "1\n00:00:01,000 --> 00:00:03,000 Good morning\n\n2\n00:00:04,000 --> 00:00:06,000 and hello\nto you all\n"
    assert mended(text, "a.en.srt").data.decode() == text
    for how in ({"restore": True}, {"unsafe": True}):
        result = mended(text, "a.en.srt", **how)
        assert [cue.text for cue in result.document.cues] == ["Good morning", "and hello\nto you all"]
        assert [cue.settings for cue in result.document.cues] == ["", ""]


def test_settings_on_an_srt_timing_line_are_no_words() -> None:
    text = "1\n00:00:01,000 --> 00:00:03,000 align:start position:0%\nGood morning\n"
    assert mended(text, "a.en.srt", restore=True).data.decode() == text
    assert mended(text, "a.en.srt", unsafe=True).document.cues[0][2:5] == ("Good morning", "1", "")


def test_settings_and_words_on_a_timing_line_are_told_apart() -> None:
    text = "1\n00:00:01,000 --> 00:00:03,000 line:0 Ana: Good morning\n"
    assert mended(text, "a.en.srt", restore=True).document.cues[0].text == "Ana: Good morning"


def test_words_on_a_webvtt_timing_line_go_to_the_text_and_settings_stay() -> None:
    result = mended(vtt("to you", settings=" align:left Good morning"), unsafe=True, ignore="LAY")
    assert result.document.cues[0][2:5] == ("Good morning\nto you", "", "align:left")


@pytest.mark.parametrize(
    ("raw", "settings", "text", "after"),
    [
        ("{\\an8}Up here", "", "Up here", "line:0"),
        ("{\\an1}Not just any", " line:90%", "Not just any", "line:90% position:0% align:left"),
        ("{\\i1}softly{\\i0} now", "", "<i>softly</i> now", ""),
        ("{\\fad(200,200)}{\\an9}There", "", "There", "line:0 position:100% align:right"),
    ],
)
def test_a_substation_command_in_webvtt_becomes_what_webvtt_has_for_it(
    raw: str, settings: str, text: str, after: str
) -> None:
    assert "VTT216" in codes(vtt(raw, settings=settings))
    cue = mended(vtt(raw, settings=settings), unsafe=True).document.cues[0]
    assert (cue.text, cue.settings) == (text, after)


def test_the_name_of_a_voice_becomes_a_label_in_srt() -> None:
    text = "1\n00:00:01,000 --> 00:00:03,000\n<v Ana Ruiz>Hello</v> there.\n"
    assert mended(text, "a.en.srt", unsafe=True).document.cues[0].text == "Ana Ruiz: Hello there."


@pytest.mark.parametrize(
    ("mangled", "right", "name"),
    [
        ("donâ\x80\x99t", "don’t", "a.en.vtt"),
        ("noon â\x80\x94 one", "noon — one", "a.en.vtt"),
        ("\x93Hello\x94 he said", "“Hello” he said", "a.en.vtt"),
        ("cafÃ© Ã\xa0 la", "café à la", "a.fr.vtt"),
        ("Â\xa0Bonjour", "\xa0Bonjour", "a.fr.vtt"),
        ("Ýstanbul'da þimdi deðil", "İstanbul'da şimdi değil", "a.tr.vtt"),
        ("teÅ\x9fekkÃ¼rler", "teşekkürler", "a.tr.vtt"),
    ],
)
def test_mangled_text_is_decoded_and_never_deleted(mangled: str, right: str, name: str) -> None:
    document = vtt(mangled)
    for how in ({}, {"restore": True}):
        assert mangled in mended(document, name, select="ENC", **how).data.decode()
    assert mended(document, name, select="ENC", unsafe=True).document.cues[0].text == right


def test_icelandic_letters_are_no_mangled_turkish() -> None:
    assert "ENC006" not in codes(vtt("Það er ekki svo þungt"), "a.is.vtt")


def test_no_fix_puts_a_timing_line_on_the_screen() -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\nHello there.\n\n00:0x.000 --> 00:05.000\nHow are you?\n\n"
    text += "00:0y.000 --> 00:08.000\nFine.\n"
    for restore, unsafe in ((False, False), (True, False), (False, True)):
        result = mended(text, restore=restore, unsafe=unsafe)
        assert "-->" not in "".join(cue.text for cue in result.document.cues)


def test_a_reference_that_only_browsers_know_without_its_semicolon_is_unsafe_to_write() -> None:
    raw = "&copy 2024 and caf&eacute & more"
    found = [one for one in check(loads(vtt(raw), path="a.en.vtt")) if one.code == "VTT201"]
    assert [one.fix for one in found] == [Fix.UNSAFE, Fix.UNSAFE, Fix.SAFE]
    assert text_after(raw, restore=True) == "&copy 2024 and caf&eacute &amp; more"
    assert text_after(raw, unsafe=True) == "© 2024 and café &amp; more"

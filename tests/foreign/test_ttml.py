"""TTML: times, languages, damage and what is asked of a person, each by itself."""

from __future__ import annotations

from typing import Any

import pytest

import captionkit
from captionkit.conversion import Converted
from captionkit.errors import ContentError

NTSC = 'ttp:frameRate="30" ttp:frameRateMultiplier="1000 1001"'
HEAD = 'xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter" xml:lang="en"'


def read(body: str, attributes: str = "", **options: Any) -> Converted:
    text = f"<tt {HEAD} {attributes}><body><div>{body}</div></body></tt>"
    return captionkit.import_captions(text.encode(), **options)


def start(expression: str, attributes: str = "", **options: Any) -> int:
    """When a caption begins that says this."""
    converted = read(f'<p begin="{expression}" end="999h">x</p>', attributes, **options)
    return converted.document.cues[0].start


@pytest.mark.parametrize(
    ("expression", "attributes", "expected"),
    [
        ("00:00:01.5", "", 1_500),
        ("00:00:01,250", "", 1_250),
        ("0:0:1", "", 1_000),
        ("01:02", "", 62_000),
        ("100:00:00.0004", "", 360_000_000),
        ("12.3456s", "", 12_346),
        ("0.5h", "", 1_800_000),
        ("1.5m", "", 90_000),
        ("1500ms", "", 1_500),
        (" 2s ", "", 2_000),
        ("3.25", "", 3_250),  # no unit: seconds, since it cannot be ticks
        ("00:00:01:15", "", 1_500),  # TTML: 30 frames a second where nothing is said
        ("00:00:01:12", 'ttp:frameRate="25"', 1_480),
        ("00:00:01:12.1", 'ttp:frameRate="25" ttp:subFrameRate="2"', 1_500),
        ("50f", 'ttp:frameRate="25"', 2_000),
        ("24f", 'ttp:frameRate="24" ttp:frameRateMultiplier="1000 1001"', 1_001),
        ("24f", 'ttp:frameRate="24" ttp:frameRateMultiplier="1000:1001"', 1_001),
        ("15000000t", 'ttp:tickRate="10000000"', 1_500),
        ("15000000", 'ttp:tickRate="10000000"', 1_500),
        ("50t", 'ttp:frameRate="25"', 2_000),  # a tick is a frame where there is no other rate
        ("2t", "", 2_000),
        # A time code of 30 labels a second, of which 29.97 are shown: one hour takes 3,603.6 s, or with drop-frame
        # 107,892 frames, which take 3,599.9964 s.
        ("01:00:00:00", f'ttp:timeBase="smpte" {NTSC}', 3_603_600),
        ("01:00:00:00", f'ttp:timeBase="smpte" ttp:dropMode="dropNTSC" {NTSC}', 3_599_996),
        ("01:00:00;00", NTSC, 3_599_996),
        ("01:00:00:00", f'ttp:timeBase="media" {NTSC}', 3_600_000),
    ],
)  # fmt: skip
def test_every_way_to_write_a_time(expression: str, attributes: str, expected: int) -> None:
    assert start(expression, attributes) == expected


@pytest.mark.parametrize(
    "expression", ["soon", "00:60:00", "00:00:61", "-1s", "1:2:3:4:5", "15", "1e9s", "1s 2s", "٣s"]
)
def test_what_is_no_time_is_named_and_its_caption_left_out(expression: str) -> None:
    converted = read(f'<p begin="{expression}" end="9s">lost</p><p begin="1s" end="2s">kept</p>')
    assert [cue.text for cue in converted.document.cues] == ["kept"]
    assert [(loss.kind, loss.line) for loss in converted.losses] == [("unreadable time", 1)]
    with pytest.raises(ContentError, match="no captions are left"):
        read(f'<p begin="{expression}" end="9s">lost</p>')


def test_a_frame_rate_that_is_given_counts_where_the_file_says_none() -> None:
    assert start("00:00:01:12", fps=25) == 1_480
    assert start("00:00:01:12", 'ttp:frameRate="25"', fps=24) == 1_480
    converted = read('<p begin="00:00:01:12" end="2s">x</p>', 'ttp:frameRate="25"', fps=24)
    assert converted.remarks[0].startswith("It says itself that it has 25 frames a second; the given 24 was not used.")
    assert read('<p begin="1s" end="2s">x</p>', fps=24).remarks == ()  # it counts no frames


def test_times_count_from_where_the_video_begins() -> None:
    assert start("10:00:01.5", start_timecode="10:00:00:00") == 1_500
    assert start("10:00:01:12", 'ttp:frameRate="25"', start_timecode="10:00:00:12") == 1_000
    converted = read('<p begin="1s" end="2s">before</p><p begin="10s" end="11s">after</p>', start_timecode="00:00:05")
    assert [(cue.start, cue.text) for cue in converted.document.cues] == [(5_000, "after")]
    assert [loss.kind for loss in converted.losses] == ["negative time"]


TWO = '<p begin="1s" end="2s" xml:lang="{}">A</p><p begin="1s" end="2s" xml:lang="{}">B</p>'


def test_captions_in_two_languages_are_asked_about() -> None:
    with pytest.raises(ContentError, match="in several languages: en, pt-BR") as caught:
        read(TWO.format("en", "pt-BR"))
    assert caught.value.hint == "Say which you want: --language en."
    assert [cue.text for cue in read(TWO.format("en", "pt-BR"), language="pt").document.cues] == ["B"]
    assert [cue.text for cue in read(TWO.format("en-GB", "fr"), language="en").document.cues] == ["A"]
    with pytest.raises(ContentError, match="none in de"):
        read(TWO.format("en", "fr"), language="de")


def test_one_caption_in_another_language_is_no_other_language_of_the_file() -> None:
    converted = read('<p begin="1s" end="2s">A</p><p begin="3s" end="4s" xml:lang="fr">B</p>')
    assert [cue.text for cue in converted.document.cues] == ["A", "<lang fr>B</lang>"]


def test_pictures_alone_are_refused_with_what_to_do() -> None:
    image = 'xmlns:smpte="http://www.smpte-ra.org/schemas/2052-1/2010/smpte-tt"'
    with pytest.raises(ContentError, match="pictures") as caught:
        read('<div begin="1s" end="2s" smpte:backgroundImage="a.png"/>', image)
    assert "OCR" in caught.value.hint


def test_no_times_at_all_are_refused() -> None:
    with pytest.raises(ContentError, match="none of its captions has a time"):
        read("<p>words</p>")


def test_the_place_of_a_loss_is_its_line_and_its_cue() -> None:
    text = f'<tt {HEAD}><body><div>\n<p begin="3s" end="4s">B</p>\n<p begin="2s" end="2s">none</p>\n</div></body></tt>'
    converted = captionkit.import_captions(text.encode())
    assert [(loss.kind, loss.line) for loss in converted.losses] == [("caption without time", 3)]


@pytest.mark.parametrize("year", ["2004/11", "2006/04", "2006/10"])
def test_drafts(year: str) -> None:
    for part in ("style", "styling"):
        text = (
            f'<tt xmlns="http://www.w3.org/{year}/ttaf1" xmlns:s="http://www.w3.org/{year}/ttaf1#{part}" xml:lang="en">'
            '<body><div><p begin="1s" end="2s" s:fontStyle="italic">x</p></div></body></tt>'
        )
        assert captionkit.import_captions(text.encode()).document.cues[0].text == "<i>x</i>"


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        ('tts:color="Yellow"', "<c.yellow>x</c>"),
        ('tts:color="#FF0"', "<c.yellow>x</c>"),
        ('tts:color="#ffff00ff"', "<c.yellow>x</c>"),
        ('tts:color="rgb(255,255,0)"', "<c.yellow>x</c>"),
        ('tts:backgroundColor="blue"', "<c.bg_blue>x</c>"),
        ('tts:backgroundColor="black"', "x"),
        ('tts:fontStyle="Italic"', "<i>x</i>"),
        ('tts:fontStyle="oblique"', "<i>x</i>"),
        ('tts:fontWeight="700"', "<b>x</b>"),
        ('tts:textDecoration="underline lineThrough"', "<c.strike><u>x</u></c>"),
        ('tts:fontWeight="bold" tts:fontStyle="italic"', "<b><i>x</i></b>"),
    ],
)
def test_styles_as_they_are_meant(style: str, expected: str) -> None:
    tts = 'xmlns:tts="http://www.w3.org/ns/ttml#styling"'
    converted = read(f'<p begin="1s" end="2s" {style}>x</p>', tts)
    assert [cue.text for cue in converted.document.cues] == [expected]
    assert not converted.losses


def test_a_style_that_is_none_is_named() -> None:
    tts = 'xmlns:tts="http://www.w3.org/ns/ttml#styling" xmlns:ebutts="urn:ebu:tt:style"'
    converted = read('<p begin="1s" end="2s" tts:color="sky" ebutts:multiRowAlign="start">x</p>', tts)
    assert sorted(loss.message for loss in converted.losses) == [
        "color='sky' is not TTML; passed over",
        "multiRowAlign (start)",
    ]


def test_two_languages_in_two_places_are_both_shown() -> None:
    tts = 'xmlns:tts="http://www.w3.org/ns/ttml#styling"'
    regions = (
        '<head><layout><region xml:id="a" tts:origin="0% 0%"/><region xml:id="b" tts:origin="0% 50%"/></layout></head>'
    )
    ps = TWO.format("en", "fr").replace("<p", '<p region="a"', 1).replace("<p begin", '<p region="b" begin', 1)
    text = f"<tt {HEAD} {tts}>{regions}<body><div>{ps}</div></body></tt>"
    assert [cue.text for cue in captionkit.import_captions(text.encode()).document.cues] == ["A", "<lang fr>B</lang>"]


def times(body: str) -> list[tuple[int, int, str]]:
    return [(cue.start, cue.end, cue.text) for cue in read(body).document.cues]


def test_nested_times_that_count_from_the_beginning_of_the_video() -> None:
    # As programs for song lyrics write them: by the standard the second line would begin when its part is over.
    lines = (
        '<p begin="19s" end="21s"><span begin="19s" end="19.5s">When</span> <span begin="19.5s" end="20s">you</span> '
        '<span begin="20s" end="21s">were</span></p>'
        '<p begin="54s" end="57s">Couldn\'t look</p>'
    )
    assert times(f'<div begin="19s" end="59s">{lines}</div>') == [
        (19_000, 21_000, "When you were"),
        (54_000, 57_000, "Couldn't look"),
    ]
    converted = read(f'<div begin="19s" end="59s">{lines}</div>')
    assert "count from the beginning of the video" in converted.remarks[0]
    assert [(loss.kind, loss.cue) for loss in converted.losses] == [("inline timestamp", 1)]  # of single words


def test_nested_times_count_from_their_parent_where_nothing_is_lost_by_it() -> None:
    assert times('<div begin="10s" end="60s"><p begin="12s" end="14s">x</p></div>') == [(22_000, 24_000, "x")]
    # One begins before its parent if they counted from zero: so they do not.
    some = '<p begin="2s" end="3s">x</p><p begin="12s" end="14s">y</p>'
    assert times(f'<div begin="10s" end="20s">{some}</div>') == [(12_000, 13_000, "x")]


def test_words_by_themselves_in_a_sequence_have_no_time_and_are_named() -> None:
    converted = read('<p begin="1s" timeContainer="seq">no <span dur="2s">a</span> no <span dur="2s">b</span></p>')
    assert [(cue.start, cue.end, cue.text) for cue in converted.document.cues] == [
        (1_000, 3_000, "a"),
        (3_000, 5_000, "b"),
    ]
    assert [loss.kind for loss in converted.losses] == ["caption without time"]


# --- what changes while it is shown -----------------------------------------------------------------------------------

TTS = 'xmlns:tts="http://www.w3.org/ns/ttml#styling"'


def played(body: str, region: str = "") -> tuple[list[tuple[int, int, str]], list[str]]:
    """(start, end, text) of each cue in seconds, and what is lost."""
    head = f'<head><layout><region xml:id="r">{region}</region></layout></head>'
    text = f"<tt {HEAD} {TTS}>{head}<body><div>{body}</div></body></tt>"
    converted = captionkit.import_captions(text.encode())
    cues = [(cue.start // 1000, cue.end // 1000, cue.text) for cue in converted.document.cues]
    return cues, [f"{loss.kind}: {loss.message}" for loss in converted.losses]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('<p end="9s" tts:visibility="hidden"><set begin="3s" tts:visibility="visible"/>x</p>', [(3, 9, "x")]),
        ('<p begin="1s" end="9s" tts:display="none"><set begin="2s" dur="1s" tts:display="auto"/>x</p>', [(3, 4, "x")]),
        ('<p begin="1s" end="9s"><set begin="2s" end="4s" tts:opacity="0"/>x</p>', [(1, 3, "x"), (5, 9, "x")]),
        ('<p begin="1s" end="9s"><set begin="2s" tts:opacity="0.9"/>x</p>', [(1, 9, "x")]),
        ('<p begin="1s" end="9s"><set begin="2s" tts:color="red"/>x</p>', [(1, 3, "x"), (3, 9, "<c.red>x</c>")]),
        (
            '<p begin="1s" end="9s"><set begin="2s" tts:color="red" tts:fontStyle="italic"/>x</p>',
            [(1, 3, "x"), (3, 9, "<c.red><i>x</i></c>")],
        ),
        (  # what a child says itself counts more, and of two steps the later one
            '<p end="9s"><set tts:color="red"/><set begin="5s" tts:color="lime"/>x<i tts:color="blue">y</i></p>',
            [(0, 5, "<c.red>x</c><c.blue><i>y</i></c>"), (5, 9, "<c.lime>x</c><c.blue><i>y</i></c>")],
        ),
        (
            '<p begin="1s" end="9s">x <span><set end="2s" tts:visibility="hidden"/>y</span></p>',
            [(1, 9, "x y")],  # words that come are shown from the beginning, as everywhere
        ),
        ('<div begin="1s" end="9s"><set begin="4s" tts:display="none"/><p>x</p></div>', [(1, 5, "x")]),
    ],
)  # fmt: skip
def test_steps_that_change_what_is_displayed_are_played(body: str, expected: list[tuple[int, int, str]]) -> None:
    cues, _ = played(body)
    assert cues == expected


def test_a_region_that_comes_and_goes_takes_its_captions_with_it() -> None:
    p = '<p region="r" begin="1s" end="9s">x</p>'
    cues, losses = played(p, '<set begin="3s" end="5s" tts:display="none"/>')
    assert cues == [(1, 3, "x"), (5, 9, "x")]
    assert not losses


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ('<set begin="1s" tts:origin="1% 1%"/>', "animation: origin that changes while it is shown"),
        ('<animate dur="1s" tts:color="red;blue"/>', "animation: color that changes while it is shown"),
        ('<set begin="soon" tts:color="red"/>', "unreadable time: begin='soon' is no time; left out"),
        ("".join([f'<set begin="{n}s" dur="1s" tts:color="#00000{n}"/>' for n in range(9)]),
         "animation: its look changes 7 times; the first 3 changes are shown"),
    ],
)  # fmt: skip
def test_what_is_not_played_is_named(step: str, message: str) -> None:
    cues, losses = played(f'<p begin="1s" end="9s">{step}x</p>')
    assert cues[-1][1:] == (9, cues[-1][2])
    assert message in losses


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ('ttm:role="sound"', "class: role (sound)"),
        ('ttm:role="caption dialog"', ""),
        ('tts:textCombine="all"', "font attribute: textCombine (all)"),
        ('tts:unicodeBidi="bidiOverride"', "font attribute: unicodeBidi (bidiOverride)"),
        ('tts:direction="rtl" tts:unicodeBidi="embed"', ""),
        ('imsc:forcedDisplay="true"', "font attribute: forcedDisplay (true)"),
        ('style="none"', "font attribute: styles that are not defined (none)"),
        ('condition="false"', "font attribute: condition (false)"),
    ],
)
def test_what_captions_have_no_form_for_is_named_once(said: str, message: str) -> None:
    more = 'xmlns:ttm="http://www.w3.org/ns/ttml#metadata" xmlns:imsc="http://www.w3.org/ns/ttml/profile/imsc1#styling"'
    converted = read(f'<p begin="1s" end="2s" {said}>x</p><p begin="3s" end="4s" {said}>y</p>', f"{TTS} {more}")
    assert [f"{loss.kind}: {loss.message}" for loss in converted.losses] == ([message] if message else [])


@pytest.mark.parametrize("said", ['tts:visibility="hidden"', 'tts:display="none"', 'tts:opacity="0"'])
def test_words_that_are_never_shown_are_named(said: str) -> None:
    converted = read(f'<p begin="1s" end="2s">x <span {said}>y</span></p>', TTS)
    assert [cue.text for cue in converted.document.cues] == ["x"]
    assert [loss.message for loss in converted.losses] == ["'y' is never shown"]


@pytest.mark.parametrize("said", ['ttp:dropMode="dropPAL"', 'ttp:markerMode="discontinuous"'])
def test_time_codes_that_are_taken_otherwise_are_said(said: str) -> None:
    converted = read('<p begin="00:00:01:00" end="00:00:02:00">x</p>', f'ttp:timeBase="smpte" {NTSC} {said}')
    assert len(converted.remarks) == 1 and "were taken as without" in converted.remarks[0]

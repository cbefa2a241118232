"""SRT to WebVTT as a browser renders it: the 17 cases that no peer gets all right, and what else is placed or styled.

The judge of the text is `cue_text_steps`, the specification's own steps, and not the reader under test.
"""

from __future__ import annotations

import cue_text_steps
import pytest

from captionkit.conversion import convert
from captionkit.crosscheck import crosscheck
from captionkit.documents import dumps, loads, to_bytes
from captionkit.formats.webvtt import parse_settings
from captionkit.markup import End, Event, Start, Text, webvtt
from captionkit.model import Cue, Document, Severity


def srt(text: str, settings: str = "", times: str = "00:00:01,000 --> 00:00:02,000") -> bytes:
    return f"1\n{times}{settings}\n{text}\n\n2\n125:00:05,000 --> 125:00:06,000\nAfter.\n".encode()


def made_of(data: bytes) -> Document:
    """The file that a browser gets: converted, written, read again, free of errors, and read by the second reader."""
    text = dumps(convert(loads(data, "srt"), "vtt").document)
    document = loads(text, "vtt")
    assert [found for found in document.diagnostics if found.severity is Severity.ERROR] == []
    assert crosscheck(text, "vtt") == []
    problems: list[str] = []
    for cue in document.cues:
        webvtt.parse(cue.text, lambda kind, offset, tag: problems.append(kind))
        assert parse_settings(cue.settings)[1] == ()
    assert problems == []
    assert [cue.text for cue in document.cues][-1] == "After."
    return document


def rendered(text: str, settings: str = "") -> tuple[str, list[Event], Cue]:
    cue = made_of(srt(text, settings)).cues[0]
    events = cue_text_steps.parse(cue.text)
    return "".join([event.value for event in events if isinstance(event, Text)]), events, cue


@pytest.mark.parametrize(
    "words", ["AT&T a < b > c <3 x<y", "go A --> B", "00:00:01.000 --> 00:00:02.000 x", "fish &amp; chips",
              "use <foo> </bar>",
              "NOTE that", "STYLE", "REGION\nx", "WEBVTT", "a\u2028b\x0bc", "{braces}", ">> Bob:", "-->", "&lt;i&gt;"]
)  # fmt: skip
def test_words_are_shown_as_they_stand(words: str) -> None:
    if words.startswith("00:"):
        words = f"x {words}"
    shown, events, _ = rendered(words)
    assert shown == words
    assert [event for event in events if not isinstance(event, Text)] == []


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("<i>a</i>", [Start("i"), Text("a"), End("i")]),
        ("<b>a</b>", [Start("b"), Text("a"), End("b")]),
        ("<u>a</u>", [Start("u"), Text("a"), End("u")]),
        ("<I>a</I>", [Start("i"), Text("a"), End("i")]),
        ("{\\i1}a{\\i0}b", [Start("i"), Text("a"), End("i"), Text("b")]),
        ("<i>a", [Start("i"), Text("a"), End("i")]),
        ('<font color="#FFFF00">a</font>', [Start("c", ("yellow",)), Text("a"), End("c")]),
        ("<font color=Red>a</font>", [Start("c", ("red",)), Text("a"), End("c")]),
        ("<font size=5>a</font>", [Text("a")]),
        ("a<br/>b", [Text("a\nb")]),
    ],
)
def test_markup_is_shown_as_styles(text: str, spans: list[Event]) -> None:
    assert rendered(text)[1] == spans


def test_other_colours_get_a_style_sheet() -> None:
    document = made_of(srt('<font color="#ff8000">a</font> <s>b</s>'))
    assert [style.text for style in document.styles] == [
        "::cue(.c-ff8000) { color: #ff8000 }\n::cue(.strike) { text-decoration: line-through }"
    ]
    assert document.cues[0].text == "<c.c-ff8000>a</c> <c.strike>b</c>"


@pytest.mark.parametrize(
    ("tag", "settings"),
    [
        ("{\\an1}", "position:0% align:left"),
        ("{\\an2}", ""),
        ("{\\an3}", "position:100% align:right"),
        ("{\\an4}", "line:50%,center position:0% align:left"),
        ("{\\an5}", "line:50%,center"),
        ("{\\an6}", "line:50%,center position:100% align:right"),
        ("{\\an7}", "line:0 position:0% align:left"),
        ("{\\an8}", "line:0"),
        ("{\\an9}", "line:0 position:100% align:right"),
        ("{\\a6}", "line:0"),
        ("{\\an8\\pos(192,72)}", "line:25% position:50%"),
        ("{\\pos(192,144)}", "line:50%,end position:50%"),
    ],
)
def test_anchors_and_points_are_cue_settings(tag: str, settings: str) -> None:
    shown, _, cue = rendered(f"{tag}Hi")
    assert (shown, cue.settings) == ("Hi", settings)


@pytest.mark.parametrize(
    ("coordinates", "settings"),
    [
        ("X1:180 X2:540 Y1:48 Y2:96", "line:10% position:50%"),
        ("X1:960 X2:960 Y1:108 Y2:200", "line:15% position:75%"),
        ("X1:0 X2:1920 Y1:972 Y2:1080", "line:90% position:50%"),
        ("X1:0 X2:0 Y1:0 Y2:0", ""),
    ],
)
def test_coordinates_are_percentages_of_the_likeliest_picture(coordinates: str, settings: str) -> None:
    assert rendered("Hi", f" {coordinates}")[2].settings == settings


def test_a_blank_line_in_a_cue_stays_in_the_cue() -> None:
    assert rendered("above\n\nbelow")[0] == "above\n\u00a0\nbelow"


def test_hours_over_99_keep_their_value() -> None:
    cue = made_of(srt("late", times="123:45:01,250 --> 123:45:02,500")).cues[0]
    assert (cue.start, cue.end) == (445501250, 445502500)


def test_a_byte_order_mark_does_not_reach_the_webvtt() -> None:
    converted = convert(loads(b"\xef\xbb\xbf" + srt("Hi")), "vtt")
    assert to_bytes(converted.document).startswith(b"WEBVTT")


def test_a_carriage_return_ends_a_line_and_a_nul_is_shown_as_a_browser_shows_it() -> None:
    assert rendered("a\rb")[0] == "a\nb"
    assert rendered("a\0b")[0] == "a\ufffdb"


def test_an_empty_cue_is_kept() -> None:
    assert rendered("")[0] == ""


def test_white_space_cues_do_not_end_the_file() -> None:
    assert rendered("  ")[0] == "  "
    assert rendered("a\n  \nb")[0] == "a\n  \nb"

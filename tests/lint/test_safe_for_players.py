"""A safe fix changes nothing that any player shows; what some drop comes back only when asked for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from players import PLAYERS, ffmpeg, pysrt

from captionkit.documents import loads
from captionkit.lint import check, settings_for
from captionkit.lint.checker import Checker
from captionkit.lint.fixing import Fixed, fix_document
from captionkit.lint.rule import Fix

CORPUS = Path(__file__).parents[3] / "shared" / "corpora"
FILES = sorted(CORPUS.rglob("*.srt"))[5::11]


def mended(text: str | bytes, name: str, *, restore: bool = False, unsafe: bool = False) -> Fixed:
    return fix_document(loads(text, path=name), Checker(settings_for()), restore=restore, unsafe=unsafe, path=name)


def assert_safe(text: str, name: str) -> None:
    once = mended(text, name)
    after = once.data.decode()
    for player, shows in PLAYERS[name[-3:]].items():
        assert shows(after) == shows(text), (player, text, after)
    assert mended(after, name).data == once.data


numbers = st.sampled_from(["N", "N", "N", "7", "", "Nb", "0N", "#N", "Words here"])
starts = st.integers(0, 40_000)
fields = st.sampled_from(
    ["{h:02d}:{m:02d}:{s:02d},{f:03d}", "{h:02d}:{m:02d}:{s:02d}.{f:03d}", "{h}:{m:02d}:{s:02d},{f:03d}",
     "{m:02d}:{s:02d},{f:03d}", "{h:02d}:{m:02d}:{s:02d}", "{h:02d}:{m:02d}:{s:02d},{f:01d}",
     "{h:02d}:{m}:{s:02d},{f:03d}", "{h:02d}:{m:02d}:{s:02d},{f:04d}", "{h:02d}:{m:02d}:{s:02d}:{f:03d}"]
)  # fmt: skip
usual = st.just("{h:02d}:{m:02d}:{s:02d},{f:03d}")
arrows = st.sampled_from([" --> ", " --> ", " --> ", "-->", "  -->  ", " -> ", " --> \u200e"])
tails = st.sampled_from(["", "", "", " align:start", " Hello all", " X1:1 X2:2 Y1:1 Y2:2", "  "])
texts = st.sampled_from(
    ["Hello there.", "  spaced  out ", "Hello\n there \nyou", "<i>open", "5 apples", "2024", "one\n7", "a & b &amp; c",
     "zero\u200bwidth", "bell\x07", "", "<b>x</b> y</i>", "12:30 pm", "A --> B", "{\\an8}top", "caf\u00e9\u00ad s"]
)  # fmt: skip
gaps = st.sampled_from(["\n\n", "\n\n", "\n\n", "\n\n\n", "\n", "\n \n"])
blocks = st.lists(
    st.tuples(numbers, starts, st.integers(0, 5_000), st.one_of(usual, usual, fields), arrows, tails, texts, gaps),
    min_size=1, max_size=6,
)  # fmt: skip


def time(ms: int, form: str) -> str:
    return form.format(h=ms // 3_600_000, m=ms // 60_000 % 60, s=ms // 1000 % 60, f=ms % 1000)


@settings(max_examples=250, deadline=None)
@given(blocks, st.sampled_from(["", "\ufeff", "\n"]), st.sampled_from(["\n", "\r\n"]))
def test_a_safe_fix_of_srt_changes_nothing_that_any_player_shows(
    given_blocks: list[tuple[str, int, int, str, str, str, str, str]], head: str, newline: str
) -> None:
    text = head
    for at, (number, start, length, form, arrow, tail, words, gap) in enumerate(given_blocks, 1):
        line = number.replace("N", str(at))
        text += f"{line}\n" if line else ""
        text += f"{time(start, form)}{arrow}{time(start + length, form)}{tail}\n{words}{gap}"
    assert_safe(text.replace("\n", newline), "a.en.srt")


vtt_texts = st.sampled_from(
    ["Hello there.", "  spaced  out ", "a & b", "<i>open", "<c..loud>x</c>", "<i></i>y", "zero\u200bwidth", "<v Bob>z",
     "List<String> x", "caf&eacute;", "{\\an8}top", "5 > 3", "&amp", "two\nlines ", "<b>a</i></b>", "bell\x07"]
)  # fmt: skip
vtt_settings = st.sampled_from(["", "", " align:middle", " line:0", " start", " position:10%,start"])
vtt_blocks = st.lists(
    st.tuples(st.sampled_from(["", "1", "1", "a"]), starts, st.integers(0, 5_000), vtt_settings, vtt_texts, gaps),
    min_size=1, max_size=6,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(vtt_blocks, st.sampled_from(["WEBVTT\n\n", "WEBVTT\n", "webvtt\n\n", "", "WEBVTT\nKind: captions\n\n"]))
def test_a_safe_fix_of_webvtt_changes_nothing_that_any_player_shows(
    given_blocks: list[tuple[str, int, int, str, str, str]], head: str
) -> None:
    text = head
    for identifier, start, length, tail, words, gap in given_blocks:
        text += f"{identifier}\n" if identifier else ""
        form = "{h:02d}:{m:02d}:{s:02d}.{f:03d}" if start % 2 else "{m:02d}:{s:02d}.{f:03d}"
        text += f"{time(start, form)} --> {time(start + length, form)}{tail}\n{words}{gap}"
    assert_safe(text, "a.en.vtt")


@pytest.mark.skipif(not FILES, reason="the corpora are not here")
@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}-{file.stem[:20]}")
def test_a_safe_fix_of_real_captions_changes_nothing_that_any_player_shows(file: Path) -> None:
    assert_safe(file.read_bytes().decode("utf-8", "replace"), "a.srt")


@pytest.mark.parametrize("fraction", ["5", "50", "5000"])
def test_a_fraction_that_players_read_in_two_ways_is_mended_only_when_asked_for(fraction: str) -> None:
    text = f"1\n00:00:01,{fraction} --> 00:00:09,000\nHello there.\n"
    assert ffmpeg(text) != ffmpeg(mended(text, "a.en.srt", unsafe=True).data.decode()) or fraction == "500"
    for restore in (False, True):
        assert mended(text, "a.en.srt", restore=restore).data.decode() == text
    found = [one for one in check(loads(text, path="a.en.srt")) if one.code == "SRT012"]
    assert [one.fix for one in found] == [Fix.UNSAFE]


def test_a_safe_fix_of_the_text_does_not_mend_the_fraction_above_it_on_the_way() -> None:
    text = "4\n00:00:01,5 --> 00:00:09,000\nHello  there. \n"
    assert mended(text, "a.en.srt").data.decode() == text.replace("Hello  there. ", "Hello there.")


@pytest.mark.parametrize(
    "text",
    [
        "1\n00:00:01,000 -> 00:00:03,000\nHello there.\n",
        "1\n00:00:01,000-->00:00:03,000\nHello there.\n",
        "1\n00:01,000 --> 00:03,000\nHello there.\n",
        "1\n00:00:01 --> 00:00:03\nHello there.\n",
        "1\n00:00:01,000 --> 00:00:03,000\nHello there.\n2\n00:00:04,000 --> 00:00:06,000\nAnd you.\n",
        "WEBVTT\n\n1\n00:00:01,000 --> 00:00:03,000\nHello there.\n",
    ],
)
def test_what_some_players_drop_is_brought_back_when_asked_for_and_then_all_show_it(text: str) -> None:
    assert mended(text, "a.en.srt").data.decode() == text
    after = mended(text, "a.en.srt", restore=True).data.decode()
    shown = [shows(after) for shows in PLAYERS["srt"].values()]
    assert all(one == shown[0] for one in shown) and shown[0]


@pytest.mark.parametrize(
    ("text", "cues"),
    [
        ("webvtt\n\n00:01.000 --> 00:03.000\nHello there.\n", 1),
        ("00:01.000 --> 00:03.000\nHello there.\n", 1),
        ("WEBVTT\n\n1\n00:00:01,000 --> 00:00:03,000\nHello there.\n", 1),
        ("WEBVTT\n\n00:01.000 --> 00:03.000\nHello.\n\n00:04.000 => 00:06.000\nThere.\n", 2),
        ("WEBVTT\n00:01.000 --> 00:03.000\nHello.\n", 1),
    ],
)
def test_what_browsers_refuse_comes_back_with_restore(text: str, cues: int) -> None:
    assert mended(text, "a.en.vtt").data.decode() == text
    after = mended(text, "a.en.vtt", restore=True).data.decode()
    assert [len(shows(after)) for shows in PLAYERS["vtt"].values()] == [cues] * 3


def test_no_safe_fix_touches_the_text_of_a_file_whose_encoding_is_a_guess() -> None:
    lines = [
        "\u039a\u03b1\u03bb\u03b7\u03bc\u03ad\u03c1\u03b1 \u03c3\u03b1\u03c2 ",
        " \u039a\u03b1\u03b9  \u03c0\u03ac\u03bb\u03b9",
    ]
    text = "".join(f"{n + 3}\n00:00:0{n + 1},000 --> 00:00:0{n + 1},900\n{lines[n % 2]}\n\n" for n in range(8))
    data = text.encode("cp1253")
    after = mended(data, "a.el.srt").data
    spoken = [line for line in data.split(b"\n") if line[:1] not in b"0123456789\n"]
    assert [line for line in after.split(b"\n") if line[:1] not in b"0123456789\n"] == spoken
    found = [one for one in check(loads(data, path="a.el.srt")) if one.code == "ENC001"]
    assert [one.fix for one in found] == [Fix.UNSAFE]


def test_the_model_of_pysrt_is_pysrt() -> None:
    real = pytest.importorskip("pysrt")
    text = (
        "1\n00:00:01,5 --> 00:00:03.000\nHello\nthere.\n\n00:00:04,000 --> 00:00:05,000\nNo number.\n\n\n"
        "x\n0:00:06,000-->0:00:07,000 X1:3\n<i>Odd</i>\n\n4\n00:08,000 --> 00:09,000\nNo hours.\n"
    )
    items = real.from_string(text)
    expected = [(item.start.ordinal, item.end.ordinal, re.sub("<[^>]*>", "", item.text)) for item in items]
    assert pysrt(text) == expected

"""The fast way and the careful way from SRT text to WebVTT text give the same, for any text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from captionkit.conversion import convert, convert_text
from captionkit.conversion.quick import _MAY_BE_TIMING, srt_bytes_to_webvtt, srt_to_webvtt
from captionkit.documents import dumps, load, loads, to_bytes
from captionkit.formats._timing import MAY_BE_TIMING

ROOT = Path(__file__).parents[2]
LINES = [
    "", "", "", " ", "\t", "\u00a0", "\u200c", "1", "2", "3", "007", "1984", "x", "Hi, you", "Bob: hi",
    "At 10:30", "a & b", "<i>x",
    "10^{-5}", "R&D &amp; {x}",
    "{\\an8}y", "{\\fad(1,2)}", "<font size=5 color=#123456>z</font>", "<s>q</s>", "-->", "a --> b",
    "00:00:01,000 --> 00:00:02,000", "00:00:03,000 --> 00:00:04,000", "123:00:03,000 --> 123:00:04,000",
    "0:0:1 --> 0:0:2", "00:00:03.000 -> 00:00:04.000", "-00:00:01,000 --> 00:00:02,000",
    "00:00:01,000 --> 00:00:02,000 X1:1 X2:2 Y1:3 Y2:4", "00:00:05,000 --> 00:00:04,000",
    "00:61:05,000 --> 00:00:04,000", "NOTE x", "WEBVTT", "\ufeff", "trailing ", "\0", "é\u2028", "１：２", "5 :",
    "00：00：01,000 --> 00：00：02,000", "00:00:01,000-->",
]  # fmt: skip
plain_cues = st.integers(1, 9).map(lambda n: f"{n}\n00:00:0{n},000 --> 00:00:0{n},900\nHi, you\n")
dotted_cues = plain_cues.map(lambda cue: cue.replace(",", ".", 2))
short_cues = dotted_cues.map(lambda cue: cue.replace("00:00:", "0:00:"))
empty_cues = st.integers(1, 9).map(lambda n: f"{n}\n00:00:0{n},000 --> 00:00:0{n},900\n\n")
run_on_cues = plain_cues.map(lambda cue: cue.rstrip("\n") + "\nsaid 1984.")
texts = st.tuples(
    st.sampled_from(["", "\ufeff", "\n", "\n\n"]),
    st.lists(
        st.sampled_from(LINES) | plain_cues | dotted_cues | short_cues | empty_cues | run_on_cues, max_size=25
    ).map("\n".join),
    st.sampled_from(["\n", "\n", "\r\n", "\r"]),
).map(lambda parts: (parts[0] + parts[1]).replace("\n", parts[2]))


def carefully(text: str, carry: bool = True) -> tuple[str, tuple[object, ...]]:
    converted = convert(loads(text, "srt"), "vtt", carry=carry)
    return dumps(converted.document), converted.losses


@given(texts, st.booleans())
@example(
    "2\n00:00:02,000 --> 00:00:02,900\nR&D\n\n1\n00:00:01,000 --> 00:00:01,900\na\n\n2\n0:0:1 --> 0:0:2\nb\n", True
)
@example("junk\n\n2\n00:00:03,000 --> 00:00:04,500\ngo A --> B\n", True)
def test_both_ways_give_the_same_text_and_the_same_losses(text: str, carry: bool) -> None:
    assert convert_text(text, "srt", "vtt", carry=carry) == carefully(text, carry)


@pytest.mark.parametrize(
    "path", sorted((ROOT / "fixtures" / "fidelity" / "srt").glob("*.srt")), ids=lambda path: path.stem
)
def test_both_ways_give_the_same_for_every_feature(path: Path) -> None:
    text = path.read_bytes().decode()
    assert convert_text(text, "srt", "vtt") == carefully(text)


def test_both_ways_give_the_same_for_real_captions_and_the_fast_way_takes_them() -> None:
    files = sorted((ROOT.parent / "shared" / "corpora").rglob("*.srt"))[::4]
    if not files:
        pytest.skip("no corpus beside the checkout")
    texts = [("\ufeff" if load(file).bom else "") + dumps(load(file)) for file in files]
    assert [srt_to_webvtt(text.lstrip("\ufeff")) is not None for text in texts].count(False) <= len(texts) // 10
    for text in [*texts, "\n\n".join([text.lstrip("\ufeff") for text in texts])]:
        assert convert_text(text, "srt", "vtt") == carefully(text)


@given(texts)
def test_the_bytes_of_a_file_are_the_same_both_ways(text: str) -> None:
    document = loads(text.encode(), path="a.srt")
    quick = srt_bytes_to_webvtt(text.encode())
    if quick is not None:
        converted = convert(document, "vtt")
        assert (quick.text.encode(), quick.losses) == (to_bytes(converted.document), converted.losses)
        assert (document.format, len(document.cues)) == ("srt", quick.cues)


@pytest.mark.parametrize("words", ["Bob: hi", "at 10:30", "R&D: {x} &amp; 10^{-5}", "", "\n", "\n\n", "比例：三"])
def test_words_that_only_look_like_more_are_converted_without_rendering(
    words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = f"1\n00:00:01,000 --> 00:00:02,000\n{words}\n\n2\n00:00:03,000 --> 00:00:04,000\n{words}\n"
    result = carefully(text)
    monkeypatch.setattr("captionkit.conversion.to_webvtt.Rendering", None)
    assert convert_text(text, "srt", "vtt") == result


def test_the_pattern_of_lines_that_may_be_timing_lines_is_that_of_the_reader() -> None:
    assert _MAY_BE_TIMING.pattern == f"^{MAY_BE_TIMING}"


def test_other_pairs_of_formats_are_converted_too() -> None:
    text = "WEBVTT\n\n00:00:01.000 --> 00:00:02.000 line:0\n<v Bob>Hi\n"
    assert convert_text(text, "vtt", "srt")[0] == "1\n00:00:01,000 --> 00:00:02,000\n{\\an8}Hi\n\n"
    assert [loss.kind for loss in convert_text(text, "vtt", "srt")[1]] == ["voice"]

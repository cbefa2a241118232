"""The fast way and the careful way to other times give the same bytes, for any file."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from captionkit.cli.frame import run
from captionkit.clock import linear
from captionkit.conversion import convert
from captionkit.documents import load, loads, to_bytes
from captionkit.errors import ContentError
from captionkit.model import timecode
from captionkit.quick_timing import _written, retimed
from captionkit.timing import retime, shift

ROOT = Path(__file__).parents[1]
LINES = [
    "", "", "", " ", "\t", "\u00a0", "1", "2", "007", "x", "Hi, you", "Bob: hi", "At 10:30", "a & b", "<i>x</i>",
    "-->", "a --> b", "00:00:01,000 --> 00:00:02,000", "00:00:01.000 --> 00:00:02.000", "00:01.000 --> 00:02.000",
    "00:00:01.000 --> 00:00:02.000 line:0", "00:00:01.000 --> 00:00:02.000  line:0 ", "00:00:01.000 --> 00:00:02.000 ",
    "00:00:01.000 --> 00:00:02.000\tline:0", "0:00:01,000 --> 0:00:02,000", "123:00:03,000 --> 123:00:04,000",
    "00:00:00,000 --> 00:00:00,000", "00:00:00.000 --> 00:00:01.000", "00:00:05,000 --> 00:00:04,000",
    "00:00:01,000 --> 00:00:02,000 X1:1 X2:2 Y1:3 Y2:4", "NOTE x", "STYLE", "REGION", "id:a", "WEBVTT", "\ufeff",
    "a <00:00:01.500>b", "trailing ", "\0", "é\u2028", "１：２", "00：00：01,000 --> 00：00：02,000", "5 :",
]  # fmt: skip
plain_srt = st.integers(1, 9).map(lambda n: f"{n}\n00:00:0{n},000 --> 00:00:0{n},900\nHi, you\n")
plain_vtt = st.sampled_from(["", "x\n", "NOTE a\n"]).flatmap(
    lambda name: st.integers(1, 9).map(lambda n: f"{name}00:00:0{n}.000 --> 00:0{n}:01.900 align:start\nHi, <b>you\n")
)
files = st.tuples(
    st.sampled_from(["", "\ufeff", "WEBVTT\n\n", "\ufeffWEBVTT\n\n", "WEBVTT - x\nKind: captions\n\n", "\n"]),
    st.lists(plain_srt, max_size=5).map("\n".join)
    | st.lists(plain_vtt, max_size=5).map("\n".join)
    | st.lists(st.sampled_from(LINES) | plain_srt | plain_vtt, max_size=12).map("\n".join),
    st.sampled_from(["", "\n"]),
    st.sampled_from(["\n", "\n", "\r\n", "\r"]),
).map(lambda parts: (parts[0] + parts[1] + parts[2]).replace("\n", parts[3]).encode())
SRT = "1\n00:00:01,000 --> 00:00:02,000\none\n\n2\n00:00:03,000 --> 00:00:04,000\ntwo\n"


def beginning_at_0(data: bytes) -> int:
    return sum([cue.start == 0 for cue in loads(data).cues])


@given(
    files, st.sampled_from([1, -1, 1000, -1000, -4500, 10**7, -(10**7)]), st.sampled_from([None, 0, 1000, 2001]),
    st.sampled_from([None, 0, 3000, 10**6]),
)  # fmt: skip
@example(b"WEBVTT\n\nNOTE a\n\n\n00:01.000 --> 00:02.000\na\n\nNOTE b\n", 1000, None, None)
@example(SRT.encode(), 1000, None, 2000)
def test_both_ways_to_shift_give_the_same_bytes(data: bytes, by: int, since: int | None, until: int | None) -> None:
    quick = retimed(data, linear(1, by), since, until)
    if quick is None:
        return
    shifted = to_bytes(shift(loads(data), by, since=since, until=until))
    assert quick == (shifted, loads(data).format)
    # And nothing would have been said of cues that begin at 0 or are gone.
    assert beginning_at_0(shifted) <= beginning_at_0(data)
    assert len(loads(shifted).cues) == len(loads(data).cues)


@given(files, st.fractions(Fraction(1, 3), 3, max_denominator=1001), st.sampled_from([0, 700, Fraction(1, 3), -500]))
def test_both_ways_to_retime_give_the_same_bytes(data: bytes, scale: Fraction, offset: Fraction | int) -> None:
    quick = retimed(data, linear(scale, offset))
    if quick is not None and (scale != 1 or offset):
        assert quick[0] == to_bytes(retime(loads(data), scale, offset))


def test_both_ways_give_the_same_for_real_captions_and_the_fast_way_takes_most() -> None:
    paths = sorted((ROOT.parent / "shared" / "corpora").rglob("*.srt"))
    if not paths:
        pytest.skip("no corpus beside the checkout")
    contents = [path.read_bytes() for path in paths]
    contents += [to_bytes(convert(load(path), "vtt").document) for path in paths]
    taken = 0
    for data in contents:
        if quick := retimed(data, linear(Fraction(25, 24), 300)):
            taken += 1
            assert quick[0] == to_bytes(retime(loads(data), Fraction(25, 24), 300))
    assert taken * 10 >= len(contents) * 7


@pytest.mark.parametrize("path", sorted((ROOT / "fixtures").rglob("*.*t*")), ids=lambda path: path.name)
def test_both_ways_give_the_same_for_every_fixture(path: Path) -> None:
    quick = retimed(path.read_bytes(), linear(1, 86_400_000))
    assert quick is None or quick[0] == to_bytes(shift(loads(path.read_bytes()), 86_400_000))


@given(st.integers(0, 10**10))
def test_times_are_written_as_everywhere_else(ms: int) -> None:
    assert _written(ms, ",") == timecode(ms, ",")


@pytest.mark.parametrize(
    "text",
    [
        SRT.replace("one", "one\n\nmore"), SRT.replace("\n\n2", "\n\n\n2"), SRT.replace("two", "at 10:30"), "", "x",
        SRT.replace("one", "one\n "), SRT.replace("2\n", "2 \n"), SRT.replace(",", "."), "\0" + SRT,
        "WEBVTT\n\nNOTE only this\n", "WEBVTT\n\n00:01.000 --> 00:02.000\na<00:01.500>b\n",
        "WEBVTT\n\n00:01.000 --> 00:02.000 line:0 \na\n", "WEBVTT\n\na\nb\n00:01.000 --> 00:02.000\nc\n",
        SRT.replace("\n", "\r\n", 3),
    ],
)  # fmt: skip
def test_what_is_not_plain_is_left_to_the_careful_way(text: str) -> None:
    assert retimed(text.encode(), linear(1, 1000)) is None


@pytest.mark.parametrize("change", [linear(1, -1000), linear(1, -1500), linear(1, -2000), linear(1, -9000)])
def test_what_happens_at_zero_is_left_to_the_careful_way(change: Callable[[int], int]) -> None:
    assert retimed(SRT.encode(), change) is None


@pytest.fixture
def lecture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("a.srt").write_text(SRT)
    return tmp_path


@pytest.mark.parametrize("options", [["shift", "--by", "1s"], ["retime", "--ratio", "3/2"]])
def test_a_plain_file_is_never_made_a_document(
    options: list[str], lecture: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(SRT.encode())))
    assert run([options[0], "-", *options[1:]]) == 0
    carefully = capsysbinary.readouterr().out
    monkeypatch.setattr("captionkit.documents.loads", None)
    assert run([options[0], "a.srt", *options[1:]]) == 0
    assert capsysbinary.readouterr().out == carefully
    assert run([options[0], "a.srt", *options[1:], "-o", "b.srt"]) == 0
    assert Path("b.srt").read_bytes() == carefully


def test_a_name_that_says_another_format_is_refused_as_ever(lecture: Path) -> None:
    assert run(["shift", "a.srt", "--by", "1s", "-o", "b.vtt"]) == 2
    assert not Path("b.vtt").exists()


def test_a_file_that_was_misnamed_already_is_shifted_in_place(lecture: Path) -> None:
    Path("a.srt").rename("a.vtt")
    assert run(["shift", "a.vtt", "--by", "1s", "--in-place"]) == 0
    assert Path("a.vtt").read_bytes() == to_bytes(shift(loads(SRT), 1000))


def test_what_would_vanish_before_zero_is_refused_and_nothing_written(lecture: Path) -> None:
    with pytest.raises(ContentError):
        shift(loads(SRT), -3000)
    assert run(["shift", "a.srt", "--by", "-3s", "--in-place"]) == 1
    assert Path("a.srt").read_text() == SRT

from __future__ import annotations

import sys

import pytest

from captionkit import bridges
from captionkit.documents import loads
from captionkit.errors import UsageError

SRT = "1\n00:00:01,000 --> 00:00:02,500 X1:1 X2:2 Y1:3 Y2:4\n<i>Hi</i>\n\n7\n123:00:03,000 --> 123:00:04,000\na & b\n"
VTT = """WEBVTT - Lecture
Kind: captions

NOTE by Ana

REGION
id:a
lines:3

STYLE
::cue(.x) { color: red }

intro
00:00:01.000 --> 00:00:02.500 line:0
<v Bob>Hi

NOTE two
lines

00:00:03.000 --> 00:00:04.000
a &amp; b
"""


def test_srt_goes_to_pysrt_and_back() -> None:
    pytest.importorskip("pysrt")
    document = loads(SRT)
    file = bridges.to_pysrt(document)
    assert [(item.index, item.start.ordinal, item.end.ordinal, item.text) for item in file] == [
        (1, 1000, 2500, "<i>Hi</i>"),
        (7, 442803000, 442804000, "a & b"),
    ]
    assert [cue.content for cue in bridges.from_pysrt(file).cues] == [cue.content for cue in document.cues]


def test_webvtt_goes_to_pysrt_by_conversion() -> None:
    pytest.importorskip("pysrt")
    assert [item.text for item in bridges.to_pysrt(loads(VTT))] == ["{\\an8}Hi", "a & b"]


def test_webvtt_goes_to_webvtt_py_and_back() -> None:
    document = loads(VTT)
    captions = bridges.to_webvtt_py(document)
    assert [caption.raw_text for caption in captions.captions] == ["<v Bob>Hi", "a &amp; b"]
    back = bridges.from_webvtt_py(captions)
    assert [cue.content for cue in back.cues] == [cue.content for cue in document.cues]
    assert [note.text for note in back.notes] == [note.text.replace("NOTE two", "NOTE\ntwo") for note in document.notes]
    assert [style.text for style in back.styles] == [style.text for style in document.styles]


def test_srt_goes_to_webvtt_py_by_conversion() -> None:
    assert [caption.raw_text for caption in bridges.to_webvtt_py(loads(SRT)).captions] == ["<i>Hi</i>", "a &amp; b"]


@pytest.mark.parametrize(
    ("module", "call", "requirement"),
    [("pysrt", bridges.to_pysrt, "pysrt"), ("webvtt", bridges.to_webvtt_py, "webvtt-py")],
)
def test_a_library_that_is_missing_is_named_with_how_to_get_it(
    module: str, call: object, requirement: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(UsageError, match=requirement):
        call(loads(SRT))  # type: ignore[operator]

"""A cue that was changed keeps what was not: its number, timing line and blank lines stand as they stood."""

from __future__ import annotations

from typing import Any

import pytest

from captionkit.documents import dumps, loads
from captionkit.model import Document

HEADS = {
    "srt": [
        "4\n00:00:01,5 --> 00:00:09,000\n",
        "\n\n  \n7b\n0:00:01.000-->0:00:02.000 X1:10 X2:20\n",
        "1\n\n00:00:01 ,000 -> 00:00:02,000  \n",
        "00:00:01,000 --> 00:00:02,000\n",
    ],
    "vtt": [
        "WEBVTT\n\nintro\n00:01.000-->00:02.000\talign:middle  line:0 \n",
        "WEBVTT\n\n\n  \n1:00:01.000 --> 1:00:02.000\n",
    ],
}
TAILS = ["", "\n", "\n\n", "\n\n\n\n", "\n  \n\n", "\n \n\n2\n00:00:05,000 --> 00:00:06,000\nNext.\n"]


def with_first(document: Document, **changes: Any) -> str:
    first, *others = document.cues
    return dumps(document.with_cues([first._replace(**changes), *others]))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("tail", TAILS)
@pytest.mark.parametrize(("kind", "head"), [(kind, head) for kind, heads in HEADS.items() for head in heads])
def test_only_the_text_of_a_cue_is_written_anew(kind: str, head: str, tail: str, end: str) -> None:
    if kind == "vtt":
        tail = tail.replace(" ", "")  # a line of spaces is text of the cue there
    text = f"{head}Hello\nthere.{tail}".replace("\n", end)
    document = loads(text, kind)
    assert with_first(document, text="Good\nday\nto you.") == text.replace(
        f"Hello{end}there.", f"Good{end}day{end}to you.", 1
    )
    without = with_first(document, text="")
    assert not loads(without, kind).cues[0].text.strip()
    assert without.startswith(head.replace("\n", end).rstrip(end))


@pytest.mark.parametrize(("kind", "head"), [(kind, head) for kind, heads in HEADS.items() for head in heads])
def test_only_the_identifier_or_the_settings_are_written_anew(kind: str, head: str) -> None:
    text = f"{head}Hello.\n"
    document = loads(text, kind)
    cue = document.cues[0]
    named = with_first(document, identifier="12")
    assert loads(named, kind).cues[0][:5] == (*cue[:3], "12", cue.settings)
    placed = with_first(document, settings="align:left")
    assert loads(placed, kind).cues[0][:5] == (*cue[:4], "align:left")
    if "-->" not in text:
        return  # nothing may stand behind another arrow: all of the cue is written anew
    times = (head.rstrip("\n").rpartition("\n")[2].partition(" X1")[0]).partition("\t")[0].rstrip()
    assert f"{times} align:left" in placed or f"{times}\talign:left" in placed


def test_a_cue_with_other_times_is_written_anew_as_a_whole() -> None:
    document = loads("1\n0:00:01.5-->0:00:02.000\nHello.\n\n\n\n2\n00:00:05,000 --> 00:00:06,000\nNext.\n", "srt")
    assert with_first(document, end=3000).startswith("1\n00:00:01,500 --> 00:00:03,000\nHello.\n\n2\n")


def test_a_cue_that_is_divided_keeps_nothing() -> None:
    document = loads("1\n0:00:01.000-->0:00:03.000\nHello there.\n", "srt")
    cue = document.cues[0]
    parts = [cue._replace(end=2000, text="Hello"), cue._replace(start=2000, text="there.", identifier="")]
    assert dumps(document.with_blocks(parts)) == (
        "1\n00:00:01,000 --> 00:00:02,000\nHello\n\n2\n00:00:02,000 --> 00:00:03,000\nthere.\n\n"
    )

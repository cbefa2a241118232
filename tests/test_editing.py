"""Documents edited from Python, and what is answered to who tries it otherwise."""

from __future__ import annotations

import pickle
from collections.abc import Callable

import pytest

import captionkit
from captionkit import Cue, Document

VTT = """WEBVTT

NOTE of the file

one
00:00:01.000 --> 00:00:02.000
First

NOTE above the second

00:00:03.000 --> 00:00:04.000
Second

NOTE above the third

00:00:05.000 --> 00:00:06.000
Third

NOTE at the end
"""
SRT = "1\n00:00:01,000 --> 00:00:02,000\nFirst\n\n2\n00:00:03,000 --> 00:00:04,000\nSecond\n"


def order(document: Document) -> list[str]:
    """The texts of cues and notes as they stand in what is written."""
    again = captionkit.loads(captionkit.dumps(document))
    return [block.text.removeprefix("NOTE ") for block in again.blocks if isinstance(block, Cue | captionkit.Note)]


def test_a_cue_that_is_left_out_takes_nothing_else_along() -> None:
    document = captionkit.loads(VTT)
    first, _, third = document.cues
    shorter = document.with_cues([first, third])
    assert order(shorter) == ["of the file", "First", "above the second", "above the third", "Third", "at the end"]


@pytest.mark.parametrize(
    ("at", "before"), [(0, "First"), (1, "above the second"), (2, "above the third"), (3, "at the end")]
)
def test_a_cue_that_comes_in_follows_the_one_before_it(at: int, before: str) -> None:
    document = captionkit.loads(VTT)
    cues = list(document.cues)
    cues.insert(at, Cue(500, 900, "New"))
    told = order(document.with_cues(cues))
    assert told[told.index("New") + 1] == before
    assert [text for text in told if text != "New"] == order(document)


def test_cues_that_are_changed_and_fewer_are_known_by_where_they_were_read() -> None:
    document = captionkit.loads(VTT)
    later = document.with_cues(cue.replace(start=cue.start + 100) for cue in document.cues if cue.text != "Second")
    assert order(later) == ["of the file", "First", "above the second", "above the third", "Third", "at the end"]
    assert [cue.start for cue in later.cues] == [1100, 5100]


def test_cues_of_a_document_that_was_read_from_nowhere_are_known_by_what_they_say() -> None:
    note = captionkit.Note("NOTE between")
    document = Document("vtt", (Cue(0, 1, "a"), note, Cue(2, 3, "b"), Cue(4, 5, "c")))
    assert [block.text for block in document.with_cues(document.cues[1:]).blocks] == ["NOTE between", "b", "c"]
    assert [block.text for block in document.with_cues([]).blocks] == ["NOTE between"]
    assert [block.text for block in document.with_cues([Cue(9, 10, "z")]).blocks] == ["z", "NOTE between"]


def test_a_document_without_cues_gets_some() -> None:
    document = captionkit.loads("WEBVTT\n\nNOTE nothing yet\n")
    assert order(document.with_cues([Cue(0, 1000, "Hi")])) == ["nothing yet", "Hi"]


def test_untouched_cues_are_written_as_they_stood() -> None:
    text = SRT.replace("00:00:03,000", "0:00:3.0")
    document = captionkit.loads(text)
    assert captionkit.dumps(document.map(lambda cue: cue)) == text
    assert "0:00:3.0" in captionkit.dumps(document.with_cues([Cue(0, 500, "New"), *document.cues]))


def test_srt_that_counts_from_1_goes_on_doing_so() -> None:
    document = captionkit.loads(SRT)
    assert [cue.identifier for cue in document.with_cues([*document.cues, Cue(9000, 9500, "New")]).cues] == [
        "1",
        "2",
        "3",
    ]
    assert [cue.identifier for cue in document.map(lambda cue: cue if cue.start > 1000 else None).cues] == ["1"]
    odd = captionkit.loads(SRT.replace("2\n00:00:03", "7\n00:00:03"))
    assert [cue.identifier for cue in odd.with_cues(odd.cues[1:]).cues] == ["7"]


def test_map_changes_each_cue_and_leaves_out_none() -> None:
    document = captionkit.loads(VTT)
    assert [cue.text for cue in document.map(lambda cue: cue.replace(text=cue.text.upper())).cues] == [
        "FIRST",
        "SECOND",
        "THIRD",
    ]
    assert document.map(lambda cue: None).cues == ()
    assert [cue.text for cue in document.cues] == ["First", "Second", "Third"]


def assign(cue_or_document: object, name: str, value: object) -> None:
    setattr(cue_or_document, name, value)


@pytest.mark.parametrize(
    ("mistake", "error", "answer"),
    [
        (lambda d: assign(d.cues[0], "start", 1), AttributeError, "cue = cue.replace(start=...)"),
        (lambda d: assign(d.cues[0], "text", ""), AttributeError, "document.map(lambda cue: cue.replace(text=...))"),
        (lambda d: assign(d.cues[0], "txt", ""), AttributeError, "no 'txt'"),
        (lambda d: assign(d, "cues", []), AttributeError, "document.with_cues([...])"),
        (lambda d: assign(d, "blocks", []), AttributeError, "document.with_blocks([...])"),
        (lambda d: assign(d, "format", "vtt"), AttributeError, "captionkit.convert(document, ...)"),
        (lambda d: assign(d, "encoding", "utf-8"), AttributeError, "dataclasses.replace(document, encoding=...)"),
        (lambda d: assign(d, "cue", []), AttributeError, "it has "),
        (lambda d: d.cues[0].replace(start=1.5), TypeError, "or 1500 for seconds"),
        (lambda d: d.cues[0].replace(end="0:01"), TypeError, "captionkit.parse_time('0:01')"),
        (lambda d: d.cues[0].replace(end=True), TypeError, "whole milliseconds"),
        (lambda d: d.cues[0].replace(text=7), TypeError, "text is a str"),
        (lambda d: d.with_cues(["Hello"]), TypeError, "captionkit.Cue(start_ms, end_ms, text)"),
        (lambda d: d.with_cues([(0, 1, "Hello")]), TypeError, "a cue is needed"),
        (lambda d: d.map(lambda cue: cue.text), TypeError, "cue.replace(...)"),
        (lambda d: d.with_cues([Cue(1.5, 2, "Hello")]), TypeError, "or 1500 for seconds"),  # type: ignore[arg-type]
        (lambda d: d.with_cues([Cue(0, "0:01", "Hello")]), TypeError, "captionkit.parse_time('0:01')"),  # type: ignore[arg-type]
        (lambda d: d.map(lambda cue: Cue(0, 1000, None)), TypeError, "text is a str"),  # type: ignore[arg-type]
        (lambda d: d.with_cues(d.cues[0]), TypeError, "document.with_cues([cue])"),
        (lambda d: list(d), TypeError, "for cue in document.cues"),
        (lambda d: d.captions, AttributeError, "it has cues"),
        (lambda d: d.save("x.srt"), AttributeError, "captionkit.dump(document, path)"),
        (lambda d: d.text, AttributeError, "captionkit.dumps(document)"),
        (lambda d: d.to_vtt(), AttributeError, "captionkit.convert"),
        (lambda d: d.shift(500), AttributeError, "captionkit.shift(document, ...)"),
        (lambda d: d.cue, AttributeError, "no 'cue'"),
    ],
)  # fmt: skip
def test_a_mistake_is_answered_with_what_to_write(
    mistake: Callable[[Document], object], error: type[Exception], answer: str
) -> None:
    document = captionkit.loads(SRT)
    with pytest.raises(error) as raised:
        mistake(document)
    assert answer in str(raised.value)
    assert captionkit.dumps(document) == SRT


def test_what_is_shown_of_them_is_short() -> None:
    document = captionkit.loads(SRT * 2000, path="lecture.srt")
    assert repr(document) == f"<Document srt: 4,000 cues, {len(document.diagnostics):,} findings, lecture.srt>"
    assert repr(captionkit.loads(SRT)) == "<Document srt: 2 cues>"
    assert repr(document.source).startswith("<Source: ")
    assert repr(Cue(0, 900, "Hi")) == "Cue(start=0, end=900, text='Hi')"
    assert eval(repr(document.cues[1]), {"Cue": Cue}) == document.cues[1]
    assert "Word document" in repr(captionkit.loads(b"{\\rtf1 x", path="a.docx")).replace(
        "RTF document", "Word document"
    )


def test_a_finding_is_printed_as_editors_read_it() -> None:
    finding = captionkit.check(captionkit.loads("1\n00:00:03,000 --> 00:00:02,000\nHi\n", path="a.srt"))[0]
    assert str(finding).startswith(f"a.srt:{finding.line}:{finding.column}: {finding.code} error: ")
    assert "edit" not in repr(finding)


def test_they_go_through_pickle() -> None:
    document = captionkit.loads(VTT)
    assert pickle.loads(pickle.dumps(document)) == document

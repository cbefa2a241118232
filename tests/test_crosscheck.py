from __future__ import annotations

import builtins
import importlib.util
from typing import Any

import pytest
from corpus import lectures
from hypothesis import given
from hypothesis import strategies as st

from captionkit import crosscheck as second
from captionkit.conversion import convert
from captionkit.crosscheck import crosscheck, verify
from captionkit.documents import dumps, loads
from captionkit.errors import CrosscheckFailed
from captionkit.model import Cue, Document

SRT = "1\n00:00:01,000 --> 00:00:02,000\nHi\n\n2\n00:00:03,000 --> 00:00:04,000\nyou\n"
VTT = "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nHi\n\n00:00:03.000 --> 00:00:04.000\nyou\n"


@pytest.fixture(params=["pysrt", "webvtt-py"])
def srt_reader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "pysrt":
        pytest.importorskip("pysrt")
    else:
        real = importlib.util.find_spec
        monkeypatch.setattr(
            importlib.util, "find_spec", lambda name, *rest: None if name == "pysrt" else real(name, *rest)
        )
    reader: str = request.param
    assert second.reader_for("srt") == reader
    return reader


def test_two_readers_that_see_the_same_have_nothing_to_say(srt_reader: str) -> None:
    assert crosscheck(SRT, "srt") == []
    assert crosscheck(VTT, "vtt") == []


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda cues: cues[:1], "cues"),
        (lambda cues: [(cues[0][0] + 1, *cues[0][1:]), cues[1]], "start"),
        (lambda cues: [(cues[0][0], cues[0][1] + 1, cues[0][2]), cues[1]], "end"),
        (lambda cues: [cues[0], (*cues[1][:2], "You")], "words"),
        (lambda cues: [*cues, cues[0]], "cues"),
    ],
)
@pytest.mark.parametrize("text", [SRT, VTT], ids=["srt", "vtt"])
def test_every_difference_is_a_disagreement(
    text: str, change: Any, what: str, monkeypatch: pytest.MonkeyPatch, srt_reader: str
) -> None:
    name = "vtt" if text is VTT else "srt"
    reader = second.reader_for(name)
    real = second._READERS[reader]
    monkeypatch.setitem(second._READERS, reader, lambda text, format: change(real(text, format)))
    found = crosscheck(text, name)
    assert found[0].what == what
    with pytest.raises(CrosscheckFailed, match=reader):
        verify(text, name)


def test_the_error_says_the_place_and_both_readings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(second._READERS, "webvtt-py", lambda text, format: [(1000, 2000, "Hi"), (3000, 4000, "me")])
    with pytest.raises(CrosscheckFailed) as failed:
        verify(VTT, "vtt")
    message = str(failed.value)
    assert "6: webvtt-py does not read the same words, cue 2 at 00:00:03.000" in message
    assert "'you' here, 'me' there" in message
    assert "Nothing was written." in message


@pytest.mark.parametrize(
    "text",
    ["", " ", "\u00a0", "a\n\nb", "a\n \nb", "\na", "a\n", "1984", "a\u2028b", "a\x0bb", "a\x85b",
     "  a ", "a --> b", "<i>x", "a\0b", "-->", "2"],
)  # fmt: skip
def test_no_odd_text_sets_the_readers_at_odds(text: str, srt_reader: str) -> None:
    document = Document(
        "srt", (Cue(1000, 2000, "One.", "1"), Cue(3000, 4000, text, "2"), Cue(5000, 6000, "Three.", "3"))
    )
    verify(convert(document, "vtt").document)
    verify(convert(convert(document, "vtt").document, "srt").document)


def test_negative_times_and_cues_without_a_number_are_known_faults_of_the_readers(srt_reader: str) -> None:
    assert crosscheck("1\n-00:00:01,000 --> 00:00:02,000\na\n\n00:00:03,000 --> 00:00:04,000\nb\n", "srt") == []


def test_a_document_that_does_not_read_as_it_was_meant_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    document = Document("vtt", (Cue(1000, 2000, "one\n\ntwo"),))
    if [cue.text for cue in captionkit_reads(document)] == ["one\n\ntwo"]:
        pytest.skip("the writer keeps it whole")
    with pytest.raises(CrosscheckFailed):
        verify(document)


def captionkit_reads(document: Document) -> tuple[Cue, ...]:
    from captionkit.documents import loads

    return loads(dumps(document), document.format).cues


cues = st.builds(
    Cue,
    st.integers(0, 10**9),
    st.integers(0, 10**9),
    st.text(st.sampled_from("ab12 <>&{}\\/i-\n\u00a0\u2028é:,."), max_size=20),
)


@given(st.lists(cues, max_size=4))
def test_whatever_is_converted_is_read_the_same_by_the_second_reader(written: list[Cue]) -> None:
    document = Document("srt", tuple([cue._replace(identifier=str(n)) for n, cue in enumerate(written, 1)]))
    assert crosscheck(dumps(convert(document, "vtt").document), "vtt") == []


def test_real_captions_are_read_the_same_both_ways(srt_reader: str) -> None:
    for lecture in lectures(5):
        webvtt = convert(loads(lecture.data), "vtt").document
        verify(webvtt)
        verify(convert(webvtt, "srt").document)


def test_nothing_is_imported_for_a_reader_that_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def guarded(name: str, *rest: Any) -> Any:
        assert name != "pysrt"
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", guarded)
    assert crosscheck(VTT, "vtt") == []


plain_words = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"), exclude_characters="&<>"), min_size=1, max_size=12
).filter(lambda words: words == words.strip())
plain_cues = st.lists(
    st.tuples(
        st.booleans(),
        st.integers(0, 99 * 3_600_000),
        st.integers(0, 9_999),
        st.lists(
            st.one_of(plain_words, st.sampled_from(["7", "NOTE", "STYLE x", "WEBVTT", "00:01", "- Hi."])),
            min_size=1,
            max_size=3,
        ),
    ),
    min_size=1,
    max_size=6,
)


@given(plain_cues, st.booleans())
def test_what_webvtt_py_is_not_asked_about_it_reads_just_like_that(cues: Any, ends_blank: bool) -> None:
    """The regular expression reads a plain text for it; it must not take anything for plain that webvtt-py reads
    otherwise."""
    blocks = []
    for number, (has_number, start, length, lines) in enumerate(cues, 1):
        times = " --> ".join(
            f"{ms // 3_600_000:02d}:{ms // 60_000 % 60:02d}:{ms // 1000 % 60:02d}.{ms % 1000:03d}"
            for ms in (start, start + length)
        )
        blocks.append("\n".join([*([str(number)] if has_number else []), times, *lines]) + "\n")
    text = "WEBVTT\n\n" + "\n".join(blocks) + "\n" * ends_blank
    if second._PLAIN.fullmatch(text):
        assert second._read_plain(text) == second._read_with_webvtt_py(text, "vtt")
    assert not crosscheck(text, "vtt")


def test_a_plain_text_is_taken_for_one() -> None:
    assert second._PLAIN.fullmatch(VTT)
    assert not second._PLAIN.fullmatch(VTT.replace("Hi", "<i>Hi</i>"))
    assert not second._PLAIN.fullmatch(VTT.replace("\nHi", " line:0\nHi"))
    assert second._read_plain(VTT) == [(1000, 2000, "Hi"), (3000, 4000, "you")]

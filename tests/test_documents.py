"""load, loads, dump and dumps."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from caption_texts import data
from corpus import lectures
from hypothesis import given
from hypothesis import strategies as st

from captionkit.documents import dump, dumps, load, loads, to_bytes
from captionkit.errors import ContentError, LocalError, UsageError
from captionkit.model import Cue, Document

SRT = "1\n00:00:01,000 --> 00:00:02,000\nHello\n\n2\n00:00:03,000 --> 00:00:04,000\nWorld\n"
VTT = "WEBVTT\n\nNOTE hi\n\n1\n00:00:01.000 --> 00:00:02.000\nHello\n\n00:03.000 --> 00:04.000\nWorld\n"


@given(data=data, format=st.sampled_from([None, "srt", "vtt"]))
def test_any_bytes_can_be_read_and_come_back_untouched(data: bytes, format: str | None) -> None:
    assert to_bytes(loads(data, format)) == data


@pytest.mark.parametrize(
    ("text", "path", "format", "codes"),
    [
        (SRT, "", "srt", []),
        (VTT, "", "vtt", []),
        (SRT, "a.srt", "srt", []),
        (VTT, "a.vtt", "vtt", []),
        (VTT, "a.VTT", "vtt", []),
        (VTT, "a.srt", "vtt", ["ENC010"]),
        (SRT, "a.vtt", "srt", ["ENC010"]),
        (VTT, "a.txt", "vtt", []),
        (SRT, "a.txt", "srt", []),
        ("WEBVTT\n\n" + SRT, "a.srt", "srt", ["SRT035"]),
        ("webvtt\n\n00:01.000 --> 00:02.000\nx\n", "a.vtt", "vtt", ["ENC011", "VTT002"]),
        ("00:01.000 --> 00:02.000\nx\n", "a.vtt", "vtt", ["ENC011", "VTT001"]),
    ],
)
def test_a_text_is_read_as_what_it_is(text: str, path: str, format: str, codes: list[str]) -> None:
    document = loads(text, path=path)
    assert document.format == format
    assert [found.code for found in document.diagnostics] == codes
    assert all(found.path == path for found in document.diagnostics)


def test_the_format_can_be_given() -> None:
    assert loads(VTT, "srt").format == "srt"
    with pytest.raises(UsageError, match=r"'ass' is no caption format\n.*'srt', 'vtt'"):
        loads(SRT, "ass")


def test_dumps_refuses_to_convert_and_says_how() -> None:
    assert dumps(loads(SRT), "srt") == SRT
    with pytest.raises(UsageError, match=r"captionkit\.convert"):
        dumps(loads(SRT), "vtt")


def test_an_edit_changes_only_what_it_concerns() -> None:
    text = SRT.replace("\n", "\r\n").replace("2\r\n", "\r\n\r\n2\r\n", 1) + "trailing\r\n\r\n\r\n"
    document = loads(text)
    first, second = document.cues
    edited = dumps(document.with_cues([first._replace(text="Changed"), second]))
    assert edited == text.replace("Hello", "Changed")


def test_a_block_that_ran_into_the_next_gets_its_blank_line_only_where_something_else_follows() -> None:
    document = loads("1\n00:00:01,000 --> 00:00:02,000\na\n2\n00:00:03,000 --> 00:00:04,000\nb")
    first, second = document.cues
    assert dumps(document.with_blocks([first, second])) == dumps(document)
    turned = dumps(document.with_blocks([second, first]))
    assert turned == "2\n00:00:03,000 --> 00:00:04,000\nb\n\n1\n00:00:01,000 --> 00:00:02,000\na\n"


def test_cues_can_be_removed_and_added() -> None:
    document = loads(SRT)
    first, second = document.cues
    assert dumps(document.with_blocks([second])) == "2\n00:00:03,000 --> 00:00:04,000\nWorld\n"
    added = dumps(document.with_blocks([first, Cue(2500, 2900, "Between"), second]))
    assert [cue.text for cue in loads(added).cues] == ["Hello", "Between", "World"]


def test_a_document_made_by_hand_is_written_whole() -> None:
    cues = (Cue(0, 1500, "One"), Cue(-5, 360_000_000, "Two\nlines", settings="X1:1"))
    assert dumps(Document("srt", cues)) == (
        "1\n00:00:00,000 --> 00:00:01,500\nOne\n\n2\n-00:00:00,005 --> 100:00:00,000 X1:1\nTwo\nlines\n\n"
    )
    assert dumps(Document("vtt", cues, newline="\r\n")).split("\r\n") == [
        "WEBVTT", "", "00:00:00.000 --> 00:00:01.500", "One", "",
        "00:00:00.000 --> 100:00:00.000 X1:1", "Two", "lines", "", "",
    ]  # fmt: skip


def test_what_the_formats_cannot_say_is_written_as_the_nearest_they_can() -> None:
    cue = Cue(0, 1000, "a --> b\n\nc\n00:00:01,000 --> 00:00:02,000", "x --> y\nz")
    vtt = dumps(Document("vtt", (cue,)))
    assert vtt == (
        "WEBVTT\n\nx -> y z\n00:00:00.000 --> 00:00:01.000\na --&gt; b\n\xa0\nc\n00:00:01,000 --&gt; 00:00:02,000\n\n"
    )
    srt = dumps(Document("srt", (cue,)))
    assert srt == ("x --> y z\n00:00:00,000 --> 00:00:01,000\na --> b\n\nc\n\u206000:00:01,000 --> 00:00:02,000\n\n")


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_encoding_mark_and_line_ends_survive_an_edit(codec: str, tmp_path: Path) -> None:
    words = "Où êtes-vous allés après la fête, chère Élise ? Déjà à la maison, très fatigués."
    text = SRT.replace("Hello", words).replace("\n", "\r\n")
    path = tmp_path / "a.srt"
    path.write_bytes(text.encode(codec))
    document = load(path)
    first, second = document.cues
    dump(document.with_cues([first, second._replace(text="É")]), path)
    assert path.read_bytes() == text.replace("World", "É").encode(codec)


def test_a_character_that_the_encoding_lacks_is_an_error_and_nothing_is_written(tmp_path: Path) -> None:
    path = tmp_path / "a.srt"
    path.write_bytes(SRT.encode())
    document = replace(loads(SRT), encoding="cp1252")
    with pytest.raises(ContentError, match=r"'字' \(U\+5B57\) cannot be written in cp1252"):
        dump(document.with_cues([document.cues[0]._replace(text="字"), document.cues[1]]), path)
    assert path.read_bytes() == SRT.encode()


def test_a_file_that_cannot_be_had_is_a_local_error(tmp_path: Path) -> None:
    for path in (tmp_path / "none.srt", tmp_path, tmp_path / "a\0b.srt"):
        with pytest.raises(LocalError, match=r"cannot read|there is no such file"):
            load(path)


def test_lone_surrogates_in_a_string_do_no_harm() -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\n\ud800\n"
    assert dumps(loads(text)) == text
    assert to_bytes(loads(text)) == text.encode("utf-8", "surrogatepass")


def test_every_lecture_reads_without_a_stray_block_and_comes_back() -> None:
    cues = 0
    for lecture in lectures(30):
        document = loads(lecture.data)
        assert to_bytes(document) == lecture.data
        assert not document.strays, lecture.name
        cues += len(document.cues)
        shifted = document.with_cues([cue._replace(start=cue.start + 1, end=cue.end + 1) for cue in document.cues])
        again = loads(to_bytes(shifted), "srt")
        kept = [(cue.start, cue.end, cue.text) for cue in shifted.cues]
        assert [(cue.start, cue.end, cue.text) for cue in again.cues] == kept, lecture.name
    assert cues > 9000


def test_a_document_is_not_written_under_the_other_formats_name(tmp_path: Path) -> None:
    document = loads("1\n00:00:01,000 --> 00:00:02,000\nHi\n")
    with pytest.raises(UsageError, match="would be named 'vtt'"):
        dump(document, tmp_path / "a.vtt")
    assert not (tmp_path / "a.vtt").exists()


def test_a_file_that_has_the_wrong_name_already_is_written_back(tmp_path: Path) -> None:
    file = tmp_path / "a.vtt"
    file.write_bytes(b"1\n00:00:01,000 --> 00:00:02,000\nHi\n")
    document = load(file)
    assert document.format == "srt"
    dump(document, file)
    assert file.read_bytes() == b"1\n00:00:01,000 --> 00:00:02,000\nHi\n"

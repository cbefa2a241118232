"""Small things that reading the code found."""

from __future__ import annotations

from pathlib import Path

import pytest

from captionkit.cli.frame import run
from captionkit.config import DEFAULTS
from captionkit.conversion import convert, rendered
from captionkit.documents import dumps, loads, to_bytes
from captionkit.formats.webvtt import parse_settings
from captionkit.languages import language_of_name
from captionkit.library.scan import scan
from captionkit.lint import check, settings_for
from captionkit.lint.checker import Checker
from captionkit.lint.fixing import fix_document
from captionkit.model import Fix


def test_webvtt_files_are_found_in_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("course").mkdir()
    Path("course/a.en.webvtt").write_text("WEBVTT\n\n00:01.000 --> 00:02.000\n<i>Hi\n", encoding="utf-8")
    assert run(["check", "course", "--output-format", "concise", "--select", "VTT204"]) == 1
    assert "a.en.webvtt" in capsys.readouterr().out
    assert run(["convert", "course", "-o", "out"]) == 0
    assert Path("out/a.en.srt").exists()
    assert run(["convert", "course", "--to", "vtt"]) == 0, "all are WebVTT already"
    [track] = scan(tmp_path / "course", DEFAULTS, titles=["a"]).tracks
    assert (track.path, track.language) == ("a.en.webvtt", "en")


@pytest.mark.parametrize("line", ["9" * 309, "9" * 500, "-" + "9" * 400, "1" + "0" * 308 + ".5"])
def test_a_line_number_beyond_all_numbers_is_read_converted_checked_and_mended(line: str) -> None:
    document = loads(f"WEBVTT\n\n00:01.000 --> 00:02.000 line:{line}\nHi\n", path="a.vtt")
    number = parse_settings(f"line:{line}")[0].line
    assert number is not None and abs(number) < 1e12
    assert convert(document, "srt").document.cues[0].text
    assert rendered(document)[0].text == "Hi"
    check(document)
    assert fix_document(document, Checker(settings_for()), unsafe=True, path="a.vtt").document.cues


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("x &amp y & z", "x &amp; y &amp; z"),
        ("AT&T R&D Q&A", "AT&amp;T R&amp;D Q&amp;A"),
        ("a &lt b & c", "a &lt b &amp; c"),
        ("&amp", "&amp;"),
        ("&unknown; & x", "&unknown; &amp; x"),
    ],
)
def test_an_ampersand_without_its_semicolon_stops_no_fix(text: str, mended: str) -> None:
    document = loads(f"WEBVTT\n\n00:01.000 --> 00:05.000\n{text}\n", path="a.vtt")
    made = fix_document(document, Checker(settings_for(select="VTT201")), path="a.vtt").document
    assert made.cues[0].text == mended
    assert rendered(made) == rendered(document)


@pytest.mark.parametrize("lines", [["Text", "", "5"], ["Text", " ", "17"], ["", "3"], ["a", "", "b", "", "2"]])
def test_an_edit_that_ends_in_a_blank_line_and_a_number_stays_in_its_cue(lines: list[str]) -> None:
    document = loads("00:00:01,000 --> 00:00:02,000\none\n\n00:00:03,000 --> 00:00:04,000\ntwo\n")
    first, second = document.cues
    again = loads(dumps(document.with_cues([first._replace(text="\n".join(lines)), second])), "srt")
    assert [cue.text for cue in again.cues][1] == "two" and again.cues[1].identifier == ""
    assert again.cues[0].text.replace("\u2060", "").split() == " ".join(lines).split()


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("Lecture_English.srt", "en"),
        ("Lecture 1 - English.vtt", "en"),
        ("Lecture (English).srt", "en"),
        ("Captions_English (United States).srt", "en"),
        ("English/lecture.srt", ""),
        ("lecture.english.srt", "en"),
        ("lecture.en-US.srt", "en-US"),
        ("film_hu.srt", "hu"),
        ("Introduction to German.srt", ""),
        ("to be or not to be.srt", ""),
        ("week-it.srt", ""),
    ],
)
def test_a_name_that_says_a_language_is_read(name: str, language: str) -> None:
    assert language_of_name(name) == language
    document = loads("1\n00:00:01,000 --> 00:00:02,000\nHi\n", path=name)
    if language:
        assert not check(document, select="LNG001")


@pytest.mark.parametrize(
    "name",
    [
        "Lecture 11 English.srt",
        "Lecture 14_English_ASR.srt",
        "Lecture 5.English (auto-generated).vtt",
        "english_l16.srt",
    ],
)
def test_no_language_is_not_said_of_a_name_that_says_one(name: str, tmp_path: Path) -> None:
    text = (
        "1\n00:00:01,000 --> 00:00:02,000\nHi\n" if name.endswith("srt") else "WEBVTT\n\n00:01.000 --> 00:02.000\nHi\n"
    )
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert not check(loads(text, path=name), select="LNG001")
    [problem] = scan(tmp_path, DEFAULTS, titles=[]).problems
    assert "no language" not in problem.message and "English" in problem.message
    assert ".en" in problem.hint


def test_untouched_files_of_every_kind_are_the_same_bytes() -> None:
    for data in (
        b"\xef\xbb\xbf\xef\xbb\xbf1\r\r\n",
        b"{\\rtf1 \r\n}",
        b"PK\x03\x04\0\0",
        "Привет".encode("koi8_r"),
        b"",
    ):
        assert to_bytes(loads(data)) == data


@pytest.mark.parametrize(("word", "is_mended"), [("NOTE", True), ("STYLE", False), ("REGION", False)])
def test_a_block_that_is_an_identifier_promises_a_fix_only_where_there_is_one(word: str, is_mended: bool) -> None:
    document = loads(f"WEBVTT\n\n{word}\n00:01.000 --> 00:03.000\nHello there.\n", "vtt")
    [one] = check(document, select="VTT025")
    fixed = fix_document(document, Checker(settings_for(select="VTT025")), unsafe=True)
    assert (one.fix is not Fix.NONE) is is_mended is (fixed.data != to_bytes(document))

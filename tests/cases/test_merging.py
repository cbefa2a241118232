"""Segments of a stream, and files that become one: what stays, what moves, and what is named as lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from captionkit.cli.frame import run
from captionkit.documents import dumps, loads
from captionkit.lint import check, settings_for
from captionkit.lint.checker import Checker
from captionkit.lint.fixing import fix_document
from captionkit.model import Document
from captionkit.timing import merge, merged, shift, split


def segment(mapping: str, text: str, start: str = "00:00:01.000") -> Document:
    line = f"X-TIMESTAMP-MAP={mapping}\n" if mapping else ""
    return loads(f"WEBVTT\n{line}\n{start} --> 00:00:09.000\n{text}\n", path=f"{text}.vtt")


@pytest.mark.parametrize(
    ("first", "second", "start"),
    [
        ("MPEGTS:900000,LOCAL:00:00:00.000", "MPEGTS:1440000,LOCAL:00:00:00.000", 7000),
        ("LOCAL:00:00:00.000,MPEGTS:900000", "LOCAL:00:00:00.000,MPEGTS:900000", 1000),
        ("MPEGTS:0,LOCAL:00:00:00.000", "MPEGTS:540000,LOCAL:00:00:01.000", 6000),
        ("MPEGTS:0,LOCAL:00:00.000", "MPEGTS:90,LOCAL:00:00.000", 1001),
        ("MPEGTS:8589844592,LOCAL:00:00:00.000", "MPEGTS:90000,LOCAL:00:00:00.000", 3000),
        ("MPEGTS: 900000, LOCAL: 00:00:00.000", "MPEGTS: 990000, LOCAL: 00:00:00.000", 2000),
    ],
)
def test_segments_stand_where_their_timestamp_maps_put_them(first: str, second: str, start: int) -> None:
    result = merged([segment(first, "one"), segment(second, "two")])
    assert [(cue.text, cue.start) for cue in result.document.cues] == [("one", 1000), ("two", start)]
    assert result.lost == ()
    assert dumps(result.document).count("X-TIMESTAMP-MAP") == 1


def test_a_segment_without_a_map_and_a_map_that_is_not_heeded_are_named() -> None:
    one, two = segment("MPEGTS:0,LOCAL:00:00:00.000", "one"), segment("MPEGTS:90000,LOCAL:00:00:00.000", "two")
    plain = segment("", "three")
    result = merged([one, two, plain])
    assert [cue.start for cue in result.document.cues] == [1000, 1000, 2000]
    assert [each for each in result.lost if "three.vtt" in each and "no X-TIMESTAMP-MAP" in each]
    result = merged([one, two], [0, 60_000])
    assert result.document.cues[1].start == 61_000
    assert any("two.vtt" in each and "MPEGTS:90000" in each for each in result.lost)


def run_together(*segments: Document, blank: str = "") -> str:
    return blank.join(dumps(each).rstrip("\n") + "\n" for each in segments)


@pytest.mark.parametrize("blank", ["", "\n", "\n\n"])
def test_segments_that_were_run_together_are_found_and_mended(blank: str) -> None:
    segments = [segment(f"MPEGTS:{900000 + 540000 * n},LOCAL:00:00:00.000", f"words {n}") for n in range(3)]
    document = loads(run_together(*segments, blank=blank), path="a.vtt")
    found = [one for one in check(document) if one.code == "VTT024"]
    assert [one.line for one in found] == [6 + blank.count("\n"), 11 + 2 * blank.count("\n")]
    result = fix_document(document, Checker(settings_for()), unsafe=True, path="a.vtt").document
    assert [(cue.start, cue.text) for cue in result.cues] == [(1000, "words 0"), (7000, "words 1"), (13000, "words 2")]
    assert not result.strays and "VTT024" not in {one.code for one in check(result)}


def test_a_header_inside_without_a_map_is_taken_out_and_the_times_stay() -> None:
    document = loads("WEBVTT\n\n00:01.000 --> 00:02.000\nHi\nWEBVTT - part 2\n\n00:03.000 --> 00:04.000\nYou\n")
    result = fix_document(document, Checker(settings_for()), unsafe=True).document
    assert [(cue.start, cue.text) for cue in result.cues] == [(1000, "Hi"), (3000, "You")]


@pytest.mark.parametrize(
    "text", ["We write WEBVTT on top", "WEBVTT is a format", "WEBVTTs", "WEBVTT\nis what stands there"]
)
def test_a_caption_about_webvtt_is_no_header(text: str) -> None:
    document = loads(f"WEBVTT\n\n00:01.000 --> 00:05.000\n{text}\n")
    expected = {"VTT024"} if text == "WEBVTT is a format" else set()
    assert {one.code for one in check(document)} & {"VTT024"} == expected


def styled(css: str, text: str, header: str = "", start: int = 1) -> Document:
    style = f"STYLE\n{css}\n\n" if css else ""
    return loads(f"WEBVTT\n{header}\n{style}00:0{start}.000 --> 00:0{start}.900\n{text}\n", path=f"{start}.vtt")


def test_a_class_that_two_files_style_differently_is_renamed() -> None:
    documents = [
        styled("::cue(.loud) { color: red }", "<c.loud>one</c>"),
        styled("::cue(.loud) { color: blue }", "<v.loud Ana>two</v> <c.quiet.loud>x</c>", start=2),
        styled("::cue(.loud) { color: lime }", "<c.loud>three</c>", start=3),
        styled("::cue(.loud){color:red}", "<c.loud>four</c>", start=4),
    ]
    result = merged(documents)
    assert [cue.text for cue in result.document.cues] == [
        "<c.loud>one</c>",
        "<v.loud-2 Ana>two</v> <c.quiet.loud-2>x</c>",
        "<c.loud-3>three</c>",
        "<c.loud>four</c>",
    ]
    styles = " ".join(block.text for block in result.document.styles)
    assert "::cue(.loud-2) { color: blue }" in styles and "::cue(.loud-3) { color: lime }" in styles
    assert result.lost == ()


@pytest.mark.parametrize("order", [1, -1])
def test_a_class_that_only_one_file_styles_changes_nothing_in_the_other(order: int) -> None:
    documents = [styled("", "<c.yellow>one</c>"), styled("::cue(.yellow) { color: red }", "<c.yellow>two</c>", start=2)]
    texts = [cue.text for cue in merge(documents[::order]).cues]
    assert texts in (["<c.yellow>one</c>", "<c.yellow-2>two</c>"], ["<c.yellow-2>one</c>", "<c.yellow>two</c>"])


def test_a_third_clash_of_region_names_is_renamed_too() -> None:
    def region(lines: int) -> Document:
        return loads(f"WEBVTT\n\nREGION\nid:top\nlines:{lines}\n\n00:0{lines}.000 --> 00:09.000 region:top\n{lines}\n")

    settings = [cue.settings for cue in merge([region(1), region(2), region(3), region(1)]).cues]
    assert sorted(settings) == ["region:top", "region:top", "region:top-2", "region:top-3"]


def test_header_lines_identifiers_and_styles_for_all_that_cannot_be_kept_are_named() -> None:
    one = loads("WEBVTT - Part one\nLanguage: en\n\nintro\n00:01.000 --> 00:02.000\none\n", path="1.vtt")
    two = loads(
        "WEBVTT - Part two\nLanguage: en\nKind: captions\n\nSTYLE\n::cue { color: red }\n\n"
        "intro\n00:03.000 --> 00:04.000\ntwo\n",
        path="2.vtt",
    )
    lost = merged([one, two]).lost
    assert len(lost) == 4
    assert any("2.vtt" in each and "Part two" in each for each in lost)
    assert any("2.vtt" in each and "Kind: captions" in each for each in lost)
    assert any("::cue" in each and "color: red" in each for each in lost)
    assert any("'intro'" in each for each in lost)
    assert merged([one, one]).lost == ("the identifier 'intro' stands twice; the cue at 00:00:01.000 has none now",)


def test_the_command_names_what_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.vtt").write_text("WEBVTT\n\n00:01.000 --> 00:02.000\none\n", encoding="utf-8")
    Path("b.vtt").write_text("WEBVTT - B\n\n00:03.000 --> 00:04.000\ntwo\n", encoding="utf-8")
    assert run(["merge", "a.vtt", "b.vtt", "-o", "c.vtt"]) == 0
    assert capsys.readouterr().err == "not kept: b.vtt: the header says '- B'\n"


def test_files_in_different_encodings_are_merged_as_utf8() -> None:
    cue = "1\n00:00:01,000 --> 00:00:02,000\n{}\n"
    polish = loads(cue.format("część").encode("cp1250"), encoding="cp1250")
    greek = loads(cue.format("μέρος"))
    made = merge([polish, greek])
    assert made.encoding == "utf-8" and {cue.text for cue in made.cues} == {"część", "μέρος"}


def test_a_note_above_the_first_cue_reaches_every_part() -> None:
    text = "WEBVTT\n\nNOTE by Ana\n\n00:01.000 --> 00:02.000\none\n\nNOTE of two\n\n00:05.000 --> 00:06.000\ntwo\n"
    parts = split(loads(text), [3000])
    assert [[note.text for note in part.notes] for part in parts] == [["NOTE by Ana"], ["NOTE by Ana", "NOTE of two"]]


def test_since_and_until_include_what_they_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "".join(f"{n}\n00:00:0{n},000 --> 00:00:0{n},500\nx\n\n" for n in range(1, 6))
    moved = shift(loads(text), 100, since=2000, until=4000)
    assert [cue.start for cue in moved.cues] == [1000, 2100, 3100, 4100, 5000]
    monkeypatch.chdir(tmp_path)
    Path("a.srt").write_text(text, encoding="utf-8", newline="")
    for since, until in (("--since", "--until"), ("--from", "--to")):
        assert run(["shift", "a.srt", "--by", "100ms", since, "2s", until, "4s"]) == 0
        assert capsys.readouterr().out == dumps(moved)


def test_a_comment_directly_above_a_timing_line_is_found_and_set_apart() -> None:
    document = loads("WEBVTT\n\nNOTE Check this\n00:01.000 --> 00:03.000\nHello there.\n", path="a.vtt")
    assert "VTT025" in {one.code for one in check(document)}
    made = fix_document(document, Checker(settings_for()), restore=True, path="a.vtt").document
    assert [note.text for note in made.notes] == ["NOTE Check this"] and made.cues[0].identifier == ""
    for word in ("STYLE", "REGION", "NOTE"):
        text = f"WEBVTT\n\n{word}\n00:01.000 --> 00:03.000\nHello there.\n"
        assert "VTT025" in {one.code for one in check(loads(text))}


def test_two_languages_one_below_the_other_are_no_speech_without_times() -> None:
    """Of some pairs both texts are ASCII and of others not; the fix would show one language after the other."""
    pairs = [("Hello class", "Hola clase"), ("Goodbye", "Adiós"), ("Thank you", "Gracias"), ("Today", "Mañana")]
    text = "".join(
        f"{2 * n + line + 1}\n00:00:{3 * n:02d},000 --> 00:00:{3 * n + 2:02d},000\n{words}\n\n"
        for n, pair in enumerate(pairs)
        for line, words in enumerate(pair)
    )
    document = loads(text)
    assert "TIM024" not in {one.code for one in check(document)}
    mended = fix_document(document, Checker(settings_for()), unsafe=True).document
    assert [cue.start for cue in mended.cues] == [cue.start for cue in document.cues]

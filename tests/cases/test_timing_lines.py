"""Timing lines that cannot be read, or that only captionkit can read."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from captionkit.cli.frame import run
from captionkit.documents import dumps, loads, to_bytes
from captionkit.formats import formats
from captionkit.lint import check, settings_for
from captionkit.lint.checker import Checker
from captionkit.lint.fixing import fix_document
from captionkit.model import Cue, Document, Stray

BROKEN = [
    "00:00:0l,000 --> 00:00:06,000",
    "00:00:04,000 --> 00:00:0S,000",
    "00:00:O4,000 --> 00:00:06,000",
    "00:00:04,O00 --> 00:00:06,000",
    "00:00:04,000 --> 00:00:06,O00",
    "00:00:19werwer,580 --> 00:00:21,000",
    "00:00:04,000 00:00:06,000",
    "00:00:04,000  to 00:00:06,000",
    "00:00:04,000 --> soon",
]


def srt(middle: list[str]) -> str:
    lines = ["00:00:01,000 --> 00:00:02,000", *middle, "00:01:07,000 --> 00:01:08,000"]
    return "\n".join(f"{n}\n{line}\nwords {n}\n" for n, line in enumerate(lines, 1))


def vtt(middle: list[str]) -> str:
    return "WEBVTT\n\n" + srt(middle).replace(",", ".")


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("count", [1, 2, 5, 300])
@pytest.mark.parametrize("format", ["srt", "vtt"])
def test_an_unreadable_timing_line_is_one_block_and_one_error_however_many_follow(
    broken: str, count: int, format: str
) -> None:
    text = (srt if format == "srt" else vtt)([broken] * count)
    document = loads(text, format)
    assert [cue.text for cue in document.cues] == ["words 1", f"words {count + 2}"]
    assert len(document.strays) == count
    errors = [one for one in check(document) if one.severity == "error"]
    assert {one.code for one in errors} == {"SRT010" if format == "srt" else "VTT101"}
    first = 6 if format == "srt" else 8
    assert [one.line for one in errors] == [first + 4 * n for n in range(count)]
    assert not any(one.code == "SRT003" for one in check(document)), "the numbers count on"
    for restore, unsafe in ((False, False), (True, False), (False, True)):
        checker = Checker(settings_for(select="SRT,VTT,TIM,ENC"))
        mended = fix_document(document, checker, restore=restore, unsafe=unsafe)
        assert mended.document.strays == document.strays, "no fix invents a time"
        assert not any(":" in cue.text for cue in mended.document.cues)


def test_a_run_of_different_unreadable_lines_is_told_one_by_one() -> None:
    document = loads(srt(BROKEN))
    assert [one.code for one in check(document) if one.severity == "error"] == ["SRT010"] * len(BROKEN)


def test_times_in_what_is_said_are_words() -> None:
    text = (
        "1\n00:00:01,000 --> 00:00:02,000\nMeet at 10:00:00,000 to 11:00:00,000 tomorrow\n10:00:00,000 11:00:00,000\n"
    )
    document = loads(text)
    assert len(document.cues) == 1 and not document.strays
    assert document.cues[0].text.endswith("\n10:00:00,000 11:00:00,000")


@pytest.mark.parametrize(
    ("line", "restores"),
    [
        ("00:00:01 ,000 --> 00:00:02,000", True),
        ("00:00:01,000 --> 00: 00:02,000", True),
        ("００：００：０１，０００ --> ００：００：０２，０００", True),
        ("٠٠:٠٠:٠١,٠٠٠ --> ٠٠:٠٠:٠٢,٠٠٠", True),
        ("00:00:01;000 --> 00:00:02;000", False),
        ("00:00:01:000 --> 00:00:02:000", False),
    ],
)
def test_what_only_captionkit_reads_is_an_error_and_no_safe_fix_writes_it(line: str, restores: bool) -> None:
    document = loads(f"1\n{line}\nHi\n")
    [cue] = document.cues
    assert (cue.start, cue.end) == (1000, 2000)
    codes = [one.code for one in check(document) if one.severity == "error"]
    assert codes and set(codes) == {"SRT024"}
    checker = Checker(settings_for())
    assert fix_document(document, checker).data == to_bytes(document)
    fixed = "1\n00:00:01,000 --> 00:00:02,000\nHi\n"
    assert (fix_document(document, checker, restore=True).data.decode() == fixed) is restores
    assert fix_document(document, checker, unsafe=True).data.decode() == fixed


pieces = st.lists(
    st.sampled_from(
        ["word", "", " ", "5", "6\t", "00:00:01,000 00:00:02,000", "1 --> 2", "00:00:01,000 --> 00:00:02,000"]
    ),
    min_size=1, max_size=6,
)  # fmt: skip


@given(pieces, st.booleans(), st.booleans())
def test_words_never_move_into_the_next_cue_of_an_srt_file(lines: list[str], numbered: bool, edited: bool) -> None:
    number = "1\n" if numbered else ""
    source = f"{number}00:00:01,000 --> 00:00:02,000\nfirst\n\n00:00:03,000 --> 00:00:04,000\nsecond\n"
    document = loads(source)
    first, second = document.cues
    cues = [first._replace(text="\n".join(["top", *lines])), second._replace(text="other") if edited else second]
    again = loads(dumps(document.with_cues(cues)), "srt")
    assert [(cue.start, cue.end) for cue in again.cues] == [(1000, 2000), (3000, 4000)]
    assert again.cues[1].text == ("other" if edited else "second")
    assert again.cues[0].text.replace("\u2060", "").split() == " ".join(["top", *lines]).split()


@given(st.text(st.sampled_from("0123456789:,.;- >\n\tlOS５a"), max_size=80))
def test_blocks_tile_any_text_of_times(text: str) -> None:
    for each in formats().values():
        reading = each.read(text)
        document = loads(text, each.name)
        assert dumps(document) == text
        assert list(reading.starts) == sorted(set(reading.starts))


def test_a_stray_block_is_kept_as_it_stands() -> None:
    text = srt([BROKEN[0]])
    document = loads(text)
    assert [type(block) for block in document.blocks] == [Cue, Stray, Cue]
    moved = Document("srt", document.blocks)
    assert loads(dumps(moved), "srt").strays[0].text == document.strays[0].text


@pytest.mark.parametrize("sign", ["...", "~", ":", "<--", "-!->", "and", "a", " \t "])
@pytest.mark.parametrize("format", ["srt", "vtt"])
def test_two_times_with_something_else_between_are_a_broken_block(sign: str, format: str) -> None:
    document = loads((srt if format == "srt" else vtt)([f"00:00:03,000 {sign} 00:00:04,000"]), format)
    assert [cue.text for cue in document.cues] == ["words 1", "words 3"]
    [error] = [one for one in document.diagnostics if one.severity == "error"]
    assert "no arrow" in error.message


@pytest.mark.parametrize("arrow", ["-> >", "--> >", "=>>", "→ →", ">>>>", "- ->"])
def test_an_arrow_in_pieces_is_an_arrow_and_comes_back(arrow: str) -> None:
    document = loads(srt([f"00:00:03,000 {arrow} 00:00:04,000"]))
    assert [cue.text for cue in document.cues] == ["words 1", "words 2", "words 3"]
    assert [one.code for one in document.diagnostics if one.severity == "error"] == ["TIM022"]
    checker = Checker(settings_for())
    assert fix_document(document, checker).data == to_bytes(document)
    assert b"00:00:03,000 --> 00:00:04,000" in fix_document(document, checker, restore=True).data


def test_youtubes_old_header_with_a_style_sheet_is_metadata() -> None:
    head = "WEBVTT\nKind: captions\nStyle:\n::cue(c.x) { color: red;\n }\n##\n\n"
    document = loads(head + "00:01.000 --> 00:04.000\nHi\n", "vtt")
    assert {one.code for one in document.diagnostics} == {"VTT004"}
    fixed = fix_document(document, Checker(settings_for()), unsafe=True)
    assert fixed.data == b"WEBVTT\n\n00:00:01.000 --> 00:00:04.000\nHi\n" or fixed.data.startswith(b"WEBVTT\n\n0")


def test_a_number_on_the_timing_line_is_named_for_what_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    text = "1 00:00:01,000 --> 00:00:02,000\nHi\n\n2 00:00:03,000 --> 00:00:04,000\nYo\n"
    errors = [one for one in loads(text, "srt").diagnostics if one.code == "SRT010"]
    assert [one.line for one in errors] == [1, 4] and all("begins with a number" in one.message for one in errors)
    Path("a.srt").write_text(text, encoding="utf-8")
    assert run(["convert", "a.srt", "-o", "-"]) == 1
    told = capsys.readouterr().err
    assert "line 1: This timing line begins with a number" in told.replace(": this", ": This")
    assert "the file you mean" not in told


@pytest.mark.parametrize("feed", ["\x0b", "\x0c", "\x0b\x0c"])
def test_a_form_feed_between_words_becomes_a_space_and_only_unsafely(feed: str) -> None:
    document = loads(f"1\n00:00:01,000 --> 00:00:02,000\nOne{feed}two\n")
    assert check(document, select="ENC007")
    checker = Checker(settings_for())
    assert fix_document(document, checker).data == to_bytes(document)
    assert "\nOne two\n" in fix_document(document, checker, unsafe=True).data.decode()

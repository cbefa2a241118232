"""What the default profile and the default report say of ordinary lectures: little, and the worst first."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from corpus import lectures, write

import captionkit
from captionkit.cli.frame import run
from captionkit.documents import loads

FAST = "WEBVTT\n\n" + "".join(
    f"00:{n:02}.000 --> 00:{n:02}.900\nThis is said so fast that nobody reads it.\n\n" for n in range(10, 14)
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def told(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    run(["check", "--no-cache", "--isolated", *words])
    return capsys.readouterr().out


def test_reading_speed_is_one_finding_a_file_under_the_default_profile() -> None:
    found = [one for one in captionkit.check(loads(FAST)) if one.code == "SPD001"]
    assert [one.message for one in found] == [
        "4 of 4 cues above 20 characters a second, median 46.7; --profile dcmp shows each"
    ]
    assert (found[0].line, found[0].cue) == (0, None)


@pytest.mark.parametrize(
    "asked", [{"profile": "netflix-en"}, {"select": "SPD001"}, {"select": "SPD"}, {"profile": "default,netflix-en"}]
)
def test_each_is_told_at_its_place_where_somebody_asks_for_it(asked: dict[str, Any]) -> None:
    found = [one for one in captionkit.check(loads(FAST), **asked) if one.code == "SPD001"]
    assert [one.line for one in found] == [3, 6, 9, 12]


def test_one_alone_is_told_at_its_place() -> None:
    text = FAST.partition("00:11")[0] + "00:20.000 --> 00:24.000\nThis one is slow.\n"
    assert [one.line for one in captionkit.check(loads(text)) if one.code == "SPD001"] == [3]


def test_a_suppressed_cue_is_not_counted() -> None:
    text = FAST.replace("00:10.000", "NOTE captionkit: ignore SPD001\n\n00:10.000")
    found = [one.message for one in captionkit.check(loads(text)) if one.code == "SPD001"]
    assert found[0].startswith("3 of 4 cues above")


def test_fix_mends_what_is_told_as_one(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.en.vtt").write_text(FAST.replace(".900", ".300"), encoding="utf-8")
    assert "4 of 4 cues shown for less than 833.3 ms" in told(capsys, "a.en.vtt", "--output-format", "concise")
    run(["fix", "--isolated", "--unsafe-fixes", "--exit-zero", "a.en.vtt"])
    capsys.readouterr()
    assert "TIM008" not in told(capsys, "a.en.vtt", "--output-format", "concise")


def test_a_baseline_holds_each_so_that_a_new_one_counts(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.en.vtt").write_text(FAST, encoding="utf-8")
    run(["check", "--isolated", "--write-baseline", "old.json", "a.en.vtt"])
    Path("a.en.vtt").write_text(
        FAST + "00:30.000 --> 00:30.900\nSo is this new one, of which nobody knows.\n", encoding="utf-8"
    )
    out = told(capsys, "a.en.vtt", "--baseline", "old.json", "--output-format", "concise")
    assert "a.en.vtt:15:1: warning SPD001" in out and out.count("SPD001") == 1


def test_errors_come_first_and_house_style_is_a_line_a_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(Path("lectures"), 8, languages=("en",))
    Path("lectures/z.en.srt").write_text("1\n00:00:05,000 --> 00:00:02,000\nEnds before it starts.\n", encoding="utf-8")
    lines = told(capsys, "lectures").splitlines()
    style = [place for place, line in enumerate(lines) if "SPD001" in line or "LAY001" in line or "TIM009" in line]
    errors = [place for place, line in enumerate(lines) if " error: " in line]
    assert errors and style
    assert max(errors) < min(style)
    assert all(lines[place].replace(os.sep, "/").startswith("lectures/") for place in style)


def test_many_of_a_kind_are_a_line_with_their_count(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = next(iter(lectures(1, languages=("en",)))).text
    Path("a.en.srt").write_text(data.replace(",", "."), encoding="utf-8")
    out = told(capsys, "a.en.srt")
    assert out.count("SRT011") == 1
    assert "more like it; --output-format concise lists them" in out


@pytest.mark.parametrize(("level", "listed"), [("error", 0), ("warning", 1), ("info", 2)])
def test_level_says_what_is_listed_and_what_is_not_is_counted(
    level: str, listed: int, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("a.en.srt").write_text(
        "1\n00:00:01,000 --> 00:00:01,200\nTwo  spaces, shown for a moment.\n", encoding="utf-8"
    )
    out = told(capsys, "a.en.srt", "--level", level, "--output-format", "concise", "--select", "TIM008,TXT003")
    assert out.count("a.en.srt:") == listed
    assert "1 warning, 1 remark in 1 file." in out
    assert ("Not listed:" in out) is (level != "info")


def test_junit_fails_from_the_fail_level_on(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.en.srt").write_text("1\n00:00:01,000 --> 00:00:01,200\nShown for a moment.\n", encoding="utf-8")
    for level, failures in (("error", 0), ("warning", 1)):
        out = told(capsys, "a.en.srt", "--select", "TIM008", "--output-format", "junit", "--fail-level", level)
        suites = ElementTree.fromstring(out)
        assert suites.get("failures") == str(failures)
        assert len(list(suites.iter("failure"))) == failures
        assert len(list(suites.iter("testcase"))) == 1


def test_per_file_counts_errors_warnings_and_remarks_the_worst_file_first(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("a.en.srt").write_text("1\n00:00:01,000 --> 00:00:03,000\nTwo  spaces.\n", encoding="utf-8")
    Path("b.en.srt").write_text("1\n00:00:05,000 --> 00:00:02,000\nEnds before it starts.\n", encoding="utf-8")
    rows = [line.replace(os.sep, "/").split() for line in told(capsys, ".", "--per-file").splitlines()[:3]]
    assert rows == [
        ["errors", "warnings", "remarks", "file"],
        ["1", "0", "0", "./b.en.srt"],
        ["0", "0", "1", "./a.en.srt"],
    ]

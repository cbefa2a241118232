"""`captionkit check` and `fix`, as a person runs them."""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path

import needs
import pytest

from captionkit.cli.frame import run

GOOD = "1\n00:00:01,000 --> 00:00:03,000\nHello there.\n"
BAD = "1\n00:00:03,000 --> 00:00:01,000\nHello there.\n"
SPACES = "1\n00:00:01,000 --> 00:00:03,000\nHello  there.\n"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CAPTIONKIT_CACHE_DIR", str(tmp_path / ".cache"))
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    (tmp_path / "bad.srt").write_text(BAD, encoding="utf-8")
    (tmp_path / "good.srt").write_text(GOOD, encoding="utf-8")
    (tmp_path / "spaces.srt").write_text(SPACES, encoding="utf-8")
    return tmp_path


def test_a_clean_file_ends_with_0_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "good.srt"]) == 0
    assert capsys.readouterr().out == "1 file checked, nothing found.\n"


def test_a_finding_has_file_line_column_code_cue_and_time(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "bad.srt", "--output-format", "concise"]) == 1
    first = capsys.readouterr().out.splitlines()[0]
    assert (
        first
        == "bad.srt:2:1: error TIM001 [!] ends 2000 ms before it starts, so it is never shown (cue 1, 00:00:03.000)"
    )


def test_the_usual_output_shows_the_line_with_a_caret(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "spaces.srt"]) == 0
    out = capsys.readouterr().out
    assert "TXT003 [*] info: 2 spaces in a row\n  --> spaces.srt:3:6 (cue 1, 00:00:01.000)\n" in out
    assert " 3 | Hello  there.\n   |      ^^\n" in out
    assert "captionkit explain TXT003" in out


def test_quiet_prints_the_findings_and_not_what_they_come_to(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "-q", "good.srt"]) == 0
    assert capsys.readouterr().out == ""
    assert run(["check", "-q", "bad.srt", "--output-format", "concise"]) == 1
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_fail_level_and_exit_zero(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "spaces.srt"]) == 0
    assert run(["check", "spaces.srt", "--fail-level", "info"]) == 1
    assert run(["check", "bad.srt", "--exit-zero"]) == 0
    capsys.readouterr()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nowhere.srt"], "nowhere.srt: there is no such file or folder"),
        ([], "nothing to check"),
        (["good.srt", "--select", "XYZ"], "no rule begins with 'XYZ'"),
        (["good.srt", "--profile", "netflix-eng"], "netflix-en"),
        (["good.srt", "--output-format", "yaml"], "none of"),
        (["good.srt", "--per-file-ignores", "TIM"], "GLOB:CODES"),
        (["good.srt", "--fps", "0.5"], "no frame rate"),
        (["good.srt", "--language", "klingon"], "--language: 'klingon' is no language tag"),
        (["good.srt", "--language", "en,fr"], "--language: 'en,fr' is no language tag"),
        (["good.srt", "--baseline", "none.json"], "baseline"),
    ],
)
def test_a_mistake_in_the_call_ends_with_2_and_a_sentence(
    arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["check", *arguments]) == 2
    assert says in capsys.readouterr().err


@needs.links
def test_a_file_that_cannot_be_read_ends_with_2_and_the_others_are_checked(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "link.srt").symlink_to(here / "gone.srt")
    assert run(["check", "link.srt", "bad.srt", "--output-format", "concise"]) == 2
    out = capsys.readouterr().out
    assert "link.srt: error: cannot read" in out and "bad.srt:2:1" in out


def test_standard_input_has_a_name(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(BAD.encode()), encoding="utf-8"))
    assert run(["check", "-", "--stdin-filename", "talk.en.srt", "--output-format", "concise"]) == 1
    assert capsys.readouterr().out.startswith("talk.en.srt:2:1: error TIM001")


def test_files_from_takes_lines_and_nul_lists(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "list.txt").write_text("bad.srt\ngood.srt\n", encoding="utf-8")
    assert run(["check", "--files-from", "list.txt", "--statistics"]) == 1
    assert "in 2 files" in capsys.readouterr().out
    (here / "list0.txt").write_text("bad.srt\0good.srt\0", encoding="utf-8")
    assert run(["check", "--files-from", "list0.txt", "--statistics"]) == 1
    assert "in 2 files" in capsys.readouterr().out


def test_the_configuration_counts_unless_isolated(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "captionkit.toml").write_text('[check]\nignore = ["TIM"]\nfail-level = "info"\n', encoding="utf-8")
    assert run(["check", "bad.srt"]) == 0
    assert run(["check", "spaces.srt"]) == 1
    assert run(["check", "bad.srt", "--isolated"]) == 1
    (here / "other.toml").write_text('[check]\nselect = ["ENC"]\n', encoding="utf-8")
    assert run(["check", "bad.srt", "--config", "other.toml"]) == 0
    capsys.readouterr()


def test_fix_mends_in_place_and_says_what(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "--fix", "--show-fixes", "spaces.srt"]) == 0
    assert (here / "spaces.srt").read_text(encoding="utf-8") == GOOD
    assert "fixed spaces.srt: 1 x TXT003" in capsys.readouterr().err
    assert run(["fix", "--exit-non-zero-on-fix", "spaces.srt"]) == 0
    (here / "spaces.srt").write_text(SPACES, encoding="utf-8")
    assert run(["fix", "--exit-non-zero-on-fix", "spaces.srt"]) == 1
    capsys.readouterr()


def test_fix_leaves_a_clean_file_alone(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (here / "good.srt").stat().st_mtime_ns
    assert run(["fix", "good.srt"]) == 0
    assert (here / "good.srt").stat().st_mtime_ns == before
    capsys.readouterr()


def test_unsafe_fixes_run_only_when_asked_for(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["fix", "bad.srt"]) == 1
    assert (here / "bad.srt").read_text(encoding="utf-8") == BAD
    assert run(["fix", "bad.srt", "--unsafe-fixes"]) == 0
    assert (here / "bad.srt").read_text(encoding="utf-8") == GOOD
    capsys.readouterr()


def test_diff_shows_and_changes_nothing(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "--diff", "spaces.srt", "good.srt"]) == 1
    out = capsys.readouterr().out
    assert "-Hello  there.\n+Hello there.\n" in out and "good.srt" not in out
    assert (here / "spaces.srt").read_text(encoding="utf-8") == SPACES
    assert run(["check", "--diff", "good.srt"]) == 0
    capsys.readouterr()


def test_mended_standard_input_goes_to_standard_output(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(SPACES.encode()), encoding="utf-8"))
    assert run(["fix", "-"]) == 0
    captured = capsysbinary.readouterr()
    assert captured.out == GOOD.encode()
    assert b"1 finding fixed" in captured.err


def test_a_baseline_lets_only_new_findings_through(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "bad.srt", "--write-baseline", "base.json"]) == 0
    assert run(["check", "bad.srt", "--baseline", "base.json"]) == 0
    moved = "1\n00:00:00,000 --> 00:00:00,900\nFirst words.\n\n2\n00:00:05,000 --> 00:00:03,000\nHello there.\n"
    (here / "bad.srt").write_text(moved, encoding="utf-8")
    assert run(["check", "bad.srt", "--baseline", "base.json"]) == 0, "the old finding has moved, but is not new"
    (here / "bad.srt").write_text(moved + "\n3\n00:00:09,000 --> 00:00:07,000\nSomething new.\n", encoding="utf-8")
    assert run(["check", "bad.srt", "--baseline", "base.json"]) == 1
    assert "cue 3" in capsys.readouterr().out


@needs.posix_names
def test_a_baseline_holds_files_whose_names_are_no_text(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.rename("bad.srt", b"bad\xff.srt")
    Path("clean").mkdir()
    for folder, code in ((".", 1), ("clean", 0)):
        assert run(["check", folder]) == code
        assert run(["check", folder, "--write-baseline", "base.json"]) == 0
        assert run(["check", folder, "--baseline", "base.json"]) == 0


def test_statistics_count_by_rule(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", ".", "--statistics"]) == 1
    out = capsys.readouterr().out
    assert "TIM001" in out and "end-before-start" in out and "in 3 files" in out


def test_the_report_may_go_to_a_file(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "bad.srt", "--output-format", "json", "-o", "report.json"]) == 1
    assert capsys.readouterr().out == ""
    assert json.loads((here / "report.json").read_text(encoding="utf-8"))["findings"][0]["code"] == "TIM001"


def test_github_gets_a_step_summary_where_it_asks_for_one(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(here / "summary.md"))
    assert run(["check", "bad.srt", "--output-format", "github"]) == 1
    assert capsys.readouterr().out.startswith("::error file=bad.srt,line=2,")
    assert "| TIM001 |" in (here / "summary.md").read_text(encoding="utf-8")


def test_two_files_of_one_language_are_seen_together(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "talk.en.srt").write_text(GOOD, encoding="utf-8")
    (here / "talk.en.vtt").write_text("WEBVTT\n\n00:01.000 --> 00:03.000\nHello there.\n", encoding="utf-8")
    assert run(["check", "talk.en.srt", "talk.en.vtt", "--output-format", "concise"]) == 1
    assert "talk.en.vtt: error LNG005" in capsys.readouterr().out


def test_explain_rules_and_profiles_speak(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "TIM003"]) == 0
    assert "Bad (lecture.en.vtt)" in capsys.readouterr().out
    assert run(["explain", "netflix-en"]) == 0
    out = capsys.readouterr().out
    assert "20 characters/s" in out and "partnerhelp.netflixstudios.com" in out and "read October 2026" in out
    assert run(["explain", "fcc"]) == 0
    assert "captionkit invents none" in capsys.readouterr().out
    assert run(["explain", "tim-003"]) == 2
    assert "Did you mean" in capsys.readouterr().err
    assert run(["rules", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) >= 120
    assert run(["rules", "--markdown"]) == 0
    assert "| TIM003 | overlap |" in capsys.readouterr().out
    assert run(["rules"]) == 0
    assert run(["profiles"]) == 0
    assert run(["profiles", "--json"]) == 0
    capsys.readouterr()


# --- captions that may be another recording's -------------------------------------------------------------------------


def lecture(seed: int, says: str, offset: int = 0, number: int = 40) -> str:
    from captionkit.timecode import timecode

    starts = [offset + 1000 + n * 3000 + n * n * 7919 * seed % 1400 for n in range(number)]
    cues = [f"{timecode(start)} --> {timecode(start + 1500)}\n{says} {seed} {n}" for n, start in enumerate(starts)]
    return "WEBVTT\n\n" + "\n\n".join(cues) + "\n"


@pytest.mark.parametrize("cached", [False, True])
def test_a_wrong_file_is_found_in_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], cached: bool
) -> None:
    import os

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CAPTIONKIT_CACHE_DIR", str(tmp_path / "cache"))
    for name, text in (
        ("Lecture 1.en.vtt", lecture(1, "What we say in this lecture is this and that")),
        ("Lecture 1.fr.vtt", lecture(1, "Voici ce que nous disons dans ce cours et pourquoi", 12_000)),
        ("Lecture 2.en.vtt", lecture(2, "And this is what you hear in the other one")),
        ("Lecture 3.en.vtt", lecture(2, "And this is what you hear in the other one")),
    ):
        Path(name).write_text(text, encoding="utf-8")
        os.utime(name, (1_700_000_000, 1_700_000_000))
    arguments = ["check", ".", "--output-format", "concise", "--select", "LNG009,LNG010,LNG011"]
    if cached:
        run([*arguments])
        capsys.readouterr()
    assert run(arguments if cached else [*arguments, "--no-cache"]) == 0
    out = capsys.readouterr().out
    assert "Lecture 1.fr.vtt" in out and "LNG010" in out and "all start 12.0 s later than English" in out
    assert "the words are those of another recording, lecture 3 (" in out


def test_captions_that_end_long_before_the_video_beside_them_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import struct

    monkeypatch.chdir(tmp_path)
    header = bytes(4) + struct.pack(">IIII", 0, 0, 1000, 3_600_000)
    inner = struct.pack(">I4s", 8 + len(header), b"mvhd") + header
    movie = struct.pack(">I4s", 8, b"ftyp") + struct.pack(">I4s", 8 + len(inner), b"moov") + inner
    Path("en").mkdir()
    Path("Lecture 1.mp4").write_bytes(movie)
    Path("en/Lecture 1.vtt").write_text(lecture(1, "What we say in this lecture is this and that"), encoding="utf-8")
    assert run(["check", "en/Lecture 1.vtt", "--output-format", "concise", "--select", "LNG011"]) == 0
    assert "they end at 00:02:0" in capsys.readouterr().out


def test_what_begins_after_the_end_of_a_short_video_is_one_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.en.vtt").write_text(lecture(1, "What we say in this lecture is this and that"), encoding="utf-8")
    run(["check", "a.en.vtt", "--duration", "5", "--output-format", "concise", "--select", "TIM010"])
    out = capsys.readouterr().out
    assert out.count("TIM010") == 2 and "and so do 37 more" in out, out

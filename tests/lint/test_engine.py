"""Which rules run, how bad they are, and in what order findings come."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import captionkit
from captionkit.documents import loads
from captionkit.errors import ConfigError, UsageError
from captionkit.lint import check, settings_for
from captionkit.lint.checker import Checker
from captionkit.lint.settings import Settings
from captionkit.model import Severity

TWO = "WEBVTT\n\n00:01.000 --> 00:04.000\nHello  there.\n\n00:03.000 --> 00:06.000\nHow are you ?\n"


def codes(text: str = TWO, name: str = "a.en.vtt", **arguments: object) -> list[str]:
    return [one.code for one in check(loads(text, path=name), **arguments)]  # type: ignore[arg-type]


def test_check_is_public_and_takes_a_path_too(tmp_path: Path) -> None:
    file = tmp_path / "a.en.vtt"
    file.write_text(TWO, encoding="utf-8")
    assert [one.code for one in captionkit.check(file)] == ["TXT003", "TIM003", "TXT004"]
    assert {one.path for one in captionkit.check(file)} == {str(file)}
    assert {one.path for one in captionkit.check(str(file))} == {str(file)}


def test_findings_come_by_line_with_cue_and_time() -> None:
    found = check(loads(TWO, path="a.en.vtt"))
    assert [(one.line, one.column, one.cue, one.time) for one in found] == [
        (4, 6, 1, 1000),
        (6, 1, 2, 3000),
        (7, 12, 2, 3000),
    ]


def test_select_takes_codes_beginnings_and_all() -> None:
    assert codes(select="TIM") == ["TIM003"]
    assert codes(select=["TXT003", "TIM"]) == ["TXT003", "TIM003"]
    assert set(codes(select="ALL")) >= {"TIM003", "TXT003", "TXT004"}


def test_the_longer_of_select_and_ignore_counts() -> None:
    assert codes(select="TXT003", ignore="TXT") == ["TXT003"]
    assert codes(select="TXT", ignore="TXT003") == ["TXT004"]
    assert codes(ignore="T") == []


def test_a_prefix_that_no_rule_has_is_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError) as caught:
        codes(select="TIMM03")
    assert "TIM003" in str(caught.value)
    with pytest.raises(UsageError, match="TIM003"):
        codes(ignore="overlap")


def test_an_unknown_profile_is_refused_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match="netflix-en"):
        codes(profile="netflix-eng")


def test_a_profile_changes_severity_and_the_settings_change_it_again() -> None:
    document = loads(TWO, path="a.en.vtt")
    assert [one.severity for one in check(document, select="TIM003", profile="fcc")] == [Severity.ERROR]
    settings = Settings(profiles=("fcc",), select=("TIM003",), severities={"TIM": Severity.INFO})
    assert [one.severity for one in Checker(settings).check(document)] == [Severity.INFO]


def test_a_readers_finding_takes_the_severity_of_the_settings() -> None:
    document = loads("WEBVTT\nKind: captions\n\n00:01.000 --> 00:04.000\nHello there.\n", path="a.en.vtt")
    assert [(one.code, one.severity) for one in check(document)] == [("VTT004", Severity.INFO)]
    settings = Settings(severities={"VTT004": Severity.ERROR})
    assert [one.severity for one in Checker(settings).check(document)] == [Severity.ERROR]


def test_one_mistake_is_told_once() -> None:
    page = "<!DOCTYPE html>\n<html><body>Log in</body></html>\n"
    assert codes(page) == ["ENC012"]
    assert codes(page, name="a.srt") == ["ENC012"]


def test_chapters_are_not_measured_for_reading() -> None:
    chapters = "WEBVTT\n\n00:00.000 --> 10:00.000\nIntroduction to the whole of this rather long lecture\n"
    assert "TIM017" in codes(chapters)
    assert codes(chapters, kind="chapters") == []


def test_per_file_and_per_cue_ignores_leave_out_what_they_name() -> None:
    document = loads(TWO, path="drafts/a.en.vtt")
    plain = Checker(Settings()).check(document)
    assert len(plain) == 3
    there = Checker(Settings(per_file_ignores=(("drafts/*", ("TXT",)),))).check(document)
    assert [one.code for one in there] == ["TIM003"]
    elsewhere = Checker(Settings(per_file_ignores=(("final/*", ("TXT",)),))).check(document)
    assert len(elsewhere) == 3
    one_cue = Checker(Settings(cue_ignores=(("a.en.vtt", 2, ("ALL",)),))).check(document)
    assert [one.code for one in one_cue] == ["TXT003"]


def test_a_document_made_by_hand_can_be_checked() -> None:
    cue = captionkit.Cue(1000, 500, "Hello there.")
    document = captionkit.Document("srt", (cue,))
    found = check(document)
    assert [(one.code, one.line, one.cue) for one in found] == [("TIM001", 0, 1)]


def test_limits_in_frames_depend_on_the_frame_rate() -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:03.000\nHello there.\n\n00:03.050 --> 00:06.000\nHow are you?\n"
    assert codes(text, select="TIM006") == ["TIM006"]
    assert codes(text, select="TIM006", fps=50.0) == []


@pytest.mark.parametrize(
    ("language", "expected"),
    [("ja", ["SPD001"]), ("ar", []), ("de", []), ("en", [])],
)
def test_a_limit_may_differ_by_language(language: str, expected: list[str]) -> None:
    # 12 characters in one second: fine for 17 and 20, too much for the 4 full-width ones of Japanese.
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\nあいうえおかきくけこさし\n"
    assert codes(text, select="SPD001", profile="netflix", language=language) == expected


def test_settings_for_takes_what_check_takes() -> None:
    settings = settings_for(select="tim, spd", profile="dcmp,canvas", duration=1.5)
    assert settings.select == ("TIM", "SPD")
    assert settings.profiles == ("dcmp", "canvas")
    assert settings.duration_ms == 1500


def test_a_header_with_a_language_that_is_no_tag_is_checked_like_any_other() -> None:
    text = "WEBVTT\nLanguage: English\n\n00:01.000 --> 00:03.000\nHello there.\n"
    assert {one.code for one in check(loads(text), select="LNG,CVS")} == {"LNG002"}


def test_a_checker_is_made_once_for_the_same_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Settings] = []
    begin = Checker.__init__

    def counted(self: Checker, settings: Settings) -> None:
        made.append(settings)
        begin(self, settings)

    monkeypatch.setattr(Checker, "__init__", counted)
    document = loads("1\n00:00:01,000 --> 00:00:02,000\nHi \n")
    for options in ({"profanity": ["hi"]}, None):
        for _ in range(3):
            more: dict[str, Any] = {"options": options} if options else {}
            found = check(document, select=["TXT002", "TXT016"], fps=23.5, **more)
            assert {one.code for one in found} == {"TXT002", "TXT016"} - (set() if options else {"TXT016"})
    assert len(made) == 4, "tables that the caller may change are looked at each time"

"""What `fix` promises, held to over files with any faults; `scripts/fuzz.py --only fixing` goes on for longer."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from fuzzing._faulty import faulty
from fuzzing.fixing import check

from captionkit.documents import loads
from captionkit.lint import settings_for
from captionkit.lint.checker import Checker
from captionkit.lint.fixing import fix_document
from captionkit.lint.rule import FIXED

FIXTURES = Path(__file__).parents[2] / "fixtures"
FILES = [file for file in sorted(FIXTURES.rglob("*")) if file.suffix in (".srt", ".vtt")]


@pytest.mark.parametrize("seed", range(8))
def test_a_safe_fix_changes_nothing_that_a_player_shows_and_mends_every_finding_marked_so(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(40):
        name, data = faulty(chance)
        try:
            check(name, data)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{data!r}") from error


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_finding_of_a_fixture_that_is_marked_as_safe_is_gone_after_fix(file: Path) -> None:
    check(file.name, file.read_bytes())


def test_a_finding_carries_what_fixes_it_and_only_that_is_fixed() -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:05.000\nHello  there,  \u200byou \n\n00:06.000 --> 00:09.000\na  b\n"
    document = loads(text, path="a.en.vtt")
    found = Checker(settings_for()).check(document, each=True)
    edits = {one.code: one.edit for one in found if one.cue == 1}
    assert edits["TXT015"] and edits["TXT015"].spans == ((15, 16, ""),)
    assert [one.edit.spans for one in found if one.code == "TXT003" and one.edit] == [
        ((5, 7, " "),),
        ((13, 15, " "),),
        ((1, 3, " "),),
    ]
    for one in found:
        assert (one.edit is not None) == (one.fix in FIXED)


def test_what_a_finding_takes_is_seen_before_it_is_tried() -> None:
    """A cue that has no number may get one, but not below a line that ffmpeg would take for it."""
    times = ["00:00:01,000 --> 00:00:03,000", "00:00:04,000 --> 00:00:06,000", "00:00:07,000 --> 00:00:09,000"]
    text = f"1\n{times[0]}\nHello.\n\n{times[1]}\nIn the year\n1999\n\n{times[2]}\nAnd on.\n"
    found = Checker(settings_for()).check(loads(text, path="a.en.srt"), each=True)
    assert [(one.cue, one.fix.value) for one in found if one.code == "SRT001"] == [(2, "safe"), (3, "restores")]
    fixed = fix_document(loads(text, path="a.en.srt"), Checker(settings_for()), path="a.en.srt")
    assert [(one.cue, one.fix.value) for one in fixed.remaining if one.code == "SRT001"] == [(3, "restores")]


@pytest.mark.parametrize(
    ("text", "fix"), [("x</i>", "safe"), ("<i loud>x</i>", "unsafe"), ("<b><i>x</b></i>", "unsafe")]
)
def test_an_end_tag_goes_safely_where_nothing_looks_another_way(text: str, fix: str) -> None:
    document = loads(f"1\n00:00:01,000 --> 00:00:03,000\n{text}\n", path="a.en.srt")
    assert {one.fix.value for one in Checker(settings_for()).check(document) if one.code == "SRT032"} == {fix}

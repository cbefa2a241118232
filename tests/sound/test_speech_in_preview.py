"""The preview draws where somebody speaks, and says how much of it has captions."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

pytest.importorskip("numpy", reason="needs captionkit[sound]")
pytest.importorskip("av", reason="needs captionkit[sound]")

from spoken_corpus import captions, of_vowels, write_wave

from captionkit import dump
from captionkit.cli.frame import run
from captionkit.lint.checker import Checker
from captionkit.lint.settings import Settings
from captionkit.model import Cue, Document
from captionkit.preview import Recording, preview_page
from captionkit.preview.lanes import lane
from captionkit.sound.detectors import best_detector


def drawn(page: str) -> list[list[int]]:
    found: list[list[int]] = json.loads(re.findall(r'"speech": ?(\[.*?\]), ?"lanes"', page, re.DOTALL)[0])
    return found


def test_the_page_says_how_much_of_the_speech_has_captions() -> None:
    document = Document("srt", (Cue(0, 4000, "One."), Cue(9000, 10_000, "Two.")), path="a.en.srt")
    lanes = [lane(document, Checker(Settings()))]
    page = preview_page(lanes, Recording("a.mp4", "a.mp4", duration_ms=12_000, speech=((1000, 5000), (7000, 8000))))
    assert "during 60 % of 00:05 of speech" in page and "where somebody speaks" in page
    assert drawn(page) == [[1000, 5000], [7000, 8000]]
    silent = preview_page(lanes, Recording("a.mp4", "a.mp4", duration_ms=12_000))
    assert "of speech" not in silent and "where somebody speaks" not in silent and drawn(silent) == []


@pytest.mark.skipif(not best_detector().can_judge, reason="no voice detector has a wheel here")
def test_the_preview_listens_when_told_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CAPTIONKIT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    made = of_vowels(2, 0.3)
    write_wave(Path("week1.wav"), made.samples)
    dump(captions(made, "human", 1), "week1.en.srt")
    assert run(["preview", "week1.wav", "week1.en.srt", "--sound", "-o", "page.html"]) == 0
    stretches = drawn(Path("page.html").read_text(encoding="utf-8"))
    said = made.said
    assert stretches and abs(stretches[0][0] - said[0].start) < 200
    assert all(any(start < one.end and end > one.start for one in said) for start, end in stretches)
    assert run(["preview", "week1.en.srt", "--sound", "-o", "other.html"]) == 2
    assert not Path("other.html").exists()

"""`audit --sound`: whether captions fit, are in time, and what speech has none, in the figures of the audit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("numpy", reason="needs captionkit[sound]")
pytest.importorskip("av", reason="needs captionkit[sound]")

from heard import heard, lecture
from spoken_corpus import captions, of_vowels, write_wave

import captionkit
from captionkit import dump
from captionkit.auditing.coverage import covers
from captionkit.auditing.model import Recording, Track
from captionkit.auditing.sound import limits, with_sound
from captionkit.cli.frame import run
from captionkit.documents import dumps, loads
from captionkit.model import Document
from captionkit.sound.detectors import best_detector
from captionkit.sound.verdict import judge
from captionkit.timing import shift

RECORDING = Path("week1.mp4")


def track(document: Document, by: int = 0) -> Track:
    """A track as the audit has it, of captions moved by so much, once it was compared with the sound."""
    made = lecture(1, 8)
    read = loads(dumps(shift(document, by)), path="week1.en.srt")
    plain = Track("en", "en", cues=len(read.cues), warnings=2, rules={"TIM003": 2}, path="week1.en.srt")
    length = made.length_ms
    plain = Track(**{**{name: getattr(plain, name) for name in Track.__slots__},
                     "covered_ms": covers([(cue.start, cue.end) for cue in read.cues], length)})  # fmt: skip
    return with_sound(plain, read, judge(read, heard(made)), length, RECORDING)


def test_captions_in_time_are_as_they_were() -> None:
    found = track(captions(lecture(1, 8), "human", 1))
    assert found.sound == "fits, in time" and found.wrong_file == "" and found.uncaptioned_ms == 0
    assert (found.warnings, found.rules) == (2, {"TIM003": 2})
    assert found.coverage(lecture(1, 8).length_ms) == pytest.approx(1, abs=0.02)


def test_speech_without_captions_is_not_covered() -> None:
    whole = captions(lecture(1, 8), "human", 1)
    kept = whole.with_blocks([cue for cue in whole.cues if not 200_000 <= cue.start < 225_000])
    full, found = track(whole), track(kept)
    assert found.uncaptioned_ms and 15_000 < found.uncaptioned_ms < 30_000
    assert full.covered_ms and found.covered_ms
    assert full.covered_ms - found.covered_ms == pytest.approx(found.uncaptioned_ms, abs=1500)
    assert found.rules["SND005"] == 1 and found.warnings == 3


def test_late_captions_are_said_with_what_moves_them() -> None:
    found = track(captions(lecture(1, 8), "human", 1), 5000)
    assert "late" in found.wrong_file and "captionkit align week1.mp4 week1.en.srt" in found.wrong_file
    assert found.rules["SND001"] == 1
    slightly = track(captions(lecture(1, 8), "human", 1), 750)
    assert slightly.wrong_file == "" and slightly.rules["SND001"] == 1


def test_what_cannot_be_told_changes_nothing_and_is_a_limit() -> None:
    document = Document("srt", captions(lecture(1, 8), "human", 1).cues[:3])
    found = track(document)
    assert found.sound.startswith("cannot tell") and found.warnings == 2 and found.uncaptioned_ms is None
    broken = with_sound(Track("fr", "fr", path="week1.fr.srt"), document, "week1.mp4: it is broken", None, RECORDING)
    assert broken.sound == "not compared: week1.mp4: it is broken"
    said = limits([Recording("p", "m", "m", "week1", tracks=(found, broken))])
    assert said[0].startswith("2 tracks were held against the sound") and said[1].startswith("Of 2 of these nothing")


@pytest.mark.skipif(not best_detector().can_judge, reason="no voice detector has a wheel here")
def test_a_folder_is_listened_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CAPTIONKIT_CACHE_DIR", str(tmp_path / "cache"))
    folder = tmp_path / "course"
    folder.mkdir()
    made = of_vowels(4, 3.5)
    write_wave(folder / "week1.wav", made.samples)
    right = captions(made, "human", 1)
    kept = [cue for cue in right.cues if not (60_000 <= cue.start < 73_000 or 120_000 <= cue.start < 133_000)]
    dump(right.with_blocks(kept), folder / "week1.en.srt")

    def audited(*options: str) -> dict[str, Any]:
        run(["audit", str(folder), "--output-format", "json", *options])
        found: dict[str, Any] = json.loads(capsys.readouterr().out)
        return found

    (plain,) = audited()["recordings"]
    assert plain["status"] == "captioned"
    listened = audited("--sound")
    (one,) = listened["recordings"]
    assert one["status"] == "partly captioned" and one["tracks"][0]["sound"].startswith("fits")
    assert any("held against the sound" in limit for limit in listened["limits"])
    from_python = captionkit.audit(folder, sound=True)
    (track,) = from_python.recordings[0].tracks or ()
    assert track.sound == one["tracks"][0]["sound"]
    assert any("held against the sound" in limit for limit in from_python.audit.limits)
    assert run(["audit", "--sound", "--course", "1"]) == 2

"""`sync-check` and `align` from the command line, from a recording made on the spot to the file that is written."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("numpy", reason="needs captionkit[sound]")
pytest.importorskip("av", reason="needs captionkit[sound]")

import numpy as np
from heard import lecture
from spoken_corpus import Recording, captions, of_vowels, write_wave

from captionkit import dump, load
from captionkit.cli.frame import run
from captionkit.sound.detectors import best_detector
from captionkit.timing import shift

pytestmark = pytest.mark.skipif(not best_detector().can_judge, reason="no voice detector has a wheel here")
SEED, MINUTES = 4, 4


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Recording]:
    folder = tmp_path_factory.mktemp("recorded")
    made = of_vowels(SEED, MINUTES)
    write_wave(folder / "lecture.wav", made.samples)
    return folder, made


@pytest.fixture
def folder(recorded: tuple[Path, Recording], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with lecture.wav, and captions of it: right.en.srt, late.en.srt, other.en.srt."""
    where, made = recorded
    monkeypatch.setenv("CAPTIONKIT_CACHE_DIR", str(where / "cache"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lecture.wav").hardlink_to(where / "lecture.wav")
    right = captions(made, "human", 1)
    dump(right, "right.en.srt")
    dump(shift(right, 3400), "late.en.srt")
    dump(captions(lecture(11, MINUTES), "human", 1), "other.en.srt")
    return tmp_path


Said = Callable[[], tuple[str, str]]


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Said:
    def read() -> tuple[str, str]:
        found = capsys.readouterr()
        return found.out, found.err

    return read


def test_captions_in_time(folder: Path, said: Said) -> None:
    assert run(["sync-check", "lecture.wav", "right.en.srt"]) == 0
    assert said()[0].startswith("fits, in time (T = ")


def test_late_captions_and_the_command_that_mends_them(folder: Path, said: Said) -> None:
    assert run(["sync-check", "lecture.wav", "late.en.srt"]) == 1
    out = said()[0]
    assert out.startswith("fits, 3.") and "s late (T = " in out
    command = out.partition("Mend it: captionkit ")[2].split("\n")[0].split()
    assert run(command) == 0
    err = said()[1]
    assert "s late" in err and "All captions: 3." in err and "s earlier." in err and ", 0 left as they are" in err
    assert run(["sync-check", "lecture.wav", command[-1]]) == 0
    right = load("right.en.srt").cues
    assert all(abs(a.start - b.start) <= 300 for a, b in zip(load(command[-1]).cues, right, strict=True))


def test_the_json_has_a_format_and_all_that_is_known(folder: Path, said: Said) -> None:
    assert run(["sync-check", "--json", "lecture.wav", "late.en.srt"]) == 1
    found = json.loads(said()[0])
    assert found["format"] == "captionkit-sync-check/1"
    assert (found["verdict"], found["is_in_time"], found["ratio"]) == ("fits", False, "1")
    (part,) = found["parts"]
    assert abs(part["shift_ms"] + 3400) <= 300 and part["end_ms"] is None
    assert found["command"].startswith("captionkit align lecture.wav late.en.srt -o ")
    assert found["t"] > 7.5 and found["z"] > 2 and 200_000 < found["length_ms"] < 260_000


def test_other_captions_are_not_written_anywhere(folder: Path, said: Said) -> None:
    before = Path("other.en.srt").read_bytes()
    assert run(["align", "lecture.wav", "other.en.srt", "--in-place"]) == 1
    assert run(["align", "lecture.wav", "other.en.srt", "-o", "out.srt"]) == 1
    assert "it is not known where these captions belong" in said()[1]
    assert Path("other.en.srt").read_bytes() == before and not Path("out.srt").exists()
    assert run(["sync-check", "lecture.wav", "other.en.srt"]) in (0, 1)
    assert said()[0].startswith(("does not fit", "cannot tell"))


def test_in_place_a_file_in_time_is_not_even_touched(folder: Path, said: Said) -> None:
    before = Path("right.en.srt").stat()
    assert run(["align", "lecture.wav", "right.en.srt", "--in-place"]) == 0
    after = Path("right.en.srt").stat()
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)
    assert "Nothing was moved: the captions are in time." in said()[1]


def test_a_file_that_is_there_is_not_overwritten_unless_told_to(folder: Path, said: Said) -> None:
    Path("out.srt").write_text("mine", encoding="utf-8")
    assert run(["align", "lecture.wav", "late.en.srt", "-o", "out.srt"]) == 2
    assert Path("out.srt").read_text(encoding="utf-8") == "mine"
    assert run(["align", "lecture.wav", "late.en.srt", "-o", "out.srt", "--force"]) == 0
    assert "mine" not in Path("out.srt").read_text(encoding="utf-8")


def test_speech_without_captions_is_listed_with_its_place(folder: Path, said: Said) -> None:
    right = load("right.en.srt")
    gone = [cue for cue in right.cues if 100_000 <= cue.start < 115_000]
    dump(right.with_blocks([cue for cue in right.cues if cue not in gone]), "hole.en.srt")
    assert run(["sync-check", "lecture.wav", "hole.en.srt"]) == 1
    assert "Speech without captions" in (out := said()[0]) and "00:01:4" in out


@pytest.mark.parametrize("command", [["sync-check"], ["align"]])
def test_what_is_no_recording_is_said_without_a_traceback(command: list[str], folder: Path, said: Said) -> None:
    Path("junk.mp4").write_bytes(b"junk" * 1000)
    for name, code in (("junk.mp4", 1), ("nowhere.mp4", 2), ("right.en.srt", 1), (".", 8)):
        assert run([*command, name, "right.en.srt"]) == code
        err = said()[1]
        assert err.startswith(f"error: {name}") and "Traceback" not in err
    assert run([*command, "lecture.wav", "nowhere.srt"]) == 2


@pytest.fixture
def library(folder: Path) -> Path:
    """Recordings beside captions: in time, late, another lecture's, with a hole, broken, silent."""
    right = load("right.en.srt")
    gone = [cue for cue in right.cues if 100_000 <= cue.start < 115_000]
    files = {
        "right": right,
        "late": load("late.en.srt"),
        "other": load("other.en.srt"),
        "hole": right.with_blocks([cue for cue in right.cues if cue not in gone]),
    }
    (folder / "lib").mkdir()
    for name, document in files.items():
        dump(document, f"lib/{name}.en.srt")
        Path(f"lib/{name}.wav").hardlink_to("lecture.wav")
    for name, data in (("broken", b"junk" * 1000), ("silent", b"")):
        dump(right, f"lib/{name}.en.srt")
        Path(f"lib/{name}.wav").write_bytes(data)
    write_wave(Path("lib/silent.wav"), np.zeros(16_000 * 30))
    dump(right, "lib/alone.en.srt")
    return folder / "lib"


def test_check_listens_to_the_recordings_beside_the_files_when_told_to(library: Path, said: Said) -> None:
    assert run(["check", "lib", "--select", "SND"]) == 0
    said()
    run(["check", "lib", "--sound", "--select", "SND", "--output-format", "json"])
    out, err = said()
    found = {(Path(one["path"]).name.split(".")[0], one["code"]) for one in _findings(out)}
    assert {("late", "SND001"), ("hole", "SND005")} <= found
    assert {name for name, _ in found} <= {"late", "hole", "other"}
    assert "note: lib/broken.en.srt: not compared with the sound: broken.wav: " in err.replace("\\", "/")
    assert "note: lib/silent.en.srt: whether it fits silent.wav cannot be told: nobody speaks" in err.replace("\\", "/")
    assert "alone" not in err
    (hole,) = [one for one in _findings(out) if one["code"] == "SND005"]
    assert "somebody speaks from 00:01:4" in hole["message"]
    line = Path(hole["path"]).read_text(encoding="utf-8").split("\n")[hole["line"] - 1]
    assert line.startswith("00:01:5") and " --> " in line


def _findings(out: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(out)["findings"]
    return found


def test_a_rule_that_is_switched_off_says_nothing_of_the_sound(library: Path, said: Said) -> None:
    run(["check", "lib/late.en.srt", "--sound", "--select", "SND", "--ignore", "SND001", "--output-format", "json"])
    assert _findings(said()[0]) == []

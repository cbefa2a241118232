"""Studio gets only captions that should be seen: `upload`, `studio add`, and a push of a folder of Studio."""

from __future__ import annotations

import io
import json
import os
import re
import struct
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

pytest.importorskip("werkzeug", reason="needs captionkit[sandbox]")

from studio_clients import recording

from captionkit.cli.frame import run
from captionkit.errors import ExitCode
from captionkit.sandbox.studio import Studio

Shell = Callable[..., tuple[int, str, str]]

#: Ends after 19 seconds.
ENGLISH = """1
00:00:01,000 --> 00:00:05,000
Today we will look at how a film is made and why that is so difficult.

2
00:00:06,000 --> 00:00:09,000
The first thing that you have to know is that not all shots are the same.

3
00:00:10,000 --> 00:00:14,000
Editing is the art of putting them together so that the story makes sense.

4
00:00:15,000 --> 00:00:19,000
That is why in this class we are going to talk about cuts and about music.
"""
MERGED = ENGLISH.replace("The first thing", "<<<<<<< HEAD\nThe first\n=======\nThe first thing")
UNREAD = ENGLISH.replace("00:00:06,000", "00:00:o6,000")
BACKWARDS = ENGLISH.replace("00:00:06,000 --> 00:00:09,000", "00:00:09,000 --> 00:00:06,000")

#: What is wrong, the language in the file's name, its content, and the check that holds it back.
BAD: dict[str, tuple[str, str | bytes, str]] = {
    "marks of a merge": ("en", MERGED, "conflict-markers"),
    "English called Spanish": ("es", ENGLISH, "language"),
    "a cue that cannot be read": ("en", UNREAD, "hidden-words"),
    "a cue that ends before it starts": ("en", BACKWARDS, "findings"),
    "an encoding that is a guess": ("en", ENGLISH.replace("film", "fïlm").encode("cp1252"), "encoding"),
    "captions that run on": ("en", ENGLISH.replace("00:00:19", "00:10:19"), "length"),
}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, studio: Studio) -> Path:
    for name in ("XDG_CONFIG_HOME", "APPDATA", "HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    for name in [name for name in os.environ if name.startswith(("CAPTIONKIT_", "CANVAS_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("CAPTIONKIT_STUDIO_URL", studio.url)
    monkeypatch.setenv("CAPTIONKIT_STUDIO_TOKEN", studio.tokens["teacher"])
    monkeypatch.setitem(sys.modules, "keyring", None)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "work"


@pytest.fixture
def ck(home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    def call(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO())
        code = run([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return code, out, err

    yield call


def write(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def captions(studio: Studio) -> list[str]:
    """The languages of all captions in Studio."""
    return sorted(caption["srclang"] for media in studio.media() for caption in studio.captions(media["id"]))


def allow(names: Iterable[str]) -> list[str]:
    return [part for name in names for part in ("--allow", name)]


def movie(path: Path, seconds: int) -> Path:
    """A recording that says how long it runs."""

    def sandbox(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I4s", len(content) + 8, name) + content

    header = struct.pack(">B3xIIII", 0, 0, 0, 1000, seconds * 1000)
    return write(path, sandbox(b"ftyp", b"isom") + sandbox(b"moov", sandbox(b"mvhd", header)) + os.urandom(100))


class TestEachCheck:
    @pytest.mark.parametrize("what", BAD)
    def test_upload(self, ck: Shell, studio: Studio, home: Path, what: str) -> None:
        language, text, check = BAD[what]
        file = movie(home / "lecture.mp4", 20)
        write(home / f"lecture.{language}.srt", text)
        write(home / "lecture.pt.srt", ENGLISH[:60].replace("Today", "Hoje"))
        code, out, err = ck("upload", file, "--dry-run")
        assert code == ExitCode.FINDINGS and f"--allow {check}" in out, out + err
        code, out, err = ck("upload", file)
        assert code == ExitCode.PARTIAL and "held back: " in out, out + err
        assert captions(studio) == ["pt"]
        lifted = re.findall(r"--allow ([a-z-]+)", out)
        assert ck("upload", file, *allow(lifted))[0] == ExitCode.OK
        assert captions(studio) == sorted(["pt", language])

    @pytest.mark.parametrize("what", [what for what in BAD if BAD[what][2] != "length"])
    def test_add(self, ck: Shell, studio: Studio, home: Path, what: str) -> None:
        language, text, check = BAD[what]
        media = studio.add_media("Lecture 1")
        file = write(home / "lecture.srt", text)
        code, _, err = ck("studio", "add", media, language, file)
        assert code == ExitCode.FINDINGS and "held back: " in err and f"--allow {check}" in err, err
        assert not captions(studio)
        lifted = re.findall(r"--allow ([a-z-]+)", err)
        assert ck("studio", "add", media, language, file, *allow(lifted))[0] == ExitCode.OK
        assert len(captions(studio)) == 1

    @pytest.mark.parametrize("what", BAD)
    def test_push(self, ck: Shell, studio: Studio, home: Path, what: str) -> None:
        """The listing of Studio says how long a media runs: three seconds here."""
        language, text, check = BAD[what]
        studio.add_media("Lecture 1")
        studio.add_media("Lecture 2")
        ck("studio", "init", home, "--account")
        write(home / f"Lecture 1.{language}.srt", text)
        write(home / "Lecture 2.en.srt", ENGLISH.replace("film", "picture"))  # ends within the tolerance
        code, out, err = ck("push", home, "--yes")
        assert code == ExitCode.FINDINGS and "! not sent" in out and f"--allow {check}" in out, out + err
        assert len(captions(studio)) == 1
        steps = [json.loads(line) for line in ck("plan", home, "--json")[1].splitlines()]
        (held,) = [step["held"] for step in steps if step.get("do") == "hold"]
        assert ck("push", home, "--yes", *allow(held))[0] == ExitCode.OK
        assert len(captions(studio)) == 2


def test_words_that_are_lost_on_the_way_to_srt_are_held_back(ck: Shell, studio: Studio, home: Path) -> None:
    file = recording(home, "a.mp4")
    write(home / "a.en.vtt", "WEBVTT\n\n00:01.000 --> 00:04.000\nA List<String> is no Map<Key, Value>.\n")
    code, out, _ = ck("upload", file)
    assert code == ExitCode.PARTIAL and "--allow hidden-words" in out
    assert not captions(studio)


def test_an_upload_holds_back_the_captions_of_another_recording(ck: Shell, studio: Studio, home: Path) -> None:
    for name in ("a.mp4", "b.mp4"):
        recording(home, name)
    write(home / "a.en.srt", ENGLISH)
    write(home / "b.en.srt", ENGLISH.replace(",000", ",500"))
    code, out, _ = ck("upload", "a.mp4", "b.mp4")
    assert code == ExitCode.PARTIAL and "the words are those of another recording, b.mp4 (b.en.srt)" in out
    assert len(studio.media()) == 2 and not captions(studio)
    assert ck("upload", "a.mp4", "b.mp4", "--allow", "same-words")[0] == ExitCode.OK
    assert len(captions(studio)) == 2


def test_names_are_known_or_refused_and_the_folder_may_lift_them(ck: Shell, studio: Studio, home: Path) -> None:
    file = recording(home, "a.mp4")
    write(home / "a.es.srt", ENGLISH)
    code, _, err = ck("upload", file, "--allow", "lenght")
    assert code == ExitCode.USAGE and "Did you mean length?" in err
    assert not studio.requests
    write(home / "captionkit.toml", f'[studio]\nurl = "{studio.url}"\naccount = true\n[sync]\nallow = ["language"]\n')
    assert ck("upload", file)[0] == ExitCode.OK
    assert len(captions(studio)) == 1


def test_an_encoding_that_the_folder_names_is_no_guess(ck: Shell, studio: Studio, home: Path) -> None:
    file = recording(home, "a.mp4")
    write(home / "a.en.srt", ENGLISH.replace("film", "fïlm").encode("cp1252"))
    toml = f'[studio]\nurl = "{studio.url}"\naccount = true\n[encodings]\n"*.srt" = "windows-1252"\n'
    write(home / "captionkit.toml", toml)
    assert ck("upload", file)[0] == ExitCode.OK
    assert captions(studio) == ["en"]
    assert ck("studio", "add", studio.add_media("Lecture 2"), "en", home / "a.en.srt")[0] == ExitCode.OK


def test_an_encoding_that_the_call_names_is_no_guess(ck: Shell, studio: Studio, home: Path) -> None:
    file = recording(home, "a.mp4")
    write(home / "a.en.srt", ENGLISH.replace("film", "fïlm").encode("cp1252"))
    ck("upload", file)
    assert captions(studio) == []
    assert ck("upload", file, "--encoding", "windows-1252", "--again")[0] == ExitCode.OK
    assert captions(studio) == ["en"]
    assert ck("upload", file, "--encoding", "windoes")[0] == ExitCode.USAGE

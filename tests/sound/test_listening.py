"""Recordings of all kinds listened to: vowels made by rule, which the detectors take for speech."""

from __future__ import annotations

import shutil
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("numpy", reason="needs captionkit[sound]")
pytest.importorskip("av", reason="needs captionkit[sound]")

import av
import numpy as np
from spoken_corpus import RATE, Recording, of_vowels, write_wave

from captionkit.errors import CaptionkitError, ContentError, LocalError, NoSuchFile
from captionkit.sound import decode
from captionkit.sound.decode import samples_of
from captionkit.sound.detectors import STEPS, Detector, best_detector, installed_detectors
from captionkit.sound.speech import speech_of

needs_detector = pytest.mark.skipif(not best_detector().can_judge, reason="no voice detector has a wheel here")


@pytest.fixture(scope="module")
def made() -> Recording:
    return of_vowels(1, 0.5)


@pytest.fixture
def wave(made: Recording, tmp_path: Path) -> Path:
    write_wave(tmp_path / "lecture.wav", made.samples)
    return tmp_path / "lecture.wav"


def encoded(file: Path, samples: Any, *, begins: float = 0.0, picture: bool = False, sound: bool = True) -> Path:
    """A recording in a container, its sound beginning so many seconds after its picture."""
    with av.open(str(file), "w") as container:
        video = container.add_stream("mpeg4", rate=5) if picture else None
        stream = container.add_stream("pcm_s16le", rate=RATE, layout="mono") if sound else None
        if video is not None:
            video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
            for number in range(10):
                frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), number, dtype=np.uint8), format="rgb24")
                frame.pts = number
                container.mux(video.encode(frame))
            container.mux(video.encode())
        if stream is not None:
            sounds = av.AudioFrame.from_ndarray((samples * 32767).astype("<i2")[None, :], format="s16", layout="mono")
            sounds.rate, sounds.pts = RATE, round(begins * RATE)
            for packet in stream.encode(sounds):
                container.mux(packet)
            container.mux(stream.encode())
    return file


@needs_detector
@pytest.mark.parametrize("name", ["plain.wav", "video.mkv", "video.mov"])
def test_speech_is_heard_where_it_is(name: str, made: Recording, tmp_path: Path) -> None:
    file = tmp_path / name
    if name.endswith("wav"):
        write_wave(file, made.samples)
    else:
        encoded(file, made.samples, picture=True)
    speech = speech_of(file, use_cache=False)
    assert abs(speech.length_ms - made.length_ms) <= 100
    truth = np.zeros(len(speech.probability), dtype=bool)
    for one in made.said:
        truth[one.start * STEPS // 1000 : one.end * STEPS // 1000] = True
    heard = speech.probability >= 128
    assert (heard & truth).sum() / truth.sum() > 0.9
    assert (heard & ~truth).sum() / (~truth).sum() < 0.35


def test_a_sound_track_that_begins_late_is_led_by_silence(made: Recording, tmp_path: Path) -> None:
    file = encoded(tmp_path / "late.mkv", made.samples, begins=7, picture=True)
    samples = np.concatenate(list(samples_of(file)))
    assert abs(len(samples) / RATE - made.length_ms / 1000 - 7) < 0.1
    assert not samples[: 7 * RATE - 100].any() and samples[7 * RATE :].any()


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="needs ffmpeg")
@pytest.mark.parametrize("begins", [0, 7])
def test_where_pyav_is_missing_ffmpeg_gives_the_same_sound(
    begins: float, made: Recording, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = encoded(tmp_path / "lecture.mkv", made.samples, begins=begins, picture=True)
    first = np.concatenate(list(samples_of(file)))
    mute = encoded(tmp_path / "mute.mkv", made.samples, picture=True, sound=False)
    monkeypatch.setitem(sys.modules, "av", None)
    second = np.concatenate(list(samples_of(file)))
    assert abs(len(first) - len(second)) <= 2
    count = min(len(first), len(second))
    assert float(np.abs(first[:count] - second[:count]).mean()) < 0.005
    with pytest.raises(ContentError, match="no sound track"):
        list(samples_of(mute))
    (tmp_path / "junk.mp4").write_bytes(bytes(range(256)) * 40)
    with pytest.raises(ContentError, match="no recording can be read"):
        list(samples_of(tmp_path / "junk.mp4"))


def several(file: Path, *tracks: tuple[str, bool, Any]) -> Path:
    """A recording with several sound tracks: the language of each, whether a player begins with it, and its sound."""
    with av.open(str(file), "w") as container:
        streams = []
        for language, is_first, _ in tracks:
            stream = container.add_stream("pcm_s16le", rate=RATE, layout="mono")
            stream.metadata["language"] = language
            stream.disposition = av.stream.Disposition(1 if is_first else 0)
            streams.append(stream)
        for stream, (_, _, samples) in zip(streams, tracks, strict=True):
            frame = av.AudioFrame.from_ndarray((samples * 32767).astype("<i2")[None, :], format="s16", layout="mono")
            frame.rate, frame.pts = RATE, 0
            for packet in (*stream.encode(frame), *stream.encode()):
                container.mux(packet)
    return file


@pytest.fixture(params=["PyAV", "ffmpeg"])
def decoder(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Chooses what decodes, once the recordings are made."""
    if request.param == "ffmpeg" and shutil.which("ffmpeg") is None:
        pytest.skip("needs ffmpeg")
    return lambda: monkeypatch.setitem(sys.modules, "av", None) if request.param == "ffmpeg" else None


@needs_detector
@pytest.mark.parametrize(
    ("language", "number"), [("", 1), ("es", 0), ("es-MX", 0), ("en", 1), ("fr", 1), ("no tag!", 1)]
)
def test_of_several_sound_tracks_that_of_the_captions_or_of_a_player_is_heard(
    language: str, number: int, made: Recording, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    decoder: Callable[[], None],
) -> None:  # fmt: skip
    monkeypatch.setenv("CAPTIONKIT_CACHE_DIR", str(tmp_path / "cache"))
    silence = np.zeros_like(made.samples)
    file = several(tmp_path / "two.mkv", ("spa", False, silence), ("eng", True, made.samples))
    decoder()
    for _ in range(2):  # the second time it is known
        heard = speech_of(file, language=language)
        assert (heard.spoken_ms > 0) == (number == 1)
        name = ("Spanish", "English")[number]
        assert heard.remarks == (f"of its 2 sound tracks number {number + 1} ({name}) was heard",)


def test_a_recording_of_one_sound_track_needs_no_remark(wave: Path) -> None:
    assert speech_of(wave, use_cache=False).remarks == ()


def test_sound_that_changes_its_rate_on_the_way_is_heard_to_the_end(made: Recording, tmp_path: Path) -> None:
    """As in recordings that were joined."""
    joined = b""
    for rate in (44_100, 16_000, 48_000):
        part = tmp_path / f"{rate}.aac"
        with av.open(str(part), "w", format="adts") as container:
            stream = container.add_stream("aac", rate=rate, layout="mono")
            frame = av.AudioFrame.from_ndarray((made.samples * 32767).astype("<i2")[None, :], format="s16",
                                               layout="mono")  # fmt: skip
            frame.rate = RATE
            resampler = av.AudioResampler(format="fltp", layout="mono", rate=rate, frame_size=1024)
            for piece in (*resampler.resample(frame), *resampler.resample(None)):
                container.mux(stream.encode(piece))
            container.mux(stream.encode())
        joined += part.read_bytes()
    (tmp_path / "joined.aac").write_bytes(joined)
    samples = np.concatenate(list(samples_of(tmp_path / "joined.aac")))
    assert abs(len(samples) / RATE - 3 * made.length_ms / 1000) < 1


def test_a_recording_that_breaks_off_says_how_long_it_should_be(wave: Path) -> None:
    data = wave.read_bytes()
    wave.write_bytes(data[: len(data) // 2])
    (remark,) = speech_of(wave, use_cache=False).remarks
    assert remark.startswith("its sound ends at 00:00:1") and "says to be 00:00:3" in remark


def test_nothing_that_decodes_is_said_with_what_to_install(wave: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    monkeypatch.setattr(decode, "which", lambda name: None)
    with pytest.raises(CaptionkitError) as refused:
        list(samples_of(wave))
    assert "captionkit[sound]" in refused.value.hint


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("empty.mp4", b"", "the file is empty"),
        ("junk.mp4", b"\x00\x01\x02\x03" * 5000, "no recording can be read from it"),
        ("words.mp4", b"1\n00:00:01,000 --> 00:00:02,000\nHello.\n", "no "),
        ("list.mp4", b"#EXTM3U\n#EXTINF:10,\nhttp://example.org/a.ts\n", "no recording can be read from it"),
    ],
)
def test_what_is_no_recording_is_said_in_one_sentence(name: str, data: bytes, says: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(ContentError) as refused:
        list(samples_of(tmp_path / name))
    assert says in refused.value.message and refused.value.where.endswith(name)


def test_a_recording_without_sound_and_one_that_is_not_there(made: Recording, tmp_path: Path) -> None:
    mute = encoded(tmp_path / "mute.mkv", made.samples, picture=True, sound=False)
    with pytest.raises(ContentError, match="the recording has no sound track"):
        list(samples_of(mute))
    with pytest.raises(NoSuchFile, match="there is no such file"):
        list(samples_of(tmp_path / "nowhere.mp4"))
    with pytest.raises(LocalError, match="this is a folder"):
        list(samples_of(tmp_path))


def test_of_a_recording_that_was_cut_off_what_is_there_is_heard(wave: Path) -> None:
    data = wave.read_bytes()
    wave.write_bytes(data[: len(data) // 2])
    samples = np.concatenate(list(samples_of(wave)))
    assert abs(2 * len(samples) - len(data) // 2) < RATE


def test_a_title_in_any_encoding_is_no_obstacle(wave: Path) -> None:
    title = "Übung: Löschen".encode("latin-1")
    info = b"INFO" + b"INAM" + struct.pack("<I", len(title)) + title
    data = wave.read_bytes() + b"LIST" + struct.pack("<I", len(info)) + info
    without, behind_riff_size = list(samples_of(wave)), data[8:]
    wave.write_bytes(b"RIFF" + struct.pack("<I", len(behind_riff_size)) + behind_riff_size)
    assert sum(map(len, samples_of(wave))) == sum(map(len, without))


def test_the_sound_comes_in_small_pieces_with_how_far_it_is(tmp_path: Path) -> None:
    write_wave(tmp_path / "long.wav", np.zeros(300 * RATE, dtype=np.float32))
    seen: list[tuple[float, float]] = []
    longest = max(
        len(piece) for piece in samples_of(tmp_path / "long.wav", lambda done, total: seen.append((done, total)))
    )
    assert longest <= 20 * RATE
    assert seen[-1] == (300.0, 300.0)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


@pytest.mark.parametrize("detector", installed_detectors(), ids=lambda one: one.name)
def test_every_detector_that_is_installed_hears_speech(detector: Detector, made: Recording) -> None:
    heard = detector.detect(iter(np.array_split(made.samples, 37))) >= 128
    assert abs(len(heard) * 1000 // STEPS - made.length_ms) <= 40
    truth = np.zeros(len(heard), dtype=bool)
    for one in made.said:
        truth[one.start * STEPS // 1000 : one.end * STEPS // 1000] = True
    assert (heard & truth).sum() / truth.sum() > 0.75
    assert (heard & ~truth).sum() / (~truth).sum() < 0.5
    assert len(detector.detect(iter(()))) == 0
    assert detector.can_judge == (not detector.name.startswith("loudness"))


@needs_detector
def test_a_recording_is_listened_to_once_and_again_when_it_changed(
    wave: Path, made: Recording, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAPTIONKIT_CACHE_DIR", str(tmp_path / "cache"))
    times: list[int] = []

    def listened(file: Path) -> bytes:
        told: list[float] = []
        found = speech_of(file, lambda done, total: told.append(done)).probability.tobytes()
        times.append(max(told) > 0)
        return found

    first = listened(wave)
    elsewhere = tmp_path / "renamed.wav"
    shutil.copy(wave, elsewhere)
    assert listened(elsewhere) == listened(wave) == first
    assert times == [True, False, False]
    (kept,) = (tmp_path / "cache" / "speech").iterdir()
    whole = kept.read_bytes()
    for damaged in (b"", whole[:-1], whole[:60] + b"\x00" + whole[61:], b"\x00" + whole[1:], whole + b"x"):
        kept.write_bytes(damaged)
        assert listened(wave) == first and times[-1] is True
        assert kept.read_bytes() == whole
    write_wave(wave, made.samples[: len(made.samples) // 2])
    assert len(listened(wave)) < len(first) and times[-1] is True


def test_ctrl_c_ends_listening_and_leaves_nothing_behind(tmp_path: Path) -> None:
    write_wave(tmp_path / "long.wav", np.zeros(60 * RATE, dtype=np.float32))
    program = (
        "import signal, sys\n"
        "from pathlib import Path\n"
        "from captionkit.sound.speech import speech_of\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "def tell(done, total):\n"
        "    if done > 5: signal.raise_signal(signal.SIGINT)\n"
        "try:\n"
        "    speech_of(Path(sys.argv[1]), tell)\n"
        "except KeyboardInterrupt:\n"
        "    sys.exit(130)\n"
    )
    environment = {**__import__("os").environ, "CAPTIONKIT_CACHE_DIR": str(tmp_path / "cache")}
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path / "long.wav")], env=environment, timeout=60)
    assert done.returncode == 130
    assert not (tmp_path / "cache").exists()

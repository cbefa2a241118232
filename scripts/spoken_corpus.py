"""Recordings of lectures made by rule, with captions as people and programs time them; the same for the same seed.

The words are those of `corpus.py`, spoken by espeak-ng a few words at a time, so that it is known to the hundredth of a
second what is said when. Speakers hesitate within sentences and pause between them; audiences laugh. Noise and music
can be laid under it. Instead of espeak-ng the recorded phrases of Debian's asterisk-core-sounds-* can speak, or vowels
made by rule, which voice detectors take for speech: those need nothing but numpy.
"""

from __future__ import annotations

import random
import shutil
import subprocess
import wave
from collections.abc import Iterator, Sequence
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from corpus import lectures

import captionkit
from captionkit.model import Cue, Document

RATE = 16_000
VOICES = ("en-us", "en-gb+f2", "en-us+m3", "en-gb-scotland+m7", "en-us+f4", "en-gb+m1", "en-gb-x-rp+f5", "en-us+m5")
_PHRASES = Path("/usr/share/asterisk/sounds")


class Said(NamedTuple):
    """A few words: what, from when to when in milliseconds, and whether they begin or end a sentence."""

    text: str
    start: int
    end: int
    begins: bool
    ends: bool


class Recording(NamedTuple):
    samples: Any
    said: list[Said]
    sounds: list[tuple[int, int]]

    @property
    def length_ms(self) -> int:
        return len(self.samples) * 1000 // RATE


def can_speak() -> bool:
    return shutil.which("espeak-ng") is not None


def has_phrases() -> bool:
    return _PHRASES.is_dir()


# --- recordings -------------------------------------------------------------------------------------------------------


def recording(seed: int, minutes: float) -> Recording:
    """One lecture by one speaker of espeak-ng."""
    chance = random.Random(f"speaker {seed}")
    voice, speed = VOICES[seed % len(VOICES)], chance.randrange(135, 185)
    chunks = (
        (_spoken(text, voice, speed), text, begins, ends) for text, begins, ends in _chunks(_sentences(seed), chance)
    )
    return _laid_out(chunks, chance, minutes)


def of_vowels(seed: int, minutes: float, *, silent: bool = False) -> Recording:
    """The same by nobody: vowels for as long as the words take.

    Args:
        silent: not even those; only what is said when.
    """
    chance = random.Random(f"vowels {seed}")
    letters_a_second = chance.uniform(13, 16)

    def sound(text: str) -> Any:
        count = round(len(text) / letters_a_second * RATE)
        return np.zeros(count, dtype=np.float32) if silent else _vowels(count, np.random.default_rng(len(text)))

    chunks = ((sound(text), text, begins, ends) for text, begins, ends in _chunks(_sentences(seed), chance))
    return _laid_out(chunks, chance, minutes)


def of_phrases(seed: int, minutes: float) -> Recording:
    """The recorded phrases of one of Debian's voices, in an order by chance: each is a sentence."""
    chance = random.Random(f"phrases {seed}")
    folders = sorted(folder for folder in _PHRASES.iterdir() if folder.is_dir() and not folder.is_symlink())
    folder = folders[seed % len(folders)]
    files = [file for file in sorted(folder.glob("*.wav")) if file.stat().st_size > 16_000]

    def chunks() -> Iterator[tuple[Any, str, bool, bool]]:
        while True:
            samples = _phrase(chance.choice(files))
            letters = max(5, round(len(samples) / RATE * chance.uniform(12, 18)))
            yield samples, f"{'words ' * (letters // 6)}here.", True, True

    return _laid_out(chunks(), chance, minutes)


def _laid_out(chunks: Iterator[tuple[Any, str, bool, bool]], chance: random.Random, minutes: float) -> Recording:
    """Speech with the pauses that people make."""
    laid: list[Any] = [np.zeros(round(chance.uniform(1, 8) * RATE), dtype=np.float32)]
    at = len(laid[0])
    said: list[Said] = []
    sounds: list[tuple[int, int]] = []
    while at < minutes * 60 * RATE:
        samples, text, begins, ends = next(chunks)
        said.append(Said(text, at * 1000 // RATE, (at + len(samples)) * 1000 // RATE, begins, ends))
        if ends:
            pause = chance.choices(
                (chance.uniform(0.25, 0.8), chance.uniform(0.8, 2), chance.uniform(2, 5), chance.uniform(5, 12)),
                (60, 30, 8, 2),
            )[0]
        else:
            pause = chance.uniform(0.3, 1.0) if chance.random() < 0.25 else chance.uniform(0.02, 0.1)
        after = np.zeros(round(pause * RATE), dtype=np.float32)
        if ends and pause > 4:
            laughter = np.random.default_rng(at).normal(0, 0.02, len(after) // 2).astype(np.float32)
            after[RATE // 2 : RATE // 2 + len(laughter)] = laughter[: len(after) - RATE // 2]
            begun = at + len(samples) + RATE // 2
            sounds.append((begun * 1000 // RATE, (begun + len(laughter)) * 1000 // RATE))
        laid += [samples, after]
        at += len(samples) + len(after)
    return Recording(np.concatenate(laid), said, sounds)


def _sentences(seed: int) -> Iterator[str]:
    for number in range(1000):
        for lecture in lectures(1, seed=seed * 1000 + number, languages=("en",)):
            for cue in captionkit.loads(lecture.text, "srt").cues:
                text = " ".join(cue.text.split())
                if text and not text.startswith("("):
                    yield text.removeprefix("- ")


def _chunks(sentences: Iterator[str], chance: random.Random) -> Iterator[tuple[str, bool, bool]]:
    for sentence in sentences:
        words = sentence.split()
        begins = True
        while words:
            count = len(words) if len(words) < 8 else chance.randrange(4, 8)
            yield " ".join(words[:count]), begins, count == len(words)
            words, begins = words[count:], False


#: The first three formants of five vowels, in Hz (Peterson and Barney 1952).
_FORMANTS = ((730, 1090, 2440), (270, 2290, 3010), (300, 870, 2240), (530, 1840, 2480), (570, 840, 2410))


def _vowels(count: int, chance: np.random.Generator) -> Any:
    """So many samples of syllables: a breath of noise, then a voiced vowel whose pitch falls."""
    made = np.zeros(count)
    at = 0
    while at < count:
        length = min(round(chance.uniform(0.12, 0.25) * RATE), count - at)
        pitch = np.linspace(1.06, 0.94, length) * 120 * chance.uniform(0.9, 1.1)
        turns = np.cumsum(pitch / RATE)
        formants = _FORMANTS[chance.integers(len(_FORMANTS))]
        syllable = np.zeros(length)
        for harmonic in range(1, 26):
            hertz = 120 * harmonic
            loud = sum(
                gain / (1 + ((hertz - formant) / (60 + formant / 20)) ** 2)
                for formant, gain in zip(formants, (1, 0.5, 0.25), strict=True)
            )
            syllable += loud * np.sin(2 * np.pi * harmonic * turns)
        syllable *= np.sin(np.pi * np.linspace(0, 1, length)) ** 0.6
        made[at : at + length] = syllable + chance.normal(0, 0.15, length) * np.exp(-np.arange(length) / (0.04 * RATE))
        at += length
    return (made * 0.2).astype(np.float32)


@lru_cache(maxsize=20_000)
def _spoken(text: str, voice: str, speed: int) -> Any:
    command = ["espeak-ng", "-v", voice, "-s", str(speed), "--stdout", text]
    return _trimmed(_read(subprocess.run(command, capture_output=True, check=True).stdout))


@lru_cache(maxsize=2000)
def _phrase(file: Path) -> Any:
    return _trimmed(_read(file.read_bytes()))


def _read(data: bytes) -> Any:
    with wave.open(BytesIO(data)) as file:
        rate = file.getframerate()
        frames = file.readframes(1 << 30)
    samples = np.frombuffer(frames[: len(frames) // 2 * 2], dtype="<i2").astype(np.float32) / 32768
    count = len(samples) * RATE // rate
    return np.interp(np.arange(count) * (rate / RATE), np.arange(len(samples)), samples).astype(np.float32)


def _trimmed(samples: Any) -> Any:
    loud = np.flatnonzero(np.abs(samples) > 0.02)
    return samples[loud[0] : loud[-1] + 1] if len(loud) else samples


# --- what is laid under it --------------------------------------------------------------------------------------------


def with_noise(made: Recording, decibels: float, seed: int) -> Recording:
    """Noise as of a fan, so many decibels below the speech."""
    chance = np.random.default_rng(seed)
    noise = np.convolve(chance.normal(0, 1, len(made.samples)), [0.25, 0.25, 0.25, 0.25], mode="same")
    return made._replace(samples=_mixed(made.samples, noise, decibels))


def with_music(made: Recording, decibels: float, seed: int) -> Recording:
    """Chords that change every other second, under all of it."""
    chance = random.Random(f"music {seed}")
    music = np.zeros(len(made.samples), dtype=np.float32)
    for at in range(0, len(music), 2 * RATE):
        length = min(2 * RATE, len(music) - at)
        time = np.arange(length) / RATE
        root = 110 * 2 ** (chance.randrange(12) / 12)
        chord = sum(np.sin(2 * np.pi * root * step * time) / step for step in (1, 1.26, 1.5, 2, 3))
        music[at : at + length] = chord * np.exp(-time)
    return made._replace(samples=_mixed(made.samples, music, decibels))


def _mixed(speech: Any, other: Any, decibels: float) -> Any:
    loud = speech[np.abs(speech) > 0.01]
    gain = np.sqrt((loud**2).mean() / (other**2).mean()) / 10 ** (decibels / 20)
    mixed = speech + other.astype(np.float32) * np.float32(gain)
    return mixed / max(1.0, float(np.abs(mixed).max()))


def write_wave(file: Path, samples: Any) -> None:
    with wave.open(str(file), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes((samples * 32767).astype("<i2").tobytes())


# --- captions ---------------------------------------------------------------------------------------------------------


def captions(made: Recording, style: str, seed: int) -> Document:
    """Captions of a recording.

    Args:
        style: "human": a cue for some words, begun a little early or late and shown a little longer;
            "lazy": cues of two sentences without any gap, begun when somebody got to it;
            "rolled": two lines that move up, as YouTube makes them; "unpunctuated": seven words a cue, by a program.
    """
    chance = random.Random(f"{style} {seed}")
    groups = list(_grouped(made.said, style, chance))
    cues: list[Cue] = []
    early, late = {"human": (0.15, 0.6), "lazy": (0.35, 0.0), "rolled": (0.08, 0.0), "unpunctuated": (0.08, 0.2)}[style]
    starts = [
        max(0, round(group[0].start + 1000 * chance.gauss(0.2 if style == "lazy" else 0, early))) for group in groups
    ]
    before = ""
    for index, group in enumerate(groups):
        following = starts[index + 1] if index + 1 < len(starts) else group[-1].end + 2000
        end = round(group[-1].end + 1000 * chance.uniform(0, late)) if late else following
        end = max(min(end, following), starts[index] + 300)
        text = " ".join(one.text for one in group)
        if style in ("rolled", "unpunctuated"):
            text = "".join(letter for letter in text.lower() if letter.isalnum() or letter in " '")
        cues.append(Cue(starts[index], end, f"{before}\n{text}".strip() if style == "rolled" else text))
        before = text
    if style in ("human", "lazy"):
        cues += [Cue(start, end, "(audience laughs)") for start, end in made.sounds]
    cues.sort(key=lambda cue: cue.start)
    return Document("srt", tuple(cue._replace(identifier=str(number)) for number, cue in enumerate(cues, 1)))


def _grouped(said: Sequence[Said], style: str, chance: random.Random) -> Iterator[list[Said]]:
    group: list[Said] = []
    sentences = 0
    for index, one in enumerate(said):
        group.append(one)
        sentences += one.ends
        letters = sum(len(part.text) + 1 for part in group)
        following = said[index + 1] if index + 1 < len(said) else None
        is_full = following is None or letters + len(following.text) > (160 if style == "lazy" else 80)
        if style == "lazy":
            is_done = is_full or (one.ends and sentences == 2)
        elif style == "human":
            is_done = is_full or (one.ends and chance.random() < 0.8)
        else:
            is_done = True
        if is_done:
            yield group
            group, sentences = [], 0
    if group:
        yield group

"""How well `sync-check` and `align` do: on recordings that espeak-ng speaks here and now, with captions of four kinds.

    python scripts/bench_sound.py [--full] [--keep FOLDER] [--seed 1]

What is said when is known, so each answer is right or wrong. The recordings are clean, with noise 10 and 5 decibels
below the speech, and with music below it, by eight voices; where Debian's asterisk-core-sounds-* are installed, some
are of recorded people. The captions are as people time them, lazy ones without gaps, rolled up, and without
punctuation. Offsets, frame rates and holes are made in the captions, cuts in the sound. ffsubsync is measured on the
same files where it is installed. Speech by a synthesiser is not a lecture: these figures hold the program to what it
could do yesterday.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import numpy as np
from spoken_corpus import (
    Recording,
    Said,
    can_speak,
    captions,
    has_phrases,
    of_phrases,
    recording,
    with_music,
    with_noise,
    write_wave,
)

from captionkit import dump, load
from captionkit.model import Document
from captionkit.sound.detectors import STEPS, best_detector
from captionkit.sound.speech import Speech
from captionkit.sound.verdict import RATIOS, Judgement, Verdict, judge
from captionkit.timing import retime, shift

STYLES = ("human", "lazy", "rolled", "unpunctuated")
CONDITIONS = ("clean", "noise 10 dB", "noise 5 dB", "music")


class Lecture(NamedTuple):
    """A recording, what was heard in it, and what was said."""

    name: str
    made: Recording
    speech: Speech

    def first(self, minutes: float) -> Lecture:
        """Its beginning."""
        ms = round(minutes * 60_000)
        said = [one for one in self.made.said if one.end <= ms]
        sounds = [one for one in self.made.sounds if one[1] <= ms]
        heard = Speech(self.speech.probability[: ms * STEPS // 1000])
        return Lecture(self.name, self.made._replace(said=said, sounds=sounds), heard)


def made(number: int, minutes: float, *, phrases: bool = False) -> tuple[str, Recording]:
    """A recording by its number, with what is laid under it."""
    if phrases:
        return f"phrases {number}", of_phrases(number, minutes)
    plain = recording(number, minutes)
    condition = CONDITIONS[number % len(CONDITIONS)]
    if condition.startswith("noise"):
        plain = with_noise(plain, float(condition.split()[1]), number)
    elif condition == "music":
        plain = with_music(plain, 12, number)
    return f"{condition} {number}", plain


def heard(number: int, minutes: float, keep: Path | None, *, phrases: bool = False) -> Lecture:
    """A lecture, made and listened to, or as it is kept."""
    file = keep / f"{'phrases' if phrases else 'lecture'}-{number}-{minutes:g}.json" if keep else None
    if file is not None and file.exists():
        kept = json.loads(file.read_text(encoding="utf-8"))
        said = [Said(*one) for one in kept["said"]]
        probability = np.frombuffer(bytes.fromhex(kept["probability"]), dtype=np.uint8)
        return Lecture(
            kept["name"], Recording(np.zeros(0), said, [tuple(one) for one in kept["sounds"]]), Speech(probability)
        )
    name, plain = made(number, minutes, phrases=phrases)
    probability = best_detector().detect([plain.samples])
    if file is not None:
        about = {"name": name, "said": plain.said, "sounds": plain.sounds, "probability": probability.tobytes().hex()}
        file.write_text(json.dumps(about), encoding="utf-8")
    return Lecture(name, plain._replace(samples=np.zeros(0)), Speech(probability))


# --- what is measured -------------------------------------------------------------------------------------------------


class Figures:
    """What was measured, beside what is asked for."""

    def __init__(self) -> None:
        self.missed = 0

    def say(self, what: str, found: str, asked: str = "", holds: bool | None = None) -> None:
        mark = "" if holds is None else "ok" if holds else "MISSED"
        self.missed += holds is False
        print(f"  {what:<58} {found:>24}   {asked:<22} {mark}", flush=True)


def offsets(lectures: list[Lecture], seed: int, figures: Figures) -> None:
    for minutes in (4, 8, 15):
        errors: dict[str, list[float]] = {style: [] for style in STYLES}
        verdicts: list[Verdict] = []
        for lecture, style, document in _pairs(lectures, minutes, seed):
            by = random.Random(f"offset {lecture.name} {style} {seed}").randrange(-30_000, 30_000)
            found = judge(shift(document, by, drop=True), lecture.speech)
            verdicts.append(found.verdict)
            if found.verdict is Verdict.FITS:
                errors[style].append(abs(_main_shift(found) + by))
        every = [error for those in errors.values() for error in those]
        within = sum(error <= 500 for error in every) / max(1, len(every))
        middle = median(every) / 1000 if every else 0.0
        fits = sum(one is Verdict.FITS for one in verdicts)
        figures.say(f"{minutes} minutes: offset, median error", f"{middle:.3f} s", "at most 0.2 s", middle <= 0.2)
        figures.say(f"{minutes} minutes: offset within 0.5 s", _share(within), "at least 94 %", within >= 0.94)
        figures.say(f"{minutes} minutes: called right", f"{fits} of {len(verdicts)}")
        for style, those in errors.items():
            if those:
                share = sum(error <= 500 for error in those) / len(those)
                figures.say(f"    {style}: median, within 0.5 s", f"{median(those) / 1000:.3f} s, {_share(share)}")


def wrong_lectures(lectures: list[Lecture], seed: int, figures: Figures, most: int) -> None:
    """Each recording with the captions of others."""
    pairs = [(a, b) for a in lectures for b in lectures if a is not b]
    random.Random(seed).shuffle(pairs)
    called: dict[Verdict, int] = dict.fromkeys(Verdict, 0)
    top = 0.0
    for number, (lecture, other) in enumerate(pairs[:most]):
        style = STYLES[number % len(STYLES)]
        minutes = (3, 4, 8, 15)[number // len(STYLES) % 4]
        found = judge(captions(other.first(minutes).made, style, number), lecture.first(minutes).speech)
        called[found.verdict] += 1
        top = max(top, found.t)
    count = sum(called.values())
    share = called[Verdict.FITS] / count
    figures.say("wrong lecture called right", f"{called[Verdict.FITS]} of {count}", "at most 0.5 %", share <= 0.005)
    figures.say("    called wrong; highest T", f"{called[Verdict.FITS_NOT]} of {count}; {top:.1f}")


def right_lectures(lectures: list[Lecture], seed: int, figures: Figures, most: int) -> None:
    """Three minutes and more of each recording with its own captions."""
    called: dict[Verdict, int] = dict.fromkeys(Verdict, 0)
    for minutes in (3, 3.5, 4, 5, 6, 8, 10, 15):
        for _, lecture, document in (
            (s, lec, doc) for lec, s, doc in _pairs(lectures, minutes, seed + round(minutes * 10))
        ):
            if sum(called.values()) < most:
                called[judge(document, lecture.speech).verdict] += 1
    count = sum(called.values())
    figures.say(
        "right lecture called wrong", f"{called[Verdict.FITS_NOT]} of {count}", "none", not called[Verdict.FITS_NOT]
    )
    figures.say("    called right", f"{called[Verdict.FITS]} of {count}")


def ratios(lectures: list[Lecture], seed: int, figures: Figures) -> None:
    right = count = told = 0
    for number, (lecture, _, document) in enumerate(_pairs(lectures, 15, seed)):
        wanted = RATIOS[number % len(RATIOS)]
        by = random.Random(f"ratio {number}").randrange(-5000, 5000)
        found = judge(retime(document, 1 / wanted, by, drop=True), lecture.speech)
        if found.verdict is Verdict.FITS:
            told += 1
            right += found.ratio == wanted
        count += 1
    share = right / max(1, told)
    figures.say("15 minutes: ratio right", f"{right} of {told}", "at least 98 %", share >= 0.98)
    figures.say("    called right", f"{told} of {count}")


def cut_recordings(lectures: list[Lecture], seed: int, figures: Figures) -> None:
    """Twenty seconds and more taken out of each recording, or put into it: found is a cut of that length to a second,
    at its place to half a minute (a lazy cue alone is shown for ten seconds)."""
    found_cuts = count = false_cuts = plain = 0
    for number, (lecture, style, document) in enumerate(_pairs(lectures, 15, seed)):
        whole = judge(document, lecture.speech)
        if whole.verdict is Verdict.FITS:
            plain += 1
            false_cuts += len(whole.parts) > 1
        chance = random.Random(f"cut {lecture.name} {style} {seed}")
        length = chance.randrange(20_000, 55_000)
        at = chance.randrange(120_000, lecture.speech.length_ms - 120_000 - length)
        probability = lecture.speech.probability
        if chance.random() < 0.5:
            joined = np.delete(probability, slice(at * STEPS // 1000, (at + length) * STEPS // 1000))
            by = -length
        else:
            other = lectures[(number // len(STYLES) + 1) % len(lectures)].speech.probability
            joined = np.insert(probability, at * STEPS // 1000, other[1000 : 1000 + length * STEPS // 1000])
            by = length
        judged = judge(document, Speech(joined))
        if judged.verdict is not Verdict.FITS:
            continue
        count += 1
        parts = judged.parts
        found_cuts += (
            len(parts) == 2
            and abs(parts[1].shift_ms - parts[0].shift_ms - by) <= 1000
            and abs(parts[0].end - at) <= 30_000
        )
    share, false = found_cuts / max(1, count), false_cuts / max(1, plain)
    figures.say("cuts of 20 s and more found", f"{found_cuts} of {count}", "at least 95 %", share >= 0.95)
    figures.say("cuts found where there are none", f"{false_cuts} of {plain}", "at most 2 %", false <= 0.02)


def trimmed_recordings(lectures: list[Lecture], seed: int, figures: Figures) -> None:
    """Ten seconds to a minute cut off the beginning of each recording, or its end: its captions are in one part."""
    count = parted = 0
    for lecture, style, document in _pairs(lectures, 10, seed):
        chance = random.Random(f"trim {lecture.name} {style} {seed}")
        length, probability = chance.randrange(10, 55) * STEPS, lecture.speech.probability
        for left in (probability[length:], probability[:-length]):
            found = judge(document, Speech(left))
            if found.verdict is Verdict.FITS:
                count += 1
                parted += len(found.parts) > 1
    figures.say("trimmed recordings called cut", f"{parted} of {count}", "at most 10 %", parted / max(1, count) <= 0.1)


def holes(lectures: list[Lecture], seed: int, figures: Figures) -> None:
    """Some cues taken out; they spoke for five seconds and more."""
    found = count = alarms = silent = cues = 0
    hours = 0.0
    for lecture, style, document in _pairs(lectures, 15, seed):
        chance = random.Random(f"hole {lecture.name} {style} {seed}")
        gone = _hole(document, lecture, chance)
        if gone is None:
            continue
        kept, begin, end = gone
        judged = judge(document.with_blocks(kept), lecture.speech)
        if judged.verdict is not Verdict.FITS:
            continue
        count += 1
        hours += lecture.speech.length_ms / 3_600_000
        hits = [one for one in judged.uncaptioned if one[0] < end and one[1] > begin]
        found += bool(hits)
        alarms += len(judged.uncaptioned) - len(hits)
        silent += len(judged.silent)
        cues += len(document.cues)
    share, rate = found / max(1, count), alarms / max(hours, 1e-9)
    figures.say("holes of 5 s and more found", f"{found} of {count}", "at least 95 %", share >= 0.95)
    figures.say("holes found where there are none", f"{rate:.2f} an hour", "at most 1 an hour", rate <= 1)
    figures.say("    cues called silent that are not", f"{silent} of {cues}")


def _hole(document: Document, lecture: Lecture, chance: random.Random) -> tuple[list[Any], int, int] | None:
    """The document without some cues, and from when to when their words are said; None where there are too few."""
    cues = document.cues
    wanted = chance.randrange(5000, 15_000)
    first = chance.randrange(len(cues) // 4, len(cues) // 2)
    for last in range(first, len(cues)):
        begin = cues[first].start
        end = cues[last + 1].start if last + 1 < len(cues) else cues[last].end
        said = [one for one in lecture.made.said if begin <= (one.start + one.end) // 2 < end]
        if said and said[-1].end - said[0].start >= wanted:
            return [*cues[:first], *cues[last + 1 :]], said[0].start, said[-1].end
    return None


def cost(folder: Path, figures: Figures) -> None:
    """An hour of lecture by the command, in a process of its own."""
    quarter = made(0, 15)[1]
    video, words = folder / "hour.wav", folder / "hour.srt"
    write_wave(video, np.tile(quarter.samples, 4))
    cues = captions(quarter, "human", 0).cues
    length = quarter.length_ms
    whole = [cue._replace(start=cue.start + n * length, end=cue.end + n * length) for n in range(4) for cue in cues]
    dump(Document("srt", tuple(cue._replace(identifier=str(n)) for n, cue in enumerate(whole, 1))), words)
    seconds, megabytes = _measured([sys.executable, "-m", "captionkit", "sync-check", str(video), str(words)], folder)
    hours = 4 * length / 3_600_000
    figures.say("processor time an hour of lecture", f"{seconds / hours:.1f} s", "at most 25 s", seconds / hours <= 25)
    figures.say("most memory", f"{megabytes:.0f} MB", "at most 150 MB", megabytes <= 150)
    again, _ = _measured([sys.executable, "-m", "captionkit", "sync-check", str(video), str(words)], folder)
    figures.say("    the second time", f"{again:.1f} s")


#: Runs a command and says its processor seconds and most kilobytes. A process that is begun by a large one counts the
#: memory of that one, too; so a small one begins it.
_MEASURE = """
import os, resource, subprocess, sys
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(code, used.ru_utime + used.ru_stime, used.ru_maxrss)
"""


def _measured(command: list[str], folder: Path) -> tuple[float, float]:
    """Processor seconds and most megabytes of a command."""
    environment = {**os.environ, "CAPTIONKIT_CACHE_DIR": str(folder / "cache")}
    arguments = [sys.executable, "-S", "-E", "-c", _MEASURE, *command]
    done = subprocess.run(arguments, capture_output=True, env=environment, check=True)
    code, seconds, kilobytes = done.stdout.split()
    assert int(code) in (0, 1), command
    return float(seconds), int(kilobytes) / 1024


def ffsubsync(folder: Path, lectures: int, minutes: float, seed: int, figures: Figures) -> None:
    """The usual tool on the same files: offsets, and files that need nothing."""
    program = shutil.which("ffsubsync")
    if program is None:
        print("  ffsubsync is not installed")
        return
    errors, ours, stretched = [], [], 0
    count = 0
    for number in range(lectures):
        _, plain = made(number, minutes)
        style = STYLES[number // len(CONDITIONS) % len(STYLES)]
        by = random.Random(f"ffsubsync {number}").randrange(-20_000, 20_000)
        video, words, out = folder / "peer.wav", folder / "peer.srt", folder / "out.srt"
        write_wave(video, plain.samples)
        document = shift(captions(plain, style, seed), by, drop=True)
        dump(document, words)
        command = [program, str(video), "-i", str(words), "-o", str(out)]
        subprocess.run(command, capture_output=True, check=True)
        count += 1
        before, after = document.cues, load(out).cues
        moves = [b.start - a.start for a, b in zip(before, after, strict=False)]
        stretched += abs(moves[-1] - moves[0]) > 300
        errors.append(median(abs(move + by) for move in moves))
        found = judge(document, Speech(best_detector().detect([plain.samples])))
        if found.verdict is Verdict.FITS:
            ours.append(abs(_main_shift(found) + by))
    figures.say(
        f"ffsubsync: offset within 0.5 s ({count} files of {minutes:g} min)",
        f"{sum(e <= 500 for e in errors)} of {count}",
    )
    figures.say("    stretched without need", f"{stretched} of {count}")
    figures.say(
        "captionkit on the same files: within 0.5 s", f"{sum(e <= 500 for e in ours)} of {len(ours)} it calls right"
    )


def _pairs(lectures: list[Lecture], minutes: float, seed: int) -> Iterator[tuple[Lecture, str, Document]]:
    for lecture in lectures:
        short = lecture.first(minutes)
        for style in STYLES:
            yield short, style, captions(short.made, style, seed)


def _main_shift(found: Judgement) -> int:
    """Of the longest part."""
    return max(found.parts, key=lambda part: min(part.end, found.length_ms) - part.start).shift_ms


def _share(share: float) -> str:
    return f"{100 * share:.1f} %"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--full", action="store_true", help="five times as many recordings (half an hour)")
    parser.add_argument("--keep", type=Path, help="keep what was heard in this folder, and use what is kept there")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="only the parts with this in their names")
    options = parser.parse_args()
    if not can_speak():
        sys.exit("espeak-ng is not installed: it speaks the recordings")
    if options.keep:
        options.keep.mkdir(parents=True, exist_ok=True)
    count = 40 if options.full else 8
    begun = time.time()
    lectures = [heard(options.seed * 1000 + number, 15, options.keep) for number in range(count)]
    people = (
        [heard(options.seed * 1000 + number, 15, options.keep, phrases=True) for number in range(5)]
        if has_phrases()
        else []
    )
    print(
        f"{len(lectures)} recordings by espeak-ng, {len(people)} of recorded phrases, 15 minutes each, "
        f"{best_detector().name}: made and heard in {time.time() - begun:.0f} s"
    )
    figures = Figures()
    wrong = 800 if options.full else 150
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        parts: list[tuple[str, Callable[[], None]]] = [
            ("offsets", lambda: offsets(lectures, options.seed, figures)),
            ("wrong lectures", lambda: wrong_lectures([*lectures, *people], options.seed, figures, wrong)),
            ("right lectures", lambda: right_lectures(lectures, options.seed, figures, 400)),
            ("ratios", lambda: ratios(lectures, options.seed, figures)),
            ("cuts", lambda: cut_recordings(lectures, options.seed, figures)),
            ("trimmed", lambda: trimmed_recordings(lectures, options.seed, figures)),
            ("holes", lambda: holes(lectures, options.seed, figures)),
            ("cost", lambda: cost(folder, figures)),
            ("ffsubsync", lambda: ffsubsync(folder, 24 if options.full else 4, 6, options.seed, figures)),
        ]  # fmt: skip
        if people:
            parts.insert(1, ("offsets of recorded phrases", lambda: offsets(people, options.seed, figures)))
        for title, part in parts:
            if options.only in title:
                print(title)
                part()
    missed = f"; {figures.missed} figures missed" if figures.missed else ""
    print(f"{time.time() - begun:.0f} s{missed}")


if __name__ == "__main__":
    main()

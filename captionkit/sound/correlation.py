"""How well captions fit a sound at every shift in time, measured against the same captions in another order.

For every lag within the window, each caption signal is multiplied with its sound signal and summed (by FFT). What such
a sum is worth depends on the lecture: so the cues are shuffled, each with the pause after it, some sixteen times, and
each sum is divided by the spread of its kind over all lags of the shuffled copies. The weighted sum of the four is the
score. T is its peak, in units that are alike for all lectures; Z is how far T stands above the peaks of the shuffled
copies, in their standard deviations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from captionkit.sound.signals import LEAST_SENTENCES, STEP_RATE, Spoken, caption_signals

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from captionkit.sound.signals import Signals

    Scores = NDArray[np.float64]

#: Of shown, text rate, beginnings, ends, as a prototype on 364 voice tracks found them best.
_WEIGHTS = (0.5, 1.0, 1.0, 0.5)
_COPIES = 16
_SEED = 20


class Scale(NamedTuple):
    """What the sums of one pair of captions and sound are measured by.

    Attributes:
        factors: what each of the four sums is multiplied with to be added up to the score.
        peaks: of the score, of each shuffled copy.
        spread: the standard deviation of their scores over all lags.
    """

    factors: Scores
    peaks: Scores
    spread: float

    def distance(self, peak: float) -> float:
        """Z: how far a peak stands above those of the shuffled copies."""
        import numpy as np

        return float((peak - self.peaks.mean()) / max(float(np.std(self.peaks)), 1e-9))


class Sound:
    """The sound's signals, transformed once for all captions they are held against.

    Args:
        signals: of `sound_signals`.
        lags: how many steps captions may be moved either way.
    """

    def __init__(self, signals: Signals, lags: int) -> None:
        import numpy as np

        self.signals = signals
        self.lags = lags
        self._size = 1 << int(signals.shape[1] + lags).bit_length()
        self._transformed = np.fft.rfft(signals, self._size, axis=1)

    @property
    def length(self) -> int:
        return int(self.signals.shape[1])

    def sums(self, captions: Signals) -> Scores:
        """Of each signal and each lag, from captions moved earlier by `lags` steps to later by as many."""
        import numpy as np

        transformed = np.conj(np.fft.rfft(captions, self._size, axis=1)) * self._transformed
        whole = np.fft.irfft(transformed, self._size, axis=1)
        return np.concatenate((whole[:, -self.lags :], whole[:, : self.lags + 1]), axis=1)


def weights(spoken: Spoken) -> Scores:
    import numpy as np

    found = np.array(_WEIGHTS)
    if spoken.share_of_sentences < LEAST_SENTENCES:
        found[2:] = 0.0
    return np.asarray(found / np.sqrt((found**2).sum()))


def scale(spoken: Spoken, sound: Sound) -> Scale:
    """What these captions are measured by, from shuffled copies of them."""
    import numpy as np

    chance = np.random.default_rng(_SEED)
    sums = np.stack([sound.sums(caption_signals(_shuffled(spoken, chance), sound.length)) for _ in range(_COPIES)])
    spreads = np.maximum(sums.std(axis=(0, 2)), 1e-9)
    factors = weights(spoken) / spreads
    scores = np.tensordot(factors, sums, axes=(0, 1))
    return Scale(factors, scores.max(axis=1), float(scores.std()))


def _shuffled(spoken: Spoken, chance: np.random.Generator) -> Spoken:
    """The same cues in another order, each with the pause after it."""
    import numpy as np

    order = chance.permutation(len(spoken.starts))
    until_next = np.append(np.diff(spoken.starts), spoken.ends[-1] - spoken.starts[-1])[order]
    starts = spoken.starts[0] + np.concatenate(([0.0], np.cumsum(until_next)[:-1]))
    ends = starts + (spoken.ends - spoken.starts)[order]
    said = starts + (spoken.said - spoken.starts)[order]
    return Spoken(starts, ends, said, spoken.characters[order], spoken.begins[order], spoken.finishes[order])


def stretched(spoken: Spoken, ratio: float) -> Spoken:
    return spoken._replace(starts=spoken.starts * ratio, ends=spoken.ends * ratio, said=spoken.said * ratio)


def lag_ms(index: float, lags: int) -> float:
    """The shift in milliseconds at a place in the scores."""
    return (index - lags) * 1000 / STEP_RATE

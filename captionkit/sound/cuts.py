"""Where a recording was cut: parts of the captions that fit at different shifts.

The captions are taken in blocks of 20 seconds, and each block is held against the sound at every lag. The best path
through all blocks either keeps its lag or jumps, and a jump costs (Viterbi, with the scores as log likelihoods: a block
of captions at its right lag scores about T / blocks more than at any other). A path that never jumps is the rule.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from captionkit.sound.signals import STEP_RATE

if TYPE_CHECKING:
    from captionkit.sound.correlation import Scale, Scores, Sound
    from captionkit.sound.signals import Signals

_BLOCK = 20 * STEP_RATE
#: What a jump costs, as the logarithm of how unlikely it is: of 2,400 lags, which are some 300 apart, and of the places
#: in an hour there are e^10 to choose from by chance; the rest is caution.
_JUMP_COST = 16.0
#: What a part must gain by itself over the parts beside it: captions that are not in the recording at all, because its
#: beginning was cut off, say, fit somewhere with up to 18 a block. Of 80 recordings without their first or last 10 to
#: 55 seconds 4 were called cut with this, and 42 without; of 80 cuts a minute or two from either end 73 were found.
_LEAST_GAIN = 32.0
#: Neighbouring parts whose lags differ by less are one.
_SAME_LAG = round(0.7 * STEP_RATE)


class Stretch(NamedTuple):
    """Captions at one lag.

    Attributes:
        first, behind: the steps of the captions that it holds for.
        lag: a place in the scores.
    """

    first: int
    behind: int
    lag: int


def stretches(captions: Signals, sound: Sound, scale: Scale, peak: float) -> list[Stretch]:
    """The captions in stretches of one lag each, in their order; mostly one. Where something was cut out of the
    recording, the captions between two of them have no place in it.

    Args:
        peak: the best score of all captions at one lag.
    """
    scores = block_scores(captions, sound, scale)
    # One block scores at its right lag about peak / blocks, with a variance of spread^2 / blocks: of two lags the
    # logarithm of their likelihoods differs by the difference of the scores times peak / spread^2.
    runs = _without_chance(_runs(_path(scores * (peak / scale.spread**2))), scores * (peak / scale.spread**2))
    runs = [Stretch(run.first, run.behind, _best_lag_near(run, scores)) for run in runs]
    found = [Stretch(0, captions.shape[1], runs[0].lag)]
    for left, right in pairwise(runs):
        at, missing = _border(captions, sound, scale, left, right)
        if at <= found[-1].first:
            found[-1] = Stretch(found[-1].first, captions.shape[1], right.lag)
            continue
        found[-1] = found[-1]._replace(behind=at)
        found.append(Stretch(at + missing, captions.shape[1], right.lag))
    return found


def _path(scores: Scores) -> list[int]:
    """The lag of each block on the best path (Viterbi): a place in the scores."""
    import numpy as np

    best = scores[0]
    came_from = np.empty(scores.shape, dtype=np.int32)
    stays = np.arange(scores.shape[1])
    for block in range(1, len(scores)):
        top = int(best.argmax())
        jumps = best[top] - _JUMP_COST > best
        came_from[block] = np.where(jumps, top, stays)
        best = np.where(jumps, best[top] - _JUMP_COST, best) + scores[block]
    lag = int(best.argmax())
    found = [lag]
    for block in range(len(scores) - 1, 0, -1):
        lag = int(came_from[block, lag])
        found.append(lag)
    return found[::-1]


def _runs(lags: list[int]) -> list[Stretch]:
    """Blocks of about one lag together; here `first` and `behind` count blocks."""
    runs: list[Stretch] = []
    for block, lag in enumerate(lags):
        if runs and abs(runs[-1].lag - lag) <= _SAME_LAG:
            runs[-1] = runs[-1]._replace(behind=block + 1)
        else:
            runs.append(Stretch(block, block + 1, lag))
    return runs


def _without_chance(runs: list[Stretch], scores: Scores) -> list[Stretch]:
    """The runs, but those that gain too little: the first and the last go to the one beside them, and the blocks of one
    between two others go to both sides as they fit best."""
    kept = list(runs)
    for end, beside in ((0, 1), (-1, -2)):
        while len(kept) > 1 and _gain(kept[end], kept[beside].lag, scores) < _LEAST_GAIN:
            run = kept.pop(end)
            kept[end] = kept[end]._replace(
                first=min(run.first, kept[end].first), behind=max(run.behind, kept[end].behind)
            )
    place = 1
    while place < len(kept) - 1:
        before, run, after = kept[place - 1 : place + 2]
        block = scores[run.first : run.behind]
        splits = [
            float(block[:at, before.lag].sum() + block[at:, after.lag].sum())
            for at in range(run.behind - run.first + 1)
        ]
        if float(block[:, run.lag].sum()) - max(splits) >= _LEAST_GAIN:
            place += 1
            continue
        border = run.first + splits.index(max(splits))
        kept[place - 1 : place + 2] = [before._replace(behind=border), after._replace(first=border)]
        if abs(before.lag - after.lag) <= _SAME_LAG:
            kept[place - 1 : place + 1] = [before._replace(behind=after.behind)]
        place = max(1, place - 1)
    return kept


def _gain(run: Stretch, lag: int, scores: Scores) -> float:
    """How much better a run fits at its own lag than at another."""
    block = scores[run.first : run.behind]
    return float(block[:, run.lag].sum() - block[:, lag].sum())


def _best_lag_near(run: Stretch, scores: Scores) -> int:
    """The lag at which all blocks of a run fit best, within a second of its own."""
    whole = scores[run.first : run.behind].sum(axis=0)
    low = max(0, run.lag - STEP_RATE)
    return low + int(whole[low : run.lag + STEP_RATE + 1].argmax())


def _border(captions: Signals, sound: Sound, scale: Scale, left: Stretch, right: Stretch) -> tuple[int, int]:
    """The step of the captions at which one run ends, and after how many steps the next one begins: where it must move
    to the front, so much was cut out of the recording."""
    import numpy as np

    missing = max(0, left.lag - right.lag)
    low = max(left.first * _BLOCK, (left.behind - 1) * _BLOCK - missing)
    high = min(right.behind * _BLOCK, (right.first + 1) * _BLOCK + missing)
    before = np.concatenate(([0.0], np.cumsum(_step_scores(captions, sound, scale, left.lag)[low:high])))
    after = np.append(np.cumsum(_step_scores(captions, sound, scale, right.lag)[low:high][::-1])[::-1], 0.0)
    # To end the left one at step i earns before[i] and after[i + missing].
    places = np.arange(max(1, len(before) - missing))
    earned = before[places] + after[np.minimum(places + missing, len(after) - 1)]
    return low + int(earned.argmax()), missing


def block_scores(captions: Signals, sound: Sound, scale: Scale) -> Scores:
    """A row of scores over all lags for each block of captions; the rows add up to the score of all."""
    import numpy as np

    width = _BLOCK
    lags = sound.lags
    size = 1 << (width + 2 * lags).bit_length()
    padded = np.pad(sound.signals, ((0, 0), (lags, lags + width)))
    rows: list[Scores] = []
    for at in range(0, captions.shape[1], width):
        block = np.fft.rfft(captions[:, at : at + width], size, axis=1)
        around = np.fft.rfft(padded[:, at : at + width + 2 * lags], size, axis=1)
        summed = ((np.conj(block) * around) * scale.factors[:, None]).sum(axis=0)
        rows.append(np.fft.irfft(summed, size)[: 2 * lags + 1])
    return np.array(rows)


def _step_scores(captions: Signals, sound: Sound, scale: Scale, lag: int) -> Scores:
    """The score of every single step of the captions at one lag."""
    import numpy as np

    lags = sound.lags
    padded = np.pad(sound.signals, ((0, 0), (lags, lags)))
    moved = padded[:, lag : lag + captions.shape[1]]
    return np.asarray((captions * moved * scale.factors[:, None]).sum(axis=0))

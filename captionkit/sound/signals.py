"""Captions and sound as signals that can be held against each other, twenty values a second.

Of captions: whether one is shown, as long as its text takes to say; its text rate, in characters a second; where
sentences begin; where they end. Of the sound: how much of each step is speech; where speech begins after a pause; where
it ends before one. People speak and pause in a pattern that hardly repeats, and captions carry it in the lengths of
their texts even where they are never off the screen. Cues that are only a sound say nothing about speech and are left
out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from captionkit.sound.detectors import STEPS
from captionkit.transcripts.spoken import pieces

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from captionkit.model import Document
    from captionkit.sound.detectors import Probability

    Signals = NDArray[np.float32]
    Times = NDArray[np.float64]

#: Values a second. Finer than anybody times captions; a peak is read to 0.05 s.
STEP_RATE = 20
#: Slow changes, a louder half hour or a chatty one, tell nothing about time: the mean of so many seconds is taken off.
_MEAN_SECONDS = 30
#: Nobody speaks faster; what is shown so fast was not timed by what is said.
_MOST_CPS = 40.0
#: Milliseconds without speech that are a pause: shorter ones are the closures of plosives.
_SHORTEST_PAUSE_MS = 200
#: From here on a longer pause is no surer sign.
_LONG_PAUSE_MS = 1500
#: How much longer than its text takes a cue may speak: tempo varies.
_LINGERS_MS = 300
#: Where fewer of the cues begin a sentence, as in captions without punctuation, beginnings and ends are noise.
LEAST_SENTENCES = 0.12
#: How far an event reaches, as the standard deviation in seconds: people time the beginning of a cue about so well.
_EVENT_SECONDS = 0.15

_ENDS_SENTENCE = re.compile(r"[.!?…。！？؟।][\"'”’»)\]]*$")


class Spoken(NamedTuple):
    """What is spoken in a document, by cue: columns of one length, in the order of the starts.

    Attributes:
        starts, ends: milliseconds. said: until when its text is said, at the latest at its end.
        characters: of what is spoken.
        begins, finishes: whether the cue begins a sentence, and whether it ends one.
    """

    starts: Times
    ends: Times
    said: Times
    characters: Times
    begins: NDArray[np.bool_]
    finishes: NDArray[np.bool_]

    @property
    def share_of_sentences(self) -> float:
        return float(self.begins.mean()) if len(self.begins) else 0.0


def spoken_in(document: Document) -> Spoken:
    """What is spoken in a document: each line once where it rolls up, sounds left out."""
    import numpy as np

    rows: dict[tuple[int, int], list[str]] = {}
    for piece in pieces(document):
        if not piece.is_sound and piece.end > piece.start:
            rows.setdefault((piece.start, piece.end), []).append(piece.text)
    found = []
    finished = True
    for (start, end), texts in sorted(rows.items()):
        is_last = _ENDS_SENTENCE.search(texts[-1]) is not None
        found.append((start, end, sum(map(len, texts)), finished, is_last))
        finished = is_last
    columns = list(zip(*found, strict=True)) if found else [()] * 5
    starts, ends, characters = (np.array(column, dtype=np.float64) for column in columns[:3])
    begins, finishes = (np.array(column, dtype=np.bool_) for column in columns[3:])
    return Spoken(starts, ends, ends, characters, begins, finishes)


def at_tempo(spoken: Spoken, spoken_ms: int) -> Spoken:
    """The same where somebody speaks for so long in all: how fast that is says until when the text of each cue is said.
    Captions that stay until the next one comes are always shown, and only this tells of pauses in them."""
    import numpy as np

    shown = float((spoken.ends - spoken.starts).sum())
    tempo = float(spoken.characters.sum()) / max(1.0, min(float(spoken_ms), shown))
    said = spoken.starts + spoken.characters / tempo + _LINGERS_MS
    return spoken._replace(said=np.minimum(spoken.ends, said))


def caption_signals(spoken: Spoken, length: int) -> Signals:
    """Shown, text rate, beginnings and ends of sentences: a row each, `length` steps long."""
    import numpy as np

    first, said, last = (
        np.clip(np.rint(times * (STEP_RATE / 1000)), 0, length - 1).astype(np.int64)
        for times in (spoken.starts, spoken.said, spoken.ends)
    )
    seconds = np.maximum(spoken.ends - spoken.starts, 1) / 1000
    rates = np.minimum(spoken.characters / seconds, _MOST_CPS)
    rows = np.zeros((4, length), dtype=np.float64)
    for row, values, behind in ((0, np.ones(len(rates)), said), (1, rates, last)):
        np.add.at(rows[row], first, values)
        np.add.at(rows[row], behind, -values)
        rows[row] = np.cumsum(rows[row])
    rows[0] = rows[0] > 0.5
    np.add.at(rows[2], first[spoken.begins], 1.0)
    np.add.at(rows[3], last[spoken.finishes], 1.0)
    rows[2:] = [_spread_out(row) for row in rows[2:]]
    return _without_mean(rows)


def sound_signals(probability: Probability, length: int) -> Signals:
    """Share of speech twice, beginnings and ends of speech: what each caption signal is held against."""
    import numpy as np

    width = STEPS // STEP_RATE
    speaks = probability >= 128
    share = speaks[: len(speaks) // width * width].reshape(-1, width).mean(axis=1)
    rows = np.zeros((4, length), dtype=np.float64)
    known = min(len(share), length)
    rows[0, :known] = rows[1, :known] = share[:known]
    for begin, end in silences(speaks):
        weight = min((end - begin) * 1000 / STEPS, _LONG_PAUSE_MS) / _LONG_PAUSE_MS
        if end < len(speaks) and end // width < length:
            rows[2, end // width] += weight
        if begin > 0 and begin // width < length:
            rows[3, begin // width] += weight
    rows[2:] = [_spread_out(row) for row in rows[2:]]
    return _without_mean(rows)


def silences(speaks: NDArray[np.bool_], shortest_ms: int = _SHORTEST_PAUSE_MS) -> list[tuple[int, int]]:
    """The pauses: from which step to which nobody speaks, at least so long."""
    import numpy as np

    edges = np.flatnonzero(np.diff(np.concatenate(([True], speaks, [True])).astype(np.int8)))
    found = edges.reshape(-1, 2)
    return [(int(a), int(b)) for a, b in found[found[:, 1] - found[:, 0] >= shortest_ms * STEPS // 1000]]


def _spread_out(row: Times) -> Times:
    import numpy as np

    reach = round(3 * _EVENT_SECONDS * STEP_RATE)
    bell = np.exp(-0.5 * (np.arange(-reach, reach + 1) / (_EVENT_SECONDS * STEP_RATE)) ** 2)
    return np.convolve(row, bell, mode="same")


def _without_mean(rows: Times) -> Signals:
    import numpy as np

    width = min(_MEAN_SECONDS * STEP_RATE, rows.shape[1])
    sums = np.concatenate((np.zeros((len(rows), 1)), np.cumsum(rows, axis=1)), axis=1)
    at = np.arange(rows.shape[1])
    low, high = np.maximum(at - width // 2, 0), np.minimum(at + width // 2 + 1, rows.shape[1])
    return np.asarray(rows - (sums[:, high] - sums[:, low]) / (high - low), dtype=np.float32)

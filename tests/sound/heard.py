"""Lectures of which is known what is said when, heard without listening: the aligner's tests need no detector."""

from __future__ import annotations

from functools import cache

import numpy as np
from spoken_corpus import Recording, of_vowels

from captionkit.sound.detectors import STEPS
from captionkit.sound.speech import Speech


@cache
def lecture(seed: int, minutes: float) -> Recording:
    return of_vowels(seed, minutes, silent=True)


def heard(made: Recording) -> Speech:
    """What a detector hears of it: late by a few hundredths of a second, now and then not at all."""
    chance = np.random.default_rng(len(made.said))
    probability = chance.integers(0, 40, made.length_ms * STEPS // 1000).astype(np.uint8)
    for one in made.said:
        begin, end = one.start * STEPS // 1000 + 3, one.end * STEPS // 1000 + 5
        probability[begin:end] = chance.integers(150, 255, len(probability[begin:end]))
    probability[chance.random(len(probability)) < 0.02] = 0
    return Speech(probability, "said")

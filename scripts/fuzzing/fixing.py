"""Faulty caption files, and what `fix` promises of them.

A safe fix changes nothing that any player shows, as the models in `tests/players.py` see it. Every finding that is
marked as safe to fix is gone afterwards. Fixing again changes nothing.
"""

from __future__ import annotations

import random
from pathlib import Path

from players import PLAYERS

from captionkit.documents import loads
from captionkit.lint import settings_for
from captionkit.lint.checker import Checker
from captionkit.lint.fixing import fix_document
from captionkit.model import Fix

from ._faulty import faulty
from .reading import _seeds, mutated

CHECKER = Checker(settings_for())


class Target:
    """Fixes one file a step: one that was made with faults, or a real one that was broken."""

    def __init__(self, chance: random.Random, corpus: Path) -> None:
        self._chance = chance
        self._seeds = _seeds(corpus)
        self._data = b""
        self._runs = 0

    def step(self) -> None:
        name, self._data = faulty(self._chance)
        if self._chance.random() < 0.2:
            self._data = mutated(self._chance.choice(self._seeds), self._seeds, self._chance)[:3000]
        self._runs += 1
        check(name, self._data)

    def evidence(self) -> bytes:
        return self._data

    def done(self) -> str:
        return f"{self._runs} faulty files fixed"


def check(name: str, data: bytes) -> None:
    """Raise AssertionError if a promise is not kept for this file."""
    document = loads(data, path=name)
    fixed = fix_document(document, CHECKER, path=name)
    left = [one for one in fixed.remaining if one.fix is Fix.SAFE]
    assert not left, f"marked as safe to fix and still there: {left[0]}, {fixed.refused}"
    assert fix_document(fixed.document, CHECKER, path=name).data == fixed.data, "fixing again changes something"
    try:
        before, after = data.decode(), fixed.data.decode()
    except UnicodeDecodeError:
        return
    if document.format != name[-3:] or "\0" in before:
        return
    for player, shows in PLAYERS[document.format].items():
        assert shows(after) == shows(before), f"{player} shows something else after {sorted(fixed.applied)}"

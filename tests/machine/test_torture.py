"""A short run of what `scripts/torture.py` does for minutes: real processes, killed, on a broken wire."""

from __future__ import annotations

import pytest

pytest.importorskip("werkzeug", reason="needs captionkit[sandbox]")

from rounds import play


@pytest.mark.parametrize("seed", [2, 5])
def test_real_processes_that_are_killed_lose_nothing(seed: int) -> None:
    tally = play(seed, pushes=2)
    assert tally.lost == 0
    assert tally.runs >= 7

"""Every wrong version of the engine is caught, and the right one is not."""

from __future__ import annotations

import pytest
from engine import caught_by
from mutants import MUTANTS, Mutant, no_last_look, no_rehearsal, together


@pytest.mark.parametrize("name", MUTANTS)
def test_a_wrong_engine_is_caught(name: str) -> None:
    mutant = MUTANTS[name]
    assert caught_by(mutant), f"nothing notices an engine that {mutant.wrong}"


@pytest.mark.parametrize("test", sorted({mutant.test for mutant in MUTANTS.values()}))
def test_the_right_engine_is_not_caught_by_what_catches_the_wrong_ones(test: str) -> None:
    assert caught_by(Mutant("nothing", together(), test)) == ""


@pytest.mark.parametrize("without", [no_rehearsal, no_last_look], ids=["the rehearsal", "the last look"])
def test_neither_net_is_all_that_keeps_the_engine_right(without: object) -> None:
    """What the mutants without it are caught by is their own mistake."""
    assert callable(without)
    assert caught_by(Mutant("does without one net", without)) == ""


def test_the_engine_is_as_before_afterwards() -> None:
    import captionkit.sync.object_run as engine

    caught_by(MUTANTS["verified before the clock ticked"])
    assert engine.VERIFY_AFTER > 1

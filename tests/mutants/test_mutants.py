"""Every wrong version of the engine is caught, and the right one is not."""

from __future__ import annotations

import pytest
from engine import SEEDS, STEPS, caught_by, engine_with
from mutants import MUTANTS, NO_REHEARSAL, Mutant


@pytest.mark.parametrize("name", MUTANTS)
def test_a_wrong_engine_is_caught(name: str) -> None:
    mutant = MUTANTS[name]
    assert caught_by(mutant), f"nothing notices an engine that {mutant.wrong}"


@pytest.mark.parametrize("test", sorted({mutant.test for mutant in MUTANTS.values()}))
def test_the_right_engine_is_not_caught_by_what_catches_the_wrong_ones(test: str) -> None:
    assert caught_by(Mutant("nothing", (), test)) == ""


def test_the_rehearsal_is_not_all_that_keeps_the_engine_right() -> None:
    """What the mutants without it are caught by is their own mistake."""
    assert caught_by(Mutant("does not rehearse", (NO_REHEARSAL,))) == ""


def test_a_patch_that_does_not_fit_any_more_is_no_mutant() -> None:
    wrong = (("captionkit.sync.apply", "this stands nowhere", ""),)
    with engine_with(wrong), pytest.raises(AssertionError, match="does not fit"):
        import captionkit.sync.apply  # noqa: F401


def test_the_engine_is_as_before_afterwards() -> None:
    import captionkit.sync.apply as before

    caught_by(MUTANTS["no backup"])
    import captionkit.sync.apply as after

    assert before is after
    assert after.VERIFY_AFTER > 1
    assert (len(SEEDS), STEPS) == (150, 20)

"""Running tests and campaigns on a wrong engine: a wrong behaviour is injected for the time of the run."""

from __future__ import annotations

import importlib
import inspect
import tempfile
from pathlib import Path
from typing import Any

import pytest
from campaign import drive
from mutants import Mutant

#: Campaigns that a mutant must survive to live, and their greatest length.
SEEDS, STEPS = range(150), 20


def caught_by(mutant: Mutant) -> str:
    """What catches this mutant: the campaign's seed and the invariant, or the test's failure; "" where nothing does."""
    with pytest.MonkeyPatch.context() as patch:
        mutant.inject(patch)
        return _failure_of(mutant.test) if mutant.test else _broken_invariant()


def _broken_invariant() -> str:
    for seed in SEEDS:
        try:
            drive(seed, STEPS, copies=seed % 2 == 1)
        except AssertionError as error:
            return f"campaign {seed}: {error}"
    return ""


def _failure_of(test: str) -> str:
    """Run one test function by its name, with the fixtures that it asks for."""
    module_name, _, name = test.partition(":")
    name, _, values = name.partition("[")
    found: Any = importlib.import_module(module_name)
    for part in name.split("."):
        found = found() if inspect.isclass(found) else found
        found = getattr(found, part)
    # What fails in the middle leaves files open, which Windows does not remove.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, pytest.MonkeyPatch.context() as patch:
        given: dict[str, Any] = {"tmp_path": Path(folder), "monkeypatch": patch}
        wanted = [p for p in inspect.signature(found).parameters if p != "self"]
        if "teacher" in wanted:
            given["teacher"] = importlib.import_module("test_mutant_scenarios").new_teacher(Path(folder))
        if "copied" in wanted:
            given["copied"] = importlib.import_module("test_inherited").new_copied(Path(folder))
        arguments = [given[p] if p in given else _value(values.rstrip("]")) for p in wanted]
        try:
            found(*arguments)
        except (Exception, pytest.fail.Exception) as error:
            return f"{test}: {type(error).__name__}: {str(error).partition(chr(10))[0]}"
    return ""


def _value(text: str) -> int | str:
    return int(text) if text.isdecimal() else text

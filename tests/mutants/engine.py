"""Running tests and campaigns on a wrong engine: the patched source is imported afresh, then all is put back."""

from __future__ import annotations

import contextlib
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import inspect
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from mutants import Mutant, Patch

ROOT = Path(__file__).parent.parent.parent
#: Modules of the tests that hold on to the engine they were imported with.
BOUND = (
    "campaign",
    "desk",
    "test_push",
    "test_recovery",
    "test_inherited",
    "test_sync_machine",
    "test_mutant_scenarios",
)
#: Campaigns that a mutant must survive to live, and their greatest length.
SEEDS, STEPS = range(150), 20


class _Patching(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports the modules that are to be patched, patched."""

    def __init__(self, patches: Sequence[Patch]) -> None:
        self._patches = patches

    def find_spec(self, name: str, path: object, target: object = None) -> importlib.machinery.ModuleSpec | None:
        if not any(module == name for module, _, _ in self._patches):
            return None
        return importlib.util.spec_from_loader(name, self, origin=str(source_file(name)))

    def exec_module(self, module: ModuleType) -> None:
        source = source_file(module.__name__).read_text(encoding="utf-8")
        for name, old, new in self._patches:
            if name == module.__name__:
                assert source.count(old) == 1, f"the patch does not fit {name} any more: {old!r}"
                source = source.replace(old, new)
        exec(compile(source, str(source_file(module.__name__)), "exec"), module.__dict__)


def source_file(module: str) -> Path:
    return ROOT / (module.replace(".", "/") + ".py")


@contextlib.contextmanager
def engine_with(patches: Sequence[Patch]) -> Iterator[None]:
    """captionkit with these patches, for whoever imports it inside; the real one again afterwards."""
    ours = {name: module for name, module in sys.modules.items() if _is_ours(name)}
    finder = _Patching(patches)
    for name in ours:
        del sys.modules[name]
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        for name in [name for name in sys.modules if _is_ours(name)]:
            del sys.modules[name]
        sys.modules.update(ours)


def _is_ours(name: str) -> bool:
    return name.partition(".")[0] == "captionkit" or name in BOUND


def caught_by(mutant: Mutant) -> str:
    """What catches this mutant: the campaign's seed and the invariant, or the test's failure; "" where nothing does."""
    with engine_with(mutant.patches):
        return _failure_of(mutant.test) if mutant.test else _broken_invariant()


def _broken_invariant() -> str:
    drive = importlib.import_module("campaign").drive
    for seed in SEEDS:
        try:
            drive(seed, STEPS)
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
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        given: dict[str, Any] = {"tmp_path": Path(folder), "monkeypatch": patch}
        wanted = [p for p in inspect.signature(found).parameters if p != "self"]
        if "desk" in wanted:
            given["desk"] = importlib.import_module("test_mutant_scenarios").new_desk(Path(folder))
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

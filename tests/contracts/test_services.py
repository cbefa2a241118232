"""A remote is one folder that says what it can do: a third one works, and nothing else knows a service by its name."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import captionkit.remotes
from captionkit import config, configuration
from captionkit.cli.frame import run
from captionkit.errors import ConfigError, ExitCode
from captionkit.remotes import services

PACKAGE = Path(captionkit.remotes.__file__).parent.parent
VTT = "WEBVTT\n\n00:01.000 --> 00:03.000\nGoodbye.\n"
SRT = "1\n00:00:01,000 --> 00:00:03,000\nHello there.\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of captions for a shelf of the toy remote, which lies beside these tests."""
    here = str(Path(__file__).parent / "remotes")
    monkeypatch.setattr(captionkit.remotes, "__path__", [*captionkit.remotes.__path__, here])
    from captionkit.remotes import toy  # type: ignore[attr-defined]

    monkeypatch.setattr(toy, "SHELVES", {"shelves/7": {"Lecture-1": {}, "Lecture-2": {"en": VTT}}})
    (tmp_path / "captionkit.toml").write_text("[toybox]\nshelf = 7\n", encoding="utf-8")
    (tmp_path / "Lecture-1.en.srt").write_text(SRT, encoding="utf-8")
    yield tmp_path


def test_the_services_are_found_by_looking() -> None:
    assert {name: service.kind for name, service in services().items()} == {
        "canvas": "canvas",
        "studio": "instructure-media",
    }


class TestAThirdRemote:
    def test_is_planned_for_and_written_to(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        from captionkit.remotes import toy  # type: ignore[attr-defined]

        assert run(["plan", str(folder)]) == ExitCode.OK
        shown = capsys.readouterr().out
        assert "Lecture-1" in shown
        assert run(["push", str(folder), "--yes"]) == ExitCode.OK
        assert "Hello there." in toy.SHELVES["shelves/7"]["Lecture-1"]["en"]
        capsys.readouterr()
        assert run(["status", str(folder)]) == ExitCode.OK
        assert "Toybox" in capsys.readouterr().out

    def test_is_named_in_plans_and_pulled_from(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        plan = folder / "plan.json"
        assert run(["plan", str(folder), "--out", str(plan)]) == ExitCode.OK
        assert json.loads(plan.read_text(encoding="utf-8"))["remote"] == {
            "kind": "toybox", "base_url": "https://toybox.example", "user_id": "me", "scope": "shelves/7",
        }  # fmt: skip
        assert run(["apply", str(plan), str(folder)]) == ExitCode.OK
        assert "to Toybox" in capsys.readouterr().out
        assert run(["pull", str(folder)]) == ExitCode.OK
        assert (folder / "Lecture-2.en.vtt").read_text(encoding="utf-8") == VTT
        assert run(["doctor", str(folder)]) == ExitCode.OK
        assert "Toybox" in capsys.readouterr().out

    def test_has_its_table_checked(self, folder: Path) -> None:
        with pytest.raises(ConfigError) as raised:
            config.parse("[toybox]\nshelv = 7\n")
        assert "Did you mean 'shelf'?" in str(raised.value)
        with pytest.raises(ConfigError) as raised:
            configuration.parse("[toibox]\nshelf = 7\n")
        assert "Did you mean 'toybox'?" in str(raised.value)


def _compared(file: Path) -> Iterator[str]:
    """Where a module asks for a service by its name, or for a kind of address by how it begins."""
    names = {name for service in services().values() for name in (service.kind, service.table, service.features.name)}
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Compare) and not all(isinstance(op, ast.Is | ast.IsNot) for op in node.ops):
            sides = [node.left, *node.comparators]
            words = {one.value for side in sides for one in ast.walk(side) if isinstance(one, ast.Constant)}
            if words & names or any(isinstance(side, ast.Attribute) and side.attr == "service" for side in sides):
                yield f"{file.name}:{node.lineno}: {ast.unparse(node)}"
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".startswith"):
            given = [one.value for argument in node.args for one in ast.walk(argument) if isinstance(one, ast.Constant)]
            if any(str(one).startswith("media") for one in given):
                yield f"{file.name}:{node.lineno}: {ast.unparse(node)}"


def test_nothing_outside_of_the_remotes_asks_for_a_service_by_its_name() -> None:
    outside = [f for f in PACKAGE.rglob("*.py") if f.relative_to(PACKAGE).parts[0] not in ("remotes", "sandbox")]
    assert len(outside) > 100
    assert [found for file in outside for found in _compared(file)] == []

"""The README says what is there: every command, and examples that run; and a stranger reads it in three minutes."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from captionkit import guides
from captionkit.cli.frame import captionkit
from captionkit.errors import ExitCode

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


def commands() -> list[str]:
    assert isinstance(captionkit, click.Group)
    return captionkit.list_commands(click.Context(captionkit))


@pytest.mark.parametrize("name", commands())
def test_every_command_is_in_the_list_of_commands(name: str) -> None:
    table = README.split("## The commands")[1].split("## ")[0]
    assert f"`{name}`" in table


def test_no_command_is_named_that_is_not_there() -> None:
    assert set(re.findall(r"(?:\$ |`)captionkit ([a-z-]+)", README)) <= set(commands())


@pytest.mark.parametrize("name", commands())
def test_every_command_explains_itself_and_each_option(name: str) -> None:
    command = captionkit.get_command(click.Context(captionkit), name)
    assert command is not None
    assert command.help
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{name} {parameter.opts}"


@pytest.mark.parametrize("code", ExitCode)
def test_every_exit_code_is_in_the_table(code: ExitCode) -> None:
    assert f"\n| {int(code)} |" in guides.text("sync")


def test_the_python_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "lecture.srt").write_text("1\n00:00:01,000 --> 00:00:02,000\nHello & welcome\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    example = README.split("```python\n")[1].split("```")[0]
    exec(compile(example, "README.md", "exec"), {})
    assert "Hello &amp; welcome" in (tmp_path / "lecture.vtt").read_text(encoding="utf-8")


def test_it_is_short() -> None:
    assert len(README.splitlines()) <= 200

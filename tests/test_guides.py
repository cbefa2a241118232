"""The guides say what is there: commands, options, keys, links, citations, and examples that run."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import guides as generator
import pytest
from click.testing import CliRunner

from captionkit import configuration, guides
from captionkit.cli.frame import captionkit

CLONE = Path(__file__).parent.parent
PAGES = {
    "README": (CLONE / "README.md").read_text(encoding="utf-8"),
    **{name: guides.text(name) for name in guides.names()},
}
#: What the Markdown calls a heading, without punctuation, as the web makes an address of it.
_ANCHOR = re.compile(r"[^\w\- ]")


def headings(page: str) -> list[str]:
    return re.findall(r"(?m)^#+ (.*)$", page)


def anchors(page: str) -> set[str]:
    return {_ANCHOR.sub("", heading.lower()).replace(" ", "-") for heading in headings(page)}


def blocks(page: str, *languages: str) -> list[str]:
    return [code for language, code in re.findall(r"(?ms)^```(\w*)\n(.*?)^```", page) if language in languages]


def command_lines() -> list[tuple[str, str]]:
    lines = []
    for name, page in PAGES.items():
        for block in blocks(page, "console"):
            lines += [(name, line) for line in re.findall(r"(?m)^(?:\$|PS>|>) (.*captionkit .*)$", block)]
    return lines


def test_the_generated_parts_are_as_they_would_be_written() -> None:
    stale = [file.name for file, text in generator.written().items() if file.read_text(encoding="utf-8") != text]
    assert not stale, "run: python scripts/guides.py"


def test_each_guide_is_read_in_the_terminal_and_listed() -> None:
    listed = CliRunner().invoke(captionkit, ["guide"]).output
    for name in guides.names():
        assert re.search(rf"(?m)^{name} +{re.escape(guides.title(name))}$", listed)
        assert CliRunner().invoke(captionkit, ["guide", name]).output.startswith(f"# {guides.title(name)}")


def test_a_guide_that_is_not_there_names_the_nearest() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "captionkit", "guide", "confguration"], capture_output=True, encoding="utf-8"
    )
    assert result.returncode == 2
    assert "'configuration'" in result.stderr


@pytest.mark.parametrize(("page", "line"), command_lines())
def test_every_command_of_an_example_is_there_with_its_options(page: str, line: str) -> None:
    """`$ captionkit push captions --delete`: the command, and each word with a hyphen."""
    assert isinstance(captionkit, click.Group)
    for part in re.split(r"&&|\||;", line.partition("  #")[0].replace("\\", "/")):
        words = shlex.split(part.partition(" > ")[0])
        if "captionkit" not in words[:1]:
            continue
        command: click.Command = captionkit
        context = click.Context(captionkit)
        words = words[1:]
        while isinstance(command, click.Group) and words and not words[0].startswith("-"):
            inner = command.get_command(context, words.pop(0))
            assert inner is not None, f"{page}: {line}"
            command = inner
        known = {option for one in command.params for option in (*one.opts, *one.secondary_opts)} | {
            "--help",
            "--version",
        }
        for word in words:
            if re.match(r"--?[a-z]", word):
                assert word.partition("=")[0] in known, f"{page}: {line}: {word}"


@pytest.mark.parametrize("page", PAGES)
def test_every_configuration_that_is_shown_is_one(page: str) -> None:
    for block in blocks(PAGES[page], "toml"):
        configuration.parse(block.replace('extend = "../captionkit.toml"', ""))


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str) -> None:
    here = CLONE if page == "README" else CLONE / "captionkit" / "guides"
    for target in re.findall(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)", PAGES[page]):
        if target.startswith(("http://", "https://")):
            continue
        file, _, anchor = target.partition("#")
        text = (here / (file if "." in file else f"{file}.md")).read_text(encoding="utf-8") if file else PAGES[page]
        assert not anchor or anchor in anchors(text), target


def test_every_section_that_the_code_cites_is_there() -> None:
    cited = set()
    for file in [*CLONE.glob("captionkit/**/*.py"), *CLONE.glob("tests/**/*.py"), *CLONE.glob("scripts/**/*.py")]:
        found = re.findall(r"guides/([a-z-]+)\.md(?:, sections? ([\d., and]+))?", file.read_text(encoding="utf-8"))
        cited |= {(name, number) for name, numbers in found for number in re.findall(r"\d+(?:\.\d+)?", numbers) or [""]}
    assert cited
    for name, number in sorted(cited):
        page = guides.text(name)
        assert not number or re.search(rf"(?m)^(?:#+ {number}\.? |\*\*{re.escape(number)}\*\* )", page), (name, number)


@pytest.mark.parametrize("page", [name for name, text in PAGES.items() if blocks(text, "python")])
def test_every_python_example_runs(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lecture.srt").write_text("1\n00:00:01,000 --> 00:00:02,000\nHello & welcome\n", encoding="utf-8")
    known: dict[str, object] = {}
    for block in blocks(PAGES[page], "python"):
        # That of a workspace is run against a server in test_readme, and that of Spark in tests/scale.
        if "Workspace" not in block and "pyspark" not in block:
            exec(compile(block, page, "exec"), known)

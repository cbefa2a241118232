"""The guide for Python: what its examples print is what it says, and type checkers take them as a user's script."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from captionkit import guides

BLOCKS = re.findall(r"(?ms)^```python\n(.*?)^```", guides.text("python"))
ALONE = [block for block in BLOCKS if "Workspace" not in block]
CLONE = Path(__file__).parent.parent


def test_what_the_comments_show_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("pysrt")
    monkeypatch.chdir(tmp_path)
    Path("lecture.srt").write_text("1\n00:00:01,000 --> 00:00:02,000\nHello & welcome\n", encoding="utf-8")
    known: dict[str, object] = {}
    shown = 0
    for block in ALONE:
        exec(compile(block, "python.md", "exec"), known)
        printed = capsys.readouterr().out
        for comment in re.findall(r"(?m)^print\(.*\)  # (<.*>)$", block):
            assert comment in printed
            shown += 1
    assert shown >= 5


#: A user's script and what is wrong with it, in the words of mypy's codes.
WRONG = """
import captionkit

document = captionkit.load("lecture.srt")
document.cues[0].start = 5  # misc
document.map(lambda cue: cue.text)  # arg-type return-value
captionkit.shift(document, 1.5)  # arg-type
captionkit.check(5)  # arg-type
captionkit.convert(document)  # call-arg
captionkit.transcript(document).txt  # attr-defined
captionkit.no_such_name  # attr-defined
"""
MISTAKES = {str(n): line.partition("  # ")[2] for n, line in enumerate(WRONG.split("\n"), 1) if "  # " in line}


def mypy(script: Path) -> str:
    # The cache of the project's own run, where there is one: then it takes a second.
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--hide-error-context", "--cache-dir",
         CLONE / ".mypy_cache", "--config-file", CLONE / "pyproject.toml", script],
        capture_output=True, encoding="utf-8", cwd=CLONE,
    )  # fmt: skip
    assert not done.stderr
    return done.stdout


def test_the_examples_pass_mypy_strict_as_a_script(tmp_path: Path) -> None:
    pytest.importorskip("mypy")
    script = tmp_path / "script.py"
    script.write_text("\n".join(BLOCKS), encoding="utf-8")
    assert mypy(script) == ""


def test_a_script_with_mistakes_does_not(tmp_path: Path) -> None:
    pytest.importorskip("mypy")
    script = tmp_path / "script.py"
    script.write_text(WRONG, encoding="utf-8")
    found = dict(re.findall(r"(?m)^\S+?:(\d+): error: .*\[(.+)\]$", mypy(script)))
    assert found.keys() == MISTAKES.keys()
    assert all(code in MISTAKES[line] for line, code in found.items())


#: What pyright says of the same lines.
PYRIGHT = {
    "misc": {"reportAttributeAccessIssue"},
    "arg-type return-value": {"reportArgumentType"},
    "arg-type": {"reportArgumentType"},
    "call-arg": {"reportCallIssue"},
    "attr-defined": {"reportAttributeAccessIssue"},
}


def pyright(script: Path) -> dict[str, set[str]]:
    """Line, from 1 -> the rules that it breaks. As `pyright` checks, without what basedpyright adds."""
    pytest.importorskip("basedpyright")
    (script.parent / "pyrightconfig.json").write_text('{"typeCheckingMode": "standard"}', encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "basedpyright", "--outputjson", "--pythonpath", sys.executable, script],
        capture_output=True, encoding="utf-8", cwd=script.parent,
    )  # fmt: skip
    found: dict[str, set[str]] = {}
    for one in json.loads(done.stdout)["generalDiagnostics"]:
        if one["severity"] == "error":
            found.setdefault(str(one["range"]["start"]["line"] + 1), set()).add(one["rule"])
    return found


def test_the_examples_pass_pyright_and_a_script_with_mistakes_does_not(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text("\n".join(BLOCKS), encoding="utf-8")
    assert pyright(script) == {}
    script.write_text(WRONG, encoding="utf-8")
    assert pyright(script) == {line: PYRIGHT[code] for line, code in MISTAKES.items()}

"""Every command that reads captions, run within this process on a text, with the time that it took.

A command line is a template: `{in}` is the file with the text, `{other}` a second one with a few cues more, `{out}` a
file that is not there, `{folder}` the folder of the first.
"""

from __future__ import annotations

import contextlib
import io
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from captionkit.cli.frame import run

REPORTS = (
    "full", "concise", "grouped", "json", "jsonl", "sarif", "github", "gitlab", "junit", "csv", "html", "markdown",
)  # fmt: skip

COMMANDS: dict[str, str] = {
    **{f"check as {name}": f"check --isolated --output-format {name} {{in}}" for name in REPORTS},
    "check for all rules": "check --isolated --select ALL --output-format jsonl {in}",
    "check for a profile": "check --isolated --profile dcmp,netflix --output-format concise {in}",
    "check statistics": "check --isolated --statistics {in}",
    "check from standard input": "check --isolated -",
    "check without suppressions": "check --isolated --no-suppressions --output-format jsonl {in}",
    "check in Chinese": "check --isolated --language zh --output-format jsonl {in}",
    "fix": "fix --isolated --output-format concise {in}",
    "fix unsafely": "fix --isolated --unsafe-fixes --output-format concise {in}",
    "fix for a profile": "fix --isolated --unsafe-fixes --profile dcmp,netflix --output-format concise {in}",
    "fix in Chinese": "fix --isolated --unsafe-fixes --profile netflix --language zh --output-format concise {in}",
    "fix all rules": "fix --isolated --unsafe-fixes --select ALL --output-format concise {in}",
    "fix --diff": "fix --isolated --diff {in}",
    "fix --diff unsafely": "fix --isolated --unsafe-fixes --diff {in}",
    "fix from standard input": "fix --isolated --unsafe-fixes -",
    "convert": "convert {in} -o {out} --to {target}",
    "convert without notes": "convert {in} -o {out} --to {target} --no-notes --verbose",
    "convert strictly": "convert {in} -o {out} --to {target} --strict",
    "convert with a second reader": "convert {in} -o {out} --to {target} --crosscheck",
    "shift": "shift {in} --by 90s -o {out}",
    "shift some": "shift {in} --by -2s --since 5s --until 1:00 --drop -o {out}",
    "shift from standard input": "shift - --by 1.5s",
    "retime": "retime {in} --ratio 25/24 -o {out}",
    "merge": "merge {in} {other} -o {out}",
    "merge --append": "merge {in} {other} --append --gap 1s -o {out}",
    "split": "split {in} --at 30s --at 1:00 -o {folder}/part-{{n}}.{format} --force",
    "diff": "diff {in} {other}",
    "diff as JSON": "diff {in} {other} --json",
    "transcript": "transcript {in} -o {out} --to text --timestamps --width 72",
    "transcript as Markdown": "transcript {in} -o {out} --to markdown",
    "transcript as HTML": "transcript {in} -o {out} --to html --timestamps",
    "preview": "preview {in} -o {out}",
    "preview of two": "preview {in} {other} -o {out} --profile dcmp",
    "audit": "audit {folder} --output-format json",
    "audit as a page": "audit {folder} --output-format html -o {out}",
}


class Workplace:
    """A folder to run commands in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, command: str, text: str, format: str) -> tuple[int, str, str]:
        """Run a command on a text; its exit code, and what it printed to standard output and standard error."""
        words, data = self._prepare(command, text, format)
        with _streams(data) as (out, err):
            code = run(words)
        return code, _text(out), _text(err)

    def seconds(self, command: str, text: str, format: str) -> float:
        """How long a command takes, in seconds of this process, without the time to write its input."""
        words, data = self._prepare(command, text, format)
        with _streams(data):
            begin = time.process_time()
            run(words)
            return time.process_time() - begin

    def _prepare(self, command: str, text: str, format: str) -> tuple[list[str], bytes]:
        for old in self.folder.iterdir():
            if old.is_file():
                old.unlink()
        data = text.encode("utf-8", "surrogatepass")
        source, other = self.folder / f"lecture.en.{format}", self.folder.parent / f"other.en.{format}"
        source.write_bytes(data)
        if "{other}" in command:
            other.write_bytes(data + b"\n\n9\n00:00:01.500 --> 00:00:02.500\nother words\n")
        target = "srt" if format == "vtt" else "vtt"
        out = self.folder.parent / f"out.{'html' if 'html' in command or 'preview' in command else target}"
        if not command.startswith(("convert", "preview", "audit", "transcript")):
            out = out.with_suffix(f".{format}")
        out.unlink(missing_ok=True)
        places = {
            "in": str(source), "other": str(other), "out": str(out), "folder": str(self.folder), "format": format,
            "target": target,
        }  # fmt: skip
        return [word.format_map(places) for word in command.split()], data


@contextlib.contextmanager
def workplace() -> Iterator[Workplace]:
    """A workplace in a new temporary folder."""
    with TemporaryDirectory(prefix="captionkit-growth-") as name:
        folder = Path(name) / "captions"
        folder.mkdir()
        yield Workplace(folder)


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode("utf-8", "replace")


@contextlib.contextmanager
def _streams(data: bytes) -> Iterator[tuple[io.TextIOWrapper, io.TextIOWrapper]]:
    """Standard streams that are kept in memory, as a process would have them in a pipe."""
    before = sys.stdin, sys.stdout, sys.stderr
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="backslashreplace")
    err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="backslashreplace")
    sys.stdin, sys.stdout, sys.stderr = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"), out, err
    try:
        yield out, err
    finally:
        sys.stdin, sys.stdout, sys.stderr = before

"""The part of `bench.py` that measures whole commands.

Commands run as processes of their own, in turns, each writing into a folder in memory where there is one, so that the
disk is not what is measured. Processor time is theirs and the kernel's for them; memory is the most they had at once.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHARED_MEMORY = Path("/dev/shm")

#: Files of the folder task.
FILES = 2_000


#: Runs a command and says what it took. A process of its own: the kernel would count our memory as the command's.
LAUNCHER = """
import resource, subprocess, sys, time
begin = time.perf_counter()
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
wall = time.perf_counter() - begin
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime, wall, used.ru_maxrss, code)
"""


@dataclass
class Command:
    """One contender at a command.

    Attributes:
        seconds, wall: of processor time and by the clock, the best turn; None if it could not run.
        megabytes: the most memory it had.
        target: how many times slower than captionkit it should be; None for no target.
        note: why there is no figure.
    """

    task: str
    name: str
    seconds: float | None = None
    wall: float | None = None
    megabytes: float | None = None
    times_slower: float | None = None
    target: float | None = None
    note: str = ""


def commands(files: list[Path], rounds: int) -> list[Command]:
    """Start to end on one lecture, and a folder of many."""
    lecture = max(files, key=lambda file: file.stat().st_size)
    results: list[Command] = []
    with _folder() as folder:
        vtt = folder / "lecture.vtt"
        ours = [sys.executable, "-m", "captionkit"]
        subprocess.run([*ours, "convert", str(lecture), "-o", str(vtt)], check=True, cwd=ROOT, capture_output=True)

        def out() -> str:
            return tempfile.mkdtemp(dir=folder)

        results += _race(
            "one lecture, SRT to WebVTT",
            {
                "captionkit convert": lambda: [*ours, "convert", str(lecture), "-o", out()],
                "pysubs2": lambda: [*_peer("pysubs2"), "--to", "vtt", "-o", out(), str(lecture)],
                "python -c pass (floor)": lambda: [sys.executable, "-c", "pass"],
            },
            {"pysubs2": 1.0},
            rounds * 4,
        )
        foreign = sorted(
            [file for file in files if not file.read_bytes().isascii()], key=lambda file: file.stat().st_size
        )
        if foreign:
            middle = str(foreign[len(foreign) // 2])
            results += _race(
                "one lecture that is not ASCII",
                {
                    "captionkit convert": lambda: [*ours, "convert", middle, "-o", out()],
                    "pysubs2": lambda: [*_peer("pysubs2"), "--to", "vtt", "-o", out(), middle],
                    "python -c 'import click'": lambda: [sys.executable, "-c", "import click"],
                },
                {"pysubs2": 1.0},
                rounds * 4,
            )
        results += _race(
            "one lecture, WebVTT moved by a second",
            {
                "captionkit shift": lambda: [*ours, "shift", "--by", "1s", str(vtt), "-o", f"{out()}/moved.vtt"],
                "pysubs2": lambda: [*_peer("pysubs2"), "--shift", "1s", "-o", out(), str(vtt)],
                "webvtt shift": lambda: [*_peer("webvtt"), "shift", str(vtt), "1", "-o", f"{out()}/moved.vtt"],
                "captionkit retime": lambda: [*ours, "retime", "--ratio", "1.001", str(vtt), "-o", f"{out()}/new.vtt"],
            },
            {"pysubs2": 1.0, "webvtt shift": 1.0},
            rounds * 4,
        )
        many = folder / "many"
        many.mkdir()
        for number in range(FILES):
            shutil.copyfile(files[number % len(files)], many / f"{number:04d}.srt")
        names = sorted(str(file) for file in many.iterdir())
        results += _race(
            f"{FILES:,} files, SRT to WebVTT",
            {
                "captionkit convert": lambda: [*ours, "convert", str(many), "-o", out()],
                "pysubs2": lambda: [*_peer("pysubs2"), "--to", "vtt", "-o", out(), *names],
            },
            {"pysubs2": 5.0},
            max(1, rounds - 1),
        )
    return results


def _peer(module: str) -> list[str]:
    """How to start a peer's own command without its wrapper script.

    Raises:
        ImportError: if it is not installed.
    """
    if find_spec(module) is None:
        raise ImportError(module)
    if module == "webvtt":
        return [sys.executable, "-c", "import sys; from webvtt.cli import main; sys.exit(main())"]
    return [sys.executable, "-m", module]


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    """A temporary folder, in memory if possible."""
    is_there = SHARED_MEMORY.is_dir() and os.access(SHARED_MEMORY, os.W_OK)
    with tempfile.TemporaryDirectory(dir=SHARED_MEMORY if is_there else None) as name:
        yield Path(name)


def _race(
    task: str, contenders: dict[str, Callable[[], list[str]]], targets: dict[str, float], rounds: int
) -> list[Command]:
    """Let the commands take turns. A first turn, not counted, lets Python keep what it compiled."""
    results = {name: Command(task, name, target=targets.get(name)) for name in contenders}
    with tempfile.TemporaryDirectory() as compiled:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": compiled}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        for turn in range(rounds + 1):
            for name, arguments in contenders.items():
                result = results[name]
                if not result.note:
                    _run(result, arguments, environment, is_counted=turn > 0)
    first = next(iter(results.values())).seconds
    for result in results.values():
        if result.seconds is not None and first:
            result.times_slower = result.seconds / first
    return list(results.values())


def _run(result: Command, arguments: Callable[[], list[str]], environment: dict[str, str], *, is_counted: bool) -> None:
    try:
        command = arguments()
    except ImportError:
        result.note = "not installed"
        return
    done = subprocess.run(
        [sys.executable, "-S", "-c", LAUNCHER, *command], cwd=ROOT, env=environment, capture_output=True, check=True
    )
    seconds, wall, kilobytes, code = (float(figure) for figure in done.stdout.split())
    if code:
        result.note = f"ended with {code:.0f}"
        return
    if not is_counted:
        return
    result.seconds = min(result.seconds or seconds, seconds)
    result.wall = min(result.wall or wall, wall)
    result.megabytes = max(result.megabytes or 0.0, kilobytes / 1024)

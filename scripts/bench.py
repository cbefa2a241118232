"""How fast captionkit reads, checks and converts, beside other libraries and beside what cannot be undercut.

    python scripts/bench.py [--json] [--rounds 5] [--corpus FOLDER] [--task TASK]
    python scripts/bench.py --count

One run on one core over lecture captions: file by file, as a folder has them, and as one text of 10 MB. The lectures
are made by `corpus.py`, the same for everybody; real ones are named with --corpus. Every contender gets the same texts
and takes turns with the others, so that a busy machine is busy for all; the median turn of each counts, in processor
time. Only the ratios mean anything: absolute figures change with the machine. A peer that is not installed, or cannot
read the text, is said to be so.

The floors: `decode` only makes text of the bytes; `one regex pass` walks over the cues with one regular expression and
keeps nothing. A reader in Python cannot be faster than that pass by much.

With --count nothing is timed: lines of Python a cue are counted (`bench_work`), which the suite does too, and the exit
code is 1 where a row is above its limit.

Commands are measured from start to end (`bench_commands`). Hostile texts are those of the fuzzer, each read, checked
and converted at two sizes: twice the text may take 2.3 times the time.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import io
import json
import logging
import re
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench_commands import Command, commands
from bench_work import counts
from corpus import write
from fuzzing._texts import KINDS
from fuzzing.growth import MOST_GROWTH

from captionkit import check, convert, dumps, loads
from captionkit.errors import ContentError
from captionkit.model import Document

#: Benchmarks with a script of their own: the linter over a library, an audit of 300 courses, large libraries synced.
OTHERS = {"library": "bench_check.py", "audit": "bench_audit.py", "sync": "bench_sync.py"}

#: How many times as fast as the peer we want to be: on lecture files one by one, and on one text of 10 MB.
TARGETS = {
    "read SRT": {"pysrt": (5.0, 4.0), "webvtt-py": (12.0, 10.0), "pysubs2": (12.0, 9.0)},
    "read WebVTT": {"webvtt-py": (10.0, 10.0), "pysubs2": (10.0, 10.0)},
    "SRT to WebVTT": {"webvtt-py": (8.0, 8.0), "pysubs2": (9.0, 9.0)},
    "check SRT": {"pysrt, merely reading": (1.0, 1.0)},
}
MEGABYTES = 10

SRT_PASS = re.compile(r"(\d+)\n(\d\d):(\d\d):(\d\d),(\d{3}) --> (\d\d):(\d\d):(\d\d),(\d{3})\n((?:.+\n)*)\n")
VTT_PASS = re.compile(r"(?:(.+)\n)?(\d\d):(\d\d):(\d\d)\.(\d{3}) --> (\d\d):(\d\d):(\d\d)\.(\d{3})(.*)\n((?:.+\n)*)\n")

Work = Callable[[str], Any]


@dataclass
class Result:
    """One contender at one task.

    Attributes:
        task: what was done.
        texts: "lectures" or "10 MB".
        seconds: of processor time, the median turn; None if it could not be measured.
        times_slower: than captionkit.
        target: how many times slower we want it to be; None for no target.
        note: why there is no figure.
    """

    task: str
    texts: str
    name: str
    seconds: float | None = None
    times_slower: float | None = None
    target: float | None = None
    note: str = ""


@dataclass
class Growth:
    """What twice a hostile text takes, as a multiple of the time for the text."""

    task: str
    kind: str
    ratio: float


def contenders() -> dict[str, dict[str, Work]]:
    """For each task what each contender does with one text."""

    def peer(module: str, work: Callable[[Any, str], Any]) -> Work:
        return lambda text: work(import_module(module), text)

    pysrt = peer("pysrt", lambda m, text: m.from_string(text))
    return {
        "read SRT": {
            "captionkit": lambda text: loads(text, "srt"),
            "decode (floor)": lambda text: text.encode().decode(),
            "one regex pass (floor)": lambda text: sum(1 for _ in SRT_PASS.finditer(text)),
            "pysrt": pysrt,
            "srt": peer("srt", lambda m, text: list(m.parse(text, ignore_errors=True))),
            "pycaption": peer("pycaption", lambda m, text: m.SRTReader().read(text)),
            "pysubs2": peer("pysubs2", lambda m, text: m.SSAFile.from_string(text, format_="srt")),
            "webvtt-py": peer("webvtt", lambda m, text: m.WebVTT.from_buffer(io.StringIO(text), format="srt")),
        },
        "read WebVTT": {
            "captionkit": lambda text: loads(text, "vtt"),
            "decode (floor)": lambda text: text.encode().decode(),
            "one regex pass (floor)": lambda text: sum(1 for _ in VTT_PASS.finditer(text)),
            "pycaption": peer("pycaption", lambda m, text: m.WebVTTReader().read(text)),
            "pysubs2": peer("pysubs2", lambda m, text: m.SSAFile.from_string(text, format_="vtt")),
            "webvtt-py": peer("webvtt", lambda m, text: m.WebVTT.from_buffer(io.StringIO(text), format="vtt")),
        },
        "SRT to WebVTT": {
            "captionkit": lambda text: dumps(convert(loads(text, "srt"), "vtt").document),
            "pycaption": peer("pycaption", lambda m, text: m.WebVTTWriter().write(m.SRTReader().read(text))),
            "pysubs2": peer(
                "pysubs2", lambda m, text: m.SSAFile.from_string(text, format_="srt").to_string(format_="vtt")
            ),
            "webvtt-py": peer("webvtt", lambda m, text: m.WebVTT.from_buffer(io.StringIO(text), format="srt").content),
        },
        "check SRT": {"captionkit": lambda text: check(loads(text, "srt")), "pysrt, merely reading": pysrt},
    }


def texts_of(files: list[Path]) -> list[str]:
    """The captions in these files, with LF and without a byte order mark."""
    texts = []
    for file in files:
        text = file.read_bytes().decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")
        texts.append(text.strip("\n") + "\n\n")
    return texts


def as_vtt(text: str) -> str:
    """The same cues as WebVTT."""
    cues = [cue._replace(settings="") for cue in loads(text, "srt").cues if cue.start >= 0]
    return dumps(Document("vtt", tuple(cues)))


def as_one(texts: list[str]) -> str:
    """All captions as one text of 10 MB, numbered throughout, as those of one large file would be."""
    cues = [cue for text in texts for cue in loads(text, "srt").cues]
    cues *= max(1, -(-MEGABYTES * 1_000_000 // sum(len(text.encode()) for text in texts)))
    return dumps(Document("srt", tuple(cue._replace(identifier=str(n)) for n, cue in enumerate(cues, 1))))


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Peers warn about real files, a line for each cue; that is not what is measured."""
    with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        logging.disable(logging.CRITICAL)
        yield
        logging.disable(logging.NOTSET)


def measure(task: str, works: dict[str, Work], texts: list[str], called: str, rounds: int) -> list[Result]:
    """Let the contenders take turns, and give the median turn of each."""
    turns: dict[str, list[float]] = {name: [] for name in works}
    notes: dict[str, str] = {}
    for _ in range(rounds):
        for name, work in works.items():
            if name in notes:
                continue
            gc.collect()
            try:
                turns[name].append(_turn(work, texts))
            except ImportError:
                notes[name] = "not installed"
            except Exception as error:
                notes[name] = f"cannot read this text: {type(error).__name__}"
    ours = statistics.median(turns["captionkit"])
    results = []
    for name in works:
        target = TARGETS[task].get(name)
        result = Result(task, called, name, target=target[called != "lectures"] if target else None)
        if name in notes:
            result.note = notes[name]
        else:
            result.seconds = statistics.median(turns[name])
            result.times_slower = result.seconds / ours
        results.append(result)
    return results


def _turn(work: Work, texts: list[str]) -> float:
    """Seconds for all texts. One of several that a peer refuses is nothing it has to do."""
    with quiet():
        begin = time.process_time()
        for text in texts:
            try:
                work(text)
            except ImportError:
                raise
            except Exception:
                if len(texts) == 1:
                    raise
        return time.process_time() - begin


def _convert_or_refuse(text: str, format: str) -> None:
    """Some hostile texts hold no captions, and saying so is all there is to do."""
    with contextlib.suppress(ContentError):
        convert(loads(text, format), "vtt" if format == "srt" else "srt")


def grown(size: int = 30_000) -> Iterator[Growth]:
    """Every hostile kind, read, checked and converted at this size and at twice this size."""
    tasks: dict[str, Callable[..., Any]] = {
        "read": loads,
        "check": lambda text, format: check(loads(text, format)),
        "convert": _convert_or_refuse,
    }
    for task, work in tasks.items():
        for kind, make in KINDS.items():
            for name in ("srt", "vtt"):
                on_it = partial(work, format=name)
                once, twice = (min(_turn(on_it, [make(length, name)]) for _ in range(3)) for length in (size, 2 * size))
                yield Growth(task, f"{kind}, {name}", twice / max(once, 1e-3))


def table(results: list[Result]) -> str:
    """The results for a person."""
    first = results[0]
    lines = ["", f"{first.task + ', ' + first.texts:<30}{'s':>9}{'slower than captionkit':>26}{'wanted':>14}"]
    for result in results:
        if result.seconds is None:
            lines.append(f"  {result.name:<28}{'-':>9}  {result.note}")
            continue
        wanted = _wanted(result.target, result.times_slower)
        lines.append(f"  {result.name:<28}{result.seconds:>9.3f}{result.times_slower:>24.2f} x{wanted:>14}")
    return "\n".join(lines)


def commands_table(results: list[Command]) -> str:
    """The commands for a person."""
    lines = []
    task = ""
    for result in results:
        if result.task != task:
            task = result.task
            lines += ["", f"{task:<38}{'s':>8}{'by the clock':>14}{'MB':>8}{'slower':>10}{'wanted':>14}"]
        if result.seconds is None:
            lines.append(f"  {result.name:<36}{'-':>8}  {result.note}")
            continue
        wanted = _wanted(result.target, result.times_slower)
        figures = f"{result.seconds:>8.3f}{result.wall or 0:>14.3f}{result.megabytes or 0:>8.0f}"
        lines.append(f"  {result.name:<36}{figures}{result.times_slower or 0:>8.2f} x{wanted:>14}")
    return "\n".join(lines)


def _wanted(target: float | None, figure: float | None) -> str:
    if target is None or figure is None:
        return ""
    return f"{target:.0f} x {'met' if figure >= target else 'NOT met'}"


def growth_table(results: list[Growth]) -> str:
    """For each task the three hostile kinds that grow most."""
    lines = ["", f"{'hostile texts, twice the size':<60}{'times the time':>16}"]
    for task in dict.fromkeys(result.task for result in results):
        worst = sorted([one for one in results if one.task == task], key=lambda one: -one.ratio)[:3]
        lines += [
            f"  {f'{task}: {one.kind}':<58}{one.ratio:>14.2f} {'' if one.ratio <= MOST_GROWTH else '!'}"
            for one in worst
        ]
    return "\n".join(lines)


def other(script: str, *, as_json: bool) -> object:
    """Run a benchmark that has a script of its own; what it prints goes on, or comes back as JSON."""
    command = [sys.executable, str(Path(__file__).with_name(script)), *(["--json"] if as_json else [])]
    done = subprocess.run(command, check=True, encoding="utf-8", stdout=subprocess.PIPE if as_json else None)
    return json.loads(done.stdout) if as_json else None


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--json", action="store_true", help="print the results as JSON")
    parser.add_argument("--rounds", type=int, default=5, help="turns of each contender (default 5)")
    parser.add_argument("--corpus", type=Path, help="a folder with .srt files instead of those made by rule")
    parser.add_argument("--task", choices=[*TARGETS, "commands", "growth", *OTHERS], help="only this one")
    parser.add_argument("--count", action="store_true", help="count work instead of measuring time")
    options = parser.parse_args()
    if options.count:
        rows = counts()
        for row in rows:
            state = "met" if row.is_met else "NOT met"
            print(f"{row.task:<20}{row.lines_a_cue:>8.2f} lines of Python a cue, at most {row.limit:.0f} {state}")
        sys.exit(not all(row.is_met for row in rows))
    with tempfile.TemporaryDirectory() as folder:
        files = sorted(options.corpus.rglob("*.srt")) if options.corpus else write(Path(folder))
        if not files:
            parser.error(f"there is no .srt file in {options.corpus}")
        found = run(files, options.task, options.rounds, quietly=options.json)
    others = {}
    for name, script in OTHERS.items():
        if options.task in (None, name):
            others[name] = other(script, as_json=options.json)
    if options.json:
        print(json.dumps({**{name: [asdict(one) for one in part] for name, part in found.items()}, **others}, indent=2))


def run(files: list[Path], task: str | None, rounds: int, *, quietly: bool) -> dict[str, list[Any]]:
    """Measure what was asked for, and print it as it comes."""
    say: Callable[[str], None] = (lambda text: None) if quietly else lambda text: print(text, flush=True)
    texts = texts_of(files)
    say(f"{len(files)} lectures, Python {sys.version.split()[0]}, processor time, median of {rounds} turns")
    results: list[Result] = []
    for name, works in contenders().items():
        if task not in (None, name):
            continue
        for called in ("lectures", f"{MEGABYTES} MB"):
            given = texts if called == "lectures" else [as_one(texts)]
            given = [as_vtt(text) for text in given] if name == "read WebVTT" else given
            results += measure(name, works, given, called, rounds)
            say(table(results[-len(works) :]))
    ran = commands(files, rounds) if task in (None, "commands") else []
    if ran:
        say(commands_table(ran))
    growth = list(grown()) if task in (None, "growth") else []
    if growth:
        say(growth_table(growth))
    return {"results": results, "commands": ran, "growth": growth}


if __name__ == "__main__":
    main()

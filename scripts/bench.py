"""How fast captionkit reads, converts and withstands, beside other libraries and beside what cannot be undercut.

    python scripts/bench.py [--json] [--megabytes 10] [--rounds 3] [--corpus FOLDER] [--task TASK]

One run on one core over real lecture captions, concatenated. Every contender gets the same text and takes turns with
the others, so that a busy machine is busy for all; the best turn of each counts, in processor time. Only the ratios
mean anything: absolute figures change with the machine. A peer that is not installed, or cannot read the text, is said
to be so.

The floors: `decode` only makes text of the bytes; `one regex pass` walks over the cues with one regular expression and
keeps nothing. A reader in Python cannot be faster than that pass by much.

Commands are measured from start to end (`bench_commands`). Hostile inputs are those of the fuzzer and a few with
markup; a byte of them may take 3 times what a byte of clean captions takes, and 12 bytes of memory.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import io
import json
import logging
import re
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench_commands import Command, Hostile, Work, commands, hostile
from fuzzing._texts import KINDS

from captionkit.conversion import convert, convert_text
from captionkit.documents import dumps, loads
from captionkit.model import Document

CORPUS = Path(__file__).resolve().parent.parent.parent / "shared" / "corpora"

#: Benchmarks with a script of their own: the linter against readers, an audit of 300 courses, large libraries synced.
OTHERS = {"check": "bench_check.py", "audit": "bench_audit.py", "sync": "bench_sync.py"}

#: How many times as fast as the peer we want to be, by task.
TARGETS = {
    "read SRT": {"pysrt": 5.0, "webvtt-py": 12.0, "pysubs2": 12.0},
    "read WebVTT": {"webvtt-py": 9.0, "pysubs2": 9.0},
    "SRT to WebVTT": {"webvtt-py": 12.0, "pysubs2": 12.0},
}

#: What a byte of a hostile input may take, as a multiple of a clean one's time and of its own size.
MOST_TIME, MOST_MEMORY = 3.0, 12.0

_CUE = "1\n00:00:01,000 --> 00:00:02,000\n"
MARKUP = {
    "nested tags": lambda n: _CUE + "<b><i>" * (n // 13) + "x" + "</i></b>" * (n // 16),
    "100,000 unclosed tags": lambda n: _CUE + "<i>" * 100_000,
    "ampersands": lambda n: _CUE + "&" * n,
    "braces": lambda n: _CUE + "{\\" * (n // 2),
    "small marked-up cues": lambda n: (_CUE + "{\\an8}<i>a</i> <font color=red>b</font> &amp;\n\n") * (n // 77),
    "the same, no two alike": lambda n: "".join(
        [f"{_CUE}{{\\an8}}<i>a{i}</i> <font color=red>b{i}</font> &amp;\n\n" for i in range(n // 83)]
    ),
    "tags, no two cues alike": lambda n: "".join([f"{_CUE}{_tags(i)}\n\n" for i in range(n // 75)]),
}

SRT_PASS = re.compile(r"(\d+)\n(\d\d):(\d\d):(\d\d),(\d{3}) --> (\d\d):(\d\d):(\d\d),(\d{3})\n((?:.+\n)*)\n")
VTT_PASS = re.compile(r"(?:(.+)\n)?(\d\d):(\d\d):(\d\d)\.(\d{3}) --> (\d\d):(\d\d):(\d\d)\.(\d{3})(.*)\n((?:.+\n)*)\n")


def _tags(number: int) -> str:
    """Six tags in an order that comes again only after 46,656 others."""
    tags = ("<i>", "</i>", "<B>", "</b>", "{\\an8}", "<br>")
    return "".join([tags[number // 6**place % 6] for place in range(6)]) + "x"


@dataclass
class Result:
    """One contender at one task.

    Attributes:
        seconds: of processor time, the best turn; None if it could not be measured.
        cues_per_second: of the cues that are in the text.
        times_slower: than captionkit.
        target: how many times slower issue 3 wants it to be; None for no target.
        note: why there is no figure.
    """

    task: str
    name: str
    seconds: float | None
    cues_per_second: float | None = None
    times_slower: float | None = None
    target: float | None = None
    note: str = ""


def corpus_files(folder: Path) -> list[Path]:
    """Real captions: the corpus, or the fixtures where there is none."""
    files = sorted(folder.rglob("*.srt")) if folder.is_dir() else []
    return files or sorted((Path(__file__).resolve().parent.parent / "fixtures").rglob("*.srt"))


def corpus_texts(folder: Path) -> list[str]:
    """Real captions, a text for each file, with LF and without a byte order mark."""
    texts = []
    for file in corpus_files(folder):
        text = file.read_bytes().decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")
        texts.append(text.strip("\n") + "\n\n")
    return texts


def corpus_text(folder: Path, megabytes: float) -> str:
    """Real captions as one SRT text, repeated up to the size."""
    once = "".join(corpus_texts(folder))
    return once * max(1, -(-int(megabytes * 1_000_000) // len(once.encode())))


def as_vtt(text: str) -> str:
    """The same cues as WebVTT."""
    document = loads(text, "srt")
    cues = [cue._replace(settings="") for cue in document.cues if cue.start >= 0]
    return dumps(Document("vtt", tuple(cues)))


def _dotted(text: str) -> str:
    """The same with times as WebVTT has them."""
    return re.sub(r"(?<=:\d\d),(?=\d{3})", ".", text)


def numbered(text: str, target: str) -> str:
    """The same captions with their cues numbered throughout, as those of one large file would be."""
    cues = [cue for cue in loads(text, "srt").cues if cue.start >= 0 and not cue.settings]
    one = Document("srt", tuple([cue._replace(identifier=str(n)) for n, cue in enumerate(cues, 1)]))
    return dumps(one if target == "srt" else convert(one, target).document)


def read(text: str, format: str) -> Document:
    """Read a text, and look at every finding: some are made only then, and making them is part of reading."""
    document = loads(text, format)
    for _ in document.diagnostics:
        pass
    return document


def contenders(srt: str, vtt: str, texts: list[str]) -> dict[str, dict[str, Callable[[], Any]]]:
    """For each task what each contender does. A name that cannot be imported is left to `measure` to report."""

    def peer(module: str, work: Callable[[Any], Any]) -> Callable[[], Any]:
        return lambda: work(import_module(module))

    srt_bytes, vtt_bytes = srt.encode(), vtt.encode()
    return {
        "read SRT": {
            "captionkit": lambda: read(srt, "srt"),
            "decode (floor)": lambda: srt_bytes.decode(),
            "one regex pass (floor)": lambda: _count(SRT_PASS.finditer(srt)),
            "pysrt": peer("pysrt", lambda m: m.from_string(srt)),
            "srt": peer("srt", lambda m: list(m.parse(srt, ignore_errors=True))),
            "pycaption": peer("pycaption", lambda m: m.SRTReader().read(srt)),
            "pysubs2": peer("pysubs2", lambda m: m.SSAFile.from_string(srt, format_="srt")),
            "webvtt-py": peer("webvtt", lambda m: m.WebVTT.from_buffer(io.StringIO(srt), format="srt")),
        },
        "read WebVTT": {
            "captionkit": lambda: read(vtt, "vtt"),
            "decode (floor)": lambda: vtt_bytes.decode(),
            "one regex pass (floor)": lambda: _count(VTT_PASS.finditer(vtt)),
            "pycaption": peer("pycaption", lambda m: m.WebVTTReader().read(vtt)),
            "pysubs2": peer("pysubs2", lambda m: m.SSAFile.from_string(vtt, format_="vtt")),
            "webvtt-py": peer("webvtt", lambda m: m.WebVTT.from_buffer(io.StringIO(vtt), format="vtt")),
        },
        "SRT to WebVTT": {
            "captionkit": lambda: [convert_text(text, "srt", "vtt") for text in texts],
            "captionkit, by way of a document": lambda: [
                dumps(convert(loads(text, "srt"), "vtt").document) for text in texts
            ],
            "pycaption": peer(
                "pycaption", lambda m: _each(texts, lambda t: m.WebVTTWriter().write(m.SRTReader().read(t)))
            ),
            "pysubs2": peer(
                "pysubs2",
                lambda m: _each(texts, lambda t: m.SSAFile.from_string(t, format_="srt").to_string(format_="vtt")),
            ),
            "webvtt-py": peer(
                "webvtt", lambda m: _each(texts, lambda t: m.WebVTT.from_buffer(io.StringIO(t), format="srt").content)
            ),
        },
    }


def _each(texts: list[str], work: Callable[[str], Any]) -> None:
    """Do it with every text; one that a peer refuses is nothing it has to do."""
    for text in texts:
        with contextlib.suppress(Exception):
            work(text)


def _count(found: Any) -> int:
    return sum(1 for _ in found)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Peers warn about real files, a line for each cue; that is not what is measured."""
    with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        logging.disable(logging.CRITICAL)
        yield
        logging.disable(logging.NOTSET)


def measure(task: str, works: dict[str, Callable[[], Any]], cues: int, rounds: int) -> list[Result]:
    """Let the contenders take turns, and give the best turn of each."""
    best: dict[str, float] = {}
    notes: dict[str, str] = {}
    for _ in range(rounds):
        for name, work in works.items():
            if name in notes:
                continue
            gc.collect()
            try:
                with quiet():
                    begin = time.process_time()
                    work()
                    spent = time.process_time() - begin
            except ImportError:
                notes[name] = "not installed"
            except Exception as error:
                notes[name] = f"cannot read this text: {type(error).__name__}"
            else:
                best[name] = min(best.get(name, spent), spent)
    ours = best.get("captionkit")
    results = []
    for name in works:
        seconds = best.get(name)
        if seconds is None or name in notes:
            results.append(Result(task, name, None, note=notes.get(name, "")))
            continue
        slower = seconds / ours if ours else None
        target = TARGETS.get(task, {}).get(name)
        results.append(Result(task, name, seconds, cues / max(seconds, 1e-9), slower, target))
    return results


def table(results: list[Result], head: str) -> str:
    """The results for a person."""
    lines = [head] if head else []
    task = ""
    for result in results:
        if result.task != task:
            task = result.task
            lines += ["", f"{task:<26}{'k cues/s':>10}{'slower than captionkit':>26}{'wanted':>10}"]
        if result.seconds is None:
            lines.append(f"  {result.name:<24}{'-':>10}  {result.note}")
            continue
        speed = f"{(result.cues_per_second or 0) / 1000:,.0f}"
        slower = f"{result.times_slower:.2f} x" if result.times_slower is not None else "-"
        wanted = ""
        if result.target is not None and result.times_slower is not None:
            wanted = f"{result.target:.0f} x {'met' if result.times_slower >= result.target else 'NOT met'}"
        lines.append(f"  {result.name:<24}{speed:>10}{slower:>26}{wanted:>14}")
    return "\n".join(lines)


def commands_table(results: list[Command]) -> str:
    """The commands for a person."""
    lines = []
    task = ""
    for result in results:
        if result.task != task:
            task = result.task
            lines += ["", f"{task:<38}{'s':>8}{'by the clock':>14}{'MB':>8}{'slower':>10}{'wanted':>12}"]
        if result.seconds is None:
            lines.append(f"  {result.name:<36}{'-':>8}  {result.note}")
            continue
        slower = result.times_slower or 0.0
        wanted = ""
        if result.target is not None:
            wanted = f"{result.target:.0f} x {'met' if slower >= result.target else 'NOT met'}"
        figures = f"{result.seconds:>8.3f}{result.wall or 0:>14.3f}{result.megabytes or 0:>8.0f}{slower:>8.2f} x"
        lines.append(f"  {result.name:<36}{figures}{wanted:>12}")
    return "\n".join(lines)


def hostile_table(results: list[Hostile]) -> str:
    """The hostile inputs for a person: for each task time and memory, and a mark where it is more than it may be."""
    tasks = list(dict.fromkeys(result.task for result in results))
    lines = ["", f"{'hostile: times clean, times size':<34}" + "".join(f"{task:>24}" for task in tasks)]
    for kind in dict.fromkeys(result.kind for result in results):
        line = f"  {kind:<32}"
        for result in results:
            if result.kind == kind:
                memory = result.memory_ratio or 0.0
                mark = "!" if result.time_ratio > MOST_TIME or memory > MOST_MEMORY else " "
                line += f"{result.time_ratio:>13.2f}{memory:>9.1f} {mark}"
        lines.append(line)
    return "\n".join([*lines, f"  ! more than {MOST_TIME:.0f} times the time or {MOST_MEMORY:.0f} times the size"])


def other(script: str, *, as_json: bool) -> object:
    """Run a benchmark that has a script of its own; what it prints goes on, or comes back as JSON."""
    command = [sys.executable, str(Path(__file__).with_name(script)), *(["--json"] if as_json else [])]
    done = subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE if as_json else None)
    return json.loads(done.stdout) if as_json else None


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--json", action="store_true", help="print the results as JSON")
    parser.add_argument("--megabytes", type=float, default=10.0, help="size of the text (default 10)")
    parser.add_argument("--rounds", type=int, default=3, help="turns of each contender (default 3)")
    parser.add_argument("--corpus", type=Path, default=CORPUS, help="a folder with .srt files")
    parser.add_argument("--task", choices=[*TARGETS, "commands", "hostile", *OTHERS], help="only this one")
    options = parser.parse_args()
    srt = corpus_text(options.corpus, options.megabytes)
    vtt = as_vtt(srt)
    cues = vtt.count(" --> ")
    size = len(srt.encode())
    # A conversion is of whole files: together they would have each number a thousand times, as no file has.
    texts = corpus_texts(options.corpus)
    repeated = len(srt) // sum(map(len, texts))
    results: list[Result] = []
    ran: list[Command] = []
    withstood: list[Hostile] = []
    for task, works in contenders(srt, vtt, [text for text in texts for _ in range(repeated)]).items():
        if options.task in (None, task):
            results += measure(task, works, cues, options.rounds)
            if not options.json:
                head = f"{size / 1e6:.1f} MB, {cues:,} cues, Python {sys.version.split()[0]}, processor time, best turn"
                print(table(results[-len(works) :], head if results[0].task == task else ""), flush=True)
    if options.task in (None, "commands"):
        ran = commands(corpus_files(options.corpus), options.rounds)
        if not options.json:
            print(commands_table(ran), flush=True)
    if options.task in (None, "hostile"):
        clean, clean_vtt = corpus_text(options.corpus, 1.0), as_vtt(corpus_text(options.corpus, 1.0))
        head = "WEBVTT\n\n"
        works = {
            "read SRT": Work(clean, lambda text: read(text, "srt")),
            "read WebVTT": Work(clean_vtt, lambda text: read(text, "vtt"), head),
            "SRT to WebVTT": Work(numbered(clean, "srt"), lambda text: convert_text(text, "srt", "vtt")),
            "the same, of a document": Work(
                numbered(clean, "srt"), lambda srt: convert(srt, "vtt"), prepare=lambda text: loads(text, "srt")
            ),
            "document to SRT": Work(
                numbered(clean, "vtt"), lambda vtt: convert(vtt, "srt"), head, lambda text: loads(_dotted(text), "vtt")
            ),
        }
        kinds = {name: partial(make, format="srt") for name, make in KINDS.items()}
        withstood = hostile({**kinds, **MARKUP}, works, 500_000)
        if not options.json:
            print(hostile_table(withstood))
    others = {}
    for name, script in OTHERS.items():
        if options.task in (None, name):
            others[name] = other(script, as_json=options.json)
    if options.json:
        found = {"results": results, "commands": ran, "hostile": withstood}
        listed = {name: [asdict(each) for each in part] for name, part in found.items()}
        print(json.dumps({"bytes": size, "cues": cues, **listed, **others}, indent=2))


if __name__ == "__main__":
    main()

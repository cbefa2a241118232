"""How fast checking is, against pysrt merely reading: one process, several, a warm cache, one small file.

    python scripts/bench_check.py [FOLDER] [--json]

Ratios count; the figures are those of this machine at this moment. Takes the lectures of FOLDER, or those that
`corpus.py` makes. A peer that is not installed is said to be so.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from corpus import write

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

LIBRARY = 2000


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder", nargs="?", type=Path)
    options.add_argument("--json", action="store_true")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as place:
        found = sorted(given.folder.rglob("*.srt")) if given.folder else write(Path(place))
        files = [str(file) for file in found]
        if not files:
            sys.exit(f"There is no .srt file in {given.folder}.")
        rows = measure(files)
    if given.json:
        print(json.dumps(rows, indent=1))
        return
    print(f"{len(files)} files")
    for name, value in rows.items():
        print(f"{name:58} {'not installed' if value is None else f'{value:8.3f}'}")


def measure(files: list[str]) -> dict[str, float | None]:
    """The rows: seconds, and ratios of which more is better unless it says otherwise.

    What is compared runs in turn, round after round, and the least of each counts: a busy machine is busy for both.
    """
    from captionkit.documents import load
    from captionkit.lint.run import check_files
    from captionkit.lint.settings import Settings

    rows: dict[str, float | None] = {}
    reads, checks, peer = in_turn(
        time.process_time,
        7,
        lambda: [load(file) for file in files],
        lambda: list(check_files(files, Settings(), workers=1)),
        reading_peer(files),
    )
    rows["captionkit reads, s"] = reads
    rows["captionkit reads and checks (default profile), s"] = checks
    rows["pysrt reads, s"] = peer
    rows["pysrt reads / captionkit checks (aim: 1)"] = ratio(peer, checks)
    with tempfile.TemporaryDirectory() as place:
        library = Path(place) / "library"
        copies(files, library)
        # Bytecode kept, as it is for what is installed; a checkout on a machine that keeps none compiles at each start.
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        places = {"CAPTIONKIT_CACHE_DIR": f"{place}/cache", "PYTHONPYCACHEPREFIX": f"{place}/bytecode"}
        environment = {**kept, **places, "PYTHONPATH": str(ROOT)}
        check = [sys.executable, "-m", "captionkit", "check", str(library), "--statistics", "--exit-zero"]
        run(check, environment)
        uncached, warm, whole = in_turn(
            time.perf_counter,
            4,
            lambda: run([*check, "--no-cache"], environment),
            lambda: run(check, environment),
            (lambda: run([sys.executable, "-c", _PEER, str(library)], environment)) if peer else None,
        )
        rows[f"check of {LIBRARY} files, every core, s"] = uncached
        rows[f"check of {LIBRARY} unchanged files, s"] = warm
        rows[f"pysrt reads {LIBRARY} files, one process, s"] = whole
        rows["pysrt reads / check of the library (aim: 1)"] = ratio(whole, uncached)
        rows["without cache / with a warm one (aim: 10)"] = ratio(uncached, warm)
        small = Path(place) / "small.srt"
        small.write_text("1\n00:00:01,000 --> 00:00:03,000\nHello there.\n", encoding="utf-8")
        one, click, cached = in_turn(
            children_time,
            12,
            lambda: run([sys.executable, "-m", "captionkit", "check", "--no-cache", str(small)], environment),
            lambda: run([sys.executable, "-c", "import click"], environment),
            lambda: run([sys.executable, "-m", "captionkit", "check", str(small)], environment),
        )
        rows["check of one small file / import click (aim: at most 2)"] = ratio(one, click)
        rows["the same, unchanged since the last time"] = ratio(cached, click)
    return rows


#: The peer's program: it reads each file, in one process.
_PEER = """
import sys, pathlib, pysrt
for file in pathlib.Path(sys.argv[1]).rglob("*.srt"):
    pysrt.open(str(file), encoding="utf-8", error_handling=0)
"""


def in_turn(clock: Callable[[], float], rounds: int, *works: Callable[[], object] | None) -> list[float | None]:
    """The least time of each, run in turn; None for what is not there."""
    found: list[float | None] = [None] * len(works)
    for _ in range(rounds):
        for place, work in enumerate(works):
            if work is not None:
                begun = clock()
                work()
                found[place] = min(clock() - begun, found[place] or math.inf)
    return found


def ratio(one: float | None, other: float | None) -> float | None:
    return one / other if one and other else None


def reading_peer(files: list[str]) -> Callable[[], object] | None:
    try:
        import pysrt
    except ImportError:
        return None
    return lambda: [pysrt.open(file, encoding="utf-8", error_handling=0) for file in files]


def copies(files: list[str], folder: Path) -> None:
    """The files again and again, until there are as many as a library has."""
    for number in range(LIBRARY):
        place = folder / str(number // len(files)) / f"{number % len(files)}.srt"
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(files[number % len(files)], place)
        os.utime(place, (1_700_000_000, 1_700_000_000))


def run(command: list[str], environment: dict[str, str]) -> None:
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)


def children_time() -> float:
    """The processor time of the commands that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()

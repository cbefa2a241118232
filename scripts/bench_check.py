"""How fast checking is, against pysrt merely reading: one process, several, a warm cache, one small file.

    python scripts/bench_check.py [FOLDER] [--json]

Ratios count; the figures are those of this machine at this moment. Takes real lectures from FOLDER, from
`../shared/corpora`, or from `fixtures/`. A peer that is not installed is said to be so.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

LIBRARY = 2000


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder", nargs="?", type=Path)
    options.add_argument("--json", action="store_true")
    given = options.parse_args()
    folder = next(
        (
            place
            for place in (given.folder, ROOT.parent / "shared" / "corpora", ROOT / "fixtures")
            if place and place.is_dir()
        ),
        None,
    )
    if folder is None:
        sys.exit("There are no captions to measure with; name a folder.")
    files = sorted(str(file) for file in folder.rglob("*.srt"))
    rows = measure(files)
    if given.json:
        print(json.dumps(rows, indent=1))
        return
    print(f"{len(files)} files of {folder}")
    for name, value in rows.items():
        print(f"{name:58} {'not installed' if value is None else f'{value:8.3f}'}")


def measure(files: list[str]) -> dict[str, float | None]:
    """The rows: seconds, and ratios of which more is better unless it says otherwise."""
    from captionkit.documents import load
    from captionkit.lint.run import check_files
    from captionkit.lint.settings import Settings

    rows: dict[str, float | None] = {}
    read = best(lambda: [load(file) for file in files])
    check = best(lambda: list(check_files(files, Settings(), workers=1)))
    peer = reading_peer(files)
    rows["captionkit reads, s"] = read
    rows["captionkit reads and checks (default profile), s"] = check
    rows["pysrt reads, s"] = peer
    rows["pysrt reads / captionkit checks (aim: 1)"] = peer / check if peer else None
    with tempfile.TemporaryDirectory() as place:
        many = copies(files, Path(place) / "library")
        environment = {**os.environ, "CAPTIONKIT_CACHE_DIR": f"{place}/cache", "PYTHONPATH": str(ROOT)}
        command = [
            sys.executable,
            "-m",
            "captionkit",
            "check",
            str(Path(place) / "library"),
            "--statistics",
            "--exit-zero",
        ]
        uncached = wall([*command, "--no-cache"], environment)
        wall(command, environment)
        warm = wall(command, environment)
        rows[f"check of {len(many)} files, every core, s"] = uncached
        whole = reading_peer(many, 1)
        rows[f"pysrt reads {len(many)} files, one process, s"] = whole
        rows["pysrt reads / check of the library (aim: 1)"] = whole / uncached if whole else None
        rows["without cache / with a warm one (aim: 10)"] = uncached / warm
        small = Path(place) / "small.srt"
        small.write_text("1\n00:00:01,000 --> 00:00:03,000\nHello there.\n", encoding="utf-8")
        click = processor([sys.executable, "-c", "import click"], environment)
        one = processor([sys.executable, "-m", "captionkit", "check", str(small)], environment)
        rows["check of one small file / import click (aim: at most 2)"] = one / click
    return rows


def best(work: Callable[[], object], times: int = 5) -> float:
    """The least processor time of several runs."""
    found = []
    for _ in range(times):
        begun = time.process_time()
        work()
        found.append(time.process_time() - begun)
    return min(found)


def reading_peer(files: list[str], times: int = 5) -> float | None:
    try:
        import pysrt
    except ImportError:
        return None
    return best(lambda: [pysrt.open(file, encoding="utf-8", error_handling=0) for file in files], times)


def copies(files: list[str], folder: Path) -> list[str]:
    """The files again and again, until there are as many as a library has."""
    made = []
    for number in range(LIBRARY):
        place = folder / str(number // len(files)) / f"{number % len(files)}.srt"
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(files[number % len(files)], place)
        os.utime(place, (1_700_000_000, 1_700_000_000))
        made.append(str(place))
    return made


def wall(command: list[str], environment: dict[str, str]) -> float:
    begun = time.perf_counter()
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


def processor(command: list[str], environment: dict[str, str], times: int = 7) -> float:
    """The least processor time of a command over several runs."""
    found = []
    for _ in range(times):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        found.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(found)


if __name__ == "__main__":
    main()

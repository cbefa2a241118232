"""Attack captionkit with what is made to hurt it, for as long as you like.

    python scripts/fuzz.py --seconds 60 [--steps 1000] [--seed 1] [--corpus FOLDER] [--only TARGET]

The targets are the modules of `scripts/fuzzing/`; each says what it holds to be true. They take turns, each getting the
same share of the time. The first breach is told with its traceback, what was being tried is written to
`fuzz-failure.bin`, and the run ends with exit code 1. The same seed gives the same attacks up to the clock.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
import traceback
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "scripts"), str(ROOT / "tests")]

CORPUS = ROOT.parent / "shared" / "corpora"
TARGETS = sorted(file.stem for file in (ROOT / "scripts" / "fuzzing").glob("[!_]*.py"))


def main() -> int:
    """Run until the time is up; 0 for no breach."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--seconds", type=float, default=60.0, help="how long (default 60)")
    parser.add_argument("--steps", type=int, default=0, help="end earlier, after so many steps of each target")
    parser.add_argument("--seed", type=int, default=1, help="of the random choices (default 1)")
    parser.add_argument("--corpus", type=Path, default=CORPUS, help="a folder with .srt files")
    parser.add_argument("--only", action="append", choices=TARGETS, help="this target, may be given again")
    options = parser.parse_args()
    targets = {
        name: import_module(f"fuzzing.{name}").Target(random.Random(f"{options.seed} {name}"), options.corpus)
        for name in options.only or TARGETS
    }
    spent = dict.fromkeys(targets, 0.0)
    stop = time.monotonic() + options.seconds
    steps = dict.fromkeys(targets, 0)
    while time.monotonic() < stop:
        waiting = [name for name in targets if not options.steps or steps[name] < options.steps]
        if not waiting:
            break
        name = min(waiting, key=spent.__getitem__)  # whose turn it is: the one that had least time
        steps[name] += 1
        begin = time.monotonic()
        try:
            targets[name].step()
        except Exception:
            traceback.print_exc()
            Path("fuzz-failure.bin").write_bytes(targets[name].evidence())
            print(f"breach in {name}, seed {options.seed}; what was tried is in fuzz-failure.bin")
            return 1
        spent[name] += time.monotonic() - begin
    for name, target in targets.items():
        print(f"{name}: clean, {target.done()}, seed {options.seed}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Try to make the sync engine lose a caption: `python scripts/torture.py --minutes 10`.

Two kinds of rounds, taking turns until the time is over. Campaigns: the real engine on a Canvas in memory, with
colleagues, faults, crashes at any durable write and requests that land late, in any order, in ordinary and in copied
courses, whose originals must stay as they are (tests/machine/campaign.py).
Processes: real `captionkit` processes against a stand-in Canvas over HTTP that die by `kill -9` at random moments, on a
wire that breaks, while two colleagues write (tests/machine/rounds.py). Prints what they went through; `lost` must be 0.
Ends with 1 at the first failure, and says with which seed to see it again.
"""

import argparse
import subprocess
import sys
import time
import traceback
from collections import Counter
from pathlib import Path
from typing import Any

from environment import CLONE, PYTHON, ensure

#: Seconds of campaigns for each round of processes.
SLICE = 2.0


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=5.0, help="how long (default: 5); at least one round of each")
    parser.add_argument("--seed", type=int, default=None, help="the first seed; by default the clock's")
    parser.add_argument("--only", choices=["campaigns", "processes"], help="one kind of rounds only")
    given = parser.parse_args()
    if Path(sys.prefix) != PYTHON.parent.parent:
        try:
            import captionkit.sandbox.server  # noqa: F401  is all there that it needs?
        except ImportError:
            python = ensure("all")
            sys.exit(subprocess.call([str(python), str(Path(__file__).resolve()), *sys.argv[1:]]))
    sys.path[:0] = [str(CLONE), str(CLONE / "tests" / "machine"), str(CLONE / "tests")]
    sys.exit(torture(given.minutes, int(time.time()) if given.seed is None else given.seed, given.only))


def torture(minutes: float, seed: int, only: str | None) -> int:
    """Run rounds for so long; the exit code."""
    from campaign import Counts
    from rounds import Tally

    campaigns, processes = Counts(), Tally()
    number: Counter[str] = Counter()
    end = time.monotonic() + 60 * minutes
    print(f"seed {seed}", flush=True)
    last_report = time.monotonic()
    while True:
        if only != "processes":
            slice_end = min(time.monotonic() + SLICE, end)
            while True:
                if not survives("campaigns", seed + number["campaigns"], campaigns):
                    return 1
                number["campaigns"] += 1
                if time.monotonic() >= slice_end:
                    break
        if only != "campaigns":
            if not survives("processes", seed + number["processes"], processes):
                return 1
            number["processes"] += 1
        if time.monotonic() >= end:
            break
        if time.monotonic() - last_report > 60:
            last_report = time.monotonic()
            print(f"{number['campaigns']} campaigns, {number['processes']} rounds of processes ...", flush=True)
    report(number, campaigns, processes)
    return 0


def survives(kind: str, seed: int, total: Any) -> bool:
    """Play one round and add it up; False, with the story told, where it fails."""
    from campaign import drive
    from rounds import play

    moves: list[Any] = []
    try:
        if kind == "campaigns":
            total += drive(seed, 20 + seed % 31, moves, both_ways=seed % 2 == 1, copies=seed % 3 > 0)
        else:
            total += play(seed)
    except Exception:
        traceback.print_exc()
        for name, arguments in moves:
            print(f"  {name}({arguments})")
        print(f"FAILED. To see it again: python scripts/torture.py --minutes 0 --only {kind} --seed {seed}")
        return False
    return True


def report(number: Counter[str], campaigns: Any, processes: Any) -> None:
    """The figures."""
    if number["campaigns"]:
        print(
            f"campaigns: {number['campaigns']}, runs {campaigns.runs}, crashes {campaigns.crashes}, "
            f"faults {campaigns.faults}, foreign writes {campaigns.foreign_writes}, PUTs {campaigns.puts}, "
            f"born in the window {campaigns.born_in_window}, lost = {campaigns.lost}"
        )
    if number["processes"]:
        endings = ", ".join(f"{code}: {times}" for code, times in sorted(processes.endings.items()))
        print(
            f"processes: {number['processes']} rounds, runs {processes.runs}, crashes (kill -9) {processes.crashes}, "
            f"faults {processes.faults}, foreign writes {processes.foreign_writes}, "
            f"born in the window {processes.born_in_window}, lost = {processes.lost}; exit codes {endings}"
        )


if __name__ == "__main__":
    main()

"""What an archive costs on Dask, from object storage, and in one process or two: ratios of processor time.

    python scripts/bench_scale.py [--files 2000] [--memory-files 0] [--json]

Everything runs on this machine, on lectures that `corpus.py` makes. Ratios are of the processor time of all processes
that take part, the least of some rounds in turn, so that a busy machine is busy for both. The stand-in for S3 is moto,
in a process of its own, whose time is not counted. `--files 20000` is the size that the aims are set for; with
`--memory-files 100000` the command is run over so many files once, for its memory.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from corpus import LANGUAGES, write  # noqa: E402

#: Row -> how much it may be.
AIMS = {
    "findings that differ, on Dask": 0,
    "findings that differ, a worker killed half way": 0,
    "findings that differ, from S3": 0,
    "Dask / a serial loop, processor time": 1.35,
    "two workers / one, processor time of the command": 1.10,
    "two workers / one, time on the clock": 1.0,
    "from S3 / the rules alone, processor time": 2.2,
    "a worker's memory, MB": 300,
    "the command's memory as JSON lines, MB": 300,
    "the command's memory for the default report, MB": 300,
    "the command's memory for statistics, MB": 300,
}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--files", type=int, default=2000, help="so many for the ratios (default 2000)")
    options.add_argument("--rounds", type=int, default=2, help="so many turns for each (default 2)")
    options.add_argument("--memory-files", type=int, default=0, help="so many for the memory of the command, once")
    options.add_argument("--json", action="store_true")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as place:
        os.chdir(place)
        os.environ["CAPTIONKIT_NO_CACHE"] = "1"
        write(Path("lectures"), max(1, given.files // len(LANGUAGES)))
        rows = measure(given.rounds)
        if given.memory_files:
            rows |= memory(given.memory_files)
    if given.json:
        print(json.dumps(rows, indent=1))
        return
    for name, value in rows.items():
        aim = AIMS.get(name)
        mark = "" if aim is None else f"   aim: {'at most ' if aim else ''}{aim:g}{'' if value <= aim else '   MISSED'}"
        print(f"{name:58} {value:10.3f}{mark}")


def measure(rounds: int) -> dict[str, float]:
    """The rows of the ratios."""
    rows: dict[str, float] = {}
    wanted = command(2)[1]
    least: dict[str, list[tuple[float, float]]] = {}
    works: dict[str, Callable[[], tuple[float, float]]] = {
        "serial": serial, "two loops": lambda: serial(2),
        "one": lambda: command(1)[0], "two": lambda: command(2)[0], "dask": lambda: dask("lectures"),
    }  # fmt: skip
    with storage() as (address, _):
        fill(address)
        works["s3"] = lambda: dask("s3://archive/lectures")
        for _ in range(rounds):
            for name, work in works.items():
                least.setdefault(name, []).append(work())
                if name in ("dask", "s3"):
                    rows[f"findings that differ, {'on Dask' if name == 'dask' else 'from S3'}"] = differences(wanted)
        rows["findings that differ, a worker killed half way"] = killed(wanted)
    used = {name: min(cpu for cpu, _ in turns) for name, turns in least.items()}
    clock = {name: min(wall for _, wall in turns) for name, turns in least.items()}
    files = sum(1 for _ in Path("lectures").rglob("*.srt"))
    rows["files"] = files
    rows["findings"] = len(wanted)
    rows["a serial loop, ms a file"] = used["serial"] / files * 1000
    rows["Dask / a serial loop, processor time"] = used["dask"] / used["serial"]
    # What two processes cost that have nothing to do with each other: a core's caches and clock are not two cores'.
    rows["two loops at once / one loop, processor time"] = used["two loops"] / used["serial"]
    rows["two workers / one, processor time of the command"] = used["two"] / used["one"]
    rows["two workers / one, time on the clock"] = clock["two"] / clock["one"]
    rows["from S3 / the rules alone, processor time"] = used["s3"] / used["serial"]
    rows["a worker's memory, MB"] = PEAK["worker"]
    rows["the memory of who gives the parts out, MB"] = PEAK["driver"]
    return rows


#: Megabytes at most.
PEAK = {"worker": 0.0, "driver": 0.0}

_SERIAL = """
import sys; from pathlib import Path
from captionkit.lint.settings import Settings; from captionkit.scale import check_bytes
part = slice(int(sys.argv[1]), None, int(sys.argv[2]))
for file in sorted(Path("lectures").rglob("*.srt"))[part]: check_bytes(str(file), file.read_bytes(), Settings())
"""


def serial(loops: int = 1) -> tuple[float, float]:
    """Processor and clock time of the rules, with nothing written down, in one process or in several at once that share
    the files."""
    return timed(*([sys.executable, "-c", _SERIAL, str(n), str(loops)] for n in range(loops)))


def command(workers: int) -> tuple[tuple[float, float], list[str]]:
    """The times of the command, and what it finds."""
    order = [
        "check",
        "--isolated",
        "lectures",
        "-j",
        str(workers),
        "--output-format",
        "jsonl",
        "-o",
        "local.jsonl",
        "-q",
    ]
    times = timed([sys.executable, "-m", "captionkit", *order])
    return times, sorted(Path("local.jsonl").read_text(encoding="utf-8").splitlines())


#: One process that starts two workers, so that the time of all is counted; it prints what it measured before they end.
_DASK = """
import json, logging, os, signal, sys, time

def peak():
    # Megabytes. What getrusage says has the peak of the process in it that started this one.
    status = open("/proc/self/status", encoding="ascii").read()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024

def main(source, kill):
    from distributed import Client, LocalCluster
    from captionkit.lint.settings import Settings
    from captionkit.scale.run import Archive

    quiet = {"dashboard_address": "127.0.0.1:0", "silence_logs": logging.CRITICAL}
    with LocalCluster(n_workers=1 + kill, threads_per_worker=1, **quiet) as cluster, Client(cluster) as client:
        def cost():
            return sum(sum(times[:2]) for times in client.run(os.times).values()) + sum(os.times()[:2])

        engine = cluster.scheduler_address.replace("tcp", "dask")
        Archive("warm", "warmed", Settings(), engine=engine).run()
        before, begun = cost(), time.perf_counter()
        pids = list(client.run(os.getpid).values())[:kill]
        listen = lambda parts, done: pids and os.kill(pids.pop(), signal.SIGKILL)
        size = int(os.environ["PART_FILES"])
        Archive(source, "report", Settings(), engine=engine, part_files=size).run(listen)
        spent, passed = cost() - before, time.perf_counter() - begun
        print(json.dumps([spent, passed, max(client.run(peak).values()), peak()]))

if __name__ == "__main__":
    main(sys.argv[1], len(sys.argv) > 2)
"""


def dask(source: str, *more: str) -> tuple[float, float]:
    """Processor and clock time of a check on Dask, with all that is written, by processes that are warm.

    On one worker, as the loop is one process: two share a core's caches, here more than elsewhere, and that is not
    Dask's. The run that loses a worker has two.
    """
    subprocess.run(["rm", "-rf", "report", "warm", "warmed"], check=True)
    write(Path("warm"), 2)
    files = sum(1 for _ in Path("lectures").rglob("*.srt"))
    script = Path("on_dask.py")
    script.write_text(_DASK, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PART_FILES": str(max(20, min(1000, files // 16)))}
    done = subprocess.run(
        [sys.executable, str(script), source, *more],
        env=environment, check=True, stdout=subprocess.PIPE, encoding="utf-8",
    )  # fmt: skip
    spent, passed, worker, driver = json.loads(done.stdout.splitlines()[-1])
    PEAK["worker"], PEAK["driver"] = max(PEAK["worker"], worker), max(PEAK["driver"], driver)
    return spent, passed


def killed(wanted: list[str]) -> int:
    """How many findings differ where a worker is killed after the first part."""
    dask("lectures", "kill")
    return differences(wanted)


def differences(wanted: list[str]) -> int:
    """How many findings of the last run on Dask are not the command's, or lack."""
    from collections import Counter

    from captionkit.lint.run import Run
    from captionkit.lint.settings import Settings
    from captionkit.reports.base import load
    from captionkit.scale.manifest import read_manifest
    from captionkit.scale.report import FromTables
    from captionkit.scale.stores import open_store

    manifest = read_manifest(open_store("report"))
    assert manifest is not None
    lines = load("jsonl").text(Run(FromTables("report", manifest), Settings())).splitlines()
    found = Counter(line.replace("s3://archive/", "", 1) for line in lines)
    other = Counter(line.replace("s3://archive/", "", 1) for line in wanted)
    return ((found - other) + (other - found)).total()


_STORAGE = """
import logging, sys
logging.getLogger("werkzeug").setLevel(logging.ERROR)
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
sys.stdin.read()
"""


@contextlib.contextmanager
def storage() -> Iterator[tuple[str, Any]]:
    """A stand-in for S3 in a process of its own, which the environment from here on names."""
    server = subprocess.Popen(
        [sys.executable, "-c", _STORAGE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        encoding="utf-8",
    )  # fmt: skip
    assert server.stdout is not None
    address = f"http://127.0.0.1:{server.stdout.readline().split()[-1]}"
    os.environ.update(
        AWS_ENDPOINT_URL=address, AWS_ALLOW_HTTP="true", AWS_REGION="us-east-1", AWS_ACCESS_KEY_ID="bench",
        AWS_SECRET_ACCESS_KEY="bench",
    )  # fmt: skip
    try:
        yield address, server
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()


def fill(address: str) -> None:
    """Put the lectures into the stand-in."""
    import boto3
    import obstore

    boto3.client("s3", endpoint_url=address, region_name="us-east-1").create_bucket(Bucket="archive")
    store = obstore.store.from_url("s3://archive/lectures")
    for file in Path("lectures").rglob("*.srt"):
        obstore.put(store, file.relative_to("lectures").as_posix(), file.read_bytes())


def memory(files: int) -> dict[str, float]:
    """The command over so many files, once for each way to report: megabytes, and minutes on the clock."""
    rows: dict[str, float] = {"files for the memory of the command": files}
    write(Path("many"), files // len(LANGUAGES), seed=2)
    for name, how in {
        "as JSON lines": ["--output-format", "jsonl"], "for the default report": [], "for statistics": ["--statistics"],
    }.items():  # fmt: skip
        begun = time.perf_counter()
        script = (
            "import sys; from captionkit.cli.frame import run; run(sys.argv[1:]);"
            "print(open('/proc/self/status', encoding='ascii').read().split('VmHWM:')[1].split()[0], file=sys.stderr)"
        )
        done = subprocess.run(
            [sys.executable, "-c", script, "check", "--isolated", "many", *how],
            env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            encoding="utf-8", check=False,
        )  # fmt: skip
        rows[f"the command's memory {name}, MB"] = int(done.stderr.split()[-1]) / 1024
        rows[f"the command {name}, minutes"] = (time.perf_counter() - begun) / 60
    return rows


def timed(*orders: list[str]) -> tuple[float, float]:
    """Processor and clock time of processes at once, and of those that they start."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    started = [subprocess.Popen(order, env=environment, stdout=subprocess.DEVNULL) for order in orders]
    for process in started:
        process.wait()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, time.perf_counter() - begun


if __name__ == "__main__":
    main()

"""An audit of many courses against the sandbox: requests, time and memory. `python scripts/bench_audit.py [--json]`.

300 courses with 10 recordings each, every other recording with a caption track of some 100 cues, over real HTTP on the
loopback. Run it in an environment that has captionkit[sandbox]. The sandbox runs in a process of its own, so that the
memory and the processor time that are told are the audit's.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

COURSES, RECORDINGS, CAPTIONED = 300, 10, 5

SERVE = """
import sys
from captionkit.sandbox import Sandbox
cue = "{n}\\n00:{m:02d}:{s:02d},000 --> 00:{m:02d}:{e:02d},500\\nThis is what is said in sentence {n}.\\n"
content = "\\n".join(cue.format(n=i + 1, m=i // 15, s=i % 15 * 4, e=i % 15 * 4 + 2) for i in range(100))
with Sandbox() as sandbox:
    for number in range(int(sys.argv[1])):
        course = sandbox.add_course(f"Course {number}")
        sandbox.seed(course, int(sys.argv[3]), 1, content=content)
        sandbox.seed(course, int(sys.argv[2]) - int(sys.argv[3]), 0, title="Seminar {:05d}")
    sandbox.reset_log()
    print(sandbox.url, sandbox.tokens["teacher"], *[c["id"] for c in sandbox.courses()], flush=True)
    sys.stdin.readline()
    print(sum(sandbox.counts.values()), sum(1 for r in sandbox.requests if r["status"] in (403, 429)), flush=True)
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        result = measure(Path(folder))
    if "--json" in sys.argv:
        print(json.dumps(result))
        return
    print(
        f"audit of {result['courses']} courses, {result['recordings']:,} recordings, {result['tracks']:,} tracks: "
        f"{result['requests']:,} requests ({result['throttled']} throttled), {result['seconds']:.1f} s "
        f"({result['cpu_seconds']:.1f} s of processor time), {result['memory_mb']:.0f} MB; "
        f"the page has {result['page_kb']:,} KB"
    )


def measure(folder: Path) -> dict[str, float]:
    command = [sys.executable, "-c", SERVE, str(COURSES), str(RECORDINGS), str(CAPTIONED)]
    # Of this checkout, whether it is installed or not.
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parent.parent)}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8", env=environment
    ) as server:
        assert server.stdin is not None and server.stdout is not None
        url, token, *courses = server.stdout.readline().split()
        (folder / "courses.txt").write_text("\n".join(courses), encoding="utf-8")
        environment |= {"CANVAS_API_URL": url, "CANVAS_API_TOKEN": token}
        audit = [sys.executable, "-m", "captionkit", "audit", "--courses-from", "courses.txt"]
        started = time.perf_counter()
        with subprocess.Popen(
            [*audit, "--require", "en", "-o", "audit.html"], cwd=folder, env=environment, stdout=subprocess.DEVNULL
        ) as process:
            _, code, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(code)
        seconds = time.perf_counter() - started
        server.stdin.write("\n")
        server.stdin.flush()
        requests, throttled = map(int, server.stdout.readline().split())
    if process.returncode:
        sys.exit(f"the audit ended with {process.returncode}")
    return {
        "courses": COURSES,
        "recordings": COURSES * RECORDINGS,
        "tracks": COURSES * CAPTIONED,
        "requests": requests,
        "throttled": throttled,
        "seconds": round(seconds, 2),
        "cpu_seconds": round(used.ru_utime + used.ru_stime, 2),
        "memory_mb": round(used.ru_maxrss / (1024 if sys.platform != "darwin" else 1024 * 1024), 1),
        "page_kb": (folder / "audit.html").stat().st_size // 1024,
    }


if __name__ == "__main__":
    main()

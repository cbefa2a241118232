"""A large library against the sandbox: requests, time and memory. `python scripts/bench_sync.py [--json]`.

Three things, over real HTTP on the loopback, with the commands as a person runs them:

- plan: a course with 10,000 media objects, and a folder with 30,000 caption files that Canvas has not seen, of one cue
  each; and 300 of them with 1,000 cues each, which shows what converting and reading again costs;
- unchanged: a second push of 1,000 media objects that are as they were;
- changed: 200 of 1,000 media objects were edited, and every answer takes 50 ms. The ideal is that time, shared by four
  requests at once, and nothing else.

Run it in an environment that has captionkit[sandbox]. The sandbox runs in a process of its own, so that the memory and
the processor time that are told are the command's.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

LARGE, LANGUAGES = 10_000, ("en", "de", "fr")
SMALL, EDITED, LATENCY_MS, IN_FLIGHT = 1_000, 200, 50, 4

#: A sandbox with one course; each line that it is told is settings as JSON, or nothing for "say what was asked of you".
SERVE = """
import json, sys
from captionkit.sandbox import Sandbox
media, tracks = int(sys.argv[1]), int(sys.argv[2])
with Sandbox() as sandbox:
    course = sandbox.add_course("Big")
    sandbox.set(clock_skew_s=-3600.0)
    sandbox.seed(course, media, tracks)
    sandbox.set(clock_skew_s=0.0)
    print(sandbox.url, sandbox.tokens["teacher"], course, flush=True)
    for line in sys.stdin:
        if line.strip():
            sandbox.set(**json.loads(line))
            sandbox.reset_log()
        throttled = sum(request["status"] in (403, 429) for request in sandbox.requests)
        print(sum(sandbox.counts.values()), throttled, flush=True)
"""


@dataclass
class Run:
    """What one command took.

    Attributes:
        seconds: by the clock. cpu_seconds: of processor time. memory_mb: the most it had.
        requests, throttled: as the sandbox counted them.
        ideal: `seconds` as a multiple of the ideal; 0 for no such measure.
    """

    task: str
    seconds: float
    cpu_seconds: float
    memory_mb: float
    requests: int
    throttled: int
    ideal: float = 0.0

    def __str__(self) -> str:
        ideal = f", {self.ideal:.2f} times the ideal" if self.ideal else ""
        return (
            f"{self.task}: {self.seconds:.1f} s{ideal}, {self.cpu_seconds:.1f} s of processor time, "
            f"{self.memory_mb:.0f} MB, {self.requests:,} requests ({self.throttled} throttled)"
        )


@dataclass
class Course:
    """A sandbox in a process of its own, and a folder for its course."""

    folder: Path
    environment: dict[str, str]
    settings_pipe: IO[str]
    says: IO[str]

    def set(self, **settings: object) -> None:
        """Change the sandbox's switches, and count its requests from here."""
        self.settings_pipe.write(json.dumps(settings) + "\n")
        self.settings_pipe.flush()
        self.says.readline()

    def counted(self) -> tuple[int, int]:
        """Requests, and how many of them were refused by the rate limit."""
        self.settings_pipe.write("\n")
        self.settings_pipe.flush()
        requests, throttled = map(int, self.says.readline().split())
        return requests, throttled

    def run(self, task: str, *arguments: str) -> Run:
        """One command on the folder; it must succeed, or have something to say (plan)."""
        command = [sys.executable, "-m", "captionkit", *arguments]
        started = time.perf_counter()
        with subprocess.Popen(command, env=self.environment, stdout=subprocess.DEVNULL) as process:
            _, code, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(code)
        seconds = time.perf_counter() - started
        if process.returncode:
            sys.exit(f"captionkit {arguments[0]} ended with {process.returncode}")
        memory = used.ru_maxrss / (1024 if sys.platform != "darwin" else 1024 * 1024)
        return Run(task, round(seconds, 2), round(used.ru_utime + used.ru_stime, 2), round(memory, 1), *self.counted())


@contextmanager
def course_of(media: int, tracks: int) -> Iterator[Course]:
    with tempfile.TemporaryDirectory() as home:
        command = [sys.executable, "-c", SERVE, str(media), str(tracks)]
        # Of this checkout, whether it is installed or not.
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parent.parent)}
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8", env=environment
        ) as server:
            assert server.stdin is not None and server.stdout is not None
            url, token, course = server.stdout.readline().split()
            folder = Path(home) / "captions"
            folder.mkdir()
            (folder / "captionkit.toml").write_text(f'[canvas]\nurl = "{url}"\ncourse = {course}\n', encoding="utf-8")
            environment |= {"CANVAS_API_URL": url, "CANVAS_API_TOKEN": token}
            yield Course(folder, environment, server.stdin, server.stdout)
            server.stdin.close()


def lecture(number: int, language: str, cues: int) -> str:
    """An SRT file."""
    return "\n".join(
        f"{n}\n00:{n // 15:02d}:{n % 15 * 4:02d},000 --> 00:{n // 15:02d}:{n % 15 * 4 + 3:02d},500\n"
        f"Sentence {n} of lecture {number}, in {language}.\n"
        for n in range(1, cues + 1)
    )


def plan(media: int, cues: int) -> Run:
    """A first plan: every file is new, converted, and read again by the second reader."""
    with course_of(media, 0) as course:
        for number in range(1, media + 1):
            for language in LANGUAGES:
                file = course.folder / f"Lecture {number:05d}.{language}.srt"
                file.write_text(lecture(number, language, cues), encoding="utf-8")
        course.set(throttle=True)
        files = media * len(LANGUAGES)
        return course.run(
            f"plan of {files:,} new files of {cues:,} cues for {media:,} media", "plan", str(course.folder)
        )


def pushes() -> Iterator[Run]:
    with course_of(SMALL, 2) as course:
        course.set(throttle=False)
        course.run("pull", "pull", str(course.folder))
        course.set(throttle=True)
        yield course.run(f"push of {SMALL:,} unchanged media", "push", str(course.folder), "--yes")
        for file in sorted(course.folder.glob("*.en.*"))[:EDITED]:
            file.write_text(file.read_text(encoding="utf-8").replace("Lecture", "Edited lecture"), encoding="utf-8")
        course.set(latency_ms=LATENCY_MS)
        done = course.run(f"push of {EDITED} changed of {SMALL:,} media", "push", str(course.folder), "--yes")
        done.ideal = round(done.seconds / (done.requests * LATENCY_MS / 1000 / IN_FLIGHT), 2)
        yield done


def main() -> None:
    runs = []
    for run in (plan(LARGE, 1), plan(LARGE // 100, 1_000), *pushes()):
        runs.append(run)
        if "--json" not in sys.argv:
            print(run, flush=True)
    if "--json" in sys.argv:
        print(json.dumps([asdict(run) for run in runs]))


if __name__ == "__main__":
    main()

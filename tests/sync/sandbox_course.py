"""A course on the stand-in Canvas over real HTTP, a folder for it, and a teacher's shell."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from captionkit.cli.frame import run
from captionkit.remotes.http import governor
from captionkit.sandbox import Sandbox, Switches
from captionkit.sync import object_run
from captionkit.sync import run as sync_run


@dataclass
class CommandResult:
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def all(self) -> str:
        return self.out + self.err


@dataclass
class SandboxCourse:
    """A course with a few media objects, and `folder` for it."""

    sandbox: Sandbox
    folder: Path
    id: int
    media: dict[str, str]
    shell: Callable[..., CommandResult]

    def write(self, name: str, text: str | bytes) -> Path:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return file

    def configure(self, other: int | None = None, **more: str) -> None:
        lines = [f'url = "{self.sandbox.url}"', f"course = {other or self.id}"]
        lines += [f'{name} = "{value}"' for name, value in more.items()]
        (self.folder / "captionkit.toml").write_text("[canvas]\n" + "\n".join(lines) + "\n", encoding="utf-8")

    def push(self, *options: object) -> CommandResult:
        return self.shell("push", self.folder, "--yes", *options)

    def add(self, title: str, locale: str, text: str, **more: Any) -> int:
        return self.sandbox.add_track(self.media[title], locale, text, **more)

    def add_last_year(self, title: str, locale: str, text: str) -> None:
        """A media object of this title, uploaded a year ago, with one track; takes the place of the other."""
        self.sandbox.delete_media(self.media[title])
        self.sandbox.set(clock_skew_s=-365 * 86400.0)
        self.media[title] = self.sandbox.add_media(self.id, title)
        self.add(title, locale, text)
        self.sandbox.set(clock_skew_s=0.0)

    def tracks(self, title: str) -> dict[str, str]:
        """locale -> stored text, everybody's."""
        return {track["locale"]: track["content"] for track in self.sandbox.tracks(self.media[title])}

    def viewed(self, title: str, locale: str) -> str:
        """What players get."""
        track = next(track for track in self.sandbox.tracks(self.media[title]) if track["locale"] == locale)
        return self.sandbox.viewed(track["id"])

    def puts(self) -> int:
        return self.sandbox.counts.get("PUT", 0)

    def saved(self) -> list[str]:
        """Every text in a backup."""
        files = self.folder.glob(".captionkit/runs/*/backup/**/*")
        return [file.read_text(encoding="utf-8") for file in files if file.suffix in (".vtt", ".srt")]


@contextmanager
def open_course(
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    switches: Switches | None = None,
    titles: tuple[str, ...] = ("Lecture 1", "Lecture 2", "Lecture 3"),
) -> Iterator[SandboxCourse]:
    """Without the waits that a real Canvas needs, and with short ones where something is tried again."""
    for module, name in ((object_run, "VERIFY_AFTER"), (object_run, "SETTLE_AFTER"), (sync_run, "SETTLE_AFTER")):
        monkeypatch.setattr(module, name, 0.0)
    monkeypatch.setattr(governor, "LONGEST_WAIT", 0.5)
    sleep = time.sleep
    monkeypatch.setattr("captionkit.clock.SystemClock.sleep", lambda self, seconds: sleep(min(seconds, 0.02)))

    def shell(*arguments: object) -> CommandResult:
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        result = capsys.readouterr()
        assert "Traceback" not in result.err
        token = os.environ["CANVAS_API_TOKEN"]
        assert not token or token not in result.out + result.err
        return CommandResult(code, result.out, result.err)

    with Sandbox(switches=switches) as sandbox:
        number = sandbox.add_course("Captions")
        media = {title: sandbox.add_media(number, title, in_files=True) for title in titles}
        monkeypatch.setenv("CANVAS_API_URL", sandbox.url)
        monkeypatch.setenv("CANVAS_API_TOKEN", sandbox.tokens["teacher"])
        folder = home / "captions"
        folder.mkdir()
        course = SandboxCourse(sandbox, folder, number, media, shell)
        course.configure()
        yield course

"""A running stand-in Studio and clients of it, for the tests of everything that talks to Instructure Media."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from captionkit.credentials import Token
from captionkit.remotes.http.governor import Governor
from captionkit.remotes.http.session import Session
from captionkit.remotes.studio.api import STUDIO, InstructureMedia, User
from captionkit.sandbox.studio import Studio


class ImpatientClock:
    """The computer's clock, but a sleep only moves it on."""

    def __init__(self) -> None:
        self.slept = 0.0

    def now(self) -> float:
        return time.time() + self.slept

    def sleep(self, seconds: float) -> None:
        self.slept += max(0.0, seconds)


@contextmanager
def client(
    studio: Studio, user: str = "teacher", token: str = "", clock: ImpatientClock | None = None, **options: object
) -> Iterator[InstructureMedia]:
    """A client as this user."""
    clock = clock or ImpatientClock()
    with Session(
        studio.url,
        Token(token or studio.tokens[user]),
        clock=clock,
        governor=Governor(clock),
        service=STUDIO,
        **options,  # type: ignore[arg-type]
    ) as session:
        yield InstructureMedia(session)


def who(api: InstructureMedia) -> User:
    """Whose token it is."""
    user = api.whoami()
    assert user is not None
    return user


def srt(text: str, start: int = 1) -> str:
    """An SRT file with one cue, in the one spelling."""
    return f"1\n00:00:{start:02d},000 --> 00:00:{start + 1:02d},000\n{text}\n"


def recording(folder: Path, name: str = "lecture.mp4", size: int = 300_000) -> Path:
    """A file that is no real recording; Studio does not look while it is sent."""
    path = folder / name
    path.write_bytes(bytes(i * 31 % 251 for i in range(1000)) * (size // 1000))
    return path


@pytest.fixture
def studio() -> Iterator[Studio]:
    with Studio() as running:
        yield running


@pytest.fixture
def api(studio: Studio) -> Iterator[InstructureMedia]:
    with client(studio) as found:
        yield found

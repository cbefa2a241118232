"""What long commands say while they work, and how they are stopped."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import click

from captionkit.cli._ctrl_c import calls_instead
from captionkit.cli._output import echo, echo_data, overwrite
from captionkit.cli._remedies import lines_of
from captionkit.errors import ExitCode
from captionkit.terminal import clean_line

if TYPE_CHECKING:
    from captionkit.errors import CaptionkitError

#: Where the exit codes of what was reported and passed over are kept, in the context of the command.
DAMAGE = "captionkit.damage"


_AT_ONCE = b"\nStopped at once. The same command, or `captionkit resume`, finds out what was in hand and goes on.\n"


@contextlib.contextmanager
def interruptible() -> Iterator[Callable[[], bool]]:
    """Let the first Ctrl-C finish what is in hand, and the second one end it all. Yields "was it pressed?".

    The second ends the process where it stands, as a power cut would: what it was about to do was written down before,
    and a thread that waits for an answer would be waited for otherwise.
    """
    pressed = threading.Event()

    def press() -> None:
        if pressed.is_set():
            os.write(2, _AT_ONCE)
            os._exit(ExitCode.INTERRUPTED)
        pressed.set()
        echo("\nStopping after what is in hand. Ctrl-C again stops at once.", err=True)

    with calls_instead(press):
        yield pressed.is_set


def progress_line(what: str = "", *, quiet: bool = False) -> Callable[[str, int, int], None]:
    """A line on the terminal that says how far a long job is; nothing where nobody is looking."""
    if quiet or not sys.stderr.isatty():
        return lambda what, done, total: None
    import time

    last = 0.0
    begun: dict[str, tuple[float, int]] = {}  # what is done -> when it began, and how much was done then

    def show(doing: str, done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        first, done_then = begun.setdefault(doing, (now, done))
        if done != total and now - last < 0.1:
            return
        last = now
        left = ""
        if total and done > done_then and now - first > 2:
            seconds = (now - first) / (done - done_then) * (total - done)
            left = f", about {seconds:.0f} s left"
        counted = f"{done} of {total}" if total else str(done)
        overwrite(f"{counted} {what or doing}{left}")
        if total and done == total:
            overwrite()

    return show


def print_damage(errors: Iterable[CaptionkitError]) -> None:
    """Say what could not be understood and costs only itself. The command goes on, and ends with its exit code at
    best; see `captionkit.cli.frame.Commands.invoke`."""
    for error in errors:
        click.get_current_context().meta.setdefault(DAMAGE, []).append(error.exit_code)
        for line in lines_of(error):
            echo(line, err=True)


def print_lines(lines: Iterable[str]) -> None:
    for line in lines:
        echo(clean_line(line))


def print_events(events: Iterable[Mapping[str, object]]) -> None:
    for event in events:
        echo_data(json.dumps(event, ensure_ascii=True) + "\n")

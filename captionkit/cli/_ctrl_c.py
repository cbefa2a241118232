"""Who hears Ctrl-C.

On POSIX it breaks into whatever the main thread waits for. On Windows it does not: Python notes it in a thread that
Windows starts for that, and looks at it when the main thread runs again, which an answer that a server does not give
puts off for a minute. Python also writes a byte to a socket at once, and a thread of ours waits for that one.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from captionkit.errors import ExitCode

if TYPE_CHECKING:
    import socket

#: Seconds that the main thread has to end a command by itself, with whatever it says and tidies up.
_GRACE = 1.0


class _Listener:
    """Hears Ctrl-C on Windows, whatever the main thread waits for."""

    def __init__(self) -> None:
        import socket

        self.pressed = self._end_what_waits
        self._interrupted = threading.Event()
        ours, self._pythons = socket.socketpair()
        self._pythons.setblocking(False)
        signal.set_wakeup_fd(self._pythons.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGINT, self._interrupt)
        threading.Thread(target=self._listen, args=(ours,), daemon=True).start()

    def _interrupt(self, number: int, frame: object) -> None:
        self._interrupted.set()
        raise KeyboardInterrupt

    def _listen(self, ours: socket.socket) -> None:
        while received := ours.recv(1):
            if received[0] == signal.SIGINT:
                self.pressed()

    def _end_what_waits(self) -> None:
        if not self._interrupted.wait(_GRACE):
            os.write(2, b"\nInterrupted.\n")
            os._exit(ExitCode.INTERRUPTED)


_listener: _Listener | None = None


def listen() -> None:
    """Hear Ctrl-C from now on; for the program, not for a library."""
    global _listener
    _listener = _listener or _Listener()


@contextlib.contextmanager
def calls_instead(press: Callable[[], None]) -> Iterator[None]:
    """Let Ctrl-C call this, perhaps in another thread, and not end the command."""
    if _listener is None:
        before = signal.signal(signal.SIGINT, lambda *_: press())
    else:
        before, _listener.pressed = signal.signal(signal.SIGINT, lambda *_: None), press
    try:
        yield
    finally:
        if _listener is not None:
            _listener.pressed = _listener._end_what_waits
        signal.signal(signal.SIGINT, before)

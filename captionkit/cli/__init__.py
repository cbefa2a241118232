"""The command line. One file a command; each exports `command`; this file only finds and loads them.

A command is loaded when it is called, so `captionkit --version` starts nothing else and `captionkit convert` does not
pay for the network. A command does no work of its own: it reads its options, calls the library, prints, and exits
with a code from `captionkit.errors.ExitCode`.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

#: Loading a command makes 20,000 to 35,000 objects that stay, and Python looks through them every 700; that and the
#: last look at the end were a tenth of `captionkit shift`. Garbage of long commands is still found, later.
_OBJECTS_OF_A_START = 50_000


def main(arguments: Sequence[str] | None = None) -> None:
    """Run captionkit and exit. Nothing that a user can cause ends in a traceback.

    Args:
        arguments: those of the process by default; then it is this call that the process is for.
    """
    is_the_program = arguments is None
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    if arguments in (["--version"], ["-V"]):
        from captionkit import __version__

        print(f"captionkit {__version__}")
        return
    import gc

    if is_the_program:
        gc.set_threshold(_OBJECTS_OF_A_START)
    from captionkit.cli.frame import run
    from captionkit.errors import ExitCode

    if is_the_program and sys.platform == "win32":
        from captionkit.cli._ctrl_c import listen

        listen()
    code = run(arguments)
    if is_the_program:
        if code == ExitCode.INTERRUPTED:
            _leave_threads_behind(code)
        gc.freeze()  # Python would look for cycles in all that is about to end with the process anyway
    sys.exit(code)


def _leave_threads_behind(code: int) -> None:
    """After Ctrl-C: Python would wait for threads that wait for an answer, and those have nothing left to do."""
    import os
    import threading

    if threading.active_count() > 1:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)

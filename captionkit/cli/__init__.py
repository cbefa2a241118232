"""The command line. One file a command; each exports `command`; this file only finds and loads them.

A command is loaded when it is called, so `captionkit --version` starts nothing else and `captionkit convert` does not
pay for the network. A command does no work of its own: it reads its options, calls the library, prints, and exits
with a code from `captionkit.errors.ExitCode`.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> None:
    """Run captionkit and exit. Nothing that a user can cause ends in a traceback."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    if arguments in (["--version"], ["-V"]):
        from captionkit import __version__

        print(f"captionkit {__version__}")
        return
    from captionkit.cli.frame import run

    sys.exit(run(arguments))

"""Whose program is at the other end of a connection.

The address that opens the browser stands in the list of processes for a moment. On Linux every user of a computer can
read that list, and could be quicker than the browser; there the system says, too, whose a connection is.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

_CONNECTIONS = Path("/proc/net/tcp")
_ROOT = 0


def is_another_users(port: int, served: int) -> bool:
    """Whether another user's program asks. False where the system does not say; root may read everything anyway.

    Args:
        port: the port that it asks from. served: the port that it asks.
    """
    if sys.platform != "win32":
        with suppress(OSError, ValueError):
            listed = _CONNECTIONS.read_text(encoding="ascii")
            return owner_of(listed, port, served) not in (None, _ROOT, os.geteuid())
    return False


def owner_of(listed: str, port: int, served: int) -> int | None:
    """The id of the user whose end of a connection on the loopback this is; None where it is not listed.

    Args:
        listed: what Linux lists in /proc/net/tcp (proc_net_tcp in the kernel's documentation).
    """
    ends = [f"0100007F:{one:04X}" for one in (port, served)]
    for line in listed.splitlines()[1:]:
        fields = line.split()
        if fields[1:3] == ends:
            return int(fields[7])
    return None

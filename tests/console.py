"""Commands in a console of their own: Ctrl-C is pressed and keys are typed there, and what it shows is read.

On POSIX a terminal sends Ctrl-C as a signal. On Windows it is an event of a console, which goes to every process there:
this file is then run as a program that has a console without a window, and starts the command in it.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence


def start(command: Sequence[str], **options: object) -> subprocess.Popen[str]:
    """Start a command for which Ctrl-C can be pressed, with its output in pipes and nothing to read."""
    where: dict[str, object] = {"stdin": subprocess.DEVNULL}
    if sys.platform == "win32":
        command = [sys.executable, __file__, "pressed", *command]
        where = {"stdin": subprocess.PIPE, "creationflags": subprocess.CREATE_NO_WINDOW}
    return subprocess.Popen(  # type: ignore[call-overload,no-any-return]
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", **where, **options
    )


def press_ctrl_c(process: subprocess.Popen[str]) -> None:
    """Press it once, for everything that was started with the process."""
    if sys.platform == "win32":
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    else:
        process.send_signal(signal.SIGINT)


def shown(command: Sequence[str], typed: str = "") -> tuple[int, list[str]]:
    """Run a command in a console of Windows: its exit code, and the lines that stand there in the end.

    Args:
        typed: keys that are pressed, `\\r` for Enter; and `\\x03` for Ctrl-C once there is a question.
    """
    if os.name != "nt":
        raise NotImplementedError
    host = subprocess.run(
        [sys.executable, __file__, "shown", typed, *command], capture_output=True, encoding="utf-8", timeout=120,
        creationflags=0x08000000,  # CREATE_NO_WINDOW, which only the subprocess of Windows knows
        check=True,
    )  # fmt: skip
    code, lines = json.loads(host.stdout)
    return code, lines


def _pressed(command: Sequence[str]) -> int:
    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined]
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    kernel.SetConsoleCtrlHandler(None, True)  # this process is deaf, and the child is not

    def listen() -> None:
        for _ in sys.stdin:
            kernel.GenerateConsoleCtrlEvent(0, 0)

    threading.Thread(target=listen, daemon=True).start()
    return child.wait()


def _shown(typed: str, command: Sequence[str]) -> int:
    import msvcrt

    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined]
    keys, screen = os.open("CONIN$", os.O_RDWR), os.open("CONOUT$", os.O_RDWR)
    child = subprocess.Popen(command, stdin=keys, stdout=screen, stderr=screen)
    kernel.SetConsoleCtrlHandler(None, True)
    handle = ctypes.c_void_p(msvcrt.get_osfhandle(keys))  # type: ignore[attr-defined]
    output = ctypes.c_void_p(msvcrt.get_osfhandle(screen))  # type: ignore[attr-defined]
    for key in typed:
        if key == "\x03":
            while child.poll() is None and not any("[y/N]" in line for line in _lines(kernel, output)):
                time.sleep(0.1)
            kernel.GenerateConsoleCtrlEvent(0, 0)
        else:
            _type(kernel, handle, key)
    print(json.dumps([child.wait(), _lines(kernel, output)]))
    return 0


def _lines(kernel: ctypes.CDLL, output: ctypes.c_void_p) -> list[str]:
    """What stands in a console, down to the line with the cursor."""
    info, count = (ctypes.c_short * 11)(), ctypes.c_ulong()  # CONSOLE_SCREEN_BUFFER_INFO: width, height, x, y, ...
    kernel.GetConsoleScreenBufferInfo(output, ctypes.byref(info))
    kept = ctypes.create_unicode_buffer(info[0])
    lines: list[str] = []
    for row in range(info[3] + 1):
        kernel.ReadConsoleOutputCharacterW(output, kept, info[0], ctypes.c_ulong(row << 16), ctypes.byref(count))
        lines.append("".join(kept[: count.value]).rstrip("\0 "))
    return lines


def _type(kernel: ctypes.CDLL, handle: ctypes.c_void_p, key: str) -> None:
    """One key that goes down and up, as `WriteConsoleInputW` takes it (KEY_EVENT_RECORD)."""

    class Record(ctypes.Structure):
        _fields_ = (
            ("kind", ctypes.c_ushort), ("down", ctypes.c_int), ("times", ctypes.c_ushort), ("code", ctypes.c_ushort),
            ("scan", ctypes.c_ushort), ("letter", ctypes.c_wchar), ("state", ctypes.c_ulong),
        )  # fmt: skip

    for down in (1, 0):
        record = Record(1, down, 1, ord(key.upper()), 0, key, 0)
        kernel.WriteConsoleInputW(handle, ctypes.byref(record), 1, ctypes.byref(ctypes.c_ulong()))


if __name__ == "__main__":
    os._exit(_pressed(sys.argv[2:]) if sys.argv[1] == "pressed" else _shown(sys.argv[2], sys.argv[3:]))

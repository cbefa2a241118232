"""Colours of a report on a terminal: of code, severity and place. What they say stands there as a word, too."""

from __future__ import annotations

import os
import re
import sys
from typing import TextIO

_BOLD, _RED, _YELLOW, _CYAN, _BLUE, _GREEN = "1", "31", "33", "36", "34", "32"
_OF_SEVERITY = {"error": _RED, "warning": _YELLOW, "info": _CYAN}

_CODE = r"(?P<code>[A-Z]{3}\d{3})"
_SEVERITY = r"(?P<severity>error|warning|info)"
#: Report -> what is coloured in its lines. Each begins at the beginning of a line, where no text of a caption stands.
_PATTERNS = {
    "full": rf"^{_CODE}(?= )(?P<mark> \S{{1,3}})? {_SEVERITY}(?=:)|^(?P<blue>  -->) (?P<place>\S.*)$"
    r"|^(?P<gutter> +\d* \|)(?P<caret> +\^+$)?|^(?P<help>  = \w+:)|^(?P<word>error)(?=:)",
    "concise": rf"^(?P<place>\S.*?)(?P<sep>:(?:\d+:\d+:)?) {_SEVERITY}(?: {_CODE})?",
    "grouped": rf"^(?P<place>\S.*)(?=:$)|^ +(?P<sep>[\d:-]+)  {_SEVERITY}(?P<space> +){_CODE}|^  (?P<word>error)(?=:)",
    "diff": r"^(?P<place>(?:---|\+\+\+) .*)$|^(?P<help>@@.*)$|^(?P<gone>-.*)$|^(?P<new>\+.*)$",
}
_STYLES = {
    "code": f"{_BOLD};{_RED}", "place": _BOLD, "sep": _CYAN, "blue": _BLUE, "gutter": _BLUE, "caret": _RED,
    "help": f"{_BOLD};{_BLUE}", "word": f"{_BOLD};{_RED}", "mark": _CYAN, "gone": _RED, "new": _GREEN,
}  # fmt: skip


def wanted(choice: str, stream: TextIO | None) -> bool:
    """Whether to colour what goes to a stream.

    Args:
        choice: "always", "never" or "auto": on a terminal that understands it, unless NO_COLOR is set; or where
            FORCE_COLOR is.
    """
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR", "0") not in ("", "0"):
        return True
    return stream is not None and stream.isatty() and os.environ.get("TERM") != "dumb" and _understands(stream)


def painted(text: str, form: str) -> str:
    """Whole lines of a report with their colours; a form that has none stays as it is."""
    if form not in _PATTERNS:
        return text
    return re.sub(_PATTERNS[form], _paint, text, flags=re.MULTILINE)


def _paint(found: re.Match[str]) -> str:
    text, at = "", found.start()
    for name, part in found.groupdict().items():
        if part and name != "space":
            begin, end = found.span(name)
            style = _OF_SEVERITY[part] if name == "severity" else _STYLES[name]
            text += found.string[at:begin] + f"\x1b[{style}m{part}\x1b[0m"
            at = end
    return text + found.string[at : found.end()]


def _understands(stream: TextIO) -> bool:
    """A console of Windows obeys colours only when it is asked to, and an old one not at all."""
    understands = True
    if sys.platform == "win32":
        import ctypes
        import msvcrt

        handle, mode = ctypes.c_void_p(msvcrt.get_osfhandle(stream.fileno())), ctypes.c_ulong()
        kernel = ctypes.windll.kernel32
        # 4 is ENABLE_VIRTUAL_TERMINAL_PROCESSING.
        understands = bool(
            kernel.GetConsoleMode(handle, ctypes.byref(mode)) and kernel.SetConsoleMode(handle, mode.value | 4)
        )
    return understands

"""The environment that demo.py and test.py run in: `.venv` in the clone, made with the standard library alone.

This file and the two that use it must start on any Python that a person may have, to be able to say what is wrong.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

CLONE = Path(__file__).resolve().parent.parent
HOME = CLONE / ".venv"
PYTHON = HOME / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def ensure(extras: str) -> Path:
    """Make `.venv` with captionkit and these extras in it, unless it is there and up to date. Return its Python."""
    if sys.version_info < (3, 11):  # noqa: UP036  this file is run by whatever Python a person has
        version = ".".join(str(part) for part in sys.version_info[:3])
        sys.exit("captionkit needs Python 3.11 or newer, this is Python " + version + " (" + sys.executable + ").")
    ingredients = (CLONE / "pyproject.toml").read_bytes() + extras.encode() + sys.version.encode()
    wanted = hashlib.sha256(ingredients).hexdigest()
    stamp = HOME / ("captionkit-" + extras)
    if PYTHON.exists() and stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return PYTHON
    if not PYTHON.exists():
        say("Making an environment in " + str(HOME))
        run([sys.executable, "-m", "venv", str(HOME)])
    say("Installing captionkit and what it needs into it (a minute the first time)")
    run([str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-e", ".[" + extras + "]"])
    stamp.write_text(wanted, encoding="utf-8")
    return PYTHON


def answer_help(documentation: "str | None") -> None:
    """Print what a script does and leave, where that is all that is asked."""
    if sys.argv[1:] in (["-h"], ["--help"]):
        print((documentation or "").strip())
        sys.exit()


def say(text: str) -> None:
    print("== " + text, flush=True)


def run(command: "list[str]") -> None:
    """Run a command in the clone and leave with its exit code if it fails."""
    code = subprocess.call(command, cwd=CLONE)
    if code:
        sys.exit("FAILED (exit code " + str(code) + "): " + " ".join(str(part) for part in command))

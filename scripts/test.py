"""Set up and run every check of captionkit: `python scripts/test.py`. Needs nothing but Python 3.11 or newer.

Quick checks first. Arguments go to pytest: `python scripts/test.py -k canvas`. Ends with 0 only if all went well.
"""

import sys

from environment import ensure, run, say


def main() -> None:
    python = str(ensure("dev"))
    say("Style (ruff)")
    run([python, "-m", "ruff", "check", "."])
    run([python, "-m", "ruff", "format", "--check", "."])
    say("Types (mypy --strict, everything for Linux, the package for Windows too)")
    run([python, "-m", "mypy", "--platform", "linux"])
    run([python, "-m", "mypy", "--platform", "win32", "captionkit"])
    say("Tests (pytest)")
    run([python, "-m", "pytest", *sys.argv[1:]])
    say("All checks passed")


if __name__ == "__main__":
    main()

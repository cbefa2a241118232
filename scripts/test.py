"""Set up and run every check of captionkit: `python scripts/test.py`. Needs nothing but Python 3.11 or newer.

Quick checks first. Arguments go to pytest: `python scripts/test.py -k canvas`. Ends with 0 only if all went well.
"""

import sys

from environment import ensure, run, say


def main():
    python = str(ensure("dev"))
    say("Style (ruff)")
    run([python, "-m", "ruff", "check", "."])
    run([python, "-m", "ruff", "format", "--check", "."])
    for platform in ("linux", "win32"):
        say("Types (mypy --strict, for " + platform + ")")
        run([python, "-m", "mypy", "--platform", platform])
    say("Tests (pytest)")
    run([python, "-m", "pytest", *sys.argv[1:]])
    say("All checks passed")


if __name__ == "__main__":
    main()

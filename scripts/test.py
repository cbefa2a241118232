"""Set up and run every check of captionkit: `python scripts/test.py`. Needs nothing but Python 3.11 or newer.

Style and types come first, in about a minute, then the tests, in about ten. Arguments go to pytest, for a part of them:
`python scripts/test.py tests/formats -k edited`. Ends with 0 only if all went well.
"""

import sys

from environment import answer_help, ensure, run, say


def main() -> None:
    answer_help(__doc__)
    python = str(ensure("dev"))
    say("Style (ruff)")
    run([python, "-m", "ruff", "check", "."])
    run([python, "-m", "ruff", "format", "--check", "."])
    say("Types (mypy --strict, everything for Linux, the package for Windows too)")
    run([python, "-m", "mypy", "--platform", "linux"])
    run([python, "-m", "mypy", "--platform", "win32", "captionkit"])
    for folder in ("browser", "desk", "hostile", "sync"):  # one run takes one module called `conftest`
        run([python, "-m", "mypy", "--exclude", "no others", f"tests/{folder}/conftest.py"])
    say("Tests (pytest)")
    run([python, "-m", "pytest", *sys.argv[1:]])
    say("All checks passed")


if __name__ == "__main__":
    main()

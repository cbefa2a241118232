"""The public names, and what it costs to have them."""

from __future__ import annotations

import subprocess
import sys

import pytest

import captionkit


@pytest.mark.parametrize("name", captionkit.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(captionkit, name) is not None
    assert name in dir(captionkit)


def test_every_name_with_a_home_is_public() -> None:
    assert {*captionkit._HOME, "__version__"} == set(captionkit.__all__)


def test_a_name_that_is_not_there_says_so() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        captionkit.nothing  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("code", "unwanted"),
    [
        ("import captionkit", {"click", "requests", "captionkit.model"}),
        ("from captionkit.cli import main; main(['--version'])", {"click", "requests", "captionkit.model"}),
        (
            "import captionkit; captionkit.loads('1\\n00:00:01,000 --> 00:00:02,000\\nHi\\n')",
            {"click", "requests", "langcodes", "webvtt", "pysrt", "charset_normalizer"},
        ),
    ],
)
def test_nothing_is_loaded_that_is_not_needed(code: str, unwanted: set[str]) -> None:
    asked = f"{code}\nimport sys\nprint(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, encoding="utf-8", check=True)
    assert not unwanted & set(done.stderr.split())

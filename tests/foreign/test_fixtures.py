"""Each file in fixtures/foreign/, read as WebVTT: what stands in the .vtt beside it, which was written by hand.

What is lost and remarked stands in a file .said, a line each; without one there is nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import captionkit
from captionkit.conversion import Converted

FOLDER = Path(__file__).parent.parent.parent / "fixtures" / "foreign"
FILES = sorted(file for file in FOLDER.rglob("*.*") if file.suffix not in (".vtt", ".said"))
#: What a person says of a file that does not say it itself.
OPTIONS: dict[str, dict[str, Any]] = {
    "languages.ttml": {"language": "fr"},
    "ten-hours.scc": {"start_timecode": "10:00:00:00"},
}


def said(converted: Converted) -> list[str]:
    """Losses and remarks, as the files .said have them."""
    found = []
    for loss in converted.losses:
        line = f", line {loss.line}" if loss.line else ""
        cue = f", cue {loss.cue}" if loss.cue else ""
        found.append(f"{loss.kind}{line}{cue}: {loss.message}")
    return sorted([*found, *(f"remark: {sentence}" for sentence in converted.remarks)])


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_a_file_is_read_as_a_person_would_write_it(file: Path) -> None:
    converted = captionkit.import_captions(file, **OPTIONS.get(file.name, {}))
    expected = file.with_suffix(".vtt").read_text(encoding="utf-8")
    assert captionkit.dumps(converted.document).rstrip("\n") == expected.rstrip("\n")
    beside = file.with_suffix(".said")
    assert said(converted) == sorted(beside.read_text(encoding="utf-8").splitlines() if beside.exists() else [])


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_what_is_read_is_webvtt_that_says_the_same(file: Path) -> None:
    converted = captionkit.import_captions(file, **OPTIONS.get(file.name, {}))
    again = captionkit.loads(captionkit.dumps(converted.document), "vtt")
    assert [cue.content for cue in again.cues] == [cue.content for cue in converted.document.cues]
    assert not [found for found in again.diagnostics if found.severity == captionkit.Severity.ERROR]

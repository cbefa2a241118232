"""What captionkit reads, Chromium's own parser reads: times, words and settings, over every fixture."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from captionkit.conversion import convert, rendered
from captionkit.documents import dumps, load, loads
from captionkit.formats.webvtt import parse_settings
from captionkit.model import Document

FIXTURES = Path(__file__).parents[2] / "fixtures"
FILES = sorted(
    file for folder in ("srt", "vtt", "fidelity", "convert") for file in (FIXTURES / folder).rglob("*.[sv][rt]t")
)

READ = """
const done = arguments[1], media = document.createElement('video'), track = document.createElement('track');
document.body.replaceChildren(media);
const tell = () => done(Array.from(track.track.cues || []).map(c => ({
    start: Math.round(c.startTime * 1000), end: Math.round(c.endTime * 1000), id: c.id,
    text: c.getCueAsHTML().textContent, vertical: c.vertical, line: c.line, snaps: c.snapToLines,
    position: c.position, size: c.size, align: c.align })));
track.addEventListener('load', tell); track.addEventListener('error', () => done([]));
track.src = arguments[0]; media.append(track); track.track.mode = 'hidden';
"""


def in_chromium(driver: Any, text: str) -> list[dict[str, Any]]:
    """The cues as the browser reports them, in its order."""
    if driver.current_url != "about:blank":
        driver.get("about:blank")
    found = driver.execute_async_script(READ, "data:text/vtt;base64," + b64encode(text.encode()).decode())
    assert isinstance(found, list)
    return found


def in_captionkit(document: Document) -> list[dict[str, Any]]:
    """The same of ours, in the order in which a browser keeps cues."""
    cues = []
    for cue, view in zip(document.cues, rendered(document), strict=True):
        settings, _ = parse_settings(cue.settings)
        cues.append({
            "start": cue.start, "end": cue.end, "id": cue.identifier, "text": view.text,
            "vertical": settings.vertical or "", "line": "auto" if settings.line is None else settings.line,
            "snaps": settings.snap, "position": "auto" if settings.position is None else settings.position,
            "size": settings.size, "align": settings.align,
        })  # fmt: skip
    return sorted(cues, key=lambda cue: (cue["start"], -cue["end"]))


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(FIXTURES)))
def test_chromium_reads_the_same_cues(driver: Any, file: Path) -> None:
    source = load(file)
    text = dumps(convert(source, "vtt").document if source.format == "srt" else source)
    ours = in_captionkit(loads(text, "vtt"))
    theirs = in_chromium(driver, text)
    for cue in (*ours, *theirs):
        cue["text"] = " ".join(cue["text"].split())
    assert theirs == ours

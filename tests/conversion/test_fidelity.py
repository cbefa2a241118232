"""The fidelity table: 35 SRT and 19 WebVTT features, one file each in fixtures/fidelity, and what becomes of them.

A feature is kept over the same format if reading and writing gives the same bytes; over SRT -> WebVTT -> SRT if every
cue has its times, words, number and coordinates back (where it had no number, writing gives it one: SRT wants one),
and the file its byte order mark and line ends; over
WebVTT -> SRT -> WebVTT if viewers are shown the same and no loss is named. The files between are written and read.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from captionkit.conversion import Converted, convert, viewer_digest
from captionkit.crosscheck import crosscheck
from captionkit.documents import dumps, load, loads, to_bytes
from captionkit.lint import check
from captionkit.markup import visible_text
from captionkit.model import Cue, Document, Severity

FIXTURES = Path(__file__).parents[2] / "fixtures" / "fidelity"
SRT = sorted((FIXTURES / "srt").glob("*.srt"))
VTT = sorted((FIXTURES / "vtt").glob("*.vtt"))

#: What SRT has no word for. Everything else must come back.
NOT_IN_SRT = {
    "header-text": "1 header line not kept",
    "header-metadata": "2 header lines not kept",
    "x-timestamp-map": "1 header line not kept",
    "note": "1 NOTE block not kept",
    "style": "1 STYLE block not kept",
    "region": "1 cue setting, 1 REGION block not kept",
    "cue-identifier": "1 cue identifier not kept",
    "cue-settings": "4 cue settings not kept",
    "vertical": "1 cue setting not kept",
    "voice": "1 voice not kept",
    "classes": "2 classes not kept",
    "language": "1 language not kept",
    "ruby": "1 ruby annotation not kept",
    "inline-timestamps": "1 inline timestamp not kept",
}


def name(path: Path) -> str:
    return path.stem[3:]


def contents(document: Document) -> list[Cue]:
    """The cues with a number each, as they are written, and without their lines."""
    return [
        Cue(cue.start, cue.end, cue.text, cue.identifier or str(place), cue.settings)
        for place, cue in enumerate(document.cues, 1)
    ]


def through(document: Document, target: str) -> tuple[Document, Converted]:
    """The conversion as a file of its own: written to bytes, and read again."""
    converted = convert(document, target)
    return loads(to_bytes(converted.document), target), converted


def test_the_table_has_the_35_and_19_features_that_the_peers_were_measured_with() -> None:
    assert (len(SRT), len(VTT)) == (35, 19)


@pytest.mark.parametrize("path", [*SRT, *VTT], ids=name)
def test_reading_and_writing_gives_the_same_bytes(path: Path) -> None:
    assert to_bytes(load(path)) == path.read_bytes()


@pytest.mark.parametrize("path", SRT, ids=name)
def test_srt_comes_back_from_webvtt_as_it_was(path: Path) -> None:
    document = load(path)
    webvtt, _ = through(document, "vtt")
    back, _ = through(webvtt, "srt")
    assert contents(back) == contents(document)
    # Line ends are always LF: vtt.js reads no cue where they are CR.
    assert (back.bom, back.newline, back.encoding) == (document.bom, "\n", document.encoding)


@pytest.mark.parametrize("path", SRT, ids=name)
def test_srt_written_anew_has_the_same_cues(path: Path) -> None:
    document = load(path)
    again, converted = through(document, "srt")
    assert contents(again) == contents(document)
    assert not converted.losses


@pytest.mark.parametrize("path", SRT, ids=name)
def test_a_browser_shows_the_words_of_the_srt(path: Path) -> None:
    document = load(path)
    webvtt, _ = through(document, "vtt")
    expected = [
        visible_text(cue.text, "srt").replace("\0", "\ufffd").replace("\n\n", "\n\u00a0\n") for cue in document.cues
    ]
    assert [visible_text(cue.text, "vtt") for cue in webvtt.cues] == expected


@pytest.mark.parametrize("path", SRT, ids=name)
def test_the_webvtt_made_of_srt_has_no_errors_and_the_second_reader_agrees(path: Path) -> None:
    webvtt, converted = through(load(path), "vtt")
    assert [found for found in webvtt.diagnostics if found.severity is Severity.ERROR] == []
    assert crosscheck(dumps(converted.document), "vtt") == []


#: A fault of timing is the author's, and goes over as it is: a conversion that moved or dropped the cue would be worse.
INHERITED = {"TIM016", "TIM001", "TIM002", "TIM004"}


@pytest.mark.parametrize("path", [*SRT, *VTT], ids=name)
def test_a_conversion_brings_no_error_that_the_source_does_not_have(path: Path) -> None:
    document = load(path)
    converted, _ = through(document, "vtt" if document.format == "srt" else "srt")
    before = {found.code for found in check(document) if found.severity is Severity.ERROR}
    after = {found.code for found in check(converted) if found.severity is Severity.ERROR}
    assert after <= INHERITED
    assert bool(after) == bool(before & INHERITED)


@pytest.mark.parametrize("path", VTT, ids=name)
def test_webvtt_comes_back_from_srt_as_viewers_saw_it_or_the_loss_is_named_and_counted(path: Path) -> None:
    document = load(path)
    srt, converted = through(document, "srt")
    back, _ = through(srt, "vtt")
    assert converted.summary() == NOT_IN_SRT.get(name(path), "nothing is lost")
    if not converted.losses:
        assert viewer_digest(back) == viewer_digest(document)


@pytest.mark.parametrize("path", VTT, ids=name)
def test_the_srt_made_of_webvtt_has_no_errors_and_the_second_reader_agrees(path: Path) -> None:
    srt, converted = through(load(path), "srt")
    assert [found for found in srt.diagnostics if found.severity is Severity.ERROR] == []
    assert crosscheck(dumps(converted.document), "srt") == []
    assert [visible_text(cue.text, "srt") for cue in srt.cues][1:] == ["After."] or "overlap" in path.name


def test_the_score() -> None:
    """SRT->SRT 35/35, SRT->VTT->SRT 35/35, VTT->VTT 19/19, VTT->SRT->VTT 5/19 with 14 losses named."""
    assert len(VTT) - len(NOT_IN_SRT) == 5

"""Lectures of the corpus, written in other formats by other programs and read back."""

from __future__ import annotations

import json
from html import escape
from itertools import pairwise

import pytest
from corpus import Lecture, lectures

import captionkit

pysubs2 = pytest.importorskip("pysubs2", reason="needs captionkit[formats]")

LECTURES = list(lectures(3, languages=("en", "fr", "ru", "zh-CN")))
Said = list[tuple[int, int, str]]


def said(lecture: Lecture) -> Said:
    """What viewers see of it: no cue without words, or that ends before it begins; each with lines of its own."""
    cues = captionkit.loads(lecture.text, "srt").cues
    return sorted((cue.start, cue.end, cue.text) for cue in cues if cue.text.strip() and cue.end > cue.start)


def written(cues: Said, format: str, **options: float) -> bytes:
    subs = pysubs2.SSAFile()
    for start, end, text in cues:
        subs.append(pysubs2.SSAEvent(start, end, text.replace("\n", "\\N")))
    whole: str = subs.to_string(format, **options)
    return whole.encode()


def read(data: bytes, **given: float) -> Said:
    converted = captionkit.import_captions(data, **given)  # type: ignore[arg-type]
    assert not converted.losses
    read_again = captionkit.loads(captionkit.dumps(converted.document))
    assert not [found for found in captionkit.check(read_again) if found.code.startswith("VTT")]
    return [(cue.start, cue.end, captionkit.convert(read_again, "srt").document.cues[n].text)
            for n, cue in enumerate(read_again.cues)]  # fmt: skip


def rounded(cues: Said, to: int) -> Said:
    return [((start + to // 2) // to * to, (end + to // 2) // to * to, text) for start, end, text in cues]


@pytest.mark.parametrize("lecture", LECTURES, ids=lambda one: f"{one.name}-{one.language}")
def test_lectures_come_back_the_same(lecture: Lecture) -> None:
    cues = said(lecture)
    hundredths = rounded(cues, 10)
    assert read(written(cues, "ass")) == hundredths
    assert read(written(cues, "ssa")) == hundredths
    tenths = [(start // 100 * 100, end // 100 * 100, text) for start, end, text in cues]
    assert read(written(cues, "mpl2")) == [cue for cue in tenths if cue[1] > cue[0]]
    frame = pysubs2.time.ms_to_frames
    frames = [(frame(start, 25) * 40, frame(end, 25) * 40, text) for start, end, text in cues]
    assert read(written(cues, "microdvd", fps=25)) == frames
    assert read(written(cues, "microdvd", fps=25).partition(b"\n")[2], fps=25) == frames


@pytest.mark.parametrize("lecture", LECTURES, ids=lambda one: f"{one.name}-{one.language}")
def test_lectures_come_back_from_what_has_no_writer_in_a_library(lecture: Lecture) -> None:
    cues = said(lecture)
    segments = [{"start": start / 1000, "end": end / 1000, "text": f" {text}"} for start, end, text in cues]
    assert read(json.dumps({"text": "x", "segments": segments}).encode()) == cues
    events = [{"tStartMs": start, "dDurationMs": end - start, "segs": [{"utf8": text}]} for start, end, text in cues]
    assert read(json.dumps({"wireMagic": "pb3", "events": events}).encode()) == cues
    rows = "".join(f'<p t="{start}" d="{end - start}">{escape(text)}</p>' for start, end, text in cues)
    assert read(f'<?xml version="1.0"?><timedtext format="3"><body>{rows}</body></timedtext>'.encode()) == cues
    if all(one[1] <= other[0] for one, other in pairwise(cues)):
        syncs = "".join(
            f"<SYNC Start={start}><P Class=X>{escape(text).replace(chr(10), '<br>')}<SYNC Start={end}><P Class=X>&nbsp;"
            for start, end, text in cues
        )
        assert read(f"<SAMI><BODY>{syncs}</BODY></SAMI>".encode()) == cues
